"""The figures of a comparison, by kind."""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from desertion.errors import InputError, unknown_name
from desertion.figures import attribution, curves, decision, findings, hosts, routes, strength, style
from desertion.figures.events import events
from desertion.figures.labels import short
from desertion.figures.style import Medium, Shape
from desertion.scenario import Scenario
from desertion.scenario.grain import legend, too_few
from desertion.study.comparison.tables import Tables

FEW = 20
"""Pairs of runs up to which each is drawn."""

type Draw = Callable[[Figure, Tables, str], None]


def draw(
    comparison: Tables,
    kind: str = "curves",
    *,
    force: str | None = None,
    medium: Medium = "screen",
    dark: bool = False,
) -> Figure:
    """Draw one figure of a comparison in the house style.

    Raises:
        InputError: If there is no such figure or force.
    """
    if kind not in KINDS:
        raise unknown_name("figure of a comparison", kind, KINDS)
    force = comparison.forces[0] if force is None else force
    if force not in comparison.forces:
        raise unknown_name("force", force, comparison.forces)
    make, shape = KINDS[kind]
    if kind == "panels" and len(comparison.policies) <= 3:
        shape = "wide"
    with style.house(medium, dark=dark):
        figure = style.new_figure(shape, medium)
        make(figure, comparison, force)
        if len(comparison.forces) > 1 and kind not in SHARED:
            figure.text(0.99, 0.985, force, ha="right", va="top", color=style.soft_ink())
    return figure


def _band(comparison: Tables, force: str, column: str) -> pd.DataFrame:
    table = comparison.curves
    return table[(table["force"] == force) & (table["column"] == column)]


def _curves(figure: Figure, comparison: Tables, force: str) -> None:
    ax = figure.subplots()
    curves.together(ax, _band(comparison, force, "left"), start=comparison.start)
    ax.set_title(_finding(comparison, force, ax.get_title(loc="left")))
    if force == comparison.forces[0]:
        curves.mark(ax, _events(comparison))
    style.note(figure, f"Line: median of {comparison.pairs} runs. Band: middle half of the runs.")


def _finding(comparison: Tables, force: str, otherwise: str) -> str:
    """Which policy moves most leavers, where there are replicates enough to say so; else the title that was there."""
    table = comparison.paired
    rows = table[(table["force"] == force) & (table["measure"] == "left")]
    return otherwise if rows.empty or rows["low"].isna().any() else findings.of_differences(rows, "left")


def _events(comparison: Tables) -> list[tuple[int, str]]:
    """Dated events under the baseline, and those that a policy adds to them under its name."""
    marks: list[tuple[int, str]] = []
    usual: tuple[tuple[int, str], ...] = ()
    for policy in dict.fromkeys([comparison.baseline, *comparison.policies]):
        # A file whose policies can be found no more has curves all the same.
        with suppress(InputError):
            here = events(comparison.arm(policy))
            usual = here if policy == comparison.baseline else usual
            marks += [
                (day, words if policy == comparison.baseline else f"{words} ({policy})")
                for day, words in here
                if policy == comparison.baseline or (day, words) not in usual
            ]
    return marks


def _panels(figure: Figure, comparison: Tables, force: str) -> None:
    curves.panels(figure, _band(comparison, force, "left"), start=comparison.start)


def _effects(figure: Figure, comparison: Tables, force: str) -> None:
    table = comparison.paired
    chosen = table[(table["force"] == force) & (table["measure"] == "left")].sort_values("difference", ascending=False)
    pairs = {name: comparison.gaps(name, force)[:, -1] for name in comparison.policies[1:]}
    attribution.effects(
        figure.subplots(),
        chosen,
        title=f"More or fewer leavers than under {comparison.baseline}",
        runs=pairs if comparison.pairs <= FEW else None,
    )


def _attribution(figure: Figure, comparison: Tables, force: str) -> None:
    table = comparison.attribution
    rows = table[table["force"] == force]
    attribution.bars(figure.subplots(), rows, comparison.size)
    _foot(figure, comparison, rows[["only_a", "only_b"]])


def ways(comparison: Tables, force: str) -> pd.DataFrame:
    """Persons by the way in which they first left, mean of the runs, so that ways add up: policies by routes."""
    table = comparison.outcomes
    chosen = table[(table["force"] == force) & table["measure"].isin([f"left_{route}" for route in routes.ORDER])]
    wide = chosen.pivot_table(index="policy", columns="measure", values="value", aggfunc="mean", sort=False)
    return wide.rename(columns=lambda name: str(name).removeprefix("left_")).loc[list(comparison.policies)]


def _routes(figure: Figure, comparison: Tables, force: str) -> None:
    totals = ways(comparison, force)
    routes.by_policy(figure.subplots(), totals, comparison.size)
    _foot(figure, comparison, totals.sum(axis=1))


