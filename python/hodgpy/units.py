# SPDX-License-Identifier: MIT
"""Quantities with units, as the equations know them: ``from hodgpy.units import mV, ms, nS``.

Every unit of the language is a name in this module, including the prefixed full names
(``msiemens``). The table is the compiler's own. A quantity is a number or an array in SI with a
dimension; plain numbers are taken as SI wherever hodgpy expects a quantity.

>>> from hodgpy.units import mV, ms, nS
>>> -65 * mV + 5 * mV
-60. mV
>>> (2 * nS * 10 * mV).in_unit("pA")
20.0
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from hodgpy import _core
from hodgpy.arguments import shown
from hodgpy.errors import UnitError

Exponents = tuple[Fraction, ...]

DIMENSIONLESS: Exponents = (Fraction(0),) * 7


def exponents(pairs: Iterable[tuple[int, int]]) -> Exponents:
    """A dimension from the numerators and denominators of its exponents."""
    return _fractions(tuple(pairs))


@cache
def _fractions(pairs: tuple[tuple[int, int], ...]) -> Exponents:
    return tuple(Fraction(n, d) for n, d in pairs)


def describe(dimension: Exponents) -> str:
    """The SI unit of a dimension, as one writes it: ``"amp/meter**2"``."""
    return str(_core.describe_dimension(_pairs(dimension)))


class Quantity:
    """A value in SI with a dimension; arithmetic keeps the dimension right or raises UnitError.

    Plain numbers and arrays have no dimension in arithmetic: ``5*mV + 0.001`` is an error. What has
    no dimension is a plain number or array: ``int(duration/dt)``, ``np.zeros(int(1*second/ms))``.

    Parameters
    ----------
    value : float or array
        In SI units.
    dimension : tuple of 7 fractions
        Exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
    """

    __array_priority__ = 1000.0
    __slots__ = ("_name", "dimension", "value")

    value: Any

    def __init__(self, value: Any, dimension: Exponents = DIMENSIONLESS, name: str = "") -> None:
        self.value = value if isinstance(value, float) else np.asarray(value, dtype=float)
        if isinstance(self.value, np.ndarray) and self.value.ndim == 0:
            self.value = float(self.value)
        self.dimension = dimension
        self._name = name

    # -- reading ---------------------------------------------------------------------------------

    @property
    def unit(self) -> str:
        """The SI unit of the value, as one writes it in an equation: ``"volt"``."""
        return describe(self.dimension)

    def display_unit(self) -> tuple[str, float]:
        """The unit in which people write this dimension, and its value in SI: ``("mV", 0.001)``."""
        return _core.display_unit(_pairs(self.dimension))

    def in_unit(self, unit: str | Quantity) -> Any:
        """The plain number or array in another unit of the same dimension.

        >>> (0.25 * second).in_unit("ms")
        250.0

        Raises
        ------
        UnitError
            For another dimension, or text that is no unit.
        """
        other = unit if isinstance(unit, Quantity) else _parse_unit(unit)
        require(other.dimension, self.dimension, f"cannot show {self.unit} in {other.unit}")
        # Units of the language are decimal powers: dividing by the unit gives the shortest number.
        return self.value / other.value

    def __float__(self) -> float:
        if self.dimension != DIMENSIONLESS:
            raise UnitError(f"a quantity in {self.unit} is no plain number; use .in_unit(...)")
        return float(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype)

    def __int__(self) -> int:
        return int(float(self))

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __iter__(self) -> Iterator[Quantity]:
        return (Quantity(v, self.dimension) for v in self.value)

    def __getitem__(self, index: Any) -> Quantity:
        return Quantity(self.value[index], self.dimension)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.value[index] = to_si(value, self.dimension, "an item of the array")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array, ``()`` of a number."""
        return np.shape(self.value)

    def min(self, axis: int | None = None) -> Quantity:
        """The least value, along an axis or of all."""
        return Quantity(np.min(self.value, axis=axis), self.dimension)

    def max(self, axis: int | None = None) -> Quantity:
        """The greatest value."""
        return Quantity(np.max(self.value, axis=axis), self.dimension)

    def sum(self, axis: int | None = None) -> Quantity:
        """The sum."""
        return Quantity(np.sum(self.value, axis=axis), self.dimension)

    def mean(self, axis: int | None = None) -> Quantity:
        """The mean."""
        return Quantity(np.mean(self.value, axis=axis), self.dimension)

    def std(self, axis: int | None = None) -> Quantity:
        """The standard deviation."""
        return Quantity(np.std(self.value, axis=axis), self.dimension)

    def __repr__(self) -> str:
        if self._name:
            return self._name
        text, scale = self.display_unit()
        values = np.asarray(self.value) / scale
        shown = (
            f"{values:.8g}"
            if values.ndim == 0
            else np.array2string(values, precision=8, separator=", ", threshold=20)
        )
        return shown if text == "1" else f"{shown} {text}"

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        text, scale = self.display_unit()
        return format(self.value / scale, spec) + ("" if text == "1" else f" {text}")

    # -- arithmetic ------------------------------------------------------------------------------

    def __mul__(self, other: Any) -> Any:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        return _plain(self.value * other.value, _sum(self.dimension, other.dimension))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        return _plain(self.value / other.value, _difference(self.dimension, other.dimension))

    def __rtruediv__(self, other: Any) -> Any:
        other = as_quantity(other)
        return NotImplemented if other is None else other / self

    def __floordiv__(self, other: Any) -> Any:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        require_same(self, other, "count {1} in {0}")
        return self.value // other.value

    def __mod__(self, other: Any) -> Quantity:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        require_same(self, other, "take {0} modulo {1}")
        return Quantity(self.value % other.value, self.dimension)

    def __pow__(self, power: Any) -> Any:
        number = float(power)
        return _plain(self.value**number, power_of(self.dimension, number))

    def __add__(self, other: Any) -> Quantity:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        require_same(self, other, "add {1} to {0}")
        return Quantity(self.value + other.value, self.dimension)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Quantity:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        require_same(self, other, "subtract {1} from {0}")
        return Quantity(self.value - other.value, self.dimension)

    def __rsub__(self, other: Any) -> Quantity:
        other = as_quantity(other)
        return NotImplemented if other is None else other - self

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.dimension)

    def __pos__(self) -> Quantity:
        return self

    def __abs__(self) -> Quantity:
        return Quantity(abs(self.value), self.dimension)

    def _compare(self, other: Any, test: Callable[[Any, Any], Any]) -> Any:
        other = as_quantity(other)
        if other is None:
            return NotImplemented
        require_same(self, other, "compare {0} with {1}")
        return test(self.value, other.value)

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, operator.ge)

    def __eq__(self, other: object) -> Any:
        quantity = as_quantity(other)
        if quantity is None:
            return NotImplemented
        return quantity.dimension == self.dimension and self.value == quantity.value

    def __hash__(self) -> int:
        return hash((float(self.value), self.dimension))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        quantities = [as_quantity(x) for x in inputs]
        if any(q is None for q in quantities):
            return NotImplemented
        if method == "__call__" and ufunc in _UFUNCS:
            if kwargs.get("out"):
                raise UnitError(
                    f"a plain array cannot take {self.unit} in place; assign text "
                    "(P.v[2:] = 'v + 5*mV') or add to the whole variable (P.v += 5*mV)"
                )
            return _UFUNCS[ufunc](*quantities)
        if all(q.dimension == DIMENSIONLESS for q in quantities if q is not None):
            return getattr(ufunc, method)(*(q.value for q in quantities if q is not None), **kwargs)
        raise UnitError(f"numpy's {ufunc.__name__} takes plain numbers, not {self.unit}")


