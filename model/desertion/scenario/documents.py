"""Finding and reading the documents under `seeds/`, and saying in one sentence what is wrong with one."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from desertion.errors import InputError, unknown_name
from desertion.places import folder, shown

KINDS = ("forces", "policies", "scenarios")
_BOUNDS = ("greater_than_equal", "less_than_equal")
_SINGULAR = {"forces": "force", "policies": "policy", "scenarios": "scenario"}


def catalogue() -> dict[str, dict[str, str]]:
    """Return the titles of all shipped forces, policies and scenarios by kind and name."""
    return {kind: {name: str(read(path).get("title", "")) for name, path in _shipped(kind).items()} for kind in KINDS}


def find(kind: str, name: str | Path, *, near: Path | None = None, where: str = "") -> Path:
    """Return the path of a shipped document by its name, or of a user's document by its path.

    Args:
        kind: "forces", "policies" or "scenarios".
        name: A shipped name, or a path (it ends in .toml or has a slash).
        near: Folder that relative paths start from, if not the current one.
        where: The document that names it, for the message.

    Raises:
        InputError: If there is no such document.
    """
    text = str(name)
    if isinstance(name, Path) or text.endswith(".toml") or "/" in text:
        path = (near or Path()) / text
        if not path.is_file():
            place = f"{where}: " if where else ""
            raise InputError(f"{place}there is no {_SINGULAR[kind]} file {shown(path)}", where=where, value=text)
        return path
    shipped = _shipped(kind)
    if text not in shipped:
        raise unknown_name(_SINGULAR[kind], text, shipped, where=where)
    return shipped[text]


def _shipped(kind: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((folder("seeds") / kind).glob("*.toml"))}


def read(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        InputError: If it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{shown(path)}: this is not TOML: {_lower(str(error))}", where=shown(path)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{shown(path)}: this is not a text file in UTF-8", where=shown(path)) from error
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read ({error.strerror})", where=shown(path)) from error


def build[T: BaseModel](model: type[T], content: Mapping[str, Any], *, where: str) -> T:
    """Return the checked model of a document's content.

    Raises:
        InputError: If the content breaks a rule; the sentence names the first one.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _sentence(error, model, content, where) from None


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
        f"{place}{key} = {_short(value)} {rule}{f' ({unit})' if unit else ''}",
        where=where,
        key=key,
        value=value,
        rule=rule,
    )


def _bounds(field: FieldInfo) -> str:
    low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    if low is None or high is None or high == float("inf"):
        return f"must be at least {low:g}" if low is not None else f"must be at most {high:g}"
    return f"must lie in [{low:g}, {high:g}]"


def _rule(message: str) -> str:
    if "integer" in message:
        return "must be a whole number"
    if "valid date" in message:
        return "must be a date such as 2022-09-21"
    text = re.sub(r"^Input should be (a )?(valid )?", "must be ", message)
    text = re.sub(r"^String should match pattern.*", "must be a name of small letters, digits and hyphens", text)
    return _lower(text)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _dotted(location: Sequence[int | str], content: Any) -> str:
    words: list[str] = []
    for part in location:
        inner = _step(content, part)
        if isinstance(part, int):
            name = inner.get("name") if isinstance(inner, Mapping) else None
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
