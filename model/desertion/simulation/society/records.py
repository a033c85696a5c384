"""Parameters as NumPy records: a number of a parameter model is a field of its name, in the model's order, and is named nowhere else.

Kernels read `w.hosts[h].cases`. Numbers that differ by the category in which hosts see people (`recognition_deserter`, ...) are one field of
four, `w.hosts[h].recognition[cat]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from pydantic import BaseModel

from desertion.parameters import CATEGORIES
from desertion.simulation.world.fields import Array


@cache
def numbers_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The names of a model's plain numbers, in order: the columns of the plain table that its records are."""
    return tuple(name for name, field in model.model_fields.items() if field.annotation is float)


@cache
def record_type(model: type[BaseModel]) -> np.dtype[Any]:
    """The type of a record of a model's numbers, with one field of four for those that differ by category."""
    fields: list[Any] = []
    names = iter(numbers_of(model))
    for name in names:
        stem = name.removesuffix(f"_{CATEGORIES[0]}")
        if stem == name:
            fields.append((name, np.float64))
            continue
        group = [name, *(next(names) for _ in CATEGORIES[1:])]
        assert group == [f"{stem}_{category}" for category in CATEGORIES], (
            f"{group} must stand in the order of CATEGORIES"
        )
        fields.append((stem, np.float64, (len(CATEGORIES),)))
    return np.dtype(fields, align=True)


def records(model: type[BaseModel], rows: Sequence[BaseModel]) -> Array:
    """The numbers of parameter objects, a record each."""
    names = numbers_of(model)
    table = np.array([[float(getattr(row, name)) for name in names] for row in rows], dtype=np.float64)
    return table.reshape(len(rows) * len(names)).view(record_type(model)).view(np.recarray)
