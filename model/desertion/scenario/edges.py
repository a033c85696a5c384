"""A user's own graph of ties: an edge list, GraphML, GML, a networkx graph or pairs, as pairs of person numbers."""

import csv
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError, shortened
from desertion.files import shown
from desertion.reading import text

_MARKUP = (".graphml", ".gml")
_COMMENTS = ("#", "%", "//")
_LETTERS = (("a", "b"), ("i", "j"), ("u", "v"))
_PERSONS = (
    ("source", "target"),
    ("from", "to"),
    ("fromnodeid", "tonodeid"),
    ("from_node", "to_node"),
    ("ego", "alter"),
    ("person1", "person2"),
    ("person_1", "person_2"),
    ("node1", "node2"),
    ("id1", "id2"),
    ("id_1", "id_2"),
    *_LETTERS,
)
_HEADINGS = frozenset(
    ["person", "id", "node", "weight", "index", "type", *(name for pair in _PERSONS for name in pair)]
).difference(*_LETTERS)
_WHOLE = re.compile(r"[0-9]{1,18}(\.0*)?")
_QUOTED = re.compile(r'"[^"]*"')
_DATA = re.compile(r"""[\s,;|]\{(['"].*)?\}\s*$""")
"""What networkx writes about a tie behind its persons."""
_REMARK = re.compile(r"\s#(?=(\s|$)?)")
_NUMBERS = re.compile(r"[0-9.,;|\s]+")
_NUMERIC = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?(e[+-]?[0-9]+)?", re.I)


class TooFewPersonsError(InputError):
    """A graph names more persons than the run has; more may be asked for after the graph is read."""


class Edges(NamedTuple):
    """Ties between persons, shape (ties, 2), each once, in the order of the graph; what was decided while reading; and how many persons have no tie, the last remark if any."""

    ties: NDArray[np.int64]
    remarks: tuple[str, ...]
    alone: int = 0


class _Raw(NamedTuple):
    """A graph as written: ties by name, all persons if more than those are named, and the line of each tie."""

    pairs: Sequence[tuple[str, str]]
    persons: Sequence[str]
    lines: Sequence[int]


def pairs_of(graph: Any, n: int) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    """The pairs of a networkx graph, its persons numbered as those of a file are, or of pairs; and what was done with numbers and names.

    Args:
        graph: The graph or pairs.
        n: Persons of the run; more are taken for granted if the graph has more.

    Raises:
        InputError: If it is neither, or its nodes are partly numbers and partly names.
    """
    try:
        if not (hasattr(graph, "nodes") and hasattr(graph, "edges")):
            return tuple((_whole(a), _whole(b)) for a, b in graph), ()
        raw = _Raw(
            [(_name(edge[0]), _name(edge[1])) for edge in graph.edges], [_name(node) for node in graph.nodes], ()
        )
    except (TypeError, ValueError, OverflowError) as error:
        rule = "must be a path, a networkx graph, or pairs of person numbers such as [(0, 17), (3, 5)]"
        raise InputError(f"graph = {shortened(graph)} {rule}", key="graph", value=graph) from error
    again = next((name for name, times in Counter(raw.persons).items() if times > 1), None)
    if again is not None:
        raise InputError(f"graph: two nodes are called {shortened(again)}; give each a name of its own")
    remarks: list[str] = []
    ends = _numbered(raw, max(n, len(raw.persons)), "graph", remarks) if raw.pairs else np.zeros((0, 2), np.int64)
    return tuple((int(a), int(b)) for a, b in ends.tolist()), tuple(remarks)


def _name(node: Any) -> str:
    """What a node of a networkx graph is called in a file: 17 for the numbers 17, 17.0 and NumPy's, else its text."""
    is_whole = isinstance(node, int | float | np.integer | np.floating) and float(node).is_integer()
    return str(int(node) if is_whole else node)


def _whole(value: Any) -> int:
    if int(value) != value:
        raise ValueError("no whole number")
    return int(value)


