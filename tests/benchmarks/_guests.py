"""The hazard model as users of programs write it that the project does not install: each is measured where it is installed."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import networkx as nx
import numpy as np

from tests.benchmarks._peers import BASE, PULL


def agentpy_town(graph: nx.Graph, days: int) -> float:
    """Share gone with AgentPy: an object a person, a method a day, as in its tutorials."""
    import agentpy as ap

    class Person(ap.Agent):
        def setup(self) -> None:
            self.gone = self.seen = False

        def decide(self) -> None:
            if not self.gone:
                ties = self.ties
                share = sum(tie.seen for tie in ties) / len(ties) if ties else 0.0
                self.gone = self.model.random.random() < 1.0 - math.exp(-BASE * math.exp(PULL * share))

        def show(self) -> None:
            self.seen = self.gone

    class Town(ap.Model):
        def setup(self) -> None:
            self.people = ap.AgentList(self, len(graph), Person)
            for i, person in enumerate(self.people):
                person.ties = [self.people[j] for j in graph[i]]

        def step(self) -> None:
            self.people.decide()
            self.people.show()

        def end(self) -> None:
            self.report("gone", sum(self.people.gone) / len(graph))

    found = Town({"steps": days, "seed": 1}).run(display=False)
    return float(found.reporters["gone"].iloc[0])


def mesa_frames_town(graph: nx.Graph, days: int) -> float:
    """Share gone with mesa-frames: people as a frame of Polars, ties as a second one that is joined to those who left today."""
    import polars as pl
    from mesa_frames import AgentSetPolars, ModelDF

    pairs = np.array(graph.edges, np.int64)
    ties = pl.DataFrame(
        {"who": np.concatenate([pairs[:, 0], pairs[:, 1]]), "of": np.concatenate([pairs[:, 1], pairs[:, 0]])}
    )
    degrees = np.maximum(np.array([degree for _, degree in graph.degree]), 1)

    class People(AgentSetPolars):
        def __init__(self, model: ModelDF) -> None:
            super().__init__(model)
            self += pl.DataFrame(
                {"unique_id": np.arange(len(graph)), "gone": np.zeros(len(graph), bool), "seen": np.zeros(len(graph), np.int64), "ties": degrees}
            )  # fmt: skip

        def step(self) -> None:
            chance = 1.0 - (-BASE * (PULL * pl.col("seen") / pl.col("ties")).exp()).exp()
            drawn = pl.Series(self.model.random.random(len(graph)))
            frame = self.agents.with_columns(leaves=~pl.col("gone") & (drawn < chance))
            told = (
                ties.join(frame.filter("leaves").select(who="unique_id"), on="who", how="semi")
                .group_by(unique_id="of")
                .len("told")
            )
            frame = frame.join(told, on="unique_id", how="left", maintain_order="left")
            self.agents = frame.with_columns(
                gone=pl.col("gone") | pl.col("leaves"), seen=pl.col("seen") + pl.col("told").fill_null(0)
            ).drop("leaves", "told")

    class Town(ModelDF):
        def __init__(self) -> None:
            super().__init__(seed=1)
            self.people = People(self)
            self.agents += self.people

        def step(self) -> None:
            self.agents.do("step")

    town = Town()
    town.people.model.random = np.random.default_rng(1)
    for _ in range(days):
        town.step()
    return float(town.people.agents["gone"].mean())


def starsim_town(graph: nx.Graph, days: int) -> float:
    """Share gone with Starsim: a disease of one's own on a static network of its edges."""
    import starsim as ss

    pairs = np.array(graph.edges, np.int64)
    degrees = np.maximum(np.array([degree for _, degree in graph.degree]), 1)

    class Town(ss.Network):
        def init_pre(self, sim: Any) -> None:
            super().init_pre(sim)
            self.append(p1=pairs[:, 0], p2=pairs[:, 1], beta=np.ones(len(pairs)))

        def step(self) -> None:
            pass

    class Leaving(ss.Module):
        def __init__(self) -> None:
            super().__init__()
            self.define_states(ss.BoolArr("gone", default=False))

        def step(self) -> None:
            left = np.asarray(self.gone.raw[: len(graph)], bool)
            chance = 1.0 - np.exp(-BASE * np.exp(PULL * _told(left, pairs) / degrees))
            self.gone[ss.uids(np.flatnonzero(~left & (np.random.default_rng(self.ti).random(len(graph)) < chance)))] = (
                True
            )

    leaving = Leaving()
    sim = ss.Sim(n_agents=len(graph), networks=Town(), modules=leaving, dur=days, dt=1, verbose=0, rand_seed=1)
    sim.run()
    return float(np.mean(next(iter(sim.modules)).gone))


def ambr_town(graph: nx.Graph, days: int) -> float:
    """Share gone with ambr in its vectorized mode: columns of people, taken out, worked on and put back each day."""
    import ambr as am

    pairs = np.array(graph.edges, np.int64)
    degrees = np.maximum(np.array([degree for _, degree in graph.degree]), 1)

    class Town(am.Model):
        def setup(self) -> None:
            self.add_agents(len(graph), gone=0)

        def step_vectorized(self) -> None:
            left = self.agents.gone.to_numpy() > 0
            seen = _told(left, pairs)
            chance = 1.0 - np.exp(-BASE * np.exp(PULL * seen / degrees))
            self.agents.gone = (left | (self.rng.random(len(graph)) < chance)).astype(int)

        def update(self) -> None:
            self.record_model("gone", float(self.agents.gone.to_numpy().mean()))

    found = Town({"steps": days, "seed": 1, "show_progress": False}).cpu(mode="vectorized").run()
    return float(found.model["gone"][-1])


def _told(left: Any, pairs: Any) -> Any:
    """How many of each person's ties have left."""
    return np.bincount(pairs[left[pairs[:, 0]], 1], minlength=len(left)) + np.bincount(
        pairs[left[pairs[:, 1]], 0], minlength=len(left)
    )


GUESTS: dict[str, tuple[str, Callable[[nx.Graph, int], float]]] = {
    "AgentPy": ("agentpy", agentpy_town),
    "mesa-frames": ("mesa_frames", mesa_frames_town),
    "Starsim": ("starsim", starsim_town),
    "ambr": ("ambr", ambr_town),
}


def guests() -> dict[str, Callable[[nx.Graph, int], float]]:
    """Those that are installed, by name."""
    return {name: town for name, (module, town) in GUESTS.items() if find_spec(module) is not None}
