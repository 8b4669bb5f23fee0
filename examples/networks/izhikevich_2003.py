# SPDX-License-Identifier: MIT
"""A thousand randomly coupled simple neurons: asynchronous firing, alpha and gamma rhythms.

Izhikevich EM (2003) Simple model of spiking neurons. IEEE Trans Neural Netw 14:1569-1572,
doi:10.1109/TNN.2003.820440, in the order of the paper's own script: steps of 1 ms, two half steps
for v and then one for u. All pairs are joined; 800 cells excite at 7.2 to 7.5 Hz.

    python examples/networks/izhikevich_2003.py
"""

from __future__ import annotations

import numpy as np
from common import show

import hodgpy as hp
from hodgpy.units import ms

CELL = """neuron Cell {
    param noise = 5
    a : 1
    b : 1
    c : 1
    d : 1
    v : 1
    u : 1
    I : 1
    update {
        I += noise*randn()
        v += 0.5*(0.04*v**2 + 5*v + 140 - u + I)
        v += 0.5*(0.04*v**2 + 5*v + 140 - u + I)
        u += a*(b*v - u)
        I = 0
    }
    threshold v >= 30
    reset {
        v = c
        u += d
    }
}"""


def build(seed: int = 1) -> tuple[hp.Network, hp.SpikeRecorder, hp.SpikeRecorder]:
    """The network, and the spikes of excitatory and inhibitory cells."""
    random = np.random.default_rng(seed)
    cell = hp.compile(CELL).Cell
    E, I = hp.Population(cell, 800, name="E"), hp.Population(cell, 200, name="I", noise=2)
    r = random.random(800)
    E.a, E.b, E.c, E.d = 0.02, 0.2, -65 + 15 * r**2, 8 - 6 * r**2
    r = random.random(200)
    I.a, I.b, I.c, I.d = 0.02 + 0.08 * r, 0.25 - 0.05 * r, -65, 2
    synapses = []
    for source, strength in ((E, 0.5), (I, -1.0)):
        for target in (E, I):
            target.v, target.u = -65, -65 * target.b
            S = hp.Synapses(source, target, "w : 1", on_pre="I_post += w")
            S.connect()
            S.w = strength * random.random(len(S))
            synapses.append(S)
    spikes = hp.SpikeRecorder(E), hp.SpikeRecorder(I)
    return hp.Network(E, I, *synapses, *spikes, dt=1 * ms, seed=seed), *spikes


if __name__ == "__main__":
    show(*build()[:2], seconds=1.0, picture="izhikevich_2003.png", start=0.0)
