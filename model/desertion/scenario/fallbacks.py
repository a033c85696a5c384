"""Numbers that a user's own force or host leaves to the program's defaults, listed so that a wrong order is seen."""

from collections.abc import Iterable
from typing import NamedTuple

from desertion.parameters import Force, Host

_DAYS_A_YEAR = 365.0
_DEFAULTS = "to the program's defaults"


class Fallback(NamedTuple):
    """One number that stands at its default."""

    name: str
    value: float
    unit: str
    meaning: str

    @property
    def yearly(self) -> float | None:
        """Events a person and year where the number is a rate a day, else None."""
        return _DAYS_A_YEAR * self.value if self.unit == "1/day" else None

    def __str__(self) -> str:
        """The number as a list shows it: a rate with what it makes in a year."""
        yearly = "" if self.yearly is None else f" a day ({self.yearly:.2g} a year)"
        return f"{self.name} {self.value:g}{yearly}"


def fallbacks(kind: type[Force] | type[Host], given: Iterable[str]) -> tuple[Fallback, ...]:
    """Return the numbers of a force or host that are not among the given names, in the order of the documentation."""
    stated = set(given)
    rows: list[Fallback] = []
    for name, field in kind.model_fields.items():
        extra = field.json_schema_extra
        if name not in stated and isinstance(extra, dict) and "unit" in extra:
            rows.append(Fallback(name, float(field.default), str(extra["unit"]), str(field.description)))
    return tuple(rows)


def remark(kind: type[Force] | type[Host], name: str, given: Iterable[str], where: str) -> list[str]:
    """Return one sentence on the numbers left to defaults, all rates among them; none if all is stated."""
    rows = fallbacks(kind, given)
    if not rows:
        return []
    what = "force" if kind is Force else "host"
    rates = ", ".join(str(row) for row in rows if row.yearly is not None)
    among = f"; the rates among them: {rates}" if rates else ""
    return [f'{where}: {what} "{name}" leaves {len(rows)} numbers {_DEFAULTS} (`desertion check` lists them){among}']


def is_remark(note: str) -> bool:
    """Return whether a note of a scenario is such a sentence."""
    return _DEFAULTS in note
