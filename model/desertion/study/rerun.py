"""`rerun`: results made again from what lies beside them, and whether the bits agree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from desertion.errors import InputError
from desertion.files import PassingFolder, is_file
from desertion.parameters.arguments import WORKERS, ruled
from desertion.reading import json_table, text
from desertion.rules.draws import replicate_seed
from desertion.scenario import Scenario
from desertion.study.analysis.columns import run_tables
from desertion.study.analysis.study import Study
from desertion.study.design.layout import DesignRule
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import REPEATABLE, StudySpec
from desertion.study.run.options import RunOptions
from desertion.study.run.origin import installed, versions
from desertion.study.run.sweep import run_study
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE, Row

_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """Whether results could be had again.

    Attributes:
        runs: Runs that were made again.
        same: Those whose every bit agrees.
        differences: What differs, a sentence each; the first few.
        changed: Versions that differ from those that made the results, a sentence each.
        surplus: Finished runs that a study's file holds beyond those that its study asks for; they are not made again.
    """

    runs: int
    same: int
    differences: tuple[str, ...]
    changed: tuple[str, ...]
    surplus: int = 0

    @property
    def agrees(self) -> bool:
        """Whether there is something to make again, and all bits of it agree."""
        return self.same == self.runs > 0 and not self.differences


@ruled(workers=WORKERS)
def rerun(place: str | Path, *, workers: int = 0, quiet: bool = False) -> Rerun:
    """Results made again from what lies in their folder, and whether the bits agree.

    Nothing else is read: neither the files that the results were made from nor, where the results hold them, shipped ones.

    Args:
        place: A folder that `run` or `compare` wrote, or the file of a sweep or comparison.
        workers: Processes side by side, 0 for one a core.
        quiet: Whether to show no progress.

    Raises:
        InputError: If there is nothing that can be run again.
    """
    path = Path(place)
    options = RunOptions(workers=workers, quiet=quiet)
    if path.is_dir() and is_file(path / "study.sqlite"):
        made = _study(path / "study.sqlite", options)
        return replace(made, differences=(*made.differences, *_unlike_tables(path)))
    if is_file(path):
        return _study(path, options)
    if is_file(path / "scenario.toml") and is_file(path / "daily.csv"):
        return _run(path)
    what = "holds neither study.sqlite nor scenario.toml with daily.csv" if path.exists() else "does not exist"
    raise InputError(f"{path} {what}: give a folder that run or compare wrote, or the file of a sweep")


def _run(folder: Path) -> Rerun:
    from desertion.simulation.model import DesertionModel

    told = json_table(folder / "provenance.json")
    if lacking := next((key for key in ("seed", "replicate", "population", "versions") if key not in told), None):
        raise InputError(
            f"{folder / 'provenance.json'} does not say {lacking}: restore a copy, or run the scenario again"
        )
    scenario = Scenario.from_toml(text(folder / "scenario.toml"), str(folder / "scenario.toml"))
    seed = told["seed"] if told["replicate"] is None else replicate_seed(told["seed"], told["replicate"])
    model = DesertionModel(scenario, rng=seed, population=told["population"])
    try:
        reached = int(pd.read_csv(folder / "daily.csv", usecols=["day"])["day"].max())
    except ValueError as problem:
        raise InputError(
            f"{folder / 'daily.csv'} is damaged ({problem}): restore a copy, or run the scenario again"
        ) from problem
    while model.running and model.day < reached:
        model.step()
    differences: list[str] = []
    # Folders of earlier versions hold simulated persons and do not say so.
    for name, table in run_tables(
        model.daily, model.hosts, scenario.scale, simulated=told.get("simulated", True)
    ).items():
        differences += _unlike_lines(folder / name, table)
    changed = tuple(_changed(told["versions"]))
    return Rerun(runs=1, same=int(not differences), differences=tuple(differences), changed=changed)


def _unlike_tables(folder: Path) -> Iterator[str]:
    """What tables of a comparison's folder are not those of its study, where they lie there."""
    from desertion.study.comparison.comparison import Comparison

    if is_file(folder / "summary.csv"):
        for name, table in Comparison(folder / "study.sqlite").tables().items():
            yield from _unlike_lines(folder / f"{name}.csv", table)


