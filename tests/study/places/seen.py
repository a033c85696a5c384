"""Power of the test by place by what is seen: 10, 100 or 1,000 places, with the links along which contagion ran or with permuted ones.

`python -m tests.study.places.seen` makes the histories, goes on where it stopped and writes `seen.csv` and `seen.png` in `experiments/places/`, whose `seen.md`
holds the plan; it prints that page's table. Histories are those of `study/places/worlds.py`: a place is a person of the scenario `laboratory`, and acts once.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from desertion.figures import style
from desertion.files import replacing, write_text
from desertion.study.arrays import Array, Indices
from desertion.study.blocks import Table, markdown
from desertion.study.places.finding import LEVEL
from desertion.study.places.links import Links, cells, within
from desertion.study.places.pairs import Outcome, compare_pairs
from desertion.study.places.power import FEW, SHOCK, middle
from desertion.study.places.worlds import Map, histories
from desertion.study.statistics import wilson_interval

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "experiments" / "places"

SEED, HISTORIES, PILOT = 20_261_130, 200, 2_000
"""Histories a cell; places of the histories, of other seeds, on which the strength of contagion is found."""
UNITS = (10, 100, 1_000)
SPACING, REACH, STRATUM = 10.0, 12.0, 25  # km a place, km of the longest link, places a stratum
WEEKS, ACT, WINDOW, RISE = 9, 0.5, 3, 3.0  # RISE: log hazard from the first week to the last, with a trend
SWAPS, HALVINGS, STRONGEST = 3, 9, 60.0


class Kind(NamedTuple):
    """What makes the histories of a cell.

    Attributes:
        name: as in the table.
        owed: share of those who act that would have stayed without contagion, as aimed at.
        trend: whether the hazard rises.
        cell: places that share shocks; 0 for no shocks.
    """

    name: str
    owed: float = 0.0
    trend: bool = False
    cell: int = 0


KINDS = (
    *(Kind(f"{100 * owed:.0f} % owed", owed) for owed in (0.0, 0.05, 0.2, 0.5, 0.8)),
    Kind("trend", trend=True),
    Kind("shocks in cells of 4", cell=4),
    Kind("shocks in cells of 12", cell=12),
)


def rates(kind: Kind) -> Array:
    """Hazard a day by week at which, without contagion, a share `ACT` (1 - owed) of the places acts; shocks raise the mean of the hazard, which is taken out."""
    course = np.exp(np.linspace(0.0, RISE * kind.trend, WEEKS))
    total = -math.log1p(-ACT * (1.0 - kind.owed)) * math.exp(-(SHOCK**2) / 2.0 * bool(kind.cell))
    return course / course.sum() * total / 7.0


def ground(units: int, number: int, kind: Kind) -> Map:
    """The map of a history: places at random, as dense whatever their number, the same for all kinds."""
    points = np.random.default_rng([SEED, units, number]).random((units, 2)) * SPACING * math.sqrt(units)
    return Map(points=points, links=within(points, REACH), rates=rates(kind))


def history(place: Map, number: int, kind: Kind, weight: float) -> Array:
    """Days of first events, shape (unit,), NaN without; people and fates are those of the number, whatever the kind and the weight."""
    shock = SHOCK if kind.cell else 0.0
    return histories(place, 1, SEED + number, weight=weight, shock=shock, cell=kind.cell or 4)[0]


def owed_share(made: Sequence[Array], plain: Sequence[Array]) -> float:
    """Share of those who act that would have stayed in the same histories without contagion; 0 if nobody acts."""
    acted = sum(int(np.isfinite(day).sum()) for day in made)
    stayed = sum(int((np.isfinite(day) & np.isnan(other)).sum()) for day, other in zip(made, plain, strict=True))
    return stayed / max(acted, 1)


def weight_for(units: int, kind: Kind) -> float:
    """Log hazard for all tied places gone at which a share `ACT` acts, by halving on pilot histories that are not judged."""
    if not kind.owed:
        return 0.0
    numbers = range(HISTORIES, HISTORIES + max(PILOT // units, 4))
    places = [ground(units, number, kind) for number in numbers]
    low, high = 0.0, STRONGEST
    for _ in range(HALVINGS):
        weight = (low + high) / 2.0
        days = [history(place, number, kind, weight) for place, number in zip(places, numbers, strict=True)]
        low, high = (weight, high) if float(np.mean(np.isfinite(days))) < ACT else (low, weight)
    return (low + high) / 2.0


def permuted(links: Links, rng: np.random.Generator) -> Links:
    """Links of which each unit has as many as before, by swaps of the ends of two; none to itself, none twice (Maslov and Sneppen 2002, Science 296, 910)."""
    pairs = [(int(a), int(b)) for a, b in zip(links.sender, links.receiver, strict=True)]
    known = {frozenset(pair) for pair in pairs}
    for first, second, turn in rng.integers(0, [len(pairs), len(pairs), 2], (SWAPS * len(pairs), 3)).tolist():
        (a, b), (c, d) = pairs[first], pairs[second][:: -1 if turn else 1]
        new = {frozenset((a, d)), frozenset((c, b))}
        if len({a, b, c, d}) == 4 and not new & known:
            known ^= new | {frozenset((a, b)), frozenset((c, d))}
            pairs[first], pairs[second] = (a, d), (c, b)
    sender, receiver = np.array(pairs, np.intp).reshape(-1, 2).T
    return Links(sender, receiver)


def tested(day: Array, links: Links, strata: Indices, rng: np.random.Generator) -> dict[str, float]:
    """The primary test of `desertion contagion` on one history: p, whether no order could alarm, and the ratio of close pairs to their expectation."""
    acted = np.isfinite(day)
    if acted.sum() < 2:
        return {"p": 1.0, "untested": True, "ratio": math.nan}
    outcome = Outcome(name="", links=links.numbered(acted), days=day[acted, None], high=WINDOW)
    test = compare_pairs([outcome], strata[acted], most=FEW, rng=rng)[0]
    return {"p": test.p, "untested": test.least > LEVEL, "ratio": test.ratio}


def judged(units: int, kind: Kind) -> list[dict[str, Any]]:
    """The rows of a cell, one for own and one for permuted links."""
    weight = weight_for(units, kind)
    made: list[Array] = []
    plain: list[Array] = []
    tests: dict[str, list[dict[str, float]]] = {"own": [], "permuted": []}
    for number in range(HISTORIES):
        place = ground(units, number, kind)
        day = history(place, number, kind, weight)
        made.append(day)
        plain.append(history(place, number, kind, 0.0) if weight else day)
        rng = np.random.default_rng([SEED, units, number, KINDS.index(kind)])
        strata = cells(place.points, STRATUM)
        for name, links in (("own", place.links), ("permuted", permuted(place.links, rng))):
            tests[name].append(tested(day, links, strata, rng))
    told = {
        "units": units,
        "history": kind.name,
        "owed": owed_share(made, plain),
        "weight": weight,
        "acted": float(np.mean(np.isfinite(made))),
    }
    return [told | _summed(name, own) for name, own in tests.items()]


def _summed(name: str, tests: Sequence[dict[str, float]]) -> dict[str, Any]:
    alarms = sum(test["p"] <= LEVEL for test in tests)
    low, high = wilson_interval(alarms, len(tests))
    return {
        "links": name,
        "histories": len(tests),
        "untested": int(sum(test["untested"] for test in tests)),
        "alarms": alarms,
        "low": low,
        "high": high,
        "ratio": middle(np.array([test["ratio"] for test in tests])),
    }


def kept(units: int, kind: Kind, place: Path) -> list[dict[str, Any]]:
    """The rows of a cell, from the folder if they were made with the same settings."""
    path = place / f"{units}-{kind.name.replace(' ', '-').replace('%', 'percent')}.json"
    settings = json.loads(
        json.dumps([SEED, HISTORIES, PILOT, SPACING, REACH, STRATUM, WEEKS, ACT, WINDOW, RISE, SWAPS, kind])
    )
    if path.is_file() and (known := json.loads(path.read_text()))["settings"] == settings:
        return known["rows"]
    rows = judged(units, kind)
    write_text(path, json.dumps({"settings": settings, "rows": rows}))
    return rows


def table(rows: pd.DataFrame) -> str:
    """The page's table: a row a number of places and kind of links, a column a kind of history; share of alarms with its 95 % interval."""
    lines: list[tuple[str, ...]] = []
    for (units, links), own in rows.groupby(["units", "links"], sort=False):
        told = [
            f"{row['alarms'] / row['histories']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
            for row in own.to_dict("records")
        ]
        lines.append((f"{units:,}", str(links), *told))
    lines.sort(key=lambda line: ("own", "permuted").index(line[1]))
    return markdown([Table(("places", "links", *(kind.name for kind in KINDS)), lines)])


