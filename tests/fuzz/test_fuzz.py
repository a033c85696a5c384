"""Whatever is put in: a result or one sentence; no traceback, no hang, nothing half-written.

`DESERTION_FUZZ_CASES` sets the number of cases in all (3,000 if it is not set) and `DESERTION_FUZZ_SEED` which they are; only those count whose class of input reached the
checker that it is meant for, and of those at least a third must be among the cases.
"""

from __future__ import annotations

import os
import signal
import tomllib
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from desertion import DesertionModel, Scenario
from desertion.app.request.address import parse
from desertion.app.request.choice import settings_of
from desertion.cli import main
from desertion.commands._shared import options
from desertion.errors import InputError
from desertion.scenario.edges import read_edges
from desertion.scenario.rows import csv_rows
from desertion.study.claims.document import load as claims_of
from desertion.study.design.formula import Effect, constraint
from desertion.study.design.reading import read_spec
from desertion.study.history.series_file import COLUMNS
from desertion.study.history.shipped import load
from desertion.study.matching.document import load as match_of
from desertion.study.run.inspection import inspected
from tests.fuzz import grammar

CASES = int(os.environ.get("DESERTION_FUZZ_CASES", "3000"))
SEED = os.environ.get("DESERTION_FUZZ_SEED")
_SHARES = {
    "scenarios": 0.2, "policies": 0.1, "studies": 0.06, "claims": 0.02, "series": 0.1, "history": 0.1, "graph": 0.1, "setting": 0.1, "formula": 0.1, "address": 0.08, "command": 0.02,
}  # fmt: skip
_LONGEST = 20  # seconds
_LARGEST = 5000  # persons of a scenario that is lived through for two days

reached: Counter[str] = Counter()
tried: Counter[str] = Counter()


def _fuzz(kind: str) -> Callable[[Any], Any]:
    """So many cases of a kind as its share of all; no shrinking beyond what a reader needs."""
    chosen = settings(
        max_examples=max(10, int(CASES * _SHARES[kind])),
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        database=None,
    )
    return chosen if SEED is None else lambda test: chosen(seed(int(SEED))(test))


