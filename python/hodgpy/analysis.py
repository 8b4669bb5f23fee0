# SPDX-License-Identifier: MIT
"""What one asks of a point neuron first: steady states, rest, voltage clamp, f(I).

Nothing is simulated for the first three. At a fixed potential a gate relaxes exponentially, so
steady states and clamp currents are evaluated in closed form; rest is a root of the equations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.errors import SimulationError
from hodgpy.network import Network
from hodgpy.population import Population
from hodgpy.recorders import SpikeRecorder

if TYPE_CHECKING:
    from hodgpy.model import Model

_NAME = re.compile(r"[A-Za-z_][\w.]*")
_LOWEST, _HIGHEST = -0.2, 0.15  # where a membrane may rest, volt
_GRID = 1001  # potentials that are looked at together
_REFINEMENTS = 5  # each a thousandfold: the last bit of the potential
_MOST_ITERATIONS = 100
_LONGEST_MOVE = 0.02  # of a potential in one Newton iteration, volt


def steady_state(model: Model, v: Any, **values: Any) -> dict[str, Any]:
    """Steady state of every gate at given potentials; see :meth:`hodgpy.Model.steady_state`."""
    potentials = _potentials(model, v, "v")
    cells = Population(model, potentials.size, **values)
    cells.v = np.ravel(potentials)
    shape = potentials.shape
    found = {g: np.reshape(cells.get(f"{g}.inf"), shape) for g in _gates(model)}
    for name in _relaxing(model):
        root = _root(cells, name)
        if root is not None:
            found[name] = np.reshape(root, shape)
    return {g: x.item() if x.ndim == 0 else x for g, x in found.items()}


def _relaxing(model: Model) -> list[str]:
    """States of plain equations that read themselves and `v` only: gates written out."""
    gates = _gates(model)
    others = [n for n in model.states if n != "v" and n not in gates]
    return [n for n in others if _states_read(model, n) <= {n, "v"}]


def _states_read(model: Model, name: str) -> set[str]:
    """The states that an equation depends on, through its subexpressions."""
    found: set[str] = set()
    pending, seen = [name], {name}
    while pending:
        for word in set(_NAME.findall(model.variables[pending.pop()].equation)) - seen:
            seen.add(word)
            if word in model.states:
                found.add(word)
            elif word in model.variables:
                pending.append(word)
    return found | {name}


def _root(cells: Population, name: str) -> np.ndarray | None:
    """Where a derivative that is linear in its own state vanishes; None if it is not linear."""
    slopes = []
    for value in (0.0, 0.5, 1.0):
        cells.set(name, value)
        slopes.append(np.broadcast_to(cells.get(f"d{name}/dt"), len(cells)))
    low, middle, high = slopes
    size = np.abs(low) + np.abs(high)
    if np.any(np.abs(low + high - 2 * middle) > 1e-9 * size) or np.any(low == high):
        return None
    return np.asarray(low / (low - high))


def rest(model: Model, start: Mapping[str, Any] | None = None, **values: Any) -> dict[str, float]:
    """State in which nothing changes; see :meth:`hodgpy.Model.rest`."""
    given = arguments.mapping(start, "start")
    free = [name for name in model.states if name not in _gates(model)]
    if free == ["v"] and model.variables["v"].dimension == "volt":
        cells = Population(model, _GRID, **values)
        root = _bracketed(_Rates(model, cells, given), nearest="v" in given)
    else:
        cells = Population(model, len(free) + 1, **values)
        root = _newton(_Rates(model, cells, given))
    if root is None:
        raise SimulationError(
            f"no state of rest was found for {model.name}: give another start, "
            "as rest(start={'v': -70*mV}), or the cell has none"
        )
    return root


class _Rates:
    """Derivatives of the states that are no gates, with every gate at its steady state."""

    def __init__(self, model: Model, cells: Population, start: Mapping[str, Any]) -> None:
        self.cells = cells
        self.states = model.states
        self.gates = _gates(model)
        self.free = [name for name in self.states if name not in self.gates]
        self.is_potential = [model.variables[n].dimension == "volt" for n in self.free]
        self._equations = [model.variables[name].equation for name in self.free]
        for name, value in start.items():
            cells.set(name, value)
        self.start = np.array([cells.get(name)[0] for name in self.free])

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """One row per state, one column per cell."""
        for name, column in zip(self.free, columns, strict=True):
            self.cells.set(name, column)
        for gate in self.gates:
            self.cells.set(gate, self.cells.get(f"{gate}.inf"))
        return np.array(
            [np.broadcast_to(self.cells.get(e), len(self.cells)) for e in self._equations]
        )

    def at(self, x: np.ndarray) -> dict[str, float]:
        """All states where the free ones have these values."""
        self(np.repeat(x[:, None], len(self.cells), axis=1))
        return {name: float(self.cells.get(name)[0]) for name in self.states}


def _bracketed(rates: _Rates, *, nearest: bool) -> dict[str, float] | None:
    """The zero at which dv/dt restores v: the lowest, or that nearest to the start."""
    low, high = _LOWEST, _HIGHEST
    for _ in range(_REFINEMENTS):
        v = np.linspace(low, high, _GRID)
        slope = rates(v[None, :])[0]
        falls = np.flatnonzero((slope[:-1] >= 0) & (slope[1:] < 0))
        if len(falls) == 0:
            return None
        chosen = falls[np.argmin(np.abs(v[falls] - rates.start[0]))] if nearest else falls[0]
        low, high = v[chosen], v[chosen + 1]
    return rates.at(np.array([low]))


def _newton(rates: _Rates) -> dict[str, float] | None:
    """A zero of all derivatives, by Newton's method with differences for derivatives."""
    x = rates.start
    count = len(rates.cells)
    longest = np.where(rates.is_potential, _LONGEST_MOVE, np.inf)
    for _ in range(_MOST_ITERATIONS):
        h = 1e-6 * np.maximum(np.abs(x), 1e-6)
        columns = np.repeat(x[:, None], count, axis=1)
        columns[np.arange(len(x)), np.arange(1, count)] += h
        found = rates(columns)
        try:
            move = np.linalg.solve((found[:, 1:] - found[:, :1]) / h, -found[:, 0])
        except np.linalg.LinAlgError:
            return None
        if not np.all(np.isfinite(move)):
            return None
        x = x + move * min(1.0, *(longest / np.maximum(np.abs(move), 1e-300)))
        if np.all(np.abs(move) <= 1e-11 * np.maximum(np.abs(x), 1e-3)):
            return rates.at(x)
    return None


