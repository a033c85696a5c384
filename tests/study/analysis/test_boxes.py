"""The box finds the ranges that were put in and stays silent about noise."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.study.analysis.boxes import Box, confirmed_box, find_box

RNG = np.random.default_rng(11)
WORLDS = 800
COLUMNS = {
    "R": RNG.uniform(0, 1, WORLDS),
    "memory": RNG.uniform(30, 400, WORLDS),
    "noise": RNG.uniform(0, 1, WORLDS),
    "form": RNG.choice(["additive", "concave", "none"], WORLDS),
}


def test_box_recovers_the_corner_that_was_planted() -> None:
    """Interesting worlds have R above 0.6 and memory below 200 days; the other parameters are left out."""
    cases = (COLUMNS["R"] > 0.6) & (COLUMNS["memory"] < 200)
    box = find_box(COLUMNS, cases)
    assert box is not None
    assert set(box.limits) == {"R", "memory"}
    assert box.limits["R"][0] == pytest.approx(0.6, abs=0.06)
    assert box.limits["memory"][1] == pytest.approx(200, abs=25)
    assert box.density > 0.9
    assert box.coverage > 0.75
    assert "R >= 0." in box.where()


def test_box_recovers_a_word() -> None:
    """A form of contagion can separate the worlds on its own."""
    box = find_box(COLUMNS, COLUMNS["form"] == "additive")
    assert box is not None
    assert box.limits == {"form": ("additive",)}
    assert box.density == box.coverage == 1.0
    assert box.where() == "form is additive"


def test_a_word_that_peels_a_large_piece_has_no_advantage() -> None:
    """Of 100 worlds 52 are of interest, the 52 with the largest a; of the 40 called z one in ten is, and what a loses first is none: z would leave more cases out."""
    a = np.arange(100.0)
    form = np.array(["y"] * 12 + ["z"] * 36 + ["y"] * 48 + ["z"] * 4)
    box = find_box({"form": form, "a": a}, a >= 48, 0.55)
    assert box is not None
    assert set(box.limits) == {"a"}
    assert box.coverage == 1.0


def test_a_large_box_counts_by_its_lift_over_chance() -> None:
    """Three in ten are of interest in the lower half and seven in ten in the upper one, which is the box."""
    a = np.arange(400)
    box = find_box({"a": a}, a % 10 < np.where(a < 200, 3, 7))
    assert box is not None
    assert box.limits["a"][0] == pytest.approx(200, abs=15)
    assert box.density == pytest.approx(0.7, abs=0.02)


def test_a_box_is_told_with_its_bounds_and_shares() -> None:
    """Bounds on one side, on both, and words; how dense it is against all, and what it holds."""
    limits = {"a": (0.2, 0.41), "b": (-np.inf, 3.0), "c": (0.5, np.inf), "form": ("x", "y")}
    box = Box(limits=limits, density=0.8, coverage=0.6, support=0.3, overall=0.25)
    assert box.words("half leave") == (
        "Where a between 0.2 and 0.41 and b <= 3 and c >= 0.5 and form is x or y, half leave in 80 % of the points, against 25 % overall; "
        "this region holds 30 % of the points and 60 % of the cases."
    )


@pytest.mark.parametrize("cases", [np.zeros(WORLDS, bool), np.ones(WORLDS, bool)])
def test_no_box_where_all_worlds_agree(cases: np.ndarray) -> None:
    """Nothing separates worlds that do not differ."""
    assert find_box(COLUMNS, cases) is None


def test_a_box_is_confirmed_where_it_holds_by_more_than_chance_in_the_other_half() -> None:
    """Found where a is 1; of the other hundred points half lie there and half are of interest: 29 of 50 are 1.6 standard errors above, 30 are 2."""
    other = np.random.default_rng(0).permutation(200) % 2 == 1  # as the halves are drawn
    a = np.zeros(200)
    a[np.flatnonzero(~other)[::2]] = a[np.flatnonzero(other)[:50]] = 1.0
    for more in (29, 30):
        cases = a == 1.0
        cases[other] = np.repeat([True, False, True, False], [more, 50 - more, 50 - more, more])
        box = confirmed_box({"a": a}, cases)
        if more == 29:
            assert box is None
        else:
            assert box is not None
            assert (box.limits, box.density) == ({"a": (1.0, np.inf)}, 0.6)
            assert (box.coverage, box.support, box.overall) == (0.6, 0.5, 0.5)


@pytest.mark.statistical
def test_noise_gets_no_long_list_of_bounds() -> None:
    """Null: 60 worlds, cases by coin, 12 parameters without influence; of 10 trials at least 8 give one bound or none."""
    rng = np.random.default_rng(5)
    found = [
        find_box({f"p{i}": rng.uniform(size=60) for i in range(12)}, rng.uniform(size=60) < 0.3) for _ in range(10)
    ]
    assert sum(box is None or len(box.limits) <= 1 for box in found) >= 8
