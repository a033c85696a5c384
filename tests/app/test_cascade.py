"""The page of one run, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desertion.app.request.address import Address
from desertion.app.request.choice import scenario_of
from tests.app.conftest import started, stopped
from tests.watching import free_port

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


def ready(page: Any) -> Any:
    """Wait until the run has been built."""
    page.wait_for_selector(".picture svg .person")
    return page


def path_of(page: Any) -> str:
    """How the line of those leaving each day is drawn."""
    return str(page.locator(".chart .line:not(.usual)").first.get_attribute("d"))


def day(page: Any) -> int:
    """The day that the page shows."""
    return int(page.locator(".app-view [role=status]").first.inner_text().split()[1])


def wait_for_day(page: Any, least: int) -> None:
    """Wait until the run has come so far."""
    script = f"Number(/Day (\\d+)/.exec(document.querySelector('.app-view [role=status]')?.textContent)[1]) >= {least}"
    page.wait_for_function(script)


def test_a_run_that_is_played_moves_its_curve_and_its_day_and_stands_still_when_paused(visit: Visit) -> None:
    """Play, wait, pause: the day has gone on, the curve is longer, and nothing moves after the pause."""
    page = ready(visit("/watch?scenario=toy"))
    before = path_of(page)
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="Play").click()
    wait_for_day(page, 30)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    page.wait_for_timeout(600)
    after = path_of(page)
    assert len(after) > len(before)
    page.wait_for_timeout(800)
    assert path_of(page) == after


def test_on_a_phone_links_fit_and_the_status_quo_stands_in_the_first_window(visit: Visit) -> None:
    """At 390x844 no link has to be slid into sight, and the first chart, with the whole status quo in grey, is there without scrolling."""
    page = ready(visit("/watch?scenario=toy", width=390, height=844))
    assert page.evaluate(
        "document.querySelector('.app-nav').scrollWidth <= document.querySelector('.app-nav').clientWidth"
    )
    chart = page.locator(".chart").first
    assert chart.bounding_box()["y"] + 200 < 844
    assert str(chart.locator(".line.usual").get_attribute("d")).count("L") > 100


def test_step_and_reset_move_by_a_day_and_back_to_the_start(visit: Visit) -> None:
    """One day more, ten days more, then the first day again."""
    page = ready(visit("/watch?scenario=toy"))
    page.get_by_role("button", name="One day").click()
    wait_for_day(page, 1)
    page.get_by_role("button", name="Ten days").click()
    wait_for_day(page, 11)
    assert day(page) == 11
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("document.querySelector('.app-view [role=status]')?.textContent?.startsWith('Day 0')")


def test_choices_stand_in_the_address_and_a_shared_address_opens_the_same_run(visit: Visit) -> None:
    """Scenario, policy and seed chosen by one visitor are what another visitor sees who opens his address."""
    page = ready(visit("/watch?scenario=toy"))
    page.get_by_label("Add a policy").select_option("fast-track")
    page.get_by_label("Seed").fill("11")
    page.get_by_label("Seed").press("Enter")
    page.wait_for_function("location.search.includes('seed=11') && location.search.includes('fast-track')")
    query = urlsplit(page.url).query
    assert parse_qs(query)["policies"] == ["fast-track"]
    # Address and links are drawn anew one after the other.
    page.wait_for_function(
        "[...document.querySelectorAll('a')].some(link => link.getAttribute('href')?.endsWith('&seed=11'))"
    )
    hrefs = {name: page.get_by_role("link", name=name).get_attribute("href") for name in ("Policies", "Compare")}
    assert hrefs["Policies"] == "/?asylum=fast&scenario=toy&seed=11"
    assert "arms=none,fast-track" in str(hrefs["Compare"])
    other = ready(visit(f"/watch?{query}"))
    assert other.get_by_label("Seed").input_value() == "11"
    assert "--policy fast-track" in other.locator("code").inner_text()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            "scenario=../../../etc/passwd&set=behaviour.contagion_squad=much&what=ever",
            "there is no scenario|must be a number|there is no part of the address 'what'",
        ),
        ("scenario=russia-2022&scale=1", "a scale of 0.001 fits"),
        pytest.param("scenario=nowhere", "there is no scenario 'nowhere'", marks=pytest.mark.variants),
        pytest.param("scenario=toy&policies=/etc/passwd", "there is no policy", marks=pytest.mark.variants),
        pytest.param("scenario=toy&set=graph=/etc/passwd", "graph cannot be set here", marks=pytest.mark.variants),
        pytest.param("seed=-1", "seed = -1 must be a whole number", marks=pytest.mark.variants),
    ],
)
def test_wrong_input_is_answered_with_a_sentence(visit: Visit, query: str, words: str) -> None:
    """A sentence for each part names what is wrong; nothing else happens, and no path is opened."""
    page = visit(f"/watch?{query}")
    for part in words.split("|"):
        page.get_by_role("alert").filter(has_text=part).first.wait_for()


def test_an_empty_field_shows_what_holds_in_the_run(visit: Visit) -> None:
    """The scenario's own weight and form, and what the dial makes of the weight: not the number that other scenarios have; every form can be chosen."""
    page = ready(visit("/watch?set=contagion=2"))
    page.get_by_text("More inputs").click()
    weight = scenario_of(Address(settings=(("contagion", "2"),))).behaviour.contagion_news
    news = page.get_by_label("Contagion by army news")
    assert news.input_value() == ""
    assert news.get_attribute("placeholder").startswith(f"{weight:g} ")
    page = ready(visit("/watch?scenario=quiet"))
    page.get_by_text("More inputs").click()
    form = page.get_by_label("Form of contagion")
    assert form.input_value() == "none"
    form.select_option("multiplicative")
    page.wait_for_function("location.search.includes('behaviour.form=multiplicative')")
    form.select_option("none")
    page.wait_for_function("!location.search.includes('behaviour.form')")


