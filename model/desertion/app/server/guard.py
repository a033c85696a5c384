"""What every request passes through: known hosts only, own pages only, small bodies, careful headers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Message, Receive, Send], Awaitable[None]]

LARGEST_BODY = 100_000
"""Bytes of a request's body."""

SESSION_COOKIE = "solara-session-id"
"""Name of the cookie that Solara's page sets and its socket must bring."""

_SINGLE = ("host", "origin", "content-length", "transfer-encoding")

_HOST = re.compile(r"(\[[^][/@?#\\\s]*\]|[^][:/@?#\\\s]*)(:[0-9]*)?")
"""A name or address, and perhaps a port: no account, path or query, of which `urlsplit` would read another name."""

# Vue compiles its templates in the browser, hence 'unsafe-eval' and blob:; Solara's page starts with a script in the page itself.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The content security policy: nothing is loaded from, or sent to, any other place."""

STRICT_POLICY = "; ".join(
    (
        "default-src 'self'", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
"""The same for pages that are not Solara's: scripts and styles come from files of this server alone."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Headers of every answer."""


class Guard:
    """An ASGI layer around the app.

    Args:
        app: What is guarded.
        hosts: Names by which the server may be addressed; a page of another site that points its own name at this
            machine is turned away.
        sockets: Websockets at a time. Each takes a thread, and any cookie opens one, so that without an end one visitor could take all memory.
    """

    def __init__(self, app: Application, hosts: Iterable[str], sockets: int) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._free = sockets

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request through or turn it away."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        # No file has such a name; the library that looks for it would break off.
        malformed = (400, "The path is malformed.") if "\0" in scope.get("path", "") else None
        refused = malformed or self._refusal(scope["type"], pairs)
        if refused is None:
            taken = scope["type"] == "websocket"
            self._free -= taken
            try:
                await self._app(scope, receive, _with_headers(send, scope.get("path", "")))
            finally:
                self._free += taken
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused[1]})
        else:
            await _answer(_with_headers(send, scope.get("path", "")), *refused)

    def _refusal(self, kind: str, pairs: Sequence[tuple[str, str]]) -> tuple[int, str] | None:
        headers = dict(pairs)
        try:
            host, origin = headers.get("host", ""), headers.get("origin")
            name = urlsplit(f"//{host}").hostname or ""
            site = None if origin is None else urlsplit(origin).netloc.lower()
        except ValueError:
            return 400, "The Host or Origin header is malformed."
        if not _HOST.fullmatch(host):
            return 400, "The Host or Origin header is malformed."
        if any([key for key, _ in pairs].count(single) > 1 for single in _SINGLE):
            return 400, "A header that may stand once stands twice."
        if name.lower() not in self._hosts:
            return 421, "This server does not answer to that name; start it with --allow-host NAME."
        # Browsers let any page open a websocket to any server; only the server can tell whose page it is.
        if site is not None and site != host.lower():
            return 403, "Requests from pages of other sites are refused."
        if kind == "websocket" and origin is None:
            return 403, "A websocket must come from a page of this server."
        # Solara would give a socket without the cookie state of its own, which nobody could come back to and nothing would end.
        if kind == "websocket" and f"{SESSION_COOKIE}=" not in headers.get("cookie", ""):
            return 403, "A websocket must carry the cookie of the page that opens it."
        if kind == "websocket" and not self._free:
            return 503, "This server already holds as many pages open as it is allowed to."
        length = headers.get("content-length", "0")
        if (
            not re.fullmatch(r"[0-9]{1,9}", length)
            or int(length) > LARGEST_BODY
            or "chunked" in headers.get("transfer-encoding", "")
        ):
            return 413, f"Requests may carry {LARGEST_BODY:,} bytes at most."
        return None


def _with_headers(send: Send, path: str) -> Send:
    own_page = path == "/" or path.startswith("/simulator/")
    headers = {**HEADERS, "content-security-policy": STRICT_POLICY} if own_page else HEADERS

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [pair for pair in message.get("headers", []) if pair[0].decode("latin-1").lower() not in HEADERS]
            added = [(name.encode(), value.encode()) for name, value in headers.items()]
            message = {**message, "headers": [*own, *added]}
        await send(message)

    return sending


async def _answer(send: Send, status: int, words: str) -> None:
    body = f"{words}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
