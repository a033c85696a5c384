"""What the server answers for the first screen: the page, its files, the answer as plain data, and the answer as it grows."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from desertion.app.request.address import Address
from desertion.app.request.limits import limits
from desertion.app.request.mix import VERSION, Mix, unfit
from desertion.app.request.query import parse
from desertion.app.simulator.page import also, page, static, usual
from desertion.app.simulator.screen import RUNS, Question, not_run, parts, rows_of, shared, words_of_change
from desertion.app.work.failure import told
from desertion.app.work.warm import WARM

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desertion.app.server.guard import Application

FIRST_WAIT = 0.5
"""Seconds that a page waits for its first pair, before it goes out without it."""

LONGEST = 180.0
"""Seconds after which an answer that is not whole is given up."""

OF_OTHER_PAGES = {field.name for field in fields(Address)} - {field.name for field in fields(Mix)}
"""Parts of an address that only the other pages know: the page of one run used to stand where the first screen is now."""

STREAMS_A_VISITOR = 4
"""Answers under way at once, as a multiple of the visitors that are allowed."""

FULL = "This server already answers as many visitors as it is allowed to.\n"
"""What is said to whoever finds no place."""

LATE = f"the answer was not whole after {LONGEST:.0f} seconds; ask again and it goes on from where it stands, or choose a smaller scale or fewer days"
"""What is said of an answer that is not whole in time."""

LOOKED_AFTER = 1.0
"""Seconds after which it is looked whether a visitor who waits is still there, and the server too."""

_ENDING: list[Callable[[], bool]] = []
"""What tells whether the server is about to end: an answer that went on would be cut off, with a trace in the server's log."""


class _Open:
    """Answers under way, counted: each holds a place in the queue of runs.

    Invariant: `count` is read and changed under `lock` alone, and whoever raised it lowers it once, however his answer ends. Without, two
    visitors could take the last place, or a place would stay taken by somebody who has left.
    """

    lock = threading.Lock()
    count = 0

    @classmethod
    def entered(cls) -> bool:
        """Take a place; whether there was one."""
        with cls.lock:
            free = cls.count < STREAMS_A_VISITOR * limits().sessions
            cls.count += free
            return free

    @classmethod
    def left(cls) -> None:
        """Give a place back."""
        with cls.lock:
            cls.count -= 1


def routes() -> list[BaseRoute]:
    """Routes of the first screen."""
    from starlette.routing import Route

    return [
        Route("/", first_screen),
        Route("/simulator/events", events),
        Route("/simulator/answer", answer),
        Route("/simulator/static/{name}", file),
    ]


def _refusal(request: Request) -> Response | None:
    """The reply to who gets no answer: whoever asks for its headers alone, which would start its runs, or finds no place; else he has one."""
    from starlette.responses import PlainTextResponse

    if request.method == "HEAD":
        return PlainTextResponse("", status_code=405, headers={"allow": "GET"})
    return None if _Open.entered() else PlainTextResponse(FULL, status_code=503)


async def first_screen(request: Request) -> Response:
    """The page, with what is known of its answer in it."""
    from starlette.responses import HTMLResponse, RedirectResponse

    if OF_OTHER_PAGES & set(request.query_params):
        return RedirectResponse(f"/watch?{request.url.query}")
    mix, wrong = await asyncio.to_thread(parse, request.url.query)
    question = Question(mix)
    if not question.first_pairs:
        await _wait_for(question, 1, FIRST_WAIT)
    body = await asyncio.to_thread(page, question, wrong, request.query_params.get(VERSION, ""))
    return HTMLResponse(body, headers={"cache-control": "no-store"})


async def file(request: Request) -> Response:
    """A file of the page, which never changes: its address holds its hash."""
    from starlette.responses import PlainTextResponse
    from starlette.responses import Response as Plain

    try:
        content, kind = static(request.path_params["name"])
    except KeyError:
        return PlainTextResponse("There is no such file.\n", status_code=404)
    return Plain(content, media_type=kind, headers={"cache-control": "public, max-age=31536000, immutable"})


async def answer(request: Request) -> Response:
    """The whole answer as plain data, JSON or CSV, once it is there; whoever goes away stops its runs."""
    if refusal := _refusal(request):
        return refusal
    try:
        return await _whole(request)
    finally:
        _Open.left()


