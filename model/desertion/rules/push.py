"""What drives people to leave and what deters them, in log-hazard units. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel


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
def strain_of(
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
def soldier_push(strain: float, lost: float, shock: float, w_lost: float) -> float:
    """What drives a serving soldier: his company's strain, the share of his squad's original members lost, and shared shocks."""
    return strain + w_lost * lost + shock


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
def threat(called_a_month: float, pool: float, danger: float, power: float) -> float:
    """Threat of call-up: per cent of the pool to be called in the coming month, times danger at the front relative to the reference to a power."""
    if pool <= 0.0:
        return 0.0
    share = called_a_month / pool
    return 100.0 * (share if share < 1.0 else 1.0) * danger**power


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
