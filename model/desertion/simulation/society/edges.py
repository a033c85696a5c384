"""A user's own graph of ties: a CSV file of two columns, a tie between two persons a line."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from desertion.errors import InputError


def read_edges(path: str | Path, n: int) -> NDArray[np.int64]:
    """The ties in a file, shape (ties, 2), in the order of the file; each tie holds both ways and stands there once.

    Persons are numbered from 0 as in `DesertionModel.people()`. The first line may be a heading.

    Args:
        path: Comma-separated file of two columns of person numbers.
        n: Persons of the run.

    Raises:
        InputError: If the file cannot be read, has other columns, names persons who do not exist, ties somebody to
            himself or has a tie twice. The sentence names the line.
    """
    file = Path(path)
    heading = _heading(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an empty file is only a warning to NumPy
            edges = np.loadtxt(file, dtype=np.int64, delimiter=",", skiprows=heading, comments=None, ndmin=2)
    except (ValueError, UserWarning, OverflowError):
        _complain(file, n, heading)
    if edges.shape[1] != 2 or (edges < 0).any() or (edges >= n).any() or _repeats(edges, n):
        _complain(file, n, heading)
    return edges


def _heading(file: Path) -> int:
    """1 if the first line holds names in place of numbers, else 0."""
    try:
        with file.open(encoding="utf-8") as lines:
            first = lines.readline()
    except OSError as error:
        raise InputError(f"graph: {file} cannot be read ({error.strerror}); name a CSV file of ties") from error
    except UnicodeDecodeError as error:
        raise InputError(f"graph: {file} is no text file; name a CSV file of ties") from error
    return int(any(character.isalpha() for character in first))


def _repeats(edges: NDArray[np.int64], n: int) -> bool:
    """Whether a tie joins somebody to himself or stands there twice, in whichever direction."""
    low, high = edges.min(axis=1), edges.max(axis=1)
    return bool((low == high).any()) or len(np.unique(low * n + high)) < len(edges)


def _complain(file: Path, n: int, heading: int) -> NoReturn:
    """Say what is wrong with the first bad line."""
    seen: dict[tuple[int, int], int] = {}
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if number > heading and line.strip():
                pair = _pair(f"graph: {file}, line {number}", line.strip(), n)
                if pair in seen:
                    raise InputError(
                        f"graph: {file}, line {number}: the tie between {pair[0]} and {pair[1]} stands in line "
                        f"{seen[pair]} already; a tie holds both ways, so give it once"
                    )
                seen[pair] = number
    raise InputError(f"graph: {file} holds no ties; each line must be two person numbers, as in 0,17")


def _pair(where: str, line: str, n: int) -> tuple[int, int]:
    fields = [field.strip() for field in line.split(",")]
    if len(fields) != 2:
        raise InputError(f"{where}: {line[:60]!r} has {len(fields)} columns; two person numbers are wanted, as in 0,17")
    try:
        a, b = (int(field) for field in fields)
    except ValueError as error:
        raise InputError(f"{where}: {line[:60]!r} must be two whole numbers, as in 0,17") from error
    for person in (a, b):
        if not 0 <= person < n:
            raise InputError(f"{where}: there is no person {person}; this run's {n} persons are numbered 0 to {n - 1}")
    if a == b:
        raise InputError(f"{where}: person {a} is tied to himself; leave that line out")
    return min(a, b), max(a, b)
