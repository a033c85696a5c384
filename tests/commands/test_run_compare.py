"""The commands run, compare, plot and trace, end to end on the toy world."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from desertion import DesertionModel, Scenario, trace
from desertion.cli import main
from desertion.commands._shared import running as _running
from desertion.commands.plot import _run
from desertion.commands.trace import _day
from desertion.figures.events import events
from desertion.rules.draws import replicate_seed
from desertion.study.comparison.comparison import Comparison
from tests import fakes
from tests.shortcuts import in_process, unrendered

POLICIES = ["--policy", "case-by-case", "--policy", "fast-track", "--policy", "closed-borders+exit-ban"]
COMPARE = ["compare", "toy", *POLICIES, "--runs", "3", "--days", "40", "--workers", "1", "--seed", "4"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `run` wrote."""
    out = tmp_path_factory.mktemp("run")
    assert main(["run", "toy", "--policy", "fast-track", "--days", "40", "--seed", "4", "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `compare` wrote."""
    out = tmp_path_factory.mktemp("compare")
    assert main([*COMPARE, "--out", str(out)]) == 0
    return out


def test_run_writes_the_models_own_tables(ran: Path) -> None:
    """daily.csv and hosts.csv hold every number of the model's tables; the five files are all there is."""
    model = DesertionModel(Scenario.load("toy", policies=["fast-track"], days=40), rng=4).run()
    for name, table in (("daily", model.daily), ("hosts", model.hosts)):
        pd.testing.assert_frame_equal(pd.read_csv(ran / f"{name}.csv"), table, check_dtype=False, rtol=1e-12)
    assert {path.name for path in ran.iterdir()} == {
        "daily.csv", "hosts.csv", "columns.json", "scenario.toml", "provenance.json", "curves.png",
    }  # fmt: skip


def test_a_refused_run_leaves_no_folder(tmp_path: Path) -> None:
    """A graph that names more persons than there are is seen when people are built, after the folder was asked for."""
    (tmp_path / "ties.csv").write_text("".join(f"{i},{i + 1}\n" for i in range(500)))
    (tmp_path / "own.toml").write_text('extends = "one-town"\ngraph = "ties.csv"\n')
    assert main(["run", str(tmp_path / "own.toml"), "--out", str(tmp_path / "new" / "run")]) == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("no_pictures")
def test_the_written_scenario_runs_to_the_same_history(ran: Path, tmp_path: Path) -> None:
    """`desertion run DIR/scenario.toml` with the same seed writes the same daily.csv."""
    assert main(["run", str(ran / "scenario.toml"), "--seed", "4", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "daily.csv").read_text() == (ran / "daily.csv").read_text()


def test_provenance_says_what_was_run(ran: Path) -> None:
    """Scenario, hash, policies, seed and versions stand in provenance.json."""
    told = json.loads((ran / "provenance.json").read_text())
    scenario = Scenario.load("toy", policies=["fast-track"], days=40)
    assert (told["scenario_sha256"], told["seed"], told["policies"]) == (scenario.hash, 4, ["fast-track"])
    assert told["complete"] is True
    assert "desertion" in told["versions"]


@pytest.mark.walks
def test_run_of_a_replicate_is_the_comparisons_own(compared: Path, tmp_path: Path) -> None:
    """`run --replicate 2` with the comparison's seed lives through the same history as its third replicate."""
    words = ["run", "toy", "--policy", "fast-track", "--days", "40", "--seed", "4", "--replicate", "2"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    history = Comparison(compared / "study.sqlite").histories
    own = history[(history["policy"] == "fast-track") & (history["replicate"] == 2)]
    assert own["left"].tolist() == pd.read_csv(tmp_path / "daily.csv")["left"].tolist()


@pytest.mark.usefixtures("no_pictures")
def test_an_interrupted_run_keeps_what_was_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C on day 7 ends with 130, seven days in daily.csv, and a provenance that says so."""
    step = DesertionModel.step

    def interrupted(model: DesertionModel) -> None:
        if model.day == 7:
            raise KeyboardInterrupt
        step(model)

    monkeypatch.setattr(DesertionModel, "step", interrupted)
    assert main(["run", "toy", "--days", "40", "--out", str(tmp_path)]) == 130
    assert pd.read_csv(tmp_path / "daily.csv")["day"].max() == 7
    assert json.loads((tmp_path / "provenance.json").read_text())["complete"] is False
    told = capsys.readouterr()
    assert "interrupted after day 7 of 40" in told.out
    assert "interrupted" not in told.err


@pytest.mark.walks
def test_compare_writes_table_figures_and_report(compared: Path) -> None:
    """Study, tables, eight figures, scenario, provenance and the report are there and agree with each other."""
    from desertion.study.comparison.pictures import KINDS

    comparison = Comparison(compared / "study.sqlite")
    assert comparison.pairs == 3
    for name, table in comparison.tables().items():
        pd.testing.assert_frame_equal(pd.read_csv(compared / f"{name}.csv"), table, check_dtype=False, rtol=1e-12)
    assert {path.stem for path in (compared / "figures").iterdir()} == set(KINDS)
    assert "closed-borders+exit-ban" in (compared / "report.html").read_text()
    assert json.loads((compared / "provenance.json").read_text())["arms"]["closed-borders+exit-ban"] == [
        "closed-borders",
        "exit-ban",
    ]


@pytest.mark.walks
def test_a_second_compare_reads_what_is_done(compared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command again runs nothing and prints the same answer."""
    before = Comparison(compared / "study.sqlite").runs["seconds"].tolist()
    assert main([*COMPARE, "--out", str(compared)]) == 0
    assert Comparison(compared / "study.sqlite").runs["seconds"].tolist() == before
    assert "3 paired replicates" in capsys.readouterr().out


@pytest.mark.walks
def test_compared_runs_are_the_models_own(compared: Path) -> None:
    """A stored outcome equals the measure of a model run by hand with the replicate's seed."""
    runs = Comparison(compared / "study.sqlite").runs
    stored = runs[(runs["policies"] == "fast-track") & (runs["replicate"] == 1)].iloc[0]
    model = DesertionModel(Scenario.load("toy", policies=["fast-track"], days=40), rng=replicate_seed(4, 1)).run()
    for name, value in model.measures().items():
        assert stored[name] == pytest.approx(value, nan_ok=True), name
    assert stored["toy:left"] == model.measures()["left_total"]
    assert stored["all:cost_eur"] == pytest.approx(model.measures()["cost_eur"])


@pytest.mark.parametrize("kind", ["curves", "routes", "strength", "hosts"])
def test_plot_draws_runs(ran: Path, tmp_path: Path, kind: str) -> None:
    """Each kind of figure of a run is drawn into the named file."""
    out = tmp_path / "figure.png"
    assert main(["plot", str(ran), "--kind", kind, "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert picture.width > picture.height


@pytest.mark.walks
@pytest.mark.parametrize("kind", ["attribution", "panels"])
def test_plot_draws_comparisons(compared: Path, tmp_path: Path, kind: str) -> None:
    """A comparison's figure is drawn from its folder, dark and for paper too."""
    out = tmp_path / "figure.png"
    assert main(["plot", str(compared), "--kind", kind, "--out", str(out), "--dark", "--paper"]) == 0
    assert out.is_file()
    assert main(["plot", str(compared), "--kind", "where", "--force", "toy"]) == 2


def test_a_run_of_several_armies_is_drawn_army_by_army(tmp_path: Path) -> None:
    """Strength and routes add up no armies, hosts are those of the army asked for, and events say whose they are."""
    armies = ("russia-2022", "ukraine-2022")
    daily = pd.concat([fakes.daily(n, force=name, days=30) for n, name in enumerate(armies)])
    # Nobody of the second army comes to any host.
    hosts = pd.concat(
        [fakes.hosts(n, daily[daily["force"] == name]).assign(force=name) for n, name in enumerate(armies)]
    )
    counted = hosts.columns.difference(["day", "host", "force"])
    hosts.loc[hosts["force"] == armies[1], counted] = 0
    daily.to_csv(tmp_path / "daily.csv")
    hosts.to_csv(tmp_path / "hosts.csv")
    for kind in ("strength", "routes"):
        assert armies[0] in [text.get_text() for text in _run(tmp_path, kind, None, "screen", False).texts]
    figure = _run(tmp_path, "hosts", armies[1], "screen", False)
    assert all("none" in [text.get_text() for text in ax.texts] for ax in figure.axes)
    scenario = Scenario.load("three-armies-2022", days=60)
    assert events(scenario, armies[1])[0] == (5, "call-up of 60,000")
    assert {words.split(":")[0] for _, words in events(scenario)} == set(armies)
    assert all(":" not in words for _, words in events(Scenario.load("russia-2022")))


@pytest.mark.walks
def test_plot_draws_the_decision_of_a_comparison(compared: Path, tmp_path: Path) -> None:
    """It is one of the figures in its folder; the folder was taken for the name of a scenario."""
    assert main(["plot", str(compared), "--kind", "decision", "--out", str(tmp_path / "d.png")]) == 0


def test_plot_draws_the_decision(tmp_path: Path) -> None:
    """The decision surface needs a scenario only."""
    assert main(["plot", "toy", "--kind", "decision", "--who", "soldier", "--out", str(tmp_path / "d.svg")]) == 0
    assert (tmp_path / "d.svg").is_file()


def test_trace_prints_terms_and_writes_table_and_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The named person stands in the first line; table, figure and provenance are written."""
    words = ["trace", "toy", "--person", "12", "--route", "hide", "--days", "30"]
    words += ["--replicate", "2", "--out", str(tmp_path)]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("Person 12 (soldier of toy")
    assert {path.name for path in tmp_path.iterdir()} == {"trace.csv", "trace.png", "provenance.json"}
    assert json.loads((tmp_path / "provenance.json").read_text())["replicate"] == 2
    assert pd.read_csv(tmp_path / "trace.csv")["day"].max() == 30


def test_a_life_under_thresholds_shows_the_day_on_which_it_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Who follows others leaves far below 100 % of his clock: neither the day nor why was told, and contagion was a factor that it is not."""
    words = ["trace", "toy", "--seed", "1", "--every", "30", "--set"]
    assert main([*words, 'behaviour.form="threshold"']) == 0
    told = capsys.readouterr().out
    assert "whoever's threshold the share gone has reached leaves that day" in " ".join(told.split())
    day = re.search(r"on day (\d+)", told.splitlines()[0])
    assert day is not None
    assert re.search(rf"^ +(\d+–)?{day[1]}  serving ", told, re.MULTILINE)
    assert main([*words, 'behaviour.form="additive"']) == 0
    told = capsys.readouterr().out
    assert "contagion ×" in told
    assert "contagion news" not in told


def test_a_chance_near_one_is_told_without_a_power_of_ten() -> None:
    """It read 1e+02 %; small ones keep two figures."""
    row = {"status": "serving", "route": "hide", "clock": 2.0, "threshold": 1.0, "frailty": 0.7}
    told = {chance: _day(pd.Series({**row, "probability": chance}), ["frailty"], 80) for chance in (0.9999, 0.0123)}
    assert told[0.9999] == "serving         100 %  200 %  frailty ×2"
    assert "1.2 %" in told[0.0123]


def test_trace_puts_days_that_read_alike_into_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Person 37 of the README hides on day 16, at 100 % of his clock or beyond, and is punished to the end; terms are multipliers."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["trace", "toy", "--person", "37"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    leaving = next(line for line in lines if line.startswith("     16 "))
    chance, clock = (float(part) for part in leaving.split("serving")[1].split("%")[:2])
    assert clock >= 100.0
    table = trace("toy", 37, seed=1)
    row = table[(table["day"] == 16) & (table["route"] == "hide")].iloc[0]
    assert chance == pytest.approx(100 * row["probability"], rel=0.05)
    assert f"punishment ×{np.exp(row['punishment']):.2g}" in leaving
    assert lines[-1].endswith("–200  punished")
    assert sum("punished" in line for line in lines) == 1
    assert "  17–70  hiding" in lines


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "toyy"], "toyy"),
        (["run", "toy", "--policy", "fast-trak"], "did you mean 'fast-track'"),
        (["run", "toy", "--set", "behaviour.fom=none"], "did you mean 'form'"),
        (["run", "toy", "--scale", "0"], "scale"),
        (["run", "toy", "--days", "0"], "days"),
        (["run", "toy", "--seed", "-1"], "--seed = -1"),
        (["run", "toy", "--population", "fast"], "population"),
        (["run", "toy", "--film", "film.webm"], "kind of film"),
        (["run", "toy", "--film", "."], "name another place with --film"),
        (["compare", "toy", "--policy", "fast-trak"], "did you mean 'fast-track'"),
        (["compare", "toy", "--policy", "fast-track", "--policy", "fast-track"], "named twice"),
        (["compare", "toy", "--policy", "none"], "name at least one"),
        (["compare", "toy", "--policy", "fast-track", "--runs", "0"], "runs = 0"),
        (["compare", "toy", "--policy", "fast-track", "--scale", "3"], "scale = 3.0"),
        (["plot", "nowhere"], "nowhere does not exist: give a folder"),
        (["plot", "."], ". holds no daily.csv: give a folder"),
        (["plot", "nowhere.sqlite"], "nowhere.sqlite does not exist: give the file of a study"),
        (["rerun", "nowhere"], "nowhere does not exist: give a folder"),
        (["new", "study", "/dev/null/x"], "/dev/null: this folder cannot be used (File exists); name another\n"),
        (["plot", "nowhere", "--kind", "cures"], "did you mean 'curves'"),
        (["plot", "toy", "--kind", "decision", "--who", "general"], "soldier or reservist"),
        (["plot", "toy", "--kind", "decision", "--out", "figure.bmp"], "figure format"),
        (["trace", "toy", "--person", "5000"], "0 to 999"),
        (["trace", "toy", "--route", "fly"], "way to leave"),
        (["trace", "toy", "--every", "0"], "--every = 0"),
    ],
)
def test_wrong_input_is_a_sentence_and_exit_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written, nothing is traced back; the sentence says what is wrong."""
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.startswith("desertion: ")
    assert sentence in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """--out on a file ends with exit 2 and leaves the file alone."""
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert main(["run", "toy", "--out", str(taken)]) == 2
    assert main(["compare", "toy", "--policy", "fast-track", "--out", str(taken)]) == 2
    assert taken.read_text() == "mine"


def test_policies_may_be_joined_in_one_option() -> None:
    """`--policy a+b` and `--policy a --policy b` are the same run."""
    joined = _running.loaded("toy", ["fast-track+exit-ban"], {}, None, None)
    assert joined.hash == _running.loaded("toy", ["fast-track", "exit-ban"], {}, None, None).hash


@pytest.mark.usefixtures("no_workers")
def test_compare_folds_its_table_at_the_windows_edge(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eighty columns hold every line; each policy stands in each part of the table, and no column is lost."""
    monkeypatch.setenv("COLUMNS", "80")
    words = [
        "compare",
        "toy",
        "-p",
        "case-by-case",
        "-p",
        "fast-track+information-campaign",
        "--runs",
        "2",
        "--days",
        "5",
        "--workers",
        "1",
    ]
    assert main([*words, "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    parts = sum(line.startswith(" ───") for line in printed.splitlines())
    assert printed.count("\n fast-track+information-campaign") == parts > 1
    for title in ("left", "fled", "surrendered", "strength", "collapse", "at the end", "waiting", "the hosts"):
        assert title in printed


@pytest.mark.usefixtures("no_workers")
@pytest.mark.parametrize("cell", ["3†", "300"])
def test_the_mark_of_too_few_is_explained_where_it_stands(
    cell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not below a table in which no number carries it."""
    monkeypatch.setattr("desertion.commands.compare._tables", lambda *_: [cell])
    words = ["compare", "toy", "-p", "none", "-p", "exit-ban", "-n", "1", "--days", "5", "--scale", "0.5", "--quiet"]
    assert main([*words, "--workers", "1"]) == 0
    table, _, rest = capsys.readouterr().out.partition("Medians of the runs")
    assert cell in table
    assert ("too few to tell at" in rest.partition("Under")[0]) == ("†" in cell)


def test_a_run_of_an_own_file_says_what_looks_out_of_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number nobody would believe does not come without the reason."""
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text('extends = "toy"\nname = "mine"\n[behaviour]\npush_threat = 3.0\n')
    assert main(["run", "mine.toml", "--days", "2", "--quiet"]) == 0
    assert 'looks out of order: force "toy": 12 % of its reservists are called up' in capsys.readouterr().out


@pytest.mark.usefixtures("no_pictures")
def test_a_run_says_by_what_a_force_collapses_and_no_share_of_no_army(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Strength on the last day may lie above the breakpoint under which effective strength fell; who has no soldiers had no first day's strength."""
    assert main(["run", "toy", "--seed", "1", "--out", str(tmp_path / "toy")]) == 0
    assert "the force collapses on day 67 (effective strength below its breakpoint)\n" in capsys.readouterr().out
    assert main(["run", "hungary-2015", "--scale", "0.01", "--days", "5", "--out", str(tmp_path / "none")]) == 0
    assert "  strength   0\n" in capsys.readouterr().out


def test_a_comparison_for_print_keeps_its_letters_as_outlines_that_journals_take(tmp_path: Path) -> None:
    """Its PDFs were written outside of the house style and had fonts of Type 3, those of `plot --paper` had none."""
    command = ["compare", "toy", "-p", "none", "-p", "exit-ban", "--runs", "1", "--days", "3", "--paper", "--quiet"]
    with in_process(), unrendered("curves.pdf"):
        assert main([*command, "--out", str(tmp_path)]) == 0
    assert b"/Type3" not in (tmp_path / "figures" / "curves.pdf").read_bytes()


def test_the_decision_of_several_armies_says_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn for the first one alone."""
    said: list[str] = []
    monkeypatch.setattr("desertion.figures.style.note", lambda _figure, text: said.append(text))
    with unrendered():
        command = ["plot", "three-armies-2022", "--kind", "decision", "--out", str(tmp_path / "d.png")]
        assert main(command) == 0
    assert said == ["Of russia-2022, the first force."]
