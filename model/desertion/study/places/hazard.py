"""How the past of linked units multiplies a unit's hazard: a partial likelihood stratified by day.

Whatever all units share on a day drops out, as in the model of Cox; ties within a day, whose order is never used, are handled as Efron (1977, JASA 72, 557) does. For days that are
short beside the hazard this is the discrete-time model with complementary log-log link and free day effects (Prentice and Gloeckler 1978, Biometrics 34, 57).
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import norm
from scipy.stats import t as student

from desertion.errors import InputError
from desertion.study.arrays import Array, Indices

_STEPS = 60
_LARGEST = 15.0  # a log ratio beyond this means that the likelihood has no maximum
_WIDEST = 300.0  # log ratio at which an interval ends, so that its ends stay numbers
_TOLD = 100.0


Gap = Literal["flat", "unbounded", "together"]
"""Why a covariate has no ratio: on no day does it differ among those at risk, the likelihood has no maximum, or it goes together with others."""


class NoRatioError(InputError):
    """Some of the wanted covariates have no ratio; others may have theirs where these are no longer wanted."""

    def __init__(self, message: str, *, of: Collection[int] = (), gap: Gap = "flat") -> None:
        super().__init__(message)
        self.of = tuple(sorted(of))
        self.gap: Gap = gap


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
class _RiskSets:
    """The days on which somebody acts, one after another, so that a fit loops over no days.

    Attributes:
        units: who is at risk, shape (row,).
        known: covariates, shape (row, covariate).
        day: number of each row's day, shape (row,).
        starts: first row of each day, shape (day,).
        acting: rows of those who act, shape (acting,).
        first_acting: first of them on each day, shape (day,).
    """

    units: Indices
    known: Array
    day: Indices
    starts: Indices
    acting: Indices
    first_acting: Indices

    def varies(self) -> NDArray[np.bool_]:
        """Covariates that differ between those at risk on some day, shape (covariate,)."""
        if not len(self.starts):
            return np.zeros(self.known.shape[1], np.bool_)
        highest, lowest = (each.reduceat(self.known, self.starts) for each in (np.maximum, np.minimum))
        return (highest > lowest).any(axis=0)


def _stacked(days: Sequence[RiskDay]) -> _RiskSets:
    days = [row for row in days if row.acts.any()]
    if not days:
        none = np.zeros(0, np.intp)
        return _RiskSets(none, np.zeros((0, 0)), none, none, none, none)
    sizes = [len(row.units) for row in days]
    acts = np.concatenate([row.acts for row in days])
    acting = [int(row.acts.sum()) for row in days]
    return _RiskSets(
        units=np.concatenate([row.units for row in days]),
        known=np.concatenate([row.known for row in days]),
        day=np.repeat(np.arange(len(days)), sizes),
        starts=np.cumsum([0, *sizes[:-1]]),
        acting=np.flatnonzero(acts),
        first_acting=np.cumsum([0, *acting[:-1]]),
    )


@dataclass(frozen=True)
class Ratio:
    """The multiple of the hazard for one unit more of a covariate.

    Attributes:
        ratio: the estimate.
        low: lower end of its 95 % interval.
        high: upper end.
        p: two-sided chance under a multiple of 1, by the errors that the interval is by.
    """

    ratio: float
    low: float
    high: float
    p: float

    @property
    def told(self) -> bool:
        """Whether the interval says anything: one from under a hundredth to over a hundredfold does not."""
        return self.low > 1.0 / _TOLD or self.high < _TOLD


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
    Student's t on one degree less than there are clusters; few may be alike by luck, so that no interval is narrower than by the information.

    Args:
        days: risk days.
        wanted: number of leading covariates to report.
        clusters: cluster of each unit, shape (unit,).
        over: pairs of covariates, (0, 1) for the multiple of the first over that of the second.

    Raises:
        NoRatioError: on no day does a wanted covariate differ among those at risk, covariates go together, or the likelihood has no maximum.
    """
    sets = _stacked(days)
    kept = np.flatnonzero(sets.varies())
    if flat := set(range(wanted)) - set(kept.tolist()):
        raise NoRatioError(
            "hazard: on no day do those at risk differ in how many linked units have acted within the window, so no ratio can be estimated; widen the window or give more events",
            of=flat,
        )
    sets = replace(sets, known=np.ascontiguousarray(sets.known[:, kept]))
    beta = _maximum(sets, len(kept), wanted)
    information = _parts(sets, beta)[2]
    inverse = np.linalg.pinv(information, 1e-12)
    apart = np.isclose((inverse @ information)[:wanted], np.eye(len(kept))[:wanted], atol=1e-3).all(axis=1)
    if not apart.all():
        raise NoRatioError(
            "hazard: covariates go together on all days, so their ratios cannot be told apart; give more events",
            of=np.flatnonzero(~apart).tolist(),
            gap="together",
        )
    variances = [(inverse, math.inf)]
    if clusters is not None:
        # A cluster of which nobody is ever at risk adds no score, and so no degree.
        groups = np.unique(clusters[sets.units], return_inverse=True)[1]
        summed = np.zeros((int(groups.max()) + 1, len(kept)))
        np.add.at(summed, groups, _scores(sets, beta))
        count = len(summed)
        variances.append((inverse @ (summed.T @ summed) @ inverse * count / max(count - 1, 1), count - 1.0))
    unit = np.eye(len(kept))
    contrasts = [*unit[:wanted], *(unit[one] - unit[other] for one, other in over)]
    return [
        _least_sure(
            _ratio(float(each @ beta), math.sqrt(max(float(each @ variance @ each), 0.0)), degrees)
            for variance, degrees in variances
        )
        for each in contrasts
    ]


