"""People built once serve every policy: the same bits as built afresh, and a sentence where a change would make other people."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.parameters import Behaviour
from desertion.scenario import Scenario, catalogue
from desertion.simulation.model import DesertionModel
from desertion.simulation.society import society as module
from desertion.simulation.society.society import Society

BASES = {"toy": {"scale": 0.2, "days": 8}, "russia-2022": {"scale": 0.0002, "days": 8}}


def _fitting(base: Scenario) -> list[Scenario]:
    """The scenario under each shipped policy that it takes."""
    scenarios = []
    for name in catalogue()["policies"]:
        try:
            scenarios.append(base.with_policies([name]))
        except InputError:
            continue
    return scenarios


@pytest.mark.parametrize("name", list(BASES))
def test_every_shipped_policy_gives_the_same_bits_on_people_built_before(name: str) -> None:
    """All arrays on day 0, and all after eight days, in one society used for policy after policy."""
    base = Scenario.load(name, **BASES[name])
    society = Society(base, 5)
    scenarios = _fitting(base)
    assert len(scenarios) > 20
    for scenario in [*scenarios, base.with_({"asylum": 0.9}), base.with_({"behaviour.contagion_ties": 3.0, "days": 6})]:
        fresh, reused = DesertionModel(scenario, rng=5), DesertionModel(scenario, society=society)
        for _ in range(2):
            for field, a, b in zip(fresh.world._fields, fresh.world, reused.world, strict=True):
                assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), (scenario.policies, field)
            fresh.run()
            reused.run()


def test_people_may_be_sent_to_another_process() -> None:
    """Blanked inputs are no numbers: after pickling they were others than those of the scenario, so that such people fitted none."""
    base = Scenario.load("toy", **BASES["toy"])
    society = pickle.loads(pickle.dumps(Society(base, 5)))
    assert society.fits(base.sized(), 5, has_clocks=True)
    runs = [DesertionModel(base, rng=5).run(), DesertionModel(base, society=society).run()]
    assert runs[0].daily.equals(runs[1].daily)


def test_agents_live_on_people_built_before() -> None:
    """The Mesa form takes a society of its own form, with the same history as the compiled one."""
    base = Scenario.load("toy", scale=0.2, days=10)
    society = Society(base, 5, has_clocks=False)
    agents = DesertionModel(base, society=society, population="mesa").run()
    assert np.array_equal(agents.world.daily, DesertionModel(base, rng=5).run().world.daily)
    with pytest.raises(InputError, match="population = 'compiled' is not the form"):
        DesertionModel(base, society=society)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"scale": 0.4}, "forces.toy.soldiers"),
        ({"forces.toy.soldiers": 500}, "forces.toy.soldiers"),
        ({"forces.toy.degree": 4}, "forces.toy.degree"),
        ({"forces.toy.rewire": 0.5}, "forces.toy.rewire"),
        ({"forces.toy.skilled_share": 0.5}, "forces.toy.skilled_share"),
        ({"behaviour.frailty_own": 0.7}, "behaviour.frailty_own"),
        ({"behaviour.form": "threshold"}, "behaviour.form"),
    ],
)
def test_a_change_that_makes_other_people_is_refused(change: dict[str, Any], named: str) -> None:
    """The sentence names the input that differs."""
    base = Scenario.load("toy", scale=0.2, days=8)
    with pytest.raises(InputError, match=f"society: {named} = "):
        DesertionModel(base.with_(change), society=Society(base, 5))


def test_another_seed_and_another_graph_of_ties_are_refused(tmp_path) -> None:
    """The seed is the society's, and a graph is compared by what stands in its file."""
    graph = tmp_path / "ties.csv"
    graph.write_text("0,1\n")
    base = Scenario.load("toy", days=8).with_({"graph": str(graph)})
    society = Society(base, 5)
    assert DesertionModel(base, society=society).seed_number == 5
    with pytest.raises(InputError, match="rng = 6"):
        DesertionModel(base, rng=6, society=society)
    graph.write_text("0,2\n")
    with pytest.raises(InputError, match="society: graph"):
        DesertionModel(base, society=society)


def test_building_sees_no_number_that_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """If building read a number that is blanked, people would be made of no numbers: their fates differ at once."""
    base = Scenario.load("toy", scale=0.2, days=8)
    inputs = module.inputs_of(base.sized())
    assert math.isnan(inputs.forces[0].casualty_rate)
    assert math.isnan(inputs.behaviour.contagion_ties)
    read = [name for name in Behaviour.model_fields if getattr(inputs.behaviour, name) == getattr(base.behaviour, name)]
    assert {"frailty_own", "threshold_mean"} < set(read)
    plain = DesertionModel(base, rng=5)
    monkeypatch.setattr(module, "_READ_OF_BEHAVIOUR", frozenset())
    assert not np.array_equal(DesertionModel(base, rng=5).world.target, plain.world.target)
