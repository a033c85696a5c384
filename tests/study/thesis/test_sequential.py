"""The rivals as sequential ABC asks them are those of the table, told their priors instead of drawing them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion.study.laboratory.rivals import CAUSES, simulate
from desertion.study.thesis.cases import case
from tests.checks.documents import ROOT
from tests.study.thesis.sequential import Rival, opinion, rivals

WINDOW = case("leipzig-mondays").window


def test_what_is_told_decides_and_chance_does_the_rest() -> None:
    """The same shares and seed give the same figures, another seed others; more people turn out where the second share, that of the total, is higher."""
    steady = Rival(CAUSES["steady"], True, WINDOW)
    middle = np.full(50, 0.5)
    first, again, other = (steady.history(middle, seed)[0] for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()
    few, many = middle.copy(), middle.copy()
    few[1], many[1] = 0.0, 1.0
    low, high = (np.mean([steady.history(told, seed)[0].sum() for seed in range(9)]) for told in (few, many))
    assert 3.0 < high / low < 5.0  # half of the series to twice it


def test_a_rival_has_a_share_for_each_prior() -> None:
    """Of the number at risk, the total, the form, and the noise of the counts; owed and memory with contagion, one more for a drift along a line."""
    asked = rivals(WINDOW)
    assert [rival.contagious for rival in asked] == [False] * len(CAUSES) + [True] * len(CAUSES)
    numbers = {(rival.cause.name, rival.contagious): len(rival.priors) for rival in asked}
    assert (numbers["steady", False], numbers["steady", True], numbers["log-linear", False]) == (4, 6, 5)


@pytest.mark.statistical
def test_told_at_random_they_are_what_the_table_draws() -> None:
    """Null: the same law. Log totals of 600 histories each of `several` with contagion: means within 4.5 standard errors, about 7e-6 of false alarms; fixed seeds."""
    rng = np.random.default_rng(3)
    rival = Rival(CAUSES["several"], True, WINDOW)
    told = [rival.history(rng.random(50), seed)[0].sum() for seed in range(600)]
    drawn = simulate(rival.cause, WINDOW, 600, rng, contagious=True).published.sum(axis=1)
    first, second = np.log(told), np.log(drawn)
    assert abs(first.mean() - second.mean()) < 4.5 * np.hypot(first.std(), second.std()) / 600**0.5


@pytest.mark.walks
def test_a_small_fit_asks_all_rivals(tmp_path: Path) -> None:
    """A hundred particles and two generations: nearly all rivals stand in the first, at one falling tolerance."""
    found = opinion("leipzig-mondays", tmp_path / "fit.db", 100, 2)
    assert found["generation"].tolist() == [1, 2]
    assert found["rivals"].iloc[0] > 15
    assert found["tolerance"].is_monotonic_decreasing
    assert found["probability"].between(0.05, 0.95).all()


def test_the_page_quotes_the_last_generation_and_the_way_there() -> None:
    """Of each series in the shipped table."""
    place = ROOT / "experiments" / "thesis"
    page = (place / "README.md").read_text()
    for _, own in pd.read_csv(place / "sequential.csv").groupby("series"):
        low, high, last = own["probability"].min(), own["probability"].max(), own["probability"].iloc[-1]
        assert f"{last:.2f} of" in page
        assert f"({low:.2f} to {high:.2f}" in page
