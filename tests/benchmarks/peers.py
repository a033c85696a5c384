"""Compiled form, Mesa form and peers on the closest common model: million person-days a second, building excluded.

Everybody has ten ties on one random graph. Hazard: 0.004 exp(2.5 x share of ties gone) a day, 100 days. Threshold: all
follow at a share of 0.18. Simple: a rate per tie gone. Event-driven programs are credited with persons times days. The
times of peers include what they build inside their call, which is little.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from desertion import DesertionModel, Scenario
from desertion.rules.ticks import FAR
from desertion.theory.multiplier import make_leave
from tests.benchmarks import _common, _peers
from tests.benchmarks._guests import guests

Row = tuple[str, float, str, str]
UNIT = "M person-days/s"
PEOPLE, FEW, DAYS, TIES = 10_000, 1_000, 100, 10
RATE = 0.02  # per tie gone and day, simple contagion


def rows() -> Iterator[Row]:
    """Measure each program and yield its speed, then how many times faster the compiled form is."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _forms()
        yield from _hazard(Path(folder))
        yield from _threshold(Path(folder))
        yield from _simple(Path(folder))
    yield from _floor()


def _speed(people: int, days: int, seconds: float) -> float:
    return people * days / seconds / 1e6


def _forms() -> Iterator[Row]:
    """The two forms of the population in the quiet days before the call-up of 2022, the same bits."""
    scenario = _common.russia(100_000, 20)
    people = _common.persons(scenario)
    fast = _speed(people, 20, _common.running(scenario))
    slow = _speed(people, 20, _common.running(scenario, population="mesa", repeats=1))
    yield f"russia-2022, {people:,} persons, compiled, first 20 days", fast, UNIT, ""
    yield f"russia-2022, {people:,} persons, Mesa form, first 20 days", slow, UNIT, "0.1"
    yield "compiled over Mesa form", fast / slow, "times", "1,000"


def _hazard(folder: Path) -> Iterator[Row]:
    graph, few = graph_of(PEOPLE), graph_of(FEW)
    ours = _speed(PEOPLE, DAYS, _run(_town(folder, graph), []))
    plain = _speed(PEOPLE, DAYS, _common.seconds(lambda: _peers.mesa_town(graph, DAYS, None, []), 1))
    best = _speed(PEOPLE, DAYS, _common.seconds(lambda: _peers.mesa_tersest(graph, DAYS), 1))
    events = _speed(FEW, DAYS, _common.seconds(lambda: _peers.eon_complex(few, DAYS), 1))
    yield f"hazard, {PEOPLE:,}: compiled", ours, UNIT, ""
    yield f"hazard, {PEOPLE:,}: plain Mesa model", plain, UNIT, ""
    yield f"hazard, {PEOPLE:,}: Mesa model made for speed", best, UNIT, ""
    yield f"hazard, {FEW:,}: EoN Gillespie_complex_contagion", events, UNIT, ""
    for name, share in shares(folder, graph, few).items():
        yield f"    gone after {DAYS} days, {name}", share, "share", ""
    for name, town in guests().items():
        town(few, DAYS)  # imports, and fills caches
        gone = town(graph, DAYS)
        speed = _speed(PEOPLE, DAYS, _common.seconds(lambda town=town: town(graph, DAYS), 1))
        yield f"hazard, {PEOPLE:,}: {name}, building included", speed, UNIT, ""
        yield f"    gone after {DAYS} days, {name}", gone, "share", ""
        yield f"    compiled over {name}", ours / speed, "times", ""
    yield "compiled over plain Mesa", ours / plain, "times", ""
    yield "compiled over Mesa model made for speed", ours / best, "times", ""
    yield "compiled over EoN at a tenth of the size", ours / events, "times", ""


def shares(folder: Path, graph: nx.Graph, few: nx.Graph) -> dict[str, float]:
    """Share gone in the hazard model by program: the same but for chance and, event by event, the length of a day."""
    model = DesertionModel(_town(folder, graph), rng=1).run()
    plain, best = _peers.mesa_town(graph, DAYS, None, []), _peers.mesa_tersest(graph, DAYS)
    return {
        "compiled": model.measures()["share_left"],
        "plain Mesa model": sum(person.gone for person in plain.agents) / len(graph),
        "Mesa model made for speed": sum(person.gone for person in best.agents) / len(graph),
        "EoN": float(_peers.eon_complex(few, DAYS)[2][-1]) / len(few),
    }


