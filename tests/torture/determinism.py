"""Determinism: the shipped histories by other Pythons, with fresh and without compiled code, other hashes, languages and clocks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

from tests.torture.record import BAD, GOOD, ROOT, SKIPPED, Record, environment

OTHERS = "DESERTION_PYTHONS"
"""Environment variable with other Pythons that have the requirements, parted as in PATH."""


class Way(NamedTuple):
    """One way to run the selfcheck, whose own checks are both populations and one and two threads.

    Attributes:
        name: What is different.
        told: Environment variables.
        words: Words after `desertion selfcheck`.
        python: The interpreter, this one if empty.
    """

    name: str
    told: dict[str, str]
    words: tuple[str, ...] = ()
    python: str = ""


WAYS = (
    Way("as it is", {}),
    Way("hash seed 0", {"PYTHONHASHSEED": "0"}),
    Way("hash seed 4711", {"PYTHONHASHSEED": "4711"}),
    Way("time zone +14", {"TZ": "Pacific/Kiritimati"}),
    Way("time zone -3:30", {"TZ": "America/St_Johns"}),
    Way("language of decimal commas", {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}),
    Way("ASCII", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}),
    Way("assertions off", {"PYTHONOPTIMIZE": "1"}),
    Way("no compiled code, 20 days of toy", {"NUMBA_DISABLE_JIT": "1"}, ("toy", "--days", "20")),
    Way("code compiled afresh", {"NUMBA_CACHE_DIR": "*"}),
)
"""The ways, all by this Python; `*` stands for a new folder."""


def ways() -> list[Way]:
    """All ways, and three of them by each other Python that is named."""
    found = list(WAYS)
    for python in filter(None, os.environ.get(OTHERS, "").split(os.pathsep)):
        version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
        chosen = (WAYS[0], WAYS[2], WAYS[-2], WAYS[-1])
        found += [way._replace(name=f"{version}, {way.name}", python=python) for way in chosen]
    return found


def run(record: Record, cases: int) -> None:
    """Run each way that the record lacks."""
    done = record.done("determinism")
    if not os.environ.get(OTHERS) and "other Pythons" not in done:
        record.add("determinism", "other Pythons", SKIPPED, f"{OTHERS} names none")
    for way in ways()[:cases]:
        if way.name not in done:
            ended = tried(way)
            said = (ended.stdout.strip().splitlines() or [ended.stderr[-500:]])[-1]
            differing = [line for line in ended.stdout.splitlines() if ": differs " in line]
            good = ended.returncode == 0 and not differing
            record.add("determinism", way.name, GOOD if good else BAD, "; ".join([said, *differing]))


def tried(way: Way) -> subprocess.CompletedProcess[str]:
    """The selfcheck, run that way."""
    folder = tempfile.mkdtemp(prefix="desertion-code-")
    told = {key: folder if value == "*" else value for key, value in way.told.items()}
    try:
        return subprocess.run(
            [way.python or sys.executable, "-m", "desertion", "selfcheck", *way.words],
            cwd=ROOT,
            env=environment(told),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        shutil.rmtree(folder)
