"""What differs between a stored history and a new one, in sentences."""

from typing import Any

from desertion.simulation.golden.histories import first_difference


def explained(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    """What differs between a stored history and a new one, in sentences; empty if nothing does."""
    if old is None:
        return ["nothing is stored yet"]
    if all(old[part] == new[part] for part in ("days", "people", "series", "numbers")):
        return (
            ["the inputs are written down differently, and all results are the same"]
            if old["inputs"] != new["inputs"]
            else []
        )
    lines = [_cause(old, new)]
    if len(old["days"]) != len(new["days"]):
        lines.append(f"the run has {len(new['days']) - 1} days, before {len(old['days']) - 1}")
    first = first_difference(old, new)
    if first is not None:
        lines.append(f"the first day that differs is day {first}")
    moved = [name for name in new["series"] if old["series"].get(name) != new["series"][name]]
    lines.append(
        f"series that differ ({len(moved)} of {len(new['series'])}): {', '.join(moved[:12])}{', ...' if len(moved) > 12 else ''}"
    )
    gone = [name for name in old["series"] if name not in new["series"]]
    if gone:
        lines.append(f"series that are gone: {', '.join(gone)}")
    for name, value in new["numbers"].items():
        before = old["numbers"].get(name)
        if before != value:
            lines.append(f"{name}: {before:g} -> {value:g}" if before is not None else f"{name}: new, {value:g}")
    return lines


def _cause(old: dict[str, Any], new: dict[str, Any]) -> str:
    if old["inputs"] != new["inputs"]:
        return "the inputs have changed (seeds, defaults or policies), and the results with them"
    if old["machine"] != new["machine"]:
        return f"the inputs are the same; the machine is another ({old['machine']}, now {new['machine']}), so the last bits may differ"
    return "the inputs are the same: the model itself gives other results"
