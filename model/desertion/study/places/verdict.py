"""The word for a finding, and the sentences that say what it can and cannot tell."""

import math
from dataclasses import dataclass

import numpy as np

from desertion.figures.labels import at_most, capital, many, percent, rounded
from desertion.study.places.finding import LEVEL, Alarm, Finding, Hazard, days_apart, is_blind
from desertion.study.places.hazard import Ratio
from desertion.study.places.pairs import Order, PairTest
from desertion.study.statistics import wilson_interval

UNTESTED = "untested"
NONE = "no clustering found"
UNKNOWN = "clusters, cause unknown"
ALONG = "clusters along the links, in their direction"
POWER = 0.8


@dataclass(frozen=True)
class Verdict:
    """A word and its reasons.

    Attributes:
        word: one of four.
        sentences: what was found, what that excludes, what it cannot tell.
    """

    word: str
    sentences: tuple[str, ...]


def judge(finding: Finding) -> Verdict:
    """The verdict on a finding, by the rules that were written down before any data were looked at, which were made stricter since and in nothing milder."""
    test = finding.primary
    if reason := untested(finding):
        return Verdict(UNTESTED, (reason, *_same_day(finding)))
    found = (
        f"Of {many(test.linked, 'linked pair')} ({finding.how}) {rounded(test.observed, 4)} {'acts' if test.observed == 1.0 else 'act'} {days_apart(finding.window)} apart; {rounded(test.expected, 4)} are expected when dates are permuted "
        f"within strata: ratio {test.ratio:.2f} ({interval(test)}), p = {test.p:.2g}."
    )
    if test.p > LEVEL:
        unseen = "No clustering within days says nothing about contagion that is slower than the window, reaches all places at once, or runs along other links."
        return Verdict(NONE, (found, *_same_day(finding), _missed(finding.alarms), unseen))
    reasons = [*_mutual(finding), *_orderless(finding), *_placebos(finding), *_shocked(finding)]
    excluded = (
        "That excludes dates which fall independently of each other within strata, whatever the course of each stratum."
    )
    if reasons:
        return Verdict(UNKNOWN, (found, excluded, *reasons, _uncounted(finding)))
    return Verdict(
        ALONG,
        (
            found,
            excluded,
            *_first(finding.order),
            *(
                f"Receivers follow senders ({each.name}): hazard times {ratio_text(each.past)}; neither the future of senders ({ratio_text(each.future)}) nor placebo links "
                f"({ratio_text(each.unlinked)}) was seen to predict."
                for each in finding.hazards
                if each.past and each.future and each.unlinked
            ),
            f"Shocks that places share give as much in at most 5 % of made-up histories of each kind, by the upper end of the 95 % interval of {min(row.histories for row in _shocks(finding))}.",
            "It cannot exclude causes that travel along the links in their direction, nor links that were recorded because of what followed.",
        ),
    )


def untested(finding: Finding) -> str:
    """Why the primary test could not have found anything, and what helps; empty if it could."""
    test, window, data = finding.primary, finding.window, finding.events
    if not is_blind(test):
        return ""
    reach = days_apart(window)
    if test.exact and 1.0 / test.permutations > LEVEL:
        return f"Nothing was tested: dates have {many(test.permutations, 'order')} within strata, so that p cannot reach {LEVEL:g}; give wider strata (--strata)."
    if test.least < 1.0:
        drawn = "" if test.exact else "more permutations (--permutations), "
        return (
            f"Nothing was tested: the most that any order of dates within strata gives, as {percent(test.least)} of orders or more do, is so common "
            f"that p cannot reach {LEVEL:g}; give {drawn}another window (--window), more links or wider strata (--strata)."
        )
    if test.observed:
        return (
            f"Nothing was tested: every order of dates within strata gives the same {so_many(test.observed)} {reach} apart; "
            "give fewer links (--within) or wider strata (--strata)."
        )
    nearest = int(np.diff(np.unique(data.first[data.acted])).min())
    if nearest > window:
        why = f"dates stand {nearest} days apart or more: give a window of {nearest} days (--window {nearest})"
    else:
        why = "no order of dates within strata brings a linked pair so close: give a longer window (--window) or wider strata (--strata)"
    return f"Nothing was tested: no two linked units can act {reach} apart, since {why}."


def _uncounted(finding: Finding) -> str:
    pair = finding.apart[0]
    return f"Pairs {pair.name} are not counted, since their order is not known: {rounded(pair.observed, 4)} against {rounded(pair.expected, 4)}, p = {pair.p:.2g}."


def _same_day(finding: Finding) -> list[str]:
    """What stands beside a test that found nothing, where it is far from chance."""
    return [_uncounted(finding)] if finding.apart[0].p <= LEVEL else []


def _mutual(finding: Finding) -> list[str]:
    if finding.links.directed:
        return []
    return [
        "The links go both ways, so each pair is one unit's past and the other's future at once: leads cannot tell contagion from a shock that both share, and neither can this test."
    ]


def _orderless(finding: Finding) -> list[str]:
    """What speaks against a direction: one cause on dates without order makes close pairs too, in either order alike."""
    if finding.order is None or finding.order.p <= LEVEL:
        return []
    return [*_first(finding.order), "So many senders are first by chance where one cause falls on both ends of a link."]


