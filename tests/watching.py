"""What tests see of other processes and threads: whether they live, what they have stored, and when something has come about."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desertion.study.store.reader import StudyFile


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Look again and again whether something is so, for so many seconds at most; whether it came about."""
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


@contextmanager
def heeded(number: int) -> Iterator[None]:
    """Processes that are started meanwhile heed a signal: what is ignored here, as a hang-up is under `nohup` and Ctrl-C in the background, they would ignore too."""
    before = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, before)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def below(process: int) -> set[int]:
    """All processes that one has started, and what these have; those that only count what is left behind, or compile, are none."""
    found: set[int] = set()
    with suppress(OSError):  # gone in the meantime
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                words = Path(f"/proc/{child}/cmdline").read_bytes()
                if b"resource_tracker" not in words and b"first_run" not in words:
                    found |= {child, *below(child)}
    return found


def workers_of(process: int) -> set[int]:
    """Processes below one that have started none themselves and live: its workers, without what they are copied from."""
    return {one for one in below(process) if not below(one) and is_alive(one)}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def finished_runs(path: Path) -> int:
    """Runs in the file of a study, 0 where there is none yet."""
    if not path.exists():
        return 0
    with StudyFile(path) as file:
        return sum(file.counts().values())


def lasting_rows(path: Path) -> list[tuple[object, ...]]:
    """What must not depend on how a file was made: everything of its rows but times, attempts and workers."""
    columns = "design, replicate, status, scalars, shape, curve_checksum, substr(checksum, 1, 32), error, curve"
    with StudyFile(path) as file:
        return file.connection.execute(f"SELECT {columns} FROM run ORDER BY design, replicate").fetchall()
