# SPDX-License-Identifier: MIT
"""The smallest useful script: a hundred leaky integrate-and-fire neurons from equations."""

import hodgpy as hp
from hodgpy.units import mV, ms, second

cell = hp.compile(
    "dv/dt = (-70*mV - v + 25*mV)/(20*ms) : volt (unless refractory)",
    threshold="v > -50*mV",
    reset="v = -70*mV",
    refractory=2 * ms,
)
P = hp.Population(cell, 100)
P.v = "-70*mV + 20*mV*rand()"
spikes = hp.SpikeRecorder(P)
net = hp.Network(P, spikes, dt=0.1 * ms)
net.run(1 * second)
print(f"{len(spikes)} spikes, {len(spikes) / P.N:.1f} Hz per neuron; the last at {spikes.t[-1]:.4f} s")
assert -70 * mV <= P.v[0] <= -50 * mV
