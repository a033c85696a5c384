"""Every notebook runs from top to bottom, in a checkout and from the wheel, and is stored without outputs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.checks.site import EXECUTED

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NUMBERS = [f"{number}-" for number in range(1, 7)]


def run(path: Path, place: Path, **environment: str) -> Any:
    """Execute a notebook in an empty folder with these variables set; return it with its outputs."""
    book = nbformat.read(path, as_version=4)
    kept = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        # Cells may wait for compiled code to be made the first time.
        NotebookClient(book, timeout=600, resources={"metadata": {"path": str(place)}}).execute()
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    return book


def printed(book: Any) -> str:
    """What the cells of an executed notebook printed."""
    return "".join(
        out.get("text", "") for cell in book.cells for out in cell.get("outputs", []) if out["output_type"] == "stream"
    )


def test_the_six_notebooks_are_there_without_outputs() -> None:
    """Outputs would be stale at the next change and swell the history."""
    assert [path.name[:2] for path in NOTEBOOKS] == NUMBERS
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_differences_of_a_scaled_world_stand_beside_their_mark(path: Path) -> None:
    """Else half a simulated person reads like a finding."""
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    if any("scale=" in source for source in cells):
        assert [source for source in cells if "headline(" in source and '"difference_too_few"' not in source] == []


@pytest.mark.walks
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    """No cell fails, and nothing is written to standard error but what Python itself says."""
    book = run(path, tmp_path)
    assert all(cell.execution_count for cell in book.cells if cell.cell_type == "code")
    # The documentation shows these outputs and need not make them once more.
    EXECUTED.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, EXECUTED / path.name)


@pytest.mark.walks
def test_a_notebook_runs_from_the_wheel(tmp_path: Path) -> None:
    """The wheel holds seeds and figures' styles: the first notebook needs nothing of the checkout.

    Uncompiled, since code compiled for one place is not found from another and compiling takes a minute.
    """
    root = FOLDER.parent
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(root)]
    subprocess.run(command, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    for name in ("app/server/style.css", "app/parts/widgets/picture.vue"):
        assert (unpacked / "desertion" / name).is_file()
    book = nbformat.read(NOTEBOOKS[0], as_version=4)
    book.cells.append(nbformat.v4.new_code_cell("import desertion; print('from', desertion.__file__)"))
    extended = tmp_path / "first.ipynb"
    nbformat.write(book, extended)
    told = printed(run(extended, tmp_path, PYTHONPATH=str(unpacked), NUMBA_DISABLE_JIT="1"))
    assert f"from {unpacked}" in told