def _threshold(folder: Path) -> Iterator[Row]:
    graph, first = graph_of(PEOPLE), list(range(0, PEOPLE, 100))
    own = {"form": "threshold", "threshold_mean": _peers.THRESHOLD, "threshold_spread": 0.0, "contagion_ties": 1.0}
    ours = _speed(PEOPLE, DAYS, _run(_town(folder, graph, rate=1e-11, **own), first))
    plain = _speed(PEOPLE, DAYS, _common.seconds(lambda: _peers.mesa_town(graph, DAYS, _peers.THRESHOLD, first), 1))
    other = _speed(PEOPLE, DAYS, _common.seconds(lambda: _peers.ndlib_threshold(graph, DAYS, first), 1))
    yield f"threshold, {PEOPLE:,}: compiled", ours, UNIT, ""
    yield f"threshold, {PEOPLE:,}: plain Mesa model", plain, UNIT, ""
    yield f"threshold, {PEOPLE:,}: NDlib ThresholdModel", other, UNIT, ""
    yield "compiled over NDlib", ours / other, "times", ""


def _simple(folder: Path) -> Iterator[Row]:
    graph, first = graph_of(PEOPLE), list(range(0, PEOPLE, 100))
    own = {"form": "additive", "additive_scale": RATE * TIES, "contagion_ties": 1.0}
    ours = _speed(PEOPLE, DAYS, _run(_town(folder, graph, rate=1e-11, **own), first))
    other = _speed(PEOPLE, DAYS, _common.seconds(lambda: _peers.eon_simple(graph, DAYS, RATE, first)))
    yield f"simple contagion, {PEOPLE:,}: compiled", ours, UNIT, ""
    yield f"simple contagion, {PEOPLE:,}: EoN fast_SIR", other, UNIT, ""
    yield "compiled over EoN", ours / other, "times", ""


def _floor() -> Iterator[Row]:
    """What memory and arithmetic allow where every clock is advanced every day: lazy clocks may well be above it."""
    people = 1_000_000
    steps = np.full(people, 4_000_000_000, dtype=np.int64)
    targets = np.full(people, FAR, dtype=np.int64)
    took = _common.seconds(lambda: _peers.floor(np.zeros(people, np.int64), steps, targets, DAYS))
    yield "bare loop, 1,000,000: add the hazard, compare", _speed(people, DAYS, took), UNIT, ""
    quiet = Scenario.load("one-town", days=DAYS).with_(_own_town(people) | {"behaviour.contagion_community": 2.5})
    yield "one town, 1,000,000, no ties: compiled", _speed(people, DAYS, _common.running(quiet)), UNIT, ""


def graph_of(people: int) -> nx.Graph:
    """A random graph of ten ties a person on average."""
    return nx.gnm_random_graph(people, people * TIES // 2, seed=1)


def _own_town(people: int, rate: float = _peers.BASE) -> dict[str, Any]:
    own = "forces.town."
    return {own + "reservists": people, own + "community": people, own + "base_reservist_hide": rate}


def _town(folder: Path, graph: nx.Graph, rate: float = _peers.BASE, **behaviour: Any) -> Scenario:
    """The same people and ties as a scenario."""
    path = folder / f"{len(graph)}.csv"
    np.savetxt(path, np.array(graph.edges), fmt="%d", delimiter=",")
    chosen = {"contagion_community": 0.0, "contagion_ties": _peers.PULL, "half_life_ties": float("inf")} | behaviour
    changes = _own_town(len(graph), rate) | {f"behaviour.{key}": value for key, value in chosen.items()}
    return Scenario.load("one-town", days=DAYS).with_(changes | {"graph": str(path)})


def _run(scenario: Scenario, first: list[int]) -> float:
    """Median time of a run in which some leave on the first day."""
    models = iter([DesertionModel(scenario, rng=trial) for trial in range(4)])

    def once() -> None:
        model = next(models)
        for i in first:
            make_leave(model, i, 0)
        model.run()

    return _common.seconds(once)
