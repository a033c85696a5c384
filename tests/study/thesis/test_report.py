"""What is judged stands in the answers and in the report as it was judged; what is asked reaches the trials, and the command that repeats it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.errors import InputError
from desertion.study.blocks import Block, Table, Text, markdown
from desertion.study.laboratory.contagion import FORMS
from desertion.study.laboratory.rivals import CAUSES
from desertion.study.thesis import report
from desertion.study.thesis.cases import Case, case_of
from desertion.study.thesis.design import Design, shipped
from desertion.study.thesis.judgement import Judgement
from desertion.study.thesis.thesis import Thesis, thesis
from desertion.study.thesis.verdict import CANNOT, FOUND, NOT_FOUND, TURNS, Verdict
from tests.study.thesis.test_cases import _series

DESIGN = shipped()
RANGES = list(zip(DESIGN.owed[:-1], DESIGN.owed[1:], strict=True))


def _rates(histories: int, found: int, low: float, high: float, **labels: object) -> dict[str, object]:
    return {**labels, "histories": histories, "found": found, "low": low, "high": high}


def _power(first: int) -> pd.DataFrame:
    """Of a hundred histories `first` are found, and one more in each further row."""
    cells = [(low, high, form) for low, high in RANGES for form in ("all", *FORMS)]
    return pd.DataFrame(
        [
            {
                **_rates(100, first + row, row / 100, row / 50, owed_from=low, owed_to=high, form=form),
                "of_any_size": 200,
                "found_of_any_size": 150,
            }
            for row, (low, high, form) in enumerate(cells)
        ]
    )


def _judgement(name: str, word: str = FOUND, *, loud: int = 3, opened: bool = True) -> Judgement:
    series = replace(_series([20.0, 24.0, 33.0, 41.0, 50.0, 61.0, 80.0, 99.0]), name=name)
    alarms = [
        ("bent", "listed", 400, 1),
        ("wave", "left out", 400, loud),
        ("ageing", "unseen", 1000, 9),
        ("hump", "unseen, last", 1000, 8),
    ]
    return Judgement(
        case=replace(case_of(series, (5000, 6000)), autumn="1989"),
        probability=0.91,
        halves=(0.88, 0.93),
        threshold=0.85,
        nearest=0.7,
        tolerance=0.31,
        closeness=pd.DataFrame([{"cause": cause, "without": 0.2, "with": 0.4} for cause in CAUSES]),
        alarms=pd.DataFrame(
            [
                _rates(of, found, 0.001, 0.0301, cause=cause, how=how)
                for cause, how, of, found in alarms[: 2 + 2 * opened]
            ]
        ),
        power=_power(10 + loud),
        advanced=_power(20 + loud).rename(columns={"owed_from": "advanced_from", "owed_to": "advanced_to"}),
        tried=pd.DataFrame([{"contagious": 1, "classifier": 0.9, "nearest": 0.4, "low": 0.37, "high": 0.43}]),
        reliability=pd.DataFrame([{"stated": 0.5, "true": 0.4}]),
        drift={0.5: (0.61, 0.9), 2.0: (0.72, 0.95)},
        members={},
        verdict=Verdict(word, ("first", "second")),
        opened=opened,
    )


def _tables(blocks: list[Block]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def test_the_answers_are_what_was_judged() -> None:
    """Each number under its own name, and the series in the first column of what is gathered."""
    found = Thesis(judged={"a": _judgement("a"), "b": _judgement("b", CANNOT)}, made_up=None, design=DESIGN, command="")
    assert found.table.to_dict("records") == [
        {
            "series": name, "autumn": "1989", "probability": 0.91, "first_half": 0.88, "second_half": 0.93, "threshold": 0.85,
            "nearest": 0.7, "tolerance": 0.31, "drift_0.5": 0.61, "drift_2": 0.72, "drift_0.5_threshold": 0.9, "drift_2_threshold": 0.95,
            "verdict": word, "reasons": "first; second",
        }
        for name, word in (("a", FOUND), ("b", CANNOT))
    ]  # fmt: skip
    alarms = found.gathered("alarms")
    assert [*alarms][:3] == ["series", "cause", "how"]
    assert alarms["series"].tolist() == ["a"] * 4 + ["b"] * 4


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([FOUND, CANNOT, TURNS, NOT_FOUND, CANNOT], f"{CANNOT}: 2 of 5; {TURNS}: 1 of 5; {NOT_FOUND}: 1 of 5; {FOUND}: 1 of 5."),
        ([CANNOT, CANNOT], "Totals cannot tell, in all 2 series."),
        ([FOUND], "contagion found: 1 of 1."),
    ],
)  # fmt: skip
def test_the_answer_counts_the_series(words: list[str], sentence: str) -> None:
    """What cannot be told stands first."""
    assert report.answer([_judgement("a", word) for word in words]) == sentence


def test_the_report_says_what_was_judged() -> None:
    """Every cell of its tables by hand: of power the ranges of the share owed and the forms at a half, of false alarms the upper bounds, of made-up series the worst."""
    first, second = _judgement("a"), _judgement("b", CANNOT, loud=5)
    grid = pd.concat(
        [_power(40 + points).assign(points=points, noise=noise, worst=points / 1000 + noise / 10)
         for points in (8, 16) for noise in (0.0, 0.1)], ignore_index=True
    )  # fmt: skip
    grid.loc[grid["noise"] == 0.1, "found"] -= 30
    blocks = report.blocks([first, second], grid, DESIGN, "desertion thesis")
    series, power, ahead, made, opinions, alarms, close, priors = _tables(blocks)
    width = 1 + len(FORMS)
    half = 3 * width
    assert series.rows[0] == (
        "a", "0.91 (0.88, 0.93)", "0.85", "0.61, 0.72", "0.70 (within 0.31)", f"0.{13 + half} (0.{half} to 0.{2 * half}); 0.75",
        "0.2 % (`bent`, at most 3.1 %), 0.8 % (`wave`, at most 3.1 %), 0.9 % (`ageing`, at most 3.1 %)", f"**{FOUND}**",
    )  # fmt: skip
    assert power.rows[1] == (
        "b", *(f"0.{15 + width * place} (0.{width * place:02d} to 0.{2 * width * place:02d})" for place in range(len(RANGES))),
        *(f"0.{15 + half + form} (0.{half + form} to 0.{2 * (half + form)})" for form in range(1, width)),
    )  # fmt: skip
    assert ahead.rows[1] == (
        "b", *(f"0.{25 + width * place} (0.{width * place:02d} to 0.{2 * width * place:02d})" for place in range(len(RANGES))),
        *(f"0.{25 + form} (0.{form:02d} to 0.{2 * form:02d})" for form in range(1, width)),
    )  # fmt: skip
    assert ahead.head[-1] == "under 5 %, threshold"
    assert opinions.rows[0] == (
        "a",
        "1 of 1",
        "0 of 1",
        "0 of 1",
        "1 of 1",
        "1 of 1",
        "1 of 1, 0 of 1",
        "0 of 0, 0 of 0",
    )
    assert power.head[:3] == ("series", "0 % to 5 %", "5 % to 20 %")
    interval = f"(0.{half} to 0.{2 * half})"
    assert made.rows == [
        (f"{points}", f"0.{40 + points + half} {interval}", f"0.{10 + points + half} {interval}", f"{worst} %")
        for points, worst in ((8, 1.8), (16, 2.6))
    ]
    told = [(row[1], *row[2:]) for row in alarms.rows]
    assert told == [
        ("in the list", "0.2 % (at most 3.1 %)", "0.2 % (at most 3.1 %)"),
        ("left out", "0.8 % (at most 3.1 %)", "1.2 % (at most 3.1 %)"),
        ("on no list", "0.9 % (at most 3.1 %)", "0.9 % (at most 3.1 %)"),
        ("on no list, opened last", "0.8 % (at most 3.1 %)", "0.8 % (at most 3.1 %)"),
    ]
    assert {row[1:] for row in close.rows} == {("0.20, 0.40", "0.20, 0.40")}
    ranges = {row[0]: row[2] for row in priors.rows}
    for prior in (prior for cause in CAUSES.values() for prior in cause.priors):
        assert ranges[prior.name].startswith(f"{prior.low:g} to {prior.high:g}")
        assert ranges[prior.name].endswith("logarithm") is prior.log
    text = markdown(blocks)
    assert "`a`, `b` share one set of outside causes (1989) and count once" in text
    assert "log odds" not in text, "which would multiply them"
    assert "400 or 1,000 each" in text
    assert "20,000 histories a rival and series; repeat it with: desertion thesis" in text
    assert "have not been opened" not in text
    assert report.summary(first) == f"{'a':<24} P(contagion) 0.91, threshold 0.85: contagion found"


def test_what_stands_alone_or_was_not_opened_is_told() -> None:
    """Three series, of which the one of another autumn shares no causes with the others; none is told to be opened."""
    judged = [_judgement(name, opened=False) for name in "abc"]
    judged[1] = replace(judged[1], case=replace(judged[1].case, autumn="2014"))
    blocks = report.blocks(judged, None, DESIGN, "")
    texts = [block.text for block in blocks if isinstance(block, Text)]
    shared = (
        "`a`, `c` share one set of outside causes (1989) and count once; probabilities of series are not multiplied."
    )
    assert [text for text in texts if "share one set" in text] == [shared]
    assert "**The families on no list have not been opened.**" in texts
    assert _tables(blocks)[0].rows[0][6].endswith(", not opened")


def _csv(folder: Path, name: str, months: range) -> str:
    rows = [f"2030-{month:02d}-01,{20 + 9 * month}" for month in months]
    (folder / name).write_text("date,value\n" + "\n".join(rows) + "\n")
    return name


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What reaches the trials, none of which is begun."""
    told: list[dict[str, Any]] = []

    def trial(case: Case, design: Design, seed: int, folder: Path, _: Callable[[str], None]) -> SimpleNamespace:
        told.append({"case": case, "design": design, "seed": seed})
        return SimpleNamespace(name=case.name, run=lambda *, open_unseen: told[-1].update(opened=open_unseen))

    def made_up(_: Design, seed: int, *__: object) -> pd.DataFrame:
        return pd.DataFrame({"seed": [seed]})

    monkeypatch.setattr("desertion.study.thesis.thesis.Trial", trial)
    monkeypatch.setattr("desertion.study.thesis.thesis.grid", made_up)
    monkeypatch.chdir(tmp_path)
    return told


