"""Runs of the policy simulator: shared, stopped when nobody waits, bounded, and none of a visitor's in another's."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from desertion.app.request.mix import Mix
from desertion.app.request.query import parse
from desertion.app.work import replicates
from desertion.app.work.failure import told
from desertion.app.work.replicates import Replicates
from desertion.app.work.run import Run, Societies, StoppedError, Wanted, record_of, run
from desertion.app.work.warm import WARM
from desertion.errors import InputError
from desertion.rules.draws import replicate_seed
from desertion.simulation.model import DesertionModel
from desertion.simulation.society.society import Society

TOY = "scenario=toy&scale=0.1&days=30"


@pytest.fixture(autouse=True)
def compiled() -> None:
    """Threads wait until the code has been compiled: here it is compiled by the first run."""
    WARM.set()


def mix(query: str) -> Mix:
    """A small mix."""
    return parse(f"{TOY}&{query}")[0]


def waited(pool: Replicates, wanted: list[Wanted], seconds: float = 300.0) -> list[Run | None]:
    """What a visitor gets who waits for all of it."""
    news = threading.Event()
    deadline = time.monotonic() + seconds
    with pool.ask(wanted, news.set) as move:
        while any(each is None for each in move.runs()) and time.monotonic() < deadline:
            news.wait(1.0)
            news.clear()
        return move.runs()


def test_runs_that_nobody_waits_for_leave_the_queue_though_others_come_first() -> None:
    """Every visitor's first run comes before anybody's tenth: ten thousand drags of a slider left their later runs in the queue for as long as others came."""
    pool = Replicates(workers=0)
    kept = [Wanted(mix(f"seed={seed}"), 0) for seed in range(50)]
    with pool.ask(kept), pool.ask(kept[::-1]):
        for drag in range(1, 10_001):
            pool.ask([Wanted(mix("seed=1"), drag)] * 20).close()
        assert len(pool._queue) < 3_000
        first = {order[2]: order[0] for order in sorted(pool._queue, reverse=True)}
        assert [first[each] for each in kept] == [min(place, 49 - place) for place in range(50)]
    assert not pool._waiting


def test_fifty_visitors_at_once_get_their_own_runs_and_leave_nothing_behind() -> None:
    """Fifty threads ask for different mixes at once: each gets what a run of its own gives; then nothing waits, and few runs are kept."""
    queries = [f"seed={seed}&ban={ban}&campaign={campaign}" for seed in (1, 2, 3, 4, 5) for ban in ("none", "30", "now")
               for campaign in ("none", "half", "all")][:50]  # fmt: skip
    queries += [f"seed={seed}" for seed in range(6, 6 + 50 - len(queries))]
    pool = Replicates(workers=2, kept=20)
    found: dict[str, list[Run | None]] = {}

    def visit(query: str) -> None:
        found[query] = waited(pool, [Wanted(mix(query), 0)])

    visitors = [threading.Thread(target=visit, args=(query,)) for query in queries]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(found) == 50
    for query in queries[::7]:
        (got,) = found[query]
        assert got is not None
        assert np.array_equal(got.left, run(Wanted(mix(query), 0)).left)
    assert not pool._waiting
    assert sum(each is not None for each in pool.known([Wanted(mix(query), 0) for query in queries])) <= 20


def test_no_run_is_forgotten_that_somebody_still_counts_on() -> None:
    """Two visitors who need more runs together than are kept both get all of theirs; once they are gone no more are kept than should be."""
    pool = Replicates(workers=2, kept=3)
    first, second = ([Wanted(mix(f"seed={seed}&days=5"), replicate) for replicate in range(3)] for seed in (1, 2))
    with pool.ask(first) as move:
        found = waited(pool, second, 20.0)
        assert all(isinstance(each, Run) for each in [*found, *waited(pool, first, 20.0), *move.runs()])
    waited(pool, [Wanted(mix("seed=3&days=5"), 0)])
    assert len(pool._known) == 3


def test_a_run_that_nobody_waits_for_any_more_stops_at_its_next_day() -> None:
    """Asked every day; once it says no, that is the last day."""
    days = iter([True] * 5 + [False])
    with pytest.raises(StoppedError):
        run(Wanted(mix("seed=1"), 0), lambda: next(days))
    assert next(days, "spent") == "spent"


def test_a_move_that_is_closed_frees_the_workers_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten runs that would never end are dropped; the next move's run is there at once."""
    begun, ended = threading.Event(), threading.Event()

    def endless(wanted: Wanted, go_on: object) -> Run:
        if wanted.mix.seed == 99:
            begun.set()
            while go_on():  # type: ignore[operator]
                time.sleep(0.001)
            ended.set()
            raise StoppedError
        return run(wanted)

    run(Wanted(mix("seed=3"), 0))
    monkeypatch.setattr(replicates, "run", endless)
    pool = Replicates(workers=1)
    move = pool.ask([Wanted(mix("seed=99"), replicate) for replicate in range(10)])
    assert begun.wait(10.0)
    move.close()
    assert ended.wait(5.0)
    (got,) = waited(pool, [Wanted(mix("seed=3"), 0)], 30.0)
    assert got is not None
    assert not pool._waiting


