"""A new user's walk, from a blank file to a calibrated conflict of one's own: `python walk.py DESERTION [--core]` in an empty folder.

It needs nothing but the program, so that the wheel is tried by it in an environment of its own. `--core` says that no extra is
installed: what needs one then ends with a sentence that names it.
"""

from __future__ import annotations

import csv
import datetime as dt
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

START = dt.date(2030, 1, 1)  # the first day of a skeleton
DAYS, STEP = 120, 15


def state(file: str, **known: object) -> None:
    """Take the marks away from what is known and write it down, as in an editor."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    for name, value in known.items():
        marked = [line for line in lines if line.startswith(f"# {name} = ")]
        assert marked, f"{file} has no line for {name}"
        lines = [f"{name} = {value}" if line == marked[0] else line for line in lines]
    Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def replace(file: str, before: str, after: str) -> None:
    """Write something in the place of a skeleton's own words."""
    text = Path(file).read_text(encoding="utf-8")
    assert before in text, f"{file} does not say {before}"
    Path(file).write_text(text.replace(before, after, 1), encoding="utf-8")


def describe() -> None:
    """An army of 3,000, a campaign, and the question which of two inputs matters."""
    state("guard.toml", soldiers=1500, reservists=1000, civilians=500, front_share=0.4)
    state("guard.toml", base_soldier_hide=2e-3, base_soldier_flee=4e-4)
    state("crisis.toml", days=DAYS)
    replace("crisis.toml", '["toy"]', '["guard.toml"]')
    replace("offer.toml", "[change.set]\n", '[change.set]\n"forces.*.campaign_reach" = 0.8\n')
    replace("question.toml", 'scenario = "toy"', 'scenario = "crisis.toml"')
    replace("question.toml", "steps = 5", "steps = 2")
    replace("question.toml", "none = []", 'none = []\noffer = ["offer.toml"]')


def series() -> None:
    """What one would have counted: those who left by fortnights, from a run that is taken for the world."""
    with Path("world/daily.csv").open(encoding="utf-8", newline="") as file:
        left = {int(row["day"]): float(row["left"]) for row in csv.DictReader(file)}
    rows = [f"{START + dt.timedelta(days=day)},{left[day + STEP] - left[day]:.0f}" for day in range(0, DAYS, STEP)]
    Path("left.csv").write_text("date,value\n" + "\n".join(rows) + "\n", encoding="utf-8")


def move_away() -> None:
    """Hand the results on and lose the files that they were made from."""
    shutil.move("first", "handed-on")
    for name in ("guard.toml", "crisis.toml", "offer.toml", "question.toml"):
        Path(name).unlink()


def walk(program: Sequence[str], *, core: bool) -> None:
    """Every step in the current folder, each with what it should say or leave behind.

    Args:
        program: The words that start the program.
        core: Whether extras are missing.

    Raises:
        AssertionError: If a step ends otherwise than it should.
    """

    def step(line: str, *promised: str, code: int = 0) -> None:
        began = time.monotonic()
        done = subprocess.run([*program, *shlex.split(line)], capture_output=True, text=True, check=False)
        told = done.stdout + done.stderr
        assert done.returncode == code, f"desertion {line} ended with {done.returncode}:\n{told}"
        for one in promised:
            assert one in told or Path(one).exists(), f"desertion {line} neither says nor leaves {one!r}:\n{told}"
        print(f"ok  {time.monotonic() - began:5.1f} s  desertion {line}", flush=True)

    def hand(work: Callable[[], None]) -> None:
        work()
        print(f"ok           {(work.__doc__ or '').splitlines()[0]}", flush=True)

    for kind, name in (("force", "guard"), ("scenario", "crisis"), ("policy", "offer"), ("study", "question")):
        step(f"new {kind} {name}", f"{name}.toml")
    step("new force guard", "exists already and is left as it is", code=2)
    hand(describe)
    step("check crisis.toml", 'force "guard" leaves to defaults', "would run")
    step("check question.toml", "would run")
    step("run crisis.toml --seed 1 --out first -q", "guard: 3,000 people", "first/daily.csv", "first/columns.json")
    step("sweep question.toml --workers 1 -q", "outputs/question.sqlite: 16 done")
    step("show outputs/question.sqlite -m left_total", "median and middle nine tenths")
    step("export outputs/question.sqlite", "outputs/question/runs.csv", "outputs/question/columns.json")
    step("run crisis.toml --seed 7 --out world -q --set forces.guard.base_soldier_hide=4e-3", "world/daily.csv")
    hand(series)
    step("history left.csv --with-model crisis.toml --runs 2", "left (8 points)", "absolute error of the median")
    fit = "calibrate crisis.toml --series left.csv --measure left_total --particles 100 --generations 1"
    if core:
        step(fit, "desertion[inference]", code=2)
    else:
        step(fit, "outputs/calibration/crisis-posterior.csv", "with contagion", "without contagion")
    step("rerun first -q", "1 of 1 runs give the same bits")
    hand(move_away)
    step("rerun handed-on -q", "1 of 1 runs give the same bits")
    step("rerun outputs/question.sqlite -q", "16 of 16 runs give the same bits")
    here = sorted(path.name for path in Path().iterdir())
    assert here == ["handed-on", "left.csv", "outputs", "world"], here


if __name__ == "__main__":
    walk([sys.argv[1]], core="--core" in sys.argv[2:])
