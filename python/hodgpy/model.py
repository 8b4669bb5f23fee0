# SPDX-License-Identifier: MIT
"""A compiled model: what it consists of, why it is integrated as it is, and its pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hodgpy import _core, arguments, units
from hodgpy.errors import ModelError, SimulationError
from hodgpy.timed_array import TimedArray

_DERIVATIVE = re.compile(r"d(?P<name>[A-Za-z_][\w.]*)/dt")
# Attributes of a population: a variable of such a name could not be reached as one.
RESERVED = frozenset(
    {"N", "get", "initialize", "link", "model", "name", "place", "positions", "set", "subgroup"}
)

if TYPE_CHECKING:
    from hodgpy.advice import Advice
    from hodgpy.phase import PhasePlane


class Variable(NamedTuple):
    """What a model knows of one variable.

    ``role`` is one of state, subexpression, constant over dt, parameter, shared parameter, frozen,
    input, linked; ``unit`` is the display unit of the declaration and ``default`` is in SI.
    """

    name: str
    role: str
    type: str
    unit: str
    dimension: str
    default: float | None
    method: str
    equation: str
    documentation: str
    flags: tuple[str, ...]


class Model:
    """One compiled cell model; make populations of it with :class:`hodgpy.Population`.

    Models are immutable and may be shared by any number of populations and networks. Parameters
    belong to the population: changing one never recompiles.
    """

    def __init__(
        self,
        handle: _core.Model,
        tables: dict[str, TimedArray] | None = None,
        recipe: tuple[Any, ...] | None = None,
    ) -> None:
        self._handle = handle
        self._tables = tables or {}
        self._recipe = recipe  # how to make it again in another process
        self._record: dict[str, Any] = json.loads(handle.description)

    # -- what it is ------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the neuron block, or the name given to ``compile``."""
        return self._handle.name

    @property
    def documentation(self) -> str:
        """The docstring of the neuron block."""
        return str(self._record.get("documentation", ""))

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Every variable by its dotted name, in the order of the text."""
        return {
            v["name"]: Variable(
                name=v["name"],
                role=v["role"],
                type=v["type"],
                unit=v["unit"],
                dimension=v["dimension"],
                default=v.get("default"),
                method=v.get("method", ""),
                equation=v.get("equation", ""),
                documentation=v.get("documentation", ""),
                flags=tuple(v.get("flags", ())),
            )
            for v in self._record["variables"]
        }

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.variables)

    @property
    def states(self) -> list[str]:
        """Names of the variables with a differential equation."""
        return [n for n, v in self.variables.items() if v.role == "state"]

    @property
    def parameters(self) -> list[str]:
        """Names of what may be set: one value per population, or one per entity."""
        return [n for n, v in self.variables.items() if v.role in ("parameter", "shared parameter")]

    @property
    def dtype(self) -> str:
        """Type of its real numbers: ``"float64"`` or ``"float32"``."""
        options = self._recipe[2] if self._recipe is not None else None
        return "float32" if options and options.get("real_size") == 4 else "float64"

    def _check_names(self) -> None:
        """Refuses variables that the attributes of a population would hide."""
        own = {n.partition(".")[0] for n, v in self.variables.items() if v.role != "entity count"}
        hidden = sorted(RESERVED & own)
        if hidden:
            raise ModelError(
                f"`{hidden[0]}` is a variable of {self.name}, but also an attribute of every "
                "population: give the variable another name"
            )

    def _compiled(self, what: str) -> _core.Model:
        """The handle, if the compiler knows the model's equations."""
        if not self._handle.is_compiled:
            raise SimulationError(
                f"{self.name} was loaded from a library, which holds no equations: no {what}"
            )
        return self._handle

    def _observed(self, texts: list[str]) -> list[str]:
        """Outputs of a library's own subexpressions: the names in ``texts``, "" for the others."""
        return [name if name in texts else "" for name in self._record["observe"]]

    def _derivative(self, text: str) -> str:
        """The right side of a state's equation for ``"dv/dt"``; other text as it is."""
        found = _DERIVATIVE.fullmatch(text.strip())
        if found is None or found["name"] not in self.states or text in self._names:
            return text
        return f"({self.variables[found['name']].equation})"

    def _dimension_of(self, name: str) -> units.Exponents:
        unit = self.variables[name].dimension
        return units.DIMENSIONLESS if unit == "1" else units.parse(f"1 {unit}").dimension

    def _with_per_entity(self, name: str) -> Model:
        if not self._handle.is_compiled:
            raise SimulationError(
                f"{self.name} was loaded from a library, in which `{name}` has one value for all "
                f"neurons; write it with compile(..., per_entity=[{name!r}])"
            )
        recipe = None if self._recipe is None else (*self._recipe, name)
        return Model(self._handle.with_per_entity([name]), self._tables, recipe)

    def __deepcopy__(self, memo: dict[int, Any]) -> Model:
        return self  # immutable, and its code is shared

    def __reduce__(self) -> Any:
        from hodgpy.copying import rebuild_model

        if self._recipe is None:
            raise SimulationError(f"{self.name} cannot be sent to another process")
        return rebuild_model, (self._recipe, self._tables)

    # -- how it runs -----------------------------------------------------------------------------

    def explain(self) -> str:
        """Which method each state got and why, and what the compiler rewrote."""
        return self._compiled("explanations").explain()

    def emit(self, stage: str) -> str | bytes:
        """A stage of the compilation as text.

        Parameters
        ----------
        stage : str
            tokens, ast, model, ir, ir-opt, cpp, llvm, asm, header, or obj (bytes).

        Raises
        ------
        ModelError
            For another stage.
        """
        data = self._compiled("stages").emit(arguments.text(stage, "stage", ModelError))
        return data if stage == "obj" else data.decode()

    def times(self) -> dict[str, float]:
        """Seconds that each stage of the compilation took.

        The first run makes the machine code, in one call of Clang for all models of a network:
        ``clang`` (its front end), ``llvm`` (its passes), ``machine code`` and ``link`` are then
        those of the whole call.
        """
        times: dict[str, float] = {}
        for stage, seconds in self._compiled("times").times():
            times[stage] = times.get(stage, 0.0) + seconds
        return times

    def write(self, path: str | PathLike[str]) -> None:
        """Ahead of time: writes a ``.so``, ``.o`` or C header, by the suffix of ``path``.

        Raises
        ------
        ModelError
            If the file cannot be written, or the suffix is another one.
        """
        _write([self], path)

    # -- what it does ----------------------------------------------------------------------------

    def steady_state(self, v: Any, **values: Any) -> dict[str, Any]:
        """Steady state of every gate at a potential.

        Gates are those of ``gate`` blocks, and states of plain equations that are linear in
        themselves and read nothing else but ``v``, such as ``dn/dt = (n_inf - n)/tau_n``.

        Parameters
        ----------
        v : Quantity or array
            One potential or several, of any shape.
        **values
            Parameters to set before: ``temperature="18.5 degC"``.

        Returns
        -------
        dict
            By name of the gate, a number or an array of the shape of ``v``.

        Examples
        --------
        >>> squid.steady_state(-65*mV)["na.m"]
        0.05293...
        """
        from hodgpy import analysis

        return analysis.steady_state(self, v, **values)

    def rest(self, start: Mapping[str, Any] | None = None, **values: Any) -> dict[str, float]:
        """A state in which nothing changes.

        A cell whose only state besides gates is ``v`` is searched from -200 to 150 mV for zeros at
        which the total current restores ``v``: the lowest one, or the nearest to ``start``. Other
        cells are solved by Newton's method from ``start``, or else from the initial values. An
        equilibrium need not be stable: a cell that fires by itself has one, too.

        Parameters
        ----------
        start : dict, optional
            Where to start, by name of the state: ``{"v": -70*mV}``.
        **values
            Parameters to set before.

        Returns
        -------
        dict
            Every state in SI.

        Raises
        ------
        SimulationError
            If none is found.
        """
        from hodgpy import analysis

        return analysis.rest(self, start, **values)

    def voltage_clamp(
        self, hold: Any, step: Any, times: Any, record: str | list[str], **values: Any
    ) -> dict[str, np.ndarray]:
        """Currents and gates after a step from a holding potential, in closed form.

        Parameters
        ----------
        hold : Quantity
            Potential before the step; every gate is at its steady state there.
        step : Quantity or array
            Potentials of the steps.
        times : Quantity or array
            Times after the step.
        record : str or list of str
            Variables and expressions: ``["na.I", "k.n"]``.
        **values
            Parameters to set before.

        Returns
        -------
        dict
            By name, arrays of shape (steps, times) in SI.

        Raises
        ------
        SimulationError
            For a model with states besides ``v`` and its gates.
        """
        from hodgpy import analysis

        return analysis.voltage_clamp(self, hold, step, times, record, **values)

    def firing_rate(
        self,
        current: Any,
        *,
        variable: str = "I",
        duration: Any = 1.0,
        dt: Any = 1e-5,
        **values: Any,
    ) -> np.ndarray:
        """Frequency of the lasting train of spikes for each current: the f(I) curve.

        Parameters
        ----------
        current : Quantity or array
            Currents, one cell each, switched on at 0.
        variable : str
            What the current is assigned to.
        duration, dt : Quantity
            Time to simulate (the second half counts) and time step.
        **values
            Parameters and initial values to set before.

        Returns
        -------
        array
            Frequencies in Hz; 0 where the cell is silent in the end.
        """
        from hodgpy import analysis

        return analysis.firing_rate(
            self, current, variable=variable, duration=duration, dt=dt, **values
        )

    def advise(self, dt: Any = 1e-4, *, duration: Any = 0.1, **values: Any) -> Advice:
        """Whether the methods of the states fit a time step, and what would.

        The model is run for a while at a finer step, and linearised along the way.

        Parameters
        ----------
        dt : Quantity
            The time step in question.
        duration : Quantity
            How long to run: everything of interest should happen.
        **values
            Parameters and initial values to set before: ``I=10*uA/cm**2``.

        Returns
        -------
        Advice
            Time constants, the longest stable step of each method, and advice; ``print`` it.

        Raises
        ------
        SimulationError
            For a model without differential equations, or with noise.
        """
        from hodgpy import advice

        return advice.advise(self, dt, duration, values)

    def phase_plane(
        self, x: str, x_range: Any, y: str, y_range: Any, *, points: int = 201, **values: Any
    ) -> PhasePlane:
        """Nullclines, field and fixed points of a model of two states.

        Parameters
        ----------
        x, y : str
            The states along the two axes.
        x_range, y_range : pair of Quantity or number
            From where to where: ``[-80, 60]*mV``.
        points : int
            Along each axis.
        **values
            Parameters to set before: ``I=90*uA/cm**2``.

        Returns
        -------
        PhasePlane
            ``.plot()`` draws it; ``.fixed_points`` with their eigenvalues and kind.

        Raises
        ------
        SimulationError
            For a model with other states than these two, or a range that is none.

        Examples
        --------
        >>> plane = model.phase_plane("v", [-80, 60]*mV, "w", [0, 1], I=90*uA/cm**2)
        >>> plane.fixed_points[0].kind
        'unstable focus'
        """
        from hodgpy.phase import PhasePlane

        return PhasePlane(self, (x, y), (x_range, y_range), points, values)

    # -- how it looks ----------------------------------------------------------------------------

    def __repr__(self) -> str:
        states, parameters = len(self.states), len(self.parameters)
        return (
            f"<Model {self.name}: {states} state{'s' * (states != 1)} ({', '.join(self.states)}), "
            f"{parameters} parameter{'s' * (parameters != 1)}>"
        )

    def _repr_latex_(self) -> str:
        from hodgpy.latex import model_latex

        return model_latex(self._record)

    def _repr_html_(self) -> str:
        from hodgpy.latex import model_html

        return model_html(self._record)


