"""A study folder as a user's would be, with real runs of the smallest scenario, made in seconds."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from desertion import sweep
from desertion.study.claims.plan import ClaimsPlan, spec_of
from desertion.study.comparison.compare import spec_of as comparison_of
from desertion.study.run.sweep import RunOptions, run_study

SECRET = "nobody may read this"

OWN_CLAIMS = """
[world]
days = 30
vary = { "behaviour.contagion_squad" = { range = [0.0, 4.0] }, "behaviour.frailty_own" = { range = [0.0, 1.0] } }

[arms.shut]
scenario = "toy"
policies = ["closed-borders"]

[arms.wide]
scenario = "toy"
policies = ["fast-track"]

[[claims]]
id = "open-doors-draw"
claim = "Open doors draw more people out."
source = "made up"
contrast = "fast track against closed borders"
effect = "wide.left_total - shut.left_total"
unit = "persons"
sign = 1
smallest = 0.5
could_reverse = "nothing that is known"

[[bounds]]
effect = "wide.left_total"
low = 10.0
high = 15.0
source = "made up"
"""


class Here(Executor):
    """Does calls at once, in this process."""

    workers = 1

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the call now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as problem:
            future.set_exception(problem)
        return future


def make(folder: Path) -> None:
    """Fill a folder with a study, a comparison and runs of claims, beside files that must not be opened."""
    here = RunOptions(executor=Here(), workers=1, quiet=True)
    sweep(
        scenario="toy", days=40, vary={"asylum": [0.0, 0.5, 1.0], "behaviour.contagion_squad": [0.0, 4.0]}, runs=2,
        measures=["share_left", "left_total", "peak_waiting"], out=folder / "dial.sqlite", options=here, quiet=True,
    )  # fmt: skip
    sweep(
        scenario="toy", days=40, scale=0.2, seed=3, policies={"none": [], "closed-borders": ["closed-borders"], "fast-track": ["fast-track"]}, settings={"contagion": 2.0},
        vary={"asylum": {"range": [0.0, 1.0], "steps": 26}, "behaviour.form": ["multiplicative", "additive"]},
        measures=["share_left", "left_total"], out=folder / "wide.sqlite", options=here, quiet=True,
    )  # fmt: skip
    run_study(comparison_of("toy", ["closed-borders", "fast-track"], runs=3, days=60), folder / "policies.sqlite", here)
    claims = ClaimsPlan(ids=("contagion", "closed-borders-backfire"), count=3, scale=0.2)
    run_study(spec_of(claims), folder / "claims.sqlite", here)
    (folder / "own").mkdir()
    (folder / "own" / "claims.toml").write_text(OWN_CLAIMS)
    own = ClaimsPlan(path=folder / "own" / "claims.toml", count=4)
    run_study(spec_of(own), folder / "own" / "claims.sqlite", here)
    (folder.parent / "secret.sqlite").write_text(SECRET)
    (folder / "outside.sqlite").symlink_to(folder.parent / "secret.sqlite")
    (folder / "notes.txt").write_text(SECRET)
    (folder / "damaged.sqlite").write_bytes(b"this is no database")
