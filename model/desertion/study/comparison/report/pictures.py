"""Pictures of the report: each figure for light and dark pages, with its caption and a text for those who cannot see it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desertion.figures.labels import ROUTE_NAMES, capital, many, percent, span
from desertion.figures.style import png
from desertion.study.comparison.pictures import draw, none_waits, peaks, people_there, shown_alone, ways
from desertion.study.comparison.report.words import amount, change, number
from desertion.study.comparison.tables import Tables, rows_of

_PNG = "data:image/png;base64,"


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure of the report.

    Attributes:
        light: The figure for a light page, as a data address.
        dark: The same for a dark page.
        alt: What it shows, in words and numbers.
        caption: What to see in it.
        width: Width in pixels.
        height: Height in pixels.
    """

    light: str
    dark: str
    alt: str
    caption: str
    width: int
    height: int


def picture(comparison: Tables, kind: str) -> Picture:
    """Draw one figure twice, for light and dark pages, and say in words what it shows."""
    caption, alt = PICTURES[kind]
    figure = draw(comparison, kind)
    width, height = (round(inches * 100) for inches in figure.get_size_inches())
    light, dark = (base64.b64encode(png(scheme)).decode() for scheme in (figure, draw(comparison, kind, dark=True)))
    text = alt(comparison)
    if alone := shown_alone(comparison, kind, comparison.forces[0]):
        caption, text = f"{caption} Of {alone} alone.", f"Of {alone} alone. {text}"
    return Picture(_PNG + light, _PNG + dark, text, caption, width, height)


def _by_policy(comparison: Tables, measure: str) -> dict[str, float]:
    chosen = rows_of(comparison.summary, comparison.forces[0], measure)
    return {comparison.names[str(row["policy"])]: float(row["estimate"]) for _, row in chosen.iterrows()}


def _curves(comparison: Tables) -> str:
    ends = "; ".join(f"{policy} {number(value)}" for policy, value in _by_policy(comparison, "left").items())
    return f"Lines of the cumulative number of people who have left, one a policy. They end at: {ends}."


def _panels(comparison: Tables) -> str:
    return f"The same lines in {many(len(comparison.policies), 'panel')}, one a policy, with bands over {many(comparison.pairs, 'run')}."


def _effects(comparison: Tables) -> str:
    rows = rows_of(comparison.paired, comparison.forces[0])
    words = "; ".join(
        f"{comparison.names[row['policy']]} {change(float(row['difference']), 'persons')} ({span(float(row['low']), float(row['high']), number)})"
        for _, row in rows.iterrows()
    )
    return f"Points with intervals: difference in leavers from “{comparison.names[comparison.baseline]}”, by policy: {words}."


def _attribution(comparison: Tables) -> str:
    rows = comparison.attribution[comparison.attribution["force"] == comparison.forces[0]]
    words = "; ".join(
        f"{comparison.names[row['b']]}: {number(float(row['both']))} under both, {number(float(row['only_a']))} only under {comparison.names[row['a']]}, "
        f"{number(float(row['only_b']))} only under this policy"
        for _, row in rows.iterrows()
    )
    return f"Bars of people by the policies under which they left. {words}."


def _routes(comparison: Tables) -> str:
    table = ways(comparison, comparison.forces[0])
    words = "; ".join(
        f"{policy}: "
        + ", ".join(f"{number(float(row[route]))} {ROUTE_NAMES[str(route)]}" for route in table.columns if row[route])
        for policy, row in table.iterrows()
    )
    return f"Stacked bars of leavers by way, mean of the runs. {words}."


def _strength(comparison: Tables) -> str:
    words = "; ".join(
        f"{policy} {amount(value, 'share')}" for policy, value in _by_policy(comparison, "lowest_strength").items()
    )
    return f"Lines of strength relative to the first day, one a policy, with marks where runs collapse. Lowest points: {words}."


def _hosts(comparison: Tables) -> str:
    table = peaks(comparison)
    if table.empty or not table.to_numpy().any():
        return f"{capital(none_waits(comparison))}."
    row, column = np.unravel_index(int(table.to_numpy().argmax()), table.shape)
    return (
        f"Table of the most cases waiting at once by policy and host. The highest is {number(float(table.to_numpy()[row, column]))} "
        f"in {table.columns[int(column)]} under {table.index[int(row)]}."
    )


def _where(comparison: Tables) -> str:
    table = people_there(comparison)
    if table.empty or not table.to_numpy().any():
        return "Nobody is abroad on the last day in this scenario."
    words = "; ".join(
        f"{policy}: " + ", ".join(f"{host} {number(float(row[host]))}" for host in table.columns[:3])
        for policy, row in table.iterrows()
    )
    return f"Table of people abroad on the last day by policy and host. {words}."


def _decision(comparison: Tables) -> str:
    words = "; ".join(
        f"a {who} from {percent(table.to_numpy()[0, 0], figures=2)} (dial closed, nobody gone) to {percent(table.to_numpy()[-1, -1], figures=2)} (dial open, a "
        f"fifth of the peers gone)"
        for who, table in comparison.decision.items()
    )
    return f"Shades of the daily probability of leaving over the share of peers gone and the asylum dial: {words or 'none in this form'}."


PICTURES: dict[str, tuple[str, Callable[[Tables], str]]] = {
    "curves": (
        "The cascade under each policy. Bands that overlap do not mean that a difference is chance: see the next figure.",
        _curves,
    ),
    "effects": ("What each policy changes, on the same people and fates.", _effects),
    "where": (
        "Where those who fled are on the last day, however they stand there: means of the runs, which add up as the medians of the text do not.",
        _where,
    ),
    "attribution": (
        "Person by person: who leaves whatever the policy, and who leaves only because of it. A policy can move people as well as add them. Means of the runs.",
        _attribution,
    ),
    "routes": ("By which way people leave: means of the runs.", _routes),
    "strength": ("What is left of the army.", _strength),
    "hosts": ("Where cases pile up.", _hosts),
    "decision": (
        "What a person of average frailty decides on the first morning, before any call-up: the daily probability of leaving by any way "
        "against the share of peers gone (the same in every group that he sees) and the asylum dial, which moves all hosts together.",
        _decision,
    ),
    "panels": ("Each cascade with its bands.", _panels),
}
"""Figures of the report in their order: caption, and what says the same in words."""

FIRST = ("curves", "effects", "where")
"""Figures that are open, and printed; the others are in a fold."""
