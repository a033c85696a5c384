"""Claims, the arms that test them, and the file that holds both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from desertion.errors import InputError, input_error, unknown_name
from desertion.files import shipped_folder, shown
from desertion.study.design.expression import Effect
from desertion.study.design.factors import Factor, Value, factor


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way of running the model: a scenario, policies over it and settings.

    Attributes:
        name: word by which effects speak of it.
        scenario: name or path of the scenario.
        policies: policies laid over it, in order.
        settings: values by dotted key, on top of the world's own.
        scale: share of real size in this arm's scenario.
    """

    name: str
    scenario: str
    policies: tuple[str, ...] = ()
    settings: tuple[tuple[str, Value], ...] = ()
    scale: float | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim with the contrast that tests it, fixed before any run.

    Attributes:
        id: short name.
        claim: the claim in the project's own words.
        source: which article makes it.
        contrast: what is compared with what, in words.
        effect: the effect over arms.
        unit: unit of the effect, in words.
        sign: +1 or -1, the sign of the effect that the claim predicts.
        smallest: smallest effect of interest, in that unit.
        could_reverse: which parameter range could turn the answer.
        by_construction: True if a coefficient switched on against off makes the sign nearly certain.
        where_defined: True if the claim speaks of some worlds only; those without a value are then not judged.
    """

    id: str
    claim: str
    source: str
    contrast: str
    effect: Effect
    unit: str
    sign: int
    smallest: float
    could_reverse: str
    by_construction: bool
    where_defined: bool = False


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number worth reporting beside the verdicts, with no sign predicted."""

    id: str
    title: str
    effect: Effect
    unit: str


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What history allows: worlds in which the effect lies outside are not consistent with it.

    Attributes:
        effect: a number of the arms.
        low: lowest value that history allows.
        high: highest value.
        source: where the bounds come from.
    """

    effect: Effect
    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The whole file: ranges of plausible worlds, arms, claims, numbers, and bounds that history sets."""

    factors: tuple[Factor, ...]
    arms: Mapping[str, Arm]
    claims: tuple[Claim, ...]
    numbers: tuple[Number, ...]
    bounds: tuple[Bound, ...]
    days: int | None

    def chosen(self, ids: tuple[str, ...]) -> Claims:
        """Return the file cut down to some claims, by id; all if none are named.

        Raises:
            InputError: an id is unknown.
        """
        known = [claim.id for claim in self.claims]
        for wanted in ids:
            if wanted not in known:
                raise unknown_name("claim", wanted, known)
        kept = tuple(claim for claim in self.claims if not ids or claim.id in ids)
        return Claims(
            factors=self.factors,
            arms=self.arms,
            claims=kept,
            numbers=() if ids else self.numbers,
            bounds=() if ids else self.bounds,
            days=self.days,
        )

    def arms_needed(self) -> tuple[str, ...]:
        """Names of the arms that the claims and numbers read, each once, in the order of the file."""
        read = {arm for row in (*self.claims, *self.numbers, *self.bounds) for arm, _ in row.effect.terms}
        return tuple(name for name in self.arms if name in read)


def shipped() -> Path:
    """The claims file of the project."""
    return shipped_folder("seeds") / "claims.toml"


def load(path: Path | None = None) -> Claims:
    """Read a claims file.

    Args:
        path: the file; the shipped one if none is given.

    Raises:
        InputError: the file is missing or a claim in it is not complete.
    """
    path = path or shipped()
    where = shown(path)
    if not path.is_file():
        raise InputError(f"{where}: there is no such claims file; leave --claims out to use the shipped one")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise InputError(f"{where}: is not TOML: {problem}") from None
    world = cast(dict[str, Any], document.get("world", {}))
    arms = {name: _arm(name, table, where) for name, table in document.get("arms", {}).items()}
    claims = tuple(_claim(table, arms, where) for table in document.get("claims", []))
    if not claims:
        raise InputError(f"{where}: holds no claim; write [[claims]] tables")
    ids = [claim.id for claim in claims]
    for name in ids:
        if ids.count(name) > 1:
            raise input_error("id", name, "stands twice", where=where, way_out="give each claim its own id")
    return Claims(
        factors=tuple(factor(name, given, where) for name, given in world.get("vary", {}).items()),
        arms=arms,
        claims=claims,
        numbers=tuple(_number(table, arms, where) for table in document.get("numbers", [])),
        bounds=tuple(_bound(table, arms, where) for table in document.get("bounds", [])),
        days=world.get("days"),
    )


