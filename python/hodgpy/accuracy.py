# SPDX-License-Identifier: MIT
"""How far a run is from its equations: the same network with half the time step, compared."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hodgpy import units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_network
from hodgpy.population import Population
from hodgpy.recorders import Recorder, SpikeRecorder, StateRecorder
from hodgpy.synapses import Synapses

if TYPE_CHECKING:
    from hodgpy.network import Network

_SAMPLES = 200
_NEURONS = 100
_RANDOM = re.compile(r"\b(rand|randn|poisson|xi\w*)\b")


class StateError(NamedTuple):
    """One state: the largest difference in SI, and that as a part of the range it went through."""

    object: str
    variable: str
    unit: str
    largest: float
    relative: float


class SpikeError(NamedTuple):
    """Spikes of one population: numbers with dt and with dt/2, largest shift of a spike in s."""

    object: str
    spikes: int
    spikes_half: int
    largest_shift: float


class Accuracy(NamedTuple):
    """What halving the time step changes; an estimate of the error, from above for most methods.

    Spikes are compared one by one, by neuron and number, where both runs have them.
    """

    dt: float
    duration: float
    states: tuple[StateError, ...]
    spikes: tuple[SpikeError, ...]

    def __str__(self) -> str:
        lines = [f"dt = {self.dt * 1e3:g} ms against {self.dt * 5e2:g} ms, {self.duration:g} s:"]
        lines += [
            f"  {s.object}.{s.variable}: at most {s.largest:.3g} (SI), {100 * s.relative:.2g} % of "
            "its range"
            for s in self.states
        ]
        lines += [
            f"  spikes of {s.object}: {s.spikes} against {s.spikes_half}, shifted by at most "
            f"{s.largest_shift * 1e3:.3g} ms"
            for s in self.spikes
        ]
        return "\n".join(lines)


def check_accuracy(network: Network, duration: Any) -> Accuracy:
    """See :meth:`hodgpy.Network.check_accuracy`."""
    if network.t > 0:
        refuse(
            "HH6055", f"the network stands at {network.t:g} s; copies of it begin at 0",
            "check it before its first run",
        )  # fmt: skip
    seconds = units.duration(duration, "duration")
    steps = round(seconds / network.dt)
    if steps < 2:
        refuse("HH6021", f"the duration is {seconds} s; two steps of {network.dt} s at least")
    for name, item in (network._populations | network._others).items():
        if isinstance(item, Population | Synapses) and _is_random(item):
            refuse(
                "HH6028", f"`{name}` draws random numbers, which are others with another time step",
                "leave the noise out, or compare averages of many runs",
            )  # fmt: skip
    kind, options, objects = network.__reduce__()[1]
    kept = [item for item in objects if not isinstance(item, Recorder)]
    interval = network.dt * max(1, steps // _SAMPLES)
    coarse = _run(kind, options, kept, network.dt, seconds, interval)
    fine = _run(kind, options, kept, network.dt / 2, seconds, interval)
    states, spikes = [], []
    for one, other in zip(coarse, fine, strict=True):
        if isinstance(one, StateRecorder):
            states += [_compared(one, other, name) for name in one.variables]
        else:
            spikes.append(_shifted(one, other))
    return Accuracy(network.dt, seconds, tuple(states), tuple(spikes))


def _is_random(item: Any) -> bool:
    record = item.model._record if item.model is not None else {}
    texts = [str(v.get("equation", "")) for v in record.get("variables", [])]
    texts += [str(record.get(key, "")) for key in ("events", "pathways", "updates")]
    return any(_RANDOM.search(text) for text in texts)


def _run(
    kind: type, options: dict[str, Any], objects: list[Any], dt: float, time: float, sample: float
) -> list[Any]:
    """Recorders of a copy of the network after its run."""
    net = rebuild_network(kind, options | {"dt": dt}, deepcopy(objects))
    recorders: list[Any] = []
    for population in list(net._populations.values()):
        records = population.model._record["variables"] if population.model is not None else []
        names = [
            v["name"] for v in records if v["role"] == "state" and population._core.has(v["name"])
        ]
        if names:
            chosen = list(range(min(population.N, _NEURONS)))
            recorders.append(
                StateRecorder(population, names, record=chosen, dt=sample, average=True)
            )
        if population.model is None or any(
            event["name"] == "spike" for event in population.model._record.get("events", [])
        ):
            recorders.append(SpikeRecorder(population))
    for number, recorder in enumerate(recorders):
        recorder.name = f"compared {number}"
    net.add(recorders)
    net.run(time)
    return recorders


def _compared(one: StateRecorder, other: StateRecorder, name: str) -> StateError:
    difference = float(np.abs(one[name] - other[name]).max())
    both = np.concatenate([one[name].ravel(), other[name].ravel()])
    extent = float(both.max() - both.min())
    unit = one.population.model.variables[name].unit
    relative = difference / extent if extent > 0 else 0.0
    return StateError(one.population.name, name, unit, difference, relative)


def _shifted(one: SpikeRecorder, other: SpikeRecorder) -> SpikeError:
    largest = 0.0
    fine = other.trains()
    for neuron, times in one.trains().items():
        count = min(len(times), len(fine[neuron]))
        if count:
            largest = max(largest, float(np.abs(times[:count] - fine[neuron][:count]).max()))
    return SpikeError(one.population.name, len(one), len(other), largest)
