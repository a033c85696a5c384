"""`desertion export`: a study's tables for other programs, and results described for archives."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared.studies import of_studies

Place = Annotated[
    Path,
    typer.Argument(help="A study's file, as `desertion sweep` wrote it; for rocrate also a folder of run or compare."),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        help="csv, parquet, ema (EMA Workbench's experiments and outcomes), or rocrate (CSV with ro-crate-metadata.json).",
    ),
]
Comma = Annotated[
    bool,
    typer.Option(
        "--decimal-comma", help="CSV with decimal commas and semicolons, as spreadsheets of many countries read it."
    ),
]
Real = Annotated[
    bool, typer.Option("--real-size", hidden=True, help="What is done anyway; goes with the next version.")
]
Curves = Annotated[bool, typer.Option("--curves/--no-curves", help="Write the daily curves too.")]


ROCRATE = "rocrate"


@of_studies
def command(
    context: typer.Context,
    file: Place,
    out: Annotated[Path | None, _options.results_in("FILE")] = None,
    form: Format = "csv",
    curves: Curves = True,
    comma: Comma = False,
    simulated: _options.Simulated = False,
    real: Real = False,
) -> int:
    """Write a study's runs, design and curves for other programs, or describe results as an RO-Crate."""
    from desertion.errors import refuse_unknown
    from desertion.study.analysis.export import FORMATS, export
    from desertion.study.crate import describe, described

    refuse_unknown("export format", form, (*FORMATS, ROCRATE))
    if simulated:
        _options.unused(context, "real", beside="--simulated")
    if real:
        print("desertion: --real-size is what is done anyway and goes with the next version", file=sys.stderr)
    if form == ROCRATE and file.is_dir():
        idle = ("out", "curves", "comma", "simulated")
        _options.unused(context, *idle, beside=f"a folder, which is described as it lies there ({file})")
        print(describe(file))
        return 0
    # All comparisons name their file alike; their folders differ.
    place = _options.place(out, f"{file.resolve().parent.name}-study" if file.stem == "study" else file.stem)
    if form == ROCRATE:
        written = described(file, place, curves=curves, comma=comma, simulated=simulated)
    else:
        written = export(file, place, form, curves, comma=comma, simulated=simulated)
    for path in written:
        print(path)
    return 0
