"""Search for policy mixes: within limits, on common fates, resumable, and honestly compared."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.study.analysis.goal import Goal
from desertion.study.analysis.pareto import candidates_table
from desertion.study.analysis.study import Study
from desertion.study.design.factors import factor
from desertion.study.design.reading import read_spec
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec
from desertion.study.run.cost import plan
from desertion.study.run.inspection import inspected
from desertion.study.run.sweep import drive, study_path
from desertion.study.run.task import Outcome
from desertion.study.search.candidates import compare_found, dominated_volume, judged, together
from desertion.study.search.search import on_other_fates, search, sobol_sample
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import FAILED
from tests.shortcuts import at_once, in_process
from tests.study.run import fake
from tests.watching import finished_runs, until

pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")

ROOT = Path(__file__).parents[3]

GOAL = Goal({"left_total": "more", "cost_eur": "less"}, {"cost_eur": 3000.0})


def _levers(study: Callable[..., StudySpec]) -> StudySpec:
    return study(runs=5, pull={"range": [0.0, 1.0]}, other={"choices": ["a", "b"]})


def test_a_search_stays_within_limits_and_beats_nothing_by_cheating(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """Candidates on the front are within the limits; all share the same replicates."""
    found = search(_levers(study), GOAL, 60, tmp_path / "s.sqlite", at_once())
    assert len(found.table) == 60
    assert (found.table["runs"] == 5).all()
    assert found.table["front"].any()
    assert (found.table.loc[found.table["front"], "cost_eur"] <= 3000.0).all()
    assert found.study.goal() == GOAL


def _learned(out: Path, spec: StudySpec, goal: Goal) -> pd.DataFrame:
    """The second half of eighty candidates: the sampler has learned from twenty at least."""
    return search(spec, goal, 80, out, at_once()).table.iloc[40:]


def test_a_search_learns_what_is_wanted(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Leavers rise with the pull, which lies above 0.5 in half of all draws: the learned half goes to the end that is asked for."""
    high = {
        wish: (_learned(tmp_path / wish, _levers(study), Goal({"left_total": wish}, {}))["pull"] > 0.5).mean()
        for wish in ("more", "less")
    }
    assert high["more"] > 0.8
    assert high["less"] < 0.2


