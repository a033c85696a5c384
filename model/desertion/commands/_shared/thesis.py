"""Figures of `thesis` and `calibrate`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from desertion.study.calibration.fit import Fit
    from desertion.study.history.series import Series
    from desertion.study.thesis.thesis import Thesis


_FEWEST_HISTORIES = 100
"""In a tenth of the stated probabilities: of fewer, chance alone moves the share by a tenth and more."""


def draw_predictions(
    series: Series, members: Mapping[str, Any], names: Mapping[str, str], held_out: int, note: str, path: Path
) -> Path:
    """Draw what rivals give for a series over its published figures."""
    import numpy as np

    from desertion.figures import series as drawing
    from desertion.figures import style

    with style.house():
        figure = style.new_figure("wide")
        drawing.predictions(figure.subplots(), series.table, series.kind, series.title, members, names, held_out)
        style.raised(figure)
        low = drawing.LEAST
        drawn = [series.values, *(np.quantile(rows, 0.05, axis=0) for rows in members.values() if len(rows))]
        style.note(
            figure,
            note
            + f" What is below {low:g}, zero too, is drawn at {low:g}." * any((each < low).any() for each in drawn),
        )
        return style.save(figure, path)


def draw_posterior(fit: Fit, path: Path) -> Path | None:
    """Draw what the series says about the inputs of each rival, with a word on one that died out; nothing if all did."""
    from desertion.figures import style
    from desertion.figures.power import posterior

    alive = [rival for rival in fit.case.rivals if len(fit.weights[rival])]
    used = {prior.name: prior for rival in alive for prior in (*fit.case.priors_of(rival), *fit.case.nuisances)}
    if not used:
        return None
    multiples = {lever.prior.name for lever in fit.case.levers if lever.times}
    with style.house():
        columns = min(len(used), 4)
        figure = style.new_figure("tall" if len(used) > columns else "wide")
        width = float(figure.get_figwidth()) / columns - 0.5  # inches, beside the numbers of an axis
        axes = figure.subplots(-(-len(used) // columns), columns, squeeze=False)
        for ax, prior in zip(axes.flat, used.values(), strict=False):
            posterior(ax, {rival: _draws(fit, rival, prior.name) for rival in fit.case.rivals}, (prior.low, prior.high))
            ax.set_title(style.in_lines(prior.counted(prior.name.replace("_", " ")), width), fontsize="small")
            ax.set_xlabel(f"{'multiple' if prior.name in multiples else 'value'}{', log scale' * prior.log}")
        for row in axes:
            row[0].set_ylabel("density (of the prior: 1)")
        for spare in axes.flat[len(used) :]:
            spare.set_visible(False)
        lines = {line.get_label(): line for ax in axes.flat for line in ax.patches if line.get_label() in alive}
        figure.legend(list(lines.values()), list(lines), loc="outside upper left", ncols=len(lines))
        told = f"Steps: posterior. Dashed: prior, flat on these scales.{died_out(fit)}"
        style.note(figure, told)
        return style.save(figure, path)


def _draws(fit: Fit, rival: str, name: str) -> tuple[Any, Any] | None:
    """Posterior draws of a parameter as shares of its prior, and their weights; none if the rival has no such parameter or died out."""
    names, shares = fit.shares[rival]
    return (shares[:, names.index(name)], fit.weights[rival]) if name in names and len(shares) else None


def died_out(fit: Fit) -> str:
    """What the note of a figure says of rivals that are not drawn, and why."""
    gone = [rival for rival in fit.case.rivals if not len(fit.weights[rival])]
    why = "died out and is not drawn: no particle of the last generation has it"
    return "".join(f" The rival {rival} {why}." for rival in gone)


def draw_test(found: Thesis, target: Path) -> None:
    """Draw power, false alarms and reliability of the test on totals."""
    from desertion.figures import findings, style
    from desertion.figures import power as drawing
    from desertion.figures.labels import percent
    from desertion.figures.marks import shares

    design, grid = found.design, found.made_up

    def finish(figure: Figure, name: str, finding: str, note: str) -> None:
        style.headline(figure, finding)
        style.note(figure, note)
        style.save(figure, target / f"{name}.png")

    low, high = design.stop_owed
    with style.house():
        figure = style.new_figure("wide")
        axes = figure.subplots(1, 1 if grid is None else 2, sharey=True, squeeze=False)[0]
        table = found.gathered("power")
        own = table[table["form"] == "all"]
        drawing.power(axes[0], _named(own), "series", design.stop_power)
        axes[0].set_title("Own window of each series")
        if grid is not None:
            cells = grid[(grid["form"] == "all") & (grid["owed_from"] == low) & (grid["owed_to"] == high)]
            named = cells.assign(line=[f"dispersion {noise:g}" for noise in cells["noise"]])
            drawing.lengths(axes[1], named, "line", design.stop_power)
            axes[1].set_title(f"Made-up series, {percent(low)} to {percent(high)} owed")
            axes[1].set_ylabel("")
        finish(
            figure, "power", findings.of_power(own),
            "Histories with contagion, of totals that come without it too; causes in the list only, held at 5 %. Whiskers: 95 % Wilson.",
        )  # fmt: skip
        figure = style.new_figure("wide")
        tenths = found.gathered("reliability")
        told = tenths["histories"] >= _FEWEST_HISTORIES
        tenths, few = (tenths[told], int((~told).sum())) if told.any() else (tenths, 0)
        drawing.reliability(figure.subplots(), _named(tenths), "series")
        finish(
            figure, "reliability", findings.of_reliability(tenths),
            "Histories that the classifier was neither trained nor calibrated on, in tenths of the stated probability. Whiskers: 95 % Wilson."
            + f" Not drawn, of fewer than {_FEWEST_HISTORIES} histories: {few} of {few + len(tenths)}." * bool(few),
        )  # fmt: skip
        figure = style.new_figure("tall")
        marks = _worst_marks(found)
        shares(figure.subplots(), marks, design.false_alarms)
        listed, others = ([mark.value for mark in marks if mark.strong == strong] for strong in (False, True))
        finish(
            figure, "false-alarms", findings.of_alarms(listed, others),
            "No contagion in these histories. Each cause in the series in which it alarms most; 95 % Wilson. Dashed: 5 %.",
        )  # fmt: skip


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its series called by words."""
    from desertion.study.history.shipped import called

    return table.assign(series=[called(str(name)) for name in table["series"]])


def _worst_marks(found: Thesis) -> list[Any]:
    from desertion.figures.marks import Mark
    from desertion.study.history.shipped import called
    from desertion.study.thesis.report import HOW

    alarms = found.gathered("alarms").assign(share=lambda table: table["found"] / table["histories"])
    marks: list[Mark] = []
    for (how, cause), own in alarms.groupby(["how", "cause"], sort=False):
        worst = own.iloc[int(own["share"].argmax())]
        name = f"{cause}, {HOW[str(how)]} ({called(str(worst['series']))})"
        marks.append(Mark(name, worst["share"], worst["low"], worst["high"], strong=how != "listed"))
    return marks
