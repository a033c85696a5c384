"""Reading a user's own events: each wrong input gets one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.places.events import Columns, Events, of_units, read_events
from desertion.study.places.linking import links_of
from desertion.study.places.links import EARTH

ROWS = [f"u{i},2020-01-{2 + i:02d},{i},0,{'a' if i < 5 else 'b'}" for i in range(10)]
BARE = [row.rpartition(",")[0] + "," for row in ROWS]
HEADING = "unit,date,x,y,area"


def _file(tmp_path: Path, rows: list[str], heading: str = HEADING, name: str = "events.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return path


def _read(path: Path, **columns: object) -> Events:
    return read_events(path, Columns(**columns), np.random.default_rng(1))[0]  # type: ignore[arg-type]


def test_events_are_read_with_strata_and_positions(tmp_path: Path) -> None:
    """Days count from the first one; strata and units are in alphabetical order; comments are skipped."""
    events = _read(_file(tmp_path, ["# a remark", *ROWS]), strata="area")
    assert events.first[:, 0].tolist() == list(range(10))
    assert events.strata.tolist() == [0] * 5 + [1] * 5
    assert events.points is not None
    assert str(events.origin) == "2020-01-02"


def test_units_with_two_positions_or_sizes_are_remarked_on(tmp_path: Path) -> None:
    """The first that is given counts, not an empty cell before it."""
    rows = [*ROWS[1:], "u11,2020-01-20,,,a", *(f"u11,2020-01-2{x - 6},{x},0,a" for x in (7, 8, 9))]
    events = _read(_file(tmp_path, rows))
    assert "1 unit has more than one x, the first of which is used (one has 7 and 8)." in events.remarks
    assert not any("more than one y" in remark for remark in events.remarks)
    assert events.points is not None
    assert events.points[events.units.index("u11")].tolist() == [7.0, 0.0]
    sized = _read(_file(tmp_path, rows), size="x")
    assert sized.size is not None
    assert sized.size[sized.units.index("u11")] == 7.0


def test_dates_may_be_written_without_leading_zeros_and_with_semicolons(tmp_path: Path) -> None:
    """1861-11-7 is a date, and a spreadsheet's mark and semicolons are no obstacle."""
    path = tmp_path / "events.csv"
    path.write_text("\ufeff" + "\n".join(["unit;date", *(f"u{i};1861-11-{i + 1}" for i in range(9))]), encoding="utf-8")
    assert _read(path).first[:, 0].tolist() == list(range(9))


@pytest.mark.parametrize(
    ("rows", "heading", "columns", "sentence"),
    [
        ([*ROWS, "u11,,1,1,a"], HEADING, {}, ":12: the event of 'u11' has no date (1 row)"),
        ([f"u{i},,0,0,a" for i in range(9)], HEADING, {}, "no row has a date; events need dates"),
        ([*ROWS, "u11,soon,1,1,a"], HEADING, {}, "date = 'soon' must be a date as in 1989-11-09"),
        ([*ROWS, ",2020-01-01,1,1,a"], HEADING, {}, ":12: unit is empty"),
        ([*ROWS, "u11,2020-01-01,1,1"], HEADING, {}, ":12: the row has 4 cells, the heading 5"),
        (ROWS[:1], HEADING, {}, "1 unit with an event; a test of closeness needs at least 8"),
        ([], HEADING, {}, "there is no row under the headings"),
        (ROWS, HEADING, {"unit": "unti"}, "there is no column 'unti'; did you mean 'unit'?"),
        (ROWS, HEADING, {"strata": "unit"}, "every unit has one unit with an event at most"),
        ([f"u{i},2020-01-01,{i},0,a" for i in range(9)], HEADING, {}, "all events fall on one day"),
        ([*ROWS, "u1,2020-02-01,1,0,b"], HEADING, {"strata": "area"}, "'u1' stands in stratum 'b' and in 'a'"),
        ([*ROWS, "u11,2020-01-01,,0,a"], HEADING, {}, ": 1 unit has no x or y"),
        ([*ROWS, "u11,2020-01-01,1,0,"], HEADING, {"strata": "area"}, ":12: area of 'u11' is empty (1 row); name its"),
        ([*ROWS, "u11,2020-01-01,far,0,a"], HEADING, {}, "x = 'far' must be a number"),
        (ROWS, "unit,date,lat,date,area", {}, "column = 'date' is there twice"),
        (ROWS, HEADING, {"only": ("area=c",)}, "leaves no row"),
        (ROWS, HEADING, {"only": ("area",)}, "must be COLUMN=VALUE"),
        (ROWS, HEADING, {"size": "x"}, ":2: x = '0' must be a finite number above 0"),
        (BARE, HEADING, {"size": "area"}, "events.csv: area is empty in all rows; fill it, or leave --size out"),
        (BARE, HEADING, {"after": "area"}, "area is empty in all rows; fill it, or leave --after out"),
        (BARE, HEADING, {"also": ("area",)}, "area is empty in all rows; fill it, or leave --also out"),
    ],
)
def test_wrong_events_get_a_sentence(
    tmp_path: Path, rows: list[str], heading: str, columns: dict[str, object], sentence: str
) -> None:
    """What, where, and the way out."""
    with pytest.raises(InputError, match=re.escape(sentence)):
        _read(_file(tmp_path, rows, heading), **columns)


