"""One call that runs several policies on the same people and fates and hands back the comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from desertion.errors import InputError, input_error
from desertion.files import PassingFolder
from desertion.parameters.arguments import COUNT, DAYS, SCALE, SEED, WORKERS, ruled
from desertion.reading import setting_text
from desertion.scenario import Policy, Scenario
from desertion.scenario.documents import AS_IT_IS, JOIN
from desertion.scenario.loading import listed
from desertion.simulation.population.protocol import check_population
from desertion.study.comparison.comparison import Comparison
from desertion.study.comparison.runs import label_of
from desertion.study.design.documents import refuse_two_of_a_name, with_policy, with_scenario
from desertion.study.design.factors import Value, flat_values
from desertion.study.design.layout import DesignRule
from desertion.study.design.own import Measurement, Own, own_of
from desertion.study.design.point import scenario_of
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.rows import LABEL, POLICIES, Points, mixes_of, rows_of
from desertion.study.design.spec import RESERVED, StudySpec
from desertion.study.run.described import with_own
from desertion.study.run.options import RunOptions, options_of
from desertion.study.run.sweep import run_study

type Mix = str | Path | Policy | Sequence[str | Path | Policy]
"""One policy, or several that are laid over the scenario together."""

USUAL = (
    "case-by-case",
    "closed-borders",
    "visa-free-neighbours",
    "transit-corridor",
    "fast-track",
    "fast-track+information-campaign",
    "coalition",
    "skilled-visas",
    "exit-ban",
)
"""Policies that are compared where none are named."""

TASK = "comparison"


@ruled(workers=WORKERS)
def compare(
    scenario: str | Path | Scenario = "russia-2022",
    policies: Mix | Sequence[Mix] | None = None,
    *,
    points: Points | None = None,
    runs: int = 20,
    seed: int = 1,
    scale: float | None = None,
    days: int | None = None,
    settings: Mapping[str, object] | None = None,
    population: str = "compiled",
    measures: Mapping[str, Measurement] | None = None,
    soldier: type | None = None,
    reservist: type | None = None,
    civilian: type | None = None,
    workers: int = 0,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    quiet: bool = False,
) -> Comparison:
    """The comparison of a scenario under several policies, run on common random numbers.

    Args:
        scenario: A scenario, or its name or path.
        policies: Policies to compare, each a name, a path, names joined by "+", a `Policy`, or a list of these; "none" is
            the scenario as it is. The first is the baseline; a single one is compared with the scenario as it is. The
            shipped asylum policies if not given.
        points: What to compare in place of `policies`: a data frame, the path of a CSV file or a list of tables, a row an
            arm, the first the baseline. Columns, and levels of an index that have a name, are inputs by dotted key,
            `policies` (joined by "+") and `label`.
        runs: Replicates a policy. The same replicate means the same people and fates under every policy.
        seed: Where all chance comes from.
        scale: Share of the real size, in (0, 1], if not the scenario's own.
        days: Horizon, if not the scenario's own.
        settings: Inputs that all runs share, by dotted key.
        population: "compiled" or "mesa"; both give the same bits. Own classes run in "mesa" whatever it says.
        measures: Measures of your own beside the shipped outcomes, `{"name": function}`, each a function of a
            `DesertionModel` that has run, which gives a number. They stand in `summary` and `paired` under the force "all".
        soldier: Own class of soldiers, made from `Soldier`; it may be defined in a notebook.
        reservist: Own class of reservists, likewise.
        civilian: Own class of civilians, likewise.
        workers: Processes side by side, 0 for one a core.
        out: File that the runs go to; an existing one is resumed. By default a temporary one.
        options: With what to run, for clusters and the like.
        quiet: Whether to show no progress.

    Returns:
        The comparison with its tables. Persons, spells and cases are at real size.

    Raises:
        InputError: If the scenario, a policy or a setting is wrong, or the file belongs to another study.
        StudyFailedError: If under some policy no run could be finished.
    """
    own = own_of({"soldier": soldier, "reservist": reservist, "civilian": civilian}, measures)
    spec = spec_of(
        scenario, policies, points=points, runs=runs, seed=seed, scale=scale, days=days, settings=settings,
        population=population, own=own,
    )  # fmt: skip
    keep = PassingFolder() if out is None else None
    path = keep.path / "study.sqlite" if keep is not None else Path(str(out))
    run_study(spec, path, options_of(options, workers, quiet))
    return Comparison(path, keep=keep)


@ruled(runs=COUNT, seed=SEED, days=DAYS, scale=SCALE)
def spec_of(
    scenario: str | Path | Scenario,
    policies: Mix | Sequence[Mix] | None = None,
    *,
    points: Points | None = None,
    runs: int,
    seed: int = 1,
    scale: float | None = None,
    days: int | None = None,
    settings: Mapping[str, object] | None = None,
    population: str = "compiled",
    own: Own | None = None,
) -> StudySpec:
    """The study that a comparison runs; arguments as for `compare`, `own` the caller's classes and measures.

    Raises:
        InputError: If a number is out of range or a policy is named twice.
    """
    if points is not None and policies is not None:
        raise InputError(
            "compare takes policies or points of your own, not both: name policies in a column of the points"
        )
    check_population(population)
    name, documents = with_scenario(scenario)
    mixes = () if points is not None else arms(USUAL if policies is None else policies, documents)
    spec = StudySpec(
        name="comparison",
        title=f"compare {name}",
        question="Which asylum policies make more people leave the army, by which way, and at what price?",
        task=TASK,
        scenario=name,
        scale=scale,
        days=days,
        population=population,
        seed=seed,
        settings=tuple(flat_values(settings or {}).items()),
        policies=mixes,
        replicates=ReplicateRule(number=runs),
        documents=tuple(documents.items()),
    )
    return with_own(spec if points is None else _of_points(spec, points), own)


def _of_points(spec: StudySpec, points: Points) -> StudySpec:
    """A comparison whose arms are rows: each has a label, its policies, and inputs of its own."""
    rows = rows_of(points)
    mixes = mixes_of(rows)
    policies: dict[str, tuple[str, ...]] = {}
    own: list[tuple[tuple[str, Value], ...]] = []
    for row in rows:
        for name in (*RESERVED, "graph"):
            if name in row:
                raise input_error(
                    f"points.{name}", row[name], "is the same for all arms", way_out=f"give it as {name}="
                )
        mix = str(row.pop(POLICIES, AS_IT_IS))
        stated = ", ".join(f"{key}={setting_text(value)}" for key, value in row.items() if key != LABEL)
        label = (
            str(row.pop(LABEL, ""))
            or ", ".join(part for part in (mix, stated) if part and part != AS_IT_IS)
            or AS_IT_IS
        )
        if label in policies:
            raise InputError(f"points name the arm {label!r} twice: give each row a label of its own")
        policies[label] = mixes.get(mix, ())
        own.append(((POLICIES, label), *row.items()))
    if len(policies) < 2:
        raise InputError("compare needs two rows at least: the first is the baseline of the others")
    design = DesignRule(kind="list", rows=tuple(own))
    spec = replace(spec, policies=tuple(policies.items()), design=design)
    _refuse_other_people(spec)
    return spec


def _refuse_other_people(spec: StudySpec) -> None:
    """Refuse arms of other sizes: person by person nothing could be compared, and a difference would not be the policy's."""
    sizes: dict[str, str] = {}
    for point in spec.points():
        forces = scenario_of(spec.task_of(point)).sized().forces
        people = [
            f"{force.soldiers:,} soldiers, {force.reservists:,} reservists and {force.civilians:,} civilians of {force.name}"
            for force in forces
        ]
        sizes[str(point[POLICIES])] = "; ".join(people)
    baseline, *others = sizes
    other = next((label for label in others if sizes[label] != sizes[baseline]), None)
    if other is not None:
        raise InputError(
            f"points: the arm {other!r} has {sizes[other]}, and {baseline!r} {sizes[baseline]}: all arms of a comparison have the same people; "
            "vary sizes with `desertion sweep`"
        )


