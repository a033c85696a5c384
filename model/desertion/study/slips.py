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
from desertion.scenario.reference import unmeasured
from desertion.scenario.scenario import Scenario
from desertion.scenario.sizing import two_figures

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
    yield from unmeasured(scenario)
    yield from _unreached(scenario)
    yield from _peace(scenario)
    yield from _lost(scenario)


def _unreached(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each host to which nobody can come on any day, by himself or passed on."""
    passed_on = {name for host in scenario.hosts for name in host.passes_to}
    for host, values in zip(scenario.hosts, scenario.taken("host", "access"), strict=True):
        regions = [region for force in scenario.forces for region in force.regions]
        nearness = [region.access.get(host.name, max(values["access"])) for region in regions]
        if not any(nearness) and host.name not in passed_on:
            yield f'host "{host.name}" can be reached from nowhere: its access and that of all regions is 0'


def _peace(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each force whose hits move less than they seem to."""
    weights = {
        "behaviour.push_risk": scenario.behaviour.push_risk,
        "behaviour.threat_danger": scenario.behaviour.threat_danger,
    }
    idle = " and ".join(name for name, weight in weights.items() if weight)
    for force, values in zip(scenario.forces, scenario.taken("force", "casualty_rate"), strict=True):
        if not any(values["casualty_rate"]):
            continue
        if not force.front_share:
            yield f'force "{force.name}": nobody is hit whatever its casualty_rate, since front_share is 0'
        elif idle and not scenario.reference[force.name].casualty_rate:
            yield (
                f'force "{force.name}": casualty_rate is 0 in its reference state, the first day, so that no part is played by {idle} once it rises: '
                f"state [reference.{force.name}] casualty_rate, the level that the baseline rates belong to"
            )


def _lost(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for what is there at real size and not in a scaled world: hosts whose free places come to less than one, call-ups of nobody."""
    shut: dict[str, float] = {}
    for host, values in zip(scenario.hosts, scenario.taken("host", "places", "places_taken"), strict=True):
        # A host that has room enough on some day is not lost.
        free = max(values["places"]) - min(values["places_taken"])
        if 1.0 <= free < 1.0 / scenario.scale:
            shut[host.name] = free
    if shut:
        least = two_figures(1.0 / min(shut.values()), upward=True)
        yield (
            f"at scale {scenario.scale:g} less than one person's place is free in {', '.join(f'{name} ({free:,.0f})' for name, free in shut.items())}, so that "
            f"no claim is taken there: a scale of {least:g} gives each room for one"
        )
    for force in scenario.forces:
        called = sum(wave.number for wave in force.waves)
        if called and not round(called * scenario.scale):
            yield f'force "{force.name}": at scale {scenario.scale:g} its call-ups of {called:,} come to nobody'


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
