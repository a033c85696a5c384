"""What the tests of studies share: a fast study of the stand-in model, and a way to compare files row by row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desertion.study.design.reading import spec_from
from desertion.study.design.spec import StudySpec
from tests.watching import lasting_rows

FAKE = "tests.study.run.fake.run"


@pytest.fixture
def study() -> Callable[..., StudySpec]:
    """Makes a study of the stand-in: ``study(settings={"fail_at": 3}, runs=5, pull=[0, 1])``."""

    def make(*, settings: dict[str, Any] | None = None, runs: Any = 4, run: Any = None, **more: Any) -> StudySpec:
        varied = {key: value for key, value in more.items() if key in ("pull", "other")} or {"pull": [0.1, 0.3, 0.5]}
        table = {
            "task": FAKE,
            "seed": 7,
            "title": "a study",
            "set": settings or {},
            "vary": varied,
            "replicates": runs,
            "run": run or {},
            **{key: value for key, value in more.items() if key not in ("pull", "other")},
        }
        return spec_from(table, "study", "study.toml")

    return make


@pytest.fixture(scope="session")
def lasting() -> Callable[[Path], list[tuple[object, ...]]]:
    """Reads from a file what must not depend on how it was made."""
    return lasting_rows
