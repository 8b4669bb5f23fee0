# SPDX-License-Identifier: MIT
"""Many copies of a network in one: every population holds the cells of all copies, so that one call
of a kernel moves them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_population, rebuild_synapses
from hodgpy.errors import SimulationError
from hodgpy.population import Population
from hodgpy.recording import EventRecorder, Recorder, StateRecorder
from hodgpy.synapses import Synapses

if TYPE_CHECKING:
    from hodgpy.network import Network


class Ensemble:
    """M copies of a network that run as one, each with its own values and random numbers; made by
    :meth:`hodgpy.Network.ensemble`.

    Attributes
    ----------
    M : int
        Number of copies.
    net : Network
        The network that holds them all: cell i of copy m is neuron ``m*N + i`` of a population.
    """

    def __init__(self, net: Network, M: int) -> None:
        _check(net)
        self.M = arguments.whole(M, "the number of copies", 1, 10**7)
        self._sizes: dict[str, int] = {}
        made: dict[str, Any] = {}
        for item in net._objects:
            if isinstance(item, Population):
                made[item.name] = self._cells(item)
            elif isinstance(item, Synapses):
                made[item.name] = self._synapses(item, made)
            else:
                made[item.name] = self._recorder(item, made)
        self.net = type(net)(
            *made.values(),
            dt=net.dt,
            threads=net.threads,
            seed=net._core.seed,
            temperature=net._temperature,
        )
        self._made = made

    # -- making the copies -----------------------------------------------------------------------

    def _tiled(self, indices: Any, values: np.ndarray, count: int) -> tuple[Any, np.ndarray]:
        """Assigned values of one copy as those of all: indices, or None for every entity."""
        if indices is None:
            return None, values if len(values) == 1 else np.tile(values, self.M)
        return _shifted(np.asarray(indices), count, self.M), np.tile(values, self.M)

    def _cells(self, one: Population) -> Population:
        state = one.__reduce__()[2]
        if state["links"]:
            refuse(
                "HH6055", f"`{one.name}` reads variables of another population directly",
                "an ensemble joins populations by synapses alone",
            )  # fmt: skip
        made: Population = rebuild_population(
            type(one), one.model, self.M * one.N, one.name, one._seed
        )
        for name, (indices, values) in state["assigned"].items():
            state["assigned"][name] = self._tiled(indices, values, one.N)
        for name, indices in state["subgroups"].items():
            state["subgroups"][name] = _shifted(indices, one.N, self.M)
        made.__setstate__(state | {"positions": None})
        self._sizes[one.name] = one.N
        return made

    def _synapses(self, one: Synapses, made: dict[str, Any]) -> Synapses:
        _, (kind, source, target, *rest), state = one.__reduce__()
        synapses: Synapses = rebuild_synapses(kind, made[source.name], made[target.name], *rest)
        count = len(state["i"])
        state["i"] = _shifted(state["i"], source.N, self.M)
        state["j"] = _shifted(state["j"], target.N, self.M)
        for name, (indices, values) in state["values"].items():
            state["values"][name] = self._tiled(indices, values, len(one._core.get(name)))
        for pathway, delays in state["delays"].items():
            state["delays"][pathway] = self._tiled(None, delays, count)[1]
        synapses.__setstate__(state)
        self._sizes[one.name] = count
        return synapses

    def _recorder(self, one: Recorder, made: dict[str, Any]) -> Recorder:
        kind, (population, *positional), named = one._call
        if isinstance(one, StateRecorder) and positional[1] is not True:
            indices = np.asarray(population._indices(positional[1]))
            positional[1] = _shifted(indices, population.N, self.M)
        recorder: Recorder = kind(made[population.name], *positional, **named | {"name": one.name})
        return recorder

    # -- what users do ---------------------------------------------------------------------------

    def set(self, name: str, value: Any) -> None:
        """Assign a variable by ``"object.variable"`` (``"cells.I"``, ``"synapses.w"``).

        Parameters
        ----------
        name : str
        value : Quantity or array
            One value for all; shape (M,), one for each copy; or (M, n), one for each copy and
            neuron or synapse.
        """
        owner, variable = self._target(name)
        count = self._sizes[owner.name]
        values = np.asarray(units.to_si(value, owner.model._dimension_of(variable), name), float)
        if values.ndim > 0:
            if values.shape not in ((self.M,), (self.M, count)):
                raise SimulationError(
                    f"`{name}` was given values of shape {values.shape}; it takes one value, "
                    f"({self.M},) or ({self.M}, {count})"
                )
            values = np.repeat(values, count) if values.ndim == 1 else values.ravel()
        owner.set(variable, values if values.ndim else float(values))

    def get(self, name: str) -> np.ndarray:
        """Values of ``"object.variable"``, SI, shape (M, n)."""
        owner, variable = self._target(name)
        count = self._sizes[owner.name]
        values = np.broadcast_to(owner.get(variable), (self.M * count,))
        return np.array(values.reshape(self.M, count))

    def _target(self, name: str) -> tuple[Any, str]:
        owner, _, variable = arguments.text(name, "the name of a variable").partition(".")
        if owner not in self._sizes or not variable:
            refuse(
                "HH6055", f"`{name}` names no variable of an object of the network",
                f"objects: {', '.join(self._sizes)}; as `cells.I`",
            )  # fmt: skip
        return self._made[owner], variable

    def run(self, duration: Any, **options: Any) -> None:
        """Run all copies; see :meth:`hodgpy.Network.run`."""
        self.net.run(duration, **options)

    def recording(self, name: str) -> list[dict[str, np.ndarray]]:
        """What a recorder holds, one dict for each copy.

        Of events ``t``, ``i`` and their variables, of states ``t`` and the variables with shape
        (recorded, samples), as :meth:`SpikeRecorder.data` and :meth:`StateRecorder.data` give them
        for one network.
        """
        recorder = self._made.get(name)
        if not isinstance(recorder, Recorder):
            known = [k for k, v in self._made.items() if isinstance(v, Recorder)]
            raise SimulationError(f"there is no recorder `{name}`; there are {', '.join(known)}")
        data = recorder.data()
        if isinstance(recorder, StateRecorder):
            return [
                {k: v if k == "t" else np.split(v, self.M)[m] for k, v in data.items()}
                for m in range(self.M)
            ]
        copies, data["i"] = np.divmod(data["i"], self._sizes[recorder.population.name])
        return [{k: v[copies == m] for k, v in data.items()} for m in range(self.M)]

    def __len__(self) -> int:
        return self.M

    def __repr__(self) -> str:
        return f"<Ensemble of {self.M} copies of {', '.join(self._sizes)}>"


def _shifted(indices: np.ndarray, count: int, M: int) -> np.ndarray:
    """Indices among `count` as those in each of M copies."""
    starts = count * np.arange(M, dtype=indices.dtype)[:, None]
    return np.ascontiguousarray((starts + indices[None, :]).ravel())


def _check(net: Network) -> None:
    if net.t > 0 or net._operations:
        why = f"stands at {net.t:g} s" if net.t > 0 else "has operations (`at`, `every`)"
        refuse("HH6055", f"the network {why}; an ensemble is made of one at 0 without them",
               "make the ensemble first; its own network takes operations")  # fmt: skip
    for item in net._objects:
        plain = type(item) is Population
        synaptic = isinstance(item, Synapses) and all(
            type(end) is Population for end in (item.source, item.target)
        )
        recorder = (
            isinstance(item, (EventRecorder, StateRecorder))
            and type(item.population) is Population
            and not item._call[2].get("over_neurons")
        )
        if not (plain or synaptic or recorder):
            refuse(
                "HH6055", f"`{item.name}` ({type(item).__name__}) cannot be part of an ensemble",
                "populations, synapses between them, and recorders of their spikes and states can",
            )  # fmt: skip
