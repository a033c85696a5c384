"""Numbers that a user's own force or host leaves to the program's defaults, said in a sentence so that a wrong order is seen."""

from collections.abc import Iterable

from desertion.parameters import Force, Host
from desertion.parameters.inputs import inputs

DAYS_A_YEAR = 365.0
_DEFAULTS = "to the program's defaults"


def remark(kind: type[Force] | type[Host], name: str, given: Iterable[str], where: str) -> list[str]:
    """One sentence on the numbers left to defaults, all rates among them with what they make in a year; none if all is stated."""
    stated = set(given)
    left = [one for one in inputs(kind) if one.unit and one.name not in stated]
    if not left:
        return []
    what = "force" if kind is Force else "host"
    rates = ", ".join(
        f"{one.name} {one.default:g} a day ({DAYS_A_YEAR * one.default:.2g} a year)"
        for one in left
        if one.unit == "1/day"
    )
    among = f"; the rates among them: {rates}" if rates else ""
    return [f'{where}: {what} "{name}" leaves {len(left)} numbers {_DEFAULTS} (`desertion check` lists them){among}']


def is_remark(note: str) -> bool:
    """Whether a note of a scenario is such a sentence."""
    return _DEFAULTS in note
