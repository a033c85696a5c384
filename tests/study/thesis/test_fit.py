"""Scores and the report of a fit that is made up, and one real small fit on a stand-in for the scenario."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.study.blocks import markdown
from desertion.study.thesis.fit import Fit, fit
from desertion.study.thesis.fit_report import between, case_blocks
from desertion.study.thesis.scenario_cases import BOTH, DOORS, scenario_case
from desertion.study.thesis.scores import scores, shrinkage, unidentified

CASE = scenario_case("gdr-1989")


def _fit(doors: float, error: float = 1.0) -> Fit:
    """A fit whose rival with contagion predicts `error` times the truth and knows `leaving` exactly, and whose other died out."""
    series = CASE.series()
    exact = np.tile(series.values * error, (20, 1))
    empty = np.empty((0, len(series.values)))
    shares = np.column_stack([np.full(20, 0.5), np.linspace(0.025, 0.975, 20)])
    return Fit(
        case=CASE,
        series=series,
        held_out=CASE.held_out(series),
        probabilities=np.array([[0.5, 0.5], [1.0 - doors, doors]]),
        error=np.full(2, 0.01),
        epsilon=np.array([2.0, 1.0]),
        simulations=500,
        predictions={BOTH: exact, DOORS: empty},
        shares=dict.fromkeys((BOTH, DOORS), (("leaving", "leak"), shares)),
        weights=dict.fromkeys((BOTH, DOORS), np.full(20, 0.05)),
        particles=200,
    )


def _stand_in(parameters: dict[str, float], seed: int) -> np.ndarray:
    """Leavers a day that grow with the baseline, and faster with contagion."""
    rng = np.random.default_rng(seed)
    days = np.arange(CASE.steps)
    mean = parameters["leaving"] * 1e5 * np.exp(parameters.get("contagion", 0.0) * days / CASE.steps)
    return rng.poisson(mean)[None].astype(np.int64)


def test_perfect_predictions_score_zero_and_missing_rivals_nothing() -> None:
    """A rival that died out has no score; a perfect one is perfect."""
    first, other = scores(_fit(0.3))
    assert (first.crps_fitted, first.difference) == pytest.approx((0.0, 0.0))
    assert np.isnan(other.crps_fitted)
    assert other.members == 0


def test_doubled_predictions_differ_by_one() -> None:
    """The averaged relative difference of twice the truth is 1, where anything was published at all."""
    assert scores(_fit(0.0, error=2.0))[0].difference == pytest.approx(1.0)


def test_parameters_that_the_data_leave_alone_are_named() -> None:
    """A posterior as wide as the prior is reported as not identified."""
    made = _fit(0.3)
    assert shrinkage(made, BOTH)["leaving"] == pytest.approx(0.0)
    assert unidentified(made, BOTH) == ("leak",)


def test_reports_say_what_is_not_identified_and_what_another_seed_gives() -> None:
    """The sentence for readers names caveats and flags; without further runs it says that the error between them is missing."""
    made = _fit(0.3)
    text = markdown(case_blocks(made, 12.0))
    for part in ("too few to hold any out", f"{BOTH}: leak", "0.70 ± 0.01", "200 particles", "Caveats", "another seed"):
        assert part in text
    assert between(made, [_fit(0.6)]).endswith(f"{BOTH} 0.70 0.40, {DOORS} 0.30 0.60.")


@pytest.mark.studies
def test_an_interrupted_fit_goes_on_and_all_rivals_share_one_tolerance(tmp_path: Path) -> None:
    """Two generations, then a third: the first two are not repeated, members add up to the particles of the last one, and each generation is told of once."""
    told: list[int] = []
    settings = {"particles": 100, "seed": 1, "finished": lambda: told.append(1)}
    first = fit(CASE, _stand_in, tmp_path / "fit.db", generations=2, **settings)
    again = fit(CASE, _stand_in, tmp_path / "fit.db", generations=3, **settings)
    assert again.probabilities[:2].tolist() == first.probabilities.tolist()
    assert again.probabilities.sum(axis=1) == pytest.approx(1.0)
    assert again.simulations > first.simulations
    assert (np.diff(again.epsilon) < 0).all()
    assert sum(len(rows) for rows in again.predictions.values()) == 100
    assert len(told) == 3


def test_too_few_particles_are_refused(tmp_path: Path) -> None:
    """The sentence says why."""
    with pytest.raises(InputError, match="model probabilities are noise"):
        fit(CASE, _stand_in, tmp_path / "fit.db", particles=20, generations=1, seed=1)


def test_generations_of_different_fits_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fit that was begun with other particles is refused, and the file is named."""
    (tmp_path / "gdr-1989-1.json").write_text(json.dumps({"seconds": 3.0, "fitted": "200 particles"}))
    assert main(["calibrate", "gdr-1989", "--particles", "100", "--out", str(tmp_path)]) == 2
    assert "gdr-1989-1.db' was begun otherwise (200 particles)" in capsys.readouterr().err


def test_a_rival_of_two_particles_keeps_weights_that_are_numbers() -> None:
    """Two particles span one direction of three; the density of a step is above 0 all the same, so no weight is infinite."""
    from desertion.study.thesis.transition import SteadyTransition

    particles = pd.DataFrame({"a": [0.2, 0.3], "b": [0.5, 0.5], "c": [0.1, 0.1]})
    steps = SteadyTransition()
    steps.fit(particles, np.array([0.5, 0.5]))
    assert steps.pdf(pd.Series({"a": 0.25, "b": 0.52, "c": 0.1})) > 0.0
    assert np.linalg.eigvalsh(steps.cov).min() == pytest.approx(0.02**2)
