"""The whole test on made-up events: what it finds, and the words that it may use."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.figures.labels import capital
from desertion.study.places.contagion import _attacks, _by_size, _family, contagion
from desertion.study.places.events import Columns, Events, read_events
from desertion.study.places.finding import Alarm, Finding, Hazard
from desertion.study.places.hazard import Ratio
from desertion.study.places.hazards import ratios
from desertion.study.places.histories import Course, history
from desertion.study.places.links import Links, placebo, within
from desertion.study.places.pairs import Outcome, compare_pairs, order_of
from desertion.study.places.pictures import draw
from desertion.study.places.report import as_csv, words
from desertion.study.places.verdict import ALONG, NONE, UNKNOWN, UNTESTED, _missed, judge
from desertion.study.statistics import wilson_interval

UNITS = 120
SHOCK = Alarm(
    name="shocks of 20 km range, no contagion",
    contagion=False,
    histories=200,
    alarms=50,
    low=0.2,
    high=0.3,
    ratio=1.1,
    reached=0.015,
    future=0.3,
    unlinked=0.1,
)


def _write(tmp_path: Path, log_ratio: float, *, directed: bool = False) -> tuple[Path, Path]:
    """Events of 120 places drawn with a known effect along links within 15 km, and a file of these links."""
    rng = np.random.default_rng(8)
    points = rng.random((UNITS, 2)) * 110.0
    pairs = within(points, 15.0)
    links = Links(pairs.sender, pairs.receiver, directed)
    course = Course(
        days=np.arange(40.0),
        counts=np.full(40, 3, np.intp),
        lean=np.zeros((40, 4)),
        strata=(np.arange(UNITS) % 4).astype(np.intp),
    )
    day = history(course, rng, linked=links.matrix(UNITS), log_ratio=log_ratio)
    events, listed = tmp_path / "events.csv", tmp_path / "links.csv"
    events.write_text(
        "unit,date,x,y,area\n"
        + "".join(
            f"u{i},{date(2020, 1, 1) + timedelta(int(day[i]))},{points[i, 0]:.4f},{points[i, 1]:.4f},{i % 4}\n"
            for i in range(UNITS)
        ),
        encoding="utf-8",
    )
    listed.write_text(
        "from,to\n" + "".join(f"u{a},u{b}\n" for a, b in zip(links.sender, links.receiver, strict=True)),
        encoding="utf-8",
    )
    return events, listed


def test_contagion_between_neighbours_is_found_as_clusters_of_unknown_cause(tmp_path: Path) -> None:
    """Even where contagion made the data, mutual links allow no more than that."""
    events, _ = _write(tmp_path, math.log(3.0))
    finding = contagion(events, columns=Columns(strata="area"), distance=15.0, permutations=499, histories=0)
    assert finding.primary.p <= 0.01
    past = finding.hazards[0].past
    assert past is not None
    assert past.low <= 3.0 <= past.high
    verdict = judge(finding)
    assert verdict.word == UNKNOWN
    assert any("links go both ways" in sentence for sentence in verdict.sentences)
    assert as_csv(finding.table, "desertion contagion").count("\n") > 20
    names = [test.name for test in (finding.primary, *finding.apart, *finding.family)]
    assert len(set(names)) == len(names), "a row of the family has another null than the same pairs apart"
    assert UNKNOWN[1:] in words(finding, verdict)


def test_independent_dates_are_no_clustering(tmp_path: Path) -> None:
    """And the sentence names the effect that would have been found."""
    events, _ = _write(tmp_path, 0.0)
    finding = contagion(events, columns=Columns(strata="area"), distance=15.0, permutations=99, histories=20)
    verdict = judge(finding)
    assert verdict.word == NONE
    assert any("would have been found in" in sentence for sentence in verdict.sentences)
    assert [row.name for row in finding.alarms if row.contagion]
    assert any("shocks of 50 km" in row.name for row in finding.alarms)


@pytest.fixture(scope="module")
def directed(tmp_path_factory: pytest.TempPathFactory) -> Finding:
    """What is found along links that have a direction, without made-up histories."""
    events, listed = _write(tmp_path_factory.mktemp("directed"), math.log(4.0), directed=True)
    return contagion(events, listed, columns=Columns(strata="area"), permutations=499, histories=0)


def test_directed_links_need_every_placebo_and_shocks_that_give_less(directed: Finding) -> None:
    """Each failed placebo alone turns the verdict into clusters of unknown cause."""
    flat, steep, wide = Ratio(1.0, 0.7, 1.4, 0.9), Ratio(2.0, 1.5, 2.7, 0.001), Ratio(2.0, 0.4, 9.6, 0.3)
    finding = directed
    assert finding.links.directed
    assert finding.order is not None
    good = Hazard("all", past=steep, future=flat, unlinked=flat, beyond=steep)
    clean = replace(finding, hazards=(good,), alarms=(SHOCK,))
    assert judge(clean).word == ALONG
    assert (
        "Shocks that places share give as much in at most 5 % of made-up histories of each kind, by the upper end of the 95 % interval of 200."
        in judge(clean).sentences
    )
    for spoiled in (
        replace(clean, hazards=(replace(good, future=steep),)),
        replace(clean, hazards=(replace(good, unlinked=steep),)),
        replace(clean, hazards=(replace(good, past=wide),)),
        replace(clean, hazards=(replace(good, unlinked=wide, beyond=flat),)),
        replace(clean, hazards=(Hazard("all", problem="none"),)),
        replace(clean, hazards=(replace(good, unlinked=None, beyond=None, problem="none"),)),
        replace(clean, hazards=(replace(good, future=None, problem="none"),)),
        replace(clean, order=replace(finding.order, p=0.06)),
        replace(clean, alarms=(replace(SHOCK, reached=0.055),)),
        replace(clean, alarms=()),
    ):
        assert judge(spoiled).word == UNKNOWN


@pytest.mark.parametrize(
    ("found", "histories", "along"), [(0, 20, False), (1, 20, False), (0, 72, False), (0, 73, True), (0, 100, True), (3, 200, True), (4, 200, False), (10, 200, False), (11, 200, False)]
)  # fmt: skip
def test_few_made_up_histories_never_give_the_strongest_word(
    directed: Finding, found: int, histories: int, along: bool
) -> None:
    """One of twenty whose ratio is as large may be a fifth of all: what counts is the upper end of the 95 % interval, 5.0 % for none of 73, 4.3 % for 3 of the usual 200 and 5.03 % for 4."""
    flat, steep = Ratio(1.0, 0.7, 1.4, 0.9), Ratio(2.0, 1.5, 2.7, 0.001)
    row = replace(SHOCK, histories=histories, reached=found / histories)
    good = Hazard("all", past=steep, future=flat, unlinked=flat, beyond=steep)
    told = judge(replace(directed, hazards=(good,), alarms=(SHOCK, row)))
    assert told.word == (ALONG if along else UNKNOWN)
    few = [sentence for sentence in told.sentences if sentence.startswith("Made-up histories are too few to tell")]
    assert bool(few) == (not along and found / histories <= 0.05)
    if few:
        most = f"{math.ceil(100.0 * wilson_interval(found, histories)[1])} %"
        assert f": shocks of 20 km range in {found} of {histories} (95 % interval up to {most}); ask for more" in few[0]


def test_one_pair_and_one_order_are_no_pairs_and_orders(directed: Finding) -> None:
    """Counts in sentences take their noun and verb along, means over drawn dates the plural."""
    finding = directed
    assert finding.order is not None
    one = replace(finding, order=replace(finding.order, sender=1.0, receiver=0.0, p=0.5))
    assert "The sender was first in 1 close pair, the receiver in 0 (p = 0.5)." in judge(one).sentences
    half = replace(one, order=replace(finding.order, sender=1.5, receiver=0.5, p=0.5))
    assert "The sender was first in 1.5 close pairs, the receiver in 0.5 (p = 0.5)." in judge(half).sentences
    sole = replace(finding, primary=replace(finding.primary, linked=1, observed=1.0))
    assert judge(sole).sentences[0].startswith(f"Of 1 linked pair ({finding.how}) 1 acts 1 to 3 days apart; ")
    alike = replace(finding, primary=replace(finding.primary, observed=1.0, least=1.0))
    assert "gives the same 1 pair 1 to 3 days apart; " in judge(alike).sentences[0]
    single = replace(alike, primary=replace(alike.primary, exact=True, permutations=1))
    assert judge(single).sentences[0].startswith("Nothing was tested: dates have 1 order within strata, ")


@pytest.mark.walks
def test_what_the_silence_of_a_further_outcome_is_worth_stands_beside_it(tmp_path: Path) -> None:
    """Rows of its own, with its own ratio to be reached and less power on fewer units; words, and what is said of the primary outcome, are not touched by them."""
    rows = pd.read_csv(_write(tmp_path, math.log(3.0))[0])
    rows["second shocks"] = rows["date"].where(np.arange(UNITS) % 2 == 0)
    rows["lone"] = rows["date"].where(np.arange(UNITS) == 0)
    asked = {"strata": "area", "also": ("second shocks", "lone")}
    found, bare = (
        contagion(rows, columns=columns, distance=15.0, permutations=199, histories=20)
        for columns in (asked, {"strata": "area"})
    )
    own = [row for row in found.alarms if row.outcome]
    assert tuple(row for row in found.alarms if not row.outcome) == bare.alarms
    assert {row.outcome for row in own} == {"second shocks"}, "no order of one date could show anything"
    assert [row.name for row in own] == [row.name for row in bare.alarms[:5]]
    first, second = ({row.name: row for row in rows_} for rows_ in (bare.alarms[:5], own))
    assert all(second[name].ratio != first[name].ratio for name in first)
    weak = "contagion: hazard times 1.5 for each linked unit"
    assert second[weak].alarms < first[weak].alarms
    assert _missed(found.alarms) == _missed(bare.alarms)
    assert judge(found).sentences == judge(bare).sentences
    table = found.table
    told = table[table["name"] == f"second shocks; {weak} (20 histories)"]
    assert told[["part", "share"]].to_numpy().tolist() == [["power", second[weak].alarms / 20]]
    assert f"| second shocks; {weak} | {second[weak].alarms} of 20 |" in words(found, found.verdict)


def _directions(template: Finding, *, moved: bool) -> int:
    """How many of 30 histories are said to cluster in the direction of their links.

    Twelve strata of twelve, six links in each; a third of the pairs share a cause on dates without order, or the sender moves the receiver.
    """
    rng = np.random.default_rng(3)
    strata, exact = np.repeat(np.arange(12), 12), np.full(144, -1)
    count = 0
    for _ in range(30):
        pairs = np.concatenate([12 * stratum + rng.permutation(12).reshape(6, 2) for stratum in range(12)])
        day = rng.integers(0, 60, 144).astype(np.float64)
        for sender, receiver in pairs[rng.random(72) < 0.35]:
            day[[sender, receiver]] = rng.integers(3, 57) + rng.integers(0, 4, 2)
            if moved:
                day[receiver] = day[sender] + rng.integers(1, 4)
        links = Links(pairs[:, 0], pairs[:, 1], directed=True)
        outcome = Outcome(name="primary", links=links, days=day[:, None])
        try:
            past, future, unlinked, beyond = ratios(day, links, placebo(None, links, strata, rng), strata, 3, exact)
        except InputError:
            continue
        finding = replace(
            template,
            links=links,
            primary=compare_pairs([outcome], strata, most=99, rng=rng)[0],
            order=order_of(outcome, exact),
            hazards=(Hazard("all", past, future, unlinked, beyond),),
            alarms=(SHOCK,),
        )
        count += judge(finding).word == ALONG
    return count


@pytest.mark.statistical
def test_causes_without_order_give_no_direction_and_contagion_does(directed: Finding) -> None:
    """Null: linked pairs share causes whose dates have no order. 30 histories, a false verdict of a direction in 5 %: more than 4 in 1.6 % of seeds.

    Where senders move their receivers it is found in at least 18 of 30; were the power 80 %, fewer would come about in 0.3 % of seeds.
    """
    template = directed
    assert _directions(template, moved=False) <= 4
    assert _directions(template, moved=True) >= 18


def _weekly(tmp_path: Path, **columns: str) -> Path:
    """The events with contagion, each dated the Monday of its week; with columns of one value each."""
    rows = pd.read_csv(_write(tmp_path, math.log(3.0))[0], parse_dates=["date"])
    rows["date"] -= pd.to_timedelta(rows["date"].dt.day_of_week, unit="D")
    rows.assign(**columns).to_csv(tmp_path / "weekly.csv", index=False)
    return tmp_path / "weekly.csv"


def test_dates_that_cannot_be_close_are_untested(tmp_path: Path) -> None:
    """Weekly dates and a window of 3 days: no sentence says that nothing was found, one says why and what helps, and no number is nan or inf."""
    finding = contagion(_weekly(tmp_path), columns=Columns(), distance=15.0, permutations=199, histories=20)
    verdict = finding.verdict
    assert verdict.word == UNTESTED
    assert verdict.sentences[0] == (
        "Nothing was tested: no two linked units can act 1 to 3 days apart, since dates stand 7 days apart or more: give a window of 7 days (--window 7)."
    )
    assert "Pairs on the same day are not counted, since their order is not known:" in verdict.sentences[1]
    assert finding.alarms == ()
    said = words(finding, verdict)
    assert "| primary | 348 | 0 | 0 | – | 1 |" in said
    assert not re.search(r"\b(nan|inf)\b", said + as_csv(finding.table, "").lower())
    assert "- - " not in said
    assert np.isnan(finding.table.loc[0, ["ratio", "low", "high"]].to_numpy(float)).all()
    again = contagion(_weekly(tmp_path), columns=Columns(), distance=15.0, window=7, permutations=199, histories=0)
    assert again.verdict.word != UNTESTED


@pytest.mark.parametrize(
    ("strata", "distance", "said"),
    [
        ("", 1000.0, "every order of dates within strata gives the same"),
        ("own", 15.0, "dates have 2 orders within strata, so that p cannot reach 0.05; give wider strata (--strata)"),
        ("date", 15.0, "no order of dates within strata brings a linked pair so close: give a longer window"),
    ],
)
def test_what_no_order_of_dates_could_show_is_untested(tmp_path: Path, strata: str, distance: float, said: str) -> None:
    """Everybody linked with everybody, two dates to exchange, weeks as strata: p is 1 or a half whatever happened."""
    rows = pd.read_csv(_write(tmp_path, math.log(3.0))[0], parse_dates=["date"])
    if strata == "date":
        rows["date"] = pd.Timestamp("2020-01-01") + pd.to_timedelta([10 * (i // 40) for i in range(UNITS)], unit="D")
        far = rows.iloc[:1].assign(unit="far", x=9e3, date=pd.Timestamp("2020-01-02"))
        rows = pd.concat([rows, far])
    if strata == "own":
        rows = rows.iloc[:40]  # as many strata less one, each of which is fitted
    rows["own"] = ["pair", "pair", *(f"s{i}" for i in range(len(rows) - 2))]
    finding = contagion(rows, columns=Columns(strata=strata), distance=distance, permutations=99, histories=20)
    assert finding.verdict.word == UNTESTED
    assert said in finding.verdict.sentences[0]


def test_a_p_value_out_of_reach_for_all_orders_is_untested() -> None:
    """Twelve units in a row and one pair of dates within three days: eleven neighbours among 66 pairs of units, so that p is 1/6 at least."""
    days = [0, 2, *range(20, 120, 10)]
    rows = pd.DataFrame(
        {
            "unit": [f"u{place}" for place in range(12)],
            "date": pd.Timestamp("2020-01-01") + pd.to_timedelta(days, unit="D"),
            "x": range(12),
            "y": 0,
        }
    )
    finding = contagion(rows, distance=1.0, permutations=9999, histories=20)
    assert finding.primary.observed == 1.0  # the most that these dates can give
    assert finding.primary.least == pytest.approx(11 / 66, abs=0.04)
    assert finding.primary.least < 11 / 66, "from below, since orders are drawn"
    assert finding.verdict.word == UNTESTED
    assert "of orders or more do, is so common that p cannot reach 0.05" in finding.verdict.sentences[0]
    assert "another window (--window)" in finding.verdict.sentences[0], "one longer than all dates is of no help"
    assert "12 of 12 units have an event, from 2020-01-01 to 2020-04-20, in 1 stratum" in words(
        finding, finding.verdict
    )
    assert finding.alarms == ()


def test_the_table_holds_the_numbers_and_its_csv_whole_counts() -> None:
    """Eleven thousand pairs: the frame has what was counted, the file counts to the last pair, figures stand to four."""
    rows = pd.DataFrame(
        {
            "unit": [f"u{place}" for place in range(150)],
            "date": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(np.random.default_rng(0).integers(0, 10, 150), unit="D"),
        }
    )
    pairs = list(combinations(rows["unit"], 2))
    finding = contagion(rows, pairs, permutations=99, histories=0)
    day = dict(zip(rows["unit"], rows["date"], strict=True))
    close = sum(1 <= abs((day[a] - day[b]).days) <= 3 for a, b in pairs)
    assert finding.table.loc[0, ["linked", "observed", "expected"]].tolist() == [11175, close, finding.primary.expected]
    line = as_csv(finding.table, "desertion contagion").splitlines()[2].split(",")
    assert line[2:5] == ["11175", str(close), f"{finding.primary.expected:.0f}"]
    assert line[9] == line[10] == ""


def test_the_table_holds_every_number_that_the_report_prints_of_made_up_histories() -> None:
    """Shares as large as observed, and of futures and placebo links that predict, stood in the report alone."""
    alarm = Alarm(name="made up", contagion=True, histories=40, alarms=10, low=0.1, high=0.4, ratio=1.2, reached=0.3, future=0.5, unlinked=0.7, fitted=10)  # fmt: skip
    rows = pd.DataFrame({"unit": list("abcdefghi"), "date": pd.Timestamp("2020-01-01"), "x": range(9), "y": 0})
    rows["date"] += pd.to_timedelta([0, 1, 3, 9, 10, 30, 31, 50, 70], unit="D")
    finding = contagion(rows, distance=1.0, permutations=99, histories=0)
    made = replace(finding, alarms=(alarm,))
    told = made.table.iloc[-1]
    assert told[["share", "ratio", "reached", "future", "unlinked"]].tolist() == [0.25, 1.2, 0.3, 0.5, 0.7]
    assert "| 10 of 40 | 0.10 to 0.40 | 1.20 | 0.30 | 5 of 10 | 7 of 10 |" in words(made, made.verdict)
    assert made.table.loc[0, ["low", "high"]].isna().all()
    vague = replace(made, hazards=(Hazard("all", *[Ratio(2.0, 1e-8, 8e7, 0.9)] * 4),))
    assert vague.table.query("part == 'hazard'")[["low", "high"]].isna().all(axis=None)
    assert "8e" not in words(vague, vague.verdict)


def test_events_that_repeat_need_days_for_a_hazard() -> None:
    """Thirty places with four events each, a month wide: their last days were taken for their days, whatever the first ones were."""
    rng = np.random.default_rng(0)
    last = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(40, 400, 120), unit="D")
    rows = pd.DataFrame(
        {"unit": [f"u{k // 4}" for k in range(120)], "date": last, "x": np.arange(120) // 4 % 6, "y": 0}
    )
    rows["after"] = rows["date"] - pd.to_timedelta(rng.integers(1, 30, 120), unit="D")
    known = contagion(rows, distance=1.0, permutations=19, histories=0).hazards[0]
    assert known.past is not None
    drawn = contagion(rows, columns={"after": "after"}, distance=1.0, permutations=19, histories=0)
    assert drawn.hazards[0].past is None
    assert "known by their intervals only" in drawn.hazards[0].problem
    assert f"no estimate. {capital(drawn.hazards[0].problem)}." in words(drawn, drawn.verdict)


def test_pairs_on_one_day_are_told_where_nothing_else_is_found(directed: Finding) -> None:
    """If they are far from chance; and not otherwise."""
    finding = directed
    none = replace(finding, primary=replace(finding.primary, p=0.5))
    far = replace(none, apart=(replace(none.apart[0], observed=25.0, expected=11.09, p=0.001),))
    told = "Pairs on the same day are not counted, since their order is not known: 25 against 11.09, p = 0.001."
    assert told in judge(far).sentences
    assert not any(
        "same day" in sentence for sentence in judge(replace(far, apart=(replace(far.apart[0], p=0.2),))).sentences
    )


def test_the_picture_says_no_interval_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one stratum, and where nothing was tested."""
    titles: list[str] = []
    monkeypatch.setattr("desertion.figures.style.headline", lambda _figure, text: titles.append(text))
    events, _ = _write(tmp_path, math.log(3.0))
    for file, window in ((events, 3), (_weekly(tmp_path), 3)):
        finding = contagion(file, distance=15.0, window=window, permutations=99, histories=0)
        draw(finding, finding.verdict, tmp_path / "picture.png")
    assert re.search(
        r"\d\.\d\d times the close pairs that are expected \(interval cannot be told from these strata\)$", titles[0]
    )
    assert titles[1] == "Untested: no permutation of dates gives other than 0 close pairs"


