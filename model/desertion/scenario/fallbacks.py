"""Numbers that a user's own force or host leaves to the program's defaults, listed so that a wrong order is seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from desertion.parameters import Force, Host

_DAYS_A_YEAR = 365.0
_MOST = 8  # numbers that are no rates and that one sentence names


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
    """Return the numbers of a force or host that are not among the given names, in the order of the documentation.

    Args:
        kind: What it is.
        given: The names of the inputs that its document states.
    """
    stated = set(given)
    rows: list[Fallback] = []
    for name, field in kind.model_fields.items():
        extra = field.json_schema_extra
        if name not in stated and isinstance(extra, dict) and "unit" in extra:
            rows.append(Fallback(name, float(field.default), str(extra["unit"]), str(field.description)))
    return tuple(rows)


def remark(kind: type[Force] | type[Host], name: str, given: Iterable[str], where: str) -> list[str]:
    """Return one sentence on the numbers left to defaults, all rates among them; none if the document states all.

    Args:
        kind: What it is.
        name: Its name.
        given: The names of the inputs that its document states.
        where: The document.
    """
    rows = fallbacks(kind, given)
    if not rows:
        return []
    what = "force" if kind is Force else "host"
    rates = [str(row) for row in rows if row.yearly is not None]
    others = [str(row) for row in rows if row.yearly is None]
    more = [f"and {len(others) - _MOST} more"] if len(others) > _MOST else []
    listed = ", ".join([*rates, *others[:_MOST], *more])
    return [f'{where}: {what} "{name}" leaves numbers to the program\'s defaults ({len(rows)}): {listed}']
