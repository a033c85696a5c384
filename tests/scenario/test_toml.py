"""Claims about writing TOML."""

import datetime as dt
import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.scenario.toml import dumps

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)
_SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    _TEXT,
    st.dates(dt.date(1800, 1, 1), dt.date(2200, 1, 1)),
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(_TEXT, _VALUES, max_size=6))
def test_what_is_written_reads_back_as_the_same_document(document: dict[str, object]) -> None:
    """Any document of TOML's types survives writing and reading, bit for bit."""
    assert tomllib.loads(dumps(document)) == document


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e-05, 1e16, -0.0, 5e-324])
def test_floats_keep_every_bit(value: float) -> None:
    """Infinities, small and negative zero floats come back the same and stay floats."""
    back = tomllib.loads(dumps({"x": value}))["x"]
    assert isinstance(back, float)
    assert back.hex() == value.hex()


def test_keys_without_a_value_are_left_out() -> None:
    """None has no spelling in TOML: the key is not written, at any depth."""
    assert tomllib.loads(dumps({"a": None, "b": {"c": None, "d": 1}, "e": [{"f": None}]})) == {"b": {"d": 1}, "e": [{}]}
