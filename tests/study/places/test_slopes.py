"""Battles: the past of an army, exact where it can be and covered where the truth is known."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations, product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.places.armies import ArmiesFinding, armies, table, verdict, words
from desertion.study.places.battles import Battles, read_battles, strata_of
from desertion.study.places.pairs import chance
from desertion.study.places.past import Question, past, questions
from desertion.study.places.slopes import MadeUp, SlopeAlarms, compatible, slopes
from desertion.study.places.verdict import UNTESTED

HEADING = "source_battle,belligerent,cwsac_id,start,end,strength,killed_wounded,missing_captured,theater,campaign"


def _table(tmp_path: Path, battles: int = 24) -> Path:
    """Two sides in battles twenty days apart, two theatres, a campaign of three battles each."""
    rng = np.random.default_rng(3)
    rows = [HEADING]
    for number in range(battles):
        start = date(1861, 5, 1) + timedelta(20 * number)
        for side in ("Union", "Confederate"):
            rows.append(
                f"{number},{side},B{number},{start},{start + timedelta(1)},{rng.integers(5000, 40000)},{rng.integers(100, 4000)},"
                f"{rng.integers(0, 3000)},{'ME' if number % 2 else 'MW'},C{number // 3}"
            )
    path = tmp_path / "battles.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _small() -> Battles:
    """Twenty battles of one side in ten campaigns, two of which may change places in each of three strata."""
    n = 20
    start = np.arange(n) * 30.0
    return Battles(
        side=np.zeros(n, np.intp),
        battle=np.arange(n),
        start=start,
        end=start + 1.0,
        outcome=np.random.default_rng(2).standard_normal(n),
        losses=np.zeros(n),
        strength=np.full(n, 1e4),
        theatre=np.zeros(n, np.intp),
        campaign=np.arange(n) // 2,
        year=np.full(n, 1862),
        shared=None,
    )


def test_the_past_holds_earlier_battles_of_the_same_side_in_other_campaigns() -> None:
    """Weights halve every half-life; the own campaign counts only when asked for, the future is the mirror."""
    battles = _small()
    weights = past(battles, 30.0)
    assert weights[0].sum() == 0.0
    assert weights[3, 2] == 0.0
    assert past(battles, 30.0, same_campaign=True)[3, 2] > 0.0
    assert weights[4, 1] / weights[4, 0] == pytest.approx(2.0)
    assert (past(battles, 30.0, future=True) > 0).T.tolist() == (weights > 0).tolist()
    assert past(battles, enemy=True).sum() == 0.0


def test_every_question_has_the_past_that_its_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sides that meet twice, and one of them a battle between, by hand: days since each battle of a past, which halve at the stated rate."""
    battles = Battles(
        side=np.array([0, 1, 0, 0, 1]),
        battle=np.array([0, 0, 1, 2, 2]),
        start=np.array([0.0, 0.0, 31.0, 61.0, 61.0]),
        end=np.array([1.0, 1.0, 32.0, 63.0, 63.0]),
        outcome=np.array([-0.2, 0.0, -2.0, -1.0, -3.0]),
        losses=np.array([np.nan, -1.0, -2.0, -3.0, np.nan]),
        strength=np.array([100.0, 300.0, 50.0, 200.0, 400.0]),
        theatre=np.array([0, 0, 1, 0, 0]),
        campaign=np.array([0, 0, 1, 1, 1]),
        year=np.full(5, 1862),
        shared=np.array([[1, 0, 0.5, 0.5, 0], [0, 1, 0, 0, 0.5], [1, 0, 1, 1, 0], [0.25, 0, 1, 1, 0], [0, 0.5, 0, 0, 1]]),
    )  # fmt: skip

    def halved(since: dict[tuple[int, int], float], half_life: float = 139.0) -> np.ndarray:
        weights = np.zeros((5, 5))
        for place, days in since.items():
            weights[place] = 0.5 ** (days / half_life)
        return weights

    own, between = {(2, 0): 30.0, (3, 0): 60.0, (4, 1): 60.0}, {(3, 2): 29.0}
    every, shared = halved(own | between), battles.shared
    assert shared is not None
    wanted = {
        "own army's past, half-life 139 days": halved(own),
        "half-life 30 days": halved(own, 30.0),
        "half-life 99 days": halved(own, 99.0),
        "half-life without end": halved(own, math.inf),
        "same theatre only": halved({(3, 0): 60.0, (4, 1): 60.0}),
        "other theatres only": halved({(2, 0): 30.0}),
        "same campaign included": every,
        "the same campaign's own past": halved(between),
        "without garrisons that surrendered": halved({(2, 0): 30.0, (3, 0): 60.0}),
        "controls for own killed and wounded and the ratio of strengths": halved(own),
        "without effects of side, year and theatre (the first look)": halved(own),
        "placebo: the enemy's past": halved({(2, 1): 30.0, (3, 1): 60.0, (4, 0): 60.0}),
        "placebo: own past killed and wounded": halved({(4, 1): 60.0}),
        "own future (no placebo: a series is as like its future as its past)": halved(
            {(0, 2): 30.0, (0, 3): 60.0, (1, 4): 60.0}
        ),
        "past of regiments shared, beside that of others": every * shared,
        "past of others, beside that of regiments shared": every * (1.0 - shared),
    }
    monkeypatch.setattr("desertion.study.places.past.FEWEST", 1)
    asked = {each.name: each for each in questions(battles)}
    assert list(asked) == list(wanted)
    for name, weights in wanted.items():
        assert asked[name].weights == pytest.approx(weights), name
    # A garrison is one of which half was taken, and not one of which 45 % were.
    assert asked["without garrisons that surrendered"].kept.tolist() == [False, False, True, True, False]
    assert [name for name, each in asked.items() if each.bare] == [list(wanted)[10]]
    assert asked["placebo: own past killed and wounded"].values == pytest.approx([0.0, -1.0, -2.0, -3.0, 0.0])
    controls = asked["controls for own killed and wounded and the ratio of strengths"].controls
    ratio = [math.log(1 / 3), math.log(3), 0.0, math.log(1 / 2), math.log(2)]
    assert controls == pytest.approx(np.column_stack([[-2.0, -1.0, -2.0, -3.0, -2.0], ratio, [0, 0, 1, 0, 0]]))
    # All regiments of row 2 had fought before: there are no others whose past could stand beside theirs.
    one, other = list(asked.values())[-2:]
    assert one.kept.tolist() == other.kept.tolist() == [False, False, False, True, True]
    assert one.beside == pytest.approx(other.weights)
    assert other.beside == pytest.approx(one.weights)
    monkeypatch.setattr("desertion.study.places.past.FEWEST", 3)
    few = {list(wanted)[place] for place in (4, 5, 7, 8, 12, 13, 14, 15)}
    assert [each.name for each in questions(battles)] == [name for name in wanted if name not in few]


