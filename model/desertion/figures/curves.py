"""Cascade curves: how many have left by each day, with bands over replicates."""

import datetime as dt
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from desertion.errors import input_error, refuse_unknown, unknown_name
from desertion.figures import labels, line_names, style
from desertion.figures.line_names import label_ends
from desertion.scenario.grain import TOO_FEW, basis, too_few
from desertion.simulation.record.columns import BAND, at_real_size

TITLES: dict[str, tuple[str, str]] = {
    "left": ("People who have left, by any way", "persons, cumulative"),
    "departures": ("Departures, spells counted", "spells, cumulative"),
    "new_hide": ("Hiding each day", "persons a day"),
    "new_flee": ("Fleeing each day", "persons a day"),
    "new_surrender": ("Surrendering each day", "persons a day"),
    "new_refuse": ("Refusing openly each day", "persons a day"),
    "strength": ("Strength", "persons serving"),
    "effective_strength": ("Effective strength", "persons"),
    "legitimacy": ("Legitimacy of the government", "share, 0 to 1"),
    "turnout": ("Turnout in the street", "share of the people"),
    "war_index": ("Expected length of the war", "index, 100 at the start"),
    "information": ("Worth of what prisoners know", "soldier-days"),
    "output_lost": ("Output lost", "EUR a day"),
    "protected": ("People under protection", "persons"),
    "abroad": ("People abroad without a claim", "persons"),
    "applicant": ("Applicants", "persons"),
    "at_border": ("Waiting at a border", "persons"),
    "hiding": ("In hiding", "persons"),
}
"""Title and unit of the daily columns that are drawn often."""

FOR_NINE_TENTHS = 20
"""Runs of a curve below which nine tenths of them end between the outermost two, and are not drawn."""
_MOST_DOWN = 3
"""Rows of panels that a figure of the usual height has room for."""
_BESIDE, _APART = 0.6, 0.15
"""Inches left of panels, and between two."""
_MOST_WIDE = 3
"""Curves beyond which wide bands that lie over each other are not drawn."""


def bands(histories: pd.DataFrame, column: str, *, force: str | None = None) -> pd.DataFrame:
    """Quantiles over replicates of one daily column.

    Args:
        histories: Rows of `daily` with the further columns policy and replicate.
        column: Which daily column.
        force: Only this force; all forces added up if not given.

    Returns:
        One row per policy and day, in the order in which policies first appear: policy, day, low, lower, median, upper, high
        (the 5, 25, 50, 75 and 95 % quantiles) and runs.

    Raises:
        InputError: If the column or the force is not there.
    """
    if column not in histories:
        raise unknown_name("daily column", column, map(str, histories.columns))
    if force is not None:
        known = list(map(str, histories["force"].unique()))
        refuse_unknown("force", force, known)
        histories = histories[histories["force"] == force]
    if histories.empty:
        raise input_error("histories", 0, "holds no day to draw", way_out="run at least one day")
    by_run = histories.groupby(["policy", "day", "replicate"], sort=False, observed=True)[column].sum()
    grouped = by_run.groupby(level=["policy", "day"], sort=False)
    table = pd.DataFrame({name: grouped.quantile(level) for name, level in BAND.items()})
    table["runs"] = grouped.size()
    return table.reset_index()


def together(ax: Axes, banded: pd.DataFrame, *, column: str = "left", start: dt.date | None = None) -> Axes:
    """Draw one line a policy, named at its end, with its bands, see `told_of_bands`.

    Args:
        ax: Where to draw.
        banded: A table as `bands` makes it.
        column: The daily column it was made of, for title and unit.
        start: Date of the first day, for the axis.
    """
    names = _policies(banded)
    drawn, wide = style.pens(len(names)), _is_wide(banded)
    ends: list[float] = []
    for name, pen in zip(names, drawn, strict=True):
        curve = banded[banded["policy"] == name]
        if wide:
            ax.fill_between(curve["day"], curve["low"], curve["high"], color=pen.color, alpha=0.08, linewidth=0)
        if int(curve["runs"].iloc[0]) > 1:
            ax.fill_between(curve["day"], curve["lower"], curve["upper"], color=pen.color, alpha=0.13, linewidth=0)
        ax.plot(curve["day"], curve["median"], color=pen.color, linestyle=pen.linestyle, label=name)
        ends.append(float(curve["median"].iloc[-1]))
        # A shorter history is led to its name, which stands beside the axes.
        if (last := curve["day"].iloc[-1]) < banded["day"].max():
            ax.hlines(ends[-1], last, banded["day"].max(), color=style.soft_ink(), linewidth=0.6, linestyle=":")
    title, unit = titles(column)
    ax.set_title(title)
    ax.set_ylabel(unit)
    days(ax, start)
    ax.set_xlim(float(banded["day"].min()), float(banded["day"].max()))
    if column in SHARES:
        ax.set_ylim(0.0, 1.0)
    else:
        _counted(ax, banded, wide=wide)
    if len(names) > 1:
        label_ends(ax, names, ends, drawn)
    return ax


