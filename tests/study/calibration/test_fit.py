"""Scores and the report of a fit that is made up, and one real small fit on a stand-in for the scenario."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.cli import main
from desertion.commands._shared.thesis import draw_posterior
from desertion.errors import InputError
from desertion.figures import style
from desertion.study.blocks import markdown
from desertion.study.calibration import session
from desertion.study.calibration.calibrate import Calibration, planned
from desertion.study.calibration.case import ImpossibleError
from desertion.study.calibration.document import BOTH, DOORS
from desertion.study.calibration.fit import Fit, _error, _systematic, distances, fit
from desertion.study.calibration.report import between, case_blocks, findings
from desertion.study.calibration.scores import scores
from desertion.study.calibration.tables import parameters, predicted
from desertion.study.statistics import wilson_interval
from desertion.study.store.lock import DriverLock

CASE = planned("gdr-1989", {})


def _fit(doors: float, error: float = 1.0) -> Fit:
    """A fit whose rival with contagion predicts `error` times the truth and knows `leaving` exactly, and whose other died out."""
    series = CASE.series
    exact = np.tile(series.values * error, (20, 1))
    empty = np.empty((0, len(series.values)))
    shares = np.column_stack([np.full(20, 0.5), np.linspace(0.025, 0.975, 20)])
    return Fit(
        case=CASE,
        probabilities=np.array([[0.5, 0.5], [1.0 - doors, doors]]),
        error=np.full(2, 0.01),
        epsilon=np.array([2.0, 0.1]),
        simulations=500,
        predictions={BOTH: exact, DOORS: empty},
        shares={BOTH: (("leaving", "leak"), shares), DOORS: ((), np.empty((0, 0)))},
        weights={BOTH: np.full(20, 0.05), DOORS: np.empty(0)},
        particles=200,
    )


def test_a_rival_that_died_out_leaves_a_chance_that_it_would_not_have() -> None:
    """None of 100 particles: half of Wilson's interval is 1 / (2 (n + 1)); in the middle it is the usual error."""
    assert _error(np.array([1.0, 0.0]), 100.0) == pytest.approx(0.5 / 101)
    assert _error(np.array([0.3]), 400.0) == pytest.approx(np.sqrt(0.3 * 0.7 / 400), rel=0.01)
    low, high = wilson_interval(30, 100, NormalDist().cdf(1.0) * 2.0 - 1.0)
    assert _error(np.array([0.3]), 100.0) == pytest.approx((high - low) / 2.0)
    told = case_blocks(replace(_fit(0.0), error=_error(np.array([1.0, 0.0]), 400.0)), 1.0)
    assert "1.00 ± 0.001" in markdown(told)


def stand_in(parameters: dict[str, float], seed: int) -> np.ndarray:
    """Leavers a day that grow with the baseline, and faster with contagion."""
    rng = np.random.default_rng(seed)
    days = np.arange(184)
    mean = parameters["leaving"] * 1e5 * np.exp(parameters.get("contagion", 0.0) * days / 184)
    return rng.poisson(mean).astype(np.int64)


def test_perfect_predictions_score_zero_and_missing_rivals_nothing() -> None:
    """A rival that died out has no score; a perfect one is perfect."""
    first, other = scores(_fit(0.3))
    assert (first.crps_fitted, first.difference) == pytest.approx((0.0, 0.0))
    assert np.isnan(other.crps_fitted)
    assert other.members == 0


def test_doubled_predictions_differ_by_one() -> None:
    """The averaged relative difference of twice the truth is 1, where anything was published at all."""
    assert scores(_fit(0.0, error=2.0))[0].difference == pytest.approx(1.0)


def test_reports_say_what_is_not_identified_and_what_another_seed_gives() -> None:
    """The sentence for readers names caveats and flags; without further runs it says that the error between them is missing."""
    made = _fit(0.3)
    text = markdown(case_blocks(made, 12.0))
    loose = f"{BOTH}: not identified, the posterior being hardly narrower than the prior: leak."
    for part in ("none held out", loose, "0.70 ± 0.01", "200 particles", "Caveats", "another seed"):
        assert part in text
    assert "500 simulations, 12 s" in text
    # The seconds are those of all fits, and so must the simulations be.
    assert "1,000 simulations in 2 fits, 12 s" in markdown(case_blocks(made, 12.0, [_fit(0.6)]))
    assert between(made, [_fit(0.6)]).endswith(f"{BOTH} 0.70 0.40, {DOORS} 0.30 0.60.")


