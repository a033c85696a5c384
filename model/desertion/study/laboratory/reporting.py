"""Reporting: what is counted is not what happened, because desks are full, rules change, or files pile up."""

import numpy as np

from desertion.study.arrays import Array
from desertion.study.history.observation import case_files, level_shift
from desertion.study.laboratory.prior import Prior

DESK = Prior(name="desk", low=0.3, high=3.0, log=True, meaning="most cases a step, over the mean number of acts a step")
FACTOR = Prior(name="factor", low=0.25, high=4.0, log=True, meaning="factor of an undocumented change of rules")
WHEN = Prior(name="since", low=0.0, high=1.0, meaning="when rules change or files begin to pile up, windows")
HELD = Prior(name="held", low=0.3, high=1.0, meaning="share of the files that pile up")
PILING = Prior(name="piling", low=0.02, high=0.3, log=True, meaning="how long files pile up, windows")
RELEASE = Prior(
    name="release", low=0.01, high=0.2, log=True, meaning="mean time in which the pile is worked off, windows"
)


def capacity(rng: np.random.Generator, flow: Array) -> Array:
    """Cases from an office that handles at most so many a step, first come first served."""
    return case_files(flow, DESK.draw(rng, len(flow)) * np.maximum(flow.mean(axis=1), 1e-9))


def rules(rng: np.random.Generator, flow: Array) -> Array:
    """Cases when from some date on the same acts make more or fewer of them."""
    since = (WHEN.draw(rng, len(flow)) * flow.shape[1])[:, None]
    return level_shift(flow, since, FACTOR.draw(rng, len(flow))[:, None])


def backlog(rng: np.random.Generator, flow: Array) -> Array:
    """Cases when for a while a share of them is laid aside, and worked off afterwards."""
    size, steps = flow.shape
    since = WHEN.draw(rng, size) * steps
    until = since + PILING.draw(rng, size) * steps
    held, release = HELD.draw(rng, size), 1.0 - np.exp(-1.0 / (RELEASE.draw(rng, size) * steps))
    pile, seen = np.zeros(size), np.empty_like(flow)
    for step in range(steps):
        piling = (step >= since) & (step < until)
        aside = np.where(piling, held * flow[:, step], 0.0)
        done = np.where(piling, 0.0, release * pile)
        pile += aside - done
        seen[:, step] = flow[:, step] - aside + done
    return seen
