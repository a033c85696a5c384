"""The arrays of a world that is still empty, at their lengths, with what is known before chance is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from desertion.parameters import LEVELS, Behaviour, Force, Host, Reference
from desertion.rules.draws import key_of, u64
from desertion.rules.hazard import FORM_NUMBER
from desertion.rules.ticks import FAR, daily_keep
from desertion.simulation.day.turnout import STREET_BINS
from desertion.simulation.society.plan import SocietyPlan
from desertion.simulation.society.records import numbers_of, records
from desertion.simulation.world import codes
from desertion.simulation.world.fields import (
    BLOCK,
    DAILY_EXTRA,
    HOST_EXTRA,
    REST_WINDOW,
    UNIT_EVENT_DAYS,
)
from desertion.simulation.world.rows import PERSON, TIED, empty_rows

if TYPE_CHECKING:
    from desertion.scenario import Scenario


def people_arrays(plan: SocietyPlan, has_clocks: bool) -> dict[str, Any]:
    """The arrays of people, units, communities and regions, before anybody lives in them; no policy changes them.

    Args:
        plan: How many of everything there will be.
        has_clocks: Whether clocks live in the world (compiled form).
    """
    return _person_arrays(plan, has_clocks) | _unit_arrays(plan, has_clocks) | _community_arrays(plan, has_clocks)


def lever_arrays(
    plan: SocietyPlan, scenario: Scenario, seed: int, has_clocks: bool, *, events: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    """The arrays that hold levers and parameters, hosts and forces, the calendar and the record; few, and short.

    Args:
        plan: How many of everything there will be.
        scenario: A sized scenario of that plan.
        seed: The run's seed.
        has_clocks: Whether clocks live in the world (compiled form).
        events: What changes after the first day, see `Scenario.timeline`.
    """
    days, n_forces, n_hosts = scenario.days, len(scenario.forces), len(scenario.hosts)
    parts = _constants(scenario, seed, has_clocks)
    parts |= _host_arrays(scenario) | _force_arrays(plan, scenario) | _calendar(events)
    parts["daily"] = np.zeros((days + 1, n_forces, codes.N_STATUSES + len(DAILY_EXTRA)))
    parts["hostly"] = np.zeros((days + 1, n_hosts, n_forces, len(HOST_EXTRA)))
    return parts


def _constants(s: Scenario, seed: int, has_clocks: bool) -> dict[str, Any]:
    b = s.behaviour
    return {
        "seed": u64(seed),
        "form": FORM_NUMBER[b.form],
        "has_clocks": has_clocks,
        "money": 1.0 / s.scale,
        "behaviour": records(Behaviour, [b]),
        "beta": np.array([getattr(b, f"contagion_{level}") for level in LEVELS], dtype=np.float64),
        "beta_star": np.array([getattr(b, f"reception_{level}") for level in LEVELS], dtype=np.float64),
        "daily_keep": np.array([daily_keep(getattr(b, f"half_life_{level}")) for level in LEVELS], dtype=np.int64),
        "daily_keep_casualties": daily_keep(b.half_life_casualties),
    }


def _person_arrays(plan: SocietyPlan, has_clocks: bool) -> dict[str, Any]:
    n, forces = plan.persons, len(plan.scenario.forces)
    m = n if has_clocks else 1
    threshold = plan.scenario.behaviour.form == "threshold"
    persons = empty_rows(n, PERSON)
    persons.view(PERSON)["squad"] = -1
    return {
        "person_rows": persons,
        "spell": np.zeros(n, np.uint16),
        "since": np.zeros(n, np.int32),
        "until": np.zeros(n, np.int32),
        "host": np.full(n, -1, np.int8),
        "left_day": np.full(n, -1, np.int32),
        "left_route": np.full(n, -1, np.int8),
        "wave_of": np.full(n, -1, np.int8),
        "stay": np.zeros((n + 1, codes.N_STAYS + 1), np.int64),
        "rooms_n": np.zeros(1, np.int64),
        "queue_next": np.zeros(n, np.int32),
        "active": np.zeros(n, np.int32),
        "active_n": np.zeros(1, np.int64),
        "is_active": np.zeros(n, np.uint8),
        "arrival": np.zeros(n, np.int32),
        "arrival_n": np.zeros(1, np.int64),
        "hidden": np.zeros(2 * n, np.int32),
        "place": np.zeros(n, np.int32),
        "hidden_n": np.zeros(forces, np.int64),
        "hidden_bound": np.zeros(forces, np.int64),
        "hide_clock": np.zeros((forces, codes.N_HIDING), np.int64),
        "hidden_low": np.full((2 * n // BLOCK + forces + 1, codes.N_HIDING), FAR, np.int64),
        "tie_start": np.zeros(1, np.int64),
        "tie_to": np.zeros(0, np.int32),
        "threshold": np.zeros(n if threshold else 1),
        "bound": np.zeros(m, np.uint8),
        "tie_rows": empty_rows(m, TIED),
        "own_clocks": np.zeros(m, np.int32),
        "own_clocks_n": np.zeros(1, np.int64),
        "out_person": np.zeros(n, np.int64),
        "out_route": np.zeros(n, np.int8),
        "out_host": np.zeros(n, np.int8),
        "out_rank": np.zeros(n),
        "out_n": np.zeros(1, np.int64),
    }


def _unit_arrays(plan: SocietyPlan, has_clocks: bool) -> dict[str, Any]:
    squads = np.array(plan.squad_rows, np.int64).reshape(-1, 4)
    companies = np.array(plan.company_rows, np.int64).reshape(-1, 3)
    n_q, n_k = len(squads), len(companies)
    established = np.array([plan.scenario.forces[f].squad for f in squads[:, 0]], np.int32)
    largest = max([force.squad for force in plan.scenario.forces])
    company_size = np.zeros(n_k, np.int32)
    np.add.at(company_size, squads[:, 1], established)
    m = n_q if has_clocks else 1
    names = [force.name for force in plan.scenario.forces]
    first_of = [int(np.argmax(companies[:, 0] == f)) if n_k else 0 for f in range(len(names))]
    keys = [key_of(f"{names[f]}/company") + k - first_of[f] for k, f in enumerate(companies[:, 0])]
    return {
        "squad_force": squads[:, 0].astype(np.int32),
        "squad_company": squads[:, 1].astype(np.int32),
        "squad_community": squads[:, 2].astype(np.int32),
        "slots": np.full((n_q, largest), -1, np.int32),
        "squad_size": established,
        "squad_n": np.zeros(n_q, np.int32),
        "squad_original": np.zeros(n_q, np.int32),
        "squad_founders": squads[:, 3].astype(np.int32),
        "squad_pressure": np.zeros((n_q, codes.N_ROUTES), np.int64),
        "squad_new": np.zeros((n_q, codes.N_ROUTES), np.int64),
        "squad_surrendered": np.zeros((n_q, UNIT_EVENT_DAYS), np.int32),
        "squad_clock": np.zeros((m, codes.N_CLOCKS), np.int64),
        "squad_low": np.zeros((m, codes.N_CLOCKS), np.int64),
        "squad_low_threshold": np.zeros(m),
        "company_strain": np.zeros(n_k),
        "company_share": np.zeros((n_k, codes.N_ROUTES)),
        "squad_push": np.zeros(n_q),
        "squad_open": np.zeros((n_q, codes.N_ROUTES)),
        "squad_level": np.zeros((n_q, codes.N_ROUTES)),
        "squad_shared": np.zeros((n_q, codes.N_ROUTES)),
        "squad_step": np.zeros((n_q, codes.N_ROUTES), np.int64),
        "squad_share": np.zeros(n_q),
        "squad_pull": np.zeros((n_q, codes.N_ROUTES)),
        "company_force": companies[:, 0].astype(np.int32),
        "company_battalion": companies[:, 1].astype(np.int32),
        "company_division": companies[:, 2].astype(np.int32),
        "company_key": np.array(keys, np.int64),
        "company_contact": np.zeros(n_k, np.uint8),
        "company_cut_off": np.zeros(n_k, np.int32),
        "company_size": company_size,
        "company_n": np.zeros(n_k, np.int32),
        "company_peak": np.zeros(n_k, np.int32),
        "company_pressure": np.zeros((n_k, codes.N_ROUTES), np.int64),
        "company_new": np.zeros((n_k, codes.N_ROUTES), np.int64),
        "company_casualties": np.zeros((n_k, codes.N_CASUALTIES), np.int64),
        "company_hit": np.zeros((n_k, codes.N_CASUALTIES), np.int64),
        "company_shock": np.zeros(n_k),
        "company_z": np.zeros(n_k),
        "company_surrendered": np.zeros((n_k, UNIT_EVENT_DAYS), np.int32),
    }


def _community_arrays(plan: SocietyPlan, has_clocks: bool) -> dict[str, Any]:
    rows = np.array(plan.community_rows, np.int64).reshape(-1, 8)
    n_c, n_h = len(rows), len(plan.scenario.hosts)
    regions = np.array([row[:3] for row in plan.region_rows], np.int64).reshape(-1, 3)
    names = [force.name for force in plan.scenario.forces]
    first_of = [int(np.argmax(rows[:, 0] == f)) for f in range(len(names))]
    squad_home = np.array([row[2] for row in plan.squad_rows], np.int64)
    m = n_c if has_clocks else 1
    blocks = -(-(rows[:, 3] - rows[:, 2]) // BLOCK) - (-(rows[:, 5] - rows[:, 4]) // BLOCK)
    rows_seen = n_c + len(regions)
    hosts = [host.name for host in plan.scenario.hosts]
    access = [[region.access.get(h, -1.0) for h in hosts] for force in plan.scenario.forces for region in force.regions]
    region_names = [(force.name, region.name) for force in plan.scenario.forces for region in force.regions]
    return {
        "community_force": rows[:, 0].astype(np.int32),
        "community_region": rows[:, 1].astype(np.int32),
        "community_key": np.array(
            [key_of(f"{names[f]}/community") + c - first_of[f] for c, f in enumerate(rows[:, 0])], np.int64
        ),
        "reservists_start": rows[:, 2].copy(),
        "reservists_end": rows[:, 3].copy(),
        "civilians_start": rows[:, 4].copy(),
        "civilians_end": rows[:, 5].copy(),
        "soldiers_first": rows[:, 6].copy(),
        "soldiers_end": rows[:, 7].copy(),
        "community_size": rows[:, 3] - rows[:, 2] + rows[:, 5] - rows[:, 4] + rows[:, 7] - rows[:, 6],
        "community_pressure": np.zeros((n_c, codes.N_ROUTES), np.int64),
        "community_new": np.zeros((n_c, codes.N_ROUTES), np.int64),
        "community_shock": np.zeros(n_c),
        "community_z": np.zeros(n_c),
        "class_n": np.zeros((n_c, codes.N_CLASSES), np.int32),
        "turnout": np.zeros(n_c),
        "street": np.zeros((n_c, STREET_BINS), np.int32),
        "heard_n": np.zeros((n_c, n_h, codes.N_CATEGORIES)),
        "heard_good": np.zeros((n_c, n_h, codes.N_CATEGORIES)),
        "has_heard": np.zeros(n_c, np.uint8),
        "squads_start": np.searchsorted(np.sort(squad_home), np.arange(n_c + 1)).astype(np.int64),
        "squads_of": np.argsort(squad_home, kind="stable").astype(np.int32),
        "class_clock": np.zeros((m, codes.N_DOORS), np.int64),
        "class_low": np.zeros((m, codes.N_DOORS), np.int64),
        "class_low_threshold": np.zeros((m, codes.N_HOME_CLASSES)),
        "block_start": (np.cumsum(blocks) - blocks).astype(np.int64),
        "block_low": np.full((int(blocks.sum()) if has_clocks else 1, codes.N_DOORS), FAR, np.int64),
        "days_done": np.zeros(1, np.int64),
        "resting": np.zeros(m, np.uint8),
        "shut_in": np.zeros(m, np.uint8),
        "rest_most": np.zeros((m, codes.N_DOORS), np.int64),
        "rest_reception": np.zeros((m, codes.N_CATEGORIES)),
        "seen_since": np.zeros(m, np.int64),
        "past_row_seen": np.zeros((REST_WINDOW, m), np.int32),
        "past_rate": np.zeros((REST_WINDOW, rows_seen if has_clocks else 1, codes.N_DOORS)),
        "past_reception": np.zeros((REST_WINDOW, rows_seen if has_clocks else 1, codes.N_CATEGORIES)),
        "row_seen": np.arange(n_c, dtype=np.int64),
        "flight": np.zeros((rows_seen, codes.N_CATEGORIES)),
        "reception": np.zeros((rows_seen, codes.N_CATEGORIES)),
        "community_share": np.zeros((rows_seen, codes.N_ROUTES)),
        "unit_outside": np.zeros((rows_seen, codes.N_ROUTES)),
        "unit_flight": np.zeros(rows_seen),
        "class_open": np.zeros((rows_seen, codes.N_CLASSES, codes.N_ROUTES)),
        "class_level": np.zeros((rows_seen, codes.N_CLASSES, codes.N_ROUTES)),
        "class_shared": np.zeros((rows_seen, codes.N_CLASSES, codes.N_ROUTES)),
        "class_share": np.zeros((rows_seen, codes.N_CLASSES)),
        "class_pull": np.zeros((rows_seen, codes.N_CLASSES, codes.N_ROUTES)),
        "class_rate": np.zeros((rows_seen, codes.N_DOORS)),
        "class_step": np.zeros((rows_seen, codes.N_DOORS), np.int64),
        "region_force": regions[:, 0].astype(np.int32),
        "region_first": regions[:, 1].copy(),
        "region_people": regions[:, 2].copy(),
        "region_weight": np.array([row[3] for row in plan.region_rows]),
        "region_cursor": np.zeros(len(regions), np.int64),
        "region_called": np.zeros(len(regions), np.int64),
        "region_key": np.array([key_of(f"{a}/region/{b}") for a, b in region_names], np.int64),
        "outside": np.zeros((len(regions), n_h)),
        "region_visa": np.zeros(len(regions)),
        "access": np.array(access, np.float64).reshape(len(regions), n_h),
    }


def _host_arrays(s: Scenario) -> dict[str, Any]:
    hosts, n_f = s.hosts, len(s.forces)
    n_h = len(hosts)
    names = [host.name for host in hosts]
    passes = np.array([[int(other in host.passes_to) for other in names] for host in hosts], np.uint8).reshape(n_h, n_h)
    queue = np.zeros((n_h, 3), np.int64)
    queue[:, :2] = -1
    return {
        "hosts": records(Host, hosts),
        "host_key": np.array([key_of(f"host/{name}") >> 1 for name in names], np.int64),
        "passes_to": passes,
        "border_queue": queue.copy(),
        "case_queue": queue.copy(),
        "border_credit": np.zeros(n_h),
        "case_credit": np.zeros(n_h),
        "visa_credit": np.zeros(n_h),
        "host_count": np.zeros((n_h, n_f, codes.N_STATUSES), np.int64),
        "host_skilled": np.zeros((n_h, n_f), np.int64),
        "host_day": np.zeros((n_h, n_f, len(codes.HOST_COUNTS)), np.int64),
        "full": np.zeros(n_h, np.uint8),
        "passed_on": np.zeros((n_h, codes.N_CATEGORIES, n_f)),
        "inside": np.zeros((n_f, n_h, codes.N_CATEGORIES)),
        "national_n": np.zeros((n_f, n_h, codes.N_CATEGORIES)),
        "national_good": np.zeros((n_f, n_h, codes.N_CATEGORIES)),
    }


def _force_arrays(plan: SocietyPlan, s: Scenario) -> dict[str, Any]:
    forces, n = s.forces, len(s.forces)
    facing = [[int(a.name != b.name and b.name in a.facing) for b in forces] for a in forces]
    waves = [(f, wave) for f, force in enumerate(forces) for wave in force.waves]
    zeros, table = np.zeros(n), records(Force, forces)
    return {
        "forces": table,
        "force_key": np.array([key_of(f"force/{force.name}") >> 1 for force in forces], np.int64),
        "person_first": np.array(plan.first, np.int64),
        "people": np.array([force.people for force in forces], np.int64),
        "squad_first": np.array(
            [next((q for q, row in enumerate(plan.squad_rows) if row[0] == f), 0) for f in range(n)], np.int64
        ),
        "post_cursor": np.zeros(n, np.int64),
        "soldiers_start": np.array([force.serving for force in forces], np.int64),
        "hiding_start": np.array([force.hiding for force in forces], np.int64),
        "reservists_all": np.array([force.reservists for force in forces], np.int64),
        "officer_weight": np.array([force.officer_weight for force in forces], np.float64),
        "facing": np.array(facing, np.uint8).reshape(n, n),
        "reference": records(Reference, [s.reference[force.name] for force in forces]),
        "count": np.zeros((n, codes.N_STATUSES), np.int64),
        "counts_today": np.zeros((n, len(codes.DAY_COUNTS)), np.int64),
        "news": np.zeros((n, codes.N_ROUTES), np.int64),
        "news_new": np.zeros((n, codes.N_ROUTES), np.int64),
        "news_facing": np.zeros((n, codes.N_ROUTES), np.int64),
        "legitimacy": table["legitimacy"].copy(),
        "odds": zeros.copy(),
        "threat": zeros.copy(),
        "front_factor": np.zeros(n),
        "fear": np.zeros((n, codes.N_ROUTES)),
        "news_share": np.zeros((n, codes.N_ROUTES)),
        "facing_share": np.zeros((n, codes.N_ROUTES)),
        "quarter": zeros.copy(),
        "turnout_news": np.array([force.protest_spark for force in forces], np.float64),
        "breakpoint": zeros.copy(),
        "collapsed": np.full(n, -1, np.int64),
        "fallen": np.full(n, -1, np.int64),
        "ban_was": np.array(s.course.bans, np.float64),
        "left": np.zeros(n, np.int64),
        "left_kind": np.zeros((n, len(codes.KINDS)), np.int64),
        "departures": np.zeros(n, np.int64),
        "fled": np.zeros(n, np.int64),
        "skilled_all": np.zeros(n, np.int64),
        "skilled_gone": np.zeros(n, np.int64),
        "output_gap": zeros.copy(),
        "information": zeros.copy(),
        "effective": np.array([float(force.serving) for force in forces]),
        "prisoners_seen": np.zeros((n, 2)),
        "served": np.zeros(n, np.int64),
        "wave_force": np.array([f for f, _ in waves], np.int64),
        "wave_day": np.array([(wave.date - s.start).days for _, wave in waves], np.int64),
        "wave_number": np.array([wave.number for _, wave in waves], np.int64),
        "wave_days": np.array([wave.days for _, wave in waves], np.int64),
        "wave_notice": np.array([wave.notice for _, wave in waves], np.int64),
        "wave_training": np.array([wave.training for _, wave in waves], np.int64),
        "wave_list": np.array([int(wave.form == "list") for _, wave in waves], np.int64),
        "wave_called": np.zeros(len(waves), np.int64),
        "wave_evaded": np.zeros(len(waves), np.int64),
    }


def _calendar(events: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    names = {"force": numbers_of(Force), "host": numbers_of(Host)}
    return {
        "event_day": np.array([event[0] for event in events], np.int64),
        "event_table": np.array([int(event[1] == "host") for event in events], np.int64),
        "event_row": np.array([event[2] for event in events], np.int64),
        "event_column": np.array([names[event[1]].index(event[3]) for event in events], np.int64),
        "event_value": np.array([event[4] for event in events], np.float64),
        "event_next": np.zeros(1, np.int64),
    }
