"""Numbers that public functions are given are checked before anything is done, and the sentence names them."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import desertion
from desertion.errors import InputError
from desertion.parameters.arguments import COUNT, POSITIVE, SCALE, SEED, SHARE, Whole, ruled, seed_after
from tests.shortcuts import in_process

WRONG: tuple[Any, ...] = (-1, 2**70, True, "3", math.nan, [])


def _numeric() -> Iterator[tuple[str, str]]:
    """Public functions and classes with each argument of theirs that is a number and nothing else; persons are made by models alone."""
    for name in sorted(set(desertion.__all__) - {"Soldier", "Reservist", "Civilian", "StudyFailedError"}):
        thing = getattr(desertion, name)
        for argument in inspect.signature(thing).parameters.values() if callable(thing) else ():
            if re.sub(r" \| None$|<class '|'>", "", str(argument.annotation)) in ("int", "float"):
                yield name, argument.name


@pytest.mark.parametrize(("name", "argument"), list(_numeric()))
def test_a_wrong_number_is_answered_with_a_sentence_that_names_it(name: str, argument: str) -> None:
    """Whatever else was given is not looked at before, so no run begins and nothing is written."""
    function: Callable[..., Any] = getattr(desertion, name)
    parameters = inspect.signature(function).parameters.values()
    named = [each for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD]
    others = {each.name: "toy" for each in named if each.default is inspect.Parameter.empty} | (
        {"seed": 1} if name == "Society" else {}
    )
    whole = "float" not in next(str(each.annotation) for each in named if each.name == argument)
    for value in (*WRONG, *([2.5] if whole else [])):
        with pytest.raises(InputError, match=argument):
            function(**others | {argument: value})


def _keyed() -> Iterator[tuple[str, str]]:
    """Public functions and classes with each argument of theirs that is a table and nothing else."""
    for name in sorted(set(desertion.__all__) - {"Soldier", "Reservist", "Civilian", "StudyFailedError"}):
        thing = getattr(desertion, name)
        for argument in inspect.signature(thing).parameters.values() if callable(thing) else ():
            words = re.sub(r"collections\.abc\.|typing\.| \| None$", "", str(argument.annotation))
            if re.fullmatch(r"Mapping\[\w+, \w+\]", words) and (name, argument.name) != ("history", "words"):
                yield name, argument.name


@pytest.mark.parametrize(("name", "argument"), list(_keyed()))
def test_what_is_no_table_is_answered_with_a_sentence_that_names_it(name: str, argument: str) -> None:
    """Words of the command line and lists of names are the usual slips."""
    function: Callable[..., Any] = getattr(desertion, name)
    others = {} if name == "sensitivity" else {"scenario": "toy"}
    for value in (["a=1"], "a=1", 3, []):
        with pytest.raises(InputError, match=rf"{argument} = .* must be a table of values by name"):
            function(**others | {argument: value})


class Odd:
    """What no argument can be."""

    def __repr__(self) -> str:
        return "<odd>"


VARY = {"behaviour.contagion_news": {"range": [0, 1]}}
EVENTS = pd.DataFrame({"unit": [*"abcdefgh"], "date": [f"2020-01-0{day}" for day in range(1, 9)]})
AROUND: dict[str, dict[str, Any]] = {
    "Comparison": {"path": "a.sqlite"},
    "Society": {"scenario": "toy", "seed": 1},
    "Study": {"path": "a.sqlite"},
    "at_real_size": {"scale": 0.1},
    "calibrate": {"scenario": "gdr-1989"},
    "compare": {"policies": ["closed-borders"], "days": 3},
    "contagion": {"events": EVENTS},
    "history": {"series": "gdr-emigration-points"},
    "match": {"scenario": "toy", "vary": VARY, "targets": {"left_flee": {"observed": [1, 2], "discrepancy": 0.1}}},
    "rerun": {"place": "a"},
    "search": {"scenario": "toy", "vary": VARY},
    "sensitivity": {"study": "a.sqlite"},
    "sweep": {"scenario": "toy", "days": 3},
    "thesis": {"series": "own.csv"},
}
"""What stands beside an argument, so that it is the one that is looked at."""


def _arguments() -> Iterator[tuple[str, str]]:
    """Public functions and classes with each argument of theirs; what is kept alive for its own sake may be anything."""
    for name in sorted(
        set(desertion.__all__)
        - {"Soldier", "Reservist", "Civilian", "InputError", "StudyFailedError", "Policy", "Scenario"}
    ):
        thing = getattr(desertion, name)
        for argument in inspect.signature(thing).parameters.values() if callable(thing) else ():
            if argument.kind is not inspect.Parameter.VAR_KEYWORD and argument.name != "keep":
                yield name, argument.name


@pytest.mark.parametrize(("name", "argument"), list(_arguments()))
def test_what_no_argument_can_be_is_refused_with_a_sentence_that_shows_it(
    name: str, argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace of Python's, and no run that took it for true."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text("date,value\n" + "".join(f"2020-01-{day:02},{day}\n" for day in range(1, 29)))
    function: Callable[..., Any] = getattr(desertion, name)
    alone = {
        "history": {"words", "kind"},
        "match": {"design"},
        "sweep": {"study"},
        "search": {"study"},
        "compare": {"points"},
    }
    around = {} if argument in alone.get(name, ()) else AROUND.get(name, {})
    more = {("compare", "points"): {"scenario": "toy"}, ("at_real_size", "scale"): {"table": pd.DataFrame()}}
    around = {**around, **more.get((name, argument), {}), argument: Odd()}
    with pytest.raises(InputError, match=r"<odd>|\bOdd\b"):
        function(**around)


def test_the_list_of_tables_is_not_empty() -> None:
    """As for numbers; among them are those that are given in most calls."""
    assert {("compare", "settings"), ("compare", "measures"), ("sweep", "vary"), ("theory", "settings")} < set(_keyed())
    assert len(set(_keyed())) >= 12
    for given in (["days"], 3):
        with pytest.raises(InputError, match=r"changes = .* must be a table"):
            desertion.Scenario.load("toy").with_(given)  # pyright: ignore[reportArgumentType]


def test_the_list_of_numbers_is_not_empty() -> None:
    """A change of how annotations are written would leave the test above with nothing to test."""
    assert len(list(_numeric())) > 40


@pytest.mark.parametrize("shard", [(0, 4), (5, 4), (1.0, 2), (1, 2, 3), [1, 2], "1/4"])
def test_a_part_is_one_of_so_many(shard: Any) -> None:
    """Part 0 of 4 did nothing, and its study was told as finished."""
    with pytest.raises(InputError, match=r"shard = .* must be \(i, n\) with 1 <= i <= n, such as \(2, 8\)"):
        desertion.RunOptions(shard=shard)


def test_rules_take_what_they_allow() -> None:
    """Ends of ranges, numbers of NumPy's, and nothing for an argument that may be left out."""

    @ruled(seed=SEED, runs=COUNT, scale=SCALE)
    def called(seed: int, *, runs: int | None = None, scale: float = 1.0) -> tuple[Any, ...]:
        return seed, runs, scale

    assert called(2**63 - 1) == (2**63 - 1, None, 1.0)
    seed, runs, scale = called(np.int64(3), runs=np.uint8(2), scale=np.float32(0.5))
    assert (seed, runs, scale, type(seed), type(runs)) == (3, 2, 0.5, int, int)
    with pytest.raises(InputError, match=r"^seed = None must be a whole number in \[0, 2\*\*63\)$"):
        called(None)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match=r"^runs = 0 must be a whole number in \[1, 10\*\*6\]$"):
        called(1, runs=0)
    with pytest.raises(InputError, match=r"^scale = 0 must lie above 0 and not above 1: it is the share"):
        called(1, scale=0)
    with pytest.raises(InputError, match=r"^km = inf must lie above 0 and not above"):
        POSITIVE.checked("km", math.inf)
    with pytest.raises(InputError, match="a whole number of about 399 digits"):
        POSITIVE.checked("km", 10**400)
    assert SHARE.checked("asylum", 0) == 0.0
    with pytest.raises(InputError, match="must be a whole number of days in"):
        Whole(1, 5, "[1, 5]", "days").checked("days", 6)


