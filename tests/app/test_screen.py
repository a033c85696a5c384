"""What the first screen shows of a mix, part by part, without a browser."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import math
import re
import threading
import time
from typing import Any

import numpy as np
import pytest
from starlette.requests import Request

from desertion.app.pages import board
from desertion.app.request.mix import Mix
from desertion.app.request.query import parse
from desertion.app.simulator import charts, endpoints
from desertion.app.simulator import page as first_screen
from desertion.app.simulator.answer import answer_of, basis, headline
from desertion.app.simulator.screen import RUNS, Question, not_run, parts, rows_of, tipping
from desertion.app.work import replicates
from desertion.app.work.live import Snapshot
from desertion.app.work.run import Run, StoppedError, Wanted, run
from desertion.app.work.warm import WARM
from desertion.errors import InputError
from desertion.figures.events import events
from desertion.figures.labels import number
from desertion.scenario.grain import FEWEST
from desertion.simulation.record.tables import DAILY_COLUMNS
from desertion.simulation.world.fields import HOST_EXTRA
from desertion.study.comparison.outcomes import BY_NAME
from desertion.theory.weights import tipping_value
from tests.shortcuts import elsewhere

TOY = "scenario=toy&scale=0.1"


def shown(query: str) -> dict[str, str]:
    """All parts of an address once all of it has been run."""
    return parts(ran(query))


def ran(query: str) -> Question:
    """What an address asks, with all of it run."""
    WARM.set()
    mix, wrong = parse(query)
    assert not wrong
    question, news = Question(mix), threading.Event()
    with RUNS.ask(question.wanted, news.set) as move:
        while not question.is_whole:
            assert not move.problem
            news.wait(10.0)
            news.clear()
    return question


def told(query: str) -> list[dict[str, Any]]:
    """All events of the answer to an address."""

    async def heard() -> list[str]:
        return [event async for event in endpoints._growing(query)]

    WARM.set()
    events = elsewhere(asyncio.run, heard())
    return [json.loads(event.removeprefix("data: ")) for event in events if event.startswith("data: ")]


def test_whoever_goes_away_from_a_download_stops_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds a place while it waits, as the screen's own stream does; of one who is gone no run is gone on with."""
    begun, places = threading.Event(), []

    def runs(wanted: Wanted, go_on: Any) -> Run:
        begun.set()
        while go_on():
            time.sleep(0.01)
        raise StoppedError

    async def receive() -> dict[str, Any]:
        await asyncio.to_thread(begun.wait, 20.0)
        places.append(endpoints._Open.count)
        return {"type": "http.disconnect"}

    async def left(request: Request) -> bool:
        return (await request.receive())["type"] == "http.disconnect"

    async def asked() -> int:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": f"{TOY}&days=16&seed=97".encode(),
            "headers": [],
        }
        request = Request(scope, receive)
        return (await asyncio.wait_for(endpoints.answer(request), 20.0)).status_code

    WARM.set()
    monkeypatch.setattr(replicates, "run", runs)
    monkeypatch.setattr(Request, "is_disconnected", left)
    assert elsewhere(asyncio.run, asked()) == 503
    assert begun.is_set()
    assert places == [1]
    assert endpoints._Open.count == 0
    assert not RUNS._waiting
    monkeypatch.setattr(endpoints, "STREAMS_A_VISITOR", 0)
    assert elsewhere(asyncio.run, asked()) == 503


@pytest.mark.parametrize("sends", [0, 1, 2])
def test_an_answer_that_nobody_hears_leaves_its_place(sends: int) -> None:
    """Whoever is gone before the first word of his answer, or in the middle of it, holds no place and no run."""

    async def asked() -> None:
        query = f"{TOY}&days=16&seed={90 + sends}".encode()
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": []}
        told = 0

        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()
            return {}

        async def send(_: object) -> None:
            nonlocal told
            told += 1
            if told > sends:
                raise OSError("gone")

        stream = await endpoints.events(Request(scope, receive))
        assert endpoints._Open.count == 1
        with pytest.raises(OSError, match="gone"):
            await stream(scope, receive, send)

    WARM.set()
    elsewhere(asyncio.run, asked())
    assert endpoints._Open.count == 0
    assert not RUNS._waiting