def test_a_search_learns_where_the_limits_lie(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Of a limit that one in five of an even spread keeps, half of the learned ones keep it; without it one in thirteen did, since more is wanted."""
    spec, goal = _levers(study), Goal({"left_total": "more"}, {"cost_eur": 1000.0})
    even = sobol_sample(spec, goal, 40, tmp_path / "even", at_once()).table
    assert even["within"].mean() < 0.3
    assert _learned(tmp_path / "s", spec, goal)["within"].mean() > 0.45


def test_a_small_search_learns_too_and_its_seed_is_that_of_the_runs(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """Four of twenty candidates are drawn at random, not all of them; another goal then tries other mixes, and another seed does from the first."""
    spec = _levers(study)
    more, less, other = (
        search(one, Goal({"left_total": wish}, {}), 20, tmp_path / name, at_once()).table["pull"]
        for name, one, wish in (("m", spec, "more"), ("l", spec, "less"), ("o", replace(spec, seed=8), "more"))
    )
    assert more[:4].tolist() == less[:4].tolist()
    assert not set(more[4:]) & set(less[4:])
    assert not set(more) & set(other)


def test_a_file_goes_on_with_the_batches_that_it_was_begun_with(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """Four at a time where there were 32 candidates, though twice as many ask for eight: the first 32 stay."""
    spec, path = _levers(study), tmp_path / "s.sqlite"
    first = search(spec, GOAL, 32, path, at_once()).table
    whole = search(spec, GOAL, 64, path, at_once()).table
    assert whole["pull"][:32].tolist() == first["pull"].tolist()
    with StudyFile(path) as file:
        assert file.header()["spec"]["design"]["points"] == 4


def test_a_search_that_was_cut_off_goes_on_to_the_same_candidates(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """It asks the same questions again and finds their answers in its file."""
    spec = _levers(study)
    search(spec, GOAL, 40, tmp_path / "cut.sqlite", at_once(), batch=16)
    resumed = search(spec, GOAL, 80, tmp_path / "cut.sqlite", at_once())
    whole = search(spec, GOAL, 80, tmp_path / "whole.sqlite", at_once(), batch=16)
    assert resumed.table.equals(whole.table)


def test_a_search_that_goes_on_with_fewer_runs_is_that_of_fewer_runs(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """Candidates of before are judged and learned from by the replicates that all share, and none is thrown out."""
    many = _levers(study)
    few = replace(many, replicates=ReplicateRule(number=2))
    options = at_once(accept_changes=True)
    search(many, GOAL, 8, tmp_path / "less.sqlite", options, batch=4)
    resumed = search(few, GOAL, 24, tmp_path / "less.sqlite", options)
    whole = search(few, GOAL, 24, tmp_path / "whole.sqlite", options, batch=4)
    assert resumed.table.equals(whole.table)
    assert resumed.table["runs"].eq(2).all()


def test_the_rival_sample_is_judged_in_the_same_way(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """The same number of candidates; volumes in the box that spans both."""
    spec = _levers(study)
    found = search(spec, GOAL, 60, tmp_path / "s.sqlite", at_once())
    rival = sobol_sample(spec, GOAL, 60, tmp_path / "r.sqlite", at_once())
    assert len(rival.table) == 60
    one, other = compare_found([found, rival], GOAL)
    assert 0.0 < one <= 1.0
    assert 0.0 < other <= 1.0


def test_the_dominated_volume_is_that_of_rectangles() -> None:
    """A point at a half in both covers a quarter; another at (1, 0.25) adds half of a quarter."""
    worst, best = np.zeros(2), np.ones(2)
    assert dominated_volume(np.array([[0.5, 0.5]]), worst, best) == pytest.approx(0.25, abs=0.01)
    both = np.array([[0.5, 0.5], [1.0, 0.25]])
    assert dominated_volume(both, worst, best) == pytest.approx(0.375, abs=0.01)
    assert dominated_volume(np.empty((0, 2)), worst, best) == 0.0


def test_what_makes_no_search_is_refused(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """No common replicates, several bases, constraints that would be ignored, no candidates."""
    options = at_once()
    with pytest.raises(InputError, match="fixed number of replicates"):
        search(study(runs={"measure": "left_total", "half_width": 0.1}), GOAL, 5, tmp_path / "a", options)
    with pytest.raises(InputError, match="one policy mix as its base"):
        search(study(policies=[["x"], ["y"]]), GOAL, 5, tmp_path / "c", options)
    with pytest.raises(InputError, match="a search cannot keep design"):
        search(study(design={"kind": "lhs", "points": 4, "constraints": ["pull < 0.2"]}), GOAL, 5, tmp_path, options)
    with pytest.raises(InputError, match="candidates against each other at one scale: give it with --scale"):
        search(
            replace(_levers(study), factors=(factor("scale", {"choices": [0.5, 1.0]}, "s"),)),
            GOAL,
            5,
            tmp_path / "b",
            options,
        )
    with pytest.raises(InputError, match="candidates = 0 must be a whole number >= 1"):
        search(_levers(study), GOAL, 0, tmp_path / "d", options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wanted", "limits", "sentence"),
    [
        ({}, {}, "what is wanted"),
        ({"left_total": "most"}, {}, "want left_total = 'most' must be 'more' or 'less'"),
        ({"left_total": "more"}, {"cost_eur": float("nan")}, "limit cost_eur = nan must be a finite number"),
    ],
)
def test_a_goal_says_more_or_less_and_finite_limits(
    wanted: dict[str, str], limits: dict[str, float], sentence: str
) -> None:
    """Anything else would be searched for in the wrong direction, or not at all."""
    with pytest.raises(InputError, match=sentence):
        Goal(wanted, limits)


def test_a_candidate_is_judged_on_the_fates_that_all_share() -> None:
    """By hand, of two replicates: what is at the limit keeps it, a run beyond the two counts for nothing, one that is missing or has no price leaves no mean, and a mix stands once."""
    drawn = [
        *((0, run, y, 1.0) for run, y in enumerate((1.0, 3.0, 99.0))),
        *((design, run, 4.0, 1.0) for design in (1, 2) for run in (0, 1)),
        (3, 0, 3.0, 1.0), (4, 0, 3.0, 1.0), (4, 1, 3.0, np.nan), (5, 0, 5.0, 1.0), (5, 1, 3.2, 1.0),
    ]  # fmt: skip
    runs = pd.DataFrame(drawn, columns=["design", "replicate", "y", "price"]).assign(status="done")
    points = pd.DataFrame({"design": range(6), "pull": [0.1, 0.2, 0.2, 0.3, 0.4, 0.5]})
    runs = runs.merge(points)
    points.loc[6] = [6, 0.6]
    runs.attrs["parameters"] = ["pull"]
    goal = Goal({"y": "more"}, {"price": 1.0, "y": 4.0})
    assert goal.measures == ("y", "price")
    table = candidates_table(runs, points, {"replicates": {"number": 2}, "order": ["pull"]}, goal, Path("s.sqlite"))
    assert table["runs"].tolist() == [2, 2, 2, 1, 2, 2, 0]
    assert table["y"].fillna(-1.0).tolist() == [2.0, 4.0, 4.0, -1.0, -1.0, 4.1, -1.0]
    assert table["within"].tolist() == [True] * 3 + [False] * 4
    assert table["front"].tolist() == [False, True, False, False, False, False, False]
    lacking = pd.DataFrame({"y": [1.0, np.nan, np.inf], "price": 1.0})
    assert Goal({"y": "more"}, {"price": 1.0}).within(lacking).tolist() == [True, False, False]


def test_limits_of_persons_are_told_to_runs_at_their_size() -> None:
    """Ten of a world at a half are twenty, and the other way round; shares and money stay."""
    goal = Goal({"left_total": "more"}, {"left_total": 10.0, "share_left": 0.5, "cost_eur": 7.0})
    assert goal.at_real_size(0.5).limits == {"left_total": 20.0, "share_left": 0.5, "cost_eur": 7.0}
    assert goal.simulated(0.5).limits == {"left_total": 5.0, "share_left": 0.5, "cost_eur": 7.0}


@pytest.mark.parametrize(
    ("levers", "goal", "sentence"),
    [
        ({"pull": [0.1]}, Goal({"left_totl": "more"}, {}), "no measure 'left_totl'; did you mean 'left_total'"),
        ({"pull": [0.1]}, Goal({"left_total": "more"}, {"cost": 1.0}), "no measure 'cost'"),
        ({"settings": {"pul": 1.0}}, GOAL, "pul is unknown"),
    ],
)
def test_a_misspelt_name_leaves_no_file_behind(
    tmp_path: Path, study: Callable[..., StudySpec], levers: dict[str, Any], goal: Goal, sentence: str
) -> None:
    """A file with another goal would refuse the search once it is spelt right."""
    with pytest.raises(InputError, match=sentence):
        search(study(**levers), goal, 5, tmp_path / "s.sqlite", at_once())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("batch", [1, 16])
def test_candidates_that_cannot_be_run_stop_no_search(
    tmp_path: Path, study: Callable[..., StudySpec], capsys: pytest.CaptureFixture[str], batch: int
) -> None:
    """Where levers are refused together the candidate has no run that counts, the others are judged, and the user is told; so in the rival sample."""
    spec = study(runs=2, pull={"range": [0.0, 1.0]}, settings={"limit": 0.5})
    goal = Goal({"left_total": "more"}, {})
    told = replace(at_once(), quiet=False)
    found = search(spec, goal, 24, tmp_path / "s.sqlite", told, batch=batch)
    rival = sobol_sample(spec, goal, 24, tmp_path / "r.sqlite", at_once())
    for result in (found, rival):
        assert len(result.table) == 24
        assert (result.table["runs"] == np.where(result.table["pull"] > 0.5, 0, 2)).all()
        assert 0 < (result.table["runs"] == 0).sum() < 24
        assert result.table.loc[result.table["front"], "pull"].max() <= 0.5
    assert "cannot be run, such as pull = " in capsys.readouterr().err


def test_a_failed_run_is_done_again_only_where_nothing_was_asked_on_it(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a session, in the last batch: with other answers the file would hold other candidates than are asked for."""
    spec, goal, path = (
        study(runs=2, pull={"range": [0.0, 1.0]}),
        Goal({"left_total": "more"}, {}),
        tmp_path / "s.sqlite",
    )

    def failed() -> dict[int, int]:
        with StudyFile(path) as file:
            return {row.design: row.attempts for row in file.rows() if row.status == FAILED}

    def short(told: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
        if told["days"] != 1 and 0.2 < float(told["settings"]["pull"]) < 0.7:
            raise MemoryError
        return run(told, replicate, seed)

    run = fake.run
    options = replace(at_once(), retry_failed=True)
    with monkeypatch.context() as patched:
        patched.setattr(fake, "run", short)
        first = search(spec, goal, 18, path, options, batch=4).table
        before = failed()
        assert set(before.values()) == {1}
        assert {design < 16 for design in before} == {True, False}
    again = search(spec, goal, 24, path, options).table
    assert again["pull"][:18].tolist() == first["pull"].tolist()
    assert failed() == {design: 1 for design in before if design < 16}


def test_a_limit_that_nothing_keeps_is_said_with_the_nearest(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """The sentence names the limit and the least that was found; the runs stay."""
    goal = Goal({"left_total": "more"}, {"cost_eur": -1.0})
    with pytest.raises(InputError, match=r"keeps cost_eur <= -1 \(least found: cost"):
        search(_levers(study), goal, 6, tmp_path / "s.sqlite", at_once())
    assert Study(tmp_path / "s.sqlite").counts == {"done": 30}


def test_a_search_whose_runs_fail_says_where_to_look(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """A replicate that always fails leaves no candidate that was judged on all fates."""
    spec = study(runs=3, pull={"range": [0.0, 1.0]}, settings={"fail_at": 2})
    with pytest.raises(InputError, match=r"desertion show .*s.sqlite --failures"):
        search(spec, GOAL, 4, tmp_path / "s.sqlite", at_once())


def test_limits_hold_for_means_so_that_a_rare_event_counts(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """At a pull of 0.9 two runs in five or so end in a collapse; their median is 0 and would pass any limit."""
    goal = Goal({"left_total": "more"}, {"collapsed": 0.1})
    found = sobol_sample(study(runs=9, pull=[0.5, 0.6]), goal, 2, tmp_path / "s.sqlite", at_once())
    runs = found.study.runs.groupby("pull")["collapsed"]
    assert (runs.median() == 0.0).all()
    assert (runs.mean() > 0.1).all()
    assert not found.table["within"].any()


def test_the_rival_draws_other_points_under_another_seed(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """One sequence alone would say nothing of how far the search's lead is the sequence's luck; one seed gives one sequence."""
    spec = _levers(study)
    first, again, other = (
        sobol_sample(one, GOAL, 8, tmp_path / f"{number}.sqlite", at_once()).table["pull"].tolist()
        for number, one in enumerate((spec, spec, replace(spec, seed=8)))
    )
    assert first == again
    assert not set(first) & set(other)


def test_fronts_are_judged_again_on_fates_that_chose_nothing(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """The same mixes, in the same order, under another seed; each search has a front of its own, whatever the other's mixes beat."""
    spec = _levers(study)
    found = search(spec, GOAL, 20, tmp_path / "s.sqlite", at_once())
    rival = sobol_sample(spec, GOAL, 20, tmp_path / "r.sqlite", at_once())
    again = on_other_fates(spec, GOAL, [found, rival], 7, tmp_path / "c.sqlite", at_once())
    most = Goal({"left_total": "more"}, {})
    best = [search(spec, most, 5, tmp_path / "m", at_once()), sobol_sample(spec, most, 5, tmp_path / "n", at_once())]  # fmt: skip
    own = on_other_fates(spec, most, best, 7, tmp_path / "o", at_once())
    assert own[0].table["left_total"].item() != own[1].table["left_total"].item()
    assert [result.table["front"].tolist() for result in own] == [[True], [True]]
    for one, fresh in zip((found, rival), again, strict=True):
        front = one.table[one.table["front"]]
        assert fresh.table["pull"].tolist() == front["pull"].tolist()
        assert (fresh.table["runs"] == 7).all()
        assert fresh.table["left_total"].tolist() != front["left_total"].tolist()


def test_a_search_that_grows_keeps_its_rival_and_its_check(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """More candidates on the same three files: the answers are those of a search that was as long from the start, and stored runs stay."""
    spec, answers = _levers(study), []
    options = at_once()
    for name, numbers in (("grown", (12, 24)), ("whole", (24,))):
        for number in numbers:
            found = [
                search(spec, GOAL, number, tmp_path / f"{name}-s", options, batch=4),
                sobol_sample(spec, GOAL, number, tmp_path / f"{name}-r", options),
            ]
            again = on_other_fates(spec, GOAL, found, 3, tmp_path / f"{name}-c", options)
        answers.append([result.table.drop(columns="design").reset_index(drop=True) for result in (*found, *again)])
    for grown, whole in zip(*answers, strict=True):
        pd.testing.assert_frame_equal(grown, whole)


def test_rows_of_a_search_whose_code_is_edited_meanwhile_are_refused(
    tmp_path: Path, study: Callable[..., StudySpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of a sweep are: nobody knows which of them know of the edit."""

    def edits(*args: Any) -> None:
        drive(*args)
        monkeypatch.setattr("desertion.study.run.task.model_code", lambda: {"code engine": "edited"})

    monkeypatch.setattr("desertion.study.search.search.drive", edits)
    with pytest.raises(InputError, match=r"code engine.* changed while the study ran"):
        search(_levers(study), GOAL, 2, tmp_path / "s.sqlite", at_once())


def test_the_joint_front_keeps_what_nothing_in_either_search_beats(
    tmp_path: Path, study: Callable[..., StudySpec]
) -> None:
    """One search's best may be beaten by the other's, never the reverse of both."""
    spec = _levers(study)
    goal = Goal({"left_total": "more"}, {})
    found = search(spec, goal, 10, tmp_path / "s.sqlite", at_once())
    rival = sobol_sample(spec, goal, 10, tmp_path / "r.sqlite", at_once())
    table = together([("one", found), ("two", rival)], goal)
    assert len(table) == 20
    best = table[table["joint_front"]]
    assert (best["left_total"] == table["left_total"].max()).all()


def test_a_search_file_remembers_its_goal(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """`desertion show` on it draws what was wanted, and its table is the search's own."""
    found = search(_levers(study), GOAL, 10, tmp_path / "s.sqlite", at_once())
    again = Study(tmp_path / "s.sqlite")
    remembered = again.goal()
    assert remembered is not None
    assert list(remembered.wanted.items()) == list(GOAL.wanted.items())
    assert again.pareto().equals(judged(again, GOAL).table)
    assert again.pareto().equals(found.table)
    assert again.answer().equals(again.pareto()), "the table of a search is the one behind its figure"
    axes = again.plot().axes[0]
    assert "cost to hosts" in axes.get_xlabel()


@pytest.mark.studies
def test_a_search_killed_at_any_moment_goes_on_to_the_same_front(tmp_path: Path) -> None:
    """`kill -9` three times at fixed shares of the work; then the file holds what a calm search's holds."""
    study = tmp_path / "mine.toml"
    study.write_text(
        'task = "tests.study.run.fake.run"\nreplicates = 3\n[set]\nbusy = 0.02\n'
        "[vary]\npull = { range = [0, 1] }\nother = { range = [0, 1] }\n"
    )
    killed, calm = tmp_path / "killed.sqlite", tmp_path / "calm.sqlite"
    for share in (0.2, 0.5, 0.8):
        driver = _driver(study, killed)
        assert until(lambda rows=share * 48 * 3: finished_runs(killed) >= rows)
        assert driver.poll() is None, "the search ended before it was killed"
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    assert _driver(study, killed).wait() == 0
    with in_process():
        assert main(["search", *_words(study, calm)]) == 0
    goal = Goal({"left_total": "more", "cost_eur": "less"}, {})
    assert judged(Study(killed), goal).table.equals(judged(Study(calm), goal).table)


def _words(study: Path, out: Path) -> list[str]:
    return [str(study), "--out", str(out), "--candidates", "48", "--no-rival", "--workers", "1", "-q"]


def _driver(study: Path, out: Path) -> subprocess.Popen[bytes]:
    told = {**os.environ, "PYTHONPATH": f"model{os.pathsep}."}
    return subprocess.Popen(
        [sys.executable, "-m", "desertion", "search", *_words(study, out)],
        cwd=ROOT,
        env=told,
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.walks
def test_the_shipped_levers_load_plan_and_run(tmp_path: Path) -> None:
    """One candidate on the real scenario: every lever exists, composes with the others and stays in its range."""
    spec = read_spec(study_path("levers"))
    assert len(spec.factors) == 12
    laid = spec.points()
    assert len(laid) == 128
    assert plan(spec, 1, laid).least == 512
    assert not inspected(spec, laid).odd
    goal = Goal({"reservists_left": "more", "cost_eur": "less"}, {})
    small = replace(spec, replicates=ReplicateRule(number=1))
    found = search(small, goal, 1, tmp_path / "s.sqlite", at_once())
    assert found.table["front"].tolist() == [True]
    assert found.table["reservists_left"].item() > 0.0


def test_a_mix_that_is_tried_again_stands_on_a_front_once(tmp_path: Path, study: Callable[..., StudySpec]) -> None:
    """Of two mixes that there are, twelve candidates make a front of two at most, and a joint front of two of each search."""
    spec, goal = study(runs=3, other={"choices": ["a", "b"]}), Goal({"left_total": "more"}, {})
    found = search(spec, goal, 12, tmp_path / "s.sqlite", at_once())
    rival = sobol_sample(spec, goal, 12, tmp_path / "r.sqlite", at_once())
    for table in (found.table, rival.table):
        assert 1 <= table["front"].sum() <= 2
        assert not table.loc[table["front"], "other"].duplicated().any()
    joint = together([("a", found), ("b", rival)], goal)
    assert not joint.loc[joint["joint_front"], ["proposed_by", "other"]].duplicated().any()


def test_a_measure_in_which_all_are_alike_takes_no_part_in_the_volume() -> None:
    """Two of three measures, one of them the same for all: the volume is that of the other two."""
    both = np.array([[0.5, 3.0, 0.5], [1.0, 3.0, 0.25]])
    worst, best = np.array([0.0, 3.0, 0.0]), np.array([1.0, 3.0, 1.0])
    assert dominated_volume(both, worst, best) == pytest.approx(0.375, abs=0.01)
