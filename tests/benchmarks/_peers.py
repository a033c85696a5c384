"""The common models as users of other programs write them, and the least that a loop must do."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
from mesa import Agent, Model
from numba import njit
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports from an old place of SciPy
    import EoN
    from ndlib.models.epidemics import ThresholdModel
    from ndlib.models.ModelConfig import Configuration

BASE, PULL = 0.004, 2.5  # rate a day, and log hazard per share of ties gone: 55 per cent are gone after 100 days
THRESHOLD = 0.18


class Neighbour(Agent):
    """A person who leaves at random, the sooner the more of his ties have left, or at his threshold."""

    def __init__(self, model: "Town") -> None:
        super().__init__(model)
        self.gone = False
        self.seen = False
        self.ties: list[Neighbour] = []

    def decide(self) -> None:
        """Look at the ties as they were yesterday."""
        share = sum(tie.seen for tie in self.ties) / len(self.ties) if self.ties else 0.0
        if self.model.threshold is not None:
            self.gone = self.gone or share >= self.model.threshold
        elif not self.gone:
            self.gone = self.model.random.random() < 1.0 - math.exp(-BASE * math.exp(PULL * share))

    def show(self) -> None:
        """Let the others see it."""
        self.seen = self.gone


class Town(Model):
    """Neighbours on a graph: the plain Mesa model of a tutorial."""

    def __init__(self, graph: nx.Graph, threshold: float | None, first: Sequence[int], rng: int) -> None:
        super().__init__(rng=rng)
        self.threshold = threshold
        people = [Neighbour(self) for _ in graph]
        for i, person in enumerate(people):
            person.ties = [people[j] for j in graph[i]]
            person.gone = person.seen = i in first

    def step(self) -> None:
        """One day: all decide, then all show."""
        self.agents.do("decide")
        self.agents.do("show")


def mesa_town(graph: nx.Graph, days: int, threshold: float | None, first: Sequence[int]) -> Model:
    """Build and run the plain Mesa model."""
    model = Town(graph, threshold, frozenset(first), 1)
    for _ in range(days):
        model.step()
    return model


class Teller(Agent):
    """The same person, who asks nobody: whoever leaves tells his ties, and their chance is worked out anew."""

    def __init__(self, model: "TersestTown", ties: Sequence[int]) -> None:
        super().__init__(model)
        self.ties, self.told, self.gone = ties, 0, False
        self.chance = 1.0 - math.exp(-BASE)

    def hear(self) -> None:
        """One more of the ties is gone."""
        self.told += 1
        self.chance = 1.0 - math.exp(-BASE * math.exp(PULL * self.told / len(self.ties)))


class TersestTown(Model):
    """The hazard model by somebody who knows where Mesa spends its time: only those who are left are looked at, only leavers speak."""

    def __init__(self, graph: nx.Graph, rng: int) -> None:
        super().__init__(rng=rng)
        self.people = [Teller(self, list(graph[i])) for i in graph]
        self.left = self.people

    def step(self) -> None:
        """One day: all decide, then those who leave tell their ties."""
        draw = self.random.random
        leaving = [person for person in self.left if draw() < person.chance]
        for person in leaving:
            person.gone = True
        for person in leaving:
            for tie in person.ties:
                self.people[tie].hear()
        self.left = [person for person in self.left if not person.gone]


def mesa_tersest(graph: nx.Graph, days: int) -> Model:
    """Build and run it."""
    model = TersestTown(graph, 1)
    for _ in range(days):
        model.step()
    return model


def eon_complex(graph: nx.Graph, days: int) -> Any:
    """The hazard model in continuous time, event by event."""

    def rate(graph: nx.Graph, node: int, status: Any, _parameters: Any) -> float:
        if status[node] == "I":
            return 0.0
        ties = graph.degree(node)
        gone = sum(status[tie] == "I" for tie in graph.neighbors(node))
        return BASE * math.exp(PULL * gone / ties) if ties else BASE

    def moves(_graph: nx.Graph, _node: int, _status: Any, _parameters: Any) -> str:
        return "I"

    def concerned(graph: nx.Graph, node: int, _status: Any, _parameters: Any) -> Any:
        return list(graph.neighbors(node))

    return EoN.Gillespie_complex_contagion(
        graph, rate, moves, concerned, dict.fromkeys(graph, "S"), ["S", "I"], tmax=days, parameters=()
    )


def eon_simple(graph: nx.Graph, days: int, rate: float, first: Sequence[int]) -> Any:
    """Simple contagion without recovery in continuous time, event by event."""
    return EoN.fast_SIR(graph, rate, 0.0, initial_infecteds=list(first), tmax=days)


def ndlib_threshold(graph: nx.Graph, days: int, first: Sequence[int]) -> Any:
    """The threshold model of NDlib."""
    model = ThresholdModel(graph)
    settings = Configuration()
    settings.add_model_initial_configuration("Infected", list(first))
    for node in graph:
        settings.add_node_configuration("threshold", node, THRESHOLD)
    model.set_initial_status(settings)
    return model.iteration_bunch(days, node_status=False)


@njit
def floor(clocks: NDArray[np.int64], steps: NDArray[np.int64], targets: NDArray[np.int64], days: int) -> int:
    """Add everybody's hazard to his clock and compare it with his threshold, and nothing else."""
    gone = 0
    for _ in range(days):
        for i in range(len(clocks)):
            before = clocks[i]
            clocks[i] = before + steps[i]
            if before < targets[i] <= clocks[i]:
                gone += 1
    return gone
