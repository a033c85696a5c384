"""Who is next to whom: links by distance or by list, placebo links that match them, and strata cut in two or joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import ConvexHull, QhullError, cKDTree

from desertion.study.arrays import Array, Indices

EARTH = 6371.0  # km, mean radius


@dataclass(frozen=True)
class Links:
    """Links between units; a mutual link stands once, a directed one runs from sender to receiver.

    Attributes:
        sender: one end of each link, shape (link,).
        receiver: the other end.
        directed: whether the sender can move the receiver and not the other way round.
    """

    sender: Indices
    receiver: Indices
    directed: bool = False

    def __len__(self) -> int:
        """The number of links."""
        return len(self.sender)

    def matrix(self, units: int, *, reverse: bool = False) -> csr_array:
        """Who can move whom: 1 in (receiver, sender), shape (unit, unit).

        Args:
            units: number of units.
            reverse: turn directed links round.
        """
        to, by = (self.sender, self.receiver) if reverse else (self.receiver, self.sender)
        if not self.directed:
            to, by = np.concatenate([to, by]), np.concatenate([by, to])
        return csr_array((np.ones(len(to)), (to, by)), shape=(units, units))

    def among(self, units: NDArray[np.bool_]) -> Links:
        """The links of which both ends are in `units`, a mask of shape (unit,)."""
        both = units[self.sender] & units[self.receiver]
        return Links(self.sender[both], self.receiver[both], self.directed)

    def numbered(self, units: NDArray[np.bool_]) -> Links:
        """The links among `units`, with these units numbered anew from 0."""
        number, inside = np.cumsum(units) - 1, self.among(units)
        return Links(number[inside.sender], number[inside.receiver], self.directed)


def on_sphere(latitude: Array, longitude: Array) -> Array:
    """Points in km from the centre of the earth, shape (unit, 3).

    Args:
        latitude: degrees north, shape (unit,).
        longitude: degrees east.
    """
    phi, lam = np.radians(latitude), np.radians(longitude)
    return EARTH * np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def within(points: Array, distance: float) -> Links:
    """Mutual links between all units at most `distance` km apart, those at that distance but for rounding among them; on the globe along its surface."""
    reach = distance * (1.0 + 1e-9)
    if points.shape[1] == 3:
        reach = 2.0 * EARTH * np.sin(min(reach / (2.0 * EARTH), np.pi / 2.0))
    pairs = cKDTree(points).query_pairs(reach, output_type="ndarray")
    return Links(pairs[:, 0].astype(np.intp), pairs[:, 1].astype(np.intp))


def lengths(points: Array, links: Links) -> Array:
    """Length of each link in km, on the globe along its surface, shape (link,)."""
    return _on_surface(points, np.linalg.norm(points[links.sender] - points[links.receiver], axis=1))


def to_nearest(points: Array, rank: int) -> Array:
    """Distance in km from each unit to the one that is `rank`-th nearest to it, or the farthest if there are fewer, shape (unit,)."""
    rank = min(rank, len(points) - 1)
    return _on_surface(points, cKDTree(points).query(points, [rank + 1])[0][:, 0])


def _on_surface(points: Array, straight: Array) -> Array:
    """Straight distances as they are in the plane, and along the surface of the globe."""
    return straight if points.shape[1] == 2 else 2.0 * EARTH * np.arcsin(np.minimum(straight / (2.0 * EARTH), 1.0))


def placebo(points: Array | None, links: Links, strata: Indices, rng: np.random.Generator) -> Links:
    """Directed links that are none: as many for each receiver, from units as far away as its senders are.

    The longest link is matched first, each with the unlinked unit whose distance is nearest to its own, one by lot where several are; where links are all those
    within a distance, these are the next units outward. Without positions the senders are drawn from the receiver's stratum.

    Args:
        points: positions, shape (unit, 2 or 3), or none.
        links: the links to be matched.
        strata: stratum of each unit, shape (unit,).
        rng: draws senders where there are no positions, or several fit.
    """
    units = len(strata)
    incoming, outgoing = links.matrix(units), links.matrix(units, reverse=True)
    lot = rng.spawn(1)[0]  # so that what is drawn later does not hang on how many senders fit
    senders: list[int] = []
    receivers: list[int] = []
    for unit in range(units):
        own = _row(incoming, unit)
        free = np.ones(units, np.bool_)
        free[[unit, *own, *_row(outgoing, unit)]] = False
        if points is None:
            candidates = np.flatnonzero(free & (strata == strata[unit]))
            chosen = rng.permutation(candidates)[: len(own)].tolist()
        else:
            chosen = _matched(np.linalg.norm(points - points[unit], axis=1), own, free, lot)
        senders += chosen
        receivers += [unit] * len(chosen)
    return Links(np.array(senders, np.intp), np.array(receivers, np.intp), directed=True)


def _row(matrix: csr_array, unit: int) -> Indices:
    """Units that a row of a matrix of links names."""
    return matrix.indices[matrix.indptr[unit] : matrix.indptr[unit + 1]].astype(np.intp)


def _matched(distance: Array, own: Indices, free: NDArray[np.bool_], lot: np.random.Generator) -> list[int]:
    open_ = np.where(free, distance, np.inf)
    chosen: list[int] = []
    for wanted in -np.sort(-distance[own]):
        off = np.abs(open_ - wanted)
        if not np.isfinite(off.min()):
            break
        # On a lattice many are as far: the first of each would all lie on the side where names begin.
        nearest = np.flatnonzero(off <= off.min() + 1e-9 * (1.0 + wanted))
        best = int(nearest[0] if len(nearest) == 1 else lot.choice(nearest))
        chosen.append(best)
        open_[best] = np.inf
    return chosen


def halved(points: Array, strata: Indices) -> Indices:
    """Strata cut in two across their longer side, numbered from 0, shape (unit,)."""
    parts = np.zeros(len(strata), np.intp)
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        parts[own] = 2 * stratum + _upper_half(points[own])
    return np.unique(parts, return_inverse=True)[1].astype(np.intp)


def _upper_half(points: Array) -> NDArray[np.bool_]:
    centred = points - points.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    upper = np.zeros(len(points), np.bool_)
    upper[np.argsort(along, kind="stable")[len(points) // 2 :]] = True
    return upper


def doubled(points: Array, strata: Indices) -> Indices:
    """Strata joined two by two, the nearest centres first; an odd one stays alone. Shape (unit,)."""
    names = np.unique(strata)
    centres = np.array([points[strata == name].mean(axis=0) for name in names])
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    apart[np.diag_indices(len(names))] = np.inf
    joined = strata.copy()
    for _ in range(len(names) // 2):
        a, b = np.unravel_index(int(np.argmin(apart)), apart.shape)
        joined[strata == names[b]] = names[a]
        apart[[a, b], :] = np.inf
        apart[:, [a, b]] = np.inf
    return np.unique(joined, return_inverse=True)[1].astype(np.intp)


def along(points: Array) -> Indices:
    """Units in an order in which neighbours in the list are neighbours on the map, by halving again and again, shape (unit,)."""
    if len(points) < 2:
        return np.arange(len(points))
    upper = _upper_half(points)
    parts = [np.flatnonzero(~upper), np.flatnonzero(upper)]
    return np.concatenate([part[along(points[part])] for part in parts])


def cells(points: Array, size: int) -> Indices:
    """Compact cells of `size` units each, the last one smaller, numbered from 0, shape (unit,)."""
    cell = np.empty(len(points), np.intp)
    cell[along(points)] = np.arange(len(points)) // size
    return cell


def inland(points: Array, distance: float) -> NDArray[np.bool_]:
    """Units further than `distance` km from the edge of the convex hull of all, a mask of shape (unit,)."""
    centred = points - points.mean(axis=0)
    # The plane that loses least: the two main axes.
    flat = points if points.shape[1] == 2 else centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    try:
        hull = ConvexHull(flat)
    except QhullError:  # all on one line: every unit lies on the edge
        return np.zeros(len(points), np.bool_)
    equations = cast("Any", hull).equations
    return np.asarray((-(flat @ equations[:, :2].T + equations[:, 2])).min(axis=1) > distance)
