"""Formulas: small expressions in studies and claims, read without ever evaluating Python: constraints and effects."""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desertion.errors import InputError, refuse_unknown, shortened
from desertion.study.design.factors import Point, Value

Measures = Mapping[str, float]

type Term = Callable[[Any], Any]
"""A part of a formula: a function of what the formula is worked out for."""

_LONGEST, _DEEPEST = 500, 100
_LARGEST = 10**300
_ALIKE = 1e-12
"""Share by which decimals may differ and count as equal: 0.1 + 0.2 is no 0.3 in binary, and its point would be struck."""
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
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


def relative(treated: float, control: float) -> float:
    """Change relative to the control, which counts as at least one person, day or euro."""
    return (treated - control) / max(abs(control), 1.0)


def ratio(above: float, below: float) -> float:
    """Quotient, NaN where the denominator is 0: then the question does not arise."""
    return above / below if below != 0.0 else math.nan


@dataclass(frozen=True, slots=True)
class _Language:
    """What a kind of formula may say beside + - * and numbers.

    Attributes:
        functions: By name: the function, and the least and the largest number of its arguments.
        logic: Whether it may divide, compare, join with and, or, not, and hold words.
        example: How such a formula looks, for the sentence about one that cannot be read.
        allowed: What it may hold, for the sentence about what it may not.
    """

    functions: Mapping[str, tuple[Callable[..., float], int, int]]
    logic: bool
    example: str
    allowed: str


_LEAST_AND_LARGEST: dict[str, tuple[Callable[..., float], int, int]] = {
    "min": (lambda *numbers: min(numbers), 1, _LONGEST),
    "max": (lambda *numbers: max(numbers), 1, _LONGEST),
}
_CONSTRAINTS = _Language(
    {**_LEAST_AND_LARGEST, "abs": (math.fabs, 1, 1)},
    logic=True,
    example="is no comparison: write one such as 'a + b <= 1'",
    allowed="allowed are numbers, varied parameters, + - * /, comparisons, and, or, not, abs, min, max",
)
_EFFECTS = _Language(
    {**_LEAST_AND_LARGEST, "relative": (relative, 2, 2), "ratio": (ratio, 2, 2)},
    logic=False,
    example="is no expression; write as in open.left_total - closed.left_total",
    allowed="not allowed in an effect; use arm.measure, numbers, + - * and relative, ratio, min, max",
)


def constraint(text: str, names: Iterable[str], where: str) -> Callable[[Point], bool]:
    """A function that says whether a design point meets a comparison.

    Args:
        text: Such as `hosts.speed <= hosts.places / 10 and asylum > 0`. A parameter whose path is no Python name is
            written `p["its.dotted-path"]`. Decimals that agree to twelve digits count as equal.
        names: The parameters that may be named.
        where: What to call the study in an error.

    Raises:
        InputError: If the text is no comparison, names something that is not varied, or uses more than numbers,
            + - * /, comparisons, and, or, not, and abs, min, max.
    """
    known = frozenset(names)
    spot = f"{where}: design.constraints entry {shortened(text)}"

    def parameter(path: str) -> Term:
        if path not in known:
            varied = f"varied are {', '.join(sorted(known))}" if known else "nothing is"
            raise InputError(f"{spot} names {path!r}, which is not varied: {varied}")

        def stated(point: Point) -> Value:
            if path not in point:
                raise InputError(f"{spot} names {path!r}, which {shortened(point)} leaves out: state it in every row")
            return point[path]

        return stated

    meets = _read(text, spot, _CONSTRAINTS, parameter)
    return lambda point: bool(_worked_out(meets, point, spot))


class Effect:
    """An expression over `arm.measure` terms with + - *, numbers, relative(t, c), ratio(a, b), min and max.

    Attributes:
        text: The expression as written.
        terms: The (arm, measure) pairs that it reads.
    """

    def __init__(self, text: str, where: str = "effect") -> None:
        self.text = text
        self._where = where
        terms: set[tuple[str, str]] = set()

        def measure(path: str) -> Term | None:
            arm, _, name = path.partition(".")
            if not name or "." in name:
                return None
            terms.add((arm, name))
            return lambda arms: self._measure(arms, arm, name)

        self._value = _read(text, f"{where}: {shortened(text)}", _EFFECTS, measure)
        self.terms = frozenset(terms)

    def __call__(self, arms: Mapping[str, Measures]) -> float:
        """Value of the expression for measures by arm.

        Raises:
            InputError: An arm or a measure is not there, or the value cannot be worked out.
        """
        return _worked_out(lambda subject: float(self._value(subject)), arms, f"{self._where}: {shortened(self.text)}")

    def _measure(self, arms: Mapping[str, Measures], arm: str, measure: str) -> float:
        refuse_unknown("arm", arm, arms, where=self._where)
        refuse_unknown("measure", measure, arms[arm], where=f"{self._where}, arm {arm}")
        return arms[arm][measure]


