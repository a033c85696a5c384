"""The verdicts for reading: what stands in the report, as blocks for a page and for Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from desertion.figures.labels import many, percent
from desertion.scenario.grain import MARK
from desertion.study.blocks import Block, Bullets, Heading, Share, Table, Text, short_number, spread
from desertion.study.claims.grain import LEGEND
from desertion.study.claims.judging import JudgedClaim, NumberSpread
from desertion.study.claims.verdict import FAILS_TO, HOLDS_FROM
from desertion.study.design.factors import Factor, Point, Value
from desertion.study.run.progress import duration
from desertion.study.statistics import middle_nine_tenths, wilson_interval

TITLE = "Claims and verdicts"
CAUTION = (
    "A verdict speaks of the model over the worlds described below, not of any war. "
    "A world shows a claim if the effect has the claimed sign and is at least the smallest effect of interest, "
    "which the claims file states. A world is unclear if the 90 % interval of its effect holds that size or it has no value, as after one pair of runs every world is. "
    "A claim holds if the lower bound of the share of worlds that show it is at least 90 % with all unclear ones counted as not showing it, and fails if the upper bound is at most 10 % with all of them counted as "
    "showing it, and either only if that share stays beyond 90 or below 10 % under the other weights listed below too; else it depends, on the world or on what its runs leave open. It is untested where too "
    "little happens, or is run, to tell: a share of worlds is no chance, and says how often the model shows it over its ranges. "
    "Worlds that history rules out are not counted."
)
_DRAWN = "Bounds are the ends of two 95 % Wilson intervals, of the worlds that are sure to show a claim and of those that may. They cover the drawing of worlds and nothing else: not what the ranges leave out, and not that many claims are asked at once."
_MATCHED = (
    "Bounds are the ends of two Wilson intervals, of the worlds that are sure to show a claim and of those that may, and here a margin that a word asks for, with no confidence: worlds that a match keeps are sought in waves and not drawn independently, and another set of the same match may lie outside. "
    "Nor do they allow for many claims being asked at once."
)
_PROVISIONAL = "Provisional: a run with few worlds. Read no verdict from it."

_WEIGHTS = (
    "No world is more or less probable than another, so that a verdict must not hang on worlds weighing alike. Each of these claims was judged again with "
    "the worlds of one end of each input weighing up to twice and those of the other end down to nothing, and with the worlds of each value of an input "
    "in words, such as the form of contagion, alone if they are ten at least; it is decided only if at least 90 % are sure to show it, or at most 10 % may, every time."
)

ASSUMED = (
    "People, ties and fates are the same in all arms of a world and replicate; worlds differ in their people too.",
    "R is set in the reference state of the scenario's first day; what a policy or a call-up does to it follows from the model.",
    "Dates that never come count as the horizon.",
    "Levels of contagion share one half-life; home towns weigh 0.5 and ties 0.25 of a military weight of 1 (no source).",
    "Numbers of the scenarios that are not listed above stay at the scenario's own values.",
    "Worlds are judged by the mean of their paired replicates; `unclear` counts those whose 90 % interval holds the smallest effect of interest, or that have no value.",
)
"""What every world shares, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """How the verdicts came about.

    Attributes:
        worlds: worlds asked for.
        complete: worlds in which every arm has run.
        replicates: paired replicates per world and arm.
        most: those of the world and arm that have most.
        people: people per world, by scenario, of each size in which it is run.
        runs: runs in the file.
        seconds: computing time of the runs, added over processes.
        seed: seed of worlds and runs.
        command: command that repeats the study.
        quick: whether it was a quick run.
        bounds: what history allows, a sentence each.
        matched: the values that an ensemble gives its worlds; empty where all are drawn.
        floors: which scenarios are run below the floor of scale, a sentence each.
    """

    worlds: int
    complete: int
    replicates: int
    most: int
    people: dict[str, tuple[int, ...]]
    runs: int
    seconds: float
    seed: int
    command: str
    quick: bool
    bounds: tuple[str, ...] = ()
    matched: tuple[Point, ...] = ()
    floors: tuple[str, ...] = ()

    @property
    def pairs(self) -> str:
        """How many paired replicates there are, in words."""
        most = many(self.most, "paired replicate")
        return f"{self.replicates} to {most}" if self.most > self.replicates else most


HEAD = (
    "claim",
    "verdict",
    "worlds showing it",
    "bounds",
    "effect: median (5 % to 95 %)",
    "smallest of interest",
    "worlds with the sign",
)
"""Columns of the tables of claims, by which a stored report is read again."""

_GROUPS = {
    "Claims that could have gone either way": False,
    "Near to true by construction: the size of the effect is the finding": True,
}
"""Headings of the tables of claims, and whether their claims are true by construction."""


