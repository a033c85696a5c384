"""Claims, the arms that test them, the worlds they are tested in, and the file that holds all three."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, ValidationInfo, field_validator, model_validator

from desertion.errors import InputError, input_error, refuse_unknown
from desertion.files import is_file, shipped_folder, shown
from desertion.parameters.field import Frozen
from desertion.reading import merged, toml
from desertion.scenario.complaints import build
from desertion.scenario.policy import PolicyChange
from desertion.study.design.documents import scale_of, with_files_of
from desertion.study.design.factors import Factor, factor
from desertion.study.design.formula import Effect, Measures


class Arm(Frozen):
    """One way of running the model: a scenario, policies over it and settings.

    Attributes:
        scenario: name or path of the scenario.
        policies: policies laid over it, in order.
        settings: values by dotted key, on top of the world's own.
        change: changes of its own, laid over all policies.
        scale: share of real size in this arm's scenario; the scenario's own if not given.
    """

    scenario: str
    policies: tuple[str, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)
    change: tuple[PolicyChange, ...] = ()
    scale: float | None = None

    @property
    def share(self) -> float:
        """Share of real size of the arm's runs."""
        return scale_of(self.scenario, self.scale)


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

    @property
    def terms(self) -> frozenset[tuple[str, str]]:
        """The (arm, measure) pairs that it reads."""
        return self.effect.terms

    @classmethod
    def _called(cls, name: object) -> str:
        return f"{cls.__name__.lower()} {name or ''}".rstrip()

    def check_arms(self, arms: Mapping[str, Arm]) -> None:
        """Refuse an effect over arms that are not there.

        Raises:
            InputError: an arm is unknown.
        """
        for arm, _ in self.terms:
            refuse_unknown("arm", arm, arms, where=self._called(getattr(self, "id", None)))

    def check_measures(self, known: Collection[str]) -> None:
        """Refuse an effect over measures that are none of the known ones.

        Raises:
            InputError: a measure is unknown.
        """
        for arm, measure in sorted(self.terms):
            refuse_unknown("measure", measure, known, where=f"{self._called(getattr(self, 'id', None))}, arm {arm}")


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
        by_construction: True if the sign is nearly certain: a coefficient or lever switched on against off, or a ratio of inputs that no world varies.
        where_defined: True if the claim speaks of some worlds only; those without a value are then not judged.
        occurs: what is above 0 where the event happens of which the claim speaks; other worlds are not judged.
        events: simulated events that the outcome rests on; with fewer than `FEWEST_EVENTS` in the median world the claim is untested.
        untested: why the claim cannot be tested at all; empty if it can.
    """

    id: str
    claim: str
    source: str
    contrast: str
    unit: str
    sign: Literal[1, -1]
    smallest: FiniteFloat = Field(ge=0.0)
    could_reverse: str
    by_construction: bool = False
    where_defined: bool = False
    occurs: Effect | None = None
    events: Effect | None = None
    untested: str = ""

    @field_validator("occurs", "events", mode="before")
    @classmethod
    def _read_expression(cls, text: object, info: ValidationInfo) -> object:
        return Effect(text, f"claim: {info.field_name}") if isinstance(text, str) else text

    @property
    def terms(self) -> frozenset[tuple[str, str]]:
        """The (arm, measure) pairs that it reads, in its effect or beside it; none if it is not tested."""
        if self.untested:
            return frozenset()
        return frozenset().union(*(each.terms for each in (self.effect, self.occurs, self.events) if each is not None))


class Number(_Row):
    """A number worth reporting beside the verdicts, with no sign predicted."""

    id: str
    title: str
    unit: str


class Bound(_Row):
    """What history allows: worlds in which the effect lies outside are not consistent with it.

    Attributes:
        effect: a number of the arms.
        low: lowest value that history allows, over `days`.
        high: highest value, over `days`.
        source: where the bounds come from.
        days: days over which the figures were measured, which are then shares of people; 0 if they are those of the run itself.
        margin: factor by which the bounds are widened, both ways.
    """

    low: float
    high: float
    source: str
    days: float = Field(default=0.0, ge=0.0)
    margin: FiniteFloat = Field(default=1.0, ge=1.0)

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.low <= self.high:  # nor NaN, which no world would keep
            raise input_error("low", self.low, f"must not be above high = {self.high:g}", where=self._called(None))
        if self.days and not (self.low >= 0.0 and self.high < 1.0):
            raise input_error("days", self.days, "asks for shares from 0 to below 1", where=self._called(None))
        return self

    def over(self, days: float) -> tuple[float, float]:
        """Lowest and highest value in a run of so many days: the share gone at the same constant rate, then the margin."""
        low, high = (
            -math.expm1(math.log1p(-share) * days / self.days) if self.days else share
            for share in (self.low, self.high)
        )
        return min(low / self.margin, low * self.margin), max(high / self.margin, high * self.margin)

    def kept(self, arms: Mapping[str, Measures]) -> bool:
        """Whether the measures of the arms keep the bound, over the days that they ran."""
        low, high = self.over(max(measures.get("days", self.days) for measures in arms.values()))
        return low <= self.effect(arms) <= high


class World(Frozen):
    """Ranges of plausible worlds.

    Attributes:
        vary: by dotted key or aspect of a world, the values or the distribution over which it varies.
        days: horizon of all runs, up to which R in the reference state is then counted, or the scenarios' own. For the same worlds over another
            horizon give every arm `settings.days`.
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
    """The whole file: ranges of plausible worlds, arms, claims, numbers, and bounds that history sets; see `load` for one that extends the shipped file."""

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
        """The file cut down to some claims, by id, and the bounds on their scenarios; all if none are named.

        Raises:
            InputError: an id is unknown.
        """
        known = [claim.id for claim in self.claims]
        for name in ids:
            refuse_unknown("claim", name, known)
        if not ids:
            return self
        claims = tuple(claim for claim in self.claims if claim.id in ids)
        bounds = self.bounds_on(frozenset().union(*(self.scenarios_of(claim) for claim in claims)))
        return self.model_copy(update={"claims": claims, "numbers": (), "bounds": bounds})

    def check_measures(self, known: Collection[str]) -> None:
        """Refuse what reads a measure that is none of the known ones.

        Raises:
            InputError: a measure is unknown.
        """
        for row in self._rows:
            row.check_measures(known)

    def scenarios_of(self, row: Claim | Number | Bound) -> frozenset[str]:
        """Names of the scenarios that a claim, a number or a bound reads."""
        return frozenset(self.arms[arm].scenario for arm, _ in row.terms)

    def bounds_on(self, scenarios: frozenset[str]) -> tuple[Bound, ...]:
        """The bounds that speak of any of these scenarios."""
        return tuple(bound for bound in self.bounds if self.scenarios_of(bound) & scenarios)

    def arms_needed(self) -> tuple[str, ...]:
        """Names of the arms that the claims and numbers read, each once, in the order of the file."""
        read = {arm for row in self._rows for arm, _ in row.terms}
        return tuple(name for name in self.arms if name in read)


