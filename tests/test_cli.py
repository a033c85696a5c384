import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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
        (
            OSError(28, "No space left on device", "x.csv"),
            1,
            "desertion: x.csv cannot be written (No space left on device); make room there, or name another place, and run again\n",
        ),
        (
            OSError(30, "Read-only file system", "x.csv"),
            2,
            "desertion: x.csv: this cannot be read or written (Read-only file system); name another place\n",
        ),
        (
            OSError(28, "No space left on device"),
            1,
            "desertion: standard output cannot be written to (No space left on device)\n",
        ),
        (
            FileNotFoundError(2, "No usable temporary directory found in ['/tmp']"),
            2,
            "desertion: no folder for temporary files can be written to: name one, as in TMPDIR=/path/of/one\n",
        ),
        (
            UnicodeEncodeError("utf-8", "b\udce4d", 1, 2, "surrogates not allowed"),
            2,
            "desertion: 'b\\udce4d' holds signs that are no UTF-8: rename that file or folder\n",
        ),
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


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["merge", "--out", "x"], "desertion merge"),
        (["contagion", "f.csv", "-q"], "desertion contagion"),
        (["nonsense"], "desertion"),
    ],
)
def test_wrong_usage_of_a_command_names_its_own_help(
    capsys: pytest.CaptureFixture[str], words: list[str], asked: str
) -> None:
    """The options of a command stand in its help, not in that of the program."""
    assert cli.main(words) == 2
    assert capsys.readouterr().err.endswith(f"Try '{asked} --help'.\n")


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


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("list >&-", 1, "standard output is closed, so that nothing could be shown"),
        ("list >/dev/full", 1, "standard output cannot be written to (No space left on device)"),
        ("list 1</dev/null", 1, "standard output cannot be written to (Bad file descriptor)"),
        ("list >/dev/null 2>&-", 0, ""),
    ],
)
def test_output_that_nobody_gets_is_a_sentence_and_an_exit_code(words: str, code: int, said: str) -> None:
    """Closed, full and read-only outputs: no traceback, not even at the interpreter's end."""
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m desertion {words}'], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert done.stderr == (f"desertion: {said}\n" if said else "")


