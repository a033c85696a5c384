"""`desertion list`: what is shipped and can be named on the command line."""

import json
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill
from typing import Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared.results import JSON_VERSION
from desertion.errors import unknown_name
from desertion.files import LEVER, shipped_designs, shipped_folder
from desertion.reading import toml

KINDS = ("scenarios", "policies", "forces", "studies", "matches", "history", "claims")


def command(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(help=f"Only one of {', '.join(KINDS)}.")] = None,
    levers: Annotated[bool, typer.Option("--levers", help="Also the policies that move a single lever.")] = False,
    as_json: _options.Json = False,
) -> None:
    """List the shipped scenarios, policies, forces, studies, matches, series and claims."""
    if kind is not None and kind not in KINDS:
        raise unknown_name("kind of thing to list", kind, KINDS, where="desertion list")
    if as_json:
        _options.unused(context, "levers", beside="--json, which lists them all")
        kinds = [kind] if kind else KINDS
        found = {each: [{"name": name, "title": title} for name, title in _rows(each)] for each in kinds}
        print(json.dumps({"version": JSON_VERSION, **found}, ensure_ascii=False))
        return
    if kind not in (None, "policies"):
        _options.unused(context, "levers", beside=f"{kind}, which have none")
    for each in [kind] if kind else KINDS:
        rows = _rows(each)
        print(f"{each} ({len(rows)})")
        shown = [row for row in rows if levers or not row[0].startswith(LEVER)]
        width = max((len(name) for name, _ in shown), default=0)
        for name, title in shown:
            start = f"  {name:<{width}}  "
            print(
                fill(title, get_terminal_size().columns, initial_indent=start, subsequent_indent=" " * len(start))
                or start.rstrip()
            )
        if len(shown) < len(rows):
            print(f"  and {len(rows) - len(shown)} that move a single lever: desertion list policies --levers")


def _rows(kind: str) -> list[tuple[str, str]]:
    if kind == "claims":
        path = shipped_folder("seeds") / "claims.toml"
        found = toml(path).get("claims", []) if path.exists() else []
        return [(str(row["id"]), str(row.get("claim", row.get("title", "")))) for row in _tables(found)]
    if kind == "studies" or kind == "matches":
        return [(name, _title(path)) for name, path in shipped_designs(kind).items()]
    if kind == "history":
        path = shipped_folder("seeds") / "history" / "series.toml"
        return [(name, _text(row, "title")) for name, row in (toml(path) if path.exists() else {}).items()]
    return [(path.stem, _title(path)) for path in sorted((shipped_folder("seeds") / kind).glob("*.toml"))]


def _tables(found: object) -> list[dict[str, object]]:
    if isinstance(found, dict):
        return [{"id": key, **row} for key, row in found.items()]
    return list(found) if isinstance(found, list) else []


def _title(path: Path) -> str:
    document = toml(path)
    return _text(document, "title") or _text(document, "question")


def _text(row: object, key: str) -> str:
    return str(row.get(key, "")) if isinstance(row, dict) else ""
