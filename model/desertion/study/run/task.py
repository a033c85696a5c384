"""What one run of a study does and gives back, and the registry of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.scenario import Scenario
from desertion.study.design.documents import scenario_at
from desertion.study.design.edition import kept
from desertion.study.design.own import measured, unpacked
from desertion.study.design.point import scenario_of
from desertion.study.run.sources import documents, model_code, task_code

if TYPE_CHECKING:
    import pandas as pd

    from desertion.simulation.model import DesertionModel
    from desertion.simulation.society.society import Society

type Task = Callable[[Mapping[str, Any], int, int], "Outcome"]
"""A module-level function of (what to run, replicate, seed of the study)."""

TASKS = {
    "model": "desertion.study.run.task.run_task",
    "comparison": "desertion.study.comparison.arm.run_arm",
    "claims": "desertion.study.claims.world_run.run_claim_arm",
    "match": "desertion.study.matching.world_run.run_world",
}
"""The shipped tasks by the names that files store; a task of a user's own is named by its dotted path."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of one run.

    Attributes:
        scalars: Measures by name; NaN where a measure has no value.
        curve: (days + 1, columns) : the daily columns kept, summed over forces; row 0 is the start. May be empty.
        columns: Names of the curve's columns.
        extras: Whatever else the task wants kept, packed by itself.
    """

    scalars: dict[str, float]
    curve: NDArray[np.float32]
    columns: tuple[str, ...]
    extras: bytes = b""


def path_of(name: str) -> str:
    """Dotted path of a task that is given by its name or by its path."""
    return TASKS.get(name, name)


def task(name: str) -> Task:
    """The function behind a task's name or dotted path.

    Raises:
        InputError: If there is no such module or function.
    """
    path = path_of(name)
    module, _, function = path.rpartition(".")
    try:
        return cast(Task, getattr(import_module(module), function))
    except (ImportError, AttributeError, ValueError) as problem:
        raise InputError(
            f"task = {name!r} cannot be found ({problem}): name one of {', '.join(TASKS)}, or give the dotted path of a "
            f"function that Python can import"
        ) from problem


def hook(name: str, what: str) -> Callable[..., Any] | None:
    """A function beside a task, if its module has it: `task_check`, `task_prepare` or `task_fingerprint`.

    Args:
        name: The task.
        what: Name of the function, each of which takes what the task is told.
    """
    task(name)
    return getattr(import_module(path_of(name).rpartition(".")[0]), what, None)


def fingerprint(name: str, specs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What a task's results hang on beyond the study's own description: documents and code, as hashes by name.

    Args:
        name: The task.
        specs: What the design points tell it; it is asked once for equal words.
    """
    hashes = code_of(name)
    asked: set[object] = set()
    for spec in specs:
        words = words_of(spec)
        if words not in asked:
            asked.add(words)
            hashes |= documents_of(name, spec)
    return hashes


def code_of(name: str) -> dict[str, str]:
    """Hashes of the model's code and of a task's, by name."""
    return {**model_code(), **task_code(path_of(name).rpartition(".")[0])}


def documents_of(name: str, spec: Mapping[str, Any]) -> dict[str, str]:
    """Hashes, by name, of the documents that a run of a task reads; its module may define `task_fingerprint(spec)`."""
    return (hook(name, "task_fingerprint") or _documents_if_any)(spec)


def words_of(spec: Mapping[str, Any]) -> tuple[object, ...]:
    """The words of what a task is told, which alone can name documents."""
    words = tuple((key, value) for key, value in spec["settings"].items() if isinstance(value, str))
    return spec["scenario"], tuple(spec["policies"]), words