def arms(
    policies: Mix | Sequence[Mix], documents: dict[str, str] | None = None
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Policy mixes by label, in order; a single mix gets the scenario as it is for a baseline.

    Args:
        policies: As for `compare`.
        documents: Where policies that stand in no file are put.

    Raises:
        InputError: If there is none, one is named twice, or two that differ have one name.
    """
    documents = {} if documents is None else documents
    refuse_two_of_a_name(policies)
    named: Any = listed(policies)
    if isinstance(named, Mapping) or not isinstance(named, Sequence):
        raise input_error("policies", policies, "must be a list of policies or of lists of them")
    mixes = [_mix(each, documents) for each in cast(Sequence[Mix], named)]
    labelled = [(label_of(mix), mix) for mix in mixes]
    for label, mix in labelled:
        if mix and label == AS_IT_IS:
            rule = f"would be called {AS_IT_IS!r}, which stands for the scenario as it is"
            raise input_error("policies", mix[0], rule, way_out="give the file another name")
    if len(labelled) == 1 and labelled[0][0] != AS_IT_IS:
        labelled.insert(0, (AS_IT_IS, ()))
    if len(labelled) < 2:
        raise InputError(
            "compare needs a policy to compare with: name at least one, in Python policies=[...], at the command line --policy"
        )
    labels = [label for label, _ in labelled]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"policy {twice!r} is named twice: name each mix once")
    return tuple(labelled)


def _mix(policy: Mix, documents: dict[str, str]) -> tuple[str, ...]:
    """The names of one mix's policies, those that stand in no file put among the documents."""
    if isinstance(policy, str):
        policy = policy.split(JOIN)
    parts: list[str] = []
    held = listed(policy)
    for each in held if isinstance(held, Sequence) else [held]:
        name, more = with_policy(each)
        documents.update(more)
        parts.append(name.strip())
    return tuple(part for part in parts if part not in ("", AS_IT_IS))
