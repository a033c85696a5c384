"""A match under way, stage after stage: what is proposed, run, judged and noted, and what is read of it later."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from desertion.errors import InputError, input_error
from desertion.files import write_text
from desertion.study.design.factors import Point
from desertion.study.matching.aims import Aim, largest
from desertion.study.matching.document import MOST_WAVES, Design
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
from desertion.study.matching.screening import COLUMNS, active_inputs, effects, screening_points, with_trajectories
from desertion.study.matching.space import Space
from desertion.study.matching.training import Stretch, Training
from desertion.study.matching.world_run import floors
from desertion.study.run.options import RunOptions

MOST_WORLDS = 450
"""Worlds that an emulator is fitted to, the last that were run: these were chosen by their places. Whoever takes the least implausible chooses by results,
and what is learnt from worlds that came out near the figures is that all do: on `gdr-1989` such emulators held 0.55 to 0.8 of the worlds of their own wave."""


@dataclass(frozen=True, kw_only=True)
class Hope:
    """What emulators expect: how many worlds of a wave are kept, and what share of the ranges would be."""

    expected: float
    volume: float


class Course:
    """A match under way: stage after stage, each in a file of its own, so that whatever stops it costs a run at most."""

    def __init__(
        self, design: Design, aims: tuple[Aim, ...], documents: Mapping[str, str], place: Path, options: RunOptions
    ) -> None:
        self.design, self.aims, self.documents, self.place, self.options = design, aims, documents, place, options
        self.fitted = [aim for aim in aims if aim.fit]
        self.space = Space(design.factors)
        self.found: list[Results] = []
        self.screened: Results | None = None
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

    def note(self, stage: int) -> Path:
        """File of what the emulators of a stage said: fitting them again takes minutes, and a report runs nothing."""
        return self.place / f"stage-{stage}.json"

    def run(self, keep: object) -> Match:
        """The match, after what is missing has been run."""
        if self.design.screening.trajectories:
            points, stored = screening_points(self.design, self.space), stored_points(self.file(0))
            if stored is not None and stored != points:
                raise InputError(
                    f"{self.file(0)} is the screening of another match: name another folder, or give its design"
                )
            self._stage(0, points)
            assert self.screened is not None
            self.effects = effects(self.design, self.screened, self.fitted)
        for number in range(1, len(self.design.waves) + 1):
            self._stage(number, *self._proposed(number))
        # A command before may have asked for more waves: their worlds have been run and count.
        for number in range(len(self.design.waves) + 1, MOST_WAVES + 1):
            self._held(number)
        return self._match(keep)

    def judged(self, keep: object) -> Match:
        """The match as far as the folder holds it."""
        for stage in range(MOST_WAVES + 1):  # a command may have asked for more waves than the design has
            self._held(stage)
        if not self.found:
            raise InputError(
                f"{self.place} holds no runs of a match: run it first, or name the folder that it was run in"
            )
        if self.screened is not None:
            design = with_trajectories(self.design, self.screened)
            self.effects = effects(design, self.screened, self.fitted)
        return self._match(keep)

    def _held(self, stage: int) -> None:
        """Read a stage as the folder holds it, if it does."""
        if has_runs(self.file(stage)):
            check_stored(self.design, self.file(stage))
            self.changed |= set(changed_since(self.design, self.documents, self.file(stage)))
            self._read(stage, self._noted(stage))

    def _stage(self, stage: int, points: Sequence[Point], hope: Hope | None = None) -> None:
        if not points:
            return
        run_stage(self.design, self.documents, stage, points, self.file(stage), self.options)
        if stage and self.design.confirm > 1:
            self._again(stage)
        self._read(stage, hope)
        self._look_back(stage)
        own = [row for row in self.emulators if row["stage"] == stage]
        said = None if hope is None else {**vars(hope), "emulators": own, "targets": self._targets()}
        if said is not None:
            write_text(self.note(stage), json.dumps(said))

    def _targets(self) -> str:
        """What decides which worlds are kept, as text."""
        told = [(aim.name, aim.observed, aim.log, aim.error, aim.discrepancy) for aim in self.fitted]
        return str((self.design.cutoff, self.design.confirm, told))

    def _noted(self, stage: int) -> Hope | None:
        """What the emulators of a stage said when it was run; nothing where they were asked of other targets than are judged now."""
        try:
            said = json.loads(self.note(stage).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # none yet, or one that a power cut left empty
            return None
        if said["targets"] != self._targets():
            return None
        self.emulators += said["emulators"]
        return Hope(expected=said["expected"], volume=said["volume"])

    def _again(self, stage: int) -> None:
        """Further runs of the worlds that a wave keeps: among many worlds that were run once some are kept by luck."""
        own, file = results([self.file(stage)], stage, self.aims), self.file_again(stage)
        whole = joined([*self.found, own])
        pairs = zip(self.fitted, self._implausibilities(whole), strict=True)
        worst = largest([np.where(whole.unknown[aim.name], 0.0, found) for aim, found in pairs], 1)[-len(own.points) :]
        kept = (worst < self.design.cutoff) & (own.counts < self.design.confirm)
        points = stored_points(file) or [own.points[number] for number in np.flatnonzero(kept)]
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

    def _read(self, stage: int, hope: Hope | None) -> None:
        again = self.file_again(stage)
        own = results([self.file(stage), *([again] if has_runs(again) else [])], stage, self.aims)
        if not stage:
            self.screened = results([self.file(stage)], stage, self.aims, apart=True)
        self.found.append(own)
        proposed = len(stored_points(self.file(stage)) or ())
        if all(row["kind"] == "none" for row in self.emulators if row["stage"] == stage):
            hope = None  # where none was made all worlds are hoped for, which is nobody's expectation
        self.stages.append(
            {
                "stage": stage, "proposed": proposed, "worlds": len(own.points), "seconds": float(own.seconds.sum()),
                "expected": None if hope is None else hope.expected, "volume": None if hope is None else hope.volume,
            }
        )  # fmt: skip

    def _proposed(self, wave: int) -> tuple[Sequence[Point], Hope | None]:
        """The worlds of a wave: those of its file, else places by the chance that the emulators of all runs so far give them."""
        stated, count = stored_points(self.file(wave)), self.design.waves[wave - 1].worlds
        if not self.found:
            self._check_size(wave, stated, count)
            rounds = max(1, int(np.ceil(np.log2(count))))
            return stated or self.space.points(self.space.spread(rounds, self.design.seed)[:count]), None
        self._check_size(wave, stated, count)
        if stated and (noted := self._noted(wave)) is not None:
            self.outlook = None  # what proposed these worlds has spoken
            return stated, noted
        self.note(wave).unlink(missing_ok=True)  # one that is there speaks of other worlds
        self.outlook = self._outlook(wave)
        seed, wanted = self.design.seed * 1000 + wave, 0 if stated else count
        proposals = propose(self.space, self.outlook, self.fitted, wanted, seed, self._ordered())
        points = stated or self.space.points(proposals.shares)
        chances = np.exp(self.outlook.log_chance(self.space, self.space.shares(points), self.fitted))
        return points, Hope(expected=float(chances.sum()), volume=proposals.volume)

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
            floors=floors(self.design, self.aims, self.documents),
            keep=keep,
        )