def test_tables_say_how_far_each_prior_was_narrowed() -> None:
    """What is known exactly has a contraction of 1 and no width; what the series leaves alone has none and the width of the prior."""
    table = parameters(_fit(0.3)).set_index(["rival", "parameter"])
    known, loose, none = (table.loc[(BOTH, name)] for name in ("leaving", "leak", "contagion"))
    assert (known["contraction"], known["identified"]) == (pytest.approx(1.0), True)
    assert known["q05"] == known["q95"] == pytest.approx((5e-6 * 2e-4) ** 0.5)
    assert (loose["contraction"], loose["identified"]) == (pytest.approx(0.0, abs=0.01), False)
    prior = CASE.levers[4].prior
    assert (loose["q05"], loose["q95"]) == (pytest.approx(prior.at(0.05)), pytest.approx(prior.at(0.95)))
    assert np.isnan(none["median"])
    curves = predicted(_fit(0.3, error=2.0))
    own = curves[curves["rival"] == BOTH]
    assert own["q05"].tolist() == own["q95"].tolist() == (2.0 * CASE.series.values).tolist()
    assert curves.loc[curves["rival"] == DOORS, "median"].isna().all()
    assert own["fitted"].all()


def test_few_particles_identify_nothing_by_chance() -> None:
    """A posterior of 0.7 prior widths is identified by 200 particles; eight draws from the prior are often as narrow, so they are not."""
    made = _fit(0.3)
    for count, identified in ((200, True), (8, False)):
        column = 0.5 + 0.7 * (np.linspace(0.0, 1.0, count) - 0.5)
        shares = (("leaving", "leak"), np.column_stack([np.full(count, 0.5), column]))
        weights = made.weights | {BOTH: np.full(count, 1.0 / count)}
        table = parameters(replace(made, shares=made.shares | {BOTH: shares}, weights=weights))
        assert table.set_index(["rival", "parameter"]).loc[(BOTH, "leak"), "identified"] == identified


def test_what_one_seed_decides_and_another_does_not_is_not_decided() -> None:
    """Runs of 0.99 and 0.60 were told as a preference of 0.99; two that agree are one, by the lower of both."""
    apart, alike = ([_fit(doors)] for doors in (0.4, 0.03))
    open_, sure = (
        "does not decide between the two rivals (with contagion: 0.99 0.60)",
        "(0.97 or more by each of 2 seeds)",
    )
    for others, said in ((apart, open_), (alike, sure)):
        assert said in markdown(case_blocks(_fit(0.01), 12.0, others))
        made = Calibration(**vars(_fit(0.01)), seconds=12.0, others=tuple(others))
        assert any(said in one for one in made.findings)


def test_the_roughest_of_all_fits_and_whose_parameters_are_told() -> None:
    """A first fit that came close said nothing of another one that did not, and stood for all seeds without saying so."""
    close = replace(_fit(0.3), epsilon=np.array([2.0, 0.1]))
    assert "of the first seed" not in " ".join(findings(close))
    assert "first look" not in " ".join(findings(close, [close]))
    far = replace(close, epsilon=np.array([2.0, 1.0]))
    told = findings(close, [far])
    assert told[0].startswith("A fit stopped while histories still missed the figures by a factor of 2.7 on average")
    assert "Intervals of parameters are those of the first seed." in told


def test_a_fit_that_stopped_far_off_identifies_nothing() -> None:
    """What its particles agree on may be where the next generation would leave: it is called narrowed so far, in words and in the table."""
    close = _fit(0.3)
    far = replace(close, epsilon=np.array([2.0, 1.0]))
    for fits, is_told in (((close, close), True), ((close, far), False), ((far, close), False)):
        told, table = " ".join(findings(fits[0], fits[1:])), parameters(fits[0], fits[1:])
        assert ("identified" in told, "narrowed so far by each of 2 seeds" in told) == (is_told, not is_told)
        assert table["identified"].any() == is_told
        assert table["narrowed"].max() == 1.0


