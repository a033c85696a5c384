"""Patterns: what the evidence shows of cascades, held against runs of the shipped scenarios.

A pattern that is not met stays in the table: it says where the model or its numbers fall short.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from pydantic import Field

from desertion.parameters.field import Frozen
from desertion.rules.draws import replicate_seed
from desertion.scenario import Scenario
from desertion.scenario.grain import FEWEST, legend, mark
from desertion.study.blocks import Block, Heading, Table, Text, short_number, spread
from desertion.study.history.counts import Count, persons_behind
from desertion.study.statistics import middle_nine_tenths

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel


class Setup(Frozen):
    """A run that patterns look at, or that a match does in each world.

    Attributes:
        scenario: name or path of the scenario.
        scale: share of real size.
        days: horizon, or the scenario's own.
        policies: policies laid over it.
        settings: values by dotted key, on top of a world's own.
    """

    scenario: str
    scale: float | None = None
    days: int | None = None
    policies: tuple[str, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)


# Fewer people at home, so that the rare desertions of an army at peace can be counted.
_ARMY = {"forces.*.reservists": 50_000, "forces.*.civilians": 50_000}
SETUPS: Mapping[str, Setup] = {
    "russia": Setup(scenario="russia-2022", scale=0.01),
    "russia_long": Setup(scenario="russia-2022", scale=0.01, days=670),
    "front": Setup(scenario="front-2022", scale=0.5),
    "front_harsh": Setup(scenario="front-2022", scale=0.5, policies=("lever-punishment-harsh",)),
    "front_campaign": Setup(scenario="front-2022", scale=0.5, policies=("information-campaign",)),
    "distant_only": Setup(
        scenario="front-2022", scale=0.5, policies=("fast-track", "lever-neighbours-closed", "lever-border-closed")
    ),
    "gdr": Setup(scenario="gdr-1989", scale=0.01),
    "gdr_army": Setup(scenario="gdr-1989", scale=1.0, settings=_ARMY),
    "gdr_army_closed": Setup(scenario="gdr-1989", scale=1.0, settings=_ARMY, policies=("closed-borders",)),
}

Runs = Mapping[str, Sequence["DesertionModel"]]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A pattern with its target.

    Attributes:
        id: short name.
        statement: the pattern in words.
        unit: unit of the number.
        low: lower end of the target.
        high: upper end of the target.
        source: where the target comes from, with its grade.
        counted: whether it is one of the patterns counted; former definitions are reported beside them.
        setups: runs that it needs.
        number: the number in each replicate, a `Count` where it counts persons.
        parts: counts above and below, where the number is one quotient of all replicates together.
    """

    id: str
    statement: str
    unit: str
    low: float
    high: float
    source: str
    counted: bool = True
    setups: tuple[str, ...]
    number: Callable[[Runs], Sequence[float]]
    parts: Callable[[Runs], tuple[float, float]] | None = None


@dataclass(frozen=True)
class PatternResult:
    """A pattern held against runs: 5 %, 50 % and 95 % quantiles over replicates; the `parts` of one quotient of them all, which has no range; the simulated `persons` behind the median, each of whom stands for `size`."""

    pattern: Pattern
    fifth: float
    median: float
    ninety_fifth: float
    parts: tuple[float, float] | None = None
    persons: float = math.inf
    size: float = 1.0

    @property
    def few(self) -> bool:
        """Whether the median rests on too few simulated persons to tell."""
        return self.persons < FEWEST

    @property
    def number(self) -> str:
        """What the runs gave, as a table shows it."""
        if self.parts is None:
            return spread(self.fifth, self.median, self.ninety_fifth, few=self.few)
        above, below = self.parts
        return f"{short_number(self.median)}{mark(self.few)}: {above:g} over {below:g} in all replicates together"

    @property
    def met(self) -> bool:
        """Whether the median is in the target."""
        return self.pattern.low <= self.median <= self.pattern.high


def run_setups(names: Sequence[str], replicates: int, seed: int) -> dict[str, list[DesertionModel]]:
    """Models of the setups by name, run; the same replicate has the same fates in all of them."""
    from desertion.simulation.model import DesertionModel

    models: dict[str, list[DesertionModel]] = {}
    for name in names:
        setup = SETUPS[name]
        scenario = Scenario.load(
            setup.scenario, scale=setup.scale, days=setup.days, policies=setup.policies, set=setup.settings
        )
        models[name] = [DesertionModel(scenario, rng=replicate_seed(seed, i)).run() for i in range(replicates)]
    return models


def hold(patterns: Sequence[Pattern], runs: Runs) -> tuple[PatternResult, ...]:
    """Hold the patterns whose runs are there against them."""
    return tuple(_held(pattern, runs) for pattern in patterns if set(pattern.setups) <= set(runs))


def _held(pattern: Pattern, runs: Runs) -> PatternResult:
    numbers, parts = pattern.number(runs), None if pattern.parts is None else pattern.parts(runs)
    scale = min((model.scenario.scale for name in pattern.setups for model in runs[name]), default=1.0)
    persons = Count.simulated(min(parts), scale).persons if parts is not None else median(map(persons_behind, numbers))
    return PatternResult(pattern, *middle_nine_tenths(numbers), parts=parts, persons=persons, size=1.0 / scale)


def patterns_blocks(held: Sequence[PatternResult], replicates: int) -> list[Block]:
    """Patterns held against runs of the shipped scenarios."""
    rows = [
        (
            result.pattern.statement,
            f"{result.pattern.low:g} to {result.pattern.high:g} {result.pattern.unit}",
            result.number,
            ("met" if result.met else "**not met**") + ("" if result.pattern.counted else " (former definition)"),
            result.pattern.source,
        )
        for result in held
    ]
    head = ("pattern", "target", "simulated: median (5 % to 95 %)", "", "source")
    few = [result.size for result in held if result.few]
    counted = [result.met for result in held if result.pattern.counted]
    return [
        Heading("Patterns"),
        Text(
            f"{sum(counted)} of {len(counted)} patterns are met by the shipped scenarios as they are, {replicates} replicates each; "
            "patterns that are not met stay here."
        ),
        Table(head, rows),
        *([Text(f"{legend(*few)}.")] if few else []),
    ]