def _documents_if_any(spec: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of the documents that a task may read which does not say what it reads."""
    try:
        return task_fingerprint(spec)
    except InputError:
        return {}


_MOST_KEPT = 2_000_000  # persons: beside a run of more, a second copy of them could be what no longer fits


def run_task(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Run the model once.

    Args:
        spec: scenario, policies, scale, days, population, settings, measures and daily, as
            `desertion.study.design.spec.StudySpec.task_of` lays them out.
        replicate: Number of the replicate; the same number means the same people and fates under every policy.
        seed: Seed of the study.

    Raises:
        InputError: If the scenario refuses a setting, or a measure or column does not exist.
    """
    model = model_of(spec, replicate, seed)
    model.run()
    scalars = _chosen(model.measures(), spec["measures"]) | own_measures(spec, model, replicate)
    curve, columns = _curve(model.daily, tuple(spec["daily"]))
    return Outcome(scalars, curve, columns)


class _Memory:
    """The people of the last run in this process: runs of one replicate come one after the other, and policies change no people."""

    society: Society | None = None


def model_of(spec: Mapping[str, Any], replicate: int, seed: int) -> DesertionModel:
    """The model of a run, ready to run."""
    from desertion.rules.draws import replicate_seed

    classes: dict[str, Any] = unpacked(spec["own"])[0] if "own" in spec else {}
    return peopled(scenario_of(spec), replicate_seed(seed, replicate), population=spec["population"], **classes)


def peopled(scenario: Scenario, seed: int, *, population: str = "compiled", **classes: Any) -> DesertionModel:
    """A model on the people of the run before where building them anew would give the same.

    Args:
        scenario: what is run.
        seed: of people and fates.
        population: its form.
        **classes: own classes of people.
    """
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.society.society import Society

    sized, has_clocks, society = scenario.sized(), population == "compiled", _Memory.society
    if society is None or not society.fits(sized, seed, has_clocks=has_clocks):
        _Memory.society = society = None  # two societies at a time would take their memory twice
        if sized.people <= _MOST_KEPT:
            _Memory.society = society = Society(sized, seed, has_clocks=has_clocks)
    return DesertionModel(scenario, rng=seed, population=population, society=society, **classes)


def own_measures(spec: Mapping[str, Any], model: DesertionModel, replicate: int) -> dict[str, float]:
    """What the caller's own measures give of a model that has run; nothing where there are none.

    Raises:
        InputError: If one of them fails, gives no number, or has the name of a shipped one.
    """
    refuse_taken(spec, model.measures())
    return measured(spec["own"], model, replicate) if "own" in spec else {}


def refuse_taken(spec: Mapping[str, Any], shipped: Iterable[str]) -> None:
    """Refuse own measures that have the name of a shipped one: two numbers under one name could not be told apart."""
    own = unpacked(spec["own"])[1] if "own" in spec else {}
    for name in own.keys() & set(shipped):
        raise input_error("measures", name, "is the name of a shipped measure", way_out="give it another name")


def task_check(spec: Mapping[str, Any]) -> None:
    """Refuse a design point whose scenario, scale, measures or daily columns cannot be had, before anything runs."""
    from desertion.simulation.record.tables import DAILY_COLUMNS

    scenario_of(spec).sized()
    _refuse_unknown("daily column", spec["daily"], DAILY_COLUMNS, "keep.daily")
    if spec["measures"] or "own" in spec:
        name = str(spec["scenario"])
        known = measure_names(name, spec.get("documents", {}).get(f"scenarios/{name}"))
        _refuse_unknown("measure", spec["measures"], known, "keep.measures")
        refuse_taken(spec, known)


@kept(16)
def measure_names(scenario: str, text: str | None) -> tuple[str, ...]:
    """Names of all measures of a scenario, by its name or in the text that the study holds, read off one day of the smallest world that it can be shrunk to."""
    from desertion.simulation.model import DesertionModel

    whole = Scenario.load(scenario_at(scenario, {} if text is None else {f"scenarios/{scenario}": text}))
    for scale in (whole.scale * 10.0**-power for power in range(6, -1, -1)):
        small = whole.with_({"scale": scale, "days": 1, "graph": None})
        try:
            small.sized()
        except InputError:
            continue
        model = DesertionModel(small, rng=1)
        model.run()
        return tuple(model.measures())
    raise InputError(f"scenario {scenario!r} cannot be run at its own scale")


def _refuse_unknown(kind: str, wanted: Iterable[str], known: Iterable[str], where: str) -> None:
    names = tuple(map(str, known))
    for name in wanted:
        refuse_unknown(kind, name, names, where=where)


def task_prepare(_spec: Mapping[str, Any]) -> None:
    """Compile the model if this machine has not done so yet, before several workers would each do it."""
    from desertion.simulation.first_run import compile_first_run

    compile_first_run()


def task_fingerprint(spec: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of the scenario before any point's changes, of the policies laid over it and of a graph."""
    graph = spec["settings"].get("graph")
    return documents(
        str(spec["scenario"]), spec["policies"], None if graph is None else str(graph), spec.get("documents", {})
    )


def _chosen(measures: Mapping[str, float], wanted: list[str]) -> dict[str, float]:
    _refuse_unknown("measure", wanted, measures, "keep.measures")
    return {name: float(measures[name]) for name in wanted or measures}


def _curve(daily: pd.DataFrame, wanted: tuple[str, ...]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Daily columns over all forces: counts and money added up, averaged what does not grow with the number of people."""
    from desertion.simulation.record.columns import DAILY, NONE

    _refuse_unknown("daily column", wanted, daily.columns, "keep.daily")
    if not wanted:
        return np.empty((0, 0), np.float32), ()
    forces = daily["force"].nunique()
    table = daily[list(wanted)].to_numpy(np.float64).reshape(-1, forces, len(wanted)).sum(axis=1)
    shares = [index for index, name in enumerate(wanted) if DAILY[name].size == NONE]
    table[:, shares] /= forces
    return table.astype(np.float32), wanted
