"""A desk that decides cases first come first served, the slow and obvious way."""

from __future__ import annotations

from collections import deque
from fractions import Fraction


def desk(arrivals: list[int], cases_a_day: Fraction, least_days: int) -> tuple[list[int], list[int], list[int]]:
    """Waiting at the end of each day, decided each day, and each case's days of waiting in the order of decision."""
    queue: deque[int] = deque()
    credit, waiting, decided, waits = Fraction(0), [], [], []
    for day, new in enumerate(arrivals):
        queue.extend([day] * new)
        credit += cases_a_day
        done = 0
        while credit >= 1 and queue and queue[0] + least_days <= day:
            credit -= 1
            waits.append(day - queue.popleft())
            done += 1
        if not queue or queue[0] + least_days > day:
            credit = min(credit, Fraction(1)) if cases_a_day < 1 else credit % 1
        waiting.append(len(queue))
        decided.append(done)
    return waiting, decided, waits
