"""What the first screen shows of a mix: every part of it that changes with a move, as markup."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from desertion import __version__
from desertion.app.parts.markup import table
from desertion.app.request.address import PAGES
from desertion.app.request.guess import compared
from desertion.app.request.mix import PAIRS, Mix
from desertion.app.request.query import parse
from desertion.app.request.sliders import CONTAGION
from desertion.app.simulator import charts, facts
from desertion.app.simulator.answer import MEASURES, Answer, answer_of, basis, headline
from desertion.app.simulator.reasons import why
from desertion.app.work.replicates import Replicates
from desertion.app.work.run import Wanted
from desertion.figures.events import bans, events
from desertion.figures.labels import LONG, SHORT, short, span
from desertion.scenario.grain import mark
from desertion.study.comparison.outcomes import BY_NAME
from desertion.study.comparison.report.estimate import changed
from desertion.study.comparison.report.reasons import asks_no_visa
from desertion.study.comparison.report.words import change as change_words

RUNS = Replicates()
"""All runs of this server's simulator."""

_UNIT = re.compile(  # between a number and what belongs to it
    rf"(?<=\d) (?={'|'.join(word.strip() for *_, word in LONG + SHORT)}|points|%)"
)

_SIGN = re.compile(r"(?<=[+-])(?=€)")
"""Between a sign and an amount of money, where a line may break as well."""

STRENGTHS = np.geomspace(0.1, 30.0, 22)
"""Multiples of the shipped contagion in the tipping map."""


@dataclass(frozen=True)
class Setting:
    """What a scenario says about days and hosts, without a run.

    Attributes:
        names: What the hosts are called.
        visa_free: Which of them ask evaders for no visa on the first day under the mix.
        marks: Days on which a call-up or a ban begins, and what to call that.
        bans: Days on which a ban begins.
    """

    names: tuple[str, ...]
    visa_free: tuple[bool, ...]
    marks: tuple[tuple[int, str], ...]
    bans: tuple[int, ...]


