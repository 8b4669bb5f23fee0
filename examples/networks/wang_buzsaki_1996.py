# SPDX-License-Identifier: MIT
"""Interneurons that inhibit each other synchronise in the gamma band.

Wang XJ, Buzsaki G (1996) Gamma oscillation by synaptic inhibition in a hippocampal interneuronal
network model. J Neurosci 16:6402-6413, doi:10.1523/JNEUROSCI.16-20-06402.1996: 100 cells, all
joined by graded inhibition of 0.1 mS/cm2 in all, and drives of 1 uA/cm2 with a spread of 3 %. Cells
and synapses are those of the shelf.

    python examples/networks/wang_buzsaki_1996.py
"""

from __future__ import annotations

import numpy as np

import hodgpy as hp
from hodgpy.units import cm, mS, ms, mV, uA


def build(
    n: int = 100, g: float = 0.1, spread: float = 0.03, dt: float = 0.02, seed: int = 1
) -> tuple[hp.Network, hp.Population, hp.SpikeRecorder]:
    """n cells with inhibition of g (mS/cm2) onto each, in steps of dt (ms). Drives are evenly
    spaced, potentials random."""
    random = np.random.default_rng(seed)
    P = hp.Population(hp.compile("neurons.wang_buzsaki_1996").WangBuzsaki1996, n, name="cells")
    P.v = random.uniform(-70, -50, n) * mV
    P.I = (1 + spread * np.sqrt(3) * np.linspace(-1, 1, n)) * uA / cm**2
    S = hp.Synapses(P, P, hp.compile("synapses.graded").Graded)
    S.connect()
    S.w = g / n * mS / cm**2
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, S, spikes, dt=dt * ms), P, spikes


def coherence(trains: list[np.ndarray], start: float, end: float) -> tuple[float, float]:
    """The paper's measure: frequency (Hz), and the mean over pairs of coincidences in bins of a
    tenth of the period, divided by the geometric mean of the numbers of spikes."""
    frequency = np.mean([np.sum((t >= start) & (t < end)) for t in trains]) / (end - start)
    edges = np.arange(start, end, 0.1 / frequency)
    X = np.array([np.histogram(t, edges)[0] > 0 for t in trains], dtype=float)
    X = X[X.sum(axis=1) > 0]
    together = X @ X.T / np.sqrt(np.outer(X.sum(axis=1), X.sum(axis=1)))
    n = len(X)
    return float(frequency), float((together.sum() - n) / (n * (n - 1)))


def main() -> None:
    for g in (0.0, 0.1):
        network, _, spikes = build(g=g)
        network.run(1000 * ms)
        frequency, kappa = coherence(list(spikes.trains().values()), 0.5, 1.0)
        print(f"inhibition {g:.1f} mS/cm2: {frequency:.1f} Hz, coherence {kappa:.2f}")
    spikes.plot().figure.savefig("wang_buzsaki_1996.png")


if __name__ == "__main__":
    main()
