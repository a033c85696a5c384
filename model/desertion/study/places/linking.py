"""Who is linked to whom in a user's events: by a file of links, by a column of neighbours, or by distance."""

from pathlib import Path

import numpy as np

from desertion.errors import InputError, input_error
from desertion.study.places.events import Columns, Events
from desertion.study.places.links import Links, to_nearest, within
from desertion.study.places.table import Table, read_table


def links_of(
    events: Events,
    table: Table,
    columns: Columns,
    links: Path | None,
    distance: float | None,
) -> tuple[Links, str, float | None]:
    """Who is linked to whom, in words how, and the distance in km if that is what links.

    At most one of a file of links, a column of neighbours and a distance is given. Without any, units are linked within the median distance to the
    fourth nearest, a rule that looks at positions only.

    Args:
        events: the events.
        table: the table that they were read from.
        columns: its columns.
        links: CSV file with columns `from` and `to` (directed, but mutual if each stands there both ways) or `a` and `b` (mutual).
        distance: km within which units are linked.

    Raises:
        InputError: links name unknown units, or there is nothing to link by, or more than one thing.
    """
    ways = {
        "a table of links": links is not None,
        "a column of neighbours": bool(columns.neighbours),
        "a distance": distance is not None,
    }
    given = [name for name, is_given in ways.items() if is_given]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} each say which units are linked: give one of them")
    if links is not None:
        return *_listed(events, links, columns), None
    if columns.neighbours:
        return _neighbours(events, table, columns), f"listed in {columns.neighbours}", None
    if events.points is None:
        raise InputError(
            f"{table.where}: there is nothing to tell neighbours by; give columns lat and lon (or x and y in km), or a table of links"
        )
    if distance is None:
        distance = float(np.median(to_nearest(events.points, 4)))
        if not distance:
            raise InputError(
                f"{table.where}: most units share a place with their neighbours, so that no distance follows from the table; give one in km"
            )
    if not distance > 0.0 or not np.isfinite(distance):
        raise input_error("distance", distance, "must be a finite number of km above 0")
    found = within(events.points, distance)
    if not len(found):
        raise InputError(f"{table.where}: a distance of {distance:g} km links no two units; take a larger one")
    return found, f"within {distance:.3g} km", distance


def _listed(events: Events, path: Path, named: Columns) -> tuple[Links, str]:
    table = read_table(path)
    ends = [("from", "to"), ("a", "b")]
    columns = next((pair for pair in ends if set(pair) <= set(table.columns)), None)
    if columns is None:
        raise InputError(
            f"{table.where}: columns are {', '.join(table.columns)}; they must be from and to (directed links) or a and b (mutual ones)"
        )
    places = {name: place for place, name in enumerate(events.units)}
    pairs: set[tuple[int, int]] = set()
    for first, second, row in zip(table.column(columns[0]), table.column(columns[1]), table.rows, strict=True):
        for name in (first, second):
            if name not in places and not named.only:
                raise InputError(
                    f"{row.where}: there is no unit {name!r} among the events; if nothing happened to it by the last day, name it there without a date and say --never (in Python columns={{'never': True}})"
                )
        if first not in places or second not in places:  # left out with the rows of the events
            continue
        pair = (places[first], places[second])
        if pair[0] == pair[1]:
            raise InputError(f"{row.where}: links {first!r} to itself; leave the line out")
        if pair in pairs or (columns[0] == "a" and pair[::-1] in pairs):
            raise InputError(f"{row.where}: the link of {first!r} and {second!r} stands there twice")
        pairs.add(pair)
    if not pairs:
        raise InputError(f"{table.where}: links no two units of the events")
    how, directed = f"listed in {table.where}", columns[0] == "from"
    twofold = {pair for pair in pairs if pair[0] < pair[1] and pair[::-1] in pairs}
    if directed and 2 * len(twofold) == len(pairs):
        pairs, directed, how = twofold, False, f"{how}, all of them both ways"
    elif twofold:
        how = f"{how}, {len(twofold):,} of the pairs both ways, which say nothing of who is first"
    ordered = np.array(sorted(pairs), np.intp)
    return Links(ordered[:, 0], ordered[:, 1], directed), how


def _neighbours(events: Events, table: Table, columns: Columns) -> Links:
    places = {name: place for place, name in enumerate(events.units)}
    pairs: set[tuple[int, int]] = set()
    for name, cell, row in zip(table.column(columns.unit), table.column(columns.neighbours), table.rows, strict=True):
        for other in cell.split():
            if other not in places and not columns.only:
                raise InputError(
                    f"{row.where}: {columns.neighbours} of {name!r} names {other!r}, which is no unit of this table"
                )
            if other in places and other != name:
                pairs.add((min(places[name], places[other]), max(places[name], places[other])))
    if not pairs:
        raise InputError(f"{table.where}: {columns.neighbours} links no two units")
    ordered = np.array(sorted(pairs), np.intp)
    return Links(ordered[:, 0], ordered[:, 1])
