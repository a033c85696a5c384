"""Every column and measure that a run gives is defined, and nothing else is; definitions travel with the tables."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from desertion import DesertionModel, Scenario
from desertion.simulation.record.columns import (
    DAILY,
    HOSTLY,
    MEASURES,
    NONE,
    PEOPLE,
    REAL,
    SIMULATED,
    at_real_size,
    counted,
    definitions,
    is_chance,
)
from desertion.study.analysis.columns import columns_json


@pytest.fixture(scope="module")
def model() -> DesertionModel:
    """A short run of the toy world."""
    return DesertionModel(Scenario.load("toy", days=5), rng=1).run()


def test_columns_and_measures_are_all_defined_and_nothing_else_is(model: DesertionModel) -> None:
    """A new column without a definition fails here."""
    assert set(model.daily.columns) == set(DAILY)
    assert set(model.hosts.columns) == set(HOSTLY)
    assert set(model.people().columns) == set(PEOPLE)
    assert set(model.measures()) == set(MEASURES)


@pytest.mark.parametrize("known", [DAILY, HOSTLY, PEOPLE, MEASURES], ids=["daily", "hosts", "people", "measures"])
def test_a_definition_has_a_size_basis_that_suits_its_unit(known: dict[str, object]) -> None:
    """Money is real, shares and days have no size, persons are simulated."""
    for name, column in known.items():
        unit, size, kind, definition = column
        assert definition, name
        assert kind in ("stock", "flow", "total", "measure", "key"), name
        assert size == {"EUR": REAL, "share": NONE, "day": NONE, "persons": SIMULATED, "cases": SIMULATED}.get(
            unit, size
        ), name


def test_the_size_basis_is_what_the_model_does() -> None:
    """Halving the world halves what is simulated on the first day and leaves shares as they are."""
    whole, half = (DesertionModel("russia-2022", rng=1, days=1, scale=scale).run() for scale in (0.002, 0.001))
    for name in ("home", "serving", "strength", "effective_strength"):
        first, second = float(whole.daily[name].iloc[0]), float(half.daily[name].iloc[0])
        assert DAILY[name].size == SIMULATED
        assert second == pytest.approx(first / 2, rel=0.01)
    assert DAILY["legitimacy"].size == NONE
    assert whole.daily["legitimacy"].iloc[0] == half.daily["legitimacy"].iloc[0]


def test_counts_are_whole_and_truth_values_are_true_or_false(model: DesertionModel) -> None:
    """What is weighed or expected is neither."""
    types = model.daily.dtypes
    assert {types[name].kind for name in ("serving", "left", "captured", "cut_off")} == {"i"}
    assert {types[name].kind for name in ("effective_strength", "information", "captor_saved")} == {"f"}
    assert {types[name].kind for name in ("collapsed", "fallen")} == {"b"}


def test_a_number_of_one_force_is_defined_as_that_of_all() -> None:
    """As a run names it, as a comparison does, and that of all forces."""
    about = definitions(["left_total@army", "army:left_total", "all:left_total", "mine"], MEASURES)
    plain = MEASURES["left_total"]
    assert list(about) == ["left_total@army", "army:left_total", "all:left_total"]
    assert {each["size"] for each in about.values()} == {plain.size}
    of_army = f"{plain.definition}, of force army alone"
    assert [each["definition"] for each in about.values()] == [of_army, of_army, plain.definition]
    assert counted(["army:left_total", "share_left@army", "mine"], MEASURES) == ["army:left_total"]
    for name, chance in (("collapsed", True), ("fallen@army", True), ("army:collapsed", True), ("collapsed_at", False)):
        assert is_chance(name) is chance


def test_counts_alone_are_brought_to_real_size_and_once() -> None:
    """Three simulated persons of a run at a half and at a tenth stand for six and thirty, a share for itself; at full size whole numbers stay whole."""
    table = pd.DataFrame({"left_total": [3, 3], "share_left": [0.5, 0.5], "mine": [7, 7]})
    table.attrs["title"] = "kept"
    real = at_real_size(table, np.array([0.5, 0.1]))
    assert real.to_numpy().tolist() == [[6.0, 0.5, 7.0], [30.0, 0.5, 7.0]]
    assert (real.attrs["title"], real.attrs["columns"]["left_total"]["size"]) == ("kept", "real")
    assert at_real_size(real, 0.5).equals(real)
    assert at_real_size(table, np.array([1.0, 0.5]))["left_total"].tolist() == [3.0, 6.0]
    assert at_real_size(table, 1.0)["left_total"].dtype.kind == "i"


def test_what_is_done_to_the_definitions_of_a_table_is_done_to_no_other() -> None:
    """Neither of a later run nor of another."""
    one, other = (DesertionModel("toy", rng=1, days=2).run() for _ in range(2))
    one.daily.attrs["columns"]["left"]["size"] = "none"
    assert other.daily.attrs["columns"]["left"]["size"] == "simulated"
    assert DesertionModel("toy", rng=1, days=2).run().daily.attrs["columns"]["left"]["size"] == "simulated"


def test_definitions_travel_with_the_tables_and_into_a_file(model: DesertionModel) -> None:
    """Through operations that keep a table's attributes, and as JSON."""
    kept = model.daily.iloc[1:].assign(twice=lambda table: 2 * table["left"])
    assert kept.attrs["columns"]["left"]["unit"] == "persons"
    told = json.loads(columns_json({"daily.csv": model.daily, "none.csv": pd.DataFrame()}))
    assert told["files"]["daily.csv"]["output_lost"]["size"] == "real"
    assert set(told["files"]["daily.csv"]) >= set(model.daily.columns)