def _foot(figure: Figure, comparison: Tables, shown: pd.DataFrame | pd.Series) -> None:
    """Say at the foot what the mark means, where a number bears it."""
    if any(too_few(float(value), comparison.size) for value in np.ravel(shown.to_numpy())):
        style.note(figure, legend(comparison.size))


def _strength(figure: Figure, comparison: Tables, force: str) -> None:
    strength.curve(figure.subplots(), comparison.histories, force=force, start=comparison.start)
    style.note(figure, f"Line: median of {comparison.pairs} runs. Band: middle half of the runs.")


def _collapse(figure: Figure, comparison: Tables, force: str) -> None:
    table = comparison.summary
    chosen = table[(table["force"] == force) & (table["measure"] == "collapsed")].set_index("policy")
    strength.chance(figure.subplots(), chosen.rename(columns={"estimate": "chance"}))


def peaks(comparison: Tables, column: str = "waiting", most: int = 10) -> pd.DataFrame:
    """Highest load of each host under each policy, of the mean over runs: policies by hosts, the most loaded first."""
    return _fullest(comparison, comparison.hosts[column], "max", most)


def people_there(comparison: Tables, most: int = 10) -> pd.DataFrame:
    """People in each host on the last day under each policy, however they stand, of the mean over runs: as `peaks`."""
    return _fullest(
        comparison, comparison.hosts[["at_border", "waiting", "abroad", "protected"]].sum(axis=1), "last", most
    )


def _fullest(comparison: Tables, values: pd.Series, how: Literal["max", "last"], most: int) -> pd.DataFrame:
    if comparison.hosts.empty:
        return pd.DataFrame(index=list(comparison.policies))
    table = comparison.hosts.assign(value=values).pivot_table(
        index="policy", columns="host", values="value", aggfunc=how, sort=False
    )
    highest = table.max().sort_values(ascending=False, kind="stable")
    order = highest[highest > 0.0].index[:most]
    titles: dict[str, str] = {}
    with suppress(InputError):
        titles = {host.name: short(host.title or host.name) for host in comparison.arm(comparison.baseline).hosts}
    return table.loc[list(comparison.policies), list(order)].rename(columns=titles)


def _hosts(figure: Figure, comparison: Tables, force: str) -> None:  # noqa: ARG001 - hosts serve all forces
    title = "Most cases waiting at once, all forces"
    _by_host(figure, comparison, peaks(comparison), title, "cases", "no case ever waits in this scenario")


def _where(figure: Figure, comparison: Tables, force: str) -> None:  # noqa: ARG001 - hosts serve all forces
    title = "Where people are on the last day, all forces"
    _by_host(figure, comparison, people_there(comparison), title, "people abroad", "nobody is abroad on the last day")


def _by_host(figure: Figure, comparison: Tables, table: pd.DataFrame, title: str, unit: str, empty: str) -> None:
    ax = figure.subplots()
    if table.empty or not table.to_numpy().any():
        ax.set_axis_off()
        ax.text(0.5, 0.5, empty, ha="center")
        return
    hosts.peaks(ax, table, title=title, unit=f"{unit}, mean of runs", size=comparison.size)
    _foot(figure, comparison, table)


def _decision(figure: Figure, comparison: Tables, force: str) -> None:  # noqa: ARG001 - drawn for the first force
    tables = comparison.decision
    if not tables:
        ax = figure.subplots()
        ax.set_axis_off()
        ax.text(0.5, 0.5, "this form of contagion has no daily probability of leaving", ha="center")
        return
    for ax, (who, table) in zip(figure.subplots(1, len(tables), squeeze=False).ravel(), tables.items(), strict=True):
        decision.surface(ax, table, title=f"A {who}'s daily chance to leave")


def decision_of(ax: Axes, scenario: Scenario, who: str = "reservist") -> Axes:
    """Compute and draw a scenario's daily probability of leaving by share of peers gone and asylum dial.

    Args:
        ax: Where to draw.
        scenario: The scenario.
        who: "soldier" or "reservist".

    Raises:
        InputError: If the scenario has nobody of that kind, or its form of contagion knows no daily probability.
    """
    from desertion.study.comparison.decision import surface

    title = {"soldier": "A soldier who serves", "reservist": "A reservist at home"}
    table = surface(scenario, who)
    return decision.surface(
        ax, table, status_quo=scenario.asylum_status_quo, title=f"{title[who]}: daily probability of leaving"
    )


KINDS: dict[str, tuple[Draw, Shape]] = {
    "curves": (_curves, "wide"),
    "panels": (_panels, "tall"),
    "effects": (_effects, "wide"),
    "attribution": (_attribution, "wide"),
    "routes": (_routes, "wide"),
    "strength": (_strength, "wide"),
    "collapse": (_collapse, "wide"),
    "where": (_where, "wide"),
    "hosts": (_hosts, "wide"),
    "decision": (_decision, "wide"),
}
"""How each figure is drawn, and its shape."""

SHARED = ("where", "hosts", "decision")
"""Figures that are the same for every force."""