def test_a_world_in_which_nobody_is_away_has_a_screen() -> None:
    """After one day nobody has left: the picture of places says so, and the curve lies on the axis."""
    first = shown(f"{TOY}&days=1")
    assert "nobody is away on the last day" in first["places"]
    assert first["headline"].startswith("Status quo. By 1 January 2030 (1 day), 0† (0 to 0) people leave")
    assert ". By 2 January 2030 (2 days), " in shown(f"{TOY}&days=2")["headline"]


def test_rows_of_places_add_up_to_all_who_left() -> None:
    """Who is home again, was punished or is on the way has a row too."""
    answer = ran(f"{TOY}&days=200").answers()[0]
    rows = charts._rows(answer, [host.name for host in answer.mix.scenario_now().hosts])
    assert sum(float(own.sum()) for _, own, _ in rows) == pytest.approx(answer.curves[1][:, -1].mean())
    assert sum(usual for *_, usual in rows) == pytest.approx(answer.curves[0][:, -1].mean())
    assert charts.BACK in [name for name, *_ in rows]
    assert "Home again, punished</text>" in charts.places(
        answer, [host.name for host in answer.mix.scenario_now().hosts]
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("scenario=front-2022", "this mix tips at 3.74 times the shipped strength."),
        ("contagion=none", "this mix tips at 3.32 times the shipped strength."),
        ("set=behaviour.form=concave", "this mix does not tip at up to 30 times the shipped strength."),
    ],
)
def test_the_map_tips_where_theory_says_and_tells_how_far_it_looked(query: str, says: str) -> None:
    """To the figures that `desertion theory` prints; what is off the scale is said to be."""
    mix, wrong = parse(query)
    assert not wrong
    strength = tipping_value(mix.with_shipped_contagion.scenario_now())
    assert math.isinf(strength) or f" {strength:.3g} times" in says
    drawn = tipping(mix)
    assert says in drawn
    assert ("you are here: 0 (at 0, left of the scale)<" in drawn) == (mix.contagion == "none")


def test_of_several_armies_the_first_is_told_and_named() -> None:
    """Places abroad hold the people of that army and of no other; what is of all armies says so."""
    mix, _ = parse("scenario=three-armies-2022&days=60&scale=0.0004")
    one = run(Wanted(mix.status_quo, 0))
    for stock, status in (("at_border", "at_border"), ("waiting", "applicant"), ("abroad", "abroad")):
        assert one.hosts[:, HOST_EXTRA.index(stock)].sum() == one.end[DAILY_COLUMNS.index(status)]
    assert one.hosts[:, HOST_EXTRA.index("abroad")].sum() > 0.0
    answer = answer_of(mix, [one] * 20, 0.0004)
    assert "people of russia-2022 leave" in headline(answer)
    assert headline(answer).endswith(" for all armies.")
    assert "of russia-2022; the most cases that waited and what hosts spend are those of all armies" in basis(answer)
    of_all = {"Most cases waiting at once (all armies)", "Cost to the hosts (all armies)"}
    for row in rows_of(answer):
        assert str(row["title"]).endswith(" (russia-2022)") != (row["title"] in of_all)


def test_links_lead_to_the_mix_that_is_shown() -> None:
    """Menu and links below go on with the policies, and Compare compares them with the scenario as it is."""
    there = shown(f"{TOY}&days=20&asylum=fast&ban=30")
    for links in (there["pages"], there["elsewhere"]):
        hrefs = dict(re.findall(r'href="/(\w+)\?([^"]*)"', links))
        assert "policies=fast-track,exit-ban" in hrefs["watch"]
        assert "days=20" in hrefs["compare"]
        assert "arms=none,fast-track+exit-ban" in hrefs["compare"]


