"""`desertion trace`: one person's life, with every term of the log-hazard day by day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desertion.commands._shared import options as _options

if TYPE_CHECKING:
    import pandas as pd

    from desertion.scenario import Scenario

Person = Annotated[
    int | None,
    typer.Option("--person", help="Row in the table of people; a soldier who leaves if not given."),
]
Route = Annotated[str | None, typer.Option("--route", help="Way to leave: hide, flee, surrender, refuse or skilled.")]
Every = Annotated[int, typer.Option("--every", help="Days between printed lines.")]

MOST_TERMS = 3
"""Terms that are printed for a day; the table that --out writes has all."""

_DAYS = 9
"""Letters of a line that its days take."""

FILES = ("trace.csv", "trace.png", "provenance.json")


def command(
    scenario: _options.Scenario,
    person: Person = None,
    route: Route = None,
    policies: _options.Policies = None,
    settings: _options.Settings = None,
    seed: _options.Seed = 1,
    scale: _options.Scale = None,
    days: _options.Days = None,
    replicate: _options.Replicate = None,
    every: Every = 7,
    out: _options.Out = None,
) -> None:
    """Follow one person and print what moved the decision; --out writes the table and a figure."""
    from desertion.commands._shared.results import own_folder
    from desertion.commands._shared.running import loaded, seed_of
    from desertion.errors import input_error, unknown_name
    from desertion.simulation.trace import trace
    from desertion.simulation.world.codes import ROUTES

    if route is not None and route not in ROUTES:
        raise unknown_name("way to leave", route, ROUTES, where="--route")
    if every < 1:
        raise input_error("--every", every, "must be a whole number of days >= 1")
    chosen = loaded(scenario, policies, _options.settings(settings), scale, days)
    rng = seed_of(seed, replicate)
    if out is not None:
        told = {"scenario_sha256": chosen.hash, "seed": seed, "replicate": replicate}
        own_folder(out, FILES, "trace", told)
    table = trace(chosen, person, seed=rng)
    row, told = int(table.attrs["person"]), table.attrs["about"]
    way = route or _way(told, table)
    title = _who(row, told)
    # Written before it is printed: what cannot be shown is not lost.
    if out is not None:
        own_folder(out, FILES, "trace", {"person": row, "route": way})
        _write(table, way, title, chosen, out, seed, replicate, row)
    print(title)
    _tell(table, way, every)
    if out is not None:
        print(f"\nwritten to {out}: {', '.join(FILES)}")


def _way(told: Mapping[str, Any], table: pd.DataFrame) -> str:
    """The way by which the person left, else the likeliest."""
    import pandas as pd

    if not pd.isna(told["route"]):
        return str(told["route"])
    able = table[table["route"] != ""]
    return str(able.groupby("route")["rate"].sum().idxmax()) if len(able) else "hide"


def _who(row: int, told: Mapping[str, Any]) -> str:
    import pandas as pd

    from desertion.figures.labels import ROUTE_NAMES

    left = (
        "never leaves" if pd.isna(told["day_left"]) else f"{ROUTE_NAMES[str(told['route'])]} on day {told['day_left']}"
    )
    skilled = ", skilled" if told["skilled"] else ""
    return f"Person {row} ({told['kind']} of {told['force']}{skilled}, community {told['community']}): {left}"


def _tell(table: pd.DataFrame, route: str, every: int) -> None:
    """Print the days on which something changes, and one in `every` of the others; days that read alike stand in one line."""
    from shutil import get_terminal_size

    import pandas as pd

    from desertion.commands._shared.results import say
    from desertion.simulation.trace import multipliers

    way = table[table["route"] == route]
    # Days on which this way is not his to take have their status alone.
    others = table[~table["day"].isin(way["day"])].drop_duplicates("day").assign(route="")
    shown = pd.concat([way, others]).sort_values("day", kind="stable")
    able = shown["route"] != ""
    changed = shown["status"].ne(shown["status"].shift()) | (shown["clock"] >= shown["threshold"]) & able
    leaves = shown["day"].eq(table.attrs["about"]["day_left"])
    lines = shown[changed | ~able | leaves | (shown["day"] % every == 0)]
    print()
    say(
        f"way: {route}; the chance to leave by it that day, how far its clock is from where he leaves (100 %), and the largest "
        "of what that chance is multiplied by"
    )
    if table.attrs["form"] == "threshold":
        say(
            "contagion by thresholds: whoever's threshold the share gone has reached leaves that day, however far the clock is"
        )
    print("\n    day  status        chance  clock  because of")
    for words, days in _alike(lines, multipliers(table), get_terminal_size().columns - _DAYS):
        span = f"{days[0]}–{days[-1]}" if len(days) > 1 else f"{days[0]}"
        print(f"{span:>{_DAYS - 2}}  {words}".rstrip())


def _alike(lines: pd.DataFrame, names: list[str], width: int) -> list[tuple[str, list[int]]]:
    """What each day reads, with the days in a row that read the same."""
    told: list[tuple[str, list[int]]] = []
    for _, row in lines.iterrows():
        words = _day(row, names, width)
        if not told or told[-1][0] != words:
            told.append((words, []))
        told[-1][1].append(int(row["day"]))
    return told


def _day(row: pd.Series, names: list[str], width: int) -> str:
    """What a day reads, with as many of its largest terms as the width has room for."""
    from desertion.figures.labels import multiple

    status = str(row["status"]).replace("_", " ")
    if not row["route"]:
        return status
    clock = 100.0 * row["clock"] / row["threshold"] if row["threshold"] else 0.0
    largest = sorted(names, key=lambda name: -abs(row[name]))[:MOST_TERMS]
    terms = [f"{name.replace('_', ' ')} {told}" for name in largest if (told := multiple(row[name]))]
    first = f"{status:<11} {float(f'{100 * row["probability"]:.2g}'):>7g} % {clock:>4.0f} %  "
    while len(terms) > 1 and len(first) + len(", ".join(terms)) > width:
        terms.pop()
    return first + ", ".join(terms)


def _write(
    table: pd.DataFrame,
    route: str,
    title: str,
    scenario: Scenario,
    out: _options.Path,
    seed: int,
    replicate: int | None,
    person: int,
) -> None:
    from desertion.commands._shared.results import provenance, write_csv, write_json
    from desertion.figures import person as life
    from desertion.figures import style
    from desertion.files import replacing_folder

    with replacing_folder(out) as fresh:
        write_csv(fresh / "trace.csv", table)
        told = provenance("trace", scenario, seed, replicate=replicate, person=person, route=route)
        write_json(fresh / "provenance.json", told)
        with style.house():
            figure = style.new_figure("tall")
            life.life(figure, table, route=route, title=f"{title} (way shown: {route})")
            style.save(figure, fresh / "trace.png")