def test_p_values_of_a_small_case_are_those_of_all_its_permutations() -> None:
    """Strata of 1, 1, ..., 3 and 2 battles: twelve orders, each worked out by least squares here; the family is that of the largest beside the primary question, each on its own scale."""
    battles = _small()
    strata = np.array([*range(15), 15, 15, 15, 16, 16])
    asked = [past(battles), past(battles, 10.0), past(battles, 10.0, future=True), past(battles, same_campaign=True)]

    def slope(outcome: np.ndarray, weights: np.ndarray) -> float:
        rows = np.flatnonzero(weights.sum(axis=1) > 0)
        share = weights[rows] / weights[rows].sum(axis=1, keepdims=True)
        x, y = share @ outcome, outcome[rows]
        return float(np.polyfit(x, y, 1)[0] * x.std() / y.std())

    orders = [
        np.array([*range(15), *first, *second])
        for first, second in product(permutations([15, 16, 17]), permutations([18, 19]))
    ]
    every = np.array([[slope(battles.outcome[order], weights) for weights in asked] for order in orders])
    own = np.array([slope(battles.outcome, weights) for weights in asked])
    results = slopes(
        battles, [Question(name="", weights=weights, bare=True) for weights in asked], most=100, seed=1, strata=strata
    )
    assert [each.bare for each in results] == pytest.approx(own)
    assert [each.bias for each in results] == pytest.approx(every.mean(axis=0))
    p = (every >= own - 1e-9).mean(axis=0)
    assert [each.p for each in results] == pytest.approx(p)
    scaled, value = ((each - every.mean(axis=0)) / every.std(axis=0) for each in (every, own))
    family = [(scaled[:, 1:].max(axis=1) >= each - 1e-9).mean() for each in value[1:]]
    assert math.isnan(results[0].family)
    assert [each.family for each in results[1:]] == pytest.approx(family)
    assert (np.array(family) > p[1:]).any()


