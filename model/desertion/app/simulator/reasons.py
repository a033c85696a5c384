"""Why a mix changes what it changes: sentences made from ways, hosts and days, each naming one mechanism of the model.

Each sentence must go once its mechanism is switched off; the tests do that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desertion.app.request.sliders import SLIDERS
from desertion.app.simulator.answer import Answer, outcome
from desertion.figures.labels import LONG, count_of
from desertion.scenario.grain import TOO_FEW, too_few
from desertion.study.comparison.report.estimate import estimated
from desertion.study.comparison.report.reasons import WAYS, by_way, is_small, stay_open
from desertion.study.comparison.report.words import amount, number

MOST = 3
"""Sentences that are shown."""

_BANS = {policy for slider in SLIDERS if slider.key == "ban" for step in slider.steps for policy in step.policies}


def why(
    answer: Answer, names: Sequence[str], *, visa_free: Sequence[bool], bans: Sequence[int], without: Answer | None
) -> list[str]:
    """At most three sentences, the most particular first.

    Args:
        answer: The answer, whole.
        names: What the hosts are called.
        visa_free: Which hosts ask evaders for no visa under the mix.
        bans: Days on which an exit ban begins under the mix.
        without: The answer to the same mix without contagion, None where contagion is off or it is not there yet.
    """
    if answer.mix.is_status_quo or not answer.is_whole:
        return []
    sentences = [
        *rush(answer, bans), *open_neighbours(answer, names, visa_free), *queue(answer), *spreading(answer, without), *moved(answer, names), *doors(answer), *hosts_alone(answer), *only_because(answer),
    ]  # fmt: skip
    return sentences[:MOST] or [
        "Nothing stands out: the runs under the mix and under the status quo differ by little more than chance."
    ]


def rush(answer: Answer, bans: Sequence[int]) -> list[str]:
    """Leaving before a ban, which the end of the run hides. Its mechanism: the door is expected to close before it does."""
    # Beside another policy nobody has been run who tells what each of the two makes.
    is_alone = set(answer.mix.policies) <= _BANS
    for day in bans:
        if day > 1 and is_alone:
            usual, mix = (curves[:, day - 1] for curves in answer.curves)
            more = estimated(mix - usual)
            if more.low > 0.0 and not too_few(more.value, answer.size):
                return [
                    f"By the eve of the ban {number(float(np.median(mix)))} have left, {number(more.value)} more than under the status quo by then: "
                    "whoever expects the door to close goes while it is open."
                ]
    return []


def open_neighbours(answer: Answer, names: Sequence[str], visa_free: Sequence[bool]) -> list[str]:
    """Why closing doors changes little. Its mechanism: neighbours that ask no visa stay open."""
    # What else is moved may make up for what the doors change.
    closes = set(answer.mix.steps) <= {("border", "shut"), ("asylum", "none")} and not answer.mix.also
    if not closes or not _is_small(answer):
        return []
    there = answer.stocks(1).sum(axis=1)
    return [] if too_few(float(there.sum()), answer.size) else stay_open(there.tolist(), names, visa_free)


def queue(answer: Answer) -> list[str]:
    """Offers that wait in line. Its mechanism: hosts decide so many cases a day and no more, or no case before its least days."""
    waiting, protected = (answer.estimate(name).value for name in ("applicants", "protected"))
    more = answer.change("applicants")
    if more.few or more.low <= 0.0 or waiting < 2.0 * protected:
        return []
    due = sum(pair[1].due for pair in answer.pairs)
    all_waiting = sum(outcome(pair[1], "applicants") for pair in answer.pairs)
    cause = (
        "Hosts decide so many cases a day and no more"
        if 2.0 * due >= all_waiting
        else "A case takes its least days, however many are decided a day"
    )
    return [
        f"{cause}: on the last day {_count(waiting, answer)} still wait and {_count(protected, answer)} have been given protection."
    ]


def spreading(answer: Answer, without: Answer | None) -> list[str]:
    """What contagion adds to the policy's own effect. Its mechanism: people who see others leave are likelier to go."""
    if without is None or not without.is_whole:
        return []
    own, plain = answer.change("left"), without.change("left")
    # Both differences are of the same people and fates: what lies between two medians may be chance alone.
    added = estimated(answer.gained("left") - without.gained("left"))
    if not own.is_told or abs(own.value) < 1.2 * abs(plain.value):
        return []
    if not added.is_sure or too_few(added.value, answer.size) or added.value * own.value < 0.0:
        return []
    rest = (
        "no difference that could be told from chance"
        if not plain.is_sure
        else f"a difference that is {TOO_FEW}"
        if plain.few
        else plain.counted
    )
    return [
        f"Leaving spreads: if nobody were moved by others, the same policy would make {rest}; with contagion it is {own.counted}."
    ]


def moved(answer: Answer, names: Sequence[str]) -> list[str]:
    """Where more and fewer are than under the status quo. Its mechanism: the doors of the states that are named."""
    totals = [answer.abroad(side).sum(axis=2) * answer.size for side in (0, 1)]
    changes = [estimated(change) for change in (totals[1] - totals[0]).T]
    sure = [host for host, change in enumerate(changes) if change.is_sure and not too_few(change.value, answer.size)]
    if len(sure) < 2:
        return []
    most, least = max(sure, key=lambda host: changes[host].value), min(sure, key=lambda host: changes[host].value)
    if not changes[least].value < 0.0 < changes[most].value:
        return []
    return [
        f"People are elsewhere: on the last day {number(changes[most].value)} more are in {names[most]} and {number(-changes[least].value)} fewer in {names[least]}."
    ]


def only_because(answer: Answer) -> list[str]:
    """Who leaves only because of the mix. Its mechanism: what the mix changes at all."""
    both, own, usual = (
        float(np.mean([np.count_nonzero(chosen(pair)) for pair in answer.pairs])) * answer.size
        for chosen in (
            lambda pair: (pair[0].routes > 0) & (pair[1].routes > 0),
            lambda pair: (pair[0].routes == 0) & (pair[1].routes > 0),
            lambda pair: (pair[0].routes > 0) & (pair[1].routes == 0),
        )
    )
    if too_few(max(own, usual), answer.size) or not own + usual:
        return []
    return [
        f"Person by person, in the mean of the runs: {_count(both, answer)} leave under the status quo as well, {_count(own, answer)} leave only because of the mix, and {_count(usual, answer)} stay because of it."
    ]


def hosts_alone(answer: Answer) -> list[str]:
    """What the mix changes for the hosts where it changes leaving little. Its mechanism: the hosts that are named take people in at all."""
    if answer.change("left").is_told:
        return []
    told: list[str] = []
    for name, words in (("applicants", "wait for a decision on the last day"), ("protected", "are protected")):
        change = answer.change(name)
        if change.is_told:
            told.append(f"{change.counted} {words}")
    cost = answer.change("cost_eur")
    if cost.is_told:
        told.append(f"hosts spend {amount(abs(cost.value), 'EUR')} {'more' if cost.value > 0.0 else 'less'}")
    leaving = "How many leave hardly changes" if _is_small(answer) else "Whether more or fewer leave cannot be told"
    return [f"{leaving}, what hosts do changes: {', and '.join(told)}."] if told else []


def _is_small(answer: Answer) -> bool:
    return is_small(answer.change("left"), answer.estimate("left", 0).value)


def doors(answer: Answer) -> list[str]:
    """By which way the difference goes. Its mechanism: the way that is named."""
    return by_way({route: answer.change(f"left_{route}") for route in WAYS}, answer.change("left"))


def _count(persons: float, answer: Answer) -> str:
    return count_of(persons, answer.size, LONG)
