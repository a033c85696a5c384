"""Trace: one person's life day by day, with every term of his log-hazard.

A term is what the rules add up in the exponent: what pushes, what deters, contagion level by level, and the person's own frailty. Opportunity,
perceived chance and baseline stand before the exponent. The numbers are read from a run of the compiled form, which adds up the same rules in
the same bits as the agents do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from desertion.errors import input_error
from desertion.rules.hazard import NONE, THRESHOLD, contagion, exit_rate, weighted_share
from desertion.rules.push import thinned_risk
from desertion.rules.ticks import SHARE, TICK, TIE_SHARE, ticks
from desertion.simulation.clocks.resting import present_tie_pressure
from desertion.simulation.clocks.targets import log_frailty, thresholds
from desertion.simulation.signals import communities, units
from desertion.simulation.world.codes import (
    COMMUNITY,
    COMPANY,
    FACING,
    HOME_CIVILIAN,
    HOME_CIVILIAN_SKILLED,
    N_ROUTES,
    NEWS,
    ROUTES,
    SERVING,
    SQUAD,
    STATUSES,
    TIES,
)
from desertion.simulation.world.people import can_leave, class_of

if TYPE_CHECKING:
    from desertion.simulation.model import DesertionModel

COLUMNS = ("day", "status", "route", "open", "baseline", "rate", "probability", "clock", "threshold")
"""Columns of a trace that are no terms: `open` is opportunity times perceived chance relative to the reference state, `rate` the hazard a
day with frailty, `clock` the hazard added up in this spell and `threshold` the height at which the person leaves."""

PUSHES = (
    "wounded",
    "killed",
    "captured",
    "risk",
    "supply",
    "legitimacy",
    "cohesion",
    "threat",
    "closing_door",
    "turnout",
    "shock",
)
LEVELS = ("squad", "company", "community", "ties", "news", "facing")
TERMS = ("frailty", *PUSHES, "punishment", *(f"contagion_{level}" for level in LEVELS))
"""Terms of the log-hazard."""


def trace(model: DesertionModel, person: int, days: int | None = None) -> pd.DataFrame:
    """Run a fresh model and follow one person.

    Args:
        model: A model in the compiled form on which no day has been run.
        person: Row of the person in `model.people()`.
        days: Days to follow, to the horizon if not given.

    Returns:
        One row a day and route while the person can leave, and one row a day (route "") while he cannot: the columns of
        `COLUMNS`, then those of `TERMS`. Day d is the morning after d days; the person's decision of that morning stands in
        its rows.

    Raises:
        InputError: If there is no such person, or the model is in the other form or has run already.
    """
    people = len(model.world.status)
    if not 0 <= person < people:
        raise input_error("--person", person, f"must be a row of the table of people, 0 to {people - 1}")
    if model.population_name != "compiled" or model.day:
        raise input_error(
            "model", model.population_name, "cannot be traced", way_out="give a fresh model of the compiled form"
        )
    follower = _Follower(model, person)
    rows: list[dict[str, Any]] = []
    for _ in range(model.sized.days if days is None else days):
        if not model.running:
            break
        rows.extend(follower.day())
    return pd.DataFrame(rows, columns=[*COLUMNS, *TERMS])


class _Follower:
    """Looks at one person before and after each day."""

    def __init__(self, model: DesertionModel, person: int) -> None:
        self._model = model
        self._world = model.world
        self._row = person
        self._frailty: float = log_frailty(model.core, person)
        self._spell = -1
        self._clock = [0] * N_ROUTES
        self._thresholds: tuple[int, ...] = ()

    def day(self) -> Iterator[dict[str, Any]]:
        """Let a day pass and give the rows of its decision."""
        w, i = self._world, self._row
        self._begin_spell()
        day, status = self._model.day, int(w.status[i])
        seen = self._yesterday(status) if can_leave(status) else {}
        self._model.step()
        if not seen:
            yield dict.fromkeys((*COLUMNS, *TERMS), 0.0) | {"day": day, "status": STATUSES[status], "route": ""}
            return
        for route in range(N_ROUTES):
            row = self._decision(status, route, seen)
            if row:
                yield {"day": day, "status": STATUSES[status], "route": ROUTES[route], **row}

    def _begin_spell(self) -> None:
        spell = int(self._world.spell[self._row])
        if spell != self._spell:
            self._spell = spell
            self._clock = [0] * N_ROUTES
            self._thresholds = thresholds(self._model.core, self._row, self._frailty)

    def _yesterday(self, status: int) -> dict[str, Any]:
        """What the evening leaves for the next morning and the day then changes: pressures, casualties, legitimacy."""
        w, i = self._world, self._row
        f, c, q = int(w.force_of[i]), int(w.community[i]), int(w.squad[i]) if status == SERVING else -1
        seen: dict[str, Any] = {
            "place": (f, c, q),
            "class": int(class_of(w.kind[i], status, w.trait[i])),
            "legitimacy": float(w.legitimacy[f]),
            "gap": float(w.output_gap[f]),
            "turnout": float(w.turnout[c]),
            "ties": present_tie_pressure(self._model.core, i).tolist(),
            "community": w.community_pressure[c].tolist(),
            "news": w.news.tolist(),
            "facing": w.news_facing.tolist(),
        }
        if q >= 0:
            k = int(w.squad_company[q])
            founders = int(w.squad_founders[q])
            seen |= {
                "squad": w.squad_pressure[q].tolist(),
                "company": w.company_pressure[k].tolist(),
                "casualties": [float(x) / SHARE for x in w.company_casualties[k]],
                "lost": 1.0 - float(w.squad_original[q]) / founders if founders > 0 else 0.0,
                "manning": (int(w.company_n[k]), int(w.company_peak[k])),
            }
        return seen

    def _decision(self, status: int, route: int, seen: dict[str, Any]) -> dict[str, float]:
        """Terms and rate of one route on the day that has just passed; empty where the person had no such route."""
        w, core = self._world, self._model.core
        f, c, q = seen["place"]
        serving = status == SERVING
        force = w.forces[f]
        baseline = float(
            units.unit_baseline(force, route) if serving else communities.class_baseline(force, seen["class"], route)
        )
        if baseline < 0.0:
            return {}
        reception = float(
            units.reception_in_squad(core, q, route)
            if serving
            else communities.reception_in_class(core, w.row_seen[c], seen["class"], route)
        )
        open_, level_, shared = (
            float(table[q, route] if serving else table[w.row_seen[c], seen["class"], route])
            for table in (
                (w.squad_open, w.squad_level, w.squad_shared)
                if serving
                else (w.class_open, w.class_level, w.class_shared)
            )
        )
        terms = dict.fromkeys(TERMS, 0.0) | {"frailty": self._frailty}
        terms |= self._soldier_pushes(seen) if serving else self._civil_pushes(seen)
        terms["punishment"] = 0.0 - float(w.fear[f, route])
        terms |= self._contagions(route, reception, seen)
        b = w.behaviour[0]
        rate = exit_rate(
            w.form, open_, level_, shared, terms["contagion_ties"],
            b.additive_scale, b.concave_scale, b.concave_power,
        )  # fmt: skip
        self._clock[route] += ticks(rate)
        scale = math.exp(self._frailty) / TICK
        own = float(rate) * math.exp(self._frailty)
        return {
            "open": open_,
            "baseline": baseline,
            "rate": own,
            "probability": -math.expm1(-own),
            "clock": self._clock[route] * scale,
            "threshold": self._thresholds[route] * scale,
            **terms,
        }

    def _soldier_pushes(self, seen: dict[str, Any]) -> dict[str, float]:
        w, b = self._world, self._world.behaviour[0]
        f, c, q = seen["place"]
        k, force, reference = int(w.squad_company[q]), w.forces[f], w.reference[f]
        risk = 0.0
        if reference.casualty_rate > 0.0:
            serving, peak = seen["manning"]
            factors = force.thinning, force.thinning_cap
            rate = thinned_risk(force.casualty_rate, w.company_front[k], serving, peak, factors[0], factors[1])
            risk = rate / reference.casualty_rate - 1.0
        supply = force.supply + seen["gap"] * force.output_supply - reference.supply
        wounded, killed, captured = seen["casualties"]
        return {
            "wounded": float(b.push_wounded * wounded),
            "killed": float(b.push_killed * killed),
            "captured": float(b.push_captured * captured),
            "risk": float(b.push_risk * risk),
            "supply": float(b.push_supply * supply),
            "legitimacy": float(b.push_legitimacy * (reference.legitimacy - seen["legitimacy"])),
            "cohesion": float(b.push_cohesion * seen["lost"]),
            "shock": float(w.company_shock[k] + w.community_shock[c]),
        }

    def _civil_pushes(self, seen: dict[str, Any]) -> dict[str, float]:
        w, b = self._world, self._world.behaviour[0]
        f, c, _ = seen["place"]
        force, reference = w.forces[f], w.reference[f]
        liable = seen["class"] not in (HOME_CIVILIAN, HOME_CIVILIAN_SKILLED)
        door = float(force.ban_expected * (1.0 - force.exit_ban)) if liable else 0.0
        return {
            "threat": float(b.push_threat * w.threat[f]) if liable else 0.0,
            "closing_door": float(b.push_door) * door,
            "turnout": float(b.push_turnout * seen["turnout"]),
            "legitimacy": float(b.push_legitimacy * (reference.legitimacy - seen["legitimacy"])),
            "shock": float(w.community_shock[c]),
        }

    def _contagions(self, route: int, reception: float, seen: dict[str, Any]) -> dict[str, float]:
        w = self._world
        if w.form in (NONE, THRESHOLD):
            return {}
        cross = float(w.behaviour[0].cross_route)

        def felt(level: int, pressure: list[int]) -> float:
            share = weighted_share(pressure[route], sum(pressure), cross)
            return float(contagion(w.beta[level], w.beta_star[level], reception, share))

        f = seen["place"][0]
        others = [felt(FACING, seen["facing"][other]) for other in range(len(seen["facing"])) if w.facing[f, other]]
        told = (seen["ties"][route] + cross * (sum(seen["ties"]) - seen["ties"][route])) / TIE_SHARE
        terms = {
            "contagion_community": felt(COMMUNITY, seen["community"]),
            "contagion_news": felt(NEWS, seen["news"][f]),
            "contagion_facing": sum(others),
            "contagion_ties": float(contagion(w.beta[TIES], w.beta_star[TIES], reception, told)),
        }
        if "squad" in seen:
            terms |= {
                "contagion_squad": felt(SQUAD, seen["squad"]),
                "contagion_company": felt(COMPANY, seen["company"]),
            }
        return terms
