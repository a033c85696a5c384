"""Shipped documents with some of their parts replaced, removed, doubled or misspelt, and texts grown from small grammars."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import strategies as st

from desertion.files import shipped_folder
from desertion.reading import toml

Draw = Callable[[st.SearchStrategy[Any]], Any]

_SEEDS = shipped_folder("seeds")
_EXPERIMENTS = shipped_folder("experiments")
_SHIPPED = {
    "scenarios": [_SEEDS / "scenarios" / f"{name}.toml" for name in ("toy", "one-town", "laboratory", "quiet")],
    "policies": [path for path in sorted((_SEEDS / "policies").glob("*.toml")) if not path.stem.startswith("lever-")],
    "studies": sorted(_EXPERIMENTS.glob("*.toml")),
    "claims": [_SEEDS / "claims.toml"],
    "matches": sorted((_EXPERIMENTS / "match").glob("*.toml")),
}
_FORCE = toml(_SEEDS / "forces" / "toy.toml")

WORDS = [
    "toy",
    "harbour",
    "ridge",
    "steppe",
    "hosts",
    "forces",
    "behaviour",
    "form",
    "none",
    "additive",
    "threshold",
    "set",
    "multiply",
    "add",
    "from",
    "until",
    "start",
    "+30",
    "+99999999",
    "date",
    "value",
    "path",
    "change",
    "changes",
    "series",
    "graph",
    "extends",
    "name",
    "days",
    "scale",
    "asylum",
    "stop",
    "reference",
    "dial",
    "cases",
    "border",
    "cost",
    "soldiers",
    "regions",
    "access",
    "share",
    "waves",
    "*",
    "@first",
    "@others",
    "@coalition",
    "hosts.*.cases",
    "forces.toy.police",
    "hosts.@eu.border",
    "hosts..cases",
    ".",
    "..",
    "nan",
    "inf",
    "-inf",
    "true",
    "2030-02-30",
    "2030-01-10",
    "9999-12-31",
    "0001-01-01",
    "[[[[",
    "}}}}",
    "=",
    '"',
    "'",
    "#",
    ",",
    ";",
    "e1",
    "1e400",
]
NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    0.5,
    1e-9,
    -0.0,
    1e9,
    1e300,
    10**18,
    10**19,
    10**400,
    -(10**30),
    float("inf"),
    float("-inf"),
    float("nan"),
    99999999,
)
DATES = (dt.date(2030, 1, 1), dt.date(2030, 2, 3), dt.date.min, dt.date.max, dt.datetime(2030, 1, 1, 5))
ODD = (
    "",
    " ",
    "\n",
    "é",
    "€",
    "\u202e",
    "\x7f",
    "\ufeff",
    "a" * 300,
    "9" * 40,
    "../..",
    "/dev/null",
    "x/" * 200,
    "{0}",
    "%s",
    "\\u0000",
)

scalars: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(WORDS),
    st.sampled_from(ODD),
    st.sampled_from(DATES),
    st.booleans(),
    st.floats(-10.0, 10.0),
    st.integers(-5, 5000),
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=5,
)


def _places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places inside a document."""
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [place for key, value in inside for place in ((*path, key), *_places(value, (*path, key)))]


def _mutate(draw: Draw, document: Any) -> None:
    places = _places(document)
    if not places:
        return
    *way, last = draw(st.sampled_from(places))
    table = document
    for key in way:
        table = table[key]
    deed = draw(st.sampled_from(("replace", "replace", "replace", "nudge", "remove", "double", "misspell", "insert")))
    if deed == "replace":
        table[last] = draw(values)
    elif deed == "nudge" and isinstance(table[last], int | float) and not isinstance(table[last], bool):
        table[last] = draw(st.sampled_from(NUMBERS))
    elif deed == "remove":
        del table[last]
    elif deed == "double" and isinstance(table, list):
        table.append(copy.deepcopy(table[last]))
    elif isinstance(table, dict):
        key = draw(st.sampled_from(WORDS)) if deed == "insert" else f"{last}s"
        table[key] = draw(values) if deed == "insert" else table.pop(last)


