"""Own classes and measures: where they may be defined, what is refused before anything runs, what a wrong number says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from desertion import InputError, Soldier, sweep
from desertion.simulation.model import DesertionModel
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


def test_a_study_all_of_whose_measures_fail_says_why(tmp_path: Path) -> None:
    """And not only that it failed."""
    with pytest.raises(StudyFailedError, match="mine = 'x' must be a number"):
        sweep(scenario="quiet", days=2, measures={"mine": lambda _model: "x"}, workers=1, quiet=True)


def test_other_code_is_another_study(tmp_path: Path) -> None:
    """Whether the function itself, a function that it calls, or a number that it reads has changed."""

    def made(factor: float) -> object:
        def inner(model: DesertionModel) -> float:
            return factor * model.day

        return lambda model: inner(model) + 1.0

    digests = [own_of({}, {"mine": made(factor)}) for factor in (1.0, 2.0, 1.0)]
    first, second, third = [own.digest for own in digests if own is not None]
    assert first == third != second
    file = tmp_path / "study.sqlite"
    few = {"scenario": "quiet", "days": 2, "workers": 1, "quiet": True, "out": file}
    sweep(soldier=Fearless, **few)
    with pytest.raises(InputError, match="was made by another study"):
        sweep(soldier=Soldier, **few)


def test_a_measure_may_not_take_a_shipped_name() -> None:
    """Two numbers under one name could not be told apart."""
    with pytest.raises(StudyFailedError, match="left_total"):
        sweep(scenario="quiet", days=2, measures={"left_total": lambda _model: 1.0}, workers=1, quiet=True)
