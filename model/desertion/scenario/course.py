"""From layers to one course of events: what every lever of a scenario stands at from the first day to the last."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from desertion.errors import InputError
from desertion.parameters import CATEGORIES, Change, Force, Host
from desertion.scenario.complaints import build
from desertion.scenario.dial import turn
from desertion.scenario.layers import Layers
from desertion.scenario.levers import KINDS, Kind, Target, levers
from desertion.scenario.overlay import Move, Track

_ANNOUNCED, _RATES = "announced", tuple(f"recognition_{category}" for category in CATEGORIES)


class Course(NamedTuple):
    """Forces and hosts as they stand on the first day, what changes after it, and what had to be cut to bounds.

    Attributes:
        turned: By policy, the levers of which it states what the dial then undoes.
        bans: `exit_ban` of each force on the day before the first, on which no policy acts: a ban that stood then is not new.
    """

    forces: tuple[Force, ...]
    hosts: tuple[Host, ...]
    changes: tuple[Change, ...]
    cuts: tuple[str, ...]
    bans: tuple[float, ...]
    turned: Mapping[str, tuple[str, ...]]


def date_of(start: dt.date, day: int) -> dt.date:
    """The date of a day of a run: day 1 is the first, and day 0 the morning before it."""
    return start + dt.timedelta(days=max(day - 1, 0))


def course(scenario: Layers, tracks: Mapping[Target, Track]) -> Course:
    """The course of all levers under policies and dial.

    Raises:
        InputError: If levers contradict each other on some day.
    """
    end = scenario.start + dt.timedelta(days=scenario.days)
    dates = {day for track in tracks.values() for day in track.dates() if scenario.start < day < end}
    first: dict[Kind, list[Force | Host]] = {"forces": [], "hosts": []}
    changes: list[Change] = []
    cuts: dict[str, None] = {}
    turned: dict[str, dict[str, None]] = {}
    moved_levers: dict[tuple[Kind, str], set[str]] = {}
    for key in tracks:
        moved_levers.setdefault((key.kind, key.name), set()).add(key.field)
    for kind in KINDS:
        for thing in scenario.forces if kind == "forces" else scenario.hosts:
            fields = moved_levers.get((kind, thing.name), set())
            mine = {field: tracks[Target(kind, thing.name, field)] for field in levers(kind) if field in fields}
            laid = _laid(kind, thing, mine, mine, scenario.start, cuts)
            before = _on(scenario, kind, thing, laid)
            _note_turned(thing, mine, laid, before, scenario.start, turned)
            first[kind].append(_checked(thing, before, scenario.start) if before else thing)
            own = {field: set(track.dates()) for field, track in mine.items()}
            if _ANNOUNCED in own:  # what it stands for moves it
                own[_ANNOUNCED] |= set[dt.date]().union(*(own[rate] for rate in _RATES if rate in own))
            for day in sorted(dates & set[dt.date]().union(*own.values())):
                moving = {name: mine[name] for name in mine if day in own[name]}
                laid |= _laid(kind, thing, moving, mine, day, cuts)
                now = _on(scenario, kind, thing, laid)
                _note_turned(thing, mine, laid, now, day, turned)
                moved = {field: value for field, value in now.items() if value != before[field]}
                # Levers are within their ranges; rules between them have forces alone.
                if moved and kind == "forces":
                    _checked(thing, now, day)
                changes += [Change(date=day, path=f"{kind}.{thing.name}.{name}", value=moved[name]) for name in moved]
                before = now
    return Course(
        tuple(force for force in first["forces"] if isinstance(force, Force)),
        tuple(host for host in first["hosts"] if isinstance(host, Host)),
        tuple(sorted(changes, key=lambda change: (change.date, change.path))),
        tuple(cuts),
        tuple(_ban_before(force, tracks, scenario.start) for force in scenario.forces),
        {policy: tuple(fields) for policy, fields in turned.items()},
    )


def _note_turned(
    thing: Force | Host,
    mine: Mapping[str, Track],
    laid: Mapping[str, float],
    now: Mapping[str, float],
    day: dt.date,
    turned: dict[str, dict[str, None]],
) -> None:
    for field, track in mine.items():
        if now[field] == laid[field]:
            continue
        stood, _ = track.stands(track.own_value(getattr(thing, field), day), day)
        # What another policy has undone already is not the dial's doing, and a floor above which it stays is kept.
        undone = [
            move for move in track.levels(day) if move.level(stood) == stood and move.level(now[field]) != now[field]
        ]
        if undone:
            turned.setdefault(undone[-1].policy, {})[field] = None


def _ban_before(force: Force, tracks: Mapping[Target, Track], start: dt.date) -> float:
    one = Target("forces", force.name, "exit_ban")
    own = [pair for pair in tracks[one].own if pair[0] < start] if one in tracks else []
    return Track(own).value(force.exit_ban, start, levers("forces")[one.field])[0]


def _laid(
    kind: Kind,
    thing: Force | Host,
    moving: Mapping[str, Track],
    mine: Mapping[str, Track],
    day: dt.date,
    cuts: dict[str, None],
) -> dict[str, float]:
    """Those of its levers that move on a day as changes and policies set them, of one force or host; they move on their tracks' dates alone."""
    now: dict[str, float] = {}
    for field, track in moving.items():
        lever, name = levers(kind)[field], f"{kind}.{thing.name}.{field}"
        true = _true(thing, mine, day) if field == _ANNOUNCED else ()
        try:
            now[field], cut = track.value(getattr(thing, field), day, lever, true)
        except InputError as error:
            raise InputError(f"{kind}.{thing.name}.{error.message}", key=name) from None
        if cut:
            cuts[f"{name} was cut to its range [{cut[0]:g}, {cut[1]:g}]"] = None
        stood = track.own_value(getattr(thing, field), day)
        if true and stood < 0.0 and now[field] >= 0.0 and (note := _undercut(name, track.levels(day), true)):
            cuts[note] = None
    return now


def _true(thing: Force | Host, mine: Mapping[str, Track], day: dt.date) -> tuple[float, ...]:
    """What a host's announced rate below 0 stands for on a day: its recognition rates by category, before the dial."""
    known = levers("hosts")
    return tuple(
        mine[rate].value(getattr(thing, rate), day, known[rate])[0] if rate in mine else getattr(thing, rate)
        for rate in _RATES
    )


def _undercut(name: str, moves: Sequence[Move], true: Sequence[float]) -> str:
    """A sentence where one number is announced to all in place of true rates of which some met the policy already."""
    least, most = min(true), max(true)
    for move in moves:
        met = {"at_least": most > move.value > least, "at_most": least < move.value < most}
        if met.get(move.operation):
            return f"{name} is one number for all: {move.value:g} by policy {move.policy}, where true rates are {least:g} to {most:g}, so that some are told of another chance than before"
    return ""


def _on(scenario: Layers, kind: Kind, thing: Force | Host, laid: Mapping[str, float]) -> dict[str, float]:
    """The levers of one force or host that policies or the dial move, the dial turned."""
    if kind != "hosts" or scenario.asylum == scenario.asylum_status_quo:
        return dict(laid)
    standing = {name: getattr(thing, name) for name in levers(kind)} | dict(laid)
    return dict(laid) | turn(scenario.dial, standing, scenario.asylum, scenario.asylum_status_quo)


def _checked(thing: Force | Host, now: Mapping[str, float], day: dt.date) -> Force | Host:
    return build(type(thing), thing.model_dump() | dict(now), where=f"{thing.name} on {day}")
