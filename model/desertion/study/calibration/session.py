"""A fit over several sessions: gone on with where it stopped, with the seconds of all of them and what was fitted kept beside it."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desertion.errors import input_error
from desertion.figures.labels import many
from desertion.files import write_text
from desertion.reading import written
from desertion.study.calibration.case import Case
from desertion.study.calibration.fit import Fit, fit
from desertion.study.calibration.kept import check, checksums, damaged, sentences
from desertion.study.failures import Interrupted
from desertion.study.run.origin import installed, versions
from desertion.study.run.progress import duration
from desertion.study.run.sources import model_code, task_code
from desertion.study.store.lock import DriverLock


def fit_case(
    case: Case,
    folder: Path,
    *,
    particles: int,
    generations: int,
    seed: int,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Fit, float]:
    """The fit of a case, begun or gone on with, and the seconds spent on it in all sessions.

    Args:
        case: the case.
        folder: where its files lie.
        particles: particles per generation.
        generations: generations in all, those already done included.
        seed: where chance comes from.
        workers: processes.
        tell: what is called with a sentence before the first generation and after each.

    Raises:
        InputError: the folder holds a fit of another case, or one that is being written, or a number is out of range.
    """
    stem = f"{case.name}-{seed}"
    file = folder / f"{stem}.db"
    with DriverLock(file):  # two at once would each store generations of their own
        watch = Watch(folder / f"{stem}.json", described(case, particles))
        watch.check(file)
        if watch.generations < generations:
            more = f", {watch.generations} of them done" if watch.generations else "; later ones take longer"
            tell(f"{stem}: {many(generations, 'generation')} of {particles} particles{more}")

        def finished() -> None:
            watch.write(file)
            tell(f"{stem}: {watch.generations} of {generations} generations after {duration(watch.seconds)}")

        try:
            with sentences(file):
                fitted = fit(
                    case,
                    case.simulate,
                    file,
                    particles=particles,
                    generations=generations,
                    seed=seed,
                    workers=workers,
                    finished=finished,
                )
        except KeyboardInterrupt as ending:
            kept = (
                f"{watch.generations} of {generations} are kept in {folder}"
                if watch.generations
                else "none was finished yet"
            )
            raise Interrupted(
                f"{stem}: interrupted; of its generations {kept}; to go on, start the same command again"
            ) from ending
        return fitted, watch.seconds


def described(case: Case, particles: int) -> dict[str, str]:
    """Whatever decides the numbers of a fit but its seed, in words that can be compared."""
    points = repr([(p.start, p.end, p.value, p.low, p.high) for p in case.series.points])
    priors = [f"{lever.prior.name} {written(lever.prior.low)} to {written(lever.prior.high)}" for lever in case.levers]
    inputs = repr([(lever.prior.log, lever.own, lever.times) for lever in case.levers])
    return {
        "particles": str(particles),
        "scenario": f"{case.name} {case.scenario.hash[:12]}",
        "series": f"{case.series.name} {hashlib.sha256(points.encode()).hexdigest()[:12]}",
        "kind": case.series.kind,
        "measure": " of ".join((case.counted.measure, *case.counted.kinds)),
        "priors": ", ".join(priors),
        "inputs": hashlib.sha256(inputs.encode()).hexdigest()[:12],
        "noise": f"{written(case.noise.low)} to {written(case.noise.high)}",
        "rivals": ", ".join(case.rivals),
        "held out": str(case.held_out),
        **model_code(),
        **task_code(fit.__module__),
        **{f"version of {name}": version for name, version in versions().items()},
        "version of pyabc": installed("pyabc"),
    }


class Watch:
    """Seconds of all sessions together; a kill loses none.

    Generations of two different fits would make none, so the file also says what was fitted, and vouches for what each generation was.
    """

    def __init__(self, path: Path, fitted: dict[str, str]) -> None:
        self._path, self._fitted, self._began = path, fitted, time.monotonic()
        before: dict[str, Any] = self._before_now(path) if path.is_file() else {"seconds": 0.0, "fitted": fitted}
        begun = before.get("fitted")
        if begun != fitted:
            old = begun if isinstance(begun, dict) else {}
            changed = [f"{key} was {old[key]}, is {now}" for key, now in fitted.items() if old.get(key, now) != now]
            raise input_error(
                "fit",
                path.with_suffix(".db").name,
                f"was begun otherwise ({'; '.join(changed) or 'by another version'})",
                way_out="give another folder with --out, or what was given then",
            )
        self._before = self.seconds = float(before["seconds"])
        self._checksums: list[str] | None = before.get("checksums")

    @property
    def generations(self) -> int:
        """Generations that are kept and vouched for; before them pyABC keeps what was observed, as one of its own."""
        return max(len(self._checksums or ()) - 1, 0)

    def check(self, file: Path) -> None:
        """Hold a fit's file against what vouches for it; one without a finished generation is begun anew.

        Raises:
            InputError: the file is damaged, or gone while its generations are vouched for.
        """
        if self._checksums is None and self._path.is_file():
            with sentences(file):  # a fit of a version that did not vouch for any
                self._checksums = checksums(file) if file.is_file() else []
        elif self._checksums is None:
            file.unlink(missing_ok=True)
            self._checksums = []
        elif not file.is_file():
            raise damaged(file, "it is not there")
        else:
            check(file, self._checksums)

    def write(self, file: Path) -> None:
        """Keep what has been spent so far, and vouch for the generations of the fit's file."""
        self.seconds = self._before + time.monotonic() - self._began
        self._checksums = checksums(file, self._checksums or ())
        kept = {"seconds": self.seconds, "fitted": self._fitted, "checksums": self._checksums}
        write_text(self._path, json.dumps(kept, indent=1))

    @staticmethod
    def _before_now(path: Path) -> dict[str, Any]:
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as problem:
            raise damaged(path.with_suffix(".db"), f"{path.name} beside it is no JSON: {problem}") from problem
