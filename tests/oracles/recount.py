"""All counts of a world, counted anew from its people, the slow and obvious way."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from desertion.simulation.world.codes import (
    FLED_BIT,
    N_CLASSES,
    ORIGINAL_BIT,
    RESERVIST,
    SERVED_BIT,
    SERVING,
    SKILLED_BIT,
    SOLDIER,
    STATUSES,
)
from desertion.simulation.world.fields import World

_AT_HOST = [STATUSES.index(name) for name in ("at_border", "abroad", "applicant", "protected", "refused", "emigrated")]
_AWAY = [*_AT_HOST, STATUSES.index("in_flight")]


def class_of(kind: int, status: str, trait: int) -> int:
    """The class of a person outside his unit: at home by kind and skill, called by skill, hiding by service; -1 for none."""
    skilled = int(bool(trait & SKILLED_BIT))
    if status == "home":
        return (0 if kind == RESERVIST else 2) + skilled
    if status in ("summoned", "training"):
        return 4 + skilled
    if status in ("hiding", "refusing"):
        return 6 if trait & SERVED_BIT else 7
    return -1


def counts(w: World) -> dict[str, Any]:
    """What `world` should say, by the names of its arrays."""
    forces, hosts = len(w.people), len(w.hosts)
    found: dict[str, Any] = {
        "count": np.zeros((forces, len(STATUSES)), int),
        "host_count": np.zeros((hosts, forces, len(STATUSES)), int),
        "host_skilled": np.zeros((hosts, forces), int),
        "class_n": np.zeros((len(w.community_force), N_CLASSES), int),
        "squad_n": np.zeros(len(w.squad_force), int),
        "squad_original": np.zeros(len(w.squad_force), int),
        "company_n": np.zeros(len(w.company_force), int),
        "left": np.zeros(forces, int),
        "served": np.zeros(forces, int),
        "fled": np.zeros(forces, int),
        "skilled_all": np.zeros(forces, int),
        "skilled_gone": np.zeros(forces, int),
    }
    rows = (w.force_of, w.status, w.trait, w.kind, w.left_day, w.squad, w.host, w.community)
    for f, status, trait, kind, left_day, q, h, c in zip(*(row.tolist() for row in rows), strict=True):
        found["count"][f, status] += 1
        found["left"][f] += left_day >= 0
        found["served"][f] += q >= 0 and kind != SOLDIER
        found["fled"][f] += bool(trait & FLED_BIT)
        if status in _AT_HOST:
            found["host_count"][h, f, status] += 1
        if (cl := class_of(kind, STATUSES[status], trait)) >= 0:
            found["class_n"][c, cl] += 1
        if status == SERVING:
            found["squad_n"][q] += 1
            found["company_n"][w.squad_company[q]] += 1
            found["squad_original"][q] += bool(trait & ORIGINAL_BIT)
        if trait & SKILLED_BIT:
            found["skilled_all"][f] += 1
            found["skilled_gone"][f] += status in _AWAY
            if STATUSES[status] in ("protected", "emigrated"):
                found["host_skilled"][h, f] += 1
    return found


def slots(w: World) -> Counter[tuple[int, int]]:
    """Who stands in which squad's list, as (person, squad)."""
    return Counter((int(i), q) for q in range(len(w.squad_force)) for i in w.slots[q] if i >= 0)


def serving(w: World) -> Counter[tuple[int, int]]:
    """Who serves in which squad, as (person, squad)."""
    return Counter((int(i), int(w.squad[i])) for i in np.flatnonzero(w.status == SERVING))


def queue(w: World, queues: Any, h: int) -> list[int]:
    """The people in a host's queue, first to last."""
    found, i = [], int(queues[h, 0])
    while i >= 0 and len(found) <= len(w.status):
        found.append(i)
        i = int(w.queue_next[i])
    return found
