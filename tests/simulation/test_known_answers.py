"""Cases in which the answer is known: geometric leaving, Bass, contagion on graphs, Granovetter, Watts, a queue, a fold, an order."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, special, stats

from desertion.scenario import Scenario
from desertion.simulation.model import DesertionModel
from tests.oracles import queueing, spread
from tests.oracles.fates import exponential_thresholds
from tests.simulation.worlds import CALM, INERT, SEEDS, made, town

CUMULATIVE = {
    "half_life_squad": math.inf,
    "half_life_company": math.inf,
    "half_life_community": math.inf,
    "half_life_ties": math.inf,
}


def new_leavers(model: DesertionModel) -> NDArray[np.int64]:
    """Persons who hid on each day."""
    return model.daily["new_hide"].to_numpy()[1:]


# --- D1 ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.statistical
def test_a_constant_hazard_gives_a_geometric_day_of_leaving() -> None:
    """Null: P(day d) = (1 - p)^d p, p = 1 - exp(-0.02); 20,000 people, 100 days and the rest; chi-square, false alarms 1e-3; seed 1."""
    n, days, rate = 20_000, 100, 0.02
    model = DesertionModel(town(n, days, {"form": "none"}, base_reservist_hide=rate), rng=1).run()
    p = 1.0 - math.exp(-rate)
    expected = [n * (1.0 - p) ** day * p for day in range(days)]
    seen = new_leavers(model)
    observed, wanted = [*seen, n - seen.sum()], [*expected, n * (1.0 - p) ** days]
    assert stats.chisquare(observed, wanted).pvalue > 1e-3


@pytest.mark.statistical
def test_competing_routes_share_leavers_in_proportion_to_their_rates() -> None:
    """Null: the route is independent of the day, 3 to 1; 2,000 men, binomial, false alarms 1e-3; seed 2."""
    force = {
        "name": "army", "soldiers": 2000, "reservists": 0, "civilians": 0, "rough_country": 1.0,
    } | INERT | {"base_soldier_hide": 0.03, "base_soldier_refuse": 0.01}  # fmt: skip
    model = DesertionModel(made(60, [force], behaviour=CALM | {"form": "none"}), rng=2).run()
    hid, refused = model.measures()["left_hide"], model.measures()["left_refuse"]
    assert hid + refused > 1500
    assert stats.binomtest(int(hid), int(hid + refused), 0.75).pvalue > 1e-3


# --- D2 ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.statistical
def test_additive_contagion_with_complete_mixing_is_bass() -> None:
    """Null: F(t+1) = F + (1-F)(1-exp(-(p+qF))); p, q by maximum likelihood, 40 runs of 2,000; each within 3 standard errors (5e-3); seeds 0-39."""
    n, days, p, q = 2000, 60, 0.005, 0.15
    world = town(
        n,
        days,
        CUMULATIVE | {"form": "additive", "contagion_community": 1.0, "additive_scale": q},
        base_reservist_hide=p,
    )
    found = []
    for seed in range(40):
        leavers = new_leavers(DesertionModel(world, rng=seed).run())
        gone = np.concatenate([[0], np.cumsum(leavers)[:-1]])

        def unlikely(x: NDArray[np.float64], leavers: Any = leavers, gone: Any = gone) -> float:
            rate = np.exp(x[0]) + np.exp(x[1]) * gone / n
            return -float(np.sum(leavers * np.log(-np.expm1(-rate)) - (n - gone - leavers) * rate))

        found.append(
            np.exp(
                optimize.minimize(
                    unlikely, np.log([0.01, 0.1]), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-6}
                ).x
            )
        )
    estimates = np.array(found)
    error = estimates.std(axis=0, ddof=1) / math.sqrt(len(estimates))
    assert np.all(np.abs(estimates.mean(axis=0) - [p, q]) < 3.0 * error)


# --- D3 ------------------------------------------------------------------------------------------------------------------------------------


NEVER = 1e-12  # a baseline by which nobody begins; with 0 nobody has the route


def on_a_graph(folder: Path, edges: list[tuple[int, int]], n: int, days: int, behaviour: dict[str, Any]) -> Scenario:
    """`n` - 1 reservists who can only hide, and one civilian, the last, who goes abroad on day 0; ties as in `edges`."""
    path = folder / "ties.csv"
    path.write_text("person,person\n" + "".join(f"{a},{b}\n" for a, b in edges))
    force = (
        {"name": "town", "soldiers": 0, "reservists": n - 1, "civilians": 1, "community": n}
        | INERT
        | {"base_civilian_flee": 10.0, "base_reservist_hide": NEVER}
    )
    host = {"name": "door", "access": 1.0, "travel": 0.0, "visa_free_other": 1.0, "admission_evader": 0.0, "leak": 0.0}
    host |= dict.fromkeys(("claims_abroad", "onward", "homeward"), 0.0)
    return made(days, [force], [host], CALM | CUMULATIVE | {"cross_route": 1.0} | behaviour, graph=str(path))


def random_edges(n: int, mean: float, seed: int) -> list[tuple[int, int]]:
    """A Poisson graph."""
    rng = np.random.default_rng(seed)
    a, b = np.triu_indices(n, 1)
    chosen = rng.random(len(a)) < mean / (n - 1)
    return list(zip(a[chosen].tolist(), b[chosen].tolist(), strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_additive_contagion_on_a_graph_is_the_oracle_person_by_person(tmp_path: Path, seed: int) -> None:
    """No baseline, one leaver: everybody's day is that of a loop over friends with thresholds from NumPy's Philox."""
    n, days, rate = 150, 80, 0.2
    edges = random_edges(n, 4.0, seed)
    world = on_a_graph(tmp_path, edges, n, days, {"form": "additive", "contagion_ties": 1.0, "additive_scale": rate})
    model = DesertionModel(world, rng=seed).run()
    assert model.world.left_day[n - 1] == 0
    thresholds = exponential_thresholds(seed, "town", n, 0)
    assert model.world.left_day.tolist() == spread.simple_contagion(edges, thresholds, n - 1, rate, days)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # EoN imports what SciPy means to drop
@pytest.mark.statistical
def test_slow_contagion_on_a_graph_is_continuous_time_si(tmp_path: Path) -> None:
    """Null: the mean share gone is that of EoN's SI; 4-regular graph of 200, 150 runs each, three dates, |z| < 4 each (2e-4); seeds 0-149."""
    import EoN
    import networkx as nx

    n, days, rate = 200, 800, 0.02
    graph = nx.random_regular_graph(4, n, seed=4)
    world = on_a_graph(
        tmp_path, list(graph.edges), n, days, {"form": "additive", "contagion_ties": 1.0, "additive_scale": rate}
    )
    dates = np.array([150, 300, 450])
    ours = []
    for seed in range(150):
        left = DesertionModel(world, rng=seed).run().world.left_day
        ours.append([((left >= 0) & (left < date)).sum() for date in dates])
    np.random.seed(9)  # noqa: NPY002, TID251 - EoN draws from the global generators and takes no other
    __import__("random").seed(9)
    theirs = []
    for _ in range(150):
        time, _, infected = EoN.fast_SIR(graph, rate / 4.0, 0.0, initial_infecteds=[n - 1], tmax=float(days))[:3]
        theirs.append(infected[np.searchsorted(time, dates - 1.0, side="right") - 1])
    a, b = np.array(ours, float), np.array(theirs, float)
    error = np.sqrt(a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b))
    assert np.all(np.abs(a.mean(axis=0) - b.mean(axis=0)) < 4.0 * error)


