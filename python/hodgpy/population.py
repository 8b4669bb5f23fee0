# SPDX-License-Identifier: MIT
"""A number of neurons that share one model."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from hodgpy import _core, units
from hodgpy.compiling import collect_externals
from hodgpy.errors import ModelError, SimulationError
from hodgpy.model import Model
from hodgpy.units import Quantity

_INTERPRET_BELOW = 100_000  # string assignments to fewer values are not worth a compilation


class Population:
    """``N`` neurons of one model; variables are attributes: ``P.v``, ``P.na.g``, ``P["na.g"]``.

    Parameters
    ----------
    model : Model
        From :func:`hodgpy.compile`.
    N : int
        Number of neurons.
    name : str, optional
        Used in messages and as the identity of the population's random streams.
    seed : int
        Of the random functions in expressions that are assigned; those in the model's equations
        follow the network's seed.
    **values
        Initial assignments, as by :meth:`set`.

    Notes
    -----
    Reading gives plain numpy arrays in SI; :meth:`get` converts. Writing takes plain SI numbers,
    quantities, arrays of one value per neuron, or expressions of the language as text
    (``P.v = "-65*mV + 5*mV*randn()"``). States that were not assigned get their ``init`` expression
    or steady state at the first run. An array assigned to a parameter that had one value for all
    makes it one value per neuron, which compiles the model once more.
    """

    def __init__(
        self, model: Model, N: int, *, name: str = "", seed: int = 0, **values: Any
    ) -> None:
        if not isinstance(model, Model):
            hint = " (choose one of the file's models)" if hasattr(model, "_models") else ""
            raise SimulationError(f"a population needs a model, not {type(model).__name__}{hint}")
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_seed", int(seed))
        object.__setattr__(self, "_assignments", 0)
        object.__setattr__(self, "_core", _core.Population(model._handle, int(N), name))
        for table_name, table in model._tables.items():
            if table_name in self._core.tables():
                if table.per_entity and table.values.shape[1] < N:
                    raise SimulationError(
                        f"the timed array `{table_name}` has {table.values.shape[1]} columns for "
                        f"{N} neurons"
                    )
                self._core.set_table(table_name, table.values, table.dt)
        for key, value in {**model._values, **values}.items():
            self.set(key, value)

    # -- reading and writing ---------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the population in messages, recorders and the network."""
        return str(self._core.name)

    @property
    def N(self) -> int:
        """Number of neurons."""
        return int(self._core.size)

    def __len__(self) -> int:
        return self.N

    def get(self, name: str, unit: str | Quantity | None = None) -> Any:
        """Values of a variable as a numpy array of shape (N,), or a float if all share one value.

        Parameters
        ----------
        name : str
            Dotted name: ``"v"``, ``"na.m"``. Subexpressions are evaluated with the current values.
        unit : str, optional
            ``"mV"``; default SI.
        """
        if self._core.has(name):
            values = self._core.get(name)
            variable = self._core.variable(name)
            dimension, per_entity = variable["dimension"], variable["per_entity"]
        else:
            values, dimension = self._evaluate(name, level=1)
            per_entity = True
        result = values if per_entity else float(values[0])
        if unit is None:
            return result
        return Quantity(result, units._exponents(dimension)).in_unit(unit)

    def set(self, name: str, value: Any, index: Any = None, *, level: int = 0) -> None:
        """Assign a variable between runs.

        Parameters
        ----------
        name : str
            A state, parameter or shared parameter.
        value : number, Quantity, array or str
            In SI if it has no unit; one value, or one per neuron (per index if there is one). Text
            is an expression of the language and may use every variable of the model.
        index : int, slice, array of int or bool, optional
            Which neurons.
        level : int
            How many more frames up the names of an expression are looked up.

        Raises
        ------
        SimulationError
            Unknown name, wrong length, NaN.
        UnitError
            A quantity of another dimension.
        """
        variable = self._core.variable(name)
        indices = None if index is None else self._indices(index)
        if isinstance(value, str):
            array, dimension = self._evaluate(value, level=level + 1)
            units._require(
                units._exponents(dimension),
                units._exponents(variable["dimension"]),
                f"`{name}` is in {variable['unit']}, the expression is in "
                f"{units._describe(units._exponents(dimension))}",
            )
            si: Any = array if indices is None else array[indices]
            if not variable["per_entity"]:
                si = float(array[0]) if np.all(array == array[0]) else array
        else:
            si = units.to_si(value, units._exponents(variable["dimension"]), f"`{name}`")
        if not variable["per_entity"] and (indices is not None or np.ndim(si) > 0):
            self._make_per_entity(name)
        if indices is not None:
            self._core.set_some(name, indices, np.atleast_1d(np.asarray(si, dtype=float)))
        elif np.ndim(si) == 0:
            self._core.set_one(name, float(si))
        else:
            self._core.set_all(name, np.ascontiguousarray(si, dtype=float))

    def initialize(self) -> None:
        """Give every state that was not assigned its initial value again, from the current values."""
        self._core.initialize()

    def link(self, name: str, source: Population, variable: str, index: Any = None) -> None:
        """Let a ``(linked)`` variable read a variable of another population.

        Parameters
        ----------
        name : str
            The linked variable here.
        source : Population
        variable : str
            What it reads, as it was at the start of the step.
        index : array of int, optional
            For each neuron here, which neuron there; default: the same index.
        """
        indices = np.empty(0, np.int64) if index is None else np.asarray(index, dtype=np.int64)
        self._core.link(name, source._core, variable, indices)

    def __getitem__(self, name: str) -> VariableView:
        if not isinstance(name, str):
            raise SimulationError("populations are indexed by variable name: P['na.g']")
        return VariableView(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        if isinstance(value, VariableView):  # P["v"] += 1 writes through the view itself
            return
        self.set(name, value, level=1)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, VariableView):
            return
        self.set(name, value, level=1)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(n.partition(".")[0] for n in self._names())]

    def __repr__(self) -> str:
        return f"<Population {self.name}: {self.N} x {self.model.name}>"

    # -- inside ----------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        return [*dict.fromkeys([*self._core.names(), *self.model.variables])]

    def _indices(self, index: Any) -> np.ndarray:
        if isinstance(index, (int, np.integer)) and not -self.N <= index < self.N:
            raise SimulationError(f"neuron {index} of {self.N} does not exist")
        try:
            return np.atleast_1d(np.arange(self.N, dtype=np.int64)[index])
        except IndexError as error:
            raise SimulationError(f"no such neurons in a population of {self.N}: {error}") from None

    def _make_per_entity(self, name: str) -> None:
        handle = self.model._handle.with_per_entity([name])
        object.__setattr__(self, "model", Model(handle, self.model._tables, self.model._values))
        self._core.rebind(handle)

    def _evaluate(self, text: str, *, level: int) -> tuple[np.ndarray, Any]:
        """Values of an expression for every neuron, and its dimension."""
        object.__setattr__(self, "_assignments", self._assignments + 1)  # a fresh random stream
        frame = sys._getframe(level + 1)
        externals, _ = collect_externals(text, None, frame)
        known = set(self._names())
        externals = [e for e in externals if e["name"] not in known and e["kind"] != "table"]
        expressions = _core.compile_expressions(
            self.model._handle,
            [(text, "<expression>", 1)],
            self.N < _INTERPRET_BELOW,
            f"assignment {self._assignments}",
            externals,
        )
        if not expressions.ok:
            raise ModelError("\n" + expressions.render(False))
        return self._core.evaluate(expressions, self._seed)[0], expressions.dimensions[0]