def test_two_visitors_do_not_see_each_others_runs(visit: Visit) -> None:
    """One plays the toy scenario, the other another seed and scenario: neither's day or inputs move for the other."""
    one, two = ready(visit("/watch?scenario=toy&seed=1")), ready(visit("/watch?scenario=quiet&seed=2"))
    one.get_by_role("button", name="Ten days").click()
    wait_for_day(one, 10)
    two.wait_for_timeout(700)
    assert day(two) == 0
    assert two.get_by_label("Seed").input_value() == "2"
    assert "desertion run quiet" in two.locator("code").inner_text()
    assert "desertion run toy" in one.locator("code").inner_text()


def test_everything_can_be_done_with_the_keyboard(visit: Visit) -> None:
    """Tab reaches Play, Enter starts it; in the picture arrow keys move and Enter picks a person."""
    page = ready(visit("/watch?scenario=toy"))
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "One day":
            break
    page.keyboard.press("Enter")
    wait_for_day(page, 1)
    page.locator(".picture svg").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("/person=\\d+/.test(location.search)")
    page.get_by_text("See this life and what moves it").wait_for()


def test_a_server_that_is_full_says_so_and_lets_others_go_on(study_folder: Any, browser: Any) -> None:
    """With one place the second visitor is asked to come back; the first one's page still answers."""
    port = free_port()
    process = started(port, "--studies", str(study_folder), "--sessions", "1")
    try:
        one, two = browser.new_page(), browser.new_page()
        one.goto(f"http://127.0.0.1:{port}/watch?scenario=toy")
        one.wait_for_selector(".picture svg .person", timeout=120_000)
        two.goto(f"http://127.0.0.1:{port}/watch?scenario=toy")
        two.get_by_text("as many visitors as it is allowed").wait_for(timeout=60_000)
        one.get_by_role("button", name="One day").click()
        wait_for_day(one, 1)
        one.close()
        two.close()
    finally:
        stopped(process)
