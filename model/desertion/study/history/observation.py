"""How a simulated history becomes what somebody published: lags, rule changes, full desks, gross counts, totals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from desertion.errors import InputError, input_error
from desertion.study.arrays import Array

_AT_ONCE = 1e-3  # steps: a shorter mean delay is none


def registration_lag(acts: ArrayLike, mean: ArrayLike) -> Array:
    """Registrations per step when each act is registered after an exponential delay.

    Acts whose registration falls after the last step are missing from the result, as they are from a
    published series that ends too early.

    Args:
        acts: shape (..., step), acts per step.
        mean: mean delay in steps, >= 0, one for all histories or one each; 0 registers at once.

    Raises:
        InputError: `mean` is negative.
    """
    flow, delay = _flow(acts), np.asarray(mean, dtype=np.float64)
    if (delay < 0.0).any():
        raise input_error("mean", float(delay.min()), "must be a delay in steps >= 0", where="registration_lag")
    # The chance that the delay ends within a step, delays counted from the start of the step of the act.
    ends = -np.expm1(-1.0 / np.maximum(delay, _AT_ONCE))
    waiting, seen = np.zeros(np.broadcast_shapes(flow.shape[:-1], delay.shape)), []
    for step in range(flow.shape[-1]):
        waiting = waiting + flow[..., step]
        seen.append(waiting * ends)
        waiting = waiting - seen[-1]
    return np.stack(seen, axis=-1)


def level_shift(registered: ArrayLike, step: ArrayLike, factor: ArrayLike) -> Array:
    """Registrations when a rule change multiplies what is registered from `step` on.

    Args:
        registered: shape (..., step), registrations per step under the old rule.
        step: first step under the new rule; one for all histories, or shape (..., 1).
        factor: new registrations per old one, >= 0; likewise.

    Raises:
        InputError: `factor` is negative.
    """
    flow, factors = _flow(registered), np.asarray(factor, dtype=np.float64)
    if (factors < 0.0).any():
        raise input_error("factor", float(factors.min()), "must be >= 0", where="level_shift")
    return flow * np.where(np.arange(flow.shape[-1]) >= np.asarray(step), factors, 1.0)


def case_files(registered: ArrayLike, capacity: ArrayLike) -> Array:
    """Cases dealt with per step by an office that handles at most `capacity` a step, first come first served.

    Cases that find the desk full wait; nothing is lost, so the sum can fall short only by the queue at the end.

    Args:
        registered: shape (..., step), cases arriving per step.
        capacity: most cases a step, > 0, one for all histories or one each.

    Raises:
        InputError: `capacity` is not positive.
    """
    arriving, most = _flow(registered), np.asarray(capacity, dtype=np.float64)
    if not (most > 0.0).all():
        raise input_error("capacity", float(most.min()), "must be a number of cases a step > 0", where="case_files")
    done, queue = np.empty_like(arriving), np.zeros(arriving.shape[:-1])
    for step in range(arriving.shape[-1]):
        queue = queue + arriving[..., step]
        done[..., step] = np.minimum(queue, most)
        queue = queue - done[..., step]
    return done


def interval_totals(flow: ArrayLike, intervals: Sequence[tuple[float, float]]) -> Array:
    """Totals over intervals of time, shape (..., interval); what lies outside the flow counts as nobody.

    Args:
        flow: shape (..., step).
        intervals: where each begins and where it ends, in steps from the first one on (0 to 1 is the first step). They may overlap and
            leave gaps; of a step that is cut, an equal share counts.

    Raises:
        InputError: an interval ends before it begins.
    """
    counts = _flow(flow)
    sums = np.concatenate((np.zeros((*counts.shape[:-1], 1)), np.cumsum(counts, axis=-1)), axis=-1)
    for first, end in intervals:
        if end < first:
            raise InputError(f"interval_totals: interval {first:g} to {end:g} ends before it begins; swap the two")
    edges = np.clip(np.asarray(intervals, float).reshape(-1, 2), 0.0, counts.shape[-1])
    whole = np.minimum(edges.astype(int), counts.shape[-1] - 1)
    begun, ended = (sums[..., at] + counts[..., at] * (edge - at) for at, edge in zip(whole.T, edges.T, strict=True))
    return ended - begun


def log_miss(simulated: ArrayLike, value: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Distance of simulated from published figures on the scale of log(1 + x); 0 within a stated range.

    A missing bound is NaN. A figure with one bound only ("more than") is censored: any simulated figure
    beyond the bound on the open side fits.

    Args:
        simulated: shape (point,).
        value: the published figures.
        low: lower bounds or NaN.
        high: upper bounds or NaN.
    """
    truth, below, above = (np.asarray(x, dtype=np.float64) for x in (value, low, high))
    stated = ~(np.isnan(below) & np.isnan(above))
    floor = np.where(stated, np.where(np.isnan(below), -np.inf, below), truth)
    ceiling = np.where(stated, np.where(np.isnan(above), np.inf, above), truth)
    figure = np.asarray(simulated, dtype=np.float64)
    nearest = np.clip(figure, floor, ceiling)
    return np.log1p(figure) - np.log1p(nearest)


def _flow(values: ArrayLike) -> Array:
    flow = np.asarray(values, dtype=np.float64)
    if flow.ndim == 0 or not np.isfinite(flow).all() or (flow < 0.0).any():
        raise InputError("observation: a flow must be a list of finite numbers >= 0; give acts per step")
    return flow
