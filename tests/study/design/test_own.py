"""Own classes and measures: where they may be defined, what is refused before anything runs, what a wrong number says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion import InputError, Soldier, compare, sweep
from desertion.simulation.model import DesertionModel
from desertion.study.comparison.outcomes import BY_NAME
from desertion.study.design.digest import NO_SOURCE, digest_of
from desertion.study.design.own import measured, own_of
from desertion.study.failures import StudyFailedError

NOTEBOOK = """
from desertion import Soldier, compare, sweep

class Eager(Soldier):
    def baseline(self, route):
        return RATE if route == 0 else -1.0

RATE = 0.05

def hidden(model):
    return float(model.daily["hiding"].max())

if __name__ == "__main__":
    few = {"days": 30, "workers": 2, "runs": 2}
    own = sweep(scenario="quiet", measures={"hidden": hidden}, soldier=Eager, **few)
    assert (own.runs["left_total"] > 100).all()
    assert (own.runs["hidden"] > 0).all()
    both = compare("quiet", ["none", "exit-ban"], soldier=Eager, measures={"hidden": hidden}, quiet=True, **few)
    assert len(both.summary.query("measure == 'hidden'")) == 2
    assert len(both.paired.query("measure == 'hidden'")) == 1
"""


@pytest.mark.walks
def test_classes_and_measures_of_a_script_or_notebook_work_in_worker_processes() -> None:
    """They stand in `__main__`, which no worker can import; how much is run is said before it begins."""
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 runs in the Mesa form (own class Eager): " in done.stderr
    assert re.search(r"person-days in all, [\d.]+ s on one core where own rules cost no more", done.stderr)


class Fearless(Soldier):
    """Never fears punishment."""

    def cost(self, route: int) -> float:
        """Nothing."""
        return 0.0


class NoRoute(Soldier):
    """Overrides a rule with another signature."""

    def cost(self) -> float:
        """Nothing."""
        return 0.0


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (NoRoute, r"NoRoute\.cost = .* must take \(self, route"),
        (int, "must be a class made from Soldier"),
        ("Fearless", "must be a class made from Soldier"),
    ],
)
def test_a_class_that_cannot_be_called_is_refused_before_the_first_day(kind: object, sentence: str) -> None:
    """By the model and by studies, in the same words."""
    with pytest.raises(InputError, match=sentence):
        sweep(scenario="quiet", soldier=kind, quiet=True)
    with pytest.raises(InputError, match=sentence):
        DesertionModel("quiet", population="mesa", soldier=kind)


@pytest.fixture(scope="module")
def model() -> DesertionModel:
    """A model that has run for three days."""
    return DesertionModel("quiet", rng=1, days=3).run()


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda _model: "many", "measure 'mine', replicate 4: mine = 'many' must be a number"),
        (lambda _model: None, "mine = None must be a number"),
        (lambda _model: np.array([3.0]), r"measure 'mine', replicate 4: mine = array\(\[3.\]\) must be a number"),
        (lambda model: model.daily["left"], "measure 'mine', replicate 4: mine = .* must be a number"),
        (lambda _model: np.True_, "mine = np.True_ must be a number"),
        (lambda _model: pd.NA, "mine = <NA> must be a number"),
        (lambda model: model.no_such_thing, "measure 'mine', replicate 4: it failed with AttributeError"),
    ],
)
def test_a_measure_that_gives_no_number_is_told_with_its_name_and_run(
    model: DesertionModel, function: object, sentence: str
) -> None:
    """The sentence stands with the failed run."""
    own = own_of({}, {"mine": function})
    assert own is not None
    with pytest.raises(InputError, match=sentence):
        measured(own.packed, model, 4)


@pytest.mark.usefixtures("no_workers")
def test_a_study_all_of_whose_measures_fail_says_why(tmp_path: Path) -> None:
    """And not only that it failed."""
    with pytest.raises(StudyFailedError, match="mine = 'x' must be a number"):
        sweep(scenario="quiet", days=2, measures={"mine": lambda _model: "x"}, workers=1, quiet=True)


@pytest.mark.usefixtures("no_workers")
def test_other_code_is_another_study(tmp_path: Path) -> None:
    """Whether the function itself, a function that it calls, or a number that it reads has changed."""

    def made(factor: float) -> object:
        def inner(model: DesertionModel) -> float:
            return factor * model.day

        return lambda model: inner(model) + 1.0

    digests = [own_of({}, {"mine": made(factor)}) for factor in (1.0, 2.0, 1.0)]
    first, second, third = [own.digests for own in digests if own is not None]
    assert first == third != second
    file = tmp_path / "study.sqlite"
    few = {"scenario": "quiet", "days": 2, "workers": 1, "quiet": True, "out": file}
    sweep(soldier=Fearless, **few)
    with pytest.raises(InputError, match="was made by another study"):
        sweep(soldier=Soldier, **few)


@pytest.mark.usefixtures("no_workers")
def test_a_changed_measure_is_refused_by_its_name(tmp_path: Path) -> None:
    """Of a class and two measures that one is named whose code is another, and how to start anew from Python."""

    def kept(_model: DesertionModel) -> float:
        return 1.0

    few = {
        "scenario": "quiet",
        "days": 2,
        "workers": 1,
        "quiet": True,
        "out": tmp_path / "study.sqlite",
        "soldier": Fearless,
    }
    sweep(measures={"kept": kept, "changed": lambda _model: 1.0}, **few)
    with pytest.raises(InputError, match=r"spec\.own\.digests\.measure changed: .*in Python, out=") as refusal:
        sweep(measures={"kept": kept, "changed": lambda _model: 2.0}, **few)
    assert "Fearless" not in str(refusal.value)
    assert "measure kept" not in str(refusal.value)


class Level:
    """A measure that is an object."""

    def __init__(self, level: float) -> None:
        self.level = level

    def __call__(self, _model: DesertionModel) -> float:
        """The level."""
        return self.level

    def told(self, _model: DesertionModel) -> float:
        """The level."""
        return self.level


def _base(_model: DesertionModel, level: float) -> float:
    return level


def _by_keyword(level: float) -> object:
    def inner(_model: DesertionModel, *, level: float = level) -> float:
        return level

    return inner


def _over_global(value: object) -> object:
    """A function that reads a global, also within a generator."""
    space: dict[str, object] = {"value": value, "np": np}
    exec("def inner(model):\n    return sum(float(np.sum(value)) for _ in range(2))", space)
    return space["inner"]


def _over_helper(added: float) -> object:
    space: dict[str, object] = {}
    exec(f"def helper(x):\n    return x + {added}", space)
    exec("def inner(model):\n    return sum(helper(x) for x in range(3))", space)
    return space["inner"]


MADE: dict[str, Callable[[float], object]] = {
    "partial": lambda level: partial(_base, level=level),
    "object": Level,
    "method": lambda level: Level(level).told,
    "keyword-only default": _by_keyword,
    "helper in a generator": _over_helper,
    "array": lambda level: _over_global(np.array([level, 2.0])),
    "array of another kind": lambda level: _over_global(np.array([1, 2], dtype=f"i{int(4 * level)}")),
    "data frame": lambda level: _over_global(pd.DataFrame({"left": [0.0, level], "way": ["hide", "flee"]})),
    "series with words": lambda level: _over_global(pd.Series([level, 2.0], index=["a", "b"])),
    "categories": lambda level: _over_global(pd.Categorical(["a", f"b{level}"])),
    "dates": lambda level: _over_global(pd.date_range("2022-09-21", periods=int(level) + 1)),
    "time": lambda level: _over_global(pd.Timestamp("2022-09-21") + pd.Timedelta(days=level)),
    "generator": lambda level: _over_global(np.random.default_rng(int(level))),
    "set": lambda level: _over_global({level, 3.0}),
    "dict of functions": lambda level: _over_global({"a": _by_keyword(level)}),
    "cached": lambda level: lru_cache(_by_keyword(level)),
    "which of two": lambda level: _over_global(
        (first := [0.0], second := [5.0], (first if level == 1.0 else second))[1:]
    ),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_measure_that_holds_or_reads_another_value_is_another_measure(kind: str) -> None:
    """However it holds it; and the same one is the same."""
    first, second, third = (digest_of([MADE[kind](level)]) for level in (1.0, 2.0, 1.0))
    assert first == third != second
    assert NO_SOURCE not in (first, second)


def test_a_module_of_the_callers_own_counts_by_what_stands_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that another imports, and one that is imported within the function."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own_outer.py").write_text("import own_inner\n")
    reads = (
        "import own_outer\ndef mine(model):\n    return own_outer.x",
        "def mine(model):\n    import own_outer\n    return 1.0",
    )
    for text in reads:
        digests: list[str] = []
        for value in (1, 2, 1):
            (tmp_path / "own_inner.py").write_text(f"x = {value}\n")
            space: dict[str, object] = {}
            exec(text, space)
            digests.append(digest_of([space["mine"]]))
        assert digests[0] == digests[2] != digests[1]
        assert NO_SOURCE not in digests


SAME = """
from desertion.study.design.own import own_of

