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
    """Draw what the series says about the inputs of the likelier rival; nothing if that rival died out."""
    from desertion.figures import style
    from desertion.figures.power import posteriors

    likeliest = fit.case.rivals[int(fit.probabilities[-1].argmax())]
    names, shares = fit.shares[likeliest]
    if not len(shares):
        return None
    with style.house():
        figure = style.new_figure("tall" if len(names) > 4 else "wide")
        columns = min(len(names), 4)
        axes = figure.subplots(-(-len(names) // columns), columns, squeeze=False).ravel()
        used = (*fit.case.priors_of(likeliest), *fit.case.nuisances)
        meanings = {prior.name: prior.name.replace("_", " ") for prior in used}
        ends = {prior.name: (prior.low, prior.high) for prior in used}
        posteriors(list(axes), names, shares, fit.weights[likeliest], meanings, ends)
        for spare in axes[len(names) :]:
            spare.set_visible(False)
        style.note(
            figure, f"{likeliest}: posterior (bars) over prior (dashed), on the scale on which the prior is flat."
        )
        return style.save(figure, path)


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
            "Histories with contagion, causes in the list only; false alarms of each of these held at 5 %. Whiskers: 95 % Wilson.",
        )  # fmt: skip
        figure = style.new_figure("wide")
        tenths = found.gathered("reliability")
        drawing.reliability(figure.subplots(), _named(tenths), "series")
        finish(
            figure, "reliability", findings.of_reliability(tenths),
            "Histories that the classifier was neither trained nor calibrated on, in tenths of the stated probability. Whiskers: 95 % Wilson.",
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
