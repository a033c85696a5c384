"""Frozen, validated inputs with units: the one home of every parameter of the model."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ROUTES = ("hide", "flee", "surrender", "refuse", "skilled")
CATEGORIES = ("deserter", "evader", "skilled", "other")
LEVELS = ("squad", "company", "community", "ties", "news", "facing")
FORMS = ("multiplicative", "concave", "additive", "threshold", "none")

SWEPT = "no source: swept"


def _number(default: Any, unit: str, meaning: str, low: float, high: float, source: str, is_lever: bool) -> Any:
    return Field(
        default=default,
        ge=None if low == -math.inf else low,
        le=None if high == math.inf else high,
        description=meaning,
        json_schema_extra={"unit": unit, "source": source, "lever": is_lever},
    )


def lever(
    default: float, unit: str, meaning: str, low: float = 0.0, high: float = math.inf, source: str = SWEPT
) -> Any:
    """A number that a policy may change on a date; `low` and `high` are closed bounds."""
    return _number(default, unit, meaning, low, high, source, True)


def fixed(
    default: Any, unit: str, meaning: str, low: float = -math.inf, high: float = math.inf, source: str = SWEPT
) -> Any:
    """A number that is set once for a run; `low` and `high` are closed bounds."""
    return _number(default, unit, meaning, low, high, source, False)


class Frozen(BaseModel):
    """Base of all inputs: immutable, unknown keys refused, no silent conversion of text to numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=True, validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_text_or_truth_for_numbers(cls, value: Any, info: Any) -> Any:
        # Nearly all values are plain numbers, and a study checks millions of them.
        if type(value) is float and value == value:
            return value
        annotation = cls.model_fields[info.field_name].annotation
        if (annotation is float or annotation is int) and isinstance(value, bool | str):
            raise ValueError(f"must be a number, got {value!r}")
        if annotation is float and isinstance(value, float) and math.isnan(value):
            raise ValueError("must be a number, got nan")
        return value


class Region(Frozen):
    """A part of a country: its share of the people, of a call-up, and its nearness to each host."""

    name: str
    share: float = fixed(1.0, "share of people", "share of the force's communities that lie here", 0.0, 1.0)
    quota: float = fixed(1.0, "relative", "weight of the region in a call-up (1: in proportion to its people)", 0.0)
    access: dict[str, float] = Field(
        default_factory=dict,
        description="nearness of each host in [0, 1]; hosts not named have the host's own `access`",
    )

    @field_validator("access")
    @classmethod
    def _shares(cls, value: dict[str, float]) -> dict[str, float]:
        for host, number in value.items():
            if not 0.0 <= number <= 1.0:
                raise ValueError(f"access to {host!r} must lie in [0, 1], got {number}")
        return value


class Wave(Frozen):
    """One call-up of reservists."""

    date: dt.date
    number: int = fixed(0, "persons", "how many are to be called", 0)
    days: int = fixed(30, "days", "over how many days the summonses go out", 1)
    notice: int = fixed(3, "days", "from summons to reporting", 0)
    training: int = fixed(14, "days", "from reporting to serving", 0)
    form: Literal["quota", "list"] = Field(
        default="quota",
        description="quota: men who evade are replaced from the pool; list: they are lost to the call-up",
    )


