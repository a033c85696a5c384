"""How the past of linked units multiplies a unit's hazard: a partial likelihood stratified by day.

Whatever all units share on a day drops out, as in the model of Cox; ties within a day, whose order is never used, are handled as Efron (1977, JASA 72, 557) does. For days that are
short beside the hazard this is the discrete-time model with complementary log-log link and free day effects (Prentice and Gloeckler 1978, Biometrics 34, 57).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import norm
from scipy.stats import t as student

from desertion.errors import InputError
from desertion.study.arrays import Array, Indices

_STEPS = 60
_LARGEST = 15.0  # a log ratio beyond this means that the likelihood has no maximum


@dataclass(frozen=True)
class RiskDay:
    """One day: who is at risk, what is known of each, and who acts.

    Attributes:
        units: who is at risk, shape (row,).
        known: covariates, shape (row, covariate).
        acts: who of them acts on this day, shape (row,).
    """

    units: Indices
    known: Array
    acts: NDArray[np.bool_]


@dataclass(frozen=True)
class Ratio:
    """The multiple of the hazard for one unit more of a covariate.

    Attributes:
        ratio: the estimate.
        low: lower end of its 95 % interval.
        high: upper end.
        p: two-sided chance under a multiple of 1, by the same error as the interval.
    """

    ratio: float
    low: float
    high: float
    p: float


def first_events(
    day: Array,
    exposures: Sequence[csr_array],
    windows: Sequence[tuple[int, int]],
    fixed: Array,
    *,
    never: bool = True,
) -> list[RiskDay]:
    """Risk days of units that act once.

    Args:
        day: day of each unit's event, shape (unit,); NaN for those that never act.
        exposures: for each exposure who can move whom, (receiver, sender) = 1.
        windows: for each exposure the days before that count, (1, 3) for one to three days before; (-3, -1) is the future.
        fixed: covariates that stay, shape (unit, any number).
        never: keep units without an event at risk on all days; else the estimate is conditional on acting in the end.
    """
    last = np.where(np.isnan(day), np.inf, day)
    known = last < np.inf
    rows: list[RiskDay] = []
    for today in np.unique(day[known]):
        at_risk = np.flatnonzero((last >= today) & (known | never))
        columns = [
            (matrix @ ((today - last >= low) & (today - last <= high)).astype(np.float64))[at_risk]
            for matrix, (low, high) in zip(exposures, windows, strict=True)
        ]
        rows.append(RiskDay(at_risk, np.column_stack([*columns, fixed[at_risk]]), last[at_risk] == today))
    return rows


def repeated_events(
    unit: Indices,
    day: Array,
    units: int,
    exposures: Sequence[csr_array],
    windows: Sequence[tuple[int, int]],
    fixed: Array,
) -> list[RiskDay]:
    """Risk days of units that can act again and again: everybody is at risk on every day.

    Args:
        unit: unit of each event, shape (event,).
        day: its day.
        units: number of units.
        exposures: as in `first_events`; counted are linked units with an event in the window.
        windows: as in `first_events`.
        fixed: covariates that stay, shape (unit, any number): unit effects.
    """
    everybody = np.arange(units)
    rows: list[RiskDay] = []
    for today in np.unique(day):
        columns: list[Array] = []
        for matrix, (low, high) in zip(exposures, windows, strict=True):
            recent = np.zeros(units)
            recent[unit[(today - day >= low) & (today - day <= high)]] = 1.0
            columns.append(matrix @ recent)
        acts = np.zeros(units, np.bool_)
        acts[unit[day == today]] = True
        rows.append(RiskDay(everybody, np.column_stack([*columns, fixed]), acts))
    return rows


def effects(groups: Indices) -> Array:
    """Indicators of all groups but the largest, shape (unit, groups - 1)."""
    names, counts = np.unique(groups, return_counts=True)
    kept = names[names != names[int(np.argmax(counts))]]
    return (groups[:, None] == kept[None, :]).astype(np.float64)


def fit(
    days: Sequence[RiskDay], wanted: int, clusters: Indices | None = None, *, over: Sequence[tuple[int, int]] = ()
) -> list[Ratio]:
    """The multiples of the hazard for the first `wanted` covariates, then what they are over each other.

    Intervals are by the information, or, with clusters, by the spread of the clusters' scores (Lin and Wei 1989, JASA 84, 1074) with
    Student's t on one degree less than there are clusters.

    Args:
        days: risk days.
        wanted: number of leading covariates to report.
        clusters: cluster of each unit, shape (unit,).
        over: pairs of covariates, (0, 1) for the multiple of the first over that of the second.

    Raises:
        InputError: nothing varies among those at risk, or the likelihood has no maximum.
    """
    width = days[0].known.shape[1] if days else 0
    kept = np.flatnonzero(_varies(days, width))
    if not set(range(wanted)) <= set(kept.tolist()):
        raise InputError(
            "hazard: among those at risk no linked unit has acted within the window, so no ratio can be estimated; widen the window or give more events"
        )
    trimmed = [RiskDay(row.units, row.known[:, kept], row.acts) for row in days]
    beta = _maximum(trimmed, len(kept), wanted)
    information = _parts(trimmed, beta)[2]
    inverse = np.linalg.pinv(information)
    degrees = math.inf
    if clusters is not None:
        groups = np.unique(clusters, return_inverse=True)[1]
        scores = _scores(trimmed, beta, len(clusters))
        summed = np.zeros((int(groups.max()) + 1, len(kept)))
        np.add.at(summed, groups, scores)
        count = len(summed)
        degrees = count - 1.0
        inverse = inverse @ (summed.T @ summed) @ inverse * count / max(count - 1, 1)
    unit = np.eye(len(kept))
    contrasts = [*unit[:wanted], *(unit[one] - unit[other] for one, other in over)]
    return [
        _ratio(float(each @ beta), math.sqrt(max(float(each @ inverse @ each), 0.0)), degrees) for each in contrasts
    ]


def _ratio(beta: float, error: float, degrees: float) -> Ratio:
    known = math.isfinite(degrees)
    reach = error * (float(student.ppf(0.975, degrees)) if known else float(norm.ppf(0.975)))
    size = abs(beta) / error if error > 0.0 else math.inf
    p = 2.0 * (float(student.sf(size, degrees)) if known else float(norm.sf(size)))
    return Ratio(math.exp(beta), math.exp(beta - reach), math.exp(beta + reach), p)


def _varies(days: Sequence[RiskDay], width: int) -> NDArray[np.bool_]:
    """Covariates that differ between those at risk on some day on which somebody acts."""
    varies = np.zeros(width, np.bool_)
    for row in days:
        varies |= np.ptp(row.known, axis=0) > 0.0
    return varies


def _maximum(days: Sequence[RiskDay], width: int, wanted: int) -> Array:
    """Newton's method; a group in which nobody or everybody acts runs off and is stopped, which moves nothing else."""
    beta = np.zeros(width)
    value, gradient, information = _parts(days, beta)
    for _ in range(_STEPS):
        step = np.linalg.pinv(information) @ gradient
        trial = np.clip(beta + step, -_LARGEST, _LARGEST)
        better = _parts(days, trial)
        halvings = 0
        while better[0] < value - 1e-9 and halvings < 20:
            step /= 2.0
            trial = np.clip(beta + step, -_LARGEST, _LARGEST)
            better = _parts(days, trial)
            halvings += 1
        moved = float(np.abs(trial[:wanted] - beta[:wanted]).max())
        gained = better[0] - value
        beta, (value, gradient, information) = trial, better
        if moved < 1e-8 and gained < 1e-8:
            break
    if (np.abs(beta[:wanted]) >= _LARGEST - 1.0).any():
        raise InputError(
            "hazard: no linked unit, or every one, acts after another, so the ratio is 0 or without bound; give more events or a wider window"
        )
    return beta


