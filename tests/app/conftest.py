"""A server of the app, a real browser, and pages that note every complaint and every request."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import watching

WHOLE = """() => document.getElementById('numbers').textContent.length > 50 && !document.querySelector('.sim .old')
    && document.getElementById('headline').ariaBusy !== 'true'"""
"""The first screen's answer is whole, and its page has been told so: the last pairs may be seen a moment before."""


def started(port: int, *options: str) -> subprocess.Popen[bytes]:
    """Start `desertion app` and wait until it answers."""
    command = [sys.executable, "-m", "desertion", "app", "--no-open", "--port", str(port), *options]
    # A proxy of the machine's settings must not stand between the test and its own server.
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return process
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    process.kill()
    out, _ = process.communicate()
    raise RuntimeError(f"the app did not start: {out.decode()}")


def stopped(process: subprocess.Popen[bytes]) -> str:
    """End a server and return what it printed."""
    process.terminate()
    try:
        out, _ = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        out, _ = process.communicate()
    return out.decode()


def cut_off(page: Any) -> list[str]:
    """Tables and pictures of a page that stand open and do not fit into the window, by what they are called."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.app-scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel || e.innerText.slice(0, 40))"
    )
    return found


def until(page: Any, script: str, arg: object = None, seconds: float = 120.0) -> None:
    """Wait until a script says yes. Playwright's own way is a string that the page evaluates, which the first page's policy forbids."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(script, arg):
        assert time.monotonic() < deadline, script
        page.wait_for_timeout(50)


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of all test processes look for studies; `studies` fills it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared" / "studies"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def studies(study_folder: Path) -> Path:
    """The folder with one study, one comparison, one file of claims and two files that must not be opened, made by the first process that asks."""
    from tests.app.folder import make

    begun, made = (study_folder.parent / name for name in ("begun", "made"))
    try:
        begun.mkdir()
    except FileExistsError:
        assert watching.until(made.exists, 300.0), "another process did not make the studies"
    else:
        make(study_folder)
        made.mkdir()
    return study_folder


@pytest.fixture(scope="session")
def server(study_folder: Path) -> Iterator[str]:
    """Address of a running app."""
    port = watching.free_port()
    process = started(port, "--studies", str(study_folder), "--largest-run", "30000")
    yield f"http://127.0.0.1:{port}"
    stopped(process)


class Notes:
    """What a page complained of and asked for."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()

    def hear(self, page: Any) -> None:
        """Listen to a page."""
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(_host(request.url)))
        page.on("websocket", lambda socket: self.hosts.add(_host(socket.url)))


def _host(url: str) -> str:
    # blob:http://127.0.0.1:... and data: stay within the page.
    return urlsplit(url.removeprefix("blob:")).hostname or "the page itself"


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Callable[..., Any]]:
    """Open a page of the app as a new visitor; at the end nothing may have been complained of or fetched from elsewhere."""
    notes = Notes()
    contexts: list[Any] = []

    def open_page(path: str = "/", *, width: int = 1280, height: int = 900, dark: bool = False) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        context.set_default_timeout(120_000)
        contexts.append(context)
        page = context.new_page()
        notes.hear(page)
        page.goto(server + path)
        page.wait_for_selector(".app-root h1")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert notes.hosts <= {"127.0.0.1", "the page itself"}
    assert notes.complaints == []
