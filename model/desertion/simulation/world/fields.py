"""The world: everything a run changes, as named arrays that compiled and plain code share.

A person, squad, company, community, region, host or force is a row number. Shapes: N persons, Q squads, K companies, C communities, R regions,
H hosts, F forces, W call-ups.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# An array of the world: it is read one number at a time, which a checker cannot know where the index is a number from another array.
Cells = Any
# One row of a table of levers or parameters: a number, or four by category, under each of their names.
Record = Any

REST_WINDOW = 8  # days whose signals are kept for people at rest
BLOCK = 32  # neighbours in a community whose lowest targets are kept together


class World(NamedTuple):
    """All state of one run; arrays are changed in place, the tuple itself never."""

    # what holds for the whole run
    seed: Any  # uint64
    form: int  # form of contagion
    lazy: bool  # True where clocks live here (compiled form), False where agents keep their own
    money: float  # real persons per simulated person: 1 / scale
    behaviour: Cells  # (1) a record of Behaviour's numbers
    beta: Cells  # (levels): contagion weights
    beta_star: Cells  # (levels): interactions with reception
    keep: Cells  # (levels): daily decay, units of 2**-24
    keep_casualties: int

    # persons
    status: Cells  # (N) int8
    kind: Cells  # (N) int8
    trait: Cells  # (N) uint8, bits of statuses.py
    force_of: Cells  # (N) int8
    squad: Cells  # (N) int32, -1 outside a unit
    community: Cells  # (N) int32
    spell: Cells  # (N) int16
    since: Cells  # (N) int32, day of the last change of status
    until: Cells  # (N) int32, day on which the present stage ends
    host: Cells  # (N) int8
    left_day: Cells  # (N) int32, first day of leaving, -1
    left_route: Cells  # (N) int8, first route of leaving, -1
    wave_of: Cells  # (N) int8
    stay: Cells  # (N, 3) int64: ticks left of the clocks of hiding, refusing, living abroad
    queue_next: Cells  # (N) int32
    active: Cells  # (N) int32: persons in passing, in order of arrival
    active_n: Cells  # (1)
    is_active: Cells  # (N) uint8
    tie_start: Cells  # (N + 1) int64
    tie_to: Cells  # (ties) int32

    # clocks of the compiled form (length 1 in the other)
    target: Cells  # (N, 6) int64: crossing tick of the cell's clock if bound, else ticks still lacking; being hit: the squad's clock while serving
    theta: Cells  # (N) float64, threshold form
    bound: Cells  # (N) uint8: whose clock he goes by, see statuses.OWN
    tie: Cells  # (N, 5) int32: pressure from personal ties by route
    loose: Cells  # (N) int32: persons with their own clock
    loose_n: Cells  # (1)
    is_touched: Cells  # (N) uint8: whether ties press on somebody
    tie_day: Cells  # (N) int32: up to which day his ties have faded, and, at rest, his clocks have been added up
    squad_clock: Cells  # (Q, 6) int64
    squad_low: Cells  # (Q, 6) int64: lowest target among the bound
    squad_low_theta: Cells  # (Q)
    class_clock: Cells  # (C, 8) int64: clocks of people at home, one a way out, see statuses.WAY_ROUTES
    class_low: Cells  # (C, 8) int64: lowest target among the bound
    class_low_theta: Cells  # (C, 4)
    block_start: Cells  # (C) first of a community's blocks of neighbours: reservists', then civilians'
    block_low: Cells  # (blocks, 8) int64: lowest target among the bound of a block
    over: Cells  # (1): days that are over
    resting: Cells  # (C) uint8: whether anybody rests here
    rest_most: Cells  # (C, 8) int64: ticks a day up to which people at rest need not be roused
    rest_reception: Cells  # (C, 4) perceived safety when they were last looked at
    past_outlook: Cells  # (days kept, C) int32
    past_rate: Cells  # (days kept, C + R, 8)
    past_reception: Cells  # (days kept, C + R, 4)

    # units
    squad_force: Cells
    squad_company: Cells
    squad_community: Cells
    slots: Cells  # (Q, size) int32
    squad_size: Cells  # (Q) int32 established strength
    squad_n: Cells  # (Q) int32 serving
    squad_original: Cells  # (Q) int32 original members serving
    squad_founders: Cells  # (Q) int32 members at the start
    squad_pressure: Cells  # (Q, 5) int64
    squad_new: Cells  # (Q, 5) int64
    squad_surrendered: Cells  # (Q, 3) int32, last three days
    company_force: Cells
    company_key: Cells
    company_front: Cells  # (K) float64 factor of risk; 0 in the rear
    company_division: Cells
    company_battalion: Cells
    company_size: Cells
    company_n: Cells
    company_peak: Cells
    company_pressure: Cells  # (K, 5) int64
    company_new: Cells
    company_casualties: Cells  # (K, 3) int64
    company_hit: Cells  # (K, 3) int64 today's
    company_shock: Cells
    company_z: Cells  # (K) log frailty shared by the company
    company_surrendered: Cells
    company_strain: Cells  # (K) push shared by a company
    company_share: Cells  # (K, 5) weighted share gone by route
    squad_push: Cells  # (Q) what drives its men, as published in the morning
    squad_open: Cells  # (Q, 5) opportunity times chance
    squad_level: Cells
    squad_shared: Cells
    squad_share: Cells  # (Q) weighted share gone, threshold form
    squad_pull: Cells  # (Q, 5) push plus log chance, threshold form

    # communities
    community_force: Cells
    community_region: Cells
    community_key: Cells
    reservists_start: Cells
    reservists_end: Cells
    civilians_start: Cells
    civilians_end: Cells
    community_size: Cells
    community_pressure: Cells  # (C, 5) int64
    community_new: Cells
    community_shock: Cells
    community_z: Cells
    soldiers_first: Cells  # (C) first of the soldiers at the start who come from here
    soldiers_end: Cells
    class_n: Cells  # (C, 8) int32
    turnout: Cells  # (C) share last seen in the street
    street: Cells  # (C, 129) int32: people at home by turnout threshold
    heard_n: Cells  # (C, H, 4) decided cases heard of
    heard_good: Cells
    has_heard: Cells
    squads_start: Cells  # (C + 1)
    squads_of: Cells

    # what communities see: a row a community, then a row a region, which quiet communities read
    outlook: Cells  # (C) int64: the row that a community reads
    flight: Cells  # (C + R, 4) perceived worth of flight
    reception: Cells  # (C + R, 4) perceived safety at the best host
    community_share: Cells  # (C + R, 5) weighted share gone by route
    unit_outside: Cells  # (C + R, 5) contagion from outside the unit for soldiers who come from here
    unit_flight: Cells  # (C + R) their opportunity times chance of flight
    class_open: Cells  # (C + R, 8, 5)
    class_level: Cells
    class_shared: Cells
    class_share: Cells  # (C + R, 8)
    class_pull: Cells  # (C + R, 8, 5)
    class_rate: Cells  # (C + R, 8) rate a day of people at home without ties
    class_step: Cells  # (C + R, 8) int64: ticks by which the clocks of people at home advance today

    # regions
    region_force: Cells
    region_first: Cells  # first reservist
    region_people: Cells  # reservists
    region_weight: Cells
    region_cursor: Cells
    region_called: Cells
    region_key: Cells
    access: Cells  # (R, H), -1 where the host's own lever holds
    outside: Cells  # (R, H) nearness times what the wait leaves
    region_visa: Cells  # (R) nearness of the nearest host with skilled-worker visas

    # hosts
    hosts: Cells  # (H) records of Host's numbers, as they stand today
    host_levers: Cells  # (H, levers) the same memory as a plain table, for changes by the number of a lever
    host_key: Cells
    passes_to: Cells  # (H, H) uint8
    border_queue: Cells  # (H, 3): head, tail, length
    case_queue: Cells  # (H, 3)
    border_credit: Cells
    case_credit: Cells
    visa_credit: Cells
    host_count: Cells  # (H, F, 18)
    host_skilled: Cells  # (H, F)
    host_day: Cells  # (H, F, 10)
    full: Cells  # (H) uint8
    seen_full: Cells  # (H) uint8, as everybody saw it this morning
    passed_on: Cells  # (H, 4, F) worth of being passed on
    inside: Cells  # (F, H, 4) worth of a host for communities without cases of their own
    national_n: Cells  # (F, H, 4)
    national_good: Cells

    # forces and home states
    forces: Cells  # (F) records of Force's numbers, as they stand today
    force_levers: Cells  # (F, levers) the same memory as a plain table
    force_key: Cells
    person_first: Cells
    people: Cells  # (F) persons
    squad_first: Cells  # (F)
    post_cursor: Cells  # (F)
    soldiers_start: Cells  # (F) soldiers serving at the start
    reservists_all: Cells  # (F)
    officer_weight: Cells
    facing: Cells  # (F, F) uint8
    reference: Cells  # (F) records of Reference's numbers
    count: Cells  # (F, 18) int64  # pyright: ignore[reportIncompatibleMethodOverride] - nobody counts a world's fields
    counts_today: Cells  # (F, 12) int64
    news: Cells  # (F, 5) int64
    news_new: Cells
    news_facing: Cells  # (F, 5) int64: its news as armies that face the same enemy remember it
    legitimacy: Cells
    odds: Cells
    threat: Cells
    fear: Cells  # (F, 5) cost of each route
    news_share: Cells  # (F, 5) weighted share gone by route
    facing_share: Cells  # (F, 5) the same as armies that face the same enemy remember it
    quarter: Cells
    turnout_news: Cells
    breakpoint: Cells
    collapsed: Cells  # (F) day, -1
    fallen: Cells
    ban_was: Cells
    left: Cells  # (F) persons ever gone
    departures: Cells
    fled: Cells  # (F) reservists who ever fled
    skilled_all: Cells
    skilled_gone: Cells
    output_gap: Cells
    information: Cells
    effective: Cells
    captor: Cells  # (F, 2): prisoners treated well and seen, decayed
    served: Cells  # (F) reservists who ever served
    wave_force: Cells
    wave_day: Cells
    wave_number: Cells
    wave_days: Cells
    wave_notice: Cells
    wave_training: Cells
    wave_list: Cells
    wave_called: Cells
    wave_evaded: Cells

    # calendar
    event_day: Cells
    event_table: Cells
    event_row: Cells
    event_column: Cells
    event_value: Cells
    event_next: Cells  # (1)

    # the day's leavers and hit, in order of person
    out_person: Cells
    out_route: Cells
    out_host: Cells  # to which host, of those who flee
    out_rank: Cells  # in the queue for visas
    out_n: Cells  # (1)

    # record
    daily: Cells  # (days + 1, F, columns)
    hostly: Cells  # (days + 1, H, F, columns)

    @property
    def longest(self) -> int:
        """The most rows that a kernel may list in a day: every person and every community."""
        return len(self.status) + len(self.community_force)

    def __reduce__(self) -> Any:
        """What a pickle keeps: the plain tables are left out, since two arrays would come back without their common memory."""
        return world_of, ({name: part for name, part in self._asdict().items() if name not in _PLAIN},)


_PLAIN = ("host_levers", "force_levers")


def world_of(parts: dict[str, Any]) -> World:
    """A world of its arrays, with the plain tables that show the memory of its records of levers."""
    return World(**parts, host_levers=_plain(parts["hosts"]), force_levers=_plain(parts["forces"]))


def _plain(records: Array) -> Array:
    """Records of numbers as the table (rows, numbers) whose memory they are."""
    return records.view(np.float64, np.ndarray).reshape(len(records), records.dtype.itemsize // 8)


DAILY_EXTRA = (
    "new_hide", "new_flee", "new_surrender", "new_refuse", "new_wounded", "new_killed", "new_captured", "caught", "returned",
    "left", "departures", "strength", "effective_strength", "legitimacy", "turnout", "war_index", "information", "output_lost",
    "collapsed", "fallen", "new_skilled", "turned_back", "called", "served", "news", "prisoner_cost_eur", "captor_casualties",
    "captor_saved", "threat", "quarter_believed", "flight_believed",
)  # fmt: skip
HOST_EXTRA = (
    "at_border", "waiting", "admitted", "irregular", "turned_away", "decided", "granted", "refused", "protected", "abroad",
    "cost_eur", "infiltrators", "output_gained", "genuine_refused", "passed_on", "visas", "tolerated", "emigrated",
    "over_budget_eur",
)  # fmt: skip
