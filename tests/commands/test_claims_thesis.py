"""`claims`, `calibrate` and `thesis` refuse what cannot be run, in one sentence and with exit code 2."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from desertion.cli import main


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["claims", "contagio"], "did you mean 'contagion'"),
        (["claims", "--worlds", "0"], "worlds = 0 must be a whole number in [1, 10**6]"),
        (["claims", "--runs", "0"], "runs = 0 must be a whole number in [1, 10**6]"),
        (["claims", "--claims", "nowhere.toml"], "there is no such claims file"),
        (["calibrate", "ukraine"], "there is no scenario 'ukraine'"),
        (["calibrate", "gdr-1989", "--particles", "20"], "must be at least 100"),
        (["thesis", "ukraine-awool"], "did you mean 'ukraine-awol'"),
        (["thesis", "--simulations", "100"], "simulations = 100 must be at least 2,667"),
        (["thesis", "mine.csv"], "mine.csv: it must be told how many people could act: give --at-risk 20000"),
        (["thesis", "mine.csv", "--at-risk", "many"], "must be a whole number"),
        (["thesis", "mine.csv", "--at-risk", "500", "--kind", "flows"], "did you mean 'flow'"),
        (["thesis", "nowhere.csv", "--at-risk", "500"], "nowhere.csv"),
        (["thesis", "nowhere.csv", "--at-risk", "500", "--door", "2020-13-01"], "door = '2020-13-01' must be a date"),
    ],
)
def test_impossible_orders_are_refused(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run first: the sentence comes at once."""
    assert main([*words, "--out", str(tmp_path)]) == 2
    assert sentence in capsys.readouterr().err


def test_runs_that_failed_are_told_and_had_again_by_the_same_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`claims` asks for failed runs again, and says how many its verdicts lack, of the first runs and of the further ones."""
    asked: list[bool] = []

    def judged(*_: object, **named: Any) -> SimpleNamespace:
        asked.append(named["options"].retry_failed)
        return SimpleNamespace(judged=(), run=SimpleNamespace(quick=False, floors=()), write=lambda _: [])

    monkeypatch.setattr("desertion.study.questions.claims", judged)
    monkeypatch.setattr("desertion.study.analysis.study.Study", lambda _: SimpleNamespace(failures=[1, 2]))
    (tmp_path / "claims-to-2.sqlite").touch()
    assert main(["claims", "--out", str(tmp_path)]) == 0
    assert asked == [True]
    told = capsys.readouterr().out
    assert "2 runs failed and are left out: the same command tries again" in told
    assert "claims.sqlite --failures" in told
    assert "claims-to-2.sqlite --failures" in told


def test_a_claims_file_of_ones_own_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The copy of the one that is judged took the place of another of that name; beside results of before it is renewed."""
    first, second = tmp_path / "claims.toml", tmp_path / "second.toml"
    first.write_text('title = "First question"\n')
    second.write_text('title = "Second question"\n')
    found = SimpleNamespace(judged=(), run=SimpleNamespace(quick=False, floors=()), write=lambda _: [])
    monkeypatch.setattr("desertion.study.questions.claims", lambda *_, **__: found)
    words = ["claims", "--claims", str(second), "--out", str(tmp_path)]
    assert main(words) == 2
    assert f"{first} is there already, and a copy of {second} would take its place" in capsys.readouterr().err
    assert first.read_text() == 'title = "First question"\n'
    monkeypatch.setattr("desertion.study.analysis.study.Study", lambda _: SimpleNamespace(failures=[]))
    (tmp_path / "claims.sqlite").touch()
    assert main(words) == 0
    assert first.read_text() == 'title = "Second question"\n'


def _full(*_words: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("command", ["claims", "thesis"])
def test_results_of_before_stay_whole_where_new_ones_cannot_all_be_written(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page of now beside tables of before would say what nobody has judged."""

    def written(folder: Path) -> list[Path]:
        (folder / "claims.html").write_text("now")
        _full()
        return []

    judged = SimpleNamespace(judged=(), run=SimpleNamespace(quick=False, floors=()), write=written)
    asked = SimpleNamespace(
        table=pd.DataFrame({"of": ["now"]}), gathered=lambda _: pd.DataFrame({"of": ["now"]}), made_up=None, judged={}
    )
    monkeypatch.setattr("desertion.study.questions.claims", lambda *_words, **_named: judged)
    monkeypatch.setattr("desertion.study.claims.files.files_of", lambda _: [])
    monkeypatch.setattr("desertion.study.thesis.thesis.thesis", lambda *_words, **_named: asked)
    monkeypatch.setattr("desertion.commands._shared.thesis.draw_test", _full)
    before = {name: f"{name} of before" for name in ("claims.html", "claims.md", "answers.csv", "thesis.md")}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    assert main([command, "--out", str(tmp_path)]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == before
