import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from desertion import __version__, cli, commands
from desertion.errors import InputError


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | None], None]:
    """Return a function that makes `desertion probe` raise what it is given."""

    def install(error: BaseException | None) -> None:
        def probe() -> None:
            if error is not None:
                raise error

        monkeypatch.setattr(commands, "names", lambda: ["probe"])
        monkeypatch.setattr(commands, "load", lambda name: probe)

    return install


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (None, 0, ""),
        (InputError("seeds/x.toml: a = 1 must be 2"), 2, "desertion: seeds/x.toml: a = 1 must be 2\n"),
        (KeyboardInterrupt(), 130, "desertion: interrupted\n"),
        (OSError("no room"), 1, "desertion: OSError: no room (set DESERTION_DEBUG=1 to see where)\n"),
    ],
)
def test_every_ending_has_its_exit_code_and_one_line(
    command: Callable[[BaseException | None], None],
    capsys: pytest.CaptureFixture[str],
    error: BaseException | None,
    code: int,
    sentence: str,
) -> None:
    """0 done, 2 wrong input, 130 interrupted, 1 anything else; a sentence and no traceback."""
    command(error)
    assert cli.main(["probe"]) == code
    assert capsys.readouterr().err == sentence


def test_debugging_shows_where_an_unexpected_error_came_from(
    command: Callable[[BaseException | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With DESERTION_DEBUG=1 the error itself comes out."""
    command(ZeroDivisionError("here"))
    monkeypatch.setenv("DESERTION_DEBUG", "1")
    with pytest.raises(ZeroDivisionError, match="here"):
        cli.main(["probe"])


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["lst"], "No such command 'lst'"),
        (["list", "--no-such-option"], "No such option: --no-such-option"),
        (["list", "scenarios", "more"], "extra argument"),
        (["list", "senarios"], "did you mean 'scenarios'?"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: list[str], part: str
) -> None:
    """What the user mistyped is named on one line."""
    assert cli.main(words) == 2
    said = capsys.readouterr()
    assert part in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_lists_every_command(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """A bare `desertion` helps too."""
    assert cli.main(words) == 0
    text = capsys.readouterr().out
    assert [name for name in commands.names() if f"\n  {name}" not in text] == []


@pytest.mark.parametrize("name", commands.names())
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Each has help of its own that begins with what it does."""
    assert cli.main([name, "--help"]) == 0
    assert (commands.load(name).__doc__ or "").strip()
    assert "Usage: desertion " + name in capsys.readouterr().out


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """`desertion --version` and `desertion.__version__` agree."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"desertion {__version__}\n"


def test_help_loads_none_of_the_heavy_libraries() -> None:
    """What takes seconds to import is imported by the command that needs it."""
    probe = (
        "import sys; from desertion.cli import main; main(['--help']);"
        "print(sorted({'mesa', 'numba', 'pandas', 'matplotlib', 'scipy', 'pydantic', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_package_runs_as_a_module() -> None:
    """`python -m desertion` is `desertion`, exit code included."""
    done = subprocess.run([sys.executable, "-m", "desertion", "lst"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_reader_that_stops_reading_is_not_an_error_to_complain_about(buffered: str) -> None:
    """`desertion list | head` prints no complaint, whether the pipe breaks while writing or at the end."""
    probe = (
        "import os, sys; from desertion.cli import main; r, w = os.pipe(); os.close(r); os.dup2(w, 1);"
        "sys.exit(main(['list']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": buffered},
    )
    assert (done.returncode, done.stderr) == (1, "")
