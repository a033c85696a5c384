"""Spec: one study resolved to plain data, with nothing left silent and a hash that says what its rows mean."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from pydantic import Field

from desertion.parameters.field import Frozen
from desertion.study.design.factors import Factor, Point, Value
from desertion.study.design.layout import DUMMY, DesignRule, lay_out
from desertion.study.design.own import Own
from desertion.study.design.replicates import ReplicateRule

MODEL_TASK = "model"

REPEATABLE = (MODEL_TASK, "comparison")
"""Tasks whose runs hang on scenarios and policies alone, each of one scenario with a size of its own."""

RESERVED = ("scenario", "scale", "days", "population")
"""Names that may be varied like a parameter although they belong to the run and not to the scenario's document."""


class RunRule(Frozen):
    """What does not change any result: handling of failures, time limit, workers.

    Attributes:
        on_error: Keep going, raise at the end, or raise at once.
        time_limit: Seconds that one run may take, 0 for no limit.
        workers: Processes of the local pool, 0 for one a core.
    """

    on_error: Literal["keep", "raise-at-end", "raise"] = "keep"
    time_limit: float = Field(default=0.0, ge=0.0, le=1e9)
    workers: int = Field(default=0, ge=0, le=1024)


@dataclass(frozen=True, slots=True)
class StudySpec:
    """A resolved study.

    Attributes:
        name: Short name, the study file's stem.
        title: What the study is called.
        question: The question that it answers, in a sentence or two.
        task: Name of a shipped task, or dotted path of the function that runs one replicate, see `run.task`.
        scenario: Name or path of the scenario.
        scale: Share of real size, or None for the scenario's own.
        days: Horizon in days, or None for the scenario's own.
        population: `compiled` or `mesa`.
        seed: Seed of all runs; a replicate's number picks its stream.
        settings: Parameters that every run shares, by dotted path.
        policies: Policy mixes to compare, by label; each design point is run under each.
        factors: Varied parameters.
        design: Layout of the points.
        replicates: Number of runs a point, or the rule for it.
        measures: Scalar measures to keep, empty for all.
        daily: Daily columns to keep as curves.
        run: What does not change any result.
        documents: Text of scenarios and policies that stand in no file, by kind and name: `policies/mine`.
        own: Classes of people and measures that are the caller's own, or None.
    """

    name: str
    title: str = ""
    question: str = ""
    task: str = MODEL_TASK
    scenario: str = "toy"
    scale: float | None = None
    days: int | None = None
    population: str = "compiled"
    seed: int = 1
    settings: tuple[tuple[str, Value], ...] = ()
    policies: tuple[tuple[str, tuple[str, ...]], ...] = (("none", ()),)
    factors: tuple[Factor, ...] = ()
    design: DesignRule = field(default_factory=DesignRule)
    replicates: ReplicateRule = field(default_factory=lambda: ReplicateRule(number=1))
    measures: tuple[str, ...] = ()
    daily: tuple[str, ...] = ("left", "strength")
    run: RunRule = field(default_factory=RunRule)
    documents: tuple[tuple[str, str], ...] = ()
    own: Own | None = None

    def points(self) -> tuple[Point, ...]:
        """Design points in the order of their numbers: each laid-out point under each policy mix in turn."""
        laid = lay_out(self.design, self.factors, self.name, len(self.policies))
        if len(self.policies) == 1 and self.policies[0][0] == "none":
            return tuple(laid)
        # A row that names its policies is run under these alone.
        return tuple(
            {"policies": label, **point}
            for point in laid
            for label, _ in self.policies
            if point.get("policies", label) == label
        )

    def task_of(self, point: Point) -> dict[str, object]:
        """What the task is told about one design point: plain data that any process can read."""
        varied = dict(point)
        label = str(varied.pop("policies", self.policies[0][0]))
        stream = varied.pop(DUMMY, None)
        own = {name: varied.pop(name, getattr(self, name)) for name in RESERVED}
        settings = {**dict(self.settings), **varied}
        return {
            "task": self.task,
            **own,
            "policies": list(dict(self.policies)[label]),
            "settings": settings,
            "measures": list(self.measures),
            "daily": list(self.daily),
            **({} if stream is None else {"stream": stream}),
            **({"documents": dict(self.documents)} if self.documents else {}),
            **({"own": self.own.packed} if self.own else {}),
        }

    def resolved(self) -> dict[str, object]:
        """Everything that decides the rows of the study, as plain data."""
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("task", "scenario", "scale", "days", "population", "seed", "measures", "daily")
        }
        plain["settings"] = dict(self.settings)
        plain["policies"] = {label: list(mix) for label, mix in self.policies}
        plain["vary"] = {factor.name: factor.plain() for factor in self.factors}
        # An analysis needs the factors in the order of the design's columns, which sorted JSON loses.
        plain["order"] = [factor.name for factor in self.factors]
        plain["design"] = {**self.design.model_dump(), "rows": [dict(row) for row in self.design.rows]}
        plain["replicates"] = self.replicates.model_dump()
        # The texts themselves stand beside the description, in the file's header.
        hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in self.documents}
        plain |= {"documents": hashes} if hashes else {}
        plain |= {"own": self.own.plain()} if self.own else {}
        return json.loads(json.dumps(plain))

    def sha256(self) -> str:
        """Hash of `resolved`: equal for two studies whose rows mean the same."""
        return hashlib.sha256(canonical(self.resolved()).encode()).hexdigest()


def canonical(data: object) -> str:
    """Plain data as one JSON text, the same for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _document(text: object) -> dict[str, object] | None:
    """A table that stands in a text as JSON."""
    if not (isinstance(text, str) and text.startswith("{")):
        return None
    try:
        return cast("dict[str, object]", json.loads(text))
    except ValueError:
        return None


def difference(old: object, new: object, path: str = "") -> Iterator[str]:
    """Lines that say where two pieces of plain data differ: `path: old -> new`, also within documents that are kept as JSON."""
    documents = [_document(one) for one in (old, new)]
    if None not in documents:
        old, new = documents
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}, key=str):
            spot = f"{path}.{key}" if path else str(key)
            yield from difference(old.get(key, "(absent)"), new.get(key, "(absent)"), spot)
    elif old != new:
        yield f"{path}: {_short(old)} -> {_short(new)}"


def _short(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
