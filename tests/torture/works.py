"""Works: commands whose files are tortured, and the rows that each has when nothing disturbs it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.torture.damage import rows_of
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
    """

    name: str
    words: tuple[str, ...]
    study: str
    file: str = "study.sqlite"


WORKS = (
    Work("sweep", ("sweep", "STUDY", "--out", "FILE", "--workers", "2", "-q"), _SWEEP),
    Work(
        "search",
        ("search", "STUDY", "--out", "FILE", "--candidates", "80", "--no-rival", "--workers", "1", "-q"),
        _SEARCH,
    ),
    Work("sweep of the model", ("sweep", "STUDY", "--out", "FILE", "--workers", "2", "-q"), _MODEL),
    Work(
        "claims",
        ("claims", "contagion", "--worlds", "64", "--size", "0.2", "--workers", "2", "--out", "FOLDER"),
        "",
        "claims.sqlite",
    ),
)


def started(work: Work, path: Path) -> subprocess.Popen[str]:
    """The command, started on a file; its study lies outside the file's folder, which may be full or read-only."""
    study = Path(tempfile.gettempdir()) / f"desertion-torture-{work.name.replace(' ', '-')}.toml"
    if not study.exists() or study.read_text(encoding="utf-8") != work.study:
        study.write_text(work.study, encoding="utf-8")
    names = {"STUDY": str(study), "FILE": str(path), "FOLDER": str(path.parent)}
    return subprocess.Popen(
        [sys.executable, "-m", "desertion", *(names.get(word, word) for word in work.words)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@cache
def calm_rows(work: Work) -> list[tuple[object, ...]]:
    """Rows of a study that nothing disturbs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / work.file
        driver = started(work, path)
        _, said = driver.communicate()
        if driver.returncode:
            raise RuntimeError(f"the undisturbed study ended with {driver.returncode}: {said}")
        return rows_of(path)
