"""The rules, against values worked out by hand from model/ODD.md."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desertion.rules import hazard, home, push, refuge, ticks, units
from desertion.rules.hazard import ADDITIVE, CONCAVE, MULTIPLICATIVE, NONE, THRESHOLD

UNIT = st.floats(0.0, 1.0)


def test_every_form_of_contagion_has_a_number_of_its_own() -> None:
    """A scenario names its form in words; two forms of one number would be one form."""
    assert len({MULTIPLICATIVE, CONCAVE, ADDITIVE, THRESHOLD, NONE}) == 5
    numbers = {"multiplicative": MULTIPLICATIVE, "concave": CONCAVE, "additive": ADDITIVE}
    assert numbers | {"threshold": THRESHOLD, "none": NONE} == hazard.FORM_NUMBER


def test_exponents_are_clipped_at_fifty() -> None:
    """No hazard overflows, and none inside the bounds is touched."""
    assert [ticks.clip_exponent(x) for x in (-1e300, -50.0, 3.0, 50.0, 1e300)] == [-50.0, -50.0, 3.0, 50.0, 50.0]


def test_units_are_powers_of_two() -> None:
    """So that a tick, a share and what fades below notice have one meaning in both forms; the ODD states them."""
    assert (ticks.TICK, ticks.SHARE, ticks.TIE_SHARE) == (2.0**40, 2.0**30, 2.0**24)
    assert (ticks.TIE_MOST, ticks.TIE_FADED, ticks.FAR, ticks.KEEP_BITS) == (2**30, 2**12, 2**62, 24)


def test_other_routes_count_at_their_weight() -> None:
    """A quarter gone by this route and a quarter by others that count 0.3: 0.325."""
    quarter = int(ticks.SHARE / 4)
    assert hazard.weighted_share(quarter, 2 * quarter, 0.3) == 0.25 + 0.3 * 0.25
    assert hazard.weighted_share(quarter, quarter, 0.3) == 0.25


def test_contagion_is_the_weight_and_its_interaction_times_the_share() -> None:
    """(2 + 3 x 0.5) x 0.1 = 0.35; where reception is bad the sum may be negative."""
    assert hazard.contagion(2.0, 3.0, 0.5, 0.1) == pytest.approx(0.35)
    assert hazard.contagion(1.0, -4.0, 0.5, 0.2) == pytest.approx(-0.2)


def test_multiplicative_rate() -> None:
    """0.5 x 0.01 x exp(0.2 + 0.3), and ties multiply by exp(0.7)."""
    level = hazard.level_rate(MULTIPLICATIVE, 0.01, 0.2, 0.3)
    assert level == pytest.approx(0.01 * math.exp(0.5))
    assert hazard.exit_rate(MULTIPLICATIVE, 0.5, level, 0.3, 0.0, 9.0, 9.0, 9.0) == pytest.approx(
        0.5 * 0.01 * math.exp(0.5)
    )
    assert hazard.exit_rate(MULTIPLICATIVE, 0.5, level, 0.3, 0.7, 9.0, 9.0, 9.0) == pytest.approx(
        0.5 * 0.01 * math.exp(1.2)
    )


def test_concave_rate() -> None:
    """0.5 x 0.01 exp(0.2) x (1 + (0.3 + 0.7) / 0.01)^0.12; no less than without contagion."""
    level = hazard.level_rate(CONCAVE, 0.01, 0.2, 0.3)
    assert level == pytest.approx(0.01 * math.exp(0.2))
    assert hazard.exit_rate(CONCAVE, 0.5, level, 0.3, 0.7, 9.0, 0.01, 0.12) == pytest.approx(0.5 * level * 101.0**0.12)
    assert hazard.exit_rate(CONCAVE, 0.5, level, -0.3, 0.0, 9.0, 0.01, 0.12) == 0.5 * level


def test_additive_rate() -> None:
    """0.5 x (0.01 exp(0.2) + 0.02 x 1.0), and never below 0."""
    level = hazard.level_rate(ADDITIVE, 0.01, 0.2, 0.3)
    assert hazard.exit_rate(ADDITIVE, 0.5, level, 0.3, 0.7, 0.02, 9.0, 9.0) == pytest.approx(0.5 * (level + 0.02))
    assert hazard.exit_rate(ADDITIVE, 0.5, level, -5.0, 0.0, 0.02, 9.0, 9.0) == 0.0


@pytest.mark.parametrize("form", [NONE, THRESHOLD])
def test_forms_without_a_hazard_of_contagion_keep_the_baseline(form: int) -> None:
    """0.5 x 0.01 exp(0.2), whatever others did."""
    level = hazard.level_rate(form, 0.01, 0.2, 0.0)
    assert hazard.exit_rate(form, 0.5, level, 0.0, 0.0, 9.0, 9.0, 9.0) == pytest.approx(0.5 * 0.01 * math.exp(0.2))


@pytest.mark.parametrize("form", [MULTIPLICATIVE, CONCAVE, ADDITIVE, THRESHOLD, NONE])
def test_a_closed_route_has_no_hazard_at_all(form: int) -> None:
    """Exactly 0 where opportunity or chance is 0, whatever pushes."""
    assert hazard.opening(0.0, 0.7, 0.5, 1.0) == 0.0
    assert hazard.opening(0.7, 0.0, 0.5, 0.0) == 0.0
    assert hazard.exit_rate(form, 0.0, 1e9, 5.0, 5.0, 1.0, 1.0, 1.0) == 0.0


def test_opportunity_times_relative_chance_to_its_power() -> None:
    """0.5 x (0.4 / 0.2)^2 = 2; at power 1 it is 1."""
    assert hazard.opening(0.5, 0.4, 0.2, 2.0) == pytest.approx(2.0)
    assert hazard.opening(0.5, 0.4, 0.2, 1.0) == 1.0


def test_soldiers_have_an_exponent_of_their_own_where_one_is_stated() -> None:
    """0 is an exponent, -1 is none."""
    assert [hazard.soldiers_power(own, 0.6) for own in (-1.0, 0.0, 1.5)] == [0.6, 0.0, 1.5]


def test_rates_become_whole_ticks() -> None:
    """A half a day is 2**39 ticks; nothing and less are none; a storm is cut."""
    assert ticks.ticks(0.5) == 2**39
    assert [ticks.ticks(rate) for rate in (0.0, -1.0, math.nan)] == [0, 0, 0]
    assert ticks.ticks(1e30) == ticks.ticks(4096.0) == 4096 * 2**40


@given(u=st.floats(1e-12, 1.0 - 1e-12), z=st.floats(-3.0, 3.0))
def test_thresholds_are_exponential_over_exp_z(u: float, z: float) -> None:
    """-log(u) / exp(z), in whole ticks and at least one."""
    threshold = ticks.exit_threshold(u, z)
    assert threshold >= 1
    assert threshold / ticks.TICK == pytest.approx(-math.log(u) * math.exp(-z), abs=2.0**-39)


def test_a_threshold_from_four_times_ten_to_the_eighteen_on_is_never_reached() -> None:
    """So that a clock and a threshold fit into 63 bits."""
    near, far = (-math.log(height / 2.0**40) for height in (3.9e18, 4.1e18))
    assert ticks.exit_threshold(1.0 / math.e, far) == ticks.FAR
    assert ticks.exit_threshold(1.0 / math.e, near) == pytest.approx(3.9e18)


def test_the_earlier_crossing_within_the_day_wins() -> None:
    """A clock that lacks 30 of today's 100 ticks passes at 0.3; one that lacks more does not pass; one that waits yields."""
    assert ticks.crossing(30, 100) == 0.3
    assert ticks.crossing(100, 100) == 1.0
    assert ticks.crossing(101, 100) == 2.0
    assert ticks.crossing(0, 100) == 1.5
    assert ticks.crossing(0, 0) == 2.0


