"""The picture of a finding: close pairs beside chance, and power beside false alarms."""

from pathlib import Path
from textwrap import fill

import numpy as np

from desertion.figures import style
from desertion.figures.labels import capital
from desertion.figures.marks import Mark, ratios, shares
from desertion.study.places.finding import IN_FAMILY, LEVEL, Alarm, Finding, days_apart
from desertion.study.places.pairs import PairTest
from desertion.study.places.verdict import UNTESTED, Verdict, interval, so_many

FEW = 12  # rows that have room for names in full size


def draw(finding: Finding, verdict: Verdict, path: Path) -> Path:
    """Write the picture and return its path."""
    pairs = [_mark(finding.primary, f"{days_apart(finding.window)}, {finding.how}", strong=True)]
    pairs += [_mark(test, test.name) for test in (*finding.apart, *finding.family) if not test.name.endswith(IN_FAMILY)]
    with style.house():
        figure = style.new_figure("tall")
        if finding.alarms:
            left, right = figure.subplots(1, 2)
            # Kinds beside their like, whatever the order in which chance was drawn for them.
            made = sorted(finding.alarms, key=lambda row: (row.outcome, "model" in row.name, "reports" in row.name))
            shares(
                right,
                [Mark(_kind(row), row.alarms / row.histories, row.low, row.high, strong=row.contagion) for row in made],
                LEVEL,
            )
            names = [fill(label.get_text(), 32) for label in right.get_yticklabels()]
            right.set_yticks(right.get_yticks(), names)
            if len(names) > FEW:
                right.tick_params(axis="y", labelsize="x-small")
            right.set_title("How often p is at most .05")
        else:
            left = figure.subplots()
        ratios(left, pairs)
        left.set_title("Close pairs beside chance")
        test = finding.primary
        told = f"{test.ratio:.2f} times the close pairs that are expected ({interval(test)})"
        if verdict.word == UNTESTED:
            told = f"no order of dates within strata is so rare that p reaches {LEVEL:g}"
            if test.least >= 1.0:
                told = f"no permutation of dates gives other than {so_many(test.observed, 'close pair')}"
        style.headline(figure, f"{capital(verdict.word)}: {told}")
        unknown = any(np.isnan(mark.high) for mark in pairs)
        first, last = left.get_xlim()
        beyond = any(mark.value < first or mark.value > last for mark in pairs)
        style.note(
            figure,
            f"Grey: where 95 % of permutations within strata lie. Coloured: the primary test{', and histories with contagion' * bool(finding.alarms)}. "
            f"Whiskers: 95 % intervals{', none where the strata cannot tell them' * unknown}. {'Arrows: beyond the axis, 0 among them. ' * beyond}Dashed: no effect{'; 5 %' * bool(finding.alarms)}.{_histories(finding)}",
        )
        return style.save(figure, path)


def _kind(row: Alarm) -> str:
    """The kind of a row in few words; the note has the rest."""
    name = row.title.replace(", no contagion", "").replace("_", " ")
    return name.replace(" for each linked unit", "").replace(" range and double size", " range, doubled")


def _histories(finding: Finding) -> str:
    """How many histories a row of the right-hand side stands for, what contagion does in them, and how large shocks are."""
    if not finding.alarms:
        return ""
    counts = sorted({row.histories for row in finding.alarms})
    shocks = any("shocks" in row.name for row in finding.alarms)
    size = "; shocks have a standard deviation of 1 of the log hazard, doubled 2" * shocks
    return f" At the right {' or '.join(map(str, counts))} histories a row; contagion multiplies the hazard for each linked unit{size}."


def _mark(test: PairTest, name: str, *, strong: bool = False) -> Mark:
    return Mark(name.replace("_", " "), test.ratio, test.low, test.high, test.middle, strong)
