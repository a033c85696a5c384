"""The first screen, in a real browser: every slider, other visitors, addresses, wrong input, phone, keyboard."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
import pytest

from desertion.app.request.mix import Mix
from desertion.app.request.query import parse
from desertion.app.request.sliders import CONTAGION, SLIDERS
from desertion.study.comparison.report import words
from tests.app.conftest import WHOLE, cut_off, until

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

SMALL = "days=40&scale=0.0004"
CUT = """() => [...document.querySelectorAll('.chart text')].filter(e => {
    const own = e.getBoundingClientRect(), chart = e.closest('svg').getBoundingClientRect();
    return own.left < chart.left - 1 || own.right > chart.right + 1;
}).map(e => e.textContent)"""
COVERED = """() => [...document.querySelectorAll('#mix input[type=range], #mix select, #mix .press')].reverse().filter(e => {
    if (!e.checkVisibility() || e.disabled) return false;
    e.focus();
    const box = e.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !top || !(top === e || e.contains(top));
}).map(e => e.id || e.name)"""
LETTERS = """() => {
    const svg = document.querySelector('#leavers svg'), label = svg.querySelector('text.tick');
    const drawn = parseFloat(getComputedStyle(label).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return [parseFloat(getComputedStyle(document.getElementById('headline')).fontSize), drawn];
}"""


def whole(page: Any) -> Any:
    """Wait until the answer is whole."""
    until(page, WHOLE)
    return page


def curve(page: Any) -> str:
    """How the curve of the mix is drawn; that of the status quo where nothing has been changed."""
    return str(
        page.evaluate(
            "document.querySelector('#leavers .line.mix:not(.ghost), #leavers .line.usual:not(.ghost)').getAttribute('d')"
        )
    )


def places(page: Any) -> str:
    """How the people are drawn where they are."""
    return str(page.locator("#places").inner_html())


def box_of(page: Any, name: str) -> dict[str, float]:
    """Where an element stands in the window; asked in one go, since parts are replaced while pairs come in."""
    found: dict[str, float] = page.evaluate(
        "name => document.querySelector(name).getBoundingClientRect().toJSON()", name
    )
    return found


def move(page: Any, name: str, step: int) -> None:
    """Move a slider as a finger does."""
    page.evaluate(
        "([name, step]) => { const s = document.getElementById('s-' + name); s.value = step; s.dispatchEvent(new Event('input', {bubbles: true})); }",
        [name, step],
    )


def test_the_first_screen_holds_its_answer_before_any_script_runs(browser: Any, server: str, visit: Visit) -> None:
    """Once the server is warm, headline, curve and places are in the page itself, and they are seen within a second."""
    whole(visit("/"))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server)
    assert page.locator("#leavers svg .line").count() > 2
    assert "people leave" in page.locator("#headline").inner_text()
    context.close()


def test_without_scripts_an_answer_that_is_not_whole_says_how_to_get_the_rest(browser: Any, server: str) -> None:
    """The page cannot hear it grow: the link that it names waits for the whole, and the page, loaded anew, shows it."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{server}/?asylum=fast&days=50&scale=0.0004&seed=31")
    assert "of 10 pairs have been run" in page.locator("#headline").inner_text()
    page.get_by_role("link", name="the whole of it as plain data").click()
    page.wait_for_url("**/simulator/answer**")
    page.go_back()
    assert "people leave" in page.locator("#headline").inner_text()
    assert "shown without it" in page.locator(".note").inner_text()
    context.close()


def test_a_browser_that_keeps_nothing_of_a_page_shows_the_answer_all_the_same(browser: Any, server: str) -> None:
    """Where the store of light and dark is forbidden the answer comes, and the choice holds as long as the page."""
    context = browser.new_context()
    context.set_default_timeout(120_000)
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page.goto(f"{server}/?{SMALL}&asylum=fast")
    page.get_by_role("button", name="Dark").click()
    page.emulate_media(color_scheme="light")
    whole(page)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert complaints == []
    context.close()


def test_what_an_event_leaves_as_it_is_keeps_the_focus(visit: Visit) -> None:
    """Whoever stands on a link of the menu while an answer comes in stands there afterwards."""
    page = whole(visit(f"/?{SMALL}&asylum=fast"))
    page.reload()
    for link in ("#pages a:last-child", "#elsewhere a"):
        page.locator(link).first.focus()
        page.evaluate("dispatchEvent(new PopStateEvent('popstate', {state: null}))")
        whole(page)
        assert page.evaluate("link => document.activeElement === document.querySelector(link)", link)


