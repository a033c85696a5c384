"""What a study will cost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desertion.study.design.spec import StudySpec
from desertion.study.run.cost import _span, plan, size
from desertion.study.run.progress import duration
from desertion.study.run.sweep import RunOptions, run_study


def test_the_plan_knows_runs_time_and_disk(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Runs exactly; time and disk within a factor of two of what the study then takes."""
    spec = study(runs=300, settings={"busy": 0.002}, days=200)
    cost = plan(spec, 2)
    assert (cost.points, cost.least, cost.most) == (3, 900, 900)
    assert 0.002 < cost.seconds < 0.02
    done = run_study(spec, tmp_path / "s.sqlite", RunOptions(quiet=True, workers=2))
    real = done.path.stat().st_size / 900
    assert real / 2 < cost.bytes_a_run < real * 2
    assert cost.words().startswith("3 design points, 900 runs of 0.00")


def test_a_precision_rule_is_planned_from_least_to_most(study: Callable[..., StudySpec]) -> None:
    """Its number of runs is not known before."""
    cost = plan(study(runs={"measure": "left_total", "half_width": 0.1, "minimum": 5, "maximum": 50}), 1)
    assert (cost.least, cost.most) == (15, 150)
    assert "15 to 150 runs" in cost.words()


def test_a_shard_is_planned_by_its_own_runs(study: Callable[..., StudySpec]) -> None:
    """Shards split runs, or points under a rule of precision, and their runs are all there are."""
    whole = [plan(study(runs=3), 1, shard=(part, 2)) for part in (1, 2)]
    assert [(cost.least, cost.most) for cost in whole] == [(5, 5), (4, 4)]
    rule = {"measure": "left_total", "half_width": 0.1, "minimum": 5, "maximum": 50}
    points = [plan(study(runs=rule), 1, shard=(part, 2)) for part in (1, 2)]
    assert [(cost.least, cost.most) for cost in points] == [(10, 100), (5, 50)]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.05, "0.1 s"), (40, "40 s"), (600, "10 min"), (9000, "2.5 h"), (400000, "4.6 days")]
)
def test_durations_read_as_people_say_them(seconds: float, words: str) -> None:
    """And an unknown one is a question mark."""
    assert duration(seconds) == words
    assert duration(float("inf")) == "?"


def test_sizes_read_as_people_say_them() -> None:
    """Decimal units, as disks are sold."""
    assert [size(count) for count in (12, 1500, 999_700, 2.5e9)] == ["12 B", "1.5 kB", "1 MB", "2.5 GB"]


def test_a_span_of_one_number_is_that_number() -> None:
    """A plan without a rule of precision says one count, not from it to itself."""
    assert [_span(3, most, str) for most in (3, 5)] == ["3", "3 to 5"]
