"""What a first run compiles, listed by running one: `python -m tests.checks.first_run [--write]`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from desertion.simulation.first_run import LIST

SMALL_RUN = {"scenario": "toy", "policies": ("fast-track",), "rng": 3, "days": 40}


def measured() -> tuple[int, dict[str, list[list[str]]], dict[str, float], dict[str, set[str]]]:
    """Compile everything in this process, whose folder for compiled code is empty.

    Returns:
        How many functions were compiled; the kernels that Python called, with the types of their arguments; seconds that each kernel took by itself;
        and the kernels that each needs.
    """
    from numba.core import event

    from desertion import DesertionModel
    from desertion.engine import compile as engine
    from desertion.simulation import model

    open_compilations: list[list[Any]] = []
    seconds: dict[str, float] = {}

    class Listener(event.Listener):
        def on_start(self, event: Any) -> None:
            open_compilations.append([event.data["dispatcher"].py_func, time.process_time(), 0.0])

        def on_end(self, event: Any) -> None:
            function, start, inner = open_compilations.pop()
            took = time.process_time() - start
            name = _name(function).removesuffix("_nested")
            seconds[name] = seconds.get(name, 0.0) + took - inner
            if open_compilations:
                open_compilations[-1][2] += took

    model.compile_first_run = lambda: None
    event.register("numba:compile", Listener())
    DesertionModel(**SMALL_RUN).run()
    called = {
        _name(kernel.py_func): [
            ["core" if str(kind).startswith("Core_") else repr(kind) for kind in signature]
            for signature in kernel.signatures
        ]
        for kernel in engine.kernels()
        if kernel.signatures
    }
    return engine.compilations(), called, seconds, {name: _needs(name, engine.kernels()) for name in called}


def _name(function: Any) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _needs(name: str, kernels: list[Any]) -> set[str]:
    """A kernel and all that it calls, those that they call included."""
    functions = {_name(kernel.py_func): kernel.py_func for kernel in kernels}
    known = {id(kernel): _name(kernel.py_func) for kernel in kernels}
    needed, ahead = set[str](), [name]
    while ahead:
        here = ahead.pop()
        if here in needed:
            continue
        needed.add(here)
        function = functions[here]
        values = (function.__globals__.get(word) for word in function.__code__.co_names)
        ahead += [known[id(value)] for value in values if id(value) in known]
    return needed


def halves(seconds: dict[str, float], needs: dict[str, set[str]]) -> tuple[list[str], list[str]]:
    """The kernels in two parts so that the longer takes as little as a greedy choice with swaps finds; what both need counts in both."""

    def cost(names: list[str]) -> float:
        return sum(seconds.get(each, 0.0) for each in set[str]().union(*(needs[name] for name in names)))

    parts: tuple[list[str], list[str]] = ([], [])
    for name in sorted(needs, key=lambda name: -cost([name])):
        min(parts, key=lambda part: max(cost([*part, name]), *(cost(other) for other in parts))).append(name)
    improved = True
    while improved:
        improved = False
        for here, there in (parts, parts[::-1]):
            for name in list(here):
                rest = [each for each in here if each != name]
                if max(cost(rest), cost([*there, name])) < max(cost(here), cost(there)) - 1e-9:
                    here.remove(name)
                    there.append(name)
                    improved = True
    return parts


def main() -> None:
    """Print what a first run compiles, or write it into the package."""
    if "--child" in sys.argv:
        compilations, called, seconds, needs = measured()
        parts = [[[name, kinds] for name in part for kinds in called[name]] for part in halves(seconds, needs)]
        rows = [",\n  ".join(json.dumps(row) for row in part) for part in parts]
        lists = ",\n ".join(f"[\n  {part}\n ]" for part in rows)
        print(f'{{"compilations": {compilations}, "parts": [\n {lists}\n]}}')
        return
    with tempfile.TemporaryDirectory() as folder:
        child = [sys.executable, "-m", "tests.checks.first_run", "--child"]
        environment = dict(os.environ) | {"NUMBA_CACHE_DIR": folder}
        text = subprocess.run(child, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout
    if "--write" in sys.argv:
        LIST.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
