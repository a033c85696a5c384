"""Figures made by the project's own functions, in a thread, one at a time, as PNG."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from desertion.app.parts.elements import box, picture, sentence, text
from desertion.app.ui import solara
from desertion.app.work.failure import without_folders
from desertion.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def png(make: Callable[[], Figure]) -> bytes:
    """A figure as PNG.

    Args:
        make: Draws it.
    """
    from desertion.figures import style

    with style.ONE_AT_A_TIME:
        return style.png(make())


@solara.component
def FigurePanel(make: Callable[[], Figure], said: str, key_of: tuple[object, ...]) -> Any:
    """Draw a figure in a thread and show it; what cannot be drawn is told in a sentence.

    Args:
        make: Draws it.
        said: The same in words.
        key_of: What it depends on; it is drawn anew when that changes.
    """

    def work() -> tuple[bytes, str]:
        try:
            return png(make), ""
        except (InputError, KeyError, ValueError) as problem:
            return b"", without_folders(str(problem))

    task = solara.lab.use_task(work, dependencies=[*key_of], raise_error=False)
    with box([], "app-drawn") as shown:
        if task.value is not None:
            data, problem = task.value
            if problem:
                sentence(problem, "note")
            else:
                picture(data, said)
        elif task.error:
            sentence("This figure could not be drawn.", "note")
        else:
            text("Drawing ...", kind="small")
    return shown
