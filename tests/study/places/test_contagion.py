"""The whole test on made-up events: what it finds, and the words that it may use."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from desertion.errors import InputError
from desertion.study.places.contagion import contagion
from desertion.study.places.events import Columns
from desertion.study.places.finding import Alarm, Finding, Hazard
from desertion.study.places.hazard import Ratio
from desertion.study.places.histories import Course, history
from desertion.study.places.links import Links, within
from desertion.study.places.report import table, words
from desertion.study.places.verdict import ALONG, NONE, UNKNOWN, judge

UNITS = 120


def _write(tmp_path: Path, log_ratio: float, *, directed: bool = False) -> tuple[Path, Path]:
    """Events of 120 places drawn with a known effect along links within 15 km, and a file of these links."""
    rng = np.random.default_rng(8)
    points = rng.random((UNITS, 2)) * 110.0
    pairs = within(points, 15.0)
    links = Links(pairs.sender, pairs.receiver, directed)
    course = Course(
        days=np.arange(40.0),
        counts=np.full(40, 3, np.intp),
        lean=np.zeros((40, 4)),
        strata=(np.arange(UNITS) % 4).astype(np.intp),
    )
    day = history(course, rng, linked=links.matrix(UNITS), log_ratio=log_ratio)
    events, listed = tmp_path / "events.csv", tmp_path / "links.csv"
    events.write_text(
        "unit,date,x,y,area\n"
        + "".join(
            f"u{i},{date(2020, 1, 1) + timedelta(int(day[i]))},{points[i, 0]:.4f},{points[i, 1]:.4f},{i % 4}\n"
            for i in range(UNITS)
        ),
        encoding="utf-8",
    )
    listed.write_text(
        "from,to\n" + "".join(f"u{a},u{b}\n" for a, b in zip(links.sender, links.receiver, strict=True)),
        encoding="utf-8",
    )
    return events, listed


def test_contagion_between_neighbours_is_found_as_clusters_of_unknown_cause(tmp_path: Path) -> None:
    """Even where contagion made the data, mutual links allow no more than that."""
    events, _ = _write(tmp_path, math.log(3.0))
    finding = contagion(events, columns=Columns(strata="area"), distance=15.0, permutations=499, histories=0)
    assert finding.primary.p <= 0.01
    past = finding.hazards[0].past
    assert past is not None
    assert past.low <= 3.0 <= past.high
    verdict = judge(finding)
    assert verdict.word == UNKNOWN
    assert any("links go both ways" in sentence for sentence in verdict.sentences)
    assert table(finding, "desertion contagion").count("\n") > 20
    assert UNKNOWN[1:] in words(finding, verdict)


def test_independent_dates_are_no_clustering(tmp_path: Path) -> None:
    """And the sentence names the effect that would have been found."""
    events, _ = _write(tmp_path, 0.0)
    finding = contagion(events, columns=Columns(strata="area"), distance=15.0, permutations=499, histories=20)
    verdict = judge(finding)
    assert verdict.word == NONE
    assert any("would have been found in" in sentence for sentence in verdict.sentences)
    assert [row.name for row in finding.alarms if row.contagion]
    assert any("shocks of 50 km" in row.name for row in finding.alarms)


def _finding(tmp_path: Path) -> Finding:
    events, listed = _write(tmp_path, math.log(4.0), directed=True)
    return contagion(events, listed, columns=Columns(strata="area"), permutations=499, histories=0)


def test_directed_links_need_every_placebo_and_shocks_that_give_less(tmp_path: Path) -> None:
    """Each failed placebo alone turns the verdict into clusters of unknown cause."""
    flat, steep = Ratio(1.0, 0.7, 1.4, 0.9), Ratio(2.0, 1.5, 2.7, 0.001)
    shock = Alarm(
        name="shocks of 20 km range, no contagion",
        contagion=False,
        histories=200,
        alarms=50,
        low=0.2,
        high=0.3,
        ratio=1.1,
        reached=0.01,
        future=0.3,
        unlinked=0.1,
    )
    finding = _finding(tmp_path)
    assert finding.links.directed
    clean = replace(finding, hazards=(Hazard(name="all", past=steep, future=flat, unlinked=flat),), alarms=(shock,))
    assert judge(clean).word == ALONG
    for spoiled in (
        replace(clean, hazards=(Hazard(name="all", past=steep, future=steep, unlinked=flat),)),
        replace(clean, hazards=(Hazard(name="all", past=steep, future=flat, unlinked=steep),)),
        replace(clean, hazards=(Hazard(name="all", problem="none"),)),
        replace(clean, alarms=(replace(shock, reached=0.2),)),
        replace(clean, alarms=()),
    ):
        assert judge(spoiled).word == UNKNOWN


def test_wrong_arguments_get_a_sentence(tmp_path: Path) -> None:
    """Windows, permutations and histories have smallest sizes."""
    events, _ = _write(tmp_path, 0.0)
    for arguments, sentence in (
        ({"window": 0}, "window = 0 must be a whole number of days in"),
        ({"permutations": 5}, "permutations = 5 must be at least 19"),
        ({"histories": 3}, "histories = 3 must be 0 or at least 20"),
    ):
        with pytest.raises(InputError, match=sentence):
            contagion(events, **arguments)  # type: ignore[arg-type]
