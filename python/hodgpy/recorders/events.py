# SPDX-License-Identifier: MIT
"""Recorders of spikes and other events, with values of variables at them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os import PathLike
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core as core
from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.errors import SimulationError
from hodgpy.population import Population
from hodgpy.recorders.base import Recorder
from hodgpy.recorders.file import file_of, rows
from hodgpy.recorders.named_values import NamedValues
from hodgpy.recorders.picked_events import RecordedEvents
from hodgpy.recorders.values import RecordedValues, recorded_values
from hodgpy.subgroup import Subgroup, split


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
        return self._by_neuron(self.t)

    def values(self, name: str) -> dict[int, np.ndarray]:
        """Values of a variable at the events, SI, by neuron, as ``trains()`` has their times."""
        return self._by_neuron(self[name])

    def _by_neuron(self, values: np.ndarray) -> dict[int, np.ndarray]:
        i, sources = self.i, len(self.count)
        order = np.argsort(i, kind="stable")
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
        from hodgpy import export

        return export.events_to_pandas(self)

    def to_neo(self) -> Any:
        """One ``neo.SpikeTrain`` per neuron, in a list; they end where the last run ended.

        Variables are their ``array_annotations``, with units.
        """
        from hodgpy import export

        return export.events_to_neo(self)

    def _default_name(self) -> str:
        return f"{self.population.name}_{self.event}s"

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """A raster plot; returns the matplotlib axes."""
        from hodgpy import plotting

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
