"""Ratios of hazards for the past and the future of linked units and for the past of placebo links."""

import math
from collections.abc import Sequence

import numpy as np

from desertion.study.arrays import Array, Indices
from desertion.study.places import hazard
from desertion.study.places.events import Events
from desertion.study.places.finding import Gaps, Hazard
from desertion.study.places.hazard import Gap, NoRatioError, Ratio, RiskDay
from desertion.study.places.links import Links
from desertion.study.places.pairs import STRATA

_OVER = ((0, 2),)  # the past over placebo links
_UNIT_EFFECTS = 100  # units up to which each gets an effect of its own; beyond, strata do


def ratios(
    day: Array,
    links: Links,
    false_links: Links,
    strata: Indices,
    window: int,
    batch: Indices,
    *,
    size: Array | None = None,
) -> list[Ratio]:
    """Ratios for past, future and placebo links, and for the past over placebo links, among units that act, with effects of day and stratum.

    Intervals are clustered by stratum from five strata on; with fewer, whose spread tells too little, they are by the information.

    Links between units of one reporting interval are left out: who was first there is not known.

    Args:
        day: day of each unit's event, shape (unit,); NaN without one.
        links: who is linked to whom.
        false_links: placebo links.
        strata: stratum of each unit.
        window: most days before.
        batch: reporting interval of each unit, -1 for a known day.
        size: size of each unit, whose logarithm is taken out.

    Raises:
        NoRatioError: one of them cannot be estimated.
    """
    rows, clusters = _of_first(day, links, false_links, strata, window, batch, size=size, never=False)
    return hazard.fit(rows, 3, clusters, over=_OVER)


def _of_first(
    day: Array,
    links: Links,
    false_links: Links,
    strata: Indices,
    window: int,
    batch: Indices,
    *,
    size: Array | None,
    never: bool,
) -> tuple[list[RiskDay], Indices | None]:
    """Risk days of first events, and clusters of units where there are enough."""
    units = len(day)
    true, false = _apart(links, batch).matrix(units), _apart(false_links, batch).matrix(units)
    exposures, windows = [true, true, false], [(1, window), (-window, -1), (1, window)]
    rows = hazard.first_events(day, exposures, windows, _beside(strata, size), never=never)
    at_risk = strata if never else strata[np.isfinite(day)]
    return rows, strata if len(np.unique(at_risk)) >= STRATA else None


def hazards(events: Events, links: Links, false_links: Links, window: int) -> tuple[Hazard, ...]:
    """The ratios for those who are known to have been at risk; those that cannot be estimated are left out, and it is said why.

    Units that act twice or more on average give one estimate with all their events, if their days are known: up to a hundred of them each with an effect of its own, which holds its size. Else first events are compared among the units that act (conditional on acting) and,
    if units without an event are known, among all. Drawn dates are combined by Rubin's rules.
    """
    gaps = Gaps(window, unlinked=len(false_links) > 0, placed=events.points is not None)
    if events.repeated:
        return (_repeated(events, links, false_links, window, gaps),)
    kinds = [("units that act, conditional on acting", False)]
    if not events.acted.all():
        kinds.append(("all units, those without an event at risk throughout", True))
    size = sizes(events)
    results: list[Hazard] = []
    for name, never in kinds:
        drawn = [
            _estimated(
                *_of_first(day, links, false_links, events.strata, window, events.batch, size=size, never=never), gaps
            )
            for day in events.first.T
        ]
        results.append(_over_draws(name, drawn))
    return tuple(results)


_Estimated = tuple[tuple[Ratio | None, ...], str]


def _over_draws(name: str, drawn: Sequence[_Estimated]) -> Hazard:
    """Each ratio over all draws of the dates, none where a draw has none; and the first reason why, with the number of draws that miss something."""
    kept: list[Ratio | None] = []
    for each in zip(*(found for found, _ in drawn), strict=True):
        known = [ratio for ratio in each if ratio is not None]
        kept.append(combined(known) if len(known) == len(drawn) else None)
    past, future, unlinked, beyond = kept
    problems = [problem for _, problem in drawn if problem]
    some = f"in {len(problems)} of {len(drawn)} draws of the dates " if 0 < len(problems) < len(drawn) else ""
    return Hazard(name, past, future, unlinked, beyond, some + "".join(problems[:1]))


