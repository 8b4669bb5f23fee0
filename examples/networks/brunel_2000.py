# SPDX-License-Identifier: MIT
"""Sparse networks of excitatory and inhibitory integrate-and-fire neurons in four regimes.

Brunel N (2000) Dynamics of sparsely connected networks of excitatory and inhibitory spiking
neurons. J Comput Neurosci 8:183-208, doi:10.1023/A:1008925309027, model A: 10 000 and 2 500
cells, in-degrees 1000 and 250, delta synapses of J = 0.1 mV and -g J after 1.5 ms, external
Poisson input of eta times the rate that holds a cell at threshold.

    python examples/networks/brunel_2000.py
"""

from __future__ import annotations

import hodgpy as hp
from hodgpy.units import ms, mV, second

REGIMES = {
    "synchronous regular": (3.0, 2.0),
    "fast oscillation": (6.0, 4.0),
    "asynchronous irregular": (5.0, 2.0),
    "slow oscillation": (4.5, 0.9),
}


def build(
    g: float, eta: float, n: int = 12500, seed: int = 1
) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The network of n cells, four of five excitatory, and its spikes."""
    cell = hp.compile(
        "dv/dt = -v/(20*ms) : volt (unless refractory)",
        threshold="v > 20*mV", reset="v = 10*mV", refractory=2 * ms,
    )  # fmt: skip
    J, n_e = 0.1 * mV, n * 4 // 5
    c_e, c_i = n_e // 10, n_e // 40
    P = hp.Population(cell, n, name="cells", seed=seed)
    weights = {"w_e": J, "w_i": -g * J}
    E = hp.Synapses(P[:n_e], P, on_pre="v += w_e", delay=1.5 * ms, namespace=weights, seed=seed)
    I = hp.Synapses(P[n_e:], P, on_pre="v += w_i", delay=1.5 * ms, namespace=weights, seed=seed + 1)
    E.connect(indegree=c_e)
    I.connect(indegree=c_i)
    rate = eta * (20 * mV) / (J * c_e * (20 * ms))
    external = hp.PoissonInput(P, "v", c_e, rate, J)
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, E, I, external, spikes, dt=0.1 * ms, seed=seed), spikes


def main() -> None:
    import numpy as np

    print("regime                    g    eta      Hz     CV  peak (Hz)")
    for name, (g, eta) in REGIMES.items():
        network, spikes = build(g, eta)
        network.run(1.5 * second)
        late = [t[t >= 0.5] for t in spikes.trains().values()]
        frequencies, power = hp.trains.spectrum(
            [np.concatenate(late)], low=5, high=400, sampling=1e4
        )
        rate, cv = (
            hp.trains.rates(spikes, 1.0, start=0.5).mean(),
            np.nanmean(hp.trains.cv(late[:500])),
        )
        peak = frequencies[np.argmax(power)]
        print(f"{name:24s} {g:3.1f}  {eta:4.1f}  {rate:6.1f}  {cv:5.2f}  {peak:6.1f}")


if __name__ == "__main__":
    main()
