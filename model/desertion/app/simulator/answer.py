"""The answer to a mix: what it changes, measured on pairs of runs of the same people, each number with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from desertion.app.request.mix import PAIRS, Mix
from desertion.app.work.run import NAMES, Floats, Run
from desertion.app.work.warm import WARM
from desertion.figures.labels import many
from desertion.scenario.course import date_of
from desertion.scenario.grain import floor_note, legend, too_few
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.fields import HOST_EXTRA
from desertion.study.comparison.arm import THERE
from desertion.study.comparison.outcomes import BY_NAME, estimate
from desertion.study.comparison.report.estimate import Estimate, changed, estimated
from desertion.study.comparison.report.words import number

MEASURES = ("left", "left_hide", "left_refuse", "left_surrender", "left_flee", "left_skilled", "protected", "applicants", "abroad",
            "peak_waiting", "cost_eur")  # fmt: skip
"""Outcomes that are shown, as `desertion compare` names and counts them."""

HOME = {"hiding": "Hiding at home", "refusing": "Refusing openly", "surrendered": "Surrendered"}
"""How people who left stand elsewhere."""

OF_ALL = ("peak_waiting", "cost_eur")
"""Outcomes that hosts have of all armies together; all others are of the first."""


@dataclass(frozen=True)
class Answer:
    """What is known of a mix so far.

    Attributes:
        mix: The mix.
        pairs: Runs under the status quo and under the mix on the same people.
        size: Real persons for each simulated one.
        people: Simulated persons of a run.
    """

    mix: Mix
    pairs: tuple[tuple[Run, Run], ...]
    size: float
    people: int

    @property
    def army(self) -> str:
        """Name of the army that is shown, empty where there is but one."""
        forces = self.mix.scenario_now().forces
        return forces[0].name if len(forces) > 1 else ""

    def title(self, measure: str) -> str:
        """What an outcome is called, and of whom it is where there are several armies: what is downloaded says so nowhere else."""
        whose = "all armies" if measure in OF_ALL else self.army
        return BY_NAME[measure].title + (f" ({whose})" if self.army else "")

    @property
    def is_whole(self) -> bool:
        """Whether all pairs are there, so that numbers may be said."""
        return len(self.pairs) >= PAIRS

    @cached_property
    def curves(self) -> tuple[Floats, Floats]:
        """People who have left by the end of each day at real size, under status quo and mix: (pairs, days + 1) each."""
        usual, mix = (np.array([pair[side].left for pair in self.pairs]) * self.size for side in (0, 1))
        return usual, mix

    def values(self, measure: str, side: int) -> Floats:
        """An outcome of each run at real size.

        Args:
            measure: One of `MEASURES`.
            side: 0 for the status quo, 1 for the mix.
        """
        factor = self.size if BY_NAME[measure].counts else 1.0
        return np.array([outcome(pair[side], measure) for pair in self.pairs]) * factor

    def estimate(self, measure: str, side: int = 1) -> Estimate:
        """An outcome with its interval."""
        found = estimate(self.values(measure, side), BY_NAME[measure])
        few = BY_NAME[measure].counts and too_few(found["estimate"], self.size)
        return Estimate(found["estimate"], found["low"], found["high"], few)

    def change(self, measure: str) -> Estimate:
        """What the mix changes about an outcome: the median of the differences within pairs."""
        found = estimated(self.gained(measure))
        return replace(found, few=BY_NAME[measure].counts and too_few(found.value, self.size))

    def gained(self, measure: str) -> Floats:
        """How much more of an outcome there is under the mix, in each pair."""
        return self.values(measure, 1) - self.values(measure, 0)

    def abroad(self, side: int) -> Floats:
        """Simulated people abroad on the last day of each run: (pairs, hosts, `THERE`)."""
        columns = [HOST_EXTRA.index(name) for name in THERE]
        return np.array([pair[side].hosts[:, columns] for pair in self.pairs])

    def stocks(self, side: int) -> Floats:
        """People abroad on the last day at real size, mean over the runs: (hosts, `THERE`)."""
        return self.abroad(side).mean(axis=0) * self.size

    def at_home(self, side: int) -> Floats:
        """People who left and are elsewhere on the last day at real size, mean over the runs: (`HOME`)."""
        columns = [DAILY_COLUMNS.index(name) for name in HOME]
        return np.mean([pair[side].end[columns] for pair in self.pairs], axis=0) * self.size

    def elsewhere(self, side: int) -> float:
        """People who left and are none of these on the last day at real size, mean over the runs."""
        left = np.mean([pair[side].left[-1] for pair in self.pairs]) * self.size
        return max(0.0, float(left - self.stocks(side).sum() - self.at_home(side).sum()))


def outcome(run: Run, measure: str) -> float:
    """An outcome of a run, in simulated persons or EUR."""
    if measure == "left":
        return float(run.left[-1])
    if measure.startswith("left_"):
        return float(np.count_nonzero(run.routes == NAMES.index(measure.removeprefix("left_"))))
    if measure in _AT_END:
        return float(run.end[_AT_END[measure]])
    return run.waiting if measure == "peak_waiting" else run.cost


def answer_of(mix: Mix, runs: Sequence[Run | None], scale: float) -> Answer:
    """The answer from what has been run.

    Args:
        mix: The mix.
        runs: For each replicate the run under the status quo and that under the mix, None where it is not there yet.
        scale: Share of real size.
    """
    pairs = [
        (usual, own) for usual, own in zip(runs[::2], runs[1::2], strict=True) if usual is not None and own is not None
    ]
    return Answer(mix, tuple(pairs), 1.0 / scale, len(pairs[0][0].routes) if pairs else 0)


def headline(answer: Answer) -> str:
    """The answer in words; before all pairs are there, how far it has come."""
    title = answer.mix.title
    if not answer.is_whole:
        return f"{title}: {len(answer.pairs)} of {PAIRS} pairs have been run; numbers are said from the tenth on."
    left = answer.estimate("left")
    of = f" of {answer.army}" if answer.army else ""
    scenario = answer.mix.scenario_now()
    end = date_of(scenario.start, scenario.days)
    parts = [
        f"{title}. By {end.day} {end:%B %Y} ({many(scenario.days, 'day')}), {left.words('persons')} people{of} leave"
    ]
    if not answer.mix.is_status_quo:
        parts.append(f", {changed(answer.change('left'))}")
    protected, waiting, cost = (answer.estimate(name) for name in ("protected", "applicants", "cost_eur"))
    there, queueing = (
        _people(count, answer.values(name, 1)) for count, name in ((protected, "protected"), (waiting, "applicants"))
    )
    parts.append(f". On the last day {there} protected and {queueing} waiting for a decision; ")
    spent = (
        f"hosts have spent {cost.words('EUR')}"
        if cost.high
        else _none("hosts have spent nothing", answer.values("cost_eur", 1))
    )
    parts.append(f"{spent}{' for all armies' if of else ''}.")
    return "".join(parts)


def _people(count: Estimate, values: Floats) -> str:
    return f"{count.words('persons')} are" if count.high else f"{_none('nobody', values)} is"


def _none(word: str, values: Floats) -> str:
    """That there was nothing, and whether in all runs or in most: an interval of medians leaves single runs out."""
    return f"in most runs {word}" if values.any() else word


def basis(answer: Answer) -> str:
    """What the answer rests on, in two sentences."""
    if not answer.pairs:
        return (
            "The first pair of runs is on its way."
            if WARM.is_set()
            else "The rules are being compiled, which happens once after an installation and takes a minute or two."
        )
    each = f"each for {number(answer.size)}" if answer.size > 1.0 else "one for each"
    return (
        f"{len(answer.pairs)} of {PAIRS} pairs of runs on the same people with the same fates; {answer.people:,} simulated people{f' of {answer.army}' if answer.army else ''}, {each}. "
        "Medians with 95 % intervals of chance within the model: what follows from its assumptions, no forecast."
        + (
            f" Who leaves and where they are is told of {answer.army}; the most cases that waited and what hosts spend are those of all armies."
            if answer.army
            else ""
        )
        + (f" {legend(answer.size)}." if answer.size > 1.0 else "")
        + "".join(f" {note.capitalize()}." for note in (floor_note(answer.mix.scenario_now()),) if note)
    )


_AT_END = {"protected": DAILY_COLUMNS.index("protected"), "applicants": DAILY_COLUMNS.index("applicant"), "abroad": DAILY_COLUMNS.index("abroad")}  # fmt: skip
