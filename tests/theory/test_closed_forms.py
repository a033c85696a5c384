"""Closed forms against numbers of the literature and against slow obvious calculations."""

import math

import numpy as np
import pytest
from scipy.stats import poisson

from desertion.errors import InputError
from tests.oracles.closed_forms import bass, cascade_window, granovetter, granovetter_spread


def test_bass_without_followers_is_geometric() -> None:
    """With q = 0 the share left at home falls by exp(-p) a day."""
    assert bass(0.02, 0.0, 50) == pytest.approx(1.0 - np.exp(-0.02 * np.arange(51)))


def test_bass_follows_its_recursion_by_hand() -> None:
    """Two days written out."""
    first = 1.0 - math.exp(-0.01)
    second = first + (1.0 - first) * (1.0 - math.exp(-(0.01 + 0.4 * first)))
    assert bass(0.01, 0.4, 2).tolist() == pytest.approx([0.0, first, second])


@pytest.mark.parametrize(("spread", "share"), [(0.122, 0.055), (0.123, 1.0), (0.1, 0.0077), (0.14, 1.0)])
def test_granovetter_jumps_where_he_says(spread: float, share: float) -> None:
    """Mean 0.25: a spread of 0.122 stops at 5.5 per cent, one of 0.123 takes all."""
    assert granovetter(0.25, spread) == pytest.approx(share, abs=5e-4)


def test_granovetter_is_where_the_cascade_stops() -> None:
    """The same by going up from nobody, step by step."""
    for mean in (0.05, 0.2, 0.4):
        for spread in (0.01, 0.05, 0.2, 1.0):
            share = 0.0
            for _ in range(20_000):
                share = 0.5 * math.erfc(-(share - mean) / spread / math.sqrt(2.0))
            assert granovetter(mean, spread) == pytest.approx(share, abs=1e-6)


def test_the_spread_of_the_jump_lies_between_his_two() -> None:
    """Just below it a few go, just above it nearly all."""
    jump = granovetter_spread(0.25)
    assert 0.122 < jump < 0.123
    assert granovetter(0.25, 0.9999 * jump) < 0.1
    assert granovetter(0.25, 1.0001 * jump) > 0.9


def test_watts_window_has_the_published_edges() -> None:
    """Threshold 0.18: from just above 1 to near 5.8; at both edges sum k (k-1) p(k) over the vulnerable is the mean degree."""
    lower, upper = cascade_window(0.18)
    assert lower == pytest.approx(1.0, abs=0.05)
    assert upper == pytest.approx(5.8, abs=0.1)
    for z in (lower, upper):
        assert sum(k * (k - 1) * poisson.pmf(k, z) for k in range(6)) == pytest.approx(z)


def test_no_window_where_one_neighbour_moves_only_those_with_two() -> None:
    """At a threshold of 0.5 the vulnerable never connect."""
    assert all(math.isnan(edge) for edge in cascade_window(0.5))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: granovetter(0.25, 0.0), "spread = 0.0 must be above 0"),
        (lambda: granovetter_spread(0.5), "mean = 0.5 must lie in"),
        (lambda: cascade_window(0.0), "threshold = 0.0 must lie in"),
    ],
)
def test_what_has_no_answer_is_refused(call: object, said: str) -> None:
    """In a sentence."""
    assert callable(call)
    with pytest.raises(InputError, match=said):
        call()
