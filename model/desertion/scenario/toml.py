"""Writing TOML: what Python can read but not write. Reading back gives the same values, bit for bit."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
_WIDTH = 110


def dumps(document: Mapping[str, Any]) -> str:
    """Return the document as TOML text; keys whose value is None are left out.

    Tables and lists of tables of the first level become sections, whatever lies deeper is written inline.
    """
    sections: list[str] = []
    plain = [f"{_key(name)} = {_value(value)}" for name, value in document.items() if _is_plain(value)]
    if plain:
        sections.append("\n".join(plain))
    for name, value in document.items():
        if isinstance(value, Mapping):
            sections.append(_section(f"[{_key(name)}]", value))
        elif not _is_plain(value) and value is not None:
            sections.extend(_section(f"[[{_key(name)}]]", row) for row in value)
    return "\n\n".join(sections) + "\n"


def _is_plain(value: Any) -> bool:
    if value is None or isinstance(value, Mapping):
        return False
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return not (is_list and value and all(isinstance(item, Mapping) for item in value))


def _section(head: str, table: Mapping[str, Any]) -> str:
    return "\n".join([head, *(f"{_key(name)} = {_value(item)}" for name, item in table.items() if item is not None)])


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int | dt.date):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items() if item is not None)
        return f"{{ {pairs} }}" if pairs else "{}"
    return _list([_value(item) for item in value])


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)


def _list(items: list[str]) -> str:
    line = f"[{', '.join(items)}]"
    return line if len(line) <= _WIDTH else "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def _text(value: str) -> str:
    plain = "".join(_ESCAPES.get(sign, sign) for sign in value)
    return '"' + "".join(f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign for sign in plain) + '"'
