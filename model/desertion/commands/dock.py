"""`desertion dock`: run both forms of the population side by side and name their first difference."""

import typer

from desertion.commands._shared import options as _options


def command(
    scenario: _options.Scenario,
    policies: _options.Policies = None,
    settings: _options.Settings = None,
    seed: _options.Seed = 1,
    scale: _options.Scale = None,
    days: _options.Days = None,
) -> None:
    """Check that the Mesa agents and the compiled crowd give one history; name the first day, person and term if not."""
    from desertion.commands._shared.running import loaded
    from desertion.simulation.docking import difference
    from desertion.simulation.model import DesertionModel
    from desertion.simulation.population.protocol import POPULATIONS

    chosen = loaded(scenario, policies, _options.settings(settings), scale, days)
    first, second = (DesertionModel(chosen, rng=seed, population=form) for form in POPULATIONS)
    found = difference(first, second)
    if found is not None:
        print(f"the two forms differ: {found}")
        raise typer.Exit(1)
    print(
        f"one history: {first.day} days, {len(first.world.status)} people, {int(first.world.left.sum())} of whom left"
    )
