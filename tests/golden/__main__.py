"""Say how today's runs differ from the stored ones: `python -m tests.golden [--renew]`; with `--renew`, store today's."""

from __future__ import annotations

import json
import sys
from typing import Any

from desertion.simulation.golden.histories import PAIRS, Pair, history, stored
from tests.golden.explained import explained


def main(arguments: list[str]) -> int:
    """Explain each pair's differences; return 1 if there are any that were not stored anew."""
    if unknown := [word for word in arguments if word != "--renew"]:
        print(f"{unknown[0]!r} is not known; the one option is --renew")
        return 2
    differ = 0
    for pair in PAIRS:
        found = history(pair)
        lines = explained(stored(pair), found)
        print(
            f"{pair.scenario} under {pair.policy}: {'as stored' if not lines else ''}".rstrip(" :")
            + (":" if lines else "")
        )
        for line in lines:
            print(f"  {line}")
        if lines and "--renew" in arguments:
            store(pair, found)
        elif lines:
            differ += 1
    if differ:
        print(
            f"{differ} of {len(PAIRS)} differ; if that is meant, `make golden RENEW=1` stores them and the commit says why"
        )
    return int(differ > 0)


def store(pair: Pair, found: dict[str, Any]) -> None:
    """Store a history, whole or not at all."""
    part = pair.path.with_suffix(".part")
    days = ",\n    ".join(
        ", ".join(f'"{day}"' for day in found["days"][start : start + 12]) for start in range(0, len(found["days"]), 12)
    )
    text = json.dumps(found | {"days": "DAYS"}, indent=2).replace('"DAYS"', f"[\n    {days}\n  ]")
    part.write_text(text + "\n")
    part.replace(pair.path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
