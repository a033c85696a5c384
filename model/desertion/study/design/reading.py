"""Reading a study: from a TOML file or a caller's tables to a resolved spec, refusing whatever it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from pydantic import Field, field_validator

from desertion.errors import InputError, refuse_unknown, shortened
from desertion.files import is_file
from desertion.parameters.field import HORIZON, Frozen
from desertion.reading import flattened, toml
from desertion.scenario.complaints import build
from desertion.scenario.documents import beside, setting_beside
from desertion.simulation.population.protocol import POPULATIONS
from desertion.study.design.factors import FORMS, Words, factor, flat_values, repeated
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import MODEL_TASK, RunRule, StudySpec

OF_THE_TABLE = ("policies", "dummy", "design", "replicate", "status", "seconds")
"""Columns of the table of runs, whose names no parameter and no measure of the caller's own may have."""


def _once[T: Sequence[str]](names: T) -> T:
    """Names of which none may stand twice."""
    if (twice := repeated(names)) is not None:
        raise ValueError(f"names {twice!r} twice: name it once")
    return names


class Keep(Frozen):
    """What is kept of each run.

    Attributes:
        measures: Scalar measures, empty for all.
        daily: Daily columns, kept as curves.
    """

    measures: Words = ()
    daily: Words = ("left", "strength")

    @field_validator("measures", "daily")
    @classmethod
    def _check_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _once(names)


class StudyDocument(Frozen):
    """A study as its file states it; the fields are those of `StudySpec`, sections are tables.

    Attributes:
        title: What the study is called.
        question: The question that it answers, in a sentence or two.
        scenario: Name or path of the scenario.
        scale: Share of real size, the scenario's own if left out.
        days: Horizon, the scenario's own if left out.
        population: Form of the model: compiled (fast) or mesa (readable); both give the same bits.
        seed: Where the chance of all runs comes from.
        task: What a run is: `model`, or the dotted path of a function.
        set: Inputs that all runs share, by dotted key.
        vary: Inputs that are varied.
        policies: Policy mixes by label.
        design: How points are laid out.
        keep: What is kept of each run.
        replicates: How many runs a point gets.
        run: What changes no result.
    """

    title: str | None = None
    question: str = ""
    scenario: str = "toy"
    scale: float | None = Field(default=None, gt=0.0, le=1.0, strict=True)
    days: int | None = Field(default=None, ge=1, le=HORIZON, strict=True)
    population: str = POPULATIONS[0]
    seed: int = Field(default=1, ge=0, lt=2**63)
    task: str = MODEL_TASK
    set: dict[str, Any] = Field(default_factory=dict)
    vary: dict[str, Any] = Field(default_factory=dict)
    policies: dict[str, Words] = Field(default={"none": ()}, min_length=1)
    design: DesignRule = DesignRule()
    keep: Keep = Keep()
    replicates: ReplicateRule = ReplicateRule(number=1)
    run: RunRule = RunRule()

    @field_validator("population")
    @classmethod
    def _check_population(cls, name: str) -> str:
        refuse_unknown("population", name, POPULATIONS)
        return name

    @field_validator("set")
    @classmethod
    def _flatten(cls, table: dict[str, Any]) -> dict[str, Any]:
        return flat_values(table)

    @field_validator("policies", mode="before")
    @classmethod
    def _label(cls, mixes: Any) -> Any:
        """Policy mixes by label, from a table of lists, a list of names or a list of lists."""
        if isinstance(mixes, Mapping):
            return {label: _parts(mix) for label, mix in cast(Mapping[str, Any], mixes).items()}
        if not isinstance(mixes, Sequence) or isinstance(mixes, str):
            raise ValueError(f"must be a list of policies or a table of lists, got {shortened(mixes)}")
        listed = [_parts(mix) for mix in cast(Sequence[Any], mixes)]
        if not all(isinstance(mix, Sequence) and all(isinstance(name, str) for name in mix) for mix in listed):
            raise ValueError(f"must hold names or lists of names, got {shortened(mixes)}")
        return dict(zip(_once([" + ".join(mix) or "status-quo" for mix in listed]), listed, strict=True))

    @field_validator("policies")
    @classmethod
    def _check_labels(cls, mixes: dict[str, Any]) -> dict[str, Any]:
        if not all(label.strip() for label in mixes):
            raise ValueError("has a mix without a label: give each one, as in open = ['fast-track']")
        return mixes


