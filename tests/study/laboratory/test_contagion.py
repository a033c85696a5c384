"""Contagion among many is that of the model, and limits that can be solved by hand come out."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.study.laboratory.contagion import CONCAVE_SCALE, FORMS, THRESHOLD_SPREAD, Contagion, flow, strength_for

PEOPLE, STEPS, RUNS = 500, 40, 60
STRENGTH = {"multiplicative": 15.0, "concave": 0.8, "additive": 0.1, "threshold": 12.0}

_OWN = {
    "multiplicative": lambda strength: {"contagion_news": strength},
    "concave": lambda strength: {"concave_power": strength, "concave_scale": CONCAVE_SCALE},
    "additive": lambda strength: {"additive_scale": strength},
    "threshold": lambda strength: {"threshold_mean": 1.0 / strength, "threshold_spread": THRESHOLD_SPREAD / strength},
}
"""The inputs of the model that stand for a strength."""


def _model(form: str, strength: float, half_life: float, base: float) -> np.ndarray:
    """Leavers by run and step in the model's own laboratory, everybody hearing of everybody."""
    settings = {
        "forces.laboratory.soldiers": PEOPLE,
        "forces.laboratory.base_soldier_hide": base,
        "behaviour.form": form,
        "behaviour.contagion_news": 1.0,
        "behaviour.half_life_news": half_life,
        **{f"behaviour.{name}": value for name, value in _OWN[form](strength).items()},
    }
    scenario = Scenario.load("laboratory", days=STEPS, set=settings)
    counts = [
        np.bincount(days[days >= 0], minlength=STEPS)
        for days in (DesertionModel(scenario, rng=run).run().world.left_day for run in range(RUNS))
    ]
    return np.array(counts)


def _plain(rows: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full((rows, 1), float(PEOPLE)), np.ones((rows, 1))


@pytest.mark.statistical
@pytest.mark.parametrize("form", FORMS)
def test_leavers_are_those_of_the_model(form: str) -> None:
    """Null: one mean. 60 runs of 500 men each way, four quarters: within 5 se of the difference; false alarms under 1e-5 for the 16."""
    half_life, base = 20.0, 0.002
    theirs = _model(form, STRENGTH[form], half_life, base).reshape(RUNS, 4, -1).sum(axis=2)
    drawn = Contagion(form, np.full(RUNS, STRENGTH[form]), np.full(RUNS, 2.0 ** (-1.0 / half_life)))
    ours = flow(np.full((RUNS, STEPS), base), *_plain(RUNS), drawn, np.random.default_rng(1), again=False)
    ours = ours.reshape(RUNS, 4, -1).sum(axis=2)
    error = np.sqrt((theirs.var(axis=0) + ours.var(axis=0)) / RUNS) + 1e-9
    assert (np.abs(theirs.mean(axis=0) - ours.mean(axis=0)) < 5.0 * error).all()
    assert theirs.sum() > 1.3 * PEOPLE * RUNS * -np.expm1(-base * STEPS)


def test_without_contagion_the_expected_leavers_are_those_of_an_exponential() -> None:
    """1 - exp(-hazard added up), whatever its course."""
    base = np.random.default_rng(0).exponential(0.02, (3, STEPS))
    expected = flow(base, *_plain(3), None, None, again=False).sum(axis=1)
    assert expected == pytest.approx(PEOPLE * -np.expm1(-base.sum(axis=1)))


def test_additive_contagion_that_never_fades_is_the_model_of_bass() -> None:
    """dF/dt = (p + qF)(1 - F) has the solution of Bass (1969); small steps come within a hundredth of it."""
    p, q, steps = 0.03, 0.4, 4000
    years = 20.0
    step = years / steps
    drawn = Contagion("additive", np.array([q * step]), np.array([1.0]))
    got = flow(np.full((1, steps), p * step), *_plain(1), drawn, None, again=False).sum() / PEOPLE
    fade = np.exp(-(p + q) * years)
    assert got == pytest.approx((1.0 - fade) / (1.0 + q / p * fade), rel=0.01)


def test_who_acts_again_stays_at_risk() -> None:
    """Turnout on every step is the same when nothing changes; leaving thins out."""
    base = np.full((1, 10), 0.5)
    assert np.ptp(flow(base, *_plain(1), None, None, again=True)) == pytest.approx(0.0, abs=1e-9)
    assert (np.diff(flow(base, *_plain(1), None, None, again=False)) < 0.0).all()


@pytest.mark.parametrize("form", FORMS[:3])
def test_strength_is_found_for_a_number_of_leavers(form: str) -> None:
    """Solved backwards, the expected total is the one asked for, and grows with the strength; thresholds tip at once and have totals that no strength gives."""
    base, keep = np.full((3, STEPS), 0.002), np.full(3, 0.95)
    wanted = np.array([60.0, 120.0, 300.0])
    strength = strength_for(base, *_plain(3), form, keep, wanted, again=False)
    got = flow(base, *_plain(3), Contagion(form, strength, keep), None, again=False).sum(axis=1)
    assert got == pytest.approx(wanted, rel=0.02)
    assert (np.diff(strength) > 0.0).all()


@pytest.mark.parametrize("again", [True, False])
def test_those_who_may_act_again_are_moved_again(again: bool) -> None:
    """On the day after, all below the pressure act once more; of those who can go but once only who was not yet reached."""
    drawn = Contagion("threshold", np.array([2.0]), np.array([1.0]))
    base = np.array([[0.3, 0.0, 0.0]])
    (first, second, third), people = flow(base, *_plain(1), drawn, None, again=again)[0], float(PEOPLE)
    before, now = (float(drawn.moved(np.array([gone]))[0]) for gone in (first / people, (first + second) / people))
    if again:
        assert (second, third) == pytest.approx((people * before, people * now))
    else:
        left = people - first
        assert (second, third) == pytest.approx((left * before, left * (now - before)))
