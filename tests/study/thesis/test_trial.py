"""The parts of a trial on tables written by hand: which histories train, set thresholds and are counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.study.laboratory.contagion import FORMS
from desertion.study.laboratory.rivals import CAUSES, FAMILIES
from desertion.study.laboratory.table import Table
from desertion.study.laboratory.unseen import POOL
from desertion.study.laboratory.window import Window
from desertion.study.statistics import wilson_interval
from desertion.study.thesis.cases import case_of
from desertion.study.thesis.design import shipped
from desertion.study.thesis.judgement import Trial, grid
from desertion.study.thesis.opinions import Nearness, scored, tried
from desertion.study.thesis.rates import JudgedTable, false_alarms, power, reliability
from desertion.study.thesis.report import _worst
from tests.study.thesis.test_cases import _series

SIZE = 20
PARTS = ["train"] * 12 + ["calibrate"] * 2 + ["threshold"] * 3 + ["test"] * 3
DESIGN = replace(
    shipped(),
    simulations=SIZE,
    fewer=10,
    grid=SIZE,
    unseen_histories=7,
    fewest_histories=3,
    false_alarms=0.6,
    set_at=0.6,
    least=0.1,
    points=(8,),
    noise=(0.0,),
)
CASE = case_of(_series([20.0, 24.0, 33.0, 41.0, 50.0, 61.0, 80.0, 99.0]), (5000, 5000))


def _table(names: tuple[str, ...], *, calm: bool = False) -> Table:
    """Twenty histories of each cause without contagion, then twenty with; the one statistic is what the classifier says: .2, and .8 with contagion."""
    both = (False,) if calm else (False, True)
    rows = len(names) * len(both) * SIZE
    contagious = np.tile(np.repeat(both, SIZE), len(names))
    return Table(
        names=names,
        cause=np.repeat(np.arange(len(names)), len(both) * SIZE),
        contagious=contagious,
        owed=np.zeros(rows),
        advanced=np.zeros(rows),
        form=np.zeros(rows, np.intp),
        part=np.tile(np.array(PARTS), rows // SIZE),
        total=np.ones(rows),
        seen=np.where(contagious, 0.8, 0.2)[:, None].astype(np.float32),
        logs=np.zeros((rows, 8), np.float32),
    )


class _Laboratory:
    """Stands for simulations and classifiers, and remembers what was asked of them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.table = _table(tuple(CAUSES))
        self.asked: list[dict[str, Any]] = []
        self.trained: list[np.ndarray | None] = []
        patch.setattr("desertion.study.thesis.judgement.build", self._build)
        patch.setattr("desertion.study.laboratory.classifier.train", self._train)

    def _build(self, _: Window, size: int, seed: tuple[int, ...], *, width: float = 1.0, causes: Any = ()) -> Table:
        self.asked.append({"size": size, "seed": seed, "width": width})
        if causes:
            return _table(tuple(cause.name for cause in causes), calm=True)
        return replace(self.table, seen=(self.table.seen * min(width, 1.1)).astype(np.float32))

    def _train(self, _: Table, __: int, rows: np.ndarray | None = None) -> SimpleNamespace:
        self.trained.append(rows)
        own = len(self.trained)
        return SimpleNamespace(
            probability=lambda seen: seen[:, 0] if len(seen) > 1 else np.array([own / 10.0], np.float64)
        )


@pytest.fixture
def laboratory(monkeypatch: pytest.MonkeyPatch) -> _Laboratory:
    """Stand-ins whose table a test may change."""
    return _Laboratory(monkeypatch)


def _trial(folder: Path) -> Trial:
    return Trial(CASE, DESIGN, 1, folder, tell=lambda _: None)


