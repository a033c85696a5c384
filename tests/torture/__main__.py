"""Torture the program: `python -m tests.torture [--part NAME] [--cases N]`; started again, it goes on where it stopped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.torture import determinism, faults, mutation, suites
from tests.torture.record import BAD, Record

PARTS: dict[str, tuple[int, Callable[[Record, int], None]]] = {
    "faults": (200, faults.run),
    "fuzz": (100_000, suites.fuzz),
    "oracle": (1000, suites.oracle),
    "determinism": (1000, determinism.run),
    "mutation": (300, mutation.run),
    "scale": (1, suites.scale),
    "variants": (1, suites.variants),
    "soak": (30, suites.soak),
}
"""Each part with its number of cases (minutes for soak) and what runs them."""


def main(words: list[str]) -> int:
    """Run the parts; 0 if no case of theirs is bad."""
    told = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    told.add_argument("--part", choices=sorted(PARTS), action="append", help="only this part; repeatable")
    told.add_argument("--cases", type=int, help="so many cases (minutes for soak) in place of the part's own number")
    told.add_argument("--summary", action="store_true", help="run nothing; say what the record holds")
    given = told.parse_args(words)
    record = Record()
    chosen = [name for name in PARTS if given.part is None or name in given.part]
    for name in [] if given.summary else chosen:
        number, run = PARTS[name]
        run(record, given.cases or number)
    for name in chosen:
        print(record.summary(name))
    return int(any(line["verdict"] == BAD for name in chosen for line in record.lines(name)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
