"""The rivals: eleven causes of a history, each alone and with contagion."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desertion.errors import refuse_unknown
from desertion.study.arrays import Array
from desertion.study.laboratory import causes, contagion, reporting
from desertion.study.laboratory.prior import Prior
from desertion.study.laboratory.window import RULE, Window

Path = Callable[[np.random.Generator, int, Window, float], Array]
Report = Callable[[np.random.Generator, Array], Array]

_BAND = 2.0  # a history may have half to twice as many leavers as the series


def _steady(_rng: np.random.Generator, size: int, window: Window, _width: float) -> Array:
    return np.zeros((size, window.steps))


def _alike(_rng: np.random.Generator, size: int) -> Array:
    return np.ones((size, 1))


def _as_it_was(_rng: np.random.Generator, flow: Array) -> Array:
    return flow


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What makes a history besides contagion and chance.

    Attributes:
        name: short name.
        words: in words.
        family: causes of one family are left out together.
        path: log hazard by history and step, for a width of the priors on drift.
        frailty: relative hazards of equally large classes of people.
        report: what is counted of what happened.
        priors: what is drawn.
    """

    name: str
    words: str
    family: str
    path: Path = field(default=_steady)
    frailty: Callable[[np.random.Generator, int], Array] = field(default=_alike)
    report: Report = field(default=_as_it_was)
    priors: tuple[Prior, ...] = ()


def _several(rng: np.random.Generator, size: int, window: Window, width: float) -> Array:
    parts = [path(rng, size, window, width) for path in (causes.bent, causes.shocks, causes.doors)]
    return sum(parts[1:], parts[0])


CAUSES = {
    cause.name: cause
    for cause in (
        Cause(name="steady", words="nothing but chance", family="steady"),
        Cause(
            name="shocks",
            words="shared shocks that pass",
            family="shocks",
            path=causes.shocks,
            priors=(causes.SHOCK, causes.SHOCK_TIME),
        ),
        Cause(
            name="homophily",
            words="people differ, the easiest go first",
            family="homophily",
            frailty=causes.frailty,
            priors=(causes.FRAILTY,),
        ),
        Cause(
            name="log-linear",
            words="outside trend along a line",
            family="trend",
            path=causes.log_linear,
            priors=(causes.DRIFT,),
        ),
        Cause(
            name="bent",
            words="outside trend with a bend",
            family="trend",
            path=causes.bent,
            priors=(causes.DRIFT, causes.BEND),
        ),
        Cause(
            name="saturating",
            words="outside trend to a new level",
            family="trend",
            path=causes.saturating,
            priors=(causes.DRIFT, causes.MIDDLE, causes.SPEED),
        ),
        Cause(
            name="doors",
            words="doors open and close",
            family="doors",
            path=causes.doors,
            priors=(causes.DOOR, causes.OPENING),
        ),
        Cause(
            name="capacity",
            words="desks are full",
            family="reporting",
            report=reporting.capacity,
            priors=(reporting.DESK,),
        ),
        Cause(
            name="rules",
            words="rules of counting change",
            family="reporting",
            report=reporting.rules,
            priors=(reporting.FACTOR, reporting.WHEN),
        ),
        Cause(
            name="backlog",
            words="files pile up and are worked off",
            family="reporting",
            report=reporting.backlog,
            priors=(reporting.WHEN, reporting.HELD, reporting.PILING, reporting.RELEASE),
        ),
        Cause(
            name="several",
            words="bent trend, shocks, doors, homophily and a change of rules at once",
            family="several",
            path=_several,
            frailty=causes.frailty,
            report=reporting.rules,
        ),
    )
}
COMMON = (contagion.OWED, contagion.MEMORY, RULE)
"""Priors of all rivals: of contagion where there is any, and of a documented change of rules."""

FAMILIES = ("shocks", "homophily", "trend", "doors", "reporting")
"""Families that are left out one at a time; `several`, which holds parts of all, is left out with each."""


def cause(name: str) -> Cause:
    """A cause by name.

    Raises:
        InputError: there is no such cause.
    """
    refuse_unknown("rival", name, CAUSES)
    return CAUSES[name]


