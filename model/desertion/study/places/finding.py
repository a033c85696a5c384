"""What the tests by place find: the primary test, what stands beside it, and the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from desertion.errors import input_error
from desertion.study.places.events import Events
from desertion.study.places.hazard import Gap, Ratio, RiskDay
from desertion.study.places.links import Links
from desertion.study.places.pairs import Order, PairTest

LEVEL = 0.05
IN_FAMILY = ", in the family"
"""What tells a row of the family from the same pairs apart: its dates are permuted along with those of all other outcomes, among units of a stratum that have the same of them."""
_RATIOS = (
    ("the past of linked units", "linked unit", "before"),
    ("the future of linked units", "linked unit", "after"),
    ("the past of placebo links", "placebo link", "before"),
)
_PLACEBO = 2


@dataclass(frozen=True)
class Hazard:
    """Ratios of hazards for one more linked unit that acted within the window.

    Attributes:
        name: who is at risk.
        past: for a linked unit's past.
        future: for a linked unit's future; a placebo only where links have a direction.
        unlinked: for the past of placebo links.
        beyond: the past over placebo links.
        problem: why those that are missing cannot be estimated; empty if none is.
    """

    name: str
    past: Ratio | None = None
    future: Ratio | None = None
    unlinked: Ratio | None = None
    beyond: Ratio | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """The primary test under another condition.

    Attributes:
        name: the condition.
        ratio: observed over expected; the median where it was repeated.
        p: its chance; the median where it was repeated.
        share: share of repetitions with p at most .05, or none.
    """

    name: str
    ratio: float
    p: float
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """How often a test alarms in made-up histories of one kind.

    Attributes:
        name: the kind.
        contagion: whether there is contagion in them.
        histories: number of histories.
        alarms: those with p at most .05.
        low: lower 95 % Wilson bound of the share.
        high: upper bound.
        ratio: median of observed over expected.
        reached: share of histories whose ratio is at least the observed one.
        future: share in which the future of linked units "predicts": its interval lies above 1; NaN where not tried.
        unlinked: the same for placebo links.
        log_ratio: what one linked unit adds to the log hazard.
        fitted: histories that `future` and `unlinked` are shares of: the first fifty, less those whose hazard has no estimate.
        outcome: whose test it is and whose ratio is reached; empty for the primary one.
    """

    name: str
    contagion: bool
    histories: int
    alarms: int
    low: float
    high: float
    ratio: float
    reached: float
    future: float
    unlinked: float
    log_ratio: float = 0.0
    fitted: int = 0
    outcome: str = ""

    @property
    def title(self) -> str:
        """The kind, after the outcome where that is not the primary one."""
        return f"{self.outcome}; {self.name}" if self.outcome else self.name


def days_apart(window: int) -> str:
    """How far apart close pairs may act, in words."""
    return "1 day" if window == 1 else f"1 to {window} days"


@dataclass(frozen=True)
class Gaps:
    """Why a ratio of hazards cannot be estimated, in words, by what is known of the data.

    Attributes:
        window: most days before or after.
        unlinked: whether there are placebo links.
        placed: whether units have positions.
    """

    window: int
    unlinked: bool
    placed: bool

    def told(self, missing: Sequence[tuple[Sequence[int], Gap]], rows: Sequence[RiskDay]) -> str:
        """The reasons and what helps; empty where nothing is missing.

        Args:
            missing: which of past, future and placebo links have no ratio, and why.
            rows: risk days, whose first three covariates these are.
        """
        told = [
            reason
            for places, gap in missing
            for reason in (
                [self._flat(place, rows) for place in places]
                if gap == "flat"
                else [self._unbounded(place) for place in places]
                if gap == "unbounded"
                else [self._together(places)]
            )
        ]
        reasons, ways_out = ([*dict.fromkeys(each)] for each in zip(*told, strict=True)) if told else ([], [])
        return f"{', and '.join(reasons)}; {', or '.join(ways_out)}" if told else ""

    def _flat(self, place: int, rows: Sequence[RiskDay]) -> tuple[str, str]:
        _, what, when = _RATIOS[place]
        if place == _PLACEBO and not self.unlinked:
            if self.placed:
                return (
                    "there are no placebo links, since each linked unit is linked with all others",
                    "give fewer links",
                )
            return (
                "there are no placebo links, since no linked unit has an unlinked one in its stratum",
                "give positions, wider strata or fewer links",
            )
        span = f"{days_apart(self.window)} {when} a day with events"
        if any(row.known[:, place].any() for row in rows):
            return (
                f"all at risk have the same number of {what}s that act {span}, whichever day it is",
                "give fewer links",
            )
        return f"nobody at risk has a {what} that acts {span}", "widen the window (--window) or give more events"

    def _unbounded(self, place: int) -> tuple[str, str]:
        name, what, when = _RATIOS[place]
        return (
            f"the ratio for {name} is 0 or without bound, since units with a {what} that acts {days_apart(self.window)} {when} them never act, or they alone do",
            "widen the window (--window) or give more events",
        )

    def _together(self, places: Sequence[int]) -> tuple[str, str]:
        names = " and ".join(_RATIOS[place][0] for place in places)
        if len(places) == 1:
            return (
                f"{names} goes together with what is taken out (strata, units or size) on all days",
                "give more events",
            )
        return f"{names} go together on all days, so that their ratios cannot be told apart", "give more events"


def is_blind(test: PairTest) -> bool:
    """Whether a test could not have found anything: no order of the dates has a p of .05 or less."""
    return test.least > LEVEL


def refuse_too_few(permutations: int, **histories: int) -> None:
    """Check that permutations can reach the level, and histories tell a share.

    Args:
        permutations: of the primary test.
        **histories: made-up histories of a kind by what the user calls them; 0 for none.

    Raises:
        InputError: they are too few.
    """
    if permutations < 19:
        raise input_error("permutations", permutations, "must be at least 19, or no p can reach .05")
    for name, number in histories.items():
        if number < 0 or 0 < number < 20:
            raise input_error(name, number, "must be 0 or at least 20")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the events say.

    Attributes:
        events: the events.
        links: who is linked to whom.
        how: in words how.
        window: most days apart.
        primary: the primary test.
        order: who was first in its close pairs, or none where links go both ways.
        apart: same-day pairs or batches, and both together.
        family: other outcomes, with p values over all of them.
        hazards: ratios of hazards.
        attacks: the primary test under other conditions.
        alarms: power and false alarms on made-up histories on the same map, of the primary outcome and of further ones.
        spans: mean length in km of links and of placebo links, or none.
    """

    events: Events
    links: Links
    how: str
    window: int
    primary: PairTest
    order: Order | None
    apart: tuple[PairTest, ...]
    family: tuple[PairTest, ...]
    hazards: tuple[Hazard, ...]
    attacks: tuple[Attack, ...]
    alarms: tuple[Alarm, ...]
    spans: tuple[float, float] | None