def blocks(
    judged: Sequence[JudgedClaim], numbers: Sequence[NumberSpread], factors: Sequence[Factor], run: Run
) -> list[Block]:
    """The report as blocks, for Markdown and HTML alike."""
    parts: list[Block] = [Heading(TITLE, 1)]
    if run.quick:
        parts += [Text(f"**{_PROVISIONAL}**", "provisional")]
    parts += [Text(CAUTION), Text(what_bounds_are(run)), Text(_size(run)), *(Text(f"{note}.") for note in run.floors)]
    for title, built_in in _GROUPS.items():
        rows = [row for row in judged if row.claim.by_construction == built_in]
        if not rows:
            continue
        shares = [Share(row.main.low, row.main.share, row.main.high) if row.main.worlds else None for row in rows]
        parts += [Heading(title), Table(HEAD, [_cells(row) for row in rows], HEAD.index("verdict"), shares)]
    parts += [Text(sentence) for sentence in unheard(judged)]
    if any(row.few for row in (*judged, *numbers)):
        parts += [Text(LEGEND)]
    parts += [Text(coin_tosses(judged))]
    told = [f"**{row.claim.id}** {row.main.word}: {in_words(row)}" for row in judged if not row.reason]
    if told:
        parts += [Heading("In a sentence each, and on what it depends"), Bullets(told)]
    weighed = [f"**{row.claim.id}**: {weighed_otherwise(row)}" for row in judged if row.against is not None]
    if weighed:
        parts += [Heading("Held against other weights"), Text(_WEIGHTS), Bullets(weighed)]
    untested = [f"**{row.claim.id}**: {row.reason}." for row in judged if row.reason]
    if untested:
        parts += [Heading("Untested, and why"), Bullets(untested)]
    compared = [(row.claim.id, row.claim.source, row.claim.contrast, row.claim.could_reverse) for row in judged]
    parts += [Heading("What was compared"), Table(("claim", "source", "contrast", "could be reversed by"), compared)]
    if numbers:
        head = ("number", "median (5 % to 95 %)", "worlds with a value")
        parts += [Heading("Numbers"), Table(head, [_number_cells(row) for row in numbers])]
    parts += [Heading("Worlds"), *worlds_drawn(factors, run.matched)]
    if run.bounds:
        parts += [Heading("Worlds that history allows"), Bullets(run.bounds)]
    return [*parts, Heading("Assumed in every world"), Bullets(ASSUMED)]


def weighed_otherwise(row: JudgedClaim) -> str:
    """What a claim that is decided by worlds of equal weight comes to under the other weighting that is most against it."""
    assert row.against is not None
    if row.main.sure == row.main.worlds or not row.main.possible:
        return f"{'all worlds show' if row.main.sure else 'no world shows'} it, so that no weight changes that."
    border = HOLDS_FROM if row.main.share > 0.5 else FAILS_TO
    share = f"{_beside(row.against.share, border, 0)} of {many(row.against.worlds, 'world shows', 'worlds show')} it where {row.against.what}{_either_way(row)}"
    return (
        f"{share}, and so it *depends*."
        if row.main.word == "depends"
        else f"{share}, which is the weakest case: it stands."
    )


def in_words(row: JudgedClaim) -> str:
    """A claim in one sentence: the share of worlds that show it, the effect of the median world, and on what it depends."""
    main = row.main
    between = f"; by {main.sure} to {main.possible} as unclear ones are counted" if main.sure < main.possible else ""
    return (
        f"“{row.claim.claim}” is shown by {main.shown} of {main.worlds} worlds ({percent(main.share)}{between}), the median one having "
        f"{short_number(main.median)}{MARK if row.few else ''} {row.claim.unit}; {_depends_on(row)}"
    )


def _depends_on(row: JudgedClaim) -> str:
    """Where the worlds that show an effect lie."""
    main, box = row.main, row.box
    if row.against is not None:
        return (
            "no other weighting of the worlds turns that."
            if main.word != "depends"
            else f"all worlds alike would decide it, but {weighed_otherwise(row)}"
        )
    low, high = wilson_interval(main.shown, main.worlds)
    if low >= HOLDS_FROM or high <= FAILS_TO:
        return f"the means of their runs would decide it, but {many(main.possible - main.sure, 'world is', 'worlds are')} unclear."
    if box is None:
        return "no ranges of inputs were found that tell which."
    return (
        f"where {box.where()}, as in {percent(box.support)} of them, {percent(box.density)} show it, against {percent(box.overall)} of all "
        "(counted in the half in which no range was sought)."
    )


def _either_way(row: JudgedClaim) -> str:
    """How unclear worlds count where a verdict is held against other weights."""
    if row.main.sure == row.main.possible:
        return ""
    return f" and unclear ones count as {'not ' * (row.main.share > 0.5)}showing it"


def what_bounds_are(run: Run) -> str:
    """What the bounds of a run's shares cover, in words."""
    return _MATCHED if run.matched else _DRAWN


