"""Plausible worlds: points of a space-filling sequence over the documented ranges of parameters, or those that a match kept."""

from collections.abc import Sequence

from desertion.errors import InputError
from desertion.study.design.factors import Factor, Point
from desertion.study.design.layout import DesignRule, lay_out
from desertion.study.matching.ensemble import load_ensemble

FEWEST_OF_A_WORD = 10
"""Worlds of one kind below which a single one would be more than a tenth of them, and so decide a verdict by itself."""


def worlds(factors: Sequence[Factor], count: int, seed: int, ensemble: str = "") -> tuple[Point, ...]:
    """`count` worlds of a scrambled Sobol sequence, each a value for every factor.

    The first worlds of a longer sequence with the same seed are the same worlds when both counts are
    powers of two or the shorter one is a prefix: a study can be continued with more worlds.

    Args:
        factors: what differs between worlds.
        count: number of worlds, >= 1.
        seed: scrambling of the sequence.
        ensemble: name or file of an ensemble whose first worlds are taken: what was matched has its values there, the rest those of the sequence.

    Raises:
        InputError: there is no factor or no world, or the ensemble holds fewer.
    """
    if count < 1:
        raise InputError(f"claims: worlds = {count} must be at least 1")
    drawn = lay_out(DesignRule(kind="sequence", points=count, seed=seed), factors, "claims")
    if not ensemble:
        return drawn
    kept = load_ensemble(ensemble).worlds
    if count > len(kept):
        raise InputError(
            f"claims: worlds = {count} must be at most {len(kept)}, which is what the ensemble {ensemble} holds"
        )
    return tuple({**point, **world} for point, world in zip(drawn, kept, strict=False))


def rare(factors: Sequence[Factor], points: Sequence[Point]) -> dict[str, int]:
    """Words of the ranges that fewer than ten of the worlds have, with their number, as in `form = threshold`: of such worlds nothing is said."""
    found = {
        f"{factor.name} = {value}": sum(point[factor.name] == value for point in points)
        for factor in factors
        for value in factor.values
        if isinstance(value, str)
    }
    return {words: count for words, count in found.items() if count < FEWEST_OF_A_WORD}


def columns(points: Sequence[Point]) -> dict[str, list[object]]:
    """One list of values per factor, in the order of the worlds."""
    return {name: [point[name] for point in points] for name in points[0]} if points else {}