@st.composite
def documents(draw: Draw, kinds: str) -> str:
    """A mutated document as TOML text.

    Args:
        draw: Hypothesis's.
        kinds: Which documents, a key of `_SHIPPED`.
    """
    document = copy.deepcopy(toml(draw(st.sampled_from(_SHIPPED[kinds]))))
    if kinds == "scenarios":
        start = draw(st.sampled_from(("shipped", "extends", "own force", "set", "changes")))
        if start == "extends":
            document = {"extends": "toy"} | ({"hosts": [{"name": "ridge", "border": 2}]} if draw(st.booleans()) else {})
        elif start == "own force":
            document["forces"] = [copy.deepcopy(_FORCE) | {"name": "own"}]
        elif start == "set":
            document["set"] = draw(st.dictionaries(st.sampled_from(WORDS), values, max_size=3))
        elif start == "changes":
            document["changes"] = [{"date": draw(scalars), "set": {draw(st.sampled_from(WORDS)): draw(scalars)}}]
    for _ in range(draw(st.integers(0, 3))):
        _mutate(draw, document)
    return damaged(draw, _as_toml(document))


def _as_toml(document: dict[str, Any]) -> str:
    try:
        return tomli_w.dumps(document)
    except (TypeError, ValueError):  # a time with a zone, a number that has no spelling
        return "start = 2030-01-01\n"


def damaged(draw: Draw, text: str) -> str:
    """A text with a piece cut out, doubled or replaced, in one of four cases."""
    if draw(st.integers(0, 3)) or not text:
        return text
    begin = draw(st.integers(0, len(text) - 1))
    end = min(len(text), begin + draw(st.integers(0, 12)))
    piece = draw(st.sampled_from(("", text[begin:end] * 2, "[" * 40, "9" * 5000, *WORDS, *ODD)))
    return text[:begin] + piece + text[end:]


@st.composite
def tables(draw: Draw, columns: tuple[str, ...], cells: tuple[str, ...]) -> bytes:
    """A CSV file with these columns, in one of the ways in which spreadsheets, and nobody, save them."""
    sign = draw(st.sampled_from(",,,;\t|"))
    heading = [draw(st.sampled_from((name, name, name, name.upper(), f'"{name}"'))) for name in columns]
    if not draw(st.integers(0, 19)):
        heading = draw(st.permutations(heading))[draw(st.integers(0, 1)) :]
    lines = [sign.join(heading)]
    for number in range(draw(st.sampled_from((1, 2, 3, 4, 2, 3, 4, 0)))):
        row = [
            f"2030-0{number + 1}-10" if name in ("date", "start", "end") else draw(st.sampled_from(cells))
            for name in columns
        ]
        if not draw(st.integers(0, 5)):
            row[draw(st.integers(0, len(row) - 1))] = str(draw(scalars))
        if not draw(st.integers(0, 15)):
            row = [*row, "more"] if draw(st.booleans()) else row[:-1]
        lines.append(sign.join(row))
    text = damaged(draw, draw(st.sampled_from(("\n", "\r\n"))).join(lines) + "\n")
    encoding = draw(st.sampled_from(("utf-8",) * 12 + ("utf-8-sig", "latin-1", "utf-16")))
    return text.encode(encoding, "replace")


@st.composite
def graphs(draw: Draw) -> tuple[str, bytes]:
    """A name and the content of a file of ties."""
    sign = draw(st.sampled_from((",", ";", "\t", " ", "|", ", ")))
    names = draw(
        st.sampled_from(
            (range(30), range(1, 31), range(1000, 1030), [f"p{n}" for n in range(30)], ["-1", "0.5", "a", "0", "1"])
        )
    )
    ties = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=8))
    heading = draw(st.sampled_from(("", "", "source,target\n", "# from to\n", ",source,target\n", "a;b;weight\n")))
    tail = draw(st.sampled_from(("", "", " {}", f"{sign}3", f"{sign}x{sign}y")))
    lines = "".join(f"{a}{sign}{b}{tail}\n" for a, b in ties)
    kind = draw(st.sampled_from(("csv", "csv", "txt", "graphml", "gml")))
    if kind == "gml":
        nodes = "".join(f'node [ id {number} label "{name}" ]\n' for number, name in enumerate(names))
        lines = f"graph [\n{nodes}" + "".join(f"edge [ source {n} target {n + 1} ]\n" for n in range(len(ties))) + "]\n"
    elif kind == "graphml":
        body = "".join(f'<edge source="{a}" target="{b}"/>' for a, b in ties)
        nodes = "".join(f'<node id="{name}"/>' for name in names)
        lines = f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">{nodes}{body}</graph></graphml>'
    text = damaged(draw, (heading if kind in ("csv", "txt") else "") + lines)
    return f"ties.{kind}", text.encode(draw(st.sampled_from(("utf-8",) * 9 + ("utf-16",))), "replace")


