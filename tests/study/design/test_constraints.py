"""Constraints between parameters: what they can say and what they cannot do."""

import pytest

from desertion.errors import InputError
from desertion.study.design.constraints import constraint

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
