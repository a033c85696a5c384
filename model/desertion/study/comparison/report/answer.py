"""The answer of a comparison in words: a sentence a force and policy, from the same numbers as its tables, and what becomes of each force."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.figures.labels import ROUTE_NAMES, at_most, capital, dated, short, span
from desertion.scenario.consistency import ALL_FORCES
from desertion.scenario.course import date_of
from desertion.scenario.grain import mark, too_few
from desertion.scenario.overlay import idle
from desertion.study.comparison.arm import THERE
from desertion.study.comparison.report.estimate import Estimate, changed, estimated
from desertion.study.comparison.report.reasons import asks_no_visa, by_way, is_small, stay_open
from desertion.study.comparison.report.words import amount, number
from desertion.study.comparison.tables import Tables, rows_of
from desertion.study.statistics import chance_of_largest

_DOORS = ("border", "admission_deserter", "admission_evader")
"""Levers of a host that are lowered where a door is closed."""

HIDDEN = 1.5
"""How many times the difference at the end an earlier one must be to be worth a clause."""

LEVEL = 0.05
"""Largest chance at which it is told, all days being looked at."""


def answer(comparison: Tables, force: str | None = None) -> list[str]:
    """The answer: of each force the baseline, every other policy with the largest effect first, and what becomes of it.

    Where there are several forces, what hosts bear is told last and once, since it is borne for all of them.

    Args:
        comparison: The comparison.
        force: The one force to speak of, all of them if not given.
    """
    told: list[str] = []
    for one in [force] if force else comparison.forces:
        told += [
            _baseline(comparison, one),
            *(_policy(comparison, one, name) for name in comparison.by_effect(one)[1:]),
        ]
        told.append(_fate(comparison, one))
    if len(comparison.forces) > 1:
        for name in comparison.by_effect():
            hosts = f"All forces together, “{comparison.names[name]}”: {_hosts(comparison, name)}."
            told.append(" ".join([hosts, *_idle(comparison, name)]))
    return told


def change_of(comparison: Tables, policy: str, force: str, measure: str) -> Estimate:
    """What a policy changes about an outcome: the median of the paired differences."""
    row = _row(comparison.paired, policy, force, measure)
    return Estimate(float(row["difference"]), float(row["low"]), float(row["high"]), bool(row["too_few"]))


def estimate_of(comparison: Tables, policy: str, force: str, measure: str) -> Estimate:
    """An outcome under a policy: the median of the runs."""
    row = _row(comparison.summary, policy, force, measure)
    return Estimate(float(row["estimate"]), float(row["low"]), float(row["high"]), bool(row["too_few"]))


def _row(table: pd.DataFrame, policy: str, force: str, measure: str) -> pd.Series:
    here = table["force"].isin((force, ALL_FORCES))
    return table[(table["policy"] == policy) & here & (table["measure"] == measure)].iloc[0]


def _baseline(comparison: Tables, force: str) -> str:
    name, words = comparison.baseline, comparison.names[comparison.baseline]
    left, share = (estimate_of(comparison, name, force, measure) for measure in ("left", "share_left"))
    ways = {route: estimate_of(comparison, name, force, f"left_{route}").value for route in ROUTE_NAMES}
    most = max(ways, key=lambda route: ways[route])
    mainly = f", most of them {ROUTE_NAMES[most]}" if ways[most] > 0.5 * left.value > 0 else ""
    return (
        f"Under “{words}”, {number(left.value)}{mark(left.few)} people{_of(comparison, force)} leave ({'' if math.isnan(left.low) else '95 % interval '}{span(left.low, left.high, number)}), "
        f"{amount(share.value, 'share')} of all soldiers, reservists and civilians{mainly}; {_borne(comparison, name, force)}."
    )


def _policy(comparison: Tables, force: str, name: str) -> str:
    left, change = estimate_of(comparison, name, force, "left"), change_of(comparison, name, force, "left")
    pairs = in_pairs(change, _changes(comparison, name, force))
    people = f" people{of}" if (of := _of(comparison, force)) else ""
    first = (
        f"“{comparison.names[name]}”: {number(left.value)}{mark(left.few)}{people} leave, {changed(change, _baseline_of(comparison))}{pairs}; "
        f"{_borne(comparison, name, force)}."
    )
    ways = {route: change_of(comparison, name, force, f"left_{route}") for route in ROUTE_NAMES}
    found = [*by_way(ways, change), *_doors(comparison, force, name), *_hidden(comparison, force, name)]
    return " ".join([first, *found, *(_idle(comparison, name) if len(comparison.forces) == 1 else ())])


def in_pairs(change: Estimate, changes: NDArray[np.float64]) -> str:
    """In how many pairs of runs the difference has its sign; empty where that is not sure, or where all pairs are equal."""
    agree = int((np.sign(changes) == np.sign(change.value)).sum())
    # Equal in most pairs is not equal: where the others lie far apart, so do the medians of the policies.
    is_even = change.low == change.high == 0.0 and agree < len(changes)
    return f" in {agree} of {len(changes)} pairs of runs" if is_even or change.is_told else ""


def _changes(comparison: Tables, name: str, force: str) -> NDArray[np.float64]:
    """Differences from the baseline in how many leave, one a pair of runs."""
    rows = rows_of(comparison.outcomes, force, "left")
    table = rows.pivot_table(index="replicate", columns="policy", values="value")
    return (table[name] - table[comparison.baseline]).dropna().to_numpy(np.float64)


def _idle(comparison: Tables, name: str) -> list[str]:
    """That a policy acts on no day of the runs, where that is so."""
    try:
        arm = comparison.arm(name)
    except InputError:
        # Its documents are not to be had any more.
        return []
    return [f"{capital(sentence)}." for sentence in idle(arm.overlays, arm.start, arm.days)]


def _doors(comparison: Tables, force: str, name: str) -> list[str]:
    """Why a policy that closes doors changes little, where it does."""
    left, change = (
        estimate_of(comparison, comparison.baseline, force, "left"),
        change_of(comparison, name, force, "left"),
    )
    try:
        usual, own = (comparison.arm(policy) for policy in (comparison.baseline, name))
        hosts = comparison.hosts[comparison.hosts["policy"] == name]
    except InputError:
        # Its documents are not to be had any more, or an earlier version kept less of the hosts.
        return []
    # What is shut for some days alone has no part in where people are on the last.
    moves = [
        after[lever][-1] - before[lever][-1]
        for before, after in zip(usual.taken("host", *_DOORS), own.taken("host", *_DOORS), strict=False)
        for lever in _DOORS
    ]
    closes = min(moves, default=0.0) < 0.0 and sum(moves) < 0.0
    if not closes or not is_small(change, left.value):
        return []
    last = hosts[hosts["day"] == hosts["day"].max()].set_index("host")[list(THERE)]
    there = last.sum(axis=1)
    abroad = [float(there.get(host.name, 0.0)) for host in own.hosts]
    names, free = [short(host.title or host.name) for host in own.hosts], asks_no_visa(own)
    who = "those" if len(comparison.forces) == 1 else "those of all forces"  # hosts do not tell them apart
    return [] if too_few(sum(abroad), comparison.size) else stay_open(abroad, names, free, who)


def _borne(comparison: Tables, policy: str, force: str) -> str:
    """What hosts bear of a force: all that they do where it is the only one, else whom they protect of it."""
    if len(comparison.forces) == 1:
        return _hosts(comparison, policy)
    rows = rows_of(comparison.outcomes, force, "protected")
    most = float(rows.loc[rows["policy"] == policy, "value"].max())
    return _protected(estimate_of(comparison, policy, force, "protected"), most)


def _hosts(comparison: Tables, policy: str) -> str:
    """Protection, waiting and cost, of all forces together."""
    rows = comparison.outcomes[comparison.outcomes["policy"] == policy]
    most = rows.groupby("measure")["value"].max()
    values = rows[rows["measure"] == "protected"].groupby("replicate")["value"].sum().to_numpy(np.float64)
    protected = replace(estimated(values), few=too_few(float(np.median(values)), comparison.size))
    waiting, cost = (estimate_of(comparison, policy, ALL_FORCES, measure) for measure in ("peak_waiting", "cost_eur"))
    parts = [
        _protected(protected, float(values.max())),
        f"{number(waiting.value)}{mark(waiting.few)} case{'' if waiting.value == 1.0 else 's'} waiting at the peak" if waiting.value else _none("no case waiting", most["peak_waiting"]),
        f"{amount(cost.value, 'EUR')} for the hosts" if cost.value else _none("no cost to the hosts", most["cost_eur"]),
    ]  # fmt: skip
    each = ""
    if cost.value and protected.value and not protected.few:
        each = f", {amount(cost.value / protected.value, 'EUR')} for each person protected"
    return ", ".join(parts) + each


def _none(words: str, most: float) -> str:
    """That there was nothing in the median run, and whether in all others as well."""
    return f"{words} in most runs" if most else words


def _protected(protected: Estimate, most: float) -> str:
    if not protected.value:
        return _none("nobody protected at the end", most)
    return f"{number(protected.value)}{mark(protected.few)} protected at the end"


def _of(comparison: Tables, force: str) -> str:
    """Whose people are spoken of, where that is a question."""
    return "" if len(comparison.forces) == 1 else f" of {force}"


def _hidden(comparison: Tables, force: str, name: str) -> list[str]:
    """A rush or a backlash that is over by the end, and so is in no number of the last day; the day is looked for, which its test allows for."""
    gaps = comparison.gaps(name, force)
    chances = chance_of_largest(gaps)
    middle = np.median(gaps, axis=0)
    end = float(middle[-1])
    against = -np.sign(end) * middle
    days = [int(np.argmax(against))] if end else []
    for day in (*days, int(np.argmax(np.abs(middle)))):
        found = estimated(gaps[:, day])
        is_other = found.value * end < 0.0 or abs(found.value) >= HIDDEN * abs(end)
        if is_other and found.is_sure and chances[day] <= LEVEL and not too_few(found.value, comparison.size):
            date = date_of(comparison.start, day)
            told = changed(found, _baseline_of(comparison))
            return [f"The end hides an earlier difference: by {dated(date)}, {told} had left."]
    return []


def _fate(comparison: Tables, force: str) -> str:
    the, rows = f"The force{_of(comparison, force)}", rows_of(comparison.summary, force, "collapsed")
    runs = {str(row["policy"]): int(row["runs"]) for _, row in rows.iterrows()}
    shares = {str(row["policy"]): float(row["estimate"]) for _, row in rows.iterrows()}
    if rows_of(comparison.summary, force, "lowest_strength")["estimate"].isna().all():
        return f"{the} cannot collapse: nobody serves on the first day, of whose strength a part could be lost."
    if not any(shares.values()):
        fewest = min(runs.values())
        none = "no run" if fewest == 1 else f"none of the {fewest} runs"
        # The table's own bound, under its name: after six runs or fewer it holds with less confidence than 95 %.
        below = at_most(float(rows["high"].max()))
        return (
            f"{the} collapses in {none} of any policy; by Wilson's 95 % interval its chance is below {below} for each."
        )
    by_share = sorted(shares, key=lambda policy: (shares[policy], runs[policy]))
    collapses = {policy: f"{round(shares[policy] * runs[policy])} of {runs[policy]}" for policy in shares}
    if len(set(collapses.values())) == 1:
        return f"{the} collapses in {collapses[by_share[0]]} runs whatever the policy."
    base = comparison.baseline
    ends = [policy for policy in (by_share[-1], by_share[0]) if collapses[policy] != collapses[base]]
    told = [f"{collapses[base]} runs under {_baseline_of(comparison)}"]
    told += [f"{collapses[policy]} under “{comparison.names[policy]}”" for policy in ends]
    if rest := [policy for policy in by_share if policy not in (base, *ends)]:
        least, most = collapses[rest[0]], collapses[rest[-1]]
        who = f"“{comparison.names[rest[0]]}”" if len(rest) == 1 else f"the {len(rest)} others"
        told.append(f"{least if least == most else f'{least} to {most}'} under {who}")
    return f"{the} collapses in {_listed(told)}."


def _baseline_of(comparison: Tables) -> str:
    return f"“{comparison.names[comparison.baseline]}”"


def _listed(things: list[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
