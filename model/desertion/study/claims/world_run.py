"""The task behind the claims: one arm in one world, with the measures that the claims read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.rules.draws import replicate_seed
from desertion.study.claims.document import Arm, Claims, load, shipped
from desertion.study.claims.measures import extra_measures
from desertion.study.claims.spread import Spread, settings_for
from desertion.study.claims.worlds import worlds
from desertion.study.design.factors import Point, Value
from desertion.study.run.sources import documents
from desertion.study.run.task import Outcome

if TYPE_CHECKING:
    from desertion.scenario import Scenario

ASPECTS = ("form", "reproduction", "half_life", "local", "reception", "baseline", "casualties", "police", "call_up")
"""Names of a world that are not settings themselves but are turned into some."""


def run_claim_arm(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Run one arm in one world.

    Args:
        spec: settings `claims`, `worlds`, `worlds_seed`, `world`, `arm` and `scale` (a factor on the arms' own).
        replicate: number of the replicate; the same for all arms, so that they are paired.
        seed: seed of the study.
    """
    from desertion.simulation.model import DesertionModel

    settings = spec["settings"]
    scenario = scenario_of(settings)
    # Worlds differ in their people too: a replicate is paired between arms, not between worlds.
    model = DesertionModel(scenario, rng=replicate_seed(seed, int(settings["world"]) * 1000 + replicate))
    model.run()
    measured = model.measures()
    scalars = {**measured, **extra_measures(model, measured)}
    return Outcome(scalars, np.empty((0, 0), np.float32), ())


def task_check(spec: Mapping[str, Any]) -> None:
    """Put a scenario together before anything runs, so that a misspelt key or an impossible size is found at once."""
    scenario_of(spec["settings"]).sized()


def task_fingerprint(spec: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of the claims file, and of the scenario and the policies of the arm."""
    settings = spec["settings"]
    path = Path(str(settings["claims"] or shipped()))
    arm = load(path).arms[str(settings["arm"])]
    read = documents(arm.scenario, arm.policies)
    return {"claims": hashlib.sha256(path.read_bytes()).hexdigest(), **read}


def scenario_of(settings: Mapping[str, Any]) -> Scenario:
    """The scenario of an arm in a world."""
    claims, points = _worlds(str(settings["claims"]), int(settings["worlds"]), int(settings["worlds_seed"]))
    arm = claims.arms[str(settings["arm"])]
    return dressed(arm, points[int(settings["world"])], claims.world.days, float(settings["scale"]))


def dressed(arm: Arm, world: Point, days: int | None, scale: float) -> Scenario:
    """An arm's scenario with a world's values, then the arm's settings, then its policies.

    Args:
        arm: the arm.
        world: a value for every factor.
        days: horizon, or the scenario's own.
        scale: factor on the arm's scale.
    """
    forces = {key: value for key, value in arm.settings.items() if key.startswith("forces.")}
    rest = {key: value for key, value in arm.settings.items() if key not in forces}
    base = _in_world(arm.scenario, (arm.scale or 1.0) * scale, days, tuple(world.items()), json.dumps(forces))
    changed = base.with_(rest) if rest else base
    return changed.with_policies(arm.policies) if arm.policies else changed


@lru_cache(maxsize=16)
def _in_world(name: str, scale: float, days: int | None, world: tuple[tuple[str, Value], ...], forces: str) -> Scenario:
    """A scenario with a world's values and an arm's settings of forces; arms of one world share it."""
    plain, values = _loaded(name, scale, days), dict(world)
    settings: dict[str, Any] = {key: value for key, value in values.items() if key not in ASPECTS}
    settings |= {**_rates(plain, values), **_call_up(plain, values), **json.loads(forces)}
    base = plain.with_(settings)
    return base.with_(settings_for(base, _spread(values))) if "form" in values else base


def _spread(world: Point) -> Spread:
    return Spread(
        form=str(world["form"]),
        reproduction=float(world["reproduction"]),
        half_life=float(world["half_life"]),
        local=float(world["local"]),
        reception=float(world["reception"]),
    )


def _rates(scenario: Scenario, world: Point) -> dict[str, float]:
    """Baseline rates, casualties and police of all forces, each times its factor."""
    rates: dict[str, float] = {}
    for force in scenario.forces:
        names = [name for name in type(force).model_fields if name.startswith("base_")]
        factors = {**dict.fromkeys(names, "baseline"), "casualty_rate": "casualties", "police": "police"}
        for name, aspect in factors.items():
            if aspect in world:
                rates[f"forces.{force.name}.{name}"] = getattr(force, name) * float(world[aspect])
    return rates


def _call_up(scenario: Scenario, world: Point) -> dict[str, Any]:
    if "call_up" not in world:
        return {}
    return {
        f"forces.{force.name}.waves": [wave.model_dump() | {"form": world["call_up"]} for wave in force.waves]
        for force in scenario.forces
        if force.waves
    }


@lru_cache(maxsize=4)
def _worlds(path: str, count: int, seed: int) -> tuple[Claims, tuple[Point, ...]]:
    claims = load(Path(path) if path else None)
    return claims, worlds(claims.factors, count, seed)


@lru_cache(maxsize=16)
def _loaded(name: str, scale: float, days: int | None) -> Scenario:
    from desertion.scenario import Scenario

    return Scenario.load(name, scale=scale, days=days)