def test_each_slider_moves_the_curve_and_the_address(visit: Visit) -> None:
    """From the middle of the track to its ends: another curve or other places, another address, and the word of the step is announced."""
    page = whole(visit("/?scenario=toy"))
    base, moved = (curve(page), places(page)), set()
    for slider in SLIDERS:
        for place, step in enumerate(slider.steps):
            if place == slider.usual:
                continue
            move(page, slider.key, place)
            whole(page)
            assert page.get_by_label(slider.title, exact=True).get_attribute("aria-valuetext").startswith(step.word)
            assert parse(page.url.split("?")[1])[0].steps == ((slider.key, step.key),)
            if (curve(page), places(page)) != base:
                moved.add(slider.key)
        move(page, slider.key, slider.usual)
    assert moved == {slider.key for slider in SLIDERS}


def test_strength_of_contagion_moves_status_quo_and_mix(visit: Visit) -> None:
    """With contagion off fewer leave, and the point in the tipping map moves."""
    page = whole(visit(f"/?{SMALL}&asylum=fast"))
    before, here = curve(page), page.locator("#tipping .here").get_attribute("cx")
    move(page, "contagion", 0)
    whole(page)
    until(page, "was => document.querySelector('#tipping .here').getAttribute('cx') !== was", arg=here)
    assert curve(page) != before


def test_a_second_visitor_is_undisturbed(visit: Visit) -> None:
    """One moves his sliders; the other's screen and address stay as they were."""
    one, two = whole(visit(f"/?{SMALL}&seed=1")), whole(visit(f"/?{SMALL}&seed=2"))
    before = two.locator("#answer").inner_html()
    move(one, "asylum", 2)
    whole(one)
    two.wait_for_timeout(500)
    assert two.locator("#answer").inner_html() == before
    assert "asylum" not in two.url


def test_reload_and_a_shared_address_give_the_same_screen_and_undo_goes_back(visit: Visit) -> None:
    """Another visitor sees the same headline; undo brings the one before; a version of the past is remarked."""
    page = whole(visit(f"/?{SMALL}"))
    first = page.locator("#headline").inner_text()
    move(page, "asylum", 2)
    whole(page)
    page.wait_for_timeout(1000)
    move(page, "ban", 1)
    whole(page)
    both = page.locator("#headline").inner_text()
    page.reload()
    assert whole(page).locator("#headline").inner_text() == both
    other = whole(visit(f"/?{page.url.split('?')[1]}&v=0.0.1"))
    assert other.locator("#headline").inner_text() == both
    assert "made with version 0.0.1" in other.get_by_role("alert").first.inner_text()
    page.go_back()
    whole(page)
    page.go_back()
    until(page, "was => document.getElementById('headline').textContent === was", arg=first)


def test_undo_brings_back_where_the_sliders_stood(visit: Visit) -> None:
    """A slider and a preset are two moves; undo takes them back one by one, the sliders with them."""
    page = whole(visit(f"/?{SMALL}"))
    assert page.get_by_role("button", name="Undo").is_disabled()
    move(page, "campaign", 2)
    whole(page)
    page.get_by_label("Start from a policy").select_option("closed-borders")
    whole(page)
    assert page.locator("#s-border").input_value() == "0"
    assert page.locator("#s-campaign").input_value() == "0"
    page.reload()
    whole(page).get_by_role("button", name="Undo").click()
    until(
        page, "document.getElementById('s-campaign').value === '2' && document.getElementById('s-border').value === '2'"
    )
    page.get_by_role("button", name="Undo").click()
    until(page, "document.getElementById('s-campaign').value === '0'")
    assert page.get_by_role("button", name="Undo").is_disabled()


def test_a_mix_that_is_kept_stays_in_the_chart_and_in_the_address(visit: Visit) -> None:
    """A is drawn beside what is set afterwards, for this visitor, also once he has been on another page, and for one who opens his address."""
    page = whole(visit(f"/?{SMALL}&asylum=fast"))
    page.get_by_role("button", name="Keep as A").click()
    whole(page)
    move(page, "border", 0)
    whole(page)
    page.locator("#leavers .line.beside").wait_for()
    assert "A, kept:" in page.locator("#beside").inner_text()
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_role("heading", name="Policies on the same people and fates").wait_for()
    page.get_by_role("link", name="Policies", exact=True).click()
    page.locator("#leavers .line.beside").wait_for()
    other = whole(visit("/?" + page.url.split("?")[1]))
    other.locator("#leavers .line.beside").wait_for()
    other.get_by_role("button", name="Drop A").click()
    other.locator("#leavers .line.beside").wait_for(state="detached")


