"""Settings that hold for all tests: no window, one thread a test, no chance that changes from run to run."""

import os
import random  # noqa: TID251 - programs of others draw from it
import shutil
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("MPLBACKEND", "Agg")
# Tests run side by side: threads of linear algebra would wait for each other (one test took 134 seconds in place of 10).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

from tests.checks.suites import SUITES

# The same examples in every run and no clock: a test that fails, fails everywhere.
settings.register_profile("suite", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("suite")

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
"""Where Debian's package puts the browser."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test whose file does not name the marker of its suite: `make test` reads for a suite the files that do."""
    known = {suite.marker for suite in SUITES}
    for item in items:
        for name in known & {mark.name for mark in item.iter_markers()}:
            if f"mark.{name}" not in item.path.read_text(encoding="utf-8"):
                raise pytest.UsageError(f"{item.nodeid} has the marker {name!r}, which its file does not name")


@pytest.fixture(autouse=True)
def same_chance() -> None:
    """Set the global generators, from which programs of others draw, to the same state before every test."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002, TID251


@pytest.fixture
def no_workers() -> Iterator[None]:
    """Studies do their runs in the test's own process."""
    from tests.shortcuts import in_process

    with in_process():
        yield


@pytest.fixture
def no_pictures() -> Iterator[None]:
    """Figures are drawn, and not made into pictures."""
    from tests.shortcuts import unrendered

    with unrendered():
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
