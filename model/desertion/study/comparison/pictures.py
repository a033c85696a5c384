"""The figures of a comparison, by kind."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from desertion.errors import InputError, refuse_unknown
from desertion.figures import attribution, curves, decision, findings, hosts, routes, strength, style
from desertion.figures.events import events
from desertion.figures.labels import many, short, within
from desertion.figures.line_names import mark
from desertion.figures.style import Medium, Shape
from desertion.scenario import Scenario
from desertion.scenario.grain import MARK, basis, legend, too_few
from desertion.study.comparison.arm import THERE
from desertion.study.comparison.tables import Tables, rows_of

FEW = 20
"""Pairs of runs up to which each is drawn."""
_MOST_HOSTS = 10
"""Hosts that a table of them shows by name."""
_OTHERS = " others"
"""What the rest of them is called, behind its number."""

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
    refuse_unknown("figure of a comparison", kind, KINDS)
    force = comparison.forces[0] if force is None else force
    refuse_unknown("force", force, comparison.forces)
    make, shape = KINDS[kind]
    if kind == "panels" and len(comparison.policies) <= 3:
        shape = "wide"
    with style.house(medium, dark=dark):
        figure = style.new_figure(shape, medium)
        make(figure, comparison, force)
        _finish(figure, comparison, kind, force)
    return figure


def shown_alone(comparison: Tables, kind: str, force: str) -> str:
    """The one of several forces that a figure shows; empty where it shows all that there are."""
    if len(comparison.forces) == 1 or kind in OF_ALL:
        return ""
    return comparison.forces[0] if kind in SHARED else force


def _finish(figure: Figure, comparison: Tables, kind: str, force: str) -> None:
    """Put the finding above the figure, and say at its foot of which force it is, where there are others, and for how many one simulated person stands."""
    style.raised(figure)
    foot = figure.get_supxlabel().replace("\n", " ")
    if comparison.size > 1.0 and kind not in UNCOUNTED and MARK not in foot:
        foot = f"{foot} {basis(comparison.size)}".strip()
    # Above the axes it met the titles of two beside each other.
    if alone := shown_alone(comparison, kind, force):
        foot = f"Of {alone} alone. {foot}".strip()
    if foot:
        style.note(figure, foot)


def _named(comparison: Tables, table: pd.DataFrame) -> pd.DataFrame:
    """The table with policies called by their names, and not by what stands for them on the command line."""
    columns = [name for name in ("policy", "baseline", "a", "b") if name in table]
    return table.assign(**{name: table[name].map(comparison.names) for name in columns})


def _band(comparison: Tables, force: str, column: str) -> pd.DataFrame:
    table = comparison.curves
    return _named(comparison, _ordered(comparison, table[(table["force"] == force) & (table["column"] == column)]))


def _ordered(comparison: Tables, table: pd.DataFrame) -> pd.DataFrame:
    """The rows policy by policy, by their effects on the first force, so that each has the same pen in every figure."""
    return table.sort_values("policy", key=lambda names: names.map(comparison.by_effect().index), kind="stable")


def _curves(figure: Figure, comparison: Tables, force: str) -> None:
    ax = figure.subplots()
    banded = _band(comparison, force, "left")
    curves.together(ax, banded, start=comparison.start)
    ax.set_title(_finding(comparison, force, ax.get_title(loc="left")))
    untold = mark(ax, _events(comparison, force))
    style.note(figure, f"{curves.told_of_bands(banded)} {untold}".strip())


def _finding(comparison: Tables, force: str, otherwise: str) -> str:
    """Which policy moves most leavers, where there are replicates enough to say so; else the title that was there."""
    rows = _named(comparison, rows_of(comparison.paired, force))
    return otherwise if rows.empty or rows["low"].isna().any() else findings.of_differences(rows, "left")


def _usual_events(comparison: Tables, force: str) -> tuple[tuple[int, str], ...]:
    """Dated events of a force under the baseline."""
    # A file whose policies can be found no more has curves all the same.
    with suppress(InputError):
        return events(comparison.arm(comparison.baseline), force)
    return ()


def _events(comparison: Tables, force: str) -> list[tuple[int, str]]:
    """Dated events of a force under the baseline, and those that a policy adds to them under its name."""
    usual = _usual_events(comparison, force)
    marks = [*usual]
    for policy in comparison.policies[1:]:
        with suppress(InputError):
            here = events(comparison.arm(policy), force)
            name = comparison.names[policy]
            marks += [
                (day, name if words in name.lower() else f"{words}, under “{name}”")
                for day, words in here
                if (day, words) not in usual
            ]
    return marks


def _panels(figure: Figure, comparison: Tables, force: str) -> None:
    axes = curves.panels(figure, _band(comparison, force, "left"), start=comparison.start)
    style.headline(figure, findings.of_spread(_band(comparison, force, "left"), comparison.size))
    foot = figure.get_supxlabel().replace("\n", " ")
    for ax in axes:
        foot += f" {mark(ax, _usual_events(comparison, force), written=ax is axes[0])}".rstrip()
    style.note(figure, foot)


def _effects(figure: Figure, comparison: Tables, force: str) -> None:
    chosen = rows_of(comparison.paired, force).sort_values("difference", ascending=False)
    pairs = {comparison.names[name]: comparison.gaps(name, force)[:, -1] for name in comparison.policies[1:]}
    attribution.effects(
        figure.subplots(),
        _named(comparison, chosen),
        title=_finding(
            comparison, force, f"More or fewer leavers than under {within(comparison.names[comparison.baseline])}"
        ),
        runs=pairs if comparison.pairs <= FEW else None,
    )


def _attribution(figure: Figure, comparison: Tables, force: str) -> None:
    table = comparison.attribution
    rows = table[table["force"] == force].set_index("b").loc[comparison.by_effect(force)[1:]].reset_index()
    named = _named(comparison, rows)
    ax = attribution.bars(figure.subplots(), named, comparison.size)
    ax.set_title(findings.of_attribution(named, comparison.size))
    _foot(figure, comparison, rows[["only_a", "only_b"]])


def ways(comparison: Tables, force: str) -> pd.DataFrame:
    """Persons by the way in which they first left, mean of the runs, so that ways add up: policies by routes."""
    table = comparison.outcomes
    chosen = table[(table["force"] == force) & table["measure"].isin([f"left_{route}" for route in routes.ORDER])]
    wide = chosen.pivot_table(index="policy", columns="measure", values="value", aggfunc="mean", sort=False)
    ordered = wide.loc[comparison.by_effect(force)]
    return ordered.rename(columns=lambda name: str(name).removeprefix("left_"), index=comparison.names)


def _routes(figure: Figure, comparison: Tables, force: str) -> None:
    totals = ways(comparison, force)
    ax = routes.by_policy(figure.subplots(), totals, comparison.size)
    ax.set_title(findings.of_ways(totals, comparison.size))
    _foot(figure, comparison, totals.sum(axis=1))


def _foot(figure: Figure, comparison: Tables, shown: pd.DataFrame | pd.Series) -> None:
    """Say at the foot what the mark means, where a number bears it."""
    if any(too_few(float(value), comparison.size) for value in np.ravel(shown.to_numpy())):
        style.note(figure, legend(comparison.size))


def _strength(figure: Figure, comparison: Tables, force: str) -> None:
    ax = figure.subplots()
    strength.curve(
        ax, _named(comparison, _ordered(comparison, comparison.histories)), force=force, start=comparison.start
    )
    untold = mark(ax, _usual_events(comparison, force), top=strength.FOOT)
    banded = _band(comparison, force, "strength")
    ends = banded.groupby("policy", sort=False)["median"].agg(["first", "last"])
    if (ends["first"] > 0.0).all():
        ax.set_title(findings.of_strength(ends["last"] / ends["first"]))
    thin = " Thin: effective strength." * (1 < len(comparison.policies) <= strength.MOST_ABLE)
    marks = figure.get_supxlabel().replace("\n", " ")
    style.note(figure, " ".join(f"{curves.told_of_bands(banded, wide=False)}{thin} {marks} {untold}".split()))


def _collapse(figure: Figure, comparison: Tables, force: str) -> None:
    rows = rows_of(comparison.summary, force, "collapsed")
    chosen = _named(comparison, rows.set_index("policy").loc[comparison.by_effect(force)].reset_index())
    table = chosen.set_index("policy").rename(columns={"estimate": "chance"})
    strength.chance(figure.subplots(), table).set_title(findings.of_chance(table["chance"]))


def peaks(comparison: Tables) -> pd.DataFrame:
    """Most cases waiting at once in each host under each policy, median of the runs: policies by hosts, the most loaded first, ten at most."""
    table = comparison.fullest()
    return _by_names(comparison, table[_fullest(table)[:_MOST_HOSTS]])


def none_waits(comparison: Tables) -> str:
    """What is to be said where the median run has no case waiting anywhere."""
    rows = comparison.outcomes
    ever = rows.loc[rows["measure"] == "peak_waiting", "value"].max() > 0.0
    return "in no host does a case wait in most runs" if ever else "no case ever waits in this scenario"


def people_there(comparison: Tables) -> pd.DataFrame:
    """People in each host on the last day under each policy, however they stand, mean of the runs: policies by hosts, as `peaks`, and the others added up."""
    last = comparison.hosts[comparison.hosts["day"] == comparison.hosts["day"].max()]
    there = last.assign(there=last[list(THERE)].sum(axis=1))
    table = there.pivot_table(index="policy", columns="host", values="there", sort=False)
    order = _fullest(table)
    # One alone takes no more room by its name.
    most = _MOST_HOSTS if len(order) > _MOST_HOSTS + 1 else len(order)
    named = _by_names(comparison, table[order[:most]])
    rest = _by_names(comparison, table[order[most:]])
    return named.assign(**{f"{rest.shape[1]}{_OTHERS}": rest.sum(axis=1)}) if rest.shape[1] else named


def _fullest(table: pd.DataFrame) -> list[str]:
    """Hosts in which there is anybody, the most loaded first."""
    highest = table.max().sort_values(ascending=False, kind="stable")
    return list(highest[highest > 0.0].index)


def _by_names(comparison: Tables, table: pd.DataFrame) -> pd.DataFrame:
    """The table with policies in the order of their effects, and both called by their names."""
    titles: dict[str, str] = {}
    with suppress(InputError):
        titles = {host.name: short(host.title or host.name) for host in comparison.arm(comparison.baseline).hosts}
    return table.reindex(comparison.by_effect()).rename(columns=titles, index=comparison.names)


def _hosts(figure: Figure, comparison: Tables, force: str) -> None:  # noqa: ARG001 - hosts serve all forces
    table = peaks(comparison)
    left_out = len(_fullest(comparison.fullest())) - table.shape[1]
    of_runs = f"median of runs{f'; left out: {many(left_out, "other host")} with fewer' * (left_out > 0)}"
    _by_host(figure, comparison, table, "cases waiting at once", of_runs, none_waits(comparison))


def _where(figure: Figure, comparison: Tables, force: str) -> None:  # noqa: ARG001 - hosts serve all forces
    when = " on the last day"
    _by_host(figure, comparison, people_there(comparison), "people", "mean of runs", f"nobody is abroad{when}", when)


def _by_host(
    figure: Figure, comparison: Tables, table: pd.DataFrame, what: str, of_runs: str, empty: str, when: str = ""
) -> None:
    ax = figure.subplots()
    if table.empty or not table.to_numpy().any():
        ax.set_axis_off()
        ax.text(0.5, 0.5, empty, ha="center")
        return
    hosts.peaks(ax, table, size=comparison.size)
    named = table[[name for name in table if not str(name).endswith(_OTHERS)]]
    ax.set_title(findings.of_hosts(named, what, comparison.size, when))
    ax.set_xlabel(f"{what}{when}, all forces, {of_runs}")
    _foot(figure, comparison, table)


def _decision(figure: Figure, comparison: Tables, force: str) -> None:  # noqa: ARG001 - drawn for the first force
    tables = comparison.decision
    if not tables:
        ax = figure.subplots()
        ax.set_axis_off()
        ax.text(0.5, 0.5, "this form of contagion has no daily probability of leaving", ha="center")
        return
    for ax, (who, table) in zip(figure.subplots(1, len(tables), squeeze=False).ravel(), tables.items(), strict=True):
        decision.surface(ax, table, title=findings.of_decision(who, table))


def decision_of(ax: Axes, scenario: Scenario, who: str = "reservist") -> Axes:
    """Compute and draw a scenario's daily probability of leaving by share of peers gone and asylum dial.

    Args:
        ax: Where to draw.
        scenario: The scenario.
        who: "soldier" or "reservist".

    Raises:
        InputError: If the scenario has nobody of that kind, or its form of contagion knows no daily probability.
    """
    from desertion.study.comparison.decision import surfaces

    title = {"soldier": "A soldier who serves", "reservist": "A reservist at home"}
    table = surfaces(scenario, (who,))[who]
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

UNCOUNTED = ("strength", "collapse", "decision")
"""Figures that show no count of persons."""

OF_ALL = ("where", "hosts")
"""Figures of hosts, who serve all forces together."""

SHARED = (*OF_ALL, "decision")
"""Figures that are the same whichever force is asked for."""