def _estimated(rows: Sequence[RiskDay], clusters: Indices | None, gaps: Gaps) -> _Estimated:
    """Ratios for past, future and placebo links and for the past over placebo links, none where they cannot be estimated; and why that is."""
    wanted, missing = [0, 1, 2], list[tuple[tuple[int, ...], Gap]]()
    while wanted:
        both = [(wanted.index(one), wanted.index(other)) for one, other in _OVER if {one, other} <= set(wanted)]
        try:
            found = hazard.fit(_led_by(wanted, rows), len(wanted), clusters, over=both)
        except NoRatioError as error:
            without = tuple(wanted[place] for place in error.of)
            missing.append((without, error.gap))
            wanted = [each for each in wanted if each not in without]
            continue
        beyond = found[len(wanted)] if both else None
        known = dict(zip(wanted, found, strict=False))
        return (known.get(0), known.get(1), known.get(2), beyond), gaps.told(missing, rows)
    return (None,) * 4, gaps.told(missing, rows)


def _led_by(wanted: Sequence[int], rows: Sequence[RiskDay]) -> Sequence[RiskDay]:
    """The same days with these covariates before all others, which stay in the fit."""
    if len(wanted) == 3 or not rows:
        return rows
    order = [*wanted, *(place for place in range(rows[0].known.shape[1]) if place not in wanted)]
    return [RiskDay(row.units, row.known[:, order], row.acts) for row in rows]


def sizes(events: Events) -> Array | None:
    """Sizes of units as the hazards take them out, if they are stated: the middle one stands in place of those that are not known."""
    return None if events.size is None else np.where(np.isnan(events.size), np.nanmedian(events.size), events.size)


def _beside(groups: Indices, size: Array | None) -> Array:
    """What is taken out beside the links: an effect of each group, and the logarithm of size where it is stated."""
    fixed = hazard.effects(groups)
    return fixed if size is None else np.column_stack([np.log(size), fixed])


def _repeated(events: Events, links: Links, false_links: Links, window: int, gaps: Gaps) -> Hazard:
    units = len(events.units)
    own = units <= _UNIT_EFFECTS
    size = None if own else sizes(events)  # a unit's effect holds its size
    kept = "units" if own else "strata" if size is None else "size, strata"
    name = f"all units on all days with events, with effects of {kept} and days"
    if (events.batch >= 0).any():
        return Hazard(
            name,
            problem="the days of events that repeat are known by their intervals only, so that it is not known which came first; give days, and no --after",
        )
    true, false = links.matrix(units), false_links.matrix(units)
    rows = hazard.repeated_events(
        events.unit_of,
        events.day_of,
        units,
        [true, true, false],
        [(1, window), (-window, -1), (1, window)],
        _beside(np.arange(units) if own else events.strata, size),
    )
    clusters = np.arange(units) if len(np.unique(events.strata)) < STRATA else events.strata
    return _over_draws(name, [_estimated(rows, clusters, gaps)])


def combined(ratios: Sequence[Ratio]) -> Ratio:
    """One ratio from those of several draws of the dates: mean logarithm, variance within plus between (Rubin 1987)."""
    if len(ratios) == 1:
        return ratios[0]
    logs = np.log([each.ratio for each in ratios])
    within = float(np.mean([math.log(each.high / each.low) ** 2 for each in ratios])) / 4.0
    between = float(logs.var(ddof=1)) * (1.0 + 1.0 / len(ratios))
    # The half-widths carry their own quantile; the normal one widens what the draws add.
    reach = math.sqrt(within + 1.96**2 * between)
    middle = float(logs.mean())
    error = reach / 1.96
    p = math.erfc(abs(middle) / error / math.sqrt(2.0)) if error > 0.0 else 0.0
    return Ratio(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach), p)


def _apart(links: Links, batch: Indices) -> Links:
    together = (batch[links.sender] == batch[links.receiver]) & (batch[links.sender] >= 0)
    return Links(links.sender[~together], links.receiver[~together], links.directed)
