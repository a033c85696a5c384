"""The decision rules: pure scalar functions of numbers, called by both forms of the population. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.compiled import kernel
from desertion.statuses import ADDITIVE, CONCAVE, MULTIPLICATIVE, NONE, THRESHOLD

TICK = 1099511627776.0  # 2**40 ticks are one unit of integrated hazard
SHARE = 1073741824.0  # 2**30 ticks are a share of 1 in a group's pressure
TIE_SHARE = 16777216.0  # 2**24 ticks are a share of 1 among a person's ties
TIE_MOST = 1073741824  # 2**30: ties press at most like 64 times all of them, which fits into 32 bits
TIE_FADED = 4096  # a tie pressure under 2**-12 is none: comrades do forget
MAX_RATE = 4096.0  # per day: nobody is left after such a day
FAR = 4611686018427387904  # 2**62: a threshold that is never reached
LARGEST_EXPONENT = 50.0


@kernel
def clip_exponent(x: float) -> float:
    """`x` held to [-50, 50], so that no hazard overflows."""
    if x > LARGEST_EXPONENT:
        return LARGEST_EXPONENT
    if x < -LARGEST_EXPONENT:
        return -LARGEST_EXPONENT
    return x


@kernel
def weighted_share(own: int, total: int, cross: float) -> float:
    """Pressure (share of a group gone, decayed) that counts for one route.

    `own` and `total` are ticks of 2**-30: gone by this route, and by all; `cross` is the weight of the other routes.
    """
    return (own + cross * (total - own)) / SHARE


@kernel
def contagion(weight: float, interaction: float, reception: float, share: float) -> float:
    """One level's term of the log-hazard: (beta + beta* x reception) x share gone."""
    return (weight + interaction * reception) * share


@kernel
def level(form: int, baseline: float, drive: float, shared: float) -> float:
    """A group's part of the rate of one route per day, before opportunity and personal ties.

    `drive` is push less cost and `shared` the contagion from all levels but ties, both in log-hazard units.
    """
    if form == MULTIPLICATIVE:
        return baseline * math.exp(clip_exponent(drive + shared))
    return baseline * math.exp(clip_exponent(drive))


@kernel
def exit_rate(
    form: int,
    open_chance: float,
    level_: float,
    shared: float,
    tied: float,
    additive_scale: float,
    concave_scale: float,
    concave_power: float,
) -> float:
    """Rate per day of leaving by one route for a person of average frailty (exp z = 1).

    `open_chance` is opportunity times perceived chance to its power; at 0 the rate is exactly 0. `tied` is the contagion from personal ties.
    """
    if open_chance <= 0.0:
        return 0.0
    if form == MULTIPLICATIVE:
        if tied == 0.0:
            return open_chance * level_
        return open_chance * level_ * math.exp(clip_exponent(tied))
    if form == CONCAVE:
        felt = shared + tied
        if felt <= 0.0:
            return open_chance * level_
        return open_chance * level_ * math.pow(1.0 + felt / concave_scale, concave_power)
    if form == ADDITIVE:
        rate = level_ + additive_scale * (shared + tied)
        return open_chance * rate if rate > 0.0 else 0.0
    return open_chance * level_


@kernel
def open_chance(opportunity: float, chance: float, reference: float, power: float) -> float:
    """Opportunity times the perceived chance relative to the reference state, to its power; exactly 0 where either is 0."""
    if opportunity <= 0.0 or chance <= 0.0:
        return 0.0
    if power == 1.0:
        return opportunity * (chance / reference)
    return opportunity * math.pow(chance / reference, power)


@kernel
def ticks(rate: float) -> int:
    """A day's rate as whole ticks, so that clocks add up to the same number in any order."""
    if rate >= MAX_RATE:
        return int(MAX_RATE * TICK)
    if not rate > 0.0:
        return 0
    return int(rate * TICK)


