"""Effects are read, computed and refused as written."""

from __future__ import annotations

import math

import pytest

from desertion.errors import InputError
from desertion.study.design.expression import Effect

ARMS = {"open": {"left": 30.0, "cost": 0.0}, "closed": {"left": 20.0, "cost": 5.0}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("open.left - closed.left", 10.0),
        ("relative(open.left, closed.left)", 0.5),
        ("relative(closed.cost, open.cost)", 5.0),
        ("ratio(open.left, closed.cost)", 6.0),
        ("-2 * (open.left - closed.left) + max(1, 0.5)", -19.0),
    ],
)
def test_effects_are_computed(text: str, value: float) -> None:
    """Arithmetic by hand."""
    assert Effect(text)(ARMS) == pytest.approx(value)


def test_ratio_with_nothing_below_is_undefined() -> None:
    """Nobody protected: leavers per protected person have no value."""
    assert math.isnan(Effect("ratio(open.left, open.cost)")(ARMS))


def test_terms_name_what_must_be_run() -> None:
    """The arms to run follow from the expressions."""
    effect = Effect("relative(open.left, closed.left) + ratio(open.cost, 2)")
    assert effect.terms == {("open", "left"), ("closed", "left"), ("open", "cost")}


@pytest.mark.parametrize("text", ["__import__('os')", "open.left ** 2", "open['left']", "open.left if 1 else 2", "'x'"])
def test_anything_but_arithmetic_is_refused(text: str) -> None:
    """A claims file is data, not a program."""
    with pytest.raises(InputError, match="effect"):
        Effect(text)


def test_broken_expressions_get_an_example() -> None:
    """The sentence shows how an effect looks."""
    with pytest.raises(InputError, match="is no expression"):
        Effect("open.left -")


@pytest.mark.parametrize(("text", "what"), [("opne.left + 0", "arm 'opne'"), ("open.lefd + 0", "measure 'lefd'")])
def test_unknown_arms_and_measures_are_named(text: str, what: str) -> None:
    """A typing mistake gets the nearest name."""
    with pytest.raises(InputError, match=what):
        Effect(text)(ARMS)
