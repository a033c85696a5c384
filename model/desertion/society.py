"""Builds people, units, communities and ties from a scenario and a seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from desertion import columns as col
from desertion.bookkeeping import write_day
from desertion.draws import BREAKPOINT, FRAILTY, FRONT, THRESHOLD, TIES, TRAITS, key_of, normals, u64, uniform, uniforms, words
from desertion.compiled import kernel
from desertion.core import core_of
from desertion.parameters import LEVELS
from desertion.register import bind_everybody, count_everybody
from desertion.rules import FORM_NUMBER
from desertion.statuses import CIVILIAN, HOME, N_CLASSES, N_STATUSES, OFFICER_BIT, ORIGINAL_BIT, RESERVIST, SERVED_BIT, SERVING
from desertion.statuses import DAY_COUNTS, HOST_COUNTS, SKILLED_BIT, SOLDIER, THRESHOLD as THRESHOLD_FORM
from desertion.street import STREET_BINS, fill_streets
from desertion.world import DAILY_EXTRA, HOST_EXTRA, Array, World

if TYPE_CHECKING:
    from desertion.scenario import Scenario

KEEP_UNIT = 16777216  # 2**24
REFERENCE_COLUMNS = (
    "casualty_rate", "legitimacy", "supply", "punishment", "flight_deserter", "flight_evader", "flight_skilled", "flight_other", "quarter",
)  # fmt: skip


def daily_keep(half_life: float) -> int:
    """What a day leaves of a pressure with this half-life (days), in units of 2**-24; all of it where the half-life is infinite."""
    return KEEP_UNIT if math.isinf(half_life) else round(KEEP_UNIT * 2.0 ** (-1.0 / half_life))


def shares_to_counts(shares: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to `shares` that add up to `total` (largest remainders)."""
    exact = [share * total for share in shares]
    counts = [math.floor(number) for number in exact]
    order = sorted(range(len(shares)), key=lambda j: (counts[j] - exact[j], j))
    for j in order[: total - sum(counts)]:
        counts[j] += 1
    return counts


