"""`desertion run`: live through one scenario once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands import INTERRUPTED, ToldExit
from desertion.commands._shared import options as _options

if TYPE_CHECKING:
    import pandas as pd

    from desertion.scenario import Scenario
    from desertion.simulation.model import DesertionModel

Film = Annotated[
    Path | None, typer.Option("--film", help="Draw a moving picture into this file: .gif, or .mp4 with ffmpeg.")
]

FILES = ("daily.csv", "hosts.csv", "columns.json", "scenario.toml", "provenance.json", "curves.png")


def command(
    context: typer.Context,
    scenario: _options.Scenario,
    policies: _options.Policies = None,
    settings: _options.Settings = None,
    seed: _options.Seed = 1,
    scale: _options.Scale = None,
    days: _options.Days = None,
    population: _options.Population = "compiled",
    replicate: _options.Replicate = None,
    out: _options.Out = None,
    film: Film = None,
    simulated: _options.Simulated = False,
    as_json: _options.Json = False,
    quiet: _options.Quiet = False,
) -> int:
    """Run a scenario once and say what happened."""
    from desertion.commands._shared.running import live, loaded, seed_of
    from desertion.simulation.model import DesertionModel

    if out is None and not as_json:
        _options.unused(context, "simulated", without="--out or --json")
    chosen = loaded(scenario, policies, _options.settings(settings), scale, days)
    rng = seed_of(seed, replicate)
    _prepare(out, film, {"scenario_sha256": chosen.hash, "seed": seed, "replicate": replicate})
    model = DesertionModel(chosen, rng=rng, population=population)
    whole = _filmed(model, chosen, film) if film is not None else live(model, chosen.name, quiet=quiet)
    # Written before it is printed: what cannot be shown is not lost.
    if out is not None:
        facts = {"replicate": replicate, "population": population, "complete": whole, "simulated": simulated}
        _write(model, chosen, out, facts, seed)
    if as_json:
        _tell_json(model, chosen, seed, replicate, complete=whole, simulated=simulated)
        return 0 if whole else INTERRUPTED
    _tell(model, chosen, own=scenario.endswith(".toml"))
    if out is not None:
        print(f"\nwritten to {out}: {', '.join(FILES)}")
    if film is not None:
        print(f"film: {film}")
    if not whole:
        print(f"interrupted after day {int(model.daily['day'].max())} of {chosen.days}; what was reached is kept")
        return ToldExit(INTERRUPTED)
    return 0


def _prepare(out: Path | None, film: Path | None, told: Mapping[str, object]) -> None:
    """Refuse what cannot be written before anything runs."""
    from desertion.commands._shared.results import own_folder
    from desertion.errors import refuse_unknown
    from desertion.files import folder

    if out is not None:
        own_folder(out, FILES, "run", told)
    if film is not None:
        folder(film.parent, [film.name], "--film")
        refuse_unknown("kind of film", film.suffix.lower(), (".gif", ".mp4"), where="--film")


def _filmed(model: DesertionModel, scenario: Scenario, film: Path) -> bool:
    from desertion.figures.animation import cascade, watch

    every = max(1, scenario.days // 120)
    policies = " + ".join(scenario.policies) or "no policy"
    title = f"{scenario.title or scenario.name}, {policies}"
    cascade(watch(model, scenario.days, every=every), film, title=title, scale=scenario.scale)
    return True


def _tell(model: DesertionModel, scenario: Scenario, *, own: bool) -> None:
    from desertion.figures.labels import dated, many
    from desertion.scenario.grain import MARK, legend
    from desertion.study.slips import slips

    daily = model.daily
    size = 1.0 / scenario.scale
    policies = " + ".join(scenario.policies) or "no policy"
    print(f"{scenario.title or scenario.name} ({policies})")
    print(
        f"{many(int(daily['day'].max()), 'day')} from {dated(scenario.start)}, scale {scenario.scale:g}; persons at real size"
    )
    lines = [line for force in daily["force"].unique() for line in _of_force(daily[daily["force"] == force], size)]
    for line in lines:
        print(line)
    if any(MARK in line for line in lines):
        print(f"\n{legend(size)}")
    for note in scenario.notes:
        print(f"note: {note}")
    for slip in slips(scenario) if own else ():
        print(f"looks out of order: {slip}")


def _tell_json(
    model: DesertionModel, scenario: Scenario, seed: int, replicate: int | None, *, complete: bool, simulated: bool
) -> None:
    """Print the run's measures and what its columns mean."""
    import pandas as pd

    from desertion.commands._shared.results import print_json
    from desertion.simulation.record.columns import MEASURES, definitions
    from desertion.study.analysis.columns import at_real_size

    measured = model.measures()
    table = pd.DataFrame([measured])
    table.attrs["columns"] = definitions(measured, MEASURES)
    table = table if simulated else at_real_size(table, scenario.scale)
    print_json(
        {
            "scenario": scenario.name,
            "policies": list(scenario.policies),
            "seed": seed,
            "replicate": replicate,
            "scale": scenario.scale,
            "days": int(model.day),
            "complete": complete,
            "size": "simulated" if simulated else "real",
            "measures": table.iloc[0].to_dict(),
            "columns": table.attrs["columns"],
            "notes": list(scenario.notes),
        }
    )


