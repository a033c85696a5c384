"""Every number without a source, one at a time, at both ends of the range that is stated beside it: does it move the exodus, or what an offer adds?

    python experiments/ends/ends.py [SCENARIO [REPLICATES]]

prints the table of `russia-2022.csv`: leavers at the low and at the high end over those with the shipped value, and what a fast track
adds there over what it adds with the shipped value, medians over replicates on the same people and fates.

Ranges are read off the comments in `seeds/` ("swept 0.1 to 1"). A number of hosts is moved in all of them at once, each to its own end.
A number that no file states stands at its default, and is moved to half and to twice it; what is 0 by default is off and stays off
(`experiments/mechanisms`). A number that the scenario changes by date is left alone, since a setting would take its dates away.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from desertion import DesertionModel, InputError, Scenario
from desertion.parameters import Behaviour, Force, Host
from desertion.parameters.field import bounds_of

SEEDS = Path(__file__).parents[2] / "seeds"
SCALE = {"russia-2022": 0.01, "gdr-1989": 0.02}
OFFER = "fast-track"
_MODES = ("border", "offers_to", "covers_refusers")  # whole numbers that stand for states, not sizes
_TABLE = re.compile(r"\s*\[+([\w.]+)\]+")
_NUMBER = re.compile(r"(\w+)\s*=\s*([-\d._e+]+|\".*?\")\s*(?:#(.*))?$")
_RANGE = re.compile(r"swept ([\d.,_e-]+) to ([\d.,_e-]+|inf)( million)?")
_TWO = re.compile(r"(\.\d+) on substance, (\.\d+) of all decisions; swept between the two")


class Ends(NamedTuple):
    """A number and the settings that put it to its ends; `stated` where a file says the range."""

    name: str
    shipped: str
    low: Mapping[str, Any]
    high: Mapping[str, Any]
    stated: bool


def ranges(scenario: str) -> dict[str, tuple[float, float, float]]:
    """By dotted key the value, and the ends of the range stated beside it, in the files of a scenario and its forces."""
    found: dict[str, tuple[float, float, float]] = {}
    document = SEEDS / "scenarios" / f"{scenario}.toml"
    forces = tomllib.loads(document.read_text(encoding="utf-8"))["forces"]
    for path, root in [(document, ""), *((SEEDS / "forces" / f"{name}.toml", f"forces.{name}.") for name in forces)]:
        table = host = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if header := _TABLE.match(line):
                table = header[1]
            elif number := _NUMBER.match(line):
                key, value, said = number.groups(default="")
                if table == "hosts" and key == "name":
                    host = value.strip('"')
                ends = stated(said)
                if ends and table in ("", "behaviour", "hosts"):
                    place = {"": root, "behaviour": "behaviour.", "hosts": f"hosts.{host}."}[table]
                    found[place + key] = (float(value.replace("_", "")), *ends)
    return found


def stated(said: str) -> tuple[float, float] | None:
    """The ends that a comment states."""
    if two := _TWO.search(said):
        return float(two[2]), float(two[1])
    if not (match := _RANGE.search(said)):
        return None
    low, high = (float(end.replace(",", "").replace("_", "")) for end in match.groups()[:2])
    return (low * 1e6, high * 1e6) if match[3] else (low, high)


def moved(scenario: Scenario, name: str) -> Iterator[Ends]:
    """All numbers to move: those with a stated range, hosts together, then defaults above 0."""
    dated = {change.path for change in scenario.sized().changes}
    known = {key: value for key, value in ranges(name).items() if key not in dated}
    fields = dict.fromkeys(key.split(".")[-1] for key in known if key.startswith("hosts."))
    for key, (value, low, high) in known.items():
        if not key.startswith("hosts."):
            yield Ends(key, f"{value:g}", {key: low}, {key: high}, stated=True)
    for field in fields:
        own = {key: ends for key, ends in known.items() if key.startswith("hosts.") and key.endswith(f".{field}")}
        values = [value for value, _, _ in own.values()]
        told = f"{min(values):g} to {max(values):g}" if min(values) < max(values) else f"{values[0]:g}"
        low, high = ({key: ends[place] for key, ends in own.items()} for place in (1, 2))
        yield Ends(f"hosts.*.{field} ({len(own)})", told, low, high, stated=True)
    for place, kind, one in (
        ("behaviour.", Behaviour, scenario.behaviour),
        *((f"forces.{force.name}.", Force, force) for force in scenario.forces),
        ("hosts.*.", Host, scenario.hosts[0]),
    ):
        for field, info in kind.model_fields.items():
            key, value = place + field, getattr(one, field)
            written = any(k.endswith(f".{field}") and k.startswith(place.split("*")[0]) for k in _written(name))
            if (
                written
                or field in _MODES
                or isinstance(value, bool)
                or not isinstance(value, int | float)
                or not 0 < value < np.inf
            ):
                continue
            low, high = bounds_of(info)
            whole = (
                (lambda number: 2 * int(number / 2)) if field == "degree" else type(value)
            )  # of ties, an even number
            yield Ends(
                key, f"{value:g}", {key: max(whole(value / 2), low)}, {key: min(whole(value * 2), high)}, stated=False
            )


def _written(name: str) -> set[str]:
    """Dotted keys that the files of a scenario write."""
    document = tomllib.loads((SEEDS / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
    keys = {f"behaviour.{key}" for key in document.get("behaviour", {})}
    keys |= {f"hosts.{key}" for host in document["hosts"] for key in host}
    for force in document["forces"]:
        own = tomllib.loads((SEEDS / "forces" / f"{force}.toml").read_text(encoding="utf-8"))
        keys |= {f"forces.{force}.{key}" for key in own}
    return keys


def counted(scenario: Scenario, settings: Mapping[str, Any], replicates: int) -> np.ndarray:
    """Leavers of each replicate, and those whom the offer adds."""
    rows: list[tuple[float, float]] = []
    for seed in range(replicates):
        left = [
            DesertionModel(scenario, rng=seed, policies=policies, settings=settings).run().measures()["left_total"]
            for policies in ((), (OFFER,))
        ]
        rows.append((left[0], left[1] - left[0]))
    return np.array(rows)


def row(scenario: Scenario, base: np.ndarray, ends: Ends) -> list[object]:
    """A row of the table; an end that the scenario refuses says why."""
    told: list[object] = [
        ends.name,
        ends.shipped,
        _one(ends.low),
        _one(ends.high),
        "stated" if ends.stated else "half and twice",
    ]
    for settings in (ends.low, ends.high):
        try:
            with np.errstate(invalid="ignore", divide="ignore"):  # an offer that adds nobody has no multiple
                told += [f"{value:.3g}" for value in np.median(counted(scenario, settings, len(base)) / base, axis=0)]
        except InputError as refused:
            told += [str(refused), ""]
    return told


def _one(settings: Mapping[str, Any]) -> str:
    values = sorted(set(settings.values()))
    return f"{values[0]:g}" if len(values) == 1 else f"{values[0]:g} to {values[-1]:g}"


def main(name: str = "russia-2022", replicates: int = 6) -> None:
    """Print the table."""
    scenario = Scenario.load(name, scale=SCALE[name])
    base = counted(scenario, {}, replicates)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(
        ["number", "shipped", "low", "high", "range", "leavers, low", "added, low", "leavers, high", "added, high"]
    )
    with ProcessPoolExecutor() as workers:
        for told in workers.map(partial(row, scenario, base), moved(scenario, name)):
            table.writerow(told)
            sys.stdout.flush()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0] if given else "russia-2022", int(given[1]) if len(given) > 1 else 6)
