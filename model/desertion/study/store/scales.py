"""Scales: at which share of real size, and for how many days, the design points of a study's file were run."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.simulation.record.columns import MEASURES, counted
from desertion.study.design.factors import Point
from desertion.study.design.point import DIALS, scenario_of
from desertion.study.design.spec import REPEATABLE


def scales(path: Path, header: Mapping[str, Any], points: Sequence[Point]) -> list[float]:
    """Share of real size that was simulated, one a design point.

    Args:
        path: The file.
        header: What it says about itself.
        points: Its design points.

    Raises:
        InputError: If a point ran at its scenario's own scale, and the file holds no text from which that is known.
    """
    try:
        return [float(scale) for scale in _stated(header, points, "scale")]
    except InputError as problem:
        raise InputError(
            f"{path}: at which scale it ran is not known, for {problem}; its counts of simulated persons can be "
            "had with simulated=True, or --simulated"
        ) from problem


def scales_of_measure(path: Path, header: Mapping[str, Any], points: Sequence[Point], measure: str) -> Sequence[float]:
    """What a measure is divided by for real size, one a design point; empty where it counts no persons, runs have no size, or their scale is not known.

    Args:
        path: The file.
        header: What it says about itself.
        points: Its design points.
        measure: The measure, an empty string for none.
    """
    if header["spec"]["task"] in REPEATABLE and counted([measure], MEASURES):
        with suppress(InputError):
            return scales(path, header, points)
    return ()


def horizons(header: Mapping[str, Any], points: Sequence[Point]) -> list[int]:
    """Days that are simulated, one a design point.

    Raises:
        InputError: If a point ran over its scenario's own days, and the file holds no text from which they are known.
    """
    return [int(days) for days in _stated(header, points, "days")]


def _stated(header: Mapping[str, Any], points: Sequence[Point], name: Literal["scale", "days"]) -> Iterator[Any]:
    spec = header["spec"]
    own: dict[str, float] = {}
    for point in points:
        value = point.get(name, spec[name])
        if value is None:
            scenario = str(point.get("scenario", spec["scenario"]))
            if scenario not in own:
                own[scenario] = getattr(_own(header, scenario), name)
            value = own[scenario]
        yield value


def _own(header: Mapping[str, Any], name: str) -> Scenario:
    """A scenario as it runs by itself, from the text that the file holds of it."""
    spec = header["spec"]
    settings = {key: value for key, value in spec["settings"].items() if key not in DIALS}
    told = {"scenario": name, "scale": None, "days": None, "settings": settings}
    mix = next(iter(spec["policies"].values()))
    return scenario_of({**told, "policies": mix, "documents": header.get("documents", {})})
