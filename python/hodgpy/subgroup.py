# SPDX-License-Identifier: MIT
"""Some neurons of a population under a name of their own: ``P[:800]``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import Place, refuse
from hodgpy.errors import SimulationError
from hodgpy.pairs.expressions import PairExpression
from hodgpy.pairs.scope import evaluated
from hodgpy.source_place import find_literal
from hodgpy.units import Quantity
from hodgpy.variable_view import VariableView, attribute

if TYPE_CHECKING:
    from types import FrameType

    from hodgpy.model import Model
    from hodgpy.population import Population


class Subgroup:
    """Neurons of a population, chosen by a slice, a list of indices or a mask.

    Made by indexing a population: ``E = P[:800]``, ``P[[3, 5, 8]]``, ``P[mask]``, or by
    :meth:`Population.subgroup`, which also names it. Variables read and write through
    (``E.v = -60*mV``); synapses and recorders take a subgroup wherever they take a population.
    Indices count within the subgroup: its first neuron is 0.

    Raises
    ------
    SimulationError
        For indices out of range (HH6016), twice the same one, or none (HH6054).
    """

    population: Population
    indices: np.ndarray
    name: str

    def __init__(self, population: Population, index: Any, name: str = "") -> None:
        indices = population._indices(index)
        if len(indices) == 0:
            refuse("HH6054", f"{arguments.shown(index)} chooses no neuron of `{population.name}`")
        if len(np.unique(indices)) < len(indices):
            refuse(
                "HH6054",
                f"{arguments.shown(index)} chooses a neuron of `{population.name}` twice",
                "np.unique(...) gives every index once",
            )
        indices.setflags(write=False)
        self._keep("population", population)
        self._keep("indices", indices)
        self._keep("name", name or f"{population.name}[{_written(index, indices)}]")

    def __reduce__(self) -> Any:
        return Subgroup, (self.population, self.indices, self.name)

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def N(self) -> int:
        """Number of neurons."""
        return len(self.indices)

    @property
    def model(self) -> Model:
        """The model of the population."""
        return self.population.model

    def __len__(self) -> int:
        return self.N

    def get(self, name: str, unit: str | Quantity | None = None) -> np.ndarray:
        """Values of a variable or expression, shape (N,); see :meth:`Population.get`."""
        arguments.text(name, "the name of a variable")
        result, dimension = self._read(name, sys._getframe(1))
        return result if unit is None else Quantity(result, dimension).in_unit(unit)

    def set(self, name: str, value: Any, index: Any = None, *, level: int = 0) -> None:
        """Assign a variable of these neurons; see :meth:`Population.set`.

        In text ``i`` counts within the subgroup.
        """
        chosen = self.indices if index is None else self.indices[self._indices(index)]
        if isinstance(value, str) and self._counts_otherwise():
            frame = sys._getframe(level + 1)
            expression = PairExpression(Place(value, *find_literal(value, frame)))
            if "i" in expression.names:
                value = self._evaluated(expression, index, frame)
        self.population.set(name, value, chosen, level=level + 1)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            self.population[index]
            return VariableView(self, index)
        return Subgroup(self.population, self.indices[self._indices(index)])

    def __setitem__(self, name: str, value: Any) -> None:
        self._assign(arguments.text(name, "the name of a variable"), value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") or name in ("N", "model", "population", "indices", "name"):
            raise AttributeError(f"`{name}` of a subgroup cannot be assigned")
        self._assign(name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *dict.fromkeys(n.partition(".")[0] for n in self._names())]

    def __repr__(self) -> str:
        return f"<Subgroup {self.name}: {self.N} of {self.population.N} {self.model.name}>"

    # -- inside: what a population offers to views and parts -------------------------------------

    def _assign(self, name: str, value: Any) -> None:
        if not (isinstance(value, VariableView) and value.stands_for(self, name)):
            self.set(name, value, level=2)

    def _names(self) -> tuple[str, ...]:
        return self.population._names()

    def _position(self, axis: str) -> np.ndarray | None:
        found = self.population._position(axis)
        return None if found is None else found[self.indices]

    def _coordinates(self) -> dict[str, np.ndarray]:
        found = self.population._coordinates()
        return {axis: values[self.indices] for axis, values in found.items()}

    def _unknown(self, name: str) -> str:
        return self.population._unknown(name)

    def _read(self, name: str, frame: FrameType) -> tuple[np.ndarray, units.Exponents]:
        values, dimension = self.population._read(name, frame)
        return np.broadcast_to(values, self.population.N)[self.indices], dimension

    def _indices(self, index: Any) -> np.ndarray:
        """Positions within the subgroup."""
        if isinstance(index, (int, np.integer)) and not -self.N <= index < self.N:
            refuse("HH6016", f"neuron {index} does not exist: {self} has {self.N}")
        try:
            return np.atleast_1d(np.arange(self.N, dtype=np.int64)[index])
        except IndexError as error:
            refuse("HH6016", arguments.no_choice(index, f"{self.N} neurons", error))

    def _counts_otherwise(self) -> bool:
        """Whether index k of the subgroup is another neuron than index k of the population."""
        return bool(np.any(self.indices != np.arange(self.N)))

    def _evaluated(self, expression: PairExpression, index: Any, frame: FrameType) -> Quantity:
        """Values of an expression in which ``i`` counts within the subgroup."""
        positions = np.arange(self.N) if index is None else self._indices(index)
        population = self.population
        population._keep("_assignments", population._assignments + 1)  # a fresh random stream
        found = evaluated(self, expression, positions, frame)
        return Quantity(found.data, found.dimension)


def _written(index: Any, indices: np.ndarray) -> str:
    """The index as one would write it, for names; shortened where it is long."""
    if isinstance(index, slice):
        parts = [index.start, index.stop, index.step]
        shown = parts if index.step is not None else parts[:2]
        return ":".join("" if p is None else str(p) for p in shown)
    if len(indices) <= 4:
        return ", ".join(map(str, indices))
    return f"{indices[0]}, {indices[1]}, ... {indices[-1]}"


def split(group: Any, what: str) -> tuple[Population, np.ndarray | None]:
    """Population and chosen neurons (None: all) of a population or subgroup."""
    from hodgpy.population import Population

    if isinstance(group, Subgroup) or hasattr(group, "_compartments_of"):
        if len(group.indices) == 0:
            raise SimulationError(
                f"{what} needs a part of `{group.population.name}`, and what was chosen is empty"
            )
        return group.population, group.indices
    if isinstance(group, Population):
        return group, None
    raise SimulationError(f"{what} needs a population, not {arguments.shown(group)}")
