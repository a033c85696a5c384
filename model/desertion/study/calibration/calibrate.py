"""`calibrate`: any scenario fitted to a series, with contagion and without; what the series says, predicts and leaves open."""

import datetime as dt
import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from desertion.errors import InputError, input_error
from desertion.files import folder
from desertion.parameters.arguments import COUNT, SCALE, SEED, WORKERS, ruled, seed_after
from desertion.scenario import Scenario
from desertion.scenario.complaints import build
from desertion.scenario.documents import catalogue
from desertion.scenario.loading import calibration
from desertion.scenario.rows import is_csv
from desertion.simulation.record.own_table import own_table
from desertion.study.blocks import markdown
from desertion.study.calibration import tables
from desertion.study.calibration.case import Case, case_of
from desertion.study.calibration.document import CalibrationTable, by_path
from desertion.study.calibration.fit import Fit, check_sizes
from desertion.study.calibration.report import case_blocks, findings
from desertion.study.calibration.session import fit_case

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Calibration(Fit):
    """A fit with its tables.

    Attributes:
        seconds: Time spent on it in all sessions.
        others: The same fit with further seeds.
    """

    seconds: float
    others: tuple[Fit, ...] = ()

    def __repr__(self) -> str:
        rivals = ", ".join(
            f"{name} {share:.2f}" for name, share in zip(self.case.rivals, self.probabilities[-1], strict=True)
        )
        return f"Calibration({self.case.name!r}: {rivals}; table, curves, rivals, findings)"

    @own_table
    def table(self) -> pd.DataFrame:
        """What became of the priors, one row a rival and prior, with range, quantiles of the posterior, contraction, narrowed, identified."""
        return tables.parameters(self, self.others)

    @own_table
    def curves(self) -> pd.DataFrame:
        """What is predicted, one row a rival and point, with start, end, published, fitted, q05, median, q95."""
        return tables.predicted(self)

    @own_table
    def rivals(self) -> pd.DataFrame:
        """How the rivals do, one row each, with probability and its error, scores on fitted and held-out points, members."""
        return tables.rivals(self)

    @property
    def findings(self) -> list[str]:
        """What the series says, and what it leaves open, a sentence each."""
        return findings(self, self.others)

    @property
    def text(self) -> str:
        """The report in Markdown."""
        return markdown(case_blocks(self, self.seconds, self.others))


def shipped_names() -> list[str]:
    """Names of the shipped scenarios that have a `[calibration]` table."""
    return [name for name in catalogue()["scenarios"] if calibration(name)[0] is not None]


def planned(scenario: str | Path | Scenario, given: Mapping[str, Any], *, recalled: bool = False) -> Case:
    """The case of a scenario: its `[calibration]` table under what is given besides.

    Args:
        scenario: A scenario, or its name or path.
        given: Keys of the table; priors are laid over those of the table one by one, a value of None says nothing.
        recalled: Whether points of grade C* may be used.

    Raises:
        InputError: If there is no such scenario, nothing says what it is held against, or something does not fit it.
    """
    stated, where = (None, scenario.name) if isinstance(scenario, Scenario) else calibration(scenario)
    own = {key: value for key, value in given.items() if value is not None}
    content = dict(stated or {}) | own
    before = (stated or {}).get("priors", {})
    if own.get("priors") and isinstance(before, Mapping):
        content["priors"] = by_path(before) | by_path(own["priors"])
    if "series" not in content:
        raise InputError(
            f"{where}: there is no [calibration] table, and no series is given; give one, as in --series own.csv --measure "
            f"left_flee, or write the table (shipped with one: {', '.join(shipped_names())})",
            where=where,
            key="series",
        )
    if "measure" not in content:
        raise InputError(
            f"{where}: measure is missing: say what {content['series']} counts, as in --measure left_flee, or measure = ... "
            "under [calibration]",
            where=where,
            key="measure",
        )
    if given.get("kind") is not None and not is_csv(content["series"]):
        raise input_error(
            "kind",
            given["kind"],
            f"is for a CSV file: {content['series']} has its own",
            where=where,
            way_out="leave it out",
        )
    place = f"{where} [calibration]" if stated else f"calibrate {where}"
    table = build(CalibrationTable, content, where=place)
    return case_of(Scenario.load(scenario), table, place, recalled=recalled)


