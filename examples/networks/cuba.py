# SPDX-License-Identifier: MIT
"""CUBA: 4000 integrate-and-fire neurons with exponential synaptic currents.

Vogels TP, Abbott LF (2005) J Neurosci 25:10786-10795, doi:10.1523/JNEUROSCI.3508-05.2005, as
benchmark 2 of Brette R et al. (2007) J Comput Neurosci 23:349-398, doi:10.1007/s10827-007-0038-6.
Without input the network keeps firing at 5.3 to 5.8 Hz.

    python examples/networks/cuba.py
"""

from __future__ import annotations

import hodgpy as hp
from hodgpy.units import ms, mV, second

CELL = """
dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
"""


def build(n: int = 4000, seed: int = 1) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The network of n cells, weights scaled to the same mean input, and its spikes."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms)
    P = hp.Population(cell, n, name="cells", seed=seed)
    P.v = "-60*mV + 10*mV*rand()"
    weights = {"w_e": 1.62 * mV * 4000 / n, "w_i": -9 * mV * 4000 / n}
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
    spikes.plot().figure.savefig("cuba.png")


if __name__ == "__main__":
    main()
