"""The commands about studies, end to end on the stand-in model."""

import json
from pathlib import Path

import pytest
from PIL import Image

from desertion import Scenario, sweep
from desertion.cli import main
from desertion.scenario.grain import floor_note
from desertion.study.analysis.pictures import suited
from desertion.study.analysis.study import Study
from desertion.study.failures import StudyFailedError
from tests.shortcuts import in_process

HUGE = "9" * 25
STUDY = """
title = "Pull against policy"
question = "Does an open door add to the pull?"
task = "tests.study.run.fake.run"
replicates = 25
[policies]
closed = []
open = ["open"]
[vary]
pull = { range = [0, 1], steps = 4 }
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study file in an empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(STUDY)
    return tmp_path / "mine.toml"


def _told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


@pytest.mark.walks
def test_a_study_goes_from_its_file_to_tables_and_figures(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """sweep, show, export and merge, as a new user would try them."""
    plan = _told(capsys, "sweep", "mine.toml", "--dry-run")
    assert "8 design points, 200 runs" in plan
    assert "8 design points, 100 runs" in _told(capsys, "sweep", "mine.toml", "--dry-run", "--shard", "1/2")
    assert not list(study.parent.glob("*.sqlite"))
    assert "200 done" in _told(capsys, "sweep", "mine.toml", "--quiet", "--workers", "2")
    shown = _told(capsys, "show", "outputs/mine.sqlite")
    assert "Does an open door add to the pull?" in shown
    assert "200 done" in shown
    assert "200 of 200 runs match" in _told(capsys, "show", "outputs/mine.sqlite", "--verify")
    for level in ("nan", "inf", "many"):
        assert main(["show", "outputs/mine.sqlite", "--discover", level]) == 2
        assert f"--discover '{level}' must be a finite number" in capsys.readouterr().err
    assert "drawn: a.png" in _told(capsys, "show", "outputs/mine.sqlite", "--plot", "a.png", "--measure", "left_total")
    with Image.open("a.png") as picture:
        assert round(picture.info["dpi"][0]) == 144, "dots an inch are not those of the house style"
    chances = _told(capsys, "show", "outputs/mine.sqlite", "-m", "collapsed")
    assert "collapsed: share of the runs with its 95 % Wilson interval" in chances
    assert "q50" not in chances, "a measure that is 0 or 1 has no median worth telling"
    assert chances.rstrip().splitlines()[-1].split()[-5:-2] == ["25", "25", "1"], (
        "runs, those that collapsed, their share"
    )
    assert "runs.csv" in _told(capsys, "export", "outputs/mine.sqlite", "--out", "tables")
    for part in ("1", "2"):
        _told(capsys, "sweep", "mine.toml", "-q", "--shard", f"{part}/2")
    merged = _told(
        capsys, "merge", "all.sqlite", "outputs/mine.shard-1-of-2.sqlite", "outputs/mine.shard-2-of-2.sqlite"
    )
    assert "all.sqlite: 200 runs from 2 files" in merged
    half = _told(capsys, "merge", "one half.sqlite", "outputs/mine.shard-1-of-2.sqlite")
    assert "100 runs are missing; the study's command with --out 'one half.sqlite', without --shard, makes them" in half
    assert "200 done" in _told(capsys, "sweep", "mine.toml", "-q", "--out", "one half.sqlite")


def test_a_world_below_the_floor_of_scale_is_said_by_every_command(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sweep` at its end, `show` in its head and as JSON, `search` below its table; none of them at real size."""
    text = 'scenario = "toy"\ndays = 2\nreplicates = 1\nscale = SCALE\n[vary]\n"hosts.@asylum.screening_detection" = { range = [0, 1], steps = 2 }\n'
    search = ["search", "mine.toml", "-q", "--workers", "1", "--candidates", "3", "--no-rival"]
    note = floor_note(Scenario.load("toy", scale=0.2))
    for scale, count in ((0.2, 1), (1.0, 0)):
        study.write_text(text.replace("SCALE", str(scale)))
        with in_process():
            swept = _told(capsys, "sweep", "mine.toml", "-q", "--out", f"{scale}.sqlite")
            found = _told(capsys, *search, "--out", f"search-{scale}.sqlite")
        assert swept.count(f"\nnote: {note}\n") == count
        assert found.count(f"\nnote: {note}\n") == count
        assert _told(capsys, "show", f"{scale}.sqlite").count(f"\nnote       {note}\n") == count
        assert json.loads(_told(capsys, "show", f"{scale}.sqlite", "--json"))["floor"] == note * count


