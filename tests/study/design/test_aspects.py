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
