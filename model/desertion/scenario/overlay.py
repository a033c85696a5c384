"""Laying policies over a scenario: what every lever stands at on every day, and how conflicts are decided.

For each lever and day: the scenario's own value, which each policy in the order of their names sets, raises to a floor
(`at_least`) or lowers to a ceiling (`at_most`); times all factors; plus all amounts; cut to the lever's bounds. Factors
and amounts do not depend on the order of the policies, bit for bit.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desertion.errors import InputError
from desertion.scenario.layers import Layers
from desertion.scenario.levers import Lever, Target, addressed, check_value, expand, target
from desertion.scenario.policy import LEVELS, OPERATIONS, Policy, PolicyChange
from desertion.scenario.sizing import is_count


@dataclass(frozen=True)
class Move:
    """One operation of one policy on one lever, with its days (the last one excluded)."""

    policy: str
    rank: int
    begin: dt.date
    end: dt.date
    operation: str
    value: float

    def acts(self, day: dt.date) -> bool:
        """Whether it holds on that day."""
        return self.begin <= day < self.end

    def level(self, value: float, true: Sequence[float] = ()) -> float:
        """What a lever that stands at `value` stands at after it, of those that say a level; a value below 0 stands for the `true` ones, if there are any."""
        low, high = (min(true), max(true)) if true and value < 0.0 else (value, value)
        kept = {"set": False, "at_least": low >= self.value, "at_most": high <= self.value}[self.operation]
        return value if kept else self.value


@dataclass
class Track:
    """All that ever moves one lever."""

    own: list[tuple[dt.date, float]] = field(default_factory=list[tuple[dt.date, float]])
    moves: list[Move] = field(default_factory=list[Move])

    def dates(self) -> Iterable[dt.date]:
        """All days on which the value may change."""
        yield from (day for day, _ in self.own)
        for move in self.moves:
            yield from (move.begin, move.end)

    def own_value(self, base: float, day: dt.date) -> float:
        """What the scenario itself has the lever stand at on a day: its dated value that came last, or the one that it begins with."""
        own = [(date, value) for date, value in self.own if date <= day]
        return max(own, key=lambda pair: pair[0])[1] if own else base

    def levels(self, day: dt.date) -> list[Move]:
        """The policies' moves that say on a day what the lever stands at, in the order in which they take turns."""
        found = [move for move in self.moves if move.acts(day) and move.operation in LEVELS]
        # Sorting keeps the order of equals, the lines of one policy.
        return sorted(found, key=lambda move: (move.rank, move.begin))

    def stands(self, value: float, day: dt.date, true: Sequence[float] = ()) -> tuple[float, Move | None]:
        """What they make of a value of the scenario's own on a day, and the one that decided; none where none changed it."""
        held: Move | None = None
        for move in self.levels(day):
            if move.operation == "set" or move.level(value, true) != value:
                value, held = move.level(value, true), move
        return value, held

    def value(
        self, base: float, day: dt.date, lever: Lever, true: Sequence[float] = ()
    ) -> tuple[float, tuple[float, float] | None]:
        """The lever's value on a day and the bounds to which it was cut, if it was; a value below 0 stands for the `true` ones, if there are any.

        Raises:
            InputError: If an unlimited lever is multiplied by 0, amounts are beyond all numbers, or what stands for others is to be reckoned with.
        """
        value, _ = self.stands(self.own_value(base, day), day, true)
        acting = [move for move in self.moves if move.acts(day)]
        factors = sorted(move.value for move in acting if move.operation == "multiply")
        amounts = [move.value for move in acting if move.operation == "add"]
        if true and value < 0.0 and (factors or amounts):
            names = ", ".join(move.policy for move in acting if move.operation not in LEVELS)
            raise InputError(f"{lever.name} is {value:g}, which stands for the true rates, and is no number to multiply or add to (policy {names}); use set")  # fmt: skip
        if math.isinf(value) and 0.0 in factors:
            names = ", ".join(move.policy for move in acting if move.operation == "multiply" and move.value == 0.0)
            raise InputError(f"{lever.name} is unlimited and cannot be multiplied by 0 (policy {names}); use set")
        if factors and value != 0.0:  # factors without end make nothing of nothing
            value *= math.prod(factors)
        try:
            raw = math.fsum([value, *amounts]) if factors or amounts else value
        except OverflowError:
            raise InputError(f"{lever.name} is added to beyond the largest number that there is; add less") from None
        low = 0.0 if true and value >= 0.0 else lever.low
        cut = min(max(raw, low), lever.high)
        return cut, None if cut == raw else (low, lever.high)


def tracks(layers: Layers, places: Mapping[str, str] | None = None) -> dict[Target, Track]:
    """All that moves each lever, wildcards resolved, in the order of the documents.

    Raises:
        InputError: If a policy names what is not there, or gives a value that is not allowed.
    """
    found: dict[Target, Track] = {}
    for change in layers.changes:
        found.setdefault(target(change.path), Track()).own.append((change.date, change.value))
    for rank, policy in enumerate(layers.overlays):
        place = (places or {}).get(policy.name, f'policy "{policy.name}"')
        for index, change in enumerate(policy.change):
            begin, end = change.days(layers.start)
            if begin >= end:
                raise InputError(f"{place}: change[{index}] ends ({end}) before it begins ({begin})", where=place)
            for operation, path, value, where in stated(change, f"{place}: change[{index}]"):
                for one in expand(path, layers.forces, layers.hosts, where=where, scenario=layers.name):
                    # A policy's counts are of real size, whatever the size of the scenario it is laid over.
                    is_shrunk = layers.at_scale and operation != "multiply" and is_count(one)
                    own = value * layers.scale if is_shrunk else value
                    move = Move(policy.name, rank, begin, end, operation, own)
                    found.setdefault(one, Track()).moves.append(move)
    return found


