"""`desertion calibrate`: fit the rival explanations to historical series."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared import options


def command(
    series: Annotated[
        list[str] | None,
        typer.Argument(
            help="Series to fit by the laboratory, or a scenario to hold against its series, by name; all series that are long enough if none."
        ),
    ] = None,
    particles: Annotated[int, typer.Option("--particles", help="Particles per generation, 100 or more.")] = 300,
    generations: Annotated[
        int, typer.Option("--generations", help="Generations in all, those already done included.")
    ] = 8,
    recalled: Annotated[
        bool, typer.Option("--recalled", help="Allow recalled figures (grade C*); said beside the result.")
    ] = False,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    out: options.Out = None,
) -> None:
    """Fit the rival explanations to historical series by ABC-SMC; interrupted fits go on where they stopped."""
    from desertion.commands._shared.thesis import write_case
    from desertion.files import folder
    from desertion.study.thesis.cases import CASES
    from desertion.study.thesis.report import summary
    from desertion.study.thesis.scenario_cases import any_case
    from desertion.study.thesis.steps import Sizes, fit_case, quieten

    target = folder(out or Path("outputs/calibration"))
    sizes = Sizes(particles=particles, generations=generations)
    names = [any_case(name).name for name in series or CASES]
    quieten()
    for name in names:
        fit, seconds = fit_case(name, target, sizes, seed, workers or 1, recalled=recalled)
        print(summary([fit]))
        for path in write_case(fit, seconds, target):
            print(f"  {path}")
