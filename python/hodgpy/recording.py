# SPDX-License-Identifier: MIT
"""Recorders: spikes and other events, states and expressions, population rates.

Recordings are plain numpy arrays in SI; they can be read between runs, and after a run that was
stopped or failed. Add recorders to the network together with their population.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from os import PathLike
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core as core
from hodgpy import arguments, export, plausible, plotting, units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_recorder
from hodgpy.errors import NetworkWarning, SimulationError
from hodgpy.keywords import Keywords
from hodgpy.named_values import NamedValues
from hodgpy.population import Population
from hodgpy.recorded_events import RecordedEvents
from hodgpy.recorded_file import file_of, reduction, rows
from hodgpy.recorded_neurons import RecordedNeurons
from hodgpy.recorded_values import RecordedValues, recorded_values
from hodgpy.subgroup import Subgroup, split
from hodgpy.synapse_values import SynapseValues


class Recorder(Keywords, ABC):
    """What all recorders share: a name in the network, and how to make them again for a copy."""

    name: str
    population: Any
    _network: Any = None
    _file: str = ""  # empty: in memory
    _core: Any
    _call: tuple[type, tuple[Any, ...], dict[str, Any]]

    @abstractmethod
    def _default_name(self) -> str:
        """What a recorder without a name is called."""

    @abstractmethod
    def data(self) -> dict[str, np.ndarray]:
        """What was recorded, as plain arrays by name."""

    @property
    def end(self) -> float:
        """Time in seconds up to which was recorded."""
        return 0.0 if self._network is None else float(self._network.t)

    def _warn_if_alone(self) -> None:
        if self._network is None:
            plausible.warn_user(
                f"this recorder of {self.population.name} is in no network: add it, as in "
                "hp.Network(P, recorder)",
                NetworkWarning,
            )

    def __reduce__(self) -> Any:
        if self._file:
            refuse(
                "HH6055", f"recorder `{self.name}` writes to `{self._file}`, and so would its copy",
                "copy the network first, then add recorders with files",
            )  # fmt: skip
        kind, positional, named = self._call
        return rebuild_recorder, (kind, positional, named | {"name": self.name})


class EventRecorder(NamedValues, Recorder):
    """When which neuron had an event, ordered by time, then neuron.

    Parameters
    ----------
    population : Population or Subgroup
    event : str
        Name of the event; ``"spike"`` is the threshold.
    variables : str or list of str, optional
        Variables, subexpressions or expressions whose values at the event are kept: ``S.v``.
    interpolate : bool or str
        Give the time at which the variable crossed the level instead of the start of the step: by
        linear interpolation between the ends of the step, for a state of a model with
        ``method="cvode"`` by root finding. ``True``: ``v`` and ``level``.
    level : Quantity, optional
        The level for ``interpolate``.
    name : str, optional
        By which the network knows it; default the population's name and ``_spikes`` or the event.
    to : path, optional
        Write the events to this ``.npy`` file (rows of ``t``, ``i`` and the variables) as they
        come, and keep none in memory. They are read from it. A file that was there is replaced at
        the first run, unless the network was restored: then it goes on.

    Raises
    ------
    SimulationError
        HH6010 for a variable that is not there.
    ModelError
        For an expression that is none.

    Notes
    -----
    Values are those that made the threshold true: after the equations were advanced by the step,
    before anything arrives and before the reset (as in Brian 2). The time of the event is the start
    of that step, so that ``S.v`` of a spike at t_k is what a StateRecorder would see at t_{k+1}
    without arrivals and reset.

    Examples
    --------
    >>> S = hp.SpikeRecorder(P, variables=["v", "w"])
    >>> S.v, S.get("v", "mV")  # one value for each spike
    >>> S[3].t, S[3].v  # those of neuron 3
    """

    _core: core.EventRecorder

    def __init__(
        self,
        population: Population | Subgroup,
        event: str = "spike",
        variables: str | Sequence[str] | None = None,
        *,
        interpolate: bool | str = False,
        level: Any = 0.0,
        name: str = "",
        to: str | PathLike[str] | None = None,
        _externals: list[dict[str, Any]] | None = None,
    ) -> None:
        self._make(
            (population, arguments.text(event, "event"), variables, _externals),
            (interpolate, level, name, to), sys._getframe(1),
        )  # fmt: skip
        self._call = (EventRecorder, (population, event), self._named)

    def _make(
        self, what: tuple[Any, str, Any, Any], how: tuple[Any, Any, Any, Any], frame: FrameType
    ) -> None:
        """What the constructors of this class and of SpikeRecorder do."""
        population, event, variables, externals = what
        interpolate, level, name, to = how
        whole, chosen = split(population, "a recorder")
        self.population = population
        self.name = arguments.text(name, "name")
        self._file = file_of(to)
        self._whole, self._chosen = whole, chosen
        self.event = event
        if event == "spike" and whole.model is not None and not whole.model._record["events"]:
            refuse(
                "HH6031", f"`{whole.name}` has no event `spike`",
                "its equations have no threshold: hp.compile(..., threshold=\"v > -20*mV\")",
            )  # fmt: skip
        self.variables = arguments.names(() if variables is None else variables, "variables")
        values = self._recorded(externals, frame)
        self._dimensions = values.dimensions
        self._named: dict[str, Any] = {"interpolate": interpolate, "level": level}
        if self.variables:
            self._named |= {"variables": self.variables, "_externals": values.externals}
        variable = "v" if interpolate is True else arguments.text(interpolate or "", "interpolate")
        threshold = 0.0
        if variable:
            record = whole._variable(variable)
            dimension = units.exponents(record["dimension"])
            threshold = float(units.to_si(level, dimension, "level", record["unit"]))
        self._core = core.EventRecorder(
            whole._core, event, variable, threshold, whole._entities(chosen), self._file,
            values.variables, values.expressions, values.outputs,
        )  # fmt: skip

    def _recorded(self, externals: Any, frame: FrameType) -> RecordedValues:
        for name in ("t", "i"):
            if name in self.variables:
                refuse("HH6028", f"`{name}` of every event is recorded without being named")
        if not self.variables:
            return RecordedValues([], [], None, [], {})
        if self._whole.model is None:
            refuse(
                "HH6010", f"`{self._whole.name}` has no variable `{self.variables[0]}`",
                "its spikes are given, not computed",
            )  # fmt: skip
        return recorded_values(self.population, self._whole, self.variables, externals, frame)

    def _rows(self) -> dict[str, np.ndarray]:
        """What is in the file."""
        found = rows(self._core, self._file)
        if found is None:
            none = {name: np.empty(0) for name in self.variables}
            return {"t": np.empty(0), "i": np.empty(0, np.int32), **none}
        return {name: found[name] for name in ("t", "i", *self.variables)}

    @property
    def t(self) -> np.ndarray:
        """Times in seconds, shape (n,)."""
        self._warn_if_alone()
        return self._rows()["t"] if self._file else self._core.times()

    @property
    def i(self) -> np.ndarray:
        """Indices of the neurons, shape (n,); those of a subgroup count within it.

        Of a cable the cells.
        """
        indices = self._rows()["i"] if self._file else self._core.indices()
        return self._whole._shown_events(indices, self._chosen is not None)

    @property
    def it(self) -> tuple[np.ndarray, np.ndarray]:
        """Both at once: ``i, t = spikes.it``."""
        return self.i, self.t

    @property
    def steps(self) -> np.ndarray:
        """Step numbers k of the events, shape (n,); t = k*dt."""
        if self._file:
            return np.asarray(np.floor(self.t / self._network.dt + 1e-6), dtype=np.int64)
        return self._core.steps()

    @property
    def count(self) -> np.ndarray:
        """Number of events of each neuron, shape (N,)."""
        self._warn_if_alone()
        if self._file:
            chosen = self._whole._entities(self._chosen)
            size = len(chosen) if len(chosen) else self._whole._core.size
            counts = np.bincount(self._rows()["i"], minlength=size).astype(np.int64)
        else:
            counts = self._core.counts()
        return self._whole._shown_counts(counts, self._chosen is not None)

    def trains(self) -> dict[int, np.ndarray]:
        """Event times in seconds by neuron."""
        t, i, sources = self.t, self.i, len(self.count)
        order = np.argsort(i, kind="stable")
        edges = np.searchsorted(i[order], np.arange(sources + 1))
        return {n: t[order[edges[n] : edges[n + 1]]] for n in range(sources)}

    def values(self, name: str) -> dict[int, np.ndarray]:
        """Values of a variable at the events, SI, by neuron, as ``trains()`` has their times."""
        i, values = self.i, self[name]
        order = np.argsort(i, kind="stable")
        sources = len(self.count)
        edges = np.searchsorted(i[order], np.arange(sources + 1))
        return {n: values[order[edges[n] : edges[n + 1]]] for n in range(sources)}

    def __getitem__(self, name: Any) -> Any:
        """Values of a variable in SI, shape (n,); or by number the events of a neuron: ``S[3].t``,
        ``S[3].v``, or of several: ``S[:10].v``."""
        if not isinstance(name, str):
            return RecordedEvents(self, name)
        if name not in self.variables:
            known = ", ".join(("t", "i", *self.variables))
            hint = "" if self.variables else f": variables=[{name!r}] records it"
            raise SimulationError(f"`{name}` was not recorded; recorded: {known}{hint}")
        values: np.ndarray = self._rows()[name] if self._file else self._core.values(name)
        return values

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            values: np.ndarray = self[name]
        except SimulationError as error:
            raise AttributeError(str(error)) from None
        return values

    def clear(self) -> None:
        """Forget what was recorded."""
        self._core.clear()

    def data(self) -> dict[str, np.ndarray]:
        """What was recorded as plain arrays: ``t`` in seconds, ``i``, and every variable in SI."""
        return {"t": self.t, "i": self.i, **{name: self[name] for name in self.variables}}

    def to_pandas(self) -> Any:
        """A pandas DataFrame with the columns ``t`` (seconds), ``i`` and the variables, in SI."""
        return export.events_to_pandas(self)

    def to_neo(self) -> Any:
        """One ``neo.SpikeTrain`` per neuron, in a list; they end where the last run ended.

        Variables are their ``array_annotations``, with units.
        """
        return export.events_to_neo(self)

    def _default_name(self) -> str:
        return f"{self.population.name}_{self.event}s"

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """A raster plot; returns the matplotlib axes."""
        return plotting.raster(self, ax, **style)

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.population.name}: {len(self)} events>"


class SpikeRecorder(EventRecorder):
    """Spikes of a population; see :class:`EventRecorder`."""

    def __init__(
        self,
        population: Population | Subgroup,
        variables: str | Sequence[str] | None = None,
        *,
        interpolate: bool | str = False,
        level: Any = 0.0,
        name: str = "",
        to: str | PathLike[str] | None = None,
        _externals: list[dict[str, Any]] | None = None,
    ) -> None:
        self._make(
            (population, "spike", variables, _externals), (interpolate, level, name, to),
            sys._getframe(1),
        )  # fmt: skip
        self._call = (SpikeRecorder, (population,), self._named)


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
        interval = 0.0 if dt is None else units.duration(dt, "dt of a recorder")
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
        return export.states_to_pandas(self)

    def to_neo(self) -> Any:
        """One ``neo.AnalogSignal`` per variable, with units, in a list."""
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
        return plotting.traces(self, ax, **style)

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        entities = "synapses" if isinstance(self.population, SynapseValues) else "neurons"
        return (
            f"<StateRecorder of {self.population.name}: {', '.join(self.variables)} of "
            f"{len(self.indices)} {entities}, {len(self)} samples>"
        )


class RateRecorder(Recorder):
    """Mean rate of a population in bins.

    Parameters
    ----------
    population : Population or Subgroup
    bin : Quantity, optional
        Width of a bin, a multiple of the step; default one step.
    event : str
        Which event; default spikes.
    name : str, optional
        By which the network knows it; default the population's name and ``_rate``.
    """

    _core: core.RateRecorder

    def __init__(
        self,
        population: Population | Subgroup,
        bin: Any = None,
        *,
        event: str = "spike",
        name: str = "",
    ) -> None:
        whole, chosen = split(population, "a recorder")
        self.population = population
        self.name = arguments.text(name, "name")
        self._call = (RateRecorder, (population, bin), {"event": event})
        width = 0.0 if bin is None else units.duration(bin, "bin")
        self._core = core.RateRecorder(
            whole._core, arguments.text(event, "event"), width, whole._entities(chosen)
        )

    @property
    def t(self) -> np.ndarray:
        """Start of each bin in seconds."""
        return self._core.times()

    @property
    def rate(self) -> np.ndarray:
        """Events per neuron and second (Hz) in each bin."""
        self._warn_if_alone()
        return self._core.rates()

    def clear(self) -> None:
        """Forget what was recorded."""
        self._core.clear()

    def data(self) -> dict[str, np.ndarray]:
        """What was recorded as plain arrays: ``t`` in seconds and ``rate`` in Hz."""
        return {"t": self.t, "rate": self.rate}

    def to_pandas(self) -> Any:
        """A pandas Series of the rate in Hz, indexed by the start of each bin in seconds."""
        return export.rate_to_pandas(self)

    def to_neo(self) -> Any:
        """The rate as a ``neo.AnalogSignal`` in Hz."""
        return export.rate_to_neo(self)

    def _default_name(self) -> str:
        return f"{self.population.name}_rate"

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """The rate over time; returns the matplotlib axes."""
        return plotting.rate(self, ax, **style)

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"<RateRecorder of {self.population.name}: {len(self)} bins>"


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