# --- D4 ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spread_", "end"), [(0.10, 0.0062), (0.122, 0.055), (0.123, 1.0), (0.14, 1.0)])
def test_thresholds_at_quantiles_jump_where_granovetter_says(spread_: float, end: float) -> None:
    """Thresholds N(0.25, s) at their quantiles: 5.5 % leave at s = 0.122, all at s = 0.123; every day as the recursion has it."""
    n, days = 10_000, 500
    behaviour = CUMULATIVE | {
        "form": "threshold",
        "contagion_community": 1.0,
        "threshold_mean": 0.25,
        "threshold_spread": spread_,
    }
    model = DesertionModel(
        town(n, days, behaviour | {"threshold_draw": "quantiles"}, base_reservist_hide=NEVER), rng=1
    ).run()
    thresholds = 0.25 + spread_ * stats.norm.ppf((np.arange(n) + 0.5) / n)
    oracle = np.array(spread.granovetter(thresholds, days))
    # Shares are whole ticks of 2**-30, so a person who stands exactly on the edge may come a day later.
    assert np.abs(model.daily["left"].to_numpy()[1:] - oracle).max() <= 0.002 * n
    assert model.measures()["share_left"] == pytest.approx(end, abs=0.002)


@pytest.mark.parametrize(("spread_", "all_leave"), [(0.10, False), (0.14, True)])
def test_random_thresholds_blur_granovetters_jump_but_keep_it(spread_: float, all_leave: bool) -> None:
    """Far from the edge the draw of thresholds decides nothing."""
    behaviour = CUMULATIVE | {
        "form": "threshold",
        "contagion_community": 1.0,
        "threshold_mean": 0.25,
        "threshold_spread": spread_,
    }
    for seed in range(5):
        share = (
            DesertionModel(town(3000, 300, behaviour, base_reservist_hide=NEVER), rng=seed)
            .run()
            .measures()["share_left"]
        )
        assert (share > 0.95) if all_leave else (share < 0.05)


