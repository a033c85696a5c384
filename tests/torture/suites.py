"""The suites that draw at random, run for longer: fuzz, oracle, the app's soak, and the grid of scales."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from tests.torture.record import BAD, GOOD, ROOT, SKIPPED, Record, environment

FUZZ_CHUNK = 5000
"""Cases of a fuzz campaign that are lost when it is cut off."""

PARTS = 10  # of the oracle's scenarios, as `tests/simulation/test_oracle.py` has them
SCALES = "tests.simulation.equivalence"
"""The module that compares scales, where there is one: `python -m` runs its whole grid."""


def fuzz(record: Record, cases: int) -> None:
    """Inputs that nobody meant, in campaigns of 5,000 with seeds of their own."""
    done = record.done("fuzz")
    for seed in range(-(-cases // FUZZ_CHUNK)):
        if f"seed {seed}" not in done:
            number = min(FUZZ_CHUNK, cases - seed * FUZZ_CHUNK)
            told = {"DESERTION_FUZZ_CASES": str(number), "DESERTION_FUZZ_SEED": str(seed)}
            _tested(record, "fuzz", f"seed {seed}", ["tests/fuzz"], told, number)


def oracle(record: Record, cases: int) -> None:
    """Random scenarios against the second implementation, in ten parts."""
    done = record.done("oracle")
    for part in range(PARTS):
        if f"part {part}" not in done:
            test = "test_random_scenarios_under_random_policies_have_the_history_of_the_document"
            words = [f"tests/simulation/test_oracle.py::{test}[{part}]"]
            _tested(record, "oracle", f"part {part}", words, {"DESERTION_ORACLE_SCENARIOS": str(cases)}, cases // PARTS)


def variants(record: Record, _cases: int) -> None:
    """Further screens and inputs of what the suites show once."""
    if "all" not in record.done("variants"):
        _tested(record, "variants", "all", ["-m", "variants"], {}, 1)


def soak(record: Record, minutes: int) -> None:
    """Fifty visitors at once for so many minutes."""
    if f"{minutes} minutes" not in record.done("soak"):
        _called(record, "soak", f"{minutes} minutes", ["tests.app.soak", "--minutes", str(minutes)])


def scale(record: Record, _cases: int) -> None:
    """The whole grid of scales, where the repository has one."""
    if "grid" in record.done("scale"):
        return
    if importlib.util.find_spec(SCALES) is None:
        record.add("scale", "grid", SKIPPED, f"there is no {SCALES}")
    else:
        _called(record, "scale", "grid", [SCALES])


def _tested(record: Record, part: str, case: str, words: list[str], told: dict[str, str], number: int) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", *words]
    ended = subprocess.run(command, cwd=ROOT, env=environment(told), capture_output=True, text=True, check=False)
    lines = ended.stdout.strip().splitlines() or ["pytest said nothing"]
    found = f"{number} cases, {lines[-1]}" if ended.returncode == 0 else ended.stdout[-4000:] + ended.stderr[-500:]
    record.add(part, case, GOOD if ended.returncode == 0 else BAD, found)


def _called(record: Record, part: str, case: str, words: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    found = " / ".join(ended.stdout.strip().splitlines()[-3:]) + ended.stderr[-500:] * (ended.returncode != 0)
    record.add(part, case, GOOD if ended.returncode == 0 else BAD, found)
