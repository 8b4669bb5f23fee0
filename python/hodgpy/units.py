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
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from hodgpy import _core
from hodgpy.errors import UnitError

Exponents = tuple[Fraction, ...]

DIMENSIONLESS: Exponents = (Fraction(0),) * 7


def _exponents(pairs: Any) -> Exponents:
    return tuple(Fraction(int(n), int(d)) for n, d in pairs)


def _describe(dimension: Exponents) -> str:
    return str(_core.describe_dimension([(e.numerator, e.denominator) for e in dimension]))


class Quantity:
    """A value in SI with a dimension; arithmetic keeps the dimension right or raises UnitError.

    Parameters
    ----------
    value : float or array
        In SI units.
    dimension : tuple of 7 fractions
        Exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
    """

    __array_priority__ = 1000.0
    __slots__ = ("value", "dimension", "_name")

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
        return _describe(self.dimension)

    def in_unit(self, unit: str | Quantity) -> Any:
        """The plain number or array in another unit of the same dimension.

        >>> (0.25 * second).in_unit("ms")
        250.0
        """
        other = unit if isinstance(unit, Quantity) else parse(f"1 {unit}", unit_only=True)
        _require(other.dimension, self.dimension, f"cannot show {self.unit} in {other.unit}")
        # Units of the language are decimal powers: dividing by the unit gives the shortest number.
        return self.value / other.value

    def __float__(self) -> float:
        if self.dimension != DIMENSIONLESS:
            raise UnitError(f"a quantity in {self.unit} is no plain number; use .in_unit(...)")
        return float(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Quantity]:
        return (Quantity(v, self.dimension) for v in self.value)

    def __getitem__(self, index: Any) -> Quantity:
        return Quantity(self.value[index], self.dimension)

    def __repr__(self) -> str:
        if self._name:
            return self._name
        text, scale = _core.display_unit([(e.numerator, e.denominator) for e in self.dimension])
        shown = np.array2string(
            np.asarray(self.value) / scale, precision=8, separator=", ", threshold=20
        )
        return shown if text == "1" else f"{shown} {text}"

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        text, scale = _core.display_unit([(e.numerator, e.denominator) for e in self.dimension])
        return format(self.value / scale, spec) + ("" if text == "1" else f" {text}")

    # -- arithmetic ------------------------------------------------------------------------------

    def __mul__(self, other: Any) -> Quantity:
        other = _quantity(other)
        return Quantity(self.value * other.value, _add(self.dimension, other.dimension))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Quantity:
        other = _quantity(other)
        return Quantity(self.value / other.value, _subtract(self.dimension, other.dimension))

    def __rtruediv__(self, other: Any) -> Quantity:
        return _quantity(other) / self

    def __pow__(self, power: Any) -> Quantity:
        exponent = Fraction(float(power)).limit_denominator(120)
        return Quantity(
            self.value ** float(power), tuple(e * exponent for e in self.dimension)
        )

    def __add__(self, other: Any) -> Quantity:
        other = _quantity(other)
        _require(other.dimension, self.dimension, f"cannot add {other.unit} to {self.unit}")
        return Quantity(self.value + other.value, self.dimension)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Quantity:
        other = _quantity(other)
        _require(other.dimension, self.dimension, f"cannot subtract {other.unit} from {self.unit}")
        return Quantity(self.value - other.value, self.dimension)

    def __rsub__(self, other: Any) -> Quantity:
        return _quantity(other) - self

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.dimension)

    def __pos__(self) -> Quantity:
        return self

    def __abs__(self) -> Quantity:
        return Quantity(abs(self.value), self.dimension)

    def _compare(self, other: Any) -> Any:
        other = _quantity(other)
        _require(other.dimension, self.dimension, f"cannot compare {self.unit} with {other.unit}")
        return other.value

    def __lt__(self, other: Any) -> Any:
        return self.value < self._compare(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= self._compare(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > self._compare(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= self._compare(other)

    def __eq__(self, other: object) -> Any:
        try:
            quantity = _quantity(other)
        except (TypeError, ValueError):
            return NotImplemented
        if quantity.dimension != self.dimension:
            return False
        return self.value == quantity.value

    def __hash__(self) -> int:
        return hash((float(self.value), self.dimension))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        binary = {
            np.add: "__add__",
            np.subtract: "__sub__",
            np.multiply: "__mul__",
            np.true_divide: "__truediv__",
        }
        if method == "__call__" and ufunc in binary and not kwargs:
            return getattr(_quantity(inputs[0]), binary[ufunc])(inputs[1])
        quantities = [_quantity(x) for x in inputs]
        if all(q.dimension == DIMENSIONLESS for q in quantities):
            return getattr(ufunc, method)(*(q.value for q in quantities), **kwargs)
        raise UnitError(f"numpy's {ufunc.__name__} does not take {quantities[0].unit}")


def _add(a: Exponents, b: Exponents) -> Exponents:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _subtract(a: Exponents, b: Exponents) -> Exponents:
    return tuple(x - y for x, y in zip(a, b, strict=True))


def _quantity(value: Any) -> Quantity:
    return value if isinstance(value, Quantity) else Quantity(value)


def _require(found: Exponents, expected: Exponents, message: str) -> None:
    if found != expected:
        raise UnitError(message)


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
        raise UnitError(f"`{text.removeprefix('1 ') if unit_only else text}` is no {what}\n{problem}")
    return Quantity(value, _exponents(pairs))


def to_si(value: Any, dimension: Exponents, what: str) -> Any:
    """Number, array, text or quantity as plain SI; checks the dimension where there is one.

    Parameters
    ----------
    value
        Plain numbers are SI already; text is parsed.
    dimension
        What the value must have.
    what
        For the message: "duration", "`v`".
    """
    if isinstance(value, str):
        value = parse(value)
    if isinstance(value, Quantity):
        _require(
            value.dimension, dimension, f"{what} is in {_describe(dimension)}, not in {value.unit}"
        )
        return value.value
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Quantity, str)) for v in value):
        return np.array([to_si(v, dimension, what) for v in value], dtype=float)
    array = np.asarray(value, dtype=float)
    return float(array) if array.ndim == 0 else array


def duration(value: Any, what: str = "duration") -> float:
    """A time in seconds; refuses what is no finite number."""
    seconds = float(to_si(value, SECOND, what))
    if not math.isfinite(seconds):
        raise UnitError(f"{what} is {seconds}, not a finite time")
    return seconds


_TABLE: dict[str, Quantity] = {
    name: Quantity(scale, _exponents(pairs), name) for name, scale, pairs in _core.unit_table()
}
globals().update(_TABLE)
SECOND: Exponents = _TABLE["second"].dimension


def __dir__() -> list[str]:
    return sorted([*globals()])
