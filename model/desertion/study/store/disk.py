"""Disk: whether a file lies on a network, and the sentence that says that a disk is full."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from desertion.study.failures import StoreFullError

_NETWORK_DISKS = ("nfs", "cifs", "smb", "lustre", "gpfs", "beegfs", "ceph", "afs", "9p", "fuse.sshfs", "glusterfs")
_FULL = ("SQLITE_FULL", "SQLITE_IOERR")


def on_network(path: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether a file lies on a network disk, where SQLite's write-ahead log is not safe.

    Args:
        path: The file.
        mounts: Table of mounted disks; where there is none, a disk counts as local.
    """
    try:
        table = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return False
    full = path.resolve()
    inside = [line for line in table if len(line) > 2 and full.is_relative_to(line[1].replace("\\040", " "))]
    kind = max(inside, key=lambda line: len(line[1]))[2] if inside else ""
    return kind.startswith(_NETWORK_DISKS)


def full_or(problem: sqlite3.OperationalError, path: Path) -> Exception:
    """The error to raise for one of SQLite's: a sentence where a disk or a quota is full, else the error itself.

    Args:
        problem: What SQLite said.
        path: The file that it was writing.
    """
    name = getattr(problem, "sqlite_errorname", "")
    if name.startswith(_FULL) or "unable to open" in str(problem):
        return StoreFullError(
            f"{path} cannot grow ({problem}): everything written before is kept; make room on its disk and start the "
            f"same command again"
        )
    return problem
