"""The hazard of leaving by one route: level, contagion, opportunity and the five forms of contagion. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel
from desertion.rules.ticks import SHARE, clip_exponent

# The five forms of contagion, by the names that `behaviour.form` takes.
MULTIPLICATIVE, CONCAVE, ADDITIVE, THRESHOLD, NONE = 0, 1, 2, 3, 4
FORM_NUMBER = {
    "multiplicative": MULTIPLICATIVE,
    "concave": CONCAVE,
    "additive": ADDITIVE,
    "threshold": THRESHOLD,
    "none": NONE,
}


@kernel
def weighted_share(own: int, total: int, cross: float) -> float:
    """Pressure (share of a group gone, decayed) that counts for one route.

    `own` and `total` are ticks of 2**-30: gone by this route, and by all; `cross` is the weight of the other routes.
    """
    return (own + cross * (total - own)) / SHARE


@kernel
def contagion(weight: float, interaction: float, reception: float, share: float) -> float:
    """One level's term of the log-hazard: (beta + beta* x reception) x share gone."""
    return (weight + interaction * reception) * share


@kernel
def level_rate(form: int, baseline: float, drive: float, shared: float) -> float:
    """A group's part of the rate of one route per day, before opportunity and personal ties.

    `drive` is push less cost and `shared` the contagion from all levels but ties, both in log-hazard units.
    """
    if form == MULTIPLICATIVE:
        return baseline * math.exp(clip_exponent(drive + shared))
    return baseline * math.exp(clip_exponent(drive))


@kernel
def exit_rate(
    form: int,
    open_chance: float,
    level: float,
    shared: float,
    tied: float,
    additive_scale: float,
    concave_scale: float,
    concave_power: float,
) -> float:
    """Rate per day of leaving by one route for a person of average frailty (exp z = 1).

    `open_chance` is opportunity times perceived chance to its power; at 0 the rate is exactly 0. `tied` is the contagion from personal ties.
    """
    if open_chance <= 0.0:
        return 0.0
    if form == MULTIPLICATIVE:
        if tied == 0.0:
            return open_chance * level
        return open_chance * level * math.exp(clip_exponent(tied))
    if form == CONCAVE:
        felt = shared + tied
        if felt <= 0.0:
            return open_chance * level
        return open_chance * level * math.pow(1.0 + felt / concave_scale, concave_power)
    if form == ADDITIVE:
        rate = level + additive_scale * (shared + tied)
        return open_chance * rate if rate > 0.0 else 0.0
    return open_chance * level


@kernel
def opening(opportunity: float, chance: float, reference: float, power: float) -> float:
    """Opportunity times the perceived chance relative to the reference state, to its power; exactly 0 where either is 0."""
    if opportunity <= 0.0 or chance <= 0.0:
        return 0.0
    if power == 1.0:
        return opportunity * (chance / reference)
    return opportunity * math.pow(chance / reference, power)


@kernel
def soldiers_power(own: float, common: float) -> float:
    """Exponent of the chance that soldiers who serve perceive: their own where one is stated (0 or above), else everybody's."""
    return own if own >= 0.0 else common


@kernel
def frailty(
    normal_own: float, normal_unit: float, normal_community: float, own: float, unit: float, community: float
) -> float:
    """Log frailty z, the sum of three normal parts with the variances given, each part with E[exp] = 1."""
    z = math.sqrt(own) * normal_own - 0.5 * own
    z += math.sqrt(unit) * normal_unit - 0.5 * unit
    return z + math.sqrt(community) * normal_community - 0.5 * community


@kernel
def leaves_by_threshold(share: float, threshold: float, pull: float) -> bool:
    """Whether the weighted share gone, helped by push and chance, has reached a person's threshold."""
    return share + pull >= threshold
