"""`check`: what a document of one's own leaves out, what looks out of order in it, and what a run of it would take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from desertion.errors import InputError
from desertion.files import shown
from desertion.parameters import Force, Host
from desertion.parameters.inputs import inputs
from desertion.reading import setting_text, toml
from desertion.scenario.complaints import build
from desertion.scenario.documents import find, named
from desertion.scenario.fallbacks import DAYS_A_YEAR, is_remark
from desertion.scenario.layers import Layers
from desertion.scenario.loading import calibration, content
from desertion.scenario.overlay import stated
from desertion.scenario.policy import OPERATIONS, Policy
from desertion.scenario.scenario import Scenario
from desertion.scenario.skeleton import PROSE
from desertion.simulation.record.own_table import own_table
from desertion.study.calibration.calibrate import planned
from desertion.study.design.edition import reading
from desertion.study.design.point import scenario_of
from desertion.study.slips import far, shipped_forces, slips

if TYPE_CHECKING:
    import pandas as pd

_WRITTEN = ("at_scale", "reference", "overlays", "asylum", "scale", "graph", "stop")
_STUDY, _SCENARIO, _POLICY = (
    ("vary", "design", "replicates", "keep"),
    ("forces", "extends", "hosts", "start"),
    ("change",),
)
_ELSEWHERE = (
    (("cases", "targets", "target"), "the design of a match", "`desertion match {}` checks it before its first run"),
    (("claims", "arms"), "a file of claims", "`desertion claims --claims {}` checks it before its first run"),
)
_SPEEDS = (50e6, 200e6)  # person-days a second of the compiled form, see experiments/benchmarks.md


class Omission(NamedTuple):
    """One input that a document does not state.

    Attributes:
        document: The document, and the part of it.
        name: The input.
        value: What holds in its place, as text.
        unit: Its unit.
        yearly: What a rate a day makes in a year, None for other inputs.
        meaning: What it is.
    """

    document: str
    name: str
    value: str
    unit: str
    yearly: float | None
    meaning: str

    def __str__(self) -> str:
        """The input as a list shows it."""
        yearly = "" if self.yearly is None else f", {self.yearly:.2g} a year"
        unit = f" ({self.unit}{yearly})" if self.unit else ""
        return (
            f"{self.name} = {self.value}{unit}: {self.meaning}" if self.meaning else f"{self.name} = {self.value}{unit}"
        )


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What was found in a document that can be read.

    Attributes:
        kind: "scenario", "force", "policy" or "study".
        name: Its name.
        left: Inputs that it leaves to defaults.
        odd: What looks out of order, a sentence each.
        notes: What was decided while it was put together, a sentence each.
        scenario: The scenario that would run, None for a force or policy alone.
        runs: Runs that would be made: 1 for a scenario.
    """

    kind: str
    name: str
    left: tuple[Omission, ...]
    odd: tuple[str, ...]
    notes: tuple[str, ...]
    scenario: Scenario | None
    runs: int = 1

    def __repr__(self) -> str:
        found = f"{len(self.left)} inputs left to defaults, {len(self.odd)} out of order"
        return f"Checkup({self.kind} {self.name!r}: {found}; table, odd, size)"

    @own_table
    def table(self) -> pd.DataFrame:
        """One row an input that is left to its default: document, name, value, unit, yearly, meaning."""
        import pandas as pd

        return pd.DataFrame(list(self.left), columns=list(Omission._fields))

    @cached_property
    def size(self) -> Mapping[str, float]:
        """What a run would take.

        people (real size), simulated (persons of the run), days, runs, bytes (memory of one run, compiled form), and
        seconds_low and seconds_high (all runs on one core, at the speeds of experiments/benchmarks.md).
        """
        from desertion.simulation.society.memory import estimate

        if self.scenario is None:
            return {}
        sized, days = self.scenario.sized(), self.scenario.days
        work = float(sized.people) * days * self.runs
        return {
            "people": self.scenario.people,
            "simulated": sized.people,
            "days": days,
            "runs": self.runs,
            "bytes": estimate(sized, "compiled"),
            "seconds_low": work / _SPEEDS[1],
            "seconds_high": work / _SPEEDS[0],
        }


def check(document: str | Path | Scenario) -> Checkup:
    """What a document leaves to defaults and what that means, what looks out of order, and what would run.

    Args:
        document: A scenario, force, policy or study by path (or a shipped scenario by name), or a scenario itself, in
            which nothing is left out any more.

    Raises:
        InputError: If it cannot be read, or a value in it is wrong.
    """
    if isinstance(document, Scenario):
        notes = tuple(document.notes)
        return Checkup(
            kind="scenario", name=document.name, left=(), odd=tuple(slips(document)), notes=notes, scenario=document
        )
    path = document if isinstance(document, Path) or str(document).endswith(".toml") else find("scenarios", document)
    table = toml(Path(path))
    for keys, what, checks in _ELSEWHERE:
        if any(key in table for key in keys):
            raise InputError(
                f"{shown(Path(path))} is {what}, which check does not read; {checks.format(Path(path).name)}"
            )
    kind = _kind(table, shown(Path(path)))
    return {"scenario": _scenario, "force": _force, "policy": _policy, "study": _study}[kind](Path(path))


