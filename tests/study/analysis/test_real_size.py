"""Counts at real size: every count of simulated persons divided by its point's scale, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from desertion import Study, sweep
from desertion.study.analysis.selection import Selection


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two sizes of `toy`, two runs each, with the curve of those who left."""
    folder: Path = tmp_path_factory.mktemp("real")
    return sweep(scenario="toy", days=20, vary={"scale": [0.2, 0.5]}, runs=2, daily=["left", "legitimacy"],
                 measures=["left_total", "share_left", "cost_eur"], out=folder / "s.sqlite", workers=1, quiet=True)  # fmt: skip


def test_counts_are_divided_by_the_scale_of_their_point_and_shares_and_money_are_not(study: Study) -> None:
    """Runs and curves alike; what was read before is left as it was."""
    real, runs = study.at_real_size(), study.runs
    scale = runs["scale"].to_numpy(np.float64)
    assert np.array_equal(real.runs["left_total"], runs["left_total"] / scale)
    assert np.array_equal(real.runs["share_left"], runs["share_left"])
    assert np.array_equal(real.runs["cost_eur"], runs["cost_eur"])
    own, curves = study.bands(), real.bands()
    left = own["column"] == "left"
    assert np.allclose(curves.loc[left, "q50"], own.loc[left, "q50"] / own.loc[left, "scale"].astype(float))
    assert np.array_equal(curves.loc[~left, "q50"], own.loc[~left, "q50"])


def test_a_restricted_study_keeps_its_restriction_at_real_size(study: Study) -> None:
    """The points that were left out stay out."""
    real = Selection(study, [1]).at_real_size()
    assert set(real.runs["design"]) == {1}
    assert np.array_equal(real.runs["left_total"], study.runs.loc[study.runs["design"] == 1, "left_total"] / 0.5)
    assert set(real.bands(["left"])["design"]) == {1}


def test_a_study_without_a_scale_runs_at_its_scenarios(tmp_path: Path) -> None:
    """`toy` says 1, so nothing is divided, and a figure can be drawn."""
    done = sweep(
        scenario="toy",
        days=5,
        vary={"asylum": [0.0, 1.0]},
        measures=["left_total"],
        out=tmp_path / "s.sqlite",
        workers=1,
        quiet=True,
    )
    assert done.scales.tolist() == [1.0, 1.0]
    assert np.array_equal(done.at_real_size().runs["left_total"], done.runs["left_total"])
    assert done.plot("left_total").axes
