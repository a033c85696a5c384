"""Seal: checksums over what a study's file says about itself and over the set of its runs, so that any change shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desertion.study.store.row import digest

SEAL, TALLY = "seal", "tally"
"""Entries of a file's header that hold the checksums; both change in the transaction that changes what they cover."""

_MODULUS = 1 << 256


def seal_of(entries: Mapping[str, str], points: Sequence[tuple[int, str]]) -> str:
    """Checksum of a file's header and design points as they are stored.

    Args:
        entries: Header entries by key; the seal and the tally themselves are left out.
        points: Number and parameters of each design point, in order.
    """
    plain = [part for key in sorted(entries) if key not in (SEAL, TALLY) for part in (key, entries[key])]
    return digest(len(plain), *plain, *(part for point in points for part in point))


@dataclass(slots=True)
class Tally:
    """Which runs a file holds, whatever their order: a number by status and the sum of all checksums.

    A run that vanished, came twice or was exchanged for another changes the sum, which checksums of single runs cannot
    tell.

    Attributes:
        statuses: Number of runs by status.
        total: Sum of the runs' checksums, modulo 2^256.
    """

    statuses: Counter[str] = field(default_factory=Counter[str])
    total: int = 0

    def add(self, status: str, checksum: str, sign: int = 1) -> None:
        """Count a run in, or out with `sign` = -1."""
        self.statuses[status] += sign
        self.total = (self.total + sign * int(checksum, 16)) % _MODULUS

    def counts(self) -> dict[str, int]:
        """Number of runs by status, in the order of the alphabet; statuses without a run are left out."""
        return {status: count for status, count in sorted(self.statuses.items()) if count}

    def text(self) -> str:
        """The tally as it is stored."""
        return json.dumps({"runs": self.counts(), "sum": f"{self.total:064x}"}, sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Tally:
        """The tally that `text` stored.

        Raises:
            ValueError: If it is damaged.
        """
        try:
            stored = json.loads(text)
            return cls(
                Counter({str(status): int(count) for status, count in stored["runs"].items()}), int(stored["sum"], 16)
            )
        except (TypeError, KeyError, AttributeError) as problem:
            raise ValueError("the tally of the runs is damaged") from problem

    @classmethod
    def of(cls, runs: Iterable[tuple[str, str]]) -> Tally:
        """The tally of runs that are given by status and checksum."""
        tally = cls()
        for status, checksum in runs:
            tally.add(status, checksum)
        return tally