def test_wrong_input_is_told_at_its_field_and_the_picture_stays(visit: Visit) -> None:
    """Two seconds later the sentence, what was typed and the last good picture are there; a right input ends it."""
    page = whole(visit(f"/?{SMALL}&asylum=fast"))
    page.get_by_text("For experts").click() if not page.locator(".expert").evaluate("e => e.open") else None
    before = curve(page)
    page.locator("[name=scale]").fill("7")
    page.locator("[name=scale]").press("Enter")
    page.locator("[name=scale]").blur()
    page.locator("#w-scale").get_by_text("must lie above 0").wait_for()
    page.wait_for_timeout(2000)
    assert "must lie above 0" in page.locator("#w-scale").inner_text()
    assert page.locator("[name=scale]").get_attribute("aria-invalid") == "true"
    assert curve(page) == before
    for part in ("#headline", "#why", "#judged", "#tipping", "#command", "#basis"):
        assert page.locator(f"{part}.old").count() == 1
    page.get_by_text("Download CSV").click()
    page.get_by_text("There is nothing to download").wait_for()
    page.locator("[name=scale]").fill("0.0005")
    page.locator("[name=scale]").blur()
    until(page, "document.getElementById('w-scale').textContent === ''")
    assert page.locator("#said").inner_text() == ""
    whole(page)
    page.locator("[name=set]").fill("hosts.nowhere.border = 1\nnonsense")
    page.locator("[name=set]").blur()
    page.locator("#w-set").get_by_text("nowhere").wait_for()
    assert len(page.locator("#w-set").inner_text().splitlines()) == 2


LINES = {
    "behaviour.push_door": "1e+0", "behaviour.form": '"additive"', "hosts.finland.title": """'A & B #1, 100 % + c=d; é <b>"q"</b>'""",
    "hosts.*.case_days": "30", "forces.@first.punishment": "0.2", "capacity": "2",
}  # fmt: skip


def mix_by(chance: np.random.Generator, beside: str = "") -> Mix:
    """A mix of everything that an address can hold, runs of which are short."""
    parts = [
        (slider.key, slider.steps[chance.integers(len(slider.steps))].key)
        for slider in SLIDERS
        if chance.random() < 0.5
    ]
    parts += [
        ("contagion", str(chance.choice(list(CONTAGION)))),
        ("also", str(chance.choice(["", "coalition", "skilled-visas"]))),
    ]
    parts += [("seed", str(chance.integers(2**62))), ("days", "2"), ("scale", "0.0004"), ("beside", beside)]
    parts += [("set", f"{key} = {LINES[key]}") for key in chance.permutation(list(LINES))[:3]]
    mix, wrong = parse(urlencode(parts, quote_via=quote))
    assert wrong == {}
    return mix


def test_any_mix_survives_link_page_and_link(server: str, visit: Visit) -> None:
    """Read from the page as the server drew it, and from the form as the script fills it on the way back: no part is lost or changed."""
    page, chance = visit("/"), np.random.default_rng(1)
    for _ in range(10):
        mix = mix_by(chance, mix_by(chance).query() if chance.random() < 0.5 else "")
        page.goto(f"{server}/?{mix.query()}")
        for _ in range(2):
            link = page.locator("#csv").get_attribute("href")
            assert parse(urlsplit(link).query.removeprefix("as=csv&")) == (mix, {})
            page.evaluate("dispatchEvent(new PopStateEvent('popstate', {state: null}))")


def test_a_plus_in_an_address_stays_one_on_the_way_back(visit: Visit) -> None:
    """As in 1e+0: what the server reads as a plus and the form shows as one is one after a move, a preset and Undo."""
    line = "behaviour.push_door=1e+0"
    page = whole(visit(f"/?{SMALL}&set={line}"))
    assert page.locator("[name=set]").input_value().replace(" ", "") == line
    page.get_by_label("Start from a policy").select_option("closed-borders")
    whole(page)
    assert page.locator("[name=set]").input_value().replace(" ", "") == line
    page.go_back()
    until(page, "document.getElementById('s-border').value === '2'")
    assert page.locator("[name=set]").input_value() == line


