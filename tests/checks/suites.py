"""Run the test suites one after the other and close with one line: `python -m tests.checks.suites [SUITE ...]`."""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

_NOTHING_COLLECTED = 5
TESTS = Path("tests")
"""Where the tests are."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A part of the tests, chosen by marker; `budget` in seconds on two cores, `spread` as xdist deals tests out."""

    name: str
    marker: str
    workers: int
    budget: int
    spread: str = "worksteal"

    def files(self) -> list[Path]:
        """What is read for the suite: files that name its marker, all where it is made of what other suites leave.

        To read all tests takes 27 s of a core in every process, to read those of one suite a few.
        """
        if self.marker != self.name:
            return [TESTS]
        named = f"mark.{self.name}"
        return sorted(path for path in TESTS.rglob("test_*.py") if named in path.read_text(encoding="utf-8"))


# What kills and cuts off processes runs alone: side by side they would time each other out. It comes first, beside the documentation that `.ci/run` builds.
SUITES = (
    Suite(name="studies", marker="studies", workers=0, budget=240),
    Suite(
        name="quick",
        marker="not docking and not oracle and not statistical and not walks and not studies and not browser",
        workers=2,
        budget=300,
    ),
    Suite(name="docking", marker="docking", workers=2, budget=180),
    Suite(name="oracle", marker="oracle", workers=2, budget=60),
    Suite(name="statistical", marker="statistical", workers=2, budget=180),
    Suite(name="walks", marker="walks", workers=2, budget=300),
    # A file's tests share a server.
    Suite(name="browser", marker="browser", workers=2, budget=180, spread="loadfile"),
)


@dataclass(kw_only=True)
class Count:
    """How many tests came out which way."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            skipped=self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def main(names: list[str]) -> int:
    """Run the named suites, or all, and return 0 if every test passed."""
    unknown = sorted(set(names) - {suite.name for suite in SUITES})
    if unknown:
        print(f"There is no suite {unknown[0]!r}; known are: {', '.join(suite.name for suite in SUITES)}.")
        return 2
    chosen = [suite for suite in SUITES if not names or suite.name in names]
    compile_once()
    total, codes, lines = Count(), [], []
    for suite in chosen:
        print(f"\n=== {suite.name} (budget {suite.budget} s)", flush=True)
        start = time.monotonic()
        code, count = run(suite)
        seconds = time.monotonic() - start
        late = "  OVER BUDGET" if seconds > suite.budget else ""
        lines.append(f"{suite.name:<12} {count}  {seconds:.0f} s of {suite.budget} s{late}")
        codes.append(code)
        total += count
    print("\n" + "\n".join(lines))
    if any(codes) and not total.failed:
        print("A suite ended before its tests did; its output above says why.")
        total.failed += 1
    print(total)
    return int(any(codes))


def compile_once() -> None:
    """Compile the model in one process, so that no test has to wait while several compile the same."""
    print("=== compiling the model, where that has not been done", flush=True)
    both = "from desertion.simulation.model import DesertionModel as M; M('toy', rng=1, days=3).run(); M('toy', rng=1, days=3, population='mesa').run()"
    subprocess.run([sys.executable, "-c", both], check=False)


def run(suite: Suite) -> tuple[int, Count]:
    """Return pytest's exit code for the suite (0 if it has no tests yet) and the count of its tests."""
    if not (files := suite.files()):
        return 0, Count()
    # Asserts that pytest has rewritten are kept for the next process, also where bytecode is not wanted.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            f"({suite.marker}) and not variants",
            f"--junitxml={report}",
            *map(str, files),
        ]
        command += ["--durations=12", "--durations-min=5"]  # what to make cheaper
        if suite.workers:
            command += ["-n", str(suite.workers), f"--dist={suite.spread}"]
        code = subprocess.run(command, env=environment, check=False).returncode
        return (0 if code == _NOTHING_COLLECTED else code), read(report)


def read(report: Path) -> Count:
    """Return the counts that pytest's XML report holds; errors count as failures."""
    if not report.exists():
        return Count()
    count = Count()
    for part in ET.parse(report).getroot().iter("testsuite"):
        tests, errors, failures, skipped = (int(part.get(key, 0)) for key in ("tests", "errors", "failures", "skipped"))
        count += Count(passed=tests - errors - failures - skipped, failed=errors + failures, skipped=skipped)
    return count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
