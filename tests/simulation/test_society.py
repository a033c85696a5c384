"""People, units, ties and lists of names are those that model/ODD.md describes, found again by a second program."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from desertion.engine.pointer import core_of
from desertion.rules.draws import u64
from desertion.scenario import Scenario
from desertion.simulation.clocks.targets import log_frailty
from desertion.simulation.day.calendar import shuffled
from desertion.simulation.society.build import build
from desertion.simulation.world.codes import KINDS, OFFICER_BIT, SKILLED_BIT
from desertion.simulation.world.fields import World
from tests.oracles import society as oracle

SEED = 7
WORLDS = {
    "toy": lambda: Scenario.load("toy"),
    "several communities, three forces": lambda: Scenario.load("three-armies-2022", scale=0.0002),
}


@pytest.fixture(scope="module", params=list(WORLDS))
def both(request: pytest.FixtureRequest) -> tuple[World, oracle.Society]:
    """Return a world and what the document says of it."""
    scenario = WORLDS[request.param]().sized()
    return build(scenario, SEED, has_clocks=False), oracle.society(scenario, SEED)


def test_everybody_has_the_kind_home_unit_and_traits_of_the_document(both: tuple[World, oracle.Society]) -> None:
    """Kind, home community, squad, officer and skilled, person by person."""
    world, said = both
    assert [KINDS[kind] for kind in world.kind] == said.kind
    assert world.community.tolist() == said.community
    assert world.squad.tolist() == said.squad
    assert ((world.trait & OFFICER_BIT) != 0).tolist() == said.officer
    assert ((world.trait & SKILLED_BIT) != 0).tolist() == said.skilled


def test_units_and_communities_lie_where_the_document_says(both: tuple[World, oracle.Society]) -> None:
    """Squads in companies, companies in divisions and at the front, communities in regions, breakpoints."""
    world, said = both
    assert world.squad_company.tolist() == said.company_of
    assert world.company_division.tolist() == said.division_of
    assert world.company_front.tolist() == said.front
    assert world.community_region.tolist() == said.region_of
    np.testing.assert_allclose(world.breakpoint, said.breakpoint, rtol=1e-12)


def test_log_frailty_is_the_sum_of_its_three_parts(both: tuple[World, oracle.Society]) -> None:
    """Own, first company's and community's parts, to twelve digits."""
    world, said = both
    core = core_of(world)
    found = [log_frailty(core, i) for i in range(len(world.status))]
    np.testing.assert_allclose(found, said.frailty, rtol=1e-12, atol=1e-12)


def test_ties_are_those_of_the_document(both: tuple[World, oracle.Society]) -> None:
    """The same pairs, each as often; ties are mutual."""
    world, said = both
    found: Counter[tuple[int, int]] = Counter()
    for i in range(len(world.status)):
        for other in world.tie_to[world.tie_start[i] : world.tie_start[i + 1]].tolist():
            found[min(i, other), max(i, other)] += 1
    assert found == Counter({pair: 2 * times for pair, times in said.ties.items()})


def test_names_are_called_in_the_order_of_the_document() -> None:
    """Every name stands once on the list, in the order of the Feistel network."""
    for n in (1, 2, 5, 64, 65):
        found = [int(shuffled(u64(SEED), 12345, place, n)) for place in range(n)]
        assert sorted(found) == list(range(n))
        assert found == [oracle.place_in_order(SEED, 12345, place, n) for place in range(n)]
