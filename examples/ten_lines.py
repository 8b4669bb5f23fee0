# SPDX-License-Identifier: MIT
"""The smallest useful script: a hundred leaky integrate-and-fire neurons from equations."""

import hodgpy as hp
from hodgpy.units import ms, second

cell = hp.compile(
    "dv/dt = (-70*mV - v + 25*mV)/(20*ms) : volt (unless refractory)",
    threshold="v > -50*mV",
    reset="v = -70*mV",
    refractory=2 * ms,
)
P = hp.Population(cell, 100)
P.v = "-70*mV + 20*mV*rand()"
spikes = hp.SpikeRecorder(P)
hp.Network(P, spikes, dt=0.1 * ms).run(1 * second)
print(f"{len(spikes) / P.N:.1f} Hz; v between {P.get('v', 'mV').min():.2f} and -50 mV")
spikes.plot()
