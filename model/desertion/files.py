"""Files: where shipped ones lie, whether from a checkout or a wheel, and writing them whole or not at all."""

import os
import shutil
import signal
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path
from types import FrameType
from typing import Literal

from desertion.errors import InputError, shortened

RESULTS = Path("outputs")
"""Folder of the current one that results go to where no place is named."""

LEVER = "lever-"
"""How names of shipped policies begin that move a single lever, for the tests of claims."""

_PACKAGE = Path(__file__).resolve().parent
_HANG_UP = getattr(signal, "SIGHUP", None)  # not everywhere
ENDINGS: tuple[int, ...] = (signal.SIGTERM,) if _HANG_UP is None else (signal.SIGTERM, _HANG_UP)
"""Signals by which a batch system, or a terminal that is closed, ends a program."""

_PASSING = ".writing-"  # how names of temporary folders begin
_SECONDS = 60.0  # within which whoever made one holds it

_made: list[Path] = []  # folders that this process made, see `remove_unused`


def shipped_folder(name: Literal["seeds", "experiments"]) -> Path:
    """The shipped folder of that name: beside `model/` in a checkout, inside the package in a wheel."""
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parents[1] / name


def shipped_designs(kind: Literal["studies", "matches"]) -> dict[str, Path]:
    """Shipped descriptions of studies or of matches, by name; what else lies in the folders of `experiments` is the design of something else."""
    folder = shipped_folder("experiments")
    return {path.stem: path for path in sorted((folder if kind == "studies" else folder / "match").glob("*.toml"))}


@cache
def _home(name: Literal["seeds", "experiments"]) -> Path:
    return shipped_folder(name).resolve()


def shown(path: Path) -> str:
    """The path as a message should name it: short for shipped files, as given for all others.

    `seeds/policies/fast-track.toml` reads the same on every machine.
    """
    return _absolute_shown(path) if path.is_absolute() else _shown(path)


def _shown(path: Path) -> str:
    try:
        full = path.resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name that no system takes
        return shortened(str(path), plain=True).replace("\0", "\\0")
    for name in ("seeds", "experiments"):
        home = _home(name)
        if full.is_relative_to(home):
            return f"{name}/{full.relative_to(home).as_posix()}".rstrip("/.")
    return str(path)


# A relative path's name hangs on the current folder, so only the others are kept.
_absolute_shown = lru_cache(maxsize=1024)(_shown)


def is_file(path: Path) -> bool:
    """Whether a file is there; a name that no system takes is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yield a temporary path beside `path`; on success it takes that name, on an error nothing is left.

    Raises:
        InputError: If the folder cannot be written to, or a folder has that name.
    """
    folder(path.parent, [path.name], option="")
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp lets only the owner read; results are for everyone the folder is for.
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        # Python does not say which file it was when a disk is full.
        error.filename = str(path) if error.filename in (None, name) else error.filename
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    r"""Write the text as UTF-8, whole or not at all, and return the path.

    Bytes of a name that are no UTF-8, as in a command that named such a folder, stand as `\udce4`, which JSON reads back.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def folder(path: Path, names: Iterable[str] = (), option: str = "--out") -> Path:
    """Make the folder if it is missing and return it; `names` are files that are to be written into it, `option` says where, if one does.

    Raises:
        InputError: If something else has that name, it cannot be made or written to, or a folder has a file's name.
    """
    try:
        _made.extend(each for each in (path, *path.parents) if not each.exists())
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise InputError(f"{shown(path)}: this folder cannot be used ({reason}); name another{_by(option)}") from error
    if not os.access(path, os.W_OK):
        raise InputError(f"{path}: this folder cannot be written to; name another{_by(option)}")
    for name in names:
        refuse_folder(path / name, option)
    return path


ELSEWHERE = "name another folder with --out, or move what is there"
"""The way out where a folder holds what would be lost."""


def refuse_strange(folder: Path, names: Iterable[str], command: str) -> None:
    """Refuse a folder in which something of these names stands, though no such command wrote it.

    Raises:
        InputError: If there is one: it would be lost, or vouched for as what it is not.
    """
    if strange := next((name for name in names if (folder / name).exists()), None):
        raise InputError(f"{folder / strange} is there already, and is no result of `desertion {command}`: {ELSEWHERE}")


def remove_unused() -> None:
    """Remove the folders that `folder` has made in this process and into which nothing was written."""
    for path in sorted(_made, key=lambda path: -len(path.parts)):
        with suppress(OSError):  # not empty, or gone
            path.rmdir()
    _made.clear()


def refuse_folder(path: Path, option: str = "--out") -> None:
    """Refuse a folder where a file is to be written.

    Raises:
        InputError: If the path is a folder.
    """
    if path.is_dir():
        raise InputError(
            f"{path}: a folder stands where a file is to be written; move it, or name another place{_by(option)}"
        )


def _by(option: str) -> str:
    return f" with {option}" if option else ""


class PassingFolder:
    """A temporary folder that goes when nobody holds this object any more.

    Attributes:
        path: The folder.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="desertion-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@contextmanager
def replacing_folder(path: Path) -> Generator[Path]:
    """Yield a temporary folder; on success its files move into `path`, on an error or a signal nothing appears there.

    Files of other names that `path` already holds stay, but for such folders of processes that were killed.

    Raises:
        InputError: If the folder cannot be written to, or a folder has the name of a file.
    """
    folder(path)
    _remove_left(path)
    temporary = Path(tempfile.mkdtemp(prefix=_PASSING, dir=path))
    handle = _held(temporary)
    try:
        yield temporary
        files = {each: path / each.relative_to(temporary) for each in sorted(temporary.rglob("*")) if each.is_file()}
        for target in files.values():
            folder(target.parent)
            refuse_folder(target)
        with _signals_held():
            _move(files, temporary)
    except OSError as error:
        named = Path(str(error.filename or path))
        # Whoever reads this finds no temporary folder any more.
        error.filename = str(path / named.relative_to(temporary) if named.is_relative_to(temporary) else named)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _remove_left(path: Path) -> None:
    """Remove from a folder what processes that were killed have left of `replacing_folder`."""
    for left in path.glob(f"{_PASSING}*"):
        # One that has just been made may not be held yet.
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _SECONDS and (handle := _held(left)) is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(handle)


def _held(path: Path) -> int | None:
    """A hold on a folder, which ends with the process if not before; none where another has it, or where no folder can be held."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _move(files: Mapping[Path, Path], temporary: Path) -> None:
    """Move all files to their targets; if one cannot be moved, put everything back as it was."""
    before: dict[Path, Path | None] = {}
    try:
        for number, (made, target) in enumerate(files.items()):
            old = temporary / f".before-{number}" if target.exists() else None
            if old is not None:
                target.replace(old)
            before[target] = old
            made.replace(target)
    except OSError:
        for target, old in before.items():
            target.unlink(missing_ok=True)
            if old is not None:
                old.replace(target)
        raise


@contextmanager
def _signals_held() -> Generator[None]:
    """Hold Ctrl-C and `ENDINGS` back until the block is done, so that several files change as one."""
    held: list[int] = []
    try:
        with signals((signal.SIGINT, *ENDINGS), lambda caught, _frame: held.append(caught)):
            yield
    finally:
        if held:
            signal.raise_signal(held[0])


@contextmanager
def signals(numbers: Iterable[int], handler: Callable[[int, FrameType | None], object]) -> Generator[None]:
    """Let a function handle signals until the block is done; only in the main thread, since others get none.

    A hang-up that is ignored, as `nohup` does, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    hears = [number for number in numbers if number != _HANG_UP or signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in hears}
    try:
        yield
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)
