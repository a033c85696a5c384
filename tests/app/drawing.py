"""A component drawn without a browser, as the words that a visitor would read."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from desertion.app.session import SESSION, Session
from desertion.app.ui import solara


def words_of(component: Callable[..., Any], *arguments: Any, session: Session) -> str:
    """All text that a component shows in a visitor's session, a line for each element.

    Args:
        component: The component.
        *arguments: What it is given.
        session: The visitor's session.
    """

    @solara.component
    def shown() -> Any:
        SESSION.provide(session)
        return component(*arguments)

    root, context = solara.render(shown(), handle_error=False)
    try:
        return "\n".join(_words(root))
    finally:
        context.close()


def _words(widget: Any) -> list[str]:
    if isinstance(widget, str):
        return [widget]
    markup = html.unescape(re.sub("<[^>]*>", " ", getattr(widget, "unsafe_innerHTML", "")))
    own = [str(getattr(widget, name, "")) for name in ("label", "value")]
    return [
        *filter(None, [*own, markup]),
        *(word for child in getattr(widget, "children", None) or () for word in _words(child)),
    ]
