"""The patterns that the shipped scenarios are held to, with their targets and sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desertion.study.history.patterns import Pattern, Runs

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


def _measure(setup: str, name: str) -> Callable[[Runs], Array]:
    return lambda runs: np.array([model.measures()[name] for model in runs[setup]])


def _per_month(runs: Runs) -> Array:
    """Per cent of soldiers who leave in thirty days, mean over the run."""
    return np.array([100 * m.measures()["soldiers_left_share"] / m.scenario.days * 30 for m in runs["front"]])


def _penalty(runs: Runs) -> Array:
    both = zip(runs["front_harsh"], runs["front"], strict=True)
    return np.array([_quotient(a.measures()["soldiers_left"], b.measures()["soldiers_left"]) for a, b in both])


def _hotline(runs: Runs) -> Array:
    """Further surrenders per person reached by a campaign, per cent."""
    both = zip(runs["front_campaign"], runs["front"], strict=True)
    values: list[float] = []
    for with_it, without in both:
        reached = 0.5 * with_it.sized.forces[0].soldiers
        more = with_it.measures()["surrendered"] - without.measures()["surrendered"]
        values.append(100 * more / reached)
    return np.array(values)


def _distant(runs: Runs) -> Array:
    """Per cent of deserting soldiers who got abroad when only distant asylum is left."""
    values: list[float] = []
    for model in runs["distant_only"]:
        people = model.people()
        gone = people[(people["kind"] == "soldier") & people["day_left"].notna()]
        abroad = gone["status"].isin(["abroad", "applicant", "protected", "refused"])
        values.append(100 * _quotient(float(abroad.sum()), float(len(gone))))
    return np.array(values)


def _attempts(runs: Runs) -> Array:
    """Soldiers' desertions with the exits of 1989 against all exits closed; one number, since few leave a closed army in one run."""
    opened = sum(model.measures()["soldiers_left"] for model in runs["gdr_army"])
    closed = sum(model.measures()["soldiers_left"] for model in runs["gdr_army_closed"])
    return np.array([_quotient(opened, closed)])


def _emigrants(first: date, last: date) -> Callable[[Runs], Array]:
    """People who fled between two dates, both counted, at real size."""

    def number(runs: Runs) -> Array:
        values: list[float] = []
        for model in runs["gdr"]:
            daily = model.daily
            begin = model.scenario.start
            inside = (daily["day"] > (first - begin).days) & (daily["day"] <= (last - begin).days + 1)
            values.append(float(daily.loc[inside, "new_flee"].sum()) / model.scenario.scale)
        return np.array(values)

    return number


def _weekly_ratio(runs: Runs) -> Array:
    """Entries into the European border states in the week of 3 October 2022 against the week before."""

    def week(hosts: pd.DataFrame, start: date, first: date) -> float:
        offset = (first - start).days
        rows = hosts["host"].isin(BORDER_STATES) & hosts["day"].between(offset + 1, offset + 7)
        return float(hosts.loc[rows, ["admitted", "irregular"]].to_numpy().sum())

    values = [
        _quotient(
            week(m.hosts, m.scenario.start, date(2022, 10, 3)), week(m.hosts, m.scenario.start, date(2022, 9, 26))
        )
        for m in runs["russia"]
    ]
    return np.array(values)


def _fled_per_called(runs: Runs) -> Array:
    return np.array([_quotient(m.measures()["flee_departures"] / m.scenario.scale, 318_000.0) for m in runs["russia"]])


def _quotient(above: float, below: float) -> float:
    return above / below if below > 0.0 else float("nan")


BORDER_STATES = ("finland", "estonia", "latvia", "lithuania", "poland", "norway")

PATTERNS = (
    Pattern(
        id="baseline",
        statement="Soldiers leave at the rate of a cohesive to an unhappy mass army",
        unit="% of soldiers a month",
        low=0.1,
        high=2.4,
        source="Union army 9 % over three years (Costa & Kahn, A); South Vietnam 11 to 24 per 1,000 and month (B)",
        setups=("front",),
        number=_per_month,
    ),
    Pattern(
        id="penalty",
        statement="A harsh penalty halves the rate of leaving",
        unit="leavers with three times the punishment over the status quo",
        low=0.4,
        high=0.7,
        source="South Vietnam, March to July 1966: 24 to 12 per 1,000 and month (B, with caveats)",
        setups=("front", "front_harsh"),
        number=_penalty,
    ),
    Pattern(
        id="contacts",
        statement="Contacts rarely become acts",
        unit="% of those reached who surrender because of it",
        low=0.1,
        high=1.5,
        source="Hotline: 220 surrendered of 26,000 contacts, 0.85 % (B-der)",
        setups=("front", "front_campaign"),
        number=_hotline,
    ),
    Pattern(
        id="distant-asylum",
        statement="Distant asylum alone moves few",
        unit="% of deserting soldiers who get abroad",
        low=0.0,
        high=0.5,
        source="About 800 US deserters to Sweden of 503,926 desertions, 0.16 % (B-der)",
        setups=("distant_only",),
        number=_distant,
    ),
    Pattern(
        id="few-claims",
        statement="Most who flee never claim asylum",
        unit="claims per flight in 22 months",
        low=0.02,
        high=0.06,
        source="9,000 claims of at least 250,000 men liable to service, 3.6 % (B-der)",
        setups=("russia_long",),
        number=_measure("russia_long", "claim_share"),
    ),
    Pattern(
        id="fled-per-called",
        statement="About as many fled as were called up",
        unit="flights over 318,000 called up",
        low=0.5,
        high=2.5,
        source="At least 250,000 to 700,000 left (A, B, unconfirmed) against 318,000 called up (B)",
        setups=("russia",),
        number=_fled_per_called,
    ),
    Pattern(
        id="closure",
        statement="Entries by land halve when the last open border state closes",
        unit="entries in the week of 3 October 2022 over the week before",
        low=0.35,
        high=0.65,
        source="Frontex: 53,000 to 25,600 (B), gross; Russian exit controls fell into the same days",
        setups=("russia",),
        number=_weekly_ratio,
    ),
    Pattern(
        id="army-attempts",
        statement="Desertion from the army explodes when a way out opens",
        unit="desertions with the exits of 1989 over those with closed exits, all replicates together",
        low=10.0,
        high=15.0,
        source="East German army, July to 13 October 1989 against 1980-88 (A)",
        setups=("gdr_army", "gdr_army_closed"),
        number=_attempts,
    ),
    Pattern(
        id="exodus-august",
        statement="The exodus starts in August 1989",
        unit="persons in August 1989",
        low=15_000,
        high=30_000,
        source="20,955 registered (C*, recalled)",
        setups=("gdr",),
        number=_emigrants(date(1989, 8, 1), date(1989, 8, 31)),
    ),
    Pattern(
        id="exodus-november",
        statement="The exodus peaks in November 1989",
        unit="persons in November 1989",
        low=90_000,
        high=180_000,
        source="133,429 registered (NYT in Orlando Sentinel, B)",
        setups=("gdr",),
        number=_emigrants(date(1989, 11, 1), date(1989, 11, 30)),
    ),
    Pattern(
        id="fall-1989",
        statement="The government falls before the end of 1989",
        unit="share of runs",
        low=0.5,
        high=1.0,
        source="The Politburo resigned on 8 November 1989 (C, from memory)",
        setups=("gdr",),
        number=lambda runs: np.array([float(np.mean([m.measures()["fallen"] for m in runs["gdr"]]))]),
    ),
)
