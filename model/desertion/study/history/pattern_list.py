"""The patterns that the shipped scenarios are held to: what is counted in their runs; their targets stand in `seeds/targets.toml`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from statistics import fmean
from typing import TYPE_CHECKING

from desertion.study.history import shipped
from desertion.study.history.counts import BORDER_STATES, Count, Record, claims_in_europe, quotient
from desertion.study.history.patterns import Pattern, Runs
from desertion.study.history.targets import targets

if TYPE_CHECKING:
    import pandas as pd

    from desertion.simulation.model import DesertionModel

_ARMIES = ("gdr_army", "gdr_army_closed")


def _measured(model: DesertionModel, measure: str) -> Count:
    """A measure that counts persons, at the simulated size."""
    return Count.simulated(model.measures()[measure], model.scenario.scale)


def _per_month(runs: Runs) -> list[float]:
    """Per cent of soldiers who leave in thirty days, mean over the run."""
    return [
        Count(100 * m.measures()["soldiers_left_share"] / m.scenario.days * 30, _measured(m, "soldiers_left").persons)
        for m in runs["front"]
    ]


def _penalty(runs: Runs) -> list[float]:
    both = zip(runs["front_harsh"], runs["front"], strict=True)
    return [quotient(_measured(a, "soldiers_left"), _measured(b, "soldiers_left")) for a, b in both]


def _callers(runs: Runs) -> list[float]:
    """Surrenders that a campaign adds, for 100 contacts that the hotline had by March 2023."""
    contacts = _figure("hotline-contacts", date(2023, 3, 3))
    return [100 * added / contacts for added in _added_surrenders(runs)]


def _within_reach(runs: Runs) -> list[float]:
    """Surrenders that a campaign adds, per cent of the half of the army that it reaches."""
    reached = [0.5 * m.sized.forces[0].soldiers / m.scenario.scale for m in runs["front_campaign"]]
    return [100 * added / half for added, half in zip(_added_surrenders(runs), reached, strict=True)]


def _added_surrenders(runs: Runs) -> list[Count]:
    """Further surrenders with a campaign, persons at real size."""
    both = zip(runs["front_campaign"], runs["front"], strict=True)
    return [(_measured(a, "surrendered") - _measured(b, "surrendered")) / a.scenario.scale for a, b in both]


def _figure(series: str, first: date) -> float:
    """The figure of a shipped series for the interval that begins on a day."""
    return next(point.value for point in shipped.load(series).points if point.start == first)


def _distant(runs: Runs) -> list[float]:
    """Per cent of deserting soldiers who got abroad when only distant asylum is left."""
    values: list[float] = []
    for model in runs["distant_only"]:
        people = model.people()
        gone = people[(people["kind"] == "soldier") & people["day_left"].notna()]
        abroad = gone["status"].isin(["abroad", "applicant", "protected", "refused"])
        counts = (Count.simulated(float(number), model.scenario.scale) for number in (abroad.sum(), len(gone)))
        values.append(100 * quotient(*counts))
    return values


def _army(number: Callable[[pd.DataFrame], int]) -> Callable[[Runs], tuple[float, float]]:
    """Soldiers counted with the exits of 1989 and with all exits closed, all replicates together."""

    def parts(runs: Runs) -> tuple[float, float]:
        opened, closed = (
            float(sum(number(people[people["kind"] == "soldier"]) for people in (m.people() for m in runs[setup])))
            for setup in _ARMIES
        )
        return opened, closed

    return parts


def _attempts(soldiers: pd.DataFrame) -> int:
    """Soldiers who set out or hid by the day of the army's report; who refuses openly has not tried to get away."""
    until = (date(1989, 10, 13) - date(1989, 7, 1)).days + 1
    return int((soldiers["route"].isin(["flee", "hide"]) & (soldiers["day_left"] <= until)).sum())


def _emigrants(first: str, last: str) -> Callable[[Runs], list[float]]:
    """People who fled between two dates, both counted, at real size."""
    return lambda runs: [Record(model).new("new_flee", first, last) for model in runs["gdr"]]


def _weekly_ratio(short_stays: float) -> Callable[[Runs], list[float]]:
    """Entries into the European border states in the week of 3 October 2022 against the week before, short stays included."""

    def entries(model: DesertionModel, first: date) -> Count:
        hosts = model.hosts
        offset = (first - model.scenario.start).days
        rows = hosts["host"].isin(BORDER_STATES) & hosts["day"].between(offset + 1, offset + 7)
        entered = hosts.loc[rows, ["admitted", "irregular"]].to_numpy().sum()
        return Count.simulated(float(entered), model.scenario.scale) / model.scenario.scale + short_stays

    def number(runs: Runs) -> list[float]:
        weeks = date(2022, 10, 3), date(2022, 9, 26)
        return [quotient(*(entries(model, week) for week in weeks)) for model in runs["russia"]]

    return number


def _claims_per_flight(runs: Runs) -> list[float]:
    models = runs["russia_long"]
    return [quotient(claims_in_europe(m), _measured(m, "flee_departures") / m.scenario.scale) for m in models]


def _fled_per_called(runs: Runs) -> list[float]:
    return [quotient(_measured(m, "flee_departures") / m.scenario.scale, 318_000.0) for m in runs["russia"]]


def _together(name: str, parts: Callable[[Runs], tuple[float, float]]) -> Pattern:
    """A quotient of all replicates of both armies together: of a rare event below, that of one replicate is chance."""
    return replace(_pattern(name, _ARMIES, lambda runs: [quotient(*parts(runs))]), parts=parts)


def _pattern(name: str, setups: tuple[str, ...], number: Callable[[Runs], Sequence[float]]) -> Pattern:
    target = targets()[name]
    low, high = target.band
    return Pattern(
        id=name,
        statement=target.what,
        unit=target.unit,
        low=low,
        high=high,
        source=target.source,
        counted=target.role != "former",
        setups=setups,
        number=number,
    )


PATTERNS = (
    _pattern("baseline", ("front",), _per_month),
    _pattern("penalty", ("front", "front_harsh"), _penalty),
    _pattern("contacts", ("front", "front_campaign"), _callers),
    _pattern("contacts-within-reach", ("front", "front_campaign"), _within_reach),
    _pattern("distant-asylum", ("distant_only",), _distant),
    _pattern("few-claims", ("russia_long",), _claims_per_flight),
    _pattern("fled-per-called", ("russia",), _fled_per_called),
    _pattern("closure", ("russia",), _weekly_ratio(_figure("frontex-weekly", date(2022, 10, 17)))),
    _pattern("closure-persons", ("russia",), _weekly_ratio(0.0)),
    _together("army-attempts", _army(_attempts)),
    _together("army-attempts-whole-run", _army(lambda soldiers: int(soldiers["day_left"].notna().sum()))),
    _pattern("exodus-august", ("gdr",), _emigrants("1989-08-01", "1989-08-31")),
    _pattern("exodus-november", ("gdr",), _emigrants("1989-11-01", "1989-11-30")),
    _pattern("fall-1989", ("gdr",), lambda runs: [fmean(m.measures()["fallen"] for m in runs["gdr"])]),
)