def test_the_picture_says_of_an_untested_finding_what_it_shows(
    tmp_path: Path, directed: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders of dates that give other counts, as its grey bar shows, are not all alike; without histories it explains none, and its axis is one of logarithms."""
    finding = directed
    common = replace(finding, primary=replace(finding.primary, least=0.09))
    said: list[str] = []
    for name in ("headline", "note"):
        monkeypatch.setattr(f"desertion.figures.style.{name}", lambda _figure, text: said.append(text))
    labels: list[str] = []
    monkeypatch.setattr(
        "desertion.figures.style.save", lambda figure, _path: labels.append(figure.axes[0].get_xlabel())
    )
    draw(common, judge(common), tmp_path / "a.png")
    assert said[0] == "Untested: no order of dates within strata is so rare that p reaches 0.05"
    assert "histories" not in said[1]
    assert said[1].endswith("Dashed: no effect.")
    assert labels == ["close pairs over their expectation (log scale)"]


def test_the_picture_puts_kinds_beside_their_like_and_says_what_a_row_is(
    tmp_path: Path, directed: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shocks together, whatever the order of the rows, then reports, then a further outcome by its name; how many histories, and what is multiplied, stand in the note."""
    contagious = "contagion: hazard times 2 for each linked unit"
    rows = (
        replace(SHOCK, name=contagious, outcome="first_demo"),
        replace(SHOCK, name="reports of 8 places in one batch, no contagion"),
        replace(SHOCK, name="shocks of 5 km range and double size, no contagion"),
    )
    said: list[str] = []
    labels: list[str] = []
    monkeypatch.setattr("desertion.figures.style.note", lambda _figure, text: said.append(text))
    monkeypatch.setattr(
        "desertion.figures.style.save",
        lambda figure, _path: labels.extend(label.get_text() for label in figure.axes[1].get_yticklabels()),
    )
    finding = replace(directed, alarms=rows)
    draw(finding, judge(finding), tmp_path / "a.png")
    assert [" ".join(label.split()) for label in labels] == [
        "shocks of 5 km range, doubled",
        "reports of 8 places in one batch",
        "first demo; contagion: hazard times 2",
    ]
    assert "At the right 200 histories a row; contagion multiplies the hazard for each linked unit; shocks" in said[0]


def test_sentences_about_data_frames_name_no_file(tmp_path: Path) -> None:
    """The argument and the row as pandas counts it, in complaints and in what was found."""
    events, listed = (pd.read_csv(file) for file in _write(tmp_path, 0.0, directed=True))
    wrong = events.copy()
    wrong.loc[5, "date"] = "soon"
    with pytest.raises(InputError, match=r"^events\.iloc\[5\]: date = 'soon'"):
        contagion(wrong)
    with pytest.raises(InputError, match=r"^events: .*no column 'unit'"):
        contagion(events.drop(columns="unit"))
    with pytest.raises(InputError, match=r"^links\.iloc\[2\]: "):
        contagion(events, listed.replace({"to": {str(listed["to"][2]): "nowhere"}}))
    assert contagion(events, listed, permutations=19, histories=0).how == "listed in links"
    with pytest.raises(
        InputError, match="a table of links and a distance each say which units are linked: give one of them"
    ):
        contagion(events, listed, distance=5.0, permutations=19, histories=0)


def test_links_that_stand_there_both_ways_are_mutual(tmp_path: Path) -> None:
    """Of two units linked both ways one is first whoever that is: no order is told, nor do such pairs count in a mixture."""
    events, listed = (pd.read_csv(file) for file in _write(tmp_path, math.log(4.0), directed=True))
    turned = listed.rename(columns={"from": "to", "to": "from"})
    few = {"columns": Columns(strata="area"), "permutations": 19, "histories": 0}
    both = contagion(events, pd.concat([listed, turned])[["from", "to"]], **few)
    mutual = contagion(events, listed.rename(columns={"from": "a", "to": "b"}), **few)
    assert both.how == "listed in links, all of them both ways"
    assert (both.order, both.links.directed, len(both.links)) == (None, False, len(mutual.links))
    assert both.primary == mutual.primary
    alone, mixed = contagion(events, listed[40:], **few), contagion(events, pd.concat([listed, turned[:40]]), **few)
    assert mixed.how == "listed in links, 40 of the pairs both ways, which say nothing of who is first"
    assert mixed.order == alone.order


def test_links_may_be_a_graph_or_pairs(tmp_path: Path) -> None:
    """A directed graph stands for from and to, an undirected one and pairs for a and b; nothing else is taken."""
    events, listed = (pd.read_csv(file) for file in _write(tmp_path, 0.0, directed=True))
    pairs, few = list(listed[["from", "to"]].itertuples(index=False, name=None)), {"permutations": 19, "histories": 0}
    for links, directed in ((nx.DiGraph(pairs), True), (nx.Graph(pairs), False), (pairs, False)):
        found = contagion(events, links, **few)
        assert (found.links.directed, len(found.links)) == (directed, len(pairs))
    said = "links = 3 must be the path of a CSV file or a data frame, a networkx graph or pairs of units"
    with pytest.raises(InputError, match=said):
        contagion(events, 3, **few)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"events = \[\('a', 3\)\] must be the path of a CSV file or a data frame"):
        contagion([("a", 3)])  # type: ignore[arg-type]


