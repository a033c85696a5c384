"""The test on totals for reading: the answer first, then what it rests on, as blocks of a report."""

from collections.abc import Iterable, Sequence

import pandas as pd

from desertion.figures.labels import at_most, capital, percent
from desertion.study.blocks import Block, Bullets, Heading, Table, Text
from desertion.study.laboratory.contagion import FORMS
from desertion.study.laboratory.rivals import CAUSES, COMMON
from desertion.study.laboratory.unseen import POOL
from desertion.study.thesis import opinions, rates
from desertion.study.thesis.design import Design
from desertion.study.thesis.judged import Judgement
from desertion.study.thesis.verdict import CANNOT, FOUND, NOT_FOUND, TURNS

HOW = {
    "listed": "in the list",
    "left out": "left out",
    "unseen": "on no list",
    "unseen, last": "on no list, opened last",
}
"""What readers are told of how much the classifier knew of a cause."""


def blocks(judged: Sequence[Judgement], grid: pd.DataFrame | None, design: Design, again: str) -> list[Block]:
    """The whole report."""
    return [
        Heading("Is leaving contagious? What totals can tell", 1),
        Text(f"**{answer(judged)}**"),
        _series(judged),
        Bullets([f"`{each.case.name}`: {each.verdict.word}: {'; '.join(each.verdict.reasons)}." for each in judged]),
        *(Text(text) for text in _remarks(judged)),
        *_power(judged, grid, design),
        *opinions.blocks([(each.case.name, each.tried) for each in judged]),
        *_alarms(judged, design),
        *_closeness(judged),
        *_priors(),
        Text(f"{design.simulations:,} histories a rival and series; repeat it with: {again}"),
    ]


def answer(judged: Sequence[Judgement]) -> str:
    """The answer in one sentence."""
    words = [each.verdict.word for each in judged]
    counted = [(word, words.count(word)) for word in (CANNOT, TURNS, NOT_FOUND, FOUND) if word in words]
    if len(counted) == 1 and len(judged) > 1:
        return f"{capital(counted[0][0])}, in all {len(judged)} series."
    return f"{'; '.join(f'{word}: {number} of {len(judged)}' for word, number in counted)}."


def _series(judged: Sequence[Judgement]) -> Table:
    head = (
        "series",
        "P(contagion), two halves of the table",
        "threshold",
        "drift halved, doubled",
        "nearest histories with contagion",
        "power, 50 to 80 % owed (of any size)",
        "worst false alarms: in the list, left out, on no list",
        "answer",
    )
    rows = [
        (
            each.case.name,
            f"{each.probability:.2f} ({each.halves[0]:.2f}, {each.halves[1]:.2f})",
            f"{each.threshold:.2f}",
            ", ".join(f"{p:.2f}" for p, _ in each.drift.values()),
            f"{each.nearest:.2f} (within {each.tolerance:.2f})",
            f"{_rate(cell := _cell(each.power, 0.5, 'all'))}; {cell['found_of_any_size'] / max(cell['of_any_size'], 1):.2f}",
            ", ".join(_worst(each.alarms, how) for how in ("listed", "left out", "unseen")),
            f"**{each.verdict.word}**",
        )
        for each in judged
    ]
    return Table(head, rows)


def _remarks(judged: Sequence[Judgement]) -> Iterable[str]:
    for autumn in dict.fromkeys(each.case.autumn for each in judged if each.case.autumn):
        names = [f"`{each.case.name}`" for each in judged if each.case.autumn == autumn]
        if len(names) > 1:
            yield f"{', '.join(names)} share one set of outside causes ({autumn}) and count once; probabilities of series are not multiplied."
    yield (
        "Probabilities start from even odds and hold among the listed rivals only. Nearest: of the 1,000 histories of all rivals that miss the series least (root mean squared, log "
        "scale; one tolerance for all), the share with contagion. “Not found” is not “no contagion”: see the power."
    )
    for each in judged:
        yield f"`{each.case.name}`: at risk {each.case.at_risk}. {' '.join(each.case.series.caveats)}".rstrip()
        yield from (f"{remark.rstrip('.')}." for remark in each.case.series.remarks)
    if not all(each.opened for each in judged):
        yield "**The families on no list have not been opened.**"


