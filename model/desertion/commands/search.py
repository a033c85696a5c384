"""`desertion search`: the policy mix that does most within a budget."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options as _options
from desertion.commands._shared.studies import of_studies, run_options

if TYPE_CHECKING:
    from desertion.study.analysis.goal import Goal
    from desertion.study.questions import Search
    from desertion.study.search.candidates import SearchResult

Study = Annotated[str, typer.Argument(help="A study whose [vary] names the levers, by path or name.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", "-o", help="The search's file; outputs/STUDY-search.sqlite if not given.")
]
Wanted = Annotated[
    list[str] | None,
    typer.Option(
        "--want",
        help="What is better, as measure=more or measure=less; repeatable; if not given, left_total=more and "
        "cost_eur=less.",
    ),
]
Limits = Annotated[
    list[str] | None,
    typer.Option("--limit", help="Largest mean allowed, as measure=number, persons at real size; repeatable."),
]
Candidates = Annotated[int, typer.Option("--candidates", help="Policy mixes to try.")]
Rival = Annotated[bool, typer.Option("--rival/--no-rival", help="Compare with as many points of a Sobol sequence.")]
Check = Annotated[
    int, typer.Option("--check", metavar="N", help="Judge the fronts again on N replicates that chose nothing.")
]
Table = Annotated[Path | None, typer.Option("--table", help="Write all candidates into this CSV file.")]
Plot = Annotated[
    Path | None, typer.Option("--plot", help="Draw candidates and fronts into this file (png, svg or pdf).")
]

_MOST = 6


@of_studies
def command(
    study: Study,
    out: OutFile = None,
    want: Wanted = None,
    limit: Limits = None,
    candidates: Candidates = 128,
    rival: Rival = True,
    check: Check = 0,
    runs: _options.OwnRuns = None,
    scale: _options.Scale = None,
    seed: _options.OwnSeed = None,
    settings: _options.Settings = None,
    workers: _options.Workers = None,
    table: Table = None,
    plot: Plot = None,
    accept_changes: _options.AcceptChanges = False,
    quiet: _options.Quiet = False,
) -> int:
    """Search for policy mixes on the Pareto front within limits, or go on with a search."""
    from desertion.files import refuse_folder
    from desertion.study.questions import search
    from desertion.study.run.described import study_path

    limits = {name: _number(word, name) for name, word in _pairs(limit or [], "--limit").items()}
    wanted = _pairs(want or [], "--want")
    file = _options.place(out, f"{study_path(study).stem}-search.sqlite")
    refuse_folder(file)
    beside = [file.with_stem(f"{file.stem}-{word}") for word in ("rival", "check")]
    _options.refuse_places([study_path(study), file, *beside], table=table, plot=plot)
    found = search(
        study, want=wanted, limit=limits, candidates=candidates, rival=rival, check=check, runs=runs, scale=scale,
        seed=seed, settings=_options.settings(settings), out=file, quiet=quiet,
        options=run_options(workers, accept_changes=accept_changes),
    )  # fmt: skip
    return _tell(found, check, table, plot)


def _tell(found: "Search", check: int, csv: Path | None, plot: Path | None) -> int:
    _show(found.found["Optuna"], found.goal)
    still = _unmoved(found)
    if still:
        print(still)
    elif len(found.found) > 1:
        _compare(found.found, found.goal)
    if found.checked and not still:
        _compare(found.checked, found.goal, f"on {check} other replicates, ")
    if csv is not None:
        from desertion.commands._shared.results import write_answer

        (any_study, *_) = (result.study for result in found.found.values())
        print(f"written: {write_answer(csv, found.table, any_study.points)}")
    if plot is not None:
        _draw(found, plot)
        print(f"drawn: {plot}")
    return 0


def _unmoved(found: "Search") -> str:
    """What is to be said where all candidates came to the same, empty where they did not: then no share of a box tells them apart."""
    from desertion.figures.labels import rounded

    judged = found.table[list(found.goal.measures)].dropna()
    if len(judged) < 2 or (judged.nunique() > 1).any():
        return ""
    same = " and ".join(f"{name} {rounded(value, 4)}" for name, value in judged.iloc[0].items())
    return f"no lever moves anything: {len(judged)} candidates have {same}, each of them"


def _show(result: "SearchResult", goal: "Goal") -> None:
    from desertion.figures.labels import rounded
    from desertion.scenario.grain import MARK, legend, marked

    best = result.table[result.table["front"]].sort_values(next(iter(goal.wanted)))
    print(
        f"{int(result.table['within'].sum())} of {len(result.table)} candidates "
        f"{'are within the limits' if goal.limits else 'have all their runs'}, "
        f"{len(best)} on the front{f'; {_MOST} of them from end to end' if len(best) > _MOST else ''}:"
    )
    if len(best) > _MOST:
        best = best.iloc[[round(step * (len(best) - 1) / (_MOST - 1)) for step in range(_MOST)]]
    rows = [*goal.measures, *(name for name in best.columns if name not in (*goal.measures, "design", *_NO_LEVERS))]
    shown = best.set_index("design")[rows].T.rename_axis(index=None, columns="candidate").astype(object)
    for name in goal.measures:
        size = result.study.size_of(name)
        shown.loc[name] = [marked(rounded(value, 4), value, size) for value in best[name]]
    told = shown.to_string(float_format=lambda value: rounded(value, 4))
    print(told)
    if result.study.is_real:
        print("persons at real size" + (f"; {legend(1.0 / result.study.scales[0])}" if MARK in told else ""))
    if result.study.floor:
        print(f"note: {result.study.floor}")
    print(f"all candidates: {result.study.path}")


_NO_LEVERS = ("runs", "within", "front")


def _compare(results: "Mapping[str, SearchResult]", goal: "Goal", where: str = "") -> None:
    from desertion.study.search.candidates import compare_found, together

    joint = together(results.items(), goal).set_index("proposed_by")["joint_front"]
    volumes = compare_found(list(results.values()), goal)
    counted = "within the limits" if goal.limits else "with all their runs"
    for (name, result), volume in zip(results.items(), volumes, strict=True):
        print(
            f"{where}{name}: hypervolume {volume:.3f}, {int(result.table['within'].sum())} of {len(result.table)} {counted}, "
            f"{int(joint[[name]].sum())} on the joint front"
        )
    whose = "these alone" if where else f"all candidates {counted}"
    apart = "; these come to other numbers, so that it is not to be held against the share above" if where else ""
    print(f"(hypervolume: share of the box around {whose} that some candidate beats{apart})")


def _draw(found: "Search", path: Path) -> None:
    from desertion.figures import style
    from desertion.figures.fronts import fronts
    from desertion.study.analysis.foot import few_drawn, signed

    study, first = found.found["Optuna"].study, next(iter(found.goal.measures))
    with style.house():
        figure = style.new_figure("wide")
        fronts(figure.subplots(), found.table, found.goal.wanted, found.goal.limits, study.size_of(first))
        style.raised(figure)
        runs = found.spec.replicates.number
        style.note(
            figure,
            f"Means over the same {runs} replicates for every mix."
            if runs > 1
            else "One run of every mix, on the same people and fates.",
        )
        signed(figure, study, few_drawn(study, first, "pareto"))
        style.save(figure, path)


def _pairs(texts: list[str], option: str) -> dict[str, str]:
    from desertion.errors import input_error

    pairs: list[tuple[str, str]] = []
    for text in texts:
        name, sign, word = text.partition("=")
        if not sign or not name or not word:
            raise input_error(option, text, "must read measure=value")
        pairs.append((name.strip(), word.strip()))
    return _options.once(pairs, option)


def _number(word: str, name: str) -> float:
    from desertion.errors import input_error

    try:
        return float(word)
    except ValueError as problem:
        raise input_error("--limit", f"{name}={word}", "must end in a number") from problem
