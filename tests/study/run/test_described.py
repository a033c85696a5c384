"""Studies that are described in Python: what stands beside a file is refused, and one name alone is a list of one."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion import DesertionModel, Policy, Scenario, compare, search, sweep, theory
from desertion.errors import InputError
from desertion.study.comparison.compare import arms
from desertion.study.design.rows import rows_of
from desertion.study.run.described import described

FILE = 'scenario = "toy"\n[vary]\nasylum = [0.2, 0.8]\n'
BAN = Policy.model_validate({"name": "mine", "change": [{"from": "start", "set": {"forces.*.exit_ban": 1}}]})


@pytest.mark.parametrize(
    ("asked", "beside"),
    [
        *((sweep, {name: value}) for name, value in (
            ("scenario", "toy"), ("vary", {"asylum": [1]}), ("policies", ["exit-ban"]), ("design", "lhs"), ("design", "grid"),
            ("measures", ["left_total"]), ("daily", ["hiding"]), ("daily", ["left", "strength"]), ("on_error", "keep"),
            ("time_limit", 0.0), ("task", "model"),
        )),
        *((search, {name: value}) for name, value in (
            ("scenario", "toy"), ("vary", {"asylum": [1]}), ("policies", ["exit-ban"]),
        )),
    ],
)  # fmt: skip
def test_what_only_a_study_file_can_state_is_refused_beside_one(
    tmp_path: Path, asked: Callable[..., object], beside: dict[str, Any]
) -> None:
    """Also where it is what the file would have said: nothing that is given is left unread."""
    (tmp_path / "s.toml").write_text(FILE)
    with pytest.raises(
        InputError, match=f"takes a study file or {next(iter(beside))}=, not both: state it in the file"
    ):
        asked(tmp_path / "s.toml", **beside, quiet=True)


@pytest.mark.parametrize("beside", [{"vary": {"asylum": [1]}}, {"design": {"constraints": ["asylum < 0.6"]}}])
def test_points_of_ones_own_leave_no_room_for_another_design(beside: dict[str, Any]) -> None:
    """They were dropped without a word, constraints and all."""
    with pytest.raises(InputError, match="takes points of your own, or vary= and design=, not both"):
        sweep(scenario="toy", points=[{"asylum": 0.5}], **beside, quiet=True)


def test_days_may_be_dates_and_runs_numpys() -> None:
    """A data frame's dates are days, as in a scenario; with an hour they are refused, and an empty date with the sentence of any other."""
    day = {"start": dt.date(2030, 1, 2)}
    told = [
        described("toy", None, None, {"vary": {"asylum": [0.5]}, "set": {"start": start}}).sha256()
        for start in ("2030-01-02", day["start"])
    ]
    assert told[0] == told[1]
    for days in ([dt.date(2030, 1, 2), dt.date(2030, 1, 5)], list(pd.to_datetime(["2030-01-02", "2030-01-05"]))):
        (start,) = described("toy", None, None, {"vary": {"start": days}}).factors
        assert start.values == ("2030-01-02", "2030-01-05")
    rows = rows_of(pd.DataFrame({"start": pd.to_datetime(["2030-01-02", None]), "asylum": [0.5, 0.6]}))
    assert rows == ({"start": "2030-01-02", "asylum": 0.5}, {"asylum": 0.6})
    with pytest.raises(InputError, match="start must be a day without a time or zone, such as 2030-01-02, got"):
        rows_of([{"start": pd.Timestamp("2030-01-02 10:00")}])
    assert described("toy", None, None, {"vary": day, "replicates": np.int64(2)}).replicates.number == 2


def _policies(given: object) -> dict[str, tuple[str, ...]]:
    return dict(described("toy", given, None, {}).policies)


