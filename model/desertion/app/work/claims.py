"""A file of claims' runs, opened and judged for the page."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from desertion.app.request.choice import shipped as shipped_names
from desertion.app.request.folder import claims_file, files, path_of
from desertion.errors import InputError

if TYPE_CHECKING:
    from desertion.study.claims.document import Claims
    from desertion.study.claims.trial import ClaimsOutcome


TASK = "claims"
"""The task of a study that is made for claims."""


@dataclass(frozen=True)
class JudgedFile:
    """A file of claims, judged.

    Attributes:
        name: Name of the file.
        outcome: Verdicts with how they came about.
        worlds: What differs between worlds, a list of values by parameter.
        note: By which claims it was judged, where that is not plain.
    """

    name: str
    outcome: ClaimsOutcome
    worlds: dict[str, list[object]]
    note: str = ""


def claims_files() -> list[str]:
    """Names of the files of the study folder that hold runs of claims, whatever they are called."""
    return [name for name, path in files().items() if _task_of(path) == TASK]


def is_asked_for(name: str) -> bool:
    """Whether a file is to be judged: a sound study of another kind was chosen on another page; what is not there or cannot be read is told."""
    path = files().get(name)
    return bool(name) and (path is None or _task_of(path) in (TASK, ""))


def _task_of(path: Path) -> str:
    with suppress(OSError):
        now = path.stat()
        return _task_in(path, now.st_size, now.st_mtime_ns)
    return ""


@lru_cache(maxsize=1024)
def _task_in(path: Path, _size: int, _written: int) -> str:
    """The task of a study's file, as long as nobody writes to it; empty for a file that cannot be read."""
    from desertion.study.store.reader import StudyFile

    with suppress(InputError, OSError), StudyFile(path) as file:
        return str(file.header()["spec"]["task"])
    return ""


def judged(name: str) -> JudgedFile:
    """Judge a file of the study folder by the claims that its runs were made for.

    Raises:
        InputError: If the file holds no claims, or its claims file is not in the folder.
    """
    from desertion.study.claims.document import load
    from desertion.study.claims.files import as_run
    from desertion.study.claims.plan import repeated
    from desertion.study.claims.trial import judged_file
    from desertion.study.claims.worlds import columns, worlds
    from desertion.study.store.reader import StudyFile

    path = path_of(name)
    with StudyFile(path) as file:
        header = file.header()
    spec = header["spec"]
    settings = dict(spec["settings"])
    if "worlds_seed" not in settings:
        raise InputError(f"{name} holds no claims: open it on the page Study", key="file")
    own, note = _claims_of(
        name, bool(settings.get("claims")), str(dict(header.get("fingerprint", {})).get("claims", ""))
    )
    claims = load(own)
    _check_scenarios(name, claims)
    arms = {str(row["arm"]) for row in spec["design"]["rows"]}
    plan = as_run(path, own, _ids(claims, arms))
    # Where the claims file lies on the server is nobody's business.
    plan = replace(plan, command=repeated(replace(plan, path=own and Path(own.name))))
    outcome = judged_file(plan, path)
    points = worlds(outcome.claims.factors, plan.count, plan.seed, plan.ensemble)
    return JudgedFile(name, outcome, {key: list(values) for key, values in columns(points).items()}, note)


def _claims_of(name: str, is_own: bool, digest: str) -> tuple[Path | None, str]:
    """The claims file that a file of runs was made with, None for the shipped one, and what there is to say about it."""
    from desertion.study.claims.document import shipped

    if digest == hashlib.sha256(shipped().read_bytes()).hexdigest():
        return None, ""
    beside = claims_file(digest)
    if beside is not None:
        return (
            beside,
            f"Judged by {beside.name}, found in the study folder by the hash that the file of runs holds.",
        )
    if is_own:
        raise InputError(
            f"{name} was made with a claims file of its own, which it names but does not hold; put that file, unchanged, into the "
            "study folder, and the runs are judged by it",
            key="file",
        )
    return None, "The shipped claims have changed since these runs were made; they are judged by the present ones."


def _check_scenarios(name: str, claims: Claims) -> None:
    """Refuse arms that run a scenario by its path: a path out of a file is not opened here."""
    known = shipped_names()["scenarios"]
    for label, arm in claims.arms.items():
        if arm.scenario not in known:
            raise InputError(
                f"{name}: arm {label} of its claims runs a scenario that is not shipped, which is not opened here; judge it with "
                "`desertion claims --report`",
                key="file",
            )


def _ids(claims: Claims, arms: set[str]) -> tuple[str, ...]:
    """Claims that can be judged by these arms; empty, which stands for all, if they are all there."""
    if set(claims.arms_needed()) == arms:
        return ()
    ids = tuple(claim.id for claim in claims.claims if {arm for arm, _ in claim.effect.terms} <= arms)
    if not ids or set(claims.chosen(ids).arms_needed()) != arms:
        raise InputError(
            "this file's arms are not those of the shipped claims; run `desertion claims` anew", key="file"
        )
    return ids
