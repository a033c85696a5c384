"""Targets: each figure of the world has one role, an honest error and a band that its errors allow."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from desertion.errors import InputError
from desertion.parameters.force import Force
from desertion.parameters.host import Host
from desertion.scenario import Scenario
from desertion.study.history import targets as module
from desertion.study.history.pattern_list import PATTERNS
from desertion.study.history.targets import Target, targets


def test_no_figure_has_two_roles() -> None:
    """What was fitted or put in cannot speak for the model as well."""
    roles: dict[str, set[str]] = {}
    for target in targets().values():
        roles.setdefault(target.figure, set()).add(target.role)
    assert not {figure for figure, found in roles.items() if len(found) > 1}
    assert {target.role for target in targets().values()} == {"fit", "held-out", "input", "former"}


@pytest.mark.parametrize("name", [name for name, target in targets().items() if target.count])
def test_counts_of_rare_events_have_at_least_the_error_of_poisson(name: str) -> None:
    """The logarithm of a count of n is known to 1 / sqrt(n) at best; for a share of n in many it is the binomial's as well."""
    target = targets()[name]
    assert target.count
    relative = target.error / target.observed[0] if target.scale == "linear" else target.error
    assert relative >= 0.99 / math.sqrt(target.count)


@pytest.mark.parametrize("name", [name for name, target in targets().items() if target.table != "inputs"])
def test_bands_hold_the_figure_and_are_not_wider_than_three_standard_deviations(name: str) -> None:
    """A band that reaches further than errors and discrepancy would have been widened for the result's sake."""
    target = targets()[name]
    low, high = target.band
    assert low <= target.observed[0] <= target.observed[1] <= high
    reach = 3 * math.hypot(target.error, target.discrepancy)
    least, most = target.observed
    if target.scale == "log":
        least, most = least * math.exp(-reach), most * math.exp(reach)
    else:
        least, most = least - reach, most + reach
    assert least <= low <= high <= most


@pytest.mark.parametrize("name", [name for name, target in targets().items() if target.inputs])
def test_inputs_that_are_taken_from_a_figure_exist(name: str) -> None:
    """A key that no scenario has would hide what a figure was used for."""
    scenarios = [Scenario.load(each) for each in ("russia-2022", "gdr-1989", "hungary-2015")]
    for key in targets()[name].inputs:
        kind, thing, field = key.split(".")
        found = {
            each.name for scenario in scenarios for each in (scenario.forces if kind == "forces" else scenario.hosts)
        }
        assert thing in found
        assert field in (Force if kind == "forces" else Host).model_fields


def test_inputs_that_were_calibrated_are_named_on_the_page_of_numbers() -> None:
    """What an input was moved to stands beside it; whoever reads which figures speak for the model has to find all such inputs in one place."""
    seeds = Path(__file__).parents[3] / "seeds"
    lines = [line for path in sorted(seeds.glob("*/*.toml")) for line in path.read_text().splitlines()]
    moved = {match[1] for line in lines if (match := re.match(r"(\w+) = .*#.*calibrated to", line))}
    page = (seeds / "README.md").read_text()
    told = page[page.index("**Calibrated by hand") :].split("\n\n", 1)[0]
    assert len(moved) > 5
    assert not {key for key in moved if f"`{key}`" not in told}


def test_every_pattern_reads_its_band_from_the_table_of_targets() -> None:
    """One home: what the patterns are held to is what the table says, row by row."""
    rows = {name: target for name, target in targets().items() if target.table == "patterns"}
    assert [pattern.id for pattern in PATTERNS] == list(rows)
    for pattern in PATTERNS:
        target = rows[pattern.id]
        assert ((pattern.low, pattern.high), pattern.counted) == (target.band, target.role != "former")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('role = "guess"', "role"),
        ("error = -1", "error"),
        ("bandwidth = 1", "bandwidth"),
        ('inputs = ["forces.russia-2022.police"]', "inputs"),
    ],
)
def test_a_wrong_row_is_refused_with_the_name_of_what_is_wrong(
    change: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown roles, errors below nothing, unknown keys, and inputs of a figure that is none."""
    row = {
        "table": '"patterns"', "what": '"a"', "counts": '"b"', "unit": '"c"', "figure": '"d"', "observed": "[1, 1]",
        "error": "0.1", "discrepancy": "0.1", "reason": '"e"', "low": "0", "high": "2", "role": '"held-out"', "source": '"f"',
    }  # fmt: skip
    (tmp_path / "targets.toml").write_text("[made]\n" + "\n".join(f"{key} = {value}" for key, value in row.items()))
    monkeypatch.setattr(module, "shipped_folder", lambda name: tmp_path)
    assert isinstance(targets.__wrapped__()["made"], Target)
    key, value = change.split(" = ")
    row[key] = value
    (tmp_path / "targets.toml").write_text("[made]\n" + "\n".join(f"{key} = {value}" for key, value in row.items()))
    with pytest.raises(InputError, match=message):
        targets.__wrapped__()
