"""Effects as small expressions over the measures of arms, such as `relative(open.left_total, closed.left_total)`."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from desertion.errors import InputError, shortened, unknown_name

Measures = Mapping[str, float]

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def relative(treated: float, control: float) -> float:
    """Change relative to the control, which counts as at least one person, day or euro."""
    return (treated - control) / max(abs(control), 1.0)


def ratio(above: float, below: float) -> float:
    """Quotient, NaN where the denominator is 0: then the question does not arise."""
    return above / below if below != 0.0 else math.nan


_FUNCTIONS: dict[str, Callable[..., float]] = {"relative": relative, "ratio": ratio, "min": min, "max": max}


class Effect:
    """An expression over `arm.measure` terms with + - *, numbers, relative(t, c), ratio(a, b), min and max.

    Attributes:
        text: the expression as written.
        terms: the (arm, measure) pairs it reads.
    """

    def __init__(self, text: str, where: str = "effect") -> None:
        self.text = text
        self._where = where
        try:
            self._tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise InputError(
                f"{where}: {shortened(text)} is no expression; write as in open.left_total - closed.left_total"
            ) from None
        self.terms = frozenset(self._terms(self._tree))

    def __call__(self, arms: Mapping[str, Measures]) -> float:
        """Value of the expression for measures by arm.

        Raises:
            InputError: an arm or a measure is not there.
        """
        return float(self._value(self._tree, arms))

    def _terms(self, node: ast.expr) -> list[tuple[str, str]]:
        match node:
            case ast.Attribute(value=ast.Name(id=arm), attr=measure):
                return [(arm, measure)]
            case ast.Constant(value=int() | float()):
                return []
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return self._terms(part)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
                return self._terms(left) + self._terms(right)
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]):
                if name not in _FUNCTIONS:
                    raise unknown_name("function", name, _FUNCTIONS, where=self._where)
                return [term for part in parts for term in self._terms(part)]
            case _:
                raise InputError(
                    f"{self._where}: {ast.unparse(node)!r} is not allowed in an effect; "
                    "use arm.measure, numbers, + - * and relative, ratio, min, max"
                )

    def _value(self, node: ast.expr, arms: Mapping[str, Measures]) -> float:
        match node:
            case ast.Attribute(value=ast.Name(id=arm), attr=measure):
                if arm not in arms:
                    raise unknown_name("arm", arm, arms, where=self._where)
                if measure not in arms[arm]:
                    raise unknown_name("measure", measure, arms[arm], where=f"{self._where}, arm {arm}")
                return arms[arm][measure]
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.UnaryOp(operand=part):
                return -self._value(part, arms)
            case ast.BinOp(left=left, op=sign, right=right):
                return _OPERATORS[type(sign)](self._value(left, arms), self._value(right, arms))
            case ast.Call(func=ast.Name(id=name), args=parts):
                return _FUNCTIONS[name](*(self._value(part, arms) for part in parts))
            case _:  # the constructor has refused everything else
                raise AssertionError(ast.dump(node))
