"""What the server answers to requests that no visitor of its own pages would send."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desertion.app.server.guard import SESSION_COOKIE, Guard
from tests.shortcuts import elsewhere


async def inner(_scope: Any, _receive: Any, send: Any) -> None:
    """An app that says yes to everything."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"yes"})


def asked(kind: str = "http", **headers: str) -> list[dict[str, Any]]:
    """Messages that the guarded app sends to a request with these headers."""
    return answers(*((name.replace("_", "-"), value) for name, value in headers.items()), kind=kind)


def answers(*headers: tuple[str, str], kind: str = "http") -> list[dict[str, Any]]:
    """Same, with headers that may stand twice."""
    # What is no Latin-1 reaches a server as the bytes of UTF-8.
    return messages([(name.encode(), value.encode()) for name, value in headers], kind)


def messages(headers: list[tuple[bytes, bytes]], kind: str = "http", path: str = "/watch") -> list[dict[str, Any]]:
    """Same, byte for byte."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": kind, "path": path, "headers": headers}
    # Nothing here ever waits, so no event loop is needed; a browser's tests may have one running.
    try:
        Guard(inner, ("127.0.0.1", "localhost"), 1)(scope, receive, send).send(None)
    except StopIteration:
        return sent
    raise AssertionError("the guard waited for something")


def test_an_answer_carries_the_headers_of_a_careful_server() -> None:
    """Nothing may be framed, sniffed or loaded from elsewhere."""
    headers = dict(asked(host="127.0.0.1:8765")[0]["headers"])
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"


def test_the_first_screen_may_run_no_script_but_its_own_files() -> None:
    """Solara's pages need scripts in the page and `eval`; a page of ours has neither."""
    for path, lax in (("/", False), ("/simulator/events", False), ("/watch", True), ("/_solara/cdn/x", True)):
        headers = dict(messages([(b"host", b"localhost")], path=path)[0]["headers"])
        assert (b"unsafe-inline" in headers[b"content-security-policy"]) == lax
        assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "localhost:1", "origin": "http://evil.example"}, 403),
        ({"host": "localhost:1", "content_length": "100000000"}, 413),
        ({"host": "localhost:1", "transfer_encoding": "chunked"}, 413),
        ({"host": "localhost:1", "content_length": "²"}, 413),
        ({"host": "localhost:1", "origin": "http://localhost:1"}, 200),
        ({"host": "[::1"}, 400),
        ({"host": "[v1]"}, 400),
        ({"host": "evil.example@localhost"}, 400),
        ({"host": "localhost/evil.example"}, 400),
        ({"host": "localhost?evil.example"}, 400),
        ({"host": "localhost:port"}, 400),
        ({"host": "[::1]:8765"}, 421),
        ({"host": "localhost:1", "origin": "http://[::1"}, 400),
        ({"host": ""}, 421),
    ],
)
def test_other_names_other_sites_and_large_bodies_are_turned_away(headers: dict[str, str], status: int) -> None:
    """A name that leads here from elsewhere, a page of another site and a large body get an error; own pages get an answer."""
    assert asked(**headers)[0]["status"] == status


def test_a_path_that_no_file_can_have_is_refused() -> None:
    """It came from the address as %00; the parts of the server that look for files would break off with a trace in its log."""
    for kind in ("http", "websocket"):
        sent = messages([(b"host", b"localhost")], kind, "/static/\0")[0]
        assert (sent.get("status"), sent.get("code")) == ((400, None) if kind == "http" else (None, 1008))


def test_a_header_that_may_stand_once_is_refused_twice() -> None:
    """Of two Host headers a proxy may have read the other one."""
    assert answers(("host", "localhost"), ("Host", "127.0.0.1"))[0]["status"] == 400


def test_a_websocket_needs_the_cookie_of_its_page() -> None:
    """Without it the socket is closed before the app hears of it; with it the app answers."""
    own = {"host": "localhost:1", "origin": "http://localhost:1"}
    assert asked("websocket", **own)[0]["type"] == "websocket.close"
    assert asked("websocket", **own, cookie=f"{SESSION_COOKIE}=x")[0]["type"] == "http.response.start"


def test_no_more_websockets_than_allowed_are_open_and_a_closed_one_gives_its_place_back() -> None:
    """Any cookie opens one, and each takes a thread of the server."""
    own = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", f"{SESSION_COOKIE}=made-up".encode())]
    scope = {"type": "websocket", "path": "/", "headers": own}

    async def tries() -> list[str]:
        leave, sent = asyncio.Event(), list[str]()

        async def staying(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await leave.wait()

        async def send(message: Any) -> None:
            sent.append(message["type"])

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        guard = Guard(staying, ("localhost",), 2)
        stays = [asyncio.create_task(guard(scope, receive, send)) for _ in range(2)]
        await asyncio.sleep(0)
        # Let in, it would stay for ever.
        await asyncio.wait_for(guard(scope, receive, send), 5.0)
        leave.set()
        await asyncio.gather(*stays)
        await guard(scope, receive, send)
        return sent

    assert elsewhere(asyncio.run, tries()) == [
        "websocket.accept",
        "websocket.accept",
        "websocket.close",
        "websocket.accept",
    ]


def test_a_websocket_that_fails_gives_its_place_back_and_requests_take_none() -> None:
    """One place: a request under way leaves it free, and an error of the app does not keep it."""
    own = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", f"{SESSION_COOKIE}=made-up".encode())]
    sent: list[str] = []

    async def tries() -> None:
        async def app(scope: Any, _receive: Any, send: Any) -> None:
            if scope["type"] == "http":  # a socket is opened while the request is under way
                await guard({"type": "websocket", "path": "/", "headers": own}, receive, send)
                return
            await send({"type": "websocket.accept"})
            raise OSError("the socket broke")

        async def send(message: Any) -> None:
            sent.append(message["type"])

        async def receive() -> Any:
            return {}

        guard = Guard(app, ("localhost",), 1)
        for kind in ("websocket", "http"):
            with pytest.raises(OSError, match="the socket broke"):
                await guard({"type": kind, "path": "/", "headers": own}, receive, send)

    elsewhere(asyncio.run, tries())
    assert sent == ["websocket.accept", "websocket.accept"]


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=12))
def test_no_bytes_in_headers_break_the_guard(host: bytes, origin: bytes, length: bytes) -> None:
    """Whatever stands in the headers, the answer is a refusal in words or the app's own."""
    sent = messages([(b"host", host), (b"origin", origin), (b"content-length", length)])
    assert sent[0]["status"] in (200, 400, 403, 413, 421)


@pytest.mark.parametrize("headers", [{"host": "localhost:1"}, {"host": "localhost:1", "origin": "http://evil.example"}])
def test_a_websocket_that_does_not_come_from_an_own_page_is_closed(headers: dict[str, str]) -> None:
    """Browsers let any page open a websocket to any server: the server has to look at whose page it is."""
    assert asked("websocket", **headers)[0]["type"] == "websocket.close"
