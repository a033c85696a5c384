"""Drives a study of the stand-in model, as a program that tests can kill: ``python -m tests.study.run.driving FILE``."""

import argparse
from concurrent.futures import Executor
from pathlib import Path

from desertion.study.analysis.study import Study
from desertion.study.design.reading import spec_from
from desertion.study.run.sweep import RunOptions, run_study


def drive(
    file: str, points: int = 10, runs: int = 20, busy: float = 0.0, days: int = 10, executor: Executor | None = None
) -> Study:
    """Run, or go on with, a study of so many points and replicates."""
    table = {
        "task": "tests.study.run.fake.run",
        "seed": 7,
        "days": days,
        "set": {"busy": busy},
        "vary": {"pull": {"range": [0.0, 1.0], "steps": points}},
        "replicates": runs,
    }
    return run_study(
        spec_from(table, "driven", "driven"), Path(file), RunOptions(quiet=True, workers=2, executor=executor)
    )


if __name__ == "__main__":
    told = argparse.ArgumentParser()
    told.add_argument("file")
    told.add_argument("--points", type=int, default=10)
    told.add_argument("--runs", type=int, default=20)
    told.add_argument("--busy", type=float, default=0.0)
    given = told.parse_args()
    drive(given.file, given.points, given.runs, given.busy)
