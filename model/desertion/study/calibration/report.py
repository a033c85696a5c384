"""A fit for reading: its tables and the sentences that follow from them, as blocks of a report."""

import math
from collections.abc import Sequence

import numpy as np

from desertion.figures.labels import many
from desertion.scenario.grain import TOO_FEW, floor_note, too_few
from desertion.study.blocks import Block, Bullets, Heading, Table, Text
from desertion.study.calibration.document import BOTH, RIVALS
from desertion.study.calibration.fit import Fit
from desertion.study.calibration.scores import roughness, scores
from desertion.study.calibration.tables import parameters

_CLEAR = 0.95


def _error(error: float) -> str:
    """An error to two decimals; one that these would show as none to one figure."""
    return f"{error:.2f}" if error >= 0.005 else f"{error:.1g}"


def case_blocks(fit: Fit, seconds: float, others: Sequence[Fit] = ()) -> list[Block]:
    """One series: model probabilities, scores, what is not identified; `others` are the same fit from other seeds, with which it took `seconds`."""
    series = fit.series
    rows = [
        (
            score.rival,
            f"{score.probability:.2f} ± {_error(score.error)}",
            _number(score.crps_fitted),
            _number(score.crps_held_out),
            _number(score.difference),
            _number(score.difference_held_out),
            str(score.members),
        )
        for score in scores(fit)
    ]
    head = (
        "rival",
        "posterior probability",
        "CRPS of log(1 + x), fitted",
        "held out",
        "relative difference, all",
        "held out",
        "members",
    )
    case, spent = fit.case, sum(each.simulations for each in (fit, *others))
    fits = f" in {len(others) + 1} fits" if others else ""
    flags = [
        f"{len(series.points)} points, the last {fit.held_out} held out."
        if fit.held_out
        else f"{len(series.points)} points, none held out.",
        f"Counted in the model: {case.counted.meaning}.",
        f"At risk: all {case.scenario.people:,} people of the scenario, simulated at {case.scenario.scale:g} of real size.",
        f"{fit.particles} particles, {many(len(fit.epsilon), 'generation')}, {spent:,} simulations{fits}, {seconds:.0f} s; "
        f"distance {fit.epsilon[0]:.2f} to {fit.epsilon[-1]:.2f} (root mean squared, log scale).",
        between(fit, others),
        *case.remarks,
    ]
    caveats = [Text("Caveats: " + " ".join(series.caveats))] if series.caveats else []
    return [
        Heading(series.title, 1),
        Text(" ".join(flags)),
        Table(head, rows),
        Bullets(findings(fit, others)),
        *caveats,
        values_table(fit),
    ]


