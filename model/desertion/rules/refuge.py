"""What a way out is believed to be worth: belief, chance to get out and in, waits. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel

TRANSIT, OPEN = 1.0, 2.0  # what a border is; 0: closed


@kernel
def carried_over(credit: float, a_day: float) -> float:
    """Capacity that an idle desk takes into the next day: the fraction that small scales live on, so that no day has the capacity of two; nothing of an unlimited day."""
    if credit == math.inf:
        return 0.0
    if a_day < 1.0:
        return min(credit, 1.0)
    return credit - math.floor(credit)


@kernel
def believed(announced: float, credibility: float, fear: float) -> float:
    """What people expect before any evidence: the announcement as far as it is credible, else their fear."""
    return credibility * announced + (1.0 - credibility) * fear


@kernel
def persuaded(credibility: float, reach: float, persuasion: float) -> float:
    """Credibility after a campaign that reaches a share of people and closes part of the gap to full belief."""
    return credibility + reach * persuasion * (1.0 - credibility)


@kernel
def learned(prior: float, weight: float, good: float, seen: float) -> float:
    """Belief after `seen` cases of which `good` went well, the prior being worth `weight` cases (beta-binomial mean)."""
    return (weight * prior + good) / (weight + seen)


@kernel
def chance_out(control: float, ban: float, ban_control: float, liable: bool) -> float:
    """Chance to pass the own frontier: control always; under a ban, the ban's control for those liable to serve."""
    stopped = control
    if liable and ban > 0.0 and ban_control > stopped:
        stopped = ban_control
    return 1.0 - stopped


@kernel
def claim_worth(recognition: float, worth_tolerated: float) -> float:
    """What a claim is worth, protection being 1: recognition, or toleration after a refusal."""
    return recognition + (1.0 - recognition) * worth_tolerated


@kernel
def worth_inside(
    border: float,
    visa: float,
    admission: float,
    leak: float,
    recognition: float,
    full: bool,
    worth_abroad: float,
    worth_tolerated: float,
    passed_on: float,
) -> float:
    """What waits at a host, protection being 1: the best of entry without a claim, a claim, transit and irregular entry."""
    best = leak * worth_abroad
    if border >= OPEN:
        if visa * worth_abroad > best:
            best = visa * worth_abroad
        if not full:
            claim = admission * claim_worth(recognition, worth_tolerated)
            if claim > best:
                best = claim
    elif border >= TRANSIT and passed_on > best:
        best = passed_on
    return best


@kernel
def wait_discount(waiting: float, entry: float, patience: float) -> float:
    """What an expected wait at a border leaves of its worth: half at `patience` days, nothing where nobody is dealt with."""
    if entry <= 0.0:
        return 0.0
    if waiting <= 0.0 or entry == math.inf:
        return 1.0
    return 1.0 / (1.0 + (waiting / entry) / patience)