def read_edges(graph: str | Path | Sequence[tuple[int, int]], n: int) -> Edges:
    """The ties of a graph, by persons as numbered in `DesertionModel.people()`, from 0.

    An edge list has a tie a line: two persons, divided by commas, semicolons, tabs, bars or blanks, under a heading or
    none. The persons are the columns from and to (source and target, person1 and person2, a and b and the like), or two
    columns alone, or the first two where only numbers or a weight follow; further columns and comments are passed over.
    A first line whose names stand again below is a tie. A tie holds both ways, whether the graph gives it once or in
    both directions. Names, and numbers from 1, are put in place of persons in order; what was done is remarked.

    Args:
        graph: Path of an edge list or of a file .graphml or .gml, or pairs.
        n: Persons of the run.

    Raises:
        InputError: If the file cannot be read, is no graph, names more persons than there are, or ties somebody to
            himself. The sentence names the line.
    """
    remarks: list[str] = []
    if isinstance(graph, str | Path):
        file = Path(graph)
        where = f"graph: {shown(file)}"
        raw = _markup(file, where) if file.suffix.lower() in _MARKUP else _edge_list(text(file), where, remarks)
    else:
        where = "graph"
        raw = _Raw([(str(a), str(b)) for a, b in graph], (), ())
    if not raw.pairs:
        raise InputError(f"{where} holds no ties; an edge list has two persons a line, as in 0,17", where=where)
    ends = _numbered(raw, n, where, remarks)
    alone = np.flatnonzero(ends[:, 0] == ends[:, 1])
    if len(alone):
        first = int(alone[0])
        person = shortened(raw.pairs[first][0], plain=True)
        raise InputError(f"{where}{_line(raw, first)}: person {person} is tied to himself; leave that tie out")
    low, high = ends.min(axis=1), ends.max(axis=1)
    _, once = np.unique(low * n + high, return_index=True)
    if len(once) < len(ends):
        again = len(ends) - len(once)
        remarks.append(
            f"{where}: {again:,} of {len(ends):,} ties stand there again or in both directions; each counts once"
        )
    ties = ends[np.sort(once)]
    without = n - len(np.unique(ties))
    if without:
        remarks.append(f"{where}: {without:,} of {n:,} persons have no tie")
    return Edges(ties, tuple(remarks), without)


def _line(raw: _Raw, tie: int) -> str:
    return f", line {raw.lines[tie]}" if raw.lines else ""


def _edge_list(content: str, where: str, remarks: list[str]) -> _Raw:
    rows = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if _is_row(line)]
    if not rows:
        return _Raw((), (), ())
    rows = [(number, _tie_of(line)) for number, line in rows]
    bare = _QUOTED.sub("", rows[0][1])
    delimiter = next((sign for sign in ",;\t|" if sign in bare), None)
    cells = [(number, _split(line, delimiter)) for number, line in rows]
    names = _heading(cells, where, remarks)
    rows_ = cells[1:] if names else cells
    if not rows_:
        return _Raw((), (), ())
    width = max(len(row) for _, row in rows_)
    a, b = _columns(names, rows_, where)
    for number, row in rows_:
        if len(row) <= max(a, b) or not row[a] or not row[b]:
            line = shortened(content.splitlines()[number - 1].strip())
            raise InputError(
                f"{where}, line {number}: {line} has no two persons; write a tie a line, as in 0,17", where=where
            )
        if len(row) != width:
            rule = f"has {len(row)} columns, others {width}; write a tie a line, as in 0,17 (networkx.write_edgelist)"
            raise InputError(f"{where}, line {number}: the line {rule}", where=where)
    others = [names[place] if place < len(names) else "" for place in range(width) if place not in (a, b)]
    if names and names[0] == "":  # the row number that pandas writes
        others = others[1:]
    if others:
        listed = ", ".join(others) if all(others) else f"{len(others)} after the two persons"
        remarks.append(f"{where}: further columns ({shortened(listed, plain=True)}) are ignored: ties have no weight")
    return _Raw([(row[a], row[b]) for _, row in rows_], (), [number for number, _ in rows_])


