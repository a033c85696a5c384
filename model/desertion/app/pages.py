"""Pages: the addresses of the app and what stands there; this is the module that Solara's server is given."""

from __future__ import annotations

from desertion.app.cascade import Cascade
from desertion.app.shell import PAGES, Layout
from desertion.app.ui import solara

__all__ = ["Layout", "routes"]

_COMPONENTS = {"": Cascade}

routes = [
    solara.Route(
        path or "/", component=_COMPONENTS[path], layout=None if path else Layout, label=f"{name} - Desertion cascades"
    )
    for path, name in PAGES.items()
    if path in _COMPONENTS
]
"""One route a page."""
