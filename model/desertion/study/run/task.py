"""What one run of a study does and gives back, and the registry of tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, unknown_name

if TYPE_CHECKING:
    import pandas as pd

from desertion.study.design.point import scenario_of

type Task = Callable[[Mapping[str, Any], int, int], "Outcome"]
"""A module-level function of (what to run, replicate, seed of the study)."""

# Their code cannot change a run's result.
_BESIDE_THE_MODEL = ("study", "figures", "app", "commands", "report", "cli.py", "files.py")

# Daily columns that are shares of something, so that adding them over forces would mean nothing.
_SHARES = ("legitimacy", "turnout", "war_index", "information", "collapsed", "fallen")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of one run.

    Args:
        scalars: Measures by name; NaN where a measure has no value.
        curve: (days + 1, columns) : the daily columns kept, summed over forces; row 0 is the start. May be empty.
        columns: Names of the curve's columns.
        extras: Whatever else the task wants kept, packed by itself.
    """

    scalars: dict[str, float]
    curve: NDArray[np.float32]
    columns: tuple[str, ...]
    extras: bytes = b""


def task(path: str) -> Task:
    """Find a task by its dotted path.

    Raises:
        InputError: If there is no such module or function.
    """
    module, _, name = path.rpartition(".")
    try:
        return cast(Task, getattr(import_module(module), name))
    except (ImportError, AttributeError, ValueError) as problem:
        raise InputError(f"task = {path!r} cannot be found: {problem}") from problem


def fingerprint(path: str, spec: Mapping[str, Any]) -> dict[str, str]:
    """What a task's results hang on beyond the study's own description, as hashes by name.

    Args:
        path: Dotted path of the task; its module may define ``task_fingerprint(spec)``.
        spec: What the first design point would be told.
    """
    task(path)
    own = getattr(import_module(path.rpartition(".")[0]), "task_fingerprint", None)
    return own(spec) if own is not None else {}


def run_task(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Run the model once.

    Args:
        spec: scenario, policies, scale, days, population, settings, measures and daily, as
            :meth:`desertion.study.design.spec.StudySpec.task_of` lays them out.
        replicate: Number of the replicate; the same number means the same people and fates under every policy.
        seed: Seed of the study.

    Raises:
        InputError: If the scenario refuses a setting, or a measure or column does not exist.
    """
    from desertion.rules.draws import replicate_seed
    from desertion.simulation.model import DesertionModel

    model = DesertionModel(scenario_of(spec), rng=replicate_seed(seed, replicate), population=spec["population"])
    model.run()
    scalars = _chosen(model.measures(), spec["measures"])
    curve, columns = _curve(model.daily, tuple(spec["daily"]))
    return Outcome(scalars, curve, columns)


def task_check(spec: Mapping[str, Any]) -> None:
    """Refuse a design point whose scenario cannot be had, before anything runs."""
    scenario_of(spec)


def task_prepare(_spec: Mapping[str, Any]) -> None:
    """Compile the model if this machine has not done so yet, before several workers would each do it."""
    from desertion.simulation.first_run import compile_first_run

    compile_first_run()


def task_fingerprint(spec: Mapping[str, Any]) -> dict[str, str]:
    """Hash of the scenario before any point's changes, and of the model's code."""
    bare = scenario_of({**spec, "settings": {}, "policies": []})
    return {"scenario": hashlib.sha256(bare.model_dump_json().encode()).hexdigest(), "code": model_code()}


def _chosen(measures: Mapping[str, float], wanted: list[str]) -> dict[str, float]:
    for name in wanted:
        if name not in measures:
            raise unknown_name("measure", name, measures, where="keep.measures")
    return {name: float(measures[name]) for name in wanted or measures}


def _curve(daily: pd.DataFrame, wanted: tuple[str, ...]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Daily columns over all forces: counts added up, shares averaged."""
    for name in wanted:
        if name not in daily.columns:
            raise unknown_name("daily column", name, map(str, daily.columns), where="keep.daily")
    if not wanted:
        return np.empty((0, 0), np.float32), ()
    forces = daily["force"].nunique()
    table = daily[list(wanted)].to_numpy(np.float64).reshape(-1, forces, len(wanted)).sum(axis=1)
    shares = [index for index, name in enumerate(wanted) if name in _SHARES]
    table[:, shares] /= forces
    return table.astype(np.float32), wanted


@lru_cache(maxsize=1)
def model_code() -> str:
    """Hash of the model's source files, without studies, figures, app and commands."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        inner = file.relative_to(root)
        if inner.parts[0] not in _BESIDE_THE_MODEL:
            digest.update(inner.as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
