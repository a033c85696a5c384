"""The report on kept worlds that were run again: what is lost by luck, what by the change, and which numbers move."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from desertion.figures.labels import many, percent
from desertion.scenario.grain import mark
from desertion.study.blocks import Block, Bullets, Heading, Table, Text, short_number
from desertion.study.matching.again import Again
from desertion.study.matching.matched import LEGEND, Match
from desertion.study.matching.report import without_variance
from desertion.study.statistics import paired_chance_interval


def again_blocks(found: Again, command: str) -> list[Block]:
    """The report."""
    seconds = sum(match.results.seconds.sum() for match in (found.same, found.changed))
    return [
        Heading(f"Kept worlds {found.change}", 1),
        Text(f"`{command}`: {many(len(found.worlds), 'world')} of {found.whose}, {found.same.results.counts.max():.0f} runs each, changed and not, {seconds:,.0f} s of one core."),
        Bullets(again_findings(found)),
        _table(found),
        *([Text(LEGEND)] if found.targets["few"].any() else []),
    ]  # fmt: skip


def again_findings(found: Again) -> list[str]:
    """The findings, a sentence each."""
    same, changed = (found.worlds[name].to_numpy(bool) for name in ("kept_same", "kept_changed"))
    gained, lost = int((changed & ~same).sum()), int((same & ~changed).sum())
    low, high = paired_chance_interval(gained, lost, len(same))
    told = [
        f"**Of {many(len(same), 'kept world')} {same.sum()} are kept again as they are, with other people and fates, and {changed.sum()} {found.change}** "
        f"({(same & changed).sum()} in both): a difference of {_points(changed.mean() - same.mean())} points in 100"
        + (f" (95 % interval {_points(low)} to {_points(high)})." if np.isfinite(low) else ", too few worlds for an interval.")
    ]  # fmt: skip
    told += [f"`{case}`: {note}." for case, note in (found.same.floors | found.changed.floors).items()]
    if lone := without_variance(found.same):
        told.append(
            f"With one run a world the chance of that run counts for nothing against {lone}: more are lost as they are than with `--runs 2`."
        )
    alike = int(found.forgiven_alike.sum())
    if alike != changed.sum():
        told.append(f"With the chance that worlds as they are have in their runs {alike} are kept {found.change}: the rest of the difference is that chance forgives {'less' if alike > changed.sum() else 'more'} there.")  # fmt: skip
    for name, match, kept in (("as they are", found.same, same), (found.change, found.changed, changed)):
        if not kept.all():
            told.append(f"What rules out {name}: {_reasons(match, ~kept)}.")
    moved = found.targets[(found.targets["low"] > found.targets["is_ratio"]) | (found.targets["high"] < found.targets["is_ratio"])]  # fmt: skip
    told.append("Numbers that move beyond chance, each judged at 95 %: " + (", ".join(f"`{name}`" for name in moved["target"]) or "none") + ".")  # fmt: skip
    return told


def _reasons(match: Match, lost: np.ndarray) -> str:
    """Targets that rule worlds out, the worst of each world, in how many of these nothing is counted below a quotient, and how many could not be run."""
    worst, errors = match.worlds["target"].to_numpy(), np.array(match.results.errors, object)
    told, failed = [], lost & (errors != "")
    lost = lost & ~failed
    for target, count in pd.Series(worst[lost]).value_counts().items():
        unknown = int((match.results.unknown[str(target)] & lost & (worst == target)).sum())
        told.append(f"`{target}` {count}" + (f" ({unknown} of them without a number)" if unknown else ""))
    if failed.any():
        told.append(
            f"runs that failed {failed.sum()} (most often with: {Counter(errors[failed]).most_common(1)[0][0]})"
        )
    return ", ".join(told)


def _points(share: float) -> str:
    return f"{100.0 * share:+.0f}"


def _table(found: Again) -> Table:
    head = (
        "target", "role", "met as they are", f"met {found.change}", "the changed number against the same: median of worlds (95 % interval)", "in",
    )  # fmt: skip
    rows = [
        (
            f"`{row['target']}`", str(row["role"]), percent(row["met_same"]), percent(row["met_changed"]), _change(row),
            "times" if row["is_ratio"] else str(row["unit"]),
        )
        for row in found.targets.to_dict("records")
    ]  # fmt: skip
    return Table(head, rows)


def _change(row: dict[Any, Any]) -> str:
    if np.isnan(row["change"]):
        return "-"
    interval = "too few" if np.isnan(row["low"]) else f"{short_number(row['low'])} to {short_number(row['high'])}"
    return f"{'+' if row['change'] > 0 and not row['is_ratio'] else ''}{short_number(row['change'])}{mark(row['few'])} ({interval})"
