"""Scores, meta question and reports on a fit that is made up, and one real small fit on the stand-in simulator."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.study.blocks import markdown
from desertion.study.laboratory.power import Cell, Setting
from desertion.study.laboratory.rivals import RIVALS, complete
from desertion.study.thesis.cases import case
from desertion.study.thesis.evidence import meta, scores, shrinkage, unidentified
from desertion.study.thesis.fit import Fit, fit
from desertion.study.thesis.report import case_blocks, honest, meta_blocks
from desertion.study.thesis.steps import QUICK, fit_case
from tests.study.run import standin


def _fit(probabilities: list[float], name: str = "gdr-protest-places", error: float = 1.0) -> Fit:
    """A fit whose contagion rival predicts `error` times the truth, and which knows `leaving` exactly."""
    chosen = case(name)
    series = chosen.series()
    exact = np.tile(series.values * error, (20, 1))
    empty = np.empty((0, len(series.values)))
    shares = np.column_stack([np.full(20, 0.5), np.linspace(0.025, 0.975, 20)])
    return Fit(
        case=chosen,
        series=series,
        held_out=chosen.held_out(series),
        probabilities=np.array([[0.25] * 4, probabilities]),
        error=np.full(4, 0.01),
        epsilon=np.array([2.0, 1.0]),
        simulations=500,
        predictions={rival: exact if rival == "contagion" else empty for rival in RIVALS},
        shares=dict.fromkeys(RIVALS, (("leaving", "pull"), shares)),
        weights={rival: np.full(20, 0.05) for rival in RIVALS},
        particles=200,
    )


def test_perfect_predictions_score_zero_and_missing_rivals_nothing() -> None:
    """A rival that died out has no score; a perfect one is perfect on points that it never saw."""
    first, *others = scores(_fit([0.7, 0.1, 0.1, 0.1]))
    assert (first.crps_held_out, first.difference_held_out, first.difference) == pytest.approx((0.0, 0.0, 0.0))
    assert all(np.isnan(other.crps_held_out) and other.members == 0 for other in others)


def test_doubled_predictions_differ_by_one() -> None:
    """The averaged relative difference of twice the truth is 1, where anything was published at all."""
    rated = scores(_fit([1.0, 0.0, 0.0, 0.0], "leipzig-mondays", error=2.0))[0]
    assert rated.difference == pytest.approx(1.0)


def test_parameters_that_the_data_leave_alone_are_named() -> None:
    """A posterior as wide as the prior is reported as not identified."""
    made = _fit([0.7, 0.1, 0.1, 0.1])
    assert shrinkage(made, "contagion")["leaving"] == pytest.approx(0.0)
    assert unidentified(made, "contagion") == ("pull",)


def test_series_that_contradict_each_other_are_said_to() -> None:
    """One for, one against: they do not agree; both for: they do."""
    for_it, against = _fit([0.7, 0.1, 0.1, 0.1]), _fit([0.1, 0.4, 0.4, 0.1])
    assert not meta([for_it, against]).agree
    assert meta([for_it, for_it]).agree
    assert meta([for_it, for_it]).pooled == pytest.approx(2 * np.log(0.8 / 0.2))


def test_certainty_is_cut_at_what_the_particles_show() -> None:
    """200 particles cannot say more than 199 to 1."""
    assert meta([_fit([1.0, 0.0, 0.0, 0.0])]).log_odds[0] == pytest.approx(np.log(199))


def test_reports_say_what_is_not_identified_and_what_was_held_out() -> None:
    """The sentence for readers names caveats, flags and the rivals' numbers."""
    made = _fit([0.7, 0.1, 0.1, 0.1])
    text = markdown(case_blocks(made, 12.0))
    for part in ("the last 4 held out", "contagion: pull", "515 places", "0.70 ± 0.01", "200 particles", "Caveats"):
        assert part in text
    assert "All series point the same way" in markdown(meta_blocks(meta([made]), [made]))


def test_the_honest_sentence_follows_from_the_rates() -> None:
    """Power and false alarms are quoted from the table, worst and best."""

    def cell(truth: str, found: int, seen: str = "totals") -> Cell:
        setting = Setting(points=8, noise=0.0, seen="units" if seen == "units" else "totals")
        return Cell(setting=setting, truth=truth, histories=100, found=found, denied=0, mean=0.5, low=0.0, high=1.0)

    cells = [
        cell("contagion", 40),
        cell("all", 60),
        cell("shocks", 7),
        cell("homophily", 1),
        cell("contagion", 90, "units"),
    ]
    sentence = honest(cells)
    assert "found in 40% to 60%" in sentence
    assert "none in 1% to 7%" in sentence
    assert "90% to 90%" in sentence


def _stretched(parameters: dict[str, float], seed: int) -> np.ndarray:
    return np.repeat(standin.simulate(complete(parameters), seed), 2, axis=1)[:, :119]


@pytest.mark.studies
def test_an_interrupted_fit_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Two generations, then a third: the first two are not repeated, and all rivals' probabilities add up to one."""
    chosen = case("gdr-protest-places")
    first = fit(chosen, _stretched, tmp_path / "fit.db", particles=100, generations=2, seed=1)
    again = fit(chosen, _stretched, tmp_path / "fit.db", particles=100, generations=3, seed=1)
    assert again.probabilities[:2].tolist() == first.probabilities.tolist()
    assert again.probabilities.sum(axis=1) == pytest.approx(1.0)
    assert again.simulations > first.simulations
    assert (np.diff(again.epsilon) < 0).all()


def test_too_few_particles_are_refused(tmp_path: Path) -> None:
    """The sentence says why."""
    with pytest.raises(InputError, match="model probabilities are noise"):
        fit(case("gdr-protest-places"), _stretched, tmp_path / "fit.db", particles=20, generations=1, seed=1)


@pytest.mark.studies
def test_a_killed_fit_keeps_the_time_of_finished_generations(tmp_path: Path) -> None:
    """Each generation is told of once, so that its seconds are on disk before the next begins."""
    told: list[int] = []
    fit(
        case("gdr-protest-places"),
        _stretched,
        tmp_path / "fit.db",
        particles=100,
        generations=2,
        seed=1,
        finished=lambda: told.append((tmp_path / "fit.db").stat().st_size),
    )
    assert len(told) == 2


def test_generations_of_different_fits_are_not_mixed(tmp_path: Path) -> None:
    """A fit that was begun with other particles is refused, and the file is named."""
    (tmp_path / "gdr-protest-places-1.json").write_text(json.dumps({"seconds": 3.0, "fitted": "200 particles"}))
    with pytest.raises(InputError, match=r"gdr-protest-places-1\.db' was begun otherwise \(200 particles\)"):
        fit_case("gdr-protest-places", tmp_path, QUICK, 1, 1)


def test_a_rival_of_two_particles_keeps_weights_that_are_numbers() -> None:
    """Two particles span one direction of three; the density of a step is above 0 all the same, so no weight is infinite."""
    from desertion.study.thesis.transition import SteadyTransition

    particles = pd.DataFrame({"a": [0.2, 0.3], "b": [0.5, 0.5], "c": [0.1, 0.1]})
    steps = SteadyTransition()
    steps.fit(particles, np.array([0.5, 0.5]))
    assert steps.pdf(pd.Series({"a": 0.25, "b": 0.52, "c": 0.1})) > 0.0
    assert np.linalg.eigvalsh(steps.cov).min() == pytest.approx(0.02**2)
