"""Persons: what kind, status and traits let somebody do, and the number his draws are made from."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.simulation.world import codes
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
    skilled = (trait & codes.SKILLED_BIT) != 0
    if status == codes.HOME:
        if kind == codes.RESERVIST:
            return codes.HOME_RESERVIST_SKILLED if skilled else codes.HOME_RESERVIST
        return codes.HOME_CIVILIAN_SKILLED if skilled else codes.HOME_CIVILIAN
    if status == codes.SUMMONED or status == codes.TRAINING:
        return codes.CALLED_SKILLED if skilled else codes.CALLED
    if status == codes.HIDING or status == codes.REFUSING:
        return codes.HIDING_SOLDIER if (trait & codes.SERVED_BIT) != 0 else codes.HIDING_OTHER
    return NO_CLASS


@kernel
def is_liable(kind: int, trait: int) -> bool:
    """Whether an exit ban holds a person: reservists, and soldiers until they are discharged."""
    return kind == codes.RESERVIST or (kind == codes.SOLDIER and (trait & codes.SERVED_BIT) != 0)


@kernel
def can_leave(status: int) -> bool:
    """Whether exit clocks run in this status."""
    return (
        status == codes.HOME
        or status == codes.SERVING
        or status == codes.SUMMONED
        or status == codes.TRAINING
        or status == codes.HIDING
        or status == codes.REFUSING
    )


@kernel
def is_passing(status: int) -> bool:
    """Whether somebody in this status is looked at every day by movement."""
    stays = status == codes.HOME or status == codes.SERVING or status == codes.PROTECTED or status >= codes.EMIGRATED
    return not (stays or codes.KILLED <= status <= codes.SURRENDERED)


@kernel
def at_host(status: int) -> bool:
    """Whether somebody in this status is counted at a host."""
    return codes.AT_BORDER <= status <= codes.REFUSED or status == codes.EMIGRATED


@kernel
def is_away(status: int) -> bool:
    """Whether somebody in this status is out of the country or on his way."""
    return codes.IN_FLIGHT <= status <= codes.REFUSED or status == codes.EMIGRATED


@kernel
def may_bind(status: int, kind: int, touched: int) -> bool:
    """Whether a person may go by a shared clock: at home or in his unit, untouched by personal ties."""
    if touched != 0:
        return False
    return status == codes.SERVING or (status == codes.HOME and kind != codes.SOLDIER)


@kernel
def category_of_class(cl: int) -> int:
    """The category in which hosts see people of a class."""
    if cl == codes.HIDING_SOLDIER:
        return codes.DESERTER
    if cl == codes.HOME_CIVILIAN:
        return codes.OTHER
    if cl == codes.HOME_CIVILIAN_SKILLED:
        return codes.SKILLED
    return codes.EVADER


@kernel
def leaving_weight(w: World, i: int) -> float:
    """How much a person's leaving counts: an officer's more."""
    if (w.trait[i] & codes.OFFICER_BIT) != 0:
        return w.officer_weight[w.force_of[i]]
    return 1.0
