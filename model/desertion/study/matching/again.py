"""Again: worlds that a match kept, run once more at another size, with other settings or with what another match kept, beside a second run as they are."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, shortened
from desertion.figures.labels import many
from desertion.files import PassingFolder, folder, shown
from desertion.parameters.arguments import COUNT, POSITIVE, SEED, TABLE, WORKERS, ruled
from desertion.scenario.grain import FEWEST
from desertion.study.blocks import short_number
from desertion.study.design.documents import scale_of
from desertion.study.design.factors import Factor, Point
from desertion.study.matching.aims import Aim, aims_of
from desertion.study.matching.document import Design, load
from desertion.study.matching.ensemble import load_ensemble
from desertion.study.matching.matched import Match, known_persons
from desertion.study.matching.runs import check_worlds, results, run_stage, stored_points
from desertion.study.matching.space import Space
from desertion.study.matching.world_run import floors
from desertion.study.run.options import RunOptions, options_of
from desertion.study.statistics import median_interval
from desertion.study.store.reader import StudyFile

_HUGE = 1e300  # beyond it, and for what is none, nothing can be reckoned
_LONGEST = 80
"""Signs of a file's name that say what was changed."""


@dataclass(frozen=True, kw_only=True)
class Again:
    """Kept worlds as they are and with a change, each time with other people and fates than when they were kept.

    Attributes:
        size: factor on the scale of every case, which is at most real size.
        settings: values by dotted key, on top of each world's own.
        whose: of which file the worlds are, in words.
        shared: inputs that another match has too, whose values in its kept worlds were put into the nearest of these.
        source: the file of the other match, or nothing.
        same: the worlds as they are, held against the targets.
        changed: the same worlds with the change, in the same order.
    """

    size: float
    settings: Mapping[str, object]
    whose: str
    shared: tuple[str, ...] = ()
    source: str = ""
    same: Match
    changed: Match

    def __repr__(self) -> str:
        return f"Again({many(len(self.same.worlds), 'world')}, {self.change}; worlds, targets)"

    @property
    def change(self) -> str:
        """What is another, in words."""
        sized = [] if self.size == 1.0 else [f"at {short_number(self.size)} times the size"]
        settings = [f"`{key} = {value}`" for key, value in self.settings.items()]
        own = [f"with {', '.join(settings)}"] if settings else []
        theirs = [f"with the {many(len(self.shared), 'input')} that {self.source} has too set as there"]
        return " ".join([*sized, *own, *(theirs if self.shared else [])])

    @property
    def aims(self) -> tuple[Aim, ...]:
        """The targets, those that rule out first."""
        return tuple(sorted(self.same.aims, key=lambda aim: not aim.fit))

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """One row a world: inputs, with what another match has in their place; kept, worst and target of each arm (`kept_same`, `kept_changed`, ...): whether no target rules it out, the worst implausibility and whose it is."""
        table = pd.DataFrame(self.changed.results.points)
        for name, match in (("same", self.same), ("changed", self.changed)):
            for column in ("kept", "worst", "target"):
                table[f"{column}_{name}"] = match.worlds[column].to_numpy()
        return table

    @property
    def forgiven_alike(self) -> NDArray[np.bool_]:
        """Which changed worlds no target rules out if chance in their runs is taken to be that of the worlds as they are: what varies less is forgiven less."""
        found, before = self.changed.results, self.same.results
        cutoff = self.same.design.cutoff
        kept = [
            aim.implausibility(found.means[aim.name], before.chance(aim, cutoff) / found.counts) < cutoff
            for aim in self.same.fitted
        ]
        return np.all(kept, axis=0)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """One row a target: role, unit, met_same and met_changed (share of worlds that it does not rule out), change, low, high (median over worlds of the changed number against that of the same, with its 95 % interval), few (whether one of the two rests on too few simulated persons to tell in the median world), and is_ratio (else change is a difference in the target's unit)."""
        rows: list[dict[str, object]] = []
        for aim in self.aims:
            same, changed = (float((match.worlds[f"I.{aim.name}"] < match.design.cutoff).mean()) for match in (self.same, self.changed))  # fmt: skip
            moved = self.changed.results.means[aim.name] - self.same.results.means[aim.name]
            moved = moved[np.isfinite(moved)]
            told = [float(np.median(moved)), *median_interval(moved)] if moved.size else [np.nan] * 3
            change, low, high = np.exp(told) if aim.log else told
            persons = [known_persons(match.results, aim) for match in (self.same, self.changed)]
            rows.append(
                {
                    "target": aim.name, "role": "fit" if aim.fit else "looked at", "unit": aim.unit, "met_same": same, "met_changed": changed,
                    "change": change, "low": low, "high": high, "few": any(len(known) and np.median(known) < FEWEST for known in persons), "is_ratio": aim.log,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


@ruled(size=POSITIVE, settings=TABLE, worlds=COUNT, runs=COUNT, seed=SEED, workers=WORKERS)
def again(
    design: str | Path,
    *,
    ensemble: str | Path,
    size: float = 1.0,
    settings: Mapping[str, object] | None = None,
    shared: str | Path | None = None,
    worlds: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Again:
    """Kept worlds run once more with a change, and as they are: what is lost in both was kept by luck, what the change loses alone hangs on it.

    Args:
        design: The design of the match, by name or file.
        ensemble: The kept worlds, by name or file, as `desertion match` writes them.
        size: Factor on the scale of every case; a case goes to real size at most.
        settings: Values by dotted key, on top of each world's own.
        shared: Kept worlds of another match: each gives the values of the inputs that both have to the one of these worlds that is nearest to it in them.
            Those that are kept so show that one set of values meets the targets of both matches.
        worlds: How many, the first of the file (of `shared` if given), which are in the order of a lottery; all if not given.
        runs: Runs of each case in each world, changed and not; if not given as many as the design asks of kept worlds, and two at least, from which chance is known.
        seed: Where all chance comes from; the design's if not given.
        out: Folder of the runs, which are resumed if they are there; a temporary one if not given.
        options: With what to run.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Raises:
        InputError: The worlds are those of another design, nothing would be another, the other match has no input of this one, or the folder holds other runs.
    """
    stated = load(design)
    told = stated.model_copy(update={"confirm": 0, "seed": stated.seed if seed is None else seed})
    from_file = load_ensemble(ensemble)
    points, own, whose = from_file.worlds, dict(settings or {}), shown(Path(ensemble))
    if set(points[0]) != set(told.vary):
        raise InputError(f"{whose} holds worlds of another match: its inputs are not those under [vary] in {design}; name the ensemble of this one")  # fmt: skip
    _refuse_strange(told.factors, points, whose)
    source = "" if shared is None else shown(Path(shared))
    crossing = None if shared is None else _crossed(told, points, load_ensemble(shared).worlds[:worlds], source)
    same = changed = points[:worlds]
    if crossing is not None:
        same, changed = crossing.nearest, crossing.points
    other = told if crossing is not None and size == 1.0 and not own else _changed(told, size, own)
    check_worlds(other, changed)
    keep = PassingFolder() if out is None else None
    place = keep.path if keep is not None else folder(Path(str(out)))
    by, number = options_of(options, workers, quiet), runs or max(stated.confirm, stated.replicates, 2)
    name = name_of(size, own, source)
    # Worlds that are nearest to others' are not the first of the file, and have a file of their own.
    beside = name_of(1.0, {}) if crossing is None else f"{name_of(1.0, {}, source)}-before"
    return Again(
        size=size, settings=own, whose=f"the {len(points):,} in {from_file.where} (seed {from_file.about.get('seed', 'not told')})", shared=crossing.inputs if crossing else (), source=source,
        same=_held(told, same, place / f"{beside}.sqlite", by, number), changed=_held(other, changed, place / f"{name}.sqlite", by, number),
    )  # fmt: skip


@dataclass(frozen=True)
class _Crossing:
    """Inputs that two matches have; worlds of the one, each nearest to one of the other, and the same with the values of the other."""

    inputs: tuple[str, ...]
    nearest: tuple[Point, ...]
    points: tuple[Point, ...]


def _crossed(design: Design, points: Sequence[Point], others: Sequence[Point], source: str) -> _Crossing:
    inputs = tuple(name for name in design.vary if name in others[0])
    if not inputs:
        raise InputError(f"{source} has none of the inputs under [vary] of this match: give kept worlds of a match that shares some")  # fmt: skip
    space = Space([factor for factor in design.factors if factor.name in inputs])
    _refuse_strange(space.factors, others, source)
    own, theirs = space.shares(points), space.shares(others)
    # A word is as far from another as the ends of a range are.
    words = np.array(space.words)
    nearest = []
    for place in theirs:
        away = np.where(words, own != place, own - place)
        nearest.append(points[int(np.argmin((away**2).sum(axis=1)))])
    made = tuple(world | {name: other[name] for name in inputs} for world, other in zip(nearest, others, strict=True))
    if list(made) == nearest:
        raise InputError(f"{source} leaves every world as it is: give the kept worlds of another match")
    return _Crossing(inputs, tuple(nearest), made)


def _refuse_strange(factors: Sequence[Factor], worlds: Sequence[Point], source: str) -> None:
    """Refuse worlds with a value that is not of the kind of this match's: it could not be run, or is near to none."""
    for factor in factors:
        for value in (world[factor.name] for world in worlds):
            if factor.values and value not in factor.values:
                raise InputError(f"{source} has worlds with {factor.name} = {shortened(value)}, which is none of the values of this match ({', '.join(map(str, factor.values))}): no world of this one is near to them")  # fmt: skip
            if not factor.values and (isinstance(value, str) or not abs(value) < _HUGE):
                raise InputError(f"{source} has worlds with {factor.name} = {shortened(value)}, which is no number: give the file as `desertion match` wrote it")  # fmt: skip


def name_of(size: float, settings: Mapping[str, object], source: str = "") -> str:
    """Name of the files of a change, without their endings."""
    sized = [] if size == 1.0 else [f"size-{size:g}"]
    of_another = ["shared", Path(source).parent.name, Path(source).stem] if source else []
    parts = ["again", *sized, *(f"{key}={value}" for key, value in settings.items()), *of_another]
    return re.sub(r"[^\w.=-]+", "_", "-".join(filter(None, parts)))[:_LONGEST]


def _changed(design: Design, size: float, settings: Mapping[str, object]) -> Design:
    def of(case: Any) -> dict[str, object]:
        return {"scale": min(1.0, scale_of(case.scenario, case.scale) * size), "settings": {**case.settings, **settings}}  # fmt: skip

    cases = {name: case.model_copy(update=of(case)) for name, case in design.cases.items()}
    if all(
        scale_of(case.scenario, case.scale) == cases[name].scale and case.settings == cases[name].settings
        for name, case in design.cases.items()
    ):
        raise InputError(f"size {size:g} and the settings leave every case as it is: give another size, or a setting")
    return design.model_copy(update={"cases": cases})


def _held(design: Design, points: Sequence[Point], file: Path, options: RunOptions, runs: int) -> Match:
    """Worlds run and held against the targets. Their chance is that of no stage of the match."""
    aims, nothing = aims_of(design), pd.DataFrame()
    if not options.accept_changes:
        _refuse_others(design, points, file, runs)
    run_stage(design, {}, 0, points, file, options, runs)
    return Match(
        design=design, aims=aims, effects=nothing, stages=nothing, emulators=nothing, results=results([file], 0, aims, apart=True), folder=file.parent,
        floors=floors(design, aims, {}),
    )  # fmt: skip


def _refuse_others(design: Design, points: Sequence[Point], file: Path, runs: int) -> None:
    """Refuse other worlds, runs or fates than a file was begun with: into another folder, the way out of any other study, they would not find the ensemble."""
    stored = stored_points(file)
    if stored is None:
        return
    with StudyFile(file) as study:
        spec = study.header()["spec"]
    seed = json.loads(dict(spec["settings"])["match"])["seed"]
    begun, asked = (stored, spec["replicates"]["number"], seed), (list(points), runs, design.seed)
    if begun != asked:
        had, wanted = (
            f"{many(len(worlds), 'world')}, {many(number, 'run')} each, seed {seed}"
            for worlds, number, seed in (begun, asked)
        )
        raise InputError(
            f"{file} was begun with {had}, and {'as many others' if had == wanted else wanted} are asked for: ask for the same worlds, runs and seed, or move the file away"
        )
