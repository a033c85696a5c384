"""`desertion calibrate`: fit a shipped scenario to the series of the same events, with contagion and without."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared import options


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Scenarios to hold against their series, by name; all if none.")
    ] = None,
    particles: Annotated[int, typer.Option("--particles", help="Particles per generation, 100 or more.")] = 300,
    generations: Annotated[
        int, typer.Option("--generations", help="Generations in all, those already done included.")
    ] = 8,
    recalled: Annotated[
        bool, typer.Option("--recalled", help="Allow recalled figures (grade C*); said beside the result.")
    ] = False,
    runs: Annotated[
        int, typer.Option("--runs", "-n", min=1, help="Fits with further seeds, for the error between runs.")
    ] = 1,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    out: options.Out = None,
) -> None:
    """Fit a scenario to its series by ABC-SMC, doors alone and doors with contagion; interrupted fits go on where they stopped."""
    from desertion.commands._shared.thesis import draw_posterior, draw_predictions
    from desertion.files import folder, write_text
    from desertion.study.blocks import markdown
    from desertion.study.thesis.fit_report import case_blocks, summary
    from desertion.study.thesis.scenario_cases import SCENARIO_CASES, scenario_case
    from desertion.study.thesis.session import fit_case

    target = folder(out or Path("outputs/calibration"))
    cases = [scenario_case(name) for name in names or SCENARIO_CASES]
    for case in cases:
        fits, seconds = [], 0.0
        for number in range(runs):
            fitted, spent = fit_case(
                case,
                target,
                particles=particles,
                generations=generations,
                seed=seed + number,
                workers=workers or 1,
                recalled=recalled,
            )
            fits.append(fitted)
            seconds += spent
            print(summary(fitted))
        first, *others = fits
        path = write_text(target / f"{case.name}.md", markdown(case_blocks(first, seconds, others)))
        note = "Dots: medians of the last generation; bars: middle 90 %. One tolerance for both."
        drawn = draw_predictions(
            first.series,
            first.predictions,
            {rival: rival for rival in case.rivals},
            first.held_out,
            note,
            target / f"{case.name}-predictions.png",
        )
        for made in (path, drawn, draw_posterior(first, target / f"{case.name}-posterior.png")):
            if made is not None:
                print(f"  {made}")