@kernel
def exit_threshold(u: float, z: float) -> int:
    """Ticks of group clock at which a person with log frailty `z` leaves: an exponential threshold over exp(z), at least 1."""
    height = -math.log(u) * math.exp(-clip_exponent(z)) * TICK
    if height >= 4.0e18:
        return FAR
    return int(height) + 1


@kernel
def crossing(remaining: int, increment: int) -> float:
    """When within the day a clock that still lacks `remaining` ticks passes its threshold, as a share of the day; 2 if it does not.

    A clock that passed on an earlier day (somebody waits for a visa) yields to every other: 1.5.
    """
    if increment <= 0 or remaining > increment:
        return 2.0
    if remaining <= 0:
        return 1.5
    return float(remaining) / float(increment)


@kernel
def frailty(
    normal_own: float, normal_unit: float, normal_community: float, own: float, unit: float, community: float
) -> float:
    """Log frailty z, the sum of three normal parts with the variances given, each part with E[exp] = 1."""
    z = math.sqrt(own) * normal_own - 0.5 * own
    z += math.sqrt(unit) * normal_unit - 0.5 * unit
    return z + math.sqrt(community) * normal_community - 0.5 * community


@kernel
def chance_to_be_caught(capacity: float, at_large: float) -> float:
    """Perceived daily chance that a man in hiding is caught, in [0, 1]; falls as more men hide than the police can find."""
    if capacity <= 0.0:
        return 0.0
    return capacity / (capacity + at_large)


@kernel
def deterrence(punishment: float, odds: float, weight: float) -> float:
    """Fear of punishment in log-hazard units: severity times perceived chance of being caught times weight."""
    return weight * punishment * odds


@kernel
def strain(
    wounded: float,
    killed: float,
    captured: float,
    risk: float,
    supply: float,
    doubt: float,
    w_wounded: float,
    w_killed: float,
    w_captured: float,
    w_risk: float,
    w_supply: float,
    w_doubt: float,
) -> float:
    """What drives all men of a company, in log-hazard units.

    Shares of the company lately wounded, killed, captured; own risk over the reference less 1; supply shortfall above the reference;
    legitimacy below the reference.
    """
    push = w_wounded * wounded + w_killed * killed + w_captured * captured
    return push + w_risk * risk + w_supply * supply + w_doubt * doubt


@kernel
def soldier_push(strain_: float, lost: float, shock: float, w_lost: float) -> float:
    """What drives a serving soldier: his company's strain, the share of his squad's original members lost, and shared shocks."""
    return strain_ + w_lost * lost + shock


@kernel
def civil_push(
    threat: float,
    door: float,
    turnout: float,
    doubt: float,
    shock: float,
    w_threat: float,
    w_door: float,
    w_turnout: float,
    w_doubt: float,
) -> float:
    """What drives a person outside the army, in log-hazard units: threat of call-up, closing door, turnout, doubt, shocks."""
    return w_threat * threat + w_door * door + w_turnout * turnout + w_doubt * doubt + shock


@kernel
def threat(called_a_month: float, pool: float, danger: float) -> float:
    """Threat of call-up: per cent of the pool to be called in the coming month, times danger at the front relative to the reference."""
    if pool <= 0.0:
        return 0.0
    share = called_a_month / pool
    return 100.0 * (share if share < 1.0 else 1.0) * danger


@kernel
def thinned_risk(rate: float, sector: float, serving: int, peak: int, power: float, cap: float) -> float:
    """Daily rate of being hit in a company: its sector's rate, raised as the line thins, up to a cap."""
    if serving <= 0 or rate <= 0.0 or sector <= 0.0:
        return 0.0
    factor = 1.0
    if serving < peak:
        factor = math.pow(peak / serving, power)
        if factor > cap:
            factor = cap
    return rate * sector * factor


@kernel
def carried_over(credit: float, a_day: float) -> float:
    """Capacity that an idle desk takes into the next day: the fraction that small scales live on, so that no day has the capacity of two."""
    if a_day < 1.0:
        return min(credit, 1.0)
    return credit - math.floor(credit)


