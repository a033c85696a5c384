"""The task behind the claims: one arm in one world, with the measures that the claims read."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from desertion.rules.draws import replicate_seed
from desertion.scenario import Scenario
from desertion.scenario.policy import Policy
from desertion.study.claims.document import Arm, Bound, Claims, load, shipped
from desertion.study.claims.measures import extra_measures
from desertion.study.claims.precision import mean_of
from desertion.study.claims.worlds import worlds
from desertion.study.design.aspects import check_world, in_world, of_scenario
from desertion.study.design.documents import as_stated
from desertion.study.design.edition import kept
from desertion.study.design.factors import Point, Value
from desertion.study.design.formula import Measures
from desertion.study.design.spec import canonical
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.run.sources import documents
from desertion.study.run.task import Outcome, peopled

RULED_OUT = "ruled_out"
"""The one measure of a run that was left out because history rules its world out."""


def run_claim_arm(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Run one arm in one world.

    Args:
        spec: settings `claims`, `worlds`, `worlds_seed`, `world`, `arm` and `scale` (a factor on the arms' own); `first`, the number of
            the first replicate (0 if not given); `only_allowed`, of how many runs the mean decides whether history rules a world out, which is then left out; `ensemble`, from which worlds are taken.
        replicate: number of the replicate; the same for all arms, so that they are paired.
        seed: seed of the study.
    """
    settings = spec["settings"]
    run, arm = ArmRun.of(settings, seed), str(settings["arm"])
    if settings.get("only_allowed") and ruled_out(run, arm, int(settings["only_allowed"])):
        scalars = {RULED_OUT: 1.0}
    else:
        scalars = dict(_measured(run, arm, int(settings.get("first", 0)) + replicate))
    return Outcome(scalars, np.empty((0, 0), np.float32), ())


class ArmRun(NamedTuple):
    """What decides the runs of a world but for the arm and the replicate."""

    claims: str
    worlds: int
    worlds_seed: int
    scale: float
    world: int
    seed: int
    ensemble: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any], seed: int = 0) -> Self:
        """What the settings of a run say."""
        kinds = {"claims": str, "worlds": int, "worlds_seed": int, "scale": float, "world": int}
        own: dict[str, Any] = {name: kind(settings[name]) for name, kind in kinds.items()}
        return cls(**own, seed=seed, ensemble=str(settings.get("ensemble", "")))

    @property
    def drawn(self) -> tuple[Claims, tuple[Point, ...]]:
        """The claims and all worlds."""
        return _worlds(self.claims, self.worlds, self.worlds_seed, self.ensemble)

    def scenario(self, arm: str) -> Scenario:
        """The scenario of an arm in the world."""
        claims, points = self.drawn
        return dressed(claims.arms[arm], points[self.world], claims.world.days, self.scale)


def ruled_out(run: ArmRun, arm: str, replicates: int) -> bool:
    """Whether a bound of history on the arm's scenario is broken in the mean of so many runs; never for arms that bounds read."""
    claims, _ = run.drawn
    bounds = claims.bounds_on(frozenset([claims.arms[arm].scenario]))
    if any(arm == read for bound in bounds for read, _ in bound.terms):
        return False
    return not all(
        bound.kept(
            {read: mean_of([_measured(run, read, number) for number in range(replicates)]) for read, _ in bound.terms}
        )
        for bound in bounds
    )


# The runs by which history is asked are not done again for the other arms of their world.
@kept(1024)
def _measured(run: ArmRun, arm: str, replicate: int) -> Measures:
    # Worlds differ in their people too: a replicate is paired between arms, not between worlds.
    model = peopled(run.scenario(arm), replicate_seed(run.seed, run.world * 1000 + replicate))
    model.run()
    measured = model.measures()
    return {**measured, **extra_measures(model, measured)}


def task_check(spec: Mapping[str, Any]) -> None:
    """Refuse what no world could run before anything does, see `check_world`."""
    run, name = ArmRun.of(spec["settings"]), str(spec["settings"]["arm"])
    claims, points = run.drawn
    arm = claims.arms[name]
    plain = _loaded(arm.scenario, arm.share * run.scale, claims.world.days)
    world = of_scenario(plain, points[run.world])
    check_world(claims.factors, world, plain, lambda own: dressed(arm, own, claims.world.days, run.scale))


def task_fingerprint(spec: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of what decides a run: the claims file and, of it, worlds, arm and, if history rules worlds out, bounds; scenario and policies."""
    settings = spec["settings"]
    (claims, _), name = ArmRun.of(settings).drawn, str(settings["arm"])
    arm = claims.arms[name]
    kept = {"ensemble": load_ensemble(str(settings["ensemble"])).digest} if settings.get("ensemble") else {}
    bounds = claims.bounds if settings.get("only_allowed") else ()
    # The whole file too, by which it is found again where it lies beside the runs.
    whole = {"claims": hashlib.sha256(Path(str(settings["claims"] or shipped())).read_bytes()).hexdigest()}
    return {**whole, **parts_of(claims, [name], bounds), **kept, **documents(arm.scenario, arm.policies)}


def parts_of(claims: Claims, arms: Iterable[str], bounds: Sequence[Bound] = ()) -> dict[str, str]:
    """Hashes, by name, of those parts of a claims file that decide runs; words, claims and their smallest effects do not."""
    held = [(bound.effect.text, bound.low, bound.high, bound.days, bound.margin) for bound in bounds]
    parts = {"claims: worlds": claims.world.model_dump(mode="json"), **({"claims: bounds": held} if held else {})}
    parts |= {f"claims: arm {name}": as_stated(claims.arms[name]) for name in arms}
    return {name: hashlib.sha256(canonical(part).encode()).hexdigest() for name, part in parts.items()}


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
    base = _in_world(arm.scenario, arm.share * scale, days, tuple(world.items()), json.dumps(forces))
    changed = base.with_(rest) if rest else base
    own = (Policy(name="own", title="The arm's own changes", change=arm.change),) if arm.change else ()
    laid = (*arm.policies, *own)
    return Scenario.load(changed, policies=laid)


@kept(16)
def _in_world(name: str, scale: float, days: int | None, world: tuple[tuple[str, Value], ...], forces: str) -> Scenario:
    """A scenario with a world's values and an arm's settings of forces; arms of one world share it."""
    plain = _loaded(name, scale, days)
    return in_world(plain, of_scenario(plain, dict(world)), json.loads(forces))


@kept(4)
def _worlds(path: str, count: int, seed: int, ensemble: str) -> tuple[Claims, tuple[Point, ...]]:
    claims = load(Path(path) if path else None)
    return claims, worlds(claims.factors, count, seed, ensemble)


@kept(16)
def _loaded(name: str, scale: float, days: int | None) -> Scenario:
    return Scenario.load(name, scale=scale, days=days)