def test_files_that_are_no_tables_get_a_sentence(tmp_path: Path) -> None:
    """Missing, empty, and no text."""
    with pytest.raises(InputError, match="there is no such file"):
        _read(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match="there is no row under the headings"):
        _read(tmp_path / "empty.csv")
    (tmp_path / "odd.csv").write_bytes(b"unit,date\n\xff\xfe,2020-01-01\n")
    with pytest.raises(InputError, match="not a text file's in UTF-8"):
        _read(tmp_path / "odd.csv")


def test_lone_strata_and_ties_are_said(tmp_path: Path) -> None:
    """Neither is an error: a sentence says what it means."""
    events = _read(_file(tmp_path, [*ROWS, "u9x,2020-01-02,3,3,c"]), strata="area")
    assert any("1 of 3 strata has one unit with an event (c)" in remark for remark in events.remarks)
    assert any("1 day has more than one event" in remark for remark in events.remarks)
    # Nobody acts in the stratum z; two units in one stratum are enough to change places.
    rows = [f"u{i},2020-01-0{1 + i},{i},0,{name}" for i, name in enumerate("abcdefgxx")]
    events = _read(_file(tmp_path, [*rows, "n,,0,0,z"]), strata="area", never=True)
    assert any(
        "7 of 9 strata have one unit with an event (a, b, c, d, e and 2 more)" in line for line in events.remarks
    )


def test_dates_known_by_their_interval_are_drawn_within_it(tmp_path: Path) -> None:
    """After the last day without, up to the day of the report, each day as often; units of one interval share a batch."""
    rows = [f"u{i},2020-01-10,2020-01-0{1 if i < 5 else 8}" for i in range(10)]
    events = _read(_file(tmp_path, rows, "unit,date,before"), after="before")
    assert events.first.shape == (10, 100)
    assert set(np.unique(events.first[:5])) == set(range(-8, 1))  # the origin is the first report, 10 January
    assert len(np.unique(events.batch)) == 2
    assert "Days are known by their intervals and drawn 100 times within them" in events.remarks[-1]
    with pytest.raises(InputError, match="must be before date = 2020-01-10"):
        _read(_file(tmp_path, [*rows, "u11,2020-01-10,2020-01-10"], "unit,date,before"), after="before")
    with pytest.raises(InputError, match="all events lie in one interval"):
        _read(
            _file(
                tmp_path,
                [*rows[5:], *rows[8:], *(f"v{i},2020-01-10,2020-01-08" for i in range(5)), "w,,"],
                "unit,date,before",
            ),
            after="before",
            never=True,
        )


