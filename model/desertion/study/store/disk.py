"""Disk: whether a file's disk is known to be local, and the sentences that say that it is full or a file is held by others."""

import errno
import os
import sqlite3
from pathlib import Path

from desertion.errors import InputError
from desertion.study.failures import StoreFullError

# fmt: off
_LOCAL_DISKS = frozenset((
    "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "hfs", "hfsplus", "jfs", "msdos", "nilfs2",
    "ntfs", "ntfs3", "overlay", "ramfs", "reiserfs", "tmpfs", "ufs", "vfat", "xfs", "zfs",
))

# What SQLite says when it cannot write; its other I/O errors tell of a disk that cannot be read.
_FULL = frozenset((
    "SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_IOERR_TRUNCATE",
    "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_SHMMAP", "SQLITE_CANTOPEN",
))
# fmt: on
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def on_local_disk(path: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether a file lies on a disk that is known to be local, where SQLite's write-ahead log is safe.

    Args:
        path: The file.
        mounts: Table of mounted disks; where there is none, no disk is known.
    """
    try:
        table = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return False
    full = path.resolve()
    above = [line for line in table if len(line) > 2 and full.is_relative_to(line[1].replace("\\040", " "))]
    # Of two disks mounted on one folder the later one is seen.
    kind = max(reversed(above), key=lambda line: len(line[1]))[2] if above else ""
    return kind in _LOCAL_DISKS


def is_full(problem: sqlite3.Error | OSError) -> bool:
    """Whether an error says that a disk or a quota leaves no room to write."""
    if isinstance(problem, OSError):
        return problem.errno in _NO_ROOM
    return getattr(problem, "sqlite_errorname", "") in _FULL


def real(path: Path) -> Path:
    """Where a file lies, whatever links lead to it: there SQLite has its log, and there one driver holds it."""
    return Path(os.path.realpath(path))


def log_of(path: Path) -> Path:
    """Where SQLite has the write-ahead log of a file, if it has one."""
    return Path(f"{real(path)}-wal")


class LockedError(InputError):
    """Another program holds a study's file; what was to be read or written may be tried again."""


def is_busy(problem: sqlite3.Error | OSError) -> bool:
    """Whether an error says that another program holds a file."""
    return isinstance(problem, sqlite3.Error) and any(word in str(problem) for word in ("locked", "busy"))


def failure(problem: sqlite3.Error | OSError, path: Path) -> Exception:
    """The error to raise where a study's file cannot be written: a sentence where the reason is known, else the error itself."""
    if is_busy(problem):
        return LockedError(f"{path} is locked by another program: try again when that has finished")
    barred = not os.access(real(path).parent, os.W_OK)
    if is_full(problem) and not barred:
        is_begun = path.is_file() and path.stat().st_size > 0
        kept = "everything written before is kept" if is_begun else "nothing had been written to it yet"
        logs = " and ".join(f"{real(path).name}{end}" for end in ("-wal", "-shm"))
        beside = f"; {logs} beside it belong to it" if is_begun and log_of(path).exists() else ""
        return StoreFullError(
            f"{path} cannot {'grow' if is_begun else 'be begun'} ({_reason(problem)}): {kept}; make room on its disk and "
            f"start the same command again{beside}"
        )
    if barred or isinstance(problem, OSError) or "readonly" in str(problem):
        return InputError(
            f"{path} cannot be written ({_reason(problem)}): make it and its folder writable, or give another file"
        )
    return problem


def _reason(problem: sqlite3.Error | OSError) -> str:
    return (isinstance(problem, OSError) and problem.strerror) or str(problem)