_KEYS = (
    "hosts.harbour.cases", "hosts.*.border", "hosts.@coalition.places", "forces.toy.soldiers", "forces.toy.police", "behaviour.form",
    "behaviour.contagion_ties", "asylum", "scale", "days", "start", "stop.measure", "dial.open_from", "forces.toy.waves.0.number",
    "forces.toy.regions.0.share", "forces.toy.regions.0.access.harbour", "reference.toy.supply", "title", "name", "graph", "policies",
    "hosts.ridge.passes_to", "hosts", "forces", "behaviour", "x", "", ".", "hosts.harbour", "changes", "remarks", "sources", "notes.a",
)  # fmt: skip


@st.composite
def settings(draw: Draw) -> str:
    """A word after `--set`."""
    value = draw(
        scalars
        | st.sampled_from(("[1, 2]", "{a = 1}", "[" * 3000, "9" * 5000, "[[1]]", '["harbour"]', "1\nb = 2", "1 # x"))
    )
    return f"{draw(st.sampled_from(_KEYS))}{draw(st.sampled_from(('=', '=', '=', ' = ', '', '==')))}{value}"


@st.composite
def formulas(draw: Draw) -> str:
    """An expression over names, as constraints and effects are written."""
    atoms = st.sampled_from(
        ("a", "b", "open.left", "closed.left", "1", "0.5", "1e400", "9" * 5000, "-", "x y", "'t'", "None", "a.b.c")
    )
    joined = st.recursive(
        atoms,
        lambda inner: st.tuples(inner, st.sampled_from((" + ", " - ", " * ", " / ", " < ", " <= ", " == ", " and ", " or ", "**", " if ")), inner).map("".join)
        | inner.map(lambda text: f"({text})")
        | st.tuples(st.sampled_from(("min", "max", "relative", "ratio", "not ", "-", "eval", "__import__", "[")), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        max_leaves=6,
    )  # fmt: skip
    text = draw(joined | st.sampled_from(("", "min()", "(" * 3000, "-" * 3000 + "a", "a" * 3000, "a <", "1 < a < 2")))
    return damaged(draw, text)


@st.composite
def addresses(draw: Draw) -> str:
    """The part of an address after the question mark."""
    setting = settings().map(lambda word: word if "=" in word[1:] else f"x={word}")
    pairs = st.tuples(st.sampled_from(("set", "set", "where")), setting)
    words = st.tuples(st.sampled_from(("scenario", "policies", "arms", "measure", "x", "y", "route")), scalars)
    good = st.sampled_from((1, 7, 3, 2, -1, 1, 5, 12))
    numbers = st.tuples(st.sampled_from(("seed", "scale", "days", "page", "person", "runs")), good)
    strange = st.tuples(st.sampled_from(("kind", "asylum", "", "seed", "days")), scalars)
    parts = draw(st.lists(pairs | words | numbers, max_size=4))
    if not draw(st.integers(0, 5)):
        parts.append(draw(strange))
    return damaged(draw, "&".join(f"{name}={str(value).replace('&', '%26')}" for name, value in parts))


@st.composite
def command_lines(draw: Draw) -> list[str]:
    """The words of a command that ends soon if it is right."""
    command = draw(
        st.sampled_from(("run", "run", "list", "history", "plot", "trace", "show", "export", "dock", "rum", ""))
    )
    options = (
        ["--seed", draw(st.sampled_from(("1", "-1", "x", "1e9", "9" * 30)))],
        ["--scale", draw(st.sampled_from(("1", "0.5", "0", "nan", "inf", "1e-9", "x")))],
        [
            "--policy",
            draw(
                st.sampled_from(
                    ("fast-track", "fast-track+exit-ban", "+", "", "none", "fasttrack", "/dev/null", "a\ud800")
                )
            ),
        ],
        ["--population", draw(st.sampled_from(("compiled", "mesa", "x", "")))],
        ["--set", draw(settings())],
        ["--replicate", draw(st.sampled_from(("0", "-3", "9" * 25)))],
        ["--kind", draw(st.sampled_from(("curves", "decision", "x")))],
        ["--unknown"],
        ["-q"],
    )
    chosen = draw(st.lists(st.sampled_from(range(len(options))), max_size=3, unique=True))
    subject = draw(
        st.sampled_from(
            ("toy", "one-town", "tod", "", "/", "x.toml", "forces", "ukraine-awol", "x.csv", "x.sqlite", ".", "a\0b")
        )
    )
    days = ["--days", draw(st.sampled_from(("1", "2", "0", "x", "-1")))] if command in ("run", "trace", "dock") else []
    return [command, subject, *days, *(word for place in chosen for word in options[place])]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file of a case."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path
