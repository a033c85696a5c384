"""The plan of the test on totals: `experiments/thesis/design.toml`, committed before the run that it judges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from desertion.files import shipped_folder
from desertion.reading import toml


@dataclass(frozen=True, kw_only=True)
class Design:
    """Sizes, thresholds and bounds of the test; each field is explained in the file."""

    seed: int
    simulations: int
    fewer: int
    grid: int
    unseen_histories: int
    least: float
    false_alarms: float
    set_at: float
    fewest_histories: int
    stop_power: float
    stop_owed: tuple[float, float]
    drift: tuple[float, ...]
    unseen_seed: int
    unseen_families: int
    owed: tuple[float, ...]
    points: tuple[int, ...]
    noise: tuple[float, ...]

    @property
    def quick(self) -> Design:
        """The same plan with small tables, for a first look only."""
        return replace(self, simulations=2800, fewer=2800, grid=2800, unseen_histories=400)


def shipped() -> Design:
    """The committed plan."""
    plan: dict[str, Any] = toml(shipped_folder("experiments") / "thesis" / "design.toml")
    threshold, stop, robust, power = (plan[part] for part in ("threshold", "stop", "robustness", "power"))
    return Design(
        **{key: plan[key] for key in ("seed", "simulations", "fewer", "grid", "unseen_histories")},
        **threshold,
        stop_power=stop["power"],
        stop_owed=(stop["owed"][0], stop["owed"][1]),
        drift=tuple(robust["drift"]),
        unseen_seed=robust["unseen_seed"],
        unseen_families=robust["unseen_families"],
        owed=tuple(power["owed"]),
        points=tuple(power["points"]),
        noise=tuple(power["noise"]),
    )
