"""Dotted paths of inputs, quoted or not: `"behaviour.form" = "none"` and `behaviour.form = "none"` mean the same."""

from collections.abc import Collection, Mapping
from typing import Any

from desertion.errors import InputError


def flattened(table: Mapping[str, Any], marks: Collection[str] = ()) -> dict[str, Any]:
    """The values of a table by dotted path, whichever of its dots TOML took for tables.

    Args:
        table: The table.
        marks: Keys by one of which a table is known that is a value itself.

    Raises:
        InputError: If a path has two values.
    """
    flat: dict[str, Any] = {}
    for key, value in table.items():
        is_value = not isinstance(value, Mapping) or any(str(mark) in marks for mark in value)
        inside = None if is_value else flattened(value, marks)
        paths = {str(key): value} if inside is None else {f"{key}.{inner}": each for inner, each in inside.items()}
        for path, each in paths.items():
            if path in flat:
                raise InputError(f'"{path}" has two values; keep one', key=path, value=each)
            flat[path] = each
    return flat


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The base with a document's own values laid over it, table by table."""
    both = dict(base)
    for key, value in own.items():
        under = both.get(key)
        both[key] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return both
