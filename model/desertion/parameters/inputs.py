"""Inputs as lists show them: name, meaning, unit, range, default and source of every field of a document, in one form."""

import datetime as dt
import inspect
import math
import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from desertion.parameters.field import bounds_of

_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*)$")


class Input(NamedTuple):
    """One input of a document.

    Attributes:
        name: The key.
        form: What stands there: "number", "whole number", "word", "words", "date", "truth value", "table" or "tables".
        meaning: What it is, in words.
        unit: Its unit; empty for what has none.
        low: Least value, -inf if any.
        high: Largest value, inf if any.
        default: What holds if it is left out; None if it must be given, or if nothing holds.
        needed: Whether it must be given.
        source: Where the default comes from; empty for what is no number about the world.
        is_lever: Whether a policy may change it on a date.
        inside: The document inside, for tables.
    """

    name: str
    form: str
    meaning: str
    unit: str
    low: float
    high: float
    default: Any
    needed: bool
    source: str
    is_lever: bool
    inside: type[BaseModel] | None

    @property
    def range(self) -> str:
        """Allowed values in words."""
        if self.low == -math.inf and self.high == math.inf:
            return "any"
        if self.high == math.inf:
            return f"{self.low:g} or more"
        return f"{self.low:g} to {self.high:g}" if self.low > -math.inf else f"at most {self.high:g}"


def inputs(document: type[BaseModel]) -> Iterator[Input]:
    """Yield the inputs of a kind of document in the order of its fields."""
    attributes = meanings(document)
    for name, field in document.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        form, inside = _form(field.annotation)
        low, high = bounds_of(field)
        default = field.get_default(call_default_factory=True)
        yield Input(
            name=field.alias or name,
            form=form,
            meaning=field.description or attributes.get(name, ""),
            unit=str(extra.get("unit", "")),
            low=low,
            high=high,
            default=None if default is PydanticUndefined else default,
            needed=field.is_required(),
            source=str(extra.get("source", "")),
            is_lever=bool(extra.get("lever")),
            inside=inside,
        )


def meanings(thing: type) -> dict[str, str]:
    """What the docstring of a class says of its attributes."""
    found: dict[str, str] = {}
    name = ""
    for line in (inspect.getdoc(thing) or "").partition("Attributes:")[2].splitlines():
        if match := _ATTRIBUTE.match(line):
            name = match[1]
            found[name] = match[2]
        elif name and line.startswith(" " * 8):
            found[name] += f" {line.strip()}"
        elif line.strip():
            break
    return {key: text.rstrip(".") for key, text in found.items()}


def _form(annotation: Any) -> tuple[str, type[BaseModel] | None]:
    """What stands in a field of this type, and the document inside of it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table", annotation
    origin, parts = get_origin(annotation), [part for part in get_args(annotation) if part is not NoneType]
    if origin in (UnionType, Union, Annotated):
        return _form(parts[0])
    if origin is Literal:
        return "word: " + ", ".join(map(str, parts)), None
    if origin is dict:
        return "table", _form(parts[1])[1]
    if origin is tuple:
        form, inside = _form(parts[0])
        return "tables" if inside else ("words" if form == "word" else "list"), inside
    plain = {float: "number", int: "whole number", bool: "truth value", dt.date: "date"}
    return plain.get(annotation, "word"), None
