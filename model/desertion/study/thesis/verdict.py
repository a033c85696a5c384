"""The verdict on one series, from power, false alarms and what halved and doubled drift say; its order is fixed in the plan."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from desertion.figures.labels import at_most, percent
from desertion.study.thesis.design import Design

FOUND, NOT_FOUND, TURNS, CANNOT = "contagion found", "contagion not found", "not identified", "totals cannot tell"


@dataclass(frozen=True)
class Verdict:
    """A verdict with the reasons for it, the decisive one first."""

    word: str
    reasons: tuple[str, ...]


def found(probability: float, threshold: float) -> bool:
    """Whether contagion counts as found."""
    return probability >= threshold


def judge(
    probability: float,
    threshold: float,
    power: pd.DataFrame,
    alarms: pd.DataFrame,
    drift: Mapping[float, tuple[float, float]],
    design: Design,
) -> Verdict:
    """The verdict.

    Args:
        probability: of contagion, for the series as published.
        threshold: from which on contagion counts as found.
        power: as of `rates.power`.
        alarms: as of `rates.false_alarms`, of listed, left-out and unseen causes.
        drift: by factor of the ranges of trends and doors, probability and threshold made anew.
        design: the plan.
    """
    low, high = design.stop_owed
    row = power[(power["form"] == "all") & (power["owed_from"] == low) & (power["owed_to"] == high)].iloc[0]
    reached = row["found"] / max(row["histories"], 1)
    reasons: list[tuple[str, str]] = []
    if reached < design.stop_power:
        reasons.append(
            (
                CANNOT,
                f"power {reached:.3f} where {percent(low)} to {percent(high)} are owed to contagion, under {design.stop_power:g}",
            )
        )
    shares = alarms.assign(share=alarms["found"] / alarms["histories"])
    # The threshold is such that the worst listed cause just meets the level on one half: on the other its bound would lie above in every second table.
    above = shares["high"].where(shares["how"] != "listed", shares["low"])
    loud = shares[above > design.false_alarms]
    if len(loud):
        worst = loud.sort_values("share", ascending=False, kind="stable").iloc[0]
        reasons.append(
            (
                CANNOT,
                f"false alarms in {percent(worst['share'])} of histories of `{worst['cause']}` ({worst['how']}, at most {at_most(worst['high'])}); {len(loud)} of {len(alarms)} tests are not held to {percent(design.false_alarms)}",
            )
        )
    turned = [factor for factor, (p, level) in drift.items() if found(p, level) != found(probability, threshold)]
    if turned:
        reasons.append((TURNS, f"the answer turns with drift times {' and '.join(f'{factor:g}' for factor in turned)}"))
    if reasons:
        return Verdict(reasons[0][0], tuple(text for _, text in reasons))
    if found(probability, threshold):
        return Verdict(FOUND, (f"probability {probability:.2f}, threshold {threshold:.2f}",))
    return Verdict(NOT_FOUND, (f"probability {probability:.2f} under the threshold {threshold:.2f}",))
