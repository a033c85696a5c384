"""Seconds spent on the finished generations of a fit, and what was fitted, kept beside it in a file."""

from __future__ import annotations

import json
import time
from pathlib import Path

from desertion.errors import input_error
from desertion.files import write_text


class Watch:
    """Seconds of all sessions together; a kill loses none.

    Generations of two different fits would make none, so the file also says what was fitted.
    """

    def __init__(self, path: Path, fitted: str) -> None:
        self._path, self._fitted, self._began = path, fitted, time.monotonic()
        before = json.loads(path.read_text()) if path.is_file() else {"seconds": 0.0, "fitted": fitted}
        begun = before.get("fitted", "by a version that did not say how")
        if begun != fitted:
            raise input_error(
                "fit",
                path.with_suffix(".db").name,
                f"was begun otherwise ({begun})",
                way_out="give another folder with --out, or the same numbers as then",
            )
        self._before = self.seconds = float(before["seconds"])

    def write(self) -> None:
        """Keep what has been spent so far."""
        self.seconds = self._before + time.monotonic() - self._began
        write_text(self._path, json.dumps({"seconds": self.seconds, "fitted": self._fitted}))
