"""Claims about scaling a scenario."""

import datetime as dt
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desertion import DesertionModel, Policy, Scenario
from desertion.errors import InputError
from desertion.scenario.levers import levers
from desertion.scenario.sizing import FORCE_COUNTS, HOST_COUNTS

_RUSSIA = Scenario.load("russia-2022", policies=["coalition", "exit-ban"])


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-4, 1.0))
def test_counts_shrink_and_rates_stay(scale: float) -> None:
    """People are rounded, places, caseworkers and police exact, everything else untouched."""
    full, small = _RUSSIA.flat(), _RUSSIA.with_(scale=scale).sized()
    assert small.behaviour.belief_heard == full.behaviour.belief_heard / scale
    for one, other in zip(full.forces, small.forces, strict=True):
        assert other.soldiers == round(one.soldiers * scale)
        numbers = [[wave.number for wave in force.waves] for force in (one, other)]
        assert list(accumulate(numbers[1])) == [round(total * scale) for total in accumulate(numbers[0])]
        for name in levers("forces"):
            factor = scale if name in FORCE_COUNTS else 1.0
            assert getattr(other, name) == getattr(one, name) * factor
    for one, other in zip(full.hosts, small.hosts, strict=True):
        for name in levers("hosts"):
            factor = scale if name in HOST_COUNTS else 1.0
            assert getattr(other, name) == getattr(one, name) * factor


@pytest.mark.parametrize("squad", [10, 50])
@pytest.mark.parametrize("soldiers", [297, 48_000])
def test_the_scale_that_is_advised_is_taken(squad: int, soldiers: int) -> None:
    """Rounded up in two figures: rounded to the nearest it was refused again."""
    toy = Scenario.load("toy", set={"forces.toy.soldiers": soldiers, "forces.toy.squad": squad})
    with pytest.raises(InputError) as told:
        toy.with_(scale=0.5 * squad / soldiers).sized()
    advised = float(str(told.value).rpartition("at least ")[2])
    assert toy.with_(scale=advised).sized().forces[0].soldiers >= squad


@pytest.mark.parametrize("number", [499, 501, 1_000])
def test_many_small_call_ups_summon_as_many_as_they_state(number: int) -> None:
    """Twenty of 499 at a thousandth are ten men in all and twenty of 501 too, one every other week; they were none and twenty."""
    weekly = [{"date": _RUSSIA.start + dt.timedelta(days=7 * week), "number": number, "days": 7} for week in range(20)]
    small = _RUSSIA.with_({"forces.russia-2022.waves": weekly, "scale": 0.001}).sized()
    called = [wave.number for wave in small.forces[0].waves]
    assert sum(called) == round(20 * number / 1000)
    assert max(called) == 1


def test_every_lever_counted_in_persons_or_cases_is_scaled() -> None:
    """A new lever that is a count may not be forgotten; what one man needs or costs is no count."""
    per_head = {"bearers", "capture_risk", "capture_saving"}
    counted = {
        (kind, lever.name)
        for kind in ("forces", "hosts")
        for lever in levers(kind).values()
        if lever.unit.startswith(("persons", "cases")) and lever.name not in per_head
    }
    assert counted == {("forces", name) for name in FORCE_COUNTS} | {("hosts", name) for name in HOST_COUNTS}


def test_dated_counts_shrink_too() -> None:
    """Norway's caseworkers stop at every scale; a policy's later value of a count is multiplied."""
    small = _RUSSIA.with_(scale=0.01).sized()
    rows = {(row[0], row[3]): row[4] for row in small.timeline() if row[1] == "host" and row[2] == 11}
    assert rows[49, "cases"] == 0.0
    toy = Scenario.load("toy", scale=0.5).with_({"hosts.harbour.cases": 4})
    assert toy.sized().host("harbour").cases == 2.0


def test_sizing_twice_is_sizing_once() -> None:
    """A sized scenario knows that it is one, also after it was written and read."""
    small = Scenario.load("russia-2022", scale=0.001).sized()
    assert small.sized() == small
    assert Scenario.from_toml(small.to_toml()).sized() == small


def test_a_policy_counts_in_persons_of_real_size_over_a_sized_scenario_too() -> None:
    """4 cases a day stay 4 at real size, as a level, a floor, a ceiling and an amount; a factor is one at any size."""
    small = Scenario.load("toy", scale=0.1)
    for operation in ("set", "at_least", "at_most", "add", "multiply"):
        change = {"from": "+5", operation: {"hosts.*.cases": 4, "hosts.*.case_days": 3}}
        policy = Policy.model_validate({"name": "mine", "change": [change]})
        before, after = (Scenario.load(given, policies=policy).sized() for given in (small, small.sized()))
        assert [row[:4] for row in after.timeline()] == [row[:4] for row in before.timeline()]
        values = [[row[4] for row in sized.timeline()] for sized in (after, before)]
        assert values[0] == pytest.approx(values[1])
        assert values[0]


@pytest.mark.parametrize("late", [{"scale": 0.01}, {"scale": 0.2}, {"days": 400}])
def test_neither_scale_nor_more_days_can_be_had_of_a_sized_scenario(late: dict[str, float]) -> None:
    """People would stay those of the scale before, so that tables at real size were wrong, and dated changes that were cut would be missing."""
    sized = Scenario.load("toy", scale=0.1).sized()
    with pytest.raises(InputError, match=r"^setting: (scale|days) = .* comes too late: .*; set it before sized\(\)$"):
        DesertionModel(sized, rng=1, settings=late)
    assert DesertionModel(sized, rng=1, scale=0.1, days=5).sized.days == 5


def test_models_of_one_scenario_work_it_out_once() -> None:
    """Layers are laid and counts shrunk for the first model of a scenario; the next ones have what that one found."""
    small = Scenario.load("russia-2022", scale=0.001, days=2)
    assert DesertionModel(small, rng=1).sized is DesertionModel(small, rng=2).sized is small.sized()
    assert Scenario.load(small) is small
    assert Scenario.load(small, days=3) is not small


def test_a_community_is_never_larger_than_the_people_there_are() -> None:
    """At a thousandth of the toy world's reservists one community holds all."""
    small = Scenario.load("toy", scale=0.04).sized()
    assert small.forces[0].community == 28


@pytest.mark.parametrize(
    ("name", "scale", "left"),
    [
        ("toy", 0.01, r"leaves 3 soldiers in force 'toy'.*at least 0\.034"),
        ("one-town", 1e-6, "leaves nobody in force 'town'"),
    ],
)
def test_a_scale_that_leaves_no_squad_or_nobody_is_refused(name: str, scale: float, left: str) -> None:
    """The sentence names the force, what is left and the way out."""
    with pytest.raises(InputError, match=left):
        Scenario.load(name, scale=scale).sized()