@dataclass(frozen=True)
class Question:
    """One mix with all that is run for it.

    Attributes:
        mix: The mix.
    """

    mix: Mix

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The runs, in the order in which they are needed: pairs first, then what is kept beside, then those without contagion."""
        return tuple(run for mix in (self.mix, self.beside, self.plain) if mix is not None for run in _pairs(mix))

    @property
    def beside(self) -> Mix | None:
        """The mix that is kept beside this one."""
        return parse(self.mix.beside)[0].alone if self.mix.beside else None

    @property
    def plain(self) -> Mix | None:
        """The same mix without contagion, where it has some."""
        return None if self.mix.contagion == "none" or self.mix.is_status_quo else self.mix.without_contagion

    def answers(self) -> tuple[Answer, Answer | None, Answer | None]:
        """The answer so far, that of the mix kept beside it, and that without contagion."""
        beside, plain = (None if mix is None else _answer(mix) for mix in (self.beside, self.plain))
        return _answer(self.mix), beside, plain

    @property
    def first_pairs(self) -> int:
        """Pairs of the mix that are there."""
        return len(_answer(self.mix).pairs)

    @property
    def is_whole(self) -> bool:
        """Whether everything has been run."""
        return all(run is not None for run in RUNS.known(self.wanted))


def parts(question: Question) -> dict[str, str]:
    """All parts of the screen that hang on the mix, as markup by the id of the element that holds them."""
    answer, beside, plain = question.answers()
    mix, setting = question.mix, setting_of(question.mix.alone)
    shown = {
        "headline": html.escape(headline(answer)),
        "basis": html.escape(basis(answer)),
        "judged": html.escape(facts.judged(mix)),
        "command": html.escape(mix.command()),
        "why": _listed(
            why(answer, setting.names, visa_free=setting.visa_free, bans=setting.bans, without=plain), answer
        ),
        "pages": menu(mix),
        "elsewhere": _elsewhere(mix),
        "beside": "" if beside is None else _beside(beside, mix),
    }
    if answer.pairs:
        scenario = mix.scenario_now()
        drawn = beside if beside is not None and beside.mix.is_drawn_with(mix) else None
        shown["leavers"] = charts.leavers(answer, setting.marks, scenario.start, drawn)
        shown["places"] = charts.places(answer, setting.names)
        shown["numbers"] = _numbers(answer) if answer.is_whole else ""
    # The map takes as long as a run: it comes when the curve is there.
    if answer.is_whole:
        shown["tipping"] = tipping(mix.alone)
    return shown


def not_run(question: Question) -> dict[str, str]:
    """The parts of a mix of which nothing can be run: what stands there of another is taken away."""
    gone = dict.fromkeys(("leavers", "places", "numbers", "tipping", "why", "basis"), "")
    return parts(question) | gone | {"headline": html.escape(f"{question.mix.title}: not run.")}


def _answer(mix: Mix) -> Answer:
    return answer_of(mix, RUNS.known(_pairs(mix)), mix.scale_now)


def _pairs(mix: Mix) -> tuple[Wanted, ...]:
    """The runs under status quo and mix, pair by pair."""
    return tuple(Wanted(side, replicate) for replicate in range(PAIRS) for side in (mix.status_quo, mix.alone))


@lru_cache(maxsize=256)
def setting_of(mix: Mix) -> Setting:
    """What a scenario under a mix says about days and hosts."""
    scenario = mix.scenario_now()
    return Setting(
        names=tuple(short(host.title or host.name) for host in scenario.hosts),
        visa_free=asks_no_visa(scenario),
        marks=events(scenario, scenario.forces[0].name),
        bans=bans(scenario),
    )


@lru_cache(maxsize=128)
def tipping(mix: Mix) -> str:
    """The tipping map of a mix."""
    from desertion.theory.operator import Operator
    from desertion.theory.reproduction import of_operator
    from desertion.theory.weights import tipping_value

    # At the shipped strength, so that what the slider says is where the point stands.
    shipped = mix.with_shipped_contagion
    operators = [Operator(side.scenario_now()) for side in (shipped.status_quo, shipped)]
    tips, here = tipping_value(shipped.scenario_now(), operators[1]), CONTAGION[mix.contagion]
    strengths = np.union1d(STRENGTHS, [tips] if STRENGTHS[0] <= tips <= STRENGTHS[-1] else [])
    usual, own = (
        np.array([of_operator(operator, float(strength)).value for strength in strengths]) for operator in operators
    )
    return charts.tipping(strengths, usual, own, (here, of_operator(operators[1], here).value), tips)


def _listed(sentences: Sequence[str], answer: Answer) -> str:
    if answer.mix.is_status_quo:
        if answer.mix.all_settings:
            return "<p>No policy is laid over it; contagion and other inputs were changed under the status quo alike. Move a slider or choose a policy.</p>"
        return "<p>Nothing has been changed yet: move a slider or choose a policy.</p>"
    if not sentences:
        return '<p class="small">Said once all pairs have been run.</p>'
    return f"<ul>{''.join(f'<li>{html.escape(sentence)}</li>' for sentence in sentences)}</ul>"


def _beside(answer: Answer, mix: Mix) -> str:
    differs = answer.mix.differs(mix)
    under = f" ({differs})" if differs else ""
    rest = "" if answer.mix.is_drawn_with(mix) else " It is not drawn: its scenario, scale or days are others."
    return f'<p class="small"><b>A, kept{html.escape(under)}:</b> {html.escape(headline(answer) + rest)}</p>'


def _numbers(answer: Answer) -> str:
    """All outcomes as a table: status quo, mix, difference within pairs."""
    rows: list[list[str]] = []
    for name in MEASURES:
        measure = BY_NAME[name]
        change = answer.change(name)
        ends = f"\n({span(change.low, change.high, lambda end, unit=measure.unit: change_words(end, unit))})"
        rows.append(
            [
                answer.title(name),
                *(answer.estimate(name, side).words(measure.unit).replace(" (", "\n(") for side in (0, 1)),
                change_words(change.value, measure.unit) + mark(change.few) + ends,
            ]
        )
    # A line may break beside "to" and nowhere within a number.
    kept = [[_SIGN.sub("\u2060", _UNIT.sub("\u00a0", cell)) for cell in row] for row in rows]
    return table(
        ["outcome", "status quo", "this mix", "difference within pairs"],
        kept,
        numbers=(1, 2, 3),
        caption="All outcomes",
        stacks=True,
    )


def _elsewhere(mix: Mix) -> str:
    """Links to the other pages, which open with the same run."""
    return (
        f'<a href="/watch?{_query(mix)}">Watch it happen, day by day, in one run more</a> '
        f'<a href="/compare?{_query(mix, "compare")}">Compare several policies</a>'
    )


def menu(mix: Mix) -> str:
    """Links to all pages, which open with the same mix."""
    links: list[str] = []
    for path, name in PAGES.items():
        query = _query(mix, path)
        more = f"?{query}" if query and path else ""
        links.append(f'<a href="/{path}{more}"{"" if path else " class=here aria-current=page"}>{name}</a>')
    return "".join(links)


def _query(mix: Mix, path: str = "") -> str:
    address = compared(mix.address) if path == "compare" else mix.address
    return html.escape(address.query(), quote=True)


def shared(mix: Mix) -> str:
    """The address to share, with the version under which it was made."""
    return f"/?{mix.query(version=__version__)}"


def rows_of(answer: Answer) -> list[Mapping[str, object]]:
    """All outcomes as plain data, for downloads."""
    rows: list[Mapping[str, object]] = []
    for name in MEASURES:
        usual, own, change = answer.estimate(name, 0), answer.estimate(name), answer.change(name)
        row: dict[str, object] = {"measure": name, "title": answer.title(name), "unit": BY_NAME[name].unit}
        for label, number in (("status_quo", usual), ("mix", own), ("difference", change)):
            row |= {label: number.value, f"{label}_low": number.low, f"{label}_high": number.high}
            row[f"{label}_too_few"] = number.few
        rows.append(row | {"command": answer.mix.command()})
    return rows


def words_of_change(answer: Answer) -> str:
    """What the mix changes about the number of leavers, in words."""
    return changed(answer.change("left")).removeprefix("and ")
