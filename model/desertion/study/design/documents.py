"""Documents: the text of scenarios and policies that a study holds in itself, so that it needs no file of anybody's."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import tomli_w
from pydantic import BaseModel

from desertion.errors import input_error
from desertion.reading import toml_text
from desertion.scenario import Policy, Scenario
from desertion.scenario.complaints import build
from desertion.scenario.documents import beside, setting_beside
from desertion.scenario.edges import read_edges
from desertion.scenario.loading import policies as policies_of

type Documents = Mapping[str, str]
"""Text by kind and name: `scenarios/toy`, `policies/fast-track` in TOML, `graphs/mine.csv` as pairs in JSON."""

_KEPT = 64


def scenario_at(name: str, documents: Documents) -> str | Scenario:
    """What a name or path stands for: the scenario that the study holds, else the name itself."""
    text = documents.get(f"scenarios/{name}")
    return name if text is None else _scenario(text)


def scale_of(scenario: str, scale: float | None) -> float:
    """Share of real size of runs of a scenario, by name or path: the one that is stated for them, else the scenario's own."""
    return Scenario.load(scenario).scale if scale is None else scale


def policies_at(names: Iterable[str], documents: Documents) -> list[str | Path | Policy]:
    """What names or paths of policies stand for: policies that the study holds, else the names themselves."""
    texts = [(name, documents.get(f"policies/{name}")) for name in names]
    return [name if text is None else _policy(text) for name, text in texts]


def graph_at(name: object, documents: Documents) -> object:
    """What a setting of the graph stands for: the pairs that the study holds, else what was set."""
    text = documents.get(f"graphs/{name}")
    return name if text is None else tuple(map(tuple, json.loads(text)))


def with_scenario(scenario: str | Path | Scenario) -> tuple[str, dict[str, str]]:
    """The name by which a study knows a scenario, and the document that goes with it if it stands in no file."""
    if not isinstance(scenario, Scenario):
        return str(scenario), {}
    # Two scenarios that differ have two names, and none is taken for the shipped one that it began as.
    name = f"{scenario.name}@{scenario.hash[:8]}"
    return name, {f"scenarios/{name}": text_of(scenario)}


def with_policy(policy: str | Path | Policy) -> tuple[str, dict[str, str]]:
    """The name by which a study knows a policy, and the document that goes with it if it stands in no file."""
    if not isinstance(policy, Policy):
        return str(policy), {}
    return policy.name, {f"policies/{policy.name}": text_of_policy(policy)}


def with_files_of[Row: BaseModel](row: Row, folder: Path) -> Row:
    """A run that a document in that folder states, with the scenario, policies and ties that lie beside it taken from there.

    Args:
        row: Holds `scenario`, `policies` and `settings`.
        folder: The document's folder.
    """
    stated: Any = row
    return row.model_copy(
        update={
            "scenario": beside(folder, stated.scenario),
            "policies": tuple(beside(folder, name) for name in stated.policies),
            "settings": {key: setting_beside(folder, key, value) for key, value in stated.settings.items()},
        }
    )


def as_stated(row: BaseModel) -> dict[str, Any]:
    """A run as a document states it, files by their names alone: from which folder it was named is no part of it, what they hold is compared by itself."""
    told = row.model_dump(mode="json")
    told["scenario"], told["policies"] = Path(told["scenario"]).name, [Path(name).name for name in told["policies"]]
    if isinstance(graph := told["settings"].get("graph"), str):
        told["settings"]["graph"] = Path(graph).name
    return told


def refuse_two_of_a_name(policies: object) -> None:
    """Refuse policies of one name that are not the same: a study knows a policy by its name.

    Args:
        policies: Policies, names and paths, in lists and tables of any depth; anything else counts for nothing.

    Raises:
        InputError: If two differ, one of which may be named and not given.
    """
    leaves = list(_leaves(policies))
    own = {policy.name for policy in leaves if isinstance(policy, Policy)}
    texts: dict[str, str] = {}
    for each in leaves:
        name = each.name if isinstance(each, Policy) else each
        if name in own and texts.setdefault(name, text := text_of_policy(policies_of([each])[0][0])) != text:
            raise input_error(
                "policies", name, "is the name of two policies that differ", way_out="give one another name"
            )


def _leaves(policies: object) -> Iterator[Policy | str]:
    """The policies of nested lists and tables, names joined by "+" one by one."""
    if isinstance(policies, Policy):
        yield policies
    elif isinstance(policies, str | Path):
        yield from (part.strip() for part in str(policies).split("+"))
    elif isinstance(policies, Mapping | Sequence):
        nested = cast(Mapping[str, object] | Sequence[object], policies)
        for each in nested.values() if isinstance(nested, Mapping) else nested:
            yield from _leaves(each)


def text_of(scenario: Scenario) -> str:
    """A scenario with all that it hangs on, ties in a file of their own among it, as TOML."""
    if isinstance(scenario.graph, str):
        scenario = scenario.model_copy(update={"graph": _pairs(scenario.graph, scenario.people)})
    return scenario.to_toml()


def text_of_policy(policy: Policy) -> str:
    """A policy as TOML."""
    return tomli_w.dumps(policy.model_dump(exclude_none=True, by_alias=True))


def gathered(specs: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """The text of every document that design points name, those of the caller's own files among them.

    Raises:
        InputError: If one of them is missing or wrong.
    """
    found: dict[str, str] = {}
    for spec in specs:
        name, documents, settings = str(spec["scenario"]), spec.get("documents", {}), spec["settings"]
        assert isinstance(documents, Mapping)
        assert isinstance(settings, Mapping)
        found |= documents
        if f"scenarios/{name}" not in found:
            found[f"scenarios/{name}"] = text_of(Scenario.load(name))
        for policy in spec["policies"] if isinstance(spec["policies"], list) else ():
            if f"policies/{policy}" not in found:
                found[f"policies/{policy}"] = text_of_policy(policies_of([policy])[0][0])
        graph = settings.get("graph")
        if isinstance(graph, str) and graph and f"graphs/{graph}" not in found:
            people = Scenario.load(scenario_at(name, found)).people
            found[f"graphs/{graph}"] = json.dumps(_pairs(graph, people))
    return found


def _pairs(graph: str, people: int) -> tuple[tuple[int, int], ...]:
    return tuple((a, b) for a, b in read_edges(graph, people).ties.tolist())


@lru_cache(_KEPT)
def _scenario(text: str) -> Scenario:
    return Scenario.from_toml(text)


@lru_cache(_KEPT)
def _policy(text: str) -> Policy:
    return build(Policy, toml_text(text, "policy"), where="policy")
