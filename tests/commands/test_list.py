from pathlib import Path

import pytest

from desertion import files
from desertion.cli import main
from desertion.commands import list_


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small tree of shipped files that `desertion list` reads."""
    for name, text in {
        "seeds/scenarios/toy.toml": 'title = "A small war"\n',
        "seeds/policies/fast-track.toml": "asylum = 1.0\n",
        "seeds/policies/lever-x.toml": 'title = "Lever: a door of some host that is described in more words than one line of eighty letters has room for"\n',
        "experiments/thesis/design.toml": "draws = 3\n",
        "experiments/match/somewhere.toml": 'title = "Worlds that are left"\n',
        "seeds/claims.toml": '[[claims]]\nid = "T1"\nclaim = "Offers are heard"\n',
        "seeds/history/series.toml": '[leipzig]\ntitle = "Mondays"\n',
        "experiments/tipping.toml": 'question = "Where does it tip?"\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for module in (list_, files):
        monkeypatch.setattr(module, "shipped_folder", lambda name: tmp_path / name)
    return tmp_path


@pytest.mark.usefixtures("shipped")
def test_list_names_what_is_shipped_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    """Scenarios, policies, studies, series and claims stand under headings with their number."""
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line in (
        "scenarios (1)",
        "  toy  A small war",
        "  fast-track",
        "forces (0)",
        "studies (1)",
        "matches (1)",
        "  somewhere  Worlds that are left",
        "  tipping  Where does it tip?",
        "  leipzig  Mondays",
        "  T1  Offers are heard",
    ):
        assert line in lines


@pytest.mark.usefixtures("shipped")
def test_list_of_one_kind_names_only_that(capsys: pytest.CaptureFixture[str]) -> None:
    """`desertion list policies` is short."""
    assert main(["list", "policies"]) == 0
    assert capsys.readouterr().out == (
        "policies (2)\n  fast-track\n  and 1 that move a single lever: desertion list policies --levers\n"
    )


@pytest.mark.usefixtures("shipped")
def test_titles_are_broken_at_the_windows_edge(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single levers are listed where they are asked for; no line is longer than the window."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["list", "policies", "--levers"]) == 0
    heading, first, *lever = capsys.readouterr().out.splitlines()
    assert (heading, first) == ("policies (2)", "  fast-track")
    assert max(map(len, lever)) <= 80
    assert [line[:12].strip() for line in lever] == ["lever-x", ""]
    assert " ".join(line[12:].strip() for line in lever).endswith("than one line of eighty letters has room for")
