"""Cluster: a Dask scheduler with two worker processes on this machine, either of which can be killed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.torture.record import environment


class Cluster:
    """A scheduler and two workers of one thread each, without nannies that would start new ones.

    Args:
        folder: Where Dask keeps its files.
    """

    def __init__(self, folder: Path) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{one.getsockname()[1]}"
        self._folder = folder
        self.scheduler = self._started("scheduler", "--host", self.address)
        self.workers = [self._started("worker", self.address, "--nthreads", "1", "--no-nanny") for _ in range(2)]

    def close(self) -> None:
        """End what is left of it."""
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        told = environment({"OMP_NUM_THREADS": "1", "DASK_TEMPORARY_DIRECTORY": str(self._folder)})
        with Path(os.devnull).open("wb") as nowhere:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard"],
                env=told, stdout=nowhere, stderr=nowhere, cwd=self._folder,
            )  # fmt: skip
