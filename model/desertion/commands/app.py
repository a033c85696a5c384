"""`desertion app`: the browser app."""

from pathlib import Path
from typing import Annotated

import typer

from desertion.app.request.limits import Limits
from desertion.app.server.server import Place

Host = Annotated[
    str, typer.Option("--host", help="Address to listen on; others than 127.0.0.1 can be reached by others.")
]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.")]
Studies = Annotated[
    Path | None,
    typer.Option("--studies", help="The one folder whose study files the app may open; `outputs` if it is there."),
]
Names = Annotated[
    list[str] | None,
    typer.Option("--allow-host", help="A name by which the app may be addressed, as behind a proxy; repeatable."),
]
Largest = Annotated[int, typer.Option("--largest-run", help="Simulated persons of the largest run that is allowed.")]
Sessions = Annotated[int, typer.Option("--sessions", help="Visitors at a time.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")]


def command(
    host: Host = Place.host,
    port: Port = Place.port,
    studies: Studies = None,
    allow_host: Names = None,
    largest_run: Largest = Limits.people,
    sessions: Sessions = Limits.sessions,
    no_open: NoOpen = False,
) -> None:
    """Look at cascades in the browser: play a run, compare policies, open studies and claims."""
    from desertion.app.server.server import check, greeting, serve, studies_folder
    from desertion.errors import input_error

    for name, value in (("--largest-run", largest_run), ("--sessions", sessions)):
        if value < 1:
            raise input_error(name, value, "must be a whole number >= 1")
    limits = Limits(people=largest_run, sessions=sessions, studies=studies_folder(studies))
    place = Place(host=host, port=port, names=tuple(allow_host or ()), limits=limits)
    check(place)
    print(greeting(place), flush=True)
    serve(place, opened=not no_open)