def test_identified_is_what_every_seed_identifies() -> None:
    """One of two fits knows nothing of `leaving`, which the first knows exactly: that is left open, and the table says in how many fits."""
    first = _fit(0.3)
    wide = first.shares[BOTH][1][:, [1, 1]]
    blind = replace(first, shares=first.shares | {BOTH: (("leaving", "leak"), wide)})
    alike, apart = findings(first, [first]), findings(first, [blind, first])
    assert any(
        said.startswith(f"{BOTH}: identified by each of 2 seeds (90 % of the posterior): leaving 3.16e-05")
        for said in alike
    )
    assert f"{BOTH}: identified by each of 3 seeds (90 % of the posterior): nothing." in apart
    assert f"{BOTH}: left open, identified by some of the seeds only: leaving (2)." in apart
    assert f"{BOTH}: not identified, the posterior being hardly narrower than the prior: leak." in apart
    table = parameters(first, [blind, first]).set_index(["rival", "parameter"]).loc[BOTH]
    assert table["narrowed"].loc[["leaving", "leak"]].tolist() == pytest.approx([2.0 / 3.0, 0.0])
    assert not table["identified"].any()


def test_numbers_of_a_prior_have_their_unit_in_words_and_in_the_table() -> None:
    """A rate and a multiple of a rate stood in one sentence as bare numbers."""
    made = _fit(0.3)
    (told,) = [one for one in findings(made) if ": identified" in one]
    assert told.endswith(": leaving 3.16e-05 to 3.16e-05 (a day).")
    meanings = parameters(made).set_index(["rival", "parameter"])["meaning"].loc[BOTH]
    assert meanings["leaving"] == "baseline rate of flight (a day)"
    assert meanings["contagion"] == "weights of contagion among the people (times the scenario's own)"
    assert meanings["leak"] == "chance to slip out by Czechoslovakia"


