# SPDX-License-Identifier: MIT
"""A cubic millimetre of early sensory cortex: four layers, 77 169 cells, 0.3 billion synapses.

Potjans TC, Diesmann M (2014) The cell-type specific cortical microcircuit: relating structure and
activity in a full-scale spiking network model. Cereb Cortex 24:785-806,
doi:10.1093/cercor/bhs358, tables 4 and 5. Smaller networks keep the mean and the variance of what
reaches a cell (van Albada SJ, Helias M, Diesmann M (2015) PLoS Comput Biol 11:e1004490,
doi:10.1371/journal.pcbi.1004490): fewer inputs are stronger, and a constant current makes up for
what is missing, from the rates of the full network.

    python examples/networks/potjans_diesmann_2014.py --scale 0.1 --seconds 2
    python examples/networks/potjans_diesmann_2014.py --scale 1 --seconds 1    # 3.4 GB
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

import hodgpy as hp
from hodgpy.units import Hz, ms, mV, pA, second

NAMES = ("L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I")
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
EXTERNAL = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])  # inputs of each cell, 8 Hz
# Mean rates of the full network over 10 s (NEST's own run, its example Potjans_2014), in Hz.
RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
# Probability that a pair is joined at least once: rows are targets, columns sources.
PROBABILITY = np.array([
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0000, 0.0076, 0.0000],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0000, 0.0042, 0.0000],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0000],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0000, 0.1057, 0.0000],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0000],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0000],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
])  # fmt: skip
# Potentials of the running network (mean and deviation, mV), to shorten the transient.
START = np.array([
    [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43],
    [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48],
])  # fmt: skip
TAU_M, TAU_SYN, C = 10.0, 0.5, 250.0  # ms, ms, pF
CELL = """
dv/dt = (-65*mV - v)/(10*ms) + (I + I_dc)/(250*pF) : volt (unless refractory)
dI/dt = -I/(0.5*ms) : amp
I_dc : amp
"""


def current_of(psp: float) -> float:
    """The jump of the synaptic current (pA) that gives a potential with a peak of psp (mV)."""
    q, apart = TAU_M / TAU_SYN, TAU_M - TAU_SYN
    peak = q ** (-TAU_SYN / apart) - q ** (-TAU_M / apart)
    return psp * C * apart / (TAU_SYN * TAU_M * peak)


def full_numbers() -> np.ndarray:
    """Numbers of synapses of the full network: rows are targets, columns sources."""
    return np.log(1 - PROBABILITY) / np.log(1 - 1 / np.outer(SIZES, SIZES).astype(float))


def compensation(scale: float, w: np.ndarray) -> np.ndarray:
    """The current (pA) of each population that replaces the mean of what a smaller one lacks."""
    indegrees = full_numbers() / SIZES[:, None]
    arriving = (w * indegrees) @ RATES + current_of(0.15) * EXTERNAL * 8
    return (1 - np.sqrt(scale)) * TAU_SYN * 1e-3 * arriving


def build(scale: float = 0.1, seed: int = 1) -> tuple[hp.Network, dict[str, hp.SpikeRecorder]]:
    """The network with this share of its cells and of each cell's inputs, and its spikes."""
    cell = hp.compile(
        CELL, threshold="v > -50*mV", reset="v = -65*mV", refractory=2 * ms, dtype="float32"
    )
    w = np.where(np.arange(8) % 2, -4.0, 1.0) * current_of(0.15) * np.ones((8, 1))
    w[0, 2] *= 2  # from L4E to L23E
    sizes = np.round(SIZES * scale).astype(int)
    numbers = np.round(full_numbers() * scale**2).astype(int)
    constant = compensation(scale, w)
    network = hp.Network(dt=0.1 * ms, seed=seed)
    P = []
    for k, name in enumerate(NAMES):
        group = hp.Population(cell, int(sizes[k]), name=name, seed=seed, I_dc=constant[k] * pA)
        mean, deviation = START[:, k]
        group.v = np.random.default_rng((seed, k)).normal(mean, deviation, group.N) * mV
        inputs = round(EXTERNAL[k] * scale)
        weight = current_of(0.15) / np.sqrt(scale) * pA
        network.add(group, hp.PoissonInput(group, "I", inputs, 8 * Hz, weight))
        P.append(group)
    # The largest first: what making one takes for a while must not come on top of all others.
    for place in np.argsort(-numbers, axis=None)[: np.count_nonzero(numbers)]:
        t, s = np.unravel_index(place, numbers.shape)
        network.add(projection(P[s], P[t], int(numbers[t, s]), w[t, s] / np.sqrt(scale), seed))
    spikes = {group.name: hp.SpikeRecorder(group) for group in P}
    network.add(*spikes.values())
    return network, spikes


def projection(
    source: hp.Population, target: hp.Population, number: int, w: float, seed: int
) -> hp.Synapses:
    """So many synapses between random cells; normal weights (10 %) and delays (50 %), clipped."""
    S = hp.Synapses(
        source, target, "w : amp (constant)", on_pre="I += w", dtype="float32", round="nearest",
        name=f"{source.name}_{target.name}", seed=seed,
    )  # fmt: skip
    S.connect(total=number)
    sign, mean = np.sign(w), abs(w)
    delay = 1.5 if sign > 0 else 0.75
    S.w = f"{sign}*clip({mean} + {mean / 10}*randn(), 0, {2 * mean})*pA"
    S.delay = f"clip({delay} + {delay / 2}*randn(), 0.1, 20)*ms"
    return S


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.1, help="share of cells and inputs")
    parser.add_argument("--seconds", type=float, default=2.0, help="after 0.5 s of transient")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    start = time.perf_counter()
    network, spikes = build(a.scale, a.seed)
    network.threads = a.threads
    network.run(0 * second)
    made = time.perf_counter()
    network.run(0.5 * second, report="text")
    begun = time.perf_counter()
    network.run(a.seconds * second, report="text")
    done = time.perf_counter()
    print("population   cells      Hz   published")
    for name, recorder, expected in zip(NAMES, spikes.values(), RATES, strict=True):
        rate = hp.trains.rates(recorder, a.seconds, start=0.5).mean()
        print(f"{name:10s} {len(recorder.trains()):7d} {rate:7.3f} {expected:11.3f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    each = (done - begun) / a.seconds
    print(f"made in {made - start:.1f} s; {each:.2f} s for each second; {peak:.2f} GB")


if __name__ == "__main__":
    main()