def read_spec(path: Path) -> StudySpec:
    """The study of a file.

    Raises:
        InputError: If the file is missing, no TOML, or does not describe a study.
    """
    if not is_file(path):
        raise InputError(f"{path} does not exist: give the path of a study file, see `desertion list studies`")
    return spec_from(toml(path), path.stem, str(path.name), path.parent)


def spec_from(table: Mapping[str, Any], name: str, where: str, folder: Path | None = None) -> StudySpec:
    """The study that nested tables state, as a study file or a caller lays them out.

    Args:
        table: The fields of `StudyDocument`.
        name: Short name of the study.
        where: What to call the study in an error.
        folder: Folder of the file; scenario, policies and ties that lie in it are taken from there.

    Raises:
        InputError: If a key is unknown or a value is out of its range.
    """
    document = build(StudyDocument, table, where=where)
    spec = StudySpec(
        name=name,
        title=name if document.title is None else document.title,
        question=document.question,
        task=document.task,
        scenario=beside(folder, document.scenario),
        scale=document.scale,
        days=document.days,
        population=document.population,
        seed=document.seed,
        settings=tuple(sorted((key, setting_beside(folder, key, value)) for key, value in document.set.items())),
        policies=tuple(
            (label, tuple(beside(folder, name) for name in mix if name != "none"))
            for label, mix in document.policies.items()
        ),
        factors=tuple(
            replace(each, values=tuple(setting_beside(folder, each.name, value) for value in each.values))
            for each in (
                factor(key, values, where) for key, values in flattened(document.vary, (*FORMS, "steps", "log")).items()
            )
        ),
        design=document.design,
        replicates=document.replicates,
        measures=document.keep.measures,
        daily=document.keep.daily,
        run=document.run,
    )
    _check_whole(spec, where)
    return spec


def changed(
    spec: StudySpec,
    *,
    runs: int | None = None,
    scale: float | None = None,
    days: int | None = None,
    seed: int | None = None,
    population: str | None = None,
    on_error: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> StudySpec:
    """A study with some of its entries replaced, checked anew; None leaves an entry as it is.

    Raises:
        InputError: If a value is out of its range.
    """
    stated = {"replicates": runs, "scale": scale, "days": days, "seed": seed, "population": population}
    entries: dict[str, Any] = {key: value for key, value in stated.items() if value is not None}
    rule = {"on_error": on_error} if on_error else {}
    document = build(StudyDocument, {**entries, "run": rule, "set": dict(settings or {})}, where=spec.name)
    other = replace(
        spec,
        **{key: getattr(document, key) for key in entries},
        run=spec.run.model_copy(update=rule),
        settings=tuple(sorted({**dict(spec.settings), **document.set}.items())),
    )
    _check_whole(other, spec.name)
    return other


def _check_whole(spec: StudySpec, where: str) -> None:
    names = [factor.name for factor in spec.factors]
    for name in names:
        if name in dict(spec.settings):
            raise InputError(f"{where}: {name} stands under both [set] and [vary]: keep one of them")
        if name in ("policy", "policies"):
            said = 'mixes of policies stand under [policies], each with a label, as open = ["fast-track"]'
            raise InputError(f"{where}: vary.{name}: {said}")
        if name in OF_THE_TABLE:
            raise InputError(f"{where}: vary.{name} uses a name that the table of runs needs: rename it")
    if spec.design.kind == "list" and names:
        raise InputError(f"{where}: a list design takes its points from design.rows, so [vary] must be empty")
    for row in spec.design.rows:
        label = dict(row).get("policies", spec.policies[0][0])
        if label not in dict(spec.policies):
            raise InputError(f"{where}: design.rows names the policy mix {label!r}, which [policies] does not define")


def _parts(mix: Any) -> Any:
    """The policies of a mix, names joined by "+" taken apart, as a comparison takes them; a path is left whole."""
    if isinstance(mix, str):
        is_path = any(sign in mix for sign in "/\\") or mix.endswith(".toml")
        return [mix] if is_path else [name.strip() for name in mix.split("+")]
    if not isinstance(mix, Sequence):
        return mix
    names = cast(Sequence[Any], mix)
    return [part for name in names for part in _parts(name)] if all(isinstance(n, str) for n in names) else mix