_UFUNCS: dict[Any, Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.true_divide: operator.truediv,
    np.power: operator.pow,
    np.negative: operator.neg,
    np.absolute: abs,
    np.sqrt: lambda q: q**0.5,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
}


def power_of(dimension: Exponents, power: float) -> Exponents:
    """The dimension of a power, also of a broken one: ``(volt**2)**0.5`` is volt."""
    exponent = Fraction(power).limit_denominator(120)
    return tuple(e * exponent for e in dimension)


def _plain(value: Any, dimension: Exponents) -> Any:
    """The quantity, or the plain value if it has no dimension."""
    return value if dimension == DIMENSIONLESS else Quantity(value, dimension)


def _pairs(dimension: Exponents) -> list[tuple[int, int]]:
    return [(e.numerator, e.denominator) for e in dimension]


def _sum(a: Exponents, b: Exponents) -> Exponents:
    if a is DIMENSIONLESS or b is DIMENSIONLESS:  # a number: nearly always, and much faster
        return b if a is DIMENSIONLESS else a
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _difference(a: Exponents, b: Exponents) -> Exponents:
    if b is DIMENSIONLESS:
        return a
    return tuple(x - y for x, y in zip(a, b, strict=True))


def as_quantity(value: Any) -> Quantity | None:
    """Quantities and what knows its dimension as it is, numbers and arrays without dimension."""
    if isinstance(value, Quantity):
        return value
    if hasattr(value, "__quantity__"):
        converted: Quantity = value.__quantity__()
        return converted
    try:
        return Quantity(value)
    except (TypeError, ValueError):
        return None


