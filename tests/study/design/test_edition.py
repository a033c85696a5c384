"""Editions of documents: a study reads what stands in its files when it starts, whatever its workers have read before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desertion import Scenario, sweep
from desertion.study.claims.document import Arm
from desertion.study.claims.world_run import dressed
from desertion.study.design.edition import reading
from desertion.study.design.point import scenario_of
from desertion.study.history.patterns import Setup
from desertion.study.matching.world_run import scenario_in
from desertion.study.run.options import RunOptions

KEY = "base_soldier_hide"


def _write(path: Path, rate: float) -> None:
    path.write_text(f'extends = "toy"\nname = "mine"\ndays = 30\n[set]\n"forces.toy.{KEY}" = {rate}\n')


def _of_point(path: str) -> Scenario:
    return scenario_of({"scenario": path, "policies": [], "scale": None, "days": None, "settings": {}})


@pytest.mark.parametrize(
    "scenario",
    [
        _of_point,
        lambda path: dressed(Arm(scenario=path), {}, None, 1.0),
        lambda path: scenario_in(Setup(scenario=path), {}, {}),
    ],
    ids=["model", "claims", "match"],
)
def test_a_later_study_reads_an_edited_file_anew_and_an_earlier_one_what_it_had(
    tmp_path: Path, scenario: Callable[[str], Scenario]
) -> None:
    """In one process, for every shipped task; within an edition nothing is read twice."""
    path = tmp_path / "mine.toml"

    def rate(mark: str) -> float:
        with reading(mark):
            return float(getattr(scenario(str(path)).forces[0], KEY))

    _write(path, 0.001)
    assert rate("first") == 0.001
    _write(path, 0.002)
    assert [rate("second"), rate("first")] == [0.002, 0.001]


def test_workers_that_outlive_a_study_run_what_the_next_one_was_given(tmp_path: Path) -> None:
    """An executor of the caller's own stays with all that it has read: an edited scenario is another one to it."""
    path = tmp_path / "mine.toml"
    left: list[float] = []
    with ThreadPoolExecutor(1) as executor:
        for rate in (1e-4, 1e-2):
            _write(path, rate)
            options = RunOptions(executor=executor, workers=1, quiet=True)
            study = sweep(scenario=str(path), vary={"asylum": [0.5]}, options=options)
            left.append(float(study.runs["left_total"].iloc[0]))
    whole = sweep(
        scenario="toy", days=30, vary={"asylum": [0.5]}, settings={f"forces.toy.{KEY}": 1e-2}, workers=1, quiet=True
    )
    assert left[0] < left[1] == float(whole.runs["left_total"].iloc[0])