@dataclass(frozen=True)
class _Tie:
    """A day's risk set at some ratios.

    Attributes:
        value: log likelihood of the day.
        weight: hazards up to a factor, shape (row,).
        total: hazard left at risk as those of the tie act one after another, shape (acting,).
        share: how much of the tie has acted by then, shape (acting,).
        means: mean covariates of those left, shape (acting, covariate).
    """

    value: float
    weight: Array
    total: Array
    share: Array
    means: Array

    @property
    def left(self) -> Array:
        """What is left of each member of the tie as its members act, shape (acting,)."""
        return 1.0 - self.share


def _tie(row: RiskDay, beta: Array) -> _Tie:
    eta = row.known @ beta
    shift = float(eta.max())
    weight = np.exp(eta - shift)
    count = int(row.acts.sum())
    share = np.arange(count) / count  # Efron: the k-th to act shares the risk set with what is left of the tie
    own = weight * row.acts
    total = weight.sum() - share * own.sum()
    means = (row.known.T @ weight - share[:, None] * (row.known.T @ own)) / total[:, None]
    value = float(eta[row.acts].sum() - count * shift - np.log(total).sum())
    return _Tie(value, weight, total, share, means)


def _load(row: RiskDay, tie: _Tie) -> Array:
    """Weight of each row summed over the steps of the tie, shape (row,)."""
    return tie.weight * np.where(row.acts, (tie.left / tie.total).sum(), (1.0 / tie.total).sum())


def _parts(days: Sequence[RiskDay], beta: Array) -> tuple[float, Array, Array]:
    """Log likelihood, its gradient, and the information."""
    value, gradient, information = 0.0, np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    for row in days:
        tie = _tie(row, beta)
        value += tie.value
        gradient += row.known[row.acts].sum(axis=0) - tie.means.sum(axis=0)
        information += (row.known * _load(row, tie)[:, None]).T @ row.known - tie.means.T @ tie.means
    return value, gradient, information


def _scores(days: Sequence[RiskDay], beta: Array, units: int) -> Array:
    """What each unit adds to the gradient, shape (unit, covariate)."""
    scores = np.zeros((units, len(beta)))
    for row in days:
        tie = _tie(row, beta)
        centre, centre_tied = (tie.means / tie.total[:, None]).sum(axis=0), (tie.left / tie.total) @ tie.means
        centred = np.where(row.acts[:, None], centre_tied, centre)
        residual = tie.weight[:, None] * centred - row.known * _load(row, tie)[:, None]
        residual[row.acts] += row.known[row.acts] - tie.means.mean(axis=0)
        scores[row.units] += residual  # a unit stands in a day once
    return scores