def test_rates_by_hand() -> None:
    """Ten histories: what reaches the threshold or nine tenths counts, shares owed belong to the range that they begin, the largest to the last, and other parts to none."""
    table = replace(
        _table(("a", "b")),
        cause=np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 1]),
        contagious=np.array([False, False, True, True, True, True, False, True, False, True]),
        owed=np.array([0.0, 0.0, 0.2, 0.5, 1.0, 0.49, 0.0, 0.5, 0.0, 0.1]),
        advanced=np.array([0.0, 0.0, 0.6, 0.5, 1.0, 0.49, 0.0, 0.5, 0.0, 0.1]),
        form=np.array([0, 0, 1, 0, 1, 1, 0, 0, 0, 0]),
        part=np.array(["test"] * 7 + ["threshold", "train", "test"]),
        total=np.ones(10),
    )
    judged = JudgedTable(table, np.array([0.7, 0.69, 1.0, 0.6, 0.7, 0.1, 0.9, 0.99, 0.99, 0.85]), 0.7)
    calm = false_alarms(judged, ("a", "b"), "listed")
    assert calm[["cause", "how", "histories", "found", "at_nine_tenths"]].to_numpy().tolist() == [
        ["a", "listed", 2, 1, 0],
        ["b", "listed", 1, 1, 1],
    ]
    there = power(judged, (0.0, 0.2, 0.5, 1.0)).set_index(["owed_from", "form"])[["histories", "found"]]
    assert [there.loc[(low, "all")].tolist() for low in (0.0, 0.2, 0.5)] == [[1, 1], [2, 1], [2, 1]]
    assert there.loc[(0.5, FORMS[0])].tolist() == [1, 0]
    assert there.loc[(0.5, FORMS[1])].tolist() == [1, 1]
    ahead = power(judged, (0.0, 0.2, 0.5, 1.0), "advanced").set_index(["advanced_from", "form"])[["histories", "found"]]
    assert [ahead.loc[(low, "all")].tolist() for low in (0.0, 0.2, 0.5)] == [[1, 1], [1, 0], [3, 2]]
    tenths = reliability(judged)
    assert tenths["histories"].tolist() == [1, 2, 2, 1, 2]
    assert tenths["stated"].tolist() == pytest.approx([0.1, 0.645, 0.7, 0.85, 0.95])
    assert tenths["true"].tolist() == [1.0, 0.5, 0.5, 1.0, 0.5]


def test_power_counts_histories_whose_total_could_be_of_no_contagion() -> None:
    """Calm histories of the part `test` have 101 to 300 acts, 1 and 10,000 being the most extreme: of seven with contagion five lie between, two of them found; all seven have four."""
    calm = np.concatenate([[1.0], np.arange(101.0, 301.0), [10_000.0]])
    there = np.array([2.0, 105.0, 200.0, 250.0, 260.0, 295.0, 9_000.0])
    size = len(calm) + 1 + len(there)
    zeros = np.zeros(size)
    table = replace(
        _table(("a",)),
        cause=zeros.astype(int),
        contagious=np.arange(size) > len(calm),
        owed=zeros + 0.6,
        advanced=zeros,
        form=zeros.astype(int),
        part=np.where(np.arange(size) == len(calm), "train", "test"),
        total=np.concatenate([calm, [1e9], there]),
    )
    probability = np.concatenate([zeros[: len(calm) + 1], [1.0, 0.0, 1.0, 0.2, 0.3, 1.0, 1.0]])
    row = power(JudgedTable(table, probability, 0.9), (0.5, 0.8)).iloc[0]
    assert row[["histories", "found", "of_any_size", "found_of_any_size"]].tolist() == [5, 2, 7, 4]
    assert row["low"] < 2 / 5 < row["high"]


