import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.checks import suites
from tests.conftest import pytest_collection_modifyitems


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty project folder that is also the current one."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    docking\n    studies\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(suites, "compile_once", lambda: None)
    monkeypatch.setattr(suites, "TESTS", Path())
    monkeypatch.setattr(
        suites,
        "SUITES",
        (
            suites.Suite(name="docking", marker="docking", workers=0, budget=60),
            suites.Suite(name="studies", marker="studies", workers=0, budget=60),
        ),
    )
    return tmp_path


def write(project: Path, body: str) -> None:
    """Put one test module into the project."""
    (project / "test_x.py").write_text("import pytest\n" + textwrap.dedent(body))


def test_counts_of_all_suites_stand_in_the_last_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Passed, failed (errors too) and skipped are added up; a failure gives exit code 1."""
    write(
        project,
        """
        @pytest.fixture
        def broken(): raise OSError
        @pytest.mark.docking
        def test_a(): pass
        @pytest.mark.docking
        def test_b(): assert False
        @pytest.mark.studies
        def test_c(broken): pass
        @pytest.mark.studies
        def test_d(): pytest.skip("no browser")
        """,
    )
    assert suites.main([]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 2 failed, 1 skipped"


def test_suite_without_tests_is_no_failure(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A suite may be empty while the project grows."""
    write(project, "@pytest.mark.docking\ndef test_a(): pass\n")
    assert suites.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_suite_that_cannot_be_read_counts_as_failed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A module that does not import is not a green suite."""
    write(project, "import no_such_module\n@pytest.mark.docking\ndef test_a(): pass\n")
    assert suites.main(["docking"]) == 1
    assert "0 passed, 1 failed" in capsys.readouterr().out


def test_a_suite_reads_the_files_that_name_its_marker(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Others are left alone; what other suites leave is looked for everywhere."""
    write(project, "@pytest.mark.docking\ndef test_a(): pass\n")
    (project / "test_y.py").write_text("import no_such_module\n")
    assert suites.main(["docking"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
    rest = suites.Suite(name="quick", marker="not docking", workers=0, budget=60)
    assert rest.files() == [Path()]
    assert suites.run(rest)[1].failed == 1


def test_a_marker_that_the_file_does_not_name_is_refused(tmp_path: Path) -> None:
    """No suite would read the file."""
    path = tmp_path / "test_x.py"
    made = SimpleNamespace(path=path, nodeid="test_x.py::test_a", iter_markers=lambda: [pytest.mark.docking.mark])
    item = cast("pytest.Item", made)
    path.write_text("pytestmark = pytest.mark.docking\n")
    pytest_collection_modifyitems([item])
    path.write_text("pytestmark = getattr(pytest.mark, 'docking')\n")
    with pytest.raises(pytest.UsageError, match=r"test_a has the marker 'docking', which its file does not name"):
        pytest_collection_modifyitems([item])


def test_unknown_suite_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence lists the suites there are."""
    assert suites.main(["quik"]) == 2
    assert "no suite 'quik'; known are: studies, quick, docking" in capsys.readouterr().out
