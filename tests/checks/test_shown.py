"""Every block of commands or Python that a document shows is executed, or named with the reason why it is not."""

from __future__ import annotations

import glob
import os
import re
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from desertion import Scenario
from desertion.cli import main
from desertion.files import shipped_designs
from tests.checks import readme
from tests.checks.shown import LEFT, PAGES, SMALLER, blocks, left, reduced, smaller
from tests.checks.site import ROOT

TEXTS = {str(page): (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
SHOWN = {page: found for page, text in TEXTS.items() if (found := [block for block in blocks(text) if block.lines])}
OUTPUTS = "README.md"
"""The page whose commands stand with their output, which tests/test_readme.py holds."""

LONGEST = 300
"""Seconds after which what a section shows is given up; all sections together have five minutes."""

SECTIONS = sorted({(page, block.heading) for page, found in SHOWN.items() if page != OUTPUTS for block in found
                   if block.kind != "file" and not all(left(line) for line in block.lines)})  # fmt: skip
"""Sections with something to execute."""


def _lines(kind: str) -> list[tuple[str, str]]:
    return [
        (page, line) for page, found in SHOWN.items() for block in found if block.kind == kind for line in block.lines
    ]


def test_every_line_of_a_shell_block_is_executed_or_left_with_a_reason() -> None:
    """Other programs than `desertion` are only ever left; a new line has to be decided about."""
    lines = _lines("shell")
    assert len(lines) > 60
    undecided = [(page, line) for page, line in lines if not left(line) and not line.startswith("desertion ")]
    assert undecided == []


def test_lists_of_what_is_reduced_and_left_hold_nothing_that_is_gone() -> None:
    """Each beginning begins something that a page shows."""
    shown = [line for _, line in (*_lines("shell"), *_lines("python"))]
    for start in (*SMALLER, *LEFT):
        assert any(line.startswith(start) for line in shown), start


def test_commands_that_stand_with_their_output_stand_in_the_readme() -> None:
    """There they are compared; elsewhere nobody would."""
    assert [page for page, text in TEXTS.items() if "```console" in text] == [OUTPUTS]


@pytest.fixture
def given_up() -> Iterator[None]:
    """Ends a test whose commands run for hours, as those of a page do that nobody has made smaller or left out."""

    def late(*_: object) -> None:
        raise TimeoutError(f"over {LONGEST} s: name the command in SMALLER or LEFT of tests/checks/shown.py")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.walks
@pytest.mark.usefixtures("given_up")
@pytest.mark.parametrize(("page", "heading"), SECTIONS)
def test_what_a_section_shows_runs(page: str, heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From top to bottom in one empty folder, with the files that the page writes out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    for name, path in shipped_designs("studies").items():
        Path(f"{name}.toml").write_text(reduced(path.read_text(encoding="utf-8")), encoding="utf-8")
    # A conflict of one's own, as the tutorial from a blank file leaves it.
    own = re.sub(r"\btoy\b", "mine", Scenario.load("toy").to_toml())
    Path("mine.toml").write_text(own, encoding="utf-8")
    for block in SHOWN[page]:
        if block.kind == "file":
            Path(block.lines[0].removeprefix("# ")).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        elif block.heading != heading:
            continue
        elif block.kind == "python" and not left(block.lines[0]):
            readme.run_python("\n".join(block.lines), {"__name__": page})
        elif block.kind == "shell":
            for line in block.lines:
                if not left(line):
                    words = shlex.split(os.path.expandvars(smaller(line)))[1:]
                    assert main([each for word in words for each in (sorted(glob.glob(word)) or [word])]) == 0, line  # noqa: PTH207
