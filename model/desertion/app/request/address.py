"""Everything that a page shows, as it stands in the browser's address line, so that it can be shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, quote, urlencode

from desertion.errors import InputError, unknown_name
from desertion.parameters.arguments import SCALE
from desertion.reading import written

PAGES = {
    "": "Policies",
    "watch": "Watch it happen",
    "compare": "Compare",
    "study": "Study",
    "person": "Person",
    "claims": "Claims",
}
"""Name of each page by the last part of its address."""

LONGEST = 4_000
"""Characters of an address that are read."""

MOST_SETTINGS = 40
"""Settings, and restrictions, that an address may hold."""

_PAIRS = {"settings": "set", "where": "where"}

type Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Address:
    """What all pages together show.

    Attributes:
        scenario: Name of a shipped scenario.
        policies: Names of shipped policies laid over it, in order.
        settings: Inputs by dotted key, each value as the text that a TOML file would hold.
        scale: Share of real size; 0 for one that plays well.
        days: Horizon; 0 for the scenario's own.
        seed: Where all chance comes from.
        force: Force that is shown; empty for the first.
        arms: Policies that are compared, each one or several joined by "+".
        runs: Replicates of the comparison.
        file: File of the study folder.
        x: Parameter across.
        y: Parameter upright.
        measure: Measure shown.
        figure: Kind of figure.
        where: Restrictions of the study's design points: by varied parameter, or "policies", what is let through.
        page: Page of the table of design points, from 1.
        cell: Design point that is looked at, -1 for none.
        person: Person whose life is shown, -1 for none.
        route: Way to leave whose terms are shown.
        claim: Claim whose worlds are shown.
        beside: Query of the mix that the first screen keeps beside its own, which the other pages hand back; empty for none.
    """

    scenario: str = "russia-2022"
    policies: tuple[str, ...] = ()
    settings: Settings = ()
    scale: float = 0.0
    days: int = 0
    seed: int = 7
    force: str = ""
    arms: tuple[str, ...] = ("case-by-case", "closed-borders", "fast-track")
    runs: int = 10
    file: str = ""
    x: str = ""
    y: str = ""
    measure: str = ""
    figure: str = ""
    where: Settings = ()
    page: int = 1
    cell: int = -1
    person: int = -1
    route: str = ""
    claim: str = ""
    beside: str = ""

    def query(self) -> str:
        """The address's part after the question mark; what stands at its default is left out."""
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            if field.name in _PAIRS:
                pairs += [(_PAIRS[field.name], f"{key}={text}") for key, text in value]
            elif isinstance(value, tuple):
                pairs.append((field.name, ",".join(value)))
            else:
                pairs.append((field.name, written(value) if isinstance(value, float) else str(value)))
        return urlencode(pairs, safe=",+=.:-/", quote_via=quote)

    def with_setting(self, key: str, text: str) -> Address:
        """The address with one input set; an empty text takes the setting away."""
        return replace(self, settings=_with(self.settings, key, text))

    def with_restriction(self, key: str, text: str) -> Address:
        """The address with one restriction of design points, at the first page; an empty text takes it away."""
        return replace(self, where=_with(self.where, key, text), page=1)


def parse(query: str) -> tuple[Address, dict[str, str]]:
    """What an address says, and what is wrong with the parts that it says wrongly, which stand at their defaults.

    Args:
        query: The part after the question mark, as `Address.query` wrote it, or as somebody typed it.
    """
    if len(query) > LONGEST:
        return Address(), {
            "address": f"the address is {len(query)} characters long, at most {LONGEST} are read: start from the bare page"
        }
    parts: dict[str, object] = {}
    pairs: dict[str, dict[str, str]] = {name: {} for name in _PAIRS.values()}
    wrong: dict[str, str] = {}
    for name, text in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        try:
            if name in pairs:
                key, value = _pair(name, text)
                pairs[name][key] = value
            elif name in READERS:
                parts[name] = READERS[name](name, text)
            else:
                raise unknown_name("part of the address", name, (*READERS, *pairs))
        except InputError as problem:
            wrong[name] = str(problem)
    for name, what in (("set", "settings"), ("where", "restrictions")):
        if len(pairs[name]) > MOST_SETTINGS:
            wrong[name] = (
                f"address: {len(pairs[name])} {what} are too many, at most {MOST_SETTINGS}; write a scenario file"
            )
            pairs[name] = {}
    parts |= {name: tuple(sorted(pairs[short].items())) for name, short in _PAIRS.items()}
    return Address(**parts), wrong  # type: ignore[arg-type]


def _pair(name: str, text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise InputError(f"address: {name}={text[:80]!r} has no key and value; write {name}=dotted.key=value")
    return key.strip(), value.strip()


def _with(pairs: Settings, key: str, text: str) -> Settings:
    others = {name: value for name, value in pairs if name != key}
    if text.strip():
        others[key] = text.strip()
    return tuple(sorted(others.items()))


def _words(_name: str, text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _text(_name: str, text: str) -> str:
    return text


def whole(name: str, text: str) -> int:
    """A whole number that was typed.

    Raises:
        InputError: If it is none, larger than any that is used, no days at all, or the number of a person or point below 0.
    """
    try:
        value = int(plain(text))
    except ValueError:
        raise InputError(f"{name} = {text[:80]!r} must be a whole number", key=name, value=text) from None
    # Nought stands for what nobody chose; whoever types it means nought.
    if name == "days" and value == 0:
        raise InputError("days = 0 must be a whole number >= 1", key=name, value=value)
    if name in ("person", "cell") and value < 0:
        raise InputError(f"{name} = {text[:80]} must be a whole number >= 0", key=name, value=value)
    if abs(value) > 2**63:
        raise InputError(f"{name} = {text[:20]}... is larger than any number that is used here", key=name, value=value)
    return value


def plain(text: str) -> str:
    """A number as it is written everywhere: Python reads 1_0 and digits of other scripts too.

    Raises:
        ValueError: If it is written otherwise.
    """
    if "_" in text or not text.isascii():
        raise ValueError
    return text


def number(name: str, text: str) -> float:
    """A number that was typed.

    Raises:
        InputError: If it is none, or a scale of nought.
    """
    try:
        value = float(plain(text))
    except ValueError:
        raise InputError(f"{name} = {text[:80]!r} must be a number", key=name, value=text) from None
    if name == "scale" and value == 0.0:
        raise InputError(f"scale = {text[:80]} {SCALE.rule}", key=name, value=value)
    return value


def _reader(default: object) -> Callable[[str, str], object]:
    if isinstance(default, tuple):
        return _words
    if isinstance(default, str):
        return _text
    return whole if isinstance(default, int) else number


READERS = {field.name: _reader(field.default) for field in fields(Address) if field.name not in _PAIRS}
"""What reads each part of an address as it was typed, of its name and the text."""
