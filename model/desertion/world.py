"""The world: everything a run changes, as named arrays that compiled and plain code share.

A person, squad, company, community, region, host or force is a row number. Shapes: N persons, Q squads, K companies, C communities, R regions,
H hosts, F forces, W call-ups.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]


class World(NamedTuple):
    """All state of one run; arrays are changed in place, the tuple itself never."""

    # what holds for the whole run
    seed: Any  # uint64
    form: int  # form of contagion
    lazy: bool  # True where clocks live here (compiled form), False where agents keep their own
    money: float  # real persons per simulated person: 1 / scale
    behaviour: Array  # (behaviour columns)
    beta: Array  # (levels): contagion weights
    beta_star: Array  # (levels): interactions with reception
    keep: Array  # (levels): daily decay, units of 2**-24
    keep_casualties: int

    # persons
    status: Array  # (N) int8
    kind: Array  # (N) int8
    trait: Array  # (N) uint8, bits of statuses.py
    force_of: Array  # (N) int8
    squad: Array  # (N) int32, -1 outside a unit
    community: Array  # (N) int32
    spell: Array  # (N) int16
    since: Array  # (N) int32, day of the last change of status
    until: Array  # (N) int32, day on which the present stage ends
    host: Array  # (N) int8
    left_day: Array  # (N) int32, first day of leaving, -1
    left_route: Array  # (N) int8, first route of leaving, -1
    wave_of: Array  # (N) int8
    stay: Array  # (N, 3) int64: ticks left of the clocks of hiding, refusing, living abroad
    queue_next: Array  # (N) int32
    active: Array  # (N) int32: persons in passing, in order of arrival
    active_n: Array  # (1)
    is_active: Array  # (N) uint8
    tie_start: Array  # (N + 1) int64
    tie_to: Array  # (ties) int32

    # clocks of the compiled form (length 1 in the other)
    target: Array  # (N, 6) int64: crossing tick of the cell's clock if bound, else ticks still lacking; being hit: the squad's clock while serving
    theta: Array  # (N) float64, threshold form
    bound: Array  # (N) uint8: 0 cannot leave, 1 has his own clock, 2 bound to his cell's
    tie: Array  # (N, 5) int32: pressure from personal ties by route
    loose: Array  # (N) int32: persons with their own clock
    loose_n: Array  # (1)
    touched: Array  # (N) int32: persons with tie pressure
    touched_n: Array  # (1)
    is_touched: Array  # (N) uint8
    squad_clock: Array  # (Q, 6) int64
    squad_low: Array  # (Q, 6) int64: lowest target among the bound
    squad_low_theta: Array  # (Q)
    class_clock: Array  # (C, 8, 6) int64
    class_low: Array  # (C, 8, 6) int64
    class_low_theta: Array  # (C, 8)

    # units
    squad_force: Array
    squad_company: Array
    squad_community: Array
    slots: Array  # (Q, size) int32
    squad_size: Array  # (Q) int32 established strength
    squad_n: Array  # (Q) int32 serving
    squad_original: Array  # (Q) int32 original members serving
    squad_founders: Array  # (Q) int32 members at the start
    squad_pressure: Array  # (Q, 5) int64
    squad_new: Array  # (Q, 5) int64
    squad_surrendered: Array  # (Q, 3) int32, last three days
    company_force: Array
    company_key: Array
    company_front: Array  # (K) float64 factor of risk; 0 in the rear
    company_division: Array
    company_battalion: Array
    company_size: Array
    company_n: Array
    company_peak: Array
    company_pressure: Array  # (K, 5) int64
    company_new: Array
    company_casualties: Array  # (K, 3) int64
    company_hit: Array  # (K, 3) int64 today's
    company_shock: Array
    company_z: Array  # (K) log frailty shared by the company
    company_surrendered: Array
    company_strain: Array  # (K) push shared by a company
    company_share: Array  # (K, 5) weighted share gone by route
    squad_open: Array  # (Q, 5) opportunity times chance
    squad_level: Array
    squad_shared: Array
    squad_share: Array  # (Q) weighted share gone, threshold form
    squad_pull: Array  # (Q, 5) push plus log chance, threshold form

    # communities
    community_force: Array
    community_region: Array
    community_key: Array
    reservists_start: Array
    reservists_end: Array
    civilians_start: Array
    civilians_end: Array
    community_size: Array
    community_pressure: Array  # (C, 5) int64
    community_new: Array
    community_shock: Array
    community_z: Array
    soldiers_first: Array  # (C) first of the soldiers at the start who come from here
    soldiers_end: Array
    class_n: Array  # (C, 8) int32
    turnout: Array  # (C) share last seen in the street
    street: Array  # (C, 129) int32: people at home by turnout threshold
    heard_n: Array  # (C, H, 4) decided cases heard of
    heard_good: Array
    has_heard: Array
    squads_start: Array  # (C + 1)
    squads_of: Array
    community_share: Array  # (C, 5) weighted share gone by route
    unit_outside: Array  # (C, 5) contagion from outside the unit for soldiers who come from here
    unit_flight: Array  # (C) their opportunity times chance of flight
    class_open: Array  # (C, 8, 5)
    class_level: Array
    class_shared: Array
    class_share: Array  # (C, 8)
    class_pull: Array  # (C, 8, 5)
    flight: Array  # (C, 4) perceived worth of flight
    reception: Array  # (C, 4) perceived safety at the best host

    # regions
    region_force: Array
    region_first: Array  # first reservist
    region_people: Array  # reservists
    region_weight: Array
    region_cursor: Array
    region_called: Array
    region_key: Array
    access: Array  # (R, H), -1 where the host's own lever holds
    outside: Array  # (R, H) nearness times what the wait leaves
    region_flight: Array  # (R, 4) worth of flight for communities without cases of their own
    region_reception: Array  # (R, 4)
    region_visa: Array  # (R) perceived chance of a skilled-worker visa

    # hosts
    hosts: Array  # (H, host columns)
    host_key: Array
    passes_to: Array  # (H, H) uint8
    border_queue: Array  # (H, 3): head, tail, length
    case_queue: Array  # (H, 3)
    border_credit: Array
    case_credit: Array
    visa_credit: Array
    host_count: Array  # (H, F, 18)
    host_skilled: Array  # (H, F)
    host_day: Array  # (H, F, 10)
    full: Array  # (H) uint8
    passed_on: Array  # (H, 4, F) worth of being passed on
    inside: Array  # (F, H, 4) worth of a host for communities without cases of their own
    national_n: Array  # (F, H, 4)
    national_good: Array

    # forces and home states
    forces: Array  # (F, force columns)
    force_key: Array
    person_first: Array
    people: Array  # (F) persons
    squad_first: Array  # (F)
    post_cursor: Array  # (F)
    soldiers_start: Array  # (F) soldiers serving at the start
    reservists_all: Array  # (F)
    officer_weight: Array
    facing: Array  # (F, F) uint8
    reference: Array  # (F, 9)
    count: Array  # (F, 18) int64
    counts_today: Array  # (F, 12) int64
    news: Array  # (F, 5) int64
    news_new: Array
    legitimacy: Array
    odds: Array
    threat: Array
    fear: Array  # (F, 5) cost of each route
    news_share: Array  # (F, 5) weighted share gone by route
    quarter: Array
    turnout_news: Array
    breakpoint: Array
    collapsed: Array  # (F) day, -1
    fallen: Array
    ban_was: Array
    left: Array  # (F) persons ever gone
    departures: Array
    fled: Array  # (F) reservists who ever fled
    skilled_all: Array
    skilled_gone: Array
    output_gap: Array
    information: Array
    effective: Array
    captor: Array  # (F, 2): prisoners treated well and seen, decayed
    served: Array  # (F) reservists who ever served
    wave_force: Array
    wave_day: Array
    wave_number: Array
    wave_days: Array
    wave_notice: Array
    wave_training: Array
    wave_list: Array
    wave_called: Array
    wave_evaded: Array

    # calendar
    event_day: Array
    event_table: Array
    event_row: Array
    event_column: Array
    event_value: Array
    event_next: Array  # (1)

    # the day's leavers and hit, in order of person
    out_person: Array
    out_route: Array
    out_n: Array  # (1)

    # record
    daily: Array  # (days + 1, F, columns)
    hostly: Array  # (days + 1, H, F, columns)


DAILY_EXTRA = (
    "new_hide", "new_flee", "new_surrender", "new_refuse", "new_wounded", "new_killed", "new_captured", "caught", "returned",
    "left", "departures", "strength", "effective_strength", "legitimacy", "turnout", "war_index", "information", "output_lost",
    "collapsed", "fallen", "new_skilled", "turned_back", "called", "served", "news", "prisoner_cost_eur", "captor_casualties",
    "captor_saved", "threat", "quarter_believed", "flight_believed",
)  # fmt: skip
HOST_EXTRA = (
    "at_border", "waiting", "admitted", "irregular", "turned_away", "decided", "granted", "refused", "protected", "abroad",
    "cost_eur", "infiltrators", "output_gained", "genuine_refused", "passed_on", "visas", "tolerated", "emigrated",
)  # fmt: skip
