"""A fit over several sessions: gone on with where it stopped, with the seconds of all of them and what was fitted kept beside it."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

from desertion.errors import input_error
from desertion.files import write_text
from desertion.study.thesis.fit import Fit, fit
from desertion.study.thesis.scenario_cases import ScenarioCase


def fit_case(
    case: ScenarioCase,
    folder: Path,
    *,
    particles: int,
    generations: int,
    seed: int,
    workers: int = 1,
    recalled: bool = False,
) -> tuple[Fit, float]:
    """The fit of a case, begun or gone on with, and the seconds spent on it in all sessions."""
    for name in ("ABC", "ABC.Sampler", "ABC.History", "ABC.Distance", "ABC.Transition"):
        logging.getLogger(name).setLevel(logging.WARNING)  # pyABC's running commentary; its warnings still come through
    stem = f"{case.name}-{seed}"
    watch = Watch(folder / f"{stem}.json", f"{particles} particles, recalled {recalled}, {case!r}")
    fitted = fit(
        case,
        case.simulator(),
        folder / f"{stem}.db",
        particles=particles,
        generations=generations,
        seed=seed,
        workers=workers,
        recalled=recalled,
        finished=watch.write,
    )
    return fitted, watch.seconds


class Watch:
    """Seconds of all sessions together; a kill loses none.

    Generations of two different fits would make none, so the file also says what was fitted.
    """

    def __init__(self, path: Path, fitted: str) -> None:
        self._path, self._fitted, self._began = path, fitted, time.monotonic()
        before = json.loads(path.read_text()) if path.is_file() else {"seconds": 0.0, "fitted": fitted}
        begun = before.get("fitted", "by a version that did not say how")
        if begun != fitted:
            raise input_error(
                "fit",
                path.with_suffix(".db").name,
                f"was begun otherwise ({begun})",
                way_out="give another folder with --out, or the same numbers as then",
            )
        self._before = self.seconds = float(before["seconds"])

    def write(self) -> None:
        """Keep what has been spent so far."""
        self.seconds = self._before + time.monotonic() - self._began
        write_text(self._path, json.dumps({"seconds": self.seconds, "fitted": self._fitted}))
