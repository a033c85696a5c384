"""Works: commands whose files are tortured, and the rows that each has when nothing disturbs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.torture.damage import COUNTED, GENERATIONS, LASTING, PARTICLES, rows_of, stored
from tests.torture.record import ROOT, environment

_SWEEP = """task = "tests.study.run.fake.run"
seed = 7
days = 20
replicates = 40
[set]
busy = 0.02
[vary]
pull = { range = [0.0, 1.0], steps = 12 }
"""
_SEARCH = """task = "tests.study.run.fake.run"
seed = 7
days = 20
replicates = 4
[set]
busy = 0.02
[vary]
pull = { range = [0, 1] }
other = { range = [0, 1] }
"""
_MODEL = """scenario = "toy"
seed = 3
days = 40
replicates = 30
[vary]
"behaviour.contagion_squad" = { range = [0.0, 20.0], steps = 8 }
[keep]
daily = ["left"]
"""


class Work(NamedTuple):
    """A command.

    Attributes:
        name: What it is called in records.
        words: Words after `desertion`; STUDY, FILE and FOLDER stand for the study, its results and their folder.
        study: The study, in TOML.
        file: Name of the file with its results.
        counted: What counts the rows of that file, in SQL.
        lasting: What of it must not depend on how it was made.
        verified: Whether `desertion show --verify` knows such a file.
        on_a_cluster: Whether it can run on a Dask cluster.
        weight: How often it is chosen, relative to the others.
        workers: How many it starts where no cluster does its runs.
    """

    name: str
    words: tuple[str, ...]
    study: str
    file: str = "study.sqlite"
    counted: str = COUNTED
    lasting: str = LASTING
    verified: bool = True
    on_a_cluster: bool = False
    weight: float = 1.0
    workers: int = 2

    def stored(self, path: Path) -> int:
        """How many rows its file holds, 0 where it cannot be told."""
        return stored(path, self.counted)

    def stored_when_calm(self) -> int:
        """How many rows its file holds when nothing disturbs it."""
        return _calm(self)[1]

    def rows(self, path: Path) -> list[tuple[object, ...]]:
        """The rows of its file."""
        return rows_of(path, self.lasting)


WORKS = (
    Work("sweep", ("sweep", "STUDY", "--out", "FILE", "-q"), _SWEEP, on_a_cluster=True, weight=5.0),
    Work(
        "search",
        ("search", "STUDY", "--out", "FILE", "--candidates", "80", "--no-rival", "-q"),
        _SEARCH,
        workers=1,
        weight=2.0,
    ),
    Work("sweep of the model", ("sweep", "STUDY", "--out", "FILE", "-q"), _MODEL, on_a_cluster=True, weight=1.5),
    Work(
        "claims",
        ("claims", "contagion", "--worlds", "64", "--size", "0.2", "--out", "FOLDER"),
        "",
        "claims.sqlite",
        on_a_cluster=True,
    ),
    Work(
        "calibrate",
        (
            "calibrate", "toy", "--series", "STUDY", "--kind", "flow", "--measure", "departures", "--prior", "behaviour.chance_power=[0.3, 1]",
            "--rival", "with contagion", "--particles", "100", "--generations", "3", "--scale", "0.2", "--out", "FOLDER",
        ),
        "date,value\n" + "".join(f"2030-{1 + week // 4:02}-{1 + 7 * (week % 4):02},{3 + 2 * week}\n" for week in range(12)),
        "toy-1.db", GENERATIONS, PARTICLES, verified=False, weight=1.0, workers=1,
    ),
)  # fmt: skip


def started(
    work: Work, path: Path, *further: str, told: dict[str, str] | None = None, before: Path | None = None
) -> subprocess.Popen[str]:
    """The command, started on a file; its study lies outside the file's folder, which may be full or read-only.

    Args:
        work: The command.
        path: Its file.
        *further: Words after its own.
        told: Variables of its environment.
        before: A folder from which Python imports before any other.
    """
    around = environment(told)
    if before:
        around["PYTHONPATH"] = f"{before}{os.pathsep}{around['PYTHONPATH']}"
    kind = "toml" if "=" in work.study else "csv"
    study = Path(tempfile.gettempdir()) / f"desertion-torture-{work.name.replace(' ', '-')}.{kind}"
    if not study.exists() or study.read_text(encoding="utf-8") != work.study:
        study.write_text(work.study, encoding="utf-8")
    own = () if "--scheduler" in further else ("--workers", str(work.workers))
    names = {"STUDY": str(study), "FILE": str(path), "FOLDER": str(path.parent)}
    return subprocess.Popen(
        [sys.executable, "-m", "desertion", *(names.get(word, word) for word in work.words), *own, *further],
        cwd=ROOT,
        env=around,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def calm_rows(work: Work) -> list[tuple[object, ...]]:
    """Rows of a study that nothing disturbs."""
    return _calm(work)[0]


@cache
def _calm(work: Work) -> tuple[list[tuple[object, ...]], int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / work.file
        driver = started(work, path)
        _, said = driver.communicate()
        if driver.returncode:
            raise RuntimeError(f"the undisturbed study ended with {driver.returncode}: {said}")
        return work.rows(path), work.stored(path)
