"""Record: what each case of a torture run came to, a line of JSON each, so that a run that is cut off goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "outputs" / "torture"
"""Where records and files of cases lie; git ignores it."""

GOOD, BAD, SKIPPED = "good", "bad", "skipped"


@cache
def state() -> str:
    """Twelve digits for the state of the package and its tests: a case counts as done for the state that it was run on."""
    stamp = hashlib.sha256()
    for folder in ("model/desertion", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            stamp.update(path.read_bytes())
    return stamp.hexdigest()[:12]


class Record:
    """Lines of a file, one a case.

    Args:
        path: The file; made with its folder where it is missing.
    """

    def __init__(self, path: Path = FOLDER / "record.jsonl") -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, part: str, case: str, verdict: str, words: str, **more: Any) -> None:
        """Append a case.

        Args:
            part: The part it belongs to.
            case: Its name, unique within the part.
            verdict: good, bad or skipped.
            words: What came of it.
            **more: Whatever else is to be known of it.
        """
        line = {"part": part, "case": case, "verdict": verdict, "words": words, **more}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**line, "state": state(), "at": time.strftime("%Y-%m-%d %H:%M:%S")}) + "\n")
        print(f"{part} {case}: {verdict}, {words}", flush=True)

    def lines(self, part: str) -> Iterator[dict[str, Any]]:
        """The cases of a part that were run on today's state; a line that a kill cut short is left out."""
        if not self.path.exists():
            return
        for text in self.path.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue
            if line["part"] == part and line["state"] == state():
                yield line

    def done(self, part: str) -> set[str]:
        """Names of the cases of a part that need not be run again."""
        return {str(line["case"]) for line in self.lines(part)}

    def summary(self, part: str) -> str:
        """A part in a sentence."""
        lines = list(self.lines(part))
        found = {verdict: [line for line in lines if line["verdict"] == verdict] for verdict in (GOOD, BAD, SKIPPED)}
        text = f"{part}: {len(lines)} cases, " + ", ".join(
            f"{len(cases)} {verdict}" for verdict, cases in found.items()
        )
        counted = [line for line in lines if line.get("counts")]
        if any("counts" in line for line in lines):
            text += f"; {len(counted)} count"
        reasons = sorted({str(line["words"]) for line in found[SKIPPED]})
        return text + "".join(f"; skipped: {reason}" for reason in reasons)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child that imports this checkout's package and tests."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'model'}{os.pathsep}{ROOT}", **(more or {})}