async def _whole(request: Request) -> Response:
    from starlette.responses import JSONResponse
    from starlette.responses import Response as Plain

    as_csv = request.query_params.get("as") == "csv"
    query = "&".join(part for part in request.url.query.split("&") if not part.startswith("as="))
    mix, wrong = await asyncio.to_thread(parse, query)
    if wrong:
        return JSONResponse({"wrong": wrong}, status_code=400)
    question = Question(mix)
    problem = await _wait_for(question, len(question.wanted) // 2, LONGEST, request.is_disconnected)
    found, _, _ = await asyncio.to_thread(question.answers)
    if problem or not found.is_whole:
        return JSONResponse({"wrong": {"address": problem or LATE}}, status_code=503)
    rows = await asyncio.to_thread(rows_of, found)
    if as_csv:
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return Plain(
            text.getvalue(), media_type="text/csv", headers={"content-disposition": 'attachment; filename="policy.csv"'}
        )
    usual, own = found.curves
    return JSONResponse(
        {
            "address": shared(mix),
            "command": mix.command(),
            "pairs": len(found.pairs),
            "size": found.size,
            "outcomes": rows,
            "left": {"status_quo": usual.tolist(), "mix": own.tolist()},
        }
    )


async def events(request: Request) -> Application:
    """The answer as it grows, an event for every time that more pairs are there; whoever goes away stops its runs."""
    from starlette.responses import StreamingResponse

    if refusal := _refusal(request):
        return refusal
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    growing = _growing(request.url.query)
    stream = StreamingResponse(growing, media_type="text/event-stream", headers=headers)

    async def sent(*connection: Any) -> None:
        # Here and not in the stream: one whose visitor is gone before its first event never begins, and ends nothing.
        try:
            async with contextlib.aclosing(growing):
                await stream(*connection)
        finally:
            _Open.left()

    return sent


async def _growing(query: str) -> AsyncGenerator[str]:
    try:
        mix, wrong = await asyncio.to_thread(parse, query)
        # Remembered for every event of this scenario; the first time takes as long as reading it.
        await asyncio.to_thread(unfit, mix.scenario)
        if wrong:
            # The last good picture stays: nothing of it is sent anew.
            yield _event(wrong=wrong, done=True, unfit=unfit(mix.scenario))
            return
        question = Question(mix)
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        until = loop.time() + LONGEST
        with RUNS.ask(question.wanted, lambda: loop.call_soon_threadsafe(news.set)) as move:
            shown = -1
            while True:
                news.clear()
                there = sum(run is not None for run in move.runs())
                done = there == len(move.wanted)
                # Also before the first run is there: what was wrong is right now, and the mix has a name.
                if there != shown:
                    yield _event(parts=await asyncio.to_thread(parts, question), done=done, **_words(question, done))
                    shown = there
                if done:
                    return
                if _ends():
                    return
                if move.problem or loop.time() > until:
                    wrong = {"address": move.problem or LATE}
                    gone = {} if question.first_pairs else {"parts": not_run(question)} | _words(question, done=False)
                    yield _event(wrong=wrong, done=True, **gone)
                    return
                try:
                    await asyncio.wait_for(news.wait(), LOOKED_AFTER)
                except TimeoutError:
                    yield ": still at it\n\n"
                if not WARM.is_set():
                    until = loop.time() + LONGEST
    except Exception as problem:
        yield _event(wrong={"address": told(problem, "the answer")}, done=True)


def _words(question: Question, done: bool) -> dict[str, Any]:
    found, _, _ = question.answers()
    effect = words_of_change(found) if done and not question.mix.is_status_quo else ""
    return {
        "pairs": len(found.pairs), "effect": effect, "also": also(question.mix), "scale": usual(question.mix),
        "unfit": unfit(question.mix.scenario),
    }  # fmt: skip


def _event(**news: Any) -> str:
    return f"data: {json.dumps(news)}\n\n"


async def _wait_for(
    question: Question, pairs: int, seconds: float, gone: Callable[[], Awaitable[bool]] | None = None
) -> str:
    """Wait until the first pairs are there, the time is over or the visitor is gone; what went wrong, empty for nothing."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()
    until = loop.time() + seconds
    with RUNS.ask(question.wanted[: 2 * pairs], lambda: loop.call_soon_threadsafe(news.set)) as move:
        # News is forgotten before it is looked for: what comes meanwhile is not slept through.
        while (news.clear() or any(run is None for run in move.runs())) and not move.problem and loop.time() < until:
            if _ends() or (gone is not None and await gone()):
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(LOOKED_AFTER, until - loop.time()))
        return move.problem


def ends_with(ends: Callable[[], bool]) -> None:
    """End all answers under way once a server says that it is about to end."""
    _ENDING.append(ends)


def _ends() -> bool:
    return any(ends() for ends in _ENDING)


def warm() -> None:
    """Run what the first visitor will see, so that it stands in the page that he gets."""
    whole = threading.Event()
    question = Question(parse("")[0])
    unfit(question.mix.scenario)
    with RUNS.ask(question.wanted, whole.set):
        while not question.is_whole:
            whole.wait(60.0)
            whole.clear()
