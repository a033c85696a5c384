"""The web server around the app: its settings, its routes, its start."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import threading
import warnings
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desertion.app.request.limits import Limits, set_limits
from desertion.errors import InputError, shortened
from desertion.files import RESULTS

if TYPE_CHECKING:
    from starlette.applications import Starlette

LOOPBACK = ("127.0.0.1", "localhost", "::1")

RECIPE = """\
This server listens on {host}, where others can reach it. It has no passwords and no encryption of its own, and every
visitor's runs take this machine's time and memory. Put a reverse proxy with TLS and a login in front of it and let the
app itself listen on 127.0.0.1 only. With nginx:

    location / {{
        auth_basic "desertion";  auth_basic_user_file /etc/nginx/htpasswd;
        proxy_pass http://127.0.0.1:{port};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;  proxy_set_header Connection "upgrade";
        proxy_set_header X-Forwarded-Proto $scheme;
        limit_conn visitors 10;  proxy_read_timeout 1h;
    }}

and start the app with: desertion app --allow-host your.name.example
"""

_PAGES_A_VISITOR = 8
"""Pages that one visitor may have open; the sockets of all pages are at most so many times the visitors."""

_SETTINGS = {
    "SOLARA_APP": "desertion.app.pages",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_VARIANT": "light",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_TITLE": "Desertion cascades",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "5m",
    "SOLARA_KERNEL_MAX_PER_SESSION": str(_PAGES_A_VISITOR),
    "SOLARA_SESSION_HTTP_ONLY": "True",
    "SOLARA_SESSION_SAME_SITE": "strict",
}
"""Solara reads its settings from the environment when it is imported."""

_PAGE_CHANGES = (
    (b"<html>", b'<html lang="en">'),
    (b", maximum-scale=1, user-scalable=no, minimal-ui", b""),
    (b"</head>", b"<style>" + (Path(__file__).parent / "style.css").read_bytes() + b"</style></head>"),
)
"""What is changed in Solara's page: the language is named, zooming is allowed, the app's look is in it."""

# What Solara's own server offers beyond the pages: numbers about its inside, and ways to put visitors out.
_CLOSED = (
    "/resourcez",
    "/_solara/api/evict/{kernel_id}",
    "/_solara/auth/authorize",
    "/_solara/auth/logout",
    "/_solara/auth/login",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the server listens and what it allows.

    Attributes:
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        names: Further names by which it may be addressed, as behind a proxy.
        limits: What visitors may ask for.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> tuple[str, ...]:
        """All names by which it may be addressed."""
        return (*LOOPBACK, self.host, *self.names)


def check(place: Place) -> None:
    """Refuse a place where no server can be.

    Raises:
        InputError: If the port or the study folder is wrong, Solara is not installed, or nothing can listen there.
    """
    if not 0 <= place.port <= 65535:
        raise InputError(f"--port = {place.port} must lie in [0, 65535]")
    studies = place.limits.studies
    if studies is not None and not studies.is_dir():
        raise InputError(f"--studies = {str(studies)!r} is no folder; give the folder that holds your studies' files")
    if find_spec("solara") is None:
        raise InputError("the app needs Solara, which is not installed: python -m pip install 'desertion[app]'")
    try:
        asyncio.run(_listen(place))
    except (OSError, ValueError) as problem:  # a name that no domain can have is a ValueError
        reason = str(getattr(problem, "strerror", None) or problem).rpartition(": ")[2]
        raise InputError(
            f"--host = {shortened(place.host)}, --port = {place.port}: no server can listen there ({reason}); "
            "name an address of this machine and a port that nothing listens on, 0 for any"
        ) from problem


async def _listen(place: Place) -> None:
    """Listen for a moment where the server is going to, as it will."""
    if not place.host:  # which would stand for all addresses of this machine
        raise ValueError("the address is empty")
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, place.host, place.port)
    server.close()


def application(place: Place) -> Any:
    """The whole app as an ASGI application, guarded.

    Args:
        place: Where it will listen and what it allows.
    """
    os.environ.update(_SETTINGS)
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    set_limits(place.limits)
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware

    from desertion.app.server.guard import Guard

    # On one machine packing takes longer than sending.
    packing = [] if place.is_loopback else [Middleware(GZipMiddleware, minimum_size=1000)]
    return Guard(_starlette(packing), place.hosts, _PAGES_A_VISITOR * place.limits.sessions)


def _starlette(middleware: Sequence[Any]) -> Starlette:
    import solara.server.starlette as served
    from solara.server import patch, settings
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute, Mount, Route
    from starlette.staticfiles import StaticFiles

    from desertion.app.simulator.endpoints import routes as simulator_routes

    # Solara gives each visitor Matplotlib settings of his own, in a way that newer versions of Matplotlib do not survive; here all
    # figures are drawn one at a time in one style, see desertion.app.parts.drawing.
    patch.patch_matplotlib = lambda: None

    class Assets(StaticFiles):
        """Scripts and styles that are installed on this machine; what is missing is missing, never fetched."""

        def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
            """Find a file; a bare package name stands for its main script."""
            return super().lookup_path(path if "/" in path else f"{path}/__main.js")

        def file_response(self, *arguments: Any, **options: Any) -> Response:
            """Send a file that never changes: its path holds its version."""
            answer = super().file_response(*arguments, **options)
            answer.headers["cache-control"] = "public, max-age=31536000, immutable"
            return answer

    async def page(request: Request, fullpath: str = "") -> Response:
        """Solara's page, as `_PAGE_CHANGES` has it, with a cookie that neither scripts nor other sites get."""
        answer = await served.root(request, fullpath)
        body = bytes(answer.body)
        for old, new in _PAGE_CHANGES:
            body = body.replace(old, new, 1)
        answer.body = body
        answer.headers["content-length"] = str(len(body))
        answer.headers["cache-control"] = "no-store"
        cookie = answer.headers.get("set-cookie")
        if cookie:
            parts = [
                part for part in cookie.split("; ") if part.lower() not in ("samesite=none", "samesite=lax", "httponly")
            ]
            answer.headers["set-cookie"] = "; ".join([*parts, "HttpOnly", "SameSite=Strict"])
        return answer

    def close(request: Request) -> Response:
        """Solara's farewell to a page, which breaks off where the page is not named."""
        return served.close(request) if "session_id" in request.query_params else Response(status_code=400)

    routes: list[BaseRoute] = [*simulator_routes()]
    for route in served.routes:
        path = getattr(route, "path", "")
        if path in _CLOSED:
            continue
        if path == "/_solara/cdn":
            route = Mount(path, app=Assets(directory=settings.assets.proxy_cache_dir, check_dir=False))
        elif getattr(route, "endpoint", None) is served.root:
            route = Route(path, endpoint=page)
        elif getattr(route, "endpoint", None) is served.close:
            route = Route(path, endpoint=close, methods=["POST"])
        routes.append(route)
    return Starlette(routes=routes, middleware=list(middleware), lifespan=served.lifespan)