def test_outcomes_that_choose_the_rows_change_places_among_the_chosen_alone() -> None:
    """Of three battles of a stratum the last is no row: two orders, not six; the questions beside it have all six."""
    battles = _small()
    strata = np.array([*range(17), 17, 17, 17])
    kept = np.arange(20) != 19
    asked = [Question(name="", weights=past(battles), bare=True, rows=rows) for rows in (None, kept)]
    alone = slopes(battles, asked[:1] * 2, most=100, seed=1, strata=strata)
    both = slopes(battles, asked, most=100, seed=1, strata=strata)
    assert (both[0].p, both[0].bias) == (alone[0].p, alone[0].bias)
    turned = battles.outcome[[*range(17), 18, 17, 19]]
    swapped = slopes(replace(battles, outcome=turned), asked, most=100, seed=1, strata=strata)
    assert both[1].bias == pytest.approx((both[1].bare + swapped[1].bare) / 2.0)
    assert both[1].p == float(both[1].bare < swapped[1].bare) / 2.0 + 0.5


def test_slopes_are_compatible_whose_wars_lie_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up wars within .1 of the true slope, with campaign shocks alone: an observed .35 goes with .3 and .4, with nothing below or above; told in standard deviations, half as large here."""
    ready = SimpleNamespace(slope=lambda _: 0.35, slopes=lambda outcomes: outcomes[:, 0], unit=lambda _: 0.5)
    monkeypatch.setattr("desertion.study.places.slopes._ready", lambda *_: ready)
    monkeypatch.setattr(
        MadeUp, "draw", lambda _, slope, shock, rng: np.array([slope + rng.uniform(-1, 1) * (0.1 if shock else 0.01)])
    )
    battles = _small()
    assert compatible(battles, Question(name="", weights=past(battles)), histories=200, seed=1) == [0.15, 0.2]


def test_battles_none_of_which_can_change_places_are_untested(tmp_path: Path) -> None:
    """One battle of a side in each theatre and year: its only order tells nothing, and no p value says so."""
    rows = [
        f"{year}{theatre},{side},,{year}-{month:02d}-01,{year}-{month:02d}-02,10000,500,{10 + 7 * ((year * month * k) % 41)},{theatre},"
        for year in range(1700, 1706)
        for month, theatre in ((1, "x"), (4, "y"), (7, "z"))
        for k, side in ((3, "A"), (7, "B"))
    ]
    path = tmp_path / "battles.csv"
    path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
    finding = armies(path, permutations=99, histories=20)
    word, sentences = verdict(finding)
    assert word == UNTESTED
    assert sentences == (
        "Nothing was tested: no outcome can change places within its side, theatre and year without leaving the slope as it is; "
        "give more battles of a side in one theatre and year, or wider theatres.",
    )
    assert all(math.isnan(each.p) for each in finding.slopes)
    assert finding.alarms == ()
    assert "nan" not in words(finding) + table(finding, "")


def test_a_test_of_too_few_orders_is_untested() -> None:
    """Twelve orders in pairs of one slope, since the last two battles have one past: p is 1/6 at least."""
    battles = _small()
    strata = np.array([*range(15), 15, 15, 15, 16, 16])
    first = slopes(battles, [Question(name="bare", weights=past(battles), bare=True)], most=100, seed=1, strata=strata)
    assert first[0].least == pytest.approx(1 / 6)
    word, sentences = verdict(ArmiesFinding(battles=battles, slopes=tuple(first), tried=(), compatible=(), alarms=()))
    assert word == UNTESTED
    assert "p cannot fall below 0.17" in sentences[0]


@pytest.mark.parametrize("losses", ["500", ""])
def test_a_past_that_does_not_vary_or_is_not_stated_has_no_p_value(tmp_path: Path, losses: str) -> None:
    """The same share killed and wounded everywhere has no slope and a dash for p, which was 1 / (n + 1); where none is stated nobody asks, and other rows stay."""
    path = _table(tmp_path)
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    lines[1:] = [[*line[:5], "10000", losses, *line[7:]] for line in lines[1:]]
    path.write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    finding = armies(path, permutations=99, histories=0)
    asked = {each.name: each for each in finding.slopes}
    placebo, controls = (
        "placebo: own past killed and wounded",
        "controls for own killed and wounded and the ratio of strengths",
    )
    if losses:
        assert math.isnan(asked[placebo].p)
        assert math.isnan(asked[placebo].family)
        assert f"| {placebo} | 42 | 7 | – | – | – | – |" in words(finding)
        assert "nan" not in words(finding) + table(finding, "")
    else:
        assert placebo not in asked
        assert controls not in asked
    assert all(each.p >= 0.01 and each.family >= each.p for name, each in list(asked.items())[1:] if name != placebo)


def test_a_permutation_without_a_value_makes_no_p_value_smaller() -> None:
    """Of four permutations one is larger and one has no value; a statistic without a value has no p value."""
    null = np.array([0.0, math.nan, 2.0, 0.5])
    assert chance(null, 1.0, exact=True) == 0.5
    assert chance(null, 1.0, exact=False) == 0.6
    assert math.isnan(chance(null, math.nan, exact=False))


def test_side_theatre_and_year_make_a_stratum(tmp_path: Path) -> None:
    """Outcomes never move between them."""
    battles = read_battles(_table(tmp_path), ())
    strata = strata_of(battles)
    assert len(np.unique(strata)) == 8  # two sides, two theatres, two years
    for each in np.unique(strata):
        own = strata == each
        assert (
            len(np.unique(battles.side[own]))
            == len(np.unique(battles.theatre[own]))
            == len(np.unique(battles.year[own]))
            == 1
        )
    many = replace(_small(), side=np.repeat([1, 11], 10), theatre=np.repeat([11, 1], 10))
    assert strata_of(many).tolist() == [0] * 10 + [1] * 10


def test_regiments_that_fought_in_both_battles_are_counted(tmp_path: Path) -> None:
    """One of the row's three regiments in an earlier battle is a third, of the two that were there then a half; a battle without a list or without a name there has none."""
    carriers = tmp_path / "units.csv"
    carriers.write_text(
        "cwsac_id,belligerent,unit_code\nB0,US,U1\nB0,US,U2\nB1,US,U2\nB1,US,U3\nB1,US,U4\nB0,Confederate,U2\n,US,U1\n".replace(
            "US", "Union"
        ),
        encoding="utf-8",
    )
    path = _table(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(",B3,", ",,"), encoding="utf-8")
    battles = read_battles(path, (), carriers)
    assert battles.shared is not None
    union = [
        int(np.flatnonzero((battles.side == 1) & (battles.start == day))[0]) for day in np.unique(battles.start)[:4]
    ]
    assert battles.shared[union[1], union[0]] == 1 / 3
    assert battles.shared[union[0], union[1]] == 0.5
    assert not battles.shared[union[2:]].any()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("missing_captured", "lost"), "has no column missing_captured"),
        ((",Union,", ",Confederate,"), "a side stands twice in one battle"),
        (("1861-05-01", "1861-13-01"), "start = '1861-13-01' must be a date"),
        (
            ("1861-05-01,1861-05-02", "1861-05-01,1861-04-30"),
            ":2: end = '1861-04-30' must not be before start = 1861-05-01",
        ),
        (("1861-05-02,", "1861-05-02,-"), ":2: strength = '-"),
    ],
)
def test_wrong_battles_get_a_sentence(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    """What, where, and the way out."""
    path = _table(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(sentence)):
        read_battles(path, ())


def test_sides_that_can_be_used_have_a_strength_a_date_and_a_number_taken(tmp_path: Path) -> None:
    """Twenty are enough. Nobody taken is a number, no strength is none; a battle may be of one day, and one without a campaign is its own."""
    path = _table(tmp_path, 11)
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    names = {name: place for place, name in enumerate(rows[0])}
    for row, name, cell in (
        (1, "strength", "0"), (2, "missing_captured", ""), (3, "missing_captured", "0"), (4, "end", ""), (5, "end", rows[5][names["start"]]),
        (6, "missing_captured", rows[6][names["strength"]]), (7, "campaign", ""), (8, "campaign", ""), (9, "campaign", ""),
        (10, "strength", "10000"), (10, "killed_wounded", "10001"),
    ):  # fmt: skip
        rows[row][names[name]] = cell
    path.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    battles = read_battles(path, ())
    assert len(battles.outcome) == 20
    strength = float(rows[3][names["strength"]])
    assert battles.outcome[0] == pytest.approx(math.log(0.5 / (strength + 0.5)))
    assert (battles.end - battles.start)[:5].tolist() == [1.0, 0.0, 0.0, 1.0, 1.0]
    own = battles.campaign[4:7]
    assert own[0] == own[1] != own[2]
    assert not np.isin(own, battles.campaign[:4]).any()
    assert battles.remarks == (
        f"killed_wounded of {path}:11 (10001) exceeds its strength (10000) and counts as all of it.",
    )
    rows[11][names["start"]] = ""
    path.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    with pytest.raises(
        InputError, match="19 sides in battles have a date, a strength and missing_captured; at least 20"
    ):
        read_battles(path, ())


def test_a_side_that_lost_more_than_it_had_is_told(tmp_path: Path) -> None:
    """Such rows stand in compilers' lists; they were taken for the whole side without a word."""
    path = _table(tmp_path)
    assert read_battles(path, ()).remarks == ()
    rows = path.read_text(encoding="utf-8").splitlines()
    cells = rows[3].split(",")
    strength, taken = (HEADING.split(",").index(name) for name in ("strength", "missing_captured"))
    cells[strength], cells[taken] = "17000", "26000"
    path.write_text("\n".join([*rows[:3], ",".join(cells), *rows[4:]]), encoding="utf-8")
    told = f"missing_captured of {path}:4 (26000) exceeds its strength (17000) and counts as all of it."
    assert read_battles(path, ()).remarks == (told,)
    assert read_battles(path, ()).outcome[2] == pytest.approx(np.log(26000.5 / 0.5))
    assert f"- {told}\n" in words(armies(path, permutations=19, histories=20))


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"permutations": 18}, "permutations = 18 must be at least 19"),
        ({"histories": 19}, "histories = 19 must be 0 or at least 20"),
        ({"histories": -1}, "histories = -1 must be 0 or at least 20"),
    ],
)
def test_numbers_that_can_tell_nothing_are_refused(tmp_path: Path, numbers: dict[str, int], sentence: str) -> None:
    """Of no permutation there is no p value, and of one made-up war no share."""
    with pytest.raises(InputError, match=re.escape(sentence)):
        armies(_table(tmp_path), **numbers)  # type: ignore[arg-type]


