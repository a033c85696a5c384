"""Options that several commands share, each with one spelling and one help text."""

import os
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from desertion.commands import UNSAID


def by_rule[T: float](option: str, rule: str) -> Callable[[T | None], T | None]:
    """A check of an option: a number that keeps a rule of `desertion.parameters.arguments`, or none."""

    def checked(value: T | None) -> T | None:
        from desertion.parameters import arguments

        return None if value is None else getattr(arguments, rule).checked(option, value)

    return checked


Scenario = Annotated[
    str, typer.Argument(help="Name of a shipped scenario (see `desertion list`) or path of a TOML file.")
]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", "-p", help="A policy by name or path; repeat it to lay several over each other."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="KEY=VALUE", help="Change one input by its dotted key; repeatable."),
]
check_seed = by_rule("--seed", "SEED")
Seed = Annotated[
    int,
    typer.Option("--seed", callback=check_seed, help="Where all chance comes from: the same seed, the same history."),
]
Runs = Annotated[int, typer.Option("--runs", "-n", help="Replicates of every case.")]
Scale = Annotated[
    float | None,
    typer.Option("--scale", help="Share of the real size, in (0, 1]: people, places, caseworkers and police alike."),
]
Days = Annotated[int | None, typer.Option("--days", help="Days to simulate, if not to the scenario's horizon.")]
Population = Annotated[
    str, typer.Option("--population", help="compiled (fast) or mesa (readable); both give the same bits.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        "-w",
        callback=by_rule("--workers", "WORKERS"),
        help="Processes that run side by side; one a core if not given.",
    ),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", help="Address of a Dask scheduler, as in tcp://host:8786.")
]
Shard = Annotated[str | None, typer.Option("--shard", metavar="I/N", help="Do only part I of N, for batch systems.")]


def _out(told: str) -> Any:
    return typer.Option("--out", "-o", parser=_named, metavar="<path>", help=f"Folder that the results go to; {told}.")


def _named(text: str) -> Path:
    if not text.strip():  # as of a variable that is not set: the current folder would be filled
        raise typer.BadParameter("it is empty; name a folder, or leave --out out")
    return Path(text)


Out = Annotated[Path | None, _out("made if it is missing")]


def results_in(name: str) -> Any:
    """The option --out of a command whose results go to that name in `outputs/` if no place is given, see `place`."""
    return _out(f"outputs/{name} if not given")


OwnRuns = Annotated[int | None, typer.Option("--runs", "-n", help="Replicates, in place of the study's own rule.")]
OwnSeed = Annotated[
    int | None, typer.Option("--seed", callback=check_seed, help="Seed, in place of the document's own.")
]
Replicate = Annotated[
    int | None, typer.Option("--replicate", help="Live through this replicate of a comparison with the same seed.")
]
AcceptChanges = Annotated[
    bool, typer.Option("--accept-changes", help="Resume a file of a changed document, scenario, model or version.")
]
Report = Annotated[bool, typer.Option("--report", help="Run nothing; judge what is there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else, for scripts.")]


def unused(context: typer.Context, *names: str, beside: str = "", without: str = "") -> None:
    """Refuse what was typed but would change nothing beside an option, or without one.

    Args:
        context: The command as it was typed.
        names: Names of the command's parameters in Python.
        beside: What makes them idle, in words that begin with an option.
        without: What they would need, likewise.

    Raises:
        InputError: If one of them was typed.
    """
    from desertion.errors import InputError

    for one in context.command.params:
        source = context.get_parameter_source(str(one.name))
        if one.name in names and source is not None and source.name == "COMMANDLINE":
            spelt = [*one.opts[:1], *one.secondary_opts[:1]]
            called = "/".join(spelt) if spelt[0].startswith("-") else spelt[0].upper()
            where = f"beside {beside}: " if beside else f"without {without}: add that, or "
            raise InputError(f"{called} changes nothing {where}leave {called} out")


def typed(words: Iterable[str] | None = None) -> str:
    """The command as it was typed, or with these words behind the program's name."""
    return shlex.join(["desertion", *(sys.argv[1:] if words is None else words)])


def place(out: Path | None, name: str) -> Path:
    """Where results go: `out`, or that name in `outputs/`, which is then said on standard error as soon as anything is shown.

    Studies of earlier versions lie in the current folder; one of that name is pointed to, and goes on where --out names it.
    """
    from desertion.files import RESULTS, folder

    if out is not None:
        return out
    usual = folder(RESULTS) / name
    UNSAID.append(f"results go to {usual}")  # of what is refused there are none
    if usual.suffix == ".sqlite" and Path(name).is_file() and not usual.exists():
        UNSAID.append(f"{name} is left as it is; to go on with it, add --out {shlex.quote(name)}")
    return usual


def refuse_places(kept: Iterable[Path], *, table: Path | None, plot: Path | None) -> None:
    """Refuse the files of --table and --plot that cannot be written, before anything is worked out.

    Args:
        kept: Files that the command reads or writes besides, which neither may take the place of.
        table: The file of --table, if one is given.
        plot: The file of --plot, likewise.

    Raises:
        InputError: If one is of `kept`, a folder or in no folder that can be written to, both are one, or no figure has such a format.
    """
    from desertion.errors import InputError
    from desertion.files import folder

    taken = {os.path.realpath(path): f"{path} is a file of this command itself" for path in kept}
    for option, path in (("--table", table), ("--plot", plot)):
        if path is None:
            continue
        if told := taken.get(os.path.realpath(path)):
            raise InputError(f"{option}: {told}, which would be lost: name another file with {option}")
        folder(path.parent, [path.name], option)
        taken[os.path.realpath(path)] = f"{path} is what {option} writes"
    if plot is not None:
        from desertion.figures.style import check_format

        check_format(plot)


Simulated = Annotated[
    bool,
    typer.Option("--simulated", help="Counts of simulated persons, as the run had them; at real size if not given."),
]


def settings(pairs: list[str] | None, option: str = "--set") -> dict[str, object]:
    """Return `--set` options, or those of another name, as {dotted key: value}; a value is read as TOML and else taken as plain text.

    Raises:
        InputError: If one has no equals sign, or no key before it, or two have the same key.
    """
    return once([_setting(pair, option) for pair in pairs or []], option)


def once[T](pairs: list[tuple[str, T]], option: str) -> dict[str, T]:
    """Pairs by their keys, of which none may be given twice: the first would be lost."""
    from desertion.errors import InputError

    keys = [key for key, _ in pairs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputError(f"{option} {twice} is given {keys.count(twice)} times: give it once")
    return dict(pairs)


def _setting(pair: str, option: str) -> tuple[str, object]:
    from desertion.errors import input_error
    from desertion.reading import toml_value

    key, sign, text = pair.partition("=")
    if not sign or not key.strip():
        raise input_error(option, pair, "has no key and value", way_out=f"write {option} dotted.key=value")
    return key.strip(), toml_value(text, f"{option} {key.strip()}")
