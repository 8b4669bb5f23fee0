# SPDX-License-Identifier: MIT
"""COBA: 4000 integrate-and-fire neurons with exponential synaptic conductances.

Vogels TP, Abbott LF (2005) J Neurosci 25:10786-10795, doi:10.1523/JNEUROSCI.3508-05.2005, as
benchmark 1 of Brette R et al. (2007) J Comput Neurosci 23:349-398, doi:10.1007/s10827-007-0038-6.
Conductances in units of the leak. The network fires irregularly at 16 to 22 Hz, CV 1.5 to 1.7.

    python examples/networks/coba.py
"""

from __future__ import annotations

import hodgpy as hp
from hodgpy.units import ms, second

CELL = """
dv/dt = (-60*mV - v + ge*(0*mV - v) + gi*(-80*mV - v))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : 1
dgi/dt = -gi/(10*ms) : 1
"""


def build(n: int = 4000, seed: int = 1) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The network of n cells, weights scaled to the same mean input, and its spikes."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms)
    P = hp.Population(cell, n, name="cells", seed=seed)
    P.v = "-60*mV + (randn()*5 - 5)*mV"
    P.ge, P.gi = "randn()*1.5 + 4", "randn()*12 + 20"
    weights = {"w_e": 0.6 * 4000 / n, "w_i": 6.7 * 4000 / n}
    excitatory, inhibitory = P[: n * 4 // 5], P[n * 4 // 5 :]
    E = hp.Synapses(excitatory, P, on_pre="ge += w_e", namespace=weights, seed=seed)
    I = hp.Synapses(inhibitory, P, on_pre="gi += w_i", namespace=weights, seed=seed + 1)
    E.connect(p=0.02)
    I.connect(p=0.02)
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, E, I, spikes, dt=0.1 * ms, seed=seed), spikes


def main() -> None:
    network, spikes = build()
    network.run(1 * second, report="text")
    rate = hp.trains.rates(spikes, 0.8, start=0.2).mean()
    cv = hp.trains.cv(spikes)
    print(f"{rate:.2f} Hz, CV {cv[cv == cv].mean():.2f}")
    spikes.plot().figure.savefig("coba.png")


if __name__ == "__main__":
    main()