def _attribute(population: Population, name: str) -> Any:
    names = population._names()
    if name in names:
        return VariableView(population, name)
    if any(n.startswith(name + ".") for n in names):
        return Part(population, name)
    # the runtime's own error knows the spelling suggestions
    try:
        population._core.variable(name)
    except SimulationError as error:
        raise AttributeError(str(error)) from None
    return VariableView(population, name)


class Part:
    """The variables of a part of the model: ``P.na`` for ``use NaT as na``."""

    def __init__(self, population: Population, prefix: str) -> None:
        object.__setattr__(self, "_population", population)
        object.__setattr__(self, "_prefix", prefix)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _attribute(self._population, f"{self._prefix}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if not isinstance(value, VariableView):
            self._population.set(f"{self._prefix}.{name}", value, level=1)

    def __dir__(self) -> list[str]:
        start = self._prefix + "."
        return [n[len(start) :] for n in self._population._names() if n.startswith(start)]


class VariableView(np.lib.mixins.NDArrayOperatorsMixin):
    """One variable of a population: reads as a numpy array in SI, writes through."""

    def __init__(self, population: Population, name: str) -> None:
        self._population = population
        self._name = name

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._population.get(self._name), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", ())
        result = getattr(ufunc, method)(
            *(np.asarray(x) if isinstance(x, VariableView) else _plain(x) for x in inputs), **kwargs
        )
        if out and isinstance(out[0], VariableView):
            out[0]._population.set(out[0]._name, result)
            return out[0]
        return result

    def __getitem__(self, index: Any) -> Any:
        return np.asarray(self)[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        everything = isinstance(index, slice) and index == slice(None)
        if everything or index is Ellipsis:
            self._population.set(self._name, value, level=1)
        else:
            self._population.set(self._name, value, index, level=1)

    def __len__(self) -> int:
        return len(np.asarray(self))

    def __iter__(self) -> Iterator[float]:
        return iter(np.asarray(self))

    def __float__(self) -> float:
        return float(np.asarray(self))

    @property
    def unit(self) -> str:
        """The display unit of the declaration."""
        return self._population.model.variables[self._name].unit

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(np.asarray(self), name)

    def __repr__(self) -> str:
        shown = self._population.get(self._name, self.unit if self.unit != "1" else None)
        return f"{self._name} = {np.array2string(np.asarray(shown), threshold=12)} {self.unit}"


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Quantity) else value
