"""Laying policies over a scenario: what every lever stands at on every day, and how conflicts are decided.

For each lever and day: the scenario's own value, or the `set` of the policy named last; times all factors; plus all
amounts; cut to the lever's bounds. Factors and amounts do not depend on the order of the policies, bit for bit.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desertion.errors import InputError
from desertion.parameters import Change, Force, Host
from desertion.scenario.layers import Layers
from desertion.scenario.levers import Lever, Target, check_value, expand, levers, target
from desertion.scenario.policy import OPERATIONS, Policy


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

    def held(self, day: dt.date) -> Move | None:
        """The policies' move that sets the lever on a day, that of the policy named last; none where no policy does."""
        sets = [move for move in self.moves if move.acts(day) and move.operation == "set"]
        # max keeps the first of equals, so later lines of one policy must come first.
        return max(reversed(sets), key=lambda move: (move.rank, move.begin), default=None)

    def value(self, base: float, day: dt.date, lever: Lever) -> tuple[float, bool]:
        """The lever's value on a day and whether it was cut to the bounds.

        Raises:
            InputError: If an unlimited lever is multiplied by 0.
        """
        own = [(date, value) for date, value in self.own if date <= day]
        value = max(own, key=lambda pair: pair[0])[1] if own else base
        acting = [move for move in self.moves if move.acts(day)]
        if (held := self.held(day)) is not None:
            value = held.value
        factors = sorted(move.value for move in acting if move.operation == "multiply")
        amounts = [move.value for move in acting if move.operation == "add"]
        if math.isinf(value) and 0.0 in factors:
            names = ", ".join(move.policy for move in acting if move.operation == "multiply" and move.value == 0.0)
            raise InputError(f"{lever.name} is unlimited and cannot be multiplied by 0 (policy {names}); use set")
        raw = math.fsum([value * math.prod(factors), *amounts]) if factors or amounts else value
        cut = min(max(raw, lever.low), lever.high)
        return cut, cut != raw


def tracks(
    changes: Sequence[Change],
    policies: Sequence[Policy],
    forces: Sequence[Force],
    hosts: Sequence[Host],
    *,
    start: dt.date,
    scenario: str,
    places: Mapping[str, str] | None = None,
) -> dict[Target, Track]:
    """All that moves each lever, wildcards resolved, in the order of the documents.

    Raises:
        InputError: If a policy names what is not there, or gives a value that is not allowed.
    """
    found: dict[Target, Track] = {}
    for change in changes:
        found.setdefault(target(change.path), Track()).own.append((change.date, change.value))
    for rank, policy in enumerate(policies):
        place = (places or {}).get(policy.name, f'policy "{policy.name}"')
        for index, change in enumerate(policy.change):
            begin, end = change.days(start)
            if begin >= end:
                raise InputError(f"{place}: change[{index}] ends ({end}) before it begins ({begin})", where=place)
            for operation in OPERATIONS:
                values: Mapping[str, float] = getattr(change, operation)
                for path, value in values.items():
                    where = f"{place}: change[{index}].{operation}"
                    for one in expand(path, forces, hosts, where=where, scenario=scenario):
                        lever = levers(one.kind)[one.field]
                        _check(lever, operation, value, f'{where} "{path}"')
                        move = Move(policy.name, rank, begin, end, operation, value)
                        found.setdefault(one, Track()).moves.append(move)
    return found


def _check(lever: Lever, operation: str, value: float, where: str) -> None:
    if operation == "set":
        check_value(lever, value, where=where)
    elif lever.is_switch:
        raise InputError(f"{where}: {lever.name} is a switch ({lever.unit}); use set instead of {operation}")


def conflicts(found: Mapping[Target, Track]) -> list[str]:
    """One sentence for each lever name and pair of policies that set it to different values at once."""
    clashes: dict[tuple[str, str, str], list[str]] = {}
    for one, track in found.items():
        sets = [move for move in track.moves if move.operation == "set"]
        for i, first in enumerate(sets):
            for second in sets[i + 1 :]:
                overlap = first.begin < second.end and second.begin < first.end
                if overlap and first.rank != second.rank and first.value != second.value:
                    names = clashes.setdefault((one.field, first.policy, second.policy), [])
                    if one.name not in names:
                        names.append(one.name)
    return [
        f'"{first}" and "{second}" both set {lever} of {", ".join(names)}; "{second}", named last, wins'
        for (lever, first, second), names in clashes.items()
    ]


def outdone(found: Mapping[Target, Track], settings: Sequence[str], layers: Layers) -> list[str]:
    """One sentence for each lever and policies that set it on all days of a run to other values than a setting by dotted key."""
    end = layers.start + dt.timedelta(days=layers.days)
    names: dict[tuple[str, str], list[str]] = {}
    for one in dict.fromkeys(target(path) for path in settings if target(path) in found):
        sets = [move for move in found[one].moves if move.operation == "set"]
        days = {layers.start} | {day for move in sets for day in (move.begin, move.end) if layers.start < day < end}
        thing = layers.force(one.name) if one.kind == "forces" else layers.host(one.name)
        covered = all(any(move.acts(day) for move in sets) for day in days)
        if covered and any(move.value != getattr(thing, one.field) for move in sets):
            policies = " with ".join(dict.fromkeys(f'"{move.policy}"' for move in sets))
            names.setdefault((one.field, policies), []).append(one.name)
    return [
        f"the setting of {lever} of {', '.join(who)} has no effect: {policies} sets it on every day of the run"
        for (lever, policies), who in names.items()
    ]


def idle(policies: Sequence[Policy], start: dt.date, days: int) -> list[str]:
    """One sentence for each policy of which no change acts on any day of a run."""
    end = start + dt.timedelta(days=days)
    sentences: list[str] = []
    for policy in policies:
        spans = [change.days(start) for change in policy.change]
        if spans and not any(begin < end and last > start for begin, last in spans):
            when = " and ".join(
                f"from {begin}" if last == dt.date.max else f"from {begin} to {last - dt.timedelta(days=1)}"
                for begin, last in spans
            )
            sentences.append(
                f'policy "{policy.name}" acts on no day of the run, {start} to {end - dt.timedelta(days=1)}: its changes hold {when}'
            )
    return sentences
