"""Memory per person: what the largest of two fresh processes needs more, over how many persons it has more."""

import subprocess
import sys
from collections.abc import Iterator

SIZES = {"compiled": (100_000, 2_000_000), "mesa": (2_000, 20_000)}
_RUN = """
import sys
from desertion import DesertionModel
from tests.benchmarks import _common
scenario = _common.russia(int(sys.argv[1]), 60)
DesertionModel(scenario, rng=1, population=sys.argv[2]).run()
print(_common.persons(scenario), _common.high_water())
"""


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Yield bytes a person of both forms, and what the 1:1 scenario would need."""
    for population, sizes in SIZES.items():
        (few, small), (many, large) = (_needs(size, population) for size in sizes)
        each = (large - small) / (many - few)
        yield f"russia-2022, {population}", each, "bytes/person", ""
        if population == "compiled":
            base = small - few * each
            yield "    interpreter, libraries, compiled code", base / 1e6, "MB", ""
            yield "    1:1, 28 million persons", (base + 28e6 * each) / 1024**3, "GiB", "8"


def _needs(people: int, population: str) -> tuple[int, int]:
    """Persons and bytes at the most of one fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(people), population], capture_output=True, text=True, check=True
    )
    persons, size = done.stdout.split()
    return int(persons), int(size)