def totals() -> pd.DataFrame:
    """What totals show of it, from the test on totals: owed (middle of each range), low and high, the least and the greatest power among its series."""
    found = pd.read_csv(ROOT / "experiments" / "thesis" / "power.csv").query("form == 'all'")
    found = found.assign(owed=(found["owed_from"] + found["owed_to"]) / 2.0, share=found["found"] / found["histories"])
    return found.groupby("owed")["share"].agg(low="min", high="max").reset_index()


def draw(rows: pd.DataFrame, path: Path) -> Path:
    """The picture: power by share owed, a line a number of places; permuted links and totals beside them."""
    owed = rows[rows["history"].isin([kind.name for kind in KINDS if not (kind.trend or kind.cell)])]
    with style.house():
        figure = style.new_figure("column")
        ax = figure.subplots()
        band = totals()
        ax.fill_between(
            100 * band["owed"], band["low"], band["high"], color=style.grid_color(), label="totals (another test)"
        )
        for place, (units, pen) in enumerate(zip(UNITS, style.pens(len(UNITS) + 1)[1:], strict=True)):
            own = owed[(owed["units"] == units) & (owed["links"] == "own")]
            false = owed[(owed["units"] == units) & (owed["links"] == "permuted")]
            x, share = 100 * own["owed"], own["alarms"] / own["histories"]
            mark, color = "osD"[place], pen.color
            ax.plot(
                x, share, mark, linestyle=pen.linestyle, color=color, markersize=4, label=f"{units:,} places, own links"
            )
            ax.vlines(x, own["low"], own["high"], color=color, linewidth=1.2)
            share = false["alarms"] / false["histories"]
            ax.plot(100 * false["owed"], share, mark, color=color, markersize=4, markerfacecolor="none")
        ax.axhline(LEVEL, color=style.ink(), linewidth=1.0, linestyle=(0, (4, 2)))
        ax.set(
            xlabel="share of those who act owed to contagion, %",
            ylabel="share of histories that alarm",
            ylim=(-0.02, 1.02),
        )
        ax.set_xlim(-2, 92)
        style.legend_above(ax, 2)
        style.note(
            figure,
            "Hollow: permuted links. Whiskers: 95 % intervals. Dashed: 5 %. Grey: least to greatest power of the test on totals among its five series.",
        )
        return style.save(figure, path)


def main() -> None:
    """Make the histories, or go on with them, and write what they show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--place", type=Path, default=ROOT / "outputs" / "seen", help="folder of the cells that are done"
    )
    place = parser.parse_args().place
    rows = pd.DataFrame([row for units in UNITS for kind in KINDS for row in kept(units, kind, place)])
    with replacing(PAGE / "seen.csv") as path:
        rows.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")
    draw(rows, PAGE / "seen.png")
    print(table(rows), end="")


if __name__ == "__main__":
    main()