def test_what_was_changed_under_the_status_quo_is_not_called_nothing() -> None:
    """Contagion or an input: no policy, yet something has been changed."""
    assert "Nothing has been changed yet" in shown(f"{TOY}&days=20")["why"]
    for changed in ("contagion=stronger", "set=behaviour.form=additive"):
        why = shown(f"{TOY}&days=20&{changed}")["why"]
        assert "Nothing" not in why
        assert "No policy is laid over it" in why


def test_what_is_kept_says_in_which_world_it_was_kept_and_is_drawn_only_in_that() -> None:
    """A under another contagion is named so; a curve of another scenario, scale or horizon stands on other axes."""
    same = shown(f"{TOY}&days=20&ban=now&beside=scenario=toy%26scale=0.1%26days=20%26asylum=fast")
    assert "<b>A, kept:</b> Fast track" in same["beside"]
    assert 'class="line beside"' in same["leavers"]
    other = shown(f"{TOY}&days=20&beside=scenario=toy%26scale=0.1%26days=20%26contagion=none%26seed=5")
    assert "<b>A, kept (contagion none, seed 5):</b>" in other["beside"]
    assert 'class="line beside"' in other["leavers"]
    for kept in (
        "scenario=toy%26scale=0.1%26days=19",
        "scenario=toy%26scale=0.2%26days=20",
        "scenario=quiet%26scale=0.1%26days=20",
    ):
        apart = shown(f"{TOY}&days=20&beside={kept}")
        assert "It is not drawn" in apart["beside"]
        assert 'class="line beside"' not in apart["leavers"]


def test_a_strength_stated_as_leavers_that_one_brings_has_an_answer_too() -> None:
    """The runs without contagion, which the reasons need, leave it out: the two dials cannot be set at once."""
    question = ran(f"{TOY}&days=20&asylum=fast&set=reproduction%3D0.5")
    assert question.plain == parse(f"{TOY}&days=20&asylum=fast&contagion=none")[0]
    assert headline(question.answers()[0]).startswith("Fast track. By ")


def test_a_mix_is_named_before_its_first_run_is_there() -> None:
    """Whoever waits for a long run sees that it was understood: what was wrong before is no more, and how far the answer has come."""
    first, *_, last = told(f"{TOY}&days=18&seed=96&asylum=fast")
    assert "wrong" not in first
    assert not first["done"]
    assert first["parts"]["headline"] == "Fast track: 0 of 10 pairs have been run; numbers are said from the tenth on."
    assert "leavers" not in first["parts"]
    assert last["done"]


def test_what_comes_in_while_a_page_is_made_is_asked_for_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that says that its answer is whole shows all of it; else it would stand there for ever with what was known when it was begun."""
    query = f"{TOY}&days=14&seed=95"
    question = Question(parse(query)[0])

    def slow(asked: Question) -> dict[str, str]:
        begun = parts(asked)
        ran(query)
        return begun

    monkeypatch.setattr(first_screen, "parts", slow)
    begun = first_screen.page(question, {})
    assert "0 of 10 pairs have been run" in begun
    assert 'data-whole="false"' in begun
    monkeypatch.undo()
    assert 'data-whole="true"' in first_screen.page(question, {})


def test_what_cannot_be_run_is_told_and_nothing_of_another_mix_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that fails leaves no picture and no promise of runs to come; one that breaks off the answer is told as that."""

    def refuses(wanted: Wanted, go_on: object) -> Run:
        raise InputError("too many doors")

    monkeypatch.setattr(replicates, "run", refuses)
    *_, event = told(f"{TOY}&days=17&seed=99")
    assert event["wrong"] == {"address": "too many doors"}
    assert event["parts"]["headline"] == "Status quo: not run."
    assert [event["parts"][name] for name in ("leavers", "places", "numbers", "tipping", "basis")] == [""] * 5
    monkeypatch.undo()

    def breaks(_: Question) -> dict[str, str]:
        raise IndexError

    monkeypatch.setattr(endpoints, "parts", breaks)
    (event,) = told(f"{TOY}&days=17&seed=98")
    assert event["wrong"] == {"address": "the answer broke off (IndexError); the server's log says where"}
    assert event["done"]