def stated(change: PolicyChange, place: str) -> Iterator[tuple[str, str, float, str]]:
    """All that a change of a policy states: operation, path, value, and where it stands.

    Raises:
        InputError: If there is no such lever, or the value is not allowed.
    """
    for operation in OPERATIONS:
        values: Mapping[str, float] = getattr(change, operation)
        for path, value in values.items():
            where = f"{place}.{operation}"
            _check(addressed(path, where=where)[2], operation, value, f'{where} "{path}"')
            yield operation, path, value, where


def _check(lever: Lever, operation: str, value: float, where: str) -> None:
    if lever.is_switch and operation != "set":
        raise InputError(f"{where}: {lever.name} is a switch ({lever.unit}); use set instead of {operation}")
    if operation in LEVELS:
        check_value(lever, value, where=where)


def conflicts(found: Mapping[Target, Track]) -> list[str]:
    """One sentence for each lever name and pair of policies of which one undoes at once what the other states."""
    clashes: dict[tuple[str, str, str], list[str]] = {}
    for one, track in found.items():
        said = [move for move in track.moves if move.operation in LEVELS]
        for i, first in enumerate(said):
            for second in said[i + 1 :]:
                overlap = first.begin < second.end and second.begin < first.end
                left = second.level(first.value)
                if overlap and first.rank != second.rank and first.level(left) != left:
                    names = clashes.setdefault((one.field, first.policy, second.policy), [])
                    if one.name not in names:
                        names.append(one.name)
    return [
        f'"{first}" and "{second}" state different values of {lever} of {", ".join(names)}; "{second}", named last, wins'
        for (lever, first, second), names in clashes.items()
    ]


def outdone(found: Mapping[Target, Track], settings: Sequence[str], layers: Layers) -> list[str]:
    """One sentence for each lever and policies that set it on all days of a run to other values than a setting by dotted key."""
    end = layers.start + dt.timedelta(days=layers.days)
    names: dict[tuple[str, str], list[str]] = {}
    for one in dict.fromkeys(target(path) for path in settings if target(path) in found):
        thing = layers.force(one.name) if one.kind == "forces" else layers.host(one.name)
        own = getattr(thing, one.field)
        days = {layers.start} | {day for day in found[one].dates() if layers.start < day < end}
        stands = [found[one].stands(own, day) for day in sorted(days)]
        movers = [move.policy for _, move in stands if move is not None]
        if len(movers) == len(stands) and any(value != own for value, _ in stands):
            policies = " with ".join(dict.fromkeys(f'"{name}"' for name in movers))
            names.setdefault((one.field, policies), []).append(one.name)
    return [
        f"the setting of {lever} of {', '.join(who)} has no effect: {policies} sets it on every day of the run"
        for (lever, policies), who in names.items()
    ]


def unreached(found: Mapping[Target, Track], settings: Sequence[str], layers: Layers) -> list[str]:
    """One sentence for the hosts whose `access` is moved and the forces all of whose regions state their own nearness to them."""
    moved = {one.name for one, track in found.items() if one.field == "access" and (track.moves or track.own)}
    moved |= {one.name for one in map(target, settings) if one.field == "access"}
    hosts: dict[tuple[str, ...], list[str]] = {}
    for host in (host.name for host in layers.hosts if host.name in moved):
        near = tuple(
            force.name
            for force in layers.forces
            if force.regions and all(host in region.access for region in force.regions)
        )
        if near:
            hosts.setdefault(near, []).append(host)
    return [
        f"access of {', '.join(names)} is moved, which does nothing for {' and '.join(forces)}: the regions state their own nearness"
        for forces, names in hosts.items()
    ]


def unbanned(found: Mapping[Target, Track], settings: Sequence[str], layers: Layers) -> list[str]:
    """One sentence where exits are banned for forces without reservists alone, while those of others may leave."""
    moved = {one.name for one, track in found.items() if one.field == "exit_ban" and (track.moves or track.own)}
    moved |= {one.name for one in map(target, settings) if one.field == "exit_ban"}
    liable = {force.name for force in layers.forces if force.reservists > 0}
    if not moved or not liable or moved & liable:
        return []
    return [
        f"exit_ban is moved for {' and '.join(sorted(moved))}, without reservists: those of {' and '.join(sorted(liable))} may leave"
    ]


def idle(policies: Sequence[Policy], start: dt.date, days: int) -> list[str]:
    """One sentence for each policy of which no change, or not every one, acts on any day of a run."""
    end = start + dt.timedelta(days=days)
    run = f"the run, {start} to {end - dt.timedelta(days=1)}"
    sentences: list[str] = []
    for policy in policies:
        spans = [change.days(start) for change in policy.change]
        outside = [_span(begin, last) for begin, last in spans if begin >= end or last <= start]
        if spans and len(outside) == len(spans):
            sentences.append(
                f'policy "{policy.name}" acts on no day of {run}: its changes hold {" and ".join(outside)}'
            )
        elif outside:
            act = "act" if len(outside) > 1 else "acts"
            sentences.append(
                f'of the {len(spans)} changes of policy "{policy.name}" {len(outside)} {act} on no day of {run}: {" and ".join(outside)}'
            )
    return sentences


def _span(begin: dt.date, end: dt.date) -> str:
    return f"from {begin}" if end == dt.date.max else f"from {begin} to {end - dt.timedelta(days=1)}"
