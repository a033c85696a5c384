"""Coverage: how often the 90 % intervals of a calibration hold the truth, on made-up series whose truth is known.

One table of simulations, drawn from the prior, serves all made-up series of a case: each is a row of the table, and its posterior are the nearest other
rows by the distance of the fit. That is what ABC-SMC goes towards by way of narrower proposals (`test_coverage.py` holds the two together), for the price of one
table and not of a fit a series. `python -m tests.study.calibration.interval_coverage` makes the tables, goes on where it stopped and writes
`experiments/calibrate/`; `--minutes` ends it earlier.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from desertion.study.blocks import Heading, Table, Text, markdown
from desertion.study.calibration.calibrate import planned
from desertion.study.calibration.case import Case
from desertion.study.calibration.fit import Fit, distances, simulated_case
from desertion.study.calibration.scores import posterior, shrinkage
from desertion.study.calibration.session import described
from desertion.study.history.series import Series
from desertion.study.statistics import wilson_interval

Array = NDArray[np.float64]
CHUNK, SEED = 250, 1
MADE_UP, NEAREST = 1_000, 100
"""Made-up series a case, and rows that make the posterior of each, as many as a fit has particles at least."""
ROWS = {"toy": 10_000, "gdr-1989": 10_000}
"""Rows of the table of each case."""
ROOT = Path(__file__).parents[3]
OWN = {"series": str(Path(__file__).parent / "toy-flight.csv"), "measure": "left_flee"}
"""An own case: who fled from the toy army, in ten intervals of twenty days, with the priors that hold where none is named."""


@dataclass(frozen=True)
class Rows:
    """Simulations drawn from the prior: the rival of each, shares of its priors (NaN where it has none), and its figures."""

    rivals: NDArray[np.int64]
    shares: Array
    figures: Array


def names(case: Case) -> tuple[str, ...]:
    """All parameters of a case, in the order of the columns of shares."""
    return tuple(lever.prior.name for lever in case.levers) + tuple(prior.name for prior in case.nuisances)


def simulated(case: Case, numbers: Sequence[int], seed: int = SEED) -> Rows:
    """Rows of the table by number; each has a chance of its own."""
    rivals, shares, figures = [], [], []
    for number in numbers:
        rng = np.random.default_rng([seed, number])
        rival = int(rng.integers(len(case.rivals)))
        priors = (*case.priors_of(case.rivals[rival]), *case.nuisances)
        drawn = {prior.name: float(rng.random()) for prior in priors}
        fate = {"seed": int(rng.integers(2**31))}
        rivals.append(rival)
        shares.append([drawn.get(name, np.nan) for name in names(case)])
        figures.append(simulated_case(case, case.simulate, priors, drawn | fate)["y"])
    return Rows(np.array(rivals), np.array(shares), np.array(figures))


def nearest(case: Case, rows: Rows, truth: int, count: int) -> Fit:
    """The fit of a made-up series, the row `truth`, by the nearest of the other rows."""
    points = tuple(
        replace(point, value=float(value), low=None, high=None)
        for point, value in zip(case.series.points, rows.figures[truth], strict=True)
    )
    made: Series = replace(case.series, points=points)
    fitted = len(points) - case.held_out
    away = distances(made, fitted, rows.figures, made.values)
    away[truth] = np.inf
    chosen = np.argsort(away, kind="stable")[:count]
    by_rival = {rival: chosen[rows.rivals[chosen] == place] for place, rival in enumerate(case.rivals)}
    shares = {
        rival: (
            tuple(prior.name for prior in (*case.priors_of(rival), *case.nuisances)),
            rows.shares[own][:, [names(case).index(p.name) for p in (*case.priors_of(rival), *case.nuisances)]],
        )
        for rival, own in by_rival.items()
    }
    return Fit(
        case=replace(case, series=made),
        probabilities=np.array([[len(own) / count for own in by_rival.values()]]),
        error=np.zeros(len(case.rivals)),
        epsilon=np.array([away[chosen[-1]]]),
        simulations=len(away) - 1,
        predictions={rival: rows.figures[own] for rival, own in by_rival.items()},
        shares=shares,
        weights={rival: np.full(len(own), 1.0 / max(len(own), 1)) for rival, own in by_rival.items()},
        particles=count,
    )


def covered(case: Case, rows: Rows, made_up: int, count: int) -> pd.DataFrame:
    """One row a made-up series and parameter of its true rival: rival, parameter, inside, below, above (the interval), contraction, distance (tolerance)."""
    found: list[dict[str, object]] = []
    for truth in range(made_up):
        rival = case.rivals[int(rows.rivals[truth])]
        fit = nearest(case, rows, truth, count)
        narrowed = shrinkage(fit, rival)
        if not narrowed:
            continue  # the true rival died out: there is no interval
        for prior in (*case.priors_of(rival), *case.nuisances):
            ends = posterior(fit, rival, prior, {"low": 0.05, "high": 0.95})
            value = prior.at(float(rows.shares[truth, names(case).index(prior.name)]))
            found.append(
                {
                    "truth": truth,
                    "rival": rival,
                    "parameter": prior.name,
                    "inside": ends["low"] <= value <= ends["high"],
                    "below": value < ends["low"],
                    "above": value > ends["high"],
                    "contraction": 1.0 - narrowed[prior.name],
                    "distance": float(fit.epsilon[-1]),
                }
            )
    return pd.DataFrame(found)


def summed(case: Case, found: pd.DataFrame) -> pd.DataFrame:
    """One row a parameter: case, parameter, made_up (series), inside (of them), share and its Wilson interval, truths below and above the interval, mean contraction and distance."""
    rows: list[dict[str, object]] = []
    for name in names(case):
        own = found[found["parameter"] == name]
        inside, number = int(own["inside"].sum()), len(own)
        low, high = wilson_interval(inside, number)
        rows.append(
            {
                "case": case.name,
                "parameter": name,
                "made_up": number,
                "inside": inside,
                "share": inside / number,
                "low": low,
                "high": high,
                "below": int(own["below"].sum()),
                "above": int(own["above"].sum()),
                "contraction": float(own["contraction"].mean()),
                "distance": float(own["distance"].mean()),
            }
        )
    return pd.DataFrame(rows)


def table(case: Case, place: Path, rows: int, until: float) -> Rows | None:
    """The table of a case, gone on with in a folder; None if the time was over before it was whole."""
    place.mkdir(parents=True, exist_ok=True)
    mark, said = place / "case.json", described(case, 0)
    if mark.is_file() and json.loads(mark.read_text()) != said:
        raise SystemExit(f"{place}: holds simulations of another case; remove it")
    mark.write_text(json.dumps(said))
    for first in range(0, rows, CHUNK):
        path = place / f"{first:06d}.npz"
        if path.is_file():
            continue
        if time.monotonic() > until:
            return None
        part = simulated(case, range(first, first + CHUNK))
        np.savez(path.with_suffix(".part.npz"), rivals=part.rivals, shares=part.shares, figures=part.figures)
        path.with_suffix(".part.npz").rename(path)
    parts = [np.load(place / f"{first:06d}.npz") for first in range(0, rows, CHUNK)]
    return Rows(*(np.concatenate([part[name] for part in parts]) for name in ("rivals", "shares", "figures")))


def case_named(name: str) -> Case:
    """The shipped case of that name, or the own one of the toy army."""
    return planned(name, OWN if name == "toy" else {})


def main() -> None:
    """Make the tables, or go on with them, and write what they show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1e6, help="end after so many minutes and go on another time")
    parser.add_argument("--place", type=Path, default=ROOT / "outputs" / "coverage", help="folder of the simulations")
    given = parser.parse_args()
    until = time.monotonic() + 60.0 * given.minutes
    tables, reliability = [], []
    for name, size in ROWS.items():
        case = case_named(name)
        rows = table(case, given.place / name, size, until)
        if rows is None:
            raise SystemExit("the time is over; the same command goes on")
        found = covered(case, rows, MADE_UP, NEAREST)
        tables.append(summed(case, found))
        reliability.append(_reliability(case, rows))
    write(pd.concat(tables), pd.concat(reliability))