def test_wrong_arguments_get_a_sentence(tmp_path: Path) -> None:
    """Windows, permutations and histories have smallest sizes."""
    events, _ = _write(tmp_path, 0.0)
    for arguments, sentence in (
        ({"window": 0}, "window = 0 must be a whole number of days in"),
        ({"permutations": 5}, "permutations = 5 must be at least 19"),
        ({"histories": 3}, "histories = 3 must be 0 or at least 20"),
        ({"columns": {"also": "second"}}, "no column 'second'"),
    ):
        with pytest.raises(InputError, match=sentence):
            contagion(events, **arguments)  # type: ignore[arg-type]


def test_a_test_that_few_drawn_orders_cannot_decide_names_more_of_them() -> None:
    """Three of nineteen orders reach the most that any gave; of 1,999 hardly one does."""
    random = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "unit": [f"u{place}" for place in range(30)],
            "date": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 60, 30), unit="D"),
            "x": range(30),
            "y": 0,
        }
    )
    few, many = (contagion(rows, distance=1.0, permutations=number, histories=0) for number in (19, 1999))
    assert "give more permutations (--permutations)" in few.verdict.sentences[0]
    assert many.verdict.word != UNTESTED


def test_strata_are_cut_above_their_middle_size() -> None:
    """The middle one itself is small, and so is one whose size is not known."""
    strata, size = np.array([0, 0, 0, 1, 1]), np.array([1.0, 2.0, 3.0, np.nan, 5.0])
    assert _by_size(strata, size).tolist() == [0, 0, 1, 2, 2]


