"""From layers to one course of events: what every lever of a scenario stands at from the first day to the last."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from desertion.errors import InputError
from desertion.parameters import Change, Force, Host
from desertion.scenario.complaints import build
from desertion.scenario.dial import turn
from desertion.scenario.layers import Layers
from desertion.scenario.levers import KINDS, Kind, Target, levers
from desertion.scenario.overlay import Track


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
            laid = _laid(kind, thing, mine, scenario.start, cuts)
            before = _on(scenario, kind, thing, laid)
            _note_turned(thing, mine, laid, before, scenario.start, turned)
            first[kind].append(_checked(thing, before, scenario.start) if before else thing)
            own = {field: set(track.dates()) for field, track in mine.items()}
            for day in sorted(dates & set[dt.date]().union(*own.values())):
                laid |= _laid(kind, thing, {name: mine[name] for name in mine if day in own[name]}, day, cuts)
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
    kind: Kind, thing: Force | Host, mine: Mapping[str, Track], day: dt.date, cuts: dict[str, None]
) -> dict[str, float]:
    """These levers of one force or host as changes and policies set them on a day; they move on their tracks' dates alone."""
    now: dict[str, float] = {}
    for field, track in mine.items():
        lever = levers(kind)[field]
        try:
            now[field], was_cut = track.value(getattr(thing, field), day, lever)
        except InputError as error:
            raise InputError(f"{kind}.{thing.name}.{error.message}", key=f"{kind}.{thing.name}.{field}") from None
        if was_cut:
            cuts[f"{kind}.{thing.name}.{field} was cut to its range [{lever.low:g}, {lever.high:g}]"] = None
    return now


def _on(scenario: Layers, kind: Kind, thing: Force | Host, laid: Mapping[str, float]) -> dict[str, float]:
    """The levers of one force or host that policies or the dial move, the dial turned."""
    if kind != "hosts" or scenario.asylum == scenario.asylum_status_quo:
        return dict(laid)
    standing = {name: getattr(thing, name) for name in levers(kind)} | dict(laid)
    return dict(laid) | turn(scenario.dial, standing, scenario.asylum, scenario.asylum_status_quo)


def _checked(thing: Force | Host, now: Mapping[str, float], day: dt.date) -> Force | Host:
    return build(type(thing), thing.model_dump() | dict(now), where=f"{thing.name} on {day}")