def _is_row(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.startswith(_COMMENTS)


def _tie_of(line: str) -> str:
    """A line without the remark at its end, behind numbers or with a blank after its #, since a name may be Unit #3, and without the attributes of networkx, however many."""
    line = _DATA.sub("", line)
    for remark in _REMARK.finditer(_QUOTED.sub(lambda name: "-" * len(name[0]), line)):
        head = line[: remark.start()]
        if remark[1] is not None or _NUMBERS.fullmatch(head):
            return head
    return line


def _split(head: str, delimiter: str | None) -> list[str]:
    """The cells of a line."""
    if delimiter is not None and '"' in head:  # a name in quotation marks may hold the sign that divides columns
        try:
            raw = next(csv.reader([head], delimiter=delimiter, skipinitialspace=True))
        except csv.Error:  # a cell of more than 131,072 signs
            raw = head.split(delimiter)
    else:
        raw = head.split(delimiter)
    cells = [cell.strip().strip("\"'").strip() for cell in raw]
    while len(cells) > 2 and not cells[-1]:
        cells.pop()
    return cells


def _heading(cells: Sequence[tuple[int, list[str]]], where: str, remarks: list[str]) -> list[str]:
    """The names of the columns in small letters if the first line is a heading; none if it is a tie."""
    (line, first), below = cells[0], [row for _, row in cells[1:]]
    if any(_NUMERIC.fullmatch(cell) for cell in first):
        return []
    names, shown_line = [cell.lower() for cell in first], shortened(", ".join(first), plain=True)
    if below and any(_NUMERIC.fullmatch(cell) for cell in below[0]):
        return names
    again = set(first).intersection(cell for row in below for cell in row)
    if again.difference([""]):
        return []
    # A letter alone may be somebody's name: only two that belong together are a heading.
    if not _HEADINGS.intersection(names) and not any(set(pair) <= set(names) for pair in _LETTERS):
        remarks.append(
            f"{where}, line {line}: {shown_line} is taken for a tie; if it is the heading, write from and to"
        )
        return []
    if any(pair == tuple(names) for pair in _LETTERS):
        remarks.append(f"{where}, line {line}: {shown_line} is taken for the heading, not for a tie")
    return names


def _columns(names: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], where: str) -> tuple[int, int]:
    """Which two columns hold the persons.

    Raises:
        InputError: If that cannot be told.
    """
    found = [pair for pair in _PERSONS if set(pair) <= set(names)]
    if len(found) == 1:
        return names.index(found[0][0]), names.index(found[0][1])
    begin = 1 if len(names) > 2 and names[0] in ("", "index") else 0
    if names:
        known = not found and set(names[begin + 2 :]) <= {"weight"}
        said = f"the columns are {shortened(', '.join(names), plain=True)}"
    else:  # what follows two persons without a heading is a weight or a time
        known = all(_NUMERIC.fullmatch(cell) for cell in rows[0][1][2:])
        said = f"line {rows[0][0]} has {len(rows[0][1])} columns"
    if not known:
        raise InputError(
            f"{where}: {said}, and which two are the persons cannot be told; call these two from and to", where=where
        )
    return begin, begin + 1


def _markup(file: Path, where: str) -> _Raw:
    """The ties and all persons of a GraphML or GML file, by their ids."""
    import networkx as nx

    content = text(file)
    is_gml = file.suffix.lower() == ".gml"
    if "<!DOCTYPE" in content or "<!ENTITY" in content:
        raise InputError(f"{where}: document types are not read; save the graph without one", where=where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph: Any = nx.parse_gml(content.splitlines(), label="id") if is_gml else nx.parse_graphml(content)
    except Exception as error:  # the parsers let through whatever they meet
        kind = "GML" if is_gml else "GraphML"
        raise InputError(f"{where}: this is not {kind} ({shortened(str(error), plain=True)})", where=where) from error
    return _Raw([(str(edge[0]), str(edge[1])) for edge in graph.edges], [str(node) for node in graph.nodes], ())


def _numbered(raw: _Raw, n: int, where: str, remarks: list[str]) -> NDArray[np.int64]:
    """The ties by person numbers from 0: numbers that fit as they are, numbers from 1 to n less 1, all else in order."""
    persons = list(dict.fromkeys([*raw.persons, *(person for pair in raw.pairs for person in pair)]))
    strange = [person for person in persons if not _WHOLE.fullmatch(person)]
    numeric = [person for person in persons if _NUMERIC.fullmatch(person)]
    if numeric and strange:
        odd = numeric[0] if len(numeric) < len(strange) else strange[0]
        tie = next((place for place, pair in enumerate(raw.pairs) if odd in pair), 0)
        raise InputError(
            f"{where}{_line(raw, tie)}: {shortened(odd)} stands among persons that are "
            f"{'named' if odd in numeric and len(numeric) < len(strange) else 'numbered'}; number all from 0 to {n - 1}, or name all",
            where=where,
        )
    if len(persons) > n:
        raise TooFewPersonsError(
            f"{where} names {len(persons):,} persons, but there are {n:,} in this run (0 to {n - 1})", where=where
        )
    if strange:
        shown_name = shortened(persons[0], plain=True)
        remarks.append(
            f"{where}: persons are named; they are numbered in order of appearance, {shown_name} being person 0"
        )
        place = {person: number for number, person in enumerate(persons)}
        return np.array([(place[a], place[b]) for a, b in raw.pairs], dtype=np.int64)
    number = {person: int(person.partition(".")[0]) for person in persons}
    ends = np.array([(number[a], number[b]) for a, b in raw.pairs], dtype=np.int64)
    low, high = min(number.values()), max(number.values())
    # Where person 0 has no tie the lowest number is 1 too: only a number that does not exist shows that counting begins with 1.
    if low == 1 and high == n:
        remarks.append(f"{where}: persons are numbered from 1; number 1 is taken for person 0, and so on")
        return ends - 1
    if high < n:
        return ends
    if low == 0 and high - low + 1 == len(persons):
        raise TooFewPersonsError(
            f"{where} names person {high}, but persons of this run are numbered 0 to {n - 1}", where=where
        )
    remarks.append(
        f"{where}: numbers run from {low} to {high}; persons are numbered in that order from 0 to {len(persons) - 1}"
    )
    return np.searchsorted(np.array(sorted(number.values()), np.int64), ends)
