"""Power, false alarms and rank histograms on the stand-in simulator."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.laboratory import table as table_of
from desertion.study.laboratory.calibration import rank_histograms
from desertion.study.laboratory.power import Setting, measure, statistics
from tests.study.run import standin

pytestmark = pytest.mark.studies


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> table_of.ReferenceTable:
    """Two thousand histories of the stand-in simulator."""
    return table_of.build(standin.simulate, standin.PEOPLE, 2000, 7, tmp_path_factory.mktemp("table"))


@pytest.mark.statistical
def test_seeing_units_helps_to_tell_rivals_apart(table: table_of.ReferenceTable) -> None:
    """40 histories a rival: with units, contagion is found more often in its own histories than in those of shared shocks."""
    by_units = measure(table, Setting(points=16, noise=0.0, seen="units"), histories=40, accept=150, seed=1)
    mean = {cell.truth: cell.mean for cell in by_units}
    assert mean["contagion"] > mean["shocks"] + 0.2
    assert mean["contagion"] > mean["homophily"] + 0.2
    assert all(cell.low <= cell.found / cell.histories <= cell.high for cell in by_units)


@pytest.mark.statistical
def test_ranks_of_the_baseline_are_flat_and_informed(table: table_of.ReferenceTable) -> None:
    """Null: calibrated. 150 trials, 10 bins, chi-square; false alarms at p = 0.001: 1 in 1,000, seed fixed."""
    seen = statistics(table, Setting(points=16, noise=0.0, seen="units"), seed=2)
    found = rank_histograms(table, seen, "homophily", trials=150, accept=120, bins=10, draws=99, seed=3)
    leaving = next(row for row in found if row.parameter == "leaving")
    assert leaving.counts.sum() == 150
    assert leaving.p_value > 0.001
    assert leaving.shrinkage < 0.6


def test_noise_changes_what_is_seen_but_not_the_table(table: table_of.ReferenceTable) -> None:
    """Noise is added at observation; the same seed adds the same noise."""
    plain = statistics(table, Setting(points=8, noise=0.0, seen="totals"), seed=1)
    noisy = statistics(table, Setting(points=8, noise=0.5, seen="totals"), seed=1)
    assert not np.allclose(plain, noisy)
    assert np.array_equal(noisy, statistics(table, Setting(points=8, noise=0.5, seen="totals"), seed=1))


def test_impossible_settings_are_refused(table: table_of.ReferenceTable) -> None:
    """Five points do not divide the table's 32 intervals; 100 draws do not fill ten bins evenly."""
    with pytest.raises(InputError, match="must be 4, 8, 16 or 32"):
        statistics(table, Setting(points=5, noise=0.0, seen="totals"), seed=1)
    with pytest.raises(InputError, match="multiple of bins"):
        rank_histograms(table, np.zeros((2000, 2)), "all", trials=5, accept=150, bins=10, draws=100, seed=3)
