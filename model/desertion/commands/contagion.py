"""`desertion contagion`: one's own events put to the tests by place: do linked units act close together, and what can that tell?"""

import shlex
import sys
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options

if TYPE_CHECKING:
    from desertion.study.places.finding import Finding
    from desertion.study.places.verdict import Verdict

FILES = ("contagion.md", "contagion.csv", "contagion.png")


def command(
    context: typer.Context,
    events: Annotated[
        Path,
        typer.Argument(help="CSV file, a row an event: unit, date, and lat and lon (or x and y in km) unless --links."),
    ],
    links: Annotated[
        Path | None, typer.Option("--links", help="CSV file of links: from, to (directed) or a, b (mutual).")
    ] = None,
    strata: Annotated[str, typer.Option("--strata", help="Column within whose values dates are permuted.")] = "",
    within: Annotated[
        float | None,
        typer.Option(
            "--within", callback=options.by_rule("--within", "POSITIVE"), help="Km within which units are linked."
        ),
    ] = None,
    window: Annotated[int, typer.Option("--window", help="Most days between close events.", min=1)] = 3,
    unit: Annotated[str, typer.Option("--unit", help="Column of the unit or place.")] = "unit",
    date: Annotated[str, typer.Option("--date", help="Column of the date.")] = "date",
    after: Annotated[
        str,
        typer.Option(
            "--after", help="Column of the last day on which it had not happened yet, if dates are intervals."
        ),
    ] = "",
    neighbours: Annotated[str, typer.Option("--neighbours", help="Column of linked units, separated by blanks.")] = "",
    size: Annotated[
        str,
        typer.Option(
            "--size",
            help="Column of a unit's size; its logarithm enters the hazard, but where events repeat and up to a hundred units have effects of their own, which hold it.",
        ),
    ] = "",
    also: Annotated[
        list[str] | None,
        typer.Option("--also", help="A further column of dates, for the family, with its own power; repeatable."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="COLUMN=VALUE", help="Only rows in which this holds; repeatable."),
    ] = None,
    never: Annotated[bool, typer.Option("--never", help="Keep units with an empty date as not having acted.")] = False,
    battles: Annotated[
        bool,
        typer.Option(
            "--battles",
            help="Rows are sides in battles (source_battle, belligerent, start, end, strength, killed_wounded, missing_captured, theater, campaign); --links then lists their units (cwsac_id, belligerent, unit_code).",
        ),
    ] = False,
    permutations: Annotated[int, typer.Option("--permutations", help="Permutations of the main test.")] = 9999,
    histories: Annotated[
        int,
        typer.Option(
            "--histories",
            help="Made-up histories for each row of power; 0 leaves power out, and fewer than 73 cannot tell a direction.",
        ),
    ] = 200,
    model: Annotated[
        int,
        typer.Option(
            "--model",
            help="Histories of this model on the same map for each row of power, contagion in which runs both ways along each link; 0 for none.",
        ),
    ] = 0,
    seed: options.Seed = 1,
    out: options.Out = None,
) -> None:
    """Test whether linked units act within days of each other, with power, placebos and what that can tell."""
    from desertion.files import folder
    from desertion.study.places.contagion import contagion
    from desertion.study.places.events import Columns
    from desertion.study.places.report import as_csv, numbers, words
    from desertion.study.places.verdict import judge

    if out is not None:
        _refuse_other(folder(out, FILES), events, links, tuple(only or ()))
    files = [events, *([links] if links else []), *([out] if out else [])]
    if battles:
        own = ("strata", "within", "window", "unit", "date", "after", "neighbours", "size", "also", "never", "model")
        options.unused(context, *own, beside="--battles, whose tables have columns and a test of their own")
        from desertion.study.places import armies

        of_armies = armies.armies(
            events, links, only=only or (), permutations=permutations, histories=histories, seed=seed
        )
        text = armies.words(of_armies)
        print(text)
        if out is not None:
            _write(out, text, armies.table(of_armies, _typed(files)), None)
        return
    columns = Columns(
        unit=unit,
        date=date,
        after=after,
        strata=strata,
        size=size,
        neighbours=neighbours,
        also=tuple(also or ()),
        only=tuple(only or ()),
        never=never,
    )
    finding = contagion(
        events,
        links,
        columns=columns,
        distance=within,
        window=window,
        permutations=permutations,
        histories=histories,
        model=model,
        seed=seed,
    )
    verdict = judge(finding)
    text = words(finding, verdict)
    print(text)
    if out is not None:
        _write(out, text, as_csv(numbers(finding), _typed(files)), (finding, verdict))


def _refuse_other(out: Path, events: Path, links: Path | None, only: tuple[str, ...]) -> None:
    """Refuse a folder that holds what was found in other data, or files of these names that no such command wrote."""
    from desertion.errors import InputError
    from desertion.files import ELSEWHERE, is_file, refuse_strange

    if is_file(table := out / FILES[1]):
        with table.open(encoding="utf-8", errors="replace") as file:
            head = file.readline().removeprefix("#").strip()
        with suppress(ValueError):
            typed = ([word] if not word.startswith("--") else word.split("=", 1) for word in shlex.split(head))
            words = list(chain.from_iterable(typed))
            mine = [events.name, *([links.name] if links else []), *only]
            is_mine = (
                words[:2] == ["desertion", "contagion"] and {*mine} <= {*words} and words.count("--only") == len(only)
            )
            if is_mine and ("--links" in words) == (links is not None):
                return
        raise InputError(f"{table} is of `{head}`: {ELSEWHERE}")
    refuse_strange(out, FILES, "contagion")


def _typed(files: list[Path]) -> str:
    """What was typed, with files by their names: whoever repeats the command has them elsewhere."""
    short = {str(path): path.name for path in files}
    return options.typed(short.get(word, word) for word in sys.argv[1:])


def _write(out: Path, text: str, table: str, drawn: "tuple[Finding, Verdict] | None") -> None:
    from desertion.files import replacing_folder, write_text

    names = FILES if drawn is not None else FILES[:2]
    with replacing_folder(out) as folder:
        write_text(folder / FILES[0], text)
        write_text(folder / FILES[1], table)
        if drawn is not None:
            from desertion.study.places.pictures import draw

            draw(*drawn, folder / FILES[2])
    print(f"written to {out}: {', '.join(names)}")