def voltage_clamp(
    model: Model, hold: Any, step: Any, times: Any, record: str | list[str], **values: Any
) -> dict[str, np.ndarray]:
    """Currents after steps of the potential; see :meth:`hodgpy.Model.voltage_clamp`."""
    gates = [g for g in _gates(model) if f"{g}.tau" in model.variables]
    others = [n for n in model.states if n != "v" and n not in gates]
    if others:
        raise SimulationError(
            f"`{others[0]}` of {model.name} is no gate: the clamp has no closed form for it"
        )
    start = steady_state(model, hold, **values)
    levels = np.atleast_1d(_potentials(model, step, "step"))
    moments = np.atleast_1d(units.to_si(times, units.SECOND, "times"))
    if moments.min() < 0:
        raise SimulationError("times before the step; they must not be negative")
    cells = Population(model, levels.size * moments.size, **values)
    cells.v = np.repeat(levels, moments.size)
    elapsed = np.tile(moments, levels.size)
    for gate in gates:
        end, tau = cells.get(f"{gate}.inf"), cells.get(f"{gate}.tau")
        cells.set(gate, end + (start[gate] - end) * np.exp(-elapsed / tau))
    shape = (levels.size, moments.size)
    return {
        name: np.reshape(np.broadcast_to(cells.get(name), elapsed.shape), shape)
        for name in arguments.names(record, "record")
    }


def firing_rate(
    model: Model, current: Any, *, variable: str, duration: Any, dt: Any, **values: Any
) -> np.ndarray:
    """Frequencies of the trains of spikes; see :meth:`hodgpy.Model.firing_rate`."""
    if variable not in model._names:
        raise SimulationError(f"{model.name} has no variable `{variable}` to drive it with")
    dimension = model._dimension_of(variable)
    currents = np.atleast_1d(units.to_si(current, dimension, f"`{variable}`"))
    cells = Population(model, currents.size, **values)
    cells.set(variable, currents)
    potential = model.variables.get("v")
    interpolate = "v" if potential is not None and potential.dimension == "volt" else False
    spikes = SpikeRecorder(cells, interpolate=interpolate)
    length = units.duration(duration)
    Network(cells, spikes, dt=dt).run(length)
    return np.array([_rate(train, length) for train in spikes.trains().values()])


def _rate(times: np.ndarray, length: float) -> float:
    """Mean frequency of the second half of a train; 0 for one that has ended by then."""
    late = times[times > length / 2]
    if len(late) < 2 or length - late[-1] > 2 * (late[-1] - late[-2]):
        return 0.0
    return float((len(late) - 1) / (late[-1] - late[0]))


def _gates(model: Model) -> list[str]:
    """Gates, and species of kinetic schemes that have one steady state."""
    records = model._record["variables"]
    names = {v["name"] for v in records}
    return [
        v["name"]
        for v in records
        if v.get("is_gate")
        or (v.get("scheme") and v["role"] == "state" and f"{v['name']}.inf" in names)
    ]


def _potentials(model: Model, value: Any, what: str) -> np.ndarray:
    if "v" not in model.states:
        raise SimulationError(f"{model.name} has no membrane potential `v`")
    return np.asarray(units.to_si(value, model._dimension_of("v"), what), dtype=float)
