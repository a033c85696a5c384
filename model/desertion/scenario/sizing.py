"""Shrinking a scenario: people, places, caseworkers and police alike, so that rates are kept."""

import math
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

from desertion.errors import InputError
from desertion.parameters import Change
from desertion.scenario.levers import Target, target

FORCE_COUNTS = ("police",)
HOST_COUNTS = ("entry", "cases", "places", "places_taken", "skilled_visas")
PEOPLE = ("soldiers", "reservists", "civilians")


def two_figures(scale: float, *, upward: bool = False) -> float:
    """A scale in two figures, none of which is rounded to where it would be refused again."""
    unit = 10.0 ** (math.floor(math.log10(scale)) - 1)
    return round((math.ceil(scale / unit - 1e-9) if upward else math.floor(scale / unit + 1e-9)) * unit, 12)


def shrunk_force(force: Mapping[str, Any], scale: float) -> dict[str, Any]:
    """A force's fields with all counts multiplied by `scale` and people rounded to whole ones; of call-ups their running total is.

    Units keep their strength and communities their size, unless fewer people are left than one community holds.

    Raises:
        InputError: If nobody or no whole squad is left.
    """
    people = {name: round(force[name] * scale) for name in PEOPLE}
    name = force["name"]
    if sum(people.values()) == 0:
        raise InputError(
            f"scale = {scale:g} leaves nobody in force {name!r}; raise the scale", key="scale", value=scale
        )
    if force["soldiers"] > 0 and people["soldiers"] < force["squad"]:
        least = force["squad"] / force["soldiers"]
        raise InputError(
            f"scale = {scale:g} leaves {people['soldiers']} soldiers in force {name!r}, less than one whole squad of "
            f"{force['squad']}; use a scale of at least {two_figures(least, upward=True):g}",
            key="scale",
            value=scale,
        )
    # The running total is rounded: many small call-ups would all round to nothing, or all up.
    called = [0, *(round(total * scale) for total in accumulate(wave["number"] for wave in force["waves"]))]
    waves = [{**wave, "number": b - a} for wave, (a, b) in zip(force["waves"], pairwise(called), strict=True)]
    at_home = people["reservists"] + people["civilians"]
    return {
        **force,
        **people,
        **{count: force[count] * scale for count in FORCE_COUNTS},
        "community": max(1, min(force["community"], at_home or sum(people.values()))),
        "waves": waves,
    }


def shrunk_host(host: Mapping[str, Any], scale: float) -> dict[str, Any]:
    """A host's fields with all counts multiplied by `scale`; they need not stay whole (credit is kept)."""
    return {**host, **{count: host[count] * scale for count in HOST_COUNTS}}


def shrunk_change(change: Change, scale: float) -> Change:
    """A dated value at the smaller size."""
    return change.model_copy(update={"value": change.value * scale}) if is_count(target(change.path)) else change


def is_count(lever: Target) -> bool:
    """Whether a lever counts persons, places or cases and is shrunk with them."""
    return lever.field in (FORCE_COUNTS if lever.kind == "forces" else HOST_COUNTS)


def shrunk_behaviour(behaviour: Mapping[str, Any], scale: float) -> dict[str, Any]:
    """The behaviour with news of decided cases weighed at the smaller size.

    A shrunk world decides fewer cases, so each one stands for many: beliefs move as fast as at full size.
    """
    return {**behaviour, "belief_heard": behaviour["belief_heard"] / scale}
