"""Claims about the defaults of the real scenarios: the status quo gives figures of the right order.

`python -m tests.scenario.test_plausibility` prints targets and results side by side, as in `seeds/README.md`.
"""

from functools import cache

import pytest

from desertion import DesertionModel, Scenario
from desertion.study.history.counts import COUNTS, Record
from desertion.study.history.targets import targets

SCALE = 0.01
SEED = 1


ROWS = [(target.table, name) for name, target in targets().items() if target.table not in ("patterns", "inputs")]


def record(name: str, **settings: object) -> Record:
    """A scenario's run without policies."""
    chosen = {key.replace("__", "."): value for key, value in settings.items()}
    return Record(DesertionModel(Scenario.load(name, scale=SCALE, set=chosen), rng=SEED).run())


@cache
def status_quo(name: str) -> Record:
    """The run of a scenario as it is."""
    return record(name)


@pytest.mark.statistical
@pytest.mark.parametrize(("scenario", "name"), ROWS)
def test_the_status_quo_gives_figures_of_the_right_order(scenario: str, name: str) -> None:
    """One run of a fixed seed at a hundredth of real size lies in the band of its target; no false alarm, since nothing is random."""
    low, high = targets()[name].band
    result = COUNTS[name](status_quo(scenario))
    assert low <= result <= high, f"{targets()[name].what}: {result:,.4g}"


@pytest.mark.statistical
def test_without_contagion_there_is_no_cascade() -> None:
    """With contagion off fewer leave in all, nothing collapses, and flight ends with the call-up.

    A day of January or February sees less than a third of the departures of a day of the call-up.
    """
    quiet, full = record("russia-2022", behaviour__form="none"), status_quo("russia-2022")
    assert quiet.daily.collapsed.max() == 0
    assert quiet.measures["left_total"] < full.measures["left_total"]
    after, during = (
        quiet.new("new_flee", "2023-01-01", "2023-02-28") / 59,
        quiet.new("new_flee", "2022-09-21", "2022-11-15") / 56,
    )
    assert after < during / 3


def _print() -> None:
    for scenario in dict.fromkeys(table for table, _ in ROWS):
        print(f"\n| `{scenario}` | target | band | role | result |\n|---|---|---|---|---|")
        for name in (row for table, row in ROWS if table == scenario):
            target = targets()[name]
            low, high = target.band
            result = COUNTS[name](status_quo(scenario))
            print(f"| {target.what} | {target.source} | {low:,g} to {high:,g} | {target.role} | {_number(result)} |")


def _number(value: float) -> str:
    """Three significant digits without an exponent."""
    return f"{float(f'{value:.3g}'):,.10g}"


if __name__ == "__main__":
    _print()
