"""Results can be made again from their own folder, wherever it lies and whatever became of the files behind it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from desertion import Scenario, rerun, sweep
from desertion.cli import main
from desertion.errors import InputError
from desertion.study.design.documents import text_of
from desertion.study.rerun import Rerun, _unlike
from desertion.study.run.options import RunOptions
from desertion.study.store.reader import StudyFile

pytestmark = pytest.mark.usefixtures("no_workers", "no_pictures")

POLICY = 'name = "mine"\n[[change]]\nfrom = "+3"\n[change.set]\n"forces.*.exit_ban" = 1\n'


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario, a policy and a graph of one's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.chdir(folder)
    people = Scenario.load("quiet").people
    Path("ties.csv").write_text("".join(f"{n},{(n + 1) % people}\n" for n in range(people)))
    Path("mine.toml").write_text('extends = "quiet"\nname = "mine"\ndays = 15\ngraph = "ties.csv"\n')
    Path("ban.toml").write_text(POLICY)
    return folder


def _moved(results: Path, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The results copied away, everything else gone."""
    away = tmp_path / "away" / results.name
    away.parent.mkdir()
    (shutil.copytree if results.is_dir() else shutil.copy)(results, away)
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(own)
    return away


def test_a_run_is_made_again(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its scenario holds the policy and the graph; a changed number is found."""
    assert main(["run", "mine.toml", "-p", "ban.toml", "--seed", "3", "--replicate", "2", "--out", "out", "-q"]) == 0
    away = _moved(own / "out", own, tmp_path, monkeypatch)
    assert main(["rerun", str(away)]) == 0
    text = (away / "daily.csv").read_text()
    (away / "daily.csv").write_text(text.replace("\n9,", "\n9,1", 1))
    found = rerun(away)
    assert not found.agrees
    assert "daily.csv: 1 of 17 lines differ, the first is line 11" in found.differences[0]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("provenance.json", b"", "provenance.json is damaged"),
        ("provenance.json", b"[1]", "provenance.json is damaged"),
        ("provenance.json", b"{}", "provenance.json does not say seed"),
        ("provenance.json", b"\xe6", "UTF-8"),
        ("scenario.toml", b"\xe6", "UTF-8"),
        ("daily.csv", b"", "daily.csv is damaged"),
        ("daily.csv", b"day,left\n", "daily.csv is damaged"),
        ("daily.csv", b"\xe6", "daily.csv is damaged"),
    ],
)
def test_a_damaged_folder_is_refused_in_a_sentence(own: Path, name: str, content: bytes, told: str) -> None:
    """They ended with JSONDecodeError, EmptyDataError and the like."""
    assert main(["run", "mine.toml", "--out", "out", "-q"]) == 0
    (own / "out" / name).write_bytes(content)
    with pytest.raises(InputError, match=told):
        rerun("out")


def test_a_damaged_table_beside_a_run_is_a_difference_and_columns_that_say_nothing_are_refused(own: Path) -> None:
    """A table of no text differs in all its lines; without the columns' sizes a figure would be of other numbers."""
    assert main(["run", "mine.toml", "--out", "out", "-q"]) == 0
    for name in ("hosts.csv", "columns.json"):
        (own / "out" / name).write_bytes(b"\xe6")
    assert "hosts.csv" in rerun("out").differences[0]
    assert main(["plot", "out", "--out", "x.png"]) == 2


def test_a_comparison_is_made_again(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every arm's resolved scenario lies beside the tables, with what its columns mean."""
    words = ["compare", "mine.toml", "-p", "none", "-p", "ban.toml", "-n", "2", "--workers", "1", "-q", "--out", "out"]
    assert main(words) == 0
    away = _moved(own / "out", own, tmp_path, monkeypatch)
    arms = sorted(path.name for path in (away / "arms").iterdir())
    assert arms == ["0-none.toml", "1-ban.toml"]
    assert Scenario.from_toml((away / "arms" / "1-ban.toml").read_text()).policies == ("mine",)
    told = json.loads((away / "columns.json").read_text())["files"]
    assert told["summary.csv"]["estimate"]["size"] == "real"
    capsys.readouterr()
    assert main(["rerun", str(away), "-q", "--workers", "1"]) == 0
    assert "4 of 4 runs give the same bits" in capsys.readouterr().out
    table = pd.read_csv(away / "summary.csv")
    table.loc[3, "estimate"] += 1.0
    table.to_csv(away / "summary.csv", index=False, lineterminator="\n")
    (away / "attribution.csv").unlink()
    assert main(["rerun", str(away), "-q", "--workers", "1"]) == 1
    told = capsys.readouterr().out
    assert f"summary.csv: 1 of {len(table) + 1} lines differ, the first is line 5" in told
    assert "attribution.csv: is not there any more" in told


def test_what_was_said_of_a_graph_is_said_alike_of_its_stored_pairs(own: Path) -> None:
    """Names and persons without a tie: a comparison that was made again differed in every run, by this remark alone."""
    Path("ties.csv").write_text("from,to\nAnna,Ivo\nIvo,Hana\n")
    loaded = Scenario.load("mine.toml", policies=["ban.toml"])
    again = Scenario.load(Scenario.from_toml(text_of(Scenario.load("mine.toml"))), policies=["ban.toml"])
    assert sum("have no tie" in remark for remark in loaded.notes) == 1
    assert again.notes == loaded.notes


def test_results_of_which_nothing_could_be_made_again_do_not_agree() -> None:
    """A study without a finished run is no result that stands."""
    assert not Rerun(runs=0, same=0, differences=(), changed=()).agrees
    assert Rerun(runs=2, same=2, differences=(), changed=()).agrees


def test_a_sweep_is_made_again_and_says_what_differs(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its one file, also where the scenario stood in no file."""
    few = {"workers": 1, "quiet": True}
    study = sweep(
        scenario=Scenario.load("mine.toml"),
        vary={"asylum": [0.2, 0.8]},
        policies=["exit-ban", ["ban.toml"]],
        out="s.sqlite",
        **few,
    )
    assert {"command", "commit", "documents", "versions"} <= set(study.header)
    away = _moved(own / "s.sqlite", own, tmp_path, monkeypatch)
    found = rerun(away, **few)
    assert (found.runs, found.same, found.differences, found.changed) == (4, 4, (), ())
    with StudyFile(away) as file:
        first, second = file.run_of(0, 0), file.run_of(3, 0)
    assert first is not None
    assert second is not None
    assert list(_unlike(first, first)) == []
    assert list(_unlike(first, second))
    second.status, second.error = "failed", "E: x"
    assert list(_unlike(first, second)) == ["it is failed now (E: x)"]


def test_a_sample_of_which_some_points_are_impossible_is_made_again(tmp_path: Path) -> None:
    """They stand in its file as failed, and are no reason to refuse the others."""
    shares = {"forces.*.share_killed": {"range": [0, 1]}, "forces.*.share_captured": {"range": [0, 1]}}
    study = sweep(
        scenario="toy", days=2, vary=shares, design={"kind": "lhs", "points": 6},
        out=tmp_path / "s.sqlite", workers=1, quiet=True,
    )  # fmt: skip
    assert set(study.counts) == {"done", "failed"}
    found = rerun(study.path, workers=1, quiet=True)
    assert found.agrees
    assert (found.runs, found.surplus) == (study.counts["done"], 0)


def test_runs_beyond_those_that_a_study_asks_for_are_counted_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It went on with fewer runs: those that it had are no difference."""
    for runs in (3, 1):
        options = RunOptions(workers=1, quiet=True, accept_changes=True)
        sweep(scenario="toy", days=2, runs=runs, out=tmp_path / "s.sqlite", options=options)
    assert main(["rerun", str(tmp_path / "s.sqlite"), "--workers", "1", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "1 of 1 runs give the same bits" in said
    assert "2 more were not made again" in said


def test_what_cannot_be_made_again_says_so(own: Path) -> None:
    """Code that the file does not hold, and a folder with nothing in it."""
    sweep(scenario="quiet", days=2, measures={"mine": lambda _model: 1.0}, workers=1, quiet=True, out="s.sqlite")
    with pytest.raises(InputError, match=r"code of its maker's own \(mine\)"):
        rerun("s.sqlite")
    with pytest.raises(InputError, match=r"holds neither study\.sqlite nor scenario\.toml"):
        rerun(own)