def test_the_posterior_of_every_rival_is_drawn_or_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the likelier rival was drawn, without a word on the other."""
    drawn = list[Any]()
    monkeypatch.setattr(style, "save", lambda figure, path: drawn.append(figure) or path)
    one, rows = _fit(0.3), np.column_stack([np.linspace(0.3, 0.5, 20), np.linspace(0.0, 1.0, 20)])
    shares, weights = one.shares | {DOORS: (("leaving", "leak"), rows)}, dict.fromkeys(one.weights, np.full(20, 0.05))
    for fit_, rivals in ((replace(one, shares=shares, weights=weights), [BOTH, DOORS]), (one, [BOTH])):
        draw_posterior(fit_, tmp_path / "posterior.png")
        figure = drawn[-1]
        panels = [ax for ax in figure.axes if ax.get_visible()]
        assert [ax.get_title(loc="left").split("(")[0].strip() for ax in panels][:2] == ["leaving", "chance power"]
        assert [text.get_text() for text in figure.legends[0].get_texts()] == rivals
        assert {patch.get_label() for patch in panels[0].patches if patch.get_label()} >= set(rivals)
        assert [ax.get_xlabel() for ax in panels][:2] == ["value, log scale", "value"]
        assert [ax.get_xlabel() for ax in panels if "contagion" in ax.get_title(loc="left")] == ["multiple"]
        assert panels[0].get_ylabel()
        assert (f"The rival {DOORS} died out" in figure.get_supxlabel()) == (len(rivals) == 1)
    assert draw_posterior(replace(one, weights=dict.fromkeys(one.weights, np.empty(0))), tmp_path / "x.png") is None


def test_words_say_what_is_decided_and_what_is_too_few() -> None:
    """A probability of .7 decides nothing, one of .99 does; five simulated persons are needed at least, and an army of 510 soldiers is below the floor of scale."""
    assert any("does not decide between the two rivals" in one for one in findings(_fit(0.3)))
    assert any("prefers that with contagion (0.99)" in one for one in findings(_fit(0.01)))
    assert any("prefers that without contagion (0.97)" in one for one in findings(_fit(0.97)))
    assert not any("five simulated persons" in one for one in findings(_fit(0.3)))
    assert any("five simulated persons" in one for one in findings(_fit(0.3, error=1e-3)))
    for scale, below in ((0.003, True), (0.006, False)):
        sized = replace(CASE, scenario=CASE.scenario.with_({"scale": scale}))
        told = findings(replace(_fit(0.3), case=sized))
        assert any(one.startswith("With 510 simulated soldiers this world is below the floor") for one in told) == below


@pytest.mark.walks
def test_an_interrupted_fit_goes_on_to_the_result_of_an_undisturbed_one(tmp_path: Path) -> None:
    """Two generations, then a third: bit for bit three in one go; particles add up, and each generation is told of once."""
    told: list[int] = []
    settings = {"particles": 100, "seed": 1, "finished": lambda: told.append(1)}
    first = fit(CASE, stand_in, tmp_path / "fit.db", generations=2, **settings)
    again = fit(CASE, stand_in, tmp_path / "fit.db", generations=3, **settings)
    assert len(told) == 3
    calm = fit(CASE, stand_in, tmp_path / "calm.db", generations=3, **settings)
    assert again.probabilities.tolist() == calm.probabilities.tolist()
    assert again.probabilities[:2].tolist() == first.probabilities.tolist()
    for rival in CASE.rivals:
        assert again.shares[rival][1].tolist() == calm.shares[rival][1].tolist()
        assert again.predictions[rival].tolist() == calm.predictions[rival].tolist()
    assert again.probabilities.sum(axis=1) == pytest.approx(1.0)
    assert again.simulations == calm.simulations > first.simulations
    assert (np.diff(again.epsilon) < 0).all()
    assert sum(score.members for score in scores(again)) == 100


def test_a_fit_of_fewer_generations_than_its_file_holds_is_that_of_fewer(tmp_path: Path) -> None:
    """So that fits with further seeds, which are given as many, have the tolerance of the first; the others are still there."""
    one, two, again, both = (
        fit(CASE, stand_in, tmp_path / "fit.db", particles=100, seed=1, generations=number) for number in (1, 2, 1, 2)
    )
    for short, long in ((one, again), (two, both)):
        assert short.probabilities.tolist() == long.probabilities.tolist()
        assert short.epsilon.tolist() == long.epsilon.tolist()
        assert (short.simulations, short.error.tolist()) == (long.simulations, long.error.tolist())
        for rival in CASE.rivals:
            assert short.predictions[rival].tolist() == long.predictions[rival].tolist()
            assert short.shares[rival][1].tolist() == long.shares[rival][1].tolist()
    assert len(again.epsilon) == 1


def test_predictions_are_weighed_as_posteriors_are(tmp_path: Path) -> None:
    """Shares of draws are the weights of the particles that pyABC stored: every figure's distribution is theirs to a thousandth a particle, where alike weights are off by far more."""
    import pyabc

    made = fit(CASE, stand_in, tmp_path / "fit.db", particles=100, generations=2, seed=1)
    history = pyabc.History(f"sqlite:///{tmp_path / 'fit.db'}")
    history.id = 1
    uneven = 0.0
    for number, rival in enumerate(CASE.rivals):
        weights, stats = history.get_weighted_sum_stats_for_model(m=number, t=1)
        last = np.array([row["y"][-1] for row in stats])
        drawn = made.predictions[rival][:, -1]
        for one, weight in zip(last, weights, strict=True):
            assert (drawn == one).mean() == pytest.approx(weight, abs=1.5e-3)
        uneven = max(uneven, float(np.abs(weights - 1.0 / len(weights)).max()))
    assert uneven > 0.01
    spread = history.get_weighted_distances(1)["w"].to_numpy()
    assert made.error == pytest.approx(_error(made.probabilities[-1], spread.sum() ** 2 / (spread**2).sum()))
    assert spread.sum() ** 2 < 0.95 * len(spread) * (spread**2).sum()


def test_draws_are_as_many_as_weights_say() -> None:
    """A quarter of a thousand is 250, and what has no weight is drawn never."""
    drawn = _systematic(np.array([0.0, 1.0, 2.0, 1.0, 0.0]))
    assert np.bincount(drawn, minlength=5).tolist() == [0, 250, 500, 250, 0]


