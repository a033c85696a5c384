"""The command line: find the command, run it, turn what went wrong into one sentence and an exit code.

Exit codes: 0 done, 2 the user's input is wrong, 130 interrupted, 143 ended by SIGTERM (129 by SIGHUP), 1 anything else. Each command is a module of
`desertion.commands`; only the one that was asked for is loaded, so that `desertion --help` answers at once.
"""

import errno
import io
import os
import signal
import sys
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

import typer

from desertion import __version__, commands
from desertion.commands import DONE, FAILED, INTERRUPTED, UNSAID, WRONG_INPUT
from desertion.engine import garbage as startup
from desertion.engine.cold import listen
from desertion.errors import InputError
from desertion.files import ENDINGS, remove_unused, signals

# What the user can do something about by naming another place; a full disk is no wrong input.
_WRONG_PLACE = frozenset((
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG,
    errno.ELOOP, errno.EINVAL,
))  # fmt: skip
_ending: list[signal.Signals] = []
"""The signal that ends this process, once one has come."""
_LOST_OUTPUT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: The words after `desertion`; those of this process if none are given.
    """
    startup.begin()
    _ending.clear()
    words = list(sys.argv[1:] if arguments is None else arguments)
    listen(_say_compiling)
    is_shown = _open_streams()
    try:
        with signals(ENDINGS, _end), _plain_warnings(), _patient("stderr"), _patient("stdout") as output:
            code = _exit_code(build_app(words)(args=words or ["--help"], prog_name="desertion", standalone_mode=False))
            _say_unsaid()
        if output.problem is not None and code == DONE:
            raise output.problem
    except InputError as error:
        UNSAID.clear()
        return _say(str(error), WRONG_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", INTERRUPTED)
    except _Ended as ending:
        return _say_ended(ending.signal)
    except BrokenPipeError:
        # The reader of our output has gone (`desertion list | head`).
        return FAILED
    except OSError as error:
        return _no_place(error)
    except Exception as error:
        # A compiler that is ended halfway makes an error of its own of it.
        return _say_ended(_ending[0]) if _ending else _unexpected(error)
    finally:
        UNSAID.clear()
        remove_unused()
    if not is_shown and code == DONE:
        return _say("standard output is closed, so that nothing could be shown", FAILED)
    return code


class _Ended(BaseException):
    """A batch system or a closed terminal ends the program in good order, leaving nothing half-written."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


def _end(number: int, _frame: object) -> None:
    """Let the signal unwind what is under way as Ctrl-C does."""
    _ending[:] = [signal.Signals(number)]
    raise _Ended(number)


def _say_ended(by: signal.Signals) -> int:
    return _say(f"ended by {by.name}", 128 + by)


def _open_streams() -> bool:
    """Make output fit to print on; whether there is a standard output at all.

    A closed stream's number would go to the next file that is opened, and what is printed would land in it.
    """
    is_shown = sys.stdout is not None  # pyright: ignore[reportUnnecessaryComparison]
    if not is_shown or sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison]
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(handle)
        sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end
        sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    # A console that cannot show a sign shows another in its place.
    if isinstance(sys.stdout, io.TextIOWrapper):
        with suppress(OSError):  # what was printed before may have no reader any more
            sys.stdout.reconfigure(errors="replace")
    return is_shown


def _say_unsaid() -> None:
    """Say what was to be said before anything else is shown."""
    lines, UNSAID[:] = [*UNSAID], []
    for line in lines:
        print(line, file=sys.stderr)


