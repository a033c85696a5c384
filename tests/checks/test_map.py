"""The map of changes in CONTRIBUTING.md names files that exist, few for each change."""

import re

import pytest

from tests.checks.documents import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| (an? [^|]+) \| ([^|]+) \|$", TEXT.partition("## How to work")[0])


def files_of(cell: str) -> list[str]:
    """The modules and data files that a row names, folders and commands apart."""
    return re.findall(r"`((?:seeds/)?[\w/]+\.(?:py|toml))`", cell)


def test_every_row_of_the_map_reads_as_one() -> None:
    """A row that no longer reads as one would escape the other tests; there are a dozen changes at least."""
    lines = [line for line in TEXT.partition("## How to work")[0].splitlines() if line.startswith("| ")]
    assert len(ROWS) == len(lines) - 1 >= 12  # without the head


@pytest.mark.parametrize(("change", "cell"), ROWS)
def test_every_change_touches_fewer_than_seven_files_and_all_exist(change: str, cell: str) -> None:
    """A change that needs more asks for a better design, not for a longer row."""
    files = files_of(cell)
    assert len(files) < 7, change
    for name in files:
        assert (ROOT / name).exists() or (ROOT / "model" / "desertion" / name).exists(), name
    assert files or "a module" in cell or "its module" in cell, change


@pytest.mark.parametrize("folder", sorted(set(re.findall(r"`([\w/]+)/`", TEXT.partition("## How to work")[0]))))
def test_every_folder_in_the_map_exists(folder: str) -> None:
    """Folders are renamed more often than read about."""
    assert (ROOT / folder).is_dir() or (ROOT / "model" / "desertion" / folder).is_dir()