def _unlike_lines(path: Path, table: pd.DataFrame) -> list[str]:
    """A sentence if a file holds another table, or is gone."""
    if not is_file(path):
        return [f"{path.name}: is not there any more"]
    before = path.read_text(encoding="utf-8", errors="replace").splitlines()
    now = table.to_csv(index=False, lineterminator="\n").splitlines()
    unlike = [number for number, (a, b) in enumerate(zip_longest(before, now), start=1) if a != b]
    return [f"{path.name}: {len(unlike)} of {len(now)} lines differ, the first is line {unlike[0]}"] if unlike else []


def _study(path: Path, options: RunOptions) -> Rerun:
    with StudyFile(path) as file:
        header, points = file.header(), file.points()
    spec = _spec(path, header, points)
    part, parts = (int(word) for word in str(header.get("shard", "1/1")).split("/"))
    place = PassingFolder()
    chosen = RunOptions(workers=options.workers, quiet=options.quiet, shard=(part, parts))
    # The points are those of any design: of a sample some may be impossible, and stand in the file as failed.
    fresh = run_study(spec, place.path / "again.sqlite", chosen, keep=place, sampled=True)
    assert isinstance(fresh, Study)
    differences: list[str] = []
    runs = same = 0
    with StudyFile(path) as old, StudyFile(fresh.path) as new:
        _, surplus = old.balance()
        for row in old.rows(curves=True):
            if row.status != DONE:
                continue
            now = new.run_of(row.design, row.replicate)
            if now is None:
                surplus += 1
                continue
            runs += 1
            unlike = list(_unlike(row, now))
            same += not unlike
            where = f"design point {row.design}, replicate {row.replicate}"
            differences += [f"{where}: {sentence}" for sentence in unlike[:1]] if len(differences) < _SHOWN else []
    changed = tuple(_changed(header["versions"]))
    return Rerun(runs=runs, same=same, differences=tuple(differences), changed=changed, surplus=surplus)


def _spec(path: Path, header: Mapping[str, Any], points: list[dict[str, Any]]) -> StudySpec:
    """The study that a file holds, with its points as they are."""
    spec = header["spec"]
    if spec["task"] not in REPEATABLE:
        raise InputError(
            f"{path} was made by the task {spec['task']!r}, which reads more than scenarios and policies: give the command that "
            "made it once more"
        )
    if "own" in spec:
        names = ", ".join([*spec["own"]["classes"].values(), *spec["own"]["measures"]])
        raise InputError(
            f"{path} was made with code of its maker's own ({names}), which it does not hold: run it again in Python with out= "
            "another file"
        )
    if not header.get("documents"):
        raise InputError(f"{path} was made before files held their scenarios: give the command that made it once more")
    rows = tuple(tuple(point.items()) for point in points)
    return StudySpec(
        name="again",
        title="again",
        task=spec["task"],
        scenario=spec["scenario"],
        scale=spec["scale"],
        days=spec["days"],
        population=spec["population"],
        seed=spec["seed"],
        settings=tuple(spec["settings"].items()),
        policies=tuple((label, tuple(mix)) for label, mix in spec["policies"].items()),
        design=DesignRule(kind="list", rows=rows) if any(rows) else DesignRule(),
        replicates=ReplicateRule.model_validate(spec["replicates"]),
        measures=tuple(spec["measures"]),
        daily=tuple(spec["daily"]),
        documents=tuple(header["documents"].items()),
    )


def _unlike(before: Row, now: Row) -> Iterator[str]:
    if now.status != DONE:
        yield f"it is {now.status} now ({now.error})"
        return
    for name in dict.fromkeys([*before.scalars, *now.scalars]):
        old, new = before.scalars.get(name), now.scalars.get(name)
        if old != new and not (old != old and new != new):  # NaN is like NaN
            yield f"{name} was {old}, and is {new}"
    if before.curve.tobytes() != now.curve.tobytes():
        yield "the daily curves differ"
    if before.extras != now.extras:
        yield "what else was kept differs"


def _changed(before: Mapping[str, str]) -> Iterator[str]:
    now = versions()
    for name, version in before.items():
        if now.get(name, installed(name)) != version:
            yield f"{name} was {version}, and is {now.get(name, installed(name))}"