def shipped() -> Path:
    """The claims file of the project."""
    return shipped_folder("seeds") / "claims.toml"


def load(path: Path | None = None) -> Claims:
    """The claims of a file, the shipped one if none is given.

    A file that says `extends = "claims"` states what it has in place of the shipped one: ranges by name, arms key by key, numbers and bounds as a whole. If it names
    claims it has those alone, each with what it does not state from the shipped claim of that id, and of the shipped bounds those on the scenarios that they read.

    Raises:
        InputError: the file is missing or a claim in it is not complete.
    """
    path = path or shipped()
    if not is_file(path):
        raise InputError(f"{shown(path)}: there is no such claims file; leave --claims out to use the shipped one")
    own = toml(path)
    base = own.pop("extends", None)
    if base not in (None, shipped().stem):
        raise input_error("extends", base, 'must be "claims", the shipped claims file', where=shown(path))
    claims = build(Claims, own if base is None else _over(toml(shipped()), own), where=shown(path))
    if base is not None and "bounds" not in own:
        read = frozenset().union(*(claims.scenarios_of(claim) for claim in claims.claims))
        claims = claims.model_copy(update={"bounds": claims.bounds_on(read)})
    arms = {name: with_files_of(arm, path.parent) for name, arm in claims.arms.items()}
    return claims.model_copy(update={"arms": arms})


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What a file states laid over the shipped one; what is no table where one belongs is left to be refused."""
    both = {**base, **own}
    if isinstance(own.get("arms"), Mapping):
        both["arms"] = merged(base["arms"], own["arms"])
    if isinstance(world := own.get("world"), Mapping):
        both["world"] = {**base["world"], **world}
        if isinstance(vary := world.get("vary"), Mapping):  # a range is no table to be laid over another
            both["world"]["vary"] = {**base["world"]["vary"], **vary}
    if isinstance(own.get("claims"), list):
        known = {claim["id"]: claim for claim in base["claims"]}
        rows = [
            {**known.get(str(row.get("id")), {}), **row} if isinstance(row, Mapping) else row for row in own["claims"]
        ]
        both |= {"claims": rows, "numbers": own.get("numbers", [])}
    return both
