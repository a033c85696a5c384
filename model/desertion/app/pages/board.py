"""What there is to see of a live run: numbers, picture, curves, log."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from desertion.app.parts import charts
from desertion.app.parts.elements import Picture, box, choice, drawn, facts, sentence, text, tick
from desertion.app.request.choice import run_command, turns_dials
from desertion.app.session import Session, current
from desertion.app.ui import solara
from desertion.app.work.events import COLUMN, HOST_COLUMN, date_of
from desertion.app.work.live import Snapshot
from desertion.app.work.sample import LETTERS, Sample
from desertion.figures.animation import GROUPS
from desertion.figures.curves import titles, weekly
from desertion.figures.events import events
from desertion.figures.labels import LONG, NEW_COLUMNS, ROUTE_NAMES, count_of, percent, short
from desertion.scenario import grain
from desertion.simulation.world.codes import KINDS, STATUSES
from desertion.simulation.world.fields import Array

_MARKED = ("wave", "ban", "frontier", "collapse", "fall", "squad")
_STATES = {
    "building": "building the people",
    "ready": "ready",
    "playing": "playing",
    "done": "at its end",
    "failed": "not run",
}
_BUILDING = "Building the people; the first run after an installation compiles the rules, which takes a minute."
_MOST_HOSTS = 4


@solara.component
def Board() -> Any:
    """The run as it is now."""
    session = current()
    snapshot = session.snapshot.value
    live = session.live
    if live is None or snapshot.daily is None or not live.samples:
        return box([sentence(snapshot.problem) if snapshot.problem else text(_BUILDING, kind="small")], "")
    force = _force(session, live.scenario)
    real = 1.0 / live.scenario.scale
    daily, hosts = snapshot.daily[:, force] * 1.0, snapshot.hosts
    with box([], "") as board:
        if snapshot.problem:
            sentence(snapshot.problem)
        if len(live.scenario.forces) > 1:
            names = {force.name: force.name for force in live.scenario.forces}
            choice("Army", live.scenario.forces[force].name, names, lambda name: session.change(force=name, person=-1))
        facts(_numbers(snapshot, daily, real, live.scenario))
        text(
            f"Day {snapshot.day} of {snapshot.days}, {_STATES[snapshot.state]}"
            + (f", {snapshot.speed:,.0f} days a second" if snapshot.state == "playing" and snapshot.speed else "") + ".",
            "p", "small", role="status",
        )  # fmt: skip
        if snapshot.usual is not None:
            text(grey(snapshot.usual[:, force] * 1.0, real, live.scenario))
        drawn(
            "".join(
                [
                    *curves(daily, snapshot, real, force, events(live.scenario, live.scenario.forces[force].name)),
                    *host_curves(hosts, snapshot, real, live.scenario),
                ]
            ),
            "app-charts",
        )
        text("The people, one square each", "h2")
        People(live.samples[force], snapshot.letters[force], snapshot.day, live.scenario.forces[force].name)
        text("What happened", "h2")
        drawn(_log(snapshot, live.scenario))
        if real > 1.0:
            text(f"{grain.legend(real)}.", kind="small")
        for note in live.scenario.notes:
            text(f"Note: {note}", kind="small")
        text("The same run on the command line", "h2")
        if turns_dials(session.address.value):
            text(
                "A single run has no such dials; a comparison has, which lives through the same world with fates of its own:"
            )
        text(run_command(session.address.value), "code")
    return board


@solara.component
def People(sample: Sample, letters: str, day: int, force: str) -> Any:
    """The picture of units, towns and ties; a click or Enter picks a person."""
    session = current()
    show, set_show = solara.use_state(False)
    frames = solara.use_memo(
        lambda: [[f.kind, f.name, f.x, f.y, f.width, f.height] for f in sample.frames], [id(sample)]
    )
    ties = solara.use_memo(lambda: _tie_path(sample), [id(sample)])
    spots = solara.use_memo(
        lambda: (sample.x.round(1).tolist(), sample.y.round(1).tolist(), sample.people.tolist()), [id(sample)]
    )
    counts = {name: letters.count(letter.decode()) for letter, name in zip(LETTERS, GROUPS, strict=True)}
    groups = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    picked = session.address.value.person
    with box([], "") as people:
        text(
            f"{len(sample.people):,} of the {sample.whole:,} simulated people of {force}: whole companies, each squad a box, and towns that they "
            "come from. Full squares have left the army or the country; thin lines, where they are shown, are ties. Click a square, or walk with the arrow keys and press Enter.",
            kind="small",
        )
        Picture(
            height=sample.height, frames=frames, x=spots[0], y=spots[1], people=spots[2], ties=ties, show_ties=show, letters=letters,
            label=f"Day {day}: {groups}", picked=picked, event_pick=lambda person: session.change(person=int(person)),
        )  # fmt: skip
        drawn(legend(), "app-legend")
        tick("Show ties", show, set_show)
        if picked >= 0:
            with box([], "app-buttons", role="status"):
                text(who(session, picked), "span")
                query = session.address.value.query()
                with solara.Link(f"/person?{query}"):
                    text("See this life and what moves it", "span")
    return people


def curves(
    daily: Array, snapshot: Snapshot, real: float, force: int = 0, planned: Sequence[tuple[int, str]] = ()
) -> list[str]:
    """Charts of a force: leavers by way, leaving each day, strength, legitimacy.

    Args:
        daily: (days, columns) : the record of the force so far.
        snapshot: For horizon and events.
        real: Real persons per simulated person.
        force: Number of the force.
        planned: Days on which something is bound to happen, and what; marked before they are played.
    """
    happened = {
        event.day: event.text for event in snapshot.events if event.kind in _MARKED and event.force in (-1, force)
    }
    marks = [*(dict(planned) | happened).items()]
    name = _names(snapshot)
    routes = [
        charts.Line(ROUTE_NAMES[route].split()[0], np.cumsum(daily[:, COLUMN[column]]) * real, route)
        for route, column in NEW_COLUMNS.items()
    ]
    usual = None if snapshot.usual is None else snapshot.usual[:, force] * 1.0
    leaving = [charts.Line(name("leaving"), _smooth(_leaving(daily)) * real, "pen2")]
    gone: list[charts.Line] = []
    if usual is not None:
        leaving.insert(0, charts.Line("status quo", _smooth(_leaving(usual)) * real, "usual"))
        gone.append(charts.Line("status quo", np.cumsum(_leaving(usual)) * real, "usual"))
    strength = charts.Line(name("serving"), daily[:, COLUMN["strength"]] * real, "pen0")
    able = charts.Line(name("effective"), daily[:, COLUMN["effective_strength"]] * real, "pen1 thin")
    voice = [] if usual is None else [charts.Line("status quo", usual[:, COLUMN["legitimacy"]], "usual")]
    voice.append(charts.Line(name("legitimacy"), daily[:, COLUMN["legitimacy"]], "pen0"))
    if daily[:, COLUMN["turnout"]].any():
        voice.append(charts.Line(name("turnout"), daily[:, COLUMN["turnout"]], "pen2"))
    drawings = [
        charts.stack(
            "Departures by way", titles("departures")[1], routes, snapshot.days, marks=marks, over=gone, real=real
        ),
        charts.lines(
            "Leaving each day",
            "departures a day, mean of 7 days",
            leaving,
            snapshot.days,
            marks=marks,
            real=real,
        ),
    ]
    if daily[0, COLUMN["strength"]] > 0:
        before = [] if usual is None else [charts.Line("status quo", usual[:, COLUMN["strength"]] * real, "usual")]
        drawings.append(
            charts.lines("Strength", "persons", [*before, strength, able], snapshot.days, marks=marks, real=real)
        )
    return [
        *drawings,
        charts.lines("Legitimacy of the government", "share, 0 to 1", voice, snapshot.days, top=1.0, marks=marks),
    ]


def grey(usual: Array, real: float, scenario: Any) -> str:
    """What the grey lines are, and where they end."""
    left, spells = float(usual[-1, COLUMN["left"]]) * real, float(usual[-1, COLUMN["departures"]]) * real
    return (
        f"Grey: the status quo to its last day; by {date_of(scenario, len(usual) - 1)}, {count_of(left, real, LONG)} "
        f"people have left under it, in {count_of(spells, real, LONG)} departures. "
        "Play shows day by day how it comes about, or what the policies make of it."
    )


def host_curves(hosts: Array | None, snapshot: Snapshot, real: float, scenario: Any) -> list[str]:
    """Charts of the hosts: cases that wait, people who wait at the border.

    Args:
        hosts: (days, hosts, forces, columns) : the record so far.
        snapshot: For the horizon.
        real: Real persons per simulated person.
        scenario: For the names.
    """
    if hosts is None or not hosts.shape[1]:
        return []
    drawings: list[str] = []
    # Armies wait in the same line.
    whose = ", all armies" if len(scenario.forces) > 1 else ""
    for column, title, unit in (
        ("waiting", "Cases that wait for a decision", "cases"),
        ("at_border", "Waiting at the border", "persons"),
    ):
        loads = hosts[:, :, :, HOST_COLUMN[column]].sum(axis=2) * real
        before = hosts[:0] if snapshot.usual_hosts is None else snapshot.usual_hosts
        usual = before[:, :, :, HOST_COLUMN[column]].sum(axis=2) * real
        highest = np.concatenate([loads, usual]).max(axis=0)
        most = [int(host) for host in np.argsort(-highest, kind="stable")[:_MOST_HOSTS] if highest[host] > 0.0]
        names = [short(scenario.hosts[host].title or scenario.hosts[host].name) for host in most]
        played = _names(snapshot)
        drawn_lines = [
            charts.Line(f"{name}, grey" if played(name) else name, usual[:, host], "usual")
            for host, name in zip(most, names, strict=True)
            if len(usual)
        ]
        drawn_lines += [
            charts.Line(played(name), loads[:, host], f"pen{place}")
            for place, (host, name) in enumerate(zip(most, names, strict=True))
        ]
        drawings.append(
            charts.lines(
                title, unit + whose, drawn_lines, snapshot.days, note="nobody in this run", right=128.0, real=real
            )
        )
    return drawings


def _names(snapshot: Snapshot) -> Callable[[str], str]:
    """Names of lines of which there is something to see: before the first day is played, those of the status quo alone."""
    return lambda name: name if snapshot.day or snapshot.usual is None else ""


def legend() -> str:
    """What the colours of the picture mean."""
    return "".join(
        f'<span><svg viewBox="0 0 10 10"><rect class="group-{letter.decode()}" width="10" height="10"/></svg>{html.escape(name)}</span>'
        for letter, name in zip(LETTERS, GROUPS, strict=True)
    )


def who(session: Session, person: int) -> str:
    """One line on a person as he is now."""
    model = session.model
    if model is None or not 0 <= person < len(model.world.status):
        return f"Person {person} is not in this run."
    world = model.world
    place = f"squad {world.squad[person]}" if world.squad[person] >= 0 else f"home town {world.community[person]}"
    # The world counts its days from 0, and people who see them from 1.
    since = max(int(world.since[person]), 0) + 1
    return f"Person {person}, {KINDS[world.kind[person]]}, {place}: {STATUSES[world.status[person]].replace('_', ' ')} since day {since}."


def _numbers(snapshot: Snapshot, daily: Array, real: float, scenario: Any) -> Mapping[str, str]:
    now, first = daily[-1], daily[0]
    people = float(sum(first[COLUMN[status]] for status in STATUSES))
    left = float(now[COLUMN["left"]])
    facts_by_name = {
        f"{date_of(scenario, snapshot.day)}": f"day {snapshot.day}",
        f"people have left, {grain.marked(percent(left / max(people, 1.0), 2), left * real, real)}": count_of(
            left * real, real
        ),
        "departures by surrender": count_of(float(daily[:, COLUMN["new_surrender"]].sum()) * real, real),
        "departures abroad": count_of(float(daily[:, COLUMN["new_flee"]].sum()) * real, real),
    }
    if first[COLUMN["strength"]] > 0:
        strength, before = float(now[COLUMN["strength"]]), float(first[COLUMN["strength"]])
        facts_by_name["of the first day's strength"] = grain.marked(
            percent(strength / before, 1), strength * real, real
        )
    facts_by_name["legitimacy"] = f"{now[COLUMN['legitimacy']]:.2f}"
    facts_by_name["simulated, each for " + (grain.stands_for(real) if real > 1 else "himself")] = f"{people:,.0f}"
    return facts_by_name


def _log(snapshot: Snapshot, scenario: Any) -> str:
    if not snapshot.events:
        return '<p class="small">Nothing of note yet.</p>'
    lines = [
        f'<li class="{html.escape(event.kind.split()[0])}"><b>Day {event.day}</b>{html.escape(date_of(scenario, event.day))}: {html.escape(event.text)}</li>'
        for event in reversed(snapshot.events)
    ]
    return f'<ol class="app-log" tabindex="0" aria-label="Events, the latest first">{"".join(lines)}</ol>'


def _force(session: Session, scenario: Any) -> int:
    names = [force.name for force in scenario.forces]
    wanted = session.address.value.force
    return names.index(wanted) if wanted in names else 0


def _leaving(daily: Array) -> Array:
    """Departures of each day, all ways together."""
    return np.sum([daily[:, COLUMN[column]] for column in NEW_COLUMNS.values()], axis=0)


def _smooth(values: Array) -> Array:
    """Mean of seven days as figures draw it; nobody leaves on day 0, which is no day of the run."""
    return np.concatenate([[0.0], weekly(pd.Series(values[1:])).to_numpy()])


def _tie_path(sample: Sample) -> str:
    x, y = sample.x.round(), sample.y.round()
    return "".join(f"M{x[a]:.0f} {y[a]:.0f}L{x[b]:.0f} {y[b]:.0f}" for a, b in sample.ties.tolist())