def _first(order: Order | None) -> list[str]:
    if order is None:
        return []
    return [
        f"The sender was first in {so_many(order.sender, 'close pair')}, the receiver in {rounded(order.receiver, 4)} (p = {order.p:.2g})."
    ]


def _placebos(finding: Finding) -> list[str]:
    reasons: list[str] = []
    directed = finding.links.directed
    for each in finding.hazards:
        past, future, unlinked, beyond = each.past, each.future, each.unlinked, each.beyond
        if past is None or future is None or unlinked is None or beyond is None:
            reasons.append(f"{_untried(each)} could not be tried ({each.name}): {each.problem}.")
        if unlinked and unlinked.low > 1.0:
            reasons.append(
                f"Placebo links predict as well ({each.name}): hazard times {ratio_text(unlinked)}; closeness reaches beyond the links."
            )
        if directed and future and future.low > 1.0:
            reasons.append(
                f"The future of senders predicts as well ({each.name}): hazard times {ratio_text(future)}; something falls on both ends."
            )
        if directed and past and past.low <= 1.0:
            reasons.append(f"Receivers were not seen to follow senders ({each.name}): hazard times {ratio_text(past)}.")
        if directed and past and unlinked and beyond and unlinked.low <= 1.0 and beyond.low <= 1.0:
            reasons.append(
                f"Placebo links are too weak to tell ({each.name}): hazard times {ratio_text(unlinked)}, links {ratio_text(past)}."
            )
    return reasons


def _untried(each: Hazard) -> str:
    """Which of the ratios that a hazard should have are missing."""
    parts = (("the past", each.past), ("the future", each.future), ("placebo links", each.unlinked))
    return capital(" and ".join(name for name, ratio in parts if ratio is None))


def _shocks(finding: Finding) -> list[Alarm]:
    return [row for row in finding.alarms if "shocks" in row.name]


def _shocked(finding: Finding) -> list[str]:
    rows = _shocks(finding)
    if not rows:
        return ["Shocks that neighbours share could not be tried (no positions, or no histories asked for)."]
    if enough := [row for row in rows if row.reached > LEVEL]:
        listed = "; ".join(f"{row.name.split(',')[0]} in {percent(row.reached)}" for row in enough)
        return [
            f"Without any contagion a ratio as large comes about by {listed} of made-up histories (standard deviation 1 of the log hazard, or 2 where it says double)."
        ]
    unsure = [row for row in rows if _most_reached(row) > LEVEL]
    if not unsure or not finding.links.directed:  # along mutual links no number of histories would tell
        return []
    listed = "; ".join(
        f"{row.name.split(',')[0]} in {round(row.reached * row.histories)} of {row.histories} (95 % interval up to {at_most(_most_reached(row))})"
        for row in unsure
    )
    return [
        f"Made-up histories are too few to tell that shocks without contagion give a ratio as large in at most 5 % of them: {listed}; ask for more (--histories, --model)."
    ]


def _most_reached(row: Alarm) -> float:
    """Upper end of the 95 % interval of the share of histories whose ratio is at least the observed one: of 20 histories even none leaves 16 % open."""
    return wilson_interval(round(row.reached * row.histories), row.histories)[1]


def _missed(rows: tuple[Alarm, ...]) -> str:
    mine = (row for row in rows if row.name.startswith("contagion: ") and not row.outcome)
    contagious = sorted(mine, key=lambda row: row.log_ratio)
    if not contagious:
        return "How large an effect would have been found was not asked for."
    strong = [row for row in contagious if row.alarms >= POWER * row.histories]
    if not strong:
        last = contagious[-1]
        return f"The test is weak here: even {last.name.removeprefix('contagion: ')} is found in {last.alarms} of {last.histories} made-up histories only."
    return (
        f"An effect of {strong[0].name.removeprefix('contagion: ')} would have been found in {strong[0].alarms} of {strong[0].histories} "
        "made-up histories; smaller ones cannot be excluded."
    )


def ratio_text(ratio: Ratio) -> str:
    """A ratio with its interval: 1.42 (1.10 to 1.83), or 1.42 (interval cannot be told)."""
    ends = f"{_bounded(ratio.low)} to {_bounded(ratio.high)}" if ratio.told else "interval cannot be told"
    return f"{_bounded(ratio.ratio)} ({ends})"


def _bounded(value: float) -> str:
    """A multiple of a hazard; what is below a hundredth or above a hundred is no finer than that."""
    return "under 0.01" if value < 0.01 else "over 100" if value > 100.0 else f"{value:.2f}"


def so_many(count: float, what: str = "pair") -> str:
    """So many pairs, which may be a mean over drawn dates: 1 pair, 38.6 pairs."""
    return f"{rounded(count, 4)} {what if count == 1.0 else what + 's'}"


def interval(test: PairTest) -> str:
    """The interval in words; it comes from the spread between strata, where they are enough to tell, and is no narrower than chance within them."""
    if math.isnan(test.high):
        return "interval cannot be told from these strata"
    return f"95 % interval {test.low:.2f} to {test.high:.2f}"
