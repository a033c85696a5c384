"""Part 5 of a day: which host somebody chooses, how he sets out, how long he stays where he is, and how he comes back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from desertion.engine.compile import kernel
from desertion.rules.draws import HOST, STAY, uniform, uniforms
from desertion.rules.ticks import TICK
from desertion.simulation.day.calendar import return_home
from desertion.simulation.day.register import enter, new_spell
from desertion.simulation.signals.hosts import inside_worth
from desertion.simulation.world import codes
from desertion.simulation.world.fields import SPELLS, World
from desertion.simulation.world.people import who


@kernel
def from_draws(w: World, i: int, status: int, place: int) -> None:
    """Draw the clocks that end a stay in `status` (in hiding, refusing, abroad) at `place`, a host's number or 0."""
    # Keyed by spell and stage, since a person may hide, flee and live abroad within one spell, and by the stays abroad that he has had in it:
    # clocks that came again would let him leave each time as early, or as late, as the first time.
    room = w.room[i]
    # Plain Python would count in the spell's sixteen bits.
    turn: Any = np.int64(w.spell[i]) + SPELLS * w.stay[room, codes.STAYS_BEGUN]
    a, b, c, _ = uniforms(w.seed, who(w, i), STAY, place + turn * 64 + status)
    w.stay[room, 0], w.stay[room, 1], w.stay[room, 2] = stay_ticks(a), stay_ticks(b), stay_ticks(c)


@kernel
def stay_ticks(u: float) -> int:
    """An exponential threshold in ticks."""
    return int(-math.log(u) * TICK) + 1


@kernel
def category_at(w: World, i: int, h: int) -> int:
    """The category in which a host deals with a person; one that covers open refusers counts them as deserters, another as others."""
    if (w.trait[i] & codes.REFUSER_BIT) != 0:
        return codes.DESERTER if w.hosts[h].covers_refusers > 0.0 else codes.OTHER
    if (w.trait[i] & codes.SERVED_BIT) != 0:
        return codes.DESERTER
    if w.kind[i] == codes.RESERVIST:
        return codes.EVADER
    return codes.SKILLED if (w.trait[i] & codes.SKILLED_BIT) != 0 else codes.OTHER


@kernel
def choose_host(w: World, i: int, but: int) -> int:
    """The host whose perceived worth times personal taste is largest; `but` is left out; -1 if none is worth anything."""
    c, noise = w.community[i], w.behaviour[0].host_noise
    best, chosen = 0.0, -1
    for h in range(len(w.hosts)):
        if h == but:
            continue
        worth = w.outside[w.community_region[c], h] * inside_worth(w, c, h, category_at(w, i, h))
        if worth <= 0.0:
            continue
        if noise > 0.0:
            u = uniform(w.seed, who(w, i), HOST, w.host_key[h] + w.spell[i])
            worth *= math.exp(-noise * math.log(-math.log(u)))
        if worth > best:
            best, chosen = worth, h
    return chosen


@kernel
def set_out(w: World, i: int, h: int, day: int) -> None:
    """Put a person on the way to a host; one whom no host is worth the way goes into hiding instead."""
    if h < 0:
        from_draws(w, i, codes.HIDING, 0)
        enter(w, i, codes.HIDING, day)
        return
    w.until[i] = day + int(w.hosts[h].travel)
    enter(w, i, codes.IN_FLIGHT, day)  # before the host changes: the old one must lose him
    w.host[i] = h


@kernel
def settle_abroad(w: World, i: int, day: int) -> None:
    """Let a person live at his host without a claim."""
    from_draws(w, i, codes.ABROAD, w.host_key[w.host[i]])
    w.stay[w.room[i], codes.STAYS_BEGUN] += 1
    enter(w, i, codes.ABROAD, day)


@kernel
def fall_back(w: World, i: int, day: int) -> None:
    """Where a person is who could not get out or came back: in hiding if he served or was called, else at home or summoned; a new spell."""
    new_spell(w, i)
    if (w.trait[i] & codes.WANTED_BITS) != 0:
        from_draws(w, i, codes.HIDING, 0)
        enter(w, i, codes.HIDING, day)
    else:
        return_home(w, i, day)


@kernel
def come_back(w: World, i: int, day: int) -> None:
    """Bring a person back into his country."""
    w.trait[i] &= ~codes.OUT_BIT & 0xFF
    fall_back(w, i, day)
