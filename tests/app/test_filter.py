"""Which design points are shown, and what runs they are, without a browser."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion import Study, sweep
from desertion.app.parts.filter import let_through, varied, written
from desertion.app.request import point as cell
from desertion.app.request.address import Address, parse
from desertion.app.request.choice import shipped, unchecked
from desertion.commands._shared.options import settings
from desertion.commands._shared.running import loaded, seed_of
from desertion.errors import InputError
from desertion.simulation.model import DesertionModel
from desertion.study.design.point import scenario_of as scenario_of_point
from tests.shortcuts import at_once

POINTS = pd.DataFrame(
    {
        "design": range(6),
        "policies": ["none", "a|b"] * 3,
        "asylum": [0.0, 0.0, 0.5, 0.5, 1.0, 1.0],
        "days": [10] * 6,
        "dummy": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    }
)


def test_what_is_restricted_is_what_was_varied() -> None:
    """A parameter of one value and the dummy of luck are no choices."""
    assert varied(POINTS) == ("policies", "asylum")


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ((), (0, 1, 2, 3, 4, 5)),
        ((("asylum", "0.5.."),), (2, 3, 4, 5)),
        ((("asylum", "..0.5"),), (0, 1, 2, 3)),
        ((("asylum", "0|1.0"),), (0, 1, 4, 5)),
        ((("policies", written(("a|b",))),), (1, 3, 5)),
        ((("asylum", "0.1..0.9"), ("policies", "none")), (2,)),
        ((("asylum", "0.6..0.9"),), ()),
    ],
)
def test_a_filter_lets_through_what_it_names(where: tuple[tuple[str, str], ...], left: tuple[int, ...]) -> None:
    """Ranges with their ends, single values, policies whose names hold the separator, and all of them together."""
    assert let_through(POINTS, where) == left


@pytest.mark.parametrize(
    ("name", "told", "words"),
    [
        ("asilum", "0..1", "did you mean 'asylum'"),
        ("asylum", "low..1", "must be a number"),
        ("asylum", "0..1_0", "must be a number"),
        ("asylum", "1..0", "begins above its end"),
        ("asylum", "0.3", "no value of asylum '0.3'"),
        ("asylum", "nan", "must be a number"),
        ("policies", "c", "no value of policies 'c'"),
        ("dummy", "0..1", "no varied parameter 'dummy'"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_in_words(name: str, told: str, words: str) -> None:
    """Unknown parameters, unknown values, ranges that are none."""
    with pytest.raises(InputError, match=words):
        let_through(POINTS, ((name, told),))


@given(st.dictionaries(st.sampled_from(["policies", "a.b"]), st.lists(st.text(min_size=1), min_size=1), max_size=2))
def test_a_filter_in_the_address_is_read_as_it_was_written(chosen: dict[str, list[str]]) -> None:
    """Whatever the values are called."""
    address = Address(page=3)
    for name, values in chosen.items():
        address = address.with_restriction(name, written(tuple(values)))
    assert parse(address.query()) == (address, {})


def studied(place: Path, **told: object) -> Study:
    """A small study of the smallest scenario."""
    given: dict[str, object] = {"scenario": "toy", "days": 30, "scale": 0.5, "measures": ["left_total"], **told}
    return sweep(**given, out=place / "s.sqlite", options=at_once())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "told",
    [
        {"vary": {"asylum": [0.25]}, "policies": {"both": ["fast-track", "exit-ban"]}, "seed": 4},
        {"vary": {"contagion": [0.0, 3.0]}, "settings": {"behaviour.form": "additive"}},
        {"vary": {"reproduction": [0.5]}, "runs": 1},
        {"vary": {"asylum": {"range": [0.0, 1.0]}}, "design": {"kind": "lhs", "points": 2, "dummy": True}},
    ],
)
def test_the_command_line_of_a_point_gives_the_numbers_of_the_study(tmp_path: Path, told: dict[str, object]) -> None:
    """Policies, settings, dials that only studies have, and the chance that a dummy factor picks: the same leavers."""
    study = studied(tmp_path, **told)
    for design, point in enumerate(study.points.drop(columns="design").to_dict("records")):
        run = cell.run_of(study.spec, {str(name): value for name, value in point.items()})
        words = shlex.split(cell.command_of(study.spec["task"], run))
        assert words[:3] == ["desertion", "run", "toy"]
        options = list(zip(words[3::2], words[4::2], strict=True))
        given = dict(options)
        scenario = loaded(
            "toy", [text for name, text in options if name == "--policy"],
            settings([text for name, text in options if name == "--set"]), float(given["--scale"]), int(given["--days"]),
        )  # fmt: skip
        model = DesertionModel(scenario, rng=seed_of(int(given["--seed"]), int(given["--replicate"])))
        real = model.run().measures()["left_total"] / float(given["--scale"])
        assert real == study.runs["left_total"][study.runs["design"] == design].iloc[0]


def test_a_point_that_is_played_is_the_run_of_the_study() -> None:
    """Also where the study stated no scale: of every shipped scenario the address names the very one, at the scenario's own size."""
    spec = {
        "policies": {"none": []},
        "settings": {"behaviour.form": "additive"},
        "scale": None,
        "days": None,
        "population": "compiled",
        "seed": 3,
    }
    for name in shipped()["scenarios"]:
        run = cell.run_of({**spec, "scenario": name}, {})
        address, wrong = parse(cell.address_of(run, Address()).query())
        assert not wrong
        assert unchecked(address, ()).hash == scenario_of_point(run).hash


def test_a_point_that_no_line_remakes_says_why(tmp_path: Path) -> None:
    """Capacity is a dial of studies alone; a scenario of one's own is not in the study's file."""
    study = studied(tmp_path, vary={"capacity": [2.0]})
    run = cell.run_of(study.spec, {"capacity": 2.0})
    with pytest.raises(InputError, match="dial"):
        cell.command_of(study.spec["task"], run)
    with pytest.raises(InputError, match="its scenario is a file"):
        cell.command_of(study.spec["task"], {**run, "scenario": "folder/own.toml"})
    with pytest.raises(InputError, match="another task"):
        cell.command_of("somewhere.else", run)


def test_a_study_of_another_model_is_told_from_one_of_the_present(tmp_path: Path) -> None:
    """The hash of the model's code decides."""
    study = studied(tmp_path, vary={"asylum": [0.5]})
    run = cell.run_of(study.spec, {"asylum": 0.5})
    assert not cell.is_changed(study.header, run)
    assert cell.is_changed({**study.header, "fingerprint": {"scenario": "", "code": "other"}}, run)
