"""What all people of a force see of their home state and of the enemy."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.hazard import weighted_share
from desertion.rules.push import chance_to_be_caught, deterrence, threat
from desertion.rules.refuge import believed, learned, persuaded
from desertion.simulation.signals.contagion import total_of
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World

MONTH = 30


@kernel
def publish_force(w: World, f: int, day: int) -> None:
    """What all people of a force see of their state: odds of being caught, threat of call-up, quarter, fears, news."""
    force, reference = w.forces[f], w.reference[f]
    w.odds[f] = chance_to_be_caught(force.police, float(w.count[f, codes.HIDING]))
    pool = 0
    for c in range(len(w.community_force)):
        if w.community_force[c] == f:
            pool += w.class_n[c, codes.HOME_RESERVIST] + w.class_n[c, codes.HOME_RESERVIST_SKILLED]
    danger = 1.0
    if reference.casualty_rate > 0.0:
        danger = force.casualty_rate / reference.casualty_rate
    w.threat[f] = threat(called_in_a_month(w, f, day), float(pool), danger, w.behaviour[0].threat_danger)
    credibility = persuaded(force.quarter_credibility, force.campaign_reach, force.campaign_credibility)
    prior = believed(force.quarter_announced, credibility, force.quarter_fear)
    w.quarter[f] = learned(
        prior, w.behaviour[0].belief_weight, w.prisoners_seen[f, codes.WELL], w.prisoners_seen[f, codes.SEEN]
    )
    for route in range(codes.N_ROUTES):
        w.fear[f, route] = _deterrent(w, f, route)
        cross = w.behaviour[0].cross_route
        w.news_share[f, route] = weighted_share(w.news[f, route], total_of(w.news[f]), cross)
        w.facing_share[f, route] = weighted_share(w.news_facing[f, route], total_of(w.news_facing[f]), cross)


@kernel
def called_in_a_month(w: World, f: int, day: int) -> float:
    """How many the force's calendar means to call in the coming month, as people know on `day`."""
    total = 0.0
    if w.fallen[f] >= 0:
        return total
    for v in range(len(w.wave_force)):
        if w.wave_force[v] != f or w.wave_day[v] > day:
            continue  # a call-up is not known before it is decreed
        ends = w.wave_day[v] + w.wave_days[v]
        overlap = min(day + MONTH, ends) - day
        if overlap > 0:
            total += w.wave_number[v] * (overlap / w.wave_days[v])
    return total


@kernel
def _deterrent(w: World, f: int, route: int) -> float:
    """Cost of a route by fear of punishment, less the same in the reference state: hiding risks being caught, refusing is certain to be."""
    force, weight = w.forces[f], w.behaviour[0].push_punishment
    if route == codes.HIDE:
        police = w.reference[f].police / w.money  # at the size of the run, as those in hiding are
        usual = deterrence(w.reference[f].punishment, chance_to_be_caught(police, float(w.hiding_start[f])), weight)
        return deterrence(force.punishment, w.odds[f], weight) - usual
    if route == codes.REFUSE:
        return deterrence(force.punishment - w.reference[f].punishment, 1.0, weight)
    return 0.0
