"""Run the benchmarks and print their tables: `python -m tests.benchmarks [NAME ...]`.

A benchmark is a module of this folder whose first docstring line is its title and whose function `rows()` yields
(what, value, unit, aim) while it measures; an empty aim means that none was set.
"""

import os
import platform
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from rich.console import Console
from rich.table import Table

from tests import benchmarks

Row = tuple[str, float, str, str]


def names() -> list[str]:
    """Return the names of all benchmarks."""
    return sorted(
        module.name for module in iter_modules(benchmarks.__path__) if not module.name.startswith(("_", "test_"))
    )


def table(title: str, rows: Iterator[Row]) -> Table:
    """Return the table of one benchmark, measured while it is filled."""
    filled = Table(title=title, title_justify="left")
    filled.add_column("what")
    filled.add_column("measured", justify="right")
    filled.add_column("unit")
    filled.add_column("aim", justify="right")
    for what, value, unit, aim in rows:
        filled.add_row(what, f"{value:,.3g}" if value < 1000 else f"{value:,.0f}", unit, aim)
    return filled


def markdown(filled: Table) -> str:
    """Return a table as a section of Markdown."""
    rows = list(zip(*(column.cells for column in filled.columns), strict=True))
    lines = [" | ".join(str(cell).strip() for cell in row) for row in rows]
    head = f"## {filled.title}\n\n| what | measured | unit | aim |\n|---|---:|---|---:|\n"
    return head + "".join(f"| {line} |\n" for line in lines)


def main(asked: list[str]) -> int:
    """Run the named benchmarks, or all; `--write FILE` keeps the tables as Markdown."""
    keep = None
    if "--write" in asked:
        place = asked.index("--write")
        if place + 1 == len(asked):
            print("--write needs the name of a file.")
            return 2
        keep = Path(asked[place + 1])
        asked = asked[:place] + asked[place + 2 :]
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; known are: {', '.join(names())}.")
        return 2
    console = Console()
    machine = f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores"
    console.print(machine)
    text = [f"# Speed\n\n{machine}. Made by `python -m tests.benchmarks --write FILE`.\n"]
    for name in asked or names():
        module = import_module(f"tests.benchmarks.{name}")
        filled = table((module.__doc__ or name).splitlines()[0], module.rows())
        console.print(filled)
        text.append(markdown(filled))
    if keep is not None:
        keep.write_text("\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
