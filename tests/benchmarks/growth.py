"""Growth of a run of russia-2022 with people, days, ties and events (loop only, median of three)."""

from collections.abc import Iterator

from desertion import DesertionModel, Scenario
from tests.benchmarks import _common

Row = tuple[str, float, str, str]
PEOPLE, DAYS = 100_000, 100
LIVELY = 5.6


def rows() -> Iterator[Row]:
    """Double or multiply one thing at a time."""
    yield from _people()
    yield from _lively()
    yield from _small()
    yield from _days()
    yield from _ties()
    yield from _events()


def _people() -> Iterator[Row]:
    for people in (10_000, 100_000, 1_000_000):
        scenario = _common.russia(people, DAYS)
        yield from _told(f"{_common.persons(scenario):,} persons, {DAYS} days", scenario)
    few = _common.russia(PEOPLE, DAYS)
    force = few.forces[0]
    own = f"forces.{force.name}."
    base = few.with_({own + "waves": [], own + "base_reservist_hide": 0.0, own + "base_reservist_flee": 0.0})
    many = base.with_({own + "reservists": 10 * force.reservists})
    yield (
        "ten times the reservists, who all stay",
        _common.running(many) / _common.running(base),
        "times",
        "well under 10",
    )


def _lively() -> Iterator[Row]:
    """A million persons on two threads, with so many times the rates that eight in a hundred leave, and many clocks are touched."""
    force = _common.russia(1_000_000, DAYS).forces[0]
    names = [name for name in type(force).model_fields if name.startswith("base_")]
    scenario = _common.russia(
        1_000_000, DAYS, **{f"forces__{force.name}__{name}": min(10.0, LIVELY * getattr(force, name)) for name in names}
    )
    for threads in (1, 2):
        took = _common.running(scenario, threads=threads)
        speed = _common.persons(scenario) * DAYS / took / 1e6
        yield (
            f"1,000,000 persons, {LIVELY:g} times the rates, threads: {threads}",
            speed,
            "M person-days/s",
            "100" if threads == 2 else "",
        )
    model = DesertionModel(scenario, rng=1, threads=2).run()
    yield "    left", model.measures()["share_left"], "share", "0.08"
    yield "    touched by ties", float(model.world.is_touched.sum()), "persons", ""


def _small() -> Iterator[Row]:
    """What studies are made of: ten thousand persons, a year, all hosts, the building of the people included."""
    scenario = _common.russia(10_000, 365)
    took = _common.seconds(lambda: DesertionModel(scenario, rng=1).run(), 9)
    yield f"{_common.persons(scenario):,} persons, a year, building included", 1.0 / took, "runs/s a core", "30"


def _days() -> Iterator[Row]:
    for days in (100, 200, 400):
        yield from _told(f"{PEOPLE:,} persons, {days} days", _common.russia(PEOPLE, days))


def _ties() -> Iterator[Row]:
    for degree in (0, 6, 12, 24):
        scenario = _common.russia(PEOPLE, DAYS, **{f"forces__{_common.RUSSIA}__degree": degree})
        yield f"{degree} ties a person", _common.running(scenario), "s", ""


def _events() -> Iterator[Row]:
    force = _common.russia(PEOPLE, DAYS).forces[0]
    names = [name for name in type(force).model_fields if name.startswith("base_")]
    for factor in (0.1, 1.0, 10.0, 100.0):
        rates = {f"forces__{force.name}__{name}": min(10.0, factor * getattr(force, name)) for name in names}
        yield f"{factor:g} times the rates of leaving", _common.running(_common.russia(PEOPLE, DAYS, **rates)), "s", ""


def _told(name: str, scenario: Scenario) -> Iterator[Row]:
    took = _common.running(scenario)
    yield name, took, "s", ""
    yield "    that is", _common.persons(scenario) * scenario.days / took / 1e6, "M person-days/s", ""