@kernel
def believed(announced: float, credibility: float, fear: float) -> float:
    """What people expect before any evidence: the announcement as far as it is credible, else their fear."""
    return credibility * announced + (1.0 - credibility) * fear


@kernel
def persuaded(credibility: float, reach: float, persuasion: float) -> float:
    """Credibility after a campaign that reaches a share of people and closes part of the gap to full belief."""
    return credibility + reach * persuasion * (1.0 - credibility)


@kernel
def learned(prior: float, weight: float, good: float, seen: float) -> float:
    """Belief after `seen` cases of which `good` went well, the prior being worth `weight` cases (beta-binomial mean)."""
    return (weight * prior + good) / (weight + seen)


@kernel
def chance_out(control: float, ban: float, ban_control: float, liable: bool) -> float:
    """Chance to pass the own frontier: control always; under a ban, the ban's control for those liable to serve."""
    stopped = control
    if liable and ban > 0.0 and ban_control > stopped:
        stopped = ban_control
    return 1.0 - stopped


@kernel
def worth_inside(
    border: float,
    visa: float,
    admission: float,
    leak: float,
    recognition: float,
    full: bool,
    worth_abroad: float,
    worth_tolerated: float,
    passed_on: float,
) -> float:
    """What waits at a host, protection being 1: the best of entry without a claim, a claim, transit and irregular entry."""
    best = leak * worth_abroad
    if border >= 2.0:
        if visa * worth_abroad > best:
            best = visa * worth_abroad
        if not full:
            claim = admission * (recognition + (1.0 - recognition) * worth_tolerated)
            if claim > best:
                best = claim
    elif border >= 1.0 and passed_on > best:
        best = passed_on
    return best


@kernel
def wait_discount(waiting: float, entry: float, patience: float) -> float:
    """What an expected wait at a border leaves of its worth: half at `patience` days."""
    if waiting <= 0.0 or entry == math.inf:
        return 1.0
    if entry <= 0.0:
        return 0.0
    return 1.0 / (1.0 + (waiting / entry) / patience)


@kernel
def legitimacy(
    now: float,
    normal: float,
    pull: float,
    exits: float,
    casualties: float,
    turnout: float,
    ban: float,
    w_exits: float,
    w_casualties: float,
    w_turnout: float,
    w_ban: float,
) -> float:
    """Tomorrow's legitimacy in [0, 1]: back toward normal, less visible exits, casualties, turnout and the shock of a new ban."""
    level_ = (
        now + pull * (normal - now) - w_exits * exits - w_casualties * casualties - w_turnout * turnout - w_ban * ban
    )
    if level_ < 0.0:
        return 0.0
    return level_ if level_ < 1.0 else 1.0


@kernel
def passing_news(censorship: float, erosion: float, exiles: float) -> float:
    """Share of news that passes censorship, which exiles admitted abroad (share of people) erode."""
    return 1.0 - censorship * math.exp(-erosion * exiles)


@kernel
def decayed(pressure: int, keep: int) -> int:
    """A pressure after a day of forgetting; `keep` is 2**(-1/half-life) in units of 2**-24."""
    return (pressure * keep) >> 24


@kernel
def leaves_by_threshold(share: float, theta: float, pull: float) -> bool:
    """Whether the weighted share gone, helped by push and chance, has reached a person's threshold."""
    return share + pull >= theta


@kernel
def war_index(news: float, lost: float, w_news: float, w_lost: float) -> float:
    """Index of expected war length (100 at the start): falls with surrender news and with lost strength."""
    return 100.0 * math.exp(-(w_news * news + w_lost * lost))


FORM_NUMBER = {
    "multiplicative": MULTIPLICATIVE,
    "concave": CONCAVE,
    "additive": ADDITIVE,
    "threshold": THRESHOLD,
    "none": NONE,
}
