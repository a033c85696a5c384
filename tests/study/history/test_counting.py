"""What a series counts in a run, by day: the numbers of the run's own measures and of its daily table."""

from __future__ import annotations

import re

import pytest

from desertion import DesertionModel, InputError, Scenario
from desertion.simulation.record.columns import DAILY, MEASURES
from desertion.study.history.counting import NAMES, counting

SCENARIO = Scenario.load("three-armies-2022", scale=0.0002, days=60)
MODEL = DesertionModel(SCENARIO, rng=3).run()


@pytest.mark.parametrize("name", [name for name in NAMES if name in MEASURES])
def test_days_add_up_to_the_measure_of_that_name(name: str) -> None:
    """What is counted by day is what the run says of itself, all forces together and one alone."""
    force = SCENARIO.forces[1].name
    for measure in (name, f"{name}@{force}"):
        assert counting(measure, SCENARIO).flow(MODEL).sum() == pytest.approx(MODEL.measures()[measure])


@pytest.mark.parametrize("name", ["captor_casualties", "captor_saved"])
def test_parts_of_a_casualty_count(name: str) -> None:
    """Hundredths of a casualty a day were cut to none."""
    scenario = Scenario.load("toy")
    model = DesertionModel(scenario, rng=3).run()
    assert counting(name, scenario).flow(model).sum() == pytest.approx(model.measures()[name]) != 0.0


def test_first_departures_stand_on_their_days() -> None:
    """By kind they are the steps of the daily totals."""
    for kind in ("soldier", "civilian", "reservist"):
        total = MODEL.daily.groupby("day")[f"{kind}s_left"].sum()
        for name, kinds in ((f"{kind}s_left", ()), ("left_total", (kind,))):
            assert counting(name, SCENARIO, kinds).flow(MODEL).tolist() == total.diff()[1:].tolist()
    assert total.iloc[-1] > 20


def test_columns_are_added_up() -> None:
    """Several daily columns make one count."""
    both = counting("new_hide+new_flee", SCENARIO).flow(MODEL)
    assert both.tolist() == MODEL.daily.groupby("day")[["new_hide", "new_flee"]].sum().sum(axis=1)[1:].tolist()
    assert both.sum() > 20


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("departures+departures", "measure = 'departures+departures' counts departures twice; name each count once"),
        ("new_flee + new_flee", "counts new_flee twice"),
        ("departures+new_flee", "counts people twice: new_flee is in departures and in new_flee"),
        ("new_hide+hid", "counts people twice: new_hide is in new_hide and in hid"),
        ("captured+casualties", "counts people twice: new_captured is in captured and in casualties"),
    ],
)
def test_nobody_is_counted_twice(name: str, sentence: str) -> None:
    """By the same column twice, or by two names that share one."""
    with pytest.raises(InputError, match=re.escape(sentence)):
        counting(name, SCENARIO)
    assert counting("casualties+departures", SCENARIO).flow(MODEL).sum() > 0


def test_everything_that_can_be_counted_says_what_it_is() -> None:
    """In the words of the reference."""
    for name in NAMES:
        assert counting(name, SCENARIO).meaning.startswith((DAILY | MEASURES)[name].definition)
    assert counting("left_flee@russia-2022", SCENARIO, ("soldier",)).meaning.endswith(
        "soldiers only, of force russia-2022"
    )
