"""A person's trace: its terms add up to the model's own hazard, and the clock passes the threshold when the person leaves."""

import numpy as np
import pandas as pd
import pytest

from desertion import DesertionModel, Scenario
from desertion.errors import InputError
from desertion.simulation.trace import TERMS, multipliers, trace
from desertion.simulation.world.codes import RESERVIST, SERVING, SUMMONED

SEED = 5


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The toy world for sixty days."""
    return Scenario.load("toy", days=60, policies=["exit-ban-on-outflow"])


@pytest.fixture(scope="module")
def people(scenario) -> pd.DataFrame:
    """Everybody at the end of an ordinary run."""
    return DesertionModel(scenario, rng=SEED).run().people()


def chosen(people: pd.DataFrame) -> list[int]:
    """Two leavers and one stayer among soldiers and reservists."""
    rows: list[int] = []
    for kind in ("soldier", "reservist"):
        own = people[people["kind"] == kind]
        rows += [int(row) for row in own[own["day_left"].notna()]["person"].head(2)]
        rows += [int(row) for row in own[own["day_left"].isna()]["person"].head(1)]
    return rows


def test_terms_add_up_to_the_hazard_of_the_model(scenario, people):
    """Open x baseline x exp(sum of terms) is the rate on every day and route of six people, to twelve digits."""
    for person in chosen(people):
        table = trace(DesertionModel(scenario, rng=SEED), person)
        able = table[table["route"] != ""]
        made = able["open"] * able["baseline"] * np.exp(able[list(TERMS)].sum(axis=1))
        assert able["rate"].to_numpy() == pytest.approx(made.to_numpy(), rel=1e-12, abs=1e-300), person


def test_terms_of_somebody_posted_to_a_company_from_another_town_are_of_its_home() -> None:
    """His own town's stood in their place, and terms did not multiply to the rate (1.27 to 2.03 times off)."""
    model = DesertionModel("russia-2022", rng=1, scale=0.001, days=60)
    while model.running:
        model.step()
    w = model.world
    posted = (w.status == SERVING) & (w.kind == RESERVIST)
    away = np.flatnonzero(posted & (w.squad_community[w.squad] != w.community))
    assert len(away)
    table = trace("russia-2022", int(away[0]), days=60, seed=1, scale=0.001)
    able = table[(table["route"] != "") & (table["status"] == "serving")]
    assert len(able)
    made = able["open"] * able["baseline"] * np.exp(able[list(TERMS)].sum(axis=1))
    assert able["rate"].to_numpy() == pytest.approx(made.to_numpy(), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("form", ["multiplicative", "concave", "additive", "threshold", "none"])
def test_what_is_told_as_a_multiplier_is_one_in_every_form(form: str) -> None:
    """Levels of contagion multiply in the multiplicative form alone: elsewhere ×1.2 was told of a chance that was 4 times as large."""
    scenario = Scenario.load("toy", days=60, set={"behaviour.form": form})
    people = DesertionModel(scenario, rng=SEED).run().people()
    for person in chosen(people):
        table = trace(DesertionModel(scenario, rng=SEED), person)
        able = table[table["route"] != ""]
        named = multipliers(table)
        assert ("contagion" in named) == (form in ("concave", "additive"))
        made = able["open"] * able["baseline"] * np.exp(able[named].sum(axis=1))
        known = np.isfinite(made)
        assert known.any()
        assert able["rate"][known].to_numpy() == pytest.approx(made[known].to_numpy(), rel=1e-12, abs=1e-300)


def test_the_first_clock_to_pass_its_threshold_is_the_day_and_way_of_leaving(scenario, people):
    """For leavers the traced clocks reach a threshold on the very day and route of the ordinary run; for stayers never."""
    for person in chosen(people):
        table = trace(DesertionModel(scenario, rng=SEED), person)
        passed = table[(table["route"] != "") & (table["clock"] >= table["threshold"])]
        told = people.loc[person]
        if pd.isna(told["day_left"]):
            assert passed.empty
        else:
            assert passed["day"].iloc[0] == told["day_left"]
            assert told["route"] in set(passed[passed["day"] == told["day_left"]]["route"])


def test_following_somebody_changes_nothing(scenario, people):
    """The run that is traced ends as the ordinary run does."""
    model = DesertionModel(scenario, rng=SEED)
    trace(model, 0)
    pd.testing.assert_frame_equal(model.people(), people)


def test_a_person_who_does_not_exist_is_refused(scenario):
    """The sentence names the range."""
    with pytest.raises(InputError, match="0 to 999"):
        trace(DesertionModel(scenario, rng=SEED), 1000)


def test_beside_a_model_nothing_is_stated_and_nobody_means_who_leaves_halfway(scenario):
    """Its inputs are its own; whom nobody names is found as beside a scenario, and the model is followed from its first day."""
    with pytest.raises(InputError, match=r"settings, scale: a model has its own"):
        trace(DesertionModel(scenario, rng=SEED), 0, settings={"asylum": 0.5}, scale=0.5)
    found, expected = trace(DesertionModel(scenario, rng=SEED)), trace(scenario, seed=SEED)
    assert expected.attrs["person"] > 0
    pd.testing.assert_frame_equal(found, expected)
    assert found.attrs["person"] == expected.attrs["person"]


def test_a_model_that_has_run_is_refused(scenario):
    """Only a fresh model can be traced from its first day."""
    with pytest.raises(InputError, match="fresh model"):
        trace(DesertionModel(scenario, rng=SEED).run(), 0)


def test_who_is_summoned_in_the_morning_decides_that_day_as_one_who_is_summoned() -> None:
    """The terms are those of the status in which he decides, and make up the model's rate, on the day of the summons too."""
    scenario = Scenario.load("toy", scale=0.2, days=70)
    called = DesertionModel(scenario, rng=SEED)
    while not (called.world.status == SUMMONED).any():
        called.step()
    person = int(np.flatnonzero(called.world.status == SUMMONED)[0])
    table = trace(DesertionModel(scenario, rng=SEED), person, called.day + 2)
    able = table[table["route"] != ""]
    product = able["open"] * able["baseline"] * np.exp(able[list(TERMS)].sum(axis=1))
    assert able["rate"].to_numpy() == pytest.approx(product.to_numpy(), rel=1e-12, abs=1e-300)
    assert able["status"].iloc[-1] == "summoned"
    assert table[table["day"] == called.day]["status"].iloc[0] == "summoned"