def _arm(name: str, table: dict[str, Any], where: str) -> Arm:
    if not name.isidentifier():
        raise input_error("arm", name, "must be letters, digits and _", where=where)
    for key in table:
        if key not in ("scenario", "policies", "settings", "scale"):
            raise unknown_name("key", key, ("scenario", "policies", "settings", "scale"), where=f"{where}: arms.{name}")
    if "scenario" not in table:
        raise InputError(f"{where}: arms.{name} names no scenario; add scenario = ...")
    return Arm(
        name=name,
        scenario=str(table["scenario"]),
        policies=tuple(table.get("policies", ())),
        settings=tuple(table.get("settings", {}).items()),
        scale=table.get("scale"),
    )


_TEXTS = ("id", "claim", "source", "contrast", "effect", "unit", "could_reverse")
_KEYS = (*_TEXTS, "sign", "smallest", "by_construction", "where_defined")


def _claim(table: dict[str, Any], arms: Mapping[str, Arm], where: str) -> Claim:
    spot = f"{where}: claim {table.get('id', '?')}"
    for key in table:
        if key not in _KEYS:
            raise unknown_name("key", key, _KEYS, where=spot)
    for key in (*_TEXTS, "sign", "smallest"):
        if key not in table:
            raise InputError(f"{spot} has no {key}; a claim is judged only if all of {', '.join(_KEYS)} are stated")
    if table["sign"] not in (1, -1):
        raise input_error("sign", table["sign"], "must be 1 or -1", where=spot)
    smallest = table["smallest"]
    if isinstance(smallest, bool) or not isinstance(smallest, int | float) or smallest < 0:
        raise input_error("smallest", smallest, "must be a number >= 0", where=spot)
    return Claim(
        **{key: str(table[key]) for key in _TEXTS if key != "effect"},
        effect=_effect(table["effect"], arms, spot),
        sign=int(table["sign"]),
        smallest=float(smallest),
        by_construction=bool(table.get("by_construction", False)),
        where_defined=bool(table.get("where_defined", False)),
    )


def _number(table: dict[str, Any], arms: Mapping[str, Arm], where: str) -> Number:
    spot = f"{where}: number {table.get('id', '?')}"
    for key in ("id", "title", "effect", "unit"):
        if key not in table:
            raise InputError(f"{spot} has no {key}; state id, title, effect and unit")
    return Number(
        id=str(table["id"]),
        title=str(table["title"]),
        effect=_effect(table["effect"], arms, spot),
        unit=str(table["unit"]),
    )


def _bound(table: dict[str, Any], arms: Mapping[str, Arm], where: str) -> Bound:
    spot = f"{where}: bounds"
    for key in ("effect", "low", "high", "source"):
        if key not in table:
            raise InputError(f"{spot} has no {key}; state effect, low, high and source")
    if not table["low"] <= table["high"]:
        raise input_error("low", table["low"], f"must not be above high = {table['high']}", where=spot)
    return Bound(
        effect=_effect(table["effect"], arms, spot),
        low=float(table["low"]),
        high=float(table["high"]),
        source=str(table["source"]),
    )


def _effect(text: object, arms: Mapping[str, Arm], spot: str) -> Effect:
    effect = Effect(str(text), spot)
    for arm, _ in effect.terms:
        if arm not in arms:
            raise unknown_name("arm", arm, arms, where=spot)
    return effect
