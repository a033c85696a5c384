"""Features mean what they say; probabilities are calibrated; the threshold holds false alarms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.laboratory.classifier import most_alarms, threshold, train
from desertion.study.laboratory.features import features, log_rates
from desertion.study.laboratory.table import SHARES, Table, build
from desertion.study.laboratory.window import Window
from desertion.study.statistics import wilson_interval
from tests.study.laboratory.test_rivals import CAPITALS, MONTHS


def _toy(size: int, apart: float) -> Table:
    """Two causes whose one statistic is normal, `apart` apart with contagion."""
    rng = np.random.default_rng(3)
    contagious = np.tile([False, True], size)
    value = rng.normal(0.0, 1.0, 2 * size) + apart * contagious
    bounds = np.cumsum(list(SHARES.values()))[:-1]
    part = np.array(list(SHARES))[np.searchsorted(bounds, rng.random(2 * size))]
    nothing = np.zeros(2 * size)
    return Table(
        names=("one",),
        cause=nothing.astype(int),
        contagious=contagious,
        owed=nothing,
        advanced=nothing,
        form=nothing.astype(int),
        part=part,
        total=nothing,
        seen=value[:, None].astype(np.float32),
        logs=value[:, None].astype(np.float32),
    )


@pytest.mark.statistical
def test_probabilities_are_those_of_bayes() -> None:
    """Two normals one apart: P = 1 / (1 + exp(0.5 - x)). 30,000 histories: mean absolute error under 0.03; fixed seed."""
    table = _toy(30_000, 1.0)
    x = np.linspace(-1.5, 2.5, 41)
    stated = train(table, 1).probability(x[:, None])
    assert np.abs(stated - 1.0 / (1.0 + np.exp(0.5 - x))).mean() < 0.03


def test_odds_beforehand_stay_even_where_a_side_is_left_out() -> None:
    """With half of the calm histories gone, one that tells nothing still gets a half."""
    table = _toy(8000, 0.0)
    rows = table.contagious | (np.arange(len(table.cause)) % 4 == 0)
    assert train(table, 1, rows).probability(np.zeros((1, 1)))[0] == pytest.approx(0.5, abs=0.06)


def test_most_alarms_is_the_last_number_within_the_level() -> None:
    """One more would cross the bound; with too few histories none is few enough."""
    most = most_alarms(400, 0.05)
    assert wilson_interval(most, 400)[1] <= 0.05 < wilson_interval(most + 1, 400)[1]
    with pytest.raises(InputError, match="too few to hold false alarms"):
        most_alarms(20, 0.05)


@pytest.mark.statistical
def test_the_threshold_holds_false_alarms() -> None:
    """Coverage: in 300 repetitions the true rate of alarms of two causes, 1 - threshold, exceeds 5 % less often than in a tenth.

    1,000 uniform probabilities a cause. The upper bound of the larger of two holds in about 98 %; binomial(300, 0.05) stays under 27 but for 1e-3.
    """
    rng = np.random.default_rng(5)
    cause = np.repeat([0, 1], 1000)
    exceeded = sum(1.0 - threshold(rng.random(2000), cause, 0.05, 0.5) > 0.05 for _ in range(300))
    assert exceeded < 27


def test_the_worst_cause_sets_the_threshold() -> None:
    """A cause that alarms loudly raises it; the least is kept otherwise."""
    quiet = np.linspace(0.0, 0.5, 1000)
    cause = np.repeat([0, 1], 1000)
    assert threshold(np.concatenate([quiet, quiet]), cause, 0.05, 0.9) == 0.9
    for loud in (cause, 1 - cause):
        assert threshold(np.concatenate([quiet, 2.0 * quiet]), loud, 0.05, 0.9) > 0.95


def test_cumulative_figures_are_taken_apart() -> None:
    """The same history told both ways has the same log rates."""
    flow = np.random.default_rng(1).poisson(50.0, (5, 10)).astype(float)
    told = replace(MONTHS, cumulative=True)
    assert log_rates(np.cumsum(flow, axis=1), told) == pytest.approx(log_rates(flow, MONTHS))
    assert features(np.cumsum(flow, axis=1), told) == pytest.approx(features(flow, MONTHS))


def test_features_of_a_line_have_its_slope_and_no_rest() -> None:
    """Exponential growth by 2 in the log over the window: slope 1 on [-1, 1], bend 0."""
    middles = np.array([2 * (4 * i + 1.5) / 40 - 1 for i in range(10)])
    row = features(np.exp(8.0 + middles)[None] - 0.5, MONTHS)[0]
    level, bend, slope = row[19], row[20], row[21]
    assert (bend, slope) == pytest.approx((0.0, 1.0), abs=1e-6)
    assert level == pytest.approx(np.log(np.exp(8.0 + middles).sum()))
    assert row[23] == pytest.approx(np.log(0.01), abs=1e-3)


def test_a_table_is_the_same_for_the_same_seed_and_balanced() -> None:
    """Every rival comes as often as any other, with contagion and without; parts are of the stated sizes."""
    table = build(MONTHS, 40, (1,))
    again = build(MONTHS, 40, (1,))
    assert (table.seen == again.seen).all()
    assert table.contagious.mean() == 0.5
    assert {int(table.of(name).sum()) for name in table.names} == {80}
    assert (table.part == "test").mean() == pytest.approx(0.15)
    assert not (build(MONTHS, 40, (2,)).seen == table.seen).all()


@pytest.mark.parametrize("window", [MONTHS, CAPITALS])
def test_a_table_holds_how_many_acts_each_history_shows(window: Window) -> None:
    """What the log rates of its figures add up to, half an act a figure aside, whether the figures are counts or running totals."""
    table = build(window, 40, (1,))
    acts = (np.exp(table.logs) * window.lengths - 0.5).sum(axis=1)
    assert table.total == pytest.approx(acts, rel=1e-3)


def test_no_fewer_alarms_than_the_level_allows() -> None:
    """The threshold is the smallest that holds: as many of a cause's histories alarm as may."""
    probability = np.arange(400) / 400.0
    level = threshold(probability, np.zeros(400, dtype=np.intp), 0.05, 0.0)
    assert np.count_nonzero(probability >= level) == most_alarms(400, 0.05) > 0
