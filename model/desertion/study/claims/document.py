"""Claims, the arms that test them, the worlds they are tested in, and the file that holds all three."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from desertion.errors import InputError, input_error, unknown_name
from desertion.files import is_file, shipped_folder, shown
from desertion.parameters.field import Frozen
from desertion.reading import toml
from desertion.scenario.complaints import build
from desertion.study.design.factors import Factor, factor
from desertion.study.design.formula import Effect


class Arm(Frozen):
    """One way of running the model: a scenario, policies over it and settings.

    Attributes:
        scenario: name or path of the scenario.
        policies: policies laid over it, in order.
        settings: values by dotted key, on top of the world's own.
        scale: share of real size in this arm's scenario.
    """

    scenario: str
    policies: tuple[str, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)
    scale: float | None = None


class _Row(Frozen):
    """A table of the file with an effect over arms."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    effect: Effect

    @model_validator(mode="before")
    @classmethod
    def _read_effect(cls, table: Any) -> Any:
        if not isinstance(table, Mapping) or "effect" not in table:
            return table
        return {**table, "effect": Effect(str(table["effect"]), cls._called(table.get("id")))}

    @classmethod
    def _called(cls, name: object) -> str:
        return f"{cls.__name__.lower()} {name or ''}".rstrip()

    def check_arms(self, arms: Mapping[str, Arm]) -> None:
        """Refuse an effect over arms that are not there.

        Raises:
            InputError: an arm is unknown.
        """
        for arm, _ in self.effect.terms:
            if arm not in arms:
                raise unknown_name("arm", arm, arms, where=self._called(getattr(self, "id", None)))


class Claim(_Row):
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
    unit: str
    sign: Literal[1, -1]
    smallest: float = Field(ge=0.0)
    could_reverse: str
    by_construction: bool = False
    where_defined: bool = False


class Number(_Row):
    """A number worth reporting beside the verdicts, with no sign predicted."""

    id: str
    title: str
    unit: str


class Bound(_Row):
    """What history allows: worlds in which the effect lies outside are not consistent with it.

    Attributes:
        effect: a number of the arms.
        low: lowest value that history allows.
        high: highest value.
        source: where the bounds come from.
    """

    low: float
    high: float
    source: str

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.low > self.high:
            raise input_error("low", self.low, f"must not be above high = {self.high:g}", where=self._called(None))
        return self


class World(Frozen):
    """Ranges of plausible worlds.

    Attributes:
        vary: by dotted key or aspect of a world, the values or the distribution over which it varies.
        days: horizon of all runs, or the scenarios' own.
    """

    vary: dict[str, Any] = Field(default_factory=dict)
    days: int | None = None

    @field_validator("vary")
    @classmethod
    def _check_factors(cls, vary: dict[str, Any]) -> dict[str, Any]:
        for name, values in vary.items():
            factor(name, values, "world")
        return vary


def _word(name: str) -> str:
    if not name.isidentifier():
        raise input_error("arm", name, "must be letters, digits and _")
    return name


class Claims(Frozen):
    """The whole file: ranges of plausible worlds, arms, claims, numbers, and bounds that history sets."""

    title: str = ""
    world: World = World()
    arms: dict[Annotated[str, AfterValidator(_word)], Arm] = Field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    numbers: tuple[Number, ...] = ()
    bounds: tuple[Bound, ...] = ()

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if not self.claims:
            raise ValueError("holds no claim; write [[claims]] tables")
        ids = [claim.id for claim in self.claims]
        for name in ids:
            if ids.count(name) > 1:
                raise input_error("id", name, "stands twice", way_out="give each claim its own id")
        for row in self._rows:
            row.check_arms(self.arms)
        return self

    @property
    def _rows(self) -> tuple[_Row, ...]:
        return (*self.claims, *self.numbers, *self.bounds)

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What varies between worlds."""
        return tuple(factor(name, values, "world") for name, values in self.world.vary.items())

    def chosen(self, ids: tuple[str, ...]) -> Claims:
        """The file cut down to some claims, by id; all if none are named.

        Raises:
            InputError: an id is unknown.
        """
        known = [claim.id for claim in self.claims]
        for name in ids:
            if name not in known:
                raise unknown_name("claim", name, known)
        if not ids:
            return self
        claims = tuple(claim for claim in self.claims if claim.id in ids)
        return self.model_copy(update={"claims": claims, "numbers": (), "bounds": ()})

    def arms_needed(self) -> tuple[str, ...]:
        """Names of the arms that the claims and numbers read, each once, in the order of the file."""
        read = {arm for row in self._rows for arm, _ in row.effect.terms}
        return tuple(name for name in self.arms if name in read)


def shipped() -> Path:
    """The claims file of the project."""
    return shipped_folder("seeds") / "claims.toml"


def load(path: Path | None = None) -> Claims:
    """The claims of a file.

    Args:
        path: the file; the shipped one if none is given.

    Raises:
        InputError: the file is missing or a claim in it is not complete.
    """
    path = path or shipped()
    if not is_file(path):
        raise InputError(f"{shown(path)}: there is no such claims file; leave --claims out to use the shipped one")
    return build(Claims, toml(path), where=shown(path))
