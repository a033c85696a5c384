"""Chance as section 7.1 of the document defines it: Philox 4x64 with 10 rounds in whole numbers of Python."""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache

(EXIT_A, EXIT_B, FRAILTY, TRAITS, TIES, CALLUP, HIT, HOST, EXIT_CHECK) = range(1, 10)
(ADMISSION, DECISION, STAY, WOUND, TERM, RANK, SHOCK, BREAKPOINT, TURNOUT) = range(10, 19)
(THRESHOLD, TREATMENT, FRONT, REPLICATE, INFILTRATOR, RETURN, TOLERATION, ONWARD) = range(19, 27)
CUT_OFF, COMMAND, CALLABLE, RECALL = range(27, 31)

_WORD = 2**64
_TWO_PI = 6.283185307179586


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four words of 64 bits for a counter and a key (Salmon et al. 2011)."""
    a, b, c, d = counter
    k, m = key
    for turn in range(10):
        if turn:
            k, m = (k + 0x9E3779B97F4A7C15) % _WORD, (m + 0xBB67AE8584CAA73B) % _WORD
        first, second = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        a, b, c, d = second // _WORD ^ b ^ k, second % _WORD, first // _WORD ^ d ^ m, first % _WORD
    return a, b, c, d


def named(name: str) -> int:
    """K(name): the number under which a named thing draws."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 1


class Chance:
    """All draws of one run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.words = lru_cache(maxsize=4096)(self._words)

    def _words(self, who: int, purpose: int, spell: int) -> tuple[int, int, int, int]:
        return philox((who, purpose, spell, 0), (self.seed, 0))

    def uniforms(self, who: int, purpose: int, spell: int) -> list[float]:
        """Four numbers in (0, 1)."""
        return [((word >> 12) + 0.5) * 2.0**-52 for word in self.words(who, purpose, spell)]

    def uniform(self, who: int, purpose: int, spell: int) -> float:
        """The first of the four."""
        return self.uniforms(who, purpose, spell)[0]

    def normal(self, who: int, purpose: int, spell: int) -> float:
        """The first of four standard normal numbers."""
        a, b, _, _ = self.uniforms(who, purpose, spell)
        return math.sqrt(-2.0 * math.log(a)) * math.cos(_TWO_PI * b)

    def place_in_order(self, region: int, place: int, n: int) -> int:
        """Which of a region's `n` names stands at a place of its list, section 7.2."""
        bits = next(b for b in range(1, 40) if 2 ** (2 * b) >= n)
        value = place
        while True:
            left, right = divmod(value, 2**bits)
            for turn in range(4):
                word = self.words(region, CALLUP, 8 * right + turn)[0] // 2**32
                left, right = right, left ^ (word % 2**bits)
            value = left * 2**bits + right
            if value < n:
                return value
