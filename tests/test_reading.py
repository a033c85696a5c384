"""Text, TOML and CSV as people have them."""

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest

from desertion import Scenario
from desertion.errors import InputError, shortened
from desertion.reading import command_line, setting_text, text, toml_text, toml_value, written
from desertion.scenario.rows import csv_rows


def _points(folder: Path, content: bytes) -> list[tuple[dt.date, float]]:
    path = folder / "x.csv"
    path.write_bytes(content)
    rows = csv_rows(path, wanted=("date", "value"), numbers=("value",))
    return [(row.day("date"), row.number("value")) for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        b"date,value\n2030-01-10,0.002\n2030-02-10,1234.5\n",
        b"\xef\xbb\xbfdate,value\r\n2030-01-10,0.002\r\n2030-02-10,1234.5\r\n",
        b"Date;VALUE\n2030-01-10;0,002\n2030-02-10;1234,5\n",
        b"sep=;\ndate;value\n2030-01-10;0,002\n2030-02-10;1.234,5\n",
        b"value\tdate\n0,002\t2030-01-10\n1234,5\t2030-02-10\n",
        b'"Date", Value\n2030-01-10 00:00:00,2e-3\n2030-02-10T00:00:00,1234.5\n',
        b"date,value,\n2030-01-10,0.002,\n\n2030-02-10,1234.5,,\n",
        b'date,note,value\n2030-01-10,"a, b",0.002\n2030-02-10,c,1234.5\n',
        b"date;value\r\n10.01.2030;0,002\r\n10.2.2030 00:00;1.234,5\r\n",
    ],
)
def test_csv_is_read_as_spreadsheets_save_it(tmp_path: Path, content: bytes) -> None:
    """Byte order marks, semicolons, tabs, decimal commas, headings in any case and order, midnights: the same two points."""
    assert _points(tmp_path, content) == [(dt.date(2030, 1, 10), 0.002), (dt.date(2030, 2, 10), 1234.5)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the first line must name the columns date, value; it names none"),
        (b"date,value,Value\n2030-01-10,1,2\n", "column = 'value' is there twice"),
        (b"date;value\n2030-01-10;1,234\n", "may be meant as a decimal comma or as thousands"),
        (b"date;value\n2030-01-10;1,5\n2030-01-11;1.5\n", "has a point where other rows have a comma"),
        (b"date,value\n2030-01-10,1_000\n", "must be a number"),
        (b"date,value\n10/01/2030,1\n", "must be a date as in 1989-11-09"),
        (b"date;value\n10.01.2030;949\n17.01.2030;1.044\n", "1.044' may be meant as thousands or as a decimal point"),
        (b"date;value\n10.01.2030;1.5\n31.02.2030;1.044\n", "date = '31.02.2030' must be a date"),
        (b"date,value\n2030-01-10,B\xfcro\n", "line 2 holds the byte 0xfc"),
    ],
)
def test_what_could_mean_two_things_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """One sentence that names the file and what to do."""
    with pytest.raises(InputError, match=said) as refusal:
        _points(tmp_path, content)
    assert "x.csv" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"date;value\n2030-01-10;949,5\n2030-01-17;1.044\n", [949.5, 1044.0]),
        (b"date;value\n2030-01-10;0.5\n2030-01-17;1.044\n", [0.5, 1.044]),
        (b"date,value\n2030-01-10,949\n2030-01-17,1.044\n", [949.0, 1.044]),
    ],
)
def test_a_point_before_three_digits_is_read_by_what_the_file_shows(
    tmp_path: Path, content: bytes, numbers: list[float]
) -> None:
    """Thousands beside decimal commas, decimals beside other decimals or between commas; with neither it is refused (above)."""
    assert [value for _, value in _points(tmp_path, content)] == numbers


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("front_share = 0,3", "0,3: numbers have a decimal point, 0.3"),
        ("start = 01.03.2031  # the first", "01.03.2031: dates are written year first, 2031-03-01"),
        ("waves = [{ date = 01.03.2031, number = 3 }]", "01.03.2031: dates are written year first, 2031-03-01"),
        ('series = "C:\\new\\left.csv"', r"write / in place of \\, or put the text between single quotes"),
        ("fermé = [1]", 'fermé: a name with such letters stands between quotes, "fermé"'),
        ("[arms.fermé]", 'fermé: a name with such letters stands between quotes, "fermé"'),
        ("name = ruritania", "ruritania: text stands between quotes"),
    ],
)
def test_habits_that_toml_does_not_share_are_told_with_the_way_out(line: str, said: str) -> None:
    """Decimal commas, dates with points, backslashes, text without quotes: the sentence shows how it is written."""
    with pytest.raises(InputError, match=said):
        toml_text(f'title = "x"\n{line}\n', "mine.toml")


