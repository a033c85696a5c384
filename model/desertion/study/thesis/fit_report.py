"""A fit of a scenario for reading: its tables and the sentences that follow from them, as blocks of a report."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from desertion.study.blocks import Block, Heading, Table, Text
from desertion.study.laboratory.prior import Prior
from desertion.study.thesis.fit import Fit
from desertion.study.thesis.scores import scores, unidentified

ROUGH = 0.4
"""Distance (root mean squared, log scale) above which a fit is called a first look: a factor of 1.5."""


def case_blocks(fit: Fit, seconds: float, others: Sequence[Fit] = ()) -> list[Block]:
    """One series: model probabilities, scores, what is not identified; `others` are the same fit from other seeds."""
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
        f"At risk: {fit.case.at_risk}, simulated at {fit.case.scale:g} of real size.",
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
    flags.append(between(fit, others))
    if series.recalled:
        flags.append("Uses recalled figures (grade C*).")
    loose = [f"{rival}: {', '.join(names)}" for rival in fit.case.rivals if (names := unidentified(fit, rival))]
    return [
        Heading(series.title, 3),
        Text(" ".join(flags)),
        Table(head, rows),
        Text(f"Not identified (posterior hardly narrower than the prior): {'; '.join(loose) or 'none'}."),
        Text("Caveats: " + " ".join(series.caveats)),
        values_table(fit),
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
