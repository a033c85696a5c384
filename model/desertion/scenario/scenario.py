"""A scenario: who is there, where they may go, how they decide and what changes when; complete, checked, frozen."""

import datetime as dt
import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import tomli_w
from pydantic import model_validator

from desertion.errors import input_error
from desertion.files import write_text
from desertion.parameters import Change, Reference
from desertion.parameters.arguments import TABLE, Kind, ruled
from desertion.parameters.field import Settled
from desertion.reading import toml_text
from desertion.scenario import loading, settings, sizing
from desertion.scenario.complaints import build
from desertion.scenario.consistency import check, refuse_doubles
from desertion.scenario.course import Course, course
from desertion.scenario.edges import TooFewPersonsError, pairs_of, read_edges
from desertion.scenario.grain import floor_note
from desertion.scenario.layers import Layers
from desertion.scenario.levers import Target, target
from desertion.scenario.overlay import Track, conflicts, idle, outdone, tracks, unbanned, unreached
from desertion.scenario.policy import Policy

_TOML = Kind((str,), "must be the text that `to_toml` gave; a file is read by `Scenario.load`")
_WORDS = {"title", "summary", "sources", "notes"}
_PROSE: Any = dict.fromkeys((*_WORDS, "remarks"), True) | {
    parts: {"__all__": _WORDS} for parts in ("forces", "hosts", "overlays")
}


