"""Mutation: one small change of the code at a time, held against the narrow tests of its module; what survives says what no test sees.

Compiled code is switched off and worlds are small, so that a mutant takes seconds. The mutants of the modules below are shuffled by a
seed: the first so many are a sample of all.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from desertion.study.statistics import wilson_interval
from tests.torture.record import BAD, GOOD, ROOT, Record, environment

SEED = 12
PATIENCE = 240.0
"""Seconds after which a mutant that hangs counts as killed."""

_ORACLE = "tests/simulation/test_oracle.py -k [0] or [1] or [2]"
TESTS = {
    "rules/draws.py": ("tests/rules", "tests/simulation/test_oracle.py -k philox"),
    "rules/*.py": ("tests/rules", _ORACLE),
    "simulation/day/home.py": ("tests/simulation/test_home.py", _ORACLE, "tests/simulation/test_institutions.py"),
    "simulation/day/hosts.py": ("tests/simulation/test_institutions.py", _ORACLE),
    "simulation/day/travel.py": (_ORACLE, "tests/simulation/test_institutions.py"),
    "simulation/day/departure.py": (_ORACLE, "tests/simulation/test_front_and_days.py"),
    "simulation/signals/*.py": (
        _ORACLE,
        "tests/simulation/test_home.py",
        "tests/simulation/test_institutions.py",
        "tests/simulation/test_known_answers.py -k threshold",
    ),
    "study/statistics.py": ("tests/study/test_statistics.py",),
    "study/store/*.py": ("tests/study/store",),
    "study/design/schedule.py": ("tests/study/design/test_schedule.py",),
    "study/run/task.py": ("tests/study/run/test_task.py",),
    "study/run/sources.py": ("tests/study/run/test_sources.py",),
    "study/run/cost.py": ("tests/study/run/test_cost.py",),
}
"""Modules with the tests that hold them, cheapest first; the first pattern that fits counts."""

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
    ast.Pow: ast.Mult, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.USub: ast.UAdd,
}  # fmt: skip


class Mutant(NamedTuple):
    """One change.

    Attributes:
        module: Path below `model/desertion`.
        line: Line that is changed.
        place: Its number in the module.
        words: The change.
        source: The whole module, changed.
    """

    module: str
    line: int
    place: int
    words: str
    source: str

    @property
    def name(self) -> str:
        """What it is called in records."""
        return f"{self.module}:{self.line} ({self.place}) {self.words}"


def modules() -> dict[str, tuple[str, ...]]:
    """The modules that are mutated, with their tests."""
    package, found = ROOT / "model" / "desertion", dict[str, tuple[str, ...]]()
    for pattern, tests in TESTS.items():
        for path in sorted(package.glob(pattern)):
            found.setdefault(path.relative_to(package).as_posix(), tests)
    return found


def mutants(module: str) -> Iterator[Mutant]:
    """All mutants of a module: operators and comparisons exchanged, conditions turned, numbers and truths changed."""
    return (mutant(module, place) for place in range(places(module)))


def places(module: str) -> int:
    """How many places of a module can be changed."""
    return sum(1 for _ in _places(ast.parse(_text(module))))


def mutant(module: str, place: int) -> Mutant:
    """The mutant of a module at one of its places."""
    tree = ast.parse(_text(module))
    node, change = list(_places(tree))[place]
    before, line = _first_line(node), node.lineno
    change()
    ast.fix_missing_locations(tree)
    return Mutant(module, line, place, f"{before} -> {_first_line(node)}"[:160], ast.unparse(tree))


def _text(module: str) -> str:
    return (ROOT / "model" / "desertion" / module).read_text(encoding="utf-8")


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0]


def _places(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, object]]:
    """Every place that can be changed, as the smallest expression or statement around it and the change."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp, ast.UnaryOp)) and type(node.op) in _SWAPS:
            yield node, lambda node=node: setattr(node, "op", _SWAPS[type(node.op)]())
        if isinstance(node, ast.Compare):
            for index, operator in enumerate(node.ops):
                yield (
                    node,
                    lambda node=node, index=index, operator=operator: node.ops.__setitem__(
                        index, _SWAPS[type(operator)]()
                    ),
                )
        if isinstance(node, (ast.If, ast.While, ast.IfExp)) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield node, lambda node=node: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            other = node.value + 1 if node.value + 1 != node.value else node.value * 2
            yield node, lambda node=node, other=other: setattr(node, "value", other)
        if isinstance(node, ast.Constant) and type(node.value) is bool:
            yield node, lambda node=node: setattr(node, "value", not node.value)


def sample(cases: int) -> list[Mutant]:
    """So many of all mutants of all modules, drawn by the seed; a smaller sample is the beginning of a larger one."""
    every = [(module, place) for module in modules() for place in range(places(module))]
    order = np.random.default_rng(SEED).permutation(len(every))
    return [mutant(*every[index]) for index in order[:cases]]


def run(record: Record, cases: int) -> None:
    """Try the mutants that the record lacks, of the first so many of the sample; say the score."""
    done, tests = record.done("mutation"), modules()
    wanted = [each for each in sample(cases) if each.name not in done]
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder)) if wanted else None
        for each in wanted:
            assert copy is not None
            killer = killed_by(each, tests[each.module], copy)
            words = f"killed by {killer}" if killer else "survives"
            record.add("mutation", each.name, GOOD if killer else BAD, words, module=each.module)
    lines = list(record.lines("mutation"))
    killed = sum(line["verdict"] == GOOD for line in lines)
    if lines:
        low, high = wilson_interval(killed, len(lines))
        print(f"mutation: {killed} of {len(lines)} killed, {killed / len(lines):.0%} ({low:.0%} to {high:.0%})")


def copied(folder: Path) -> Path:
    """A copy of package and tests that may be changed."""
    without = shutil.ignore_patterns("__pycache__")
    for name in ("model", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    for name in ("seeds", "experiments", "pyproject.toml", "CONTRIBUTING.md"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def killed_by(mutant: Mutant, tests: tuple[str, ...], copy: Path) -> str:
    """The first tests that see a mutant, empty if none does; one that hangs is seen."""
    path = copy / "model" / "desertion" / mutant.module
    before = path.read_text(encoding="utf-8")
    told = {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1", "DESERTION_ORACLE_SCENARIOS": "20"}
    told |= {"PYTHONPATH": f"{copy / 'model'}{os.pathsep}{copy}"}
    path.write_text(mutant.source, encoding="utf-8")
    try:
        for words in tests:
            place, _, chosen = words.partition(" -k ")
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", place]
            command += ["-k", chosen] if chosen else []
            command += ["-m", "not studies and not statistical and not docking and not browser"]
            try:
                ended = subprocess.run(
                    command, cwd=copy, env=environment(told), capture_output=True, timeout=PATIENCE, check=False
                )
            except subprocess.TimeoutExpired:
                return f"{place}, which hangs"
            if ended.returncode == 5:
                raise RuntimeError(f"{words} holds no test")
            if ended.returncode:
                return place
    finally:
        path.write_text(before, encoding="utf-8")
    return ""
