"""From a broken rule to one sentence with a way out: used by every document of the project."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import from_json

from desertion.errors import InputError, shortened, unknown_name
from desertion.parameters.field import Frozen, bounds_of

_BOUNDS = ("greater_than_equal", "less_than_equal")
_RULES = {
    "finite number": "must be a finite number",
    "integer": "must be a whole number",
    "valid tuple": "must be a list",
    "valid dictionary": "must be a table",
    "valid string": "must be text",
    "valid boolean": "must be true or false",
    "valid date": "must be a date such as 2022-09-21",
}


def build[T: BaseModel](model: type[T], content: Mapping[str, Any], *, where: str) -> T:
    """The checked model of a document's content.

    Raises:
        InputError: If the content breaks a rule; the sentence names the first one.
    """
    try:
        return model.__pydantic_validator__.validate_python(content)
    except ValidationError as error:
        raise _sentence(error, model, content, where) from None


class Told(Frozen):
    """Base of what users make in Python: a broken rule is one sentence there too, an `InputError`."""

    def __init__(self, /, **content: Any) -> None:
        try:
            super().__init__(**content)
        except ValidationError as error:
            raise _sentence(error, type(self), content, type(self).__name__) from None

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # so that documents are still built by pydantic's own

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The checked content.

        Args:
            obj: A table of the fields.
            **options: As pydantic has them.

        Raises:
            InputError: If it breaks a rule; the sentence names the first one.
        """
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise _sentence(error, cls, obj, cls.__name__) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """The checked content of a JSON text.

        Args:
            json_data: A JSON object of the fields.
            **options: As pydantic has them.

        Raises:
            InputError: If it is no JSON or breaks a rule; the sentence names the first one.
        """
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            is_json = error.errors(include_url=False)[0]["type"] != "json_invalid"
            raise _sentence(error, cls, from_json(json_data) if is_json else {}, cls.__name__) from None


def _sentence(error: ValidationError, model: type[BaseModel], content: Any, where: str) -> InputError:
    problems = error.errors(include_url=False)
    # An unknown key is most often a slip that also makes another key missing: say that first.
    first = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    location = first["loc"]
    key = _dotted(location, content)
    place = f"{where}: " if where else ""
    if first["type"] == "extra_forbidden":
        inside = _dotted(location[:-1], content)
        allowed = _keys(model, location[:-1])
        return unknown_name("key", str(location[-1]), allowed, where=f"{where}: {inside}" if inside else where)
    if first["type"] == "missing":
        return InputError(f"{place}{key} is missing", where=where, key=key)
    if isinstance(cause := first.get("ctx", {}).get("error"), InputError):
        return InputError(f"{place}{cause.message}", where=where, key=cause.key or key, value=cause.value)
    value = first["input"]
    if first["type"] == "value_error":
        rule = str(first.get("ctx", {}).get("error", first["msg"]))
        return InputError(f"{place}{f'{key}: ' if key else ''}{rule}", where=where, key=key, value=value, rule=rule)
    field = _field(model, location)
    rule = _bounds(field) if first["type"] in _BOUNDS and field else _rule(first["msg"])
    unit = _unit(field)
    return InputError(
        f"{place}{f'{key} = ' if key else ''}{shortened(value)} {rule}{f' ({unit})' if unit else ''}",
        where=where,
        key=key,
        value=value,
        rule=rule,
    )


def _bounds(field: FieldInfo) -> str:
    low, high = bounds_of(field)
    if low == -math.inf or high == math.inf:
        return f"must be at least {low:g}" if low > -math.inf else f"must be at most {high:g}"
    return f"must lie in [{low:g}, {high:g}]"


def _rule(message: str) -> str:
    if rule := next((rule for part, rule in _RULES.items() if part in message), ""):
        return rule
    text = re.sub(r"^Invalid JSON: (.*) at line", r"is no JSON: \1 at line", message)
    text = re.sub(r"^Input should be (an? )?(valid )?", r"must be \1", text)
    text = re.sub(r"^.* should have at least 1 (item|character).*", "must not be empty", text)
    text = re.sub(r"^.* should have (at most \d+) items.*", r"must hold \1", text)
    text = re.sub(r"^String should match pattern.*", "must be a name of small letters, digits and hyphens", text)
    return lowered(text)


def lowered(text: str) -> str:
    """The text with its first letter small, so that it can follow a colon."""
    return text[:1].lower() + text[1:]


def _dotted(location: Sequence[int | str], content: Any) -> str:
    words: list[str] = []
    for part in location:
        inner = _step(content, part)
        if isinstance(part, int):
            name = inner.get("name", inner.get("id")) if isinstance(inner, Mapping) else None
            if isinstance(name, str):
                words.append(name)
            elif words:
                words[-1] += f"[{part}]"
        elif inner is not None or part != "[key]":
            words.append(part)
        content = inner
    return ".".join(words)


def _step(content: Any, part: int | str) -> Any:
    if isinstance(content, Mapping):
        return content.get(part)
    if isinstance(part, int) and isinstance(content, Sequence) and part < len(content):
        return content[part]
    return getattr(content, str(part), None)


def _model_at(model: type[BaseModel] | None, location: Iterable[int | str]) -> type[BaseModel] | None:
    for part in location:
        if model is None:
            return None
        if isinstance(part, str):
            field = next(
                (each for name, each in model.model_fields.items() if part in (name, each.alias)),
                None,
            )
            if field is not None:
                model = _inner_model(field.annotation)
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _inner_model(argument)) is not None:
            return found
    return None


def _keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    inner = _model_at(model, location)
    return [field.alias or name for name, field in inner.model_fields.items()] if inner else []


def _field(model: type[BaseModel], location: Sequence[int | str]) -> FieldInfo | None:
    inner = _model_at(model, location[:-1])
    return inner.model_fields.get(str(location[-1])) if inner and location else None


def _unit(field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""