class _Output:
    """Standard output, or error output, that never stops a command: what cannot be shown is left out, and its first problem remembered.

    Whatever a command writes and prints, in whatever order, a full disk or a reader who has gone costs it no file.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.problem: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Show a text if that is possible; its length."""
        _say_unsaid()
        with self._remembering():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Show what waits, if that is possible."""
        with self._remembering():
            self._stream.flush()

    @contextmanager
    def _remembering(self) -> Generator[None]:
        try:
            yield
        except OSError as problem:
            self.problem = self.problem or problem
            _forget_output(self._stream)


@contextmanager
def _patient(name: Literal["stdout", "stderr"]) -> Generator[_Output]:
    before = getattr(sys, name)
    output = _Output(before)
    setattr(sys, name, output)
    try:
        yield output
    finally:
        output.flush()
        setattr(sys, name, before)


@contextmanager
def _plain_warnings() -> Generator[None]:
    """Let warnings that are for the user be sentences, without the line of the program that gives them."""
    usual = warnings.formatwarning

    def plain(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> str:
        return f"desertion: {message}\n" if category is UserWarning else usual(message, category, *where, **more)

    warnings.formatwarning = plain
    try:
        yield
    finally:
        warnings.formatwarning = usual


def _forget_output(stream: TextIO) -> None:
    """Send a stream's number nowhere, so that Python has nothing to complain about at its end."""
    with suppress(OSError, ValueError):  # a stream without a number is nobody's output
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _no_place(error: OSError) -> int:
    if os.environ.get("DESERTION_DEBUG") == "1":
        raise error
    reason = error.strerror or str(error)
    if "temporary director" in reason:  # as Python and Matplotlib say it, neither with the name of a file
        return _say("no folder for temporary files can be written to: name one, as in TMPDIR=/path/of/one", WRONG_INPUT)
    if error.filename is None and error.errno not in _LOST_OUTPUT:
        return _unexpected(error)
    if error.filename is None:
        # Files say their names where they are written, so this was the output.
        return _say(f"standard output cannot be written to ({reason})", FAILED)
    place = error.filename if isinstance(error.filename, str) else repr(error.filename)
    if error.errno in _WRONG_PLACE:
        return _say(f"{place}: this cannot be read or written ({reason}); name another place", WRONG_INPUT)
    return _say(f"{place} cannot be written ({reason}); make room there, or name another place, and run again", FAILED)


def build_app(words: Sequence[str] = ()) -> typer.Typer:
    """The app with the command named in `words`, or with all commands if none is named there."""
    app = typer.Typer(
        name="desertion",
        help="Simulate desertion cascades: who leaves an army, by which door, and what asylum policy changes.",
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_common)
    known = commands.names()
    asked = next((word for word in words if not word.startswith("-")), "")
    for name in [asked] if asked in known else known:
        app.command(name)(commands.load(name))
    return app


def _print_version(asked: bool) -> None:
    if asked:
        print(f"desertion {__version__}")
        raise typer.Exit


def _common(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def _exit_code(result: object) -> int:
    # Typer turns an interruption into this code without a word.
    if result == INTERRUPTED and not isinstance(result, commands.ToldExit):
        return _say("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else DONE


def _unexpected(error: Exception) -> int:
    # Typer's own complaints about usage carry their sentence in format_message(), whichever Click is beneath it.
    usage = getattr(error, "format_message", None)
    if usage is not None:
        asked = getattr(getattr(error, "ctx", None), "command_path", "desertion")
        return _say(f"{' '.join(usage().split())} Try '{asked} --help'.", WRONG_INPUT)
    if os.environ.get("DESERTION_DEBUG") == "1":
        raise error
    if isinstance(error, UnicodeEncodeError):  # a file's name may be any bytes, and output shows another sign in place
        return _say(f"{error.object!r} holds signs that are no UTF-8: rename that file or folder", WRONG_INPUT)
    return _say(f"{type(error).__name__}: {error} (set DESERTION_DEBUG=1 to see where)", FAILED)


def _say_compiling(sentence: str, done: int, of: int) -> None:
    """One line that counts up on a terminal; elsewhere the first sentence alone."""
    if sys.stderr.isatty():
        print(f"\r{sentence}, {done} of {of}", end="\n" if done >= of else "", file=sys.stderr, flush=True)
    elif done == 0:
        print(sentence, file=sys.stderr, flush=True)


def _say(sentence: str, code: int) -> int:
    with suppress(OSError):  # there may be nobody to say it to
        _say_unsaid()
        print(f"desertion: {sentence}", file=sys.stderr, flush=True)
    return code
