"""Counter-based random numbers: a pure function of (seed, who, purpose, spell).

Philox 4x64-10 (Salmon et al. 2011, doi 10.1145/2063384.2063405). The counter is (who, purpose, spell, 0) and the key (seed, 0), so no draw
depends on how many others were made before it: adding a host, a policy or a thread changes no number that does not concern it.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

from desertion.engine.compile import JIT_OFF, kernel

# Plain Python needs unbounded integers and a mask; compiled code needs typed ones, where the mask costs nothing.
u64: Any = int if JIT_OFF else np.uint64

_M0 = u64(0xD2E7470EE14C6C93)
_M1 = u64(0xCA5A826395121157)
_W0 = u64(0x9E3779B97F4A7C15)
_W1 = u64(0xBB67AE8584CAA73B)
_LOW = u64(0xFFFFFFFF)
_MASK = u64(0xFFFFFFFFFFFFFFFF)
_S32 = u64(32)
_S12 = u64(12)
_ZERO = u64(0)

# Purposes: what a number is drawn for. Never renumber: it would change every result.
EXIT_A = 1  # thresholds of hide, flee, surrender, refuse
EXIT_B = 2  # thresholds of skilled emigration and of being hit
FRAILTY = 3
TRAITS = 4
TIES = 5
CALLUP = 6
HIT = 7
HOST = 8
EXIT_CHECK = 9
ADMISSION = 10
DECISION = 11
STAY = 12  # clocks of life abroad, in hiding, in refusal
WOUND = 13
TERM = 14
RANK = 15
SHOCK = 16
BREAKPOINT = 17
TURNOUT = 18
THRESHOLD = 19
TREATMENT = 20
FRONT = 21
REPLICATE = 22
INFILTRATOR = 23
RETURN = 24
TOLERATION = 25
ONWARD = 26
CUT_OFF = 27
COMMAND = 28
CALLABLE = 29
RECALL = 30


@kernel
def _high(a: int, b: int) -> int:
    """Upper 64 bits of the 128-bit product of two 64-bit numbers."""
    a0 = a & _LOW
    a1 = a >> _S32
    b0 = b & _LOW
    b1 = b >> _S32
    p01 = a0 * b1
    p10 = a1 * b0
    middle = ((a0 * b0) >> _S32) + (p01 & _LOW) + (p10 & _LOW)
    return (a1 * b1 + (p01 >> _S32) + (p10 >> _S32) + (middle >> _S32)) & _MASK


@kernel
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """The four 64-bit words of one Philox 4x64-10 block, for a counter and a key of unsigned 64-bit words."""
    for _ in range(10):
        high0 = _high(_M0, c0)
        low0 = (_M0 * c0) & _MASK
        high1 = _high(_M1, c2)
        low1 = (_M1 * c2) & _MASK
        c0 = high1 ^ c1 ^ k0
        c1 = low1
        c2 = high0 ^ c3 ^ k1
        c3 = low0
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@kernel
def words(seed: int, who: int, purpose: int, spell: int) -> tuple[int, int, int, int]:
    """Four independent 64-bit words for one decision."""
    return philox(u64(who), u64(purpose), u64(spell), _ZERO, u64(seed), _ZERO)


@kernel
def unit(word: int) -> float:
    """A word as a number in the open interval (0, 1), on a grid of 2**-52: one bit more and the largest would round to 1."""
    return (float(word >> _S12) + 0.5) * 2.220446049250313e-16


@kernel
def uniform(seed: int, who: int, purpose: int, spell: int) -> float:
    """One number in (0, 1)."""
    return unit(words(seed, who, purpose, spell)[0])


@kernel
def uniforms(seed: int, who: int, purpose: int, spell: int) -> tuple[float, float, float, float]:
    """Four independent numbers in (0, 1)."""
    a, b, c, d = words(seed, who, purpose, spell)
    return unit(a), unit(b), unit(c), unit(d)


@kernel
def normals(seed: int, who: int, purpose: int, spell: int) -> tuple[float, float, float, float]:
    """Four independent standard normal numbers (Box and Muller)."""
    a, b, c, d = uniforms(seed, who, purpose, spell)
    r = math.sqrt(-2.0 * math.log(a))
    s = math.sqrt(-2.0 * math.log(c))
    turn = 6.283185307179586
    return r * math.cos(turn * b), r * math.sin(turn * b), s * math.cos(turn * d), s * math.sin(turn * d)


def key_of(name: str) -> int:
    """A 63-bit number for a name, the same in every process; persons and institutions are numbered from it."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 1


def replicate_seed(seed: int, replicate: int) -> int:
    """The `rng` of one replicate of a study: the same for every policy, so that fates are shared."""
    return int(words(u64(seed), u64(replicate), u64(REPLICATE), u64(0))[0]) >> 1


def stream_seed(seed: int, stream: float | None) -> int:
    """Seed of a study's run: the study's own, or one of its streams where a dummy factor picks the chance.

    Args:
        seed: Seed of the study.
        stream: Value of the dummy factor, None where a study has none.
    """
    if stream is None:
        return seed
    return int.from_bytes(hashlib.blake2b(f"{seed} {stream!r}".encode(), digest_size=8).digest(), "little") >> 1
