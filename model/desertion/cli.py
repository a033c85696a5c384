"""The command line: find the command, run it, turn what went wrong into one sentence and an exit code.

Exit codes: 0 done, 2 the user's input is wrong, 130 interrupted, 1 anything else. Each command is a module of
`desertion.commands`; only the one that was asked for is loaded, so that `desertion --help` answers at once.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from desertion import __version__, commands
from desertion.engine import garbage as startup
from desertion.engine.cold import listen
from desertion.errors import InputError

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: The words after `desertion`; those of this process if none are given.
    """
    startup.begin()
    words = list(sys.argv[1:] if arguments is None else arguments)
    listen(_say_compiling)
    try:
        code = _exit_code(build_app(words)(args=words or ["--help"], prog_name="desertion", standalone_mode=False))
        sys.stdout.flush()
        return code
    except InputError as error:
        return _say(str(error), WRONG_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone (`desertion list | head`): keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return _unexpected(error)


def build_app(words: Sequence[str] = ()) -> typer.Typer:
    """Return the app with the command named in `words`, or with all commands if none is named there."""
    app = typer.Typer(
        name="desertion",
        help="Simulate desertion cascades: who leaves an army, by which door, and what asylum policy changes.",
        add_completion=False,
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
    if result == INTERRUPTED:
        return _say("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else DONE


def _unexpected(error: Exception) -> int:
    # Typer's own complaints about usage carry their sentence in format_message(), whichever Click is beneath it.
    usage = getattr(error, "format_message", None)
    if usage is not None:
        return _say(f"{' '.join(usage().split())} Try 'desertion --help'.", WRONG_INPUT)
    if os.environ.get("DESERTION_DEBUG") == "1":
        raise error
    return _say(f"{type(error).__name__}: {error} (set DESERTION_DEBUG=1 to see where)", FAILED)


def _say_compiling(sentence: str, done: int, of: int) -> None:
    """One line that counts up on a terminal; elsewhere the first sentence alone."""
    if sys.stderr.isatty():
        print(f"\r{sentence}, {done} of {of}", end="\n" if done >= of else "", file=sys.stderr, flush=True)
    elif done == 0:
        print(sentence, file=sys.stderr, flush=True)


def _say(sentence: str, code: int) -> int:
    print(f"desertion: {sentence}", file=sys.stderr)
    return code