@pytest.mark.parametrize(
    ("output", "buffered"),
    [
        (">/dev/full", ""), (">/dev/full", "1"), ("| true", ""), (">&-", ""),
        pytest.param("| true", "1", marks=pytest.mark.variants), pytest.param(">&-", "1", marks=pytest.mark.variants),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_costs_no_result(tmp_path: Path, output: str, buffered: str) -> None:
    """`theory` prints before and after it draws: the figure is there, and the exit code says that nothing was shown."""
    words = f'set -o pipefail; "{sys.executable}" -m desertion theory quiet --no-points --out "{tmp_path}" {output}'
    done = subprocess.run(
        ["bash", "-c", words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": buffered},
    )
    assert (tmp_path / "bifurcation.png").stat().st_size > 10_000
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == (output != "| true")


def test_a_console_that_cannot_show_a_sign_shows_another(tmp_path: Path) -> None:
    """In plain ASCII all lines come out, question marks in place of what it lacks, and the results are written."""
    words = [
        "-m",
        "desertion",
        "run",
        "toy",
        "--set",
        "title=Büro für 5 €",
        "--days",
        "2",
        "--quiet",
        "--out",
        str(tmp_path),
    ]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.startswith("B?ro f?r 5 ? (no policy)")
    assert "written to" in done.stdout
    assert (tmp_path / "daily.csv").is_file()


_RUN = ["-m", "desertion", "run", "toy", "--days", "3", "--quiet", "--out"]
_LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)); from desertion.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.usefixtures("no_pictures")
def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tmp_path: Path) -> None:
    """Files that may not grow beyond 6,000 bytes stand for a disk that fills while the tables are written."""
    assert cli.main([*_RUN[2:], str(tmp_path)]) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, *_RUN[2:], str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot be written (File too large); make room there" in done.stderr
    assert done.stderr.count("\n") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_run_ended_by_sigterm_leaves_no_half_of_its_results(tmp_path: Path) -> None:
    """The signal comes while files are written: one sentence, code 143, an empty folder."""
    probe = (
        "import os, signal, sys; from desertion import files; from desertion.cli import main; real = files.write_text\n"
        "def write(path, text):\n    os.kill(os.getpid(), signal.SIGTERM)\n    return real(path, text)\n"
        "files.write_text = write; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *_RUN[2:], str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (143, "desertion: ended by SIGTERM\n")
    assert list(tmp_path.iterdir()) == []


def test_what_a_signal_makes_of_a_compiler_is_no_error_of_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numba, ended halfway, raises an error of its own over the ending: the sentence is that of the signal all the same; a run after it in the same process has errors of its own again."""

    def halfway(*_: object, **__: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except BaseException:
            raise RuntimeError("no compiled object yet for <Library 'depart_all'>") from None

    monkeypatch.setattr("desertion.cli.build_app", lambda _: halfway)
    assert cli.main(["list"]) == 143
    assert capsys.readouterr().err == "desertion: ended by SIGTERM\n"

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr("desertion.cli.build_app", lambda _: broken)
    assert cli.main(["list"]) == 1
    assert "RuntimeError: something else" in capsys.readouterr().err


def test_a_folder_in_the_way_is_said_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder named as a file of results stays, and no other file appears."""
    (tmp_path / "daily.csv").mkdir()
    assert cli.main(["run", "toy", "--days", "2", "--quiet", "--out", str(tmp_path)]) == 2
    assert "daily.csv: a folder stands where a file is to be written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["daily.csv"]


_WINDOWS = """
import asyncio, os, pathlib, signal, sys  # asyncio of this system asks for what the other lacks
for module, names in (
    (os, ("sysconf", "pwrite", "pread", "sched_getaffinity", "getuid", "geteuid", "fork")),
    (signal, ("SIGALRM", "SIGKILL", "setitimer", "ITIMER_REAL")),
):
    for name in names:
        vars(module).pop(name, None)
exists, unlink = pathlib.Path.exists, pathlib.Path.unlink
pathlib.Path.exists = lambda self, **how: not str(self).startswith("/proc") and exists(self, **how)

def open_files():
    for number in os.listdir("/proc/self/fd"):
        try:
            yield os.path.realpath(f"/proc/self/fd/{number}")
        except OSError:
            pass

def refusing(self, missing_ok=False):
    if self.name.endswith(".lock") and os.path.realpath(self) in set(open_files()):
        raise PermissionError(13, "in use by another process", str(self))
    return unlink(self, missing_ok=missing_ok)

pathlib.Path.unlink = refusing
from desertion.cli import main
if sys.argv[1] == "compare":  # whose many pictures are saved as that of `run` is
    from tests.shortcuts import unrendered
    with unrendered():
        sys.exit(main(sys.argv[1:]))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "words",
    ["run toy --days 2", "compare toy -p none -p exit-ban --days 2 --runs 1 --workers 1"],
    ids=["run", "compare"],
)
def test_nothing_is_needed_that_only_linux_has(tmp_path: Path, words: str) -> None:
    """Windows emulated: calls that it lacks are gone, /proc is not there, and an open lock cannot be deleted."""
    done = subprocess.run(
        [sys.executable, "-c", _WINDOWS, *words.split(), "--quiet", "--out", str(tmp_path)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "provenance.json").is_file()
    assert not list(tmp_path.glob("*.lock"))


def test_the_shell_completes_commands() -> None:
    """What `--install-completion` installs asks the program in this way."""
    words = {"_DESERTION_COMPLETE": "complete_bash", "COMP_WORDS": "desertion sens", "COMP_CWORD": "1"}
    start = [sys.executable, "-c", "import sys; from desertion.cli import main; sys.exit(main())"]
    asked = subprocess.run(start, env=os.environ | words, capture_output=True, text=True, check=False, timeout=60)
    assert asked.stdout.split() == ["sensitivity"]


def test_a_run_that_draws_nothing_loads_no_drawing() -> None:
    """Half a second of every `desertion run` without --out."""
    words = "import sys; from desertion.cli import main; main(['run', 'toy', '--days', '2']); sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], capture_output=True, check=False, timeout=120).returncode == 0
