"""The record of each day and the people at the end (section 7.21), as lists of rows by column."""

from __future__ import annotations

import math
from typing import Any

from tests.oracles.day.grid import ROUTES, SHARE, STATUSES, SURRENDER, total
from tests.oracles.day.institutions import away, effective
from tests.oracles.day.signals import Signals
from tests.oracles.day.state import Force, Host, Person, World

Row = dict[str, Any]
_ABROAD = ("in_flight", "at_border", "abroad", "applicant", "protected", "refused", "emigrated")


def daily(world: World, signals: Signals | None, row: int) -> list[Row]:
    """One row a force."""
    return [_force(world, force, signals, row) for force in world.forces]


def _force(world: World, force: Force, signals: Signals | None, row: int) -> Row:
    levers, today, real = force.levers, force.today, 1.0 / world.scale
    count = {status: force.counted(status) for status in STATUSES}
    serving = count["serving"]
    lost = world.behaviour["index_strength"] * max(0.0, 1.0 - serving / force.soldiers)
    news = world.behaviour["index_news"] * (force.news[SURRENDER] / SHARE)
    prisoners = count["captured"] + count["surrendered"]
    believed = (
        [signals.flight[force.number, community.number, "evader"].worth for community in force.communities]
        if signals
        else []
    )
    return (
        {"day": row, "force": levers["name"]}
        | count
        | {f"new_{name}": today[f"new_{name}"] for name in (*ROUTES, "wounded", "killed", "captured")}
        | {name: today[name] for name in ("caught", "returned", "turned_back", "called", "cut_off", "unit_surrenders")}
        | {
            "left": sum(1 for person in force.persons if person.day_left is not None),
            "departures": force.departures,
        }
        | {
            f"{kind}s_left": sum(1 for person in force.persons if person.kind == kind and person.day_left is not None)
            for kind in ("soldier", "reservist", "civilian")
        }
        | {
            "strength": serving,
            "effective_strength": effective(force),
            "legitimacy": force.legitimacy,
            "turnout": force.turned_out / len(force.persons),
            "war_index": 100.0 * math.exp(-(news + lost)) if force.at_start else None,
            "information": force.information,
            "output_lost": away(force) * real * levers["output_per_head"] / 365.0,
            "collapsed": force.collapsed,
            "fallen": force.fallen,
            "served": sum(1 for person in force.persons if person.squad >= 0 and person.kind != "soldier"),
            "news": sum(force.news) / SHARE,
            "prisoner_cost_eur": prisoners * real * levers["prisoner_cost"] / 365.0,
            "captor_casualties": today["new_captured"] * levers["capture_risk"],
            "captor_saved": today["new_surrender"] * levers["capture_saving"],
            "threat": signals.threat[force.number] if signals else 0.0,
            "quarter_believed": signals.quarter[force.number] if signals else 0.0,
            "flight_believed": total(believed) / len(believed) if believed else 0.0,
        }
    )


def hosts(world: World, row: int) -> list[Row]:
    """One row a host and force."""
    return [line for host in world.hosts for line in _host(world, host, row)]


def _host(world: World, host: Host, row: int) -> list[Row]:
    levers, real, lines = host.levers, 1.0 / world.scale, []
    for force in world.forces:
        traffic = world.traffic[host.number, force.number]

        def stock(status: str, force: Force = force) -> int:
            return world.stock(host, status, force.number)

        housed = sum(stock(status) for status in ("applicant", "protected", "refused"))
        settled = sum(
            1
            for person in force.persons
            if person.skilled and person.host == host.number and person.status in ("protected", "emigrated")
        )
        cost = (housed * levers["cost"] / 365.0 + traffic["passed_on"] * levers["transit_cost"]) * real
        flows = (
            "admitted",
            "irregular",
            "turned_away",
            "decided",
            "granted",
            "refused",
            "infiltrators",
            "genuine_refused",
            "passed_on",
            "visas",
        )
        lines.append(
            {"day": row, "host": levers["name"], "force": force.levers["name"]}
            | {name: traffic[name] for name in flows}
            | {
                "at_border": stock("at_border"),
                "waiting": stock("applicant"),
                "protected": stock("protected"),
                "abroad": stock("abroad"),
                "tolerated": stock("refused"),
                "emigrated": stock("emigrated"),
                "cost_eur": cost if row else 0.0,
                "output_gained": settled * real * levers["output_per_head"] / 365.0,
            }
        )
    everything = total(line["cost_eur"] for line in lines)
    over = everything - levers["budget"] / 365.0
    for line in lines:
        line["over_budget_eur"] = over * line["cost_eur"] / everything if over > 0.0 else 0.0
    return lines


def people(world: World) -> list[Row]:
    """One row a person, at the end."""
    rows: list[Row] = []
    squads = companies = divisions = communities = 0
    for force in world.forces:
        for person in force.persons:
            row = _person(world, force, person)
            row["unit"] += squads if row["unit"] >= 0 else 0
            row["company"] += companies if row["company"] >= 0 else 0
            row["division"] += divisions if row["division"] >= 0 else 0
            row["community"] += communities
            rows.append(row)
        squads += len(force.squads)
        companies += len(force.companies)
        divisions += len({company.division for company in force.companies})
        communities += len(force.communities)
    return rows


def _person(world: World, force: Force, person: Person) -> Row:
    company = world.company(person) if person.squad >= 0 else None
    return {
        "person": person.number,
        "force": force.levers["name"],
        "kind": person.kind,
        "status": person.status,
        "route": ROUTES[person.route] if person.route >= 0 else None,
        "day_left": None if person.day_left is None else person.day_left + 1,
        "unit": person.squad,
        "company": company.number if company else -1,
        "division": company.division if company else -1,
        "community": person.community,
        "skilled": person.skilled,
        "host": world.hosts[person.host].levers["name"] if person.status in _ABROAD else None,
        "spells": person.spell + 1,
    }
