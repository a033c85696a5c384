"""Every path that a tool's settings name exists: a tool that reads nothing finds nothing wrong."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.checks.documents import ROOT
from tests.checks.suites import SUITES

SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
HATCH: dict[str, Any] = SETTINGS["tool"]["hatch"]
TESTS: dict[str, Any] = SETTINGS["tool"]["pytest"]["ini_options"]


def named_paths() -> list[str]:
    """Return all paths in the settings of build, lint, types and tests."""
    project, ruff, types = SETTINGS["project"], SETTINGS["tool"]["ruff"], SETTINGS["tool"]["pyright"]
    build = HATCH["build"]
    wheel = build["targets"]["wheel"]
    return [
        project["readme"],
        *project["license-files"],
        HATCH["version"]["path"],
        *build["dev-mode-dirs"],
        *wheel["only-include"],
        *wheel["sources"],
        *(name.lstrip("/") for name in build["targets"]["sdist"]["include"]),
        *ruff["src"],
        *(name.removesuffix("/**") for name in ruff["lint"]["per-file-ignores"]),
        *types["include"],
        *types["extraPaths"],
        *TESTS["testpaths"],
        *TESTS["pythonpath"],
    ]


@pytest.mark.parametrize("name", named_paths())
def test_path_named_in_settings_exists(name: str) -> None:
    """Renaming a folder without its settings is noticed here; a pattern has to meet at least one file."""
    assert (ROOT / name).exists() or list(ROOT.glob(name)) != []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"[\w-]+\.(?:txt|toml)", (ROOT / "Makefile").read_text()))))
def test_file_named_in_makefile_exists(name: str) -> None:
    """Set-up depends on files that are there."""
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", re.findall(r"python -m ([\w.]+)", (ROOT / "Makefile").read_text()))
def test_module_named_in_makefile_exists(name: str) -> None:
    """Targets run modules that are there."""
    assert find_spec(name) is not None


def test_every_module_named_in_a_wall_exists() -> None:
    """An import contract over modules that are gone would hold forever."""
    names: set[str] = set()
    for contract in SETTINGS["tool"]["importlinter"]["contracts"]:
        for row in [*contract.get("layers", []), *contract.get("source_modules", [])]:
            names |= set(re.findall(r"desertion[\w.]*", row))
    assert sorted(name for name in names if find_spec(name) is None) == []


def test_suites_use_only_markers_that_are_declared_and_leave_none_out() -> None:
    """A marker that no suite names would hide its tests from `make test`; `variants` alone is the long campaign's."""
    declared = {marker.partition(":")[0] for marker in TESTS["markers"]}
    chosen = {suite.marker for suite in SUITES if " " not in suite.marker}
    assert chosen | {"variants"} == declared
    (rest,) = (suite for suite in SUITES if suite.name == "quick")
    assert all(f"not {marker}" in rest.marker for marker in chosen)


def test_pinned_requirements_carry_hashes_and_no_address() -> None:
    """Every pin has a hash; nothing says where to fetch it from."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"(?m)^[\w.\-]+(?:\[[\w,.\-]+\])?==.*(?:\n +--hash=sha256:[0-9a-f]{64}(?: \\)?)+", text)
        lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert len(pins) == len(lines) > 10
        assert "://" not in text


def test_core_and_development_pins_agree() -> None:
    """Adding the checks to an environment changes nothing that the simulation runs on."""
    pins = {
        name: set(re.findall(r"(?m)^([\w.\-]+)(?:\[[\w,.\-]+\])?==(\S+)", (ROOT / name).read_text()))
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    assert pins["requirements.txt"] <= pins["requirements-dev.txt"]


def test_python_version_file_agrees_with_the_package() -> None:
    """Version managers choose a Python that the package accepts."""
    chosen = Path(ROOT / ".python-version").read_text().strip()
    assert SETTINGS["project"]["requires-python"] == f">={chosen}"
