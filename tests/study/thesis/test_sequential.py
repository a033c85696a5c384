"""The rivals as sequential ABC asks them are those of the table, told their priors instead of drawing them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desertion.study.laboratory.rivals import CAUSES, simulate
from desertion.study.thesis.cases import case
from tests.study.thesis.sequential import WITH, Asked, contagious, opinion

LEIPZIG = case("leipzig-mondays")
ASKED = Asked(LEIPZIG.series, LEIPZIG.window)


def test_what_is_told_decides_and_chance_does_the_rest() -> None:
    """The same shares and seed give the same figures, another seed others; more people turn out where the second share, that of the total, is higher."""
    named = [prior.name for prior in ASKED.priors_of("steady" + WITH)]
    middle = dict.fromkeys(named, 0.5) | {"noise": 0.1}
    first, again, other = (ASKED.simulate(middle, seed) for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()
    few, many = (
        np.mean([ASKED.simulate(middle | {named[1]: share}, seed).sum() for seed in range(9)]) for share in (0, 1)
    )
    assert 3.0 < many / few < 5.0  # half of the series to twice it


def test_a_rival_has_a_share_for_each_prior() -> None:
    """Of the number at risk, the total, the form, and the noise of the counts; owed and memory with contagion, one more for a drift along a line."""
    numbers = {rival: len(ASKED.priors_of(rival)) for rival in ASKED.rivals}
    assert len(numbers) == 2 * len(CAUSES)
    assert (numbers["steady"], numbers["steady" + WITH], numbers["log-linear"]) == (4, 6, 5)


@pytest.mark.statistical
def test_told_at_random_they_are_what_the_table_draws() -> None:
    """Null: the same law. Log totals of 600 histories each of `several` with contagion: means within 4.5 standard errors, about 7e-6 of false alarms; fixed seeds."""
    rng = np.random.default_rng(3)
    rival = "several" + WITH
    told = [ASKED.history(rival, rng.random(50), seed)[0].sum() for seed in range(600)]
    drawn = simulate(CAUSES["several"], LEIPZIG.window, 600, rng, contagious=True).published.sum(axis=1)
    first, second = np.log(told), np.log(drawn)
    assert abs(first.mean() - second.mean()) < 4.5 * np.hypot(first.std(), second.std()) / 600**0.5


def test_a_small_fit_asks_all_rivals(tmp_path: Path) -> None:
    """A hundred particles and two generations: all rivals stand in the first, at one falling tolerance, and their probabilities add up."""
    found = opinion("leipzig-mondays", tmp_path / "fit.db", 100, 2)
    assert found.probabilities.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.epsilon[1] < found.epsilon[0]
    assert ((contagious(found) > 0.0) & (contagious(found) < 1.0)).all()
