# SPDX-License-Identifier: MIT
"""Expressions over pairs of neurons, evaluated with numpy: what ``connect`` decides by.

The language is that of the equations (units checked, `and`, `or`, `not`, `where`, `10 um`), over
``i``, ``j``, ``x_pre``, ``x_post`` and the random functions. Nothing but these is evaluated: the
text is taken apart with Python's parser and never run as Python.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

import numpy as np

from hodgpy import units
from hodgpy.coded import Place, nearest, refuse_text
from hodgpy.pairs import functions
from hodgpy.units import DIMENSIONLESS, Exponents

_CONSTANTS = {
    "pi": np.pi, "e": np.e, "inf": np.inf, "True": True, "False": False, "true": True,
    "false": False,
}  # fmt: skip
_WRONG_SIGNS = {ast.BitXor: "**", ast.BitAnd: "and", ast.BitOr: "or"}


class Value(NamedTuple):
    """Numbers, integers or conditions, one or one per pair, in SI, with their dimension."""

    data: Any
    dimension: Exponents = DIMENSIONLESS


class Scope(NamedTuple):
    """What names mean while an expression is evaluated for a number of pairs."""

    lookup: Callable[[str], Value | None]
    names: Callable[[], list[str]]
    random: Callable[[], np.random.Generator]
    pairs: int


def external_value(value: Any) -> Value | None:
    """A name of the caller's Python scope as a value; None for what expressions cannot use."""
    if isinstance(value, (bool, np.bool_, int, np.integer, float, np.floating)):
        return Value(value)
    if isinstance(value, units.Quantity) and isinstance(value.value, float):
        return Value(value.value, value.dimension)
    return None


_SINGLE_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")


