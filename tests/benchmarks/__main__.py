"""Run the benchmarks and print their tables: `python -m tests.benchmarks [NAME ...]`.

A benchmark is a module of this folder whose first docstring line is its title and whose function `rows()` yields
(what, value, unit, aim) while it measures; an empty aim means that none was set.
"""

import os
import platform
import sys
from collections.abc import Iterator
from importlib import import_module
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


def main(asked: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; known are: {', '.join(names())}.")
        return 2
    console = Console()
    console.print(f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores")
    for name in asked or names():
        module = import_module(f"tests.benchmarks.{name}")
        console.print(table((module.__doc__ or name).splitlines()[0], module.rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
