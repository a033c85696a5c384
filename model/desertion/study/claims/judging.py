"""From the measures of all arms in all worlds to a verdict on each claim."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from desertion.scenario.grain import FEWEST
from desertion.study.analysis.boxes import Box, confirmed_box
from desertion.study.claims.document import Claim, Claims, Number
from desertion.study.claims.grain import persons
from desertion.study.claims.precision import (
    Replicates,
    effect_of,
    half_widths,
    means,
    straddles,
    together,
    variance_of,
    whole,
)
from desertion.study.claims.verdict import Verdict, ends, judge, shows
from desertion.study.claims.weighting import Weighting, furthest, weightings
from desertion.study.claims.worlds import columns, rare
from desertion.study.design.factors import Point
from desertion.study.design.formula import Effect, Measures
from desertion.study.statistics import middle_nine_tenths

Results = Mapping[tuple[int, str], Replicates]
"""Measures by (world, arm), then by replicate."""

FEWEST_EVENTS = 50
"""Simulated events of a claim's outcome that the median world must have."""

FEWEST_WORLDS = 35
"""Worlds without which no claim can hold or fail, since Wilson's bounds of all or none of them do not reach 90 or 10 %."""


_SO_FAR = "judged so far"


@dataclass(frozen=True, kw_only=True)
class JudgedClaim:
    """A claim with its verdict.

    Attributes:
        claim: the claim.
        verdict: the verdict over all worlds that were run, with its numbers.
        consistent: the same over worlds that history does not rule out; None without such bounds.
        effects: effect by judged world, NaN where it has no value.
        halves: half of each effect's 90 % interval, infinite where one replicate cannot tell.
        worlds: number of each judged world.
        allowed: whether history allows each judged world; None without such bounds.
        box: the ranges that separate worlds that show the effect, found in half of the worlds and quoted from the other half; None unless the claim depends on them.
        agreed: the sign in which nearly all worlds agree, beyond the smallest effect and however they are weighed, be it the claimed one or not; 0 if there is none.
        rare: words that fewer than ten of the worlds judged have, with their number, as in `form = threshold`: nothing is said of such worlds.
        against: where all worlds alike would decide the claim, the other weighting of them that is most against it.
        reason: why the claim is untested; empty if it is not.
        pending: whether it is so only because too few worlds have been run, or too few times.
        events: simulated events of the outcome in the median world; NaN where the claims file does not say what they are.
        persons: simulated persons on which the effect rests in the median world that history allows; infinite at real size and where it counts none.
    """

    claim: Claim
    verdict: Verdict
    consistent: Verdict | None
    effects: NDArray[np.float64]
    halves: NDArray[np.float64]
    worlds: tuple[int, ...]
    allowed: tuple[bool, ...] | None
    box: Box | None
    agreed: int = 0
    rare: Mapping[str, int] = field(default_factory=dict[str, int])
    against: Weighting | None = None
    reason: str = ""
    pending: bool = False
    events: float = float("nan")
    persons: float = float("inf")

    @property
    def few(self) -> bool:
        """Whether the effect of the median world rests on too few simulated persons to tell."""
        return self.persons < FEWEST

    @property
    def main(self) -> Verdict:
        """The verdict over the worlds that history allows, or over all where the claims file sets no bounds."""
        return self.consistent or self.verdict

    @property
    def unclear(self) -> tuple[int, ...]:
        """Worlds that history allows and whose interval holds the smallest effect of interest, or in which the effect has no value."""
        inside = np.ones(len(self.worlds), bool) if self.allowed is None else np.array(self.allowed, bool)
        either = straddles(self.effects, self.halves, self.claim.sign, self.claim.smallest) & inside
        return tuple(np.array(self.worlds, int)[either].tolist())


@dataclass(frozen=True, kw_only=True)
class NumberSpread:
    """A number with its spread over the worlds that history allows: 5 %, 50 % and 95 % quantiles where it has a value; `few` if the median world's rests on too few persons."""

    number: Number
    fifth: float
    median: float
    ninety_fifth: float
    worlds: int
    few: bool = False


def gathered(runs: Iterable[tuple[int, str, int, Measures]]) -> Results:
    """Runs (world, arm, replicate, measures) by world and arm."""
    values: dict[tuple[int, str], dict[int, Measures]] = {}
    for world, arm, replicate, measures in runs:
        values.setdefault((world, arm), {})[replicate] = measures
    return values


