# SPDX-License-Identifier: MIT
"""A number of neurons that share one model."""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from hodgpy import _core, arguments, plausible, units
from hodgpy.coded import Place, refuse
from hodgpy.compiling import collect_externals
from hodgpy.errors import ModelError, ModelWarning, SimulationError
from hodgpy.keywords import Keywords
from hodgpy.model import Model
from hodgpy.pairs.expressions import PairExpression
from hodgpy.pairs.scope import evaluated
from hodgpy.source_place import find_literal
from hodgpy.subgroup import Subgroup
from hodgpy.units import Quantity
from hodgpy.variable_view import VariableView, attribute

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from hodgpy._core import VariableRecord
    from hodgpy.geometry.positions import Positions

_INTERPRET_BELOW = 100_000  # string assignments to fewer values are not worth a compilation
_MOST_NEURONS = 2**31 - 1
_NAME = re.compile(r"[A-Za-z_]\w*")


# What is looked for in a population and stands elsewhere.
_ELSEWHERE = {
    "run": "a network runs, hp.Network(P, ..., dt=0.1*ms).run(100*ms)",
    "plot": "recorders are plotted, hp.SpikeRecorder(P) or hp.StateRecorder(P, 'v')",
    "t": "the time is net.t, and recorders have .t",
    "spikes": "hp.SpikeRecorder(P) records them",
    "run_regularly": "hp.compile(..., regularly={10*ms: statements})",
}


def _meant_model(given: Any, N: Any) -> str:
    """A hint for what was given in the place of a model."""
    if hasattr(given, "_models"):
        names = list(given._models)
        return f"; choose one of the file's models, as `.{names[0]}`" if names else ""
    if isinstance(given, str):
        return "; hp.compile(...) makes one of equations"
    return "; write hp.Population(model, N)" if isinstance(N, Model) else ""


