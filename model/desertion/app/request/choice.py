"""From an address to a checked scenario, refusing names and sizes that this server does not serve."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from desertion.app.request.address import Address, parse
from desertion.app.request.limits import check_live, check_numbers, limits
from desertion.errors import InputError, refuse_unknown, unknown_name
from desertion.figures.labels import titled
from desertion.files import LEVER
from desertion.parameters.arguments import SCALE, SEED
from desertion.reading import command_line, toml_value
from desertion.scenario.documents import AS_IT_IS, JOIN, parted
from desertion.scenario.grain import FLOOR
from desertion.study.design.point import DIALS

if TYPE_CHECKING:
    from desertion.scenario import Scenario

PLAYS_WELL = 20_000
"""Persons of a run whose scale the visitor has not chosen."""

STILL_PLAYS = 120_000
"""Persons of such a run at most, where so many are needed to stand at the floor of scale: half a year of 100,000 people takes 0.04 to 0.1 s."""

SETTABLE = ("behaviour", "forces", "hosts", "dial")
"""Parts of a scenario that an address may set; all others, such as files, it may not."""

DOORS = "asylum"
"""The dial that moves the doors as policies do; every other input makes the world in which they act."""

WHOLE = (DOORS, *DIALS)
"""Dials that turn many inputs at once."""

LONGEST_WORD = 100
"""Characters of a setting that is a word."""

RUN_PARTS = ("scenario", "policies", "settings", "scale", "days", "seed")
"""Parts of an address that decide which run is lived."""


@lru_cache(maxsize=1)
def shipped() -> dict[str, dict[str, str]]:
    """Titles of the shipped scenarios and policies by kind and name."""
    from desertion.scenario import catalogue

    names = catalogue()
    policies = {name: title for name, title in names["policies"].items() if not name.startswith(LEVER)}
    return {"scenarios": names["scenarios"], "policies": policies, "all policies": names["policies"]}


def scenario_of(address: Address) -> Scenario:
    """The scenario that an address asks for, checked.

    Raises:
        InputError: If a name is not shipped, a value is not allowed, or the run is larger than this server allows.
    """
    chosen = unchecked(address, address.policies)
    check_live(people_of(chosen), chosen.scale, chosen.days)
    # Whether whole squads are left shows only here; the run would need it anyway.
    chosen.sized()
    return chosen


def understood(query: str) -> tuple[Address, dict[str, str]]:
    """The largest part of an address that can be served, and by part what is wrong with the rest.

    Args:
        query: The address's part after the question mark.
    """
    wanted, wrong = parse(query)
    try:
        scenario_of(wanted)
    except InputError:
        # Some part is wrong, or two do not go together: taken one by one, the first that breaks the run is the one to name.
        sound = replace(wanted, **{name: getattr(Address(), name) for name in RUN_PARTS})
        numbers = ((name, name, getattr(wanted, name)) for name in ("scenario", "scale", "days", "seed"))
        policies = (("policies", "policies", (policy,)) for policy in wanted.policies)
        settings = ((key, "settings", ((key, text),)) for key, text in wanted.settings)
        for part, name, value in (*numbers, *policies, *settings):
            more = (*getattr(sound, name), *value) if isinstance(value, tuple) else value
            try:
                scenario_of(replace(sound, **{name: more}))
            except InputError as problem:
                wrong[part] = str(problem)
            else:
                sound = replace(sound, **{name: more})
        wanted = sound
    sound_arms: list[str] = []
    for arm in wanted.arms:
        try:
            check_names(wanted.scenario, parted(arm))
        except InputError as problem:
            wrong["arms"] = str(problem)
        else:
            sound_arms.append(arm)
    wanted = replace(wanted, arms=tuple(sound_arms) or Address().arms)
    if wanted.force and wanted.force not in (armies := [force.name for force in scenario_of(wanted).forces]):
        wrong["force"] = str(unknown_name("army", wanted.force, armies))
        wanted = replace(wanted, force="")
    return wanted, wrong


def unchecked(address: Address, policies: tuple[str, ...]) -> Scenario:
    """The scenario that an address asks for under some policies; its size is not checked.

    Raises:
        InputError: If a name is not shipped or a value is not allowed.
    """
    from desertion.study.design.point import scenario_of as scenario_of_point

    check_names(address.scenario, policies)
    SEED.checked("seed", address.seed)
    if not math.isfinite(address.scale) or not 0.0 <= address.scale <= 1.0:
        raise InputError(f"scale = {address.scale:g} {SCALE.rule}", key="scale")
    if address.days < 0:
        raise InputError(f"days = {address.days} must be a whole number >= 1", key="days")
    # Read as a study's design point is read, so that its dials mean the same here.
    with fitting(address.scenario, policies):
        return scenario_of_point(
            {
                "scenario": address.scenario,
                "policies": list(policies),
                "scale": address.scale or usual_scale(address.scenario),
                "days": address.days or None,
                "settings": settings_of(address),
            }
        )


@contextmanager
def fitting(scenario: str, policies: Sequence[str]) -> Generator[None]:
    """Tell a visitor that a policy does not fit a scenario; what is told otherwise is meant for the author of either.

    Args:
        scenario: Name of a shipped scenario.
        policies: Shipped policies laid over it.

    Raises:
        InputError: With the hosts that the scenario lacks.
    """
    try:
        yield
    except InputError as problem:
        policy = next((name for name in policies if f"/{name}.toml" in problem.where), "")
        if not policy or problem.value not in _LACKED:
            raise
        raise InputError(
            f"“{arm_in_words(policy)}” cannot be laid over {scenario_in_words(scenario)}, {_LACKED[str(problem.value)]}",
            key="policies",
            value=policy,
        ) from problem


_LACKED = {
    "*": "which has no hosts",
    "@asylum": "which marks no host as offering asylum",
    "@border": "which marks no host as sharing a border and asking for a visa",
    "@coalition": "which marks no host as of the coalition",
    "@visa-free": "which marks no host as asking no visa",
}
"""What a scenario lacks, by how a policy names the hosts that it changes."""


@lru_cache(maxsize=32)
def misfits(scenario: str) -> Mapping[str, str]:
    """What a shipped scenario lacks for shipped policies, in a clause by policy; without those that can be laid over it."""
    usual = unchecked(Address(scenario=scenario), ())
    named = {f"@{group}" for host in usual.hosts for group in host.groups} | ({"*"} if usual.hosts else set())
    found: dict[str, str] = {}
    # Nearly all scenarios have every kind of host, and no policy need be tried on them.
    for policy in () if named >= set(_LACKED) else shipped()["all policies"]:
        try:
            usual.with_policies((policy,))
        except InputError as problem:
            if lack := _LACKED.get(str(problem.value)):
                found[policy] = f"{scenario_in_words(scenario)} {lack.removeprefix('which ')}"
    return found


def scenario_in_words(scenario: str) -> str:
    """A shipped scenario's title up to its colon."""
    return shipped()["scenarios"][scenario].split(":")[0]


