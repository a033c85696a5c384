"""`desertion history`: the historical series, listed or drawn."""

from typing import Annotated

import typer

from desertion.commands._shared import options


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Series to show, by name, or CSV files; all if none.")
    ] = None,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Beside each, what the shipped scenario of the same events gives.")
    ] = False,
    runs: Annotated[int, typer.Option("--runs", "-n", min=1, help="Runs of that scenario.")] = 20,
    seed: options.Seed = 1,
    kind: Annotated[str, typer.Option("--kind", help="For CSV files: flow, cumulative or level.")] = "flow",
    unit: Annotated[
        str | None, typer.Option("--unit", help="Unit of all rows, for CSV files without that column.")
    ] = None,
    counts: Annotated[str | None, typer.Option("--counts", help="What is counted in all rows, likewise.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Who published the figures, likewise.")] = None,
    grade: Annotated[str | None, typer.Option("--grade", help="Grade of all rows, A to C, likewise.")] = None,
    out: options.Out = None,
) -> None:
    """List the historical series with their caveats; with --out, draw each as a PNG."""
    from desertion.study.history import shipped as history
    from desertion.study.history.beside import COUNTERPARTS, beside

    words = {"unit": unit, "counts": counts, "source": source, "grade": grade}
    for_all = {key: word for key, word in words.items() if word is not None}
    for name in names or (COUNTERPARTS if with_model else history.names()):
        shown = history.load(name, kind, for_all)
        flag = ", recalled figures" if shown.recalled else ""
        print(f"{shown.name}: {shown.title} ({len(shown.points)} points, {shown.use}{flag})")
        for caveat in shown.caveats:
            print(f"  {caveat}")
        pair = beside(shown, runs, seed) if with_model else None
        if pair is not None:
            print(
                f"  {COUNTERPARTS[name].scenario}, {runs} runs, {len(pair.places)} points: absolute error of the median over the published "
                f"total {pair.total_difference:.2f}, averaged relative difference {pair.difference:.2f}".removesuffix(
                    ", averaged relative difference nan"
                )
            )
        if out is not None:
            from desertion.figures import series as drawing
            from desertion.figures import style

            with style.house():
                figure = style.new_figure("wide")
                ax = drawing.series(figure.subplots(), shown.table, shown.kind, shown.title)
                if pair is not None:
                    drawing.simulated(
                        ax, shown.table, shown.kind, pair.places, pair.simulated, COUNTERPARTS[name].meaning
                    )
                grades = ", ".join(dict.fromkeys(point.grade for point in shown.points))
                style.note(
                    figure,
                    f"Grade {grades}. Bars span intervals, whiskers stated ranges, triangles lower bounds; hollow: recalled.",
                )
                print(f"  {style.save(figure, out / f'{shown.name}.png')}")