@ruled(scale=SCALE, particles=COUNT, generations=COUNT, runs=COUNT, seed=SEED, workers=WORKERS)
def calibrate(
    scenario: str | Path | Scenario,
    *,
    series: str | Path | None = None,
    measure: str | None = None,
    kinds: str | Sequence[str] | None = None,
    kind: str | None = None,
    priors: Mapping[str, Any] | None = None,
    noise: tuple[float, float] | None = None,
    held_out_from: str | dt.date | None = None,
    rivals: str | Sequence[str] | None = None,
    scale: float | None = None,
    particles: int = 300,
    generations: int = 8,
    runs: int = 1,
    recalled: bool = False,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
) -> Calibration:
    """A scenario fitted to a series by ABC-SMC, with contagion and without: what the series says, predicts and leaves open.

    What is not given is taken from the scenario's `[calibration]` table, if it has one. A fit that was cut off goes on where it
    stopped if it is given the same `out`, to the same result with one worker. It takes minutes to hours.

    Args:
        scenario: A scenario, or its name or path.
        series: Path of a CSV file with the columns `date` (or `start` and `end`) and `value`, or name of a shipped series.
        measure: What it counts: a measure of first departures (`left_flee`, `soldiers_left`), or what happens on a day
            (`flee_departures`, `new_killed`); of one force as `measure@force`.
        kinds: With first departures: kinds of people that count (soldier, reservist, civilian).
        kind: For a file: flow (counts of intervals) or cumulative.
        priors: By dotted key, [least, largest] (of `contagion`: multiples) or a table with range or times, log, keys, meaning; baseline rates of what is counted if none.
        noise: Least and largest dispersion (squared relative error) of a published count.
        held_out_from: First day of the points that are predicted and not fitted; a quarter of 12 or more if not given.
        rivals: `with contagion`, `without contagion`, or both.
        scale: Share of real size of a run, in (0, 1].
        particles: Particles per generation, 100 or more.
        generations: Generations in all, those already done included.
        runs: Fits with further seeds, for the error between runs.
        recalled: Whether recalled figures (grade C*) may be used.
        seed: Where all chance comes from.
        workers: Processes side by side.
        out: Folder of the fits; a temporary one if not given.

    Returns:
        The fit; `table` has one row a rival and prior, `curves` one a rival and point, `findings` says it in words.

    Raises:
        InputError: If the scenario, the series, what it counts or a prior does not exist or does not fit, or the folder holds another fit.
    """
    given = {
        "series": None if series is None else str(series),
        "measure": measure,
        "kinds": kinds,
        "kind": kind,
        "priors": None if priors is None else dict(priors),
        "noise": noise,
        "held_out_from": None if held_out_from is None else str(held_out_from),
        "rivals": rivals,
        "scale": scale,
    }
    check_sizes(particles, generations)
    case = planned(scenario, given, recalled=recalled)
    sizes = {"particles": particles, "generations": generations, "runs": runs, "seed": seed, "workers": workers or 1}
    place = tempfile.TemporaryDirectory(prefix="desertion-") if out is None else nullcontext(str(folder(Path(out))))
    with place as target:
        return fitted(case, Path(target), tell=log.info, **sizes)


def fitted(
    case: Case,
    place: Path,
    *,
    particles: int,
    generations: int,
    runs: int,
    seed: int,
    workers: int,
    tell: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """The fit of a case, begun or gone on with in a folder, and the same with further seeds; arguments as for `calibrate`.

    `tell` is called with a sentence before the first generation of a fit and after each.

    Raises:
        InputError: If the folder holds another fit, or pyABC is not installed.
    """
    sizes = {"particles": particles, "generations": generations, "workers": workers}
    fits = [fit_case(case, place, seed=seed_after(seed, number), tell=tell, **sizes) for number in range(runs)]
    (first, _), *more = fits
    seconds = sum(spent for _, spent in fits)
    return Calibration(**vars(first), seconds=seconds, others=tuple(fit for fit, _ in more))
