"""`desertion export`: a study's tables for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared.studies import File, exit_code

Format = Annotated[
    str, typer.Option("--format", "-f", help="csv, parquet, or ema (EMA Workbench's experiments and outcomes).")
]
Comma = Annotated[
    bool,
    typer.Option(
        "--decimal-comma", help="CSV with decimal commas and semicolons, as spreadsheets of many countries read it."
    ),
]
Curves = Annotated[bool, typer.Option("--curves/--no-curves", help="Write the daily curves too.")]


def command(
    file: File, out: _options.Out = None, form: Format = "csv", curves: Curves = True, comma: Comma = False
) -> int:
    """Write a study's runs, design and curves as CSV, as Parquet, or in EMA Workbench's shape."""
    return exit_code(lambda: _export(file, out or file.parent / file.stem, form, curves, comma))


def _export(file: Path, out: Path, form: str, curves: bool, comma: bool) -> int:
    from desertion.study.analysis.export import export

    for path in export(file, out, form, curves, comma=comma):
        print(path)
    return 0
