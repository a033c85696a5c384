"""Schedule: which run comes next, breadth first, and when a design point has enough replicates."""

import heapq
from collections.abc import Sequence

from desertion.errors import InputError
from desertion.study.design.replicates import ReplicateRule, first_target, next_target

_FREE, _ISSUED, _FINISHED = 0, 1, 2

type Key = tuple[int, int]


class Schedule:
    """Hands out runs: replicate 0 of every point, then replicate 1, and so on, so that an early stop is even.

    Which runs a study ends with depends on their results alone, never on the order in which they finished: a
    precision rule is asked only when a point's first replicates are complete without a gap.

    Args:
        rule: Number of replicates, or the precision to reach.
        points: Number of design points.
        shard: (i, n) to do only the i-th of n parts, i from 1. Parts split runs, or whole points under a
            precision rule.
        scales: By which the watched measure is divided for real size, one a design point; none where it is as it is.
    """

    def __init__(
        self, rule: ReplicateRule, points: int, shard: tuple[int, int] = (1, 1), scales: Sequence[float] = ()
    ) -> None:
        self._rule = rule
        self._scales = scales
        self._points = points
        self._shard = shard
        self._target = [first_target(rule)] * points
        self._state = [bytearray(target) for target in self._target]
        self._values: dict[int, dict[int, float | None]] = {}
        self._complete = [0] * points
        self._queue: list[Key] = []
        self.finished_runs = 0  # of those that known() counts: a resumed file may hold others too
        for design in range(points):
            if not rule.adaptive or self._mine(design, 0):
                self._queue.append((0, design))
            else:
                self._target[design] = 0
        heapq.heapify(self._queue)

    def _mine(self, design: int, replicate: int) -> bool:
        part, parts = self._shard
        number = design if self._rule.adaptive else replicate * self._points + design
        return number % parts == part - 1

    @property
    def targets(self) -> Sequence[int]:
        """Replicates that are asked for, by design point, as far as it is decided."""
        return self._target

    def known(self) -> int:
        """Runs that the study has, as far as it is decided."""
        part, parts = self._shard
        if self._rule.adaptive:
            return sum(self._target)
        whole = self._rule.number * self._points
        return len(range(part - 1, whole, parts))

    def may_grow(self) -> bool:
        """Whether a design point may still get more runs than are known: its precision has not been asked for yet."""
        return self._rule.adaptive and any(
            complete < target < self._rule.maximum
            for complete, target in zip(self._complete, self._target, strict=True)
        )

    def unfinished(self) -> bool:
        """Whether runs are left to be done."""
        return self.finished_runs < self.known()

    def take(self, most: int) -> list[Key]:
        """Next runs to be done, at most so many; empty when none is known now."""
        taken: list[Key] = []
        while self._queue and len(taken) < most:
            replicate, design = heapq.heappop(self._queue)
            if replicate + 1 < self._target[design]:
                heapq.heappush(self._queue, (replicate + 1, design))
            if self._state[design][replicate] == _FREE and self._mine(design, replicate):
                self._state[design][replicate] = _ISSUED
                taken.append((design, replicate))
        return taken

    def finish(self, key: Key, value: float | None) -> None:
        """Note that a run is finished.

        Args:
            key: The run.
            value: The watched measure as the run has it, None where the run failed or gave no number.
        """
        design, replicate = key
        if value is not None and self._scales:
            value /= self._scales[design]
        state = self._state[design]
        if replicate >= len(state):
            # A resumed file may hold replicates beyond the first decision, which is still to be taken again.
            state.extend(bytes(replicate + 1 - len(state)))
        if state[replicate] != _FINISHED:
            state[replicate] = _FINISHED
            self.finished_runs += replicate < self._target[design] and self._mine(design, replicate)
        if self._rule.adaptive:
            self._values.setdefault(design, {})[replicate] = value
            self._decide(design)

    def _decide(self, design: int) -> None:
        state = self._state[design]
        while self._complete[design] < len(state) and state[self._complete[design]] == _FINISHED:
            self._complete[design] += 1
        target = self._target[design]
        while target and self._complete[design] >= target:
            values = self._values[design]
            wanted = next_target(self._rule, [values[index] for index in range(target)])
            if wanted <= target:
                return
            state.extend(bytes(max(0, wanted - len(state))))
            self.finished_runs += state.count(_FINISHED, target, wanted)
            self._target[design] = wanted
            heapq.heappush(self._queue, (target, design))
            target = wanted


def shard_of(text: str) -> tuple[int, int]:
    """Read `i/n`.

    Raises:
        InputError: If it is not two whole numbers with 1 <= i <= n.
    """
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise InputError(f"--shard {text!r} must read i/n with 1 <= i <= n, such as 2/8")
    return int(part), int(parts)
