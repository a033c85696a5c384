"""The people, units and ties of a scenario, written from section 5 of model/ODD.md alone: slow, plain, one person at a time."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass, field

from desertion.scenario import Scenario
from tests.oracles.fates import block

FRAILTY, TRAITS, TIES, CALLUP, BREAKPOINT, FRONT = 3, 4, 5, 6, 17, 21
TWO_PI = 6.283185307179586


def key(name: str) -> int:
    """K(name) of section 7.1."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 1


def uniforms(seed: int, who: int, purpose: int, spell: int) -> list[float]:
    """Four numbers in (0, 1)."""
    return [((int(word) >> 12) + 0.5) * 2.0**-52 for word in block(seed, who, purpose, spell)]


def normal(seed: int, who: int, purpose: int, spell: int) -> float:
    """The first of four standard normal numbers."""
    a, b, _, _ = uniforms(seed, who, purpose, spell)
    return math.sqrt(-2.0 * math.log(a)) * math.cos(TWO_PI * b)


def place_in_order(seed: int, region: int, place: int, n: int) -> int:
    """Whose name stands at a place of a region's lists, section 7.2."""
    bits = next(b for b in range(1, 40) if 2 ** (2 * b) >= n)
    value = place
    while True:
        left, right = divmod(value, 2**bits)
        for turn in range(4):
            word = int(block(seed, region, CALLUP, 8 * right + turn)[0]) // 2**32
            left, right = right, left ^ (word & (2**bits - 1))
        value = left * 2**bits + right
        if value < n:
            return value


@dataclass
class Society:
    """What section 5 says of everybody, force by force."""

    kind: list[str] = field(default_factory=list[str])
    community: list[int] = field(default_factory=list[int])
    squad: list[int] = field(default_factory=list[int])
    officer: list[bool] = field(default_factory=list[bool])
    skilled: list[bool] = field(default_factory=list[bool])
    frailty: list[float] = field(default_factory=list[float])
    ties: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    front: list[float] = field(default_factory=list[float])
    company_of: list[int] = field(default_factory=list[int])
    division_of: list[int] = field(default_factory=list[int])
    region_of: list[int] = field(default_factory=list[int])
    breakpoint: list[float] = field(default_factory=list[float])


def largest_remainders(shares: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to shares."""
    counts = [math.floor(share * total) for share in shares]
    rest = sorted(range(len(shares)), key=lambda j: (-(shares[j] * total - counts[j]), j))
    for j in rest[: total - sum(counts)]:
        counts[j] += 1
    return counts


def society(scenario: Scenario, seed: int) -> Society:
    """Everybody in a sized scenario."""
    out = Society()
    n_regions = n_divisions = 0
    for force in scenario.forces:
        person0, company0, community0 = len(out.kind), len(out.front), len(out.region_of)
        own = key(f"force/{force.name}") // 2
        n = max(1, round((force.reservists + force.civilians) / force.community))
        for r, count in enumerate(largest_remainders([region.share for region in force.regions], n)):
            out.region_of += [n_regions + r] * count
        n_regions += len(force.regions)

        per_company = force.platoon * force.company
        active = math.ceil(force.soldiers / force.squad)
        empty = math.ceil(sum(wave.number for wave in force.waves) / force.squad)
        companies, others = math.ceil(active / per_company), math.ceil(empty / per_company)
        squads = [company0 + q // per_company for q in range(active)]
        squads += [company0 + companies + q // per_company for q in range(empty)]
        squad0 = len(out.company_of)
        out.company_of += squads
        homes = [community0 + k * n // companies for k in range(companies)]
        battalions = [k // force.battalion for k in range(companies + others)]
        out.division_of += [n_divisions + b // force.division for b in battalions]
        n_divisions = max(out.division_of, default=-1) + 1

        members: dict[int, list[int]] = {community0 + c: [] for c in range(n)}
        kinds = ["soldier"] * force.soldiers + ["reservist"] * force.reservists + ["civilian"] * force.civilians
        for i, kind in enumerate(kinds):
            traits = uniforms(seed, own + i, TRAITS, 0)
            if kind == "soldier":
                squad, company = squad0 + i // force.squad, i // force.squad // per_company
                home = homes[company]
            else:
                j = i - force.soldiers - (force.reservists if kind == "civilian" else 0)
                group = force.reservists if kind == "reservist" else force.civilians
                squad, company = -1, -1
                home = community0 + next(c for c in range(n) if c * group // n <= j < (c + 1) * group // n)
            members[home].append(person0 + i)
            out.kind.append(kind)
            out.squad.append(squad)
            out.community.append(home)
            out.officer.append(kind == "soldier" and traits[0] < force.officer_share)
            out.skilled.append(kind != "soldier" and traits[1] < force.skilled_share)
            b = scenario.behaviour
            z = math.sqrt(b.frailty_own) * normal(seed, own + i, FRAILTY, 0) - b.frailty_own / 2
            if kind == "soldier":
                shared = normal(seed, key(f"{force.name}/company") + company, FRAILTY, 1)
                z += math.sqrt(b.frailty_unit) * shared - b.frailty_unit / 2
            shared = normal(seed, key(f"{force.name}/community") + home - community0, FRAILTY, 2)
            out.frailty.append(z + math.sqrt(b.frailty_community) * shared - b.frailty_community / 2)

        sizes = [force.squad * squads.count(company0 + k) for k in range(companies + others)]
        draws = {
            b: uniforms(seed, key(f"{force.name}/company") + battalions.index(b), FRONT, 0)[0] for b in set(battalions)
        }
        n_front = max(1, round(force.front_share * len(draws))) if force.front_share > 0.0 and draws else 0
        front = sorted(draws, key=lambda b: draws[b])[:n_front]
        exposed = sum(size for size, b in zip(sizes, battalions, strict=True) if b in front)
        out.front += [sum(sizes) / exposed if b in front else 0.0 for b in battalions]

        loss = (1.0 - force.breakpoint) * math.exp(force.breakpoint_spread * normal(seed, own, BREAKPOINT, 0))
        out.breakpoint.append(1.0 - min(loss, 0.95))
        for people in members.values():
            residents = [i for i in people if out.kind[i] != "soldier"]
            ring = residents + [i for i in people if out.kind[i] == "soldier"]
            _tie(out, ring, seed, own, person0, len(kinds), force.degree // 2, force.across, force.rewire)
    return out


def _tie(
    out: Society,
    ring: list[int],
    seed: int,
    own: int,
    person0: int,
    people: int,
    half: int,
    across: float,
    rewire: float,
) -> None:
    n = len(ring)
    first = max(1, int(0.6180339887 * n))
    step = next((s for s in range(first, n) if math.gcd(s, n) == 1), 1)
    for p in range(n):
        i = ring[p * step % n]
        for j in range(min(half, (n - 1) // 2)):
            word = int(block(seed, own + i - person0, TIES, j // 4)[j % 4])
            chance, place = (word >> 32) / 2**32, word % 2**32
            neighbour = ring[(p + j + 1) % n * step % n]
            other = neighbour
            if chance < across:
                other = person0 + place * people // 2**32
            elif chance < across + rewire:
                other = ring[place * n // 2**32]
            other = neighbour if other == i else other
            out.ties[min(i, other), max(i, other)] += 1
