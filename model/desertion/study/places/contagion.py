"""`contagion`: a user's own events put to the tests by place, with power and placebos."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.figures.labels import percent
from desertion.files import shown
from desertion.parameters.arguments import COUNT, COUNT_OR_NONE, DAYS, POSITIVE, SEED, TABLE, ruled
from desertion.study.arrays import Array, Indices
from desertion.study.places.events import Columns, Events, of_units, read_events
from desertion.study.places.finding import IN_FAMILY, LEVEL, Attack, Finding, days_apart, is_blind, refuse_too_few
from desertion.study.places.hazards import hazards
from desertion.study.places.linking import links_of
from desertion.study.places.links import Links, doubled, halved, inland, lengths, placebo, within
from desertion.study.places.pairs import Outcome, PairTest, compare_pairs, order_of
from desertion.study.places.power import DRAWS, FEW, alarms, also_alarms, middle, model_alarms
from desertion.study.places.report import numbers as numbers_of
from desertion.study.places.verdict import Verdict, judge

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

WINDOWS = (1, 2, 5, 7)
DISTANCES = (1 / 3, 2 / 3, 4 / 3, 2.0)  # multiples of the primary distance
MISSING = (0.3, 0.6)
THINNINGS = 100


@dataclass(frozen=True, kw_only=True)
class Contagion(Finding):
    """What the events say, with the verdict and the table of all numbers."""

    def __repr__(self) -> str:
        return f"Contagion({self.verdict.word}; verdict, table)"

    @property
    def verdict(self) -> Verdict:
        """The word for the finding, and the sentences that say what it can and cannot tell."""
        return judge(self)

    @property
    def table(self) -> pd.DataFrame:
        """All numbers, unrounded, one row a test, hazard, attack or made-up history; columns as in `contagion.csv`."""
        return numbers_of(self)


@ruled(distance=POSITIVE, window=DAYS, permutations=COUNT, histories=COUNT_OR_NONE, model=COUNT_OR_NONE, seed=SEED)
def contagion(
    events: str | Path | pd.DataFrame,
    links: str | Path | pd.DataFrame | nx.Graph[Any] | Sequence[tuple[Any, Any]] | None = None,
    *,
    columns: Columns | Mapping[str, Any] | None = None,
    distance: float | None = None,
    window: int = 3,
    permutations: int = 9999,
    histories: int = 200,
    model: int = 0,
    seed: int = 1,
) -> Contagion:
    """What a table of events says about contagion between linked units.

    Args:
        events: CSV file or data frame, a row an event: unit, date, and positions (`lat`, `lon` or `x`, `y` in km) unless there are links.
        links: CSV file or data frame of links, columns `from` and `to` (directed) or `a` and `b` (mutual); a networkx graph; or pairs (mutual).
        columns: names of the columns, if they are not `unit` and `date`, and the strata: `{"strata": "district"}`.
        distance: km within which units are linked, where no links are given.
        window: most days between two events that are close.
        permutations: permutations of the primary test and its family.
        histories: made-up histories for each row of power and false alarms; 0 for none. With fewer than 73 no direction is told: their 95 % intervals reach beyond 5 %.
        model: histories of this model on the same map for each row of power; 0 for none. Contagion in them runs both ways along each link.
        seed: where all chance comes from.

    Returns:
        What was found; `verdict` says in words what it can tell and what not, `table` holds all numbers.

    Raises:
        InputError: the tables or an argument are wrong, or there are too few events.
    """
    refuse_too_few(permutations, histories=histories, model=model)
    rng = np.random.default_rng(seed)
    named = columns if isinstance(columns, Columns) else _named(columns or {})
    with tempfile.TemporaryDirectory(prefix="desertion-") as place:
        try:
            data, table = read_events(_file("events", events, Path(place)), named, rng)
            listed = None if links is None else _file("links", links, Path(place))
            linked, how, reach = links_of(data, table, named, listed, distance)
            if not len(linked.among(data.acted)):
                raise InputError(
                    f"{table.where}: no two linked units ({how}) both have an event, so there is nothing to compare"
                )
        except InputError as error:
            raise InputError(_frames_named(str(error), Path(place))) from error
        how = _frames_named(how, Path(place))
    primary, *apart = compare_pairs(
        [_primary(data, linked, window), *_apart(data, linked, window)],
        data.strata,
        batches=data.batch,
        most=permutations,
        rng=rng,
    )
    family = compare_pairs(
        _family(data, linked, window, reach), data.strata, batches=data.batch, most=permutations, rng=rng
    )
    false_links = placebo(data.points, linked, data.strata, rng)
    if is_blind(primary):  # and so on made-up histories with the same dates
        histories = model = 0
    return Contagion(
        events=data,
        links=linked,
        how=how,
        window=window,
        primary=replace(primary, family=primary.p),
        order=order_of(_primary(data, linked, window), data.batch) if linked.directed else None,
        apart=tuple(replace(each, family=each.p) for each in apart),
        family=tuple(family),
        hazards=hazards(data, linked, false_links, window),
        attacks=tuple(_attacks(data, linked, window, reach, rng)),
        alarms=(
            *(alarms(data, linked, false_links, window, primary.ratio, histories, seed) if histories else ()),
            *(also_alarms(data, linked, false_links, window, family, histories, seed) if histories else ()),
            *(model_alarms(data, linked, false_links, window, primary.ratio, model, seed) if model else ()),
        ),
        spans=None
        if data.points is None or not len(false_links)
        else (float(lengths(data.points, linked).mean()), float(lengths(data.points, false_links).mean())),
    )


def _primary(data: Events, links: Links, window: int, days: Array | None = None) -> Outcome:
    return Outcome(name="primary", links=links, days=data.first if days is None else days, high=window)


def _apart(data: Events, links: Links, window: int) -> list[Outcome]:
    """Pairs whose order is not known, and these with the others."""
    if len(data.intervals):
        one = Outcome(name="in one reporting interval", links=links, days=data.first, batch="only")
        both = Outcome(name="both together", links=links, days=data.first, low=0, high=window, batch="any")
        return [one, both]
    one = Outcome(name="on the same day", links=links, days=data.first, low=0, high=0)
    return [one, Outcome(name=f"0 to {window} days apart", links=links, days=data.first, low=0, high=window)]


def _family(data: Events, links: Links, window: int, reach: float | None) -> list[Outcome]:
    # Reporting intervals are those of the primary dates: further ones are exact days.
    outcomes = [
        Outcome(name=name, links=links, days=days, high=window, batch="any") for name, days in data.also.items()
    ]
    if reach is not None and data.points is not None:
        for multiple in DISTANCES:
            wider = within(data.points, multiple * reach)
            if len(wider.among(data.acted)):
                outcomes.append(
                    Outcome(name=f"within {multiple * reach:.3g} km", links=wider, days=data.first, high=window)
                )
    for days in WINDOWS:
        if days != window:
            outcomes.append(Outcome(name=days_apart(days), links=links, days=data.first, high=days))
    same = data.strata[links.sender] == data.strata[links.receiver]
    if reach is None and same.any() and not same.all():
        inner = Links(links.sender[same], links.receiver[same], links.directed)
        outcomes.append(Outcome(name="within strata only", links=inner, days=data.first, high=window))
    if len(data.intervals):
        report = np.where(data.batch >= 0, data.intervals[data.batch, 1], np.nan)[:, None]
        outcomes.append(Outcome(name="dates at the report", links=links, days=report, high=window))
    again = _apart(data, links, window)[: 2 if len(data.intervals) else 1]
    return outcomes + [replace(each, name=each.name + IN_FAMILY) for each in again]


def _attacks(data: Events, links: Links, window: int, reach: float | None, rng: np.random.Generator) -> list[Attack]:
    """The primary test with other strata, without the edge, and with units missing."""
    rows: list[Attack] = []

    def retest(name: str, strata: Indices, kept: NDArray[np.bool_] | None = None) -> None:
        mask = np.ones(len(strata), np.bool_) if kept is None else kept
        result = _again(data, links, window, strata, mask, 999, rng)
        if result is not None:
            rows.append(Attack(name=name, ratio=result.ratio, p=result.p))

    if data.points is not None:
        retest("strata of half size", halved(data.points, data.strata))
        if len(np.unique(data.strata)) > 1:
            retest("strata of double size", doubled(data.points, data.strata))
        edge = reach if reach is not None else float(np.median(lengths(data.points, links)))
        retest(f"without units within {edge:.3g} km of the hull", data.strata, inland(data.points, edge))
    if data.size is not None:
        retest("strata cut in two by size", _by_size(data.strata, data.size))
    acted = np.flatnonzero(data.acted)
    for share in MISSING:
        drawn: list[PairTest] = []
        for _ in range(THINNINGS):
            kept = np.ones(len(data.units), np.bool_)
            kept[rng.permutation(acted)[: round(share * len(acted))]] = False
            result = _again(data, links, window, data.strata, kept, FEW, rng)
            if result is not None:
                drawn.append(result)
        if drawn:
            rows.append(
                Attack(
                    name=f"{percent(share)} of the units missing",
                    ratio=middle(np.array([each.ratio for each in drawn])),
                    p=float(np.median([each.p for each in drawn])),
                    share=sum(each.p <= LEVEL for each in drawn) / len(drawn),
                )
            )
    return rows


def _by_size(strata: Indices, size: Array) -> Indices:
    """Strata in two: units above the middle size of their stratum, and the others with those whose size is not known."""
    large = np.zeros(len(strata), np.intp)
    for stratum in np.unique(strata):
        own = np.flatnonzero((strata == stratum) & ~np.isnan(size))
        if len(own):
            large[own] = size[own] > np.median(size[own])
    return 2 * strata + large


def _again(
    data: Events,
    links: Links,
    window: int,
    strata: Indices,
    kept: NDArray[np.bool_],
    most: int,
    rng: np.random.Generator,
) -> PairTest | None:
    """The primary test on the units kept; none if no linked pair is left."""
    inside = kept & data.acted
    if not len(links.among(inside)):
        return None
    left = of_units(data, inside)
    outcome = _primary(left, links.numbered(inside), window, left.first[:, :DRAWS])
    return compare_pairs([outcome], strata[inside], batches=left.batch, most=most, rng=rng)[0]


def _named(columns: Mapping[str, Any]) -> Columns:
    known = [field.name for field in fields(Columns)]
    for name in TABLE.checked("columns", columns):
        refuse_unknown("key of columns", name, known)
    single: dict[str, Any] = {  # one may stand there without a list
        name: (columns[name],) for name in ("also", "only") if isinstance(columns.get(name), str)
    }
    return Columns(**{**columns, **single})


def _file(name: str, table: object, place: Path) -> Path:
    """The file of a table: a data frame is written where it can be read like any other, by the same rules."""
    if isinstance(table, str | Path):
        return Path(table)
    frame = _framed(table) if name == "links" else table
    if not (hasattr(frame, "to_csv") and hasattr(frame, "columns")):
        more = ", a networkx graph or pairs of units" if name == "links" else ""
        raise input_error(name, table, f"must be the path of a CSV file or a data frame{more}")
    cast("pd.DataFrame", frame).to_csv(file := place / f"{name}.csv", index=False)
    return file


def _framed(links: Any) -> object:
    """The data frame of a networkx graph or of pairs, which go both ways; anything else as it is."""
    import pandas as pd

    is_graph = hasattr(links, "edges") and hasattr(links, "is_directed")
    ends = ["from", "to"] if is_graph and links.is_directed() else ["a", "b"]
    if is_graph:
        return pd.DataFrame([edge[:2] for edge in links.edges], columns=ends)
    if isinstance(links, list | tuple) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in links):
        return pd.DataFrame(links, columns=ends)
    return links


def _frames_named(text: str, place: Path) -> str:
    """A sentence in which data frames are called by their argument, and their rows as pandas counts them, not by files that nobody made."""
    files = "|".join(re.escape(shown(place / f"{name}.csv")) for name in ("events", "links"))

    def named(found: re.Match[str]) -> str:
        name = Path(found[1]).stem
        return f"{name}.iloc[{int(found[2]) - 2}]" if found[2] else name

    return re.sub(rf"({files})(?::(\d+))?", named, text)