def test_a_clock_that_lacks_one_tick_passes_with_it() -> None:
    """At the end of the day; a clock that does not move passes nothing."""
    assert ticks.crossing(1, 1) == 1.0
    assert ticks.crossing(1, 0) == ticks.NOT_TODAY
    assert ticks.crossing(0, 1) == ticks.PASSED_BEFORE


def test_cohesion_keeps_a_company_from_following_its_commander() -> None:
    """Eight in ten among strangers; where four in ten of the first members serve, at half weight, a fifth less."""
    assert units.chance_to_follow(0.8, 0.5, 0.0) == 0.8
    assert units.chance_to_follow(0.8, 0.5, 0.4) == pytest.approx(0.64)


def test_frailty_has_a_mean_effect_of_one() -> None:
    """Log frailty is s n - s^2 / 2 for each of three parts; the integral of exp z over the normals is 1."""
    assert hazard.frailty(1.0, 2.0, -1.0, 0.25, 0.04, 0.01) == pytest.approx(0.5 - 0.125 + 0.4 - 0.02 - 0.1 - 0.005)
    grid = [n / 100.0 for n in range(-800, 801)]
    mean = (
        sum(
            math.exp(hazard.frailty(x, 0.0, 0.0, 0.5, 0.0, 0.0)) * math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
            for x in grid
        )
        / 100.0
    )
    assert mean == pytest.approx(1.0, abs=1e-9)


