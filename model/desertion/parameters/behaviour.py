"""Behaviour: how people weigh what they see, the same for all forces."""

import math
from typing import Literal

from desertion.parameters.field import Frozen, fixed

LEVELS = ("squad", "company", "community", "ties", "news", "facing")
SPREADING = ("multiplicative", "concave", "additive", "threshold")
"""Forms of contagion."""

FORMS = (*SPREADING, "none")
"""What an input may say of its form."""


class Behaviour(Frozen):
    """How people decide: forms of contagion, weights, memory and frailty, the same for all forces."""

    form: Literal["multiplicative", "concave", "additive", "threshold", "none"] = "multiplicative"
    contagion_squad: float = fixed(1.0, "log hazard per share", "weight of peers gone in the squad", -10000.0, 10000.0)
    contagion_company: float = fixed(
        1.0, "log hazard per share", "weight of peers gone in the company", -10000.0, 10000.0
    )
    contagion_community: float = fixed(
        2.0, "log hazard per share", "weight of people gone from the home community", -10000.0, 10000.0
    )
    contagion_ties: float = fixed(1.0, "log hazard per share", "weight of personal ties gone", -10000.0, 10000.0)
    contagion_news: float = fixed(2.0, "log hazard per share", "weight of news of the own army", -10000.0, 10000.0)
    contagion_facing: float = fixed(
        1.2,
        "log hazard per share",
        "weight of news of armies facing the same enemy",
        -10000.0,
        10000.0,
        source="Lehmann & Zhukov 2019: about 0.6 of the own army's weight (A)",
    )
    reception_squad: float = fixed(
        1.0, "log hazard per share", "interaction of squad contagion with perceived reception", -10000.0, 10000.0
    )
    reception_company: float = fixed(
        1.0, "log hazard per share", "interaction of company contagion with perceived reception", -10000.0, 10000.0
    )
    reception_community: float = fixed(
        1.0, "log hazard per share", "interaction of community contagion with perceived reception", -10000.0, 10000.0
    )
    reception_ties: float = fixed(
        1.0, "log hazard per share", "interaction of ties with perceived reception", -10000.0, 10000.0
    )
    reception_news: float = fixed(
        2.0, "log hazard per share", "interaction of army news with perceived reception", -10000.0, 10000.0
    )
    reception_facing: float = fixed(
        1.0, "log hazard per share", "interaction of others' news with perceived reception", -10000.0, 10000.0
    )
    half_life_squad: float = fixed(
        99.0,
        "days",
        "half-life of squad pressure (inf: cumulative)",
        0.1,
        math.inf,
        source="Lehmann & Zhukov 2019: 139 (own army) and 99 (others) time units, unit not stated (A-der); swept 30 to 400 and inf",
    )
    half_life_company: float = fixed(99.0, "days", "half-life of company pressure", 0.1, math.inf)
    half_life_community: float = fixed(99.0, "days", "half-life of community pressure", 0.1, math.inf)
    half_life_ties: float = fixed(99.0, "days", "half-life of tie pressure", 0.1, math.inf)
    half_life_news: float = fixed(
        139.0,
        "days",
        "half-life of army news",
        0.1,
        math.inf,
        source="Lehmann & Zhukov 2019 (A-der), unit not stated; swept 30 to 400 and inf",
    )
    half_life_facing: float = fixed(
        99.0,
        "days",
        "half-life of news of other armies",
        0.1,
        math.inf,
        source="Lehmann & Zhukov 2019 (A-der), unit not stated; swept 30 to 400 and inf",
    )
    cross_route: float = fixed(
        0.3, "share", "how much leaving by one route counts for another (own route: 1)", 0.0, 1.0
    )
    unit_event_weight: float = fixed(
        2.0,
        "multiple",
        "extra weight in army news when half of a squad or company surrenders within three days",
        0.0,
        100.0,
    )
    unit_surrender: float = fixed(
        0.0, "chance", "most chance that a company cut off follows its commander into surrender", 0.0, 1.0
    )
    unit_cohesion: float = fixed(
        0.5, "share", "how much less where all first members of the company still serve", 0.0, 1.0
    )
    concave_scale: float = fixed(0.01, "share", "s0 of the concave form", 1e-9, 10.0)
    concave_power: float = fixed(
        0.12,
        "exponent",
        "a of the concave form",
        0.0,
        2.0,
        source="Lehmann & Zhukov 2019: elasticity to past surrenders about 0.116 on a log scale (A-der, rough)",
    )
    additive_scale: float = fixed(0.01, "1/day per unit of contagion", "c of the additive form", 0.0, 10.0)
    threshold_mean: float = fixed(0.25, "share", "mean threshold of the threshold form", -1.0, 10.0)
    threshold_spread: float = fixed(0.1, "share", "standard deviation of the thresholds", 0.0, 10.0)
    threshold_push: float = fixed(0.05, "share per unit of push", "a of the threshold form", 0.0, 10.0)
    threshold_draw: Literal["random", "quantiles"] = "random"

    chance_power: float = fixed(1.0, "exponent", "w of the perceived chance of flight, surrender and visas", 0.0, 5.0)
    soldier_chance_power: float = fixed(
        -1.0, "exponent", "w of the perceived chance for soldiers who serve (-1: `chance_power`, as for all)", -1.0, 5.0
    )
    frailty_unit: float = fixed(0.2, "variance", "variance of log frailty shared by a company", 0.0, 9.0)
    frailty_community: float = fixed(0.2, "variance", "variance of log frailty shared by a community", 0.0, 9.0)
    frailty_own: float = fixed(0.5, "variance", "variance of a person's own log frailty", 0.0, 9.0)
    shock_unit: float = fixed(0.0, "log hazard", "standard deviation of daily shocks shared by a company", 0.0, 5.0)
    shock_community: float = fixed(
        0.0, "log hazard", "standard deviation of daily shocks shared by a community", 0.0, 5.0
    )
    shock_memory: float = fixed(0.9, "correlation", "day-to-day correlation of the shocks", 0.0, 0.9999)

    push_wounded: float = fixed(1.0, "log hazard per share", "weight of comrades wounded in the company", -10.0, 50.0)
    push_killed: float = fixed(0.5, "log hazard per share", "weight of comrades killed in the company", -10.0, 50.0)
    push_captured: float = fixed(1.0, "log hazard per share", "weight of comrades captured in the company", -10.0, 50.0)
    half_life_casualties: float = fixed(30.0, "days", "half-life of the memory of casualties", 0.1, math.inf)
    push_risk: float = fixed(
        0.2, "log hazard per ratio", "weight of own daily risk relative to the reference", -10.0, 10.0
    )
    push_legitimacy: float = fixed(1.5, "log hazard per share", "weight of legitimacy below the reference", -10.0, 20.0)
    push_supply: float = fixed(
        1.0, "log hazard per share", "weight of supply shortfall above the reference", -10.0, 20.0
    )
    push_cohesion: float = fixed(
        0.5, "log hazard per share", "weight of original members lost from the squad", -10.0, 20.0
    )
    push_punishment: float = fixed(
        1.0,
        "log hazard",
        "weight of the fear of punishment beyond the first day's: punishment times the perceived chance of being caught, less the same in the reference state",
        0.0,
        20.0,
    )
    push_threat: float = fixed(
        1.5, "log hazard per per cent called a month", "weight of the threat of call-up", 0.0, 50.0
    )
    threat_danger: float = fixed(
        1.0, "exponent", "exponent of danger at the front in the threat of call-up (0: danger does not count)", 0.0, 2.0
    )
    push_door: float = fixed(0.7, "log hazard", "weight of the expectation that the door closes", 0.0, 10.0)
    push_turnout: float = fixed(1.0, "log hazard per share", "weight of turnout in the street", 0.0, 20.0)

    host_noise: float = fixed(0.3, "log worth", "scale of personal taste among hosts (Gumbel)", 0.0, 10.0)
    queue_patience: float = fixed(3.0, "days", "expected wait at a border that halves its worth", 0.1, 365.0)
    belief_weight: float = fixed(10.0, "cases", "weight of the announced policy against decided cases", 0.01, 1e6)
    belief_credibility: float = fixed(
        0.8, "share", "share of the announced recognition rate that is believed at first", 0.0, 1.0
    )
    belief_half_life: float = fixed(90.0, "days", "half-life of evidence from decided cases", 1.0, math.inf)
    belief_heard: float = fixed(
        0.01,
        "share",
        "share of decided cases that people hear of, and of prisoners' fates; above 1 in a shrunk world, where a case stands for many",
        0.0,
        1e9,
    )
    infiltrators: float = fixed(0.001, "share", "share of those who leave who are infiltrators", 0.0, 1.0)
    information_value: float = fixed(
        1.0, "soldiers", "worth of what one prisoner knows on the day he is taken", 0.0, 1e6
    )
    information_half_life: float = fixed(
        12.0,
        "hours",
        "half-life of that worth",
        0.1,
        1e4,
        source="EUROPP article: half-life 'measured in hours'; value swept",
    )
    index_news: float = fixed(1.0, "per share", "weight of surrender news in the index of war length", 0.0, 100.0)
    index_strength: float = fixed(1.0, "per share", "weight of strength lost in the index of war length", 0.0, 100.0)