def test_a_left_out_family_is_in_neither_training_nor_threshold(laboratory: _Laboratory, tmp_path: Path) -> None:
    """Its histories, and those of several causes at once, would set the threshold above .9; at the .3 of the others all of its own are false alarms. A smaller table trains."""
    table = laboratory.table
    family = [name for name, cause in CAUSES.items() if cause.family == "trend"]
    gone = np.isin(np.array(table.names)[table.cause], [*family, "several"])
    calm = ~table.contagious
    table.seen[calm & ~gone] = 0.3
    table.seen[calm & gone & (table.part == "threshold")] = 0.95
    table.seen[calm & gone & (table.part == "test")] = 0.5
    rows = _trial(tmp_path)._without("trend")
    assert [(row["cause"], row["how"], row["histories"], row["found"]) for row in rows] == [
        (name, "left out", 3, 3) for name in family
    ]
    (trained,) = laboratory.trained
    assert trained is not None
    place = np.tile(np.arange(SIZE), len(trained) // SIZE)
    assert np.array_equal(trained, ~gone & ((place < 6) | (place >= 12)))


def test_every_family_is_left_out_and_each_cause_once(
    laboratory: _Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All causes that leave a family, one table for all; the verdict reads listed, left-out and unseen causes together."""
    read: list[pd.DataFrame] = []
    monkeypatch.setattr(
        "desertion.study.thesis.judgement.judge",
        lambda *parts: read.append(parts[3]) or SimpleNamespace(word="", reasons=()),
    )
    monkeypatch.setattr("desertion.study.thesis.opinions.NEAREST", 4)
    _trial(tmp_path).run(open_unseen=True)
    left = read[0][read[0]["how"] == "left out"]["cause"].tolist()
    assert left == [name for family in FAMILIES for name, cause in CAUSES.items() if cause.family == family]
    assert read[0]["how"].value_counts().to_dict() == {
        "listed": len(CAUSES),
        "left out": len(left),
        "unseen": DESIGN.unseen_families,
        "unseen, last": len(POOL) - DESIGN.unseen_families,
    }


def test_other_drift_has_a_table_and_a_threshold_of_its_own(laboratory: _Laboratory, tmp_path: Path) -> None:
    """Calm histories say .2 times the width of the table: half gives the least threshold, and a larger one its own."""
    trial = _trial(tmp_path)
    assert trial._drift(0.5) == [pytest.approx(0.1), pytest.approx(0.1)]
    probability, threshold = trial._drift(2.0)
    assert (probability, threshold) == (pytest.approx(0.2), pytest.approx(0.22))
    assert [(each["size"], each["width"]) for each in laboratory.asked] == [(10, 0.5), (10, 2.0)]
    assert len({each["seed"] for each in laboratory.asked}) == 2


def test_unseen_families_are_held_against_the_threshold_of_the_listed(laboratory: _Laboratory, tmp_path: Path) -> None:
    """All their histories count, in whatever part; they say .2, the listed ones .1 or .5 in the part that sets the threshold."""
    for listed, found in ((0.1, SIZE), (0.5, 0)):
        laboratory.table.seen[~laboratory.table.contagious & (laboratory.table.part == "threshold")] = listed
        folder = tmp_path / str(found)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("desertion.study.thesis.opinions.NEAREST", 4)
            rows = _trial(folder)._unseen(POOL[:4], 2, "unseen")
        assert [(row["how"], row["histories"], row["found"]) for row in rows] == [("unseen", SIZE, found)] * 4


def test_the_main_part_by_hand(laboratory: _Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calm histories of the one part set the threshold, whatever others say; the halves share no history; the nearest are those of the least root mean squared miss."""
    monkeypatch.setattr("desertion.study.thesis.opinions.NEAREST", 4)
    table = laboratory.table
    table.seen[:] = 0.99
    table.seen[~table.contagious & (table.part == "threshold")] = 0.4
    table.logs[:] = CASE.logs + 5.0
    both, calm = (np.flatnonzero(table.contagious == each) for each in (True, False))
    for row, miss in ((calm[3], 0.1), (both[7], -0.2), (both[1], 0.3), (both[9], -0.4), (calm[8], 0.5)):
        table.logs[row] = CASE.logs + miss
    main = _trial(tmp_path)._main()
    assert main["threshold"] == pytest.approx(0.4)
    assert main["probability"] == pytest.approx(0.1)
    assert main["halves"] == pytest.approx([0.2, 0.3])
    whole, first, second = laboratory.trained
    assert whole is None
    assert first is not None
    assert second is not None
    assert np.array_equal(first, ~second)
    assert abs(first.sum() - second.sum()) <= 1
    ends = {"cause": table.names[0], "without": 0.1 + 0.019 * 0.4, "with": 0.2 + 0.019 * 0.1}  # the 1.019th of twenty
    assert main["closeness"][0] == pytest.approx(ends, abs=1e-5)
    assert (main["nearest"], main["tolerance"]) == (0.75, pytest.approx(0.4, abs=1e-5))
    assert np.log(np.array(main["members"]["with"][0]) + 0.5) - np.log(CASE.window.lengths) == pytest.approx(
        CASE.logs - 0.2, abs=1e-5
    )


def test_of_histories_that_are_as_near_all_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole counts have ties: half of all have contagion, whichever of them a sort puts first."""
    monkeypatch.setattr("desertion.study.thesis.opinions.NEAREST", 4)
    table = _table(("a",))
    table.logs[:] = 1.0
    model = SimpleNamespace(probability=lambda seen: seen[:, 0].astype(np.float64))
    rows = tried(table, model, (1,))  # pyright: ignore[reportArgumentType] - a stand-in
    assert rows["nearest"].tolist() == [0.5] * 6
    assert Nearness(table, table.logs[0]).share == 0.5


def test_a_history_is_never_among_those_that_judge_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of each cause and kind are tried against the rest: the four nearest of the other parts have contagion where it is tried without, though those of its own part, as near, have not."""
    monkeypatch.setattr("desertion.study.thesis.opinions.NEAREST", 4)
    table = _table(("a",))
    tested = table.part == "test"
    table.logs[:] = np.where(table.contagious, 1.0, 5.0)[:, None]
    table.logs[tested & ~table.contagious] = 1.5
    table.logs[tested & table.contagious] = 1.0
    model = SimpleNamespace(probability=lambda seen: seen[:, 0].astype(np.float64))
    rows = tried(table, model, (1,))  # pyright: ignore[reportArgumentType] - a stand-in
    assert rows["contagious"].tolist() == [0, 0, 0, 1, 1, 1]
    assert rows["nearest"].tolist() == [1.0] * 6
    assert rows["tolerance"].tolist() == pytest.approx([0.5] * 3 + [0.0] * 3)
    near = int((table.contagious & ~tested).sum())  # all as near as the fourth
    assert rows["low"].tolist() == pytest.approx([wilson_interval(near, near)[0]] * 6)
    assert rows["classifier"].tolist() == pytest.approx([0.2] * 3 + [0.8] * 3)
    assert scored(rows) == ("6 of 6", "3 of 6", "0 of 6", "3 of 6", "3 of 3", "0 of 3, 3 of 3", "0 of 3, 3 of 3")


def test_the_lot_of_histories_is_drawn_from_all_that_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as asked, each once, the same for the same seed."""
    for name, number in (("NEAREST", 4), ("TRIED", 5)):
        monkeypatch.setattr(f"desertion.study.thesis.opinions.{name}", number)
    table = _table(("a", "b"))
    table.seen[:, 0] = np.arange(len(table.seen))
    model = SimpleNamespace(probability=lambda seen: seen[:, 0].astype(np.float64))
    first, again, other = (tried(table, model, (seed,))["classifier"] for seed in (1, 1, 2))  # pyright: ignore[reportArgumentType] - a stand-in
    assert first.tolist() == again.tolist() != other.tolist()
    assert len(set(first)) == 5
    assert set(first) <= set(np.flatnonzero(table.part == "test"))


def test_a_score_by_hand() -> None:
    """Five histories: each opinion is right on its side of one half, an interval may hold it, and nine tenths count as found for both."""
    told = [
        (1, 0.9, 0.4, 0.35, 0.45),
        (1, 0.4, 0.95, 0.9, 0.97),
        (1, 0.6, 0.6, 0.55, 0.65),
        (0, 0.95, 0.5, 0.45, 0.55),
        (0, 0.1, 0.2, 0.1, 0.3),
    ]
    rows = pd.DataFrame(told, columns=["contagious", "classifier", "nearest", "low", "high"])
    assert scored(rows) == ("3 of 5", "3 of 5", "1 of 5", "2 of 5", "1 of 2", "1 of 3, 1 of 3", "1 of 2, 0 of 2")


@pytest.mark.usefixtures("laboratory")
def test_the_threshold_is_set_at_a_bound_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of three alarms may be as many as 56 %: under the 60 % of DESIGN, beyond 50, which nothing can hold; what false alarms are judged by is another number."""
    monkeypatch.setattr("desertion.study.thesis.opinions.NEAREST", 4)
    for made in (lambda design: Trial(CASE, design, 1, tmp_path)._main(), lambda design: grid(design, 1, tmp_path)):
        made(replace(DESIGN, false_alarms=0.01))
        with pytest.raises(InputError, match=r"3 histories are too few to hold false alarms under 0\.5"):
            made(replace(DESIGN, set_at=0.5))


def test_made_up_series_tell_the_worst_cause(laboratory: _Laboratory, tmp_path: Path) -> None:
    """One cause alarms in two of three histories of the test, the others in one or none."""
    table = laboratory.table
    tested = ~table.contagious & (table.part == "test")
    for cause, found in ((0, 1), (3, 2)):
        table.seen[np.flatnonzero(tested & (table.cause == cause))[:found]] = 0.9
    assert grid(DESIGN, 1, tmp_path, lambda _: None)["worst"].unique() == pytest.approx([2 / 3])


def test_a_part_that_a_power_cut_left_empty_is_made_again(laboratory: _Laboratory, tmp_path: Path) -> None:
    """It ended every later call in that folder."""
    for _ in range(2):
        assert _trial(tmp_path)._kept("part", lambda: [0.5]) == [0.5]
        grid(DESIGN, 1, tmp_path, lambda _: None)
        parts = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len({path.parent for path in parts}) == 2
        assert min(path.stat().st_size for path in parts) > 0
        for path in parts:
            path.write_bytes(b"")


def test_the_report_names_the_cause_that_alarms_most() -> None:
    """By its share, not by its count, among those of which as much was known."""
    rows = [("a", "listed", 100, 30, 0.4), ("b", "left out", 1000, 20, 0.03), ("c", "left out", 100, 4, 0.1)]
    alarms = pd.DataFrame(rows, columns=["cause", "how", "histories", "found", "high"])
    assert _worst(alarms, "left out") == "4.0 % (`c`, at most 10.0 %)"
    assert _worst(alarms, "unseen") == "not opened"
