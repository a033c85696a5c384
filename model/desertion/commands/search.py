"""`desertion search`: the policy mix that does most within a budget."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands import _options
from desertion.commands._studies import told

if TYPE_CHECKING:
    from desertion.study.search import Found, Goal

Study = Annotated[str, typer.Argument(help="A study whose [vary] names the levers, by path or name.")]
OutFile = Annotated[Path, typer.Option("--out", "-o", help="The search's file.")]
Wanted = Annotated[
    list[str] | None,
    typer.Option("--want", help="What is better, as measure=more or measure=less; repeatable."),
]
Limits = Annotated[
    list[str] | None, typer.Option("--limit", help="Largest median allowed, as measure=number; repeatable.")
]
Candidates = Annotated[int, typer.Option("--candidates", help="Policy mixes to try.")]
Rival = Annotated[bool, typer.Option("--rival/--no-rival", help="Compare with as many points of a Sobol sequence.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]

_MOST = 20


def command(
    study: Study,
    out: OutFile = Path("search.sqlite"),
    want: Wanted = None,
    limit: Limits = None,
    candidates: Candidates = 100,
    rival: Rival = True,
    workers: _options.Workers = None,
    quiet: Quiet = False,
) -> int:
    """Search for policy mixes on the Pareto front within limits."""
    wanted = dict(_pairs(want or ["left_total=more", "cost_eur=less"], "--want"))
    limits = {name: _number(word, name) for name, word in _pairs(limit or [], "--limit")}
    return told(lambda: _search(study, out, wanted, limits, candidates, rival, workers or 0, quiet))


def _search(
    study: str,
    out: Path,
    wanted: dict[str, str],
    limits: dict[str, float],
    candidates: int,
    rival: bool,
    workers: int,
    quiet: bool,
) -> int:
    from desertion.study.reading import read_spec
    from desertion.study.search import Goal, compare_found, search, sobol_sample
    from desertion.study.sweeping import Means, study_path

    spec = read_spec(study_path(study))
    goal, means = Goal(wanted, limits), Means(workers=workers, quiet=quiet)
    found = search(spec, goal, candidates, out, means)
    _show(found, goal)
    if rival:
        other = sobol_sample(spec, goal, candidates, out.with_stem(f"{out.stem}-rival"), means)
        one, two = compare_found(found, other, goal)
        print(f"share of the common box that is beaten: search {one:.3f}, Sobol sequence of the same size {two:.3f}")
    return 0


def _show(found: "Found", goal: "Goal") -> None:
    best = found.table[found.table["front"]].drop(columns=["within", "front", "design", "runs"])
    print(
        f"{int(found.table['within'].sum())} of {len(found.table)} candidates are within the limits, {len(best)} on the front"
    )
    first = next(iter(goal.wanted))
    print(best.sort_values(first).head(_MOST).to_string(index=False, float_format=lambda value: f"{value:.4g}"))
    print(f"all candidates: {found.study.path}")


def _pairs(given: list[str], option: str) -> list[tuple[str, str]]:
    from desertion.errors import input_error

    pairs: list[tuple[str, str]] = []
    for text in given:
        name, sign, word = text.partition("=")
        if not sign or not name or not word:
            raise input_error(option, text, "must read measure=value")
        pairs.append((name.strip(), word.strip()))
    return pairs


def _number(word: str, name: str) -> float:
    from desertion.errors import input_error

    try:
        return float(word)
    except ValueError as problem:
        raise input_error("--limit", f"{name}={word}", "must end in a number") from problem
