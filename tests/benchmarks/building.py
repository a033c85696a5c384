"""Building the people, units, communities and ties of russia-2022 (median of three)."""

from collections.abc import Iterator

from desertion import DesertionModel
from tests.benchmarks import _common


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Yield the time to build by size and form, and the time a person."""
    for population, sizes in (("compiled", (10_000, 100_000, 1_000_000)), ("mesa", (10_000,))):
        for size in sizes:
            scenario = _common.russia(size, 100)
            took = _common.seconds(lambda: DesertionModel(scenario, rng=1, population=population))  # noqa: B023 - used at once
            people = _common.persons(scenario)
            yield f"{people:,} persons, {population}", took, "s", ""
            yield "    that is", 1e6 * took / people, "µs/person", ""
