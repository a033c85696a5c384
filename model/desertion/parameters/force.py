"""A force: its people, units, call-ups, home state and regions."""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal

from pydantic import Field, field_validator, model_validator

from desertion.parameters.field import COUNTABLE, HORIZON, Frozen, Notes, Numbers, fixed, lever


class Region(Frozen):
    """A part of a country: its share of the people, of a call-up, and its nearness to each host."""

    name: str
    share: float = fixed(1.0, "share of people", "share of the force's communities that lie here", 0.0, 1.0)
    quota: float = fixed(
        1.0, "relative", "weight of the region in a call-up (1: in proportion to its people)", 0.0, COUNTABLE
    )
    access: Numbers = Field(
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
    number: int = fixed(0, "persons", "how many are to be called", 0, COUNTABLE)
    days: int = fixed(30, "days", "over how many days the summonses go out", 1, HORIZON)
    notice: int = fixed(3, "days", "from summons to reporting", 0, HORIZON)
    training: int = fixed(14, "days", "from reporting to serving", 0, HORIZON)
    form: Literal["quota", "list"] = Field(
        default="quota",
        description="quota: men who evade are replaced from the pool; list: they are lost to the call-up",
    )


class Force(Frozen):
    """An army with its reserve, civilians and home state."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    sources: tuple[str, ...] = ()
    notes: Notes = Field(default_factory=dict, description="source of single numbers, by field name")

    # composition
    soldiers: int = fixed(300, "persons", "soldiers serving at the start", 0, COUNTABLE)
    reservists: int = fixed(500, "persons", "people liable to call-up, at home at the start", 0, COUNTABLE)
    civilians: int = fixed(200, "persons", "people not liable to call-up", 0, COUNTABLE)
    absent_soldiers: float = fixed(0.0, "share", "share of the soldiers who are in hiding on the first day", 0.0, 1.0)
    absent_reservists: float = fixed(
        0.0, "share", "share of the reservists who are in hiding on the first day", 0.0, 1.0
    )
    squad: int = fixed(10, "persons", "established strength of a squad", 1, 100)
    platoon: int = fixed(3, "squads", "squads in a platoon", 1, 100)
    company: int = fixed(4, "platoons", "platoons in a company", 1, 100)
    battalion: int = fixed(4, "companies", "companies in a battalion", 1, 100)
    division: int = fixed(10, "battalions", "battalions in a division", 1, 100)
    officer_share: float = fixed(0.1, "share", "share of soldiers who are officers", 0.0, 1.0)
    officer_weight: float = fixed(2.0, "persons", "weight of an officer's leaving, a private's being 1", 0.0, 100.0)
    skilled_share: float = fixed(0.1, "share", "share of reservists and civilians who are skilled", 0.0, 1.0)
    community: int = fixed(250, "persons", "reservists and civilians in one community", 1, COUNTABLE)
    degree: int = fixed(6, "ties", "even number of ties a person has within his community", 0, 200)
    rewire: float = fixed(0.1, "share", "share of ties rewired at random within the community", 0.0, 1.0)
    across: float = fixed(0.02, "share", "share of ties rewired to another community of the force", 0.0, 1.0)
    regions: tuple[Region, ...] = (Region(name="all"),)
    waves: tuple[Wave, ...] = ()
    front_share: float = fixed(0.5, "share", "share of the soldiers who stand in contact with the enemy", 0.0, 1.0)
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
    cut_off_chance: float = lever(0.0, "chance/day", "chance that a company in contact is cut off", 0.0, 1.0)
    cut_off_days: float = lever(5.0, "days", "days that a company stays cut off", 1.0, 3650.0)
    cut_off_contact: float = lever(
        0.0, "relative", "opportunity to surrender in a company that is cut off, where it is above `contact`", 0.0, 1e4
    )
    refuge: float = lever(1.0, "share", "opportunity of all to hide inside the country", 0.0, 1.0)

    # the call-up
    callable_share: float = lever(
        1.0,
        "share",
        "share of the reservists whom a call-up can take, such as those trained lately; raised later, it leaves out names passed over before",
        0.0,
        1.0,
    )
    recall: float = lever(
        0.0, "chance", "chance that a reservist sent back or returned is summoned while a call-up lacks men", 0.0, 1.0
    )

    # the front
    casualty_rate: float = lever(
        2e-3,
        "1/day",
        "hits per soldier serving and day, averaged over the force while its companies are equally full; by date, the threat of a call-up grows with it (`push_threat`, `threat_danger`)",
        0.0,
        1.0,
    )
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
    prisoner_cost: float = lever(2000.0, "EUR", "captor's cost of one prisoner for a year", 0.0, COUNTABLE)
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
    police: float = lever(
        1.0, "persons/day", "police capacity: most men in hiding that can be found a day", 0.0, COUNTABLE
    )
    punishment: float = lever(
        1.0,
        "relative",
        "severity of punishment, the status quo being 1; trials of open refusers run at `trial_rate` times it",
        0.0,
        10.0,
    )
    punishment_term: float = lever(180.0, "days", "term of punishment", 1.0, 3650.0)
    punished_to_front: float = lever(0.5, "share", "share of the punished who are sent to serve", 0.0, 1.0)
    trial_rate: float = lever(0.02, "1/day", "rate at which open refusers are tried, times `punishment`", 0.0, 1.0)
    return_rate: float = lever(0.001, "1/day", "rate at which men in hiding give themselves up", 0.0, 1.0)
    exit_control: float = lever(0.02, "chance", "chance of being stopped at the own frontier without a ban", 0.0, 1.0)
    exit_ban: float = lever(0.0, "0 or 1", "1 while men liable to serve may not leave", 0.0, 1.0)
    ban_control: float = lever(0.5, "chance", "chance of being stopped at the own frontier under a ban", 0.0, 1.0)
    ban_trigger: float = lever(math.inf, "share", "share of reservists gone abroad at which a ban is imposed", 0.0)
    ban_expected: float = lever(0.0, "chance", "perceived chance that the door closes soon", 0.0, 1.0)
    censorship: float = lever(0.6, "share", "share of news that does not pass", 0.0, 1.0)
    erosion: float = lever(5.0, "per share", "how exiles admitted abroad (share of people) erode censorship", 0.0, 1e6)
    exile_weight: float = lever(
        0.0, "relative", "weight of exiles without protection as a channel of news, a protected one's being 1", 0.0, 1.0
    )
    flight_visible: float = lever(
        0.3, "share", "share of departures of people who do not serve that counts as army news", 0.0, 1.0
    )
    supply: float = lever(0.1, "share", "supply shortfall without loss of output", 0.0, 1.0)
    output_per_head: float = lever(30000.0, "EUR/year", "output of a skilled person", 0.0, COUNTABLE)
    output_supply: float = lever(0.5, "per share", "supply shortfall per share of skilled output lost", 0.0, 100.0)
    output_lag: float = lever(60.0, "days", "half-life of the lag from output to supply", 1.0, 3650.0)

    # the street
    protest: float = lever(0.0, "0 or 1", "1 where street protest is represented", 0.0, 1.0)
    protest_first: float = fixed(
        0.0, "days", "days from the start to the first day on which people may turn out", 0.0, 365.0
    )
    protest_every: float = lever(7.0, "days", "days between protest days", 1.0, 365.0)
    protest_mean: float = lever(0.3, "share", "mean turnout threshold", -1.0, 2.0)
    protest_spread: float = lever(0.15, "share", "standard deviation of turnout thresholds", 0.0, 2.0)
    protest_local: float = lever(0.5, "share", "weight of the own community against news of all", 0.0, 1.0)
    protest_push: float = lever(0.1, "per unit of push", "how far push lowers the threshold", 0.0, 10.0)
    protest_police: float = lever(0.05, "share", "how far the police dampen turnout", 0.0, 1.0)
    protest_spark: float = fixed(
        0.0, "share", "turnout that people believe they saw before the first protest day", 0.0, 1.0
    )

    # the breakpoint
    breakpoint: float = fixed(0.7, "share of start", "median effective strength at which the force collapses", 0.0, 1.0)
    breakpoint_spread: float = fixed(0.3, "log units", "spread of the loss at the breakpoint (log-normal)", 0.0, 3.0)

    @property
    def people(self) -> int:
        """All its persons: soldiers, reservists and civilians."""
        return self.soldiers + self.reservists + self.civilians

    @property
    def serving(self) -> int:
        """Soldiers who serve on the first day."""
        return self.soldiers - absent_of(self.soldiers, self.absent_soldiers)

    @property
    def hiding(self) -> int:
        """Soldiers and reservists who are in hiding on the first day."""
        return absent_of(self.soldiers, self.absent_soldiers) + absent_of(self.reservists, self.absent_reservists)

    @model_validator(mode="after")
    def _consistent(self) -> Force:
        if self.people == 0:
            raise ValueError("a force needs people: soldiers, reservists and civilians are all 0")
        if self.soldiers > 0 and self.soldiers < self.squad:
            raise ValueError(
                f"soldiers = {self.soldiers} leaves no whole squad of {self.squad}; raise soldiers or the scale"
            )
        if self.degree % 2:
            raise ValueError(f"degree must be even, got {self.degree}")
        if self.share_killed + self.share_captured > 1.0 + 1e-12:
            raise ValueError("share_killed + share_captured must be at most 1")
        if self.across + self.rewire > 1.0 + 1e-12:
            raise ValueError("across + rewire must be at most 1")
        total = sum(region.share for region in self.regions)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the shares of the regions must add up to 1, got {total:g}")
        if any(wave.number for wave in self.waves) and not any(region.share * region.quota for region in self.regions):
            raise ValueError("a call-up has nowhere to come from: the quota of every region is 0")
        names = [region.name for region in self.regions]
        if len(set(names)) < len(names):
            raise ValueError(f"two regions have the same name: {names}")
        return self


def absent_of(people: int, share: float) -> int:
    """How many of the first `people` of a group are absent on the first day: they lie evenly among the others, whatever the seed."""
    return math.floor(people * share)
