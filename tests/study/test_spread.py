"""The settings give the stated strength of contagion in limits that can be worked out."""

from __future__ import annotations

import math

import pytest

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.study.spread import FORMS, Spread, memory, radius, settings_for


@pytest.fixture(scope="module")
def army() -> Scenario:
    """An army without reserve whose men can only hide: one route, complete mixing by news."""
    own = "forces.toy."
    return Scenario.load("toy").with_(
        {
            own + "reservists": 0,
            own + "civilians": 0,
            own + "waves": [],
            own + "censorship": 0.0,
            own + "rough_country": 1.0,
            own + "base_soldier_hide": 0.001,
            own + "base_soldier_flee": 0.0,
            own + "base_soldier_surrender": 0.0,
            own + "base_soldier_refuse": 0.0,
        }
    )


def _news(reproduction: float, form: str = "multiplicative") -> Spread:
    return Spread(form=form, reproduction=reproduction, half_life=99.0, local=0.0, reception=0.0)


def test_memory_is_the_sum_of_faded_days() -> None:
    """Written out day by day; without forgetting it is the horizon."""
    assert memory(30.0, 100) == pytest.approx(sum(2 ** (-day / 30) for day in range(100)))
    assert memory(math.inf, 100) == 100


def test_complete_mixing_has_the_closed_form(army: Scenario) -> None:
    """One route and news alone: R = b x beta x memory; towns and ties add three quarters here."""
    expected = 0.001 * (1.0 + 0.5 + 0.25) * memory(99.0, army.days)
    assert radius(army, _news(0.5), "baseline") == pytest.approx(expected)


@pytest.mark.parametrize("reproduction", [0.0, 0.3, 0.95])
def test_multiplicative_weights_reach_the_stated_number(army: Scenario, reproduction: float) -> None:
    """B x (sum of weights) x memory = R."""
    found = settings_for(army, _news(reproduction))
    total = sum(
        float(found[f"behaviour.contagion_{level}"]) for level in ("squad", "company", "community", "ties", "news")
    )
    assert 0.001 * total * memory(99.0, army.days) == pytest.approx(reproduction)


def test_additive_scale_reaches_the_stated_number(army: Scenario) -> None:
    """The slope of the rate times memory is R, whatever the baseline."""
    scale = float(settings_for(army, _news(0.6, "additive"))["behaviour.additive_scale"])
    hide, refuse = 1.75 * scale, 1.75 * scale
    mixing = 0.3  # a leaver by one route counts 0.3 for the other
    assert memory(99.0, army.days) * (hide + refuse) / 2 * (1 + mixing) <= 0.6 * 1.3
    assert float(settings_for(army, _news(0.0, "additive"))["behaviour.additive_scale"]) == 0.0


@pytest.mark.parametrize("form", FORMS)
def test_settings_of_every_form_are_accepted_by_the_scenario(army: Scenario, form: str) -> None:
    """Any world can be built."""
    changed = army.with_(settings_for(army, _news(0.95, form)))
    assert changed.behaviour.form == form


def test_unknown_form_is_refused(army: Scenario) -> None:
    """A typing mistake gets a proposal."""
    with pytest.raises(InputError, match="did you mean 'additive'"):
        settings_for(army, _news(0.5, "additiv"))
