"""A world's values laid into a scenario."""

import pytest

from desertion import Scenario
from desertion.errors import InputError
from desertion.study.design.aspects import SPREAD, in_world


@pytest.mark.parametrize("name", SPREAD)
def test_how_contagion_spreads_is_stated_whole_or_not_at_all(name: str) -> None:
    """One of its aspects alone is refused in a sentence that names the others; none, and all, are taken."""
    toy = Scenario.load("toy")
    whole = {"form": "concave", "reproduction": 0.5, "half_life": 20.0, "local": 0.5, "reception": 0.2}
    with pytest.raises(InputError, match=f"worlds state {name} and not .*: how contagion spreads is one matter"):
        in_world(toy, {name: whole[name]})
    assert in_world(toy, whole).behaviour.form == "concave"
    assert in_world(toy, {"police": 1.0}).behaviour == toy.behaviour


@pytest.mark.parametrize("name", ["behaviour.form", "behaviour.contagion_news", "behaviour.half_life_ties"])
def test_what_the_spread_would_undo_is_refused_beside_it(name: str) -> None:
    """Worlds that a match of the threshold form kept were asked, in silence, in the four forms that the claims file draws."""
    toy = Scenario.load("toy")
    own = {name: "threshold" if name.endswith("form") else 3.0}
    whole = {"form": "concave", "reproduction": 0.5, "half_life": 20.0, "local": 0.5, "reception": 0.2}
    with pytest.raises(InputError, match=f"worlds state {name}, and form, .* too, which would undo it: leave out"):
        in_world(toy, {**whole, **own})
    assert toy.with_(own) == in_world(toy, own)


def test_a_factor_multiplies_dated_changes_too() -> None:
    """A setting holds for the whole run and would end them; a number that the world states itself does end them."""
    plain = Scenario.load("russia-2022")
    dated = {change.path: change.value for change in plain.changes if change.path.endswith(".cases")}
    assert set(dated) == {"hosts.norway.cases", "hosts.usa.cases"}
    assert in_world(plain, {"cases": 1.0}).flat().changes == plain.flat().changes
    double = in_world(plain, {"cases": 2.0})
    before = {(change.date, change.path): change.value for change in plain.changes}
    for change in double.changes:
        by = 2.0 if change.path in dated else 1.0
        assert change.value == by * before[change.date, change.path]
    assert len(double.changes) == len(plain.changes)
    assert not any("cases" in remark for remark in double.remarks)
    assert double.hosts[0].cases == 2.0 * plain.hosts[0].cases
    stated = in_world(plain, {"cases": 2.0, "hosts.norway.cases": 3.0})
    assert {change.path for change in stated.changes if change.path.endswith(".cases")} == {"hosts.usa.cases"}
    assert next(host.cases for host in stated.hosts if host.name == "norway") == 3.0


def test_what_a_world_states_comes_after_factors_and_the_forces_own_after_that() -> None:
    """However closely each is named: an arm's `forces.*` holds over a number that the world gives one force, and that over a factor."""
    plain = Scenario.load("toy")
    assert in_world(plain, {"police": 2.0, "forces.*.police": 7.0}).forces[0].police == 7.0
    arm = {"forces.*.base_soldier_surrender": 0.0}
    world = {"baseline": 3.0, "forces.toy.base_soldier_surrender": 1e-3}
    assert in_world(plain, world).forces[0].base_soldier_surrender == 1e-3
    assert in_world(plain, world, arm).forces[0].base_soldier_surrender == 0.0
    assert in_world(plain, world, arm).forces[0].base_soldier_hide == 3.0 * plain.forces[0].base_soldier_hide


def test_ways_of_leaving_are_multiplied_apart_and_together() -> None:
    """A factor on one way reaches the baseline rates of that way alone, whoever leaves by it, and comes on top of the factor on all."""
    plain = Scenario.load("toy")
    names = [name for name in type(plain.forces[0]).model_fields if name.startswith("base_")]
    both = in_world(plain, {"baseline": 2.0, "baseline_flee": 0.5, "baseline_surrender": 3.0}).forces[0]
    by = {"flee": 1.0, "surrender": 6.0}
    assert {name for name in names if name.endswith("_flee")} >= {"base_soldier_flee", "base_civilian_flee"}
    for name in names:
        assert getattr(both, name) == by.get(name.rpartition("_")[2], 2.0) * getattr(plain.forces[0], name), name
    alone = in_world(plain, {"baseline_hide": 4.0}).forces[0]
    assert alone.base_soldier_hide == 4.0 * plain.forces[0].base_soldier_hide
    assert alone.base_soldier_flee == plain.forces[0].base_soldier_flee