class Population(Keywords):
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

    Raises
    ------
    SimulationError
        For what is no model, a number of neurons below 1, or a wrong value.
    UnitError
        For a value of another dimension.

    Notes
    -----
    Reading gives plain numpy arrays in SI; :meth:`get` converts. Writing takes plain SI numbers,
    quantities, arrays of one value per neuron, or expressions of the language as text
    (``P.v = "-65*mV + 5*mV*randn()"``). States that were not assigned get their ``init`` expression
    or steady state at the first run. An array assigned to a parameter that had one value for all
    makes it one value per neuron, which compiles the model once more.
    """

    model: Model
    _core: _core.Population

    def __init__(
        self, model: Model, N: int, *, name: str = "", seed: int = 0, **values: Any
    ) -> None:
        if not isinstance(model, Model):
            raise SimulationError(
                f"a population needs a model, not {arguments.shown(model)}{_meant_model(model, N)}"
            )
        if model._record.get("kind") == "synapse":
            raise SimulationError(
                f"{model.name} is a synapse; it connects populations: "
                f"hp.Synapses(source, target, {model.name})"
            )
        count = arguments.whole(N, "the number of neurons", 1, _MOST_NEURONS, code="HH6025")
        self._keep("model", model)
        self._keep("_seed", arguments.whole(seed, "seed", 0, 2**64 - 1))
        self._keep("_assignments", 0)
        self._keep("_subgroups", {})
        self._keep("_given", {})
        self._keep("_links", {})
        self._keep("_positions", None)
        core = _core.Population(model._handle, count, arguments.text(name, "name"))
        self._keep("_core", core)
        for table_name, table in model._tables.items():
            if table_name in core.tables():
                table._check_columns(table_name, count)
                core.set_table(table_name, table.values, table.dt)
        for key, value in values.items():
            self.set(key, value, level=1)

    def _before_run(self, dt: float, time: float, duration: float) -> None:
        """Warns of a step that is long for the model, once."""
        if self.model is None or "_advised" in self.__dict__:
            return
        self._keep("_advised", True)
        advice = _core.time_step_advice(self.model._handle.description, dt)
        if advice:
            warnings.warn(f"HH5018: {advice}; take a shorter dt", ModelWarning, stacklevel=3)

    def _keep(self, name: str, value: Any) -> None:
        """Sets an attribute of the object itself; assignments from outside set variables."""
        object.__setattr__(self, name, value)

    # -- reading and writing ---------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the population in messages, recorders and the network."""
        return self._core.name

    @property
    def N(self) -> int:
        """Number of neurons."""
        return self._core.size

    def __len__(self) -> int:
        return self.N

    def get(self, name: str, unit: str | Quantity | None = None) -> Any:
        """Values of a variable, or of any expression of the language.

        Parameters
        ----------
        name : str
            Dotted name: ``"v"``, ``"na.m"``. Subexpressions and expressions are evaluated with the
            current values.
        unit : str, optional
            ``"mV"``; default SI.

        Returns
        -------
        array of shape (N,), or one number if all neurons share one value
            Floats, or int64 and bool for integer and boolean variables.

        Raises
        ------
        ModelError
            If ``name`` is neither a variable nor an expression.
        UnitError
            If the unit has another dimension.
        """
        arguments.text(name, "the name of a variable")
        result, dimension = self._read(name, sys._getframe(1))
        return result if unit is None else Quantity(result, dimension).in_unit(unit)

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
            Unknown name, wrong length, NaN. Nothing is changed then.
        ModelError
            Text that is no expression.
        UnitError
            Another dimension than the variable's.
        """
        variable = self._variable(name)
        dimension = units.exponents(variable["dimension"])
        indices = None if index is None else self._indices(index)
        if isinstance(value, str):
            si = self._assigned(name, value, indices, sys._getframe(level + 1))
        else:
            si = units.to_si(value, dimension, f"`{name}`", variable["unit"])
            plausible.check_plain(value, dimension, f"`{name}`")
        if np.ndim(si) > 1:
            raise SimulationError(
                f"`{name}` was given values of shape {np.shape(si)}; it takes one value, or an "
                f"array of shape ({self.N if indices is None else len(indices)},): `.ravel()` "
                "makes one row of it"
            )
        if not variable["per_entity"] and (indices is not None or np.ndim(si) > 0):
            self._check_length(name, si, self.N if indices is None else len(indices))
            self._make_per_entity(name)
        if indices is not None:
            self._write_some(name, indices, np.atleast_1d(np.asarray(si, dtype=float)))
        elif np.ndim(si) == 0:
            self._core.set_one(name, float(si))
        else:
            self._write_all(name, np.ascontiguousarray(si, dtype=float))
        self._remember(name, indices)

    def initialize(self) -> None:
        """Give every state that was not assigned its initial value again, from current values."""
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

        Raises
        ------
        SimulationError
            If ``name`` is not linked, ``variable`` unknown, or an index out of range.
        UnitError
            If the two variables have different dimensions.
        """
        if not isinstance(source, Population):
            raise SimulationError(f"source is {arguments.shown(source)}; it must be a population")
        here, there = self._variable(name), source._variable(variable)
        units.require(
            units.exponents(there["dimension"]),
            units.exponents(here["dimension"]),
            f"`{name}` is in {here['unit']}, but `{variable}` is in {there['unit']}",
        )
        try:
            indices = np.asarray([] if index is None else index, dtype=np.int64)
        except (TypeError, ValueError):
            raise SimulationError(
                f"index is {arguments.shown(index)}; it must be integers"
            ) from None
        self._core.link(name, source._core, variable, indices)
        self._links[name] = (source, variable, indices)

    def place(self, positions: Positions) -> None:
        """Give the neurons positions, which expressions know as ``x``, ``y`` and ``z``.

        In conditions, delays and values of synapses they are ``x_pre``, ``x_post`` and
        ``distance``; in text that is assigned here ``x`` (``P.I = "1*nA*x/(100*um)"``). A model's
        own ``x`` in metres is set; one in another unit keeps its meaning, and ``distance`` uses the
        positions.

        Parameters
        ----------
        positions : Positions
            From :func:`hodgpy.place`, one for each neuron.

        Raises
        ------
        SimulationError
            HH6081 for another number of positions than neurons.
        """
        from hodgpy.geometry.positions import Positions

        if not isinstance(positions, Positions):
            refuse(
                "HH6081", f"neurons are placed by hp.place(...), not {arguments.shown(positions)}"
            )
        if len(positions) != self.N:
            refuse(
                "HH6081", f"{len(positions)} positions for the {self.N} neurons of `{self.name}`"
            )
        self._keep("_positions", positions)
        for axis in ("x", "y", "z"):
            values = positions.coordinate(axis)
            known = self._core.has(axis) and self._core.variable(axis)
            if values is not None and known and units.exponents(known["dimension"]) == units.METRE:
                self.set(axis, values)

    @property
    def positions(self) -> Positions | None:
        """Positions of the neurons, if they were placed."""
        found: Positions | None = self._positions
        return found

    def subgroup(self, index: Any, name: str = "") -> Subgroup:
        """Some of the neurons, under a name by which the network knows them, too.

        Parameters
        ----------
        index : slice, array of int or bool
            As in ``P[:800]``.
        name : str
            ``net["name"]`` finds it.
        """
        group = Subgroup(self, index, arguments.text(name, "name"))
        if name:
            self._subgroups[name] = group
        return group

    @overload
    def __getitem__(self, name: str) -> VariableView: ...
    @overload
    def __getitem__(self, name: slice | int | np.ndarray | list[int]) -> Subgroup: ...
    def __getitem__(self, name: Any) -> VariableView | Subgroup:
        if not isinstance(name, str):
            return Subgroup(self, name)
        if name not in self._names():
            refuse("HH6010", self._unknown(name))
        return VariableView(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._assign(arguments.text(name, "the name of a variable"), value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") or hasattr(type(self), name) or name == "model":
            raise AttributeError(f"`{name}` of a population cannot be assigned")
        self._assign(name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *dict.fromkeys(n.partition(".")[0] for n in self._names())]

    def _repr_html_(self) -> str:
        from hodgpy.tables import values_html

        return values_html(self)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._names())

    def __repr__(self) -> str:
        return f"<Population {self.name or '(no name yet)'}: {self.N} x {self.model.name}>"

    # -- inside ----------------------------------------------------------------------------------

    # Where entities stand in the runtime is not always how a user counts them (cables).
    def _fetch(self, name: str) -> np.ndarray:
        return self._core.get(name)

    def _write_all(self, name: str, values: np.ndarray) -> None:
        self._core.set_all(name, values)

    def _write_some(self, name: str, indices: np.ndarray, values: np.ndarray) -> None:
        self._core.set_some(name, indices, values)

    def _visible(self, values: np.ndarray) -> np.ndarray:
        """Values of the runtime's entities as the user counts them."""
        return values

    def _companions(self) -> list[Population]:
        """Populations that join a network together with this one."""
        return []

    def _as_source(self) -> Any:
        """What synapses take the spikes of."""
        return self

    def _synaptic(self, chosen: np.ndarray | None) -> np.ndarray:
        """Entities of the runtime that synapses begin or end at; empty for all in their order."""
        return self._entities(chosen)

    def _entities(self, chosen: np.ndarray | None) -> np.ndarray:
        """Entities of the runtime for the core: none for all."""
        return np.empty(0, np.int64) if chosen is None else chosen

    def _recorded(self, group: Any, chosen: np.ndarray | None, record: Any) -> np.ndarray:
        """Entities that a recorder of this population, or of a part of it, shall record."""
        if record is True:
            return self._entities(chosen)
        indices: np.ndarray = group._indices(record)
        return indices if chosen is None else chosen[indices]

    def _shown_events(self, entities: np.ndarray, is_part: bool) -> np.ndarray:
        """What an event recorder calls the entities of the runtime."""
        return entities

    def _shown_counts(self, counts: np.ndarray, is_part: bool) -> np.ndarray:
        return counts

    def _shown_indices(self, entities: np.ndarray) -> np.ndarray:
        """What a recorder calls the entities of the runtime."""
        return entities

    def _remember(self, name: str, indices: np.ndarray | None) -> None:
        """Which values were assigned: a copy of the population gets those, and no others."""
        if indices is None or not self._core.variable(name)["per_entity"]:
            self._given[name] = None
        elif self._given.get(name, indices) is not None:
            self._given[name] = np.union1d(self._given.get(name, indices), indices)

    def _notes(self) -> dict[str, Any]:
        """What a saved network says of this object beside the values that the runtime keeps."""
        per_neuron = [n for n in self._core.names() if self._core.variable(n)["per_entity"]]
        return {"assignments": self._assignments, "per_entity": per_neuron}

    def _prepare_for(self, notes: dict[str, Any]) -> Callable[[], None]:
        """Lets the model hold what a saved network holds; gives back how to undo what shows."""
        for name in notes["per_entity"]:
            if self._core.has(name) and not self._core.variable(name)["per_entity"]:
                self._make_per_entity(name)
        return lambda: None

    def _take_notes(self, notes: dict[str, Any]) -> None:
        """The rest, after the runtime took the values."""
        self._keep("_assignments", int(notes["assignments"]))

    def __reduce__(self) -> Any:
        from hodgpy.copying import rebuild_population

        assigned = {
            name: (
                indices,
                self._core.get(name) if indices is None else self._core.get(name)[indices],
            )
            for name, indices in self._given.items()
        }
        made = (type(self), self.model, self.N, self.name, self._seed)
        groups = {name: group.indices for name, group in self._subgroups.items()}
        state = {
            "assigned": assigned,
            "links": self._links,
            "subgroups": groups,
            "assignments": self._assignments,
            "positions": self._positions,
        }
        return rebuild_population, made, state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, (indices, values) in state["assigned"].items():
            if indices is not None:
                self._core.set_some(name, indices, values)
            elif len(values) == 1:
                self._core.set_one(name, float(values[0]))
            else:
                self._core.set_all(name, values)
            self._given[name] = indices
        for name, (source, variable, indices) in state["links"].items():
            self.link(name, source, variable, indices)
        for name, indices in state["subgroups"].items():
            self.subgroup(indices, name)
        self._keep("_assignments", state["assignments"])
        self._keep("_positions", state["positions"])

    def _assign(self, name: str, value: Any) -> None:
        """What `P.v = value` does; `P.v += 1` has already written when it comes here."""
        if not (isinstance(value, VariableView) and value.stands_for(self, name)):
            self.set(name, value, level=2)

    def _names(self) -> tuple[str, ...]:
        return self.model._names

    def _position(self, axis: str) -> np.ndarray | None:
        """Coordinates along an axis in metres, of neurons that were placed."""
        return None if self._positions is None else self._positions.coordinate(axis)

    def _coordinates(self) -> dict[str, np.ndarray]:
        """The positions under the names that are not the model's own."""
        found = {axis: self._position(axis) for axis in "xyz" if axis not in self._names()}
        return {axis: values for axis, values in found.items() if values is not None}

    def _variable(self, name: str) -> VariableRecord:
        if self._core.has(arguments.text(name, "the name of a variable")):
            return self._core.variable(name)
        refuse("HH6012" if name in self._names() else "HH6010", self._unknown(name))

    def _unknown(self, name: str) -> str:
        if name in self._names():
            role = self.model.variables[name].role
            return f"`{name}` is a {role} of {self.model.name}: it is computed and cannot be set"
        parts = [n for n in self._names() if n.startswith(name + ".")]
        if parts:
            return f"`{name}` is a part of {self.model.name}, its variables are {', '.join(parts)}"
        if name in _ELSEWHERE:
            return f"a population has no `{name}`: {_ELSEWHERE[name]}"
        try:
            self._core.variable(name)
        except SimulationError as error:  # the runtime knows what was probably meant
            return str(error).removeprefix("HH6010: ")
        return f"there is no variable `{name}`"

    def _read(self, name: str, frame: FrameType) -> tuple[Any, units.Exponents]:
        """Value and dimension of a variable or expression."""
        name = self.model._derivative(name)
        if name in self._coordinates():
            return self._coordinates()[name], units.METRE
        if not self._core.has(name):
            values, dimension, is_boolean = self._evaluate(name, frame)
            return (values != 0 if is_boolean else values), dimension
        variable = self._core.variable(name)
        values = self._fetch(name)
        if variable["type"] == "boolean":
            values = values != 0
        elif variable["type"] == "integer":
            values = values.astype(np.int64)
        result = values if variable["per_entity"] else values[0].item()
        return result, units.exponents(variable["dimension"])

    def _assigned(
        self, name: str, text: str, indices: np.ndarray | None, frame: FrameType
    ) -> np.ndarray | float:
        """Values of an assigned expression: per neuron, per index, or one for all."""
        variable = self._core.variable(name)
        array, dimension, _ = self._evaluate(text, frame)
        units.require(
            dimension,
            units.exponents(variable["dimension"]),
            f"`{name}` is in {variable['unit']}, but `{text}` is in {units.describe(dimension)}",
        )
        if indices is not None:
            chosen: np.ndarray = array[indices]
            return chosen
        if variable["per_entity"] or np.any(array != array[0]):
            return array
        return float(array[0])

    def _indices(self, index: Any) -> np.ndarray:
        if isinstance(index, (int, np.integer)) and not -self.N <= index < self.N:
            refuse("HH6016", f"neuron {index} does not exist: {self} has {self.N}")
        try:
            chosen = np.atleast_1d(np.arange(self.N, dtype=np.int64)[index])
            if chosen.ndim > 1:
                raise IndexError("one dimension is expected")
            return chosen
        except (IndexError, TypeError) as error:
            refuse("HH6016", arguments.no_choice(index, f"{self.N} neurons", error))

    def _check_length(self, name: str, values: Any, expected: int) -> None:
        if np.ndim(values) > 0 and np.shape(values) != (expected,):
            raise SimulationError(
                f"`{name}` was given values of shape {np.shape(values)}, expected ({expected},)"
            )

    def _make_per_entity(self, name: str) -> None:
        model = self.model._with_per_entity(name)
        self._core.rebind(model._handle)
        self._keep("model", model)

    def _evaluate(self, text: str, frame: FrameType) -> tuple[np.ndarray, units.Exponents, bool]:
        """Values of an expression for every neuron, its dimension, and if it is a condition."""
        if not self.model._handle.is_compiled and text.strip() in self.model._record["observe"]:
            return self._observe(text.strip())
        self._keep("_assignments", self._assignments + 1)  # a fresh random stream
        if not self._coordinates().keys().isdisjoint(_NAME.findall(text)):
            place = Place(text, *find_literal(text, frame))
            found = evaluated(self, PairExpression(place), np.arange(self.N), frame)
            return found.data, found.dimension, found.data.dtype == np.bool_
        externals, _ = collect_externals(text, None, frame)
        known = set(self._names())
        expressions = _core.compile_expressions(
            self.model._handle,
            [(text, *find_literal(text, frame))],
            self.N < _INTERPRET_BELOW,
            f"assignment {self._assignments}",
            [e for e in externals if e["name"] not in known and e["kind"] != "table"],
        )
        if not expressions.ok:
            raise ModelError("\n" + expressions.render().rstrip())
        values = self._visible(self._core.evaluate(expressions, self._seed)[0])
        return values, units.exponents(expressions.dimensions[0]), expressions.is_boolean[0]

    def _observe(self, text: str) -> tuple[np.ndarray, units.Exponents, bool]:
        """The same of a subexpression of a model from a library, whose code computes it."""
        names = self.model._observed([text])
        values = self._core.observe(names, self._seed)[names.index(text)]
        is_condition = self.model.variables[text].type == "boolean"
        return values, self.model._dimension_of(text), is_condition
