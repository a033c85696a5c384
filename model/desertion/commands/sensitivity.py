"""`desertion sensitivity`: which parameters decide a measure."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared.studies import File, of_studies

Measure = Annotated[
    str | None,
    typer.Option(
        "--measure", "-m", help="The measure to explain; share_left, or the first that was kept, if not given."
    ),
]
Policy = Annotated[str | None, typer.Option("--policy", "-p", help="The policy mix, where the study compares several.")]
Of = Annotated[
    str, typer.Option("--of", help="mean over replicates, their spread, or log for the mean decimal logarithm.")
]
Table = Annotated[Path | None, typer.Option("--table", help="Write the table into this CSV file.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw the indices into this file (png, svg or pdf).")]


@of_studies
def command(
    file: File,
    measure: Measure = None,
    policy: Policy = None,
    of: Of = "mean",
    plot: Plot = None,
    table: Table = None,
    simulated: _options.Simulated = False,
) -> int:
    """Say which parameters decide a measure, from a study with a sobol or morris design."""
    from desertion.figures.labels import NO_INTERVAL, rounded
    from desertion.study.analysis.study import Study
    from desertion.study.questions import sensitivity

    _options.refuse_places([file], table=table, plot=plot)
    study = Study(file, simulated=simulated)
    measure = measure or study.usual_measure
    found = sensitivity(study, measure, policy=policy, of=of)
    order = "total" if "total" in found else "effect"
    # Indices are shares of the variance; an effect has the unit of the measure, and a share of 0.0004 is no 0.000.
    told = partial(rounded, figures=3) if order == "effect" else "{:z.3f}".format
    print(found.sort_values(order, ascending=False).to_string(index=False, float_format=told))
    if found["above_noise"].isna().all():
        way_out = "dummy = true under [design] adds an input that does nothing"
        why = NO_INTERVAL if "dummy" in set(found["factor"]) else f"no dummy to stand clear of ({way_out})"
        print(f"above_noise is unknown: {why}")
    if plot is not None:
        from desertion.figures import answers as drawn
        from desertion.figures import style
        from desertion.study.analysis.foot import few_drawn, signed, told_of_sensitivity
        from desertion.study.analysis.sensitivity import explained

        with style.house():
            figure = style.new_figure("wide" if len(found) <= 10 else "tall")
            (drawn.indices if order == "total" else drawn.effects)(figure.subplots(), found, explained(measure, of))
            style.raised(figure)
            style.note(figure, told_of_sensitivity(found))
            signed(figure, study, few_drawn(study, measure, "sensitivity"))
            style.save(figure, plot)
        print(f"drawn: {plot}")
    if table is not None:
        from desertion.commands._shared.results import write_answer

        print(f"written: {write_answer(table, found)}")
    return 0
