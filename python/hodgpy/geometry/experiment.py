# SPDX-License-Identifier: MIT
"""An experiment with a geometric network: cells, connections, control inputs, noise, a camera."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.geometry.delays import GeometricDelays, set_delays
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.imaging import CalciumImaging
from hodgpy.model import Model
from hodgpy.network import Network
from hodgpy.population import Population
from hodgpy.recorders import SpikeRecorder
from hodgpy.sources import NoiseCurrent
from hodgpy.synapses import Synapses

if TYPE_CHECKING:
    from hodgpy.inference.recording import Recording

_FOR_EVER = 2**62  # steps


@dataclass(frozen=True)
class Control:
    """An input that the experimenter chooses: which cells get how much, and when.

    Parameters
    ----------
    variable : str
        A parameter of the cells, as ``"I"``; controls of one variable add up.
    amplitude : Quantity
        One value, or one for each of the cells.
    onset, duration : Quantity
        Rounded to steps; without a duration it lasts for ever.
    cells : slice, list of int or mask, optional
        Default all.
    spread : float
        Standard deviation of the amplitude over the cells, relative to it.
    """

    variable: str
    amplitude: Any
    onset: Any = 0.0
    duration: Any = None
    cells: Any = None
    spread: float = 0.0


class Experiment:
    """A network of the cells and edges of a graph, with delays by distance, stimulated and seen.

    Parameters
    ----------
    graph : GeometricGraph
    cell : Model
        Any neuron.
    on_pre : str, optional
        What an arriving spike does: ``"g += 0.1*mS/cm**2"``.
    synapse : str or Model, optional
        Equations of the synapses, or a ``synapse`` block.
    weights : dict, optional
        Values of the synapses' variables: ``{"w": "0.1*nS*rand()"}``.
    speed, diffusion, offset, path_factor
        Of the delays; see :func:`hodgpy.geometry.set_delays`. Without speed and diffusion there is
        no delay.
    controls : sequence of Control
    parameters : dict, optional
        Values of the cells' variables.
    parameter_noise : dict, optional
        Relative standard deviations over cells: ``{"k.g": 0.05}``.
    state_noise : dict, optional
        Fluctuating drives: ``{"I_noise": (1*uA/cm**2, 5*ms)}``, standard deviation and correlation
        time of an Ornstein-Uhlenbeck process in an input or parameter; see
        :class:`hodgpy.NoiseCurrent`.
    observation_noise : float
        Standard deviation of each frame of the camera.
    camera : dict, optional
        What :class:`hodgpy.CalciumImaging` takes: ``{"rate": 20*Hz, "tau": 500*ms}``.
    dt : Quantity
    threads, seed : int
        The seed decides initial noise, spread, state noise and observation noise.
    namespace : dict, optional
        Of the synapses' texts; default the calling scope.
    level : int
        How many more frames up names are looked up.

    Attributes
    ----------
    graph, cells, synapses, spikes, camera, network, delays
        The parts, ready to run; ``camera`` is None if there is none.

    Raises
    ------
    SimulationError
        HH6081 and HH6084 as the parts do; HH6056 for controls that are none.

    Examples
    --------
    >>> pulse = hp.geometry.Control("I", 10*uA/cm**2, duration=500*ms, spread=0.1)
    >>> experiment = hp.geometry.Experiment(graph, cell, on_pre="g += 0.1*mS/cm**2",
    ...                                     speed=20*um/ms, controls=[pulse], dt=0.03*ms)
    >>> experiment.run(1.5*second)
    """

    def __init__(
        self,
        graph: GeometricGraph,
        cell: Model,
        *,
        on_pre: str | None = None,
        synapse: str | Model | None = None,
        weights: Mapping[str, Any] | None = None,
        speed: Any = None,
        diffusion: Any = None,
        offset: Any = 0.0,
        path_factor: float | str = 1.0,
        controls: Sequence[Control] = (),
        parameters: Mapping[str, Any] | None = None,
        parameter_noise: Mapping[str, float] | None = None,
        state_noise: Mapping[str, tuple[Any, Any]] | None = None,
        observation_noise: float = 0.0,
        camera: Mapping[str, Any] | None = None,
        dt: Any = 0.1e-3,
        threads: int = 1,
        seed: int = 0,
        namespace: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        self.graph = graph
        self.controls = tuple(controls)
        self._random = np.random.Generator(
            np.random.Philox(arguments.whole(seed, "seed", 0, 2**64 - 1))
        )
        self.cells = Population(cell, graph.N, name="cells", seed=seed)
        self.cells.place(graph.positions)
        for name, value in arguments.mapping(parameters, "parameters").items():
            self.cells.set(name, value, level=level + 1)
        for name, sd in arguments.mapping(parameter_noise, "parameter_noise").items():
            self._vary(name, sd)
        self.synapses = Synapses(
            self.cells, None, synapse, on_pre=on_pre, name="synapses", namespace=namespace,
            seed=seed, level=level + 1, round="nearest",
        )  # fmt: skip
        self.synapses.connect(i=graph.i, j=graph.j)
        for name, value in arguments.mapping(weights, "weights").items():
            self.synapses.set(name, value, level=level + 1)
        self.delays: GeometricDelays | None = None
        if speed is not None or diffusion is not None:
            self.delays = set_delays(
                self.synapses, speed=speed, diffusion=diffusion, offset=offset,
                path_factor=path_factor, seed=seed, level=level + 1,
            )  # fmt: skip
        self.spikes = SpikeRecorder(self.cells, name="spikes")
        self.camera: CalciumImaging | None = None
        if camera is not None:
            given: dict[str, Any] = {
                "noise": observation_noise,
                "seed": seed,
                "name": "camera",
            } | dict(camera)
            self.camera = CalciumImaging(self.cells, given.pop("rate"), **given)
        noises = [
            NoiseCurrent(self.cells, name, sd=sd, tau=tau, name=f"noise_of_{name}")
            for name, (sd, tau) in arguments.mapping(state_noise, "state_noise").items()
        ]
        self.network = Network(
            self.cells, self.synapses, self.spikes, *noises, dt=dt, threads=threads, seed=seed
        )
        if self.camera is not None:
            self.network.add(self.camera)
        self._schedule()

    def run(self, duration: Any) -> None:
        """Run for a time, rounded to steps; may be called again."""
        step = self.network.dt
        steps = round(units.duration(duration, "duration") / step)
        self.network.run(units.Quantity(steps * step, units.SECOND))

    @property
    def fluorescence(self) -> np.ndarray:
        """What the camera saw, shape (cells, frames)."""
        if self.camera is None:
            refuse("HH6084", "the experiment has no camera", "camera={'rate': 20*Hz}")
        return self.camera.fluorescence

    def __repr__(self) -> str:
        return f"<Experiment with {self.graph!r}: t = {self.network.t * 1e3:g} ms>"

    def recording(self) -> Recording:
        """What an estimator of connections gets: frames, and the control of each cell in them.

        ``control`` is of the first controlled variable.
        """
        from hodgpy.inference.recording import Recording

        frames = self.fluorescence.shape[1]
        assert self.camera is not None
        control = np.zeros((self.graph.N, frames))
        frame = 1 / (self.camera.rate * self.network.dt)  # in steps
        for first, last, amounts in next(iter(self._timed.values()), []):
            edges = np.arange(frames + 1) * frame
            overlap = np.minimum(last, edges[1:]) - np.maximum(first, edges[:-1])
            seen = np.flatnonzero(overlap > 0)
            control[:, seen] += np.outer(amounts, overlap[seen] / frame)
        return Recording(
            self.fluorescence, self.camera.rate, control, self.graph.positions.positions,
            self.graph.name,
        )  # fmt: skip

    # -- inside ----------------------------------------------------------------------------------

    def _vary(self, name: str, sd: Any) -> None:
        if not isinstance(sd, (int, float)) or not 0 <= sd < math.inf:
            refuse("HH6056", f"the noise of `{name}` is {arguments.shown(sd)}; give a number")
        factors = 1 + sd * self._random.standard_normal(self.graph.N)
        self.cells.set(name, np.broadcast_to(self.cells.get(name), self.graph.N) * factors)

    def _schedule(self) -> None:
        """Has the network set every controlled variable where a control begins or ends."""
        dt = self.network.dt
        self._timed: dict[str, list[tuple[int, int, np.ndarray]]] = {}
        for control in self.controls:
            if not isinstance(control, Control):
                refuse("HH6056", f"a control is {arguments.shown(control)}; it must be a Control")
            begin = units.duration(control.onset, "onset")
            length = _FOR_EVER
            if control.duration is not None:
                length = round(units.duration(control.duration, "duration") / dt)
                if length <= 0:
                    refuse("HH6056", f"a control lasts {control.duration}; it must last a step")
            first = round(begin / dt)
            timed = self._timed.setdefault(control.variable, [])
            timed.append((first, first + length, self._amounts(control)))
        for variable, timed in self._timed.items():
            base = np.array(np.broadcast_to(self.cells.get(variable), self.graph.N))
            for step, amounts in _changes(timed):
                values = base + np.sum([timed[k][2] for k in amounts], axis=0)
                self.network.at(step * dt, self._setter(variable, values))

    def _setter(self, variable: str, values: np.ndarray) -> Any:
        return lambda: self.cells.set(variable, values)

    def _amounts(self, control: Control) -> np.ndarray:
        """What each cell gets, in SI, shape (N,)."""
        chosen = np.arange(self.graph.N)
        if control.cells is not None:
            chosen = self.cells._indices(control.cells)
        variable = self.cells._variable(control.variable)
        dimension = units.exponents(variable["dimension"])
        values = np.asarray(units.to_si(control.amplitude, dimension, "amplitude"), dtype=float)
        if values.shape not in ((), chosen.shape) or not np.all(np.isfinite(values)):
            refuse("HH6056", f"{values.shape} amplitudes for {len(chosen)} cells", "one for each")
        amounts = np.zeros(self.graph.N)
        amounts[chosen] = values
        if control.spread:
            amounts *= 1 + control.spread * self._random.standard_normal(self.graph.N)
        return amounts


def _changes(timed: list[tuple[int, int, np.ndarray]]) -> Iterator[tuple[int, list[int]]]:
    """Steps at which controls begin or end, with those that are on from there."""
    edges: dict[int, list[tuple[int, bool]]] = {}
    for number, (first, last, _) in enumerate(timed):
        edges.setdefault(first, []).append((number, True))
        if last < _FOR_EVER:
            edges.setdefault(last, []).append((number, False))
    active: set[int] = set()
    for step in sorted(edges):
        for number, begins in edges[step]:
            (active.add if begins else active.discard)(number)
        yield step, sorted(active)