def test_of_what_an_address_says_twice_the_last_counts_on_the_way_back_too(visit: Visit) -> None:
    """As on the server, which draws the page: sliders and fields stand after Undo as they stood before the move."""
    page = whole(visit(f"/?{SMALL}&border=shut&border=open&seed=3&seed=4"))
    stands = "['border', 'seed'].map(name => document.getElementById('mix').elements[name].value)"
    assert page.evaluate(stands) == ["3", "4"]
    move(page, "ban", 1)
    page.go_back()
    until(page, "() => document.getElementById('s-ban').value === '0'")
    assert page.evaluate(stands) == ["3", "4"]


def test_a_server_that_is_silent_is_no_wrong_input(visit: Visit) -> None:
    """It is told once, at no field, with the folds as they were; the last answer can be read, and the next move ends it."""
    page = whole(visit(f"/?asylum=fast&{SMALL}"))
    page.evaluate("document.querySelector('.expert').open = false")
    page.route(
        "**/simulator/events*", lambda route: route.fulfill(content_type="text/event-stream", body=": nothing\n\n")
    )
    move(page, "ban", 1)
    page.locator("#wrong").get_by_role("alert").wait_for()
    told = page.evaluate("[...document.querySelectorAll('[role=alert]')].filter(e => e.textContent).length")
    assert told == 1
    assert not page.locator(".expert").evaluate("e => e.open")
    assert page.locator("[aria-invalid=true]").count() == 0
    assert page.locator(".old").count() == 0
    page.unroute("**/simulator/events*")
    move(page, "ban", 2)
    whole(page)
    assert page.locator("#wrong").inner_text() == ""


def test_the_focus_stays_on_the_page_and_skipping_takes_no_undo_away(visit: Visit) -> None:
    """A button that goes away hands the focus on; the way to the answer is no move."""
    page = whole(visit(f"/?{SMALL}"))
    move(page, "campaign", 2)
    whole(page)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    focused = "document.activeElement.id"
    assert page.evaluate(focused) == "headline"
    undo = page.get_by_role("button", name="Undo")
    assert undo.is_enabled()
    until(page, "document.getElementById('headline').ariaBusy === 'false'")
    undo.click()
    until(page, "document.getElementById('s-campaign').value === '0'")
    assert page.evaluate(focused) == "reset"
    assert (
        page.evaluate("document.getElementById('tour').click(), document.getElementById('headline').ariaBusy") == "true"
    )
    assert page.evaluate(focused) == "tour-next"
    for _ in range(3):
        page.locator("#tour-next").click()
    assert page.evaluate(focused) == "tour"


def test_an_address_with_nonsense_says_which_part_and_shows_the_rest(visit: Visit) -> None:
    """The wrong step is named with the steps there are; the campaign of the same address is set."""
    page = whole(visit(f"/?{SMALL}&border=ajar&campaign=half"))
    page.wait_for_timeout(2000)
    assert "no step of border 'ajar'" in page.get_by_role("alert").first.inner_text()
    assert page.locator("#s-campaign").input_value() == "1"
    assert page.locator("#s-border").input_value() == "2"


