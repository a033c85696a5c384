"""Claims about scale: a smaller world is the same world, and the check would notice another."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.simulation import equivalence
from tests.simulation.equivalence import REFERENCE, ROWS, Ratio, floor, measured, ratios


@pytest.mark.statistical
def test_a_thousand_and_five_thousand_soldiers_are_not_shown_to_fare_other_than_twenty_thousand(tmp_path: Path) -> None:
    """`russia-2022` at 0.001 (200 runs) and 0.005 (40) against 0.02 (10), sixty days, fixed seeds.

    Null: the ratio lies inside its bounds. A row fails if its 99 % interval lies wholly outside, which chance does in less than one of 200
    such tests a row at the edge of the bounds and in less than one of 10,000 where the ratio is 1. A quarter fewer leavers is seen (below).
    """
    table = measured(tmp_path / "runs.jsonl", share=0.05, scenarios=["russia-2022"], scales=[0.001, 0.005])
    assert {row.runs for row in table} == {200, 40}
    assert [row for row in table if row.verdict == "other"] == []


def test_a_quarter_fewer_leavers_are_seen() -> None:
    """With 200 and 10 runs of as many leavers as real ones have: Poisson counts of 3.1 and 62, the smaller ones a quarter lower."""
    rng = np.random.default_rng(1)
    small, large = rng.poisson(3.1 * 0.75, (200, len(ROWS))) / 0.001, rng.poisson(62, (10, len(ROWS))) / 0.02
    verdicts = {row.row: row.verdict for row in ratios("made", 0.001, small.tolist(), large.tolist())}
    assert verdicts["hits"] == verdicts["soldiers' leaving"] == verdicts["reservists' flight"] == "other"


def test_intervals_hold_the_ratio_as_often_as_they_promise() -> None:
    """Of 2,000 intervals around the ratio of two Poisson means 99 % hold it; fewer than 97.5 % are seen once in more than a million tests."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(2000 // len(ROWS)):
        small, large = rng.poisson(3.0, (200, len(ROWS))), rng.poisson(60.0, (20, len(ROWS)))
        held += sum(row.low <= 0.05 <= row.high for row in ratios("made", 0.001, small.tolist(), large.tolist()))
    assert held >= 0.975 * (2000 // len(ROWS)) * len(ROWS)


def test_the_floor_is_the_smallest_scale_from_which_on_every_row_is_the_same() -> None:
    """A scale that passes below one that does not is no floor; neither is one whose runs are too few."""

    def row(scale: float, low: float, high: float) -> Ratio:
        return Ratio("made", scale, "hits", 9, (low + high) / 2, low, high)

    same, few, other = (0.97, 1.03), (0.9, 1.1), (1.06, 1.2)
    assert floor([row(0.001, *same), row(0.005, *same), row(0.01, *same)]) == 0.001
    assert floor([row(0.001, *same), row(0.005, *few), row(0.01, *same)]) == 0.01
    assert floor([row(0.001, *same), row(0.005, *same), row(0.01, *other)]) is None


def test_a_setting_holds_in_both_worlds() -> None:
    """It stands behind the scenario's name, under which runs are kept: no run of other settings is taken for one."""
    name = "front-2022 forces.russia-2022.police=0"
    assert [equivalence._scenario(name, scale).forces[0].police for scale in (0.001, REFERENCE)] == [0.0, 0.0]
    assert equivalence._scenario("front-2022", 0.001).forces[0].police > 0


def test_a_stopped_grid_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that are in the file are not run again, and the table is the same as of a grid run at once."""
    asked: list[int] = []

    def made(scenario: object, seed: int) -> list[float]:
        asked.append(seed)
        return [float(seed % 7 + 1)] * len(ROWS)

    monkeypatch.setattr(equivalence, "counted", made)
    monkeypatch.setattr(equivalence, "_scenario", lambda name, scale: None)
    file = tmp_path / "runs.jsonl"
    grid = {"scenarios": ["russia-2022"], "scales": [0.01]}
    measured(file, share=0.05, **grid)
    first = len(asked)
    whole = measured(file, share=0.1, **grid)
    assert len(asked) == len(set(asked)) == 20 + 40 > first == 10 + 20
    assert measured(file, minutes=-math.inf, share=0.1, **grid) == whole
