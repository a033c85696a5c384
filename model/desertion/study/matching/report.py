"""The report of a match: what is left, what the evidence is silent on, what targets that were only looked at say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from desertion.figures.labels import many, percent
from desertion.scenario.grain import FEWEST, MARK, TOO_FEW
from desertion.study.blocks import Block, Bullets, Heading, Table, Text, short_number, spread
from desertion.study.matching.matched import FEW, LEGEND, Match

_MANY_FEW = 0.1
"""Share of kept worlds from which on it is said that they rest on too few."""

CAUTION = "Not ruled out is not probable: worlds were proposed where emulators gave them a chance to be kept, not drawn from beliefs, so that shares of kept worlds are no probabilities, and a wide range may hold one likely corner."


def blocks(match: Match, command: str) -> list[Block]:
    """The report, findings first."""
    return [
        Heading(match.design.title or "Match", 1),
        Text(
            f"`{command}`: {many(len(match.worlds), 'world')}, {match.results.seconds.sum():,.0f} s of one core, seed {match.design.seed}."
        ),
        Bullets(findings(match)),
        Text(CAUTION),
        Heading("Targets"),
        _targets(match),
        *([Text(LEGEND)] if match.targets["too_few"].any() else []),
        *_unconfirmed(match),
        Heading("Inputs"),
        _inputs(match),
        Heading("Stages"),
        _stages(match),
        *_emulators(match),
    ]


def findings(match: Match) -> Sequence[str]:
    """The findings, a sentence each."""
    return [
        _left(match),
        *_doubts(match),
        *_reach(match),
        *_ranges(match),
        *_looked_at(match),
        *_grain(match),
    ]


def _left(match: Match) -> str:
    half, kept, double = match.discrepancies["kept"]
    seldom = int(match.discrepancies["run_fewer_times"].iloc[-1])
    fewer = f", {seldom:,} of them run fewer than {match.design.confirm} times" if seldom else ""
    return f"**{kept:,} of {len(match.worlds):,} worlds that were run are not ruled out** ({half:,} with half the discrepancy, {double:,} with double{fewer}).{_forgiven(match)}"


def _forgiven(match: Match) -> str:
    """How many kept worlds owe it to the chance that is granted to their few runs; empty where none is kept."""
    kept, near = len(match.kept), match.without_chance
    told = f" By error and discrepancy alone {near:,} of the {kept:,} lie within {match.design.cutoff:g} standard deviations of every figure that rules out"
    rest = f": {kept - near:,} miss one in what their few runs gave, and are kept since so few may miss it by chance; more runs, or larger armies, would tell."
    return f"{told}{rest if near < kept else '.'}" if kept else ""


def _grain(match: Match) -> Iterator[str]:
    """Which targets rest on too few simulated persons in many kept worlds."""
    for row in match.targets.to_dict("records") if len(match.kept) else ():
        if row["few"] >= _MANY_FEW:
            yield f"`{row['target']}` rests on fewer than {FEWEST} simulated persons in {percent(row['few'])} of kept worlds ({short_number(row['persons'])} in the median one), where it is {TOO_FEW}."


def _doubts(match: Match) -> Iterator[str]:
    """What stands between the runs and what is made of them: rules of before, runs that failed, quotients of nothing."""
    if match.changed:
        named = ", ".join(f"`{name}`" for name in match.changed[:8]) + (", ..." if len(match.changed) > 8 else "")
        yield f"The stored runs are of before {named} changed, and may have counted something else: to have them done by the present rules, run the match into another folder."
    for case, note in match.floors.items():
        yield f"`{case}`: {note}."
    counted = [aim for aim in match.aims if aim.scaled and aim.parts is None]
    if counted and not any(np.isfinite(match.results.persons[aim.name]).any() for aim in counted):
        yield f"These runs do not say on how many simulated persons their numbers rest, as runs of today do: what bears no {MARK} may be {TOO_FEW} too."
    if lone := without_variance(match):
        yield f"No world was run twice, so that the chance of its run counts for nothing against {lone}: worlds may be ruled out by bad luck; give the last wave `replicates`, or `confirm`."
    errors = Counter(filter(None, match.results.errors))
    if errors:
        yield f"{errors.total():,} of {len(match.worlds):,} worlds have runs that failed and count as ruled out, most often with: {errors.most_common(1)[0][0]}"
    for aim in match.fitted:
        if lacking := int(match.results.unknown[aim.name].sum()):
            yield f"In {lacking:,} of {len(match.worlds):,} worlds `{aim.name}` is unknown, since nothing is counted below its quotient in any of their runs: they are not kept."


def without_variance(match: Match) -> str:
    """The targets that rule out and whose chance nobody knows, since no world was run more than once; empty where all are known."""
    lone = [f"`{aim.name}`" for aim in match.fitted if not np.isfinite(match.results.variances[aim.name]).any()]
    return ", ".join(lone) if (match.results.counts < 2).all() else ""


def _reach(match: Match) -> Iterator[str]:
    """Why no world, or hardly any, is left."""
    bare = [f"`{aim.name}`" for aim in match.fitted if not np.isfinite(match.results.means[aim.name]).any()]
    if bare:
        yield f"No world that was run has a number for {' and '.join(bare)}, so that none can be kept, however many waves are added: see what is counted."
    if match.contradiction is not None:
        what = "Targets contradict each other" if len(match.contradiction.targets) > 1 else "A target is out of reach"
        yield f"**{what}**: {match.contradiction.words()}."
    elif match.too_few and not bare:
        yield f"Too few for ranges: below {FEW} kept worlds nothing is said of inputs. Add a wave."


def _ranges(match: Match) -> Iterator[str]:
    """On which inputs the evidence says something, and which forms of contagion are left."""
    if not len(match.kept):
        return
    if not match.too_few:
        says = match.inputs["says"].astype(bool)
        telling, silent = match.inputs[says].sort_values("left")["input"], match.inputs[~says]["input"]
        yield f"The evidence says something on {len(telling)} of {len(match.inputs)} inputs: {_listed(telling)}."
        yield f"It says nothing that these worlds can show on: {_listed(silent)}."
    if "form" in match.kept:
        forms = match.kept.groupby("form").size()
        yield "Forms of contagion kept: " + ", ".join(f"{name} {number}" for name, number in forms.items()) + "."


def _looked_at(match: Match) -> Iterator[str]:
    """What kept worlds give for targets that rule out nothing."""
    looked = match.targets[(match.targets["role"] != "fit") & (match.targets["others"] > 0)]
    for row in looked.to_dict("records") if len(match.kept) else ():
        yield f"`{row['target']}`, only looked at: {f'{_given(row)} {row["unit"]}'.rstrip()} in kept worlds, observed {_span(row['low'], row['high'])}; {percent(row['not_ruled_out'])} of them would pass."


def _listed(names: Iterable[object]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _targets(match: Match) -> Table:
    head = (
        "target",
        "role",
        "observed",
        "kept worlds: median (5 % to 95 %)",
        "worlds that meet all others",
        "of these meet it too",
    )
    rows = [
        (
            f"`{row['target']}`", str(row["role"]), _figure(row, "low", "high"), _given(row),
            f"{row['others']:,}", percent(row['met']) if row["others"] else "-",
        )
        for row in match.targets.to_dict("records")
    ]  # fmt: skip
    return Table(head, rows)


def _unconfirmed(match: Match) -> list[Text]:
    if not match.unconfirmed:
        return []
    return [
        Text(
            f"The last two columns count all worlds that were run, {match.unconfirmed} among them that meet every target but were run fewer than "
            f"{match.design.confirm} times, and so are not kept."
        )
    ]


def _inputs(match: Match) -> Table:
    head = (
        "input",
        "swept",
        "kept worlds: 5 % to 95 %",
        "left of the range (width over 0.9)",
        "says something (uneven, and less than 80 % or not all values left)",
    )
    rows = [
        (
            f"`{row['input']}`", f"{_word(row['low'])} to {_word(row['high'])}",
            f"{_word(row['q05'])} to {_word(row['q95'])}" if row["q05"] != "" and len(match.kept) else "-",
            percent(row['left']), "yes" if row["says"] else "no",
        )
        for row in match.inputs.to_dict("records")
    ]  # fmt: skip
    return Table(head, rows)


def _stages(match: Match) -> Table:
    kept = match.worlds.groupby("stage")["kept"].sum()
    head = ("stage", "worlds", "kept", "expected by its emulators", "seconds", "of the ranges they expect")
    rows = [
        (
            "screening" if row["stage"] == 0 else f"wave {row['stage']}", str(row["worlds"]), str(int(kept.get(row["stage"], 0))),
            "-" if pd.isna(row["expected"]) else f"{row['expected']:.1f}", f"{row['seconds']:,.0f}", "-" if pd.isna(row["volume"]) else percent(row['volume'], 2),
        )
        for row in match.stages.to_dict("records")
    ]  # fmt: skip
    return Table(head, rows)


def _emulators(match: Match) -> list[Block]:
    """Coverage of unseen points by stage; nothing where no emulator was made."""
    if match.emulators.empty:
        return []
    stages = sorted(set(match.emulators["stage"]))
    rows: list[tuple[str, ...]] = []
    for target, own in match.emulators.groupby("target", sort=False):
        cells = [f"`{target}`"]
        for stage in stages:
            part = own[own["stage"] == stage]
            cells.append("-" if part.empty else "none made" if part["kind"].iloc[0] == "none" else _held(part.iloc[0]))
        rows.append(tuple(cells))
    text = (
        "Share of points that an emulator had not seen whose results lie inside its 95 % intervals, and the factor by which these are widened where it is less. "
        "After the arrow the same of the worlds of its own wave, which were run afterwards."
    )
    return [Heading("Emulators"), Text(text), Table(("target", *(f"wave {stage}" for stage in stages)), rows)]


def _held(emulator: pd.Series) -> str:
    told = f"{emulator['coverage']:.2f}{f' × {emulator["wider"]:.2g}' if emulator['wider'] > 1.0 else ''}"
    return told if pd.isna(emulator.get("held")) else f"{told} → {emulator['held']:.2f}"


def _figure(row: Mapping[Any, Any], *columns: str) -> str:
    return f"{_span(*(row[column] for column in columns))} {row['unit']}".rstrip()


def _given(row: Mapping[Any, Any]) -> str:
    """What kept worlds give for a target, marked where it rests on too few."""
    found = [float(row[name]) for name in ("q05", "median", "q95")]
    return "no number" if np.isnan(found).all() else spread(*found, few=row["too_few"])


def _span(*values: object) -> str:
    floats = [float(str(value)) for value in values]
    numbers = [short_number(value) for value in floats]
    return numbers[0] if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"


def _word(value: object) -> str:
    return short_number(value) if isinstance(value, float) else str(value)
