"""The verdicts of the stored run of all claims, as the package ships it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from desertion.files import shipped_folder


@dataclass(frozen=True)
class Verdict:
    """What became of a claim in the stored run of all claims.

    Attributes:
        claim: The claim in words.
        word: holds, fails, depends or untested.
        worlds: Worlds that show it, of those that history allows, and how many show the opposite or are unclear.
        interval: Bounds of the share that shows it, unclear worlds counted both ways.
        smallest: The smallest effect that counts as showing it.
        unit: Its unit.
        signed: Worlds with the claimed sign, of those that the verdict speaks of.
    """

    claim: str
    word: str
    worlds: str
    interval: str
    smallest: str
    unit: str
    signed: str


@lru_cache(maxsize=2)
def verdicts(name: str = "claims") -> Mapping[str, Verdict]:
    """Verdicts of a stored run of all claims by the claim's name; empty where no such run is shipped.

    Args:
        name: `claims` for the worlds drawn, `ensemble` for those that the match to the evidence kept.
    """
    from desertion.study.claims.report import HEAD

    path = shipped_folder("experiments") / "claims" / f"{name}.md"
    verdicts: dict[str, Verdict] = {}
    is_table = False
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        is_head = tuple(cells) == HEAD
        if is_table and cells and not set(line) <= set("|- "):
            claim, word, worlds, interval, effect, smallest, signed = cells
            words, _, name = claim.rpartition(" (")
            unit = effect.rpartition(") ")[2]
            verdicts[name.rstrip(")")] = Verdict(words, word, worlds, interval, smallest, unit, signed)
        is_table = is_head or (is_table and bool(cells))
    return verdicts
