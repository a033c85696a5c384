"""Lock: one driver a file, held by the operating system so that a killed driver never leaves it behind."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from desertion.errors import InputError
from desertion.files import folder
from desertion.study.store.disk import failure, real

if sys.platform == "win32":
    import msvcrt

    def _hold(handle: int) -> None:
        # Windows lets nobody read a locked byte, so this one lies behind the note about the holder.
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
"""What is said of a lock that somebody holds; all else says that there can be none."""


class DriverLock:
    """Holds `<file>.lock` while a driver writes `<file>`; of a link, beside the file that it leads to.

    The study's own file is never locked this way: opening and closing it a second time would drop SQLite's locks.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.path = Path(f"{real(file)}.lock")
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            InputError: If another driver holds it, the disk takes no locks, or the folder cannot be made or written to.
            StoreFullError: If there is no room for it.
        """
        folder(self.path.parent, [self.path.name], option="")
        while self._handle is None:
            try:
                handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as problem:
                raise failure(problem, self.file) from problem
            try:
                _hold(handle)
            except OSError as problem:
                os.close(handle)
                if problem.errno not in _HELD:
                    with suppress(OSError):
                        self.path.unlink()
                    raise InputError(
                        f"the disk of {self.file} takes no locks ({problem.strerror}): give a place on another disk"
                    ) from problem
                raise InputError(
                    f"{self.file} is being written by {self._holder()}: wait until that ends or stop it, or give another place"
                ) from problem
            # The previous holder may have removed the file between our opening and our locking it.
            if self.path.exists() and os.path.samestat(os.fstat(handle), self.path.stat()):
                self._handle = handle
            else:
                os.close(handle)
        self._sign()

    def release(self) -> None:
        """Give the lock back and remove its file."""
        if self._handle is None:
            return
        # Removed while it is held, so that nobody locks a file that is about to go; Windows removes no open file.
        try:
            self.path.unlink(missing_ok=True)
        except PermissionError:
            os.close(self._handle)
            with suppress(OSError):  # another driver may have it open by now
                self.path.unlink(missing_ok=True)
        else:
            os.close(self._handle)
        self._handle = None

    def _sign(self) -> None:
        assert self._handle is not None
        holder = {"process": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        # A full disk must not keep a study from being opened; the lock itself holds without its note.
        with suppress(OSError):
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, json.dumps(holder).encode())

    def _holder(self) -> str:
        try:
            holder = json.loads(self.path.read_text())
            return f"process {holder['process']} on {holder['host']} since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"

    def __enter__(self) -> DriverLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
