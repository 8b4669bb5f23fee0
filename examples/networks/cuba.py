# SPDX-License-Identifier: MIT
"""CUBA: 4000 integrate-and-fire neurons with exponential synaptic currents.

Vogels TP, Abbott LF (2005) J Neurosci 25:10786-10795, doi:10.1523/JNEUROSCI.3508-05.2005, as
benchmark 2 of Brette R et al. (2007) J Comput Neurosci 23:349-398, doi:10.1007/s10827-007-0038-6.
Without input the network keeps firing at 5.3 to 5.8 Hz.

    python examples/networks/cuba.py
"""

from __future__ import annotations

from common import show, two_percent

import hodgpy as hp
from hodgpy.units import ms, mV

CELL = """
dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
"""


def build(n: int = 4000, seed: int = 1) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The network of n cells and its spikes."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms)
    P = hp.Population(cell, n, name="cells", seed=seed)
    P.v = "-60*mV + 10*mV*rand()"
    synapses = two_percent(P, ("ge += w", "gi += w"), (1.62 * mV, -9 * mV), seed)
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, *synapses, spikes, dt=0.1 * ms, seed=seed), spikes


if __name__ == "__main__":
    show(*build(), seconds=1.0, picture="cuba.png")
