"""`desertion history`: the historical series, listed or drawn."""

from typing import Annotated

import typer

from desertion.commands import _options as options


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Series to show, by name, or CSV files; all if none.")
    ] = None,
    out: options.Out = None,
) -> None:
    """List the historical series with their caveats; with --out, draw each as a PNG."""
    from desertion.study import history

    for name in names or history.names():
        shown = history.load(name)
        flag = ", recalled figures" if shown.recalled else ""
        print(f"{shown.name}: {shown.title} ({len(shown.points)} points, {shown.use}{flag})")
        for caveat in shown.caveats:
            print(f"  {caveat}")
        if out is not None:
            from desertion.figures import series as drawing
            from desertion.figures import style

            with style.house():
                figure = style.new_figure("wide")
                drawing.series(figure.subplots(), shown)
                grades = ", ".join(dict.fromkeys(point.grade for point in shown.points))
                style.note(
                    figure,
                    f"Grade {grades}. Bars span intervals, whiskers stated ranges, triangles lower bounds; hollow: recalled.",
                )
                print(f"  {style.save(figure, out / f'{shown.name}.png')}")
