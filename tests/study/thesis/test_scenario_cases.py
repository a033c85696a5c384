"""A series held against a scenario of the same events: what is counted, what is set, and what being without contagion means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from desertion.study.thesis.scenario_cases import BOTH, DOORS, SCENARIO_CASES, STRENGTH, scenario_case

GDR = SCENARIO_CASES["gdr-1989"]


def test_the_series_counts_from_the_first_day_of_the_scenario() -> None:
    """Published are emigrants since January: 45,000 by the end of June, 343,854 by the end of the year."""
    series = GDR.series()
    assert len(series.points) == 8
    assert series.points[-1].value == 343_854 - 45_000
    assert series.points[-1].end.isoformat() == "1989-12-31"
    assert [point.low for point in series.points if point.low is not None] == [220_000 - 45_000]


def test_a_wrong_name_is_answered_with_the_right_one() -> None:
    """Who mistypes a scenario is shown it."""
    with pytest.raises(InputError, match="did you mean 'gdr-1989'"):
        scenario_case("gdr-1898")


def test_emigrants_are_counted_so_far_at_real_size() -> None:
    """Two a day of the simulated are two over the scale, added up to each date."""
    days = np.full(GDR.steps, 2, dtype=np.int64)
    seen = GDR.observe(GDR.series(), days, 1e-12, np.random.default_rng(0))
    assert seen[-1] == pytest.approx(2 * GDR.steps / GDR.scale, rel=1e-4)
    assert (np.diff(seen) > 0).all()


def test_shipped_values_set_nothing_new() -> None:
    """With the shipped values for all priors, the scenario is the shipped one."""
    settings = GDR.settings(GDR.shipped())
    plain = Scenario.load("gdr-1989", scale=GDR.scale)
    assert plain.with_(dict(settings)).flat() == plain.flat()
    assert settings["behaviour.contagion_news"] == 12.0


def test_without_contagion_no_weight_is_left() -> None:
    """The rival without contagion has no strength to set, so all weights are 0; doors and institutions stay."""
    assert STRENGTH not in GDR.priors_of(DOORS)
    assert GDR.priors_of(BOTH)[:-1] == GDR.priors_of(DOORS)
    values = {prior.name: prior.at(0.5) for prior in GDR.priors_of(DOORS)}
    settings = GDR.settings(values)
    assert {value for key, value in settings.items() if "contagion_" in key or "reception_" in key} == {0.0}
    assert settings["behaviour.chance_power"] == pytest.approx(0.6)


def test_shipped_values_lie_within_their_priors() -> None:
    """Else the fit could not find what the scenario says."""
    for prior in GDR.priors_of(BOTH):
        assert prior.low < GDR.shipped()[prior.name] < prior.high, prior.name


def test_flows_are_those_of_the_run_day_by_day() -> None:
    """What happened on the first day stands first; the days add up to all who set out."""
    flow = GDR.simulator()(GDR.shipped(), 5)
    model = DesertionModel(Scenario.load("gdr-1989", scale=GDR.scale), rng=5).run()
    assert flow.shape == (1, GDR.steps)
    assert flow.sum() == model.daily["new_flee"].sum() > 100
    assert np.array_equal(flow[0, :3], model.daily.groupby("day")["new_flee"].sum().to_numpy()[1:4])


@pytest.mark.walks
def test_the_scenario_is_fitted_and_told_of_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two generations of a smaller run: the summary names both rivals, and the table sets posterior beside shipped values."""
    small = replace(GDR, scale=0.0005)
    monkeypatch.setitem(SCENARIO_CASES, "gdr-1989", small)
    arguments = ["calibrate", "gdr-1989", "--particles", "100", "--generations", "2", "--out", str(tmp_path)]
    assert main(arguments) == 0
    text = (tmp_path / "gdr-1989.md").read_text()
    assert "| doors and contagion | contagion |" in text
    assert "| doors | leaving | baseline rate of flight, per day | 5e-06 to 0.0002, evenly in the logarithm |" in text
    assert "| 2.3e-05 |" in text
    assert (tmp_path / "gdr-1989-predictions.png").is_file()
