"""What was found for a series, as a report and figures read it."""

from dataclasses import dataclass

import pandas as pd

from desertion.study.arrays import Array
from desertion.study.thesis.cases import Case
from desertion.study.thesis.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was found for one series.

    Attributes:
        case: the series and its window.
        probability: that contagion had a part; even odds beforehand.
        halves: the same from two classifiers, each trained on one half of the table.
        threshold: from which on contagion counts as found.
        nearest: share with contagion among the nearest histories of all rivals together.
        tolerance: root mean squared log miss of the farthest of these.
        closeness: by cause, without and with contagion, the log miss within which one history of a thousand comes.
        alarms: false alarms of listed, left-out and (once opened) unseen causes.
        power: found by share owed and form.
        advanced: found by share advanced and form.
        tried: histories of known causes as judged by classifier and by the nearest.
        reliability: stated against true probabilities.
        drift: by factor of the ranges of trends and doors, probability and threshold made anew.
        members: (history, point) published figures of the nearest histories, without and with contagion.
        verdict: the verdict.
        opened: whether the families on no list have been opened.
    """

    case: Case
    probability: float
    halves: tuple[float, float]
    threshold: float
    nearest: float
    tolerance: float
    closeness: pd.DataFrame
    alarms: pd.DataFrame
    power: pd.DataFrame
    advanced: pd.DataFrame
    tried: pd.DataFrame
    reliability: pd.DataFrame
    drift: dict[float, tuple[float, float]]
    members: dict[str, Array]
    verdict: Verdict
    opened: bool
