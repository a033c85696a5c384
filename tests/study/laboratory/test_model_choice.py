"""Model choice agrees with Bayes' rule where it can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from desertion.errors import InputError
from desertion.study.laboratory.model_choice import Scale, choose, posterior

SIZE = 40_000


def _two_normals() -> tuple[np.ndarray, np.ndarray]:
    """Half N(0, 1), half N(1.5, 1), and a second statistic that says nothing."""
    rng = np.random.default_rng(4)
    rival = np.arange(SIZE) % 2
    return np.column_stack([rng.normal(1.5 * rival, 1.0), rng.normal(size=SIZE)]), rival


@pytest.mark.statistical
@pytest.mark.parametrize("seen", [-0.5, 0.75, 2.0])
def test_probabilities_agree_with_bayes_rule(seen: float) -> None:
    """Null: exact posterior odds of two normals. 1,000 accepted: standard error under 0.016; within 0.05 (3 se), seed fixed."""
    statistics, rival = _two_normals()
    scale = Scale.of(statistics)
    result = choose(scale(statistics), rival, scale(np.array([seen, 0.0])), rivals=2, accept=1000, bootstraps=20)
    likelihood = stats.norm.pdf(seen, [0.0, 1.5])
    exact = likelihood / likelihood.sum()
    assert result.regression == pytest.approx(exact, abs=0.05)
    assert result.error[0] < 0.05


@pytest.mark.statistical
def test_posterior_agrees_with_the_truncated_normal() -> None:
    """Null: flat prior on [0, 1], observation N(10 theta, 1) seen at 6: mean 0.6, sd 0.1. 500 of 20,000 accepted."""
    rng = np.random.default_rng(9)
    shares = rng.random((20_000, 1))
    statistics = rng.normal(10 * shares, 1.0)
    scale = Scale.of(statistics)
    draws, weights = posterior(scale(statistics), shares, scale(np.array([6.0])), accept=500)
    mean = float((weights[:, None] * draws).sum())
    assert mean == pytest.approx(0.6, abs=0.02)
    assert np.sqrt((weights * (draws[:, 0] - mean) ** 2).sum()) == pytest.approx(0.1, abs=0.02)


def test_too_few_accepted_simulations_are_refused() -> None:
    """A probability from twenty simulations is noise, and the sentence says so."""
    statistics, rival = _two_normals()
    with pytest.raises(InputError, match="simulate more"):
        choose(statistics, rival, statistics[0], rivals=2, accept=20)


def test_a_history_like_no_other_rival_is_certain() -> None:
    """Where all accepted simulations are of one rival, it gets everything."""
    statistics = np.concatenate([np.zeros((500, 1)), np.full((500, 1), 9.0)]) + np.random.default_rng(0).normal(
        size=(1000, 1)
    )
    rival = np.repeat([0, 1], 500)
    assert choose(statistics, rival, np.array([-5.0]), rivals=2, accept=100).regression.tolist() == [1.0, 0.0]


def test_a_statistic_that_never_differs_does_no_harm() -> None:
    """Division by a spread of zero is avoided."""
    statistics = np.column_stack([np.arange(10.0), np.ones(10)])
    assert np.isfinite(Scale.of(statistics)(statistics)).all()
