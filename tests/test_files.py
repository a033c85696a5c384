from pathlib import Path

import pytest

from desertion import files

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", ["seeds", "experiments"])
def test_checkout_uses_the_folders_beside_model(name: str) -> None:
    """An editable install reads what the user edits."""
    assert files.shipped_folder(name) == ROOT / name


def test_wheel_uses_the_folders_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package does not look into the folders around it."""
    inside = tmp_path / "site-packages" / "desertion" / "data" / "seeds"
    inside.mkdir(parents=True)
    (tmp_path / "seeds").mkdir()
    monkeypatch.setattr(files, "_PACKAGE", tmp_path / "site-packages" / "desertion")
    assert files.shipped_folder("seeds") == inside


def test_shipped_files_are_shown_alike_on_every_machine() -> None:
    """A message about a shipped file names no folder of the user's."""
    assert files.shown(ROOT / "seeds" / "policies" / "x.toml") == "seeds/policies/x.toml"
    assert files.shown(ROOT / "seeds") == "seeds"


def test_the_users_own_files_are_shown_as_given(tmp_path: Path) -> None:
    """The user finds the file where he put it."""
    assert files.shown(tmp_path / "mine.toml") == str(tmp_path / "mine.toml")
    assert files.shown(Path("mine.toml")) == "mine.toml"
