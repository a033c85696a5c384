"""What the tests of matching share: matches of the stand-in, run in this process."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desertion import match
from desertion.study.matching.matched import Match
from desertion.study.run.options import RunOptions

RANGES = {name: {"range": [0.0, 1.0]} for name in "abc"}


def figure(value: float, discrepancy: float = 0.03) -> dict[str, Any]:
    """A target on the scale of the number itself."""
    return {"observed": [value, value], "scale": "linear", "discrepancy": discrepancy}


KNOWN = {"sum": figure(1.0), "difference": figure(0.2)}
"""Met around a = 0.6, b = 0.4, whatever c is."""


class Struck(ThreadPoolExecutor):
    """An executor that breaks down after so many runs, as a machine does."""

    def __init__(self, calls: int) -> None:
        super().__init__(1)
        self.calls = calls

    def submit(self, *args: Any, **more: Any) -> Future[Any]:
        """Hand on, until it breaks."""
        self.calls -= 1
        if self.calls < 0:
            raise SystemError("struck")
        return super().submit(*args, **more)


def made(out: Path, executor: Executor | None = None, **told: Any) -> Match:
    """A match of the stand-in in a folder."""
    told = {
        "scenario": "quiet",
        "vary": RANGES,
        "targets": KNOWN,
        "screening": 8,
        "waves": [{"worlds": 40}, {"worlds": 60}],
        "seed": 5,
        "out": out,
        **told,
    }
    with pytest.MonkeyPatch.context() as patch, executor or ThreadPoolExecutor(1) as at_hand:
        patch.setattr("desertion.study.matching.runs.TASK", "tests.study.matching.fake.run_world")
        return match(**told, options=RunOptions(executor=at_hand, workers=1, quiet=True))


@pytest.fixture
def matched(tmp_path: Path) -> Callable[..., Match]:
    """Makes a match of the stand-in: ``matched(targets=..., waves=...)``."""
    return lambda executor=None, **told: made(told.pop("out", tmp_path / "runs"), executor, **told)


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Match:
    """The match of what is known."""
    return made(tmp_path_factory.mktemp("known"))
