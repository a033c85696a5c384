"""The mean field: its states keep themselves, its fold is where R = 1, its course goes where the states say."""

import math
from typing import Any

import pytest

from desertion.theory.mean_field import Form, MeanField

FIELDS = [
    MeanField(rate=0.001, weight=6.0, half_life=30.0),
    MeanField(form="concave", rate=0.001, weight=0.08, half_life=30.0, concave_power=1.5),
    MeanField(form="concave", rate=0.001, weight=5.0, half_life=30.0),
    MeanField(form="additive", rate=0.001, weight=1.0, half_life=30.0),
    MeanField(form="threshold", weight=1.0),
]
NAMES = ["multiplicative", "concave-up", "concave", "additive", "threshold"]


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
def test_states_keep_themselves_and_take_turns(field: MeanField) -> None:
    """What comes in is what is forgotten; stable and unstable ones alternate from a stable one on."""
    states = field.fixed_points()
    assert [state.stable for state in states] == [k % 2 == 0 for k in range(len(states))]
    for state in states:
        assert field.inflow(state.pressure) == pytest.approx(field.forgetting * state.pressure, rel=1e-9)


def test_the_multiplicative_state_has_r_equal_to_beta_s() -> None:
    """R = beta S* in both states, and delta S = b exp(beta S)."""
    field = FIELDS[0]
    assert len(field.fixed_points()) == 2
    for state in field.fixed_points():
        assert state.reproduction == pytest.approx(field.weight * state.pressure)


def test_the_multiplicative_fold_is_where_the_specification_puts_it() -> None:
    """S* = 1 / beta and b = delta / (e beta)."""
    field = FIELDS[0].at(FIELDS[0].tipping_weight)
    assert field.rate == pytest.approx(field.forgetting / (math.e * field.weight))
    near = field.at(field.weight * (1.0 - 1e-10)).fixed_points()[0]
    assert near.pressure == pytest.approx(1.0 / field.weight, rel=1e-4)


FAINT = MeanField(
    form="concave", rate=1e-6, half_life=30.0, concave_power=1.5
)  # whose states are thousandths of a share


@pytest.mark.parametrize(
    "field", [FIELDS[0], FIELDS[1], FAINT, FIELDS[4]], ids=["multiplicative", "concave-up", "faint", "threshold"]
)
def test_two_states_meet_at_the_fold_with_r_of_one(field: MeanField) -> None:
    """Below it the lowest state has R just under 1; above it that state is gone."""
    below = field.at(field.tipping_weight * 0.999).fixed_points()
    above = field.at(field.tipping_weight * 1.001).fixed_points()
    assert len(above) == len(below) - 2
    assert 0.9 < below[0].reproduction < 1.0 < below[1].reproduction < 1.1


@pytest.mark.parametrize("weight", [1.0, 3.75e4])
@pytest.mark.parametrize("spread", [1e-6, 0.006, 0.01])
def test_with_narrow_thresholds_nobody_goes_is_a_stable_state(spread: float, weight: float) -> None:
    """Down to a spread of nothing, where the share of those who go by themselves is too small for a number, and where a heavy weight has both lower states near 0."""
    field = MeanField(form="threshold", threshold=0.25, spread=spread, weight=weight)
    states = field.fixed_points()
    assert [state.stable for state in states] == [True, False, True]
    assert states[0].pressure < 1e-100
    assert field.tipping_weight > 1e100


def test_concave_contagion_that_is_a_line_folds_where_its_slope_is_what_is_forgotten() -> None:
    """At an exponent of 1: b beta / s0 = delta."""
    field = MeanField(form="concave", rate=0.001, half_life=30.0, concave_scale=0.02, concave_power=1.0)
    assert field.tipping_weight == pytest.approx(field.forgetting * 0.02 / 0.001)


def test_additive_contagion_has_no_state_from_r_of_one_on() -> None:
    """R = c beta / delta whatever the pressure."""
    field = FIELDS[3]
    assert field.at(0.5 * field.tipping_weight).fixed_points()[0].reproduction == pytest.approx(0.5)
    assert field.at(1.01 * field.tipping_weight).fixed_points() == []


def test_concave_contagion_with_a_small_exponent_never_tips() -> None:
    """R stays below the exponent however strong contagion is."""
    field = FIELDS[2]
    assert math.isinf(field.tipping_weight)
    for weight in (1.0, 100.0, 1e4):
        (state,) = field.at(weight).fixed_points()
        assert state.reproduction < field.concave_power


@pytest.mark.parametrize("form", ["multiplicative", "concave", "additive"])
def test_without_contagion_the_pressure_is_rate_over_forgetting(form: Form) -> None:
    """Weight 0: one state, R = 0."""
    (state,) = MeanField(form=form, rate=0.001, weight=0.0, half_life=30.0).fixed_points()
    assert state.pressure == pytest.approx(0.001 / MeanField(half_life=30.0).forgetting)
    assert state.reproduction == 0.0


def test_multiplicative_contagion_that_deters_has_one_state() -> None:
    """R = beta S* below 0, where delta S = b exp(beta S)."""
    field = FIELDS[0].at(-6.0)
    (state,) = field.fixed_points()
    assert field.forgetting * state.pressure == pytest.approx(field.rate * math.exp(-6.0 * state.pressure))
    assert state.reproduction == pytest.approx(-6.0 * state.pressure)


def test_inflow_is_a_number_from_nought_on() -> None:
    """However heavy the weight, and however much is taken off a rate."""
    assert math.isfinite(FIELDS[0].at(1e4).inflow(40.0))
    assert FIELDS[3].at(-1.0).inflow(0.05) == pytest.approx(0.0005)
    assert FIELDS[3].at(-1.0).inflow(40.0) == 0.0


def test_concave_contagion_that_deters_changes_nothing() -> None:
    """A sum that is not above 0 leaves the rate as it is: R = 0."""
    field = MeanField(form="concave", weight=-1.0)
    (state,) = field.fixed_points()
    assert state.pressure == pytest.approx(field.rate / field.forgetting)
    assert state.reproduction == 0.0


@pytest.mark.parametrize("field", [FIELDS[0], FIELDS[1]], ids=["multiplicative", "concave-up"])
def test_the_course_falls_back_below_the_tipping_point_and_runs_away_above(field: MeanField) -> None:
    """From a tenth below or above the unstable state."""
    stable, tipping = (state.pressure for state in field.fixed_points())
    assert field.course(3000, 0.9 * tipping)[-1] == pytest.approx(stable, rel=0.01)
    assert field.course(3000, 1.1 * tipping)[-1] > 2.0 * tipping


def test_every_number_of_the_field_matters() -> None:
    """Each changes the states of the form that it belongs to."""
    changes: list[tuple[MeanField, dict[str, Any]]] = [
        (FIELDS[0], {"rate": 0.0012}),
        (FIELDS[0], {"half_life": 25.0}),
        (FIELDS[2], {"concave_scale": 0.02}),
        (FIELDS[2], {"concave_power": 0.2}),
        (FIELDS[3], {"additive_scale": 0.009}),
        (FIELDS[4], {"threshold": 0.2}),
        (FIELDS[4], {"spread": 0.12}),
    ]
    for field, change in changes:
        other = MeanField(**{**vars(field), **change})
        assert other.fixed_points()[0].pressure != field.fixed_points()[0].pressure