def test_what_is_downloaded_says_what_is_shown(visit: Visit, server: str) -> None:
    """The CSV, the JSON and the table hold the same number of leavers; the JSON names the command."""
    page = whole(visit(f"/?{SMALL}&asylum=fast"))
    with page.expect_download() as download:
        page.locator("#csv").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    left = float(next(row for row in rows if row["measure"] == "left")["mix"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{server}/simulator/answer?{SMALL}&asylum=fast") as reply:
        facts = json.load(reply)
    assert next(row for row in facts["outcomes"] if row["measure"] == "left")["mix"] == left
    assert facts["command"] == page.locator("#command").inner_text()
    assert len(facts["left"]["mix"]) == 10
    page.get_by_text("All numbers").click()
    assert words.number(left) in page.get_by_role("table", name="All outcomes").inner_text()
    assert cut_off(page) == []


@pytest.mark.parametrize("what", ["answer", "events"])
def test_who_wants_no_answer_starts_no_run(server: str, what: str) -> None:
    """Asked for its headers alone, the server worked the whole answer out and sent none of it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(urllib.request.Request(f"{server}/simulator/{what}?{SMALL}&seed=77", method="HEAD"))
    with refused.value as reply:
        assert (reply.code, reply.headers["allow"]) == (405, "GET")


def test_what_does_not_fit_the_scenario_cannot_be_chosen_and_says_why(visit: Visit) -> None:
    """A town without hosts has no doors to move; another scenario has, and a step that stood there already can be moved away."""
    page = whole(visit("/?scenario=one-town"))
    doors, lack = page.locator("#s-border"), "One town marks no host as sharing a border and asking for a visa."
    assert doors.is_disabled()
    assert doors.get_attribute("aria-describedby").startswith("u-border ")
    assert page.locator("#u-border").inner_text() == lack
    assert page.locator("#s-ban").is_enabled()
    coalition = page.locator("#preset option[value=coalition]")
    assert coalition.is_disabled()
    assert coalition.get_attribute("title") == "One town marks no host as of the coalition"
    page.evaluate("document.querySelector('.expert').open = true")
    page.locator("[name=scenario]").select_option("toy")
    until(page, "!document.getElementById('s-border').disabled")
    assert page.locator("#u-border").inner_text() == ""
    assert coalition.is_enabled()
    move(page, "border", 0)
    whole(page)
    page.locator("[name=scenario]").select_option("one-town")
    page.locator("#wrong, #w-set").get_by_text("cannot be laid over One town").first.wait_for()
    assert doors.is_enabled()
    move(page, "border", 2)
    until(page, "document.getElementById('s-border').disabled")
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_label("Add a policy").locator("option[value=coalition]:disabled").wait_for(state="attached")


def test_the_tour_sets_the_sliders_in_three_clicks(visit: Visit) -> None:
    """Doors, ban, queue: each click sets a mix of the world that its words speak of; menu and empty fields go along."""
    page = whole(visit("/?scenario=toy&days=20&seed=3"))
    assert page.locator("[name=scale]").get_attribute("placeholder") == "1"
    page.get_by_role("button", name="A tour in three clicks").click()
    whole(page)
    assert page.url.endswith("/?border=shut")
    assert page.locator("[name=scale]").get_attribute("placeholder") == "0.001"
    assert (
        page.get_by_role("link", name="Watch it happen", exact=True).get_attribute("href")
        == "/watch?policies=closed-borders"
    )
    assert page.locator("#s-border").input_value() == "0"
    page.get_by_role("button", name="Next").click()
    whole(page)
    assert (page.locator("#s-border").input_value(), page.locator("#s-ban").input_value()) == ("2", "1")
    page.get_by_role("button", name="Next").click()
    whole(page)
    assert page.locator("#s-asylum").input_value() == "2"
    page.get_by_role("button", name="End the tour").click()
    page.get_by_role("button", name="A tour in three clicks").wait_for()


def test_the_first_result_is_seen_without_scrolling(visit: Visit) -> None:
    """Headline and curve lie within the window, light and dark, nothing sticks out sideways, and on a phone they stay on top while the sliders scroll."""
    page = whole(visit("/?asylum=fast"))
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            until(page, "scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            boxes = [box_of(page, name) for name in ("#headline", "#leavers svg")]
            assert all(box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes)
        assert page.evaluate(CUT) == []
        page.evaluate("document.getElementById('numbers').closest('details').open = true")
        assert cut_off(page) == []
        page.evaluate("document.getElementById('numbers').closest('details').open = false")
    page.locator("#s-ban").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    box = box_of(page, "#leavers svg")
    assert 0 <= box["y"] < 200
    assert box_of(page, "#s-ban")["y"] > box["y"] + box["height"]


def test_what_has_the_focus_is_covered_by_nothing(visit: Visit) -> None:
    """From the last control to the first, as Shift and Tab go, in low windows too; and the headline is no smaller than the chart's labels."""
    page = whole(visit(f"/?{SMALL}&asylum=fast"))
    for width, height in ((844, 390), (720, 450), (380, 800), (768, 1024), (900, 900)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(COVERED) == []
        title, label = page.evaluate(LETTERS)
        assert title >= label


def test_everything_can_be_done_with_the_keyboard(visit: Visit) -> None:
    """Tab reaches a slider, an arrow moves it and the curve follows, with the word and the effect announced."""
    page = whole(visit(f"/?{SMALL}"))
    before = curve(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "s-asylum":
            break
    # The frame stands around the thumb: around the whole slider it covers the words and the question mark.
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"
    page.keyboard.press("ArrowRight")
    until(
        page,
        "was => (document.querySelector('#leavers .line.mix:not(.ghost)')?.getAttribute('d') ?? was) !== was",
        arg=before,
    )
    whole(page)
    until(page, "document.getElementById('s-asylum').getAttribute('aria-valuetext').startsWith('fast track: ')")
    assert page.locator("#headline").get_attribute("role") == "status"
