"""Intervals of calibrations hold the truth as often as they say, and sequential ABC goes where plain rejection goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from desertion.study.calibration.calibrate import planned
from desertion.study.calibration.fit import distance, fit, simulated_case
from tests.study.calibration.interval_coverage import OWN, ROOT, answer, covered, names, simulated, summed
from tests.study.calibration.test_fit import CASE, stand_in

pytestmark = pytest.mark.statistical


def test_intervals_hold_the_truth_in_nine_of_ten_made_up_series() -> None:
    """100 made-up series of a fifth of the toy army, from one table of 900 simulations; the 45 nearest are the posterior of each.

    Null: a parameter lies inside with a chance of 0.88 (the 5 % and 95 % points of 45 draws lie 40.5 of 46 parts apart). Two-sided binomial
    tests of three parameters at 1e-4 each, so 3e-4 false alarms; a true share of 0.65 is seen in 96 of 100.
    """
    case = planned("toy", OWN | {"scale": 0.2, "measure": "left_total"})
    found = covered(case, simulated(case, range(900)), 100, 45)
    table = summed(case, found).set_index("parameter")
    assert tuple(table.index) == names(case) == ("leaving", "contagion", "noise")
    for row in table.itertuples():
        assert binomtest(row.inside, row.made_up, 0.88).pvalue > 1e-4, row.Index
    assert table.loc["leaving", "made_up"] >= 95
    assert table.loc["leaving", "contraction"] > 0.5 > 0.2 > table.loc["noise", "contraction"]


def test_the_page_answers_whether_what_is_stated_of_contagion_is_right() -> None:
    """Its heading asked, and a table in which nine of ten stood beside two thirds was the answer."""
    place = ROOT / "experiments" / "calibrate"
    table = pd.read_csv(place / "reliability.csv")
    assert answer(table) in (place / "coverage.md").read_text()
    rows = pd.DataFrame({"case": list("abc"), "stated": [0.1, 0.5, 0.9], "true": [0.2, 0.5, 0.7], "low": [0.15, 0.4, 0.6], "high": [0.3, 0.6, 0.8]})  # fmt: skip
    assert answer(rows).endswith(
        "too low in 1 (a: 0.10 stated, 0.20 true) and too high in 1 (c: 0.90 stated, 0.70 true)."
    )
    assert answer(rows[1:2]).endswith("stated: none.")


def test_sequential_abc_goes_where_rejection_goes(tmp_path: Path) -> None:
    """A fit of 300 particles and 4 generations against all of 10,000 draws from the prior that come as near.

    Null: the same posterior. Means of `leaving` and of the strength of contagion under each rival, and the probability of contagion: four differences, each within four
    standard errors, which holds for all in 99.97 of 100 (normal). The errors come from the effective numbers of particles; seeds are fixed.
    """
    rng = np.random.default_rng(8)
    truth = {"leaving": 0.5, "contagion": 0.5, "noise": 0.3} | dict.fromkeys(names(CASE)[1:5], 0.5) | {"seed": 4}
    values = simulated_case(CASE, stand_in, (*CASE.priors_of(CASE.rivals[0]), *CASE.nuisances), truth)["y"]
    points = [replace(p, value=float(v), low=None, high=None) for p, v in zip(CASE.series.points, values, strict=True)]
    case = replace(CASE, series=replace(CASE.series, points=tuple(points)))
    found = fit(case, stand_in, tmp_path / "fit.db", particles=300, generations=4, seed=2)
    kept: dict[str, list[list[float]]] = {rival: [] for rival in case.rivals}
    for seed in range(10_000):
        rival = case.rivals[seed % 2]
        priors = (*case.priors_of(rival), *case.nuisances)
        shares = {prior.name: float(rng.random()) for prior in priors}
        figures = simulated_case(case, stand_in, priors, shares | {"seed": seed})
        if distance(case.series, len(points), figures, {"y": values}) <= found.epsilon[-1]:
            kept[rival].append([shares["leaving"], shares.get("contagion", 0.5)])
    with_it, without = (np.array(kept[rival]) for rival in case.rivals)
    assert min(len(with_it), len(without)) > 100
    share = len(with_it) / (len(with_it) + len(without))
    error = np.hypot(found.error[0], np.sqrt(share * (1 - share) / (len(with_it) + len(without))))
    assert abs(found.probabilities[-1][0] - share) < 4 * error
    for rival, plain, parameters in ((0, with_it, ("leaving", "contagion")), (1, without, ("leaving",))):
        own, shares = found.shares[case.rivals[rival]]
        weights = found.weights[case.rivals[rival]]
        for place, name in enumerate(parameters):
            column = shares[:, own.index(name)]
            mean = weights @ column
            error = np.sqrt(plain[:, place].var() / len(plain) + (weights @ (column - mean) ** 2) * (weights**2).sum())
            assert abs(mean - plain[:, place].mean()) < 4 * error, (case.rivals[rival], name)
