"""`desertion thesis`: is leaving contagious? Rival explanations against history, and how far such a test can be trusted."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options

if TYPE_CHECKING:
    import pandas as pd

    from desertion.study.blocks import Text
    from desertion.study.thesis.steps import Sizes

REPLICATES = 10
"""Replicates of the runs that patterns are held against."""


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
    from dataclasses import replace

    from desertion.commands._shared.thesis import quieten, write_case
    from desertion.files import folder, write_text
    from desertion.study.blocks import Block, Heading, Text, markdown
    from desertion.study.history.pattern_list import PATTERNS
    from desertion.study.history.patterns import SETUPS, hold, run_setups
    from desertion.study.laboratory.shapes import shapes
    from desertion.study.thesis import report as words
    from desertion.study.thesis.cases import CASES
    from desertion.study.thesis.evidence import meta
    from desertion.study.thesis.steps import (
        QUICK,
        Sizes,
        calibration,
        fit_case,
        power_cells,
        power_table,
        reference_table,
    )

    target = folder(out or Path("outputs/thesis-quick" if quick else "outputs/thesis"))
    sizes = QUICK if quick else Sizes()
    changes = {"particles": particles, "generations": generations, "table": None if table is None else 1000 * table}
    sizes = replace(sizes, **{key: value for key, value in changes.items() if value is not None})
    cores = workers or 2
    quieten()
    began = time.monotonic()
    fits = []
    for name in CASES:
        fitted, seconds = fit_case(name, target / "fits", sizes, seed, cores)
        write_case(fitted, seconds, target)
        fits.append((fitted, seconds))
        print(words.summary([fitted]))
    reference = reference_table(target / "table", sizes, seed, cores, tell=print)
    cells = power_cells(target / "table", sizes, seed, cores)
    power = power_table(cells)
    written = power.assign(noise=power["noise"].map("{:g}".format))
    write_text(target / "power.csv", written.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
    _draw_power(power, target)
    ranks = calibration(reference, sizes, seed)
    replicates = 3 if quick else REPLICATES
    held = hold(PATTERNS, run_setups(tuple(SETUPS), replicates, seed))
    found_meta = meta([fit for fit, _ in fits])
    reached = max(len(fit.epsilon) for fit, _ in fits)  # fits found in the folder may have gone on for longer
    report: list[Block] = [
        Heading("The thesis put to the test", 1),
        *_smaller(sizes),
        *words.power_blocks(cells, reference),
        *words.meta_blocks(found_meta, [fit for fit, _ in fits]),
        Heading("Series by series"),
        *(block for fit, seconds in fits for block in words.case_blocks(fit, seconds)),
        *words.shapes_blocks(shapes(reference)),
        *words.patterns_blocks(held, replicates),
        *words.rivals_blocks(),
        *words.ranks_blocks(ranks, sizes.trials),
        Text(
            f"Seed {seed}; this session took {(time.monotonic() - began) / 60:.0f} minutes with {cores} processes. Table {reference.sha256[:16]}. "
            f"Repeat it with: {_again(quick, particles, reached if reached > sizes.generations else generations, table, seed)}"
        ),
    ]
    print(write_text(target / "thesis.md", markdown(report)))


def _smaller(sizes: "Sizes") -> "list[Text]":
    """What is smaller than in the full test, in a sentence; nothing if nothing is."""
    from dataclasses import asdict

    from desertion.study.blocks import Text
    from desertion.study.thesis.steps import Sizes

    full = asdict(Sizes())
    less = [
        f"{name} {value:,} instead of {full[name]:,}" for name, value in asdict(sizes).items() if value < full[name]
    ]
    return (
        [
            Text(
                f"**Smaller than the full test, and no ground for a conclusion as far as that goes: {', '.join(less)}.**"
            )
        ]
        if less
        else []
    )


def _again(quick: bool, particles: int | None, generations: int | None, table: int | None, seed: int) -> str:
    values = {"particles": particles, "generations": generations, "table": table}
    options = [f"--{name} {value}" for name, value in values.items() if value is not None]
    return " ".join(["desertion thesis", *(["--quick"] if quick else []), *options, f"--seed {seed}"])


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
