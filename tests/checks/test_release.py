"""What is released is the same bytes whoever builds it, when and where."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import time
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


@pytest.mark.walks
def test_wheel_and_sdist_are_the_same_bytes_twice(tmp_path: Path) -> None:
    """Built from the checkout, and again from the unpacked sdist with other dates, time zone, mask and hash seed."""
    first = _built(ROOT, tmp_path / "first", {})
    with tarfile.open(next((tmp_path / "first").glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    for path in unpacked.rglob("*"):
        os.utime(path, (time.time() - 1e6, time.time() - 1e6))
    second = _built(unpacked, tmp_path / "second", {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"})
    assert [Path(name).suffix for name in first] == [".whl", ".gz"]
    assert first == second


def test_the_core_asks_for_as_many_packages_as_the_documentation_says() -> None:
    """Followed from the installed package through what each asks for without extras; a new dependency has to be weighed there."""
    found, waiting = set[str](), ["desertion"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            needs = [Requirement(text) for text in requires(name) or ()]
            waiting += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    told = (ROOT / "model" / "docs" / "start" / "install.md").read_text(encoding="utf-8")
    assert f"The core is {len(found)} packages" in told, sorted(found)


def _built(source: Path, folder: Path, told: dict[str, str]) -> dict[str, str]:
    """Wheel and sdist of a source tree, by name with their hashes."""
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"} | told
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
