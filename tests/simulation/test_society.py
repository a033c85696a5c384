"""People, units, ties and lists of names are those that model/ODD.md describes, found again by a second program."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from desertion.engine.pointer import core_of
from desertion.rules.draws import u64
from desertion.scenario import Scenario
from desertion.simulation.clocks.targets import log_frailty
from desertion.simulation.day.calendar import shuffled
from desertion.simulation.society.society import Society
from desertion.simulation.world.codes import KINDS, OFFICER_BIT, SKILLED_BIT
from desertion.simulation.world.fields import World
from tests.oracles import day as oracle
from tests.oracles.day.chance import Chance
from tests.oracles.day.state import Force

SEED = 7
WORLDS = {
    "toy": lambda: Scenario.load("toy"),
    "several communities, three forces": lambda: Scenario.load("three-armies-2022", scale=0.0002),
}


@pytest.fixture(scope="module", params=list(WORLDS))
def both(request: pytest.FixtureRequest) -> tuple[World, oracle.World]:
    """Return a world and what the document says of it."""
    scenario = WORLDS[request.param]().sized()
    world, _ = Society(scenario, SEED, has_clocks=False).world(scenario, last=True)
    return world, oracle.world_of(scenario.model_dump(), SEED)


def across(
    world: oracle.World, groups: Callable[[Force], Collection[object]], number: Callable[[Force], list[int]]
) -> list[int]:
    """Numbers counted within forces, -1 for none, as numbers counted across them: `groups` of a force before come first."""
    numbers, first = [], 0
    for force in world.forces:
        numbers += [n + first if n >= 0 else n for n in number(force)]
        first += len(groups(force))
    return numbers


def test_everybody_has_the_kind_home_unit_and_traits_of_the_document(both: tuple[World, oracle.World]) -> None:
    """Kind, home community, squad, officer and skilled, person by person."""
    world, document = both
    persons = document.persons
    assert [KINDS[kind] for kind in world.kind] == [p.kind for p in persons]
    assert world.community.tolist() == across(
        document, lambda f: f.communities, lambda f: [p.community for p in f.persons]
    )
    assert world.squad.tolist() == across(document, lambda f: f.squads, lambda f: [p.squad for p in f.persons])
    assert ((world.trait & OFFICER_BIT) != 0).tolist() == [p.officer for p in persons]
    assert ((world.trait & SKILLED_BIT) != 0).tolist() == [p.skilled for p in persons]


def test_units_and_communities_lie_where_the_document_says(both: tuple[World, oracle.World]) -> None:
    """Squads in companies, companies in divisions and at the front, communities in regions, breakpoints."""
    world, document = both
    assert world.squad_company.tolist() == across(
        document, lambda f: f.companies, lambda f: [s.company for s in f.squads]
    )
    assert world.company_division.tolist() == across(
        document, lambda f: {c.division for c in f.companies}, lambda f: [c.division for c in f.companies]
    )
    assert world.company_contact.astype(bool).tolist() == [c.contact for f in document.forces for c in f.companies]
    assert world.community_region.tolist() == across(
        document, lambda f: f.regions, lambda f: [c.region for c in f.communities]
    )
    assert world.breakpoint.tolist() == [f.breakpoint for f in document.forces]


def test_log_frailty_is_the_sum_of_its_three_parts(both: tuple[World, oracle.World]) -> None:
    """Own, first company's and community's parts, bit for bit."""
    world, document = both
    core = core_of(world)
    assert [log_frailty(core, i) for i in range(len(world.status))] == [p.z for p in document.persons]


def test_ties_are_those_of_the_document(both: tuple[World, oracle.World]) -> None:
    """The same people, each as often; ties are mutual."""
    world, document = both
    for person in document.persons:
        ties = world.tie_to[world.tie_start[person.number] : world.tie_start[person.number + 1]].tolist()
        assert sorted(ties) == sorted(person.ties)


def test_names_are_called_in_the_order_of_the_document() -> None:
    """Every name stands once on the list, in the order of the Feistel network."""
    for n in (1, 2, 5, 64, 65):
        found = [int(shuffled(u64(SEED), 12345, place, n)) for place in range(n)]
        assert sorted(found) == list(range(n))
        assert found == [Chance(SEED).place_in_order(12345, place, n) for place in range(n)]