@pytest.mark.parametrize("begun", [False, True])
def test_an_interruption_before_the_first_run_says_what_is_stored(
    study: Path, begun: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing yet, or what a file held before; and how to go on."""

    def struck(*_words: object, **_named: object) -> None:
        raise KeyboardInterrupt

    if begun:
        _told(capsys, "sweep", "mine.toml", "-q", "--workers", "1", "-n", "1")
    monkeypatch.setattr("desertion.study.run.sweep.inspected", struck)
    assert main(["sweep", "mine.toml", "-q"]) == 130
    file = Path("outputs/mine.sqlite")
    kept = f"what {file} holds is kept" if begun else f"nothing had been stored in {file} yet"
    assert f"desertion: interrupted; {kept}; to go on: desertion " in capsys.readouterr().err
    assert file.exists() is begun


def test_a_study_that_keeps_a_few_measures_is_shown_by_its_first(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody asked for the share who left, which it does not hold; what was asked for is still refused where it lacks."""
    text = 'scenario = "quiet"\ndays = 2\n[vary]\nasylum = [0.2, 0.8]\n[keep]\nmeasures = ["soldiers_left", "left_total"]\n'
    study.write_text(text)
    _told(capsys, "sweep", "mine.toml", "-q", "--workers", "1")
    assert "\nsoldiers_left, counts at real size" in _told(capsys, "show", "outputs/mine.sqlite")
    assert '"measure": "soldiers_left"' in _told(capsys, "show", "outputs/mine.sqlite", "--json")
    assert main(["show", "outputs/mine.sqlite", "-m", "share_left"]) == 2
    assert "no measure 'share_left'" in capsys.readouterr().err


@pytest.mark.walks
def test_a_study_is_drawn_as_asked_and_its_inputs_are_named(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Dark and for paper, into a file named after the figure that suits; forces are not drawn apart; own points vary inputs too."""
    (study.parent / "rows.csv").write_text("pull,other\n0,1\n1,1\n")
    study.write_text(STUDY.partition("[vary]")[0].replace("25", "2"))
    _told(capsys, "sweep", "mine.toml", "--points", "rows.csv", "-q", "--workers", "1")
    assert "varied     other, pull; policies: closed, open" in _told(capsys, "show", "outputs/mine.sqlite")
    assert "outputs/curves.png" in _told(capsys, "plot", "outputs/mine.sqlite", "--kind", "curves")
    assert "outputs/sizes.png" in _told(capsys, "plot", "outputs/mine.sqlite", "--kind", "sizes", "--dark", "--paper")
    with Image.open("outputs/sizes.png") as picture:
        assert picture.width == 7 * 300
        assert max(picture.convert("RGB").getpixel((2, 2))) < 60
    drawn = _told(capsys, "plot", "outputs/mine.sqlite").strip()
    assert drawn == f"outputs/{suited(Study('outputs/mine.sqlite'))}.png" != "outputs/curves.png"
    assert main(["plot", "outputs/mine.sqlite", "--force", "toy"]) == 2
    assert "left_total@toy" in capsys.readouterr().err


@pytest.mark.walks
def test_failures_are_shown_with_their_tracebacks_and_ended_as_asked(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--on-error raise-at-end` exits with 1 and a sentence, and `show --failures` says why."""
    words = ["sweep", "mine.toml", "-q", "--workers", "1", "--set", "fail_at=2", "--on-error", "raise-at-end"]
    assert main(words) == 1
    assert "8 runs failed" in capsys.readouterr().err
    assert "ValueError: replicate 2 cannot be run" in _told(capsys, "show", "outputs/mine.sqlite", "--failures")


def test_a_study_none_of_whose_runs_can_be_finished_exits_with_1_and_says_why(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Failed runs are kept and shown; the way out is named."""
    study.write_text('task = "tests.study.run.fake.run"\n[set]\nfail_at = 0\n')
    assert main(["sweep", "mine.toml", "-q", "--workers", "1"]) == 1
    shown = capsys.readouterr().err
    assert "the only run failed, with: ValueError: replicate 0 cannot be run" in shown
    assert "desertion show outputs/mine.sqlite --failures" in shown
    assert "ValueError" in _told(capsys, "show", "outputs/mine.sqlite", "--failures")
    with pytest.raises(StudyFailedError, match=r"their file is not kept: to see them, run them with out= a file$"):
        sweep(study, quiet=True, workers=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[keep]\nmeasures = ["left_totl"]', "no measure 'left_totl'; did you mean 'left_total'"),
        ('[keep]\ndaily = ["lefft"]', "no daily column 'lefft'; did you mean 'left'"),
        ("scale = 1e-7", "scale = 1e-07 leaves nobody"),
        ("[vary]\nscale = [1.0, 1e-7, 0.5]", "scale = 1e-07 leaves nobody"),
    ],
)
def test_what_would_fail_in_every_run_is_refused_before_the_first(
    study: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file is left behind."""
    study.write_text(text)
    assert main(["sweep", "mine.toml", "-q", "--workers", "1"]) == 2
    assert words in capsys.readouterr().err
    assert not list(study.parent.glob("*.sqlite*"))


def test_a_misspelt_dial_is_told_which_is_meant_and_nothing_of_results(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dials are no inputs of a scenario, and were not among the names that were meant; where results go was said before the refusal."""
    study.write_text('scenario = "toy"\n[vary]\ncontagon = [0, 1]\n')
    assert main(["sweep", "mine.toml", "-q", "--workers", "1"]) == 2
    told = capsys.readouterr().err
    assert told == "desertion: setting \"contagon\": there is no input 'contagon'; did you mean 'contagion'?\n"


@pytest.mark.walks
def test_a_sensitivity_study_is_answered_on_the_command_line(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Sobol design with a dummy; without one the command says what is needed."""
    text = STUDY.replace("replicates = 25", "replicates = 2").replace(", steps = 4", "")
    study.write_text(f'{text}\n[design]\nkind = "sobol"\npoints = 32\ndummy = true\n')
    _told(capsys, "sweep", "mine.toml", "-q", "--workers", "1")
    answer = _told(capsys, "sensitivity", "outputs/mine.sqlite", "-m", "left_total", "-p", "open", "--plot", "s.png")
    assert answer.splitlines()[1].split()[0] == "pull"
    assert (study.parent / "s.png").exists()
    assert main(["sensitivity", "outputs/mine.sqlite", "-m", "left_total"]) == 2
    assert "one policy at a time: choose one of closed, open" in capsys.readouterr().err
    named: list[str] = []
    monkeypatch.setattr("desertion.figures.answers.indices", lambda _ax, _table, measure: named.append(measure))
    spread = ("sensitivity", "outputs/mine.sqlite", "-m", "left_total", "-p", "open", "--of", "spread")
    _told(capsys, *spread, "--plot", "spread.png")
    assert named == ["spread of left_total"]


@pytest.mark.walks
def test_effects_are_told_to_three_figures_however_small(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A share moves by a hundred-thousandth over the whole range, which three decimals would call nothing."""
    text = STUDY.replace("replicates = 25", "replicates = 2").replace("[0, 1], steps = 4", "[0, 0.0001]")
    study.write_text(f'{text}\n[design]\nkind = "morris"\npoints = 4\n')
    _told(capsys, "sweep", "mine.toml", "-q", "--workers", "1")
    words = ["sensitivity", "outputs/mine.sqlite", "-p", "open", "-m"]
    head, row, why = _told(capsys, *words, "share_left").splitlines()
    assert why.startswith("above_noise is unknown: no dummy to stand clear of (dummy = true under [design]")
    told = dict(zip(head.split(), row.split(), strict=False))["effect"]
    assert 1e-6 < float(told) < 1e-4
    assert len(told.lstrip("0.")) == 3, "more or fewer than three figures"
    # The name of the measure stood in the place of its unit.
    assert row.split()[-1] == "share"
    assert _told(capsys, *words, "left_total", "--of", "log").splitlines()[1].endswith("log10 persons")


@pytest.mark.walks
def test_a_search_goes_from_levers_to_a_table_and_a_figure(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both samplers and the check on other fates; the same command again finds all of it; a limit of nothing exits 2."""
    study.write_text('task = "tests.study.run.fake.run"\nreplicates = 3\n[vary]\npull = { range = [0, 1] }\n')
    words = ["search", "mine.toml", "-q", "--workers", "1", "--candidates", "6", "--check", "4"]
    told = _told(capsys, *words, "--table", "t.csv", "--plot", "t.png")
    assert "6 of 6 candidates have all their runs" in told
    assert "limit" not in told, "there is none"
    assert "Optuna: hypervolume" in told
    assert "on 4 other replicates, Sobol sequence: hypervolume" in told
    assert (
        "around these alone that some candidate beats; these come to other numbers, so that it is not to be held"
        in told
    )
    assert (study.parent / "t.png").stat().st_size > 10_000
    header, *rows = (study.parent / "t.csv").read_text().splitlines()
    assert header.startswith("proposed_by,design,pull,runs,left_total,cost_eur,within,front,joint_front,left_total_che")
    assert len(rows) == 12
    means = [row.split(",")[4] for row in rows]
    assert all(f"{float(mean):.6g}" == mean for mean in means), "six digits, as of all answers"
    kept = Study("outputs/mine-search.sqlite").points["pull"].tolist()
    assert [float(row.split(",")[2]) for row in rows[:6]] == kept, "inputs in full, so that rows can be swept"
    assert _told(capsys, *words) == told.partition("written")[0]
    limited = _told(capsys, *words, "--limit", "cost_eur=1e9", "--out", "limited.sqlite")
    assert "6 of 6 candidates are within the limits" in limited
    assert limited.count(" within the limits, ") == 5, "that of the best, and of both samplers on both fates"
    assert main([*words, "--limit", "cost_eur=0", "--out", "none.sqlite"]) == 2
    assert "none of the 6 candidates keeps cost_eur <= 0 (least found: cost_eur " in capsys.readouterr().err


def test_a_search_in_which_no_lever_moves_anything_says_so(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All candidates beat the whole of a box without extent: "hypervolume 1.000" told of a success."""
    study.write_text(
        'scenario = "toy"\ndays = 2\nreplicates = 1\n[vary]\n"hosts.@asylum.screening_detection" = { range = [0, 1] }\n'
    )
    words = ["search", "mine.toml", "-q", "--workers", "1", "--candidates", "3", "--check", "1"]
    with in_process():
        told = _told(capsys, *words)
    assert "no lever moves anything: 6 candidates have left_total 0 and cost_eur 0, each of them" in told
    assert "hypervolume" not in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sweep", "nowhere"], "there is no study 'nowhere'"),
        (["sweep", "russia-2022"], "there is no study 'russia-2022'; known are: asylum-policies"),  # that of a match
        (["history", "ukraine"], "there is no series 'ukraine'"),
        (["theory", "toi"], "there is no scenario 'toi'; did you mean 'toy'"),
        (["selfcheck", "quit"], "there is no scenario with a shipped history 'quit'; did you mean 'quiet'"),
        (["sweep", "nowhere.toml"], "nowhere.toml does not exist"),
        (["sweep", "mine.toml", "--shard", "3/2"], "i/n with 1 <= i <= n"),
        (["sweep", "mine.toml", "--runs", "0"], "must be a whole number from 1 to 10,000,000, got 0"),
        (["sweep", "mine.toml", "--set", "pull=3"], "under both"),
        (["sweep", "mine.toml", "--set", "pul=3"], "did you mean pull"),
        (["sweep", "mine.toml", "--on-error", "ignore"], "must be 'keep', 'raise-at-end' or 'raise'"),
        (["sweep", "mine.toml", "--tls-ca", "ca.pem"], "give all three"),
        (["show", "mine.toml"], "no study file"),
        (["show", "nowhere.sqlite"], "does not exist"),
        (["export", "mine.toml"], "no study file"),
        (["export", "mine.toml", "--format", "xls"], "known are: csv, ema, parquet, rocrate"),
        (["merge", "mine.toml", "nowhere.sqlite"], "exists already"),
        (["search", "mine.toml", "--want", "left_total"], "must read measure=value"),
        (["search", "mine.toml", "--limit", "cost_eur=much"], "must end in a number"),
        (["search", "mine.toml"], "one policy mix as its base"),
        (["search", "mine.toml", "--want", "left_total=most"], "must be 'more' or 'less'"),
        (["search", "mine.toml", "--limit", "cost_eur=nan"], "must be a finite number"),
        (["search", "mine.toml", "--check", "-1"], "check = -1 must be a whole number in [0, 10**6]"),
        (["search", "mine.toml", "--runs", "0"], "runs = 0 must be a whole number in [1, 10**6]"),
        (["sweep", "mine.toml", "--seed", HUGE], "must be a whole number in [0, 2**63)"),
        (["search", "mine.toml", "--seed", HUGE], "must be a whole number in [0, 2**63)"),
        (["theory", "quiet", "--seed", HUGE], "must be a whole number in [0, 2**63)"),
        (["run", "toy", "--replicate", HUGE], "must be a whole number in [0, 2**63)"),
        (["trace", "toy", "--person", "1", "--replicate", HUGE], "must be a whole number in [0, 2**63)"),
        (["sweep", "mine.toml", "--workers", HUGE], "must be a whole number in [0, 1024]"),
        (["calibrate", "gdr-1989", "--workers", "-2"], "must be a whole number in [0, 1024]"),
        (["sweep", "mine.toml", "--out", "."], ".: a folder stands where a file is to be written"),
        (["search", "mine.toml", "--out", ".."], "..: a folder stands where a file is to be written"),
        (["search", "mine.toml", "--table", "."], ".: a folder stands where a file is to be written"),
        (["search", "mine.toml", "--plot", "front.bmp"], "there is no figure format 'bmp'"),
        (["show", "."], ". is a folder: give the file of a study"),
    ],
)
@pytest.mark.usefixtures("study")
def test_wrong_input_is_a_sentence_and_exit_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a traceback, and nothing is written."""
    assert main(words) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "s.sqlite", "--table", "s.sqlite"], "--table: s.sqlite is a file of this command itself"),
        (["show", "s.sqlite", "--table", "a.png", "--plot", "./a.png"], "--plot: a.png is what --table writes"),
        (["show", "s.sqlite", "--plot", "s.sqlite/a.png"], "name another with --plot"),
        (["show", "s.sqlite", "--plot", "a.png", "--table", "."], "name another place with --table"),
        (["show", "s.sqlite", "--plot", "a.png", "--kind", "pie"], "there is no kind of plot 'pie'"),
        (["show", "s.sqlite", "--measure", "nought"], "there is no measure 'nought'"),
        (["sensitivity", "s.sqlite", "--table", "s.sqlite"], "--table: s.sqlite is a file of this command itself"),
        (["sensitivity", "s.sqlite", "--plot", "a.bmp"], "there is no figure format 'bmp'"),
        (["search", "mine.toml", "--table", "mine.toml"], "--table: mine.toml is a file of this command itself"),
        (["search", "mine.toml", "--out", "a", "--table", "a"], "--table: a is a file of this command itself"),
        (["search", "mine.toml", "--out", "a.b", "--table", "a-rival.b"], "--table: a-rival.b is a file of this"),
    ],
)
@pytest.mark.usefixtures("no_workers")
def test_what_cannot_be_written_is_refused_before_anything_is_printed_or_lost(
    words: list[str], sentence: str, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No table takes the place of the study that it is of, and of two files the first is not written where the second cannot be."""
    _told(capsys, "sweep", "mine.toml", "--out", "s.sqlite", "--runs", "1", "--workers", "1", "-q")
    before = {path: path.read_bytes() for path in study.parent.iterdir()}
    assert main(words) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert not told.out
    assert {path: path.read_bytes() for path in study.parent.iterdir()} == before
