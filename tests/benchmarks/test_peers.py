"""The peers that are timed beside the model run the same model."""

from pathlib import Path

import pytest

from tests.benchmarks import peers


@pytest.mark.statistical
def test_peers_lose_the_same_share(tmp_path: Path) -> None:
    """H0: the shares gone after 100 days agree between programs.

    Two graphs of 2,000 and 1,000 persons: standard errors of 0.012 and 0.018 with followers counted in; the bound of
    0.07 is over three of them for any pair (false alarms one in 300).
    """
    found = peers.shares(tmp_path, peers.graph_of(2_000), peers.graph_of(1_000))
    assert max(found.values()) - min(found.values()) < 0.07
    assert found["compiled"] == pytest.approx(0.55, abs=0.05)
