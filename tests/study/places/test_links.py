"""Links, placebo links and strata."""

from __future__ import annotations

import numpy as np
import pytest

from desertion.study.places.links import (
    Links,
    along,
    cells,
    doubled,
    halved,
    inland,
    lengths,
    on_sphere,
    placebo,
    to_nearest,
    within,
)

GRID = np.array([(x, y) for x in range(6) for y in range(6)], np.float64)


def test_distances_on_the_globe_are_those_of_the_great_circle() -> None:
    """One degree of latitude is 111.2 km; Berlin to Leipzig about 149."""
    points = on_sphere(np.array([51.0, 52.0, 52.517, 51.340]), np.array([12.0, 12.0, 13.389, 12.375]))
    links = Links(np.array([0, 2]), np.array([1, 3]))
    assert lengths(points, links) == pytest.approx([111.2, 148.5], abs=0.5)


def test_far_places_are_as_far_as_the_way_over_the_ground() -> None:
    """A quarter of the equator, and the nearest way over the date line; the straight way through the earth, 9,010 of 10,008 km, links nobody."""
    points = on_sphere(np.zeros(3), np.array([-179.0, 91.0, 179.0]))
    assert lengths(points, Links(np.array([0, 0, 1]), np.array([1, 2, 2]))) == pytest.approx(
        [10007.5, 222.4, 9785.2], abs=0.1
    )
    assert [len(within(points, distance)) for distance in (222.0, 223.0, 9785.0, 9786.0, 10008.0, 3e4)] == [
        0,
        1,
        1,
        2,
        3,
        3,
    ]
    assert to_nearest(points, 1) == pytest.approx([222.4, 9785.2, 222.4], abs=0.1)
    assert to_nearest(points, 4) == pytest.approx([10007.5, 10007.5, 9785.2], abs=0.1)


def test_all_pairs_within_a_distance_are_linked_once() -> None:
    """On a grid of 36 points there are 60 neighbours at distance 1."""
    links = within(GRID, 1.0)
    assert len(links) == 60
    assert links.matrix(36).sum() == 120


def test_a_pair_at_the_largest_distance_is_linked_whatever_rounding_does() -> None:
    """Tenths of a km are no binary numbers: 0.3 less 0.2 is under 0.1, and 0.8 less 0.7 over it."""
    assert len(within(GRID / 10.0, 0.1)) == 60
    assert len(within(GRID / 10.0, 0.0999)) == 0


def test_placebo_links_have_the_same_degree_and_are_the_next_outward() -> None:
    """Where links are all those within a distance, placebo senders are the nearest of the others, and none is linked."""
    links = within(GRID, 1.0)
    false = placebo(GRID, links, np.zeros(36, np.intp), np.random.default_rng(1))
    assert (false.matrix(36).sum(axis=1) == links.matrix(36).sum(axis=1)).all()
    assert not (false.matrix(36).toarray() * links.matrix(36).toarray()).any()
    assert lengths(GRID, false).max() <= 2.0 + 1e-9


def test_placebo_links_of_a_lattice_lean_to_no_side() -> None:
    """Of the next units outward of eight neighbours eight are as far: the first four by number all lie to the west, half a step on average."""
    lattice = np.array([(x, y) for x in range(12) for y in range(12)], np.float64)
    links = within(lattice, 1.5)
    false = placebo(lattice, links, np.zeros(144, np.intp), np.random.default_rng(1))
    lean = (lattice[false.sender] - lattice[false.receiver]).mean(axis=0)
    assert np.abs(lean).max() < 0.15
    assert (false.matrix(144).sum(axis=1) == links.matrix(144).sum(axis=1)).all()


def test_placebo_links_match_distances_where_neighbours_are_listed() -> None:
    """A listed neighbour at distance 2 gets an unlinked unit at the same distance, not a nearer one."""
    line = np.column_stack([np.arange(8.0), np.zeros(8)])
    false = placebo(line, Links(np.array([5]), np.array([3])), np.zeros(8, np.intp), np.random.default_rng(1))
    assert lengths(line, false).tolist() == [2.0, 2.0]


def test_whom_a_unit_moves_is_no_placebo_for_it() -> None:
    """Of two units at distance 1 one is the sender and the other the receiver's own receiver: the placebo is at distance 2."""
    line = np.column_stack([np.array([0.0, 1.0, 2.0, 4.0]), np.zeros(4)])
    chain = Links(np.array([0, 1]), np.array([1, 2]), directed=True)
    false = placebo(line, chain, np.zeros(4, np.intp), np.random.default_rng(1))
    assert list(zip(false.sender.tolist(), false.receiver.tolist(), strict=True)) == [(3, 1), (0, 2)]


def test_placebo_links_without_positions_stay_in_the_stratum() -> None:
    """Drawn from the receiver's own stratum."""
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    false = placebo(None, Links(np.array([0, 4]), np.array([1, 5])), strata, np.random.default_rng(1))
    assert (strata[false.sender] == strata[false.receiver]).all()
    assert len(false) == 4


def test_strata_are_halved_and_doubled() -> None:
    """Four strata of nine become eight, and two; halves lie within their stratum."""
    strata = (2 * (GRID[:, 0] // 3) + GRID[:, 1] // 3).astype(np.intp)
    half = halved(GRID, strata)
    assert sorted(np.bincount(half).tolist()) == [4] * 4 + [5] * 4
    assert all(len(np.unique(strata[half == each])) == 1 for each in np.unique(half))
    assert np.bincount(doubled(GRID, strata)).tolist() == [18, 18]


def test_cells_are_compact_and_hold_every_unit_once() -> None:
    """Four points of a grid in one cell are nearer to each other than four at random."""
    assert sorted(along(GRID).tolist()) == list(range(36))
    cell = cells(GRID, 4)
    assert np.bincount(cell).tolist() == [4] * 9
    spread = np.mean([GRID[cell == each].std(axis=0).sum() for each in range(9)])
    assert spread < GRID.std(axis=0).sum() / 2


def test_the_edge_is_dropped() -> None:
    """Of six by six points sixteen are more than half a step from the hull."""
    assert inland(GRID, 0.5).sum() == 16
    assert not inland(np.column_stack([np.arange(5.0), np.zeros(5)]), 0.5).any()