class Force(Frozen):
    """An army with its reserve, civilians and home state."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    sources: tuple[str, ...] = ()
    notes: dict[str, str] = Field(default_factory=dict, description="source of single numbers, by field name")

    # composition
    soldiers: int = fixed(300, "persons", "soldiers serving at the start", 0)
    reservists: int = fixed(500, "persons", "people liable to call-up, at home at the start", 0)
    civilians: int = fixed(200, "persons", "people not liable to call-up", 0)
    squad: int = fixed(10, "persons", "established strength of a squad", 1, 100)
    platoon: int = fixed(3, "squads", "squads in a platoon", 1, 100)
    company: int = fixed(4, "platoons", "platoons in a company", 1, 100)
    battalion: int = fixed(4, "companies", "companies in a battalion", 1, 100)
    division: int = fixed(10, "battalions", "battalions in a division", 1, 100)
    officer_share: float = fixed(0.1, "share", "share of soldiers who are officers", 0.0, 1.0)
    officer_weight: float = fixed(2.0, "persons", "weight of an officer's leaving, a private's being 1", 0.0, 100.0)
    skilled_share: float = fixed(0.1, "share", "share of reservists and civilians who are skilled", 0.0, 1.0)
    community: int = fixed(250, "persons", "reservists and civilians in one community", 1)
    degree: int = fixed(6, "ties", "even number of ties a person has within his community", 0, 200)
    rewire: float = fixed(0.1, "share", "share of ties rewired at random within the community", 0.0, 1.0)
    across: float = fixed(0.02, "share", "share of ties rewired to another community of the force", 0.0, 1.0)
    regions: tuple[Region, ...] = (Region(name="all"),)
    waves: tuple[Wave, ...] = ()
    front_share: float = fixed(0.5, "share", "share of battalions in contact with the enemy", 0.0, 1.0)
    facing: tuple[str, ...] = Field(default=(), description="names of forces that face the same enemy")

    # baseline hazards in the reference state
    base_soldier_hide: float = lever(3e-4, "1/day", "baseline rate of hiding, soldiers serving", 0.0, 10.0)
    base_soldier_flee: float = lever(2e-5, "1/day", "baseline rate of fleeing abroad, soldiers serving", 0.0, 10.0)
    base_soldier_surrender: float = lever(5e-5, "1/day", "baseline rate of surrender, soldiers in contact", 0.0, 10.0)
    base_soldier_refuse: float = lever(5e-5, "1/day", "baseline rate of open refusal, soldiers serving", 0.0, 10.0)
    base_reservist_hide: float = lever(
        2e-5, "1/day", "baseline rate of going underground, reservists at home", 0.0, 10.0
    )
    base_reservist_flee: float = lever(3e-5, "1/day", "baseline rate of fleeing abroad, reservists at home", 0.0, 10.0)
    base_summoned_hide: float = lever(5e-3, "1/day", "baseline rate of hiding once summoned", 0.0, 10.0)
    base_summoned_flee: float = lever(3e-3, "1/day", "baseline rate of fleeing abroad once summoned", 0.0, 10.0)
    base_summoned_refuse: float = lever(5e-4, "1/day", "baseline rate of open refusal once summoned", 0.0, 10.0)
    base_civilian_flee: float = lever(5e-6, "1/day", "baseline rate of fleeing abroad, civilians", 0.0, 10.0)
    base_hiding_flee: float = lever(1e-3, "1/day", "baseline rate of fleeing abroad from hiding or refusal", 0.0, 10.0)
    base_skilled: float = lever(
        1e-4, "1/day", "baseline rate of leaving on a skilled-worker visa where one is offered", 0.0, 10.0
    )

    # opportunity
    rough_country: float = lever(0.5, "share", "opportunity of soldiers to hide", 0.0, 1.0)
    frontier: float = lever(0.2, "share", "opportunity of soldiers to reach a passable frontier", 0.0, 1.0)
    contact: float = lever(0.5, "share", "opportunity to surrender, in units in contact with the enemy", 0.0, 1.0)
    refuge: float = lever(1.0, "share", "opportunity of all to hide inside the country", 0.0, 1.0)

    # the front
    casualty_rate: float = lever(2e-3, "1/day", "hits per soldier serving and day, averaged over the force", 0.0, 1.0)
    share_killed: float = lever(0.2, "share", "share of hits that kill", 0.0, 1.0)
    share_captured: float = lever(
        0.05, "share", "share of hits that end in forced capture; the rest are wounded", 0.0, 1.0
    )
    recovery: float = lever(60.0, "days", "median days that a wounded man is away", 1.0, 3650.0)
    return_share: float = lever(0.6, "share", "share of the wounded who return to service", 0.0, 1.0)
    bearers: float = lever(4.0, "persons", "soldiers who carry one wounded man on the day he is hit", 0.0, 20.0)
    thinning: float = lever(0.5, "exponent", "how the risk of those who stay rises as a company thins", 0.0, 3.0)
    thinning_cap: float = lever(3.0, "ratio", "largest rise of risk by thinning", 1.0, 20.0)
    quarter: float = lever(0.8, "chance", "chance that a prisoner is treated humanely", 0.0, 1.0)
    quarter_announced: float = lever(0.8, "chance", "humane treatment as announced by the captor", 0.0, 1.0)
    quarter_credibility: float = lever(
        0.5, "share", "weight of the announcement before any evidence; the rest is `quarter_fear`", 0.0, 1.0
    )
    quarter_fear: float = lever(
        0.4, "chance", "humane treatment expected by those who do not believe the announcement", 0.0, 1.0
    )
    campaign_reach: float = lever(0.0, "share", "share of people whom leaflets, hotline or broadcast reach", 0.0, 1.0)
    campaign_credibility: float = lever(
        0.3, "share", "share of the gap to the announcement that the reached come to believe", 0.0, 1.0
    )
    prisoner_cost: float = lever(2000.0, "EUR", "captor's cost of one prisoner for a year", 0.0)
    capture_risk: float = lever(
        0.01, "casualties", "captor's own casualties per man taken who fought on to the end", 0.0, 10.0
    )
    capture_saving: float = lever(
        0.2, "casualties", "captor's own casualties avoided per man who surrenders", 0.0, 10.0
    )

    # the home state
    legitimacy: float = lever(0.6, "share", "normal level to which legitimacy moves back", 0.0, 1.0)
    legitimacy_pull: float = lever(0.02, "1/day", "speed of moving back to the normal level", 0.0, 1.0)
    legitimacy_floor: float = lever(0.2, "share", "level below which the government falls", 0.0, 1.0)
    legitimacy_exits: float = lever(2.0, "per share", "loss per visible share of people gone", 0.0, 1000.0)
    legitimacy_casualties: float = lever(0.5, "per share", "loss per share of the soldiers hit", 0.0, 1000.0)
    legitimacy_turnout: float = lever(0.5, "per share", "loss per share of people in the street", 0.0, 1000.0)
    legitimacy_ban: float = lever(0.03, "share", "loss on the day an exit ban is imposed", 0.0, 1.0)
    legitimacy_coupling: float = lever(0.0, "share", "loss when another force's government falls", 0.0, 1.0)
    police: float = lever(1.0, "persons/day", "police capacity: most men in hiding that can be found a day", 0.0)
    punishment: float = lever(1.0, "relative", "severity of punishment, the status quo being 1", 0.0, 10.0)
    punishment_term: float = lever(180.0, "days", "term of punishment", 1.0, 3650.0)
    punished_to_front: float = lever(0.5, "share", "share of the punished who are sent to serve", 0.0, 1.0)
    trial_rate: float = lever(0.02, "1/day", "rate at which open refusers are punished", 0.0, 1.0)
    return_rate: float = lever(0.001, "1/day", "rate at which men in hiding give themselves up", 0.0, 1.0)
    exit_control: float = lever(0.02, "chance", "chance of being stopped at the own frontier without a ban", 0.0, 1.0)
    exit_ban: float = lever(0.0, "0 or 1", "1 while men liable to serve may not leave", 0.0, 1.0)
    ban_control: float = lever(0.5, "chance", "chance of being stopped at the own frontier under a ban", 0.0, 1.0)
    ban_trigger: float = lever(math.inf, "share", "share of reservists gone abroad at which a ban is imposed", 0.0)
    ban_expected: float = lever(0.0, "chance", "perceived chance that the door closes soon", 0.0, 1.0)
    censorship: float = lever(0.6, "share", "share of news that does not pass", 0.0, 1.0)
    erosion: float = lever(5.0, "per share", "how exiles admitted abroad (share of people) erode censorship", 0.0, 1e6)
    flight_visible: float = lever(0.3, "share", "share of flight from home that counts as army news", 0.0, 1.0)
    supply: float = lever(0.1, "share", "supply shortfall without loss of output", 0.0, 1.0)
    output_per_head: float = lever(30000.0, "EUR/year", "output of a skilled person", 0.0)
    output_supply: float = lever(0.5, "per share", "supply shortfall per share of skilled output lost", 0.0, 100.0)
    output_lag: float = lever(60.0, "days", "half-life of the lag from output to supply", 1.0, 3650.0)

    # the street
    protest: float = lever(0.0, "0 or 1", "1 where street protest is represented", 0.0, 1.0)
    protest_every: float = lever(7.0, "days", "days between protest days", 1.0, 365.0)
    protest_mean: float = lever(0.3, "share", "mean turnout threshold", -1.0, 2.0)
    protest_spread: float = lever(0.15, "share", "standard deviation of turnout thresholds", 0.0, 2.0)
    protest_local: float = lever(0.5, "share", "weight of the own community against news of all", 0.0, 1.0)
    protest_push: float = lever(0.1, "per unit of push", "how far push lowers the threshold", 0.0, 10.0)
    protest_police: float = lever(0.05, "share", "how far the police dampen turnout", 0.0, 1.0)
    protest_spark: float = lever(
        0.0, "share", "turnout that people believe they saw before the first protest day", 0.0, 1.0
    )

    # the breakpoint
    breakpoint: float = fixed(0.7, "share of start", "median effective strength at which the force collapses", 0.0, 1.0)
    breakpoint_spread: float = fixed(0.3, "log units", "spread of the loss at the breakpoint (log-normal)", 0.0, 3.0)

    @model_validator(mode="after")
    def _consistent(self) -> Force:
        if self.soldiers + self.reservists + self.civilians == 0:
            raise ValueError("a force needs people: soldiers, reservists and civilians are all 0")
        if self.soldiers > 0 and self.soldiers < self.squad:
            raise ValueError(
                f"soldiers = {self.soldiers} leaves no whole squad of {self.squad}; raise soldiers or the scale"
            )
        if self.degree % 2:
            raise ValueError(f"degree must be even, got {self.degree}")
        if self.share_killed + self.share_captured > 1.0 + 1e-12:
            raise ValueError("share_killed + share_captured must be at most 1")
        total = sum(region.share for region in self.regions)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the shares of the regions must add up to 1, got {total:g}")
        names = [region.name for region in self.regions]
        if len(set(names)) < len(names):
            raise ValueError(f"two regions have the same name: {names}")
        return self


class Host(Frozen):
    """A country that may give refuge, or just entry."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    sources: tuple[str, ...] = ()
    notes: dict[str, str] = Field(default_factory=dict, description="source of single numbers, by field name")
    groups: tuple[str, ...] = Field(
        default=(), description="names by which a policy may address several hosts: hosts.@group.field"
    )
    passes_to: tuple[str, ...] = Field(
        default=(), description="hosts to which it passes people on under a transit agreement"
    )

    access: float = lever(0.1, "share", "nearness in [0, 1] where a region does not say otherwise", 0.0, 1.0)
    travel: float = lever(3.0, "days", "days from leaving home to the border", 0.0, 365.0)
    border: float = lever(2.0, "0, 1 or 2", "0 closed, 1 transit only, 2 open", 0.0, 2.0)
    entry: float = lever(math.inf, "persons/day", "how many can be dealt with at the border", 0.0)
    offers_to: float = lever(
        99.0,
        "forces",
        "how many forces, in the scenario's order, may claim here; the others are not admitted as claimants",
        0.0,
        99.0,
    )
    visa_free_deserter: float = lever(0.0, "chance", "chance that a deserter may enter without a claim", 0.0, 1.0)
    visa_free_evader: float = lever(0.0, "chance", "chance that an evader may enter without a claim", 0.0, 1.0)
    visa_free_skilled: float = lever(
        0.0, "chance", "chance that a skilled civilian may enter without a claim", 0.0, 1.0
    )
    visa_free_other: float = lever(0.0, "chance", "chance that any other person may enter without a claim", 0.0, 1.0)
    admission_deserter: float = lever(
        0.5, "chance", "chance that a deserter is admitted at the border as a claimant", 0.0, 1.0
    )
    admission_evader: float = lever(
        0.3, "chance", "chance that an evader is admitted at the border as a claimant", 0.0, 1.0
    )
    admission_skilled: float = lever(
        0.3, "chance", "chance that a skilled civilian is admitted as a claimant", 0.0, 1.0
    )
    admission_other: float = lever(0.3, "chance", "chance that any other person is admitted as a claimant", 0.0, 1.0)
    recognition_deserter: float = lever(0.4, "chance", "recognition rate of deserters", 0.0, 1.0)
    recognition_evader: float = lever(0.3, "chance", "recognition rate of evaders", 0.0, 1.0)
    recognition_skilled: float = lever(0.2, "chance", "recognition rate of skilled civilians", 0.0, 1.0)
    recognition_other: float = lever(0.2, "chance", "recognition rate of others", 0.0, 1.0)
    announced: float = lever(-1.0, "chance", "recognition rate as announced; -1: the true one is announced", -1.0, 1.0)
    covers_refusers: float = lever(
        1.0, "0 or 1", "1 if those who refused openly count as deserters, 0 if as others", 0.0, 1.0
    )
    claims_abroad: float = lever(0.002, "1/day", "rate at which people abroad without a claim file one", 0.0, 1.0)
    onward: float = lever(0.002, "1/day", "rate at which people abroad move on to another host", 0.0, 1.0)
    homeward: float = lever(0.002, "1/day", "rate at which people abroad return home", 0.0, 1.0)
    cases: float = lever(10.0, "cases/day", "cases decided a day", 0.0)
    case_days: float = lever(200.0, "days", "least days from claim to decision", 0.0, 3650.0)
    places: float = lever(math.inf, "persons", "reception places for applicants, protected and tolerated", 0.0)
    places_taken: float = lever(0.0, "persons", "places taken in advance by other refugees", 0.0)
    leak: float = lever(0.05, "chance", "chance of irregular entry where no legal way is open", 0.0, 1.0)
    enforcement: float = lever(0.1, "share", "share of the refused who are returned; the rest live on abroad", 0.0, 1.0)
    refused_days: float = lever(120.0, "days", "days that the refused stay tolerated", 1.0, 3650.0)
    skilled_visas: float = lever(0.0, "persons/day", "skilled-worker visas a day", 0.0)
    screening_detection: float = lever(0.3, "chance", "chance that screening finds an infiltrator", 0.0, 1.0)
    screening_alarm: float = lever(0.01, "chance", "chance that screening refuses a genuine claimant", 0.0, 1.0)
    screening_days: float = lever(0.0, "days", "days that screening adds to a case", 0.0, 3650.0)
    cost: float = lever(12500.0, "EUR/year", "cost of one applicant, protected or tolerated person", 0.0)
    transit_cost: float = lever(200.0, "EUR", "cost of passing one person on", 0.0)
    budget: float = lever(math.inf, "EUR/year", "stated budget, for comparison only", 0.0)
    output_per_head: float = lever(40000.0, "EUR/year", "output of a skilled person who settles", 0.0)
    worth_abroad: float = lever(0.4, "relative", "worth of living there without a claim, protection being 1", 0.0, 1.0)
    worth_tolerated: float = lever(0.2, "relative", "worth of toleration after a refusal, protection being 1", 0.0, 1.0)


