"""The browser app: the first screen and how soon its curve follows a slider, and how fast a run plays (headless Chromium)."""

import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from desertion.app.request.choice import usual_scale
from desertion.app.request.sliders import SLIDERS
from tests.app.conftest import started, stopped
from tests.benchmarks import _common
from tests.conftest import CHROMIUM, FLAGS
from tests.watching import free_port

_VISITS = 5
_PLAYED = 5.0
_FASTEST = "1000"
_DAY = "Number(/Day (\\d+)/.exec(document.querySelector('.app-view [role=status]')?.textContent ?? 'Day 0')[1])"


_MOVES = 60
_FOLLOW = """
(moves) => {
  const curve = () => document.querySelector('#leavers .line.mix:not(.ghost), #leavers .line.usual:not(.ghost)')?.getAttribute('d');
  const one = (name, step) => new Promise((done) => {
    const slider = document.getElementById('s-' + name), before = document.getElementById('leavers').innerHTML;
    slider.value = step;
    const began = performance.now();
    const watch = new MutationObserver(() => {
      if (document.getElementById('leavers').innerHTML !== before && curve()) { watch.disconnect(); done(performance.now() - began); }
    });
    watch.observe(document.getElementById('leavers'), {childList: true, subtree: true});
    slider.dispatchEvent(new Event('input', {bubbles: true}));
  });
  return moves.reduce(async (before, [name, step]) => [...await before, await one(name, step)], Promise.resolve([]));
}
"""
"""Moves sliders one after the other, each as soon as the first curve of the one before is there, so that its other replicates are under way;
gives the milliseconds from each input event to the changed path in the page."""


def _moves() -> list[tuple[str, int]]:
    """Moves to mixes that nobody has asked for yet."""
    rng = np.random.default_rng(1)
    names = [(slider.key, len(slider.steps)) for slider in SLIDERS]
    now, seen = {slider.key: slider.usual for slider in SLIDERS}, set[tuple[int, ...]]()
    moves: list[tuple[str, int]] = []
    while len(moves) < _MOVES:
        name, steps = names[rng.integers(len(names))]
        step = int(rng.integers(steps))
        after = tuple({**now, name: step}.values())
        if step != now[name] and after not in seen:
            seen.add(after)
            now[name] = step
            moves.append((name, step))
    return moves


def _first_screen(browser: Any, address: str) -> Iterator[tuple[str, float, str, str]]:
    paints = []
    for _ in range(_VISITS + 1):
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(300_000)
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("#leavers svg .line")
        paints.append(time.perf_counter() - began)
        while not page.evaluate("document.getElementById('numbers').textContent.length > 50"):
            page.wait_for_timeout(100)
        if len(paints) <= _VISITS:
            page.context.close()
    yield "first screen with its answer, empty cache", statistics.median(paints[1:]), "s", "1 s"
    times = np.array(page.evaluate(_FOLLOW, _moves())) / 1000.0
    yield f"    first curve after a slider moved, median of {_MOVES}", float(np.median(times)), "s", ""
    yield "    same, 95th percentile", float(np.quantile(times, 0.95)), "s", "0.3 s"
    page.context.close()


def rows() -> Iterator[tuple[str, float, str, str]]:
    """Yield the time to the first words, to the picture of a built run, the speed of playing and the answer to a click."""
    from playwright.sync_api import sync_playwright

    port = free_port()
    server = started(port)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield from _first_screen(browser, f"http://127.0.0.1:{port}")
            yield from _measured(browser, f"http://127.0.0.1:{port}")
            browser.close()
    finally:
        stopped(server)


def _measured(browser: Any, address: str) -> Iterator[tuple[str, float, str, str]]:
    visits = [_visit(browser, address) for _ in range(_VISITS + 1)][1:]
    yield "Watch it happen: first paint, warm", statistics.median(words for words, _ in visits), "s", "3 s"
    yield "    with the picture of the built run", statistics.median(whole for _, whole in visits), "s", ""
    people = _common.persons(_common.Scenario.load(_common.RUSSIA, scale=usual_scale(_common.RUSSIA)))
    page = _opened(browser, address)
    page.get_by_label("Speed").select_option(_FASTEST)
    began = time.perf_counter()  # from the click on: on a quick machine the last day is the first that is seen
    page.get_by_role("button", name="Play").click()
    while time.perf_counter() - began < _PLAYED and not _done(page):
        page.wait_for_timeout(50)
    yield f"{people:,} persons: playing", page.evaluate(_DAY) / (time.perf_counter() - began), "days/s", "10"
    page.goto(f"{address}/watch?scenario={_common.RUSSIA}&days=1500")
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
    page.goto(f"{address}/watch?scenario={_common.RUSSIA}&days=1500")
    page.wait_for_selector(".picture svg .person")
    return page


def _visit(browser: Any, address: str) -> tuple[float, float]:
    """Seconds of a new visitor until the page's first words and until the picture."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    began = time.perf_counter()
    page.goto(f"{address}/watch?scenario={_common.RUSSIA}")
    page.wait_for_selector(".app-root h1")
    words = time.perf_counter() - began
    page.wait_for_selector(".picture svg .person")
    whole = time.perf_counter() - began
    page.context.close()
    return words, whole
