# SPDX-License-Identifier: MIT
"""Variables of a population as objects that read as numpy arrays and write through; its parts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from hodgpy import units
from hodgpy.errors import SimulationError, UnitError
from hodgpy.units import Quantity

if TYPE_CHECKING:
    from types import FrameType

    from hodgpy.population import Population
    from hodgpy.subgroup import Subgroup
    from hodgpy.synapse_values import SynapseValues

    Owner: TypeAlias = Population | Subgroup | SynapseValues

# Where two variables meet in one of these, their dimensions must agree.
_SAME_DIMENSION = {
    np.add,
    np.subtract,
    np.less,
    np.less_equal,
    np.greater,
    np.greater_equal,
    np.equal,
    np.not_equal,
    np.minimum,
    np.maximum,
}


class VariableView(np.lib.mixins.NDArrayOperatorsMixin):
    """One variable of a population: reads as a numpy array in SI, writes through.

    With plain numbers it computes as a plain array in SI. Together with a quantity, dimensions are
    checked and the result is a quantity: ``P.v = P.v + 5*mV``, ``P.v += 5*mV``. Indexing gives
    plain numbers: ``P.v[0]``, ``P.v[2:]``; assigning to an index writes: ``P.v[2:] = -60*mV``.
    """

    def __init__(self, population: Owner, name: str) -> None:
        self._population = population
        self._name = name

    @property
    def unit(self) -> str:
        """The unit of the declaration."""
        return self._population.model.variables[self._name].unit

    def stands_for(self, population: Owner, name: str) -> bool:
        """Whether this is that very variable."""
        return self._population is population and self._name == name

    # -- reading ---------------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._population.get(self._name), dtype=dtype)

    def __quantity__(self) -> Quantity:
        value, dimension = self._population._read(self._name, sys._getframe(1))
        return Quantity(value, dimension)

    def __getitem__(self, index: Any) -> Any:
        return np.asarray(self)[self._chosen(index)]

    def __len__(self) -> int:
        return len(np.atleast_1d(np.asarray(self)))

    def __iter__(self) -> Iterator[Any]:
        return iter(np.atleast_1d(np.asarray(self)))

    def __float__(self) -> float:
        return float(np.asarray(self))

    def __bool__(self) -> bool:
        return bool(np.asarray(self))

    def __format__(self, spec: str) -> str:
        return format(np.asarray(self)[()], spec) if spec else repr(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        members = [n for n in self._population._names() if n.startswith(f"{self._name}.")]
        if f"{self._name}.{name}" in members:  # the rates of a gate: P.na.m.inf
            return VariableView(self._population, f"{self._name}.{name}")
        return getattr(np.asarray(self), name)

    def __dir__(self) -> list[str]:
        start = self._name + "."
        inner = [n[len(start) :] for n in self._population._names() if n.startswith(start)]
        return [*super().__dir__(), *dir(np.ndarray), *inner]

    def __repr__(self) -> str:
        unit = self.unit
        shown = self._population.get(self._name, None if unit == "1" else unit)
        text = np.array2string(np.asarray(shown), precision=6, separator=", ", threshold=12)
        return f"{self._name} = {text}" + ("" if unit == "1" else f" {unit}")

    # -- writing ---------------------------------------------------------------------------------

    def __setitem__(self, index: Any, value: Any) -> None:
        everything = index is Ellipsis or (isinstance(index, slice) and index == slice(None))
        chosen = None if everything else self._chosen(index, sys._getframe(1))
        self._population.set(self._name, value, chosen, level=1)

    def _chosen(self, index: Any, frame: FrameType | None = None) -> Any:
        """Text is a condition that chooses neurons: ``P.v["v > -50*mV and i < 10"]``."""
        if not isinstance(index, str):
            return index
        values, _ = self._population._read(index, frame or sys._getframe(2))
        if np.asarray(values).dtype != np.bool_:
            raise SimulationError(f"`{index}` is no condition; it cannot choose neurons")
        return np.broadcast_to(values, len(self._population))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", ())
        if any(isinstance(x, (str, Quantity)) for x in inputs):
            operands = [self._with_dimension(x) for x in inputs]
        else:
            self._check_agreement(ufunc, inputs)
            operands = [np.asarray(x) if isinstance(x, VariableView) else x for x in inputs]
        result = getattr(ufunc, method)(*operands, **kwargs)
        if out and isinstance(out[0], VariableView):
            out[0]._population.set(out[0]._name, result)
            return out[0]
        return result

    @staticmethod
    def _with_dimension(operand: Any) -> Any:
        """Operands of a computation with units: text is a quantity, a view has its dimension."""
        if isinstance(operand, str):
            return units.parse(operand)
        return operand.__quantity__() if isinstance(operand, VariableView) else operand

    @staticmethod
    def _check_agreement(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> None:
        views = [x for x in inputs if isinstance(x, VariableView)]
        if ufunc not in _SAME_DIMENSION or len(views) < 2:
            return
        first, second = views
        if first.__quantity__().dimension != second.__quantity__().dimension:
            raise UnitError(
                f"`{first._name}` is in {first.unit}, `{second._name}` is in {second.unit}: "
                f"{ufunc.__name__} needs one dimension"
            )


class Part:
    """The variables of a part of the model: ``P.na`` for ``use NaT as na``."""

    _population: Population | Subgroup
    _prefix: str

    def __init__(self, population: Population | Subgroup, prefix: str) -> None:
        object.__setattr__(self, "_population", population)
        object.__setattr__(self, "_prefix", prefix)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return attribute(self._population, f"{self._prefix}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._population._assign(f"{self._prefix}.{name}", value)

    def __dir__(self) -> list[str]:
        return sorted({n.partition(".")[0] for n in self._members()})

    def __repr__(self) -> str:
        return f"<{self._prefix} of {self._population.name}: {', '.join(self._members())}>"

    def _members(self) -> list[str]:
        start = self._prefix + "."
        return [n[len(start) :] for n in self._population._names() if n.startswith(start)]


def attribute(population: Population | Subgroup, name: str) -> VariableView | Part | np.ndarray:
    """What a dotted name stands for; a gate is a variable and its own part (`P.na.m`)."""
    names = population._names()
    if name in names:
        return VariableView(population, name)
    if name in population._coordinates():
        return population._coordinates()[name]
    model = population.model
    if name == "lastspike" and model is not None and model._record.get("events"):
        return np.asarray(population.get(name))
    if any(n.startswith(name + ".") for n in names):
        return Part(population, name)
    raise AttributeError(population._unknown(name))
