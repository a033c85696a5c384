"""The match: screening, waves of proposals that emulators do not rule out, and worlds that were really run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from desertion.errors import InputError, input_error
from desertion.files import PassingFolder, folder
from desertion.parameters.arguments import COUNT, COUNT_OR_NONE, NAMES, SCALE, SEED, WORKERS, ruled
from desertion.scenario import Scenario
from desertion.scenario.complaints import build
from desertion.study.design.documents import with_scenario
from desertion.study.design.factors import Point
from desertion.study.matching.aims import Aim, aims_of, largest
from desertion.study.matching.document import MOST_WAVES, Design, load
from desertion.study.matching.fitting import fit
from desertion.study.matching.matched import Match
from desertion.study.matching.proposals import Outlook, propose
from desertion.study.matching.runs import (
    Results,
    changed_since,
    check_stored,
    has_runs,
    joined,
    results,
    run_stage,
    stored_points,
)
from desertion.study.matching.screening import COLUMNS, active_inputs, effects, screening_points
from desertion.study.matching.space import Space
from desertion.study.matching.training import Stretch, Training
from desertion.study.run.described import given
from desertion.study.run.options import RunOptions, options_of

MOST_WORLDS = 450
"""Worlds that an emulator is fitted to, the last that were run: these were chosen by their places. Whoever takes the least implausible chooses by results,
and what is learnt from worlds that came out near the figures is that all do: on `gdr-1989` such emulators held 0.55 to 0.8 of the worlds of their own wave."""


@ruled(scale=SCALE, screening=COUNT_OR_NONE, runs=COUNT, confirm=COUNT_OR_NONE, seed=SEED, workers=WORKERS)
def match(
    design: str | Path | None = None,
    *,
    scenario: str | Path | Scenario | None = None,
    vary: Mapping[str, object] | None = None,
    targets: Mapping[str, Mapping[str, object]] | Sequence[str] | None = None,
    scale: float | None = None,
    waves: Sequence[Mapping[str, object]] | None = None,
    screening: int | None = None,
    runs: int | None = None,
    confirm: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    only_judge: bool = False,
    options: RunOptions | None = None,
    workers: int = 0,
    quiet: bool = False,
) -> Match:
    """Worlds that targets do not rule out, found by history matching: screening, emulators in waves, and worlds really run.

    Not ruled out is not probable: how many worlds are kept where says nothing on how likely they are.

    Args:
        design: A design (TOML), or the name of a shipped one, which is that of its scenario. What is given beside it stands
            in place of its own.
        scenario: A scenario of yours, or its name or path, where there is no design; measures of it are then targets.
        vary: Inputs by dotted path, each a range or a list of values, as for `sweep`.
        targets: Names of shipped targets, or own ones by name: `{"left_flee": {"observed": [100, 200], "discrepancy": 0.3}}`;
            a name is that of a measure, or the entry has an `effect` over `case.measure` terms.
        scale: Share of real size of all runs.
        waves: Waves, each `{"worlds": 100, "replicates": 2}`.
        screening: Trajectories of the screening, 0 for none.
        runs: Runs of each case in each world.
        confirm: Runs in all of a world that its wave keeps, so that none is kept by a lucky run.
        seed: Seed of all runs and draws.
        out: Folder of the runs, which are resumed if they are there; a temporary one if not given.
        only_judge: Whether to run nothing and judge what the folder holds.
        options: With what to run.
        workers: Processes of the local pool, 0 for one a core.
        quiet: Whether to show no progress.

    Raises:
        InputError: The design is wrong, or the folder holds runs of another one.
    """
    chosen, documents = _design(design, scenario, vary, targets, scale, waves, screening, runs, confirm, seed)
    aims = aims_of(chosen)
    keep = PassingFolder() if out is None else None
    place = keep.path if keep is not None else folder(Path(str(out)))
    course = _Course(chosen, aims, documents, place, options_of(options, workers, quiet))
    return course.judged(keep) if only_judge else course.run(keep)


def _design(
    design: str | Path | None, scenario: str | Path | Scenario | None, vary: Any, targets: Any,
    scale: float | None, waves: Any, screening: int | None, runs: int | None, confirm: int | None,
    seed: int | None,
) -> tuple[Design, dict[str, str]]:  # fmt: skip
    if (design is None) == (scenario is None):
        raise InputError("match takes a design, or scenario= with vary= and targets=: give one of the two")
    documents: dict[str, str] = {}
    stated: dict[str, Any]
    if design is not None:
        stated = load(design).model_dump(exclude_unset=True)
    else:
        assert scenario is not None
        name, documents = with_scenario(scenario)
        stated = {"cases": {"run": {"scenario": name}}}
    stated |= {} if vary is None else {"vary": dict(vary)}
    if isinstance(targets, Mapping):
        stated |= {"targets": (), "target": {name: dict(entry) for name, entry in targets.items()}}
    elif targets is not None:
        stated |= {"targets": NAMES.checked("targets", targets), "target": {}}
    if waves is not None and (isinstance(waves, str | Mapping) or not isinstance(waves, Iterable)):
        raise input_error("waves", waves, "must be a list of waves, as in [{'worlds': 100, 'replicates': 2}]")
    stated |= given(replicates=runs, confirm=confirm, seed=seed, waves=None if waves is None else tuple(waves))
    if screening is not None:
        stated["screening"] = {**stated.get("screening", {}), "trajectories": screening}
    if scale is not None:
        stated["cases"] = {name: {**case, "scale": scale} for name, case in stated["cases"].items()}
    return build(Design, stated, where="match"), documents


@dataclass(frozen=True, kw_only=True)
class _Hope:
    """What emulators expect: how many worlds of a wave are kept, and what share of the ranges would be."""

    expected: float
    volume: float


class _Course:
    """A match under way: stage after stage, each in a file of its own, so that whatever stops it costs a run at most."""

    def __init__(
        self, design: Design, aims: tuple[Aim, ...], documents: Mapping[str, str], place: Path, options: RunOptions
    ) -> None:
        self.design, self.aims, self.documents, self.place, self.options = design, aims, documents, place, options
        self.fitted = [aim for aim in aims if aim.fit]
        self.space = Space(design.factors)
        self.found: list[Results] = []
        self.outlook: Outlook | None = None
        self.effects = pd.DataFrame(columns=list(COLUMNS))
        self.stages: list[dict[str, object]] = []
        self.emulators: list[dict[str, object]] = []
        self.changed: set[str] = set()

    def file(self, stage: int) -> Path:
        """File of a stage."""
        return self.place / f"stage-{stage}.sqlite"

    def file_again(self, stage: int) -> Path:
        """File of the further runs of worlds that a stage kept."""
        return self.place / f"stage-{stage}-again.sqlite"

    def run(self, keep: object) -> Match:
        """The match, after what is missing has been run."""
        if self.design.screening.trajectories:
            points, stored = screening_points(self.design, self.space), stored_points(self.file(0))
            if stored is not None and stored != points:
                raise InputError(
                    f"{self.file(0)} is the screening of another match: name another folder, or give its design"
                )
            self._stage(0, points)
            self.effects = effects(self.design, self.found[0], self.fitted)
        for number in range(1, len(self.design.waves) + 1):
            self._stage(number, *self._proposed(number))
        return self._match(keep)

    def judged(self, keep: object) -> Match:
        """The match as far as the folder holds it."""
        for stage in range(MOST_WAVES + 1):  # a command may have asked for more waves than the design has
            if has_runs(self.file(stage)):
                check_stored(self.design, self.file(stage))
                self.changed |= set(changed_since(self.design, self.documents, self.file(stage)))
                self._read(stage, None)
        if not self.found:
            raise InputError(
                f"{self.place} holds no runs of a match: run it first, or name the folder that it was run in"
            )
        if self.found[0].stage[0] == 0:
            self.effects = effects(self.design, self.found[0], self.fitted)
        return self._match(keep)

    def _stage(self, stage: int, points: Sequence[Point], hope: "_Hope | None" = None) -> None:
        if not points:
            return
        run_stage(self.design, self.documents, stage, points, self.file(stage), self.options)
        if stage and self.design.confirm > 1:
            self._again(stage)
        self._read(stage, hope)
        self._look_back(stage)

    def _again(self, stage: int) -> None:
        """Further runs of the worlds that a wave keeps: among many worlds that were run once some are kept by luck."""
        own, file = results([self.file(stage)], stage, self.aims), self.file_again(stage)
        whole = joined([*self.found, own])
        pairs = zip(self.fitted, self._implausibilities(whole), strict=True)
        worst = largest([np.where(whole.unknown[aim.name], 0.0, found) for aim, found in pairs], 1)[-len(own.points) :]
        kept = (worst < self.design.cutoff) & (own.counts < self.design.confirm)
        # Further runs are found by what a world is: where a wave holds one twice, both are run again or neither.
        chosen = {tuple(own.points[number].items()) for number in np.flatnonzero(kept)}
        points = stored_points(file) or [point for point in own.points if tuple(point.items()) in chosen]
        if points:
            lacking = self.design.confirm - int(own.counts.min())
            run_stage(self.design, self.documents, stage, points, file, self.options, lacking)

    def _look_back(self, stage: int) -> None:
        """What the emulators of a wave knew of its own worlds."""
        rows = [row for row in self.emulators if row["stage"] == stage]
        if not rows or self.outlook is None:
            return
        own, whole = self.found[-1], joined(self.found)
        shares = self.space.shares(own.points)
        for aim, row in zip(self.fitted, rows, strict=True):
            unseen = Training(
                places=self.space.encoded(shares, self.outlook.active[aim.name]),
                means=own.means[aim.name],
                counts=own.counts,
                noise=whole.chance(aim, self.design.cutoff) / own.counts,
            )
            row["held"] = self.outlook.emulators[aim.name].holds(unseen)

    def _read(self, stage: int, hope: "_Hope | None") -> None:
        again = self.file_again(stage)
        own = results([self.file(stage), *([again] if has_runs(again) else [])], stage, self.aims)
        self.found.append(own)
        proposed = len(stored_points(self.file(stage)) or ())
        self.stages.append(
            {
                "stage": stage, "proposed": proposed, "worlds": len(own.points), "seconds": float(own.seconds.sum()),
                "expected": None if hope is None else hope.expected, "volume": None if hope is None else hope.volume,
            }
        )  # fmt: skip

    def _proposed(self, wave: int) -> tuple[Sequence[Point], "_Hope | None"]:
        """The worlds of a wave: those of its file, else places by the chance that the emulators of all runs so far give them."""
        stated, count = stored_points(self.file(wave)), self.design.waves[wave - 1].worlds
        if not self.found:
            self._check_size(wave, stated, count)
            rounds = max(1, int(np.ceil(np.log2(count))))
            return stated or self.space.points(self.space.spread(rounds, self.design.seed)[:count]), None
        self._check_size(wave, stated, count)
        self.outlook = self._outlook(wave)
        seed, wanted = self.design.seed * 1000 + wave, 0 if stated else count
        proposals = propose(self.space, self.outlook, self.fitted, wanted, seed, self._ordered())
        points = stated or self.space.points(proposals.shares)
        chances = np.exp(self.outlook.log_chance(self.space, self.space.shares(points), self.fitted))
        return points, _Hope(expected=float(chances.sum()), volume=proposals.volume)

    def _check_size(self, wave: int, stated: Sequence[Point] | None, count: int) -> None:
        """Refuse a wave of another size than its file was begun with: later waves were proposed from its worlds."""
        if stated is not None and len(stated) != count:
            raise input_error(
                f"waves[{wave - 1}].worlds",
                count,
                f"is not what {self.file(wave)} was begun with, {len(stated)}",
                way_out="leave its waves as they are and add a wave, or name another folder",
            )

    def _outlook(self, wave: int) -> Outlook:
        whole = joined(self.found)
        chosen = np.arange(len(whole.points))[-MOST_WORLDS:]
        shares = self.space.shares([whole.points[number] for number in chosen])
        emulators, active, chance = {}, {}, {}
        for aim in self.fitted:
            active[aim.name] = active_inputs(self.effects, aim, self.space)
            spread = whole.chance(aim, self.design.cutoff)
            training = Training(
                places=self.space.encoded(shares, active[aim.name]),
                means=whole.means[aim.name][chosen],
                counts=whole.counts[chosen],
                noise=spread / whole.counts[chosen],
            )
            stretch = (
                None
                if aim.log
                else Stretch(
                    low=aim.observed[0], high=aim.observed[1], unit=float(np.hypot(aim.error, aim.discrepancy))
                )
            )
            emulators[aim.name] = fit(training, self.design.coverage, self.design.seed, stretch)
            chance[aim.name] = spread / max(
                self.design.waves[wave - 1].replicates or self.design.replicates, self.design.confirm
            )
            made = emulators[aim.name]
            self.emulators.append(
                {
                    "stage": wave, "target": aim.name, "kind": made.kind, "coverage": made.coverage, "wider": made.wider,
                    "worlds": len(chosen), "inputs": len(active[aim.name]), "chance": float(np.sqrt(spread)),
                }
            )  # fmt: skip
        return Outlook(emulators=emulators, active=active, chance=chance, cutoff=self.design.cutoff)

    def _implausibilities(self, whole: Results) -> list[np.ndarray]:
        return [
            aim.implausibility(whole.means[aim.name], whole.chance(aim, self.design.cutoff) / whole.counts)
            for aim in self.fitted
        ]

    def _worst(self, whole: Results) -> np.ndarray:
        found = self._implausibilities(whole)
        return np.nan_to_num(np.sum(np.minimum(found, 1e3), axis=0) + 1e3 * largest(found, 1), posinf=1e9)

    def _ordered(self) -> np.ndarray:
        whole = joined(self.found)
        order = np.argsort(self._worst(whole), kind="stable")
        return self.space.shares([whole.points[number] for number in order])

    def _match(self, keep: object) -> Match:
        columns = ["stage", "target", "kind", "coverage", "wider", "held", "worlds", "inputs", "chance"]
        return Match(
            design=self.design,
            aims=self.aims,
            effects=self.effects,
            stages=pd.DataFrame(self.stages),
            emulators=pd.DataFrame(self.emulators, columns=columns),
            results=joined(self.found),
            folder=self.place,
            changed=tuple(sorted(self.changed)),
            keep=keep,
        )
