"""A user's graph: what is read, and the sentence for everything that cannot be meant."""

from pathlib import Path

import numpy as np
import pytest

from desertion import DesertionModel, Scenario
from desertion.errors import InputError
from desertion.simulation.society.edges import read_edges


def _file(folder: Path, text: str) -> Path:
    path = folder / "ties.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", ["0,1\n2,3\n", "person,person\n0,1\n2,3\n", "0, 1\n\n2 ,3"])
def test_two_columns_are_read_with_and_without_a_heading(tmp_path: Path, text: str) -> None:
    """Blank lines, spaces and a missing last line feed do no harm."""
    edges = read_edges(_file(tmp_path, text), 4)
    assert edges.dtype == np.int64
    assert edges.tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no ties"),
        ("a,b\n", "holds no ties"),
        ("0,1\n1,2,3\n", "line 2: '1,2,3' has 3 columns"),
        ("0;1\n", "line 1: '0;1' has 1 columns"),
        ("0,1\n1,2.5\n", "line 2: '1,2.5' must be two whole numbers"),
        ("0,1\n1,x\n", "line 2: '1,x' must be two whole numbers"),
        ("a,b\n0,4\n", "line 2: there is no person 4; this run's 4 persons are numbered 0 to 3"),
        ("-1,2\n", "line 1: there is no person -1"),
        ("0,1\n2,2\n", "line 2: person 2 is tied to himself"),
        ("0,1\n2,3\n1,0\n", "line 3: the tie between 0 and 1 stands in line 1 already"),
        ("99999999999999999999,1\n", "line 1: there is no person 99999999999999999999"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """The sentence names file, line, value and rule."""
    path = _file(tmp_path, text)
    with pytest.raises(InputError) as told:
        read_edges(path, 4)
    assert f"graph: {path}" in str(told.value)
    assert said in str(told.value)


def test_a_missing_or_binary_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """No traceback of the reader."""
    with pytest.raises(InputError, match="cannot be read"):
        read_edges(tmp_path / "no.csv", 4)
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="no text file"):
        read_edges(tmp_path / "b.csv", 4)


def test_a_run_uses_the_users_ties_and_no_others(tmp_path: Path) -> None:
    """Everybody's neighbours are those of the file, in both directions."""
    path = _file(tmp_path, "0,1\n1,499\n")
    world = DesertionModel(Scenario.load("one-town").with_({"graph": str(path)}), rng=1).world
    ties = {i: sorted(world.tie_to[world.tie_start[i] : world.tie_start[i + 1]].tolist()) for i in range(500)}
    assert {i: to for i, to in ties.items() if to} == {0: [1], 1: [0, 499], 499: [1]}
