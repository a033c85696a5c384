"""The frame around all pages: who is let in, the links, and the address line."""

from __future__ import annotations

from typing import Any

from desertion.app.parts.elements import Keeper, Theme, box, sentence, text
from desertion.app.request.address import PAGES
from desertion.app.request.choice import compared
from desertion.app.request.query import mix_of, world_of
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
    # The world, and what is kept as A, go home with the visitor, whatever the sliders can say of the rest.
    query, home = address.query(), (mix_of(address) or world_of(address)).query()
    with box([], "app-root", "div", lang="en") as root:
        Keeper(query=query)
        with box([], "app-nav", "nav", aria_label="Pages"):
            text("Desertion cascades", "span", "brand")
            (_, first), *others = PAGES.items()
            text(first, "a", href=f"/?{home}" if home else "/")
            for path, name in others:
                there = compared(address).query() if path == "compare" else query
                with solara.Link(f"/{path}" + (f"?{there}" if there else "")):
                    text(name, "span", "here" if path == here else "")
            Theme(event_tell=lambda dark: session.dark.set(bool(dark)))
        with box([], "", "main"):
            for child in children:
                solara.display(child)
    return root
