"""One run of a comparison, and what is kept of it: outcomes, daily curves, hosts, and who left by which way."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.scenario.consistency import ALL_FORCES
from desertion.scenario.grain import floor_note
from desertion.simulation.world.codes import ROUTES
from desertion.study.comparison import outcomes
from desertion.study.run import task
from desertion.study.run.task import Outcome, model_of, own_measures, refuse_taken, task_fingerprint

__all__ = ["ArmRecord", "run_arm", "task_check", "task_fingerprint", "unpacked"]

DAILY = (
    "left", "departures", "new_hide", "new_flee", "new_surrender", "new_refuse", "strength", "effective_strength",
    "legitimacy", "turnout", "war_index", "hiding", "at_border", "abroad", "applicant", "protected", "collapsed", "fallen",
)  # fmt: skip
"""Daily columns kept of each force."""

THERE = {
    "at_border": "waiting at the border",
    "waiting": "waiting for a decision",
    "protected": "protected",
    "abroad": "abroad without a claim",
    "tolerated": "refused but there",
    "emigrated": "on a skilled visa",
}
"""How people stand in a host's country: the daily columns that count them, each person in one, and what that is called."""

HOSTLY = (*THERE, "cost_eur")
"""Daily columns kept of each host, all forces added up."""

STAYED = 0
"""Code of a person who never left; a route's code is its number in `codes.ROUTES` plus one."""
_CODES = {route: number for number, route in enumerate(ROUTES, start=1)}


@dataclass(frozen=True, slots=True)
class ArmRecord:
    """What a run keeps beside outcomes and daily curves.

    Attributes:
        forces: Names of the forces.
        hosts: Names of the hosts.
        about: Facts of the scenario for readers: start (date of the first day), size (real persons per simulated person), title, summary,
            form (of contagion), notes, floor (the sentence that marks a world too small, or nothing), dial (a sentence where the dial moves what policies set), and policies (a list of tables with title and summary).
        routes: (persons,) by force : way by which each person first left, `STAYED` for those who never did.
        loads: (days + 1, hosts, columns) : the columns of `HOSTLY`.
    """

    forces: tuple[str, ...]
    hosts: tuple[str, ...]
    about: Mapping[str, Any]
    routes: dict[str, NDArray[np.uint8]]
    loads: NDArray[np.float32]


def task_check(spec: Mapping[str, Any]) -> None:
    """Refuse a point that cannot be run, see `run.task.task_check`, or whose own measures would stand in an outcome's place."""
    task.task_check(spec)
    refuse_taken(spec, outcomes.BY_NAME)


def run_arm(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """What one run of the model under one policy mix gives.

    Args:
        spec: As for `desertion.study.run.task.run_task`; all daily columns of `DAILY` are kept whatever it says.
        replicate: Number of the replicate; the same number means the same people and fates under every policy.
        seed: Seed of the comparison.

    Raises:
        InputError: If the scenario refuses a policy or a setting.
    """
    model = model_of(spec, replicate, seed).run()
    measures = model.measures()
    outcome = outcome_of(model.daily, model.hosts, model.people(), measures, _about(model.scenario))
    own = own_measures(spec, model, replicate)
    outcome.scalars.update(measures | {outcomes.column(ALL_FORCES, name): value for name, value in own.items()})
    return outcome


def outcome_of(
    daily: pd.DataFrame,
    hosts: pd.DataFrame,
    people: pd.DataFrame,
    measures: Mapping[str, float],
    facts: Mapping[str, Any],
) -> Outcome:
    """What is kept of a run whose three tables and measures are given.

    Args:
        daily: One row per day and force.
        hosts: One row per day, host and force.
        people: One row per person.
        measures: What sums the run up, see `desertion.simulation.record.measures.measures`.
        facts: What readers should know, as in `ArmRecord.about`.
    """
    forces = list(map(str, daily["force"].unique()))
    scalars = {outcomes.column(ALL_FORCES, each.name): measures[each.measure] for each in outcomes.OF_HOSTS}
    columns: dict[str, NDArray[np.float32]] = {}
    routes: dict[str, NDArray[np.uint8]] = {}
    for force in forces:
        own_days = daily[daily["force"] == force]
        own_people = people[people["force"] == force]
        first = own_people["route"].astype(str).where(own_people["day_left"].notna(), "")
        alone = {name: measures.get(f"{name}@{force}", value) for name, value in measures.items()}
        measured = outcomes.of_force(own_days, alone)
        scalars |= {outcomes.column(force, name): value for name, value in measured.items()}
        columns |= {outcomes.column(force, name): own_days[name].to_numpy(np.float32) for name in DAILY}
        routes[force] = first.map(_CODES).fillna(STAYED).to_numpy().astype(np.uint8)
    names = list(map(str, hosts["host"].unique()))
    header = {"about": dict(facts), "forces": forces, "hosts": names}
    curve = np.column_stack(list(columns.values()))
    return Outcome(
        scalars, curve, tuple(columns), _packed(header, routes, _loads(hosts, names, int(daily["day"].nunique())))
    )


def unpacked(extras: bytes) -> ArmRecord:
    """What `outcome_of` packed."""
    with np.load(io.BytesIO(extras), allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        routes = {force: arrays[f"routes_{index}"] for index, force in enumerate(facts["forces"])}
        return ArmRecord(tuple(facts["forces"]), tuple(facts["hosts"]), facts["about"], routes, arrays["loads"])


def loads_of(record: ArmRecord) -> NDArray[np.float32]:
    """Loads of the hosts, shape (days + 1, hosts, columns of `HOSTLY`).

    Raises:
        InputError: If an earlier version packed them, with other columns.
    """
    if record.loads.shape[-1] != len(HOSTLY):
        raise InputError(
            f"this comparison was run by an earlier version, which kept {record.loads.shape[-1]} columns of each host where {len(HOSTLY)} "
            "are needed to say who is there; run it again into a new file"
        )
    return record.loads


def _about(scenario: Scenario) -> dict[str, Any]:
    return {
        "start": scenario.start.isoformat(),
        "size": 1.0 / scenario.scale,
        "title": scenario.title or scenario.name,
        "summary": scenario.summary,
        "form": scenario.behaviour.form,
        "notes": list(scenario.notes),
        "floor": floor_note(scenario),
        "dial": list(scenario.dial_notes),
        "policies": [{"title": policy.title or policy.name, "summary": policy.summary} for policy in scenario.overlays],
    }


def _loads(hosts: pd.DataFrame, names: list[str], days: int) -> NDArray[np.float32]:
    if not names:
        return np.empty((days, 0, len(HOSTLY)), np.float32)
    summed = hosts.groupby(["day", "host"], sort=True)[list(HOSTLY)].sum()
    whole = summed.reindex(pd.MultiIndex.from_product([sorted(hosts["day"].unique()), names]), fill_value=0.0)
    return whole.to_numpy(np.float32).reshape(days, len(names), len(HOSTLY))


def _packed(facts: Mapping[str, Any], routes: Mapping[str, NDArray[np.uint8]], loads: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    numbered: dict[str, Any] = {f"routes_{index}": codes for index, codes in enumerate(routes.values())}
    text = np.frombuffer(json.dumps(dict(facts)).encode(), dtype=np.uint8)
    np.savez_compressed(buffer, facts=text, loads=loads, **numbered)
    return buffer.getvalue()
