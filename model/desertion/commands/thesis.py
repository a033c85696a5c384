"""`desertion thesis`: is leaving contagious? What series of totals can tell, and what they cannot."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options

if TYPE_CHECKING:
    from desertion.study.thesis.cases import Case


def command(
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
    seed: Annotated[
        int | None, typer.Option("--seed", help="Where all chance comes from; the plan's if not given.")
    ] = None,
    out: options.Out = None,
) -> None:
    """Ask of series of totals whether contagion can be told from trends, doors, reporting, shocks and homophily; finished parts are kept."""
    from dataclasses import replace

    from desertion.commands._shared.thesis import draw_predictions, draw_test
    from desertion.files import folder, write_text
    from desertion.study.blocks import markdown
    from desertion.study.thesis import design as plan
    from desertion.study.thesis import report, tables
    from desertion.study.thesis.cases import CASES
    from desertion.study.thesis.judgement import Trial, grid

    design = plan.shipped().quick if quick else plan.shipped()
    if simulations is not None:
        few = min(simulations, design.fewer)
        design = replace(design, simulations=simulations, fewer=few, grid=min(simulations, design.grid))
    chance = design.seed if seed is None else seed
    cases = [_case(name, at_risk, door or [], rule or [], kind, unit) for name in names or CASES]
    trials = [Trial(case, design, chance, (out or _folder(quick)) / "parts") for case in cases]
    target = folder(out or _folder(quick))
    judged = []
    for trial in trials:
        judged.append(trial.run(open_unseen=unseen))
        print(report.summary(judged[-1]))
    made_up = None if names else grid(design, chance, target / "parts")
    for name, table in (
        ("answers", tables.answers(judged)),
        *((part, tables.gathered(judged, part)) for part in ("alarms", "power", "reliability", "closeness")),
        *(() if made_up is None else (("made-up", made_up),)),
    ):
        write_text(target / f"{name}.csv", table.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
    for each in judged:
        print(
            draw_predictions(
                each.case.series,
                each.members,
                {"without": "nearest histories without contagion", "with": "nearest histories with contagion"},
                0,
                "The 100 simulated histories of each kind that miss the published figures least: dots are medians, bars the middle 90 %.",
                target / f"{each.case.name}.png",
            )
        )
    for path in draw_test(judged, made_up, design, target):
        print(path)
    again = _again(names or [], quick, simulations, unseen, seed)
    print(write_text(target / "thesis.md", markdown(report.blocks(judged, made_up, design, again))))


def _folder(quick: bool) -> Path:
    return Path("outputs/thesis-quick" if quick else "outputs/thesis")


def _case(name: str, at_risk: str, doors: list[str], rules: list[str], kind: str, unit: str) -> "Case":
    from desertion.errors import input_error
    from desertion.study.history import shipped as history
    from desertion.study.thesis.cases import case, case_of

    if not name.lower().endswith(".csv"):
        return case(name)
    if not at_risk:
        raise input_error(
            "--at-risk", at_risk, "must say how many people could act", where=name, way_out="give --at-risk 20000"
        )
    for_all = {"unit": unit, "counts": "acts", "source": "the user's own", "grade": "A"}
    numbers = [_number(text) for text in at_risk.split(",")]
    series = history.load(name, kind, for_all).fit_points()
    dates = [[_date(text) for text in texts] for texts in (doors, rules)]
    return case_of(series, (numbers[0], numbers[-1]), doors=dates[0], rules=dates[1])


def _number(text: str) -> int:
    from desertion.errors import input_error

    try:
        return int(text.strip().replace("_", ""))
    except ValueError:
        raise input_error(
            "--at-risk", text, "must be a whole number", way_out="write --at-risk 20000 or 250000,2500000"
        ) from None


def _date(text: str) -> date:
    from desertion.errors import input_error

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise input_error("date", text, "must be a date", way_out="write 1989-11-09") from None


def _again(names: list[str], quick: bool, simulations: int | None, unseen: bool, seed: int | None) -> str:
    values = {"simulations": simulations, "seed": seed}
    words = [f"--{name} {value}" for name, value in values.items() if value is not None]
    return " ".join(
        ["desertion thesis", *names, *(["--quick"] if quick else []), *(["--unseen"] if unseen else []), *words]
    )
