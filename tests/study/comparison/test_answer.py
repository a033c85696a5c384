"""The answer of a comparison on real runs: what it says goes once the mechanism that it names is switched off."""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion import Scenario, compare
from desertion.app.request.query import parse
from desertion.app.simulator.screen import setting_of
from desertion.parameters import Change
from desertion.study.comparison.attribution import shares
from desertion.study.comparison.report.answer import answer, in_pairs
from desertion.study.comparison.report.estimate import Estimate, changed, estimated
from desertion.study.comparison.report.parts import headline_tables
from desertion.study.comparison.report.reasons import asks_no_visa, stay_open
from tests.shortcuts import at_once


def test_why_closed_doors_change_nothing_is_told_while_neighbours_stay_open(tmp_path: Path) -> None:
    """In the answer of a comparison as on the first screen; once neighbours without visas are shut as well the sentence goes."""
    told: list[str] = []
    for name, shut in (("open", {}), ("shut", {"hosts.@visa-free.border": 0.0, "hosts.@visa-free.leak": 0.0})):
        compared = compare(
            "russia-2022", ["none", "closed-borders"], runs=8, scale=0.0004, days=60, settings=shut, quiet=True,
            out=tmp_path / f"{name}.sqlite", options=at_once(),
        )  # fmt: skip
        told.append(" ".join(answer(compared)))
    assert "Closing these doors changes little because others stay open" in told[0]
    assert re.search(r"states that ask no visa \(.*(Kazakhstan|Georgia)", told[0])
    assert "others stay open" not in told[1]


def test_among_several_forces_it_is_said_whose_people_are_counted(tmp_path: Path) -> None:
    """Hosts do not tell forces apart: where one force's sentence counts the people of all, it says so."""
    compared = compare(
        "three-armies-2022", ["none", "closed-borders"], runs=8, scale=0.0006, days=60, quiet=True,
        out=tmp_path / "s.sqlite", options=at_once(),
    )  # fmt: skip
    told = [line for line in answer(compared) if "others stay open" in line]
    assert told
    assert all("% of those of all forces who are abroad on the last day" in line for line in told)


def test_doors_are_said_to_stay_open_where_most_people_are_and_only_those() -> None:
    """Half of those abroad must be where no visa is asked, and no state that asks one is named."""
    names = ["Near", "Far", "Wide"]
    (told,) = stay_open([60.0, 30.0, 10.0], names, [True, False, True])
    assert "70 % of those" in told
    assert "(Near, Wide)" in told
    assert stay_open([60.0, 30.0, 10.0], names, [False, True, True]) == []
    assert stay_open([0.0, 0.0, 0.0], names, [True, True, True]) == []


def test_a_door_that_shuts_on_a_date_does_not_stay_open() -> None:
    """Georgia asks no visa on the first day; from the date on which it does it is no state that asks none, whatever the first day says."""
    open_always = Scenario.load("russia-2022")
    visa = Change(date=date(2022, 10, 1), path="hosts.georgia.visa_free_evader", value=0.0)
    shut_later = open_always.model_copy(update={"changes": (visa,)})
    place = [host.name for host in open_always.hosts].index("georgia")
    assert [asks_no_visa(scenario)[place] for scenario in (open_always, shut_later)] == [True, False]


def test_doors_that_stay_open_are_those_of_the_policy_on_the_first_screen_as_in_reports() -> None:
    """A state opened by the policy counts; one that it closes does not, whatever it asked before or still asks on paper."""
    for query, policies in (
        ("scenario=russia-2022", []),
        ("scenario=russia-2022&border=open&asylum=none", ["visa-free-neighbours", "lever-admission-closed"]),
        ("scenario=russia-2022&set=hosts.@visa-free.border=0", ["lever-neighbours-closed"]),
    ):
        mix, wrong = parse(query)
        assert not wrong
        scenario = Scenario.load("russia-2022", policies=policies)
        assert setting_of(mix).visa_free == asks_no_visa(scenario)
        own = {host.name for host, free in zip(scenario.hosts, asks_no_visa(scenario), strict=True) if free}
        found = {"georgia" in own, "kazakhstan" in own}, "finland" in own
        assert found == ({"neighbours-closed" not in str(policies)}, "visa-free-neighbours" in policies)


def test_pairs_without_a_difference_agree_with_no_sign(tmp_path: Path) -> None:
    """Fewer prisoners in nine pairs of ten; in the tenth nothing changed, which speaks for neither side."""
    options = at_once()
    found = compare(
        "toy", ["none", "no-quarter"], runs=10, days=120, seed=2, quiet=True, out=tmp_path / "t.sqlite", options=options
    )
    left = found.outcomes[(found.outcomes["measure"] == "left")].pivot(
        index="replicate", columns="policy", values="value"
    )
    assert sorted(left["no-quarter"] - left["none"])[-2:] == [-2.0, 0.0]
    assert "in 9 of 10 pairs of runs" in " ".join(answer(found))


def test_of_a_force_without_an_army_nothing_is_said_that_needs_one(tmp_path: Path) -> None:
    """It cannot collapse, its lowest strength is no matter of few runs, and medians far apart are not called equal without the pairs."""
    people = {"name": "guard", "soldiers": 0, "reservists": 60, "civilians": 0, "community": 60}
    wide = {"name": "wide", "access": 1.0, "visa_free_evader": 1.0, "visa_free_other": 1.0}
    scenario = Scenario.model_validate(
        {"name": "guard", "start": "2030-01-01", "days": 5, "forces": [people], "hosts": [wide]}
    )
    found = compare(scenario, ["none", "exit-ban"], runs=6, quiet=True, out=tmp_path / "g.sqlite", options=at_once())
    told = " ".join(answer(found))
    assert "The force cannot collapse: nobody serves on the first day" in told
    assert "chance is below" not in told
    assert "too few runs" not in headline_tables(found)