def test_an_argument_too_many_is_told_with_the_functions_name() -> None:
    """As Python does."""
    with pytest.raises(TypeError, match=r"sweep\(\) got an unexpected keyword argument 'agents'"):
        desertion.sweep(scenario="toy", agents=1)  # pyright: ignore[reportCallIssue]


def test_seeds_go_round() -> None:
    """What is derived from the largest seed is a seed."""
    assert seed_after(SEED.high, 1) == 0
    assert seed_after(7, 3) == 10


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One of each that has public methods, as small as it can be."""
    few = {"days": 3, "runs": 2, "quiet": True}
    place = tmp_path_factory.mktemp("results")
    with in_process():
        return {
            "Study": desertion.sweep(scenario="quiet", vary={"asylum": [0.2, 0.8]}, out=place / "s.sqlite", **few),
            "Comparison": desertion.compare("quiet", ["none", "exit-ban"], out=place / "c.sqlite", **few),
            "Scenario": desertion.Scenario.load("quiet"),
            "Society": desertion.Society("quiet", 1),
        }


METHODS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *(("Study", "chance", {"at_least": level}) for level in (math.nan, "x", True, 10**400)),
    ("Study", "chance", {"measure": 3}),
    *(("Study", name, {"measure": "left_total", "at_least": "x"}) for name in ("discover", "confirmed")),
    ("Study", "pareto", {"wanted": ["left_total"]}),
    ("Study", "scenario", {"point": [3]}),
    ("Study", "phase", {"x": 3, "y": "asylum"}),
    ("Study", "plot", {"measure": 3}),
    ("Study", "plot", {"kind": 3}),
    ("Study", "trajectories", {"design": 0, "column": 3}),
    *(("Comparison", "moves", {"policy": policy}) for policy in (1, None, ["exit-ban"])),
    ("Comparison", "moves", {"policy": "exit-ban", "force": 3}),
    ("Comparison", "arm", {"policy": None}),
    ("Comparison", "gaps", {"policy": "exit-ban", "force": None}),
    ("Comparison", "headline", {"force": 3}),
    ("Comparison", "plot", {"kind": 3}),
    ("Comparison", "report", {"path": None}),
    ("Scenario", "write", {"path": None}),
    ("Scenario", "from_toml", {"text": b"name = 'mine'"}),
    ("Scenario", "from_toml", {"text": Path("mine.toml")}),
    ("Scenario", "with_policies", {"policies": None}),
    ("Society", "fits", {"scenario": "quiet", "seed": "x", "has_clocks": True}),
    ("Society", "fits", {"scenario": 3, "seed": 1, "has_clocks": True}),
    ("Society", "world", {"scenario": None}),
)


@pytest.mark.parametrize(("of", "method", "given"), METHODS)
def test_a_wrong_argument_of_a_method_is_answered_with_a_sentence(
    results: dict[str, Any], of: str, method: str, given: dict[str, Any]
) -> None:
    """No trace of Python's, and no chance of 0 of a level that is no number."""
    with pytest.raises(InputError):
        getattr(results[of], method)(**given)


def test_a_society_sizes_what_it_is_asked_about(results: dict[str, Any]) -> None:
    """A scenario that was not sized had other people by its word, though built anew they are these."""
    society, scenario = results["Society"], results["Scenario"]
    for given in ("quiet", scenario, scenario.sized()):
        assert society.fits(given, 1, has_clocks=True)
        assert not society.fits(given, 2, has_clocks=True)
        assert society.world(given)[0].status.tolist() == society.world(scenario.sized())[0].status.tolist()
    assert not society.fits(scenario.with_({"scale": 0.5}), 1, has_clocks=True)
    with pytest.raises(InputError, match=r"society: .* makes other people"):
        society.world(scenario.with_({"scale": 0.5}))
