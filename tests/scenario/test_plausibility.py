"""Claims about the defaults of the real scenarios: the status quo gives figures of the right order.

`python -m tests.scenario.test_plausibility` prints targets and results side by side, as in `seeds/README.md`.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pytest

from desertion import DesertionModel, Scenario

EUROPE = ("finland", "estonia", "latvia", "lithuania", "poland", "norway", "czechia", "germany", "france")
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

    def day(self, date: str) -> int:
        """The row of the record that holds the state at the end of a date."""
        return (dt.date.fromisoformat(date) - self.start).days + 1

    def left(self, kind: str, route: str, first: str, last: str) -> float:
        """Persons of a kind who left by a route between two dates, both included."""
        people = self.people[(self.people.kind == kind) & (self.people.route == route)]
        return float(people.day_left.between(self.day(first) - 1, self.day(last) - 1).sum() / SCALE)

    def at(self, column: str, host: str, date: str) -> float:
        """A column of a host's record at the end of a date."""
        rows = self.hosts[(self.hosts.host == host) & (self.hosts.day == self.day(date))]
        return float(rows[column].sum() / SCALE)

    def summed(self, column: str, hosts: tuple[str, ...]) -> float:
        """A column of the hosts' record over the whole run."""
        return float(self.hosts[self.hosts.host.isin(hosts)][column].sum() / SCALE)

    def new(self, column: str, first: str, last: str) -> float:
        """A column of the daily record summed between two dates, both included."""
        return float(self.daily[self.daily.day.between(self.day(first), self.day(last))][column].sum() / SCALE)


class Target(NamedTuple):
    """A figure of the world with the band that counts as the right order."""

    what: str
    low: float
    high: float
    source: str
    result: Callable[[Run], float]


RUSSIA = [
    Target(
        "men liable to service who set out abroad, 21 Sep to 31 Dec",
        100_000,
        500_000,
        "at least 150,000 (Sep 2022) to 250,000 (Sep 2023) since February (Connection e.V., A); 260,000 in four days (Kremlin source, unverified, B)",
        lambda run: run.left("reservist", "flee", "2022-09-21", "2022-12-31"),
    ),
    Target(
        "departures in the week from 1 Oct for one in the week from 21 Sep",
        0.2,
        0.7,
        "Kazakhstan 7,000 a day on 3 Oct after 16,000 a day in the first week and a peak of 30,000 (B-der): 0.23 to 0.44",
        lambda run: run.new("new_flee", "2022-10-01", "2022-10-07") / run.new("new_flee", "2022-09-21", "2022-09-27"),
    ),
    Target(
        "Russians in Kazakhstan on 28 Nov",
        30_000,
        150_000,
        "80,000 to 100,000 of 400,000 who entered remained (labour minister, B)",
        lambda run: run.at("abroad", "kazakhstan", "2022-11-28"),
    ),
    Target(
        "Russians in Georgia at the end of the year",
        30_000,
        113_000,
        "62,304 by residence, 2022 (Geostat, B); 112,733 came January to September and stayed (interior ministry, B)",
        lambda run: run.at("abroad", "georgia", "2022-12-31"),
    ),
    Target(
        "claims filed in Europe until 28 Feb",
        500,
        5_000,
        "about 9,000 by men liable to service in 22 months (Eurostat via Connection e.V., B): 2,500 in six",
        lambda run: run.summed("decided", EUROPE) + sum(run.at("waiting", host, "2023-02-28") for host in EUROPE),
    ),
    Target(
        "claims in Europe for one who fled",
        0.003,
        0.05,
        "9,000 of 250,000 are 0.036 over 22 months (B-der): 0.01 in six",
        lambda run: (
            (run.summed("decided", EUROPE) + sum(run.at("waiting", host, "2023-02-28") for host in EUROPE))
            / run.left("reservist", "flee", "2022-09-01", "2023-02-28")
        ),
    ),
    Target(
        "soldiers absent, % of a million a month",
        0.03,
        0.3,
        "49,000 in 34 months are 0.14 (Important Stories, B-der); 2,076 cases in half a year at 0.4 cases a man are 0.09 (Mediazona, A, B-der)",
        lambda run: 100 * run.left("soldier", "hide", "2022-09-01", "2023-02-28") / 1e6 / 6,
    ),
    Target(
        "prisoners of all kinds a day",
        2,
        25,
        "more than 10,000 in 46 months are 7 a day (Interfax-Ukraine 2025); 75 to 350 a week in 2024-25 are 11 to 50 (United24, B-der)",
        lambda run: (run.new("new_captured", "2022-09-01", "2023-02-28") + run.new("new_surrender", "2022-09-01", "2023-02-28")) / 181,
    ),
    Target(
        "called up until 28 Oct",
        290_000,
        400_000,
        "300,000 (Shoigu, 28 Oct, B) to 318,000 (Putin, 4 Nov, B), not counting those who evaded and were replaced",
        lambda run: run.new("called", "2022-09-01", "2022-10-28"),
    ),
    Target(
        "army collapsed (0 or 1)", 0, 0, "it did not", lambda run: float(run.daily.collapsed.max())
    ),
    Target(
        "government fallen (0 or 1)", 0, 0, "it did not", lambda run: float(run.daily.fallen.max())
    ),
]  # fmt: skip

