"""The world: everything a run changes, as named arrays that compiled and plain code share.

A person, squad, company, community, region, host or force is a row number. Shapes: N persons, Q squads, K companies, C communities, R regions,
H hosts, F forces, W call-ups; (5) are routes, (6) clocks, (8) classes or doors, (4) categories, see codes.py. In kernels, i is a person, q a squad,
c a community, cl a class, f a force, h a host, cat a category, e a change of the calendar, v a call-up; the rest is written out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desertion.simulation.world.codes import STATUSES
from desertion.simulation.world.rows import PERSON, PERSON_FIELDS, TIED, TIED_FIELDS

Array = NDArray[Any]
# An array of the world: it is read one number at a time, which a checker cannot know where the index is a number from another array.
Values = Any
# One row of a table of levers or parameters: a number, or four by category, under each of their names.
Record = Any

REST_WINDOW = 16  # days whose signals are kept for people at rest
UNIT_EVENT_DAYS = 3  # within which the surrender of half a unit is news of its own
SPELLS = 65536  # that a person may begin, from 0 on
BLOCK = 32  # neighbours in a community whose lowest targets are kept together


class World(NamedTuple):
    """All state of one run; arrays are changed in place, the tuple itself never."""

    # what holds for the whole run
    seed: Any  # uint64
    form: int  # form of contagion
    has_clocks: bool  # True where clocks live here (compiled form), False where agents keep their own
    money: float  # real persons per simulated person: 1 / scale
    behaviour: Values  # (1) a record of Behaviour's numbers
    beta: Values  # (levels): contagion weights
    beta_star: Values  # (levels): interactions with reception
    daily_keep: Values  # (levels): daily decay, units of 2**-24
    daily_keep_casualties: int

    # persons
    person_rows: Values  # (N, 64) uint8: a record of a person's fields each, see rows.py
    status: Values  # (N) int8
    kind: Values  # (N) int8
    trait: Values  # (N) uint8, bits of codes.py
    force_of: Values  # (N) int8
    squad: Values  # (N) int32, -1 outside a unit
    community: Values  # (N) int32
    room: Values  # (N) int32: his row of `stay`, which he has from his first leaving on; 0 before
    spell: Values  # (N) uint16: one may begin every day
    since: Values  # (N) int32, day of the last change of status
    until: Values  # (N) int32, day on which the present stage ends
    host: Values  # (N) int8
    left_day: Values  # (N) int32, first day of leaving, -1
    left_route: Values  # (N) int8, first route of leaving, -1
    wave_of: Values  # (N) int8
    stay: Values  # (N + 1, 4) int64: ticks left of the clocks of hiding, refusing, living abroad, and stays abroad begun in this spell, by room: memory is used for leavers alone
    rooms_n: Values  # (1) rooms given
    queue_next: Values  # (N) int32
    active: Values  # (N) int32: persons in passing who are looked at every day
    active_n: Values  # (1)
    is_active: Values  # (N) uint8: whether somebody is in passing, see codes.LOOKED_AT
    arrival: Values  # (N) int32: in which order people came to be in passing
    arrival_n: Values  # (1)
    hidden: Values  # (2N) int32: persons in hiding, from twice the first person of their force on; -1 where somebody came out
    place: Values  # (N) int32: somebody's place on that list, counted from his force's first
    hidden_n: Values  # (F) places used
    hidden_bound: Values  # (F) places of those whose stays go by the clocks
    hide_clock: Values  # (F, 2) int64: the clocks of being caught and of giving up
    hidden_low: Values  # (blocks, 2) int64: lowest target of a block of places
    tie_start: Values  # (N + 1) int64
    tie_to: Values  # (ties) int32

    # clocks of the compiled form (length 1 in the other)
    target: Values  # (N, 6) int64, see clocks/shared.py: what a shared clock shows when he leaves if bound to one, else ticks still lacking
    threshold: Values  # (N) float64, threshold form
    bound: Values  # (N) uint8: whose clock he goes by, see codes.OWN
    tie_rows: Values  # (N, 32) uint8: the same of what ties told him
    tie_pressure: Values  # (N, 5) int32: pressure from personal ties by route
    own_clocks: Values  # (N) int32: persons with a clock of their own, nobody twice
    own_clocks_n: Values  # (1)
    is_touched: Values  # (N) uint8: whether ties press on somebody
    n_ties: Values  # (N) int32: how many ties he has, 0 before he was told anything
    tie_day: Values  # (N) int32: up to which day his ties have faded, and, at rest, his clocks have been added up
    squad_clock: Values  # (Q, 6) int64
    squad_low: Values  # (Q, 6) int64: lowest target among the bound
    squad_low_threshold: Values  # (Q)
    class_clock: Values  # (C, 8) int64: clocks of people at home, one a door, see codes.DOOR_ROUTES
    class_low: Values  # (C, 8) int64: lowest target among the bound
    class_low_threshold: Values  # (C, 4)
    block_start: Values  # (C) first of a community's blocks of neighbours: reservists', then civilians'
    block_low: Values  # (blocks, 8) int64: lowest target among the bound of a block
    days_done: Values  # (1): days that are over
    resting: Values  # (C) uint8: whether anybody rests here
    shut_in: Values  # (C) uint8: whether anybody from here could leave but for his ways, which are all shut, and has no clock
    rest_most: Values  # (C, 8) int64: ticks a day up to which people at rest need not be roused
    rest_reception: Values  # (C, 4) perceived safety when they were last looked at
    seen_since: (
        Values  # (C) day since which the hazards and the safety that are kept have not changed, where somebody rests
    )
    past_row_seen: Values  # (days kept, C) int32
    past_rate: Values  # (days kept, C + R, 8)
    past_reception: Values  # (days kept, C + R, 4)

    # units
    squad_force: Values
    squad_company: Values
    squad_community: Values
    slots: Values  # (Q, size) int32
    squad_size: Values  # (Q) int32 established strength
    squad_n: Values  # (Q) int32 serving
    squad_original: Values  # (Q) int32 original members serving
    squad_founders: Values  # (Q) int32 members at the start
    squad_pressure: Values  # (Q, 5) int64
    squad_new: Values  # (Q, 5) int64
    squad_surrendered: Values  # (Q, 3) int32, last `UNIT_EVENT_DAYS` days
    company_force: Values
    company_key: Values
    company_contact: Values  # (K) uint8: whether it stands in contact with the enemy
    company_cut_off: Values  # (K) int32: days, today included, that it is cut off yet
    company_division: Values
    company_battalion: Values
    company_size: Values
    company_n: Values
    company_peak: Values
    company_pressure: Values  # (K, 5) int64
    company_new: Values
    company_casualties: Values  # (K, 3) int64
    company_hit: Values  # (K, 3) int64 today's
    company_shock: Values
    company_z: Values  # (K) log frailty shared by the company
    company_surrendered: Values
    company_strain: Values  # (K) push shared by a company
    company_share: Values  # (K, 5) weighted share gone by route
    squad_push: Values  # (Q) what drives its men, as published in the morning
    squad_open: Values  # (Q, 5) opportunity times chance
    squad_level: Values
    squad_shared: Values
    squad_step: Values  # (Q, 5) int64: ticks by which the clocks of its men advance today
    squad_share: Values  # (Q) weighted share gone, threshold form
    squad_pull: Values  # (Q, 5) push plus log chance, threshold form

    # communities
    community_force: Values
    community_region: Values
    community_key: Values
    reservists_start: Values
    reservists_end: Values
    civilians_start: Values
    civilians_end: Values
    community_size: Values
    community_pressure: Values  # (C, 5) int64
    community_new: Values
    community_shock: Values
    community_z: Values
    soldiers_first: Values  # (C) first of the soldiers at the start who come from here
    soldiers_end: Values
    class_n: Values  # (C, 8) int32
    turnout: Values  # (C) share last seen in the street
    street: Values  # (C, 129) int32: people at home by turnout threshold
    heard_n: Values  # (C, H, 4) decided cases heard of
    heard_good: Values
    has_heard: Values
    squads_start: Values  # (C + 1)
    squads_of: Values

    # what communities see: a row a community, then a row a region, which quiet communities read
    row_seen: Values  # (C) int64: the row of these tables that a community reads
    flight: Values  # (C + R, 4) perceived worth of flight
    reception: Values  # (C + R, 4) perceived safety at the best host
    community_share: Values  # (C + R, 5) weighted share gone by route
    unit_outside: Values  # (C + R, 5) contagion from outside the unit for soldiers who come from here
    unit_flight: Values  # (C + R) their opportunity times chance of flight
    class_open: Values  # (C + R, 8, 5)
    class_level: Values
    class_shared: Values
    class_share: Values  # (C + R, 8)
    class_pull: Values  # (C + R, 8, 5)
    class_rate: Values  # (C + R, 8) rate a day of people at home without ties
    class_step: Values  # (C + R, 8) int64: ticks by which the clocks of people at home advance today

    # regions
    region_force: Values
    region_first: Values  # first reservist
    region_people: Values  # reservists
    region_weight: Values
    region_cursor: Values
    region_called: Values
    region_key: Values
    access: Values  # (R, H), -1 where the host's own lever holds
    outside: Values  # (R, H) nearness times what the wait leaves
    region_visa: Values  # (R) nearness of the nearest host with skilled-worker visas

    # hosts
    hosts: Values  # (H) records of Host's numbers, as they stand today
    host_levers: Values  # (H, levers) the same memory as a plain table, for changes by the number of a lever
    host_key: Values
    passes_to: Values  # (H, H) uint8
    border_queue: Values  # (H, 3): head, tail, length
    case_queue: Values  # (H, 3)
    border_credit: Values
    case_credit: Values
    visa_credit: Values
    host_count: Values  # (H, F, 18)
    host_skilled: Values  # (H, F)
    host_day: Values  # (H, F, 10)
    full: Values  # (H) uint8: whether all places were taken this morning, as everybody saw it
    passed_on: Values  # (H, 4, F) worth of being passed on
    inside: Values  # (F, H, 4) worth of a host for communities without cases of their own
    national_n: Values  # (F, H, 4)
    national_good: Values

    # forces and home states
    forces: Values  # (F) records of Force's numbers, as they stand today
    force_levers: Values  # (F, levers) the same memory as a plain table
    force_key: Values
    person_first: Values
    people: Values  # (F) persons
    squad_first: Values  # (F)
    post_cursor: Values  # (F)
    soldiers_start: Values  # (F) soldiers serving at the start
    hiding_start: Values  # (F) persons in hiding at the start
    reservists_all: Values  # (F)
    officer_weight: Values
    facing: Values  # (F, F) uint8
    reference: Values  # (F) records of Reference's numbers
    count: Values  # (F, 18) int64  # pyright: ignore[reportIncompatibleMethodOverride] - nobody counts a world's fields
    counts_today: Values  # (F, counts) int64
    news: Values  # (F, 5) int64
    news_new: Values
    news_facing: Values  # (F, 5) int64: its news as armies that face the same enemy remember it
    legitimacy: Values
    front_factor: Values  # (F) risk in contact over that of the whole army, as published in the morning
    odds: Values
    threat: Values
    fear: Values  # (F, 5) cost of each route
    news_share: Values  # (F, 5) weighted share gone by route
    facing_share: Values  # (F, 5) the same as armies that face the same enemy remember it
    quarter: Values
    turnout_news: Values
    breakpoint: Values
    collapsed: Values  # (F) day, -1
    fallen: Values
    ban_was: Values
    left: Values  # (F) persons ever gone
    left_kind: Values  # (F, 3) the same by kind
    departures: Values
    fled: Values  # (F) reservists who ever fled
    skilled_all: Values
    skilled_gone: Values
    output_gap: Values
    information: Values
    effective: Values
    prisoners_seen: Values  # (F, 2): prisoners treated well and seen, decayed
    served: Values  # (F) reservists who ever served
    wave_force: Values
    wave_day: Values
    wave_number: Values
    wave_days: Values
    wave_notice: Values
    wave_training: Values
    wave_list: Values
    wave_called: Values
    wave_evaded: Values

    # calendar
    event_day: Values
    event_table: Values
    event_row: Values
    event_column: Values
    event_value: Values
    event_next: Values  # (1)

    # the day's leavers and hit, in order of person
    out_person: Values
    out_route: Values
    out_host: Values  # to which host, of those who flee
    out_rank: Values  # in the queue for visas
    out_n: Values  # (1)

    # record
    daily: Values  # (days + 1, F, columns): statuses, then `DAILY_EXTRA`
    hostly: Values  # (days + 1, H, F, columns): `HOST_EXTRA`
    daily_rows: Values  # (days + 1, F) records over the same memory, whose fields are the columns
    hostly_rows: Values  # (days + 1, H, F) the same

    @property
    def longest(self) -> int:
        """The most rows that a kernel may list in a day: every person and every community."""
        return len(self.status) + len(self.community_force)

    def __reduce__(self) -> Any:
        """What a pickle keeps: second views of an array are left out, since the two would come back without their common memory."""
        return world_of, ({name: part for name, part in self._asdict().items() if name not in VIEWS},)


VIEWS = ("host_levers", "force_levers", "daily_rows", "hostly_rows", *PERSON_FIELDS, *TIED_FIELDS)


def world_of(parts: dict[str, Any]) -> World:
    """A world of its arrays, with the second views of some of them: fields of persons, levers as plain tables, the record as records."""
    persons, tied = parts["person_rows"].view(PERSON)[:, 0], parts["tie_rows"].view(TIED)[:, 0]
    return World(
        **parts,
        **{name: persons[name] for name in PERSON_FIELDS},
        **{name: tied[name] for name in TIED_FIELDS},
        host_levers=_plain(parts["hosts"]),
        force_levers=_plain(parts["forces"]),
        daily_rows=_rows(parts["daily"], (*STATUSES, *DAILY_EXTRA)),
        hostly_rows=_rows(parts["hostly"], HOST_EXTRA),
    )


def _plain(records: Array) -> Array:
    """Records of numbers as the table (rows, numbers) whose memory they are."""
    return records.view(np.float64, np.ndarray).reshape(len(records), records.dtype.itemsize // 8)


def _rows(table: Array, columns: tuple[str, ...]) -> Array:
    """A table of numbers (..., columns) as records (...) over the same memory."""
    kind = np.dtype([(name, np.float64) for name in columns], align=True)
    return table.reshape(*table.shape[:-2], table.shape[-2] * table.shape[-1]).view(kind).view(np.recarray)


DAILY_EXTRA = (
    "new_hide", "new_flee", "new_surrender", "new_refuse", "new_wounded", "new_killed", "new_captured", "caught", "returned",
    "left", "departures", "strength", "effective_strength", "legitimacy", "turnout", "war_index", "information", "output_lost",
    "collapsed", "fallen", "new_skilled", "turned_back", "called", "served", "news", "prisoner_cost_eur", "captor_casualties",
    "captor_saved", "threat", "quarter_believed", "flight_believed", "cut_off", "unit_surrenders",
    "soldiers_left", "reservists_left", "civilians_left",
)  # fmt: skip
HOST_EXTRA = (
    "at_border", "waiting", "admitted", "irregular", "turned_away", "decided", "granted", "refused", "protected", "abroad",
    "cost_eur", "infiltrators", "output_gained", "genuine_refused", "passed_on", "visas", "tolerated", "emigrated",
    "over_budget_eur",
)  # fmt: skip
