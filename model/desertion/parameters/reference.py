"""A force's reference state, against which push, cost and perceived chances are measured, and levers moved on a date."""

import datetime as dt

from desertion.parameters.field import COUNTABLE, Frozen, fixed


class Change(Frozen):
    """A lever moved on a date: absolute value from that day on."""

    date: dt.date
    path: str
    value: float


class Reference(Frozen):
    """A force's reference state: where cost and contagion are 0 and perceived chances 1, and push but for two terms.

    Own risk is measured per company against the army's average, and an expected ban against none: see ODD, section 5. A scenario takes what is not stated from its own first day.
    """

    casualty_rate: float = fixed(0.0, "1/day", "hits per soldier serving and day", 0.0, 1.0)
    legitimacy: float = fixed(0.0, "share", "legitimacy", 0.0, 1.0)
    supply: float = fixed(0.0, "share", "supply shortfall", 0.0, 1.0)
    punishment: float = fixed(1.0, "relative", "severity of punishment", 0.0, 10.0)
    police: float = fixed(
        1.0,
        "persons/day",
        "police capacity; where nobody is absent on the first day only whether there is any counts",
        0.0,
        COUNTABLE,
    )
    flight_deserter: float = fixed(1.0, "chance", "perceived worth of flight, deserters", 1e-12, 1.0)
    flight_evader: float = fixed(1.0, "chance", "perceived worth of flight, evaders", 1e-12, 1.0)
    flight_skilled: float = fixed(1.0, "chance", "perceived worth of flight, skilled", 1e-12, 1.0)
    flight_other: float = fixed(1.0, "chance", "perceived worth of flight, others", 1e-12, 1.0)
    quarter: float = fixed(1.0, "chance", "perceived humane treatment", 1e-12, 1.0)
