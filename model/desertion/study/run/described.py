"""From a caller's arguments to a resolved study: scenarios and policies themselves, own points, classes and measures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.figures.labels import many
from desertion.files import shipped_designs
from desertion.scenario import Scenario
from desertion.scenario.loading import listed
from desertion.study.design.documents import refuse_two_of_a_name, with_policy, with_scenario
from desertion.study.design.factors import Point
from desertion.study.design.layout import DesignRule
from desertion.study.design.own import Own
from desertion.study.design.point import scenario_of
from desertion.study.design.reading import OF_THE_TABLE, spec_from
from desertion.study.design.rows import POLICIES, Points, mixes_of, rows_of
from desertion.study.design.spec import StudySpec
from desertion.study.run.cost import most_replicates
from desertion.study.run.progress import duration

AGENTS = "mesa"
"""The form of the population in which own classes can run."""


def described(
    scenario: str | Path | Scenario | None, policies: object, points: Points | None, table: Mapping[str, Any]
) -> StudySpec:
    """The study that a caller describes.

    Raises:
        InputError: If a key is unknown or a value is out of its range.
    """
    entries, documents = dict(table), dict[str, str]()
    if scenario is not None:
        entries["scenario"], documents = with_scenario(scenario)
    if policies is not None:
        refuse_two_of_a_name(policies)
        entries["policies"] = named_policies(policies, documents)
    spec = with_points(replace(spec_from(entries, "study", "sweep()"), documents=tuple(documents.items())), points)
    return replace(spec, name=f"study-{spec.sha256()[:8]}", title=f"sweep of {Path(spec.scenario).stem}")


def named_policies(policies: object, documents: dict[str, str]) -> object:
    """Policies as a study file states them, those that stand in no file put among the documents."""
    if isinstance(policies, Mapping):
        mixes = cast(Mapping[str, object], policies)
        return {label: named_policies(listed(mix), documents) for label, mix in mixes.items()}
    policies = listed(policies)
    if not isinstance(policies, Sequence):
        return policies  # refused with a sentence where the study is read
    names: list[object] = []
    for policy in cast(Sequence[Any], policies):
        if isinstance(policy, list | tuple | set | frozenset):
            names.append(named_policies(policy, documents))
            continue
        name, more = with_policy(policy)
        documents.update(more)
        names.append(name)
    return names


def refuse_beside_file(asked: str, **given_here: object) -> None:
    """Refuse what only a study file can state where one is given.

    Args:
        asked: Name of the function that was called.
        **given_here: Arguments that would describe a study here, None for what was not given.

    Raises:
        InputError: If any was given.
    """
    if names := [f"{name}=" for name in given(**given_here)]:
        raise InputError(
            f"{asked} takes a study file or {' and '.join(names)}, not both: state it in the file, or describe the study here "
            f"without study="
        )


def with_points(spec: StudySpec, points: Points | None) -> StudySpec:
    """A study with design points of the caller's own in place of those that it lays out; as it is if there are none.

    Raises:
        InputError: If the points are none, or the study varies something itself in Python.
    """
    if points is None:
        return spec
    rows = rows_of(points)
    named, known = mixes_of(rows), dict(spec.policies)
    if named:
        # A row without a mix is run under each of the study's own, and not under those of other rows.
        rows = tuple(
            full
            for row in rows
            for full in ([row] if POLICIES in row else [{POLICIES: label, **row} for label in known])
        )
    used = dict.fromkeys(str(row[POLICIES]) for row in rows) if named else known
    policies = {label: known.get(label, named.get(label, ())) for label in used}
    design = DesignRule(kind="list", rows=tuple(tuple(row.items()) for row in rows))
    return replace(spec, factors=(), design=design, policies=tuple(policies.items()))


def refuse_taken_columns(spec: StudySpec) -> None:
    """Refuse own measures that have the name of another column of the table of runs.

    Raises:
        InputError: If one has that of a key, of the time that a run took, or of an input that is varied.
    """
    rows = (name for row in spec.design.rows for name, _ in row)
    taken = {*OF_THE_TABLE, *(factor.name for factor in spec.factors), *rows}
    for name in spec.own.measures if spec.own else ():
        if name in taken:
            rule = "is the name of another column of the table of runs"
            raise input_error("measures", name, rule, way_out="give it another name")


def with_own(spec: StudySpec, own: Own | None) -> StudySpec:
    """A study with classes and measures of the caller's own; classes make it run in the form that can."""
    if own is None:
        return spec
    return replace(spec, own=own, population=AGENTS if own.classes else spec.population)


MESA_SPEED = 0.4e6
"""Person-days a second of the Mesa form on one core, see experiments/benchmarks.md."""


def announced(spec: StudySpec, points: Sequence[Point], one: Point) -> str:
    """One sentence that says before it starts how much is to be run with own classes or measures, going by one of the points."""
    assert spec.own is not None
    runs = len(points) * most_replicates(spec.replicates)
    scenario = scenario_of(spec.task_of(one))
    people, days = scenario.sized().people, scenario.days
    names = [name for _, name in spec.own.classes]
    what = f"own class{'es' if len(names) > 1 else ''} {', '.join(names)}" if names else "own measures"
    form = "Mesa" if spec.population == AGENTS else "compiled"
    work = runs * people * days
    time = (
        f", {duration(work / MESA_SPEED)} on one core where own rules cost no more than the model's"
        if form == "Mesa"
        else ""
    )
    return (
        f"{many(runs, 'run')} in the {form} form ({what}): {people:,} persons over {many(days, 'day')} each, "
        f"{work:,.0f} person-days in all{time}"
    )


def given(**entries: object) -> dict[str, Any]:
    """The entries that are there."""
    return {key: value for key, value in entries.items() if value is not None}


def study_path(study: str | Path) -> Path:
    """Path of a study file that is given as a path or as the name of a shipped study.

    Raises:
        InputError: If there is neither.
    """
    path = Path(study)
    if path.is_file() or path.suffix == ".toml":
        return path
    shipped = shipped_designs("studies")
    refuse_unknown("study", str(study), shipped)
    return shipped[str(study)]
