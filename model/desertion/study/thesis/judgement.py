"""The judgement of a series: its table, the classifier, what they say of it, and every attack on that; each part is kept when it is done."""

import itertools
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import input_error
from desertion.files import write_text
from desertion.study.arrays import Array
from desertion.study.laboratory import classifier as learning
from desertion.study.laboratory import unseen
from desertion.study.laboratory.rivals import CAUSES, FAMILIES, Cause
from desertion.study.laboratory.table import SHARES, Rows, Table, build
from desertion.study.laboratory.window import Window
from desertion.study.run.origin import installed, versions
from desertion.study.thesis import rates
from desertion.study.thesis.cases import Case
from desertion.study.thesis.design import Design
from desertion.study.thesis.judged import Judgement
from desertion.study.thesis.opinions import Nearness, tried
from desertion.study.thesis.verdict import judge

SHOWN = 100


class Trial:
    """The trial of a series, part by part; finished parts are read from the folder instead of being done again."""

    def __init__(
        self, case: Case, design: Design, seed: int, folder: Path, tell: Callable[[str], None] = print
    ) -> None:
        if design.simulations * SHARES["test"] < design.fewest_histories:
            needed = round(design.fewest_histories / SHARES["test"])
            raise input_error(
                "simulations",
                design.simulations,
                f"must be at least {needed:,}: {design.fewest_histories} of each rival test it",
            )
        self._case, self._design, self._seed, self._folder, self._tell = case, design, seed, folder, tell
        self._digest = _digest(asdict(design), case.window, case.logs.tolist(), seed)

    @property
    def name(self) -> str:
        """Name of the series."""
        return self._case.name

    def run(self, *, open_unseen: bool) -> Judgement:
        """All parts, and the verdict that follows.

        Args:
            open_unseen: judge the families on no list as well; only after the thresholds are written down.
        """
        main = self._kept("main", self._main)
        left = [self._kept(f"without-{family}", lambda family=family: self._without(family)) for family in FAMILIES]
        drift = {
            factor: tuple(self._kept(f"drift-{factor:g}", lambda factor=factor: self._drift(factor)))
            for factor in self._design.drift
        }
        advanced, again = (
            self._kept(part, make) for part, make in (("advanced", self._advanced), ("tried", self._tried))
        )
        opened = [self._kept(part, make) for part, make in self._shut] if open_unseen else []
        alarms = pd.concat([pd.DataFrame(rows) for rows in (main["alarms"], *left, *opened)], ignore_index=True)
        power = pd.DataFrame(main["power"])
        probability, threshold = main["probability"], main["threshold"]
        return Judgement(
            case=self._case,
            probability=probability,
            halves=(main["halves"][0], main["halves"][1]),
            threshold=threshold,
            nearest=main["nearest"],
            tolerance=main["tolerance"],
            closeness=pd.DataFrame(main["closeness"]),
            alarms=alarms,
            power=power,
            advanced=pd.DataFrame(advanced),
            tried=pd.DataFrame(again),
            reliability=pd.DataFrame(main["reliability"]),
            drift=drift,
            members={key: np.array(rows) for key, rows in main["members"].items()},
            verdict=judge(probability, threshold, power, alarms, drift, self._design),
            opened=open_unseen,
        )

    @cached_property
    def _table(self) -> Table:
        return build(self._case.window, self._design.simulations, (self._seed, 0))

    @cached_property
    def _classifier(self) -> learning.Classifier:
        return learning.train(self._table, self._seed)

    def _main(self) -> dict[str, Any]:
        table, model = self._table, self._classifier
        judged = _judged(table, model, self._design)
        spread = [np.arange(len(table.cause)) % 2 == half for half in (0, 1)]
        halves = [learning.train(table, self._seed, rows).probability(self._case.seen)[0] for rows in spread]
        near = Nearness(table, self._case.logs)
        order = near.order
        return {
            "probability": float(model.probability(self._case.seen)[0]),
            "halves": [float(value) for value in halves],
            "threshold": judged.threshold,
            "nearest": near.share,
            "tolerance": near.tolerance,
            "closeness": near.closeness(),
            "alarms": _records(rates.false_alarms(judged, table.names, "listed")),
            "power": _records(rates.power(judged, self._design.owed)),
            "reliability": _records(rates.reliability(judged)),
            "members": {
                word: self._figures(table.logs[order[table.contagious[order] == both][:SHOWN]]).tolist()
                for word, both in (("without", False), ("with", True))
            },
        }

    def _figures(self, logs: NDArray[np.float32]) -> Array:
        counts = np.exp(logs + np.log(self._case.window.lengths)) - 0.5
        return np.cumsum(counts, axis=1) if self._case.window.cumulative else counts

    def _without(self, family: str) -> list[dict[str, object]]:
        """False alarms of a family that neither training nor threshold knew."""
        table = self._table
        names = [cause.name for cause in CAUSES.values() if cause.family == family]
        gone = np.logical_or.reduce([table.of(name) for name in (*names, "several")])
        within = np.tile(np.arange(self._design.simulations), len(table.cause) // self._design.simulations)
        few = (table.part != "train") | (within < self._design.fewer * SHARES["train"])
        model = learning.train(table, self._seed, ~gone & few)
        return _records(rates.false_alarms(_judged(table, model, self._design, ~gone), names, "left out"))

    def _drift(self, factor: float) -> list[float]:
        """Probability and threshold with other ranges of trends and doors."""
        table = build(self._case.window, self._design.fewer, (self._seed, 1, round(100 * factor)), width=factor)
        model = learning.train(table, self._seed)
        return [float(model.probability(self._case.seen)[0]), _judged(table, model, self._design).threshold]

    @property
    def _threshold(self) -> float:
        return self._kept("main", self._main)["threshold"]

    def _advanced(self) -> list[dict[str, object]]:
        """Power by the share advanced instead of the share owed."""
        judged = rates.JudgedTable(self._table, self._classifier.probability(self._table.seen), self._threshold)
        return _records(rates.power(judged, self._design.owed, "advanced"))

    def _tried(self) -> list[dict[str, object]]:
        """Histories of known causes, judged twice."""
        return _records(tried(self._table, self._classifier, (self._seed, 4)))

    @property
    def _shut(self) -> tuple[tuple[str, Callable[[], list[dict[str, object]]]], ...]:
        """Families on no list: those of the lot, and those that it left and that were opened last."""
        lot = self._design.unseen_seed, self._design.unseen_families
        return (
            ("unseen", lambda: self._unseen(unseen.drawn(*lot), 2, "unseen")),
            ("left", lambda: self._unseen(unseen.left(*lot), 5, "unseen, last")),
        )

    def _unseen(self, causes: Sequence[Cause], stream: int, how: str) -> list[dict[str, object]]:
        """False alarms of families that are on no list."""
        table = build(self._case.window, self._design.unseen_histories, (self._seed, stream), causes=causes)
        table.part[:] = "test"
        judged = rates.JudgedTable(table, self._classifier.probability(table.seen), self._threshold)
        return _records(rates.false_alarms(judged, table.names, how))

    def _kept(self, part: str, make: Callable[[], Any]) -> Any:
        path = self._folder / self._case.name / f"{part}-{self._digest}.json"
        # A part that was not made yet, or that a power cut left empty, is made now.
        with suppress(FileNotFoundError, ValueError):
            return json.loads(path.read_text(encoding="utf-8"))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, found := json.dumps(make()))
        self._tell(f"{self._case.name}: {part} done")
        return json.loads(found)