# --- D5 ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "cascades"), [(0.5, False), (3.0, True), (4.5, True), (8.0, False)])
def test_cascades_on_poisson_graphs_live_in_watts_window(tmp_path: Path, mean: float, cascades: bool) -> None:
    """Threshold 0.18: one leaver moves most of the graph inside the window and next to nobody outside; every fate is the oracle's."""
    n, days, sizes = 600, 60, []
    for seed in range(12):
        edges = random_edges(n, mean, 100 + seed)
        world = on_a_graph(
            tmp_path,
            edges,
            n,
            days,
            {"form": "threshold", "contagion_ties": 1.0, "threshold_mean": 0.18, "threshold_spread": 0.0},
        )
        left = DesertionModel(world, rng=3).run().world.left_day
        assert left[n - 1] == 0
        assert left.tolist() == spread.threshold_cascade(edges, n, n - 1, 0.18, days)
        sizes.append((left >= 0).mean())
    assert (np.mean(np.array(sizes) > 0.5) >= 0.5) if cascades else (max(sizes) < 0.1)


# --- D6 ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "cases", "case_days"), [(6, "4", 10), (6, "5/2", 0), (3, "10", 7), (4, "1/4", 3), (5, "5", 20)]
)
def test_one_host_is_the_deterministic_queue(entry: int, cases: str, case_days: int) -> None:
    """All flee on day 0, `entry` are admitted a day: waiting, decisions and waits are those of a desk with the same daily credit."""
    n, days = 120, 110
    force = (
        {"name": "town", "soldiers": 0, "reservists": n, "civilians": 0, "community": n}
        | INERT
        | {"base_reservist_flee": 10.0}
    )
    host = {
        "name": "desk", "access": 1.0, "travel": 0.0, "entry": entry, "admission_evader": 1.0, "recognition_evader": 1.0,
        "cases": float(Fraction(cases)), "case_days": case_days, "screening_alarm": 0.0, "leak": 0.0,
    }  # fmt: skip
    model = DesertionModel(made(days, [force], [host], CALM | {"form": "none"}), rng=4).run()
    hosts = model.hosts.iloc[1:]
    arrivals = hosts["admitted"].tolist()
    assert arrivals == [entry] * (n // entry) + [0] * (days - n // entry)
    waiting, decided, waits = queueing.desk(arrivals, Fraction(cases), case_days)
    assert hosts["waiting"].tolist() == waiting
    assert hosts["decided"].tolist() == decided
    assert hosts["granted"].tolist() == decided
    assert min(waits) >= case_days


# --- D7 ------------------------------------------------------------------------------------------------------------------------------------


def refilled(n: int, days: int, weight: float, half_life: float, baseline: float) -> Scenario:
    """A town whose people come home the day after they hid, so that strength is refilled and pressure is stationary."""
    behaviour = {"form": "multiplicative", "contagion_community": weight, "half_life_community": half_life}
    return town(n, days, behaviour, base_reservist_hide=baseline, return_rate=1.0)


def pressures(model: DesertionModel, half_life: float) -> NDArray[np.float64]:
    """The share gone, decayed, at the end of each day."""
    keep, pressure, series = 2.0 ** (-1.0 / half_life), 0.0, []
    people = float(model.world.people[0])
    for leavers in new_leavers(model):
        pressure = keep * pressure + leavers / people
        series.append(pressure)
    return np.array(series)


@pytest.mark.statistical
@pytest.mark.parametrize("reproduction", [0.3, 0.5, 0.7])
def test_pressure_settles_where_the_fixed_point_is(reproduction: float) -> None:
    """Null: delta S = b exp(beta S), so S* = R / beta; 12 runs of 40,000 over days 200 to 500, corrected for those briefly away, |z| < 4 (6e-5); seeds 0-11."""
    half_life, weight, n, days = 10.0, 50.0, 40_000, 500
    delta = 1.0 - 2.0 ** (-1.0 / half_life)
    level = reproduction / weight
    baseline = delta * level * math.exp(-reproduction)
    means = [
        pressures(DesertionModel(refilled(n, days, weight, half_life, baseline), rng=seed).run(), half_life)[
            200:
        ].mean()
        for seed in range(12)
    ]
    # A man who hid is back the same evening with chance 1 - 1/e, else a day later with the same chance, and so on.
    away = delta * level / (math.e - 1.0)
    expected = -special.lambertw(-(1.0 - away) * baseline * weight / delta).real / weight
    error = np.std(means, ddof=1) / math.sqrt(len(means))
    assert abs(np.mean(means) - expected) < 4.0 * error
    assert abs(np.mean(means) / level - 1.0) < 0.02


@pytest.mark.parametrize(("share", "bounded"), [(0.8, True), (1.3, False)])
def test_no_rest_above_the_fold(share: float, bounded: bool) -> None:
    """Below b = delta / (e beta) pressure stays under the unstable point; above it there is no fixed point and all are drawn in."""
    half_life, weight, n, days = 10.0, 50.0, 20_000, 400
    fold = (1.0 - 2.0 ** (-1.0 / half_life)) / (math.e * weight)
    top = pressures(DesertionModel(refilled(n, days, weight, half_life, share * fold), rng=1).run(), half_life).max()
    assert (top < 1.0 / weight) if bounded else (top > 5.0 / weight)


def test_transients_follow_the_mean_field() -> None:
    """Without refilling, the share gone of 200,000 people stays within 2 % of the integrated equations (noise: 0.4 % at the end)."""
    half_life, weight, n, days, baseline = 30.0, 8.0, 200_000, 150, 0.002
    world = town(
        n,
        days,
        {"form": "multiplicative", "contagion_community": weight, "half_life_community": half_life},
        base_reservist_hide=baseline,
    )
    gone = DesertionModel(world, rng=1).run().daily["left"].to_numpy() / n
    keep, pressure, left, series = 2.0 ** (-1.0 / half_life), 0.0, 0.0, [0.0]
    for _ in range(days):
        new = (1.0 - left) * -math.expm1(-baseline * math.exp(weight * pressure))
        pressure, left = keep * pressure + new, left + new
        series.append(left)
    assert np.allclose(gone[10:], series[10:], rtol=0.03)
    assert gone[-1] == pytest.approx(series[-1], rel=0.02)


# --- D8 ------------------------------------------------------------------------------------------------------------------------------------

_RAISED = ["base", "squad", "company", "community", "ties", "news"]


@settings(max_examples=25)
@given(
    form=st.sampled_from(["multiplicative", "concave", "additive", "threshold"]),
    raised=st.sampled_from(_RAISED),
    weights=st.lists(st.floats(0.0, 8.0), min_size=5, max_size=5),
    cohesion=st.floats(0.0, 2.0),
    seed=SEEDS,
)
def test_a_higher_hazard_delays_nobody(
    form: str, raised: str, weights: list[float], cohesion: float, seed: int
) -> None:
    """One route, cumulative pressure, nothing returns: with a higher baseline or weight each single person leaves no later."""
    force = {"name": "army", "soldiers": 60, "reservists": 80, "civilians": 0, "community": 40} | INERT
    force |= {
        "degree": 4,
        "across": 0.1,
        "rewire": 0.1,
        "rough_country": 1.0,
        "base_soldier_hide": 0.002,
        "base_reservist_hide": 0.002,
    }
    behaviour = (
        CALM | CUMULATIVE | {"half_life_news": math.inf, "form": form, "push_cohesion": cohesion, "frailty_own": 0.5}
    )
    behaviour |= {f"contagion_{level}": weight for level, weight in zip(_RAISED[1:], weights, strict=True)}
    low = made(60, [force], behaviour=behaviour)
    if raised == "base":
        high = low.with_({"forces.army.base_soldier_hide": 0.003, "forces.army.base_reservist_hide": 0.003})
    else:
        high = low.with_({f"behaviour.contagion_{raised}": behaviour[f"contagion_{raised}"] + 2.0})
    before, after = (DesertionModel(world, rng=seed).run().world.left_day for world in (low, high))
    stays = np.where(before < 0, 10**6, before)
    assert np.all(np.where(after < 0, 10**6, after) <= stays)
    assert (before >= 0).any() or raised != "base"
