"""Compiles what a first run needs in two processes, which share the folder of compiled code.

`first_run.json` lists the kernels that plain Python calls in a run, with the types of their arguments, in two parts that take about as long;
`python -m tests.checks.first_run --write` renews it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from numba import types

from desertion.engine import compile as engine
from desertion.engine.cold import tell
from desertion.engine.pointer import core_of
from desertion.scenario import Scenario
from desertion.simulation.society.empty import lever_arrays, people_arrays
from desertion.simulation.society.plan import SocietyPlan
from desertion.simulation.world.fields import world_of

LIST = Path(__file__).with_suffix(".json")
SENTENCE = "compiling the model for this machine, once"
_types: Any = types


@cache
def first_run() -> dict[str, Any]:
    """What a first run compiles: `compilations`, their number, and `parts`, each a list of [kernel, types of its arguments]."""
    return json.loads(LIST.read_text(encoding="utf-8"))


def is_cold() -> bool:
    """Whether the next run on this machine has to compile most of the kernels; a scenario that is read compiles a few of the rules."""
    return not engine.JIT_OFF and engine.stored() < int(first_run()["compilations"]) // 2


@cache  # the list of what is stored is read once, not before each of a thousand runs
def compile_first_run() -> None:
    """Compile in two processes what a first run needs, and tell how far it is; nothing is done where it is compiled.

    The second process is only a help: whatever becomes of it, what it leaves undone is compiled when it is called.
    """
    if not is_cold():
        return
    expected = int(first_run()["compilations"])
    tell(SENTENCE, 0, expected)
    helper = None
    if (os.cpu_count() or 1) > 1:
        # A child of its own, not a fork: threads and open files of the caller stay the caller's.
        helper = subprocess.Popen(
            [sys.executable, "-m", __name__, "1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ) | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
    try:
        with engine.after_each(lambda: tell(SENTENCE, min(engine.stored(), expected - 1), expected)):
            compile_part(0)
            if helper is None:
                compile_part(1)
            else:
                helper.wait()
    finally:
        if helper is not None and helper.poll() is None:  # Ctrl-C
            helper.kill()
            helper.wait()
    tell(SENTENCE, expected, expected)


def compile_part(part: int) -> None:
    """Compile the kernels of one of the two parts, in their order."""
    scenario = Scenario.load("toy").sized()
    plan = SocietyPlan(scenario)
    arrays = people_arrays(plan, True) | lever_arrays(plan, scenario, 0, True, events=())
    core = core_of(world_of(arrays)).core_kind
    for name, arguments in first_run()["parts"][part]:
        module, _, function = name.partition(":")
        getattr(import_module(module), function).compile(tuple(_type(text, core) for text in arguments))


def _type(text: str, core: Any) -> Any:
    """The numba type of that name."""
    array = re.fullmatch(r"Array\((\w+), (\d), '(\w)', False, aligned=True\)", text)
    if array:
        return types.Array(getattr(_types, array[1]), int(array[2]), array[3])
    return core if text == "core" else getattr(_types, text)


if __name__ == "__main__":
    compile_part(int(sys.argv[1]))