def findings(fit: Fit, others: Sequence[Fit] = ()) -> list[str]:
    """What the fit says, and what it leaves open, a sentence each; the rivals are judged by all `others` from further seeds as well."""
    sentences: list[str] = []
    if roughest := roughness(fit, *others):
        which = "A fit" if others else "The fit"
        sentences.append(
            f"{which} stopped while histories still missed the figures by a factor of {math.exp(roughest):.1f} on "
            "average: its numbers are a first look, more generations are needed."
        )
    most = max((float(np.median(rows, axis=0).max()) for rows in fit.predictions.values() if len(rows)), default=0.0)
    if too_few(most, 1.0 / fit.case.scenario.scale):
        sentences.append(f"No predicted point rests on five simulated persons: {TOO_FEW}, a larger one is needed.")
    if note := floor_note(fit.case.scenario):
        sentences.append(f"{note[0].upper()}{note[1:]}.")
    if fit.case.rivals == RIVALS:
        place = RIVALS.index(BOTH)
        sentences.append(_verdict([float(each.probabilities[-1][place]) for each in (fit, *others)]))
    seeds = ""
    if others:
        seeds = f" by each of {len(others) + 1} seeds"
        sentences.append("Intervals of parameters are those of the first seed.")
    table = parameters(fit, others)
    units = {lever.prior.name: lever.prior for lever in fit.case.levers}
    for rival in fit.case.rivals:
        own = table[table["rival"] == rival]
        if own["median"].isna().all():
            sentences.append(f"{rival}: died out, so that nothing can be said of its parameters.")
            continue
        own = own[own["inputs"] != ""]  # the noise is a nuisance, whose interval leans to the low end
        rest = own[(own["narrowed"] < 1.0) & own["contraction"].notna()].sort_values("parameter")
        loose = rest.loc[rest["narrowed"] == 0.0, "parameter"]
        word, by_all = ("narrowed so far", own["narrowed"] == 1.0) if roughest else ("identified", own["identified"])
        told = [
            units[str(row.parameter)].counted(f"{row.parameter} {row.q05:.3g} to {row.q95:.3g}")
            for row in own[by_all].itertuples()
        ]
        sentences.append(f"{rival}: {word}{seeds} (90 % of the posterior): {', '.join(told) or 'nothing'}.")
        often = rest.set_index("parameter")["narrowed"] * (len(others) + 1)
        some = [f"{name} ({count:.0f})" for name, count in often[often > 0.0].items()]
        if some:
            sentences.append(f"{rival}: left open, {word} by some of the seeds only: {', '.join(some)}.")
        if len(loose):
            sentences.append(
                f"{rival}: not {word}, the posterior being hardly narrower than the prior: {', '.join(loose)}."
            )
    if fit.series.recalled:
        sentences.append("Uses recalled figures (grade C*).")
    return sentences


def _verdict(probabilities: Sequence[float]) -> str:
    """What fits of the same case say of contagion: what one seed decides and another does not is not decided."""
    beside = (
        "a trend from outside is none of the two rivals, and totals cannot tell it from contagion (`desertion thesis`)"
    )
    for better, shares in zip(RIVALS, (probabilities, [1.0 - share for share in probabilities]), strict=True):
        if min(shares) >= _CLEAR:
            seeds = "" if len(shares) == 1 else f" or more by each of {len(shares)} seeds"
            return f"Of the two rivals the series prefers that {better} ({min(shares):.2f}{seeds}); {beside}."
    each = " ".join(f"{share:.2f}" for share in probabilities)
    return f"The series does not decide between the two rivals (with contagion: {each}); {beside}."


def values_table(fit: Fit) -> Table:
    """What a series says about the inputs of a scenario, rival by rival, beside the values that it has."""
    rows: list[tuple[str, ...]] = []
    for row in parameters(fit).to_dict("records"):
        middle, left = row["median"], row["contraction"]
        rows.append(
            (
                row["rival"],
                row["parameter"],
                row["meaning"],
                f"{row['prior_low']:g} to {row['prior_high']:g}{', evenly in the logarithm' if row['log'] else ''}",
                "-" if math.isnan(middle) else f"{middle:.3g} ({row['q05']:.3g} to {row['q95']:.3g})",
                "-" if math.isnan(left) else f"{left:.2f}",
                "" if math.isnan(row["scenario"]) else f"{row['scenario']:g}",
            )
        )
    head = ("rival", "parameter", "meaning", "prior", "posterior: median (5 % to 95 %)", "contraction", "scenario")
    return Table(head, rows)


def between(fit: Fit, others: Sequence[Fit]) -> str:
    """How far the probabilities differ between runs, in a sentence."""
    if not others:
        return "± is the sampling error of one run; what another seed changes is not in it."
    runs = np.array([each.probabilities[-1] for each in (fit, *others)])
    spread = ", ".join(
        f"{rival} {' '.join(f'{value:.2f}' for value in column)}"
        for rival, column in zip(fit.case.rivals, runs.T, strict=True)
    )
    return f"± is the sampling error of one run; runs with other seeds gave: {spread}."


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def summary(fit: Fit) -> str:
    """One line for the terminal."""
    words = "  ".join(f"{rival} {p:.2f}" for rival, p in zip(fit.case.rivals, fit.probabilities[-1], strict=True))
    return f"{fit.case.name:<24} {words}"
