"""The reference table is the same however it is built, and refuses what does not belong to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.laboratory import table as table_of
from desertion.study.laboratory.features import TOTAL_NAMES, UNIT_NAMES, merged, of_totals, of_units
from desertion.study.laboratory.rivals import PRIORS, RIVALS, Prior, draw, form_of, priors
from tests.study.run import standin


def quick(parameters: dict[str, float], seed: int) -> np.ndarray:
    """A laboratory that costs nothing: Poisson leavers."""
    return np.random.default_rng(seed).poisson(5 * parameters["leaving"], size=(4, 64))


def test_interruption_and_workers_change_nothing(tmp_path: Path) -> None:
    """Two chunks built at once, or one after losing the other, give one hash."""
    whole = table_of.build(quick, 100, 2000, 3, tmp_path / "a", workers=2)
    table_of.build(quick, 100, 1000, 3, tmp_path / "b")
    resumed = table_of.build(quick, 100, 2000, 3, tmp_path / "b")
    assert whole.sha256 == resumed.sha256
    assert np.bincount(whole.rival).tolist() == [500] * len(RIVALS)


def test_a_folder_keeps_one_table(tmp_path: Path) -> None:
    """Another seed needs another folder."""
    table_of.build(quick, 100, 1000, 3, tmp_path)
    with pytest.raises(InputError, match="holds another table"):
        table_of.build(quick, 100, 1000, 4, tmp_path)


def test_short_and_missing_tables_are_refused(tmp_path: Path) -> None:
    """The sentence says what is there."""
    with pytest.raises(InputError, match="holds no reference table"):
        table_of.load(tmp_path)
    table_of.build(quick, 100, 1000, 3, tmp_path)
    with pytest.raises(InputError, match="holds 1000 simulations, fewer than 2000"):
        table_of.load(tmp_path, 2000)


@pytest.mark.parametrize("rival", RIVALS)
def test_rivals_do_without_what_they_deny(rival: str) -> None:
    """Contagion has no shocks, shocks no contagion, homophily neither; all has everything."""
    parameters = draw(rival, np.random.default_rng(1))
    used = {prior.name for prior in priors(rival)}
    assert all(parameters[name] == prior.off for name, prior in PRIORS.items() if name not in used)
    assert (parameters["pull"] > 0) == (rival in ("contagion", "all"))
    assert (parameters["shock_army"] > 0) == (rival in ("shocks", "all"))
    assert (parameters["frailty_unit"] > 0) == (rival in ("homophily", "all"))


def test_all_forms_of_contagion_are_drawn() -> None:
    """Conclusions must not hang on one form."""
    rng = np.random.default_rng(2)
    assert len({form_of(draw("contagion", rng)) for _ in range(100)}) == 4


def test_a_prior_that_leaves_its_range_is_refused() -> None:
    """A share above one has no meaning."""
    with pytest.raises(InputError, match="leaves the range"):
        Prior(name="local", low=0.0, high=1.5, allowed=(0.0, 1.0))
    with pytest.raises(InputError, match="must run upwards"):
        Prior(name="local", low=0.5, high=0.5)


@pytest.mark.parametrize("prior", PRIORS.values(), ids=lambda prior: prior.name)
def test_shares_and_values_of_a_prior_are_inverse(prior: Prior) -> None:
    """What is stored as a share comes back as the same value."""
    assert prior.share(prior.at(0.3)) == pytest.approx(0.3)


def test_merging_keeps_everybody() -> None:
    """64 steps in 8, 5 or 64 intervals hold the same people."""
    flow = np.arange(64.0)
    for points in (5, 8, 64):
        assert merged(flow, points).sum() == flow.sum()
        assert merged(flow, points).size == points


def test_statistics_tell_growth_from_decline_and_clumps_from_chance() -> None:
    """A growing flow has a positive slope; leavers of one unit clump."""
    growing = of_totals(np.exp(np.linspace(0, 5, 32)), 1000)
    named = dict(zip(TOTAL_NAMES, growing, strict=True))
    assert named["slope"] > 1
    assert named["growth_3"] > 0.5
    even, clumped = np.full((6, 8), 4.0), np.zeros((6, 8))
    clumped[2] = 24.0
    assert dict(zip(UNIT_NAMES, of_units(clumped), strict=True))["clumping"] > 2
    assert dict(zip(UNIT_NAMES, of_units(even), strict=True))["clumping"] < 0


def test_statistics_of_an_empty_history_are_finite() -> None:
    """Nobody left: the comparison still gets numbers."""
    assert np.isfinite(of_totals(np.zeros(8), 100)).all()
    assert np.isfinite(of_units(np.zeros((4, 8)))).all()


def test_standin_explodes_with_contagion_only() -> None:
    """The same baseline with and without pull: most leave with it, few without."""
    calm = {name: prior.off for name, prior in PRIORS.items()} | {"leaving": 0.05, "form": 2.5}
    assert standin.simulate(calm, 1).sum() < 60
    assert standin.simulate(calm | {"pull": 0.8, "memory": 5.0}, 1).sum() > 300
