"""The first screen being used, frame by frame, for the documentation: `python -m tests.app.screens [FOLDER]` takes the pictures anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from tests.app.conftest import WHOLE, started, stopped, until
from tests.conftest import CHROMIUM, FLAGS
from tests.watching import free_port

FOLDER = Path(__file__).parents[2] / "model" / "docs" / "_static" / "simulator"
"""Where the documentation looks for them."""

COLOURS = 256
"""Colours that a picture keeps, rare ones too: half of the bytes."""

_WIDE, _PHONE = (1240, 780), (390, 844)
_MOVE = """([name, step]) => {
  const slider = document.getElementById('s-' + name);
  slider.value = step;
  slider.dispatchEvent(new Event('input', {bubbles: true}));
}"""


def frames(browser: Any, address: str) -> Iterator[tuple[str, bytes]]:
    """Each frame's name with its picture, as somebody comes by them who follows the tour and then tries something of his own.

    Args:
        browser: A browser that Playwright drives.
        address: Of a running app.
    """
    page = _opened(browser, address, _WIDE)
    yield "rest", page.screenshot()
    page.get_by_role("button", name="A tour in three clicks").click()
    yield "doors-shut", _shot(page)
    page.get_by_role("button", name="Next").click()
    yield "ban", _shot(page)
    page.get_by_role("button", name="Next").click()
    yield "fast-track", _shot(page)
    page.get_by_role("button", name="End the tour").click()
    page.get_by_role("button", name="Keep as A").click()
    page.evaluate(_MOVE, ["capacity", 2])
    yield "kept-beside", _shot(page)
    page.context.close()
    page = _opened(browser, f"{address}/?asylum=fast&capacity=ten", _PHONE)
    yield "phone", page.screenshot()
    page.context.close()


def small(picture: bytes) -> bytes:
    """The same picture in fewer colours."""
    packed = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    ).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _opened(browser: Any, address: str, size: tuple[int, int]) -> Any:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
    context.set_default_timeout(300_000)
    page = context.new_page()
    page.goto(address)
    _wait(page)
    return page


def _shot(page: Any) -> bytes:
    _wait(page)
    page.evaluate("scrollTo(0, 0)")
    picture: bytes = page.screenshot()
    return picture


def _wait(page: Any) -> None:
    # What was asked last looks old before the script that asked has returned.
    until(page, WHOLE, seconds=300.0)
    page.wait_for_timeout(300)


def main(words: list[str]) -> int:
    """Take all pictures and write them."""
    from playwright.sync_api import sync_playwright

    folder = Path(words[0]) if words else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = started(port)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, picture in frames(browser, f"http://127.0.0.1:{port}"):
                packed = small(picture)
                (folder / f"{name}.png").write_bytes(packed)
                print(f"{name}: {len(packed) / 1000:.0f} kB")
            browser.close()
    finally:
        stopped(server)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