def check_names(scenario: str, policies: tuple[str, ...]) -> None:
    """Refuse scenarios and policies that are not shipped: a path from a browser is never opened.

    Raises:
        InputError: With the nearest name.
    """
    refuse_unknown("scenario", scenario, shipped()["scenarios"])
    for policy in policies:
        if policy not in shipped()["all policies"]:
            raise unknown_name("policy", policy, shipped()["policies"])


def arm_in_words(arm: str) -> str:
    """What one arm of a comparison is called: the titles of its policies; one that is not shipped keeps its name."""
    return titled([shipped()["all policies"].get(name, name) for name in parted(arm)])


def undialled(address: Address) -> Address:
    """The address without the asylum dial, which would stand in for every policy named, and for none."""
    return address.with_setting(DOORS, "")


def check_arms(address: Address) -> None:
    """Refuse a comparison of policies that are not shipped, of too many, or of more runs than allowed.

    Raises:
        InputError: With what is allowed.
    """
    for arm in address.arms:
        check_names(address.scenario, parted(arm))
    check_numbers(len(address.arms), address.runs)


def settings_of(address: Address, otherwise: Sequence[str] = ()) -> dict[str, object]:
    """Inputs by dotted key with their values.

    Args:
        address: The address.
        otherwise: Dials that are set in another way where the address stands, and not named to who looks for a key.

    Raises:
        InputError: If a key belongs to a part that an address may not set.
    """
    settings: dict[str, object] = {}
    for key, text in address.settings:
        if key not in WHOLE and key.split(".")[0] not in SETTABLE:
            allowed = f"what can be set is {', '.join(name for name in WHOLE if name not in otherwise)} or starts with {', '.join(SETTABLE)}"
            raise InputError(f"{key[:80]} cannot be set here; {allowed}", key=key)
        value = toml_value(text, key)
        if not isinstance(value, bool | int | float | str):
            raise InputError(f"{key} = {text[:80]!r} must be a number, a truth value or a word", key=key)
        if (isinstance(value, int) and abs(value) > 2**63) or (isinstance(value, str) and len(value) > LONGEST_WORD):
            raise InputError(
                f"{key} = {text[:20]}... is larger than any number and longer than any word used here", key=key
            )
        if key in DIALS and (isinstance(value, str) or not 0.0 <= float(value) < math.inf):
            raise InputError(f"{key} = {text[:80]!r} must be a number >= 0", key=key)
        settings[key] = value
    return settings


