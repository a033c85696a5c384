"""The browser app: first paint of a warm server, and how fast a run of 20,000 persons plays (headless Chromium)."""

import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

from desertion.app.request.choice import usual_scale
from tests.app.conftest import CHROMIUM, FLAGS, free_port, started, stopped
from tests.benchmarks import _common

_VISITS = 5
_PLAYED = 5.0
_FASTEST = "1000"
_DAY = "Number(/Day (\\d+)/.exec(document.querySelector('.app-view [role=status]')?.textContent ?? 'Day 0')[1])"


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Yield the time to the first words, to the picture of a built run, the speed of playing and the answer to a click."""
    from playwright.sync_api import sync_playwright

    port = free_port()
    server = started(port)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield from _measured(browser, f"http://127.0.0.1:{port}")
            browser.close()
    finally:
        stopped(server)


def _measured(browser: Any, address: str) -> Iterator[tuple[str, float, str, str]]:
    visits = [_visit(browser, address) for _ in range(_VISITS + 1)][1:]
    yield "first paint, warm", statistics.median(words for words, _ in visits), "s", "3 s"
    yield "    with the picture of the built run", statistics.median(whole for _, whole in visits), "s", ""
    people = _common.persons(_common.Scenario.load(_common.RUSSIA, scale=usual_scale(_common.RUSSIA)))
    page = _opened(browser, address)
    page.get_by_label("Speed").select_option(_FASTEST)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"{_DAY} > 0")
    first, began = page.evaluate(_DAY), time.perf_counter()
    while time.perf_counter() - began < _PLAYED and not _done(page):
        page.wait_for_timeout(50)
    yield f"{people:,} persons: playing", (page.evaluate(_DAY) - first) / (time.perf_counter() - began), "days/s", "10"
    page.goto(f"{address}/?scenario={_common.RUSSIA}&days=1500")
    page.wait_for_selector(".picture svg .person")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"{_DAY} > 0")
    began = time.perf_counter()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    yield "    Pause is answered in", time.perf_counter() - began, "s", ""
    page.context.close()


def _done(page: Any) -> bool:
    told = page.locator(".app-view [role=status]").first.inner_text()
    return re.search(r"at its end", told) is not None


def _opened(browser: Any, address: str) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/?scenario={_common.RUSSIA}&days=1500")
    page.wait_for_selector(".picture svg .person")
    return page


def _visit(browser: Any, address: str) -> tuple[float, float]:
    """Seconds of a new visitor until the page's first words and until the picture."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    began = time.perf_counter()
    page.goto(f"{address}/?scenario={_common.RUSSIA}")
    page.wait_for_selector(".app-root h1")
    words = time.perf_counter() - began
    page.wait_for_selector(".picture svg .person")
    whole = time.perf_counter() - began
    page.context.close()
    return words, whole
