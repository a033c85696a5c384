"""The report shows everything a verdict rests on, and nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from desertion.study.blocks import html, markdown, page
from desertion.study.claims.report import TITLE, Run, _beside, blocks
from desertion.study.claims.verdict import FAILS_TO, HOLDS_FROM
from desertion.study.statistics import wilson_interval
from tests.study.claims.test_judging import TEXT, judged_in, loaded

RUN = Run(
    worlds=64,
    complete=64,
    replicates=2,
    most=2,
    people={"toy": (1000,)},
    runs=256,
    seconds=60.0,
    seed=1,
    command="desertion claims",
    quick=True,
    bounds=("Nobody reads <minds>.",),
)


@pytest.fixture
def reports() -> tuple[str, str]:
    """Markdown and HTML over the made-up world."""
    judged, numbers, _ = judged_in(64)
    report = blocks(judged, numbers, loaded().factors, RUN)
    return markdown(report), page(TITLE, html(report))


def test_both_forms_say_what_a_verdict_rests_on(reports: tuple[str, str]) -> None:
    """Worlds, replicates, people, smallest effect, what could reverse it, the box in words, the command."""
    for text in reports:
        plain = text.replace("&gt;", ">").replace("&lt;", "<")
        for part in (
            "64 of 64 worlds complete",
            "2 paired replicates",
            "1,000 people",
            "+0.05",
            "low R",
            "where R >=",
            "Provisional",
            "speaks of the model",
            "by construction",
            "desertion claims",
            "0 to 0.95",
            "Nobody reads <minds>",
        ):
            assert part in plain, part


def test_the_size_of_a_run_is_told_whole() -> None:
    """Worlds whose runs were doubled rest on up to sixteen pairs, and some arms run the scenario at another size."""
    report = markdown(blocks([], [], (), replace(RUN, most=16, people={"toy": (1000, 4000)})))
    assert "2 to 16 paired replicates of each arm in each world, 1,000 or 4,000 people in toy;" in report


def test_a_bound_just_short_of_a_border_does_not_look_like_it() -> None:
    """120 of 126 worlds: 89.9998 % is below 90 % and is shown so; others keep one decimal."""
    low, high = wilson_interval(120, 126)
    assert 0.8999 < low < 0.9
    assert _beside(low, HOLDS_FROM) == "89.9998 %"
    assert _beside(1.0 - low, FAILS_TO) == "10.0002 %"
    assert _beside(high, HOLDS_FROM) == "97.8 %"
    assert _beside(0.9, HOLDS_FROM) == "90.0 %"
    assert (_beside(26 / 29, HOLDS_FROM, 0), _beside(1.0, HOLDS_FROM, 0)) == ("89.7 %", "100 %")


def test_a_claim_without_worlds_shows_no_share() -> None:
    """Nothing is drawn and no number stands there, as if none of none showed it."""
    judged, numbers, _ = judged_in(64, keep=lambda run: run[1] == "open")
    report = blocks(judged, numbers, loaded().factors, RUN)
    assert "| Open beats closed (always) | untested | - | - | - | +0.05 | - |" in markdown(report)
    assert html(report).count("<svg") == 1


def test_all_numbers_of_a_row_are_of_the_worlds_that_history_allows() -> None:
    """Of 64 worlds 18 have at least 46.4 leavers in the open arm: all of these show more than thirty, none the opposite, which 28 of those ruled out do."""
    bound = '\n[[bounds]]\neffect = "open.left"\nlow = 46.4\nhigh = 100\nsource = "made up"\n'
    judged, numbers, points = judged_in(64, TEXT + bound)
    allowed = sum(5 + 60 * float(world["R"]) >= 46.4 for world in points)
    assert judged[2].verdict.reversed == 28
    report = markdown(blocks(judged, numbers, loaded().factors, RUN))
    assert f"(at-high-R) | untested | {allowed} of {allowed}; opposite in 0 |" in report


def test_inputs_that_an_ensemble_gives_show_its_values_and_no_range() -> None:
    """R is 0.1, 0.2 and 0.3 in the worlds run, and `pull` no factor at all: neither shows the range that nothing was drawn from; `form` was drawn."""
    matched = tuple({"R": 0.1 * (number + 1), "pull": word} for number, word in enumerate(("near", "far", "near")))
    report = markdown(blocks([], [], loaded().factors, replace(RUN, matched=matched)))
    assert "| R | from the ensemble: 0.2 (0.11 to 0.29) |" in report
    assert "| pull | from the ensemble: near 2, far 1 |" in report
    assert "| form | additive, none |" in report
    assert "0 to 0.95" not in report


def test_page_needs_nothing_from_elsewhere(reports: tuple[str, str]) -> None:
    """One file that can be mailed: no link, script or style of another place."""
    assert not re.search(r"https?://|<script|<link|src=", reports[1])
    assert "<minds>" not in reports[1]


def test_bounds_are_an_interval_of_what_was_drawn_and_of_nothing_else() -> None:
    """Worlds of a match were not drawn independently, so that no confidence is told; neither allows for many claims at once."""
    drawn, matched = (
        markdown(blocks([], [], loaded().factors, replace(RUN, matched=worlds))) for worlds in ((), ({"R": 0.1},))
    )
    assert "two 95 % Wilson intervals" in drawn
    assert "cover the drawing of worlds and nothing else" in drawn
    assert "95 % Wilson" not in matched
    assert "with no confidence" in matched
    assert all("many claims" in text for text in (drawn, matched))


def test_each_claim_that_is_judged_stands_in_a_sentence_of_its_own(reports: tuple[str, str]) -> None:
    """What it says, how many worlds show it, the effect of the median one in its unit, and on what it depends."""
    told = reports[0].partition("In a sentence each")[2].partition("\n## ")[0]
    assert [line.split()[1] for line in re.findall(r"^- \*\*[^\n]*", told, re.MULTILINE)] == [
        "**always**",
        "**never**",
        "**at-high-R**",
    ]
    assert (
        "**always** holds: “Open beats closed” is shown by 64 of 64 worlds (100 %), the median one having 7.3 share"
        in told
    )
    assert "; no other weighting of the worlds turns that." in told
