"""`desertion list`: what is shipped and can be named on the command line."""

import json
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
    kinds = [kind] if kind else KINDS
    if as_json:
        _options.unused(context, "levers", beside="--json, which lists them all")
        found = {each: [{"name": name, "title": title} for name, title in _rows(each)] for each in kinds}
        print(json.dumps({"version": JSON_VERSION, **found}, ensure_ascii=False))
        return
    if kind not in (None, "policies"):
        _options.unused(context, "levers", beside=f"{kind}, which have none")
    for each in kinds:
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
    """Names and titles of one kind; without a title, the question that a study answers."""
    seeds = shipped_folder("seeds")
    if kind == "claims":
        return [(row["id"], row["claim"]) for row in toml(seeds / "claims.toml")["claims"]]
    if kind == "history":
        return [(name, row["title"]) for name, row in toml(seeds / "history" / "series.toml").items()]
    if kind == "studies" or kind == "matches":
        paths = shipped_designs(kind)
    else:
        paths = {path.stem: path for path in sorted((seeds / kind).glob("*.toml"))}
    documents = {name: toml(path) for name, path in paths.items()}
    return [(name, document.get("title") or document.get("question", "")) for name, document in documents.items()]
