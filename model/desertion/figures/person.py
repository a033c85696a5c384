"""One person's life, with every term of the hazard day by day."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from desertion.figures import curves, labels, style
from desertion.figures.line_names import label_ends
from desertion.simulation.trace import multipliers

_NAMED = 7
_STEADY = 2.5
_ROOM = 1.3
_SHORTEST = 10.0


def life(figure: Figure, trace: pd.DataFrame, *, route: str, title: str = "") -> list[Axes]:
    """Draw the terms, the probability of leaving and the clock against its threshold, one under another."""
    # Days on which the person cannot leave by this way are gaps in all three; a few lone days need marks to be seen.
    route_days = trace[trace["route"] == route].set_index("day").reindex(trace["day"].unique()).reset_index()
    few: dict[Any, Any] = {"lines.marker": "o", "lines.markersize": 3.5} if route_days["rate"].notna().sum() < 5 else {}
    with rc_context(few):
        axes = _panels(figure, trace, route_days, title or f"Way: {labels.ROUTE_NAMES.get(route, route)}")
    for line in (line for ax in axes for line in ax.lines if few):
        line.set_clip_on(False)  # the frame would cut the mark of the first day in halves
    return axes


def _panels(figure: Figure, trace: pd.DataFrame, days: pd.DataFrame, title: str) -> list[Axes]:
    top, middle, low = figure.subplots(3, 1, sharex=True, height_ratios=[3, 2, 2])
    terms(top, days)
    probability(middle, days)
    clock(low, days)
    statuses(middle, trace)
    for ax in (top, middle):
        ax.set_xlabel("")
    low.set_xlim(*_lived(trace, days))
    curves.days(low, None)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    return [top, middle, low]


def terms(ax: Axes, days: pd.DataFrame) -> Axes:
    """Draw each term of the log-hazard over the days, the most moving ones by name, the rest added up."""
    names = multipliers(days)
    days = days.assign(**{name: days[name].replace([np.inf, -np.inf], np.nan) for name in names})
    size = {name: float(np.nanmax(np.abs(days[name]), initial=0.0)) for name in names}
    named = sorted((name for name in names if size[name] > 1e-9), key=lambda name: -size[name])[:_NAMED]
    rest = [name for name in names if size[name] > 1e-9 and name not in named]
    series = {name.replace("_", " "): days[name] for name in named}
    if rest:
        series[f"{len(rest)} others"] = days[rest].sum(axis=1, min_count=1)
    drawn = style.pens(len(series))
    for values, pen in zip(series.values(), drawn, strict=True):
        ax.plot(days["day"], values, color=pen.color, linestyle=pen.linestyle)
    ax.axhline(0.0, color=style.soft_ink(), linewidth=0.8, marker="")
    ax.set_title("What moves the decision")
    ax.set_ylabel("log-hazard")
    _days(ax, days)
    ends = [float(values.dropna().iloc[-1]) if values.notna().any() else 0.0 for values in series.values()]
    return label_ends(ax, list(series), ends, drawn) if series else ax


def probability(ax: Axes, days: pd.DataFrame) -> Axes:
    """Draw the daily probability of leaving by one way on a logarithmic axis; days without any chance are gaps."""
    chance = -np.expm1(-days["rate"].to_numpy(dtype=float))
    some = chance[chance > 0.0]
    ax.plot(days["day"], np.where(chance > 0.0, chance, np.nan), color=style.ink())
    ax.set(title="Probability of leaving", ylabel="a day")
    say = partial(labels.percent, figures=3)
    if len(some) and some.max() > _STEADY * some.min():
        style.logarithmic(ax, "y", say)
    else:
        # Within less than a doubling a logarithmic axis has no ticks to tell the values apart.
        ax.set_ylim(0.0, 1.15 * float(some.max()) if len(some) else 1.0)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say(value)))
    _days(ax, days)
    return ax


def clock(ax: Axes, days: pd.DataFrame) -> Axes:
    """Draw the summed hazard against the person's own threshold: who reaches it leaves that day."""
    pen, line = style.pens(2)
    spells = days["threshold"].dropna()
    height = float(spells.iloc[0]) if len(spells) else 0.0
    ax.plot(days["day"], days["clock"], color=line.color)
    top = max(float(days["clock"].max()) * 1.15 if len(spells) else 0.0, 1e-12)
    if height <= 4.0 * top:
        ax.axhline(height, color=pen.color, linestyle=(0.0, (6.0, 2.0)), linewidth=1.2, marker="")
        ax.annotate("own threshold", (0.99, height), xycoords=("axes fraction", "data"), xytext=(0, 3),
                    textcoords="offset points", ha="right", fontsize="small")  # fmt: skip
        top = max(top, height * 1.15)
    else:
        ax.annotate(f"own threshold {height:.3g}: far above", (0.01, 0.9), xycoords="axes fraction", fontsize="small")
    ax.set_ylim(0.0, top)
    ax.set_title("Clock")
    ax.set_ylabel("summed hazard")
    _days(ax, days)
    return ax


def statuses(ax: Axes, trace: pd.DataFrame) -> Axes:
    """Mark the days on which the person's status changes, with the new status."""
    by_day = trace.drop_duplicates("day")[["day", "status"]]
    changes = by_day[by_day["status"] != by_day["status"].shift()]
    for _, row in changes.iterrows():
        ax.axvline(float(row["day"]), color=style.soft_ink(), linewidth=0.8, linestyle=":", marker="")
        ax.annotate(str(row["status"]).replace("_", " "), (float(row["day"]), 1.0), xycoords=("data", "axes fraction"),
                    xytext=(3, -3), textcoords="offset points", va="top", rotation=90, fontsize="small",
                    color=style.soft_ink())  # fmt: skip
    return ax


def _lived(trace: pd.DataFrame, days: pd.DataFrame) -> tuple[float, float]:
    """First day, and the last until which anything is to be seen, with room to its right."""
    by_day = trace.drop_duplicates("day")
    changes = by_day.loc[by_day["status"] != by_day["status"].shift(), "day"]
    open_days = days.loc[days["rate"].notna(), "day"]
    first, end = float(days["day"].min()), float(days["day"].max())
    last = max(float(changes.max()), float(open_days.max()) if len(open_days) else first)
    return first, max(min(end, first + max(_ROOM * (last - first), _SHORTEST)), first + 1.0)


def _days(ax: Axes, days: pd.DataFrame) -> None:
    ax.set_xlim(float(days["day"].min()), max(float(days["day"].max()), float(days["day"].min()) + 1.0))
