"""Where results land: after every command the current folder holds what the user put there, and `outputs/`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from desertion import Study, commands
from desertion.cli import main
from tests.study.claims.test_judging import TEXT

FEW = ["--days", "3", "-q"]
ONE = ["--workers", "1"]
SCENARIO = 'extends = "quiet"\n'
STUDY = 'scenario = "quiet"\ndays = 12\n[vary]\nasylum = { range = [0.2, 0.8] }\ncontagion = { range = [0, 2] }\n[design]\nkind = "sobol"\npoints = 2\n'
MATCH = (
    'seed = 5\nscreening = { trajectories = 0 }\nwaves = [{ worlds = 8 }]\n[cases.base]\nscenario = "quiet"\n'
    "[vary]\na = { range = [0.0, 1.0] }\nb = { range = [0.0, 1.0] }\n"
    '[target.sum]\nobserved = [1.0, 1.0]\nscale = "linear"\ndiscrepancy = 3.0\n'
)
_QUIET = TEXT.replace("R = {", "casualties = {").replace(".left", ".left_total").replace('"toy"', '"quiet"')
CLAIMS = _QUIET.replace('form = { choices = ["additive", "none"] }', "police = { range = [0.5, 2.0] }")
SERIES = "date,value\n" + "".join(f"2030-{month:02d}-01,{20 + 9 * month}\n" for month in range(1, 9))
DAYS = "date,value\n" + "".join(f"2030-01-{day:02d},{day}\n" for day in range(1, 9))
EVENTS = "unit,date,x,y\n" + "".join(f"{unit},2020-01-{unit + 1:02d},{5 * unit},0\n" for unit in range(12))
FILES = {
    "mine.toml": SCENARIO,
    "design.toml": STUDY,
    "goals.toml": MATCH,
    "claims.toml": CLAIMS,
    "mine.csv": SERIES,
    "days.csv": DAYS,
    "events.csv": EVENTS,
}

LINES: dict[str, list[list[str]]] = {
    "app": [["app", "--no-open"]],
    "calibrate": [["calibrate", "quiet", "--series", "days.csv", "--measure", "left_total", "--rival", "without contagion", "--particles", "100", "--generations", "1"]],
    "check": [["check", "mine.toml"], ["check", "design.toml"]],
    "claims": [["claims", "always", "--claims", "claims.toml", "--worlds", "1", "--most-runs", "1", *ONE]],
    "compare": [["compare", "quiet", "-n", "1", *FEW, *ONE]],
    "contagion": [["contagion", "events.csv", "--within", "6", "--permutations", "19", "--histories", "0"]],
    "dock": [["dock", "quiet", "--days", "2"]],
    "export": [
        ["sweep", "design.toml", "-q", *ONE],
        ["export", "outputs/design.sqlite"],
        ["sweep", "design.toml", "-q", *ONE, "--out", "study.sqlite"],
        ["export", "study.sqlite", "--no-curves"],
    ],
    "history": [["history", "mine.csv"], ["history", "ukraine-awol"]],
    "list": [["list"]],
    "match": [["match", "goals.toml", *ONE]],
    "merge": [["sweep", "design.toml", "-q", *ONE, "--shard", f"{part}/2"] for part in "12"]
    + [["merge", "outputs/all.sqlite", "outputs/design.shard-1-of-2.sqlite", "outputs/design.shard-2-of-2.sqlite"]],
    "new": [["new", kind, f"outputs/{kind}"] for kind in ("scenario", "force", "policy", "study")],
    "plot": [["run", "quiet", *FEW, "--out", "outputs/run"], ["plot", "outputs/run"], ["plot", "quiet", "-k", "decision"]],
    "rerun": [["run", "quiet", *FEW, "--out", "outputs/run"], ["rerun", "outputs/run", "-q"]],
    "run": [["run", "quiet", *FEW]],
    "search": [["search", "design.toml", "--candidates", "2", "--want", "left_total=more", "--check", "1", "-q", *ONE]],
    "selfcheck": [["selfcheck", "toy", "--days", "1"]],
    "sensitivity": [["sweep", "design.toml", "-q", *ONE], ["sensitivity", "outputs/design.sqlite", "-m", "left_total"]],
    "show": [["sweep", "design.toml", "-q", *ONE], ["show", "outputs/design.sqlite"], ["show", "outputs/design.sqlite", "--verify"]],
    "sweep": [["sweep", "design.toml", "--dry-run"], ["sweep", "design.toml", "-q", *ONE]],
    "theory": [["theory", "quiet", "--days", "3"]],
    "trace": [["trace", "quiet", "--days", "3"]],
    "warm": [["warm"]],
}  # fmt: skip
"""What is typed for each command, without a place for its results wherever one need not be named."""
ELSEWHERE = {"thesis": "tests/study/thesis/test_judgement.py runs one on a trial that it shares"}
"""Commands whose results another test looks for."""
NAMED = {"study.sqlite"}
"""Places in the current folder that these lines name."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a user's files in it."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("desertion.study.matching.runs.TASK", "tests.study.matching.fake.run_world")
    monkeypatch.setattr("desertion.app.server.server.serve", lambda *_, **__: None)
    return tmp_path


def test_every_command_is_looked_at() -> None:
    """A new command has its line in the table."""
    assert sorted([*LINES, *ELSEWHERE]) == commands.names()


@pytest.mark.walks
@pytest.mark.parametrize("name", sorted(LINES))
@pytest.mark.usefixtures("no_workers")
def test_nothing_lands_in_the_current_folder_unasked(name: str, here: Path) -> None:
    """Only `outputs/` and what the line itself names."""
    for words in LINES[name]:
        assert main(words) == 0, words
    assert {path.name for path in here.iterdir()} - NAMED <= {*FILES, "outputs"}


@pytest.mark.usefixtures("no_workers")
def test_a_study_of_an_earlier_version_is_pointed_to_and_goes_on_where_it_is_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It lay in the current folder: its runs are not done again."""
    assert main(["sweep", "design.toml", "-q", *ONE, "--out", "design.sqlite"]) == 0
    before = Study(here / "design.sqlite").runs
    capsys.readouterr()
    assert main(["sweep", "design.toml", "-q", *ONE, "--out", "design.sqlite"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["sweep", "design.toml", "-q", *ONE]) == 0
    told = capsys.readouterr()
    assert "results go to outputs/design.sqlite" in told.err
    assert "to go on with it, add --out design.sqlite" in told.err
    assert "outputs/design.sqlite: 8 done" in told.out
    pd.testing.assert_frame_equal(Study(here / "design.sqlite").runs, before)  # seconds among them
