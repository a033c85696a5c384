"""What one server lets its visitors ask for, set once when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desertion.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the server allows.

    Attributes:
        people: Simulated persons of one live run.
        days: Days of any run.
        people_compared: Simulated persons of all runs of a comparison together.
        runs: Replicates of a comparison.
        arms: Policies of a comparison.
        seconds: Seconds that a comparison may take.
        sessions: Visitors at a time.
        file_bytes: Size of a study's file that is opened.
        studies: The one folder whose study files can be opened, or None.
    """

    people: int = 300_000
    days: int = 3_660
    people_compared: int = 10_000_000
    runs: int = 100
    arms: int = 4
    seconds: float = 600.0
    sessions: int = 20
    file_bytes: int = 1_000_000_000
    studies: Path | None = None


class _Server:
    """The limits in force. Written before the first visitor comes and only read afterwards, so that no lock is needed."""

    limits = Limits()


def limits() -> Limits:
    """The limits in force."""
    return _Server.limits


def set_limits(wanted: Limits) -> None:
    """Put limits in force for the whole server, before it takes its first visitor."""
    _Server.limits = wanted


def check_live(people: int, scale: float, days: int) -> None:
    """Refuse a live run that is too large.

    Args:
        people: Simulated persons.
        scale: Share of real size that gives so many.
        days: Horizon.

    Raises:
        InputError: With the size that fits.
    """
    _check_days(days)
    _check_people(people, scale, limits().people, "a live run")


def check_comparison(people: int, scale: float, days: int, arms: int, runs: int) -> None:
    """Refuse a comparison that is too large.

    Args:
        people: Simulated persons of one run.
        scale: Share of real size that gives so many.
        days: Horizon.
        arms: Policies.
        runs: Replicates of each.

    Raises:
        InputError: With the size that fits.
    """
    most = limits()
    _check_days(days)
    check_numbers(arms, runs)
    _check_people(people, scale, min(most.people, most.people_compared // (arms * runs)), "this comparison")


def check_numbers(arms: int, runs: int) -> None:
    """Refuse a comparison of too many policies or runs.

    Args:
        arms: Policies.
        runs: Replicates of each.

    Raises:
        InputError: With what is allowed.
    """
    most = limits()
    if arms > most.arms:
        raise InputError(
            f"policies: {arms} are too many to compare here, at most {most.arms}; leave some out", key="arms"
        )
    if not 1 <= runs <= most.runs:
        raise InputError(f"runs = {runs} must lie in [1, {most.runs}]", key="runs")


def _check_days(days: int) -> None:
    if days > limits().days:
        raise InputError(f"days = {days} is more than this server runs; {limits().days} days or fewer fit", key="days")


def _check_people(people: int, scale: float, most: int, what: str) -> None:
    if people > most:
        from desertion.scenario.sizing import two_figures

        fits = two_figures(scale * most / people)
        raise InputError(
            f"scale = {scale:g} makes {people:,} people, and {what} may have at most {most:,}: a scale of {fits:g} fits",
            key="scale",
        )