def test_one_name_alone_is_a_list_of_one() -> None:
    """Policies by name, path or themselves, in lists or by label, measures and daily columns: as in files."""
    assert _policies("exit-ban") == _policies(["exit-ban"]) == {"exit-ban": ("exit-ban",)}
    assert _policies(BAN) == _policies([BAN]) == {"mine": ("mine",)}
    assert _policies({"a": "exit-ban", "b": BAN}) == {"a": ("exit-ban",), "b": ("mine",)}
    assert arms("fast-track") == arms(["fast-track"]) == (("none", ()), ("fast-track", ("fast-track",)))
    assert arms(BAN) == arms([BAN]) == (("none", ()), ("mine", ("mine",)))
    assert Scenario.load("toy", "exit-ban").policies == Scenario.load("toy", ["exit-ban"]).policies == ("exit-ban",)
    assert Scenario.load("toy").with_({"policies": BAN}).policies == ("mine",)
    for given in ("left", ["left"], np.array(["left"])):
        kept = described("toy", None, None, {"keep": {"measures": given, "daily": given}})
        assert (kept.measures, kept.daily) == (("left",), ("left",))
    with pytest.raises(InputError, match="policies = 3 must be a list of names"):
        Scenario.load("toy", 3)  # pyright: ignore[reportArgumentType]


@pytest.mark.usefixtures("no_workers")
def test_a_study_is_asked_for_one_measure_by_its_name(tmp_path: Path) -> None:
    """As for a list of one."""
    study = sweep(
        scenario="quiet", days=2, runs=2, policies={"none": [], "ban": "exit-ban"}, measures="left_total", daily="left", workers=1,
        quiet=True, out=tmp_path / "s.sqlite",
    )  # fmt: skip
    assert study.header["columns"] == ["left"]
    for ask in (study.paired, study.summary):
        assert ask("left_total").equals(ask(["left_total"]))
    assert study.bands("left").equals(study.bands(["left"]))


ASKED = {
    "scenario": lambda policies: Scenario.load("toy", policies),
    "model": lambda policies: DesertionModel("toy", rng=1, policies=policies),
    "theory": lambda policies: theory("toy", policies=policies),
    "compare": lambda policies: compare("toy", policies, quiet=True),
    "sweep": lambda policies: sweep(scenario="toy", policies=policies, quiet=True),
    "search": lambda policies: search(
        scenario="toy", vary={"asylum": {"range": [0, 1]}}, policies=policies, quiet=True
    ),
}
"""Everything that takes policies."""


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_set_of_policies_is_refused_since_it_has_no_order(ask: Callable[[Any], object]) -> None:
    """The first is the baseline and the last wins: of a set both hung on where Python's hashes began."""
    for policies in ({"exit-ban", "fast-track"}, frozenset({"exit-ban"})):
        with pytest.raises(InputError, match=r"policies = .* has no order; give a list"):
            ask(policies)


@pytest.mark.parametrize("ask", [compare, sweep])
def test_a_set_within_a_list_of_mixes_is_refused_too(ask: Callable[..., object]) -> None:
    """A mix is an order as well."""
    with pytest.raises(InputError, match=r"policies = .* has no order; give a list"):
        ask(scenario="toy", policies=["none", {"exit-ban", "fast-track"}], quiet=True)
    with pytest.raises(InputError, match=r"daily = .* has no order; give a list"):
        sweep(scenario="toy", daily={"left", "strength"}, quiet=True)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_no_policy_is_called_what_stands_for_none(ask: Callable[[Any], object], tmp_path: Path) -> None:
    """Comparisons and sweeps left it out without a word, and runs did not."""
    (tmp_path / "none.toml").write_text('[[change]]\nfrom = "start"\nset = { "forces.*.exit_ban" = 1 }\n')
    with pytest.raises(InputError, match=r"stands for the scenario as it is; give the (policy|file) another name"):
        ask([tmp_path / "none.toml"])
    for make in (lambda: Policy(name="none"), lambda: Policy.model_validate({"name": "none"})):
        with pytest.raises(InputError, match="Policy: name: 'none' stands for"):
            ask([make()])
