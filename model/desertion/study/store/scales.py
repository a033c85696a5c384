"""Scales: at which share of real size the design points of a study's file were run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desertion.errors import InputError
from desertion.study.design.factors import Point
from desertion.study.design.point import DIALS, scenario_of


def scales(path: Path, header: Mapping[str, Any], points: Sequence[Point]) -> list[float]:
    """Share of real size that was simulated, one a design point.

    Args:
        path: The file.
        header: What it says about itself.
        points: Its design points.

    Raises:
        InputError: If a point ran at its scenario's own scale, and the file holds no text from which that is known.
    """
    spec = header["spec"]
    own: dict[str, float] = {}
    found: list[float] = []
    for point in points:
        scale = point.get("scale", spec["scale"])
        if scale is None:
            name = str(point.get("scenario", spec["scenario"]))
            if name not in own:
                own[name] = _own_scale(path, header, name)
            scale = own[name]
        found.append(float(scale))
    return found


def _own_scale(path: Path, header: Mapping[str, Any], name: str) -> float:
    """Scale at which a scenario runs by itself, from the text that the file holds of it."""
    spec = header["spec"]
    settings = {key: value for key, value in spec["settings"].items() if key not in DIALS}
    told = {"scenario": name, "scale": None, "days": spec["days"], "settings": settings}
    mix = next(iter(spec["policies"].values()))
    try:
        return scenario_of({**told, "policies": mix, "documents": header.get("documents", {})}).scale
    except InputError as problem:
        raise InputError(
            f"{path}: at which scale {name} ran is not known, for {problem}; its counts of simulated persons can be "
            "had with simulated=True, or --simulated"
        ) from problem