def _kind(table: Mapping[str, Any], where: str) -> str:
    for kind, keys in (("scenario", _SCENARIO), ("policy", _POLICY), ("study", _STUDY)):
        if any(key in table for key in keys):
            return kind
    if "scenario" in table:
        return "study"
    # A force may leave all numbers to their defaults; anything else without one would be told that its misspelt key is no key of a force.
    own = Force.model_fields.keys() - set(PROSE)
    if not table or (not table.keys() & own and table.keys() - set(PROSE)):
        known = [key for keys in (_SCENARIO, _POLICY, _STUDY) for key in keys]
        near = [
            f" (is {key} meant to be {each[0]}?)"
            for key in table
            if key not in PROSE and (each := get_close_matches(key, known, n=1))
        ]
        raise InputError(
            f"{where} is no scenario, force, policy or study: it has none of their keys{''.join(near[:1])}; see `desertion new`"
        )
    return "force"


def _scenario(path: Path) -> Checkup:
    whole = Scenario.load(path)
    series = planned(path, {}).series.remarks if calibration(path)[0] is not None else ()
    document, where = content(path)
    left = [*_left(Layers, document, where, (*PROSE, *_WRITTEN, "forces", "hosts", "changes"))]
    shipped = shipped_forces()
    for force in document["forces"]:
        given = {name: getattr(force, name) for name in force.model_fields_set} if isinstance(force, Force) else force
        if force != shipped.get(str(given.get("name"))):
            left += _left(Force, given, f'{where}: force "{given.get("name")}"')
    for host in document["hosts"]:
        left += _left(Host, host, f'{where}: host "{host.get("name")}"')
    odd, notes = (
        (*slips(whole), *series),
        tuple(note for note in whole.notes if not is_remark(note)),
    )  # those are in `left`
    return Checkup(kind="scenario", name=whole.name, left=tuple(left), odd=odd, notes=notes, scenario=whole)


def _force(path: Path) -> Checkup:
    document = toml(path)
    notes = named(document, path)
    force = build(Force, document, where=shown(path))
    odd = tuple(far("force", force, shipped_forces()))
    left = tuple(_left(Force, document, shown(path)))
    return Checkup(kind="force", name=force.name, left=left, odd=odd, notes=tuple(notes), scenario=None)


def _policy(path: Path) -> Checkup:
    document = toml(path)
    notes = named(document, path)
    policy = build(Policy, document, where=shown(path))
    moved = [
        each for index, change in enumerate(policy.change) for each in stated(change, f"{shown(path)}: change[{index}]")
    ]
    tables = ", ".join(f"[change.{operation}]" for operation in OPERATIONS)
    odd = () if moved else (f"it moves no lever: state some under {tables}",)
    return Checkup(kind="policy", name=policy.name, left=(), odd=odd, notes=tuple(notes), scenario=None)


@reading()
def _study(path: Path) -> Checkup:
    from desertion.study.design.reading import read_spec
    from desertion.study.run.cost import most_replicates
    from desertion.study.run.inspection import inspected

    spec = read_spec(path)
    points = spec.points()
    look = inspected(spec, points)
    first = scenario_of(spec.task_of(look.sound[0]))
    runs = len(points) * most_replicates(spec.replicates)
    return Checkup(
        kind="study",
        name=spec.name,
        left=(),
        odd=(*filter(None, [look.remark(spec.design)]), *slips(first)),
        notes=first.notes,
        scenario=first,
        runs=runs,
    )


def _left(
    model: type[BaseModel], document: Mapping[str, Any] | BaseModel, where: str, passed_over: Sequence[str] = PROSE
) -> Iterator[Omission]:
    """Yield the inputs that a document and the tables inside of it do not state."""
    if isinstance(document, BaseModel):
        document = {name: getattr(document, name) for name in document.model_fields_set}
    for one in inputs(model):
        if one.name in passed_over:
            continue
        if one.name not in document:
            if one.form == "table" and one.inside is not None:
                yield from _left(one.inside, {}, f"{where}: {one.name}")
            else:
                yearly = DAYS_A_YEAR * float(one.default) if one.unit == "1/day" else None
                yield Omission(where, one.name, _shown(one.default), one.unit, yearly, one.meaning)
        elif one.inside is not None and one.form in ("table", "tables"):
            rows = document[one.name] if one.form == "tables" else [document[one.name]]
            for number, row in enumerate(rows):
                spot = f"{where}: {one.name}[{number}]" if one.form == "tables" else f"{where}: {one.name}"
                yield from _left(one.inside, row, spot)


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list | dict):
        return ", ".join(str(getattr(each, "name", each)) for each in value) or "none"
    return f"{value:g}" if isinstance(value, float) else setting_text(value) if isinstance(value, bool) else str(value)
