"""Dated events of a scenario that a curve must be read by: call-ups and exit bans."""

from desertion.scenario.scenario import Scenario


def bans(scenario: Scenario, force: int = 0) -> tuple[int, ...]:
    """Days on which men of a force (the first by default) who are liable to serve may no longer leave, from each on."""
    begun = [
        day + 1
        for day, kind, index, lever, value in scenario.timeline()
        if (kind, index, lever) == ("force", force, "exit_ban") and value > 0.0
    ]
    return (1, *begun) if scenario.course.forces[force].exit_ban > 0.0 else tuple(begun)


def events(scenario: Scenario, force: str | None = None) -> tuple[tuple[int, str], ...]:
    """Call-ups and exit bans within the horizon: the day, the first being 1, and what happens.

    Args:
        scenario: The scenario.
        force: Of which force; of all if not given, whose names are then told where there are several.
    """
    marks: list[tuple[int, str]] = []
    for index, own in enumerate(scenario.forces):
        if force in (None, own.name):
            whose = f"{own.name}: " if force is None and len(scenario.forces) > 1 else ""
            called = [
                ((wave.date - scenario.start).days + 1, f"{whose}call-up of {wave.number:,}") for wave in own.waves
            ]
            marks += called + [(day, f"{whose}exit ban") for day in bans(scenario, index)]
    return tuple((day, words) for day, words in marks if 0 < day <= scenario.days)
