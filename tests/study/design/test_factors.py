"""What may be varied, and over which values."""

import math

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.design.factors import factor


def test_a_list_of_values_is_its_own_grid_in_the_given_order() -> None:
    """The order of a list is the user's, not ours."""
    assert factor("asylum", [0.5, 0, 1], "s").grid() == (0.5, 0, 1)


def test_numpy_values_become_plain_numbers() -> None:
    """A grid made with linspace is stored as plain JSON numbers."""
    values = factor("asylum", np.linspace(0, 1, 3), "s").grid()
    assert values == (0.0, 0.5, 1.0)
    assert all(type(value) is float for value in values)


@pytest.mark.parametrize(
    ("given", "share", "expected"),
    [
        ({"range": [2, 4]}, 0.25, 2.5),
        ({"range": [1, 100], "log": True}, 0.5, 10.0),
        ({"integers": [1, 3]}, 0.99, 3),
        ({"integers": [1, 3]}, 0.0, 1),
        ({"normal": [5, 2]}, 0.5, 5.0),
        ({"triangular": [0, 1, 2]}, 0.5, 1.0),
        ({"triangular": [0, 1, 2]}, 0.125, 0.5),
        ({"triangular": [0, 1, 4]}, 2 / 3, 2.0),
        ({"choices": ["a", "b"]}, 0.5, "b"),
        ({"choices": ["a", "b"]}, 1.0, "b"),
    ],
)
def test_each_distribution_gives_its_quantile(given: dict[str, object], share: float, expected: object) -> None:
    """`at` is the quantile function, worked out by hand here."""
    found = factor("x", given, "s").at(share)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


@pytest.mark.parametrize(
    "given",
    [
        {"range": [1, 3650], "log": True},
        {"range": [0.1, 10], "log": True},
        {"range": [-0.3, 0.1]},
        {"triangular": [-0.3, -0.3, 0.1]},
        {"normal": [0.0, 1.0], "within": [-0.3, 0.1]},
    ],
)
def test_the_ends_of_a_factor_are_the_numbers_stated(given: dict[str, object]) -> None:
    """To the bit, and nothing lies beyond: an end may be the last number that an input allows."""
    one = factor("x", given, "s")
    low, *_, high = one.within or one.numbers
    assert (one.at(0.0), one.at(1.0)) == (low, high)
    assert all(low <= float(one.at(share)) <= high for share in (1e-17, 0.5, 1 - 2**-53))
    stepped = factor("x", {**given, "steps": 3}, "s").grid()
    assert (stepped[0], stepped[-1]) == (low, high)


def test_a_cut_normal_never_leaves_its_bounds() -> None:
    """Even at the ends of the unit interval, where a normal is infinite."""
    cut = factor("x", {"normal": [0, 1], "within": [-0.5, 2]}, "s")
    assert cut.at(0.0) == pytest.approx(-0.5)
    assert cut.at(1.0) == pytest.approx(2.0)
    assert math.isfinite(float(factor("x", {"normal": [0, 1]}, "s").at(1.0)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "empty list"),
        ([1, 0, 1.0], r"names 1\.0 twice: name it once"),
        (["a", "a"], "names 'a' twice"),
        ({"range": [1, 0]}, "first bound must lie below"),
        ({"range": [0, 1], "log": True}, "range above 0"),
        ({"range": [0, 1], "normal": [0, 1]}, "exactly one"),
        ({"rnage": [0, 1]}, "there is no key 'rnage'; did you mean 'range'"),
        ({"range": [0, float("nan")]}, "must be finite numbers"),
        ({"range": [0]}, r"range\[1\] is missing"),
        ({"range": "wide"}, "range = 'wide' must be a list"),
        ({"range": [0, 1], "steps": -1}, "steps = -1 must lie in"),
        ({"range": [0, 1], "log": "yes"}, "log = 'yes' must be true or false"),
        ({"normal": [0, 0]}, "must be above 0"),
        ({"integers": [0.5, 2]}, "whole numbers"),
        ({"range": [0, 1], "within": [0.4, 0.5], "steps": 3}, "within cuts a normal alone, and here stands range"),
        ({"range": [1, 0], "within": [0, 1]}, "within cuts a normal alone"),
        ({"triangular": [0.5, 0.5, 0.5], "within": [0.4, 0.5]}, "within cuts a normal alone"),
        ({"integers": [1, 3], "within": [1, 2]}, "within cuts a normal alone"),
        ({"choices": [1, 2], "within": [0, 1]}, "within cuts a normal alone"),
        ({"triangular": [0.5, 0.5, 0.5]}, "first bound must lie below"),
        ({"normal": [0, 0.001], "within": [0.4, 0.5]}, "holds nothing of the normal"),
        ({"choices": [1, 2], "steps": 9}, "choices are their own values"),
        ([float("inf")], "must be finite"),
        ([None], "must be a number"),
    ],
)
def test_a_wrong_factor_is_refused_with_its_name_and_the_rule(given: object, words: str) -> None:
    """The sentence names the study, the parameter and what is wrong."""
    with pytest.raises(InputError, match=words) as told:
        factor("asylum", given, "tipping.toml")
    assert "tipping.toml: vary.asylum" in str(told.value)


def test_a_range_without_steps_makes_no_grid() -> None:
    """Silently choosing a number of steps would choose the study for the user."""
    with pytest.raises(InputError, match="steps = 5"):
        factor("asylum", {"range": [0, 1]}, "s").grid()
