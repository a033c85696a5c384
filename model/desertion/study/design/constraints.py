"""Constraints: comparisons between varied parameters that every design point has to meet."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from typing import Any

from desertion.errors import InputError
from desertion.study.design.factors import Point, Value

type Test = Callable[[Point], Value]

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {"abs": abs, "min": min, "max": max}
_LONGEST = 500


def constraint(text: str, names: Iterable[str], where: str) -> Callable[[Point], bool]:
    """Turn a comparison into a test of a design point, without ever evaluating Python.

    Args:
        text: Such as ``hosts.speed <= hosts.places / 10 and asylum > 0``. A parameter whose path is no Python
            name is written ``p["its.dotted-path"]``.
        names: The parameters that may be named.
        where: What to call the study in an error.

    Returns:
        A function that says whether a point meets the constraint.

    Raises:
        InputError: If the text is no comparison, names something that is not varied, or uses more than numbers,
            ``+ - * /``, comparisons, ``and or not`` and ``abs min max``.
    """
    spot = f"{where}: design.constraints entry {text!r}"
    if len(text) > _LONGEST:
        raise InputError(f"{where}: a constraint has {len(text)} characters, more than {_LONGEST}: split it in two")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as problem:
        raise InputError(f"{spot} is no comparison: write one such as 'a + b <= 1'") from problem
    test = _Reader(frozenset(names), spot).read(tree)

    def meets(point: Point) -> bool:
        try:
            return bool(test(point))
        except (ZeroDivisionError, TypeError, OverflowError) as problem:
            raise InputError(f"{spot} cannot be worked out for {point}: {problem}") from problem

    return meets


class _Reader:
    """Reads one constraint's syntax tree into nested functions."""

    def __init__(self, names: frozenset[str], spot: str) -> None:
        self.names = names
        self.spot = spot

    def read(self, node: ast.expr) -> Test:
        name = _dotted(node)
        if name is not None:
            return self._parameter(name)
        match node:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return lambda _point: value
            case ast.BoolOp(op=op, values=parts):
                return self._all_or_any(isinstance(op, ast.And), [self.read(part) for part in parts])
            case ast.UnaryOp(op=ast.Not(), operand=part):
                inner = self.read(part)
                return lambda point: not inner(point)
            case ast.UnaryOp(op=ast.USub(), operand=part):
                inner = self.read(part)
                return lambda point: -_number(inner(point))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return self._arithmetic(_ARITHMETIC[type(op)], self.read(left), self.read(right))
            case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(op) in _COMPARISONS for op in ops):
                return self._chain([_COMPARISONS[type(op)] for op in ops], [self.read(part) for part in (left, *rest)])
            case ast.Call(func=ast.Name(id=called), args=parts, keywords=[]) if called in _FUNCTIONS and parts:
                return self._call(_FUNCTIONS[called], [self.read(part) for part in parts])
            case _:
                raise InputError(
                    f"{self.spot} uses {ast.unparse(node)!r}: allowed are numbers, varied parameters, + - * /, "
                    f"comparisons, and, or, not, abs, min, max"
                )

    def _parameter(self, name: str) -> Test:
        if name not in self.names:
            raise InputError(
                f"{self.spot} names {name!r}, which is not varied: varied are {', '.join(sorted(self.names))}"
            )
        return lambda point: point[name]

    @staticmethod
    def _all_or_any(every: bool, tests: list[Test]) -> Test:
        join = all if every else any
        return lambda point: join(bool(test(point)) for test in tests)

    @staticmethod
    def _arithmetic(act: Callable[[float, float], float], left: Test, right: Test) -> Test:
        return lambda point: act(_number(left(point)), _number(right(point)))

    @staticmethod
    def _chain(acts: list[Callable[[Any, Any], bool]], tests: list[Test]) -> Test:
        def holds(point: Point) -> bool:
            values = [test(point) for test in tests]
            return all(act(one, two) for act, one, two in zip(acts, values, values[1:], strict=False))

        return holds

    @staticmethod
    def _call(act: Callable[..., float], tests: list[Test]) -> Test:
        return lambda point: act(*(_number(test(point)) for test in tests))


def _number(value: Value) -> float:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is a word, not a number")
    return value


def _dotted(node: ast.expr) -> str | None:
    """Dotted path that a tree spells, or None where it is no path."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=last):
            before = _dotted(inner)
            return None if before is None else f"{before}.{last}"
        case ast.Subscript(value=ast.Name(id="p"), slice=ast.Constant(value=str() as name)):
            return name
        case _:
            return None