class Scenario(Layers):
    """A complete description of a run but for its seed.

    The fields hold the layers as given: forces and hosts before any policy, the scenario's own dated changes, the
    policies laid over it. `flat` is what a model runs on: no layers left, only a first day and dated values.
    """

    @model_validator(mode="after")
    def _consistent(self) -> "Scenario":
        check(self)
        return self

    def __repr__(self) -> str:
        size = "" if self.at_scale or self.scale == 1.0 else f" at scale {self.scale:g}"
        forces, hosts = ", ".join(force.name for force in self.forces), len(self.hosts)
        policies = "".join(f" + {name}" for name in self.policies)
        return f"Scenario({self.name!r}{policies}: {forces}, {self.people:,} people{size}, {hosts} hosts, {self.days} days from {self.start})"

    __str__ = __repr__

    @classmethod
    def load(
        cls,
        name_or_path: "str | Path | Scenario",
        policies: str | Path | Policy | Sequence[str | Path | Policy] = (),
        scale: float | None = None,
        asylum: float | None = None,
        days: int | None = None,
        set: Mapping[str, Any] | None = None,  # noqa: A002 - the public name of the option
        graph: object = None,
    ) -> "Scenario":
        """A shipped scenario or a user's own, with settings made and policies laid over it.

        Args:
            name_or_path: Name of a shipped scenario, path of a TOML file, or a scenario, whose own policies stay.
            policies: Names or paths of policies, or policies, in order: where two set the same lever, the last one wins.
            scale: Share of the real size, in (0, 1].
            asylum: Position of the asylum dial in [0, 1]; the status quo if not given.
            days: Horizon, if not the scenario's own.
            set: Values of inputs by dotted key; they hold before policies act. What is named holds over `@group`, and that over `*`.
            graph: The ties between persons: path of an edge list, GraphML or GML file, a `networkx.Graph`, or pairs.

        Raises:
            InputError: If a document or an argument is wrong.
        """
        set = None if set is None else TABLE.checked("set", set)  # noqa: A001 - the same
        own_policies: tuple[Policy, ...] = ()
        places: dict[str, str] = {}
        own_remarks: list[str] = []
        if isinstance(name_or_path, Scenario):
            scenario = name_or_path._with_reference()
            if not (policies or set or any(given is not None for given in (scale, asylum, days, graph))):
                return scenario  # with all that it has worked out: a study runs each of its scenarios many times
        else:
            content, where = loading.content(name_or_path)
            content.setdefault("asylum", content.get("asylum_status_quo", 0.5))
            documents = content.pop("set")
            own_policies, places, own_remarks = loading.policies(content.pop("policies", ()), where)
            scenario = build(cls, content, where=where)
            if any(own for own, _ in documents.values):
                scenario = build(cls, settings.apply_documents(scenario, documents), where=where)
            scenario = scenario._with_reference()
        given = {"scale": scale, "asylum": asylum, "days": days, "graph": graph}
        stated = {key: value for key, value in given.items() if value is not None}
        settings.refuse_twice(stated, set or {})
        more, more_places, remarks = loading.policies(policies)
        given_anew = stated.keys() | dict(set or {}).keys()
        ties = stated.pop("graph", None)
        chosen = stated | dict(set or {})
        scenario = scenario.with_(chosen) if chosen else scenario
        if isinstance(ties, str | Path):
            scenario = scenario.with_({"graph": str(ties)})
        elif ties is not None:
            pairs, done = pairs_of(ties, scenario.people)
            scenario, remarks = scenario.with_({"graph": pairs}), [*remarks, *done]
        # What was said of a graph's file is kept with the scenario; its pairs, read again, would say it in other words.
        has_told = any(remark.startswith("graph: ") for remark in scenario.remarks)
        if scenario.graph is not None and ("graph" in given_anew or not has_told):
            # Numbers of people may still be changed: a graph that needs more of them is refused by whoever runs it.
            with suppress(TooFewPersonsError):
                edges = read_edges(scenario.graph, scenario.people)
                remarks += edges.remarks
                if ties is not None and edges.alone:
                    warnings.warn(f"{edges.remarks[-1]}; the others' news reaches them by no tie", stacklevel=2)
        return scenario._over(own_policies + more, places | more_places, own_remarks + remarks)

    def with_(self, changes: Mapping[str, Any] | None = None, /, **settings_: Any) -> "Scenario":
        """The scenario with inputs changed by dotted key, checked anew.

        Args:
            changes: Values by dotted key: `{"hosts.finland.case_days": 30, "behaviour.form": "none"}`. What is named holds over
                `@group`, and that over `*`, in whatever order.
            **settings_: The same, for those who prefer keywords; they come second.

        Raises:
            InputError: If a key does not exist or a value is not allowed.
        """
        given = {} if changes is None else TABLE.checked("changes", changes)
        wanted = {**given, **settings_}
        names = wanted.pop("policies", None)
        scenario = self
        if wanted:
            scenario = build(type(self), settings.apply(self._with_reference(), wanted), where="setting")
            for name in ("scale", "days") if self.at_scale else ():
                old, new = getattr(self, name), getattr(scenario, name)
                if new > old or (name == "scale" and new != old):
                    rule = (
                        f"comes too late: people and dated changes of this sized scenario are those of {name} = {old:g}"
                    )
                    raise input_error(name, new, rule, where="setting", way_out="set it before sized()")
            vars(scenario)["levers_set"] = (*self.levers_set, *settings.levers_reached(self, wanted))
        return scenario if names is None else scenario.with_policies(names)

    def with_policies(self, policies: str | Path | Policy | Sequence[str | Path | Policy]) -> "Scenario":
        """The scenario with these policies in place of those laid over it now.

        Raises:
            InputError: If a policy does not exist or does not fit.
        """
        others, places, remarks = loading.policies(policies)
        return self._over(others, places, remarks, replace=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with fields replaced and not checked; what was worked out from the old fields is not kept."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in ("course", "at_size"):
            vars(copied).pop(derived, None)
        return copied

    def _over(
        self, policies: tuple[Policy, ...], places: Mapping[str, str], remarks: Sequence[str], *, replace: bool = False
    ) -> "Scenario":
        overlays = policies if replace else (*self.overlays, *policies)
        fresh = tuple(each for each in remarks if each not in self.remarks)
        # Everything else has been checked, and policies cannot change it.
        refuse_doubles("policies", [policy.name for policy in overlays], where=f"scenario {self.name!r}")
        scenario = self.model_copy(update={"overlays": overlays, "remarks": (*self.remarks, *fresh)})
        # Contradictions between policies are said here, not on some day of a run.
        vars(scenario)["course"] = course(scenario, scenario._tracks(places))
        return scenario

    def _with_reference(self) -> "Scenario":
        """The scenario with a whole reference state of every force: what it does not state is that of its own first day; one made of fields has not worked it out yet."""
        stated = {
            name: {key: getattr(state, key) for key in state.model_fields_set} for name, state in self.reference.items()
        }
        if all(len(stated.get(force.name, ())) == len(Reference.model_fields) for force in self.forces):
            return self
        # The rules bring the compiler with them: only who loads a scenario waits for it.
        from desertion.scenario.reference import reference_of

        whole = {name: state.model_copy(update=stated.get(name)) for name, state in reference_of(self).items()}
        return self.model_copy(update={"reference": Settled(whole)})

    @property
    def policies(self) -> tuple[str, ...]:
        """The names of the policies laid over the scenario, in order."""
        return tuple(policy.name for policy in self.overlays)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided where settings, policies and bounds met, a sentence each."""
        floor = floor_note(self)
        own = [floor] if floor and floor not in self.remarks else []
        late = idle(self.overlays, self.start, self.days)
        found = self._tracks()
        idle_settings = [
            sentence for find in (outdone, unreached, unbanned) for sentence in find(found, self.levers_set, self)
        ]
        moved = (*conflicts(found), *idle_settings, *late, *self.course.cuts, *self.dial_notes, *own)
        return (*self.remarks, *moved, *(each for each in self._opened() if each not in self.remarks))

    def _opened(self) -> tuple[str, ...]:
        """That what policies or the dial may open was shut in the reference state."""
        if not self.overlays and self.asylum == self.asylum_status_quo:
            return ()
        from desertion.scenario.reference import unmeasured

        return tuple(unmeasured(self))

    @cached_property
    def levers_set(self) -> tuple[str, ...]:
        """The levers that settings on top of the document have set, by dotted key; a document's own count for its reference state."""
        return ()

    @property
    def dial_notes(self) -> tuple[str, ...]:
        """That the asylum dial moves what policies set, a sentence; none where it stands at the status quo."""
        told = "; ".join(f'{", ".join(fields)} of "{policy}"' for policy, fields in self.course.turned.items())
        note = (
            f"the asylum dial at {self.asylum:g} acts after the policies and moves what they set: {told}; they hold as set "
            f"at {self.asylum_status_quo:g}, the status quo"
        )
        return (note,) if told else ()

    @cached_property
    def course(self) -> Course:
        """Forces and hosts on the first day under policies and dial, and all later changes."""
        return course(self, self._tracks())

    def _tracks(self, places: Mapping[str, str] | None = None) -> dict[Target, Track]:
        return tracks(self, places)

    def flat(self) -> "Scenario":
        """The scenario without layers: policies and dial are worked into first-day values and dated changes.

        Changes after the horizon are left out: whoever wants more days sets them before.
        """
        state = self.course
        # A ban that comes on the first day is told from one that stood before by the value of the day before it.
        bans = [
            Change(date=date, path=f"forces.{force.name}.exit_ban", value=value)
            for force, before in zip(state.forces, state.bans, strict=True)
            if force.exit_ban != before
            for date, value in ((self.start - dt.timedelta(days=1), before), (self.start, force.exit_ban))
        ]
        return self.model_copy(
            update={
                "forces": state.forces,
                "hosts": state.hosts,
                "changes": (*bans, *state.changes),
                "overlays": tuple(policy.model_copy(update={"change": ()}) for policy in self.overlays),
                "asylum": self.asylum_status_quo,
                "remarks": self.notes,
            }
        )

    def sized(self) -> "Scenario":
        """The flat scenario with all counts multiplied by its scale; `scale` itself is kept for reports and no longer to be changed.

        Counts of policies that are laid over it are multiplied too; other inputs are set as they stand in it.

        Raises:
            InputError: If no whole squad is left or nobody.
        """
        return self.at_size

    @cached_property
    def at_size(self) -> "Scenario":
        """What `sized` returns: worked out once, since a study runs each of its scenarios many times."""
        flat = self.flat()
        if self.at_scale:
            return flat
        content = flat.model_dump()
        content |= {
            "at_scale": True,
            "forces": [sizing.shrunk_force(force, self.scale) for force in content["forces"]],
            "hosts": [sizing.shrunk_host(host, self.scale) for host in content["hosts"]],
            "behaviour": sizing.shrunk_behaviour(content["behaviour"], self.scale),
            "changes": [sizing.shrunk_change(change, self.scale) for change in flat.changes],
        }
        return build(type(self), content, where=f"scenario {self.name!r} at scale {self.scale:g}")

    def timeline(self) -> list[tuple[int, Literal["force", "host"], int, str, float]]:
        """What changes after the first day as (day, kind, index, lever, value), sorted.

        A change holds from the beginning of its day, and the start is day 0: one on day d shows first in row d + 1 of `daily`.

        Values of the first day are those of `flat()`; what would change after the horizon is left out.
        """
        state = self.course
        places = {("forces", force.name): index for index, force in enumerate(state.forces)}
        places |= {("hosts", host.name): index for index, host in enumerate(state.hosts)}
        rows: list[tuple[int, Literal["force", "host"], int, str, float]] = []
        for change in state.changes:
            one = target(change.path)
            kind: Literal["force", "host"] = "force" if one.kind == "forces" else "host"
            rows.append(((change.date - self.start).days, kind, places[one.kind, one.name], one.field, change.value))
        return sorted(rows)

    def taken(self, kind: Literal["force", "host"], *levers: str) -> list[dict[str, list[float]]]:
        """By force or host the values that levers take in the course of the run, in their order."""
        first = self.course.forces if kind == "force" else self.course.hosts
        found = [{lever: [float(getattr(one, lever))] for lever in levers} for one in first]
        for _, moved, place, lever, value in self.timeline():
            if moved == kind and lever in found[place]:
                found[place][lever].append(value)
        return found

    @property
    def hash(self) -> str:
        """SHA-256 of everything that can change a result, in hex: the same for every way of writing it down."""
        content = self.model_dump(mode="json", exclude=_PROSE)
        if isinstance(self.graph, str):
            content["graph"] = hashlib.sha256(Path(self.graph).read_bytes()).hexdigest()
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_toml(self) -> str:
        """The whole scenario as TOML: every input, none left to a default."""
        return tomli_w.dumps(self.model_dump(exclude_none=True))

    @classmethod
    @ruled(text=_TOML)
    def from_toml(cls, text: str, where: str = "scenario") -> "Scenario":
        """The scenario that `to_toml` wrote.

        Raises:
            InputError: If the text is no complete scenario.
        """
        return build(cls, toml_text(text, where), where=where)

    @ruled()
    def write(self, path: str | Path) -> None:
        """Write the scenario as TOML; a file is there whole or not at all."""
        write_text(Path(path), self.to_toml())
