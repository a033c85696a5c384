"""Design of a match: what varies, which runs are done in each world, which targets rule out, and how many worlds there are."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, ValidationInfo, field_validator, model_validator

from desertion.errors import InputError, input_error, refuse_unknown, unknown_name
from desertion.files import is_file, shipped_designs, shown
from desertion.parameters.field import Frozen
from desertion.reading import toml
from desertion.scenario.complaints import build
from desertion.study.design.aspects import check_spread
from desertion.study.design.documents import with_files_of
from desertion.study.design.factors import Factor, factor, repeated
from desertion.study.history.patterns import SETUPS, Setup

FORMS = ("range", "choices", "values")
"""Ways of stating what an input may be that a match can look back from a value to its place in the range."""

MOST_WAVES = 49

Line = Annotated[str, AfterValidator(lambda text: " ".join(text.split()))]
"""Words that stand in one line of a table or of the head of a file, however they are broken in the document."""

RESERVED = ("stage", "world", "worst", "target", "kept", "kept_half", "kept_double", "runs", "seconds")
"""Columns of the tables of a match, which no target may be named after."""


class OwnTarget(Frozen):
    """A figure of one's own, fields as in `seeds/targets.toml`.

    Attributes:
        effect: expression over case.measure terms; the measure of the target's name in the first case if empty.
        what: the target in words.
        unit: unit of the number.
        observed: lowest and highest figure that sources give; persons at real size, whatever the scale of the runs.
        scale: `log` where errors are relative, `linear` where they are in the target's unit.
        error: standard deviation of the observation: of its natural logarithm, or in the target's unit.
        discrepancy: the same of what the model leaves out.
        reason: why the discrepancy is what it is.
        role: `fit` rules out; `held-out` is only looked at.
    """

    effect: str = ""
    what: Line = ""
    unit: Line = ""
    observed: tuple[FiniteFloat, FiniteFloat]
    scale: Literal["log", "linear"] = "log"
    error: FiniteFloat = Field(default=0.0, ge=0.0)
    discrepancy: FiniteFloat = Field(ge=0.0)
    reason: str = ""
    role: Literal["fit", "held-out"] = "fit"


class Screening(Frozen):
    """Morris screening, one run a point.

    Attributes:
        trajectories: how many; 0 for no screening, and then every input is looked at.
        levels: places in each range.
    """

    trajectories: int = Field(default=8, ge=0, le=1000)
    levels: int = Field(default=4, ge=2, le=100)


class Wave(Frozen):
    """A round of worlds proposed by emulators.

    Attributes:
        worlds: number of worlds.
        early_stop: whether the later runs of a world are left out once two targets are missed with doubled discrepancy.
        replicates: runs of each case in each world; those of the match if not given.
    """

    worlds: int = Field(ge=1, le=100_000)
    early_stop: bool = False
    replicates: int | None = Field(default=None, ge=1, le=1000)


class Design(Frozen):
    """The whole document.

    Attributes:
        title: what the match is called.
        question: what it asks.
        seed: of all runs and draws.
        replicates: runs of each case in each world of a wave; with one alone the first wave judges its worlds as if chance moved none.
        confirm: runs in all of a world that its wave keeps, so that none is kept by a lucky one; worlds with fewer are then not kept; 0 for no further ones.
        cutoff: implausibility from which a world is ruled out.
        coverage: share of unseen points inside 95 % intervals from which an emulator is of two processes where results part into two groups.
        cases: runs that are done in each world, cheap ones first, by name; one of the name of a shipped one that names no scenario is that one, but for what it says.
        targets: names of shipped targets.
        target: targets of one's own by name.
        set_aside: targets that rule out nothing here, with the reason.
        also_fit: shipped targets that rule out here whatever their role, with the reason: what was set by a figure elsewhere may move here.
        vary: inputs by dotted key or aspect of a world: a range, choices or a list.
        screening: the first worlds.
        waves: the rounds after it.
    """

    title: Line = ""
    question: str = ""
    seed: int = Field(default=1, ge=0)
    replicates: int = Field(default=2, ge=1, le=1000)
    confirm: int = Field(default=0, ge=0, le=1000)
    cutoff: FiniteFloat = Field(default=3.0, gt=0.0)
    coverage: float = Field(default=0.9, gt=0.0, lt=1.0)
    cases: dict[str, Setup] = Field(min_length=1)
    targets: tuple[str, ...] = ()
    target: dict[str, OwnTarget] = Field(default_factory=dict)
    set_aside: dict[str, str] = Field(default_factory=dict)
    also_fit: dict[str, str] = Field(default_factory=dict)
    vary: dict[str, Any] = Field(min_length=1)
    screening: Screening = Screening()
    waves: tuple[Wave, ...] = Field(
        default=(Wave(worlds=100), Wave(worlds=100), Wave(worlds=200)), max_length=MOST_WAVES
    )

    @field_validator("cases", mode="before")
    @classmethod
    def _fill_in(cls, cases: Any) -> Any:
        if not isinstance(cases, Mapping):
            return cases
        known = {name: setup.model_dump() for name, setup in SETUPS.items()}
        return {
            name: known.get(str(name), {}) | dict(stated)
            if isinstance(stated, Mapping) and "scenario" not in stated
            else stated
            for name, stated in cases.items()
        }

    @field_validator("cases", "target", "targets", mode="before")
    @classmethod
    def _check_tables(cls, stated: Any, about: ValidationInfo) -> Any:
        """Refuse tables of a list, `[[targets]]`, where each has a name, and tables of one's own under the key of shipped targets."""
        listed = isinstance(stated, Sequence) and any(isinstance(each, Mapping) for each in stated)
        if listed or (about.field_name == "targets" and isinstance(stated, Mapping)):
            key, table = about.field_name, "cases" if about.field_name == "cases" else "target"
            holds = "lists the names of shipped targets" if key == "targets" else "is a table for each name"
            raise ValueError(f"{holds}, and no list of tables: write each as [{table}.NAME]")
        return stated

    @field_validator("vary")
    @classmethod
    def _check_factors(cls, vary: dict[str, Any]) -> dict[str, Any]:
        for name, stated in vary.items():
            own = factor(name, stated, "match")
            if own.form not in FORMS:
                raise input_error(f"vary.{name}", own.form, "must be a range, choices or a list of values")
            if (twice := repeated(own.values)) is not None:
                raise input_error(f"vary.{name}", twice, "is listed twice", way_out="list each value once")
        check_spread(vary)
        return vary

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if not self.targets and not self.target:
            raise ValueError("names no target: list shipped ones under targets, or write [target.NAME] tables")
        for name in self.set_aside:
            refuse_unknown("target", name, (*self.targets, *self.target), where="set_aside")
        for name in self.also_fit:
            refuse_unknown("target", name, self.targets, where="also_fit")
            if name in self.set_aside:
                raise input_error("also_fit", name, "is set aside as well", way_out="name it once")
        for name in self.target:
            if name != " ".join(name.split()) or not name or name.endswith((", above", ", below", ", persons")):
                raise input_error("target", name, "is no name that the tables could tell it by", way_out="rename it")
        for name in (*self.targets, *self.target):
            if name in self.vary or name in RESERVED or name.startswith("I."):
                raise input_error(
                    "target",
                    name,
                    "is the name of an input or of a column of the tables",
                    way_out="rename it and say by an effect what it counts",
                )
        for name in self.targets:
            if name in self.target:
                raise input_error("target", name, "stands among the shipped targets too", way_out="rename your own")
        return self

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What differs between worlds."""
        return tuple(factor(name, stated, "match") for name, stated in self.vary.items())


def shipped() -> dict[str, Path]:
    """Designs that come with the program, by name."""
    return shipped_designs("matches")


def load(design: str | Path) -> Design:
    """The design of a file, or the shipped one of a scenario's name.

    Raises:
        InputError: there is no such file, or it breaks a rule of the format.
    """
    known, path = shipped(), Path(design)
    if str(design) in known:
        path = known[str(design)]
    elif not is_file(path):
        if path.suffix == ".toml":
            raise InputError(f"{shown(path)}: there is no such design of a match; {', '.join(known)} are shipped")
        raise unknown_name("match", str(design), known)
    table = toml(path)
    if "forces" in table or "extends" in table:
        raise InputError(
            f"{shown(path)} is a scenario: write a design of the match beside it that names it under [cases.NAME], its [vary] and its targets, as {next(iter(known.values())).name} does"
        )
    found = build(Design, table, where=shown(path))
    cases = {name: with_files_of(case, path.parent) for name, case in found.cases.items()}
    return found.model_copy(update={"cases": cases})
