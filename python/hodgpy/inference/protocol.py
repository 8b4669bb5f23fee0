# SPDX-License-Identifier: MIT
"""The standard experiments whose fluorescence the estimators of the leaderboard get.

The cells fire a few times a second by noise; they adapt, so that activity that spreads ends. A
spike makes a few of a cell's targets fire, however many it has, after a delay by distance. The
camera sees calcium for half a second, and noise.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from hodgpy import units
from hodgpy.coded import refuse
from hodgpy.compiling import compile as compile_model
from hodgpy.geometry.experiment import Control, Experiment
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.inference.recording import Recording
from hodgpy.model import Model

TRACKS = ("full", "window", "other")
_RATE = 50.0  # frames per second
_TAU_CALCIUM = 0.5  # seconds
_SPEED = 2e-3  # meter/second: 2 um/ms
_DT = 1e-3
_NOISE = 0.3  # of a frame, where a spike adds 1

_CELLS = """
neuron Integrator {
    "Leaky integrator with adaptation; potentials from rest to threshold are 0.5 to 1."
    param tau = 20 ms
    param tau_s = 5 ms
    param tau_a = 300 ms
    param rest = 0.5
    param sigma = 0.25
    dv/dt = (rest - v + g - a + I)/tau + sigma*sqrt(2/tau)*xi : 1 (unless refractory)
    dg/dt = -g/tau_s : 1
    da/dt = -a/tau_a : 1
    I : 1
    init v = rest
    threshold v > 1
    reset {
        v = 0
        a += 1
    }
    refractory 5 ms
}

neuron Izhikevich {
    "Izhikevich's cell of 2007 with slow and strong adaptation, driven by noise."
    param C = 100 pF
    param k = 0.7 nS/mV
    param tau_s = 5 ms
    param sigma = 130 pA
    param tau_n = 5 ms
    dv/dt = (k*(v + 60 mV)*(v + 40 mV) - u + n + 100 pA*(g + I))/C : mV
    du/dt = (-2 nS*(v + 60 mV) - u)*0.004/ms : pA
    dn/dt = -n/tau_n + sigma*sqrt(2/tau_n)*xi : pA
    dg/dt = -g/tau_s : 1
    I : 1
    init v = -60 mV
    threshold v >= 35 mV
    reset {
        v = -50 mV
        u += 200 pA
    }
}
"""
_STRENGTH = {"Integrator": 16.0, "Izhikevich": 30.0}  # sum of the weights of a cell's inputs


class Problem(NamedTuple):
    """A recording, and the truth that an estimator does not see."""

    recording: Recording
    truth: GeometricGraph
    parameters: dict[str, float]


def record(
    graph: GeometricGraph,
    *,
    track: str = "full",
    duration: Any = 300.0,
    stimulate: bool = False,
    seed: int = 0,
    threads: int = 1,
) -> Problem:
    """Simulate the standard experiment with a network.

    Parameters
    ----------
    graph : GeometricGraph
    track : {"full", "window", "other"}
        All cells are seen; the first third of them; or all, but of another model (Izhikevich's).
    duration : Quantity
    stimulate : bool
        Every 100 ms one cell, chosen at random, is driven for 5 ms; see ``Recording.control``.
    seed, threads : int

    Returns
    -------
    Problem

    Raises
    ------
    SimulationError
        HH6086 for another track.
    """
    if track not in TRACKS:
        refuse("HH6086", f"there is no track `{track}`", f"tracks: {', '.join(TRACKS)}")
    seconds = units.duration(duration, "duration")
    name = "Izhikevich" if track == "other" else "Integrator"
    controls = _pulses(graph.N, seconds, seed) if stimulate else []
    indegree = max(1.0, len(graph) / graph.N)
    experiment = Experiment(
        graph, _cells()[name], synapse="w : 1", on_pre="g += w", namespace={},
        weights={"w": _STRENGTH[name] / indegree}, speed=_SPEED, controls=controls,
        camera={"rate": _RATE, "tau": _TAU_CALCIUM, "gain": 1e4}, observation_noise=_NOISE,
        dt=_DT, seed=seed, threads=threads,
    )  # fmt: skip
    experiment.run(seconds)
    recording = experiment.recording()
    if track == "window":
        k = max(2, graph.N // 3)
        recording, graph = recording.window(k), graph.window(k)
    return Problem(recording, graph, {"tau_calcium": _TAU_CALCIUM})


def _pulses(N: int, seconds: float, seed: int) -> list[Control]:
    random = np.random.Generator(np.random.Philox(seed))
    onsets = np.arange(0.1, seconds, 0.1)
    cells = random.integers(0, N, len(onsets))
    return [
        Control("I", 4.0, onset=float(t), duration=5e-3, cells=[int(c)])
        for t, c in zip(onsets, cells, strict=True)
    ]


@cache
def _cells() -> dict[str, Model]:
    file: Any = compile_model(_CELLS)
    return {name: getattr(file, name) for name in _STRENGTH}
