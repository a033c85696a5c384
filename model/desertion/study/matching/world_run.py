"""The task behind a match: all runs of one world, and the number that they give for each target."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.errors import refuse_unknown
from desertion.files import shipped_folder
from desertion.rules.draws import replicate_seed
from desertion.scenario import Scenario
from desertion.scenario.grain import floor_note
from desertion.study.design.aspects import check_world, in_world
from desertion.study.design.documents import policies_at, scenario_at
from desertion.study.design.edition import kept
from desertion.study.design.factors import Point
from desertion.study.history.patterns import Setup
from desertion.study.matching.aims import Aim, aims_of, own_effect
from desertion.study.matching.document import Design
from desertion.study.run.sources import documents
from desertion.study.run.task import Outcome, measure_names

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

WORLD = "world"
"""Name of the column of a design point that numbers the world; the others are inputs."""
_WORLDS_APART = 1000
"""Replicates that a world may have before it shares its chance with the next."""


def run_world(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Run the cases of one world, cheap ones first as they stand in the design, and count.

    Args:
        spec: settings `match` (the design as JSON), `early_stop`, `world` (a number), and a value for every input.
        replicate: number of the replicate; each world and replicate has people and fates of its own.
        seed: seed of the study.
    """
    design, aims = _read(spec["settings"]["match"])
    world = world_of(spec["settings"])
    chance = replicate_seed(seed, int(spec["settings"][WORLD]) * _WORLDS_APART + replicate)
    models: dict[str, DesertionModel] = {}
    numbers: dict[str, float] = {}
    for case in _needed(design, aims):
        models[case] = _model(design.cases[case], world, spec.get("documents", {}), chance)
        for aim in aims:
            if not set(aim.columns) <= set(numbers) and set(aim.cases) <= set(models):
                numbers |= aim.counted(models)
        if spec["settings"].get("early_stop") and hopeless(design, aims, numbers):
            break
    return Outcome(numbers, np.empty((0, 0), np.float32), ())


def hopeless(design: Design, aims: tuple[Aim, ...], numbers: Mapping[str, float]) -> bool:
    """Whether two targets are missed even with doubled discrepancy: then leaving out one of them saves hardly a world.

    Of the chance of the one run that of a count of so few persons is allowed for, and half a person where there is none. A quotient of all runs together is
    not judged by one of them.
    """
    missed = 0
    for aim in aims:
        if aim.fit and aim.name in numbers:
            few = 1.0 / max(numbers.get(aim.grain, np.inf), 0.5) if aim.log else 0.0
            center = aim.on_scale(np.array([numbers[aim.name]]))
            missed += bool(aim.implausibility(center, few, 2.0)[0] >= design.cutoff)
    return missed >= 2


def scenario_in(case: Setup, world: Point, held: Mapping[str, str]) -> Scenario:
    """The scenario of a case in a world: the world's values, then the horizon, settings and policies of the case.

    Contagion gets its strength over the scenario's own horizon, so that a longer run is one of the same world.
    """
    dressed = in_world(_plain(case, held), world)
    own = {**case.settings, **({} if case.days is None else {"days": case.days})}
    changed = dressed.with_(own) if own else dressed
    return Scenario.load(changed, policies=policies_at(case.policies, held))


def floors(design: Design, aims: tuple[Aim, ...], held: Mapping[str, str]) -> dict[str, str]:
    """The sentence that marks results of worlds below the floor of scale, by those cases for which there is one."""
    notes = {name: floor_note(_plain(design.cases[name], held)) for name in _needed(design, aims)}
    return {name: note for name, note in notes.items() if note}


def task_check(spec: Mapping[str, Any]) -> None:
    """Refuse what no world could run before anything does, see `check_world`, and a measure that no scenario has."""
    design, aims = _read(spec["settings"]["match"])
    held = spec.get("documents", {})
    for name in _needed(design, aims):
        case = design.cases[name]
        world, plain = world_of(spec["settings"]), _plain(case, held)
        check_world(design.factors, world, plain, lambda own, case=case: scenario_in(case, own, held))
    for name, own in design.target.items():
        for case, measure in own_effect(name, own, design).terms:
            scenario = design.cases[case].scenario
            known = measure_names(scenario, held.get(f"scenarios/{scenario}"))
            refuse_unknown("measure", measure, known, where=f"target {name}")


def task_fingerprint(spec: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of the targets, and of the scenarios and policies of all cases."""
    design, aims = _read(spec["settings"]["match"])
    path = shipped_folder("seeds") / "targets.toml"
    found = {"targets": hashlib.sha256(path.read_bytes()).hexdigest()} if design.targets else {}
    for name in _needed(design, aims):
        case = design.cases[name]
        found |= documents(case.scenario, case.policies, None, spec.get("documents", {}))
    return found


def _model(case: Setup, world: Point, held: Mapping[str, str], chance: int) -> DesertionModel:
    from desertion.simulation.model import DesertionModel

    return DesertionModel(scenario_in(case, world, held), rng=chance).run()


def _needed(design: Design, aims: tuple[Aim, ...]) -> list[str]:
    read = {case for aim in aims for case in aim.cases}
    return [case for case in design.cases if case in read]


def world_of(settings: Mapping[str, Any]) -> Point:
    """The world of a design point, or of the settings of a run: the values of its inputs."""
    return {key: value for key, value in settings.items() if key not in ("match", "early_stop", WORLD)}


@kept(4)
def _read(text: str) -> tuple[Design, tuple[Aim, ...]]:
    design = Design.model_validate(json.loads(text))
    return design, aims_of(design)


def _plain(case: Setup, held: Mapping[str, str]) -> Scenario:
    return _loaded(case.scenario, case.scale, held.get(f"scenarios/{case.scenario}"))


@kept(16)
def _loaded(name: str, scale: float | None, text: str | None) -> Scenario:
    held = {} if text is None else {f"scenarios/{name}": text}
    return Scenario.load(scenario_at(name, held), scale=scale)
