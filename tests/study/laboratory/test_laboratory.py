"""The laboratory is the model: what rivals deny is off, and known limits come out."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.simulation.model import DesertionModel
from desertion.study.laboratory.bench import COMPANY, Bench
from desertion.study.laboratory.rivals import PRIORS

CALM = {name: prior.off for name, prior in PRIORS.items()} | {"leaving": 0.3, "form": 2.5}


def _many(parameters: dict[str, float], runs: int = 60) -> np.ndarray:
    bench = Bench()
    return np.stack([bench(parameters, seed) for seed in range(runs)])


def test_flow_is_the_daily_record_by_company() -> None:
    """Leavers by company and step add up to the model's own daily count of people who hid for the first time."""
    bench = Bench(people=200, steps=40)
    parameters = CALM | {"pull": 0.5}
    model = DesertionModel(bench.scenario(parameters), rng=5).run()
    flow = bench(parameters, 5)
    assert flow.shape == (200 // COMPANY, 40)
    assert np.diff(model.daily["left"]).tolist() == flow.sum(axis=0).tolist()
    people = model.people()
    gone = people[people["day_left"].notna()]
    by_company = np.bincount(gone["company"], minlength=4)
    assert by_company.tolist() == flow.sum(axis=1).tolist()


@pytest.mark.statistical
def test_baseline_alone_leaves_the_stated_share() -> None:
    """Null: binomial, 500 men, share 0.3, 60 runs: se of the mean 0.0026; 4 se, false alarms 6e-5."""
    share = _many(CALM).sum(axis=(1, 2)).mean() / 500
    assert share == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 500 / 60))


@pytest.mark.statistical
def test_baseline_alone_is_as_scattered_as_chance() -> None:
    """Null: binomial per company, variance 50 x 0.3 x 0.7 = 10.5; 600 companies: within 25 % (4.3 se)."""
    counts = _many(CALM).sum(axis=2).ravel()
    assert counts.var() == pytest.approx(10.5, rel=0.25)


@pytest.mark.parametrize(
    ("rival", "more"),
    [
        ("homophily", {"frailty_unit": 2.0}),
        ("shocks", {"shock_unit": 1.5, "shock_time": 0.5}),
    ],
)
def test_rivals_without_contagion_clump_companies(rival: str, more: dict[str, float]) -> None:
    """Frailty or shocks shared by a company make its men leave together: variance at least twice that of chance."""
    counts = _many(CALM | more).sum(axis=2).ravel()
    assert counts.var() > 21, rival


def test_shocks_shared_by_all_move_the_total() -> None:
    """With a shock of the whole army, the total varies far more between runs than chance allows (10 men)."""
    totals = _many(CALM | {"shock_army": 1.5, "shock_time": 0.5}).sum(axis=(1, 2))
    assert totals.std() > 30


@pytest.mark.parametrize("form", range(4))
def test_every_form_of_contagion_adds_leavers(form: int) -> None:
    """A strong pull makes more leave than the baseline alone, with the same fates."""
    calm = CALM | {"leaving": 0.1, "form": form + 0.5, "memory": 2.0}
    alone = _many(calm, 10).sum()
    assert _many(calm | {"pull": 0.9}, 10).sum() > 1.2 * alone
