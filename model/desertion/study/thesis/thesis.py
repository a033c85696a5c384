"""`thesis`: is leaving contagious? What series of totals can tell, in one call."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from desertion.errors import InputError, input_error
from desertion.files import folder
from desertion.parameters.arguments import COUNT, DATES, PEOPLE, SEED, ruled
from desertion.parameters.field import day_of
from desertion.reading import command_line
from desertion.scenario.rows import is_csv
from desertion.simulation.record.own_table import own_table
from desertion.study.blocks import markdown
from desertion.study.history import shipped
from desertion.study.thesis import design as plan
from desertion.study.thesis import report
from desertion.study.thesis.cases import Case, case, own_case, shipped_cases
from desertion.study.thesis.design import Design
from desertion.study.thesis.judged import Judgement
from desertion.study.thesis.judgement import Trial, grid


@dataclass(frozen=True, kw_only=True)
class Thesis:
    """What series of totals say about contagion.

    Attributes:
        judged: A judgement a series, by name.
        made_up: Power on made-up series by length and noise; None if single series were asked for.
        design: The plan.
        command: The command that repeats it.
    """

    judged: dict[str, Judgement]
    made_up: pd.DataFrame | None
    design: Design
    command: str

    def __repr__(self) -> str:
        return f"Thesis({', '.join(self.judged)}; table, report())"

    @own_table
    def table(self) -> pd.DataFrame:
        """One row a series: probability of contagion, threshold, second opinion, with drift halved and doubled, verdict, reasons."""
        return pd.DataFrame(
            [
                {
                    "series": name,
                    "autumn": each.case.autumn,
                    "probability": each.probability,
                    "first_half": each.halves[0],
                    "second_half": each.halves[1],
                    "threshold": each.threshold,
                    "nearest": each.nearest,
                    "tolerance": each.tolerance,
                    **{f"drift_{factor:g}": p for factor, (p, _) in each.drift.items()},
                    **{f"drift_{factor:g}_threshold": level for factor, (_, level) in each.drift.items()},
                    "verdict": each.verdict.word,
                    "reasons": "; ".join(each.verdict.reasons),
                }
                for name, each in self.judged.items()
            ]
        )

    def gathered(self, part: str) -> pd.DataFrame:
        """The tables `alarms`, `power`, `advanced`, `tried`, `reliability` or `closeness` of all series, with the series in the first column."""
        table = pd.concat(
            [getattr(each, part).assign(series=name) for name, each in self.judged.items()], ignore_index=True
        )
        return table[["series", *(column for column in table if column != "series")]]

    def report(self) -> str:
        """The whole test in words and tables, as Markdown."""
        return markdown(report.blocks(list(self.judged.values()), self.made_up, self.design, self.command))


@ruled(simulations=COUNT, doors=DATES, rules=DATES, seed=SEED)
def thesis(
    series: str | Path | Sequence[str | Path] = (),
    *,
    quick: bool = False,
    simulations: int | None = None,
    unseen: bool = False,
    at_risk: int | tuple[int, int] | None = None,
    doors: Sequence[date | str] = (),
    rules: Sequence[date | str] = (),
    kind: str = "flow",
    unit: str = "persons",
    seed: int | None = None,
    out: str | Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> Thesis:
    """What series of totals can tell about contagion: probability, power, false alarms of causes listed, left out and on no list, verdict.

    It takes a quarter of an hour of processor time for all series (minutes with `quick`); parts that are done are kept in `out`.

    Args:
        series: Shipped series by name, or CSV files of your own with the columns `date` (or `start` and `end`) and `value`; the five shipped ones if none.
        quick: Small tables, for a first look only.
        simulations: Histories of each rival in the table of a series.
        unseen: Whether to open the families that are on no list; after the thresholds are written down.
        at_risk: For a file: how many people could act, or the fewest and the most.
        doors: For a file: dates on which a way out opened or closed.
        rules: For a file: dates on which the counting changed.
        kind: For a file: flow (counts of an interval) or cumulative.
        unit: For a file: unit of all rows, where it has no such column.
        seed: Where all chance comes from; the plan's if not given.
        out: Folder of finished parts; a temporary one if not given.
        tell: Called with a sentence after each part.

    Raises:
        InputError: If there is no such series, a number is out of range, or a row breaks a rule of the format.
    """
    design = plan.shipped().quick if quick else plan.shipped()
    if simulations is not None:
        few, small = min(simulations, design.fewer), min(simulations, design.grid)
        design = replace(design, simulations=simulations, fewer=few, grid=small)
    names = [series] if isinstance(series, str | Path) else list(series)
    given = {"at_risk": at_risk, "doors": doors, "rules": rules, "kind": kind != "flow", "unit": unit != "persons"}
    if not any(map(is_csv, names)) and (idle := next(filter(given.get, given), "")):
        raise InputError(f"thesis: {idle}= changes nothing without a CSV file: add that, or leave {idle}= out")
    chance = design.seed if seed is None else seed
    people = None if at_risk is None else _people(at_risk)
    days = {what: [_day(what, day) for day in asked] for what, asked in (("door", doors), ("rule", rules))}
    cases = [_case(str(name), people, days["door"], days["rule"], kind, unit) for name in names or shipped_cases()]
    called = [one.name for one in cases]
    if twice := next((name for name in called if called.count(name) > 1), ""):
        raise InputError(
            f"series {twice!r} is named twice: name each series once, and give each file a name of its own"
        )
    for what, given_days in days.items():
        _refuse_idle(what, given_days, [one for one, name in zip(cases, names, strict=False) if is_csv(name)])
    say = tell or (lambda _: None)
    place = nullcontext(str(out)) if out is not None else tempfile.TemporaryDirectory(prefix="desertion-")
    with place as name:
        trials = [Trial(one, design, chance, Path(name) / "parts", say) for one in cases]
        folder(Path(name))
        judged = {trial.name: trial.run(open_unseen=unseen) for trial in trials}
        made_up = None if names else grid(design, chance, Path(name) / "parts", say)
    options = [
        *(("quick", quick), ("unseen", unseen), ("simulations", simulations), ("seed", seed)),
        *(
            ("at-risk", ",".join(map(str, dict.fromkeys(people or ()))) or None),
            ("kind", None if kind == "flow" else kind),
        ),
        ("unit", None if unit == "persons" else unit),
        *(("door", day) for day in doors),
        *(("rule", day) for day in rules),
    ]
    again = command_line("thesis", map(str, names), options)
    return Thesis(judged=judged, made_up=made_up, design=design, command=again)


def _case(
    name: str, at_risk: tuple[int, int] | None, doors: Sequence[date], rules: Sequence[date], kind: str, unit: str
) -> Case:
    if not is_csv(name):
        return case(name)
    if at_risk is None:
        raise InputError(
            f"{name}: it must be told how many people could act: give --at-risk 20000, or fewest and most as 250000,2500000 (in Python, at_risk)"
        )
    for_all = {"unit": unit, "counts": "acts"}
    return own_case(shipped.load(name, kind, for_all).fit_points(), at_risk, doors=doors, rules=rules)


def _people(at_risk: int | tuple[int, int]) -> tuple[int, int]:
    """The fewest and the most who could act."""
    given = at_risk if isinstance(at_risk, tuple | list) else (at_risk, at_risk)
    if len(given) != 2:
        raise input_error("at risk", at_risk, "must be a whole number, or the fewest and the most")
    return PEOPLE.checked("at risk", given[0]), PEOPLE.checked("at risk", given[1])


def _refuse_idle(what: str, days: Sequence[date], cases: Sequence[Case]) -> None:
    """Refuse a date that changes nothing in any of the series."""
    for day in days:
        if not any(one.changes_on(day) for one in cases):
            spans = ", ".join(f"{one.start} to {one.end} in {one.name}" for one in cases)
            raise input_error(what, str(day), f"must lie after the first day and not after the last: {spans}")


def _day(what: str, day: date | str) -> date:
    try:
        return day_of(day)
    except ValueError:
        raise input_error(what, day, "must be a date", way_out="write 1989-11-09") from None
