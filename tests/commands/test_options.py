import pytest

from desertion.cli import main
from desertion.commands._shared.options import settings
from desertion.errors import InputError


def test_settings_read_values_as_toml_and_else_as_text() -> None:
    """Numbers, truth values and lists keep their kind; a bare word is a word."""
    pairs = ["a.b=0.5", "n=3", "on=true", "list=[1, 2]", "name=fast-track", 'quoted="0.5"', "day=2022-09-21", "e=x=y"]
    read = settings(pairs)
    assert {key: value for key, value in read.items() if key != "day"} == {
        "a.b": 0.5,
        "n": 3,
        "on": True,
        "list": [1, 2],
        "name": "fast-track",
        "quoted": "0.5",
        "e": "x=y",
    }
    assert str(read["day"]) == "2022-09-21"


@pytest.mark.parametrize("pair", ["asylum", "=3", " = 3"])
def test_setting_without_key_or_value_is_refused(pair: str) -> None:
    """The sentence shows how to write one."""
    with pytest.raises(InputError, match=r"--set dotted\.key=value"):
        settings([pair])


@pytest.mark.parametrize("name", ["calibrate", "match", "claims", "thesis"])
def test_commands_that_write_without_being_asked_where_say_where(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They take minutes to hours and keep what they did, so that they can go on; nobody has to look for it."""
    assert main([name, "--help"]) == 0
    assert f"outputs/{name.replace('calibrate', 'calibration')}" in capsys.readouterr().out.replace("\n", "")