def grid(design: Design, seed: int, folder: Path, tell: Callable[[str], None] = print) -> pd.DataFrame:
    """Power and the worst false alarm of made-up series, one row a length, noise, and range of the share owed."""
    parts: list[pd.DataFrame] = []
    for points in design.points:
        for noise in design.noise:
            edges = np.linspace(0, 64, points + 1).round()
            window = Window(
                steps=64,
                intervals=tuple(itertools.pairwise(edges.tolist())),
                at_risk=(10_000, 10_000),
                total=2000.0,
                noise=(noise, noise),
            )
            digest = _digest(window, design.grid, design.owed, design.least, design.set_at, seed)
            path = folder / "made-up" / f"{points}-{noise:g}-{digest}.csv"
            if not path.is_file() or not path.stat().st_size:
                table = build(window, design.grid, (seed, 3))
                judged = _judged(table, learning.train(table, seed), design)
                worst = rates.false_alarms(judged, table.names, "listed")
                rows = rates.power(judged, design.owed).assign(
                    points=points, noise=noise, worst=(worst["found"] / worst["histories"]).max()
                )
                path.parent.mkdir(parents=True, exist_ok=True)
                write_text(path, rows.to_csv(index=False, lineterminator="\n"))
                tell(f"made-up series of {points} points, noise {noise:g}: done")
            parts.append(pd.read_csv(path))
    return pd.concat(parts, ignore_index=True)


def _digest(*decides: object) -> str:
    """A mark in the name of a finished part: what decides it, versions of the program and its libraries among it."""
    made = (versions(), installed("scikit-learn"), *decides)
    return sha256(repr(made).encode()).hexdigest()[:10]


def _judged(table: Table, model: learning.Classifier, design: Design, rows: Rows | None = None) -> rates.JudgedTable:
    """The table with probabilities, and the threshold set on the causes that are known."""
    probability = model.probability(table.seen)
    calm = ~table.contagious & (table.part == "threshold") & (True if rows is None else rows)
    level = learning.threshold(probability[calm], table.cause[calm], design.set_at, design.least)
    return rates.JudgedTable(table, probability, level)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(frame.to_json(orient="records"))
