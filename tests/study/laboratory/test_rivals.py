"""Each rival makes the histories that it is named for, of the size of the series and no larger than who is at risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.laboratory import causes, reporting
from desertion.study.laboratory.prior import Prior
from desertion.study.laboratory.rivals import CAUSES, FAMILIES, cause, simulate
from desertion.study.laboratory.unseen import POOL, drawn, left
from desertion.study.laboratory.window import Window

MONTHS = Window(
    steps=40, intervals=tuple((4.0 * i, 4.0 * i + 4.0) for i in range(10)), at_risk=(10_000, 20_000), total=2000.0
)
CAPITALS = replace(MONTHS, at_risk=(34, 34), total=33.0, cumulative=True, noise=(0.0, 0.0))
RNG = 7


@pytest.mark.parametrize(
    "window", [MONTHS, CAPITALS, replace(MONTHS, again=True, lag=5.0, rules=(20,), doors=(10, 30))]
)
@pytest.mark.parametrize("one", [*CAUSES.values(), *POOL], ids=lambda one: one.name)
def test_histories_are_of_the_size_of_the_series(one: object, window: Window) -> None:
    """Figures are finite, never negative, and their medians within a factor of four of the total; shares owed lie in [0, 1]."""
    for contagious in (False, True):
        made = simulate(one, window, 200, np.random.default_rng(RNG), contagious=contagious)  # pyright: ignore[reportArgumentType] - parametrised
        assert np.isfinite(made.published).all()
        assert (made.published >= 0.0).all()
        total = made.published[:, -1] if window.cumulative else made.published.sum(axis=1)
        assert window.total / 4.0 < np.median(total) < 4.0 * window.total
        assert ((made.owed >= 0.0) & (made.owed <= 1.0)).all()
        assert (made.owed.max() > 0.0) == contagious
        assert ((made.advanced >= made.owed) & (made.advanced <= 1.0)).all()


def test_thirty_four_capitals_are_thirty_four() -> None:
    """Whole numbers, never more than there are, and never falling."""
    made = simulate(CAUSES["steady"], CAPITALS, 500, np.random.default_rng(RNG), contagious=True)
    assert (made.published == made.published.round()).all()
    assert made.published.max() <= 34
    assert (np.diff(made.published, axis=1) >= 0).all()


def test_running_totals_never_fall() -> None:
    """The reader takes none that do. Sums of counts have the errors of their parts; estimates have each its own, and none below the one before."""
    flow = np.full((4000, MONTHS.steps), 50.0)
    noisy = replace(MONTHS, cumulative=True, noise=(0.01, 0.01))
    sums, estimates = (
        replace(noisy, estimates=each).publish(flow, np.random.default_rng(RNG)) for each in (False, True)
    )
    assert (np.diff(sums, axis=1) >= 0.0).all()
    assert (np.diff(estimates, axis=1) >= 0.0).all()
    assert sums[:, -1].std() / sums[:, -1].mean() == pytest.approx(0.1 / np.sqrt(10.0), rel=0.1)
    # The last of ten has a tenth of error of its own; that it is above the nine before takes a part away.
    assert 0.05 < estimates[:, -1].std() / estimates[:, -1].mean() < 0.1
    still = replace(noisy, estimates=True).publish(flow * np.r_[1.0, np.zeros(39)], np.random.default_rng(RNG))
    assert (np.diff(still, axis=1) >= 0.0).all()


@pytest.mark.statistical
def test_shares_owed_to_contagion_are_even() -> None:
    """Null: uniform. 3,000 histories of the three forms that do not tip at once: each fifth holds 0.2 within 4.7 se (0.04); false alarms under 3e-5."""
    made = simulate(CAUSES["steady"], MONTHS, 4000, np.random.default_rng(RNG), contagious=True)
    smooth = made.owed[made.form < 3]
    assert np.histogram(smooth, bins=5, range=(0.0, 1.0))[0] / len(smooth) == pytest.approx(np.full(5, 0.2), abs=0.04)


def test_where_nearly_all_leave_anyway_contagion_advances_them() -> None:
    """All but one in a hundred of those at risk leave, with and without it: few are owed to it, and many more are gone early. Without contagion nobody is."""
    window = replace(MONTHS, at_risk=(1000, 1000), total=1000.0)
    made = simulate(CAUSES["steady"], window, 400, np.random.default_rng(RNG), contagious=True)
    anyway = made.owed < 0.1
    assert anyway.sum() > 20
    assert np.median(made.advanced[anyway]) > 1.5 * np.median(made.owed[anyway])
    assert not simulate(CAUSES["steady"], window, 9, np.random.default_rng(RNG), contagious=False).advanced.any()


def test_trends_run_as_they_are_named() -> None:
    """A line has no bend, a bend one, a new level ends flat; doubled priors drift twice as far."""
    line, bent, level = (
        made(np.random.default_rng(RNG), 400, replace(MONTHS, steps=200), 1.0)
        for made in (causes.log_linear, causes.bent, causes.saturating)
    )
    assert np.abs(np.diff(line, n=2)).max() < 1e-12
    assert ((np.abs(np.diff(bent, n=2)) > 1e-9).sum(axis=1) <= 2).all()
    assert np.abs(level).max() <= causes.DRIFT.high
    wide = causes.log_linear(np.random.default_rng(RNG), 400, replace(MONTHS, steps=200), 2.0)
    assert wide == pytest.approx(2.0 * line)
    assert 4.8 < np.ptp(line, axis=1).max() < 6.0  # Ukraine's drift lies inside


def test_doors_step_at_their_dates() -> None:
    """Between dates nothing moves, but for one date that nobody wrote down."""
    path = causes.doors(np.random.default_rng(RNG), 300, replace(MONTHS, steps=50, doors=(10, 30)), 1.0)
    moved = np.diff(path) != 0.0
    assert moved[:, [9, 29]].all()
    assert (moved.sum(axis=1) <= 3).all()


def test_the_easiest_go_first() -> None:
    """Frailty has mean 1, and a steady hazard makes a rate that falls."""
    values = causes.frailty(np.random.default_rng(RNG), 200)
    assert values.mean(axis=1) == pytest.approx(np.ones(200))
    made = simulate(
        CAUSES["homophily"], replace(MONTHS, noise=(0.0, 0.0)), 400, np.random.default_rng(RNG), contagious=False
    )
    assert made.published[:, 0].mean() > 1.2 * made.published[:, -1].mean()


@pytest.mark.statistical
def test_shocks_pass() -> None:
    """Null: stationary AR(1), variance the same at all times. 4,000 paths: first and last variance agree within 10 % (4.5 se is 10 %)."""
    path = causes.shocks(np.random.default_rng(RNG), 4000, replace(MONTHS, steps=60), 1.0)
    assert path[:, 0].var() == pytest.approx(path[:, -1].var(), rel=0.12)


def test_desks_rules_and_piles_change_counts_not_acts() -> None:
    """A full desk never counts more than came; a pile loses nothing that is worked off; rules multiply from one step on."""
    flow = np.random.default_rng(RNG).poisson(20.0, (100, 60)).astype(float)
    through = reporting.capacity(np.random.default_rng(RNG), flow)
    piled = reporting.backlog(np.random.default_rng(RNG), flow)
    for seen in (through, piled):
        assert (np.cumsum(seen, axis=1) <= np.cumsum(flow, axis=1) + 1e-6).all()
        assert (seen >= 0.0).all()
    assert (np.cumsum(piled, axis=1) < np.cumsum(flow, axis=1) - 1.0).any(axis=1).mean() > 0.9
    ratio = reporting.rules(np.random.default_rng(RNG), flow) / np.maximum(flow, 1e-9)
    assert all(len(set(row[kept > 0].round(9))) <= 2 for row, kept in zip(ratio, flow, strict=True))


def test_families_on_no_list_are_on_no_list() -> None:
    """The pool shares no name with the rivals; the lot is the same for the same seed."""
    assert not {one.name for one in POOL} & set(CAUSES)
    assert [one.name for one in drawn(20261126, 4)] == [one.name for one in drawn(20261126, 4)]
    assert len(drawn(1, 3)) == 3
    assert {*drawn(1, 3), *left(1, 3)} == {*POOL}
    assert len(left(1, 3)) == len(POOL) - 3
    assert {one.family for one in CAUSES.values()} == {*FAMILIES, "steady", "several"}


def test_wrong_names_windows_and_priors_get_a_sentence() -> None:
    """What cannot be simulated is refused before anything runs."""
    with pytest.raises(InputError, match="did you mean 'doors'"):
        cause("door")
    with pytest.raises(InputError, match="must be at least the 2,000 who left"):
        replace(MONTHS, at_risk=(100, 1000))
    with pytest.raises(InputError, match="must be numbers of people >= 1 that run upwards"):
        replace(MONTHS, at_risk=(20, 10))
    with pytest.raises(InputError, match="points = 3 must be at least 8"):
        replace(MONTHS, intervals=MONTHS.intervals[:3])
    with pytest.raises(InputError, match="must be above 0"):
        replace(MONTHS, total=0.0)
    with pytest.raises(InputError, match="must run upwards"):
        Prior(name="drift", low=1.0, high=1.0)


def test_while_files_pile_up_none_of_the_pile_is_worked_off() -> None:
    """Of a steady flow the same share is seen on each of those days, and the pile comes out after them alone."""
    seen = reporting.backlog(np.random.default_rng(1), np.full((50, 200), 10.0))
    piling = seen < 10.0 - 1e-9
    some = piling.any(axis=1)  # those whose files begin to pile up on the last day have none
    assert some.sum() > 40
    for row, low in zip(seen[some], piling[some], strict=True):
        assert np.ptp(row[low]) < 1e-9
        assert row[~low] == pytest.approx(np.maximum(row[~low], 10.0))