def _reliability(case: Case, rows: Rows) -> pd.DataFrame:
    """How often there was contagion where the fit stated so much probability of it, by fifths."""
    stated = np.array([nearest(case, rows, truth, NEAREST).probabilities[-1][0] for truth in range(MADE_UP)])
    true = rows.rivals[:MADE_UP] == 0
    found = []
    for fifth in range(5):
        own = np.clip((stated * 5).astype(int), 0, 4) == fifth
        if own.any():
            low, high = wilson_interval(int(true[own].sum()), int(own.sum()))
            found.append(
                {
                    "case": case.name,
                    "stated": float(stated[own].mean()),
                    "made_up": int(own.sum()),
                    "true": float(true[own].mean()),
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(found)


def answer(reliability: pd.DataFrame) -> str:
    """Whether the stated probabilities are right, and on which side those are that are not."""
    sides = (reliability["low"] > reliability["stated"], reliability["high"] < reliability["stated"])
    told = [
        f"too {side} in {int(off.sum())} ("
        + "; ".join(
            f"{row.case}: {row.stated:.2f} stated, {row.true:.2f} true" for row in reliability[off].itertuples()
        )
        + ")"
        for side, off in zip(("low", "high"), sides, strict=True)
        if off.any()
    ]
    return (
        f"Series are sorted by what was stated of them, in fifths. Of {len(reliability)} rows the 95 % interval of what is true leaves out what was stated: "
        f"{' and '.join(told) or 'none'}."
    )


def write(coverage: pd.DataFrame, reliability: pd.DataFrame) -> None:
    """Write the two tables, as CSV and for reading."""
    place = ROOT / "experiments" / "calibrate"
    place.mkdir(parents=True, exist_ok=True)
    shown = {
        "share": "{:.3f}",
        "low": "{:.3f}",
        "high": "{:.3f}",
        "contraction": "{:.2f}",
        "distance": "{:.2f}",
        "stated": "{:.2f}",
        "true": "{:.2f}",
    }
    by_chance = binom.interval(0.95, MADE_UP, 0.9)
    blocks = [
        Heading("Coverage of calibrations", 1),
        Text(
            f"{MADE_UP:,} made-up series a case, drawn from the prior and simulated; the {NEAREST} nearest of the other rows of one table of "
            f"simulations a case ({', '.join(f'{name}: {rows:,}' for name, rows in ROWS.items())}) are the posterior of each. `inside`: series whose true "
            f"value lies in the middle 90 % of its posterior; in {MADE_UP:,} series {by_chance[0]:.0f} to {by_chance[1]:.0f} are what intervals that hold the truth in "
            "90 % allow (95 % of the draws of a binomial; 84 to 96 of 100 was aimed at); `below` and `above`: "
            "truths on either side of it. `distance`: mean tolerance of the posteriors (root mean squared, log scale). Remade by "
            "`python -m tests.study.calibration.interval_coverage`."
        ),
        Text(
            "`noise`, the dispersion of published counts, is a nuisance: histories with little of it come nearest whatever the truth, so that its interval lies "
            "too low. Fits do not list it among what is identified. A contraction near 0 says that the series tells nothing of an "
            "input: its interval is the prior's, and holds the truth for that reason alone."
        ),
    ]
    for title, one in (("", coverage), ("Is the stated probability of contagion right?", reliability)):
        blocks += [Heading(title), Text(answer(reliability))] if title else []
        cells = [
            tuple(shown[key].format(value) if key in shown else str(value) for key, value in row.items())
            for row in one.to_dict("records")
        ]
        blocks.append(Table(tuple(one.columns), cells))
    (place / "coverage.md").write_text(markdown(blocks))
    coverage.to_csv(place / "coverage.csv", index=False, float_format="%.4f", lineterminator="\n")
    reliability.to_csv(place / "reliability.csv", index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main()