def test_dates_at_the_report_are_the_last_days_of_intervals(tmp_path: Path) -> None:
    """A member of the family takes each report for the day of the event."""
    path = tmp_path / "events.csv"
    rows = [f"u{i},2020-01-{10 + i},2020-01-0{1 + i % 3}" for i in range(10)]
    path.write_text("\n".join(["unit,date,before", *rows]) + "\n", encoding="utf-8")
    data, _ = read_events(path, Columns(after="before"), np.random.default_rng(1))
    family = _family(data, Links(np.array([0]), np.array([1])), 3, None)
    (report,) = (each for each in family if each.name == "dates at the report")
    assert report.days[:, 0].tolist() == list(range(10))


def test_further_outcomes_are_exact_days_whatever_interval_the_first_ones_share(tmp_path: Path) -> None:
    """Thirty pairs of neighbours, each pair reported in one interval, with second events a day apart: all thirty count, as they do where these are the primary dates."""
    path, links = tmp_path / "events.csv", Links(np.arange(0, 60, 2), np.arange(1, 60, 2))
    rows = [
        f"u{i:02},2020-01-{10 + i // 4},2020-01-{1 + i // 4:02},2020-{2 + i // 30:02}-{1 + (i // 2 * 3 + i % 2) % 28:02}"
        for i in range(60)
    ]
    path.write_text("\n".join(["unit,date,before,second", *rows]) + "\n", encoding="utf-8")
    data, _ = read_events(path, Columns(after="before", also=("second",)), np.random.default_rng(1))
    assert (data.batch[links.sender] == data.batch[links.receiver]).all()
    (second,) = (each for each in _family(data, links, 3, None) if each.name == "second")
    found = compare_pairs([second], data.strata, batches=data.batch, most=999, rng=np.random.default_rng(2))[0]
    apart = np.abs(np.diff(data.also["second"][:, 0].reshape(30, 2)))
    assert found.observed == (apart <= 3).sum() >= 28


