"""Which design points of a study are shown, by policy and by the values of what was varied."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from desertion.app.parts.elements import box, button, field, several, text
from desertion.app.request.address import Settings, plain
from desertion.app.session import current
from desertion.app.ui import solara
from desertion.errors import InputError, input_error, refuse_unknown
from desertion.figures.labels import policy

if TYPE_CHECKING:
    import pandas as pd

SPAN = ".."
"""Stands between the lowest and the highest value that are let through; one of them may be left out."""

SEPARATOR = "|"
"""Stands between single values that are let through."""

FEW = 24
"""Numbers to choose from; a parameter with more of them gets a lowest and a highest value instead."""

_UNRESTRICTED = ("design", "dummy")


def varied(points: pd.DataFrame) -> tuple[str, ...]:
    """What can be restricted: the policies, and every parameter of more than one value."""
    names = [str(name) for name in points.columns if name not in _UNRESTRICTED]
    return tuple(name for name in names if points[name].nunique(dropna=False) > 1)


def let_through(points: pd.DataFrame, where: Settings) -> tuple[int, ...]:
    """Numbers of the design points that an address lets through.

    Args:
        points: All design points.
        where: Restrictions by parameter: values, or a lowest and a highest number.

    Raises:
        InputError: If a parameter was not varied, a value does not occur, or a range is none.
    """
    known = varied(points)
    through = points
    for name, restriction in where:
        refuse_unknown("varied parameter", name, known, where="filter")
        column = points[name]
        if SPAN in restriction and is_number(column):
            low, high = ends(name, restriction)
            through = through[through[name].between(low, high)]
        else:
            through = through[through[name].map(in_words).isin(values(column, restriction))]
    return tuple(int(design) for design in through["design"])


def values(column: pd.Series[Any], restriction: str) -> tuple[str, ...]:
    """Single values that are let through, as `in_words` writes them.

    Raises:
        InputError: If the column holds none of that kind.
    """
    known = options(column)
    wanted = [unquote(part) for part in restriction.split(SEPARATOR)]
    if is_number(column):
        wanted = [in_words(_number(str(column.name), part)) for part in wanted]
    for value in wanted:
        refuse_unknown(f"value of {column.name}", value, known, where="filter")
    return tuple(wanted)


def written(chosen: tuple[str, ...]) -> str:
    """Values as they stand in an address."""
    return SEPARATOR.join(quote(value, safe=" +/:,=") for value in chosen)


def ends(name: str, restriction: str) -> tuple[float, float]:
    """Lowest and highest number of a range.

    Raises:
        InputError: If one is no number, or the lowest is above the highest.
    """
    first, _, last = restriction.partition(SPAN)
    low = _number(name, first) if first.strip() else -math.inf
    high = _number(name, last) if last.strip() else math.inf
    if low > high:
        raise input_error(name, restriction, "begins above its end", where="filter", way_out="exchange the two")
    return low, high


def options(column: pd.Series[Any]) -> dict[str, str]:
    """All values of a parameter as they are shown, by what stands for each in an address: numbers in their order, words in the study's."""
    distinct = list(dict.fromkeys(column))
    ordered = sorted(distinct) if is_number(column) else distinct
    return {in_words(value): shown(str(column.name), value) for value in ordered}


def shown(name: str, value: object) -> str:
    """A value of a parameter as it is shown: policies in words, all else as it is written."""
    return policy(str(value)) if name == "policies" else in_words(value)


def in_words(value: object) -> str:
    """A value in words, the same for 1 and 1.0."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return ("true" if value else "false") if isinstance(value, bool) else f"{number:.12g}"


def is_number(column: pd.Series[Any]) -> bool:
    """Whether a parameter's values have an order."""
    return column.dtype.kind in "iuf"


def _number(name: str, restriction: str) -> float:
    try:
        number = float(plain(restriction))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise input_error(name, restriction[:80], "must be a number", where="filter")
    return number


@solara.component
def Filter(points: Any, left: int) -> Any:
    """Fields that restrict what is shown.

    Args:
        points: All design points.
        left: How many are let through now.
    """
    session = current()
    where = dict(session.address.value.where)
    names = varied(points)
    # A visitor who folds it up should not have it opened by the next choice.
    unfolded = solara.use_memo(lambda: {"open": ""} if where else {}, [])
    with box([], "") as fields:
        if names:
            with box([], "app-filter", "details", **unfolded):
                text("Filter", "summary")
                with box([], "app-two"):
                    for name in names:
                        OneParameter(points[name], where.get(name, ""))
                if where:
                    button("Show all points again", lambda: session.change(where=(), page=1))
        text(f"{left:,} of {len(points):,} design points are shown.", "p", "small", role="status")
    return fields


@solara.component
def OneParameter(column: Any, restriction: str) -> Any:
    """Fields of one parameter."""
    session = current()
    name = str(column.name)
    known = options(column)
    label = "Policies" if name == "policies" else name

    def restrict(typed: str) -> None:
        session.address.value = session.address.peek().with_restriction(name, typed)

    def between(first: str, last: str) -> None:
        restrict(f"{first.strip()}{SPAN}{last.strip()}" if first.strip() or last.strip() else "")

    with box([], "") as fields:
        if is_number(column) and (len(known) > FEW or SPAN in restriction):
            first, _, last = restriction.partition(SPAN) if SPAN in restriction else ("", "", "")
            low, *_, high = known
            with box([], "app-buttons"):
                field(f"{label} from", first, lambda typed: between(typed, last), placeholder=low)
                field(f"{label} to", last, lambda typed: between(first, typed), placeholder=high)
        else:
            try:
                chosen = values(column, restriction) if restriction else ()
            except InputError:
                chosen = ()
            several(label, chosen, known, lambda wanted: restrict(written(wanted)), adding=f"Only some of {len(known)}")
    return fields