def serve(place: Place, *, opened: bool = False) -> None:
    """Serve until interrupted.

    Args:
        place: Where.
        opened: Whether to open a browser.
    """
    import uvicorn

    from desertion.app.simulator.endpoints import ends_with

    check(place)
    app = application(place)
    threading.Thread(target=_warm_up, name="desertion-warm-up", daemon=True).start()
    # A message from a page is a click or a word; an open page says something every few seconds.
    config = uvicorn.Config(
        app, host=place.host, port=place.port, log_level="warning", access_log=False, server_header=False, date_header=False,
        ws_max_size=1_000_000, limit_concurrency=40 * place.limits.sessions, timeout_keep_alive=20, timeout_graceful_shutdown=3,
        forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip
    server = uvicorn.Server(config)
    ends_with(lambda: server.should_exit)
    if opened:
        threading.Timer(1.0, webbrowser.open, (f"http://{_shown(place)}/",)).start()
    server.run()


def _warm_up() -> None:
    """Do in the background what the first visitor would wait for."""
    from desertion.app.simulator.endpoints import warm
    from desertion.app.work.warm import warm_up

    warm_up()
    warm()


def _shown(place: Place) -> str:
    host = "localhost" if place.host in ("0.0.0.0", "::") else place.host  # noqa: S104 - compared, not listened on
    return f"[{host}]:{place.port}" if ":" in host else f"{host}:{place.port}"


def greeting(place: Place) -> str:
    """What the command prints: the address, the study folder, and a warning where others can reach the server."""
    studies = place.limits.studies
    lines = [f"desertion: http://{_shown(place)}/ (Ctrl-C ends it)"]
    lines.append(f"studies:   {studies}" if studies else "studies:   none, give a folder with --studies")
    if not place.is_loopback:
        lines += ["", "WARNING", RECIPE.format(host=place.host, port=place.port)]
    return "\n".join(lines)


def studies_folder(folder: Path | None) -> Path | None:
    """The study folder: the one asked for, or `outputs` where there is one."""
    if folder is not None:
        return folder
    return RESULTS if RESULTS.is_dir() else None
