"""What hosts are worth to those who look at them: chances to get in, what waits there, how long the way is."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.refuge import OPEN, chance_out, claim_worth, learned, persuaded, wait_discount, worth_inside
from desertion.simulation.world import codes
from desertion.simulation.world.fields import World


@kernel
def publish_hosts(w: World) -> None:
    """Which hosts are full, what being passed on is worth, and how near a host with its queue is to each region."""
    for h in range(len(w.hosts)):
        w.full[h] = is_full(w, h)
    for h in range(len(w.hosts)):
        for cat in range(codes.N_CATEGORIES):
            for f in range(len(w.people)):
                best = 0.0
                for other in range(len(w.hosts)):
                    if w.passes_to[h, other] != 0 and takes_claims(w, other, f):
                        host = w.hosts[other]
                        worth = claim_worth(host.recognition[cat], host.worth_tolerated)
                        best = max(best, admission(w, other, f, cat) * worth)
                w.passed_on[h, cat, f] = best
    for f in range(len(w.people)):
        for h in range(len(w.hosts)):
            for cat in range(codes.N_CATEGORIES):
                w.inside[f, h, cat] = _worth_after(w, f, h, cat, w.national_n[f, h, cat], w.national_good[f, h, cat])
    for region in range(len(w.region_force)):
        w.region_visa[region] = _nearest_visa(w, region)
        for h in range(len(w.hosts)):
            w.outside[region, h] = _outside_worth(w, region, h)


@kernel
def is_full(w: World, h: int) -> bool:
    """Whether all reception places of a host are taken."""
    stock = 0
    for f in range(len(w.people)):
        stock += housed(w, h, f)
    return stock + 1 > w.hosts[h].places - w.hosts[h].places_taken


@kernel
def housed(w: World, h: int, f: int) -> int:
    """How many people of a force a host houses: applicants, protected and tolerated."""
    stock = w.host_count[h, f]
    return stock[codes.APPLICANT] + stock[codes.PROTECTED] + stock[codes.REFUSED]


@kernel
def admission(w: World, h: int, f: int, cat: int) -> float:
    """Chance that a host admits a person of a category and force as a claimant."""
    if f >= w.hosts[h].offers_to:
        return 0.0
    return w.hosts[h].admission[cat]


@kernel
def takes_claims(w: World, h: int, f: int) -> bool:
    """Whether a host takes claims of people of a force, also of those whom another passes on."""
    return w.hosts[h].border >= OPEN and f < w.hosts[h].offers_to and not is_full(w, h)


@kernel
def _worth_after(w: World, f: int, h: int, cat: int, seen: float, good: float) -> float:
    """Perceived chance to get into a host times what waits there, protection being 1, after `seen` cases of which `good` were granted."""
    b, host, force = w.behaviour[0], w.hosts[h], w.forces[f]
    announced = host.announced
    if announced < 0.0:
        announced = host.recognition[cat]
    credibility = persuaded(b.belief_credibility, force.campaign_reach, force.campaign_credibility)
    return worth_inside(
        host.border,
        host.visa_free[cat],
        admission(w, h, f, cat),
        host.leak,
        learned(credibility * announced, b.belief_weight, good, seen),
        w.full[h] != 0,
        host.worth_abroad,
        host.worth_tolerated,
        w.passed_on[h, cat, f],
    )


@kernel
def inside_worth(w: World, c: int, h: int, cat: int) -> float:
    """What a host is worth once one is there, as a community sees it that may have heard of cases of its own."""
    f = w.community_force[c]
    if w.has_heard[c] == 0:
        return w.inside[f, h, cat]
    seen, good = w.national_n[f, h, cat] + w.heard_n[c, h, cat], w.national_good[f, h, cat] + w.heard_good[c, h, cat]
    return _worth_after(w, f, h, cat, seen, good)


@kernel
def nearness(w: World, region: int, h: int) -> float:
    """Nearness of a host to a region: the region's own number, or the host's lever where the region states none."""
    return w.access[region, h] if w.access[region, h] >= 0.0 else w.hosts[h].access


@kernel
def _outside_worth(w: World, region: int, h: int) -> float:
    """Nearness of a host to a region times what the wait at its border leaves of it."""
    waiting = 0
    for f in range(len(w.people)):
        waiting += w.host_count[h, f, codes.AT_BORDER]
    return nearness(w, region, h) * wait_discount(float(waiting), w.hosts[h].entry, w.behaviour[0].queue_patience)


@kernel
def passable(w: World, f: int, cat: int) -> float:
    """Chance to pass the own frontier."""
    force = w.forces[f]
    return chance_out(
        force.exit_control, force.exit_ban, force.ban_control, cat == codes.DESERTER or cat == codes.EVADER
    )


@kernel
def _nearest_visa(w: World, region: int) -> float:
    """Nearness of the nearest host that offers skilled-worker visas; 0 if none does."""
    best = 0.0
    for h in range(len(w.hosts)):
        if w.hosts[h].skilled_visas > 0.0:
            best = max(best, nearness(w, region, h))
    return best