def usual_scale(scenario: str) -> float:
    """The scale at which a shipped scenario has about `PLAYS_WELL` people, or stands at the floor where `STILL_PLAYS` and the server allow it, in one figure; 1 for a small one."""
    return _usual_scale(scenario, min(STILL_PLAYS, limits().people))


@lru_cache(maxsize=64)
def _usual_scale(scenario: str, most: int) -> float:
    from desertion.scenario import Scenario

    whole = Scenario.load(scenario, scale=1.0)
    people, soldiers = people_of(whole), sum(force.soldiers for force in whole.forces)
    share = min(1.0, 1.2 * PLAYS_WELL / people)
    if soldiers and share < FLOOR / soldiers:
        least = min(1.0, _one_figure(FLOOR / soldiers, math.ceil))
        if least * people <= most:
            return least
    return _one_figure(share, math.floor)


def _one_figure(share: float, rounded: Callable[[float], int]) -> float:
    unit = 10.0 ** math.floor(math.log10(share))
    down = -1e-9 if rounded is math.ceil else 1e-9
    return round(rounded(share / unit + down) * unit, 12)


def people_of(scenario: Scenario) -> int:
    """Simulated persons of a scenario, without building its sized form."""
    return round(sum(force.people for force in scenario.forces) * scenario.scale)


def run_command(address: Address) -> str:
    """The command line that repeats the live run; with a dial, which `desertion run` has not, that of one run of the same world."""
    if turns_dials(address):
        # A comparison needs a policy, and case by case is the status quo.
        arm = JOIN.join(address.policies) or "case-by-case"
        own = [("policy", AS_IT_IS), ("policy", arm), ("runs", 1)]
        return command_line("compare", [address.scenario], [*own, *_common(address)])
    policies = [("policy", policy) for policy in address.policies]
    return command_line("run", [address.scenario], [*policies, *_common(address)])


def turns_dials(address: Address) -> bool:
    """Whether an address turns a dial that comparisons have and single runs have not."""
    return any(key in DIALS for key, _ in address.settings)


def _common(address: Address) -> list[tuple[str, object]]:
    """Options that a run and a comparison share."""
    settings = [("set", f"{key}={text}") for key, text in address.settings]
    scale = address.scale or usual_scale(address.scenario)
    return [*settings, ("scale", scale), ("seed", address.seed), ("days", address.days or None)]
