"""Targets: the figures of the world that the model is held to, with their errors, bands and roles, from `seeds/targets.toml`."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, FiniteFloat, model_validator

from desertion.files import shipped_folder
from desertion.parameters.field import Frozen
from desertion.reading import toml
from desertion.scenario.complaints import build

Role = Literal["fit", "held-out", "input", "former"]


class Target(Frozen):
    """A figure of the world, what is counted, how well it is known and what it is used for; see `seeds/targets.toml`."""

    table: Literal["patterns", "russia-2022", "gdr-1989", "hungary-2015", "inputs"] = Field(
        description="where the result is shown"
    )
    what: str
    counts: str = Field(description="what is counted, in the model as in the source")
    unit: str
    figure: str = Field(description="the observation; targets of one figure have one role")
    observed: tuple[FiniteFloat, FiniteFloat] = Field(description="lowest and highest that sources give")
    scale: Literal["log", "linear"] = "log"
    error: FiniteFloat = Field(ge=0.0, description="standard deviation of the observation on the scale")
    count: int | None = Field(default=None, gt=0, description="rare events behind the figure")
    discrepancy: FiniteFloat = Field(
        ge=0.0, description="standard deviation of what the model leaves out, on the scale"
    )
    reason: str = Field(min_length=1, description="why the discrepancy is what it is")
    low: float | None = Field(default=None, description="lower end of the band that counts as met")
    high: float | None = None
    role: Role
    inputs: tuple[str, ...] = Field(default=(), description="inputs of the scenario that are taken from the figure")
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Target:
        if (self.role == "input") != bool(self.inputs):
            raise ValueError("inputs must be named where the role is input, and nowhere else")
        if (self.low is None or self.high is None) != (self.table == "inputs"):
            raise ValueError("low and high must be there unless the table is inputs, where no result is judged")
        return self

    @property
    def band(self) -> tuple[float, float]:
        """The lowest and highest result that count as met.

        Raises:
            ValueError: no result is judged by this figure.
        """
        if self.low is None or self.high is None:
            raise ValueError(f"{self.what}: an input without a band")
        return self.low, self.high


@cache
def targets() -> dict[str, Target]:
    """The shipped targets by id, in the order of the file.

    Raises:
        InputError: the file breaks a rule of the format.
    """
    path = shipped_folder("seeds") / "targets.toml"
    return {name: build(Target, entry, where=f"{path.name} [{name}]") for name, entry in toml(path).items()}
