"""What hosts are worth to those who look at them: chances to get in, what waits there, how long the way is."""

from __future__ import annotations

from desertion.engine.compile import kernel
from desertion.rules.refuge import chance_out, learned, persuaded, wait_discount, worth_inside
from desertion.simulation.world import codes
from desertion.simulation.world.fields import Record, World


@kernel
def publish_hosts(w: World) -> None:
    """Which hosts are full, what being passed on is worth, and how near a host with its queue is to each region."""
    for h in range(len(w.hosts)):
        w.full[h] = is_full(w, h)
        w.seen_full[h] = w.full[h]
    for h in range(len(w.hosts)):
        for cat in range(4):
            for f in range(len(w.people)):
                best = 0.0
                for other in range(len(w.hosts)):
                    if w.passes_to[h, other] != 0 and takes_transit(w, other, f):
                        host = w.hosts[other]
                        claim = admission(w, other, f, cat) * prospect(host, host.recognition[cat])
                        best = max(best, claim)
                w.passed_on[h, cat, f] = best
    for f in range(len(w.people)):
        for h in range(len(w.hosts)):
            for cat in range(4):
                w.inside[f, h, cat] = _worth_after(w, f, h, cat, w.national_n[f, h, cat], w.national_good[f, h, cat])
    for region in range(len(w.region_force)):
        w.region_visa[region] = _nearest_visa(w, region)
        for h in range(len(w.hosts)):
            w.outside[region, h] = _outside_worth(w, region, h)


@kernel
def is_full(w: World, h: int) -> bool:
    """Whether all reception places of a host are taken."""
    host = w.hosts[h]
    stock = 0
    for f in range(len(w.people)):
        stock += (
            w.host_count[h, f, codes.APPLICANT]
            + w.host_count[h, f, codes.PROTECTED]
            + w.host_count[h, f, codes.REFUSED]
        )
    return stock + 1 > host.places - host.places_taken


@kernel
def admission(w: World, h: int, f: int, cat: int) -> float:
    """Chance that a host admits a person of a category and force as a claimant."""
    if f >= w.hosts[h].offers_to:
        return 0.0
    return w.hosts[h].admission[cat]


@kernel
def takes_transit(w: World, h: int, f: int) -> bool:
    """Whether a host takes people whom another passes on."""
    return w.hosts[h].border >= 2.0 and w.full[h] == 0 and f < w.hosts[h].offers_to


@kernel
def prospect(host: Record, recognition: float) -> float:
    """What a claim is worth, protection being 1."""
    return recognition + (1.0 - recognition) * host.worth_tolerated


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
        w.seen_full[h] != 0,
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
def _outside_worth(w: World, region: int, h: int) -> float:
    """Nearness of a host to a region times what the wait at its border leaves of it."""
    near = w.access[region, h] if w.access[region, h] >= 0.0 else w.hosts[h].access
    waiting = 0
    for f in range(len(w.people)):
        waiting += w.host_count[h, f, codes.AT_BORDER]
    return near * wait_discount(float(waiting), w.hosts[h].entry, w.behaviour[0].queue_patience)


@kernel
def outside_worth(w: World, c: int, h: int) -> float:
    """Nearness of a host to a community times what the wait at its border leaves of it."""
    return w.outside[w.community_region[c], h]


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
            near = w.access[region, h] if w.access[region, h] >= 0.0 else w.hosts[h].access
            best = max(best, near)
    return best
