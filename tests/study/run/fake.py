"""A fast stand-in for the model: a toy cascade in closed form, which fails, dawdles or dies when it is told to."""

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from desertion.errors import InputError
from desertion.study.run.task import Outcome

COLUMNS = ("left", "strength")


def run(spec: Mapping[str, Any], replicate: int, seed: int) -> Outcome:
    """Leavers grow with `pull`; policies `open` and `wide` raise it; a share of replicates ends in a large cascade."""
    told = dict(spec["settings"])
    task_check(spec)
    _misbehave(told, replicate)
    fate = np.random.default_rng([seed, replicate])
    pull = float(told.get("pull", 0.5)) + 0.3 * len(spec["policies"])
    if told.get("busy"):
        time.sleep(float(told["busy"]))
    luck = fate.random()
    size = 100.0 * pull * (0.5 + luck) + (500.0 if luck + pull > 1.2 else 0.0)
    days = int(spec["days"] or 10)
    left = np.linspace(0.0, size, days + 1)
    scalars = {
        "left_total": size,
        "share_left": size / 1000.0,
        "cost_eur": 10.0 * size + 5.0 * len(spec["policies"]),
        "infiltrators": size * 0.01,
        "collapsed": float(size > 500),
        "noise": float(fate.normal()),
        "nothing": float("nan"),
        "never": float("inf"),
    }
    if "x0" in told:
        scalars["ishigami"] = ishigami(*(float(told[f"x{index}"]) for index in range(3)))
    if spec["measures"]:
        scalars = {name: scalars[name] for name in spec["measures"]}
    return Outcome(scalars, np.column_stack([left, 1000.0 - left]).astype(np.float32), COLUMNS)


def task_check(spec: Mapping[str, Any]) -> None:
    """Refuse a misspelt setting or word, and a pull above the `limit`, before anything runs."""
    told = spec["settings"]
    if "pul" in told:
        raise InputError("fake: pul is unknown: did you mean pull?")
    if told.get("other") == "typo":
        raise InputError("fake: other = 'typo' is unknown")
    if float(told.get("pull", 0.0)) > float(told.get("limit", np.inf)):
        raise InputError(f"fake: pull is above {told['limit']}")


def task_fingerprint(spec: Mapping[str, Any]) -> dict[str, str]:
    """The world's hash, which a test may change through the environment."""
    return {"world": os.environ.get("FAKE_WORLD", "one")}


def ishigami(x: float, y: float, z: float) -> float:
    """Ishigami's function with a = 7 and b = 0.1 on [-pi, pi]^3, whose Sobol indices are known."""
    return float(np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def _misbehave(told: dict[str, Any], replicate: int) -> None:
    if told.get("fail_at", -1) == replicate:
        raise ValueError(f"replicate {replicate} cannot be run")
    if told.get("kill_at", -1) == replicate:
        os.kill(os.getpid(), signal.SIGKILL)
    if told.get("kill_once") and _first_time(Path(told["kill_once"]) / f"killed-{replicate}"):
        os.kill(os.getpid(), signal.SIGKILL)
    if told.get("sleep_at", -1) == replicate:
        time.sleep(60.0)
    if told.get("freeze_at", -1) == replicate:
        # An alarm that is blocked stands for compiled code that never comes back to Python.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(60.0)


def _first_time(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