def judge_all(
    claims: Claims,
    points: Sequence[Point],
    results: Results,
    beside: Mapping[str, Sequence[float]] | None = None,
    scale: float = 1.0,
    replicates: int = 1,
) -> tuple[tuple[JudgedClaim, ...], tuple[NumberSpread, ...]]:
    """All claims with verdicts and all numbers with their spread.

    A world counts for a claim once all arms of the claim have run in it.

    Args:
        claims: the claims file.
        points: the worlds.
        results: measures by world, arm and replicate.
        beside: what else is known of each world, by name, such as how far it is from targets.
        scale: factor on the arms' own scales; at real size nothing rests on too few.
        replicates: runs of each arm by whose mean history rules a world out.
    """
    kinds = columns(points) | dict(beside or {})
    scaled = frozenset(name for name, arm in claims.arms.items() if arm.share * scale < 1.0)
    judged = tuple(_judged(claim, claims, points, results, kinds, scaled, replicates) for claim in claims.claims)
    return judged, tuple(
        _reported(number, claims, len(points), results, scaled, replicates) for number in claims.numbers
    )


def allowed_worlds(
    claims: Claims, scenarios: frozenset[str], worlds: int, results: Results, replicates: int = 1
) -> frozenset[int]:
    """Worlds in which every bound that history sets on these scenarios is kept in the mean of their first runs.

    First are those numbered below `replicates`; where one of them is missing the world is not known to be allowed. Runs that are
    added where a claim is undecided do not count here: they are added in some worlds only.
    """
    allowed = set(range(worlds))
    first = _first_runs(results, replicates)
    for bound in claims.bounds_on(scenarios):
        pairs = pairs_by_world(frozenset(arm for arm, _ in bound.terms), worlds, first)
        allowed &= {world for world, each in pairs.items() if len(each) == replicates and bound.kept(means(each))}
    return frozenset(allowed)


def _first_runs(results: Results, replicates: int) -> Results:
    """Runs numbered below `replicates`, which all worlds have."""
    return {key: {number: row for number, row in rows.items() if number < replicates} for key, rows in results.items()}


def pairs_by_world(arms: frozenset[str], worlds: int, results: Results) -> dict[int, Sequence[Mapping[str, Measures]]]:
    """Paired replicates of the arms in every world in which all of them have run."""
    found: dict[int, Sequence[Mapping[str, Measures]]] = {}
    for world in range(worlds):
        have = {arm: results[world, arm] for arm in arms if (world, arm) in results}
        if len(have) == len(arms) and (pairs := together(have)):
            found[world] = pairs
    return found


def _judged(
    claim: Claim,
    claims: Claims,
    points: Sequence[Point],
    results: Results,
    kinds: Mapping[str, Sequence[object]],
    scaled: frozenset[str],
    replicates: int,
) -> JudgedClaim:
    arms = frozenset(arm for arm, _ in claim.terms)
    pairs = pairs_by_world(arms, len(points), results) if arms else {}
    # Of which worlds a claim speaks is not to hang on how many runs they got, as how well their effect is known does.
    first = pairs_by_world(arms, len(points), _first_runs(results, replicates)) if arms else {}
    values = {world: effect_of(claim.effect, pairs[world]) for world, each in first.items() if _speaks(claim, each)}
    scenarios = claims.scenarios_of(claim)
    allowed = allowed_worlds(claims, scenarios, len(points), results, replicates) if claims.bounds else None
    inside = np.array([allowed is None or world in allowed for world in values], bool)
    effects = np.array(list(values.values()), dtype=np.float64)
    spread = [variance_of(claim.effect, pairs[world]) for world in values]
    counts = [len(whole(claim.effect, pairs[world])) for world in values]
    everyones = half_widths(spread, counts)
    # How well the effect is known in a world that history allows is not to hang on those that it rules out.
    halves = everyones.copy()
    halves[inside] = half_widths(list(compress(spread, inside)), list(compress(counts, inside)))
    main = judge(effects[inside], claim.sign, claim.smallest, halves[inside])
    events, reason = _tested(
        claim, {world: each for world, each in pairs.items() if allowed is None or world in allowed}, main
    )
    everywhere, box, against, agreed = judge(effects, claim.sign, claim.smallest, everyones), None, None, 0
    worlds = [world for world, within in zip(values, inside, strict=True) if within]
    if not reason:
        everywhere, _ = _weighed(everywhere, claim, effects, everyones, list(values), kinds)
        main, against = _weighed(main, claim, effects[inside], halves[inside], worlds, kinds)
        agreed = _agreed(claim, effects[inside], halves[inside], worlds, kinds)
    if reason:
        main, everywhere = replace(main, word="untested"), replace(everywhere, word="untested")
    elif main.word == "depends":
        box = confirmed_box(
            columns([points[world] for world in worlds]), shows(effects[inside], claim.sign, claim.smallest)
        )
    return JudgedClaim(
        claim=claim, verdict=everywhere, consistent=None if allowed is None else main, effects=effects, halves=halves,
        worlds=tuple(values), allowed=None if allowed is None else tuple(inside.tolist()), box=box, agreed=agreed, rare=rare(claims.factors, [points[world] for world in worlds]), against=against, reason=reason, pending=reason.startswith(_SO_FAR), events=events,
        persons=_persons(claim.effect, [pairs[world] for world in worlds], scaled),
    )  # fmt: skip