def helper(x):
    return x

ALL = {"a": helper, "b": {"hide", "flee", "surrender"}}

def mine(model):
    return 1.0 if "hide" in {"hide", "flee", "surrender"} else ALL["a"](0.0)

print(own_of({}, {"mine": mine}).digests)
"""


def test_the_same_code_is_the_same_study_in_every_process() -> None:
    """Neither the order of sets nor where things lie in memory counts."""
    found = {
        subprocess.run(
            [sys.executable, "-c", SAME], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "3")  # which order this set's words differently
    }
    assert len(found) == 1
    assert NO_SOURCE.encode() not in found.pop()


class Secret:
    """An object that does not tell its state."""

    def __reduce__(self) -> str:
        return "SECRET"

    def __call__(self, _model: DesertionModel) -> float:
        """Something."""
        return 1.0


SECRET = Secret()


@pytest.mark.usefixtures("no_workers")
def test_a_measure_that_cannot_be_known_again_is_not_gone_on_with(tmp_path: Path) -> None:
    """Nobody can say whether the rows that are there are of the same one."""
    few = {"scenario": "quiet", "days": 2, "workers": 1, "quiet": True, "out": tmp_path / "study.sqlite"}
    sweep(measures={"mine": SECRET}, **few)
    with pytest.raises(
        InputError, match=r"spec\.own\.digests\.measure mine: cannot be compared, its source is not to be had"
    ):
        sweep(measures={"mine": SECRET}, **few)


@pytest.mark.parametrize(
    ("asked", "name"), [(sweep, "left_total"), (compare, "left_total"), *((compare, name) for name in BY_NAME)]
)
def test_a_measure_may_not_take_a_shipped_name(asked: Callable[..., object], name: str) -> None:
    """Two numbers under one name could not be told apart; a comparison has outcomes beside the measures."""
    few = {"scenario": "quiet", "days": 2, "runs": 1, "workers": 1, "quiet": True}
    with pytest.raises(InputError, match=f"measures = '{name}' is the name of a shipped measure; give it another"):
        asked(measures={name: lambda _model: 1.0}, **few)


@pytest.mark.parametrize("name", ["design", "replicate", "status", "seconds", "policies", "asylum", "hosts.*.border"])
def test_a_measure_may_not_take_the_name_of_another_column(name: str) -> None:
    """Its numbers stood under another name than the one asked for, where no answer found them; it is refused before anything runs."""
    few = {"scenario": "toy", "days": 2, "runs": 1, "workers": 1, "quiet": True}
    for varied in (
        {"vary": {"asylum": [0.5], "hosts.*.border": [1]}},
        {"points": [{"asylum": 0.5, "hosts.*.border": 1}]},
    ):
        with pytest.raises(
            InputError, match=f"measures = '{re.escape(name)}' is the name of another column of the table"
        ):
            sweep(measures={name: lambda _model: 1.0}, **few, **varied)


@pytest.mark.parametrize("asked", [sweep, compare])
def test_a_measure_has_a_name_that_is_text(asked: Callable[..., object]) -> None:
    """A number for a name ended in a TypeError of the table."""
    with pytest.raises(InputError, match=r"measures = 3 must be a name; give functions by name"):
        asked(scenario="quiet", measures={3: lambda _model: 1.0}, quiet=True)