def test_a_live_run_that_cannot_be_built_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board of a run without a first day holds the sentence."""

    class Failed:
        snapshot = type("Value", (), {"value": Snapshot(state="failed", problem="there is not enough memory")})
        live = None

    monkeypatch.setattr(board, "current", Failed)
    (said,) = board.Board.f().kwargs["children"]
    assert said.kwargs["children"] == ["there is not enough memory"]


def test_the_scale_of_the_empty_field_goes_with_the_scenario() -> None:
    """It is that of the answer that comes, not of the page that was opened."""
    assert told(f"{TOY}&days=10")[-1]["scale"] == "1"


def test_a_number_stands_at_the_bar_that_it_counts() -> None:
    """Left of the status quo's mark where there is room, else beyond it with what it was."""
    assert charts._beside(200.0, 300.0, "15,000", "50,000") == (206.0, "15,000")
    assert charts._beside(200.0, 230.0, "15,000", "20,000") == (236.0, "15,000 (was 20,000)")
    assert charts._beside(200.0, 120.0, "15,000", "5,000") == (206.0, "15,000")
    assert charts._beside(200.0, 200.0, "15,000", "15,000") == (206.0, "15,000")


def test_what_is_downloaded_bears_its_marks_and_its_command() -> None:
    """Each number says whether it rests on too few, as the files of a comparison do; each line how it is got again."""
    answer, _, _ = ran("days=40&scale=0.0004&asylum=fast").answers()
    rows = rows_of(answer)
    few = FEWEST * answer.size
    for row in rows:
        for name in ("status_quo", "mix", "difference"):
            counted = BY_NAME[str(row["measure"])].counts
            assert row[f"{name}_too_few"] == (counted and abs(float(str(row[name]))) < few * (1.0 - 1e-9))
        assert row["command"] == answer.mix.command()
    assert {row["mix_too_few"] for row in rows} == {True, False}


def test_the_curve_s_end_bears_the_mark_that_the_headline_bears() -> None:
    """In a world of few persons the same number is marked in both, and in the words of the picture."""
    answer, _, _ = ran("days=12&scale=0.0004&asylum=fast").answers()
    left = answer.estimate("left")
    assert left.few
    drawn = charts.leavers(answer, (), answer.mix.scenario_now().start)
    assert f">this mix {number(left.value)}†<" in drawn
    assert f"this mix: {number(left.value)}†" in drawn


def test_days_beside_the_curve_are_counted_as_the_headline_counts_them() -> None:
    """From the day that is dated there to the last one is the headline's date, and from there to a call-up's mark the call-up's."""
    answer, _, _ = ran("days=30&scale=0.0004&asylum=fast").answers()
    scenario = answer.mix.scenario_now()
    dated = re.search(r"day (\d+) is (\d+ \w+ \d+)<", charts.leavers(answer, (), scenario.start))
    assert dated is not None
    zero = dt.datetime.strptime(dated[2], "%d %B %Y").date() - dt.timedelta(days=int(dated[1]))
    end = zero + dt.timedelta(days=scenario.days)
    assert f"By {end.day} {end:%B %Y} (30 days)" in headline(answer)
    (mark, _), *_ = events(scenario)
    assert zero + dt.timedelta(days=mark) == scenario.forces[0].waves[0].date


def test_no_line_breaks_within_an_amount_of_money() -> None:
    """A sign and its amount hold together in the table of all numbers, as a number and its unit do."""
    numbers = shown("days=40&scale=0.0004&asylum=fast")["numbers"]
    assert "€" in numbers
    assert not re.search(r"[+-]€|\d [kM]", numbers)


def test_parts_of_nothing_are_those_of_an_answer() -> None:
    """Every part that an answer fills is emptied where there is none, but for what holds without a run."""
    whole = shown(f"{TOY}&days=20")
    assert set(not_run(Question(Mix(scenario="toy", scale=0.1, days=20)))) == set(whole)
    assert np.all([whole[name] for name in ("leavers", "places", "numbers", "tipping")])