class ModelFile:
    """The models of one ``.hhm`` file: ``file.HH``, ``file["HH"]``, or one after the other."""

    def __init__(self, name: str, models: list[Model]) -> None:
        self._name = name
        self._models = {m.name: m for m in models}

    def __getitem__(self, name: str) -> Model:
        if name in self._models:
            return self._models[name]
        raise ModelError(self._unknown(name))

    def __getattr__(self, name: str) -> Model:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._models:
            return self._models[name]
        raise AttributeError(self._unknown(name))

    def write(self, path: str | PathLike[str]) -> None:
        """Ahead of time: all models in one ``.so``, ``.o`` or C header; see :meth:`Model.write`."""
        _write(list(self), path)

    def _unknown(self, name: str) -> str:
        return f"{self._name} has no model `{name}`; it has {', '.join(self._models)}"

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def __len__(self) -> int:
        return len(self._models)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._models]

    def __repr__(self) -> str:
        return f"<{self._name}: {', '.join(self._models)}>"


_SUFFIXES = (".so", ".o", ".h")


def _write(models: Sequence[Model], path: str | PathLike[str]) -> None:
    file = arguments.path(path, "path", ModelError)
    if not file.endswith(_SUFFIXES):
        raise ModelError(
            f"`{file}` cannot be written: its name must end with {', '.join(_SUFFIXES)}"
        )
    _core.write_library([m._compiled("equations") for m in models], file)