class PairExpression:
    """One expression, parsed once and evaluated for any number of pairs.

    Parameters
    ----------
    place : Place
        The whole text that the user wrote, and where.
    begin, end : int, optional
        Which part of it is the expression.

    Raises
    ------
    ModelError
        HH6051 for what is no expression of the language.
    """

    def __init__(self, place: Place, begin: int = 0, end: int | None = None) -> None:
        self.place = place
        end = len(place.text) if end is None else end
        # Python's parser wants no indentation; positions in the text stay what they are.
        self._begin = begin + len(place.text[begin:end]) - len(place.text[begin:end].lstrip())
        self._end = end
        self.text = place.text[self._begin : end].rstrip()
        if not self.text:
            self._refuse_span("an expression is missing here", begin, end)
        source = self.text.replace("\n", " ")
        self._written, self._moved = _with_units(source)
        try:
            self._tree = ast.parse(self._written, mode="eval").body
        except (SyntaxError, ValueError) as error:
            at = getattr(error, "offset", None) or 1
            self._refuse_span(
                f"`{self.text}` is no expression", self._begin + self._original(at - 1), end,
                "to compare, write `==`" if _SINGLE_EQUALS.search(self.text) else "",
            )  # fmt: skip
        self.names = frozenset(
            node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)
        )

    @property
    def is_random(self) -> bool:
        """Whether it draws numbers."""
        return not self.names.isdisjoint(functions.DISTRIBUTIONS)

    def condition(self, scope: Scope) -> np.ndarray:
        """One boolean per pair."""
        value = self._value(self._tree, scope)
        if value.dimension != DIMENSIONLESS or np.asarray(value.data).dtype != np.bool_:
            self._refuse(self._tree, f"`{self.text}` is no condition", "write a comparison")
        return np.broadcast_to(np.asarray(value.data), scope.pairs)

    def number(self, scope: Scope) -> np.ndarray:
        """One number without dimension per pair."""
        value = self._value(self._tree, scope)
        self._require(self._tree, value.dimension, DIMENSIONLESS, "a plain number")
        return np.broadcast_to(np.asarray(value.data), scope.pairs)

    def integer(self, scope: Scope) -> np.ndarray:
        """One whole number per pair; floats that are whole are taken."""
        found = np.asarray(self.number(scope))
        if found.dtype.kind == "f":
            whole = np.rint(found)
            if np.any(whole != found):
                self._refuse(
                    self._tree,
                    f"`{self.text}` gives {found[whole != found][0]:g}, no whole number",
                    "use int(...) or //",
                )
            found = whole
        return found.astype(np.int64)

    def value(self, scope: Scope) -> Value:
        """Values in SI, one per pair, with their dimension."""
        value = self._value(self._tree, scope)
        return Value(np.broadcast_to(np.asarray(value.data), scope.pairs), value.dimension)

    # -- evaluation ------------------------------------------------------------------------------

    def _value(self, node: ast.expr, scope: Scope) -> Value:
        with np.errstate(all="ignore"):
            return self._visit(node, scope)

    def _visit(self, node: ast.expr, scope: Scope) -> Value:
        match node:
            case ast.Constant(value=bool() | int() | float()):
                return Value(node.value)
            case ast.Name():
                return self._name(node, scope)
            case ast.UnaryOp():
                return self._unary(node, scope)
            case ast.BinOp():
                return self._binary(node, scope)
            case ast.BoolOp():
                return self._logic(node, scope)
            case ast.Compare():
                return self._compare(node, scope)
            case ast.IfExp():
                return self._select(node, [node.test, node.body, node.orelse], scope)
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                return self._call(node, name, scope)
        self._refuse(node, f"`{self._source(node)}` is not part of the language")

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        found = scope.lookup(node.id)
        if found is not None:
            return found
        if node.id in _CONSTANTS:
            return Value(_CONSTANTS[node.id])
        if units.is_unit(node.id):
            unit = units._TABLE[node.id]
            return Value(unit.value, unit.dimension)
        self._refuse(
            node,
            f"`{node.id}` is not defined",
            nearest(node.id, [*scope.names(), *functions.NAMES]),
        )

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Value:
        operand = self._visit(node.operand, scope)
        if isinstance(node.op, ast.Not):
            return Value(np.logical_not(self._truth(node.operand, operand)))
        if isinstance(node.op, ast.Invert):
            self._refuse(node, "`~` is not part of the language", "write `not`")
        data = self._arithmetic(operand.data)
        return Value(-data if isinstance(node.op, ast.USub) else data, operand.dimension)

    def _binary(self, node: ast.BinOp, scope: Scope) -> Value:
        if type(node.op) in _WRONG_SIGNS:
            right = _WRONG_SIGNS[type(node.op)]
            self._refuse(node, "this operator is not part of the language", f"write `{right}`")
        a, b = self._visit(node.left, scope), self._visit(node.right, scope)
        x, y = self._arithmetic(a.data), self._arithmetic(b.data)
        match node.op:
            case ast.Add() | ast.Sub() | ast.Mod():
                self._same(node, node.left, a, node.right, b)
                operation: Any = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mod: np.mod}[
                    type(node.op)
                ]
                return Value(operation(x, y), a.dimension)
            case ast.Mult():
                total = tuple(p + q for p, q in zip(a.dimension, b.dimension, strict=True))
                return Value(x * y, total)
            case ast.Div() | ast.FloorDiv():
                rest = tuple(p - q for p, q in zip(a.dimension, b.dimension, strict=True))
                divide = np.true_divide if isinstance(node.op, ast.Div) else np.floor_divide
                return Value(divide(x, y), rest)
            case ast.Pow():
                return self._power(node, Value(x, a.dimension), Value(y, b.dimension))
        self._refuse(node, f"`{self._source(node)}` is not part of the language")

    def _power(self, node: ast.BinOp, base: Value, power: Value) -> Value:
        self._require(node.right, power.dimension, DIMENSIONLESS, "a plain number")
        data = np.power(np.asarray(base.data, dtype=float), power.data)
        if base.dimension == DIMENSIONLESS:
            return Value(data)
        if np.ndim(power.data) > 0:
            self._refuse(node.right, "the power of a quantity must be one number")
        return Value(data, units.power_of(base.dimension, float(power.data)))

    def _logic(self, node: ast.BoolOp, scope: Scope) -> Value:
        join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        operands = [self._truth(v, self._visit(v, scope)) for v in node.values]
        result = operands[0]
        for operand in operands[1:]:
            result = join(result, operand)
        return Value(result)

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        if len(node.ops) > 1:
            self._refuse(node, "a comparison has two sides", "write `a < b and b < c`")
        left, right = self._visit(node.left, scope), self._visit(node.comparators[0], scope)
        self._same(node, node.left, left, node.comparators[0], right)
        tests: dict[type, Any] = {
            ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater,
            ast.GtE: np.greater_equal, ast.Eq: np.equal, ast.NotEq: np.not_equal,
        }  # fmt: skip
        if type(node.ops[0]) not in tests:
            self._refuse(node, f"`{self._source(node)}` is no comparison of the language")
        return Value(tests[type(node.ops[0])](left.data, right.data))

    def _call(self, node: ast.Call, name: str, scope: Scope) -> Value:
        if name == "where":
            self._arguments(node, name, 3)
            return self._select(node, node.args, scope)
        if name not in functions.NAMES:
            self._refuse(
                node.func, f"there is no function `{name}`", nearest(name, functions.NAMES)
            )
        given = [self._visit(a, scope) for a in node.args]
        if name in functions.DISTRIBUTIONS:
            return self._draw(node, functions.DISTRIBUTIONS[name], given, scope)
        if name in functions.SAME:
            count, function = functions.SAME[name]
            self._arguments(node, name, count)
            for other, value in zip(node.args[1:], given[1:], strict=True):
                self._same(node, node.args[0], given[0], other, value)
            return Value(function(*(self._arithmetic(v.data) for v in given)), given[0].dimension)
        self._arguments(node, name, 1)
        data = self._arithmetic(given[0].data)
        if name == "sqrt":
            half = tuple(e / 2 for e in given[0].dimension)
            return Value(np.sqrt(data), half)
        if name == "sign":
            return Value(np.sign(data))
        self._require(node.args[0], given[0].dimension, DIMENSIONLESS, "a plain number")
        if name == "int":
            return Value(np.asarray(given[0].data).astype(np.int64))
        return Value(functions.PLAIN[name](np.asarray(data, dtype=float)))

    def _draw(
        self,
        node: ast.Call,
        distribution: functions.Distribution,
        given: list[Value],
        scope: Scope,
    ) -> Value:
        self._arguments(node, self._source(node.func), distribution.arity)
        dimension = given[0].dimension if given else DIMENSIONLESS
        for other, value in zip(node.args, given, strict=True):
            if distribution.keeps_dimension:
                self._same(node, node.args[0], given[0], other, value)
            else:
                self._require(other, value.dimension, DIMENSIONLESS, "a plain number")
        numbers = [self._arithmetic(v.data) for v in given]
        try:
            return Value(distribution.draw(scope.random(), scope.pairs, *numbers), dimension)
        except ValueError as error:
            self._refuse(node, f"`{self._source(node)}` cannot be drawn: {error}")

    def _select(self, node: ast.expr, parts: list[ast.expr], scope: Scope) -> Value:
        test, first, second = (self._visit(part, scope) for part in parts)
        self._same(node, parts[1], first, parts[2], second)
        chosen = np.where(self._truth(parts[0], test), first.data, second.data)
        return Value(chosen, first.dimension)

    # -- rules -----------------------------------------------------------------------------------

    @staticmethod
    def _arithmetic(data: Any) -> Any:
        """Conditions count as 0 and 1 in arithmetic."""
        return data * 1 if np.asarray(data).dtype == np.bool_ else data

    def _truth(self, node: ast.expr, value: Value) -> Any:
        if np.asarray(value.data).dtype != np.bool_:
            self._refuse(node, f"`{self._source(node)}` is no condition", "write a comparison")
        return value.data

    def _arguments(self, node: ast.Call, name: str, count: int) -> None:
        if len(node.args) != count:
            self._refuse(node, f"`{name}` takes {count} arguments, not {len(node.args)}")

    def _same(self, node: ast.expr, left: ast.expr, a: Value, right: ast.expr, b: Value) -> None:
        if a.dimension != b.dimension:
            one, two = (_unit(v.dimension) for v in (a, b))
            self._refuse(
                node,
                f"`{self._source(left)}` is {one}, but `{self._source(right)}` is {two}",
            )

    def _require(self, node: ast.expr, found: Exponents, expected: Exponents, what: str) -> None:
        if found != expected:
            self._refuse(node, f"`{self._source(node)}` is {_unit(found)}; it must be {what}")

    def _refuse(self, node: ast.expr, message: str, hint: str = "") -> NoReturn:
        start = self._original(node.col_offset)
        end = self._original(node.end_col_offset or node.col_offset)
        self._refuse_span(message, self._begin + start, self._begin + end, hint)

    def _refuse_span(self, message: str, begin: int, end: int, hint: str = "") -> NoReturn:
        refuse_text("HH6051", message, self.place, begin, end, hint)

    def _source(self, node: ast.expr) -> str:
        start = self._original(node.col_offset)
        end = self._original(node.end_col_offset or node.col_offset)
        return self.text[start:end]

    def _original(self, offset: int) -> int:
        """Position in the user's text of a position in the text that Python parsed."""
        return offset - sum(1 for at in self._moved if at < offset)