def test_a_unit_first_acts_on_the_earliest_day_of_its_rows_whatever_their_order(tmp_path: Path) -> None:
    """Of two reports of a unit the earlier day of each draw counts, and the one that ends first is its interval; each order of the rows gives the same."""
    rows = [f"u{i},2020-01-{10 + i},2020-01-0{1 + i}" for i in range(8)]
    rows += ["a,2020-01-11,2020-01-03", "a,2020-01-12,2020-01-10", "a,2020-01-30,2020-01-01"]
    rows += ["c,2020-01-11,2020-01-10", "c,2020-01-12,2020-01-09"]
    rows += ["b,2020-01-13,2020-01-09", "b,2020-01-13,2020-01-12", "b,2020-02-10,2020-01-20"]
    one, other = (_read(_file(tmp_path, order, "unit,date,before"), after="before") for order in (rows, rows[::-1]))
    assert np.array_equal(one.first, other.first)
    assert np.array_equal(one.batch, other.batch)
    assert np.array_equal(one.intervals, other.intervals)
    a, b = one.units.index("a"), one.units.index("b")
    # Days count from 10 January: a lies in the 4th to the 11th, and its long interval alone reaches the 2nd and 3rd.
    assert one.first[a].min() < -6.0
    assert one.first[a].max() == 1.0
    assert one.intervals[one.batch[a]].tolist() == [-6.0, 1.0]
    assert set(one.first[one.units.index("c")]) == {0.0, 1.0}  # the second may have come a day before the first
    assert one.first[b].max() == 3.0
    assert one.intervals[one.batch[b]].tolist() == [0.0, 3.0]


def test_a_row_that_stands_there_twice_is_one_event(tmp_path: Path) -> None:
    """An export with two rows an event makes no unit act twice, nor its first day earlier; a second day is a second event."""
    once, twice = (_read(_file(tmp_path, rows), strata="area") for rows in (ROWS, [*ROWS, *ROWS]))
    assert not once.repeated
    assert not twice.repeated
    assert twice.day_of.tolist() == once.day_of.tolist()
    assert "10 rows repeat a unit and its day: one event each." in twice.remarks
    assert _read(_file(tmp_path, [*ROWS, *(row.replace("2020-01", "2020-02") for row in ROWS)])).repeated
    drawn = [f"u{i},2020-01-1{i},2020-01-0{1 + i}" for i in range(9)]
    one, other = (
        _read(_file(tmp_path, rows, "unit,date,before"), after="before") for rows in (drawn, [*drawn, *drawn])
    )
    assert np.array_equal(one.first, other.first)


def test_empty_dates_are_kept_as_never_when_asked(tmp_path: Path) -> None:
    """They are at risk and have no event."""
    events = _read(_file(tmp_path, [*ROWS, "z,,1,1,a"]), never=True)
    assert events.units_acted == 10
    assert len(events.units) == 11
    left = of_units(events, events.acted)
    assert len(left.units) == 10
    assert len(left.day_of) == 10
    again = _read(_file(tmp_path, [*ROWS, "z,,1,1,a", ROWS[0]]), never=True)
    assert "1 row repeats a unit and its day: one event each." in again.remarks


def test_the_events_of_some_units_are_those_of_a_table_of_them_alone(tmp_path: Path) -> None:
    """Eight units, the fewest that are tested, some of which act twice: their events, strata, positions, sizes and other outcomes."""
    rows = [f"{row},{9 - i},2020-03-0{1 + i % 4}" for i, row in enumerate(ROWS)]
    rows += [row.replace("2020-01", "2020-02") for row in rows[3:6]]
    columns = {"strata": "area", "size": "men", "also": ("other",)}
    heading = f"{HEADING},men,other"
    rows = [row.replace(",0,2020", ",10,2020") for row in rows]
    kept = [row for row in rows if row[1] not in "14"]
    every, some = (_read(_file(tmp_path, each, heading), **columns) for each in (rows, kept))
    found = of_units(every, np.array([name not in ("u1", "u4") for name in every.units]))
    assert found.units == some.units
    assert some.units_acted == 8
    for name in ("first", "batch", "unit_of", "day_of", "strata", "points", "size"):
        assert np.array_equal(getattr(found, name), getattr(some, name)), name
    assert np.array_equal(found.also["other"], some.also["other"])


def test_other_outcomes_have_days_of_their_own(tmp_path: Path) -> None:
    """Counted from the first event; an interval of the event says nothing of them."""
    rows = [f"u{i},2020-01-{10 + i},2020-01-0{1 + i},2020-02-0{1 + i}" for i in range(8)]
    events = _read(_file(tmp_path, rows, "unit,date,before,other"), after="before", also=("other",))
    assert events.also["other"].tolist() == [[22.0 + i] * 100 for i in range(8)]


