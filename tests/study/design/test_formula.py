"""Formulas: constraints between parameters and effects over arms, read, worked out and refused as written."""

import math
from collections.abc import Callable

import pytest

from desertion.errors import InputError
from desertion.study.design.formula import Effect, constraint

ARMS = {"open": {"left": 30.0, "cost": 0.0}, "closed": {"left": 20.0, "cost": 5.0}}
POINT = {"a": 0.4, "b.c": 0.5, "d-e": 2, "word": "x"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a + b.c <= 1", True),
        ("a + b.c <= 0.8", False),
        ("0 < a < b.c < 1", True),
        ("not a > b.c and min(a, b.c) == 0.4", True),
        ("a > 1 or p['d-e'] / 2 >= 1", True),
        ("-a < 0", True),
        ("word == 'x'", True),
        ("abs(a - b.c) * 10 > 2", False),
        ("a + 0.2 <= 0.6", True),  # 0.6000000000000001 in binary
        ("a + 0.2 == 0.6 and not a + 0.2 > 0.6 and not a + 0.2 != 0.6", True),
        ("a <= 0.399999999", False),
        ("b.c == '0.5'", False),
        ("9007199254740993 > 9007199254740992", True),
    ],
)
def test_a_comparison_is_judged_as_arithmetic_says(text: str, holds: bool) -> None:
    """Dotted paths, quoted paths, chains and the three functions work."""
    assert constraint(text, POINT, "s")(POINT) is holds


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.__class__ == 1",
        "(lambda: 1)() == 1",
        "[x for x in (1,)] == 1",
        "a ** 9 ** 9 ** 9 > 1",
        "open('f')",
        "a if a else b.c",
        "zzz > 1",
        "a <",
        "a > 1 " + "or a > 1 " * 100,
    ],
)
def test_anything_but_a_comparison_of_varied_parameters_is_refused(text: str) -> None:
    """A study file from a stranger cannot run code or hang the driver."""
    with pytest.raises(InputError):
        constraint(text, POINT, "s")


def test_a_comparison_that_cannot_be_worked_out_says_at_which_point() -> None:
    """Dividing by zero is a sentence, not a traceback."""
    with pytest.raises(InputError, match="cannot be worked out"):
        constraint("a / (p['d-e'] - 2) > 1", POINT, "s")(POINT)


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


@pytest.mark.parametrize("read", [Effect, lambda text: constraint(f"{text} > 0", POINT, "s")])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("min()", r"min\(\) takes at least one number, got 0"),
        ("(" * 300 + "1" + ")" * 300, "characters, more than 500"),
        ("(" * 240 + "1" + ")" * 240, "is no"),
        ("-" * 300 + "1", "nested more than 100 deep"),
        ("1" * 4301, "characters, more than 500"),
        ("9" * 400, "uses"),
        ("mix(1, 2)", "no function 'mix'; did you mean 'm"),
    ],
)
def test_what_would_hang_or_break_the_reader_is_a_sentence(
    read: Callable[[str], object], text: str, words: str
) -> None:
    """No arguments, deep brackets, long chains of signs, numbers without end, unknown functions; short enough to read."""
    with pytest.raises(InputError, match=words) as refusal:
        read(text)
    assert len(str(refusal.value)) < 500


def test_an_effect_that_cannot_be_worked_out_is_a_sentence() -> None:
    """Numbers beyond all bounds overflow."""
    with pytest.raises(InputError, match="cannot be worked out"):
        Effect(" * ".join(["9" * 60] * 7))(ARMS)