def _power(judged: Sequence[Judgement], grid: pd.DataFrame | None, design: Design) -> list[Block]:
    ranges = list(zip(design.owed[:-1], design.owed[1:], strict=True))
    head = (
        "series",
        *(f"{percent(low)} to {percent(high)}" for low, high in ranges),
        *(f"50 to 80 %, {form}" for form in FORMS),
    )
    rows = [
        (
            each.case.name,
            *(_rate(_cell(each.power, low, "all")) for low, _ in ranges),
            *(_rate(_cell(each.power, 0.5, form)) for form in FORMS),
        )
        for each in judged
    ]
    made: list[Block] = []
    if grid is not None:
        cells = grid[(grid["form"] == "all") & (grid["owed_from"] == 0.5)]
        noises = list(dict.fromkeys(cells["noise"]))
        lines = [
            (
                f"{points}",
                *(_rate(own[own["noise"] == noise].iloc[0]) for noise in noises),
                percent(own["worst"].max(), 1),
            )
            for points, own in cells.groupby("points")
        ]
        made = [
            Text(
                "Made-up series, 2,000 of 10,000 leave, by points and dispersion of the counts; 50 to 80 % owed to contagion:"
            ),
            Table(
                ("points", *(f"dispersion {noise:g}" for noise in noises), "worst false alarm of a listed cause"), lines
            ),
        ]
    return [
        Heading("Power"),
        Text(
            "Share of histories with contagion in which it is found, by share of leavers owed to it (95 % intervals), causes in the list only. Those count whose total is one that histories without contagion "
            f"have (the middle {percent(rates.ORDINARY)} of them): a level that only a cascade or its want reaches tells it without a look at the curve, and is not that of the series:"
        ),
        Table(head, rows),
        Text(
            "The same by the share *advanced*: on the day on which it is largest, those gone who would not be gone yet without contagion, as a share of all who leave. Owed are those of them who would "
            "have stayed to the end; where nearly all leave anyway they are few, and contagion still moves the curve."
        ),
        Table(
            ("series", *head[1 : 1 + len(ranges)], *(f"under {percent(ranges[0][1])}, {form}" for form in FORMS)),
            [
                (
                    each.case.name,
                    *(_rate(_cell(each.advanced, low, "all", "advanced")) for low, _ in ranges),
                    *(_rate(_cell(each.advanced, 0.0, form, "advanced")) for form in FORMS),
                )
                for each in judged
            ],
        ),
        *made,
    ]


def _alarms(judged: Sequence[Judgement], design: Design) -> list[Block]:
    words = {cause.name: cause.words for cause in (*CAUSES.values(), *POOL)}
    numbers = " or ".join(f"{n:,}" for n in sorted({int(n) for each in judged for n in each.alarms["histories"]}))
    together = pd.concat([each.alarms.assign(series=each.case.name) for each in judged])
    rows = [
        (
            f"{words[str(cause)]} (`{cause}`)",
            HOW[str(how)],
            *(_percent(own[own["series"] == each.case.name].iloc[0]) for each in judged),
        )
        for (how, cause), own in together.groupby(["how", "cause"], sort=False)
    ]
    return [
        Heading("False alarms"),
        Text(
            f"Share of histories without contagion in which it is found, {numbers} each. A test is not held to {percent(design.false_alarms)} if its upper bound lies above; for causes in the list, "
            "whose worst the threshold lets just meet the bound, if the lower does. Left out: neither trained on nor used for the threshold."
        ),
        Table(("cause", "the classifier knew it", *(each.case.name for each in judged)), rows),
    ]


def _closeness(judged: Sequence[Judgement]) -> list[Block]:
    rows = [
        (
            f"{CAUSES[name].words} (`{name}`)",
            *(
                f"{own['without']:.2f}, {own['with']:.2f}"
                for own in (each.closeness.set_index("cause").loc[name] for each in judged)
            ),
        )
        for name in CAUSES
    ]
    return [
        Heading("How close each rival comes"),
        Text(
            "Root mean squared log miss within which one history of a thousand comes: without contagion, with contagion."
        ),
        Table(("cause", *(each.case.name for each in judged)), rows),
    ]


def _priors() -> list[Block]:
    priors = {prior.name: prior for prior in (*COMMON, *(p for cause in CAUSES.values() for p in cause.priors))}
    rows = [
        (p.name, p.meaning, f"{p.low:g} to {p.high:g}{', evenly in the logarithm' if p.log else ''}", p.reason)
        for p in priors.values()
    ]
    return [Heading("Priors"), Table(("parameter", "meaning", "range", "reason"), rows)]


def _cell(power: pd.DataFrame, low: float, form: str, by: str = "owed") -> pd.Series:
    return power[(power["form"] == form) & (power[f"{by}_from"] == low)].iloc[0]


def _rate(row: pd.Series) -> str:
    return f"{row['found'] / max(row['histories'], 1):.2f} ({row['low']:.2f} to {row['high']:.2f})"


def _percent(row: pd.Series) -> str:
    return f"{percent(row['found'] / max(row['histories'], 1), 1)} (at most {at_most(row['high'], 1)})"


def _worst(alarms: pd.DataFrame, how: str) -> str:
    own = alarms[alarms["how"].str.startswith(how)]
    if own.empty:
        return "not opened"
    worst = own.iloc[int((own["found"] / own["histories"]).argmax())]
    return (
        f"{percent(worst['found'] / worst['histories'], 1)} (`{worst['cause']}`, at most {at_most(worst['high'], 1)})"
    )


def summary(each: Judgement) -> str:
    """One line for the terminal."""
    return (
        f"{each.case.name:<24} P(contagion) {each.probability:.2f}, threshold {each.threshold:.2f}: {each.verdict.word}"
    )
