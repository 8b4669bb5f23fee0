# SPDX-License-Identifier: MIT
"""Inhibitory plasticity balances a recurrent network: excitatory cells slow down from 160 to 4 Hz.

Vogels TP, Sprekeler H, Zenke F, Clopath C, Gerstner W (2011) Inhibitory plasticity balances
excitation and inhibition in sensory pathways and memory networks. Science 334:1569-1573,
doi:10.1126/science.1211095: 8000 excitatory and 2000 inhibitory cells, 2 % connectivity. Synapses
from inhibitory to excitatory cells start at 0 and learn after the first second; they are those of
the shelf, with a target of 3 Hz. (Cells rest above it, at 3.9 Hz whatever eta: after an inhibitory
spike its targets fire less, so pairs are rarer than chance; see docs/published_networks.md.) The
authors' script (ModelDB 143751) has eta = 0.01 and stops after 10 s, before the rest.

    python examples/networks/vogels_2011.py
"""

from __future__ import annotations

from common import rate_and_cv

import hodgpy as hp
from hodgpy.units import ms, mV, nS, second

CELL = """neuron Cell {
    input I_syn : amp
    dv/dt = (10 nS*(-60 mV - v) + I_syn + 200 pA)/(200 pF) : volt (unless refractory)
    init v = -60 mV
    threshold v > -50 mV
    reset v = -60 mV
    refractory 5 ms
}"""


def build(n: int = 10000, seed: int = 1) -> tuple[hp.Network, hp.Synapses, hp.SpikeRecorder]:
    """The network of n cells, its plastic synapses, and the spikes of the excitatory cells."""
    P = hp.Population(hp.compile(CELL).Cell, n, name="cells")
    E, I = P.subgroup(slice(n * 4 // 5), "E"), P.subgroup(slice(n * 4 // 5, n), "I")
    exponential = hp.compile("synapses.exponential").Exponential
    homeostatic = hp.compile("synapses.vogels_2011").HomeostaticInhibition
    scale = 10000 / n
    excitation = hp.Synapses(E, P, exponential, E=0 * mV, tau=5 * ms, w=0.3 * nS * scale, seed=seed)
    fixed = hp.Synapses(I, I, exponential, E=-80 * mV, tau=10 * ms, w=3 * nS * scale, seed=seed + 1)
    plastic = hp.Synapses(I, E, homeostatic, g_unit=1 * nS * scale, name="plastic", seed=seed + 2)
    for synapses in (excitation, fixed, plastic):
        synapses.connect(p=0.02)
    plastic.eta = 0
    spikes = hp.SpikeRecorder(E)
    return hp.Network(P, excitation, fixed, plastic, spikes, dt=0.1 * ms), plastic, spikes


def main() -> None:
    network, plastic, spikes = build()
    network.run(1 * second, report="text")
    plastic.eta = 0.2
    network.run(9 * second, report="text")
    for start in (0, 1, 3, 9):
        rate, cv = rate_and_cv(spikes, start, start + 1)
        print(f"{start} to {start + 1} s: {rate:6.2f} Hz, CV {cv:.2f}")
    print(f"weights: {plastic.w.mean():.2f} nS on average")
    axis = hp.plotting.population_rates({"excitatory cells": spikes}, 10, 0.05)
    axis.set_yscale("log")
    axis.figure.savefig("vogels_2011.png")


if __name__ == "__main__":
    main()
