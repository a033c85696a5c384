"""Daily curves of a study as quantiles over its replicates, read one design point at a time."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.parameters.arguments import SHARE
from desertion.simulation.record.columns import BAND, DAILY, HOSTLY, definitions
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE

LEVELS = tuple(BAND.values())

MOST_ROWS = 5_000_000
"""Rows that a table of bands may have; beyond, a caller names the columns or points that it wants."""

_MOST_BYTES = 256 * 2**20


def bands(
    file: StudyFile,
    columns: Sequence[str] = (),
    designs: Sequence[int] | None = None,
    levels: Sequence[float] = LEVELS,
) -> pd.DataFrame:
    """Quantile bands of daily columns, of all columns and all design points if none are named.

    Of a run that stopped early stocks and totals keep their last values and flows are 0, so that each day is judged over the same runs.

    Returns:
        One row a design point, column and day: design, column, day, runs, and a column a level such as `q50`.

    Raises:
        InputError: If no curves were kept, a column was not, a level lies outside of [0, 1], or the table would be too long.
    """
    for level in levels:
        SHARE.checked("level", level)
    wanted = chosen_columns(file, columns)
    points = range(len(file.points())) if designs is None else designs
    tables: list[pd.DataFrame] = []
    rows = 0
    for design in points:
        for name, runs in curves_of(file, design, wanted):
            table = _band(design, name, runs, levels)
            rows += len(table)
            if rows > MOST_ROWS:
                raise InputError(
                    f"{file.path}: bands of all its curves have more than {MOST_ROWS} rows: name the columns and the "
                    f"design points that are wanted"
                )
            tables.append(table)
    names = ["design", "column", "day", "runs", *(level_name(level) for level in levels)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)


def curves_of(file: StudyFile, design: int, columns: Sequence[str]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Curves of one design point, one column at a time where all at once would take too much memory.

    Yields:
        A column and its curves, (runs, days + 1).
    """
    names = list(file.header().get("columns", ()))
    index = [names.index(name) for name in columns]
    size = file.curve_bytes(design)
    at_once = len(index) if size <= _MOST_BYTES else 1
    for start in range(0, len(index), at_once):
        part = index[start : start + at_once]
        curves = [row.curve[:, part] for row in file.rows(design=design, curves=True) if row.status == DONE]
        if curves:
            block = same_length(curves, [names[number] for number in part])
            for place, number in enumerate(part):
                yield names[number], block[:, :, place]


def chosen_columns(file: StudyFile, columns: Sequence[str]) -> list[str]:
    """Daily columns to read: those named, or all that the study kept.

    Raises:
        InputError: If the study kept no curves, or not one of those named.
    """
    known = list(file.header().get("columns", ()))
    if not known:
        raise InputError(f"{file.path} keeps no curves: name daily columns under [keep] daily and run the study again")
    for name in columns:
        refuse_unknown("daily column", name, known, where=str(file.path))
    return list(columns) or known


def level_name(level: float) -> str:
    """Name of a quantile's column: q05, q50, q97.5, q99.99."""
    whole, _, part = f"{100 * level:.10f}".rstrip("0").partition(".")
    return f"q{whole:0>2}{'.' if part else ''}{part}"


def same_length(curves: Sequence[NDArray[np.float32]], columns: Sequence[str], longest: int = 0) -> NDArray[np.float32]:
    """Curves of runs as one array; of a run that stopped early stocks and totals keep their last values, and nothing flows any more.

    Args:
        curves: (days + 1, ..., columns) of each run.
        columns: Names of the columns, also those of one force (`army:left`).
        longest: Days + 1 that all get at least.
    """
    known = definitions(columns, HOSTLY | DAILY)
    flows = [place for place, name in enumerate(columns) if known.get(name, {}).get("kind") == "flow"]
    longest = max([longest, *(len(curve) for curve in curves)])
    block = np.stack(
        [np.pad(curve, ((0, longest - len(curve)), *((0, 0),) * (curve.ndim - 1)), mode="edge") for curve in curves]
    )
    for run, curve in zip(block, curves, strict=True):
        run[len(curve) :, ..., flows] = 0.0
    return block


def _band(design: int, name: str, runs: NDArray[np.float32], levels: Sequence[float]) -> pd.DataFrame:
    quantiles = np.quantile(runs.astype(np.float64), levels, axis=0)
    table = pd.DataFrame({level_name(level): line for level, line in zip(levels, quantiles, strict=True)})
    table.insert(0, "design", design)
    table.insert(1, "column", name)
    table.insert(2, "day", np.arange(runs.shape[1]))
    table.insert(3, "runs", len(runs))
    return table