GDR = [
    Target(
        f"set out in {name}", figure / 2.5, figure * 2.5, f"{figure:,} resettlers registered (Interior Ministry, {grade})",
        lambda run, month=month, last=last: run.new("new_flee", f"1989-{month}-01", f"1989-{month}-{last}"),
    )
    for name, month, last, figure, grade in [
        ("July", "07", 31, 11_707, "C*"),
        ("August", "08", 31, 20_955, "C*"),
        ("September", "09", 30, 33_255, "C*"),
        ("October", "10", 31, 57_024, "C*"),
        ("November", "11", 30, 133_429, "B"),
    ]
] + [
    Target(
        "set out in December", 20_000, 250_000, "43,221 resettlers registered (Interior Ministry, B)",
        lambda run: run.new("new_flee", "1989-12-01", "1989-12-31"),
    ),
    Target(
        "highest turnout until 11 Nov, % of the people", 3, 40, "about 2.0 million of 16.6 are 12 % in the weeks from 30 Oct (Archiv Buergerbewegung Leipzig, A-der)",
        lambda run: 100 * float(run.daily[run.daily.day <= run.day("1989-11-11")].turnout.max()),
    ),
    Target(
        "turnout in the week from 2 Oct, % of the people", 0.3, 3, "112,784 are 0.7 % (same, A-der)",
        lambda run: 100 * float(run.daily[run.daily.day.between(run.day("1989-10-02"), run.day("1989-10-08"))].turnout.max()),
    ),
    Target(
        "day of November on which the government falls (31: never)", 1, 31, "resigned on 7 November, ruling party's leading role ended on 1 December (C)",
        lambda run: float(min(31, run.daily[run.daily.fallen > 0].day.min() - run.day("1989-11-01") + 1)) if run.daily.fallen.max() else 31.0,
    ),
]  # fmt: skip

TARGETS = {"russia-2022": RUSSIA, "gdr-1989": GDR}


@cache
def status_quo(name: str) -> Run:
    """The run of a scenario without policies."""
    return Run(name)


@pytest.mark.statistical
@pytest.mark.parametrize(("name", "target"), [(name, target) for name in TARGETS for target in TARGETS[name]])
def test_the_status_quo_gives_figures_of_the_right_order(name: str, target: Target) -> None:
    """One run of a fixed seed at a hundredth of real size lies in the stated band; no false alarm, since nothing is random."""
    result = target.result(status_quo(name))
    assert target.low <= result <= target.high, f"{target.what}: {result:,.4g}"


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
    for name, targets in TARGETS.items():
        print(f"\n| `{name}` | target | band | result |\n|---|---|---|---|")
        for target in targets:
            print(
                f"| {target.what} | {target.source} | {target.low:,g} to {target.high:,g} | {target.result(status_quo(name)):,.3g} |"
            )


if __name__ == "__main__":
    _print()
