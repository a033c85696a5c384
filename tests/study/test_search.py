"""Search for policy mixes: within limits, on common fates, resumable, and honestly compared."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.search import Goal, compare_found, dominated_volume, search, sobol_sample
from desertion.study.spec import StudySpec
from desertion.study.sweeping import Means

pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")

GOAL = Goal({"left_total": "more", "cost_eur": "less"}, {"cost_eur": 3000.0})


def _means(threads: ThreadPoolExecutor) -> Means:
    return Means(quiet=True, executor=threads, workers=1)


def _levers(study: Callable[..., StudySpec]) -> StudySpec:
    return study(runs=5, pull={"range": [0.0, 1.0]}, other={"choices": ["a", "b"]})


def test_a_search_stays_within_limits_and_beats_nothing_by_cheating(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """Candidates on the front are within the limits; all share the same replicates."""
    with ThreadPoolExecutor(1) as threads:
        found = search(_levers(study), GOAL, 60, tmp_path / "s.sqlite", _means(threads))
    assert len(found.table) == 60
    assert (found.table["runs"] == 5).all()
    assert found.table["front"].any()
    assert (found.table.loc[found.table["front"], "cost_eur"] <= 3000.0).all()
    assert found.study.header["search"] == {"wanted": dict(GOAL.wanted), "limits": dict(GOAL.limits)}


def test_a_search_that_was_cut_off_goes_on_to_the_same_candidates(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """It asks the same questions again and finds their answers in its file."""
    spec = _levers(study)
    with ThreadPoolExecutor(1) as threads:
        search(spec, GOAL, 40, tmp_path / "cut.sqlite", _means(threads))
        resumed = search(spec, GOAL, 80, tmp_path / "cut.sqlite", _means(threads))
        whole = search(spec, GOAL, 80, tmp_path / "whole.sqlite", _means(threads))
    assert resumed.table.equals(whole.table)


def test_the_rival_sample_is_judged_in_the_same_way(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """The same number of candidates; volumes in the box that spans both."""
    spec = _levers(study)
    with ThreadPoolExecutor(1) as threads:
        found = search(spec, GOAL, 60, tmp_path / "s.sqlite", _means(threads))
        rival = sobol_sample(spec, GOAL, 60, tmp_path / "r.sqlite", _means(threads))
    assert len(rival.table) == 60
    one, other = compare_found(found, rival, GOAL)
    assert 0.0 < one <= 1.0
    assert 0.0 < other <= 1.0


def test_the_dominated_volume_is_that_of_rectangles() -> None:
    """A point at a half in both covers a quarter; another at (1, 0.25) adds half of a quarter."""
    worst, best = np.zeros(2), np.ones(2)
    assert dominated_volume(np.array([[0.5, 0.5]]), worst, best) == pytest.approx(0.25, abs=0.01)
    both = np.array([[0.5, 0.5], [1.0, 0.25]])
    assert dominated_volume(both, worst, best) == pytest.approx(0.375, abs=0.01)
    assert dominated_volume(np.empty((0, 2)), worst, best) == 0.0


def test_what_makes_no_search_is_refused(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """No common replicates, no goal, several bases, an unknown measure."""
    with ThreadPoolExecutor(1) as threads:
        means = _means(threads)
        with pytest.raises(InputError, match="fixed number of replicates"):
            search(study(runs={"measure": "left_total", "half_width": 0.1}), GOAL, 5, tmp_path / "a", means)
        with pytest.raises(InputError, match="what is wanted"):
            search(_levers(study), Goal({}, {}), 5, tmp_path / "b", means)
        with pytest.raises(InputError, match="one policy mix as its base"):
            search(study(policies=[["x"], ["y"]]), GOAL, 5, tmp_path / "c", means)
        with pytest.raises(InputError, match="no measure 'left_totl'; did you mean 'left_total'"):
            search(_levers(study), Goal({"left_totl": "more"}, {}), 5, tmp_path / "d", means)
