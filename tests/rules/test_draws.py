"""Chance is Philox 4x64-10, a pure function of who asks for what."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desertion.rules import draws
from tests.oracles.fates import block

WORD = st.integers(0, 2**64 - 1)
u = draws.u64


@given(seed=WORD, who=st.integers(1, 2**63 - 1), purpose=st.integers(0, 2**16), spell=st.integers(0, 2**63 - 1))
def test_words_are_numpys_philox_bit_for_bit(seed: int, who: int, purpose: int, spell: int) -> None:
    """All four words, for any key and counter; NumPy advances its counter before it draws."""
    ours = draws.words(u(seed), u(who), u(purpose), u(spell))
    assert [int(word) for word in ours] == block(seed, who, purpose, spell).tolist()


@given(counter=st.lists(WORD, min_size=4, max_size=4), key=st.lists(WORD, min_size=2, max_size=2))
def test_philox_is_numpys_for_any_counter_and_key(counter: list[int], key: list[int]) -> None:
    """The block itself, over all six words, by way of the counter one before."""
    number = (sum(word << (64 * n) for n, word in enumerate(counter)) - 1) % 2**256
    before = np.array([(number >> (64 * n)) % 2**64 for n in range(4)], np.uint64)
    theirs = np.random.Philox(counter=before, key=np.array(key, np.uint64)).random_raw(4)
    assert [int(word) for word in draws.philox(*(u(word) for word in (*counter, *key)))] == theirs.tolist()


@given(word=WORD)
def test_a_word_becomes_a_number_between_nought_and_one(word: int) -> None:
    """Never 0 and never 1, so that logarithms are finite: in the middle of its 2**-52, as the ODD states."""
    assert 0.0 < draws.unit(u(word)) < 1.0
    assert draws.unit(u(word)) == (word // 2**12 + 0.5) * 2.0**-52


def test_uniform_and_normal_numbers_have_their_moments() -> None:
    """40,000 each of one purpose: mean and variance within 5 standard errors (1e-6); seed 1."""
    even = np.array([draws.uniforms(u(1), u(n), u(2), u(0)) for n in range(10_000)])
    bell = np.array([draws.normals(u(1), u(n), u(3), u(0)) for n in range(10_000)])
    assert abs(even.mean() - 0.5) < 5 * np.sqrt(1 / 12 / even.size)
    assert abs(bell.mean()) < 5 / np.sqrt(bell.size)
    assert abs(bell.var() - 1.0) < 5 * np.sqrt(2 / bell.size)
    assert np.abs(np.corrcoef(bell.T) - np.eye(4)).max() < 0.05


def test_every_purpose_has_a_number_of_its_own() -> None:
    """Two purposes with one number would tie two fates together."""
    purposes = {
        name: value
        for name, value in vars(draws).items()
        if name.isupper() and isinstance(value, int) and not name.startswith(("_", "JIT"))
    }
    assert len(purposes) > 20
    assert len(set(purposes.values())) == len(purposes)


def test_replicates_have_seeds_of_their_own() -> None:
    """A thousand replicates of two studies: two thousand different seeds, each a legal one."""
    seeds = {draws.replicate_seed(seed, replicate) for seed in (1, 2) for replicate in range(1000)}
    assert len(seeds) == 2000
    assert all(0 <= seed < 2**63 for seed in seeds)


@given(seed=st.integers(0, 2**63 - 1), replicate=st.integers(0, 10**6))
def test_a_replicates_seed_is_the_first_word_of_its_block(seed: int, replicate: int) -> None:
    """Half the first word of NumPy's own Philox for (replicate, purpose, spell 0): whoever reruns one replicate alone needs the very number."""
    assert draws.replicate_seed(seed, replicate) == int(block(seed, replicate, draws.REPLICATE, 0)[0]) >> 1


@given(name=st.text())
def test_names_are_numbered_by_their_digest(name: str) -> None:
    """The first eight bytes of SHA-256 as a little-endian number without its last bit, so that it fits a signed one."""
    digits = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    backwards = "".join(reversed([digits[at : at + 2] for at in range(0, 16, 2)]))
    assert draws.key_of(name) == int(backwards, 16) // 2 < 2**63


def test_purposes_have_the_numbers_that_the_document_states() -> None:
    """Another number for a purpose draws other fates, and two of one number draw the same."""
    text = (Path(__file__).parents[2] / "model" / "ODD.md").read_text(encoding="utf-8")
    stated = {name: int(number) for name, number in re.findall(r"^\| ([A-Z_]+) \| (\d{1,2}) \|", text, re.MULTILINE)}
    purposes = {name: number for name, number in stated.items() if hasattr(draws, name)}
    assert len(purposes) == len(set(purposes.values())) == max(purposes.values()) - min(purposes.values()) + 1 > 20
    assert {name: getattr(draws, name) for name in purposes} == purposes


def test_streams_of_chance_keep_their_seeds() -> None:
    """A dummy factor picks them; another seed would be another study."""
    assert [draws.stream_seed(7, None), draws.stream_seed(7, 0.25), draws.stream_seed(2**63 - 1, 0.0)] == [
        7, 435740303947048570, 4360489247472041235,
    ]  # fmt: skip
