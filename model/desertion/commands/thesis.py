"""`desertion thesis`: is leaving contagious? Rival explanations against history, and how far such a test can be trusted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options

if TYPE_CHECKING:
    import pandas as pd

    from desertion.study.thesis.fit import Fit


def command(
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, in minutes; for a first look only.")] = False,
    particles: Annotated[int | None, typer.Option("--particles", help="Particles per generation of each fit.")] = None,
    generations: Annotated[int | None, typer.Option("--generations", help="Generations of each fit.")] = None,
    table: Annotated[
        int | None, typer.Option("--table", help="Simulations of the reference table, in thousands.")
    ] = None,
    seed: options.Seed = 1,
    workers: options.Workers = 2,
    out: options.Out = None,
) -> None:
    """Test contagion against its rivals on all series, with power, false alarms and calibration of the test itself."""
    from desertion.commands._shared.thesis import write_case
    from desertion.files import folder, write_text
    from desertion.study.thesis import report as words
    from desertion.study.thesis.thesis import thesis

    target = folder(out or Path("outputs/thesis-quick" if quick else "outputs/thesis"))

    def written(fit: "Fit", seconds: float) -> None:
        write_case(fit, seconds, target)
        print(words.summary([fit]))

    found = thesis(
        quick=quick, particles=particles, generations=generations, table=table, seed=seed, workers=workers or 2,
        out=target, fitted=written, tell=print,
    )  # fmt: skip
    power = found.power.assign(noise=found.power["noise"].map("{:g}".format))
    write_text(target / "power.csv", power.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
    _draw_power(found.power, target)
    print(write_text(target / "thesis.md", found.report()))


def _draw_power(table: "pd.DataFrame", target: Path) -> None:
    from desertion.figures import style
    from desertion.figures.power import power
    from desertion.study.laboratory.power import SURE

    with style.house():
        figure = style.new_figure("wide")
        axes = figure.subplots(1, 2, sharey=True)
        for ax, seen, title in zip(
            axes, ("totals", "units"), ("Totals alone", "Totals and counts by unit"), strict=True
        ):
            power(ax, table, seen, 0.1, SURE)
            ax.set_title(title)
        style.note(
            figure,
            "Published counts with 10 % dispersion. Lines of rivals without contagion are false alarms. Whiskers: 95 % Wilson.",
        )
        print(style.save(figure, target / "power.png"))
