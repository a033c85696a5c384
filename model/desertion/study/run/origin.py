"""Header: what a study's file says about its origin, so that nobody mixes rows that do not belong together."""

import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from desertion.errors import InputError
from desertion.study.design.documents import gathered
from desertion.study.design.edition import reading
from desertion.study.design.factors import Point
from desertion.study.design.spec import REPEATABLE, StudySpec
from desertion.study.run.task import code_of, fingerprint

_DECIDING = ("numpy", "numba", "llvmlite", "scipy", "pandas", "mesa", "networkx")
"""Packages on which a run's bits depend: SciPy draws thresholds and solves for dials, pandas adds up outcomes."""


def header(spec: StudySpec, points: tuple[Point, ...], shard: tuple[int, int], command: str = "") -> dict[str, Any]:
    """What to write at the head of a study's file."""
    told = list(map(spec.task_of, _all_words(spec, points)))
    return {
        "name": spec.name,
        "title": spec.title,
        "question": spec.question,
        "spec": spec.resolved(),
        "spec_sha256": spec.sha256(),
        "fingerprint": fingerprint_of(spec, points),
        "documents": _documents(spec, told),
        "versions": versions(),
        "commit": commit(),
        "command": command,
        "platform": platform.platform(),
        "shard": f"{shard[0]}/{shard[1]}",
        "run": {"on_error": spec.run.on_error, "time_limit": spec.run.time_limit},
    }


def fingerprint_of(spec: StudySpec, points: tuple[Point, ...]) -> dict[str, str]:
    """Documents and code that decide a study's runs, as hashes by name, as they are now."""
    with reading():  # whatever was kept of them before
        return fingerprint(spec.task, map(spec.task_of, _all_words(spec, points)))


def state_of(spec: StudySpec, points: tuple[Point, ...]) -> dict[str, str]:
    """All that decides a study's runs beside its own description, as it is now: documents and code as hashes, and versions."""
    return fingerprint_of(spec, points) | _with_versions()


def made_with(task: str) -> dict[str, str]:
    """What this process makes runs of a task with: hashes of code and versions, by name."""
    return code_of(task) | _with_versions()


def _with_versions() -> dict[str, str]:
    return {f"versions.{name}": version for name, version in versions().items()}


def _documents(spec: StudySpec, told: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The text of all scenarios and policies, so that the study can be run again when their files are gone."""
    try:
        return gathered(told) if spec.task in REPEATABLE else {}
    except InputError:  # a scenario that only some settings make whole; the runs say what is wrong with it
        return dict(spec.documents)


def _all_words(spec: StudySpec, points: tuple[Point, ...]) -> Iterator[Point]:
    """The design points, and for a search, whose points are still to come, one for each word that a factor may take."""
    yield from points
    for factor in spec.factors:
        for value in factor.values:
            if isinstance(value, str) and factor.name not in points[0]:
                yield {**points[0], factor.name: value}


def versions() -> dict[str, str]:
    """Versions on which the bits of a result may depend."""
    return {
        "desertion": installed("desertion"),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": platform.machine(),
        **{name: installed(name) for name in _DECIDING},
    }


def commit() -> str:
    """Commit of the checkout that the package lies in, with "+" if files were changed since; empty outside of one."""
    root = Path(__file__).resolve().parents[4]
    if not (root / ".git").exists():
        return ""
    try:
        said = [
            # Only to look: a status that also refreshes the index leaves its lock there when it is cut off, and no commit is possible then.
            subprocess.run(
                ["git", "--no-optional-locks", *words], cwd=root, capture_output=True, text=True, check=True, timeout=10
            ).stdout
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.SubprocessError):
        return ""
    return said[0].strip() + ("+" if said[1].strip() else "")


def installed(package: str) -> str:
    """Version of a package as it is installed, "absent" if it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
