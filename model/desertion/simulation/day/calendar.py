"""Part 1 of a day: levers that move on dates, exit bans, call-ups, and companies that are cut off."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.draws import CALLABLE, CALLUP, RECALL, u64, uniform, words
from desertion.simulation.day.encirclement import cut_off_companies
from desertion.simulation.day.register import enter
from desertion.simulation.day.turnout import refill_street
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World
from desertion.simulation.world.people import who


@kernel
def open_day(w: World, day: int) -> None:
    """Move the levers due today, impose bans that outflow has triggered, send out summonses, and cut companies off.

    (1) Levers whose date has come stand at their new values. (2) An exit ban comes where enough reservists have fled, and no state that has fallen has
    a ban or a guarded frontier. (3) Each call-up that has begun summons whom it lacks. (4) Companies in contact are cut off.
    """
    while w.event_next[0] < len(w.event_day) and w.event_day[w.event_next[0]] <= day:
        e = w.event_next[0]
        row, column, value = w.event_row[e], w.event_column[e], w.event_value[e]
        if w.event_table[e] == 1:
            w.host_levers[row, column] = value
        else:
            force = w.forces[row]
            protest, mean, spread = force.protest, force.protest_mean, force.protest_spread
            w.force_levers[row, column] = value
            # Who would turn out, and whether that is counted at all, has changed.
            if force.protest != protest or force.protest_mean != mean or force.protest_spread != spread:
                refill_street(w, row)
        w.event_next[0] += 1
    for f in range(len(w.people)):
        gone = w.fled[f] / w.reservists_all[f] if w.reservists_all[f] > 0 else 0.0
        if gone >= w.forces[f].ban_trigger and w.fallen[f] < 0:
            w.forces[f].exit_ban = 1.0
        if w.fallen[f] >= 0:
            w.forces[f].exit_ban = 0.0
            w.forces[f].exit_control = 0.0
    for v in range(len(w.wave_force)):
        if w.wave_day[v] <= day and w.fallen[w.wave_force[v]] < 0:
            _call_up(w, v, day)
    cut_off_companies(w, day)


@kernel
def _call_up(w: World, v: int, day: int) -> None:
    """Summon as many as are due by today; a quota replaces men who evaded, a list does not."""
    passed = min(day - w.wave_day[v] + 1, w.wave_days[v])
    due = (w.wave_number[v] * passed + w.wave_days[v] - 1) // w.wave_days[v]
    if w.wave_list[v] == 0:
        due += w.wave_evaded[v]
    while w.wave_called[v] < due:
        i = _next_name(w, w.wave_force[v])
        if i < 0:
            return
        if not _is_callable(w, i):
            continue
        if w.status[i] == codes.HOME:
            _summon(w, i, v, day)
        elif w.wave_list[v] == 1:
            w.wave_called[v] += 1  # his name was on the list, but he is gone


@kernel
def _summon(w: World, i: int, v: int, day: int) -> None:
    """Summon a person to a call-up."""
    w.trait[i] |= codes.CALLED_BIT
    w.wave_of[i] = v
    w.until[i] = day + w.wave_notice[v]
    w.wave_called[v] += 1
    w.counts_today[w.wave_force[v], codes.C_CALLED] += 1
    enter(w, i, codes.SUMMONED, day)


@kernel
def _is_callable(w: World, i: int) -> bool:
    """Whether a call-up can take a reservist."""
    share = w.forces[w.force_of[i]].callable_share
    return share >= 1.0 or uniform(w.seed, who(w, i), CALLABLE, 0) < share


@kernel
def _lacking_wave(w: World, f: int, day: int) -> int:
    """The first call-up of a force that is decreed and has summoned fewer than it is to; -1 if there is none or its state has fallen."""
    if w.fallen[f] >= 0:
        return -1
    for v in range(len(w.wave_force)):
        wanted = w.wave_number[v] + (0 if w.wave_list[v] == 1 else w.wave_evaded[v])
        if w.wave_force[v] == f and w.wave_day[v] <= day and w.wave_called[v] < wanted:
            return v
    return -1


@kernel
def return_home(w: World, i: int, day: int) -> None:
    """Bring somebody home who was sent back or returned, and whom nobody looks for: a reservist may be summoned on the spot."""
    f = w.force_of[i]
    recall = w.forces[f].recall
    # Who was discharged is not wanted either, but has been called or served.
    new = w.wave_of[i] < 0 and w.squad[i] < 0
    if recall > 0.0 and w.kind[i] == codes.RESERVIST and new and (w.trait[i] & codes.WANTED_BITS) == 0:
        v = _lacking_wave(w, f, day)
        if v >= 0 and _is_callable(w, i) and uniform(w.seed, who(w, i), RECALL, w.spell[i]) < recall:
            _summon(w, i, v, day)
            return
    enter(w, i, codes.HOME, day)


@kernel
def _next_name(w: World, f: int) -> int:
    """The next name on the force's lists, from the region that is most in arrears of its quota; -1 when all names are used."""
    best, lag = -1, -1.0
    for region in range(len(w.region_force)):
        if (
            w.region_force[region] != f
            or w.region_cursor[region] >= w.region_people[region]
            or w.region_weight[region] <= 0.0
        ):
            continue
        arrears = w.region_weight[region] / (w.region_called[region] + 1.0)
        if arrears > lag:
            best, lag = region, arrears
    if best < 0:
        return -1
    w.region_called[best] += 1
    place = shuffled(w.seed, w.region_key[best], w.region_cursor[best], w.region_people[best])
    w.region_cursor[best] += 1
    return w.region_first[best] + place


@kernel
def shuffled(seed: int, key: int, place: int, n: int) -> int:
    """Where `place` lies in a fixed random order of 0..n-1: a Feistel network, walked until it falls inside."""
    bits = 1
    while (1 << (2 * bits)) < n:
        bits += 1
    mask = (1 << bits) - 1
    value = place
    while True:
        left, right = value >> bits, value & mask
        for turn in range(4):
            word = words(seed, key, CALLUP, (right << 3) + turn)[0]
            left, right = right, left ^ (int(word >> u64(32)) & mask)
        value = (left << bits) | right
        if value < n:
            return value
