# SPDX-License-Identifier: MIT
"""COBA: 4000 integrate-and-fire neurons with exponential synaptic conductances.

Vogels TP, Abbott LF (2005) J Neurosci 25:10786-10795, doi:10.1523/JNEUROSCI.3508-05.2005, as
benchmark 1 of Brette R et al. (2007) J Comput Neurosci 23:349-398, doi:10.1007/s10827-007-0038-6.
Conductances in units of the leak. The network fires irregularly at 16 to 22 Hz, CV 1.5 to 1.7.

    python examples/networks/coba.py
"""

from __future__ import annotations

from common import show, two_percent

import hodgpy as hp
from hodgpy.units import ms

CELL = """
dv/dt = (-60*mV - v + ge*(0*mV - v) + gi*(-80*mV - v))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : 1
dgi/dt = -gi/(10*ms) : 1
"""


def build(n: int = 4000, seed: int = 1) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The network of n cells and its spikes."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms)
    P = hp.Population(cell, n, name="cells", seed=seed)
    P.v = "-60*mV + (randn()*5 - 5)*mV"
    P.ge, P.gi = "randn()*1.5 + 4", "randn()*12 + 20"
    synapses = two_percent(P, ("ge += w", "gi += w"), (0.6, 6.7), seed)
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, *synapses, spikes, dt=0.1 * ms, seed=seed), spikes


if __name__ == "__main__":
    show(*build(), seconds=1.0, picture="coba.png")
