"""`desertion theory`: what can be worked out without a run, and a few runs to hold it against."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from desertion.commands._shared import options as _options

if TYPE_CHECKING:
    from pathlib import Path

    from desertion.theory.mean_field import MeanField
    from desertion.theory.mixing import Simulated
    from desertion.theory.summary import Theory

Asylum = Annotated[float | None, typer.Option("--asylum", help="Position of the asylum dial, 0 closed to 1 open.")]
Points = Annotated[bool, typer.Option("--points/--no-points", help="Simulate towns to lay over the diagram (slow).")]
Measure = Annotated[
    int, typer.Option("--measure", metavar="N", help="Measure the multiplier of one more leaver in N paired runs.")
]


def command(
    context: typer.Context,
    scenario: _options.Scenario,
    policies: _options.Policies = None,
    settings: _options.Settings = None,
    asylum: Asylum = None,
    scale: _options.Scale = None,
    days: _options.Days = None,
    measure: Measure = 0,
    points: Points = True,
    seed: _options.Seed = 1,
    out: _options.Out = None,
) -> None:
    """Work out the reproduction number of leaving, the steady states and the tipping point."""
    from desertion.commands._shared.results import say
    from desertion.commands._shared.running import loaded
    from desertion.files import folder
    from desertion.theory.summary import theory

    if out is None:
        _options.unused(context, "points", without="--out")
    if not measure and (out is None or not points):
        _options.unused(context, "seed", without="--measure, or --out with its points")
    chosen = loaded(scenario, policies, _options.settings(settings), scale, days, asylum)
    if out is not None:
        folder(out, ["bifurcation.png"])
    found = theory(chosen, measure=measure, seed=seed)
    title = (
        f"{chosen.title or chosen.name} ({' + '.join(chosen.policies) or 'no policy'}), {chosen.behaviour.form} form"
    )
    say(title)
    print()
    _tell(found)
    _tell_limit(found)
    if out is not None:
        _draw(found.field, out, seed, points=points)


def _tell(theory: Theory) -> None:
    from desertion.figures.labels import ROUTE_NAMES, likelier, many

    found = theory.reproduction
    print("Reproduction number of leaving (leavers that one leaver adds)")
    print(f"  in the steady state        {_or(found.value, 'no steady state')}")
    print(f"  on the first day           {found.first:.3g}")
    print(f"  in the reference state     {_or(theory.reference.value, 'no steady state')} (before policies and dial)")
    print(f"  multiplier, 1 / (1 - R)    {_or(found.multiplier, 'without bounds')}")
    print(f"  R reaches 1 at             {_or(theory.tipping, 'no multiple')} (times the contagion weights)")
    if theory.scenario.behaviour.form == "threshold":
        print("  R leaves out instigators, who go at their baseline rates without being moved:")
        print("  over the days of a run they may tip it at any R.")
    if found.lumpy:
        moved = f"after one leaver his nearest are {likelier(math.log(found.lift))} to leave"
        if theory.scenario.behaviour.form == "threshold":
            moved = f"one leaver brings the thresholds of his nearest {found.jump:.2g} nearer"
        print(f"  Beware: {moved};")
        if found.bend > 0:
            print("  small units empty earlier than R says, and more leave.")
        else:
            print("  several who leave together move fewer than they would one by one, and fewer leave than R says.")
    if math.isinf(theory.frailest) and not math.isinf(found.value):
        print("  Beware: each company and town has a frailty of its own, and the frailest may pass a fold of their own")
        print("  and empty though R is below 1: more leave than R, multiplier and flows say.")
    if math.isinf(found.value):
        print("  Without an end, leaving would go on until nobody is left who can leave; a run")
        print(f"  ends after {many(theory.scenario.days, 'day')}.")
    else:
        print("\nWho leaves in the steady state")
        for row in theory.leavers.head(6).to_dict("records"):
            print(f"  {row['group']:<12} {ROUTE_NAMES[row['route']]:<16} {100 * row['share']:5.1f} %")
    if theory.measured is not None:
        error = f" ± {theory.measured.error:.2g}" if len(theory.measured.samples) > 1 else ""
        print(
            f"\nMeasured: one more leaver on day {theory.day} means {theory.measured.mean:.3g}{error} departures by day "
            f"{theory.scenario.days}"
        )


def _tell_limit(theory: Theory) -> None:
    field = theory.field
    print("\nComplete mixing with the strength refilled")
    print(f"  rate of leaving {field.rate:.3g} a day, ", end="")
    if math.isnan(field.weight):
        print("contagion weight cannot be told: thresholds are so narrow")
        print("  that one leaver moves nobody in a town of mean people, whatever the weight")
        return
    print(f"contagion weight {field.weight:.3g}, ", end="")
    print(f"half-life {field.half_life:.3g} days" if field.form != "threshold" else "no forgetting")
    for state in theory.steady_states.itertuples():
        kind = "stable" if state.stable else "unstable: beyond it leaving runs away"
        print(f"  S* = {state.pressure:.4g}, R = {state.reproduction:.3g} ({kind})")
    if theory.steady_states.empty:
        why = "the weight lies beyond the fold"
        if math.isinf(field.tipping_weight):  # as of a concave form that is nearly a line
            why = "more would leave a day than there are"
        print(f"  no steady state: {why}")
    print(f"  fold (R = 1) at contagion weight {_or(field.tipping_weight, 'none')}")


def _or(value: float, otherwise: str) -> str:
    return otherwise if math.isinf(value) else f"{value:.3g}"


def _draw(field: MeanField, out: Path, seed: int, *, points: bool) -> None:
    from desertion.figures import bifurcation, style
    from desertion.theory.mixing import towns

    simulated: list[Simulated] = towns(field, seed=seed) if points else []
    with style.house():
        figure = style.new_figure("wide")
        bifurcation.diagram(figure.subplots(), field, simulated, own=None if math.isnan(field.weight) else field.weight)
        print(f"\ndrawn: {style.save(figure, out / 'bifurcation.png')}")
