"""`desertion calibrate`: fit a scenario to a series of the same events, with contagion and without."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options
from desertion.commands._shared.studies import of_studies

if TYPE_CHECKING:
    from desertion.study.calibration.calibrate import Calibration

_GIVEN = ("published", "prior_low", "prior_high", "scenario")
"""Columns that nothing was worked out for."""


@of_studies
def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO", help="Scenarios by name or path; all shipped ones with a [calibration] table if none."
        ),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option("--series", help="CSV file with date (or start and end) and value, or a shipped series by name."),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option("--measure", help="What it counts: left_flee, soldiers_left, surrendered, new_killed, ..."),
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--of", help="Kinds of people that count: soldier, reservist, civilian; repeatable."),
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="For CSV files: flow or cumulative.")] = None,
    prior: Annotated[
        list[str] | None,
        typer.Option(
            "--prior",
            metavar="KEY=[LOW, HIGH]",
            help="What may move, by dotted key; or {times = [0.1, 10], log = true}. Repeatable.",
        ),
    ] = None,
    rivals: Annotated[
        list[str] | None,
        typer.Option("--rival", help="'with contagion' or 'without contagion'; both if not given. Repeatable."),
    ] = None,
    held_out_from: Annotated[
        str | None,
        typer.Option("--held-out-from", metavar="DATE", help="Points from this day on are predicted, not fitted."),
    ] = None,
    scale: options.Scale = None,
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
    out: Annotated[Path | None, options.results_in("calibration")] = None,
) -> int:
    """Fit a scenario to a series by ABC-SMC, with contagion and without; interrupted fits go on where they stopped."""
    from desertion.errors import input_error
    from desertion.files import folder, replacing_folder
    from desertion.study.calibration.calibrate import fitted, planned, shipped_names
    from desertion.study.calibration.fit import check_sizes
    from desertion.study.calibration.report import summary

    target = options.place(out, "calibration")
    if series is not None and len(names or ()) != 1:
        raise input_error(
            "--series", series, "belongs to one scenario", way_out="name it, as in: calibrate toy --series ..."
        )
    given = {
        "series": series,
        "measure": measure,
        "kinds": kinds or None,
        "kind": kind,
        "priors": options.settings(prior, "--prior") or None,
        "rivals": rivals or None,
        "held_out_from": held_out_from,
        "scale": scale,
    }
    check_sizes(particles, generations)
    cases = [planned(name, given, recalled=recalled) for name in names or shipped_names()]
    place = folder(target)
    for one in cases:
        found = fitted(
            one,
            place,
            particles=particles,
            generations=generations,
            runs=runs,
            seed=seed,
            workers=workers or 1,
            tell=lambda sentence: print(sentence, file=sys.stderr, flush=True),
        )
        with replacing_folder(place) as fresh:
            made = _written(found, fresh, one.name)
        if (picture := f"{one.name}-posterior.png") not in {path.name for path in made}:
            (place / picture).unlink(missing_ok=True)  # that of an earlier fit would be taken for one of this
        print(*(summary(fit) for fit in (found, *found.others)), *found.findings, sep="\n")
        for path in made:
            print(f"  {place / path.name}")
    return 0


def _written(found: "Calibration", target: Path, case: str) -> list[Path]:
    """The files of a fit: its page, its tables and what could be drawn."""
    from desertion.commands._shared.results import write_answer
    from desertion.commands._shared.thesis import died_out, draw_posterior, draw_predictions
    from desertion.files import write_text
    from desertion.study.calibration.document import RIVALS

    made = [write_text(target / f"{case}.md", found.text)]
    for part, table in (("posterior", found.table), ("predictions", found.curves), ("rivals", found.rivals)):
        made.append(write_answer(target / f"{case}-{part}.csv", table, _GIVEN))
    note = "Dots: medians of the last generation; bars: middle 90 %. All rivals have one tolerance." + died_out(found)
    labels, picture = {rival: rival for rival in RIVALS}, target / f"{case}-predictions.png"
    drawn = draw_predictions(found.series, found.predictions, labels, found.held_out, note, picture)
    return [path for path in (*made, drawn, draw_posterior(found, target / f"{case}-posterior.png")) if path]
