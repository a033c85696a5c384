"""Plausible worlds: points of a space-filling sequence over the documented ranges of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desertion.errors import InputError
from desertion.study.design.factors import Factor, Point
from desertion.study.design.layout import DesignRule, unit_points


def worlds(factors: Sequence[Factor], count: int, seed: int) -> tuple[Point, ...]:
    """`count` worlds of a scrambled Sobol sequence, each a value for every factor.

    The first worlds of a longer sequence with the same seed are the same worlds when both counts are
    powers of two or the shorter one is a prefix: a study can be continued with more worlds.

    Args:
        factors: what differs between worlds.
        count: number of worlds, >= 1.
        seed: scrambling of the sequence.

    Raises:
        InputError: there is no factor or no world.
    """
    if count < 1:
        raise InputError(f"claims: worlds = {count} must be at least 1")
    rule = DesignRule(kind="sequence", points=count, seed=seed)
    shares = unit_points(rule, len(factors), "claims")
    return tuple(
        {factor.name: factor.at(float(share)) for factor, share in zip(factors, row, strict=True)} for row in shares
    )


def columns(points: Sequence[Point]) -> Mapping[str, list[object]]:
    """One list of values per factor, in the order of the worlds."""
    return {name: [point[name] for point in points] for name in points[0]} if points else {}
