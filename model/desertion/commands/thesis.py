"""`desertion thesis`: is leaving contagious? What series of totals can tell, and what they cannot."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.commands._shared import options


def command(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Series by name, or CSV files of one's own; the five shipped ones if none."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small tables, in minutes; for a first look only.")] = False,
    simulations: Annotated[
        int | None, typer.Option("--simulations", help="Histories of each rival in the table of a series.")
    ] = None,
    unseen: Annotated[
        bool,
        typer.Option("--unseen", help="Open the families that are on no list: after the thresholds are written down."),
    ] = False,
    at_risk: Annotated[
        str, typer.Option("--at-risk", metavar="N or LOW,HIGH", help="For CSV files: how many people could act.")
    ] = "",
    door: Annotated[
        list[str] | None,
        typer.Option("--door", help="For CSV files: date on which a way out opened or closed; repeatable."),
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="For CSV files: date on which the counting changed; repeatable.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="For CSV files: flow or cumulative.")] = "flow",
    unit: Annotated[
        str, typer.Option("--unit", help="Unit of all rows, for CSV files without that column.")
    ] = "persons",
    seed: options.OwnSeed = None,
    out: Annotated[Path | None, options.results_in("thesis")] = None,
) -> None:
    """Ask of series of totals whether contagion can be told from trends, doors, reporting, shocks and homophily; finished parts are kept."""
    from desertion.commands._shared.results import write_csv
    from desertion.commands._shared.thesis import draw_predictions, draw_test
    from desertion.files import replacing_folder, write_text
    from desertion.scenario.rows import is_csv
    from desertion.study.thesis import report
    from desertion.study.thesis.thesis import thesis

    if not any(map(is_csv, names or ())):
        options.unused(context, "at_risk", "door", "rule", "kind", "unit", without="a CSV file")
    place = options.place(out, "thesis-quick" if quick else "thesis")
    found = thesis(
        names or (), quick=quick, simulations=simulations, unseen=unseen, at_risk=_at_risk(at_risk), doors=door or (), rules=rule or (),
        kind=kind, unit=unit, seed=seed, out=place, tell=print,
    )  # fmt: skip
    parts = {
        part: found.gathered(part) for part in ("alarms", "power", "advanced", "tried", "reliability", "closeness")
    }
    if found.made_up is not None:
        parts["made-up"] = found.made_up
    labels = {"with": "nearest histories with contagion", "without": "nearest histories without contagion"}
    note = "The 100 simulated histories of each kind that miss the published figures least: dots are medians, bars the middle 90 %, counted with the errors of the published figures."
    with replacing_folder(place) as fresh:
        for name, table in {"answers": found.table, **parts}.items():
            write_csv(fresh / f"{name}.csv", table, "%.4f")
        for each in found.judged.values():
            draw_predictions(each.case.series, each.members, labels, 0, note, fresh / f"{each.case.name}.png")
        draw_test(found, fresh)
        write_text(fresh / "thesis.md", found.report())
    for each in found.judged.values():
        print(report.summary(each))
    print(place / "thesis.md")


def _at_risk(text: str) -> "tuple[int, int] | None":
    """One number, or the fewest and the most; None if nothing was said."""
    from desertion.errors import input_error

    if not text:
        return None
    try:
        numbers = [int(part.strip().replace("_", "")) for part in text.split(",")]
        if len(numbers) > 2:
            raise ValueError
    except ValueError:
        way_out = "write --at-risk 20000 or 250000,2500000"
        raise input_error(
            "--at-risk", text, "must be a whole number, or the fewest and the most", way_out=way_out
        ) from None
    return numbers[0], numbers[-1]