def _worked_out(formula: Term, subject: Any, spot: str) -> Any:
    try:
        return formula(subject)
    except (ZeroDivisionError, TypeError, OverflowError) as problem:
        raise InputError(f"{spot} cannot be worked out for {shortened(subject)}: {problem}") from problem


def _read(text: str, spot: str, language: _Language, name: Callable[[str], Term | None]) -> Term:
    if len(text) > _LONGEST:
        raise InputError(
            f"{spot} has {len(text)} characters, more than {_LONGEST}: write it shorter, or split it in two"
        )
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise InputError(f"{spot} {language.example}") from problem
    return _Reader(spot, language, name).read(tree)


class _Reader:
    """Reads a formula's syntax tree into nested functions."""

    def __init__(self, spot: str, language: _Language, name: Callable[[str], Term | None]) -> None:
        self._spot = spot
        self._language = language
        self._name = name

    def read(self, node: ast.expr, depth: int = 0) -> Term:
        """The function behind a part of the tree, which lies `depth` parts deep."""
        if depth > _DEEPEST:
            raise InputError(f"{self._spot} is nested more than {_DEEPEST} deep: write it flatter")
        path = _dotted(node)
        term = None if path is None else self._name(path)
        return term or self._deeper(node, [self.read(part, depth + 1) for part in _parts(node)])

    def _deeper(self, node: ast.expr, parts: list[Term]) -> Term:
        logic = self._language.logic
        match node:
            case ast.Constant(value=bool() | str() as value) if logic:
                return lambda _: value
            case ast.Constant(value=int() | float() as number) if abs(number) <= _LARGEST:
                return lambda _: number
            case ast.UnaryOp(op=ast.USub()):
                return lambda subject: -_number(parts[0](subject))
            case ast.BinOp(op=sign) if type(sign) in _OPERATORS and (logic or not isinstance(sign, ast.Div)):
                act = _OPERATORS[type(sign)]
                return lambda subject: act(_number(parts[0](subject)), _number(parts[1](subject)))
            case ast.Call(func=ast.Name(id=called), keywords=[]):
                return self._call(called, parts)
            case ast.UnaryOp(op=ast.Not()) if logic:
                return lambda subject: not parts[0](subject)
            case ast.BoolOp(op=join) if logic:
                every = all if isinstance(join, ast.And) else any
                return lambda subject: every(bool(part(subject)) for part in parts)
            case ast.Compare(ops=signs) if logic and all(type(sign) in _COMPARISONS for sign in signs):
                return lambda subject: _holds(signs, [part(subject) for part in parts])
            case _:
                raise InputError(f"{self._spot} uses {shortened(ast.unparse(node))}: {self._language.allowed}")

    def _call(self, called: str, parts: list[Term]) -> Term:
        functions = self._language.functions
        refuse_unknown("function", called, functions, where=self._spot)
        act, least, most = functions[called]
        if not least <= len(parts) <= most:
            wanted = f"{least} numbers" if least == most != 1 else "one number" if most == 1 else "at least one number"
            raise InputError(f"{self._spot}: {called}() takes {wanted}, got {len(parts)}")
        return lambda subject: act(*(_number(part(subject)) for part in parts))


def _parts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.UnaryOp(operand=part):
            return [part]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Call(args=parts) | ast.BoolOp(values=parts):
            return parts
        case ast.Compare(left=left, comparators=rest):
            return [left, *rest]
        case _:
            return []


def _holds(signs: list[ast.cmpop], values: list[Value]) -> bool:
    pairs = zip(signs, values, values[1:], strict=False)
    return all(_COMPARISONS[type(sign)](left, left if _alike(left, right) else right) for sign, left, right in pairs)


def _alike(left: Value, right: Value) -> bool:
    """Whether two numbers, one of them a decimal, are the same but for rounding."""
    if isinstance(left, str) or isinstance(right, str) or not (isinstance(left, float) or isinstance(right, float)):
        return False
    return math.isclose(left, right, rel_tol=_ALIKE)


def _number(value: Value) -> float:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is a word, not a number")
    return value


def _dotted(node: ast.expr) -> str | None:
    """Dotted path that a tree spells, or None where it is no path."""
    match node:
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id="p"), slice=ast.Constant(value=str() as name)):
            return name
        case ast.Attribute(value=inner, attr=last):
            before = _dotted(inner)
            return None if before is None else f"{before}.{last}"
        case _:
            return None
