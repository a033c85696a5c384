"""A small stand-in for the model: units of equal size, complete mixing within and between them, one way out."""

from __future__ import annotations

import numpy as np

from desertion.study.laboratory.rivals import form_of

UNITS, SIZE, STEPS = 10, 50, 64
PEOPLE = UNITS * SIZE


def simulate(parameters: dict[str, float], seed: int) -> np.ndarray:
    """Leavers of shape (unit, step) under the rivals' parameters."""
    rng = np.random.default_rng(seed)
    p = parameters
    frailty = rng.normal(-p["frailty_unit"] / 2, np.sqrt(p["frailty_unit"]), UNITS)
    keep = np.exp(-1 / (p["shock_time"] * STEPS))
    shocks = rng.normal(0, 1, UNITS + 1)
    baseline = -np.log1p(-p["leaving"]) / STEPS
    decay = 2 ** (-1 / (p["memory"] * STEPS))
    left, pressure = np.full(UNITS, SIZE), np.zeros(UNITS)
    flow = np.zeros((UNITS, STEPS), dtype=np.int64)
    for step in range(STEPS):
        eps = p["shock_unit"] * shocks[:-1] + p["shock_army"] * shocks[-1]
        felt = p["local"] * pressure + (1 - p["local"]) * pressure.mean()
        base = baseline * np.exp(frailty + eps)
        rate = {
            "multiplicative": base * np.exp(30 * p["pull"] * felt),
            "concave": base * (1 + felt / 0.01) ** (2 * p["pull"]),
            "additive": base + 20 * p["pull"] / STEPS * felt,
            "threshold": base + 5.0 * (felt > 0.3 * (1.05 - p["pull"])) * (p["pull"] > 0),
        }[form_of(p)]
        flow[:, step] = rng.binomial(left, -np.expm1(-rate))
        left = left - flow[:, step]
        pressure = decay * pressure + flow[:, step] / SIZE
        shocks = keep * shocks + np.sqrt(1 - keep**2) * rng.normal(0, 1, UNITS + 1)
    return flow
