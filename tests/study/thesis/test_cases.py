"""Cases see simulated histories as the published series saw the real ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.thesis.cases import CASES, case

EXACT = {"noise": 1e-12, "persons": 100.0, "shift": 2.0, "lag": 0.0}


@pytest.mark.parametrize("name", CASES)
def test_every_point_of_a_case_lies_in_its_window(name: str) -> None:
    """No point is fitted to steps that are never simulated."""
    chosen = case(name)
    series = chosen.series()
    steps = [chosen.step_of(point.end) for point in series.points]
    assert min(steps) >= 0
    assert max(steps) < chosen.steps
    assert len(series.points) >= 8


@pytest.mark.parametrize("name", CASES)
def test_nobody_leaves_nothing_is_published(name: str) -> None:
    """A calm history gives zeros, whatever the noise."""
    chosen = case(name)
    nothing = np.zeros(chosen.steps, dtype=np.int64)
    assert chosen.observe(chosen.series(), nothing, EXACT, np.random.default_rng(0)).sum() == 0.0


def test_protest_places_are_counted_by_week() -> None:
    """One place a day is seven a week, and 1.03 real places stand for each simulated one."""
    chosen = case("gdr-protest-places")
    seen = chosen.observe(chosen.series(), np.ones(chosen.steps, dtype=np.int64), EXACT, np.random.default_rng(0))
    assert seen == pytest.approx(np.full(17, 7 * 1.03), rel=1e-4)


def test_emigrants_are_counted_so_far() -> None:
    """Cumulative points add up everything since 1 January: a person of 500 each three days."""
    chosen = case("gdr-emigration-points")
    seen = chosen.observe(chosen.series(), np.ones(chosen.steps, dtype=np.int64), EXACT, np.random.default_rng(0))
    assert (np.diff(seen) >= 0).all()
    assert seen[-1] == pytest.approx(500 * 122, rel=1e-4)


def test_case_files_double_with_the_rule_of_december_2024() -> None:
    """The same acts give twice the files from 1 December 2024 on."""
    chosen = case("ukraine-awol")
    series = chosen.series()
    seen = chosen.observe(series, np.ones(chosen.steps, dtype=np.int64), EXACT, np.random.default_rng(0))
    per_day = seen / [point.days for point in series.points]
    late = np.array([point.start >= date(2024, 12, 1) for point in series.points])
    assert per_day[late].mean() == pytest.approx(2 * per_day[~late].mean(), rel=0.1)


def test_long_series_hold_a_quarter_out_and_short_ones_nothing() -> None:
    """Held-out scores need at least twelve points."""
    assert case("gdr-protest-places").held_out(case("gdr-protest-places").series()) == 4
    assert case("afghanistan-capitals").held_out(case("afghanistan-capitals").series()) == 0


def test_unknown_cases_are_named() -> None:
    """A typing mistake gets a proposal."""
    with pytest.raises(InputError, match="did you mean 'ukraine-awol'"):
        case("ukraine-awool")
