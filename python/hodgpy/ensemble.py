# SPDX-License-Identifier: MIT
"""Many copies of a network in one: every population holds the cells of all copies, so that one call
of a kernel moves them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_population, rebuild_stimulus, rebuild_synapses
from hodgpy.errors import SimulationError
from hodgpy.population import Population
from hodgpy.recorders import EventRecorder, Recorder, StateRecorder
from hodgpy.sources import NoiseCurrent, PoissonGroup, SpikeGenerator
from hodgpy.stimuli import Stimulus
from hodgpy.subgroup import Subgroup
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
        self._sizes_recorded: dict[str, int] = {}
        made: dict[str, Any] = {}
        for item in _parts(net):
            if isinstance(item, SpikeGenerator):
                made[item.name] = self._generator(item)
            elif isinstance(item, Population):
                made[item.name] = self._cells(item)
            elif isinstance(item, Synapses):
                made[item.name] = self._synapses(item, made)
            elif isinstance(item, Stimulus):
                made[item.name] = self._stimulus(item, made)
            else:
                made[item.name] = self._recorder(item, made)
        self.net = type(net)(
            *made.values(),
            dt=net.dt,
            threads=net.threads,
            seed=net._core.seed,
            temperature=net._temperature,
            flush_denormals=net._core.flush_denormals,
        )
        self._made = made

    # -- making the copies -----------------------------------------------------------------------

    def _tiled(self, indices: Any, values: np.ndarray, count: int) -> tuple[Any, np.ndarray]:
        """Assigned values of one copy as those of all: indices, or None for every entity."""
        if indices is None:
            return None, values if len(values) == 1 else np.tile(values, self.M)
        return _shifted(np.asarray(indices), count, self.M), np.tile(values, self.M)

    def _group(self, one: Any, made: dict[str, Any]) -> Any:
        """What stands for a population or subgroup."""
        if not isinstance(one, Subgroup):
            return made[one.name]
        indices = _shifted(one.indices, one.population.N, self.M)
        return Subgroup(made[one.population.name], indices, one.name)

    def _generator(self, one: SpikeGenerator) -> SpikeGenerator:
        indices, times, period = one._spikes
        self._sizes[one.name] = one.N
        return SpikeGenerator(
            self.M * one.N, _shifted(indices, one.N, self.M), np.tile(times, self.M),
            period=period, name=one.name,
        )  # fmt: skip

    def _stimulus(self, one: Stimulus, made: dict[str, Any]) -> Stimulus:
        _, (kind, target, *rest) = one.__reduce__()
        stimulus: Stimulus = rebuild_stimulus(kind, self._group(target, made), *rest)
        return stimulus

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
        synapses: Synapses = rebuild_synapses(
            kind, self._group(source, made), self._group(target, made), *rest
        )
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
        kind, (group, *positional), named = one._call
        if isinstance(one, StateRecorder) and positional[1] is not True:
            positional[1] = _shifted(np.asarray(group._indices(positional[1])), group.N, self.M)
        recorder: Recorder = kind(
            self._group(group, made), *positional, **named | {"name": one.name}
        )
        self._sizes_recorded[one.name] = group.N
        return recorder

    # -- what users do ---------------------------------------------------------------------------

    def set(self, name: str, value: Any) -> None:
        """Assign a variable by ``"object.variable"`` (``"cells.I"``, ``"synapses.w"``).

        Parameters
        ----------
        name : str
        value : Quantity or array
            One value for all; shape (M,), one for each copy; or (M, n), one for each copy and
            neuron or synapse. A setting of a stimulus (``"clamp.amplitude"``) holds for all.
        """
        stimulus = self._made.get(name.partition(".")[0]) if isinstance(name, str) else None
        if isinstance(stimulus, Stimulus):
            setattr(stimulus, name.partition(".")[2], value)
            return
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
        copies, data["i"] = np.divmod(data["i"], self._sizes_recorded[name])
        return [{k: v[copies == m] for k, v in data.items()} for m in range(self.M)]

    def __len__(self) -> int:
        return self.M

    def __repr__(self) -> str:
        return f"<Ensemble of {self.M} copies of {', '.join(self._sizes)}>"


def _shifted(indices: np.ndarray, count: int, M: int) -> np.ndarray:
    """Indices among `count` as those in each of M copies."""
    starts = count * np.arange(M, dtype=indices.dtype)[:, None]
    return np.ascontiguousarray((starts + indices[None, :]).ravel())


def _parts(net: Network) -> list[Any]:
    """The objects of a network, populations first."""
    parts: list[Any] = []
    for item in net._objects:
        noise = isinstance(item, NoiseCurrent)
        parts += [item.process, item._links] if noise else [item]
    return sorted(parts, key=lambda item: not isinstance(item, Population))


def _check(net: Network) -> None:
    if net.t > 0 or net._operations:
        why = f"stands at {net.t:g} s" if net.t > 0 else "has operations (`at`, `every`)"
        refuse("HH6055", f"the network {why}; an ensemble is made of one at 0 without them",
               "make the ensemble first; its own network takes operations")  # fmt: skip
    for item in _parts(net):
        reason = _reason_against(item)
        if reason:
            refuse(
                "HH6055",
                f"`{item.name}` ({type(item).__name__}) cannot be part of an ensemble: {reason}",
                "populations, sources, synapses between them, stimuli, and recorders of their "
                "spikes and states can",
            )  # fmt: skip


def _reason_against(item: Any) -> str:
    """Why there are no copies of an object in one; empty if there are."""
    if isinstance(item, Population):
        if not _is_plain(item):
            return "it is more than its neurons"
        return _numbers_read(item.model, {"i"})
    if isinstance(item, Synapses):
        if not (_is_plain(item.source) and _is_plain(item.target)):
            return "it ends at more than neurons"
        return _numbers_read(item.model, {"i", "j", "N", "N_pre", "N_post"})
    if isinstance(item, Stimulus):
        return "" if _is_plain(item.target) else "it drives more than neurons"
    if isinstance(item, (EventRecorder, StateRecorder)):
        if not _is_plain(item.population):
            return "it records more than neurons"
        if item._file:
            return "copies would write to one file"
        if any(re.search(r"\bi\b", name) for name in item.variables):
            return "what it records reads `i`, which counts through all copies"
        return "it keeps one value for all copies" if item._call[2].get("over_neurons") else ""
    return "what it keeps is not told apart by copy"


def _is_plain(group: Any) -> bool:
    whole = group.population if isinstance(group, Subgroup) else group
    return type(whole) in (Population, PoissonGroup, SpikeGenerator)


def _numbers_read(model: Any, numbers: set[str]) -> str:
    """What equations know of the numbers of neurons, which are others in a copy."""
    used = set() if model is None else numbers & {v["name"] for v in model._record["variables"]}
    if not used:
        return ""
    name = min(used)
    return f"its equations read `{name}`, which counts through all copies; keep it in a parameter"
