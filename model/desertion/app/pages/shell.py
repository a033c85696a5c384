"""The frame around all pages: who is let in, the links, and the address line."""

from __future__ import annotations

from typing import Any

from desertion.app.parts.elements import Keeper, Theme, box, sentence, text
from desertion.app.request.address import PAGES, Address
from desertion.app.request.guess import compared, unguessed
from desertion.app.request.query import home
from desertion.app.session import SESSION, Session, is_full
from desertion.app.ui import solara

_FULL = "This server already has as many visitors as it is allowed to have; come back a little later."


@solara.component
def Layout(children: list[Any] | None = None) -> Any:
    """Show the page that the address names, in a session of the visitor's own."""
    if solara.use_memo(is_full, []):
        return box([text("Desertion cascades", "h1"), sentence(_FULL)], "app-root", "main")
    return _Inside(children or [])


@solara.component
def _Inside(children: list[Any]) -> Any:
    router = solara.use_router()
    session = solara.use_memo(lambda: Session(router.search or ""), [])
    solara.use_effect(lambda: session.close, [])
    solara.use_effect(
        lambda: session.read(router.search) if router.search is not None else None, [router.path, router.search]
    )
    SESSION.provide(session)
    here = (router.path or "").strip("/")
    address = session.address.value
    links = links_of(address)
    with box([], "app-root", "div", lang="en") as root:
        Keeper(query=address.query())
        with box([], "app-nav", "nav", aria_label="Pages"):
            text("Desertion cascades", "span", "brand")
            (_, first), *others = PAGES.items()
            text(first, "a", href=links[""])
            for path, name in others:
                with solara.Link(links[path]):
                    text(name, "span", "here" if path == here else "")
            Theme(event_tell=lambda dark: session.dark.set(bool(dark)))
        with box([], "", "main"):
            for child in children:
                solara.display(child)
    return root


def links_of(address: Address) -> dict[str, str]:
    """Links to all pages, by the last part of their address: each opens with what this one shows."""
    plain = unguessed(address)
    queries = dict.fromkeys(PAGES, plain.query()) | {"": home(address), "compare": compared(plain).query()}
    return {path: f"/{path}" + (f"?{query}" if query else "") for path, query in queries.items()}
