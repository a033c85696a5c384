"""Whole runs are those of a second implementation that was written from `model/ODD.md` and imports nothing of the package."""

from __future__ import annotations

import ast
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from desertion.scenario import Policy, Scenario
from desertion.simulation.model import DesertionModel
from tests.oracles import day as oracle
from tests.oracles.day.chance import philox
from tests.oracles.day.course import reference
from tests.oracles.fates import block
from tests.simulation.worlds import LIVELY, SEEDS, layered, scenarios

pytestmark = pytest.mark.oracle

FOLDER = Path(oracle.__file__).parent
PARTS = 10  # tests that share the scenarios, so that they can run side by side
SCENARIOS = int(os.environ.get("DESERTION_ORACLE_SCENARIOS", "100"))


def difference(scenario: Scenario, seed: int) -> str | None:
    """The first cell of each table in which program and oracle differ; None where all are equal, bit for bit."""
    history, model = oracle.run(scenario.model_dump(), seed), DesertionModel(scenario, rng=seed).run()
    tables = {"daily": model.daily, "hosts": model.hosts, "people": model.people()}
    cells = [text for name, table in tables.items() if (text := _first_cell(name, table, getattr(history, name)))]
    return "\n".join(cells) or None


def _first_cell(name: str, table: pd.DataFrame, rows: list[dict[str, Any]]) -> str | None:
    if len(table) != len(rows):
        return f"{name}: the program has {len(table)} rows, the oracle {len(rows)}"
    if rows and set(table.columns) != set(rows[0]):
        return f"{name}: columns {sorted(set(table.columns) ^ set(rows[0]))} are in one of both only"
    columns = {column: table[column].astype(object).where(table[column].notna(), None).tolist() for column in table}
    for place, row in enumerate(rows):
        for column, cells in columns.items():
            if cells[place] != row[column]:
                where = {key: row[key] for key in ("day", "person", "force", "host") if key in row}
                return f"{name} {where}: {column} is {cells[place]!r} in the program, {row[column]!r} in the oracle"
    return None


@pytest.mark.parametrize("part", range(PARTS))
def test_random_scenarios_under_random_policies_have_the_history_of_the_document(part: int) -> None:
    """All cells of `daily`, `hosts` and `people`: all forms, policies, the dial, scales; `DESERTION_ORACLE_SCENARIOS` says how many."""

    @seed(part)
    @settings(
        max_examples=max(1, SCENARIOS // PARTS),
        deadline=None,
        database=None,
        phases=[Phase.generate],  # shrinking takes minutes; the scenario is printed whole
        suppress_health_check=list(HealthCheck),
    )
    @given(layered(), SEEDS)
    def compare(scenario: Scenario, seed: int) -> None:
        again = difference(scenario, seed)
        assert again is None, f"seed {seed}\n{again}"

    compare()


@pytest.mark.parametrize(
    ("announced", "change"),
    [
        (-1.0, {"at_least": {"hosts.*.announced": 0.05}}),
        (-1.0, {"at_most": {"hosts.*.announced": 0.1}}),
        (0.3, {"add": {"hosts.*.announced": -0.5}}),
    ],
)
def test_what_is_announced_has_the_history_of_the_document(announced: float, change: dict[str, Any]) -> None:
    """Where it stands for the true rates, a floor or a ceiling is held to these; once it is a number, it is not cut below 0, where it would stand for them again."""
    policy = Policy.model_validate({"name": "told", "change": [change]})
    scenario = Scenario.load("toy", scale=0.2, days=15, set=LIVELY | {"hosts.*.announced": announced}).with_policies(
        [policy]
    )
    assert difference(scenario, 7) is None


@pytest.mark.parametrize("policies", [[], ["fast-track", "closed-borders"], ["transit-corridor", "coalition"]])
def test_the_toy_world_has_the_history_of_the_document(policies: list[str]) -> None:
    """The shipped scenario, made lively, alone and under shipped policies."""
    scenario = Scenario.load("toy", policies, scale=0.2, days=45, set=LIVELY)
    assert difference(scenario, 7) is None


def test_a_graph_of_ties_replaces_the_drawn_ones(tmp_path: Path) -> None:
    """Pairs from a file; some people have none."""
    drawn = np.random.default_rng(5).integers(0, 400, (600, 2)).tolist()
    pairs = sorted({(min(pair), max(pair)) for pair in drawn if pair[0] != pair[1]})
    path = tmp_path / "ties.csv"
    path.write_text("person,person\n" + "".join(f"{a},{b}\n" for a, b in pairs), encoding="utf-8")
    settings_ = LIVELY | {"graph": str(path), "behaviour.contagion_ties": 4.0}
    scenario = Scenario.load("toy", days=30, set=settings_)
    history = oracle.run(scenario.model_dump(), 7, ties=pairs)
    assert _first_cell("daily", DesertionModel(scenario, rng=7).run().daily, history.daily) is None


@seed(1)
@settings(max_examples=200, deadline=None, database=None)
@given(scenarios())
def test_the_reference_state_is_that_of_the_document(scenario: Scenario) -> None:
    """Worked out from the scenario's own first day, force by force, number by number."""
    document = scenario.model_dump()
    stated = document["reference"]
    document["reference"] = {}
    for index, force in enumerate(scenario.forces):
        assert reference(document, index) == stated[force.name]


@settings(max_examples=200, database=None)
@given(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1), st.integers(1, 30), st.integers(0, 2**63 - 1))
def test_philox_in_python_is_that_of_numpy(seed: int, who: int, purpose: int, spell: int) -> None:
    """The oracle's own generator against NumPy's."""
    assert list(philox((who, purpose, spell, 0), (seed, 0))) == block(seed, who, purpose, spell).tolist()


def test_the_oracle_imports_nothing_of_the_package() -> None:
    """Its modules import the standard library and each other, nothing else."""
    names: Counter[str] = Counter()
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names.update([node.module or ""])
    allowed = {"__future__", "ast", "collections", "dataclasses", "datetime", "functools", "hashlib", "math", "pathlib"}
    allowed |= {"re", "statistics", "typing"}
    strangers = {
        name for name in names if name.split(".")[0] not in allowed and not name.startswith("tests.oracles.day")
    }
    assert strangers == set()
    assert len(names) > 10
