"""What is allowed in a scenario or force and looks like a slip: of a unit, of a date, of the size that a number is meant for."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence

from desertion.figures.labels import percent
from desertion.files import shipped_folder, shown
from desertion.parameters import Force, Host
from desertion.parameters.inputs import inputs
from desertion.reading import toml
from desertion.scenario.complaints import build
from desertion.scenario.documents import named
from desertion.scenario.fallbacks import DAYS_A_YEAR
from desertion.scenario.scenario import Scenario

FAR = 10.0
"""Multiple of all shipped values from which a number is remarked on; it marks slips of a unit or a point, nothing else."""

THREAT = 1000.0
"""Factor by which a call-up may raise the rates of leaving unremarked: in russia-2022 it raises them 14-fold, in toy sixfold."""

LARGE = 10_000
"""People from which on amounts a day that were left to defaults are remarked on; the defaults are of the toy world's order."""

MONTH = 30
_COUNTS = ("persons", "persons/day", "cases/day", "EUR", "EUR/year", "relative", "forces")
_AMOUNTS = ("persons/day", "cases/day")


def slips(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each thing that is allowed and looks like a slip."""
    last, shipped = scenario.days, shipped_forces()
    for force in scenario.forces:
        called = sum(wave.number for wave in force.waves)
        if called > force.reservists:
            yield f'force "{force.name}": {called:,} are called up, and there are {force.reservists:,} reservists'
        if called > FAR * force.soldiers:
            yield (
                f'force "{force.name}": {called:,} are called up to {force.soldiers:,} soldiers; army news and losses of legitimacy are shares of '
                f"the soldiers at the start, so that each who leaves service counts as one of {max(force.soldiers, 1):,} however many serve "
                "by then, and few may drive out everybody: let a call-up go to a force with soldiers"
            )
        yield from _threat(force, scenario.behaviour.push_threat)
        for wave in force.waves:
            if (wave.date - scenario.start).days >= last:
                yield f'force "{force.name}": the call-up of {wave.date} lies beyond the horizon of {last} days'
        if force != shipped.get(force.name):
            yield from far(f'force "{force.name}"', force, shipped)
    for path in dict.fromkeys(change.path for change in scenario.changes):
        first = min(change.date for change in scenario.changes if change.path == path)
        if (first - scenario.start).days >= last:
            yield f'"{path}" changes on {first}, beyond the horizon of {last} days'
    for force in scenario.forces:
        yield from _amounts("force", [force], force.people, "it has")
    yield from _amounts("host", scenario.hosts, scenario.people, "there are")
    if not scenario.hosts:
        yield "there is no host, so nobody can flee abroad"
    for host in scenario.hosts:
        nearness = [region.access.get(host.name, host.access) for force in scenario.forces for region in force.regions]
        if not any(nearness):
            yield f'host "{host.name}" can be reached from nowhere: its access and that of all regions is 0'


def shipped_forces() -> dict[str, Force]:
    """All shipped forces by name."""
    found: dict[str, Force] = {}
    for path in sorted((shipped_folder("seeds") / "forces").glob("*.toml")):
        document = toml(path)
        named(document, path)
        found[path.stem] = build(Force, document, where=shown(path))
    return found


def far(what: str, force: Force, others: Mapping[str, Force]) -> Iterator[str]:
    """Yield a sentence for each number that lies tenfold outside what all shipped forces have."""
    for one in inputs(Force):
        if not one.unit or one.unit in _COUNTS or one.form not in ("number", "whole number"):
            continue
        given = float(getattr(force, one.name))
        known = [float(getattr(other, one.name)) for other in others.values()]
        low, high = min(known), max(known)
        if given > FAR * high > 0.0 or 0.0 < given < low / FAR:
            yearly = f", {DAYS_A_YEAR * given:.3g} a year" if one.unit == "1/day" else ""
            yield f"{what}: {one.name} = {given:g} ({one.unit}{yearly}); the shipped forces have {low:g} to {high:g}"


def _threat(force: Force, weight: float) -> Iterator[str]:
    """Yield a sentence if the threat of the largest call-up drives out whoever can go, as weights for small ones do."""
    share = called_in_a_month(force)
    raised = 100.0 * share * weight
    if raised > math.log(THREAT):
        yield (
            f'force "{force.name}": {percent(share)} of its reservists are called up within a month, which at behaviour.push_threat = '
            f"{weight:g} multiplies their rates of leaving by {math.exp(min(raised, 700.0)):.0e}; in russia-2022 it is 0.9 % and "
            "a factor of 14: state a push_threat for call-ups of this size"
        )


def called_in_a_month(force: Force) -> float:
    """Largest share of the reservists that call-ups decreed by a day take in the month after it."""
    days = [wave.date for wave in force.waves] if force.reservists else []
    return min(max((_called(force, day) / force.reservists for day in days), default=0.0), 1.0)


def _called(force: Force, day: dt.date) -> float:
    """How many the force means to call in the month from a day on, of call-ups decreed by then."""
    total = 0.0
    for wave in force.waves:
        ends = (wave.date - day).days + wave.days
        if wave.date <= day and ends > 0:
            total += wave.number * min(ends, MONTH) / wave.days
    return total


def _amounts(what: str, things: Sequence[Force] | Sequence[Host], people: int, whose: str) -> Iterator[str]:
    """Yield a sentence for each amount a day that stands at its default beside so many people, who are too many for it."""
    amounts = [one for one in inputs(type(things[0])) if one.unit in _AMOUNTS] if things and people > LARGE else []
    for one in amounts:
        names = [f'"{thing.name}"' for thing in things if getattr(thing, one.name) == one.default]
        if names and 0.0 < one.default < math.inf:
            yield (
                f"{what} {', '.join(names)}: {one.name} = {one.default:g} {one.unit} is the program's default, which does not "
                f"grow with the world: {whose} {people:,} people"
            )
