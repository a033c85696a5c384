"""Selfcheck: the shipped histories, run again on this machine in every way that must change no bit."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

from desertion.simulation.golden.histories import PAIRS, Pair, first_difference, history, machine, stored

MESA_PERSON_DAYS = 150_000
"""People times days that the readable form lives through; a day of a thousand people takes it some milliseconds."""

PLATFORMS = frozenset(str((stored(pair) or {}).get("machine")) for pair in PAIRS)
"""The machines on which the shipped histories were made: on these, equal bits are demanded."""


class Check(NamedTuple):
    """One way to run a pair.

    Attributes:
        pair: The run.
        population: Form of the population.
        threads: Threads of the compiled form.
        days: How many days are run.
    """

    pair: Pair
    population: str
    threads: int
    days: int

    def __str__(self) -> str:
        """The check in words."""
        form = self.population if self.population != "compiled" else f"compiled, {self.threads} thread"
        return f"{self.pair.scenario} under {self.pair.policy}, {self.days} days, {form}{'s' * (self.threads > 1)}"


def checks(scenarios: Sequence[str] = (), days: int | None = None) -> list[Check]:
    """The checks: each pair in the compiled form with one and two threads, and its first days in the Mesa form.

    Args:
        scenarios: Only pairs of these; all if empty.
        days: Only so many days.
    """
    found: list[Check] = []
    for pair in PAIRS:
        if scenarios and pair.scenario not in scenarios:
            continue
        scenario = pair.load()
        whole = min(scenario.days, days or scenario.days)
        short = min(whole, max(5, MESA_PERSON_DAYS // scenario.sized().people))
        found += [
            Check(pair, "compiled", 1, whole),
            Check(pair, "compiled", 2, whole),
            Check(pair, "mesa", 1, short),
        ]
    return found


def examined(wanted: Sequence[Check]) -> Generator[tuple[Check, str | None]]:
    """Each check with what differs from the shipped history, None if nothing does; lazily, since each is a run."""
    for check in wanted:
        old, new = stored(check.pair), history(check.pair, check.population, check.threads, check.days)
        if old is None:
            yield check, "no history of it is shipped"
            continue
        first = first_difference(old, new)
        if first is not None:
            cause = "" if check.pair.load().hash == old["inputs"] else "; its inputs are not the shipped ones"
            yield check, f"differs from day {first} on{cause}"
        elif len(new["days"]) == len(old["days"]) and new["people"] != old["people"]:
            yield check, "every day is equal, but not every person's fate"
        else:
            yield check, None


def is_promised() -> bool:
    """Whether this machine is one on which equal bits are demanded."""
    return machine() in PLATFORMS
