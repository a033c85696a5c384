import shutil
from importlib import import_module

import numpy as np
import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import busy, slopes


def test_table_shows_what_was_measured_beside_its_aim() -> None:
    """Small values keep three digits, large ones their thousands."""
    rows = iter([("help", 0.1234, "s", "0.5 s"), ("speed", 1_234_567.0, "persons/s", "")])
    table = benchmarks.table("t", rows)
    assert [list(column.cells) for column in table.columns] == [
        ["help", "speed"],
        ["0.123", "1,234,567"],
        ["s", "persons/s"],
        ["0.5 s", ""],
    ]


def test_table_as_markdown_keeps_every_row() -> None:
    """A file of tables holds what the screen showed."""
    rows = iter([("    that is", 0.5, "s", ""), ("speed", 2000.0, "persons/s", "1,000")])
    text = benchmarks.markdown(benchmarks.table("A title.", rows))
    assert text == (
        "## A title.\n\n| what | measured | unit | aim |\n|---|---:|---|---:|\n"
        "| that is | 0.5 | s |  |\n| speed | 2,000 | persons/s | 1,000 |\n"
    )


def test_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence lists those there are."""
    assert benchmarks.main(["stratup"]) == 2
    assert "known are: " in capsys.readouterr().out


def test_a_cost_that_grows_as_a_square_has_slope_two() -> None:
    """Through exact points the line is exact."""
    assert slopes.slope([(1.0, 0.5), (2.0, 2.0), (8.0, 32.0)]) == pytest.approx(2.0)


def test_what_doubles_the_cost_within_its_range_is_no_flat_dimension() -> None:
    """As ties do: from 4 to 32 a run costs nearly twice as much."""
    told = slopes.finding({"ties": [(4.0, 0.0121), (32.0, 0.0227)], "forces": [(1.0, 0.0058), (16.0, 0.0072)]})
    assert told == "A run's cost grows with ties; hardly with anything else"


def test_every_benchmark_can_be_started() -> None:
    """Each that is listed is a module that imports what there is, and has rows."""
    assert len(benchmarks.names()) > 5
    for name in benchmarks.names():
        assert callable(import_module(f"tests.benchmarks.{name}").rows)


@pytest.mark.parametrize("half_life", sorted(busy.HALF_LIVES.values()))
@pytest.mark.skipif(shutil.which("cc") is None, reason="no compiler for C")
def test_the_loops_in_numpy_and_in_c_are_the_compiled_loop(half_life: float) -> None:
    """From the same thresholds along the same ties as many leave, but for people on the edge of a day."""
    ring = np.arange(1000)
    start, to = 2 * np.arange(1001), np.column_stack([ring - 1, ring + 1]).ravel() % 1000
    ties, keep = np.full(1000, 2.0), 2.0 ** (-1.0 / half_life)
    lacking = np.random.default_rng(1).exponential(size=1000)
    loops = (busy.numpy_loop, busy.compiled_loop, busy.c_loop)
    shares = [loop(start, to, ties, keep, lacking.copy()) for loop in loops]
    assert 0.4 < shares[0] < 0.9
    assert shares == pytest.approx([shares[0]] * 3, abs=0.002)