class Plan:
    """How many of everything there will be, and which rows belong to which force."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        forces = scenario.forces
        self.first: list[int] = []
        self.persons = 0
        self.squad_rows: list[tuple[int, int, int, int]] = []  # force, company, community, members at the start
        self.company_rows: list[tuple[int, int, int]] = []  # force, battalion, division
        self.community_rows: list[tuple[int, int, int, int, int, int, int, int]] = []
        self.region_rows: list[tuple[int, int, int, float]] = []
        self.region_first: list[int] = []
        for f in range(len(forces)):
            self._add_force(f)

    def _add_force(self, f: int) -> None:
        force = self.scenario.forces[f]
        first = self.persons
        self.first.append(first)
        residents = force.reservists + force.civilians
        n_communities = max(1, round(residents / force.community))
        companies = self._add_units(f, first, n_communities)
        self._add_communities(f, first, n_communities, companies)
        self.persons += force.soldiers + residents

    def _add_units(self, f: int, first: int, n_communities: int) -> list[int]:
        force = self.scenario.forces[f]
        per_company = force.platoon * force.company
        active = math.ceil(force.soldiers / force.squad)
        reserve = math.ceil(sum(wave.number for wave in force.waves) / force.squad)
        n_active = math.ceil(active / per_company)
        n_companies = n_active + math.ceil(reserve / per_company)
        start = len(self.company_rows)
        base_battalion = self.company_rows[-1][1] + 1 if self.company_rows else 0
        base_division = self.company_rows[-1][2] + 1 if self.company_rows else 0
        for k in range(n_companies):
            battalion = k // force.battalion
            self.company_rows.append((f, base_battalion + battalion, base_division + battalion // force.division))
        home = [len(self.community_rows) + self._home(k, n_active, n_companies, n_communities) for k in range(n_companies)]
        for q in range(active):
            members = min(force.squad, force.soldiers - q * force.squad)
            self.squad_rows.append((f, start + q // per_company, home[q // per_company], members))
        for q in range(reserve):
            k = n_active + q // per_company
            self.squad_rows.append((f, start + k, home[k], 0))
        ends = [min(force.soldiers, (k + 1) * per_company * force.squad) for k in range(n_active)]
        soldiers_of: list[int] = [0] * n_communities
        for k in range(n_active):
            soldiers_of[home[k] - len(self.community_rows)] += ends[k] - (ends[k - 1] if k else 0)
        return soldiers_of

    @staticmethod
    def _home(k: int, n_active: int, n_companies: int, n_communities: int) -> int:
        if k < n_active:
            return k * n_communities // n_active
        return (k - n_active) * n_communities // (n_companies - n_active)

    def _add_communities(self, f: int, first: int, n: int, soldiers_of: list[int]) -> None:
        force = self.scenario.forces[f]
        per_region = shares_to_counts([region.share for region in force.regions], n)
        reservist0, civilian0 = first + force.soldiers, first + force.soldiers + force.reservists
        soldier = first
        c = 0
        for region, count in zip(force.regions, per_region, strict=True):
            low = reservist0 + c * force.reservists // n
            for _ in range(count):
                self.community_rows.append(
                    (
                        f,
                        len(self.region_rows),
                        reservist0 + c * force.reservists // n,
                        reservist0 + (c + 1) * force.reservists // n,
                        civilian0 + c * force.civilians // n,
                        civilian0 + (c + 1) * force.civilians // n,
                        soldier,
                        soldier + soldiers_of[c],
                    )
                )
                soldier += soldiers_of[c]
                c += 1
            self.region_rows.append((f, low, reservist0 + c * force.reservists // n - low, region.share * region.quota))


def levers_of(rows: Any, names: tuple[str, ...]) -> Array:
    """The numbers of parameter objects as a table, a row an object and a column a name."""
    return np.array([[float(getattr(row, name)) for name in names] for row in rows], dtype=np.float64).reshape(len(rows), len(names))


def build(scenario: Scenario, seed: int, *, lazy: bool) -> World:
    """The world at the start of day 0.

    Args:
        scenario: A sized scenario.
        seed: The run's seed, in [0, 2**63).
        lazy: Whether clocks live in the world (compiled form).
    """
    plan = Plan(scenario)
    world = _empty_world(plan, seed, lazy)
    core = core_of(world)
    _fill_people(core, len(scenario.forces))
    _draw_units(world, core)
    if world.form == THRESHOLD_FORM:
        _draw_thresholds(world, core, scenario)
    world = world._replace(**_ties(world, core, scenario))
    core = core_of(world)
    count_everybody(core)
    fill_streets(core)
    if lazy:
        bind_everybody(core)
    write_day(core, 0, np.zeros(len(scenario.forces)))
    return world


def _empty_world(plan: Plan, seed: int, lazy: bool) -> World:
    s = plan.scenario
    parts: dict[str, Any] = {}
    parts.update(_constants(s, seed, lazy))
    parts.update(_person_arrays(plan, lazy))
    parts.update(_unit_arrays(plan, lazy))
    parts.update(_community_arrays(plan, lazy))
    parts.update(_host_arrays(plan))
    parts.update(_force_arrays(plan))
    parts.update(_calendar(s))
    days, n_forces, n_hosts = s.days, len(s.forces), len(s.hosts)
    parts["daily"] = np.zeros((days + 1, n_forces, N_STATUSES + len(DAILY_EXTRA)))
    parts["hostly"] = np.zeros((days + 1, n_hosts, n_forces, len(HOST_EXTRA)))
    return World(**parts)


def _constants(s: Scenario, seed: int, lazy: bool) -> dict[str, Any]:
    b = s.behaviour
    return {
        "seed": u64(seed),
        "form": FORM_NUMBER[b.form],
        "lazy": lazy,
        "money": 1.0 / s.scale,
        "behaviour": levers_of([b], col.BEHAVIOUR_COLUMNS)[0],
        "beta": np.array([getattr(b, f"contagion_{level}") for level in LEVELS], dtype=np.float64),
        "beta_star": np.array([getattr(b, f"reception_{level}") for level in LEVELS], dtype=np.float64),
        "keep": np.array([daily_keep(getattr(b, f"half_life_{level}")) for level in LEVELS], dtype=np.int64),
        "keep_casualties": daily_keep(b.half_life_casualties),
    }


def _person_arrays(plan: Plan, lazy: bool) -> dict[str, Any]:
    n = plan.persons
    m = n if lazy else 1
    threshold = plan.scenario.behaviour.form == "threshold"
    return {
        "status": np.zeros(n, np.int8),
        "kind": np.zeros(n, np.int8),
        "trait": np.zeros(n, np.uint8),
        "force_of": np.zeros(n, np.int8),
        "squad": np.full(n, -1, np.int32),
        "community": np.zeros(n, np.int32),
        "spell": np.zeros(n, np.int16),
        "since": np.zeros(n, np.int32),
        "until": np.zeros(n, np.int32),
        "host": np.full(n, -1, np.int8),
        "left_day": np.full(n, -1, np.int32),
        "left_route": np.full(n, -1, np.int8),
        "wave_of": np.full(n, -1, np.int8),
        "stay": np.zeros((n, 3), np.int64),
        "queue_next": np.zeros(n, np.int32),
        "active": np.zeros(n, np.int32),
        "active_n": np.zeros(1, np.int64),
        "is_active": np.zeros(n, np.uint8),
        "tie_start": np.zeros(1, np.int64),
        "tie_to": np.zeros(0, np.int32),
        "target": np.zeros((m, 6), np.int64),
        "theta": np.zeros(n if threshold else 1),
        "bound": np.zeros(m, np.uint8),
        "tie": np.zeros((m, 5), np.int32),
        "loose": np.zeros(m, np.int32),
        "loose_n": np.zeros(1, np.int64),
        "touched": np.zeros(m, np.int32),
        "touched_n": np.zeros(1, np.int64),
        "is_touched": np.zeros(m, np.uint8),
        "out_person": np.zeros(n, np.int64),
        "out_route": np.zeros(n, np.int8),
        "out_n": np.zeros(1, np.int64),
    }


def _unit_arrays(plan: Plan, lazy: bool) -> dict[str, Any]:
    squads = np.array(plan.squad_rows, np.int64).reshape(-1, 4)
    companies = np.array(plan.company_rows, np.int64).reshape(-1, 3)
    n_q, n_k = len(squads), len(companies)
    established = np.array([plan.scenario.forces[f].squad for f in squads[:, 0]], np.int32)
    largest = max([force.squad for force in plan.scenario.forces])
    company_size = np.zeros(n_k, np.int32)
    np.add.at(company_size, squads[:, 1], established)
    m = n_q if lazy else 1
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
        "squad_pressure": np.zeros((n_q, 5), np.int64),
        "squad_new": np.zeros((n_q, 5), np.int64),
        "squad_surrendered": np.zeros((n_q, 3), np.int32),
        "squad_clock": np.zeros((m, 6), np.int64),
        "squad_low": np.zeros((m, 6), np.int64),
        "squad_low_theta": np.zeros(m),
        "company_strain": np.zeros(n_k),
        "company_share": np.zeros((n_k, 5)),
        "squad_open": np.zeros((n_q, 5)),
        "squad_level": np.zeros((n_q, 5)),
        "squad_shared": np.zeros((n_q, 5)),
        "squad_share": np.zeros(n_q),
        "squad_pull": np.zeros((n_q, 5)),
        "company_force": companies[:, 0].astype(np.int32),
        "company_battalion": companies[:, 1].astype(np.int32),
        "company_division": companies[:, 2].astype(np.int32),
        "company_key": np.array(keys, np.int64),
        "company_front": np.zeros(n_k),
        "company_size": company_size,
        "company_n": np.zeros(n_k, np.int32),
        "company_peak": np.zeros(n_k, np.int32),
        "company_pressure": np.zeros((n_k, 5), np.int64),
        "company_new": np.zeros((n_k, 5), np.int64),
        "company_casualties": np.zeros((n_k, 3), np.int64),
        "company_hit": np.zeros((n_k, 3), np.int64),
        "company_shock": np.zeros(n_k),
        "company_z": np.zeros(n_k),
        "company_surrendered": np.zeros((n_k, 3), np.int32),
    }


def _community_arrays(plan: Plan, lazy: bool) -> dict[str, Any]:
    rows = np.array(plan.community_rows, np.int64).reshape(-1, 8)
    n_c, n_h = len(rows), len(plan.scenario.hosts)
    regions = np.array([row[:3] for row in plan.region_rows], np.int64).reshape(-1, 3)
    names = [force.name for force in plan.scenario.forces]
    first_of = [int(np.argmax(rows[:, 0] == f)) for f in range(len(names))]
    squad_home = np.array([row[2] for row in plan.squad_rows], np.int64)
    m = n_c if lazy else 1
    hosts = [host.name for host in plan.scenario.hosts]
    access = [[region.access.get(h, -1.0) for h in hosts] for force in plan.scenario.forces for region in force.regions]
    region_names = [(force.name, region.name) for force in plan.scenario.forces for region in force.regions]
    return {
        "community_force": rows[:, 0].astype(np.int32),
        "community_region": rows[:, 1].astype(np.int32),
        "community_key": np.array([key_of(f"{names[f]}/community") + c - first_of[f] for c, f in enumerate(rows[:, 0])], np.int64),
        "reservists_start": rows[:, 2].copy(),
        "reservists_end": rows[:, 3].copy(),
        "civilians_start": rows[:, 4].copy(),
        "civilians_end": rows[:, 5].copy(),
        "soldiers_first": rows[:, 6].copy(),
        "soldiers_end": rows[:, 7].copy(),
        "community_size": rows[:, 3] - rows[:, 2] + rows[:, 5] - rows[:, 4] + rows[:, 7] - rows[:, 6],
        "community_pressure": np.zeros((n_c, 5), np.int64),
        "community_new": np.zeros((n_c, 5), np.int64),
        "community_shock": np.zeros(n_c),
        "community_z": np.zeros(n_c),
        "class_n": np.zeros((n_c, N_CLASSES), np.int32),
        "turnout": np.zeros(n_c),
        "street": np.zeros((n_c, STREET_BINS), np.int32),
        "heard_n": np.zeros((n_c, n_h, 4)),
        "heard_good": np.zeros((n_c, n_h, 4)),
        "has_heard": np.zeros(n_c, np.uint8),
        "squads_start": np.searchsorted(np.sort(squad_home), np.arange(n_c + 1)).astype(np.int64),
        "squads_of": np.argsort(squad_home, kind="stable").astype(np.int32),
        "class_clock": np.zeros((m, N_CLASSES, 6), np.int64),
        "class_low": np.zeros((m, N_CLASSES, 6), np.int64),
        "class_low_theta": np.zeros((m, N_CLASSES)),
        "community_share": np.zeros((n_c, 5)),
        "unit_outside": np.zeros((n_c, 5)),
        "unit_flight": np.zeros(n_c),
        "class_open": np.zeros((n_c, N_CLASSES, 5)),
        "class_level": np.zeros((n_c, N_CLASSES, 5)),
        "class_shared": np.zeros((n_c, N_CLASSES, 5)),
        "class_share": np.zeros((n_c, N_CLASSES)),
        "class_pull": np.zeros((n_c, N_CLASSES, 5)),
        "flight": np.zeros((n_c, 4)),
        "reception": np.zeros((n_c, 4)),
        "region_force": regions[:, 0].astype(np.int32),
        "region_first": regions[:, 1].copy(),
        "region_people": regions[:, 2].copy(),
        "region_weight": np.array([row[3] for row in plan.region_rows]),
        "region_cursor": np.zeros(len(regions), np.int64),
        "region_called": np.zeros(len(regions), np.int64),
        "region_key": np.array([key_of(f"{a}/region/{b}") for a, b in region_names], np.int64),
        "outside": np.zeros((len(regions), n_h)),
        "region_flight": np.zeros((len(regions), 4)),
        "region_reception": np.zeros((len(regions), 4)),
        "region_visa": np.zeros(len(regions)),
        "access": np.array(access, np.float64).reshape(len(regions), n_h),
    }


def _host_arrays(plan: Plan) -> dict[str, Any]:
    hosts, n_f = plan.scenario.hosts, len(plan.scenario.forces)
    n_h = len(hosts)
    names = [host.name for host in hosts]
    passes = np.array([[int(other in host.passes_to) for other in names] for host in hosts], np.uint8).reshape(n_h, n_h)
    queue = np.zeros((n_h, 3), np.int64)
    queue[:, :2] = -1
    return {
        "hosts": levers_of(hosts, col.HOST_COLUMNS),
        "host_key": np.array([key_of(f"host/{name}") >> 1 for name in names], np.int64),
        "passes_to": passes,
        "border_queue": queue.copy(),
        "case_queue": queue.copy(),
        "border_credit": np.zeros(n_h),
        "case_credit": np.zeros(n_h),
        "visa_credit": np.zeros(n_h),
        "host_count": np.zeros((n_h, n_f, N_STATUSES), np.int64),
        "host_skilled": np.zeros((n_h, n_f), np.int64),
        "host_day": np.zeros((n_h, n_f, len(HOST_COUNTS)), np.int64),
        "full": np.zeros(n_h, np.uint8),
        "passed_on": np.zeros((n_h, 4, n_f)),
        "inside": np.zeros((n_f, n_h, 4)),
        "national_n": np.zeros((n_f, n_h, 4)),
        "national_good": np.zeros((n_f, n_h, 4)),
    }


def _force_arrays(plan: Plan) -> dict[str, Any]:
    s = plan.scenario
    forces, n = s.forces, len(s.forces)
    facing = [[int(a.name != b.name and b.name in a.facing) for b in forces] for a in forces]
    reference = [[getattr(s.reference[force.name], name) for name in REFERENCE_COLUMNS] for force in forces]
    waves = [(f, wave) for f, force in enumerate(forces) for wave in force.waves]
    zeros, table = np.zeros(n), levers_of(forces, col.FORCE_COLUMNS)
    return {
        "forces": table,
        "force_key": np.array([key_of(f"force/{force.name}") >> 1 for force in forces], np.int64),
        "person_first": np.array(plan.first, np.int64),
        "people": np.array([force.soldiers + force.reservists + force.civilians for force in forces], np.int64),
        "squad_first": np.array([next((q for q, row in enumerate(plan.squad_rows) if row[0] == f), 0) for f in range(n)], np.int64),
        "post_cursor": np.zeros(n, np.int64),
        "soldiers_start": np.array([force.soldiers for force in forces], np.int64),
        "reservists_all": np.array([force.reservists for force in forces], np.int64),
        "officer_weight": np.array([force.officer_weight for force in forces], np.float64),
        "facing": np.array(facing, np.uint8).reshape(n, n),
        "reference": np.array(reference, np.float64).reshape(n, len(REFERENCE_COLUMNS)),
        "count": np.zeros((n, N_STATUSES), np.int64),
        "counts_today": np.zeros((n, len(DAY_COUNTS)), np.int64),
        "news": np.zeros((n, 5), np.int64),
        "news_new": np.zeros((n, 5), np.int64),
        "legitimacy": table[:, col.F_LEGITIMACY].copy(),
        "odds": zeros.copy(),
        "threat": zeros.copy(),
        "fear": np.zeros((n, 5)),
        "news_share": np.zeros((n, 5)),
        "quarter": zeros.copy(),
        "turnout_news": table[:, col.F_PROTEST_SPARK].copy(),
        "breakpoint": zeros.copy(),
        "collapsed": np.full(n, -1, np.int64),
        "fallen": np.full(n, -1, np.int64),
        "ban_was": table[:, col.F_EXIT_BAN].copy(),
        "left": np.zeros(n, np.int64),
        "departures": np.zeros(n, np.int64),
        "fled": np.zeros(n, np.int64),
        "skilled_all": np.zeros(n, np.int64),
        "skilled_gone": np.zeros(n, np.int64),
        "output_gap": zeros.copy(),
        "information": zeros.copy(),
        "effective": np.array([float(force.soldiers) for force in forces]),
        "captor": np.zeros((n, 2)),
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


def _calendar(s: Scenario) -> dict[str, Any]:
    events = s.timeline()
    names = {"force": col.FORCE_COLUMNS, "host": col.HOST_COLUMNS}
    return {
        "event_day": np.array([event[0] for event in events], np.int64),
        "event_table": np.array([int(event[1] == "host") for event in events], np.int64),
        "event_row": np.array([event[2] for event in events], np.int64),
        "event_column": np.array([names[event[1]].index(event[3]) for event in events], np.int64),
        "event_value": np.array([event[4] for event in events], np.float64),
        "event_next": np.zeros(1, np.int64),
    }


@kernel
def _fill_people(w, n_forces):
    """Kinds, homes, units and traits of everybody."""
    for c in range(len(w.community_force)):
        f = w.community_force[c]
        for i in range(w.reservists_start[c], w.reservists_end[c]):
            w.kind[i] = RESERVIST
            w.community[i] = c
            w.force_of[i] = f
        for i in range(w.civilians_start[c], w.civilians_end[c]):
            w.kind[i] = CIVILIAN
            w.community[i] = c
            w.force_of[i] = f
    for f in range(n_forces):
        i = w.person_first[f]
        for q in range(len(w.squad_force)):
            if w.squad_force[q] == f:
                for j in range(w.squad_founders[q]):
                    w.kind[i] = SOLDIER
                    w.force_of[i] = f
                    w.squad[i] = q
                    w.community[i] = w.squad_community[q]
                    w.status[i] = SERVING
                    w.slots[q, j] = i
                    i += 1
        for i in range(w.person_first[f], w.person_first[f] + w.people[f]):
            _draw_traits(w, f, i)


@kernel
def _draw_traits(w, f, i):
    who = w.force_key[f] + i - w.person_first[f]
    officer, skilled, _, _ = uniforms(w.seed, who, TRAITS, 0)
    if w.kind[i] == SOLDIER:
        w.trait[i] = ORIGINAL_BIT | SERVED_BIT
        if officer < w.forces[f, col.F_OFFICER_SHARE]:
            w.trait[i] |= OFFICER_BIT
    else:
        w.status[i] = HOME
        if skilled < w.forces[f, col.F_SKILLED_SHARE]:
            w.trait[i] = SKILLED_BIT


@kernel
def _draw_company_front(w):
    draws = np.zeros(len(w.company_force))
    for k in range(len(w.company_force)):
        # One number for all companies of a battalion: a battalion holds one sector.
        first = k
        while first > 0 and w.company_battalion[first - 1] == w.company_battalion[k]:
            first -= 1
        draws[k] = uniform(w.seed, w.company_key[first], FRONT, 0)
    return draws


def _draw_units(w: World, core: Any) -> None:
    """Which battalions stand in contact, shared frailties, and breakpoints."""
    draws = _draw_company_front(core)
    for f in range(len(w.people)):
        mine = w.company_force == f
        share = w.forces[f, col.F_FRONT_SHARE]
        battalions = np.unique(w.company_battalion[mine])
        if len(battalions) and share > 0.0:
            value = {int(b): float(draws[np.argmax(w.company_battalion == b)]) for b in battalions}
            front = sorted(battalions, key=lambda b: (value[int(b)], b))[: max(1, round(share * len(battalions)))]
            chosen = mine & np.isin(w.company_battalion, front)
            w.company_front[chosen] = w.company_size[mine].sum() / w.company_size[chosen].sum()
        normal = normals(w.seed, u64(int(w.force_key[f])), u64(BREAKPOINT), u64(0))[0]
        loss = (1.0 - w.forces[f, col.F_BREAKPOINT]) * math.exp(w.forces[f, col.F_BREAKPOINT_SPREAD] * normal)
        w.breakpoint[f] = 1.0 - min(loss, 0.95)
    _draw_frailties(core)


@kernel
def _draw_frailties(w):
    for k in range(len(w.company_key)):
        w.company_z[k] = normals(w.seed, w.company_key[k], FRAILTY, 1)[0]
    for c in range(len(w.community_key)):
        w.community_z[c] = normals(w.seed, w.community_key[c], FRAILTY, 2)[0]


@kernel
def _random_thresholds(w, mean, spread):
    for i in range(len(w.status)):
        f = w.force_of[i]
        w.theta[i] = mean + spread * normals(w.seed, w.force_key[f] + i - w.person_first[f], THRESHOLD, 0)[0]


def _draw_thresholds(w: World, core: Any, scenario: Scenario) -> None:
    b = scenario.behaviour
    if b.threshold_draw == "random":
        _random_thresholds(core, b.threshold_mean, b.threshold_spread)
        return
    for f in range(len(w.people)):
        n, first = int(w.people[f]), int(w.person_first[f])
        w.theta[first : first + n] = b.threshold_mean + b.threshold_spread * ndtri((np.arange(n) + 0.5) / n)


def _ties(w: World, core: Any, scenario: Scenario) -> dict[str, Array]:
    if scenario.graph is not None:
        from desertion.graph import read_edges

        edges = read_edges(scenario.graph, len(w.status))
        return _csr(edges[:, 0], edges[:, 1], len(w.status))
    half = np.array([force.degree // 2 for force in scenario.forces], np.int64)
    if not half.any():
        return {"tie_start": np.zeros(len(w.status) + 1, np.int64), "tie_to": np.zeros(0, np.int32)}
    across = np.array([force.across for force in scenario.forces])
    rewire = np.array([force.rewire for force in scenario.forces])
    other = np.full((len(w.status), int(half.max())), -1, np.int32)
    _draw_ties(core, half, across, rewire, other)
    start, to = _pack_ties(other)
    return {"tie_start": start, "tie_to": to}


def _csr(a: Array, b: Array, n: int) -> dict[str, Array]:
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.argsort(ends, kind="stable")
    start = np.searchsorted(ends[order], np.arange(n + 1)).astype(np.int64)
    return {"tie_start": start, "tie_to": others[order].astype(np.int32)}


@kernel
def _member(w, c, j):
    """The j-th member of a community: reservists, then civilians, then the soldiers who come from there."""
    n = w.reservists_end[c] - w.reservists_start[c]
    if j < n:
        return w.reservists_start[c] + j
    j -= n
    n = w.civilians_end[c] - w.civilians_start[c]
    if j < n:
        return w.civilians_start[c] + j
    return w.soldiers_first[c] + j - n


@kernel
def _stride(n):
    """A step that visits all of n places, near the golden section, so that neighbours on the ring mix kinds."""
    step = max(1, int(0.6180339887 * n))
    while step < n:
        a, b = n, step
        while b:
            a, b = b, a % b
        if a == 1:
            return step
        step += 1
    return 1


@kernel
def _draw_ties(w, half, across, rewire, other):
    """Small-world ties: a ring within each community, some ends rewired within it and some across the force."""
    for c in range(len(w.community_force)):
        f = w.community_force[c]
        n = w.community_size[c]
        reach = min(half[f], (n - 1) // 2)
        step = _stride(n)
        for p in range(n):
            i = _member(w, c, (p * step) % n)
            who = w.force_key[f] + i - w.person_first[f]
            block = words(w.seed, who, TIES, 0)
            for j in range(reach):
                if j % 4 == 0 and j > 0:
                    block = words(w.seed, who, TIES, j // 4)
                word = block[j % 4]
                chance = float(word >> u64(32)) / 4294967296.0
                place = int(word & u64(0xFFFFFFFF))
                to = _member(w, c, ((p + j + 1) % n * step) % n)
                if chance < across[f]:
                    found = w.person_first[f] + ((place * w.people[f]) >> 32)
                    to = found if found != i else to
                elif chance < across[f] + rewire[f]:
                    found = _member(w, c, (place * n) >> 32)
                    to = found if found != i else to
                other[i, j] = to


@kernel
def _pack_ties(other):
    n, width = other.shape
    start = np.zeros(n + 1, np.int64)
    for i in range(n):
        for j in range(width):
            if other[i, j] >= 0:
                start[i + 1] += 1
                start[other[i, j] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    to = np.empty(start[n], np.int32)
    at = start[:-1].copy()
    for i in range(n):
        for j in range(width):
            k = other[i, j]
            if k >= 0:
                to[at[i]] = k
                at[i] += 1
                to[at[k]] = i
                at[k] += 1
    return start, to
