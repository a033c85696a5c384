"""Claims about the defaults of the real scenarios: the status quo gives figures of the right order.

`python -m tests.scenario.test_plausibility` prints targets and results side by side, as in `seeds/README.md`.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache

import pytest

from desertion import DesertionModel, Scenario
from desertion.study.history.pattern_list import claims_in_europe
from desertion.study.history.targets import targets

SCALE = 0.01
SEED = 1


class Run:
    """A run's tables with counts at real size."""

    def __init__(self, name: str, **settings: object) -> None:
        scenario = Scenario.load(
            name, scale=SCALE, set={key.replace("__", "."): value for key, value in settings.items()}
        )
        model = DesertionModel(scenario, rng=SEED).run()
        self.start, self.daily, self.hosts, self.people = scenario.start, model.daily, model.hosts, model.people()
        self.measures = model.measures()
        self.claims = claims_in_europe(model)

    def day(self, date: str) -> int:
        """The row of the record that holds the state at the end of a date."""
        return (dt.date.fromisoformat(date) - self.start).days + 1

    def left(self, kind: str, route: str, first: str, last: str) -> float:
        """Persons of a kind who left by a route between two dates, both included."""
        people = self.people[(self.people.kind == kind) & (self.people.route == route)]
        return float(people.day_left.between(self.day(first), self.day(last)).sum() / SCALE)

    def at(self, column: str, host: str, date: str) -> float:
        """A column of a host's record at the end of a date."""
        rows = self.hosts[(self.hosts.host == host) & (self.hosts.day == self.day(date))]
        return float(rows[column].sum() / SCALE)

    def admitted(self, host: str, first: str, last: str) -> float:
        """People whom a host admitted between two dates, both included."""
        rows = self.hosts[(self.hosts.host == host) & self.hosts.day.between(self.day(first), self.day(last))]
        return float(rows.admitted.sum() / SCALE)

    def new(self, column: str, first: str, last: str) -> float:
        """A column of the daily record summed between two dates, both included."""
        return float(self.daily[self.daily.day.between(self.day(first), self.day(last))][column].sum() / SCALE)


def _prisoners(run: Run) -> float:
    return sum(run.new(column, "2022-09-01", "2023-02-28") for column in ("new_captured", "new_surrender")) / 181


def _day_of_november(run: Run) -> float:
    fallen = run.daily.day[run.daily.fallen > 0]
    return float(min(31, fallen.min() - run.day("1989-11-01") + 1)) if len(fallen) else 31.0


def _turnout(run: Run, first: str, last: str) -> float:
    return 100 * float(run.daily[run.daily.day.between(run.day(first), run.day(last))].turnout.max())


RESULTS: dict[str, Callable[[Run], float]] = {
    "russia-flight": lambda run: run.left("reservist", "flee", "2022-09-21", "2022-12-31"),
    "russia-ebb": lambda run: (
        run.new("new_flee", "2022-10-01", "2022-10-07") / run.new("new_flee", "2022-09-21", "2022-09-27")
    ),
    "russia-kazakhstan": lambda run: run.at("abroad", "kazakhstan", "2022-11-28"),
    "russia-georgia": lambda run: run.at("abroad", "georgia", "2022-12-31"),
    "russia-claims": lambda run: run.claims,
    "russia-claims-per-flight": lambda run: run.claims / run.left("reservist", "flee", "2022-09-01", "2023-02-28"),
    "russia-absent": lambda run: 100 * run.left("soldier", "hide", "2022-09-01", "2023-02-28") / 1e6 / 6,
    "russia-prisoners": _prisoners,
    "russia-called": lambda run: run.new("called", "2022-09-01", "2022-10-28"),
    "russia-army": lambda run: float(run.daily.collapsed.max()),
    "russia-government": lambda run: float(run.daily.fallen.max()),
    "gdr-july": lambda run: run.new("new_flee", "1989-07-01", "1989-07-31"),
    "gdr-august": lambda run: run.new("new_flee", "1989-08-01", "1989-08-31"),
    "gdr-september": lambda run: run.new("new_flee", "1989-09-01", "1989-09-30"),
    "gdr-october": lambda run: run.new("new_flee", "1989-10-01", "1989-10-31"),
    "gdr-november": lambda run: run.new("new_flee", "1989-11-01", "1989-11-30"),
    "gdr-december": lambda run: run.new("new_flee", "1989-12-01", "1989-12-31"),
    "gdr-peak": lambda run: _turnout(run, "1989-07-01", "1989-11-11"),
    "gdr-first": lambda run: _turnout(run, "1989-10-02", "1989-10-08"),
    "gdr-fall": _day_of_november,
    "hungary-october": lambda run: run.admitted("hungary", "2015-10-01", "2015-10-31"),
    "germany-october": lambda run: run.admitted("germany", "2015-10-01", "2015-10-31"),
    "sweden-october": lambda run: run.admitted("sweden", "2015-10-01", "2015-10-31"),
}
ROWS = [(target.table, name) for name, target in targets().items() if target.table not in ("patterns", "inputs")]


@cache
def status_quo(name: str) -> Run:
    """The run of a scenario without policies."""
    return Run(name)


@pytest.mark.statistical
@pytest.mark.parametrize(("scenario", "name"), ROWS)
def test_the_status_quo_gives_figures_of_the_right_order(scenario: str, name: str) -> None:
    """One run of a fixed seed at a hundredth of real size lies in the band of its target; no false alarm, since nothing is random."""
    low, high = targets()[name].band
    result = RESULTS[name](status_quo(scenario))
    assert low <= result <= high, f"{targets()[name].what}: {result:,.4g}"


@pytest.mark.statistical
def test_without_contagion_there_is_no_cascade() -> None:
    """With contagion off fewer leave in all, nothing collapses, and flight ends with the call-up.

    A day of January or February sees less than a third of the departures of a day of the call-up.
    """
    quiet, full = Run("russia-2022", behaviour__form="none"), status_quo("russia-2022")
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
            result = RESULTS[name](status_quo(scenario))
            print(f"| {target.what} | {target.source} | {low:,g} to {high:,g} | {target.role} | {_number(result)} |")


def _number(value: float) -> str:
    """Three significant digits without an exponent."""
    return f"{float(f'{value:.3g}'):,.10g}"


if __name__ == "__main__":
    _print()
