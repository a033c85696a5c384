"""The plan of a society: how many of everything there will be, and which rows belong to which force."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from desertion.parameters.force import absent_of
from desertion.simulation.world.fields import Array

if TYPE_CHECKING:
    from desertion.parameters import Force
    from desertion.scenario import Scenario


def shares_to_counts(shares: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to `shares` that add up to `total` (largest remainders)."""
    exact = [share * total for share in shares]
    counts = [math.floor(number) for number in exact]
    order = sorted(range(len(shares)), key=lambda j: (counts[j] - exact[j], j))
    for j in order[: total - sum(counts)]:
        counts[j] += 1
    return counts


def absent_among(people: int, share: float) -> Array:
    """Numbers, in rising order, of those of a group's `people` who are absent on the first day, see `parameters.force.absent_of`."""
    if share <= 0.0:
        return np.zeros(0, np.int64)
    passed = np.floor(np.arange(people + 1) * share)
    return np.flatnonzero(passed[1:] > passed[:-1])


class Units(NamedTuple):
    """How many units and communities a force has: squads that are manned at the start, squads for those called up, companies of either kind."""

    communities: int
    active: int
    reserve: int
    active_companies: int
    companies: int


def units_of(force: Force) -> Units:
    """How many units and communities a force has."""
    per_company = force.platoon * force.company
    active = math.ceil(force.soldiers / force.squad)
    reserve = math.ceil(sum(wave.number for wave in force.waves) / force.squad)
    n_active = math.ceil(active / per_company)
    communities = max(1, round((force.reservists + force.civilians) / force.community))
    return Units(communities, active, reserve, n_active, n_active + math.ceil(reserve / per_company))


def companies_in_contact(companies: int, men_of_first: Callable[[int], float], share: float) -> int:
    """How many companies of a force stand in contact, so that their men are the share of all to within one company.

    One is taken where those before it and half its own men are at most that share; the first is taken in any case.

    Args:
        companies: Companies with men, in the order in which they are taken.
        men_of_first: Men of the first so many of them.
        share: Share of the men who are to stand in contact.
    """
    if companies == 0 or share <= 0.0:
        return 0
    wanted = share * men_of_first(companies)
    half_way = bisect_right(range(companies), wanted, key=lambda k: 0.5 * (men_of_first(k) + men_of_first(k + 1)))
    return max(1, half_way)


def front_of(force: Force) -> tuple[int, int]:
    """Companies in contact on the first day, and the soldiers who serve in them, when companies are taken by their numbers.

    A run takes battalions in an order that it draws: where not all companies have the same strength it may differ by one.
    """
    size = force.squad * force.platoon * force.company

    def men_of_first(companies: int) -> int:
        men = min(force.soldiers, companies * size)
        return men - absent_of(men, force.absent_soldiers)

    companies = math.ceil(force.soldiers / size) if force.serving > 0 else 0
    taken = companies_in_contact(companies, men_of_first, force.front_share)
    return taken, men_of_first(taken)


class SocietyPlan:
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

    def absent(self) -> Array:
        """Rows of the soldiers and reservists who are in hiding on the first day, in rising order."""
        rows = [np.zeros(0, np.int64)]
        for first, force in zip(self.first, self.scenario.forces, strict=True):
            rows.append(first + absent_among(force.soldiers, force.absent_soldiers))
            rows.append(first + force.soldiers + absent_among(force.reservists, force.absent_reservists))
        return np.concatenate(rows)

    def _add_force(self, f: int) -> None:
        force = self.scenario.forces[f]
        first = self.persons
        self.first.append(first)
        residents = force.reservists + force.civilians
        units = units_of(force)
        n_communities = units.communities
        companies = self._add_units(f, units)
        self._add_communities(f, first, n_communities, companies)
        self.persons += force.soldiers + residents

    def _add_units(self, f: int, units: Units) -> list[int]:
        force = self.scenario.forces[f]
        per_company = force.platoon * force.company
        n_communities, active, reserve, n_active, n_companies = units
        start = len(self.company_rows)
        base_battalion = self.company_rows[-1][1] + 1 if self.company_rows else 0
        base_division = self.company_rows[-1][2] + 1 if self.company_rows else 0
        for company in range(n_companies):
            battalion = company // force.battalion
            self.company_rows.append((f, base_battalion + battalion, base_division + battalion // force.division))
        home = [
            len(self.community_rows) + self._home(company, n_active, n_companies, n_communities)
            for company in range(n_companies)
        ]
        for q in range(active):
            members = min(force.squad, force.soldiers - q * force.squad)
            self.squad_rows.append((f, start + q // per_company, home[q // per_company], members))
        for q in range(reserve):
            company = n_active + q // per_company
            self.squad_rows.append((f, start + company, home[company], 0))
        ends = [min(force.soldiers, (company + 1) * per_company * force.squad) for company in range(n_active)]
        soldiers_of: list[int] = [0] * n_communities
        for company in range(n_active):
            soldiers_of[home[company] - len(self.community_rows)] += ends[company] - (
                ends[company - 1] if company else 0
            )
        return soldiers_of

    @staticmethod
    def _home(company: int, n_active: int, n_companies: int, n_communities: int) -> int:
        if company < n_active:
            return company * n_communities // n_active
        return (company - n_active) * n_communities // (n_companies - n_active)

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
