# SPDX-License-Identifier: MIT
"""Recorders of variables and expressions over time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from hodgpy import _core as core
from hodgpy import arguments
from hodgpy.coded import refuse
from hodgpy.errors import SimulationError
from hodgpy.population import Population
from hodgpy.recorders.base import Recorder, interval_of
from hodgpy.recorders.file import file_of, reduction, rows
from hodgpy.recorders.named_values import NamedValues
from hodgpy.recorders.picked_neurons import RecordedNeurons
from hodgpy.recorders.values import recorded_values
from hodgpy.subgroup import Subgroup, split
from hodgpy.synapse_values import SynapseValues


class StateRecorder(NamedValues, Recorder):
    """Values of variables and expressions over time.

    Parameters
    ----------
    population : Population, Subgroup or Synapses
    variables : str or list of str
        Variables (``"v"``, ``"na.m"``), subexpressions (``"na.I"``) or any expression of the
        language (``"g_L*(E_L - v)"``).
    record : True, int or list of int
        Which neurons; ``True`` is all of them. Of synapses their numbers, or what chooses them:
        ``record=S[3, :]``.
    dt : Quantity, optional
        Time between samples, a multiple of the network's step; default every step.
    average : bool
        Staggered gates stand at t + dt/2; average them to t.
    name : str, optional
        By which the network knows it; default the population's name and ``_states``.
    over_neurons : "mean", "min" or "max", optional
        Keep one value of all recorded neurons (or synapses) instead of each.
    over_time : "mean", "min" or "max", optional
        Keep one value of the steps from each sample to the next (``dt`` later) instead of the first
        one. Intervals begin at multiples of ``dt``; only whole ones are kept.
    to : path, optional
        Write the samples to this ``.npy`` file as they come, and keep none in memory: rows of ``t``
        and an array (or one number, with ``over_neurons``) per variable. ``M["v"]`` and ``M.t`` are
        read from it. A file that was there is replaced at the first run, unless the network was
        restored: then it goes on.

    Raises
    ------
    SimulationError
        HH6033, at a run, if the file cannot be written: the run ends after a whole step, what was
        written can be read, and the next run goes on once there is room.

    Notes
    -----
    ``run(T)`` samples 0 ... T - dt; ``run(T, record_end=True)`` adds T.
    """

    _core: core.StateRecorder

    def __init__(
        self,
        population: Population | Subgroup | SynapseValues,
        variables: str | Sequence[str],
        record: Any = True,
        *,
        dt: Any = None,
        average: bool = False,
        name: str = "",
        over_neurons: str | None = None,
        over_time: str | None = None,
        to: str | PathLike[str] | None = None,
        _externals: list[dict[str, Any]] | None = None,
    ) -> None:
        whole, chosen = _recordable(population, variables)
        self.population = population
        self.name = arguments.text(name, "name")
        self._whole = whole
        self.variables = arguments.names(variables, "variables")
        indices = _recorded(population, whole, chosen, record)
        if record is not True and len(indices) == 0:
            raise SimulationError("`record` names no neuron")
        interval = interval_of(dt, "dt of a recorder")
        average = arguments.flag(average, "average")
        if not self.variables:
            raise SimulationError("`variables` names nothing to record")
        values = recorded_values(population, whole, self.variables, _externals, sys._getframe(1))
        self._file = file_of(to)
        self._over_neurons = reduction(over_neurons, "over_neurons")
        over = reduction(over_time, "over_time")
        if over and dt is None:
            refuse("HH6028", "`over_time` needs `dt`, the length of an interval")
        named = {
            "dt": dt, "average": average, "_externals": values.externals,
            "over_neurons": over_neurons, "over_time": over_time,
        }  # fmt: skip
        self._call = (StateRecorder, (population, list(self.variables), record), named)
        self._dimensions = values.dimensions
        self._core = core.StateRecorder(
            whole._core, values.variables, indices, interval, average,
            (self._over_neurons, over, self._file), values.expressions, values.outputs,
        )  # fmt: skip

    @property
    def t(self) -> np.ndarray:
        """Sample times in seconds, shape (samples,)."""
        self._warn_if_alone()
        if self._file:
            found = rows(self._core, self._file)
            return np.empty(0) if found is None else found["t"]
        return self._core.times()

    def _values(self, name: str) -> np.ndarray:
        """Shape (recorded neurons, samples), or (1, samples) with ``over_neurons``."""
        if not self._file:
            return self._core.values(name)
        found = rows(self._core, self._file)
        width = 1 if self._over_neurons else len(self._core.indices())
        if found is None:
            return np.empty((width, 0))
        values: np.ndarray = found[name].reshape(len(found), width).T
        return values

    def __getitem__(self, name: Any) -> Any:
        """Values of a variable in SI, shape (recorded neurons, samples).

        By number, what was recorded of a neuron: ``M[3].v``, shape (samples,), or of several
        (``M[:10].v``). Of a cable by place: ``M[60*um]``, ``M["v@axon.60*um"]`` give one trace.
        """
        if isinstance(name, str) and name in self.variables:
            return self._values(name)
        if hasattr(self._whole, "_trace"):
            return self._whole._trace(self, name)
        if isinstance(name, str):
            raise SimulationError(
                f"`{name}` was not recorded; recorded: {', '.join(self.variables)}"
            )
        return RecordedNeurons(self, name)

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.variables:
            raise AttributeError(
                f"`{name}` was not recorded; recorded: {', '.join(self.variables)}"
            )
        return self._values(name)

    def data(self) -> dict[str, np.ndarray]:
        """What was recorded as plain arrays: ``t`` in seconds, and every variable in SI."""
        return {"t": self.t, **{name: self[name] for name in self.variables}}

    def to_pandas(self) -> Any:
        """A pandas DataFrame indexed by time in seconds, columns (variable, neuron), in SI."""
        from hodgpy import export

        return export.states_to_pandas(self)

    def to_neo(self) -> Any:
        """One ``neo.AnalogSignal`` per variable, with units, in a list."""
        from hodgpy import export

        return export.states_to_neo(self)

    def _default_name(self) -> str:
        return f"{self.population.name}_states"

    @property
    def indices(self) -> np.ndarray:
        """The recorded neurons, as their population counts them."""
        entities = self._core.indices()
        if isinstance(self._whole, SynapseValues):
            return entities
        return np.asarray(self._whole._shown_indices(entities))

    def clear(self) -> None:
        """Forget what was recorded."""
        self._core.clear()

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Traces over time, one panel per variable; returns the matplotlib axes."""
        from hodgpy import plotting

        return plotting.traces(self, ax, **style)

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        entities = "synapses" if isinstance(self.population, SynapseValues) else "neurons"
        return (
            f"<StateRecorder of {self.population.name}: {', '.join(self.variables)} of "
            f"{len(self.indices)} {entities}, {len(self)} samples>"
        )


def _recordable(group: Any, variables: Any) -> tuple[Any, np.ndarray | None]:
    """What holds the values of a population, subgroup or synapses, and which to record."""
    if not isinstance(group, SynapseValues):
        return split(group, "a recorder")
    for name in arguments.names(variables, "variables"):
        group._keep_per_synapse(name)
    return group, None


def _recorded(group: Any, whole: Any, chosen: np.ndarray | None, record: Any) -> np.ndarray:
    """Indices as the core takes them: none for all."""
    if isinstance(group, SynapseValues):
        return np.empty(0, np.int64) if record is True else group._chosen(record, sys._getframe(2))
    found: np.ndarray = whole._recorded(group, chosen, record)
    return found