@contextmanager
def _case(kind: str) -> Generator[None]:
    """A case of a kind: it ends within 20 seconds, in a result or in one readable sentence."""

    def late(_number: int, _frame: object) -> None:
        raise AssertionError(f"hangs for more than {_LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_LONGEST)
    tried[kind] += 1
    try:
        yield
    except InputError as error:
        sentence = str(error)
        assert sentence
        assert "\n" not in sentence
        assert len(sentence) < 3000
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _document(kind: str, folder: Path, text: str) -> Generator[Path]:
    """A case of a document, which reaches its checker if it is TOML."""
    reached[kind] += _is_toml(text)
    with _case(kind):
        yield grammar.write(folder, f"{kind}.toml", text)


@pytest.fixture(scope="module", autouse=True)
def enough_cases_reach_their_checker() -> Generator[None]:
    """At least a third of each kind gets as far as its checker: the others say nothing about it."""
    yield
    poor = [kind for kind, number in tried.items() if reached[kind] < number / 3]
    assert not poor, f"{poor}: {dict(reached)} of {dict(tried)}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of all cases."""
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def compiled() -> None:
    """What is compiled is compiled before the clock runs."""
    for population in ("compiled", "mesa"):
        DesertionModel(Scenario.load("toy", days=2), rng=1, population=population).run()


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _live(scenario: Scenario) -> None:
    """Live through two days of what was accepted; no number of them is missing."""
    scenario.timeline()
    if scenario.people > _LARGEST or scenario.graph is not None:
        return
    model = DesertionModel(scenario.with_({"days": 2}), rng=1).run()
    daily, at_start = model.daily, model.world.soldiers_start
    armed = daily["force"].map({force.name: at_start[f] > 0 for f, force in enumerate(scenario.forces)})
    assert (daily["war_index"].notna() == armed).all()
    assert not daily.drop(columns="war_index").select_dtypes("number").isna().any().any()


@_fuzz("scenarios")
@given(grammar.documents("scenarios"))
def test_any_scenario_is_accepted_or_answered(compiled: None, folder: Path, text: str) -> None:
    """Mutated shipped scenarios."""
    with _document("scenarios", folder, text) as path:
        scenario = Scenario.load(path)
        scenario.sized()
        assert Scenario.from_toml(scenario.to_toml()) == scenario
        _live(scenario)


@_fuzz("policies")
@given(grammar.documents("policies"))
def test_any_policy_is_accepted_or_answered(compiled: None, folder: Path, text: str) -> None:
    """Mutated shipped policies, laid over the toy world."""
    with _document("policies", folder, text) as path:
        scenario = Scenario.load("toy", policies=[path])
        scenario.flat()
        _live(scenario)


@_fuzz("studies")
@given(grammar.documents("studies"))
def test_any_study_is_accepted_or_answered(folder: Path, text: str) -> None:
    """Mutated shipped studies; of those accepted the points are laid out, and the first and last are looked at."""
    with _document("studies", folder, text) as path:
        spec = read_spec(path)
        points = spec.points()
        inspected(spec, (points[0], points[-1]))


@pytest.mark.parametrize(("kind", "read"), [("claims", claims_of), ("matches", match_of)])
@_fuzz("claims")
@given(data=st.data())
def test_any_claims_file_or_design_of_a_match_is_accepted_or_answered(
    folder: Path, kind: str, read: Callable[[Path], object], data: st.DataObject
) -> None:
    """The shipped claims and designs, mutated."""
    with _document(kind, folder, data.draw(grammar.documents(kind))) as path:
        read(path)


@_fuzz("series")
@given(grammar.tables(("date", "value"), ("0.002", "1", "0,5", "inf", "", "1,234", "-1")))
def test_any_series_is_accepted_or_answered(compiled: None, folder: Path, content: bytes) -> None:
    """CSV files under `[series]`."""
    path = grammar.write(folder, "series.csv", content)
    own = grammar.write(folder, "own.toml", 'extends = "toy"\n[series]\n"hosts.harbour.cases" = "series.csv"\n')
    with _case("series"):
        csv_rows(path, wanted=("date", "value"), numbers=("value",))
        reached["series"] += 1
        _live(Scenario.load(own))


@_fuzz("history")
@given(
    grammar.tables(COLUMNS, ("5", "0.5", "persons", "A", "C*", "who", "", "x"))
    | grammar.tables(("date", "value"), ("5", "7,5", "1e9")),
    st.sampled_from(("flow", "cumulative", "level")),
    st.booleans(),
)
def test_any_history_is_accepted_or_answered(folder: Path, content: bytes, kind: str, is_told: bool) -> None:
    """CSV files of published figures."""
    path = grammar.write(folder, "history.csv", content)
    words = {"unit": "persons", "counts": "leavers", "source": "own", "grade": "B"} if is_told else {}
    with _case("history"):
        csv_rows(path, wanted=("value",), numbers=("value",))
        reached["history"] += 1
        load(str(path), kind, words)


@_fuzz("graph")
@given(grammar.graphs(), st.sampled_from((30, 1000, 5)))
def test_any_graph_is_accepted_or_answered(folder: Path, graph: tuple[str, bytes], persons: int) -> None:
    """Edge lists, GraphML and GML; what is accepted names persons of the run only, each tie once."""
    path = grammar.write(folder, *graph)
    with _case("graph"):
        try:
            ties = read_edges(path, persons).ties
        except InputError as error:
            reached["graph"] += not any(words in str(error) for words in ("this is not G", "UTF-8"))
            raise
        reached["graph"] += 1
        assert ties.min() >= 0
        assert ties.max() < persons
        assert len({tuple(sorted(tie)) for tie in ties.tolist()}) == len(ties)


@_fuzz("setting")
@given(st.lists(grammar.settings(), min_size=1, max_size=2))
def test_any_setting_is_accepted_or_answered(compiled: None, pairs: list[str]) -> None:
    """Words after `--set`."""
    with _case("setting"):
        chosen = options.settings(pairs)
        reached["setting"] += 1
        scenario = Scenario.load("toy", set=chosen)
        scenario.sized()
        _live(scenario)


@_fuzz("formula")
@given(grammar.formulas())
def test_any_formula_is_accepted_or_answered(text: str) -> None:
    """Constraints of designs and effects of claims."""
    reached["formula"] += 1
    with _case("formula"):
        constraint(text, ("a", "b"), "case")({"a": 1.0, "b": 0.0})
    with _case("formula"):
        Effect(text)


@_fuzz("address")
@given(grammar.addresses())
def test_any_address_is_accepted_or_answered(query: str) -> None:
    """What stands after the question mark in the app."""
    with _case("address"):
        address, _ = parse(query)
        reached["address"] += 1
        settings_of(address)


@_fuzz("command")
@given(grammar.command_lines())
def test_any_command_line_ends_with_an_exit_code(compiled: None, folder: Path, words: list[str]) -> None:
    """0, 1 or 2 and never an internal error; a folder of results is whole or empty."""
    out = folder / "out"
    with pytest.MonkeyPatch.context() as patch, _case("command"):
        patch.chdir(folder)
        patch.setenv("DESERTION_DEBUG", "1")  # an internal error comes out as itself
        arguments = [*words, "--out", str(out)] if words[0] in ("run", "trace", "history") else words
        code = main(arguments)
    reached["command"] += 1
    assert code in (0, 1, 2)
    names = {path.name for path in out.iterdir()} if out.exists() else set()
    assert not [name for name in names if name.startswith(".")]
    assert ("daily.csv" in names) == ("curves.png" in names)