def test_a_distance_is_the_root_mean_square_of_the_fitted_misses() -> None:
    """Misses of e - 1 and e**3 - 1 for nothing published are 1 and 3, whose root mean square is the root of 5; what is held out does not count."""
    points = [replace(point, low=None, high=None) for point in CASE.series.points[:3]]
    series = replace(CASE.series, points=tuple(points))
    figures = np.array([[np.e - 1.0, np.e**3 - 1.0, 7.0], [0.0, 0.0, 9.0]])
    assert distances(series, 2, figures, np.zeros(3)) == pytest.approx([5.0**0.5, 0.0])


def test_too_few_particles_are_refused(tmp_path: Path) -> None:
    """The sentence says why."""
    with pytest.raises(InputError, match="model probabilities are noise"):
        fit(CASE, stand_in, tmp_path / "fit.db", particles=20, generations=1, seed=1)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ({"particles": "200", "measure": "left_flee"}, "(particles was 200, is 100; measure was left_flee, is flee_departures)"),
        ("200 particles", "(by another version)"),
        ({"code simulation": "of before", "version of numpy": "0"}, "(code simulation was of before, is "),
    ],
)  # fmt: skip
def test_generations_of_different_fits_are_not_mixed(
    before: object, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fit that was begun with other particles, or by another model, is refused, and the file is named."""
    (tmp_path / "gdr-1989-1.json").write_text(json.dumps({"seconds": 3.0, "fitted": before}))
    assert main(["calibrate", "gdr-1989", "--particles", "100", "--out", str(tmp_path)]) == 2
    assert f"gdr-1989-1.db' was begun otherwise {sentence}" in capsys.readouterr().err


def test_what_was_published_is_written_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,234,567 emigrants stood there as 1.23457e+06, beside predictions to six digits."""
    made = _fit(0.3)
    last = replace(CASE.series.points[-1], value=1_234_567.0)
    case = replace(CASE, series=replace(CASE.series, points=(*CASE.series.points[:-1], last)))
    found = Calibration(**vars(replace(made, case=case)), seconds=1.0)
    monkeypatch.setattr("desertion.study.calibration.calibrate.fitted", lambda *_words, **_named: found)
    assert main(["calibrate", "gdr-1989", "--out", str(tmp_path)]) == 0
    assert pd.read_csv(tmp_path / "gdr-1989-predictions.csv")["published"].iloc[-1] == 1_234_567.0
    assert pd.read_csv(tmp_path / "gdr-1989-posterior.csv")["prior_low"].tolist() == found.table["prior_low"].tolist()


def test_a_fit_of_before_stays_whole_where_a_new_one_cannot_all_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page beside tables of now would tell of another fit."""

    def full(*_words: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    found = Calibration(**vars(_fit(0.3)), seconds=1.0)
    monkeypatch.setattr("desertion.study.calibration.calibrate.fitted", lambda *_words, **_named: found)
    monkeypatch.setattr("desertion.commands._shared.thesis.draw_posterior", full)
    (tmp_path / "gdr-1989.md").write_text("of before")
    assert main(["calibrate", "gdr-1989", "--out", str(tmp_path)]) == 1
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("gdr-1989.md", "of before")]


def test_a_picture_of_an_earlier_fit_goes_where_nothing_can_be_drawn_of_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rival that died out has no posterior, and that of before stood beside tables of now."""
    found = Calibration(**vars(_fit(0.3)), seconds=1.0)
    monkeypatch.setattr("desertion.study.calibration.calibrate.fitted", lambda *_words, **_named: found)
    monkeypatch.setattr("desertion.commands._shared.thesis.draw_posterior", lambda *_: None)
    for name in ("gdr-1989-posterior.png", "other-posterior.png"):
        (tmp_path / name).write_text("of before")
    assert main(["calibrate", "gdr-1989", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "gdr-1989-predictions.png").is_file()
    assert [path.name for path in tmp_path.glob("*-posterior.png")] == ["other-posterior.png"]


def test_what_decides_a_fit_tells_the_kind_of_its_series_and_the_version_of_pyabc(tmp_path: Path) -> None:
    """The same dates and values as counts of intervals and as counts so far are two series, whose generations were mixed."""
    rows = "".join(f"2030-01-0{day},2030-01-0{day},{day}\n" for day in range(1, 9))
    (tmp_path / "own.csv").write_text(f"start,end,value\n{rows}")
    flow, cumulative = (
        session.described(
            planned("toy", {"series": str(tmp_path / "own.csv"), "measure": "left_flee", "kind": kind}), 100
        )
        for kind in ("flow", "cumulative")
    )
    assert {key for key in flow if flow[key] != cumulative[key]} == {"kind"}
    assert flow["version of pyabc"] == version("pyabc")


def test_a_fit_that_is_being_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second command of the same fit began its file anew under the first, or stored generations of its own between the other's."""
    (tmp_path / "gdr-1989-1.db").write_bytes(b"of the first")
    monkeypatch.setattr(session, "fit", lambda *_words, **_named: pytest.fail("begun"))
    with DriverLock(tmp_path / "gdr-1989-1.db"):
        assert main(["calibrate", "gdr-1989", "--out", str(tmp_path)]) == 2
    assert "gdr-1989-1.db is being written by process" in capsys.readouterr().err
    assert (tmp_path / "gdr-1989-1.db").read_bytes() == b"of the first"


@pytest.mark.parametrize(("done", "told"), [(0, "none was finished yet"), (2, "2 of 3 are kept in")])
def test_an_interruption_of_a_fit_says_what_is_kept(
    done: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And how to go on, with the exit status of an interruption."""

    def struck(*_words: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "fit", struck)
    monkeypatch.setattr(session.Watch, "generations", property(lambda _: done))
    assert main(["calibrate", "gdr-1989", "--generations", "3", "--out", str(tmp_path)]) == 130
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"desertion: gdr-1989-1: interrupted; of its generations {told}")
    assert said.endswith("to go on, start the same command again")


def test_a_size_that_leaves_nobody_is_refused_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And not as priors that cannot be had together."""
    assert main(["calibrate", "gdr-1989", "--scale", "1e-9", "--out", str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert "scale = 1e-09 leaves nobody" in said
    assert "priors" not in said
    assert not (tmp_path / "none").exists()


def test_a_rival_of_two_particles_keeps_weights_that_are_numbers() -> None:
    """Two particles span one direction of three; the density of a step is above 0 all the same, so no weight is infinite."""
    from desertion.study.calibration.transition import SteadyTransition

    particles = pd.DataFrame({"a": [0.2, 0.3], "b": [0.5, 0.5], "c": [0.1, 0.1]})
    steps = SteadyTransition()
    steps.fit(particles, np.array([0.5, 0.5]))
    assert steps.pdf(pd.Series({"a": 0.25, "b": 0.52, "c": 0.1})) > 0.0
    assert np.linalg.eigvalsh(steps.cov).min() == pytest.approx(0.02**2)


def test_values_that_cannot_be_run_together_are_in_no_posterior(tmp_path: Path) -> None:
    """Where the scenario refuses seven of ten draws the fit goes on, with a finite tolerance and particles and predictions from the other three."""

    def picky(values: dict[str, float], seed: int) -> np.ndarray:
        if values["leaving"] > CASE.levers[0].prior.at(0.3):
            raise ImpossibleError("too many leave")
        return stand_in(values, seed)

    made = fit(CASE, picky, tmp_path / "fit.db", particles=100, generations=1, seed=1)
    assert CASE.levers[0].prior.name == "leaving"
    assert np.isfinite(made.epsilon).all()
    for rival in CASE.rivals:
        names, shares = made.shares[rival]
        assert shares[:, names.index("leaving")].max() <= 0.3
        assert np.isfinite(made.predictions[rival]).all()
    assert sum(score.members for score in scores(made)) == 100


def test_a_fit_of_which_nothing_can_be_run_ends_with_a_sentence(tmp_path: Path) -> None:
    """It would accept infinite distances otherwise."""

    def refusing(_values: dict[str, float], _seed: int) -> np.ndarray:
        raise ImpossibleError("never")

    with pytest.raises(InputError, match="none of 100 draws from the priors can be run: narrow the priors"):
        fit(CASE, refusing, tmp_path / "fit.db", particles=100, generations=1, seed=1)