def test_too_few_battles_get_a_sentence(tmp_path: Path) -> None:
    """Twenty sides are the least."""
    with pytest.raises(
        InputError, match="8 sides in battles have a date, a strength and missing_captured; at least 20"
    ):
        read_battles(_table(tmp_path, 4), ())
    table = _table(tmp_path, 4)
    table.write_text("\n".join(table.read_text(encoding="utf-8").splitlines()[:2]), encoding="utf-8")
    with pytest.raises(InputError, match=": 1 side in a battle has a date, a strength and missing_captured; at least"):
        read_battles(table, ())


def test_a_finding_is_put_into_words_and_a_table(tmp_path: Path) -> None:
    """Random outcomes: no dependence, or too little power to tell."""
    finding = armies(_table(tmp_path), permutations=99, histories=20)
    word, sentences = verdict(finding)
    assert word in {"cannot tell", "no dependence on the past found"}
    assert "compatible" in sentences[0]
    assert "| own army's past, half-life 139 days |" in words(finding)
    assert table(finding, "desertion contagion").startswith("# desertion contagion\npart,name")


def test_no_dependence_is_said_only_where_strong_slopes_are_excluded(tmp_path: Path) -> None:
    """A large p value alone says nothing: with the largest slope tried still compatible the word is "cannot tell", with or without power asked for."""
    finding = armies(_table(tmp_path), permutations=99, histories=0)
    blind = replace(
        finding, slopes=(replace(finding.slopes[0], p=0.6),), tried=(-0.9, 0.9), compatible=(-0.9, 0.0, 0.9)
    )
    assert verdict(blind)[0] == "cannot tell"
    assert "all that were tried" in verdict(blind)[1][0]
    word, sentences = verdict(replace(blind, compatible=(-0.3, 0.2)))
    assert word == "no dependence on the past found"
    assert sentences[-1] == "True slopes above +0.20 are excluded."
    assert verdict(replace(blind, compatible=()))[0] == "cannot tell"
    assert verdict(replace(blind, slopes=(replace(finding.slopes[0], p=0.01),)))[0].endswith("cause unknown")
    power = [
        SlopeAlarms(slope=slope, shock=shock, histories=20, alarms=found, low=0.0, high=1.0)
        for slope, shock, found in ((0.3, 0.0, 4), (0.6, 0.0, 9), (0.9, 1.0, 15))
    ]
    assert (
        verdict(replace(blind, alarms=tuple(power)))[1][1] == "A true slope of 0.60 is found in 9 of 20 made-up wars."
    )