def test_the_smallest_effect_that_four_fifths_of_histories_show_is_named() -> None:
    """79 of 100 are too few and 80 enough, in whatever order the rows stand, and no row of a further outcome; without such a row the strongest is said to be missed."""
    rows = tuple(
        replace(SHOCK, name=f"contagion: times {ratio}", contagion=True, histories=100, alarms=found, log_ratio=ratio)
        for ratio, found in ((3.0, 95), (2.0, 80), (1.5, 79))
    )
    other = replace(rows[2], name="contagion: times 1.2", outcome="second", alarms=99, log_ratio=1.2)
    assert _missed((SHOCK, *rows, other)).startswith("An effect of times 2.0 would have been found in 80 of 100 ")
    weak = tuple(replace(row, alarms=min(row.alarms, 79)) for row in rows)
    assert "even times 3.0 is found in 79 of 100" in _missed(weak)


def test_units_missing_are_those_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten units that act seven stay where 30 % are missing, and four where 60 % are; units without an event stay always; a p of .05 counts."""
    day = np.append(np.arange(10.0), [np.nan, np.nan])
    data = Events(
        units=tuple(map(str, range(12))), first=day[:, None], batch=np.full(12, -1), intervals=np.zeros((0, 2)), unit_of=np.arange(10),
        day_of=day[:10], strata=np.zeros(12, np.intp), strata_names=("",), points=None, size=None, also={}, origin=date(2020, 1, 1), remarks=(),
    )  # fmt: skip
    turns: list[float] = []

    def again(_: Events, __: Links, ___: int, ____: np.ndarray, kept: np.ndarray, *_____: object) -> SimpleNamespace:
        assert kept[10:].all()
        turns.append((0.05, 0.051, 0.06, 0.9)[len(turns) % 4])
        return SimpleNamespace(ratio=float(kept[:10].mean()), p=turns[-1])

    monkeypatch.setattr("desertion.study.places.contagion._again", again)
    rows = _attacks(data, Links(np.array([0]), np.array([1])), 3, None, np.random.default_rng(1))
    assert [(row.name, row.ratio, row.share) for row in rows] == [
        ("30 % of the units missing", pytest.approx(0.7), 0.25),
        ("60 % of the units missing", pytest.approx(0.4), 0.25),
    ]