def _weighed(
    verdict: Verdict,
    claim: Claim,
    effects: NDArray[np.float64],
    halves: NDArray[np.float64],
    worlds: Sequence[int],
    kinds: Mapping[str, Sequence[object]],
) -> tuple[Verdict, Weighting | None]:
    """A verdict that other weights of the worlds were held against, and the one that is most against it if worlds alike decide."""
    if verdict.word not in ("holds", "fails"):
        return verdict, None
    known = {name: [column[world] for world in worlds] for name, column in kinds.items()}
    sure, possible = ends(effects, halves, claim.sign, claim.smallest)
    against = furthest(weightings(known, sure if verdict.word == "holds" else possible), verdict.word)
    return verdict if against is None or against.agrees(verdict.word) else replace(verdict, word="depends"), against


def _agreed(
    claim: Claim,
    effects: NDArray[np.float64],
    halves: NDArray[np.float64],
    worlds: Sequence[int],
    kinds: Mapping[str, Sequence[object]],
) -> int:
    """The sign in which nearly all worlds agree, as a claim of that sign would hold; 0 if there is none."""
    for sign in (1, -1):
        turned = claim.model_copy(update={"sign": sign})
        verdict, _ = _weighed(judge(effects, sign, claim.smallest, halves), turned, effects, halves, worlds, kinds)
        if verdict.word == "holds":
            return sign
    return 0


def _persons(effect: Effect, worlds: Sequence[Sequence[Mapping[str, Measures]]], scaled: frozenset[str]) -> float:
    """Simulated persons on which an effect rests in the median of some worlds; infinite at real size."""
    if not any(arm in scaled for arm, _ in effect.terms):
        return float("inf")
    found = np.array([persons(effect, pairs) for pairs in worlds], dtype=np.float64)
    return float(np.nanmedian(found)) if np.isfinite(found).any() else float("inf")


def _speaks(claim: Claim, pairs: Sequence[Mapping[str, Measures]]) -> bool:
    """Whether what the claim speaks of happens in any of a world's first runs, and has a value where it must."""
    happens = claim.occurs is None or any(claim.occurs(arms) > 0.0 for arms in pairs)
    return happens and not (claim.where_defined and np.isnan(effect_of(claim.effect, pairs)))


def _tested(claim: Claim, pairs: Mapping[int, Sequence[Mapping[str, Measures]]], main: Verdict) -> tuple[float, str]:
    """Simulated events in the median world, and why the claim is untested (empty if it is not)."""
    events = float("nan")
    if claim.events is not None and pairs:
        # What has no value has not been seen to happen.
        events = float(np.median(np.nan_to_num([effect_of(claim.events, each) for each in pairs.values()])))
    if claim.untested:
        return events, claim.untested
    if not pairs:
        return events, f"{_SO_FAR} in no world"
    if (claim.occurs is not None or claim.where_defined) and main.worlds < min(len(pairs), FEWEST_WORLDS):
        return events, f"what it speaks of happens in {main.worlds} of {len(pairs)} worlds, fewer than {FEWEST_WORLDS}"
    if events < FEWEST_EVENTS:
        return events, f"{events:.0f} simulated events in the median world, fewer than {FEWEST_EVENTS}"
    if main.worlds < FEWEST_WORLDS:
        return (
            events,
            f"{_SO_FAR} in {main.worlds} worlds, and fewer than {FEWEST_WORLDS} can neither hold nor fail",
        )
    if (valued := main.worlds - main.undefined) < FEWEST_WORLDS:
        return events, f"its effect has a value in {valued} of {main.worlds} worlds, fewer than {FEWEST_WORLDS}"
    if main.word == "untested":
        return (
            events,
            f"{_SO_FAR} by runs that leave open whether {main.sure} or {main.possible} of {main.worlds} worlds show it; more of each arm (--most-runs) would tell",
        )
    return events, ""


def _reported(
    number: Number, claims: Claims, worlds: int, results: Results, scaled: frozenset[str], replicates: int
) -> NumberSpread:
    allowed = allowed_worlds(claims, claims.scenarios_of(number), worlds, results, replicates)
    by_world = pairs_by_world(frozenset(arm for arm, _ in number.effect.terms), worlds, results)
    pairs = [each for world, each in by_world.items() if world in allowed]
    values = np.array([effect_of(number.effect, each) for each in pairs], np.float64)
    fifth, median, ninety_fifth = middle_nine_tenths(values)
    return NumberSpread(
        number=number,
        fifth=fifth,
        median=median,
        ninety_fifth=ninety_fifth,
        worlds=int(np.isfinite(values).sum()),
        few=_persons(number.effect, pairs, scaled) < FEWEST,
    )
