"""The page of one run, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def ready(page: Any) -> Any:
    """Wait until the run has been built."""
    page.wait_for_selector(".picture svg .person")
    return page


def path_of(page: Any) -> str:
    """How the line of those leaving each day is drawn."""
    return str(page.locator(".chart .line").first.get_attribute("d"))


def test_a_run_that_is_played_moves_its_curve_and_its_day(visit: Callable[..., Any]) -> None:
    """Play, wait, pause: the day has gone on, the curve is longer, and it stands still after the pause."""
    page = ready(visit("/?scenario=toy"))
    before = path_of(page)
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(/Day (\\d+)/.exec(document.querySelector('[role=status]').textContent)[1]) > 30")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    after = path_of(page)
    assert len(after) > len(before)
    page.wait_for_timeout(800)
    assert path_of(page) == after