@dataclass(frozen=True)
class Histories:
    """Simulated histories as published, and what is known of them.

    Attributes:
        published: shape (history, point).
        owed: shape (history,), share of expected leavers who would have stayed without contagion; 0 without it.
        advanced: shape (history,), on the day on which it is largest, those gone who would not be gone yet without contagion, as a share of all expected leavers: `owed` at least; 0 without it.
        form: shape (history,), which form of contagion.
    """

    published: Array
    owed: Array
    advanced: Array
    form: NDArray[np.intp]


def simulate(
    of: Cause, window: Window, size: int, rng: np.random.Generator, *, contagious: bool, width: float = 1.0
) -> Histories:
    """Histories of one rival.

    How many leave is drawn first (evenly in the logarithm, half to twice as many as in the series), then which share of them contagion is to bring
    (evenly from 0 to 1); baseline and strength follow, so that every share owed to contagion is as frequent as any other.

    Args:
        of: the cause.
        window: what is known of the series.
        size: histories.
        rng: chance.
        contagious: whether leavers draw others.
        width: factor of the ranges of trends and doors.
    """
    low, high = window.at_risk
    people = np.floor(np.exp(rng.uniform(np.log(low), np.log(high + 1), size))).clip(low, high)
    total = window.total * _BAND ** rng.uniform(-1.0, 1.0, size)
    if not window.again:
        total = np.minimum(total, 0.99 * people)
    frail = of.frailty(rng, size)
    classes = frail.shape[1]
    left = rng.multinomial(people.astype(np.int64), np.full(classes, 1.0 / classes)).astype(np.float64)
    path = of.path(rng, size, window, width)
    path = np.exp(path - path.max(axis=1, keepdims=True))
    path /= path.sum(axis=1, keepdims=True)
    owed = contagion.OWED.draw(rng, size) if contagious else np.zeros(size)
    advanced = np.zeros(size)
    form = rng.integers(len(contagion.FORMS), size=size)
    base = path * _level(path, left, frail, (1.0 - owed) * total, again=window.again)[:, None]
    if not contagious:
        acts = contagion.flow(base, left, frail, None, rng, again=window.again)
        return Histories(window.publish(of.report(rng, acts), rng), owed, advanced, form)
    keep = 2.0 ** (-1.0 / (contagion.MEMORY.draw(rng, size) * window.steps))
    acts = np.empty_like(base)
    for number, name in enumerate(contagion.FORMS):
        own = form == number
        if not own.any():  # it would cost as much as a form that many have
            continue
        given = (base[own], left[own], frail[own])
        strength = contagion.strength_for(*given, name, keep[own], total[own], again=window.again)
        drawn = contagion.Contagion(name, strength, keep[own])
        without, expected = (contagion.flow(*given, how, None, again=window.again) for how in (None, drawn))
        leavers = np.maximum(expected.sum(axis=1), 1e-12)
        owed[own] = np.clip(1.0 - without.sum(axis=1) / leavers, 0.0, 1.0)
        ahead = np.cumsum(expected - without, axis=1).max(axis=1)
        advanced[own] = np.clip(ahead / leavers, owed[own], 1.0)
        acts[own] = contagion.flow(*given, drawn, rng, again=window.again)
    return Histories(window.publish(of.report(rng, acts), rng), owed, advanced, form)


def _level(path: Array, left: Array, frail: Array, total: Array, *, again: bool) -> Array:
    """Hazard added up over the window at which `total` leave in expectation without contagion, shape (history,)."""
    low, high = np.full(len(path), np.log(1e-12)), np.full(len(path), np.log(1e4))
    for _ in range(40):
        middle = (low + high) / 2.0
        cumulated = np.exp(middle)[:, None] * frail
        chance = -np.expm1(-cumulated[:, :, None] * path[:, None, :]).sum(axis=2) if again else -np.expm1(-cumulated)
        few = (left * chance).sum(axis=1) < total
        low, high = np.where(few, middle, low), np.where(few, high, middle)
    return np.exp((low + high) / 2.0)
