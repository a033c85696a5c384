"""Cluster: a Dask scheduler as an executor, with its certificates passed through."""

import logging
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desertion.errors import InputError, extra

_WAIT = 30.0

_ASK_EVERY = 5.0
"""Seconds after which a cluster is asked anew how many threads it has, and that it may take to say so at most."""

_TALKATIVE = tuple(f"distributed.{name}" for name in ("batched", "client", "comm.core", "core", "utils", "utils_comm"))
"""Loggers that show tracebacks when a scheduler goes away; what that means for a study is said in a sentence."""

_BELOW = ("asyncio", "tornado.application")
"""Loggers that show what nobody waited for any more, also after the client is closed."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files that prove who is who on a `tls://` scheduler.

    Attributes:
        authority: Certificate of the authority, PEM.
        certificate: This client's certificate, PEM.
        key: This client's private key, PEM.
    """

    authority: Path
    certificate: Path
    key: Path


@contextmanager
def dask_executor(
    address: str, certificates: Certificates | None = None
) -> Generator[tuple[Executor, Callable[[], int]]]:
    """Connect to a Dask scheduler.

    Args:
        address: Such as `tcp://host:8786` or `tls://host:8786`.
        certificates: Needed for `tls://`.

    Yields:
        The executor, and what says how many runs the cluster does at a time by now: workers may come and go.

    Raises:
        InputError: If Dask is not installed, the scheduler does not answer, or certificates are missing.
    """
    with extra("cluster", "--scheduler needs Dask"):
        from distributed import Client
        from distributed.comm.addressing import parse_address
        from distributed.comm.registry import backends
    if address.startswith("tls://") and certificates is None:
        raise InputError(f"--scheduler {address} needs certificates: give --tls-ca, --tls-cert and --tls-key")
    try:
        # A client of no possible address is half made: closing it takes a minute and ends in a traceback.
        scheme, place = parse_address(address)
        if scheme not in backends:
            raise ValueError(f"{scheme}:// is no way to a scheduler")
        backends[scheme].get_address_host(place)
        client = Client(address, security=_security(certificates), timeout=_WAIT, set_as_default=False)
    except (OSError, TimeoutError, ValueError, ImportError) as problem:
        raise InputError(
            f"--scheduler {address} does not answer ({problem}): start one with `dask scheduler`"
        ) from problem
    try:
        for name in _TALKATIVE:
            logging.getLogger(name).addFilter(_serious)
        for name in _BELOW:
            logging.getLogger(name).addFilter(not_of_dask)
        # Dask takes calls with equal arguments for one call and would run it once: pure=False forbids that.
        # Retries are the runner's: it knows which run was alone on a worker that died.
        yield client.get_executor(pure=False), _Threads(client, address)
    finally:
        client.close()
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(_serious)


def _serious(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.CRITICAL


def not_of_dask(record: logging.LogRecord) -> bool:
    """Whether a record is of no error of Dask's: those of others are not ours to hide."""
    error = record.exc_info[1] if record.exc_info else None
    return type(error).__module__.partition(".")[0] != "distributed"


class _Threads:
    """Says how many threads a cluster has, as it last said itself.

    Raises:
        InputError: If it has no worker at the start.
    """

    def __init__(self, client: Any, address: str) -> None:
        try:
            client.wait_for_workers(1, timeout=_WAIT)
        except TimeoutError as problem:
            raise InputError(
                f"--scheduler {address} has no workers: start some with `dask worker {address}`"
            ) from problem
        self._client = client
        self._number = max(1, sum(client.nthreads().values()))
        self._asked = time.monotonic()

    def __call__(self) -> int:
        if time.monotonic() - self._asked >= _ASK_EVERY:
            # A scheduler that is gone ends the study by the runs that it loses, and not here.
            with suppress(Exception):
                self._number = max(1, sum(self._client.nthreads(callback_timeout=_ASK_EVERY).values()))
            self._asked = time.monotonic()
        return self._number


def _security(certificates: Certificates | None) -> Any:
    if certificates is None:
        return None
    from distributed.security import Security

    for name in ("authority", "certificate", "key"):
        file: Path = getattr(certificates, name)
        if not file.is_file():
            raise InputError(f"the scheduler's {name} file {file} does not exist: give the path of a PEM file")
    return Security(
        tls_ca_file=str(certificates.authority),
        tls_client_cert=str(certificates.certificate),
        tls_client_key=str(certificates.key),
        require_encryption=True,
    )
