"""`desertion calibrate`: fit the rival explanations to historical series."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.commands import _options as options


def command(
    series: Annotated[
        list[str] | None, typer.Argument(help="Series to fit, by name; all that are long enough if none.")
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
    from desertion.commands._thesis import quieten, write_case
    from desertion.study.cases import CASES, case
    from desertion.study.scenario_case import SCENARIO_CASES
    from desertion.study.thesis_report import summary, values_text
    from desertion.study.thesis_run import Sizes, fit_case
    from desertion.writing import folder, write_text

    target = folder(out or Path("outputs/calibration"))
    sizes = Sizes(particles=particles, generations=generations)
    names = [name if name in SCENARIO_CASES else case(name).name for name in series or CASES]
    quieten()
    for name in names:
        found, seconds = fit_case(name, target, sizes, seed, workers or 1, recalled=recalled)
        print(summary([found]))
        paths = write_case(found, seconds, target)
        if name in SCENARIO_CASES:
            values = values_text(found, SCENARIO_CASES[name].shipped())
            paths[0] = write_text(paths[0], f"{paths[0].read_text()}\n{values}\n")
        for path in paths:
            print(f"  {path}")