def _unit(dimension: Exponents) -> str:
    return "a plain number" if dimension == DIMENSIONLESS else f"in {units.describe(dimension)}"


_UNIT = r"[A-Za-z_]\w*(?:\s*\*\*\s*-?\d+)?"
_UNIT_EXPRESSION = re.compile(rf"\s*({_UNIT})((?:\s*[*/]\s*{_UNIT})*)")


def _with_units(text: str) -> tuple[str, list[int]]:
    """``10 um/ms`` as ``(10*um/ms)`` for Python's parser, and where characters were added."""
    pieces: list[str] = []
    added: list[int] = []
    done = 0
    length = 0

    def put(piece: str, is_added: bool = False) -> None:
        nonlocal length
        pieces.append(piece)
        if is_added:
            added.append(length)
        length += len(piece)

    for begin, end in _numbers(text):
        if begin < done:
            continue
        stop = _end_of_unit(text, end)
        if stop is None:
            continue
        put(text[done:begin])
        put("(", is_added=True)
        put(text[begin:end])
        put("*", is_added=True)
        put(text[end:stop])
        put(")", is_added=True)
        done = stop
    put(text[done:])
    return "".join(pieces), added


def _numbers(text: str) -> list[tuple[int, int]]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return []
    return [(t.start[1], t.end[1]) for t in tokens if t.type == tokenize.NUMBER]


def _end_of_unit(text: str, start: int) -> int | None:
    """Where a unit expression that begins right after a number ends; None if there is none."""
    match = _UNIT_EXPRESSION.match(text, start)
    if match is None or not units.is_unit(_name(match[1])):
        return None
    end = match.end(1)
    for factor in re.finditer(rf"\s*[*/]\s*({_UNIT})", match[2]):
        if not units.is_unit(_name(factor[1])):
            break
        end = match.end(1) + factor.end()
    return end


def _name(unit: str) -> str:
    return re.match(r"\w+", unit)[0]  # type: ignore[index]


def lookup_in(scopes: list[Mapping[str, Any]]) -> Callable[[str], Value | None]:
    """Looks names up in the namespace, then in the caller's frame."""

    def find(name: str) -> Value | None:
        for scope in scopes:
            if name in scope:
                value = external_value(scope[name])
                if value is not None:
                    return value
        return None

    return find
