"""One measure over two parameters, as a table ready for a heatmap."""

import pandas as pd

from desertion.errors import InputError
from desertion.study.analysis.cascades import SIZE, reached
from desertion.study.analysis.tables import done_runs

CHANCE = "chance"


def phase_table(runs: pd.DataFrame, x: str, y: str, measure: str = SIZE, shown: str = CHANCE) -> pd.DataFrame:
    """A measure over two varied parameters.

    Args:
        runs: Table of runs, of one policy mix where a study has several.
        x: Parameter of the columns.
        y: Parameter of the rows.
        measure: Measure to show.
        shown: `chance` of a global cascade, or `median`.

    Returns:
        One row a value of y, one column a value of x, both ascending; NaN where nothing was run. Points that do
        not set x or y have no cell; a picture places those whose scenario says it and counts the others below.

    Raises:
        InputError: If a column does not exist, or other parameters vary too, so that a cell would mix them.
    """
    done = done_runs(runs, measure, by=(x, y))
    mixed = done.groupby([x, y])["design"].nunique().max()
    if mixed > 1:
        raise InputError(
            f"a phase diagram over {x} and {y} would mix {mixed} design points in one cell: name a policy with "
            f"Study.phase(..., policy=), let one value of the others through on the app's page Study, or vary these two alone"
        )
    cells = done.assign(reached=reached(done[measure])) if shown == CHANCE else done
    name, how = ("reached", "mean") if shown == CHANCE else (measure, "median")
    return cells.pivot_table(index=y, columns=x, values=name, aggfunc=how).sort_index().sort_index(axis=1)
