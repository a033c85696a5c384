"""Dated events of a scenario that a curve must be read by: call-ups and exit bans."""

from desertion.scenario.scenario import Scenario


def bans(scenario: Scenario) -> tuple[int, ...]:
    """Days on which men of the first force who are liable to serve may no longer leave, from each on."""
    begun = [
        day + 1
        for day, kind, index, lever, value in scenario.timeline()
        if (kind, index, lever) == ("force", 0, "exit_ban") and value > 0.0
    ]
    return (1, *begun) if scenario.course.forces[0].exit_ban > 0.0 else tuple(begun)


def events(scenario: Scenario) -> tuple[tuple[int, str], ...]:
    """Call-ups and exit bans of the first force within the horizon: the day, the first being 1, and what happens."""
    called = [
        ((wave.date - scenario.start).days + 1, f"call-up of {wave.number:,}") for wave in scenario.forces[0].waves
    ]
    banned = [(day, "exit ban") for day in bans(scenario)]
    return tuple((day, words) for day, words in called + banned if 0 < day <= scenario.days)
