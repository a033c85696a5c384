"""`claims`, `calibrate` and `thesis` refuse what cannot be run, in one sentence and with exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from desertion.cli import main


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["claims", "contagio"], "did you mean 'contagion'"),
        (["claims", "--worlds", "0"], "worlds = 0 must be at least 1"),
        (["claims", "--runs", "0"], "replicates = 0 must be at least 1"),
        (["claims", "--claims", "nowhere.toml"], "there is no such claims file"),
        (["calibrate", "ukraine"], "there is no case 'ukraine'"),
        (["calibrate", "afghanistan-capitals", "--particles", "20"], "must be at least 100"),
        (["thesis", "--particles", "20"], "must be at least 100"),
    ],
)
def test_impossible_orders_are_refused(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run first: the sentence comes at once."""
    assert main([*words, "--out", str(tmp_path)]) == 2
    assert sentence in capsys.readouterr().err


def test_a_smaller_thesis_says_what_is_smaller_and_how_to_repeat_it() -> None:
    """A full test says nothing; one with fewer generations names them, and its command carries the option."""
    from dataclasses import replace

    from desertion.study.thesis import thesis
    from desertion.study.thesis.steps import Sizes

    assert thesis.smaller(Sizes()) == []
    assert "generations 5 instead of 8" in thesis.smaller(replace(Sizes(), generations=5))[0].text
    assert thesis.repeated(False, None, 5, None, 2) == "desertion thesis --generations 5 --seed 2"
    assert thesis.repeated(True, None, None, 20, 1) == "desertion thesis --quick --table 20 --seed 1"
