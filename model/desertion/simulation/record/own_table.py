"""Tables that a result works out once and hands out as copies."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class own_table(property):  # noqa: N801 - written as `cached_property` is
    """A table that is worked out when it is first asked for, and of which every caller gets a copy of his own.

    What he does to it then changes no later answer, figure or report. Pandas copies the numbers when they are written to.
    """

    def __init__(self, work: Callable[[Any], pd.DataFrame]) -> None:
        name = work.__name__

        @wraps(work)
        def given(result: Any) -> pd.DataFrame:
            held = vars(result)  # under its own name, as `cached_property` does: a frozen result may have it too
            if name not in held:
                held[name] = work(result)
            return held[name].copy(deep=False)

        def put(result: Any, table: pd.DataFrame) -> None:
            vars(result)[name] = table

        super().__init__(given, put)

    def __get__(self, result: Any, owner: type | None = None) -> pd.DataFrame:
        return super().__get__(result, owner)
