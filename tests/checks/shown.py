"""Commands and Python that the documents show, and how each is tried: at reduced size, or not and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from desertion.files import shipped_designs
from tests.checks.site import ROOT, SOURCES

PAGES = sorted(
    path.relative_to(ROOT)
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "seeds/README.md")),
        *(ROOT / "experiments").rglob("*.md"),
        *SOURCES.rglob("*.md"),
    )
)

SMALLER: Mapping[str, Mapping[str, str]] = {
    "desertion sweep mine.toml": {"--runs": "2", "--days": "30", "--workers": "1"},
    "desertion sweep three-armies": {"--runs": "2", "--days": "30", "--workers": "1"},
    "desertion sweep tipping --shard": {"--shard": "1/1", "--runs": "1", "--days": "30"},
    "desertion sweep screening": {"--runs": "1", "--days": "120", "--scale": "0.0005", "--workers": "1"},
    "desertion sweep sensitivity": {"--runs": "1", "--days": "120", "--scale": "0.0005", "--workers": "1"},
    "desertion sweep asylum-policies": {"--runs": "2", "--days": "20", "--scale": "0.0005", "--workers": "1"},
    "desertion sweep": {"--runs": "1", "--days": "20", "--scale": "0.0005", "--workers": "1"},
    "desertion search": {"--runs": "1", "--check": "1", "--candidates": "4", "--scale": "0.001", "--workers": "1"},
    "desertion history": {"--runs": "1"},
    "desertion match mine-match.toml": {"--worlds": "4", "--screening": "0", "--runs": "1", "--workers": "1"},
    "desertion claims draws": {"--worlds": "2", "--most-runs": "1", "--workers": "1"},
    "desertion claims cascade-topples": {"--worlds": "1", "--size": "0.2", "--most-runs": "2", "--workers": "1"},
    "desertion claims internal-refuge": {"--worlds": "1", "--size": "0.2", "--workers": "1"},
    "desertion claims no-burden": {"--worlds": "1", "--size": "0.2", "--workers": "1"},
    "desertion claims neighbours": {"--worlds": "1", "--size": "0.2", "--workers": "1"},
    "desertion claims contagion": {"--worlds": "1", "--most-runs": "1", "--size": "0.2", "--workers": "1"},
}
"""Options that are put in place of a command's own, by how it begins; the longest beginning holds."""

LEFT = {
    "make demo": "installs, and takes minutes; its command is the README's comparison at another size",
    "make test": "runs this test",
    "pip install": "needs a network; `.ci/run` installs the wheel and tries it",
    "dask ": "starts a server and workers, as tests/study/run/test_cluster.py does",
    "desertion sweep tipping --scheduler": "needs a scheduler, which tests/study/run/test_cluster.py starts",
    "desertion match russia-2022": "over an hour of one core; its parts are tried by tests/study/matching, and a design of one's own here",
    "desertion match gdr-1989": "an hour and a half; as for Russia",
    "desertion claims --": "40 arms in each world, most of a minute each at the least; two claims with their arms are tried here",
    "desertion claims internal-refuge wounding-doctrine transit": "its claims over a year lie beside the page; tests/study/claims/test_plans.py holds them to the shipped ones",
    "desertion claims neighbours --claims mine-claims.toml --pilot": "32 worlds, a quarter of a minute; the verdict's command is tried here",
    "desertion claims brain-drain": "arms of twice the size, minutes; tests/study/claims/test_plans.py holds its file to the shipped one",
    "desertion claims transit-suffices": "ten times the size, forty minutes; two claims with their arms are tried here",
    "desertion thesis": "half a minute at the smallest size that answers, in tests/study/thesis/test_judgement.py; hours as shown",
    "desertion contagion gdr_places_first_protest.csv": "its data are not in the repository",
    "desertion contagion afghan_districts_2021.csv": "its data are not in the repository",
    "desertion contagion acw_battle_losses.csv": "its data are not in the repository",
    "python experiments/mechanisms/mechanisms.py": "two minutes; at least half a minute with two replicates",
    "python experiments/ends/ends.py": "a quarter of an hour of two cores and more; tests/scenario/test_ends.py tries one number",
    "python -m tests.checks.claim_words": "its reports are those of hours of runs; tests/study/claims/test_shipped.py holds its table to those that are shipped",
    "python -m tests.benchmarks": "eight minutes on an idle machine; tests/benchmarks/test_benchmarks.py tries its parts",
    "python -m tests.study.calibration.interval_coverage": "a quarter of an hour on an idle core; tests/study/calibration/test_coverage.py tries a few series",
    "python -m tests.study.places.seen": "seven minutes on an idle core; tests/study/places/test_seen.py tries its parts",
    "python -m tests.simulation.equivalence": "four minutes; tests/simulation/test_equivalence.py tries a twentieth of the runs",
    "python -m tests.scenario.test_plausibility": "writes a table of seeds/README.md, which its own test holds",
    "from dask_jobqueue": "needs a batch system",
}
"""Commands and Python that are not executed, by how they begin, each with its reason; options are held to the parsers all the same."""

_FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?:    [^\n]*\n)(?:(?:    [^\n]*)?\n)*")
_SHELLS = ("console", "sh", "shell", "bash")


class Block(NamedTuple):
    """Something that a page shows under a heading: `shell` lines, `python`, or a `file` that opens with `# NAME.toml`."""

    heading: str
    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Blocks of a page in their order; output of commands and what is executed when the site is built are none."""
    found: list[tuple[int, str, tuple[str, ...]]] = []
    for match in _FENCE.finditer(text):
        kind, lines = match[1], tuple(match[2].splitlines())
        if kind in _SHELLS:
            found.append((match.start(), "shell", tuple(line[2:] for line in lines if line.startswith("$ "))))
        elif kind == "python":
            found.append((match.start(), "python", lines))
        elif lines and re.fullmatch(r"# \S+\.toml", lines[0]):
            found.append((match.start(), "file", lines))
    bare = _FENCE.sub(lambda match: re.sub(r"[^\n]", "`", match[0]), text)
    for match in _INDENTED.finditer(bare):
        lines = tuple(line.strip() for line in match[0].splitlines())
        found.append((match.start(), "shell", tuple(line for line in lines if line and line[0] != "#")))
    headings = [(match.start(), match[1]) for match in _HEADING.finditer(bare)]
    for place, kind, lines in sorted(found):
        yield Block(next((title for at, title in reversed(headings) if at < place), ""), kind, lines)


def left(line: str) -> str:
    """Why something is not executed; empty if it is."""
    return next((reason for start, reason in LEFT.items() if line.startswith(start)), "")


def smaller(line: str) -> str:
    """A command at reduced size, without its comment; a shipped study that is swept stands for its reduced file."""
    line = line.partition(" #")[0].strip()
    starts = [start for start in SMALLER if line.startswith(start)]
    if "--dry-run" not in line:
        for option, value in SMALLER[max(starts, key=len)].items() if starts else ():
            line, known = re.subn(rf"{option} \S+", f"{option} {value}", line)
            line += "" if known else f" {option} {value}"
    name = re.match(r"desertion sweep (\S+)", line)
    if name and name[1] in shipped_designs("studies"):
        line = line.replace(f"sweep {name[1]}", f"sweep {name[1]}.toml", 1)
    return line


def reduced(study: str) -> str:
    """The text of a study with fewer design points."""
    return re.sub(r"\bsteps = \d+", "steps = 3", re.sub(r"^points = \d+", "points = 2", study, flags=re.MULTILINE))