def _counted(ax: Axes, banded: pd.DataFrame, *, wide: bool) -> None:
    """Count persons from 0 to above all that is drawn, and at least to one."""
    most = banded[["upper", "median", *(["high"] if wide else [])]].max()
    ax.set_ylim(0.0, max(float(most.max()), 1.0) * 1.05)
    style.counts(ax)


def _is_wide(banded: pd.DataFrame) -> bool:
    """Whether nine tenths of the runs are drawn where curves lie over each other: of few curves, of enough runs each."""
    return banded["policy"].nunique() <= _MOST_WIDE and _are_many(banded)


def _are_many(banded: pd.DataFrame) -> bool:
    """Whether each curve is of enough runs that nine tenths of them can be told."""
    return int(banded["runs"].min()) >= FOR_NINE_TENTHS


def told_of_bands(banded: pd.DataFrame, *, wide: bool | None = None, counted: bool = True) -> str:
    """What lines and bands are, and of how many runs.

    Args:
        banded: The table that was drawn.
        wide: Whether nine tenths of the runs are drawn too; if not given, as `together` does.
        counted: Whether to say of how many runs.
    """
    runs = banded.groupby("policy")["runs"].max()
    if runs.max() == 1:
        return "Line: one run."
    fewest = "" if runs.min() == runs.max() else f"{runs.min():,} to "
    bands = (
        "Dark band: middle half of the runs. Light band: 90 % of them."
        if (_is_wide(banded) if wide is None else wide)
        else "Band: middle half of the runs."
    )
    of = f" of {fewest}{labels.many(int(runs.max()), 'run')}" if counted else ""
    return f"Line: median{of}. {bands}"