Vector = Annotated[dict[str, float], Field(description="a number for each level")]


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
        1.0, "log hazard", "deterrence by punishment times the perceived chance of being caught", 0.0, 20.0
    )
    push_threat: float = fixed(
        1.5, "log hazard per per cent called a month", "weight of the threat of call-up", 0.0, 50.0
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
        "share of all decided cases, and of prisoners' fates, that people hear of; above 1 in a shrunk world, where a case stands for many",
        0.0,
        1e9,
    )
    infiltrators: float = fixed(0.001, "share", "share of those who leave who are infiltrators", 0.0, 1.0)
    information_value: float = fixed(1.0, "soldier-days", "worth of what one prisoner knows when taken", 0.0, 1e6)
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


class Change(Frozen):
    """A lever moved on a date: absolute value from that day on."""

    date: dt.date
    path: str
    value: float


class Reference(Frozen):
    """A force's reference state: where push, cost and contagion are 0 and perceived chances are 1."""

    casualty_rate: float = fixed(0.0, "1/day", "hits per soldier serving and day", 0.0)
    legitimacy: float = fixed(0.0, "share", "legitimacy", 0.0, 1.0)
    supply: float = fixed(0.0, "share", "supply shortfall", 0.0, 1.0)
    punishment: float = fixed(1.0, "relative", "severity of punishment", 0.0)
    police: float = fixed(1.0, "persons/day", "police capacity: whether there is any", 0.0)
    flight_deserter: float = fixed(1.0, "chance", "perceived worth of flight, deserters", 1e-12, 1.0)
    flight_evader: float = fixed(1.0, "chance", "perceived worth of flight, evaders", 1e-12, 1.0)
    flight_skilled: float = fixed(1.0, "chance", "perceived worth of flight, skilled", 1e-12, 1.0)
    flight_other: float = fixed(1.0, "chance", "perceived worth of flight, others", 1e-12, 1.0)
    quarter: float = fixed(1.0, "chance", "perceived humane treatment", 1e-12, 1.0)