def _of_force(daily: pd.DataFrame, size: float) -> list[str]:
    from desertion.figures.labels import ROUTE_NAMES, count_of, departures, number, percent
    from desertion.simulation.world.codes import STATUSES

    def told(persons: float) -> str:
        return count_of(persons * size, size)

    first, last = daily.iloc[0], daily.iloc[-1]
    people = float(sum(first[status] for status in STATUSES))
    ways = ", ".join(
        f"{ROUTE_NAMES[route]} {told(float(daily[column].sum()))}" for route, column in departures(daily).items()
    )
    at_start = float(first["strength"])
    of_start = f", {percent(float(last['strength']) / at_start, 1)} of the first day" if at_start else ""
    lines = [
        f"\n{first['force']}: {number(people * size)} people",
        f"  left       {told(float(last['left']))} ({percent(float(last['left']) / people, 2)})",
        f"  departures {ways}",
        f"  strength   {number(float(last['strength']) * size)}{of_start}",
        f"  legitimacy {float(last['legitimacy']):.2f} (at the start {float(first['legitimacy']):.2f})",
    ]
    for name, what, why in (
        ("collapsed", "the force collapses", " (effective strength below its breakpoint)"),
        ("fallen", "the government falls", ""),
    ):
        happened = daily.loc[daily[name].astype(bool), "day"]
        if len(happened):
            lines.append(f"  {what} on day {int(happened.iloc[0])}{why}")
    return lines


def _write(model: DesertionModel, scenario: Scenario, out: Path, facts: Mapping[str, object], seed: int) -> None:
    from desertion.commands._shared.results import provenance, write_csv, write_json
    from desertion.figures import curves, style
    from desertion.figures.events import events
    from desertion.files import replacing_folder, write_text
    from desertion.study.analysis.columns import columns_json, run_tables
    from desertion.study.design.documents import text_of

    tables = run_tables(model.daily, model.hosts, scenario.scale, simulated=bool(facts["simulated"]))
    with replacing_folder(out) as fresh:
        for name, table in tables.items():
            write_csv(fresh / name, table)
        write_text(fresh / "columns.json", columns_json(tables))
        write_text(fresh / "scenario.toml", text_of(scenario))
        write_json(fresh / "provenance.json", provenance("run", scenario, seed, **facts))
        with style.house():
            figure = style.new_figure("tall")
            curves.run(figure, model.daily, start=scenario.start, scale=scenario.scale, marks=events(scenario))
            style.save(figure, fresh / "curves.png")