def test_all_slopes_of_battles_are_in_one_unit(tmp_path: Path) -> None:
    """Estimates, true slopes that are compatible and those of made-up wars, in words and in the table: standard deviations of the outcome for one of the past.

    The first stood in standard deviations beside the others in the outcome's own unit, in which the past, a mean, varies a third as much: -0.39 lay well within -0.9 to +0.9 and was outside of -0.27 to +0.27.
    """
    path = _table(tmp_path)
    finding = armies(path, permutations=99, histories=20)
    battles = read_battles(path, ())
    weights = past(battles)
    rows = weights.any(axis=1)
    means = (weights[rows] / weights[rows].sum(axis=1, keepdims=True)) @ battles.outcome
    unit = means.std() / battles.outcome[rows].std()
    assert 0.1 < unit < 0.6
    assert finding.tried == pytest.approx(unit * np.arange(-9, 10) / 10.0, abs=1e-9)
    assert set(finding.compatible) <= set(finding.tried)
    assert sorted({row.slope for row in finding.alarms}) == pytest.approx([0.0, 0.3 * unit, 0.6 * unit, 0.9 * unit])
    whole = replace(finding, compatible=finding.tried)
    told, csv = words(whole), table(whole, "")
    most = f"{0.9 * unit:.2f}"
    assert (
        f"One standard deviation more in the past goes with {finding.slopes[0].bare:+.2f} standard deviations in the outcome"
        in told
    )
    assert (
        f"True slopes from -{most} to +{most} standard deviations for one of the past (all that were tried) are compatible"
        in told
    )
    assert f"A true slope of {most} is found in" in told
    assert "| made-up histories (slope in SD per SD) |" in told
    assert f"| true slope {most}, no shocks |" in told
    assert f'power,"true slope {most}, no shocks; 20 histories",,,{0.9 * unit:.4g},' in csv
    assert f"compatible true slopes,,,,,,,,,{-0.9 * unit:.4g},{0.9 * unit:.4g}" in csv
    none = replace(finding, compatible=())
    assert f"No true slope from -{most} to +{most} standard deviations for one of the past is compatible" in words(none)


