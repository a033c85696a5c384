"""`desertion check`: what a document of one's own leaves out, what looks odd, and what would run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from desertion.study.checkup import Checkup


def command(
    document: Annotated[str, typer.Argument(help="Path of a scenario, force, policy or study, or a shipped scenario.")],
) -> None:
    """Say what a file leaves to defaults, what looks out of order, and what would run."""
    from desertion.study.checkup import check

    found = check(document)
    print(f"{found.kind} {found.name}: it can be read, and every value is within its bounds")
    for where in dict.fromkeys(one.document for one in found.left):
        listed = [one for one in found.left if one.document == where]
        print(f"\n{where} leaves to defaults ({len(listed)}):")
        for one in listed:
            print(f"  {one}")
    if found.kind in ("scenario", "force") and not found.left:
        print("\nnothing is left to defaults")
    for title, sentences in (("looks out of order", found.odd), ("notes", found.notes)):
        if sentences:
            print(f"\n{title}:")
            for sentence in sentences:
                print(f"  {sentence}")
    if found.scenario is not None:
        _tell_size(found)


def _tell_size(found: Checkup) -> None:
    from desertion.study.run.cost import size
    from desertion.study.run.progress import duration

    would = found.size
    runs = f"{would['runs']:,.0f} runs of " if would["runs"] > 1 else ""
    low, high = would["seconds_low"], would["seconds_high"]
    time = f"{duration(low)} to {duration(high)} on one core" if high >= 1.0 else "less than a second"
    print(
        f"\nwould run: {runs}{would['simulated']:,.0f} persons for {would['people']:,.0f} real ones over "
        f"{would['days']:,.0f} days; {size(would['bytes'])} of memory a run; {time} at the speeds of experiments/benchmarks.md"
    )
