"""An own series from the file to what is said of it, by the command line and from Python."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desertion import InputError, Scenario, calibrate
from desertion.cli import main
from desertion.study.calibration.calibrate import planned
from desertion.study.calibration.document import BOTH, DOORS

TRUTH = {"leaving": 3.0, "contagion": 1.5}
FEW = {"particles": 100, "generations": 1, "seed": 1}


def _own(folder: Path) -> Path:
    """A document with a made-up series beside it: who left a third of the toy army under numbers that we know."""
    document = folder / "mine.toml"
    document.write_text(
        'extends = "toy"\n[calibration]\nseries = "left.csv"\nmeasure = "left_total"\nscale = 0.3\nnoise = [0.001, 0.05]\n'
    )
    days = [dt.date(2030, 1, 1) + dt.timedelta(days=15 * place) for place in range(10)]
    series = folder / "left.csv"
    series.write_text("date,value\n" + "\n".join(f"{day},1" for day in days) + "\n")
    case = planned(document, {})
    seen = case.observe(case.simulate(TRUTH, 77), 1e-9, np.random.default_rng(0))
    series.write_text(
        "date,value\n" + "\n".join(f"{day},{value:.0f}" for day, value in zip(days, seen, strict=True)) + "\n"
    )
    return document


@pytest.mark.walks
def test_known_numbers_are_found_again_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Made with three times the rates: the interval holds the 3, excludes the scenario's own 1, and what the series leaves open is named."""
    document, out = _own(tmp_path), tmp_path / "out"
    words = ["calibrate", str(document), "--particles", "100", "--generations", "3", "--out", str(out)]
    assert main(words) == 0
    told, going = capsys.readouterr()
    first, *ends = [line for line in going.splitlines() if line.startswith("mine-1: ")]
    assert first == "mine-1: 3 generations of 100 particles; later ones take longer"
    assert [line.partition(" after ")[0] for line in ends] == [f"mine-1: {n} of 3 generations" for n in (1, 2, 3)]
    table = pd.read_csv(out / "mine-posterior.csv").set_index(["rival", "parameter"])
    leaving = table.loc[(BOTH, "leaving")]
    assert 1.0 < leaving["q05"] < TRUTH["leaving"] < leaving["q95"] < 10.0
    assert (leaving["narrowed"], leaving["identified"]) == (1.0, False)  # three generations are a first look
    contagion = table.loc[(BOTH, "contagion")]
    assert contagion["q05"] < TRUTH["contagion"] < contagion["q95"]
    assert "a first look" in told
    assert f"{BOTH}: narrowed so far (90 % of the posterior): leaving" in told
    assert "not narrowed so far, the posterior being hardly narrower than the prior: " in told
    made = {path.name for path in out.iterdir()}
    tables = {f"mine-{name}.csv" for name in ("posterior", "predictions", "rivals")}
    assert made == {"mine-1.db", "mine-1.json", "mine.md", "mine-predictions.png", "mine-posterior.png", *tables}
    curves = pd.read_csv(out / "mine-predictions.csv")
    assert len(curves) == 20
    caplog.set_level(logging.INFO, "desertion")
    again = calibrate(document, particles=100, generations=3, out=out)
    assert not [one for one in caplog.messages if "generations" in one]  # all of them were done
    assert again.table["median"].tolist() == pytest.approx(table["median"].tolist(), rel=1e-5)
    assert again.findings[-1] in told
    assert main([*words, "--scale", "0.2"]) == 2
    assert "was begun otherwise (scenario was" in capsys.readouterr().err


@pytest.mark.walks
def test_one_call_fits_a_scenario(tmp_path: Path) -> None:
    """A scenario object, one rival, priors by dotted key."""
    _own(tmp_path)
    given = {"series": tmp_path / "left.csv", "measure": "left_flee", "scale": 0.1, "rivals": DOORS}
    scenario = Scenario.load("toy", days=160)
    found = calibrate(scenario, priors={"behaviour.frailty_own": [0.5, 4.0]}, **given, **FEW)
    assert found.table["parameter"].tolist() == ["behaviour.frailty_own", "noise"]
    assert found.rivals["probability"].tolist() == [1.0]
    assert found.curves["published"].tolist() == found.series.values.tolist()


def test_a_scenario_without_a_table_and_a_series_is_told_both_ways_out() -> None:
    """The command's and the document's."""
    with pytest.raises(
        InputError, match=r"--series own\.csv --measure left_flee, or write the table \(shipped with one: gdr-1989\)"
    ):
        calibrate("toy")
