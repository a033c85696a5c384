"""A host: its border, its offer, its capacity."""

import math

from pydantic import Field

from desertion.parameters.field import COUNTABLE, Frozen, Notes, lever

CATEGORIES = ("deserter", "evader", "skilled", "other")


class Host(Frozen):
    """A country that may give refuge, or just entry."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    sources: tuple[str, ...] = ()
    notes: Notes = Field(default_factory=dict, description="source of single numbers, by field name")
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
        "how many forces may claim here, in the scenario's order (a part counts as one); the others are not admitted as claimants",
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
    announced: float = lever(
        -1.0, "chance", "recognition rate as announced (below 0: the true one is announced)", -1.0, 1.0
    )
    covers_refusers: float = lever(
        1.0, "0 or 1", "1 if those who refused openly count as deserters, 0 if as others", 0.0, 1.0
    )
    claims_abroad: float = lever(0.002, "1/day", "rate at which people abroad without a claim file one", 0.0, 1.0)
    onward: float = lever(0.002, "1/day", "rate at which people abroad move on to another host", 0.0, 1.0)
    homeward: float = lever(0.002, "1/day", "rate at which people abroad return home", 0.0, 1.0)
    cases: float = lever(10.0, "cases/day", "cases decided a day", 0.0)
    case_days: float = lever(200.0, "days", "least days from claim to decision", 0.0, 3650.0)
    places: float = lever(math.inf, "persons", "reception places for applicants, protected and tolerated", 0.0)
    places_taken: float = lever(0.0, "persons", "places taken in advance by other refugees", 0.0, COUNTABLE)
    leak: float = lever(0.05, "chance", "chance of irregular entry where no legal way is open", 0.0, 1.0)
    enforcement: float = lever(0.1, "share", "share of the refused who are returned; the rest live on abroad", 0.0, 1.0)
    refused_days: float = lever(120.0, "days", "days that the refused stay tolerated", 1.0, 3650.0)
    skilled_visas: float = lever(0.0, "persons/day", "skilled-worker visas a day", 0.0, COUNTABLE)
    screening_detection: float = lever(0.3, "chance", "chance that screening finds an infiltrator", 0.0, 1.0)
    screening_alarm: float = lever(0.01, "chance", "chance that screening refuses a genuine claimant", 0.0, 1.0)
    screening_days: float = lever(0.0, "days", "days that screening adds to a case", 0.0, 3650.0)
    cost: float = lever(12500.0, "EUR/year", "cost of one applicant, protected or tolerated person", 0.0, COUNTABLE)
    transit_cost: float = lever(200.0, "EUR", "cost of passing one person on", 0.0, COUNTABLE)
    budget: float = lever(math.inf, "EUR/year", "stated budget, for comparison only", 0.0)
    output_per_head: float = lever(40000.0, "EUR/year", "output of a skilled person who settles", 0.0, COUNTABLE)
    worth_abroad: float = lever(0.4, "relative", "worth of living there without a claim, protection being 1", 0.0, 1.0)
    worth_tolerated: float = lever(0.2, "relative", "worth of toleration after a refusal, protection being 1", 0.0, 1.0)
