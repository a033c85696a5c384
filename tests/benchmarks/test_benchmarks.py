import pytest

from tests.benchmarks import __main__ as benchmarks


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


def test_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence lists those there are."""
    assert benchmarks.main(["stratup"]) == 2
    assert "known are: " in capsys.readouterr().out
