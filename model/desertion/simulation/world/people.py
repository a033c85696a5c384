"""Persons: what kind, status and traits let somebody do, and the number his draws are made from."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.simulation.world.codes import (
    AT_BORDER,
    CALLED,
    CALLED_SKILLED,
    DESERTER,
    EMIGRATED,
    EVADER,
    HIDING,
    HIDING_OTHER,
    HIDING_SOLDIER,
    HOME,
    HOME_CIVILIAN,
    HOME_CIVILIAN_SKILLED,
    HOME_RESERVIST,
    HOME_RESERVIST_SKILLED,
    IN_FLIGHT,
    OFFICER_BIT,
    OTHER,
    PROTECTED,
    REFUSED,
    REFUSING,
    RESERVIST,
    SERVED_BIT,
    SERVING,
    SKILLED_BIT,
    SOLDIER,
    SPECIALIST,
    SUMMONED,
    TRAINING,
)
from desertion.simulation.world.fields import World

NO_CLASS = -1


@kernel
def who(w: World, i: int) -> int:
    """The number from which a person's draws are made; it does not depend on other forces."""
    f = w.force_of[i]
    return w.force_key[f] + i - w.person_first[f]


@kernel
def class_of(kind: int, status: int, trait: int) -> int:
    """The class of shared hazard of a person outside his unit, -1 if he has none."""
    skilled = (trait & SKILLED_BIT) != 0
    if status == HOME:
        if kind == RESERVIST:
            return HOME_RESERVIST_SKILLED if skilled else HOME_RESERVIST
        return HOME_CIVILIAN_SKILLED if skilled else HOME_CIVILIAN
    if status == SUMMONED or status == TRAINING:
        return CALLED_SKILLED if skilled else CALLED
    if status == HIDING or status == REFUSING:
        return HIDING_SOLDIER if (trait & SERVED_BIT) != 0 else HIDING_OTHER
    return NO_CLASS


@kernel
def can_leave(status: int) -> bool:
    """Whether exit clocks run in this status."""
    return (
        status == HOME
        or status == SERVING
        or status == SUMMONED
        or status == TRAINING
        or status == HIDING
        or status == REFUSING
    )


@kernel
def is_passing(status: int) -> bool:
    """Whether somebody in this status is looked at every day by movement."""
    return not (status == HOME or status == SERVING or status >= EMIGRATED or status == PROTECTED or 5 <= status <= 7)


@kernel
def at_host(status: int) -> bool:
    """Whether somebody in this status is counted at a host."""
    return AT_BORDER <= status <= REFUSED or status == EMIGRATED


@kernel
def is_away(status: int) -> bool:
    """Whether somebody in this status is out of the country or on his way."""
    return IN_FLIGHT <= status <= REFUSED or status == EMIGRATED


@kernel
def may_bind(status: int, kind: int, touched: int) -> bool:
    """Whether a person's clock is his cell's own: at home or in his unit, untouched by personal ties."""
    if touched != 0:
        return False
    return status == SERVING or (status == HOME and kind != SOLDIER)


@kernel
def category_of_class(cl: int) -> int:
    """The category in which hosts see people of a class."""
    if cl == HIDING_SOLDIER:
        return DESERTER
    if cl == HOME_CIVILIAN:
        return OTHER
    if cl == HOME_CIVILIAN_SKILLED:
        return SPECIALIST
    return EVADER


@kernel
def leaving_weight(w: World, i: int) -> float:
    """How much a person's leaving counts: an officer's more."""
    if (w.trait[i] & OFFICER_BIT) != 0:
        return w.officer_weight[w.force_of[i]]
    return 1.0