def test_what_looked_odd_in_a_series_stands_in_the_report() -> None:
    """Rows left out, days between rows: beside the caveats, a sentence each."""
    odd = _judgement("mine", CANNOT)
    odd = replace(odd, case=replace(odd.case, series=replace(odd.case.series, remarks=("mine: 3 rows are odd",))))
    text = markdown(report.blocks([odd], None, DESIGN, "desertion thesis mine.csv"))
    assert "mine: 3 rows are odd." in text


def test_what_is_asked_reaches_the_trials_and_the_command(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    """Doors and rules are one's own files' alone, a date that lies in one of two is enough, and the command repeats all of it."""
    names = [_csv(tmp_path, "early.csv", range(1, 10)), _csv(tmp_path, "late.csv", range(3, 12)), "leipzig-mondays"]
    found = thesis(
        names, at_risk=(5000, 6000), doors=["2030-02-01"], rules=["2030-09-15"], kind="cumulative", unit="cases", seed=0, quick=True
    )  # fmt: skip
    early, late, shipped_one = (each["case"] for each in asked)
    assert found.made_up is None
    assert (len(early.window.doors), len(early.window.rules)) == (1, 0)
    assert (len(late.window.doors), len(late.window.rules)) == (0, 1)
    assert early.window.cumulative
    assert not shipped_one.window.cumulative
    assert {point.unit for point in early.series.points} == {"cases"}
    assert {point.counts for point in early.series.points} == {"acts"}
    assert [each["seed"] for each in asked] == [0, 0, 0]
    assert asked[-1]["opened"] is False
    assert {each["design"] for each in asked} == {DESIGN.quick}
    assert (DESIGN.quick.simulations, DESIGN.quick.fewer, DESIGN.quick.grid) == (2800, 2800, 2800)
    assert found.command == (
        "desertion thesis early.csv late.csv leipzig-mondays --quick --seed 0 --at-risk 5000,6000 --kind cumulative --unit cases "
        "--door 2030-02-01 --rule 2030-09-15"
    )
    # A day of the shipped series alone changes nothing either.
    for day in ("2031-01-01", "1989-11-09"):
        told = f"rule = '{day}' must lie after the first day and not after the last: 2030-01-01 to .* in early, 2030.* in late$"
        with pytest.raises(InputError, match=told):
            thesis(names, at_risk=5000, rules=[day])


def test_fewer_simulations_make_smaller_tables_and_more_make_no_larger_ones(asked: list[dict[str, Any]]) -> None:
    """Of the tables for a family left out and for made-up series; the made-up ones come with the shipped series alone."""
    for simulations, fewer, small in (
        (3000, 3000, DESIGN.grid),
        (2690, 2690, 2690),
        (30_000, DESIGN.fewer, DESIGN.grid),
    ):
        asked.clear()
        thesis("leipzig-mondays", simulations=simulations)
        design = asked[0]["design"]
        assert (design.simulations, design.fewer, design.grid) == (simulations, fewer, small)
        assert asked[0]["seed"] == DESIGN.seed
    asked.clear()
    every = thesis(seed=5, unseen=True)
    assert len(asked) == 5
    assert asked[-1]["opened"] is True
    assert every.made_up is not None
    assert every.made_up["seed"].tolist() == [5]


@pytest.mark.parametrize(
    ("option", "value"), [("at_risk", 5), ("doors", ["2030-01-02"]), ("rules", ["2030-01-02"]), ("kind", "cumulative"), ("unit", "x")]
)  # fmt: skip
@pytest.mark.usefixtures("asked")
def test_what_is_said_of_files_needs_one(option: str, value: object) -> None:
    """Beside shipped series alone it would change nothing."""
    with pytest.raises(InputError, match=f"thesis: {option}= changes nothing without a CSV file"):
        thesis("leipzig-mondays", **{option: value})  # type: ignore[arg-type]


def test_the_plan_is_the_one_in_the_file() -> None:
    """The numbers of `experiments/thesis/design.toml` under their names, as anyone reads them there."""
    assert (DESIGN.unseen_seed, DESIGN.unseen_families, DESIGN.least, DESIGN.seed) == (20261126, 4, 0.9, 2)
    assert (DESIGN.points, DESIGN.noise) == ((8, 16, 64), (0.0, 0.1))
    assert np.array_equal(DESIGN.owed, [0.0, 0.05, 0.2, 0.5, 0.8, 1.0])
