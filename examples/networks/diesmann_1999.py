# SPDX-License-Identifier: MIT
"""A synfire chain: a volley of spikes either travels through ten groups or dies out.

Diesmann M, Gewaltig MO, Aertsen A (1999) Stable propagation of synchronous spiking in cortical
neural networks. Nature 402:529-533, doi:10.1038/990101: groups of 100 cells, all joined to the next
with 5 ms of delay, alpha-shaped potentials and a noisy background. Of a volley of 85 spikes with a
spread of 1 ms, 90 to 105 arrive in the tenth group; one of 40 dies out.

    python examples/networks/diesmann_1999.py
"""

from __future__ import annotations

import numpy as np

import hodgpy as hp
from hodgpy.units import ms, mV

GROUPS, SIZE = 10, 100
CELL = """
dv/dt = (-70*mV - v + x)/(10*ms) : volt (unless refractory)
dx/dt = (y - x)/(0.325*ms) : volt
dy/dt = -y/(0.325*ms) + 25.27*mV/ms + 39.24*mV/ms**0.5*xi : volt
"""


def build(spikes: int, spread: float = 1.0, seed: int = 1) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The chain, driven by a volley of so many spikes around 50 ms with a spread in ms."""
    cell = hp.compile(CELL, threshold="v > -55*mV", reset="v = -70*mV", refractory=1 * ms)
    P = hp.Population(cell, GROUPS * SIZE, name="chain", seed=seed)
    P.v = "-70*mV + 15*mV*rand()"
    drawn = np.random.default_rng(seed).normal(50, spread, spikes)
    volley = hp.SpikeGenerator(spikes, np.arange(spikes), np.round(drawn, 1) * ms)
    w = {"w": 4.86 * mV}
    first = hp.Synapses(volley, P[:SIZE], on_pre="y += w", namespace=w)
    chain = hp.Synapses(P, P, on_pre="y += w", delay=5 * ms, namespace=w)
    first.connect()
    for group in range(GROUPS - 1):
        i = np.arange(group * SIZE, (group + 1) * SIZE)
        chain.connect(i=np.repeat(i, SIZE), j=np.tile(i + SIZE, SIZE))
    recorder = hp.SpikeRecorder(P)
    return hp.Network(P, volley, first, chain, recorder, dt=0.1 * ms, seed=seed), recorder


def volleys(recorder: hp.SpikeRecorder) -> np.ndarray:
    """The largest number of spikes of each group within 5 ms, after the volley came in."""
    found = []
    for group in range(GROUPS):
        t = recorder.t[(recorder.i // SIZE == group) & (recorder.t > 45e-3)]
        found.append(max((np.sum((t >= first) & (t < first + 5e-3)) for first in t), default=0))
    return np.array(found)


def main() -> None:
    for spikes in (85, 40):
        network, recorder = build(spikes)
        network.run(130 * ms)
        print(f"{spikes} spikes in; by group {volleys(recorder).tolist()}")
        recorder.plot().figure.savefig(f"diesmann_1999_{spikes}.png")


if __name__ == "__main__":
    main()
