"""The page of studies, in a real browser: its figures, its filter, its points as runs."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("studies")]

Visit = Callable[..., Any]


def ground(page: Any) -> int:
    """Red, green and blue of a figure's corner, added up: 765 for white."""
    source = str(page.locator(".app-drawn img").first.get_attribute("src"))
    picture = Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))).convert("RGB")
    corner = picture.getpixel((1, 1))
    assert isinstance(corner, tuple)
    return int(sum(corner))


def until(page: Any, reached: Callable[[int], bool]) -> None:
    """Wait until the first figure is as bright as it should be."""
    page.locator(".app-drawn img").first.wait_for(timeout=30_000)
    for _ in range(100):
        if page.locator(".app-drawn img").count() and reached(ground(page)):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"the figure's corner has brightness {ground(page)}")


def shown(page: Any) -> list[str]:
    """Numbers of the points in the table."""
    return page.get_by_role("table", name="Design points").locator("tbody td:first-child").all_inner_texts()


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/study?file=dial.sqlite", ("sizes", "response")),
        pytest.param("/study?file=policies.sqlite", (), marks=pytest.mark.variants),
        ("/claims?file=claims.sqlite&claim=contagion", ()),
    ],
)
def test_every_picture_is_as_dark_or_light_as_its_page(visit: Visit, path: str, kinds: tuple[str, ...]) -> None:
    """The corner of the figure is dark on a dark page, and light once the visitor has asked for light."""
    page = visit(path, dark=True)
    until(page, lambda brightness: brightness < 150)
    for kind in kinds:
        before = page.locator(".app-drawn img").first.get_attribute("src")
        page.get_by_label("Figure").select_option(kind)
        while page.locator(".app-drawn img").first.get_attribute("src") == before:
            page.wait_for_timeout(100)
        until(page, lambda brightness: brightness < 150)
    page.get_by_role("button", name="Light").click()
    until(page, lambda brightness: brightness > 700)


def test_points_are_restricted_by_policy_and_value_and_the_address_keeps_it(visit: Visit) -> None:
    """Of 156 points 26 by 2 are those of one policy; a range and a value leave four; another visitor sees the same."""
    page = visit("/study?file=wide.sqlite")
    page.get_by_text("156 of 156 design points").wait_for()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("group", name="Policies").get_by_role("combobox").select_option("fast-track")
    page.get_by_text("52 of 156 design points").wait_for()
    page.get_by_label("asylum from").fill("0.9")
    page.get_by_label("asylum from").press("Enter")
    page.get_by_text("6 of 156 design points").wait_for()
    page.get_by_role("group", name="behaviour.form").get_by_role("combobox").select_option("additive")
    page.get_by_text("3 of 156 design points").wait_for()
    page.wait_for_function("document.querySelectorAll('[aria-label=\"Design points\"] tbody tr').length === 3")
    page.wait_for_function("location.search.includes('behaviour.form')")
    other = visit(page.url[page.url.index("/study") :])
    other.get_by_text("3 of 156 design points").wait_for()
    other.wait_for_function("document.querySelectorAll('[aria-label=\"Design points\"] tbody tr').length === 3")
    assert shown(other) == shown(page)
    assert {"fast track", "additive"} <= set(
        other.get_by_role("table", name="Design points").locator("tbody td").all_inner_texts()
    )
    other.get_by_role("button", name="Show all points again").click()
    other.get_by_text("156 of 156 design points").wait_for()


def test_all_points_of_a_study_can_be_paged_through(visit: Visit) -> None:
    """The pages of 52 points hold each of them once; a page beyond the last is told."""
    page = visit("/study?file=wide.sqlite&where=policies=none&page=3")
    found: list[str] = []
    for first in (51, 26, 1):
        page.get_by_text(f"Points {first} to").wait_for()
        page.wait_for_function(
            f"document.querySelector('[aria-label=\"Design points\"] tbody td')?.innerText === '{3 * (first - 1)}'"
        )
        found += shown(page)
        if first > 1:
            page.get_by_role("button", name="Earlier points").click()
    assert sorted(map(int, found)) == list(range(0, 156, 3))
    beyond = visit("/study?file=wide.sqlite&page=99")
    beyond.get_by_role("alert").first.wait_for()
    assert "the pages are 1 to 7" in beyond.get_by_role("alert").first.inner_text()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("asylum=0.501..0.502", "No design point is left by this filter"),
        pytest.param("asylum=low..1", "must be a number", marks=pytest.mark.variants),
        ("policies=open%3Cscript%3E", "there is no value of policies"),
    ],
)
def test_a_filter_that_leaves_nothing_or_makes_no_sense_says_so(visit: Visit, where: str, words: str) -> None:
    """A sentence in place of figure and table; nothing else happens."""
    page = visit(f"/study?file=wide.sqlite&where={where}")
    page.get_by_role("alert").first.wait_for()
    assert words in page.get_by_role("alert").first.inner_text()
    assert page.locator(".app-drawn img").count() == 0


def test_each_shown_point_has_the_command_line_that_remakes_it(visit: Visit) -> None:
    """One line a row with the policy, every input, the scale and the seed of the study, beside numbers of which those too few to tell are marked."""
    page = visit("/study?file=wide.sqlite&measure=left_total&where=policies=closed-borders&where=asylum=0.96..")
    page.locator("td .line").nth(3).wait_for()
    page.get_by_text("† too few to tell at this scale").first.wait_for()
    medians = page.locator("[aria-label='Design points'] td:nth-child(6)").all_inner_texts()
    assert [cell.endswith("†") for cell in medians] == [float(cell.rstrip("†")) < 25.0 for cell in medians]
    assert any(cell.endswith("†") for cell in medians)
    lines = page.locator("td .line").all_inner_texts()
    assert len(lines) == len(shown(page)) == 4
    for line in lines:
        assert re.match(r"desertion run toy --policy closed-borders --set ", line)
        assert "--scale 0.2 --days 40 --seed 3 --replicate 0" in line
        assert "behaviour.contagion_squad=" in line
        assert "contagion=2" not in line.replace("_", "")


def test_a_restricted_study_draws_the_points_that_are_left(visit: Visit) -> None:
    """The heatmap of two of three columns is another than that of all three."""
    page = visit("/study?file=dial.sqlite&where=asylum=0|0.5")
    page.locator(".app-drawn img").wait_for()
    part = page.locator(".app-drawn img").get_attribute("src")
    page.get_by_role("button", name="Show all points again").click()
    page.get_by_text("6 of 6 design points").wait_for()
    page.wait_for_function("was => document.querySelector('.app-drawn img')?.src !== was", arg=part)