def test_latitude_and_longitude_are_degrees_on_a_globe(tmp_path: Path) -> None:
    """Greenwich on the equator, a quarter round to the east of it, and the pole, in km from the centre; x and y beside them are not looked at."""
    where = ["0,0", "0,90", "90,0", "0,180", "0,-180", "-45,100", "-90,7", "1,1"]
    rows = [f"u{i},2020-01-0{1 + i},{each},1,2" for i, each in enumerate(where)]
    heading = "unit,date,lat,lon,x,y"
    points = _read(_file(tmp_path, rows, heading)).points
    assert points is not None
    assert points[:5] == pytest.approx(EARTH * np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [-1, 0, 0]]))
    for wrong in ("90.1,0", "0,180.1"):
        with pytest.raises(InputError, match="lat must lie in -90 to 90 and lon in -180 to 180 degrees"):
            _read(_file(tmp_path, [*rows, f"u9,2020-01-09,{wrong},1,2"], heading))


def test_links_name_known_units_once(tmp_path: Path) -> None:
    """Unknown ends, links to oneself, repeated ones and wrong headings get a sentence."""
    columns = Columns()
    events, table = read_events(_file(tmp_path, ROWS), columns, np.random.default_rng(1))
    for rows, heading, sentence in (
        (
            ["u1,x9"],
            "from,to",
            ":2: there is no unit 'x9' among the events; if nothing happened to it by the last day, name it there without a date and say --never",
        ),
        (["u1,u1"], "a,b", ":2: links 'u1' to itself"),
        (["u1,u2", "u2,u1"], "a,b", "stands there twice"),
        (["u1,u2"], "first,second", "they must be from and to (directed links) or a and b (mutual ones)"),
    ):
        with pytest.raises(InputError, match=re.escape(sentence)):
            links_of(events, table, columns, _file(tmp_path, rows, heading, "links.csv"), None)
    rows = ["u1,u2", "u2,u1", "u1,u3"]
    directed, _, _ = links_of(events, table, columns, _file(tmp_path, rows, "from,to", "links.csv"), None)
    assert directed.directed
    assert len(directed) == 3


def test_links_of_units_that_were_left_out_are_left_out_too(tmp_path: Path) -> None:
    """As a column of neighbours has it; where none is left, that is said."""
    columns = Columns(only=("kind=kept",))
    told = [*(f"{row},kept" for row in ROWS), "z,2020-01-05,1,1,a,left out"]
    events, table = read_events(_file(tmp_path, told, f"{HEADING},kind"), columns, np.random.default_rng(1))
    inside, out = events.units[:2], "z"
    rows = [",".join(inside), f"{inside[0]},{out}"]
    found, _, _ = links_of(events, table, columns, _file(tmp_path, rows, "a,b", "links.csv"), None)
    assert [
        (events.units[first], events.units[second]) for first, second in zip(found.sender, found.receiver, strict=True)
    ] == [tuple(inside)]
    with pytest.raises(InputError, match="links no two units of the events"):
        links_of(events, table, columns, _file(tmp_path, [f"{inside[0]},{out}"], "a,b", "links.csv"), None)


def test_without_positions_and_links_there_is_nothing_to_compare(tmp_path: Path) -> None:
    """And a distance must link somebody."""
    columns = Columns()
    bare, table = read_events(
        _file(tmp_path, [",".join(row.split(",")[:2]) for row in ROWS], "unit,date"),
        columns,
        np.random.default_rng(1),
    )
    with pytest.raises(InputError, match="nothing to tell neighbours by"):
        links_of(bare, table, columns, None, None)
    events, table = read_events(_file(tmp_path, ROWS), columns, np.random.default_rng(1))
    for distance, sentence in ((-1.0, "must be a finite number of km above 0"), (1e-3, "links no two units")):
        with pytest.raises(InputError, match=sentence):
            links_of(events, table, columns, None, distance)


def test_neighbours_may_stand_in_a_column(tmp_path: Path) -> None:
    """Names separated by blanks; a link that both ends name counts once, and unknown names are refused."""
    columns = Columns(neighbours="next")
    rows = [f"{i},2020-01-{i + 1:02d},{(i + 1) % 9} {(i - 1) % 9}" for i in range(9)]
    events, table = read_events(_file(tmp_path, rows, "unit,date,next"), columns, np.random.default_rng(1))
    assert len(links_of(events, table, columns, None, None)[0]) == 9
    events, table = read_events(
        _file(tmp_path, [*rows, "9,2020-01-20,77"], "unit,date,next"), columns, np.random.default_rng(1)
    )
    with pytest.raises(InputError, match="names '77', which is no unit of this table"):
        links_of(events, table, columns, None, None)
