"""Tables of a fit: what became of each prior, what each rival predicts, how the rivals do."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from desertion.study.calibration.fit import Fit
from desertion.study.calibration.scores import narrow, posterior, roughness, scores, shrinkage

LEVELS = {"q05": 0.05, "median": 0.5, "q95": 0.95}


def parameters(fit: Fit, others: Sequence[Fit] = ()) -> pd.DataFrame:
    """One row a rival and prior; quantiles and contraction are those of `fit`, `others` are the same fit with further seeds.

    rival, parameter, meaning (with the unit, of a multiple what it is of), inputs (dotted keys), is_multiple (of the scenario's own values), prior_low, prior_high, log,
    scenario (at which it is as it stands; missing where it sets inputs that differ there, and for the noise, a nuisance whose interval leans to the low end: see
    `experiments/calibrate/coverage.md`), q05, median, q95 of the posterior (missing where the rival
    died out), contraction (1 - posterior over prior standard deviation, on the scale on which the prior is flat),
    narrowed (share of the fits in which that is 0.2 or more, and more than chance among few particles makes) and identified (whether it is in all, and none of them stopped far from the figures).
    """
    inputs = {lever.prior.name: lever for lever in fit.case.levers}
    shipped = fit.case.shipped()
    fits, rows = (fit, *others), list[dict[str, object]]()
    for rival in fit.case.rivals:
        left = [shrinkage(each, rival) for each in fits]
        most = [narrow(each, rival) for each in fits]
        for prior in (*fit.case.priors_of(rival), *fit.case.nuisances):
            lever = inputs.get(prior.name)
            narrowed = [own.get(prior.name, np.nan) <= bound for own, bound in zip(left, most, strict=True)]
            rows.append(
                {
                    "rival": rival,
                    "parameter": prior.name,
                    "meaning": prior.told,
                    "inputs": "" if lever is None else ", ".join(key for key, _ in lever.own),
                    "is_multiple": lever is not None and lever.times,
                    "prior_low": prior.low,
                    "prior_high": prior.high,
                    "log": prior.log,
                    "scenario": shipped.get(prior.name, float("nan")),
                    **posterior(fit, rival, prior, LEVELS),
                    "contraction": 1.0 - left[0].get(prior.name, np.nan),
                    "narrowed": float(np.mean(narrowed)),
                    "identified": all(narrowed) and not roughness(*fits),
                }
            )
    return pd.DataFrame(rows)


def predicted(fit: Fit) -> pd.DataFrame:
    """One row a rival and point: rival, start, end, published, fitted (or held out), q05, median, q95 of what would be published."""
    points = fit.series.table[["start", "end", "value"]].rename(columns={"value": "published"})
    points["fitted"] = np.arange(len(points)) < len(points) - fit.held_out
    tables: list[pd.DataFrame] = []
    for rival in fit.case.rivals:
        members = fit.predictions[rival]
        middle = (
            np.quantile(members, list(LEVELS.values()), axis=0) if len(members) else np.full((3, len(points)), np.nan)
        )
        tables.append(points.assign(rival=rival, **dict(zip(LEVELS, middle, strict=True))))
    table = pd.concat(tables, ignore_index=True)
    return table[["rival", *(name for name in table if name != "rival")]]


def rivals(fit: Fit) -> pd.DataFrame:
    """One row a rival, as in `Score`."""
    return pd.DataFrame([asdict(score) for score in scores(fit)])
