"""Dotted paths of inputs, quoted or not: `"behaviour.form" = "none"` and `behaviour.form = "none"` mean the same."""

from collections.abc import Mapping
from typing import Any

from desertion.errors import InputError


def flattened(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table by dotted path, whichever of its dots TOML took for tables.

    Raises:
        InputError: If a path has two values.
    """
    flat: dict[str, Any] = {}
    for key, value in table.items():
        inside = flattened(value) if isinstance(value, Mapping) else None
        paths = {str(key): value} if inside is None else {f"{key}.{inner}": each for inner, each in inside.items()}
        for path, each in paths.items():
            if path in flat:
                raise InputError(f'"{path}" has two values; keep one', key=path, value=each)
            flat[path] = each
    return flat


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with a document's own values laid over it, table by table."""
    both = dict(base)
    for key, value in own.items():
        under = both.get(key)
        both[key] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return both
