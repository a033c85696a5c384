"""Runs the commands and the Python of the README and compares what they print with what it shows.

`python -m tests.checks.readme` says what differs; `--renew` writes the new output into the README.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def _run_console(body: str, folder: str) -> str:
    """The block as it would read now: each command line with what it prints."""
    out: list[str] = []
    for line in body.splitlines():
        if not line.startswith("$ "):
            continue
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        env = os.environ | {"PATH": path, "COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}
        done = subprocess.run(
            line[2:], shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
        )
        # Progress and warnings go to standard error and depend on the machine's speed; what failed must be seen.
        shown = done.stdout if done.returncode == 0 else done.stdout + done.stderr
        out += [line, *(text.rstrip() for text in shown.splitlines())]
    return "\n".join(out) + "\n"


def run_python(body: str, space: dict[str, object]) -> str:
    """What some lines of Python print, without blanks at the ends of lines."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(body, "README.md", "exec"), space)
    return "".join(line.rstrip() + "\n" for line in printed.getvalue().splitlines())


def renewed(text: str) -> str:
    """The README with every block's output as it is now."""
    space: dict[str, object] = {"__name__": "readme"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):

        def block(found: re.Match[str]) -> str:
            kind, body, shown = found.groups()
            if kind == "console":
                return f"```console\n{_run_console(body, folder)}```\n"
            printed = run_python(body, space)
            tail = f"\n```text\n{printed}```\n" if shown is not None or printed else ""
            return f"```python\n{body}```\n{tail}"

        return _BLOCK.sub(block, text)


def main() -> int:
    """Compare, or renew; 1 where the README is not current."""
    old = README.read_text(encoding="utf-8")
    new = renewed(old)
    if "--renew" in sys.argv:
        README.write_text(new, encoding="utf-8")
        return 0
    for a, b in zip(old.splitlines(), new.splitlines(), strict=False):
        if a != b:
            print(f"README.md shows {a!r}, but it is now {b!r}; renew it with python -m tests.checks.readme --renew")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