def require(found: Exponents, expected: Exponents, message: str) -> None:
    """Raises UnitError with the message if the dimensions differ."""
    if found != expected:
        raise UnitError(message)


def require_same(a: Quantity, b: Quantity, what: str) -> None:
    """Raises UnitError for `what` with both units in it if the dimensions differ."""
    if a.dimension == b.dimension:
        return
    units = [q.unit if q.dimension != DIMENSIONLESS else "a plain number" for q in (a, b)]
    hint = "; arrays that were read are plain SI numbers, P.get(name, unit) converts them"
    message = "cannot " + what.format(*units)
    raise UnitError(message + (hint if "a plain number" in units else ""))


def parse(text: str, *, unit_only: bool = False) -> Quantity:
    """A quantity from text, in the language's own syntax: ``"10 uA/cm**2"``, ``"0.01*ms"``.

    Raises
    ------
    UnitError
        If the text is no quantity; the message shows where.
    """
    value, pairs, problem = _core.read_quantity(text)
    if problem:
        what = "unit" if unit_only else "quantity"
        raise UnitError(
            f"`{text.removeprefix('1 ') if unit_only else text}` is no {what}\n{problem}"
        )
    return Quantity(value, exponents(pairs))


def _parse_unit(text: str) -> Quantity:
    """A unit from text: ``"mV"``, ``"1/ms"``."""
    begins_with_number = isinstance(text, str) and text.lstrip()[:1].isdigit()
    return parse(text if begins_with_number else f"1 {text}", unit_only=True)


def to_si(value: Any, dimension: Exponents, what: str, unit: str = "") -> Any:
    """Number, array, text or quantity as plain SI; checks the dimension where there is one.

    Parameters
    ----------
    value
        Plain numbers are SI already; text is parsed.
    dimension
        What the value must have.
    what
        For the message: "duration", "`v`".
    unit
        How people write the unit of ``what``; default the SI unit.

    Raises
    ------
    UnitError
        For another dimension, or what is no number.
    """
    if isinstance(value, str):
        value = parse(value)
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Quantity, str)) for v in value):
        return np.array([to_si(v, dimension, what, unit) for v in value], dtype=float)
    quantity = None if value is None else as_quantity(value)
    if quantity is None:
        raise UnitError(f"{what} is {shown(value)}; it must be a number or a quantity")
    known = isinstance(value, Quantity) or hasattr(value, "__quantity__")
    if dimension != DIMENSIONLESS and getattr(value, "dtype", type(value)) in (bool, np.bool_):
        raise UnitError(f"{what} is {shown(value)}; it must be a number or a quantity")
    if known and quantity.dimension != dimension:
        raise UnitError(f"{what} is in {unit or describe(dimension)}, not in {quantity.unit}")
    return quantity.value


def duration(value: Any, what: str = "duration") -> float:
    """A time in seconds.

    Raises
    ------
    UnitError
        For what is no finite time.
    """
    seconds = to_si(value, SECOND, what)
    if not isinstance(seconds, float) or not math.isfinite(seconds):
        raise UnitError(f"{what} is {shown(value)}; it must be one finite time")
    return seconds


_TABLE: dict[str, Quantity] = {
    name: Quantity(scale, exponents(pairs), name) for name, scale, pairs in _core.unit_table()
}
globals().update(_TABLE)
SECOND: Exponents = _TABLE["second"].dimension
METRE: Exponents = _TABLE["meter"].dimension
HERTZ: Exponents = _TABLE["hertz"].dimension
__all__ = ["Quantity", "parse", *_TABLE]


def __getattr__(name: str) -> Quantity:
    import difflib

    if name.startswith("__"):
        raise AttributeError(name)
    near = difflib.get_close_matches(name, _TABLE, n=1) or [
        unit for unit in ("mV", "nA", "mS", "Hz", "kHz", "mM") if unit.lower() == name.lower()
    ]
    hint = f"; did you mean `{near[0]}`?" if near else ""
    raise AttributeError(f"`{name}` is no unit{hint}")


def is_unit(name: str) -> bool:
    """Whether the language knows a unit of this name."""
    return name in _TABLE


def __dir__() -> list[str]:
    return sorted(globals())