def test_police_are_swamped() -> None:
    """Capacity 5: certain with nobody at large, one half with 5, a third with 10; nothing without police."""
    assert [push.chance_to_be_caught(5.0, n) for n in (0.0, 5.0, 10.0)] == [1.0, 0.5, pytest.approx(1 / 3)]
    assert push.chance_to_be_caught(0.0, 0.0) == 0.0


def test_pushes_add_up() -> None:
    """Each term by its weight, each sign as it says."""
    strain = push.strain_of(0.1, 0.2, 0.3, 0.5, 0.05, 0.4, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    assert strain == pytest.approx(0.1 + 0.4 + 0.9 + 2.0 + 0.25 + 2.4)
    assert push.soldier_push(strain, 0.5, 0.1, 2.0) == pytest.approx(strain + 1.0 + 0.1)
    assert push.civil_push(0.1, 0.2, 0.3, 0.4, 0.05, 1.0, 2.0, 3.0, 4.0) == pytest.approx(0.1 + 0.4 + 0.9 + 1.6 + 0.05)
    assert push.deterrence(2.0, 0.5, 3.0) == 3.0


def test_threat_is_per_cent_called_a_month_times_danger() -> None:
    """300 of 30,000 at double danger: 2, or 1 where danger does not count; never more than all; nobody left to call, no threat."""
    assert push.threat(300.0, 30_000.0, 2.0, 1.0) == pytest.approx(2.0)
    assert push.threat(300.0, 30_000.0, 4.0, 0.5) == pytest.approx(2.0)
    assert push.threat(300.0, 30_000.0, 0.0, 0.0) == pytest.approx(1.0)
    assert push.threat(9.0, 3.0, 1.0, 1.0) == 100.0
    assert push.threat(9.0, 0.0, 1.0, 1.0) == 0.0


def test_thin_lines_raise_risk_up_to_a_cap() -> None:
    """A company at a quarter of its peak with exponent 0.5: double; cap 1.5; nobody there, no risk; in the rear none."""
    assert push.thinned_risk(0.01, 2.0, 25.0, 100.0, 0.5, 3.0) == pytest.approx(0.04)
    assert push.thinned_risk(0.01, 2.0, 25.0, 100.0, 0.5, 1.5) == pytest.approx(0.03)
    assert push.thinned_risk(0.01, 2.0, 100.0, 100.0, 0.5, 3.0) == pytest.approx(0.02)
    assert push.thinned_risk(0.01, 2.0, 0.0, 100.0, 0.5, 3.0) == 0.0
    assert push.thinned_risk(0.01, 0.0, 50.0, 100.0, 0.5, 3.0) == 0.0


def test_beliefs() -> None:
    """Half believed, else feared; a campaign closes part of the gap; cases move the mean as a beta prior's would."""
    assert refuge.believed(0.8, 0.5, 0.4) == pytest.approx(0.6)
    assert refuge.persuaded(0.5, 0.4, 0.5) == pytest.approx(0.6)
    assert refuge.learned(0.5, 10.0, 8.0, 10.0) == pytest.approx(13 / 20)
    assert refuge.learned(0.5, 10.0, 0.0, 0.0) == 0.5


def test_a_ban_stops_those_liable_to_serve_alone() -> None:
    """Control 0.1 always; 0.7 under a ban; a weak ban never helps anybody out."""
    assert refuge.chance_out(0.1, 0.0, 0.7, True) == pytest.approx(0.9)
    assert refuge.chance_out(0.1, 1.0, 0.7, True) == pytest.approx(0.3)
    assert refuge.chance_out(0.1, 1.0, 0.7, False) == pytest.approx(0.9)
    assert refuge.chance_out(0.1, 1.0, 0.0, True) == pytest.approx(0.9)


def test_worth_inside_is_the_best_way_in() -> None:
    """By visa 0.8 x 0.5; by claim 0.9 x (0.5 + 0.5 x 0.2); full: no claim; closed: the leak; transit: what onward is worth."""

    def worth(border: float, visa: float, full: bool) -> float:
        return float(refuge.worth_inside(border, visa, 0.9, 0.1, 0.5, full, 0.5, 0.2, 0.33))

    assert worth(2.0, 0.8, False) == pytest.approx(0.54)
    assert worth(2.0, 0.8, True) == pytest.approx(0.4)
    assert worth(2.0, 0.0, True) == pytest.approx(0.05)
    assert worth(1.0, 1.0, False) == pytest.approx(0.33)
    assert worth(0.0, 1.0, False) == pytest.approx(0.05)


def test_waiting_halves_worth_at_patience() -> None:
    """30 before a desk of 10 a day are three days; a closed desk is worth nothing to those who would queue; an endless one has no queue."""
    assert refuge.wait_discount(30.0, 10.0, 3.0) == 0.5
    assert refuge.wait_discount(30.0, 0.0, 3.0) == 0.0
    assert refuge.wait_discount(30.0, math.inf, 3.0) == 1.0
    assert refuge.wait_discount(0.0, 0.0, 3.0) == 0.0
    assert refuge.wait_discount(0.5, 1.0, 0.5) == 0.5
    assert refuge.wait_discount(1.5, 0.5, 3.0) == 0.5


def test_idle_desks_keep_a_fraction_only() -> None:
    """Four a day leave nothing over, two and a half a half; a desk of a tenth a day saves up one case and no more; one that was without limit is not so for ever."""
    assert refuge.carried_over(4.0, 4.0) == 0.0
    assert refuge.carried_over(2.5, 2.5) == 0.5
    assert refuge.carried_over(1.0, 1.0) == 0.0
    assert refuge.carried_over(0.7, 0.1) == 0.7
    assert refuge.carried_over(1.6, 0.1) == 1.0
    assert [refuge.carried_over(math.inf, a_day) for a_day in (math.inf, 4.0, 0.1)] == [0.0] * 3


def test_surrender_needs_contact_and_is_easier_when_cut_off() -> None:
    """None off the front; at it the contact there is; cut off the larger of the two."""
    assert [units.way_to_surrender(0.2, 0.5, *at) for at in ((False, True), (True, False), (True, True))] == [
        0.0,
        0.2,
        0.5,
    ]
    assert units.way_to_surrender(0.7, 0.5, True, True) == 0.7


@given(now=UNIT, normal=UNIT, losses=st.lists(UNIT, min_size=4, max_size=4))
def test_legitimacy_stays_between_nought_and_one(now: float, normal: float, losses: list[float]) -> None:
    """Whatever happens on a day."""
    assert 0.0 <= home.legitimacy(now, normal, 0.1, *losses, 3.0, 2.0, 1.0, 0.5) <= 1.0


def test_legitimacy_falls_and_moves_back() -> None:
    """0.5 + 0.1 x (0.7 - 0.5) - 2 x 0.01 - 1 x 0.02 - 0.5 x 0.04 - 0.03 x 1 = 0.43."""
    assert home.legitimacy(0.5, 0.7, 0.1, 0.01, 0.02, 0.04, 1.0, 2.0, 1.0, 0.5, 0.03) == pytest.approx(0.43)


def test_exiles_erode_censorship() -> None:
    """0.6 censored; a share of 0.1 abroad at erosion 10 lets 1 - 0.6 / e pass."""
    assert home.passing_news(0.6, 10.0, 0.0) == pytest.approx(0.4)
    assert home.passing_news(0.6, 10.0, 0.1) == pytest.approx(1.0 - 0.6 / math.e)


@given(pressure=st.integers(0, 2**62), keep=st.integers(0, 2**24))
@example(pressure=2**39, keep=2**24)
@example(pressure=2**62, keep=2**24 - 1)
def test_a_pressure_of_any_size_fades_exactly(pressure: int, keep: int) -> None:
    """As whole numbers without end have it: the product of 512 shares and what a day leaves has more than 64 bits."""
    assert ticks.decayed(pressure, keep) == pressure * keep // 2**24


@given(pressure=st.integers(0, ticks.TIE_MOST), keep=st.integers(0, 2**24))
def test_a_pressure_from_ties_fades_exactly(pressure: int, keep: int) -> None:
    """Its most times what a day leaves at most fits into 64 bits."""
    assert ticks.decayed_tie(pressure, keep) == pressure * keep // 2**24


@given(pressure=st.integers(0, 2**36), half_life=st.floats(0.5, 400.0))
def test_pressure_halves_in_its_half_life(pressure: int, half_life: float) -> None:
    """Day by day, within the rounding of a tick a day."""
    days = max(1, round(half_life))
    left = pressure
    for _ in range(days):
        left = int(ticks.decayed(left, ticks.daily_keep(half_life)))
    assert left == pytest.approx(pressure * 2.0 ** (-days / half_life), abs=2 * days + 1e-4 * pressure)
    assert ticks.decayed(pressure, ticks.daily_keep(math.inf)) == pressure


@given(half_life=st.floats(0.5, 400.0))
def test_half_is_left_after_a_half_life_and_all_after_no_time(half_life: float) -> None:
    """In whatever unit both are stated; a day's whole-number keep is the same share, rounded to 2**-24."""
    assert ticks.kept(half_life, half_life) == pytest.approx(0.5)
    assert ticks.kept(half_life, 0.0) == 1.0
    assert ticks.kept(24.0 * half_life, 24.0) == pytest.approx(ticks.kept(half_life, 1.0))
    assert ticks.daily_keep(half_life) / 2**24 == pytest.approx(ticks.kept(half_life, 1.0), abs=2**-24)


def test_a_claim_is_worth_protection_or_else_toleration() -> None:
    """Recognised for sure 1, refused for sure what toleration is worth, in between in proportion."""
    assert refuge.claim_worth(1.0, 0.2) == 1.0
    assert refuge.claim_worth(0.0, 0.2) == 0.2
    assert refuge.claim_worth(0.25, 0.2) == pytest.approx(0.25 + 0.75 * 0.2)


def test_the_threshold_is_reached_on_equality() -> None:
    """Share 0.2 and help 0.05 reach 0.25."""
    assert hazard.leaves_by_threshold(0.2, 0.25, 0.05)
    assert not hazard.leaves_by_threshold(0.2, 0.2501, 0.05)


def test_war_index_starts_at_a_hundred() -> None:
    """exp(-(0.5 x 0.1 + 2 x 0.2))."""
    assert home.war_index(0.0, 0.0, 0.5, 2.0) == 100.0
    assert home.war_index(0.1, 0.2, 0.5, 2.0) == pytest.approx(100.0 * math.exp(-0.45))