def test_two_visitors_who_ask_the_same_share_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one's run is not begun again, and it goes on when the first one leaves."""
    count, gate = [], threading.Event()

    def slow(wanted: Wanted, go_on: object) -> Run:
        count.append(wanted)
        gate.wait(20.0)
        if not go_on():  # type: ignore[operator]
            raise StoppedError
        return run(wanted)

    monkeypatch.setattr(replicates, "run", slow)
    pool = Replicates(workers=2)
    wanted = Wanted(mix("seed=4"), 0)
    first, second = pool.ask([wanted]), pool.ask([wanted])
    while not count:
        time.sleep(0.01)
    first.close()
    gate.set()
    (got,) = waited(pool, [wanted])
    second.close()
    assert got is not None
    assert len(count) == 1


def test_people_built_once_give_the_runs_of_people_built_anew() -> None:
    """A run that starts from people of an earlier one has the same history, under another mix, contagion and horizon, and people are forgotten in time."""
    societies = Societies(most=Society(mix("seed=8").scenario_now(), 8).nbytes)
    for query in ("seed=8", "seed=8&ban=now&contagion=stronger", "seed=8&days=20&campaign=all"):
        wanted = Wanted(mix(query), 2)
        scenario, seed = wanted.mix.scenario_now(), int(replicate_seed(8, 2))
        model = DesertionModel(scenario, rng=seed)
        model.run()
        assert np.array_equal(run(wanted).left, record_of(model).left)
        assert societies.of(wanted, scenario, seed) is societies.of(Wanted(mix("seed=8"), 2), scenario, seed)
    first = societies.of(Wanted(mix("seed=8"), 2), scenario, seed)
    societies.of(Wanted(mix("seed=8"), 3), scenario, int(replicate_seed(8, 3)))
    assert societies.of(Wanted(mix("seed=8"), 2), scenario, seed) is not first


def test_people_with_many_ties_take_the_room_of_as_many_more() -> None:
    """Counted by heads they took four times the memory that was set aside."""
    few, many = (Society(mix(f"seed=8&set=forces.@first.degree={degree}").scenario_now(), 8) for degree in (6, 200))
    assert many.nbytes > 2 * few.nbytes
    societies = Societies(most=many.nbytes + few.nbytes // 2)
    wanted = [Wanted(mix(f"seed=8&set=forces.@first.degree={degree}"), 2) for degree in (200, 6)]
    found = [societies.of(each, each.mix.scenario_now(), 8) for each in wanted]
    again = [societies.of(each, each.mix.scenario_now(), 8) for each in reversed(wanted)]
    assert again[0] is found[1]
    assert again[1] is not found[0]


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (InputError("days = 0 must be a whole number >= 1"), "days = 0 must be a whole number >= 1"),
        (
            MemoryError("Unable to allocate 9 TiB for an array"),
            "there is not enough memory for the run; choose a smaller",
        ),
        (ZeroDivisionError("division by zero"), "the run broke off (ZeroDivisionError); the server's log says where"),
    ],
)
def test_a_visitor_is_told_a_sentence_and_never_the_inside_of_a_fault(problem: Exception, sentence: str) -> None:
    """A live run told what NumPy says of memory, and work in the background that it broke off."""
    assert told(problem, "the run").startswith(sentence)


def test_what_cannot_be_run_is_told_to_whoever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker lives on and serves the next one."""

    def broken(wanted: Wanted, go_on: object) -> Run:
        if wanted.mix.seed == 99:
            raise ZeroDivisionError
        return run(wanted)

    monkeypatch.setattr(replicates, "run", broken)
    pool = Replicates(workers=1)
    news = threading.Event()
    with pool.ask([Wanted(mix("seed=99"), 0)], news.set) as move:
        assert news.wait(10.0)
        assert "the run broke off (ZeroDivisionError)" in move.problem
    assert waited(pool, [Wanted(mix("seed=3"), 0)], 60.0)[0] is not None
