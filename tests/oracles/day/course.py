"""From a scenario with layers to dated levers: policies, dial and scale (section 7.22), and the reference state (section 5)."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.oracles.day.grid import CATEGORIES

Levers = dict[str, Any]
_DOCUMENT = Path(__file__).parents[3] / "model" / "ODD.md"
_COUNTS = {"forces": ("police",), "hosts": ("entry", "cases", "places", "places_taken", "skilled_visas")}


def ranges(section: str) -> dict[str, tuple[float, float]]:
    """Bounds of the levers in a table of section 9 of the document."""
    text = _DOCUMENT.read_text(encoding="utf-8").split(f"### {section}\n")[1].split("<!-- end -->")[0]
    rows = re.findall(r"(?m)^\| `(\w+)`\* \|.*\| (-?[\w.+-]+) to ([\w.+-]+) \| [^|]+ \| [^|]+ \|$", text)
    return {name: (float(low), float(high)) for name, low, high in rows}


def course(scenario: dict[str, Any]) -> tuple[list[Levers], list[Levers], list[tuple[int, str, int, str, float]]]:
    """Forces and hosts on the first day at their size, and all later changes as (day, kind, index, lever, value)."""
    scale = 1.0 if scenario["at_scale"] else scenario["scale"]
    first: dict[str, list[Levers]] = {"forces": [], "hosts": []}
    later: list[tuple[int, str, int, str, float]] = []
    moves = _moves(scenario)
    days = sorted({0} | {day for move in moves for day in move[2:4] if 0 < day < scenario["days"]})
    bounds = {"forces": ranges("Force"), "hosts": ranges("Host")}
    for kind in first:
        for index, thing in enumerate(scenario[kind]):
            before: Levers = {}
            for day in days:
                now = dict(thing)
                # What is announced may stand for the true rates of the day, which come first.
                for lever, limits in sorted(bounds[kind].items(), key=lambda pair: pair[0] == "announced"):
                    own = [move for move in moves if move[0] == (kind, thing["name"], lever)]
                    true = [now[f"recognition_{each}"] for each in CATEGORIES] if lever == "announced" else []
                    if own:
                        now[lever] = _value(thing[lever], day, own, limits, true)
                if kind == "hosts" and scenario["asylum"] != scenario["asylum_status_quo"]:
                    now |= _dialled(now, scenario["dial"], scenario["asylum"], scenario["asylum_status_quo"])
                for lever in _COUNTS[kind]:
                    now[lever] = now[lever] * scale if scale != 1.0 else now[lever]
                if day:
                    later += [(day, kind, index, lever, now[lever]) for lever in now if now[lever] != before[lever]]
                else:
                    first[kind].append(_shrunk(now, scale) if kind == "forces" else now)
                before = now
    return first["forces"], first["hosts"], sorted(later)


def ban_before(scenario: dict[str, Any], index: int) -> float:
    """`exit_ban` of a force on the day before the first, on which no policy acts (section 7.2)."""
    force = scenario["forces"][index]
    lever = ("forces", force["name"], "exit_ban")
    own = [move for move in _moves(scenario) if move[0] == lever and move[1] == "own"]
    return _value(force["exit_ban"], -1, own, ranges("Force")["exit_ban"])


def _shrunk(force: Levers, scale: float) -> Levers:
    if scale == 1.0:
        return force
    people = {name: round(force[name] * scale) for name in ("soldiers", "reservists", "civilians")}
    waves, real, small = [], 0, 0
    for wave in force["waves"]:
        real += wave["number"]
        waves.append(wave | {"number": round(real * scale) - small})
        small = round(real * scale)
    return force | people | {"waves": waves}


def _day(date: Any, start: dt.date) -> int:
    if isinstance(date, str) and not date[0].isdigit():
        return 0 if date == "start" else int(date)
    return ((dt.date.fromisoformat(date) if isinstance(date, str) else date) - start).days


def _moves(scenario: dict[str, Any]) -> list[tuple[tuple[str, str, str], str, int, int, int, float]]:
    """All that ever moves a lever: (lever, operation, first day, day after the last, rank, value)."""
    start, moves = scenario["start"], []
    for change in scenario["changes"]:
        kind, name, lever = change["path"].split(".")
        moves.append(((kind, name, lever), "own", _day(change["date"], start), 10**9, 0, change["value"]))
    for rank, policy in enumerate(scenario["overlays"]):
        for change in policy["change"]:
            begin = _day(change["from"], start)
            end = 10**9 if change["until"] is None else _day(change["until"], start)
            for operation in ("set", "at_least", "at_most", "multiply", "add"):
                for path, value in change[operation].items():
                    kind, selector, lever = path.split(".")
                    for name in _selected(scenario[kind], selector):
                        moves.append(((kind, name, lever), operation, begin, end, rank, value))
    return moves


def _selected(things: list[Levers], selector: str) -> list[str]:
    names = [thing["name"] for thing in things]
    if selector in ("*", "@first", "@others"):
        return {"*": names, "@first": names[:1], "@others": names[1:]}[selector]
    if selector.startswith("@"):
        return [thing["name"] for thing in things if selector[1:] in thing["groups"]]
    return [selector]


def _value(base: float, day: int, moves: list[Any], limits: tuple[float, float], true: Sequence[float] = ()) -> float:
    acting = [move for move in moves if move[2] <= day < move[3]]
    own = [move for move in acting if move[1] == "own"]
    value = max(own, key=lambda move: move[2])[5] if own else base
    turns = [(move[4], move[2], place, move[1], move[5]) for place, move in enumerate(acting)]
    for *_, operation, stated in sorted(turns):
        stand = true if true and value < 0.0 else [value]
        if (
            operation == "set"
            or (operation == "at_least" and any(each < stated for each in stand))
            or (operation == "at_most" and any(each > stated for each in stand))
        ):
            value = stated
    leveled = value
    factors = sorted(move[5] for move in acting if move[1] == "multiply")
    amounts = [move[5] for move in acting if move[1] == "add"]
    if factors or amounts:
        value = math.fsum([value * math.prod(factors), *amounts])
    least = 0.0 if true and leveled >= 0.0 else limits[0]
    return min(max(value, least), limits[1])


def _dialled(host: Levers, dial: Levers, asylum: float, status_quo: float) -> Levers:
    gates = [f"{gate}_{category}" for gate in ("admission", "recognition") for category in CATEGORIES]
    free = [f"visa_free_{category}" for category in CATEGORIES]
    announced, days, border = host["announced"], host["case_days"], host["border"]
    if asylum < status_quo:
        left = asylum / status_quo
        moved = {name: host[name] * left for name in (*gates, *free)}
        moved |= _capacity(host, left)
        longest = max(days, dial["closed_case_days"])
        announced = announced * left if announced >= 0.0 else announced
        return moved | {"announced": announced, "case_days": longest + (days - longest) * left}
    way = (asylum - status_quo) / (1.0 - status_quo)
    border = 2.0 if way >= dial["open_from"] else max(border, 1.0) if way >= dial["transit_from"] else border
    moved = {"border": border}
    for name in gates:
        end = dial["open_admission"] if name.startswith("admission") else dial["open_recognition"] if border else 0.0
        moved[name] = _toward(host[name], max(host[name], end), way)
    if announced >= 0.0:
        moved["announced"] = _toward(announced, max(announced, dial["open_recognition"]), way)
    moved |= _capacity(host, 1.0 + (dial["open_capacity"] - 1.0) * way)
    return moved | {"case_days": _toward(days, min(days, dial["open_case_days"]), way)}


def _capacity(host: Levers, factor: float) -> Levers:
    held = min(host["places"], host["places_taken"])
    free = 0.0 if factor == 0.0 else (host["places"] - held) * factor
    return {"cases": 0.0 if factor == 0.0 else host["cases"] * factor, "places": held + free}


def _toward(value: float, end: float, way: float) -> float:
    return end if way >= 1.0 else value + (end - value) * way


def persuaded(credibility: float, force: Levers) -> float:
    """Credibility of an announcement once a campaign has reached people, section 7.4."""
    return credibility + force["campaign_reach"] * force["campaign_credibility"] * (1.0 - credibility)


def prior_quarter(force: Levers) -> float:
    """Humane treatment believed in before any evidence, section 7.4."""
    credibility = persuaded(force["quarter_credibility"], force)
    return credibility * force["quarter_announced"] + (1.0 - credibility) * force["quarter_fear"]


def chance_to_pass(force: Levers, *, liable: bool) -> float:
    """Chance to pass the own frontier, section 7.8."""
    stopped = force["exit_control"]
    if liable and force["exit_ban"] > 0.0:
        stopped = max(stopped, force["ban_control"])
    return 1.0 - stopped


def protection(recognition: float, host: Levers) -> float:
    """What a claim is worth inside, protection being 1."""
    return recognition + (1.0 - recognition) * host["worth_tolerated"]


def reference(scenario: dict[str, Any], index: int) -> Levers:
    """Reference state of a force, section 5."""
    scenario = scenario | {
        kind: [_first(scenario, kind, thing) for thing in scenario[kind]] for kind in ("forces", "hosts")
    }
    force = scenario["forces"][index]
    if force["name"] in scenario["reference"]:
        return scenario["reference"][force["name"]]
    state = {name: force[name] for name in ("casualty_rate", "legitimacy", "supply", "punishment", "police")}
    state["quarter"] = max(1e-6, prior_quarter(force))
    for category in CATEGORIES:
        total = 0.0
        for region in force["regions"]:
            worth = [
                region["access"].get(host["name"], host["access"]) * _inside(scenario, index, host, category)
                for host in scenario["hosts"]
            ]
            total += region["share"] * max(worth, default=0.0)
        passing = chance_to_pass(force, liable=category in ("deserter", "evader"))
        state[f"flight_{category}"] = max(1e-6, total * passing)
    return state


def _first(scenario: dict[str, Any], kind: str, thing: Levers) -> Levers:
    """A force or host with the scenario's own dated values that have come by the first day."""
    early = [
        move for move in _moves(scenario) if move[0][:2] == (kind, thing["name"]) and move[1] == "own" and move[2] <= 0
    ]
    return thing | {move[0][2]: move[5] for move in sorted(early, key=lambda move: move[2])}


def _inside(scenario: dict[str, Any], index: int, host: Levers, category: str) -> float:
    force, hosts = scenario["forces"][index], {other["name"]: other for other in scenario["hosts"]}
    announced = host["announced"] if host["announced"] >= 0.0 else host[f"recognition_{category}"]
    believed = persuaded(scenario["behaviour"]["belief_credibility"], force) * announced
    worth = [host["leak"] * host["worth_abroad"]]
    if host["border"] == 2.0:
        worth.append(host[f"visa_free_{category}"] * host["worth_abroad"])
        if host["places"] - host["places_taken"] >= 1.0:
            worth.append(_admission(host, index, category) * protection(believed, host))
    if host["border"] == 1.0:
        for other in (hosts[name] for name in host["passes_to"]):
            if other["border"] == 2.0:
                claim = protection(other[f"recognition_{category}"], other)
                worth.append(_admission(other, index, category) * claim)
    return max(worth)


def _admission(host: Levers, index: int, category: str) -> float:
    return host[f"admission_{category}"] if index < host["offers_to"] else 0.0