def test_no_file_is_a_sentence_whatever_stands_there(tmp_path: Path) -> None:
    """Folders, devices, circles of links, names that no system takes."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path, said in (
        (tmp_path, "this is a folder; name a file"),
        (Path("/dev/null"), "this is a device or pipe; name a file"),
        (tmp_path / "loop", "cannot be read"),
        (tmp_path / ("n" * 300), "cannot be read"),
        (tmp_path / "a\0b", "this cannot be the name of a file"),
        (tmp_path / "none", "there is no such file"),
    ):
        with pytest.raises(InputError, match=said):
            text(path)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("3", 3),
        ("2030-01-01", dt.date(2030, 1, 1)),
        ("[1, 2]", [1, 2]),
        ("none", "none"),
        ("1\nb = 2", "1\nb = 2"),
        ("[1", "[1"),
    ],
)
def test_a_setting_is_toml_or_plain_text(content: str, value: object) -> None:
    """What holds a second key is no value."""
    assert toml_value(content, "--set x") == value


@pytest.mark.parametrize("value", [3, 0.1, 1e300, math.inf, True, "none", "3", "true", "2030-01-01", "[1", [1, 2],
                                   dt.date(2030, 1, 1), np.int64(3), np.float64(0.1), np.bool_(True)])  # fmt: skip
def test_a_setting_is_written_so_that_it_is_read_as_itself(value: object) -> None:
    """Infinity is `inf` to TOML, a truth value is in small letters, and a word that TOML would read as something else is quoted."""
    assert toml_value(setting_text(value), "--set x") == value


def test_a_list_of_numpys_numbers_is_written_as_one_of_numbers() -> None:
    """In a refusal it stands as it would be typed."""
    assert setting_text([np.int64(1), 2.5]) == "[1, 2.5]"


def test_a_command_line_gives_flags_bare_and_leaves_out_what_is_not_given() -> None:
    """A 0 is given; what a shell would divide is one word."""
    options = [("seed", 0), ("days", None), ("quick", True), ("unseen", False), ("set", "a=b c")]
    assert command_line("run", ["toy"], options) == "desertion run toy --seed 0 --quick --set 'a=b c'"


def test_values_are_repeated_at_a_length_that_can_be_read() -> None:
    """Lists, texts and whole numbers beyond what Python prints are cut; so is an endless word anywhere in a sentence."""
    assert shortened("short") == "'short'"
    assert len(shortened("a" * 10_000)) == 60
    assert len(shortened(list(range(10**6)))) == 60
    assert shortened(10**5000) == "a whole number of about 4984 digits"
    with pytest.raises(InputError) as refusal:
        Scenario.load("toy", set={"title": 3, "x" * 5000: 1})
    assert len(str(refusal.value)) < 1000


_SET = 'extends = "toy"\n[set]\n{line}\n'


@pytest.mark.parametrize(
    "line", ['"behaviour.form" = "none"', 'behaviour.form = "none"', 'behaviour = { form = "none" }']
)
def test_a_setting_in_a_scenario_keeps_what_it_does_not_name(tmp_path: Path, line: str) -> None:
    """Quoted or not, one input changes and no other falls back to its default."""
    path = tmp_path / "mine.toml"
    path.write_text(_SET.replace("{line}", line))
    expected = Scenario.load("toy", set={"behaviour.form": "none"})
    assert Scenario.load(path).behaviour == expected.behaviour
    assert (
        expected.behaviour.push_threat
        == Scenario.load("toy").behaviour.push_threat
        != type(expected.behaviour)().push_threat
    )
    assert Scenario.load("toy", set={"behaviour": {"form": "none"}}).behaviour == expected.behaviour


def test_tables_of_extended_scenarios_are_merged_at_every_depth(tmp_path: Path) -> None:
    """A reference, a rule for stopping and settings keep what the scenario laid over them does not name."""
    (tmp_path / "base.toml").write_text(
        'extends = "toy"\n[stop]\nmeasure = "fallen"\n[reference.toy]\nlegitimacy = 0.3\nsupply = 0.2\n[set]\nbehaviour.belief_heard = 0.5\n'
    )
    (tmp_path / "mine.toml").write_text(
        'extends = "base.toml"\n[stop]\ndays_after = 3\n[reference.toy]\nsupply = 0.4\n[set]\n"behaviour.push_threat" = 0.2\n'
    )
    scenario = Scenario.load(tmp_path / "mine.toml")
    assert scenario.stop is not None
    assert (scenario.stop.measure, scenario.stop.days_after) == ("fallen", 3)
    assert (scenario.reference["toy"].legitimacy, scenario.reference["toy"].supply) == (0.3, 0.4)
    assert (scenario.behaviour.belief_heard, scenario.behaviour.push_threat) == (0.5, 0.2)


def test_numbers_left_to_defaults_are_listed_with_yearly_rates(tmp_path: Path) -> None:
    """An own force says which rates it did not state and what they make in a year; a shipped one says nothing."""
    (tmp_path / "my_force.toml").write_text("soldiers = 300\nbase_soldier_hide = 0.001\n")
    path = tmp_path / "My War.toml"
    path.write_text('start = 2030-01-01\nforces = ["my_force.toml"]\n')
    notes = Scenario.load(path).notes
    force = next(note for note in notes if "my_force.toml: force" in note)
    assert "base_hiding_flee 0.001 a day (0.36 a year)" in force
    assert "base_soldier_hide" not in force
    assert Scenario.load("toy").notes == ()
    assert any('"my-war" is the name made from' in note for note in notes)


@pytest.mark.parametrize(
    ("number", "words"), [(10.0, "10"), (0.25, "0.25"), (1 / 3, "0.3333333333333333"), (1e-5, "1e-05")]
)
def test_a_number_is_written_so_that_it_is_read_again(number: float, words: str) -> None:
    """As short as it can be, and not rounded."""
    assert written(number) == words
    assert float(words) == number