def coin_tosses(judged: Sequence[JudgedClaim]) -> str:
    """How many claims would hold if their signs were coin tosses, in a sentence."""
    decided = sum(row.agreed != 0 for row in judged)
    hold = sum(row.main.word == "holds" for row in judged)
    said = f"Of {many(len(judged), 'claim')} {hold or 'none'} hold{'s' * (hold < 2)}."
    if not decided:
        return f"{said} In none nearly all worlds agree on one direction."
    return (
        f"{said} In {decided} nearly all worlds agree on one "
        f"direction, the claimed one or its opposite; if a coin had been tossed for the direction that each claims, {decided / 2:g} would hold on average, and none if it "
        "had been tossed in every world anew."
    )


def unheard(judged: Sequence[JudgedClaim]) -> list[str]:
    """A sentence for each word of the ranges that fewer than ten of the worlds of some claims have."""
    counts: dict[str, list[int]] = {}
    for row in judged:
        for words, count in row.rare.items() if not row.reason else ():
            counts.setdefault(words, []).append(count)
    return [
        f"Of the worlds judged, {str(min(found)) if min(found) == max(found) else f'{min(found)} to {max(found)}'} have {words} ({len(found)} of {len(judged)} claims): too few to be held "
        "against the others, so that nothing here is said of such worlds."
        for words, found in counts.items()
    ]


def worlds_drawn(factors: Sequence[Factor], matched: Sequence[Point]) -> list[Block]:
    """Where the inputs of the worlds come from: the values that an ensemble gives, and the ranges of what is drawn."""
    given = {name: [world[name] for world in matched] for name in matched[0]} if matched else {}
    rows = [(name, f"from the ensemble: {_spread_of(values)}") for name, values in given.items()]
    rows += [(each.name, range_of(each)) for each in factors if each.name not in given]
    said = f"From the ensemble: what its {len(matched)} worlds have, the median with 5 % to 95 % of them; all else is drawn, `*` for those forces and hosts that it does not name."
    return [*([Text(said)] if matched else []), Table(("parameter", "range"), rows)]


def _spread_of(values: Sequence[Value]) -> str:
    numbers = [float(value) for value in values if not isinstance(value, str)]
    if len(numbers) < len(values):
        return ", ".join(f"{word} {values.count(word)}" for word in dict.fromkeys(values))
    return spread(*middle_nine_tenths(numbers))


def range_of(factor: Factor) -> str:
    """A factor's range in words."""
    if factor.values:
        return ", ".join(str(value) for value in factor.values)
    how = "evenly in the logarithm" if factor.log else "evenly" if factor.form == "range" else factor.form
    return f"{' to '.join(f'{number:g}' for number in factor.numbers)}, {how}"


def _cells(row: JudgedClaim) -> tuple[str, ...]:
    verdict = row.main
    if not verdict.worlds:
        return (f"{row.claim.claim} ({row.claim.id})", verdict.word, "-", "-", "-", smallest_of(row), "-")
    effect = spread(verdict.fifth, verdict.median, verdict.ninety_fifth, few=row.few)
    unclear = f"; unclear in {len(row.unclear)}: {verdict.sure} to {verdict.possible}" if row.unclear else ""
    extra = f"; no value in {verdict.undefined}" if verdict.undefined else ""
    return (
        f"{row.claim.claim} ({row.claim.id})",
        verdict.word,
        f"{verdict.shown} of {verdict.worlds}; opposite in {verdict.reversed}{extra}{unclear}",
        f"{_beside(verdict.low, HOLDS_FROM)} to {_beside(verdict.high, FAILS_TO)}",
        f"{effect} {row.claim.unit}",
        smallest_of(row),
        f"{verdict.signed} of {verdict.worlds}",
    )


def _beside(bound: float, border: float, decimals: int = 1) -> str:
    """A bound as per cent, to so many decimals at least that it does not look like the border of a verdict that it only comes near."""
    while decimals < 9 and bound != border and percent(bound, decimals) == percent(border, decimals):
        decimals += 1
    return percent(bound, decimals)


def smallest_of(row: JudgedClaim) -> str:
    """The smallest effect of interest with the claimed sign."""
    return f"{'+' if row.claim.sign > 0 else '-'}{row.claim.smallest:g}"


def _number_cells(row: NumberSpread) -> tuple[str, ...]:
    middle = spread(row.fifth, row.median, row.ninety_fifth, few=row.few)
    return row.number.title, f"{middle} {row.number.unit}", str(row.worlds)


def _size(run: Run) -> str:
    people = ", ".join(
        f"{' or '.join(f'{count:,}' for count in counts)} people in {name}" for name, counts in run.people.items()
    )
    return (
        f"{run.complete} of {many(run.worlds, 'world')} complete, {run.pairs} of each arm in each world, {people}; "
        f"{many(run.runs, 'run')}, {duration(run.seconds)} of computing, seed {run.seed}. Repeat it with: {run.command}"
    )
