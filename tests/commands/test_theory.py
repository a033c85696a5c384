"""`desertion theory` says what can be worked out and draws it."""

from pathlib import Path

import pytest

from desertion.cli import main


def test_theory_prints_the_numbers_and_draws_the_diagram(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R, multiplier, tipping point, steady states; a figure where it is asked for."""
    assert main(["theory", "russia-2022", "-p", "fast-track", "--no-points", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    for words in ("in the steady state", "multiplier, 1 / (1 - R)", "R reaches 1 at", "(stable)", "fold (R = 1)"):
        assert words in told
    assert (tmp_path / "bifurcation.png").stat().st_size > 10_000


def test_theory_says_so_where_there_is_no_steady_state(capsys: pytest.CaptureFixture[str]) -> None:
    """Contagion far beyond the fold."""
    assert main(["theory", "toy", "--set", "behaviour.contagion_news=100"]) == 0
    told = capsys.readouterr().out
    assert "no steady state" in told
    assert "without bounds" in told
    assert "the weight lies beyond the fold" in told


def test_theory_names_no_fold_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """A concave form just below a line never folds, but its one state may lie where more would leave a day than there are."""
    form = ["-s", "behaviour.form=concave", "-s", "behaviour.concave_power=0.95", "-s", "behaviour.contagion_news=10"]
    assert main(["theory", "toy", *form]) == 0
    told = capsys.readouterr().out
    assert "no steady state: more would leave a day than there are" in told
    assert "fold (R = 1) at contagion weight none" in told


def test_theory_says_whom_r_leaves_out_in_the_threshold_form(capsys: pytest.CaptureFixture[str]) -> None:
    """Instigators; and it ends where the spread of thresholds is nothing."""
    assert main(["theory", "toy", "--set", "behaviour.form=threshold", "--set", "behaviour.threshold_spread=0"]) == 0
    told = capsys.readouterr().out
    assert "R leaves out instigators" in told
    assert "lies beyond the fold" not in told
    assert "contagion weight cannot be told" in told


def test_theory_draws_a_fold_that_no_town_can_be_run_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Narrow thresholds: towns are run at weights that an input may have, and the lower states are told."""
    spread = "behaviour.threshold_spread=0.05"
    assert main(["theory", "toy", "-s", "behaviour.form=threshold", "-s", spread, "-o", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.count("S* = ") == 3
    assert "fold (R = 1) at contagion weight 1.26e+04" in told
    assert (tmp_path / "bifurcation.png").stat().st_size > 10_000


def test_the_multiplier_can_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """By paired runs of the scenario itself."""
    assert main(["theory", "toy", "--days", "40", "--measure", "2"]) == 0
    assert "Measured: one more leaver on day 13 means" in capsys.readouterr().out


def test_theory_says_where_the_frailest_places_empty_at_an_r_below_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty towns at R 0.5, the frailest of which leave nearly twice as fast; none where all are alike."""
    own = {"reservists": 20_000, "community": 1000, "return_rate": 1.0, "base_reservist_hide": 0.0005}
    weights = {"half_life_community": 10.0, "contagion_community": 33.004}
    settings = [f"forces.town.{name}={value}" for name, value in own.items()]
    settings += [f"behaviour.{name}={value}" for name, value in weights.items()]
    for variance, said in ((0.2, True), (0.0, False)):
        here = [*settings, f"behaviour.frailty_community={variance}"]
        assert main(["theory", "one-town", *(word for each in here for word in ("-s", each))]) == 0
        told = capsys.readouterr().out
        assert ("more leave than R, multiplier and flows say" in told) == said
        assert f"in the steady state        {0.5 if said else 0.354}\n" in told


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("multiplicative", ["nearest are ×", "small units empty earlier than R says, and more leave"]),
        ("concave", ["nearest are ×1.8 likelier to leave", "fewer leave than R says"]),
        ("threshold", ["brings the thresholds of his nearest 0.05 nearer", "small units empty earlier"]),
        ("additive", []),
    ],
)
def test_theory_says_what_one_leaver_is_to_his_nearest_in_every_form(
    form: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A hundred towns of ten at R below 1; in the additive form, whose mean is exact, there is nothing to beware of."""
    weight = {"multiplicative": 20.0, "concave": 13.0, "threshold": 0.5, "additive": 0.05}[form]
    sizes = ["forces.town.community=10", f"behaviour.contagion_community={weight}", f"behaviour.form={form}"]
    sizes += ["behaviour.half_life_community=10", "forces.town.base_reservist_hide=0.0005"]
    assert main(["theory", "one-town", *(word for each in sizes for word in ("-s", each))]) == 0
    told = capsys.readouterr().out
    assert "no steady state\n" not in told.partition("multiplier")[0]
    for words in said:
        assert words in told
    assert ("Beware" in told) == bool(said)
