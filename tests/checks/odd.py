"""The parts of model/ODD.md that are made from the code: `python -m tests.checks.odd --write` renews them."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from desertion.errors import InputError
from desertion.parameters import Behaviour, Force, Host, Reference, Region, Wave
from desertion.parameters.inputs import inputs
from desertion.rules import draws, ticks
from desertion.scenario.dial import Dial
from desertion.simulation.day import order as day
from desertion.simulation.world import codes as statuses
from desertion.simulation.world.fields import DAILY_EXTRA, HOST_EXTRA

DOCUMENT = Path(__file__).resolve().parents[2] / "model" / "ODD.md"
_PLACE = re.compile(r"(<!-- made from the code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_GRIDS = {
    "TICK": "ticks in one unit of integrated hazard (clocks)",
    "SHARE": "ticks in a share of 1 of a group (pressures, casualties, news)",
    "TIE_SHARE": "ticks in a share of 1 of a person's ties",
    "TIE_MOST": "most ticks that a route has in the pressure of a person's ties",
    "TIE_FADED": "a person's tie pressure, all routes together, below this many ticks is set to 0",
    "MAX_RATE": "largest rate, per day",
    "FAR": "a threshold that is never reached, ticks",
    "LARGEST_EXPONENT": "exponents are clipped to plus and minus this",
}


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join([_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)])


def _value(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "none" if value in ((), {}, "", None) else str(value)
    return f"{value:g}"


def parameters(document: type[BaseModel], default: str = "") -> str:
    """One row per number of a class of inputs: name, meaning, unit, range, default (its own, if none is given for all), source; levers are marked with a star."""
    rows = [
        [f"`{one.name}`{'*' if one.is_lever else ''}", one.meaning, one.unit, f"{one.low:g} to {one.high:g}", default or _value(one.default), one.source]
        for one in inputs(document)
        if one.source
    ]  # fmt: skip
    return _table(["name", "meaning", "unit", "range", "default", "source"], rows)


def order() -> str:
    """The order of a day, as it stands above the code that runs it: the paragraphs between its first line and what it says of the code."""
    return "\n\n".join((inspect.getdoc(day) or "").split("\n\n")[1:-1])


def purposes() -> str:
    """What numbers are drawn for, with the word that keeps each purpose apart from the others."""
    names = [
        name for name, value in vars(draws).items() if name.isupper() and isinstance(value, int) and name != "JIT_OFF"
    ]
    return _table(["purpose", "number"], [[name, str(getattr(draws, name))] for name in names])


def grids() -> str:
    """The grids on which sums are kept exact."""
    return _table(
        ["name", "value", "meaning"], [[name, f"{getattr(ticks, name):.0f}", text] for name, text in _GRIDS.items()]
    )


def columns() -> str:
    """The columns of the daily record and of the hosts' record, in order."""
    daily = ", ".join(f"`{name}`" for name in (*statuses.STATUSES, *DAILY_EXTRA))
    return f"Per day and force: {daily}.\n\nPer day, host and force: {', '.join(f'`{name}`' for name in HOST_EXTRA)}."


PARTS: dict[str, Callable[[], str]] = {
    "order": order,
    "purposes": purposes,
    "grids": grids,
    "columns": columns,
    "force": lambda: parameters(Force),
    "region": lambda: parameters(Region),
    "wave": lambda: parameters(Wave),
    "host": lambda: parameters(Host),
    "behaviour": lambda: parameters(Behaviour),
    "reference": lambda: parameters(Reference, "first day"),
    "dial": lambda: parameters(Dial),
}


def renewed(text: str) -> str:
    """The document with all its made parts made anew.

    Raises:
        InputError: If a mark names a part that is not made here, or a part has no mark.
    """
    marked = [match[2] for match in _PLACE.finditer(text)]
    for name in marked:
        if name not in PARTS:
            raise InputError(f"{DOCUMENT.name}: the mark {name!r} names no part; parts are: {', '.join(PARTS)}")
    missing = [name for name in PARTS if name not in marked]
    if missing:
        raise InputError(
            f"{DOCUMENT.name}: no mark for {', '.join(missing)}; add '<!-- made from the code: {missing[0]} -->'"
        )
    return _PLACE.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[3]}", text)


def main(arguments: Sequence[str]) -> int:
    """Say whether the document is current, or renew it with `--write`; 0 if it is current in the end."""
    if not DOCUMENT.exists():
        print(f"{DOCUMENT.name} is not here: it belongs to the source tree, not to the installed package")
        return 2
    old = DOCUMENT.read_text(encoding="utf-8")
    new = renewed(old)
    if new == old:
        print(f"{DOCUMENT.name} is current")
        return 0
    if "--write" not in arguments:
        print(f"{DOCUMENT.name} is not what the code says; run: python -m tests.checks.odd --write")
        return 1
    part = DOCUMENT.with_name(f".{DOCUMENT.name}.{os.getpid()}")
    part.write_text(new, encoding="utf-8")
    part.replace(DOCUMENT)
    print(f"{DOCUMENT.name} is renewed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
