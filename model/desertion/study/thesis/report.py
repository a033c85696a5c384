"""The test of the thesis for reading: its tables and the sentences that follow from them, as blocks of a report."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from desertion.study.blocks import Block, Heading, Table, Text, short_number
from desertion.study.history.patterns import PatternResult
from desertion.study.laboratory.calibration import Ranks
from desertion.study.laboratory.power import SURE, Cell
from desertion.study.laboratory.rivals import PRIORS, RIVALS, WITH_CONTAGION, Prior, priors
from desertion.study.laboratory.shapes import Shape
from desertion.study.laboratory.table import ReferenceTable
from desertion.study.thesis.evidence import FLEE_AIM, FLEE_VALIDATED, Meta, contagion_probability, scores, unidentified
from desertion.study.thesis.fit import Fit

RIVAL_NAMES = {
    "contagion": "contagion alone",
    "shocks": "shared shocks, no contagion",
    "homophily": "homophily, no contagion",
    "all": "all together",
    "doors": "doors alone, no contagion",
    "doors and contagion": "doors and contagion",
}
"""What tables and figures call the rivals."""


ROUGH = 0.4
"""Distance (root mean squared, log scale) above which a fit is called a first look: a factor of 1.5."""


def rivals_blocks() -> list[Block]:
    """The rivals with their priors."""
    rows = [(name, RIVAL_NAMES[name], ", ".join(prior.name for prior in priors(name))) for name in RIVALS]
    ranges = [
        (
            parameter.name,
            parameter.meaning,
            f"{parameter.low:g} to {parameter.high:g}{', evenly in the logarithm' if parameter.log else ''}",
        )
        for parameter in PRIORS.values()
    ]
    return [
        Heading("Rivals"),
        Table(("rival", "in words", "parameters"), rows),
        Table(("parameter", "meaning", "prior"), ranges),
        Text("No prior has a source: all are swept. Each rival has the prior probability 1/4."),
    ]


def case_blocks(fit: Fit, seconds: float) -> list[Block]:
    """One series: model probabilities, scores, what is not identified."""
    series = fit.series
    rows = [
        (
            score.rival,
            f"{score.probability:.2f} ± {score.error:.2f}",
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
    flags = [
        f"{len(series.points)} points, the last {fit.held_out} held out."
        if fit.held_out
        else f"{len(series.points)} points, too few to hold any out.",
        f"At risk: {fit.case.at_risk}. A step is {fit.case.step_days:g} days, {fit.case.people} simulated people.",
        f"{fit.particles} particles, {len(fit.epsilon)} generations, {fit.simulations:,} simulations, {seconds:.0f} s; "
        f"distance {fit.epsilon[0]:.2f} to {fit.epsilon[-1]:.2f} (root mean squared, log scale).",
    ]
    if fit.few:
        flags.append("Too few particles for these probabilities to mean much.")
    if fit.epsilon[-1] > ROUGH:
        flags.append(
            f"The fit stopped while histories still missed the figures by a factor of {math.exp(fit.epsilon[-1]):.1f} on "
            "average: these probabilities are a first look, more generations are needed."
        )
    if series.recalled:
        flags.append("Uses recalled figures (grade C*).")
    loose = [f"{rival}: {', '.join(names)}" for rival in fit.case.rivals if (names := unidentified(fit, rival))]
    return [
        Heading(series.title, 3),
        Text(" ".join(flags)),
        Table(head, rows),
        Text(f"Not identified (posterior hardly narrower than the prior): {'; '.join(loose) or 'none'}."),
        Text("Caveats: " + " ".join(series.caveats)),
        *([values_table(fit)] if fit.case.shipped() else []),
    ]


def values_table(fit: Fit) -> Table:
    """What a series says about the inputs of a scenario, rival by rival, beside the shipped values."""
    shipped = fit.case.shipped()
    rows = [
        (
            rival,
            prior.name,
            prior.meaning,
            f"{prior.low:g} to {prior.high:g}{', evenly in the logarithm' if prior.log else ''}",
            _posterior(fit, rival, prior),
            f"{shipped[prior.name]:g}",
        )
        for rival in fit.case.rivals
        for prior in fit.case.priors_of(rival)
    ]
    head = ("rival", "parameter", "meaning", "prior", "posterior: median (5 % to 95 %)", "shipped")
    return Table(head, rows)


def _posterior(fit: Fit, rival: str, prior: Prior) -> str:
    names, shares = fit.shares[rival]
    if prior.name not in names:
        return "-"
    column, weights = shares[:, names.index(prior.name)], fit.weights[rival]
    order = np.argsort(column)
    below = np.cumsum(weights[order])
    middle, low, high = (
        prior.at(float(np.clip(np.interp(q, below, column[order]), 0.0, 1.0))) for q in (0.5, 0.05, 0.95)
    )
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def meta_blocks(agreement: Meta, fits: Sequence[Fit]) -> list[Block]:
    """Whether the series agree."""
    rows = [
        (name, f"{share:.2f}", f"{odds:+.1f}", _best(fit))
        for name, share, odds, fit in zip(agreement.names, agreement.contagion, agreement.log_odds, fits, strict=True)
    ]
    word = "All series point the same way." if agreement.agree else "The series do not agree."
    return [
        Heading("Do the series agree?"),
        Table(("series", "P(rivals with contagion)", "log odds", "best median prediction (relative difference)"), rows),
        Text(
            f"{word} Were they independent and one answer true of all, the log odds would add up to {agreement.pooled:+.1f}; "
            f"they spread by {agreement.spread:.1f}. For comparison: the refugee-movement model Flee is validated at an "
            f"averaged relative difference below {FLEE_VALIDATED:g}; the aim here is below {FLEE_AIM:g}."
        ),
    ]


def power_blocks(cells: Sequence[Cell], reference: ReferenceTable) -> list[Block]:
    """Power and false alarms as a table, with the sentence that follows."""
    rows = [
        (
            str(cell.setting.points),
            f"{cell.setting.noise:g}",
            cell.setting.seen,
            cell.truth,
            f"{cell.found / cell.histories:.0%} ({cell.low:.0%} to {cell.high:.0%})",
            f"{cell.denied / cell.histories:.0%}",
            f"{cell.mean:.2f}",
        )
        for cell in cells
    ]
    head = (
        "points",
        "noise",
        "seen",
        "true rival",
        f"contagion found (P ≥ {SURE:g})",
        f"denied (P ≤ {1 - SURE:.1g})",
        "mean P",
    )
    run = (
        f"{len(reference):,} simulations of the laboratory ({reference.people} people), {reference.seconds / 60:.0f} minutes "
        f"of computing; {cells[0].histories} histories per cell, each judged by the table without it. "
        "Found: rivals with contagion get a posterior probability of at least 0.9. In histories of `shocks` and "
        "`homophily` that is a false alarm."
    )
    return [Heading("Power and false alarms"), Text(run), Table(head, rows), Text(honest(cells))]


def honest(cells: Sequence[Cell]) -> str:
    """The sentence that follows from power and false alarms."""

    def rate(seen: str, with_contagion: bool) -> tuple[float, float]:
        shares = [
            cell.found / cell.histories
            for cell in cells
            if cell.setting.seen == seen and (cell.truth in WITH_CONTAGION) == with_contagion
        ]
        return (min(shares), max(shares)) if shares else (math.nan, math.nan)

    hit, miss = rate("totals", True), rate("totals", False)
    hit_units, miss_units = rate("units", True), rate("units", False)
    return (
        f"**What follows.** From totals alone, contagion that is there is found in {hit[0]:.0%} to {hit[1]:.0%} of "
        f"histories and announced where there is none in {miss[0]:.0%} to {miss[1]:.0%}; with counts by unit, in "
        f"{hit_units[0]:.0%} to {hit_units[1]:.0%} and {miss_units[0]:.0%} to {miss_units[1]:.0%}. "
        "The historical series are totals: a probability from them, high or low, weighs no more than these rates allow."
    )


def ranks_blocks(ranks: Sequence[Ranks], trials: int) -> list[Block]:
    """Simulation-based calibration as a table."""
    rows = [
        (
            row.rival,
            row.parameter,
            " ".join(str(count) for count in row.counts),
            f"{row.p_value:.3f}",
            f"{row.shrinkage:.2f}",
        )
        for row in ranks
    ]
    head = ("rival", "parameter", "ranks, ten bins", "p of flatness", "posterior sd / prior sd")
    return [
        Heading("Calibration of the inference"),
        Text(
            f"Ranks of the true parameter among 99 posterior draws in {trials} trials; flat if the inference is right."
        ),
        Table(head, rows),
    ]


def patterns_blocks(held: Sequence[PatternResult], replicates: int) -> list[Block]:
    """Patterns held against runs of the shipped scenarios."""
    rows = [
        (
            result.statement,
            f"{result.target} {result.unit}",
            f"{short_number(result.median)} ({short_number(result.fifth)} to {short_number(result.ninety_fifth)})",
            ("met" if result.met else "**not met**") + ("" if result.counted else " (former definition)"),
            result.source,
        )
        for result in held
    ]
    head = ("pattern", "target", "simulated: median (5 % to 95 %)", "", "source")
    counted = [result.met for result in held if result.counted]
    return [
        Heading("Patterns"),
        Text(
            f"{sum(counted)} of {len(counted)} patterns are met by the shipped scenarios as they are, {replicates} replicates each; "
            "patterns that are not met stay here."
        ),
        Table(head, rows),
    ]


def shapes_blocks(shares_by_shape: Sequence[tuple[Shape, dict[str, float]]]) -> list[Block]:
    """Which shapes of history each rival can take."""
    rows = [
        (shape.statement, *(f"{shares[rival]:.1%}" for rival in RIVALS), shape.source)
        for shape, shares in shares_by_shape
    ]
    return [
        Heading("Shapes"),
        Text(
            "Share of each rival's laboratory histories, over its whole prior, that have the shape. A rival without "
            "such histories is ruled out by the shape; a rival with few needs luck or tuning."
        ),
        Table(("shape", *(RIVAL_NAMES[rival] for rival in RIVALS), "seen in"), rows),
    ]


def _best(fit: Fit) -> str:
    rated = [score for score in scores(fit) if not math.isnan(score.difference)]
    best = min(rated, key=lambda score: score.difference)
    return f"{best.rival}: {best.difference:.2f}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def summary(fits: Sequence[Fit]) -> str:
    """One line per case for the terminal."""
    return "\n".join(
        f"{fit.case.name:<24} P(contagion) {contagion_probability(fit):.2f}  "
        + "  ".join(f"{rival} {p:.2f}" for rival, p in zip(fit.case.rivals, fit.probabilities[-1], strict=True))
        for fit in fits
    )