@pytest.mark.statistical
@pytest.mark.parametrize("slope", [0.0, 0.6])
def test_compatible_slopes_hold_the_true_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slope: float) -> None:
    """Nominal 95 %: 100 made-up wars with and without campaign shocks; at least 87 of them hold the truth (a true 95 % falls below once in 2,000 tests).

    Whether a slope is compatible depends on no other, so that the true one alone is looked at.
    """
    monkeypatch.setattr("desertion.study.places.slopes.GRID", (slope,))
    battles = read_battles(_table(tmp_path), ())
    question = questions(battles)[0]
    rng = np.random.default_rng(4)
    held = 0
    for war in range(100):
        history = replace(battles, outcome=MadeUp.of(battles).draw(slope, float(war % 2), rng))
        held += bool(compatible(history, question, histories=100, seed=war))
    assert held >= 87


def test_a_battle_counts_for_the_past_from_the_day_after_it_ended() -> None:
    """One that ends on the day on which another begins is not its past."""
    battles = _small()
    for gap, weight in ((0.0, 0.0), (1.0, 0.5 ** (1.0 / 139.0))):
        end = battles.end.copy()
        end[0] = battles.start[2] - gap
        assert past(replace(battles, end=end))[2, 0] == pytest.approx(weight)


def test_outcomes_are_logits_and_controls_compare_the_two_sides(tmp_path: Path) -> None:
    """By hand from the rows of the table: half a man is added to both, and strengths are over those of the enemy in the same battle."""
    path = _table(tmp_path)
    rows = [row.split(",") for row in path.read_text(encoding="utf-8").splitlines()[1:]]
    names = HEADING.split(",")
    strength, taken = (
        np.array([float(row[names.index(name)]) for row in rows]) for name in ("strength", "missing_captured")
    )
    battles = read_battles(path, ())
    assert battles.outcome == pytest.approx(np.log((taken + 0.5) / (strength - taken + 0.5)))
    asked = {each.name: each for each in questions(battles)}
    controls = asked["controls for own killed and wounded and the ratio of strengths"].controls
    assert controls is not None
    enemy = strength.reshape(-1, 2)[:, ::-1].ravel()
    assert controls[:, 1] == pytest.approx(np.log(strength / enemy))
    assert not controls[:, 2].any()


def test_garrisons_are_rows_of_which_half_or_more_were_taken(tmp_path: Path) -> None:
    """They are neither outcomes nor pasts."""
    battles = read_battles(_table(tmp_path), ())
    outcome = np.full(len(battles.outcome), -2.0)
    outcome[5] = 0.1
    asked = {each.name: each for each in questions(replace(battles, outcome=outcome))}
    question = asked["without garrisons that surrendered"]
    assert question.rows is not None
    assert np.flatnonzero(~question.rows).tolist() == [5]
    assert not question.weights[:, 5].any()
    assert question.weights[:, 4].any()


def test_sides_that_begin_alike_have_no_units_of_their_own(tmp_path: Path) -> None:
    """Serbs and Slovenes would share the regiments of both without a word."""
    battles = _table(tmp_path)
    text = battles.read_text(encoding="utf-8").replace("Union", "Serbia").replace("Confederate", "Slovenia")
    battles.write_text(text, encoding="utf-8")
    units = tmp_path / "units.csv"
    units.write_text("cwsac_id,belligerent,unit_code\nB0,S,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"belligerent = 'Slovenia' must not begin like 'Serbia': .* first letters"):
        read_battles(battles, (), units)
    assert read_battles(battles, ()).shared is None
