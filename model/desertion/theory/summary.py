"""`theory`: what can be worked out about a scenario without a run, in one call, with tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from desertion.parameters.arguments import COUNT_OR_NONE, DAYS, SCALE, SEED, SHARE, ruled
from desertion.scenario import Policy, Scenario
from desertion.simulation.record.own_table import own_table
from desertion.theory.mean_field import MeanField
from desertion.theory.mixing import limit_of
from desertion.theory.multiplier import Measured, measured_multiplier
from desertion.theory.reproduction import Reproduction, in_frailest_place, reproduction
from desertion.theory.weights import in_reference, tipping_value

_JUMP = {
    "multiplicative": "log hazard by which one leaver moves his nearest",
    "additive": "weighted share gone that one leaver is for his nearest",
    "threshold": "share by which one leaver brings the thresholds of his nearest nearer",
}
_LIFT = {
    "additive": "times that his nearest are likelier to leave for it",
    "threshold": "times that more of his nearest would go for it; infinite: none would without",
}


@dataclass(frozen=True, kw_only=True)
class Theory:
    """What can be worked out about a scenario.

    R, multiplier and flows are exact for independent leavers where no company or town shares a frailty; with one they are too
    low, and by far where `frailest` is infinite.

    Attributes:
        scenario: The scenario.
        reproduction: The reproduction number on the first day, policies and dial worked in.
        reference: The same in the scenario's reference state, before policies and dial.
        frailest: R among those who share squad, company or town, in the frailest place; infinite where that may empty.
        tipping: Multiple of all contagion weights at which R reaches 1; infinite if none does.
        field: The complete-mixing limit.
        measured: What one more leaver meant in paired runs, or None if nothing was measured.
        day: Day on which that leaver left, 0 if nothing was measured.
    """

    scenario: Scenario
    reproduction: Reproduction
    reference: Reproduction
    frailest: float
    tipping: float
    field: MeanField
    measured: Measured | None
    day: int

    def __repr__(self) -> str:
        tables = "numbers, leavers, steady_states"
        return f"Theory({self.scenario.name!r}: R = {self.reproduction.value:.3g}, R reaches 1 at {self.tipping:.3g} times the contagion; {tables})"

    @own_table
    def numbers(self) -> pd.DataFrame:
        """One row a number: name, value (infinite: none), meaning."""
        form = self.scenario.behaviour.form
        left_out = "; instigators left out" if form == "threshold" else ""
        rows = [
            ("R", self.reproduction.value, f"leavers that one leaver adds, in the steady state{left_out}"),
            ("R_first_day", self.reproduction.first, "the same while nobody has left yet"),
            ("R_reference", self.reference.value, "R in the reference state, before policies and dial"),
            ("multiplier", self.reproduction.multiplier, "departures that one more leaver means, 1 / (1 - R)"),
            (
                "R_frailest",
                self.frailest,
                "R within the frailest company and town, a bound; infinite: these may empty at an R below 1",
            ),
            ("tipping", self.tipping, "multiple of the contagion weights at which R reaches 1"),
            ("largest_jump", self.reproduction.jump, _JUMP.get(form, _JUMP["additive"])),
            ("largest_lift", self.reproduction.lift, _LIFT.get(form, _LIFT["additive"])),
            ("rate", self.field.rate, "complete mixing: rate of leaving without contagion, 1/day"),
            (
                "weight",
                self.field.weight,
                "complete mixing: contagion weight, log hazard per share; none where R says none",
            ),
            ("tipping_weight", self.field.tipping_weight, "complete mixing: contagion weight at the fold"),
        ]
        if self.measured is not None:
            rows.append(("measured_multiplier", self.measured.mean, f"measured: one more leaver on day {self.day}"))
            rows.append(("measured_error", self.measured.error, "its standard error over the paired runs"))
        return pd.DataFrame(rows, columns=["name", "value", "meaning"])

    @own_table
    def leavers(self) -> pd.DataFrame:
        """Who leaves in the steady state, most first: force, group, route, flow (persons a day at real size; in the threshold form persons gone in all), share of these."""
        names = [force.name for force in self.scenario.forces]
        found = self.reproduction
        size = 1.0 / self.scenario.scale if self.scenario.at_scale else 1.0
        rows = [
            (names[force], group, route, size * flow)
            for flow, (force, group, route) in sorted(zip(found.flows.tolist(), found.ways, strict=True), reverse=True)
        ]
        table = pd.DataFrame(rows, columns=["force", "group", "route", "flow"])
        return table.assign(share=table["flow"] / (table["flow"].sum() or 1.0))

    @own_table
    def steady_states(self) -> pd.DataFrame:
        """Steady states of complete mixing: pressure (S*, share gone), reproduction, stable."""
        rows = [(state.pressure, state.reproduction, state.stable) for state in self.field.fixed_points()]
        return pd.DataFrame(rows, columns=["pressure", "reproduction", "stable"])


@ruled(asylum=SHARE, scale=SCALE, days=DAYS, measure=COUNT_OR_NONE, seed=SEED)
def theory(
    scenario: str | Path | Scenario = "toy",
    *,
    policies: str | Path | Policy | Sequence[str | Path | Policy] = (),
    asylum: float | None = None,
    scale: float | None = None,
    days: int | None = None,
    settings: Mapping[str, Any] | None = None,
    measure: int = 0,
    seed: int = 1,
) -> Theory:
    """What can be worked out about a scenario without a run: reproduction number, tipping point, steady states.

    Args:
        scenario: A scenario, or its name or path.
        policies: Policies laid over it.
        asylum: Position of the asylum dial in [0, 1].
        scale: Share of real size, in (0, 1].
        days: Horizon in days.
        settings: Inputs by dotted key.
        measure: Paired runs in which the multiplier of one more leaver is measured, 0 for none.
        seed: Where the chance of these runs comes from.

    Raises:
        InputError: If an input is wrong.
    """
    chosen = Scenario.load(scenario, policies, scale, asylum, days, settings)
    chosen.sized()
    day = max(1, chosen.days // 3) if measure else 0
    return Theory(
        scenario=chosen,
        reproduction=reproduction(chosen),
        reference=reproduction(in_reference(chosen)),
        frailest=in_frailest_place(chosen),
        tipping=tipping_value(chosen),
        field=limit_of(chosen),
        measured=measured_multiplier(chosen, day=day, runs=measure, seed=seed) if measure else None,
        day=day,
    )
