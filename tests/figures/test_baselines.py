"""The main figures look as they did when somebody last looked at them.

`python -m tests.figures.test_baselines` draws the stored pictures anew; look at each before it is committed.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from desertion.figures import attribution, curves, decision, routes, strength, style
from tests import fakes

BASELINES = Path(__file__).parent / "baselines"
TOLERANCE = 6.0
"""Root mean square of differences in grey levels: other versions of a rasteriser stay below 3, a line moved by its width gives 10."""

PULLS = {"case-by-case": 0.2, "closed-borders": 0.1, "fast-track": 0.3}


def _histories() -> pd.DataFrame:
    return fakes.histories(PULLS, 6)


def _curves(figure: Figure) -> None:
    curves.together(figure.subplots(), curves.bands(_histories(), "left"))


def _panels(figure: Figure) -> None:
    curves.panels(figure, curves.bands(_histories(), "left"))


def _routes(figure: Figure) -> None:
    histories = _histories()
    routes.over_time(figure.subplots(), histories[histories["policy"] == "fast-track"])


def _strength(figure: Figure) -> None:
    strength.curve(figure.subplots(), _histories())


def _attribution(figure: Figure) -> None:
    table = pd.DataFrame(
        {"a": "x", "b": ["y", "z"], "both": [50.0, 70.0], "only_a": [27.0, 3.0], "only_b": [2.0, 40.0]}
    )
    attribution.bars(figure.subplots(), table)


def _decision(figure: Figure) -> None:
    dial, share = np.linspace(0.0, 1.0, 21), np.linspace(0.0, 0.2, 21)
    chance = 1e-5 * np.exp(3.0 * dial[:, None] + 20.0 * share[None, :])
    decision.surface(figure.subplots(), pd.DataFrame(chance, dial, share), status_quo=0.5)


FIGURES: dict[str, Callable[[Figure], None]] = {
    "curves": _curves,
    "panels": _panels,
    "routes": _routes,
    "strength": _strength,
    "attribution": _attribution,
    "decision": _decision,
}


def drawn(name: str, path: Path) -> Path:
    """Draw one figure small, in the house style."""
    with style.house(dark=name == "strength"):
        figure = style.new_figure("column")
        FIGURES[name](figure)
        figure.savefig(path, dpi=60)
    return path


@pytest.mark.parametrize("name", FIGURES)
def test_the_figure_looks_as_it_did(name: str, tmp_path: Path) -> None:
    """The figure drawn from fixed numbers equals the stored picture but for the rasteriser's noise."""
    difference = compare_images(
        str(BASELINES / f"{name}.png"), str(drawn(name, tmp_path / f"{name}.png")), tol=TOLERANCE
    )
    assert difference is None, difference


if __name__ == "__main__":
    BASELINES.mkdir(exist_ok=True)
    for figure_name in FIGURES:
        print(drawn(figure_name, BASELINES / f"{figure_name}.png"))