def panels(figure: Figure, banded: pd.DataFrame, *, start: dt.date | None = None) -> list[Axes]:
    """Draw the leavers in one panel a policy on common axes: its bands in front, as far as its runs are enough, the other policies' medians in grey behind."""
    names, wide = _policies(banded), _are_many(banded)
    across = min(3, len(names))
    down = -(-len(names) // across)
    figure.set_figheight(float(figure.get_figheight()) * max(1.0, down / _MOST_DOWN))
    grid = np.atleast_2d(figure.subplots(down, across, sharex=True, sharey=True, squeeze=False))
    drawn = style.pens(len(names))
    axes: list[Axes] = []
    for index, (name, pen) in enumerate(zip(names, drawn, strict=True)):
        ax: Axes = grid[index // across, index % across]
        for other in names:
            if other != name:
                band = banded[banded["policy"] == other]
                ax.plot(band["day"], band["median"], color=style.soft_ink(), alpha=0.4, linewidth=0.8, zorder=1)
        band = banded[banded["policy"] == name]
        if wide:
            ax.fill_between(band["day"], band["low"], band["high"], color=pen.color, alpha=0.12, linewidth=0)
        if int(band["runs"].iloc[0]) > 1:
            ax.fill_between(band["day"], band["lower"], band["upper"], color=pen.color, alpha=0.25, linewidth=0)
        ax.plot(band["day"], band["median"], color=pen.color)
        ax.set_title(style.in_lines(name, (float(figure.get_figwidth()) - _BESIDE) / across - _APART))
        axes.append(ax)
    for ax in grid.ravel()[len(names) :]:
        ax.set_axis_off()
    title, unit = titles("left")
    if down > 2:  # one a row would be longer than the row is high
        figure.supylabel(unit, fontsize=mpl.rcParams["axes.labelsize"])
    else:
        for row in range(down):
            grid[row, 0].set_ylabel(unit)
    for index in range(len(names)):
        if index + across >= len(names):  # the lowest panel of its column
            days(grid[index // across, index % across], start)
            grid[index // across, index % across].tick_params(labelbottom=True)
    _counted(axes[0], banded, wide=wide)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    others = "medians" if int(banded["runs"].max()) > 1 else "runs"
    style.note(figure, f"{told_of_bands(banded, wide=wide)} Grey: the other policies' {others}.")
    return axes


def run(
    figure: Figure,
    daily: pd.DataFrame,
    *,
    start: dt.date | None = None,
    scale: float = 1.0,
    marks: Sequence[tuple[int, str]] = (),
) -> list[Axes]:
    """Draw the four curves of one run that are looked at first: left, those leaving each day, strength, legitimacy.

    Args:
        figure: An empty figure.
        daily: The model's daily table; each force is a line.
        start: Date of the first day.
        scale: Share of real size that was simulated; persons are drawn at real size.
        marks: Dated events: the day, and what happened.
    """
    daily = at_real_size(daily, scale)
    grid = figure.subplots(2, 2, sharex=True).ravel()
    forces = list(map(str, daily["force"].unique()))
    drawn = style.pens(len(forces))
    table = daily.assign(
        leaving=daily[[name for name in labels.NEW_COLUMNS.values() if name in daily]].sum(axis=1),
    )
    untold = ""
    for ax, (column, title, unit) in zip(grid, _RUN_PANELS, strict=True):
        for force, pen in zip(forces, drawn, strict=True):
            own = table[table["force"] == force]
            if column == "leaving":
                own = own[own["day"] > 0]  # the start is no day on which anybody could leave
                own = own.assign(leaving=weekly(own["leaving"]))
            lone = (
                {"marker": "o", "markersize": 4, "clip_on": False} if len(own) == 1 else {}
            )  # a line of one point is not seen
            ax.plot(own["day"], own[column], color=pen.color, linestyle=pen.linestyle, label=force, **lone)
            if column == "strength":
                ax.plot(own["day"], own["effective_strength"], color=pen.color, linewidth=0.9, alpha=0.8)
        ax.set_title(title)
        ax.set_ylabel(unit)
        ax.set_ylim(bottom=0.0, top=1.0 if column == "legitimacy" else None)
        if column != "legitimacy":
            style.counts(ax)
        untold += line_names.mark(ax, marks, written=ax is grid[0])
        if column in _BREAKS:
            untold += _breaks(ax, table, column, dict(zip(forces, drawn, strict=True)), marks)
    for ax in grid[2:]:
        days(ax, start)
    if len(forces) > 1:
        grid[3].legend(loc="lower left")
    figure.suptitle(_of_run(table, 1.0 / scale), x=0.01, ha="left", fontweight="bold")
    broken = table["collapsed"].astype(bool).any()
    able = f"Thin: effective strength{', marked where it falls below the breakpoint' if broken else ''}."
    style.note(figure, f"{able} {untold} {basis(1.0 / scale) * (scale < 1.0)}".strip().replace("  ", " "))
    return list(grid)


def _breaks(
    ax: Axes, daily: pd.DataFrame, panel: str, drawn: dict[str, style.Pen], others: Sequence[tuple[int, str]]
) -> str:
    """Mark the first day of each force on which it collapses or its government falls, on its curve and as an event; what the note has to say of them."""
    (flag, words, curve, top), marks = _BREAKS[panel], list[tuple[int, str]]()
    for force, pen in drawn.items():
        happened = daily[(daily["force"] == force) & daily[flag].astype(bool)]
        if len(happened):
            day = int(happened["day"].iloc[0])
            ax.plot(day, happened[curve].iloc[0], "o", color=pen.color, markersize=5)
            marks.append((day, f"{force}: {words}" if len(drawn) > 1 else words))
    return line_names.mark(ax, marks, top=top, others=others)


def _of_run(table: pd.DataFrame, size: float) -> str:
    """How many left until the last day, and where the drawn curve of those leaving has its peak, if it has a single one."""
    by_day = table.groupby("day")[["left", "leaving"]].sum()
    mean = weekly(by_day.loc[by_day.index > 0, "leaving"]).round(9)
    peak = mean.index[(mean > 0.0) & (mean == mean.max())]
    is_one = len(peak) > 0 and peak[-1] - peak[0] == len(peak) - 1  # a flat top is one peak
    most = f", most a day around day {(peak[0] + peak[-1]) // 2}" if is_one else ""
    left = float(by_day["left"].iloc[-1])
    if left and too_few(left, size):
        return f"How many have left by day {by_day.index[-1]}: {TOO_FEW}"
    return f"{labels.number(left)} {labels.have(left)} left by day {by_day.index[-1]}{most}"


def weekly(leaving: pd.Series) -> pd.Series:
    """Mean of seven days at the middle one, of those there are where the series begins and ends."""
    return leaving.rolling(7, min_periods=1, center=True).mean()


SHARES = ("legitimacy", "turnout")

_RUN_PANELS = (
    ("left", "Have left, by any way", "persons, cumulative"),
    ("leaving", "Leaving (mean of 7 days)", "persons a day"),
    ("strength", "Strength", "persons serving"),
    ("legitimacy", "Legitimacy", "share, 0 to 1"),
)


_BREAKS = {
    "strength": ("collapsed", "collapse", "effective_strength", 0.35),
    "legitimacy": ("fallen", "government falls", "legitimacy", 0.98),
}
"""By panel of a run, the column that says that it is over, what the mark is called, the curve that it stands on, and where its name begins: where curves seldom are."""


def titles(column: str) -> tuple[str, str]:
    """Title and unit of a daily column; one not listed is a count of persons."""
    return TITLES.get(column, (column.replace("_", " ").capitalize(), "persons"))


def _policies(banded: pd.DataFrame) -> Sequence[str]:
    return list(map(str, banded["policy"].unique()))


def days(ax: Axes, start: dt.date | None) -> None:
    """Name an axis of days, with the date of the first one, which is day 1, where that is known, and count whole days on it."""
    ax.set_xlabel(f"day (1 is {labels.dated(start)})" if start else "day")
    ax.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 2.5, 5, 10], integer=True, min_n_ticks=1))
