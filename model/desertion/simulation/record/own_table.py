"""Tables that a result works out once and hands out as copies."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Self, overload

import pandas as pd

_EAGER = pd.__version__.startswith("2.")


class own_table:  # noqa: N801 - written as `cached_property` is
    """A table that is worked out when it is first asked for, and of which every caller gets a copy of his own.

    What he does to it then changes no later answer, figure or report. From version 3 on pandas copies the numbers only when they are written to.

    Attributes:
        func: works the table out, as that of `cached_property` does.
    """

    def __init__(self, work: Callable[[Any], pd.DataFrame]) -> None:
        self.func, self._name = work, work.__name__
        update_wrapper(self, work)  # pyright: ignore[reportArgumentType] - for its docstring

    @overload
    def __get__(self, result: None, owner: type) -> Self: ...

    @overload
    def __get__(self, result: object, owner: type) -> pd.DataFrame: ...

    def __get__(self, result: object | None, owner: type) -> Self | pd.DataFrame:
        if result is None:
            return self
        held = vars(result)  # under its own name, as `cached_property` does: a frozen result may have it too
        if self._name not in held:
            held[self._name] = self.func(result)
        table: pd.DataFrame = held[self._name]
        return table.copy(deep=_EAGER)

    def __set__(self, result: object, table: pd.DataFrame) -> None:
        vars(result)[self._name] = table
