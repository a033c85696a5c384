"""The reference state of each force: the scenario's own first day, before policies, settings and the dial."""

from collections.abc import Iterator

from desertion.parameters import CATEGORIES, Behaviour, Force, Host, Reference
from desertion.rules.refuge import OPEN, believed, chance_out, persuaded, worth_inside
from desertion.scenario.course import course
from desertion.scenario.layers import Layers
from desertion.scenario.overlay import tracks

LEAST = 1e-6  # where nobody could get anywhere, an opening is measured against one chance in a million


def reference_of(scenario: Layers) -> dict[str, Reference]:
    """The reference state by force name: what push, cost, contagion and perceived chances are measured against."""
    first_day = _first_day(scenario)
    return {force.name: _reference(first_day, f, force) for f, force in enumerate(first_day.forces)}


def unmeasured(scenario: Layers) -> Iterator[str]:
    """Yield a sentence for each force of whose ways out one is shut on the first day, so that any opening drives out everybody who has it."""
    for force in scenario.forces if scenario.hosts else ():
        reference = scenario.reference.get(force.name, Reference())
        flee = {
            "deserter": force.base_soldier_flee if force.soldiers else force.base_hiding_flee,
            "evader": max(force.base_reservist_flee, force.base_summoned_flee) if force.reservists else 0.0,
            "other": force.base_civilian_flee if force.civilians else 0.0,
        }
        shut = [
            f"flight_{category}"
            for category, baseline in flee.items()
            if baseline and getattr(reference, f"flight_{category}") == LEAST
        ]
        if force.soldiers and force.base_soldier_surrender and reference.quarter == LEAST:
            shut.append("quarter")
        if shut:
            yield (
                f'force "{force.name}": nobody has a chance of {" and ".join(shut)} on the first day, so that a later one is measured against one in a million and drives out '
                f"everybody at once: state [reference.{force.name}] {shut[0]}, the chance that the baseline rates belong to"
            )


def _first_day(scenario: Layers) -> Layers:
    """The scenario with what its own dated changes have moved by its first day."""
    early = [change for change in scenario.changes if change.date <= scenario.start]
    bare = scenario.model_copy(update={"asylum": scenario.asylum_status_quo})
    first = course(bare, tracks(bare.model_copy(update={"changes": tuple(early), "overlays": ()})))
    return bare.model_copy(update={"forces": first.forces, "hosts": first.hosts})


def _reference(scenario: Layers, f: int, force: Force) -> Reference:
    flights = {f"flight_{category}": max(LEAST, _flight(scenario, f, force, category)) for category in CATEGORIES}
    credibility = persuaded(force.quarter_credibility, force.campaign_reach, force.campaign_credibility)
    quarter = believed(force.quarter_announced, credibility, force.quarter_fear)
    return Reference(
        casualty_rate=force.casualty_rate,
        legitimacy=force.legitimacy,
        supply=force.supply,
        punishment=force.punishment,
        police=force.police,
        quarter=max(LEAST, quarter),
        **flights,
    )


def _flight(scenario: Layers, f: int, force: Force, category: str) -> float:
    """Perceived worth of flight, averaged over the force's regions."""
    total = 0.0
    for region in force.regions:
        worth = [
            region.access.get(host.name, host.access) * inside_of(scenario, f, force, host, category)
            for host in scenario.hosts
        ]
        total += region.share * max(worth, default=0.0)
    return total * chance_out(force.exit_control, force.exit_ban, force.ban_control, category in ("deserter", "evader"))


def inside_of(scenario: Layers, f: int, force: Force, host: Host, category: str) -> float:
    """Perceived chance to get into a host times what waits there, before any case has been decided."""
    onward = {other.name: other for other in scenario.hosts}
    passed_on = max(
        (_claim(f, onward[name], category) for name in host.passes_to if onward[name].border >= OPEN),
        default=0.0,
    )
    return worth_inside(
        host.border,
        getattr(host, f"visa_free_{category}"),
        _admission(f, host, category),
        host.leak,
        _recognition(force, host, category, scenario.behaviour),
        host.places - host.places_taken < 1.0,
        host.worth_abroad,
        host.worth_tolerated,
        passed_on,
    )


def _admission(f: int, host: Host, category: str) -> float:
    return getattr(host, f"admission_{category}") if f < host.offers_to else 0.0


def _recognition(force: Force, host: Host, category: str, behaviour: Behaviour) -> float:
    announced = host.announced if host.announced >= 0.0 else getattr(host, f"recognition_{category}")
    return persuaded(behaviour.belief_credibility, force.campaign_reach, force.campaign_credibility) * announced


def _claim(f: int, host: Host, category: str) -> float:
    """What a host is worth by a claim alone: open, with places, no other way in and nowhere to be passed on to."""
    recognition = getattr(host, f"recognition_{category}")
    return worth_inside(
        OPEN, 0.0, _admission(f, host, category), 0.0, recognition, False, 0.0, host.worth_tolerated, 0.0
    )