def _least_sure(ratios: Iterable[Ratio]) -> Ratio:
    """Of one ratio by several errors the widest interval and the largest p."""
    known = list(ratios)
    return replace(max(known, key=lambda ratio: ratio.high), p=max(ratio.p for ratio in known))


def _ratio(beta: float, error: float, degrees: float) -> Ratio:
    known = math.isfinite(degrees)
    quantile = float(student.ppf(0.975, degrees)) if known else float(norm.ppf(0.975))
    reach = min(error * quantile, _WIDEST)
    size = abs(beta) / error if error > 0.0 else math.inf
    p = 2.0 * (float(student.sf(size, degrees)) if known else float(norm.sf(size)))
    return Ratio(math.exp(beta), math.exp(beta - reach), math.exp(beta + reach), p)


def _maximum(sets: _RiskSets, width: int, wanted: int) -> Array:
    """Newton's method; a group in which nobody or everybody acts runs off and is stopped, which moves nothing else."""
    beta = np.zeros(width)
    value, gradient, information = _parts(sets, beta)
    for _ in range(_STEPS):
        step = np.linalg.pinv(information) @ gradient
        trial = np.clip(beta + step, -_LARGEST, _LARGEST)
        better = _parts(sets, trial)
        halvings = 0
        while better[0] < value - 1e-9 and halvings < 20:
            step /= 2.0
            trial = np.clip(beta + step, -_LARGEST, _LARGEST)
            better = _parts(sets, trial)
            halvings += 1
        moved = float(np.abs(trial[:wanted] - beta[:wanted]).max())
        gained = better[0] - value
        beta, (value, gradient, information) = trial, better
        if moved < 1e-8 and gained < 1e-8:
            break
    if (gone := np.abs(beta[:wanted]) >= _LARGEST - 1.0).any():
        raise NoRatioError(
            "hazard: no linked unit, or every one, acts after another, so the ratio is 0 or without bound; give more events or a wider window",
            of=np.flatnonzero(gone).tolist(),
            gap="unbounded",
        )
    return beta


@dataclass(frozen=True)
class _Ties:
    """All days' ties at some ratios; their members, day after day, act one after another.

    Attributes:
        value: log likelihood.
        weight: hazards up to a factor of the day, shape (row,).
        total: hazard left at risk as each member acts, shape (acting,).
        left: how much of the tie is left by then, shape (acting,).
        means: mean covariates of those left, shape (acting, covariate).
    """

    value: float
    weight: Array
    total: Array
    left: Array
    means: Array


def _ties(sets: _RiskSets, beta: Array) -> _Ties:
    eta = sets.known @ beta
    shift = np.maximum.reduceat(eta, sets.starts)
    weight = np.exp(eta - shift[sets.day])
    first, day = sets.first_acting, sets.day[sets.acting]
    count = np.diff(np.append(first, len(day)))[day]
    share = (
        np.arange(len(day)) - first[day]
    ) / count  # Efron: the k-th to act shares the risk set with what is left of the tie
    own = weight[sets.acting]
    total = np.add.reduceat(weight, sets.starts)[day] - share * np.add.reduceat(own, first)[day]
    everybody = np.add.reduceat(weight[:, None] * sets.known, sets.starts)[day]
    tied = np.add.reduceat(own[:, None] * sets.known[sets.acting], first)[day]
    means = (everybody - share[:, None] * tied) / total[:, None]
    value = float(eta[sets.acting].sum() - shift[day].sum() - np.log(total).sum())
    return _Ties(value, weight, total, 1.0 - share, means)


def _of_members(sets: _RiskSets, everybody: Array, acting: Array) -> Array:
    """What each row gets from sums over its day's tie: one for those who act, another for the rest."""
    rows = np.add.reduceat(everybody, sets.first_acting)[sets.day]
    rows[sets.acting] = np.add.reduceat(acting, sets.first_acting)[sets.day[sets.acting]]
    return rows


def _load(sets: _RiskSets, ties: _Ties) -> Array:
    """Weight of each row summed over the steps of its day's tie, shape (row,)."""
    return ties.weight * _of_members(sets, 1.0 / ties.total, ties.left / ties.total)


def _parts(sets: _RiskSets, beta: Array) -> tuple[float, Array, Array]:
    """Log likelihood, its gradient, and the information."""
    ties = _ties(sets, beta)
    gradient = sets.known[sets.acting].sum(axis=0) - ties.means.sum(axis=0)
    information = (sets.known * _load(sets, ties)[:, None]).T @ sets.known - ties.means.T @ ties.means
    return ties.value, gradient, information


def _scores(sets: _RiskSets, beta: Array) -> Array:
    """What each row adds to the gradient, shape (row, covariate)."""
    ties = _ties(sets, beta)
    before = ties.means / ties.total[:, None]
    centred = _of_members(sets, before, ties.left[:, None] * before)
    scores = ties.weight[:, None] * centred - sets.known * _load(sets, ties)[:, None]
    first, day = sets.first_acting, sets.day[sets.acting]
    count = np.diff(np.append(first, len(day)))
    middle = np.add.reduceat(ties.means, first) / count[:, None]
    scores[sets.acting] += sets.known[sets.acting] - middle[day]
    return scores
