"""The settings give the stated strength of contagion, in proportions that the world gives."""

from __future__ import annotations

import math

import pytest

from desertion.errors import InputError
from desertion.parameters import SPREADING
from desertion.scenario import Scenario
from desertion.study.design.spread import Spread, settings_for
from desertion.theory.fading import memory
from desertion.theory.reproduction import reproduction
from desertion.theory.weights import OutOfReachError


@pytest.fixture(scope="module")
def army() -> Scenario:
    """An army without reserve whose men can only hide: one route, without frailty, ties or front."""
    own = "forces.toy."
    nothing = ["base_soldier_flee", "base_soldier_surrender", "base_soldier_refuse", "censorship", "casualty_rate"]
    return Scenario.load("toy").with_(
        dict.fromkeys([own + name for name in nothing], 0.0)
        | dict.fromkeys([own + "reservists", own + "civilians", own + "degree"], 0)
        | dict.fromkeys([f"behaviour.frailty_{part}" for part in ("unit", "community", "own")], 0.0)
        | {own + "waves": [], own + "rough_country": 1.0, own + "base_soldier_hide": 0.001}
        | {own + "officer_share": 0.0, "behaviour.push_risk": 0.0}
    )


def _news(reproduction: float, form: str = "multiplicative") -> Spread:
    return Spread(form=form, reproduction=reproduction, half_life=99.0, local=0.0, reception=0.0)


@pytest.mark.parametrize("wanted", [0.0, 0.3, 0.95])
@pytest.mark.parametrize("form", SPREADING)
def test_every_form_reaches_the_stated_number(army: Scenario, form: str, wanted: float) -> None:
    """The scenario with the settings has the R that was asked for."""
    changed = army.with_(settings_for(army, _news(wanted, form)))
    assert changed.behaviour.form == form
    assert reproduction(changed).value == pytest.approx(wanted, abs=1e-4)


def test_complete_mixing_has_the_closed_form(army: Scenario) -> None:
    """Towns and news that everybody sees: R exp(-R) = b x (1 + 0.5) x memory, but for jumps of one in 300."""
    found = settings_for(army, _news(0.6))
    total = float(found["behaviour.contagion_news"]) + float(found["behaviour.contagion_community"])
    assert 0.001 * total * memory(99.0, army.days) == pytest.approx(0.6 * math.exp(-0.6), rel=0.03)


def test_the_world_gives_the_proportions(army: Scenario) -> None:
    """Half of what is local goes to squads; reception takes its share of every weight."""
    spread = Spread(form="multiplicative", reproduction=0.5, half_life=60.0, local=0.8, reception=0.25)
    found = {key.removeprefix("behaviour."): value for key, value in settings_for(army, spread).items()}
    squad = float(found["contagion_squad"])
    assert found["contagion_company"] == pytest.approx(squad)
    assert found["contagion_news"] == pytest.approx(squad / 2.0)
    assert found["contagion_facing"] == pytest.approx(0.6 * squad / 2.0)
    assert found["reception_squad"] == pytest.approx(squad / 3.0)
    assert found["half_life_ties"] == 60.0


def test_the_threshold_form_has_its_strength_however_people_are_received(army: Scenario) -> None:
    """It does not ask how they are received, so that no share of its weights may go there, all of them least of all."""
    plain, received = (
        settings_for(army, Spread(form="threshold", reproduction=0.5, half_life=60.0, local=0.5, reception=share))
        for share in (0.0, 1.0)
    )
    assert plain == received
    assert float(plain["behaviour.contagion_squad"]) > 0.0


def test_a_strength_that_cannot_be_had_is_told_apart_from_a_mistake(army: Scenario) -> None:
    """Where all weights wait for reception and nobody is received, and where hardly anybody leaves, no factor helps."""
    waiting = Spread(form="multiplicative", reproduction=0.5, half_life=60.0, local=0.5, reception=1.0)
    with pytest.raises(OutOfReachError, match="nobody moves anybody"):
        settings_for(army, waiting)
    still = army.with_({"forces.toy.base_soldier_hide": 1e-30})
    with pytest.raises(OutOfReachError, match="no weights of contagion are large enough"):
        settings_for(still, _news(0.5, "concave"))


def test_unknown_form_is_refused(army: Scenario) -> None:
    """A typing mistake gets a proposal."""
    with pytest.raises(InputError, match="did you mean 'additive'"):
        settings_for(army, _news(0.5, "additiv"))
