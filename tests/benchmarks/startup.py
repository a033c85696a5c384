"""How long the command line takes to answer (median of five fresh processes)."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

_REPEATS = 5


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Yield the time of an empty interpreter, of the import, of the help and of a small warm run."""
    yield "python -c pass", seconds("-c", "pass"), "s", ""
    yield "import desertion", seconds("-c", "import desertion"), "s", ""
    yield "desertion --help", seconds("-m", "desertion", "--help"), "s", "0.5 s"
    with tempfile.TemporaryDirectory() as folder:
        yield "desertion run toy, warm", seconds("-m", "desertion", "run", "toy", "--out", folder), "s", "3 s"


def seconds(*arguments: str) -> float:
    """Return the median wall time of fresh processes, after one that fills the caches."""
    times: list[float] = []
    for _ in range(_REPEATS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