@pytest.mark.parametrize(
    ("changes", "pairs"),
    [
        ([0.0] * 12, ""),
        ([-500.0] + [0.0] * 11, " in 11 of 12 pairs of runs"),
        ([-500.0] * 4 + [0.0] * 8, ""),
        ([3.0] * 12, " in 12 of 12 pairs of runs"),
    ],
)
def test_as_many_in_most_pairs_is_said_of_these_pairs(changes: list[float], pairs: str) -> None:
    """One pair of twelve moves the median from 600 to 351, and as many leave in the others; with four the difference is not nil."""
    found = np.array(changes)
    assert in_pairs(estimated(found), found) == pairs


def test_an_interval_that_ends_at_nought_says_at_most() -> None:
    """Nobody left the other way in the interval, so that none is said to have."""
    assert changed(Estimate(2.0, 0.0, 5.0), "x") == "at most 5 more than under x"
    assert changed(Estimate(-2.0, -5.0, 0.0), "x") == "at most 5 fewer than under x"
    assert (
        changed(Estimate(2.0, -1.0, 5.0), "x") == "and the difference is within chance (1 fewer to 5 more than under x)"
    )


def test_who_left_only_under_the_policy_is_a_share_of_all_who_left_under_it() -> None:
    """Of five persons one left under both, two under the baseline alone and one under the policy alone: half of the policy's two."""
    told = shares({0: np.array([1, 1, 1, 0, 0], np.uint8)}, {0: np.array([1, 0, 0, 1, 0], np.uint8)}, 10.0)
    assert told == {"pairs": 1, "both": 10.0, "only_a": 20.0, "only_b": 10.0, "neither": 10.0, "share_only_b": 0.5}


@pytest.mark.parametrize(("hid", "said"), [(51.0, ", most of them hid at home;"), (50.0, "civilians; nobody")])
def test_most_of_them_are_more_than_half(hid: float, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest way is most of them only beyond half of all leavers."""
    known = {"left": 100.0, "share_left": 0.1, "left_hide": hid}
    answers = import_module("desertion.study.comparison.report.answer")
    monkeypatch.setattr(answers, "estimate_of", lambda *about: Estimate(known.get(about[-1], 5.0), 1.0, 200.0))
    monkeypatch.setattr(answers, "_borne", lambda *_: "nobody protected")
    comparison: Any = SimpleNamespace(baseline="none", names={"none": "As it is"}, forces=["toy"])
    assert said in answers._baseline(comparison, "toy")


@pytest.mark.parametrize(
    ("collapsed", "said"),
    [
        ([3, 2, 2, 2], "3 of 6 runs under “a”, 2 of 6 under “b” and 2 of 6 under the 2 others"),
        ([2, 4, 2, 2], "2 of 6 runs under “a”, 4 of 6 under “b” and 2 of 6 under the 2 others"),
        ([2, 5, 3, 4, 1, 3], "2 of 6 runs under “a”, 5 of 6 under “b”, 1 of 6 under “e” and 3 of 6 to 4 of 6 under the 3 others"),
        ([2, 4, 3, 1], "2 of 6 runs under “a”, 4 of 6 under “b”, 1 of 6 under “d” and 3 of 6 under “c”"),
        ([1, 0, 6], "1 of 6 runs under “a”, 6 of 6 under “c” and 0 of 6 under “b”"),
        ([2, 3], "2 of 6 runs under “a” and 3 of 6 under “b”"),
        ([2, 2, 2], "2 of 6 runs whatever the policy"),
    ],
)  # fmt: skip
def test_every_policy_is_accounted_for_where_runs_collapse(collapsed: list[int], said: str) -> None:
    """Those between the worst and the best, or as many as either, were left out without a word."""
    policies = list("abcdef"[: len(collapsed)])
    about = {"force": "toy", "policy": policies, "runs": 6, "high": 0.5}
    shares = {"collapsed": np.array(collapsed) / 6, "lowest_strength": 0.5}
    rows = [pd.DataFrame(about | {"measure": name, "estimate": values}) for name, values in shares.items()]
    found: Any = SimpleNamespace(
        summary=pd.concat(rows), forces=["toy"], baseline="a", names={policy: policy for policy in policies}
    )
    answers = import_module("desertion.study.comparison.report.answer")
    assert answers._fate(found, "toy") == f"The force collapses in {said}."


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (30.0 + np.arange(8.0), ["The end hides an earlier difference: by 20 January 2030, 34 more than under “As it is” (30 to 37) had left."]),
        (np.array([40.0, *[3.0] * 7]), []),
    ],
)  # fmt: skip
def test_an_earlier_difference_is_told_where_no_search_of_days_would_find_it_by_chance(
    then: np.ndarray, said: list[str]
) -> None:
    """Eight pairs that end with one fewer. All had 3 or more on day 20, an interval without 0 on that day alone; with 40 in one pair signs by lot give as much on some day in more than one case in twenty."""
    gaps = np.zeros((8, 41))
    gaps[:, 20], gaps[:, 30:] = then, -1.0
    answers = import_module("desertion.study.comparison.report.answer")
    found: Any = SimpleNamespace(
        gaps=lambda *_: gaps, size=1.0, start=date(2030, 1, 1), baseline="none", names={"none": "As it is"}
    )
    assert estimated(gaps[:, 20]).is_sure
    assert answers._hidden(found, "toy", "policy") == said
