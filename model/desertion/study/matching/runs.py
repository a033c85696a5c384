"""Runs of a match: studies of worlds, one file each, and the table of what they gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from desertion.errors import InputError
from desertion.parameters.arguments import seed_after
from desertion.study.arrays import Array
from desertion.study.design.documents import as_stated
from desertion.study.design.factors import Point
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import StudySpec
from desertion.study.matching.aims import Aim
from desertion.study.matching.document import Design
from desertion.study.matching.world_run import WORLD, world_of
from desertion.study.run.options import RunOptions
from desertion.study.run.sweep import run_study
from desertion.study.run.task import fingerprint, hook
from desertion.study.store.reader import StudyFile
from desertion.study.store.resumption import as_held
from desertion.study.store.row import DONE

TASK = "match"
_SEEDS_APART = 100
_AGAIN = 50
"""Further runs of a stage have the seed of the stage that many later, so that their people and fates are others."""
_NEAREST = 10
"""Worlds from which chance is learned, at least."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """What worlds gave.

    Attributes:
        points: the worlds.
        stage: stage of each world: 0 the screening, then the waves.
        means: by target, what the runs of a world give on the target's scale (`Aim.together`), NaN without a value; shape (worlds,).
        variances: by target, variance between the runs of a world; NaN for a single run.
        values: by target, the number itself.
        unknown: by target, whether a world has no number since nothing is counted below a quotient.
        persons: by target, simulated persons that the number rests on (`Aim.persons`).
        counts: runs of each world.
        seconds: computing time of each world.
        errors: why a world has no value, of the first of its runs that failed; empty where all were done.
    """

    points: list[Point]
    stage: NDArray[np.int64]
    means: Mapping[str, Array]
    variances: Mapping[str, Array]
    values: Mapping[str, Array]
    unknown: Mapping[str, NDArray[np.bool_]]
    persons: Mapping[str, Array]
    counts: Array
    seconds: Array
    errors: list[str]

    def chance(self, aim: Aim, cutoff: float) -> float:
        """Variance of single runs of a typical world on a target's scale; 0 if no world was run more than once.

        From the median of worlds that meet the target, or of the ten nearest: far away counts are others, and in a mean the few
        worlds that now tip over and now do not would decide how much all others are forgiven.
        """
        known = np.flatnonzero(np.isfinite(self.variances[aim.name]))
        away = aim.implausibility(self.means[aim.name][known], 0.0)
        chosen = known[np.argsort(away, kind="stable")][: max(_NEAREST, int((away < cutoff).sum()))]
        if not chosen.size:
            return 0.0
        freedom = self.counts[chosen] - 1.0
        return float(np.median(self.variances[aim.name][chosen] * freedom / chi2.median(freedom)))


def joined(parts: Sequence[Results]) -> Results:
    """The worlds of several stages together."""
    names = parts[0].means
    return Results(
        points=[point for part in parts for point in part.points],
        stage=np.concatenate([part.stage for part in parts]),
        means={name: np.concatenate([part.means[name] for part in parts]) for name in names},
        variances={name: np.concatenate([part.variances[name] for part in parts]) for name in names},
        values={name: np.concatenate([part.values[name] for part in parts]) for name in names},
        unknown={name: np.concatenate([part.unknown[name] for part in parts]) for name in names},
        persons={name: np.concatenate([part.persons[name] for part in parts]) for name in names},
        counts=np.concatenate([part.counts for part in parts]),
        seconds=np.concatenate([part.seconds for part in parts]),
        errors=[error for part in parts for error in part.errors],
    )


def stored_points(file: Path) -> list[Point] | None:
    """The worlds that a file was begun with, None where there is no file yet."""
    if not file.is_file():
        return None
    with StudyFile(file) as study:
        return [world_of(point) for point in study.points()]


def has_runs(file: Path) -> bool:
    """Whether a stage was begun and a run of it is finished."""
    if not file.is_file():
        return False
    with StudyFile(file) as study:
        return bool(study.counts())


def check_stored(design: Design, file: Path) -> None:
    """Refuse runs that another design has had done: other cases, ranges or seed, or other numbers under a target's name.

    Figures, discrepancies, roles and the cutoff may be others: runs know nothing of them.
    """
    with StudyFile(file) as study:
        held = Design.model_validate_json(dict(study.header()["spec"]["settings"])["match"])

    def refuse(what: str) -> NoReturn:
        raise InputError(
            f"{file} was run for another match ({what}): name the folder of this one with --out, or run it first"
        )

    stated, asked = ({name: as_stated(case) for name, case in each.cases.items()} for each in (held, design))
    if stated != asked:
        refuse("other cases")
    for name in ("vary", "seed"):
        if getattr(held, name) != getattr(design, name):
            refuse(f"other {name}")
    for name in (*design.targets, *design.target):
        if name not in (*held.targets, *held.target):
            refuse(f"it did not count target {name}")
        if (name in held.target) != (name in design.target) or (
            name in design.target and held.target[name].effect != design.target[name].effect
        ):
            refuse(f"target {name} counted something else")


def changed_since(design: Design, documents: Mapping[str, str], file: Path) -> list[str]:
    """Names of documents and code that decided the runs of a file and are others now.

    Not of the list of shipped targets: by other figures runs may be judged anew.
    """
    with StudyFile(file) as study:
        header = study.header()
    told = {"scenario": header["spec"]["scenario"], "policies": (), "settings": {"match": _told(design)}}
    before = dict(header["fingerprint"])
    now: Mapping[str, str] = as_held(
        header, {"fingerprint": fingerprint(TASK, [{**told, "documents": documents}])}, ()
    )[0]["fingerprint"]
    return sorted(name for name in ({*before, *now} - {"targets"}) if before.get(name) != now.get(name))


def check_worlds(design: Design, points: Sequence[Point]) -> None:
    """Refuse what no world could run, as every stage does before its first run; for runs that come after others.

    Raises:
        InputError: a case cannot be run in the first world, whatever its values are.
    """
    check = hook(TASK, "task_check")
    if check is not None:
        check({"settings": {"match": _told(design), WORLD: 0, **points[0]}})


def run_stage(
    design: Design,
    documents: Mapping[str, str],
    stage: int,
    points: Sequence[Point],
    file: Path,
    options: RunOptions,
    again: int = 0,
) -> None:
    """Run the worlds of a stage, or those that its file lacks.

    Args:
        design: the match.
        documents: text of scenarios that stand in no file.
        stage: 0 for the screening, then the waves.
        points: the worlds.
        file: the stage's file.
        options: with what to run.
        again: how many further runs, with other people and fates, worlds are given that were run before; 0 for their first.
    """
    wave = design.waves[stage - 1] if stage > 0 else None
    early = wave is not None and wave.early_stop and not again
    number = again or ((wave.replicates or design.replicates) if wave else 1)
    title = "screening" if wave is None else f"wave {stage} of {len(design.waves)}"
    rows = tuple(((WORLD, number), *point.items()) for number, point in enumerate(points))
    spec = StudySpec(
        name=f"match-{stage}{'-again' if again else ''}",
        title=f"{title}, kept worlds again" if again and stage else "kept worlds again" if again else title,
        task=TASK,
        seed=seed_after(design.seed * _SEEDS_APART, stage + (_AGAIN if again else 0)),
        settings=(
            ("match", _told(design)),
            ("early_stop", early),
        ),
        design=DesignRule(kind="list", rows=rows),
        replicates=ReplicateRule(number=number),
        daily=(),
        documents=tuple(documents.items()),
    )
    run_study(spec, file, options)


def _told(design: Design) -> str:
    """The part of a design that its runs are told."""
    return design.model_dump_json(exclude={"title", "question", "replicates", "confirm", "waves", "screening"})


def results(files: Sequence[Path], stage: int, aims: Sequence[Aim], *, apart: bool = False) -> Results:
    """What the worlds of a stage gave of which at least one run was done; a run that failed has no value.

    Args:
        files: its runs, then further runs of some of its worlds: they count as if all had been run at once.
        stage: the stage.
        aims: what is counted.
        apart: whether equal worlds stay rows of their own, as the steps of a screening must; else they are one world with the runs of all, or it would count twice.

    Raises:
        InputError: a file keeps quotients of single runs where those of all runs are judged.
    """
    (points, table), *others = (_runs(file, aims) for file in files)
    first: dict[object, int] = {}
    same = [first.setdefault(frozenset(point.items()), number) for number, point in enumerate(points)]
    if not apart:
        table["world"] = [same[number] for number in table["world"]]
    for known, further in others:
        further["world"] = [first.get(frozenset(known[number].items())) for number in further["world"]]
        table = pd.concat([table, further.dropna(subset="world").astype({"world": int})])
    table = table.sort_values("world", kind="stable")
    person = {
        aim.name: aim.one_person(table[list(aim.columns)].to_numpy(float), table[aim.grain].to_numpy(float))
        for aim in aims
    }
    numbers, borders = np.unique(table["world"].to_numpy(int), return_index=True)
    runs = {aim.name: np.split(table[list(aim.columns)].to_numpy(float), borders[1:]) for aim in aims}
    behind = {aim.name: np.split(table[aim.grain].to_numpy(float), borders[1:]) for aim in aims}
    seconds, errors = (np.split(table[name].to_numpy(), borders[1:]) for name in ("seconds", "error"))
    found = {
        aim.name: np.array([aim.together(own, person[aim.name]) for own in runs[aim.name]]).reshape(-1, 3)
        for aim in aims
    }
    return Results(
        points=[points[number] for number in numbers],
        stage=np.full(len(numbers), stage),
        values={name: columns[:, 0] for name, columns in found.items()},
        means={name: columns[:, 1] for name, columns in found.items()},
        variances={name: columns[:, 2] for name, columns in found.items()},
        unknown={aim.name: np.array([aim.unknown(own) for own in runs[aim.name]], bool) for aim in aims},
        persons={aim.name: np.array([*map(aim.persons, runs[aim.name], behind[aim.name])], float) for aim in aims},
        counts=np.array([float(len(own)) for own in seconds]),
        seconds=np.array([float(own.sum()) for own in seconds]),
        errors=[next(filter(None, own), "") for own in errors],
    )


def _runs(file: Path, aims: Sequence[Aim]) -> tuple[list[Point], pd.DataFrame]:
    """The worlds of a file, and one row a run: world (its number), seconds, error, and the numbers of the targets."""
    with StudyFile(file) as study:
        points, rows = study.points(), list(study.rows())
    for aim in aims:
        if aim.parts is not None and any(aim.name in row.scalars for row in rows):
            raise InputError(
                f"{file} was run when target {aim.name} was the mean quotient of single runs; it is that of all runs together, whose counts were not kept: "
                "name another folder with --out, and run the match again"
            )
    columns = [column for aim in aims for column in (*aim.columns, aim.grain)]
    table = [
        {"world": row.design, "seconds": row.seconds, "error": "" if row.status == DONE else row.error or row.status}
        | {name: row.scalars.get(name, np.nan) if row.status == DONE else np.nan for name in columns}
        for row in rows
    ]
    return [world_of(point) for point in points], pd.DataFrame(table, columns=["world", "seconds", "error", *columns])
