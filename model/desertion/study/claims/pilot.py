"""A pilot: whether the arms are large enough for each claim, looked at in worlds that are not judged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from desertion.parameters.arguments import seed_after
from desertion.simulation.society.plan import front_of
from desertion.study.claims.document import Claim, Claims, load
from desertion.study.claims.files import runs_of
from desertion.study.claims.judging import FEWEST_EVENTS, allowed_worlds, gathered, pairs_by_world
from desertion.study.claims.plan import ClaimsPlan, refuse_unknown_measures, rows_spec
from desertion.study.claims.world_run import dressed
from desertion.study.run.sweep import RunOptions, run_study

WORLDS = 32
OTHER_WORLDS = 1000
"""What is added to the seed, so that no world of the pilot is judged."""

FEWEST_UNITS = 20
"""Companies in contact with the enemy that a claim on the army alone needs."""


def pilot(plan: ClaimsPlan, file: Path, options: RunOptions) -> pd.DataFrame:
    """One row a claim: what happens in its baseline arms, in `WORLDS` worlds beside those that are judged.

    Columns: id, scenario, scale, companies (in contact, in the smallest arm), worlds (that history allows), occurs (of these, with the
    event of a conditional claim), events (of the outcome, in the median world), enough.
    """
    refuse_unknown_measures(plan)
    claims = load(plan.path).chosen(plan.ids)
    small = replace(
        plan, count=WORLDS, seed=seed_after(plan.seed, OTHER_WORLDS), replicates=1, most=1, only_allowed=True
    )
    read = {arm for claim in claims.claims for arm in _baseline(claim)}
    read |= {arm for bound in claims.bounds for arm, _ in bound.terms}
    arms = [name for name in claims.arms if name in read]
    run_study(rows_spec(small, [(world, arm) for world in range(WORLDS) for arm in arms]), file, options)
    results = gathered(runs_of(file)[0])
    rows: list[dict[str, object]] = []
    for claim in claims.claims:
        pairs = pairs_by_world(_baseline(claim), WORLDS, results) if claim.events is not None else {}
        allowed = allowed_worlds(claims, claims.scenarios_of(claim), WORLDS, results)
        inside = [each[0] for world, each in pairs.items() if world in allowed]
        known = [] if claim.events is None else [claim.events(arms) for arms in inside]
        events = float(np.median(known)) if known else np.nan
        army_alone = claims.scenarios_of(claim) == frozenset(["front-2022"])
        units = min((companies(claims, arm, plan.scale) for arm, _ in claim.terms), default=0)
        scales = {claims.arms[arm].share for arm, _ in claim.terms}
        rows.append(
            {
                "id": claim.id,
                "scenario": " ".join(sorted(claims.scenarios_of(claim))),
                "scale": " ".join(f"{scale * plan.scale:g}" for scale in sorted(scales)),
                "companies": units,
                "worlds": len(inside),
                "occurs": len(inside) if claim.occurs is None else sum(claim.occurs(arms) > 0.0 for arms in inside),
                "events": events,
                "enough": events >= FEWEST_EVENTS and (units >= FEWEST_UNITS or not army_alone),
            }
        )
    return pd.DataFrame(rows)


def companies(claims: Claims, arm: str, scale: float) -> int:
    """Companies of the first force that stand in contact with the enemy, the world having the scenario's own values."""
    scenario = dressed(claims.arms[arm].model_copy(update={"policies": (), "change": ()}), {}, claims.world.days, scale)
    return front_of(scenario.sized().forces[0])[0]


def _baseline(claim: Claim) -> frozenset[str]:
    """Arms that say whether enough happens."""
    return frozenset(arm for each in (claim.events, claim.occurs) if each is not None for arm, _ in each.terms)
