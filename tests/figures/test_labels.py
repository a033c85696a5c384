"""Numbers in words: right at every edge, in figures, tables and sentences."""

import datetime as dt
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.figures.labels import LONG, SHORT, Scales, called, dated, label, many, multiple, number, percent
from desertion.parameters import Behaviour, Force, Host
from desertion.simulation.record.columns import MEASURES
from desertion.study.blocks import short_number

FACTORS = {"": 1.0, " k": 1e3, " M": 1e6, " bn": 1e9, " million": 1e6, " billion": 1e9}

SCALES = st.sampled_from([SHORT, LONG])

COUNTS = st.one_of(st.floats(1e-9, 1e13), st.integers(0, 10**13).map(float), st.integers(0, 10**6).map(lambda n: n / 2))


def read(text: str) -> float:
    """The number that a text says."""
    found = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)( \w+)?", text)
    assert found, text
    figures, word = found.groups()
    return float(figures.replace(",", "")) * FACTORS[word or ""]


@pytest.mark.parametrize(
    ("value", "at_figures", "in_sentences"),
    [
        (0.0, "0", "0"),
        (0.25, "0.25", "0.25"),
        (0.00002, "0.00002", "0.00002"),
        (9.96, "10", "10"),
        (16.5, "17", "17"),
        (-16.5, "-17", "-17"),
        (950.0, "950", "950"),
        (1.25, "1.3", "1.3"),
        (0.625, "0.63", "0.63"),
        (9_999.5, "10,000", "10,000"),
        (12_450.0, "12,500", "12,500"),
        (99_949.0, "99,900", "99,900"),
        (99_950.0, "100 k", "100,000"),
        (340_000.0, "340 k", "340,000"),
        (999_499.0, "999 k", "999,000"),
        (999_999.0, "1 M", "1 million"),
        (1_254_999.0, "1.25 M", "1.25 million"),
        (999_500_000.0, "1 bn", "1 billion"),
        (1.25e9, "1.25 bn", "1.25 billion"),
        (2e12, "2,000 bn", "2,000 billion"),
        (math.nan, "unknown", "unknown"),
        (-math.inf, "unknown", "unknown"),
    ],
)
def test_counts_are_written_for_readers(value: float, at_figures: str, in_sentences: str) -> None:
    """Counts carry separators, k, M or bn; small shares keep two digits; what rounds up to a word has it; halves go away from zero."""
    assert number(value) == at_figures
    assert number(value, LONG) == in_sentences


@given(COUNTS, COUNTS, SCALES)
def test_what_a_count_says_is_near_it_and_never_less_for_more(one: float, other: float, scales: Scales) -> None:
    """To within half of the last figure: no exponent, no thousand thousands, and the larger of two is told as no less."""
    low, high = sorted((one, other))
    assert read(number(low, scales)) <= read(number(high, scales))
    for value in (low, high):
        told = number(value, scales)
        off = 0.5 if 10.0 <= value < 1e4 else value * (0.005 if value >= 1e4 else 0.05)
        assert abs(read(told) - value) <= off * (1.0 + 1e-9)
        assert "1,000 k" not in told
        assert "1,000 M" not in told
        assert number(-value, scales) == (f"-{told}" if value else told)


@pytest.mark.parametrize(
    ("value", "text"), [(999.4, "999"), (999.6, "1,000"), (-999.7, "-1,000"), (1.2345, "1.23"), (math.nan, "no value")]
)
def test_numbers_of_study_reports_have_three_digits_and_no_exponent(value: float, text: str) -> None:
    """What rounds up to a thousand is one."""
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("share", "decimals", "figures", "text"),
    [
        (0.963, 0, None, "96 %"),
        (0.226, 2, None, "22.60 %"),
        (12.5, 0, None, "1,250 %"),
        (0.996, 0, 2, "100 %"),
        (1.0, 0, 2, "100 %"),
        (9.996, 0, 3, "1,000 %"),
        (0.00034, 0, 2, "0.034 %"),
        (2e-8, 0, 2, "0.000002 %"),
        (0.0, 0, 3, "0 %"),
        (-0.0001, 0, None, "0 %"),
        (-0.01, 0, None, "-1 %"),
        (math.nan, 1, None, "unknown"),
    ],
)
def test_shares_are_written_as_per_cent(share: float, decimals: int, figures: int | None, text: str) -> None:
    """With a space before the sign and no exponent, also where two figures round up to a hundred."""
    assert percent(share, decimals, figures=figures) == text


def test_a_measure_bears_the_unit_of_its_definition() -> None:
    """In brackets unless its words say it; cases are cases and no persons."""
    assert label("peak_waiting") == "largest queue for a decision (cases)"
    assert label("cost_eur@toy") == "cost to hosts (EUR), toy"
    assert label("left_total") == "persons who left"
    assert called("cost_eur@toy") == "cost to hosts, toy"
    assert called("log10 left_total@toy") == "decimal logarithm of persons who left, toy"
    assert label("over_budget_eur") == "over budget eur"
    said = {name: set(re.findall(r"\((\w[^()]*)\)$", label(name))) for name in MEASURES}
    assert {name for name, units in said.items() if units - {MEASURES[name].unit}} == {"min_strength_share"}


def test_multiples_are_written_out() -> None:
    """A chance a hundred and twenty times as high is not 1.2e+02 times as high."""
    assert [multiple(math.log(times)) for times in (120.4, 12_500.0, 0.25, 1.0)] == ["×120", "×12,000", "×0.25", ""]


def test_a_date_in_words_has_no_noughts_before_its_day() -> None:
    """One spelling on axes, in reports and on the command line, whatever the day."""
    assert [dated(dt.date(1989, month, day)) for month, day in ((1, 1), (11, 9), (12, 31))] == [
        "1 January 1989", "9 November 1989", "31 December 1989",
    ]  # fmt: skip


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    """Reports said of one run that its replicates were paired."""
    assert [many(count, "run") for count in (0, 1, 2, 1200)] == ["0 runs", "1 run", "2 runs", "1,200 runs"]
    assert [many(count, "run is", "runs are") for count in (1, 3)] == ["1 run is", "3 runs are"]


def test_the_definition_of_every_input_makes_a_label() -> None:
    """Cut at its first colon it is still a phrase: none begins with "of", and none breaks off after a semicolon."""
    homes = {"behaviour": Behaviour, "forces.own": Force, "hosts.own": Host}
    told = [
        called(f"{home}.{name}").removeprefix("own: ") for home, model in homes.items() for name in model.model_fields
    ]
    assert [words for words in told if re.match("of ", words) or re.search(r"; (-?\d+|\w+ \d+)$", words)] == []
