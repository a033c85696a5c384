"""The addresses of the app and what stands there; this is the module that Solara's server is given."""

from __future__ import annotations

from desertion.app.pages.cascade import Cascade
from desertion.app.pages.claims import ClaimsPage
from desertion.app.pages.compare import Compare
from desertion.app.pages.person import Person
from desertion.app.pages.shell import Layout
from desertion.app.pages.study import StudyPage
from desertion.app.request.address import PAGES
from desertion.app.ui import solara

__all__ = ["Layout", "routes"]

_COMPONENTS = {"watch": Cascade, "compare": Compare, "study": StudyPage, "person": Person, "claims": ClaimsPage}

routes = [
    # Solara hangs the layout of all pages on its root, which visitors never see: the first screen stands at that address.
    solara.Route("/", component=Cascade, layout=Layout, label="Desertion cascades"),
    *(
        solara.Route(path, component=component, label=f"{PAGES[path]} - Desertion cascades")
        for path, component in _COMPONENTS.items()
    ),
]
"""One route a page."""
