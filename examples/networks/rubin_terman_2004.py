# SPDX-License-Identifier: MIT
"""Stimulation of the subthalamic nucleus lets the thalamus relay again.

Rubin JE, Terman D (2004) High frequency stimulation of the subthalamic nucleus eliminates
pathological thalamic rhythmicity in a computational model. J Comput Neurosci 16:211-235,
doi:10.1023/B:JCNS.0000025686.47117.67. 16 cells each of STN, GPe and GPi, two thalamic cells that
should answer every pulse from the cortex with one spike. Wiring and values are those of the
authors' file (ModelDB 116867); the parkinsonian state weakens GPe, by its drive and by what its
cells do to each other.

    python examples/networks/rubin_terman_2004.py
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import hodgpy as hp
from hodgpy.units import Hz, cm, mM, mS, ms, mV, uA

N = 16
# Sources of each of the first eight targets, counted from 1; the other eight are wired alike.
GPE_TO_STN = [(5, 2), (6, 1), (8, 4), (7, 3), (2, 6), (1, 5), (3, 8), (4, 7)]
GPE_TO_GPE = [(2, 3), (1, 5), (4, 8), (3, 1), (6, 7), (5, 2), (8, 3), (7, 4)]
STN_TO_GPE = [(8, 4), (7, 3), (1, 5), (2, 6), (4, 8), (3, 7), (5, 2), (6, 1)]
ACROSS = [(8,), (7,), (1,), (2,), (4,), (3,), (5,), (6,)]  # from the other half, a fifth as strong
GPI_TO_TC = [(1, 2, 5, 6, 9, 10, 13, 14), (3, 4, 7, 8, 11, 12, 15, 16)]
STN_GATE = {"theta": -9 * mV, "sigma": 8 * mV}
GP_GATE = {"theta": -37 * mV, "sigma": 2 * mV}


@dataclass(frozen=True)
class State:
    """What distinguishes the states: drive of GPe (uA/cm2), inhibition within it (mS/cm2)."""

    drive: float
    within: float


# The file has one state, (2, 0.3), whose relay fails at every third pulse; these lie to both sides.
HEALTHY, PARKINSONIAN = State(4.0, 1.0), State(0.0, 0.0)


def halves(sources: list[tuple[int, ...]], shift: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (source, target) of the sixteen, from the sources of the first eight."""
    i, j = zip(*((s - 1, t) for t, row in enumerate(sources) for s in row), strict=True)
    i, j = np.array(i), np.array(j)
    return np.concatenate([(i + shift) % N, (i + shift + 8) % N]), np.concatenate([j, j + 8])


def build(
    state: State, dbs: float = 0.0, seed: int = 1
) -> tuple[hp.Network, dict[str, hp.SpikeRecorder], dict[str, hp.Population]]:
    """The network with stimulation at so many Hz, its spikes and its populations."""
    cells = hp.compile("neurons.rubin_terman_2004")
    random = np.random.default_rng(seed)
    density, mS_cm2 = uA / cm**2, mS / cm**2
    STN = hp.Population(
        cells.STN, N, name="STN", I=25 * density, epsilon=3.75e-5 * mM / uA * cm**2 / ms
    )
    GPe = hp.Population(cells.GP, N, name="GPe", I=state.drive * density, g_Ca=0.1 * mS_cm2)
    GPi = hp.Population(cells.GP, N, name="GPi", I=5 * density, g_Ca=0.1 * mS_cm2)
    TC = hp.Population(cells.TC, 2, name="TC", phi_r=5.5, tau_r1=0.3 * ms)
    for population in (STN, GPe, GPi, TC):
        population.v = random.uniform(-75, -55, population.N) * mV
    graded = hp.compile("synapses.graded").Graded
    one = np.arange(N)
    tc = np.array([(s - 1, t) for t, row in enumerate(GPI_TO_TC) for s in row]).T
    synapses = []
    for pre, post, (i, j), g, E, alpha, beta in [
        (GPe, STN, halves(GPE_TO_STN), 0.9, -100, 2, 0.04),
        (GPe, GPe, halves(GPE_TO_GPE), state.within, -80, 2, 0.04),
        (STN, GPe, halves(STN_TO_GPE), 0.3, 0, 5, 1),
        (STN, GPe, halves(ACROSS, shift=8), 0.06, 0, 5, 1),
        (STN, GPi, (one, one), 0.5, 0, 1, 0.05),
        (GPe, GPi, (one, one), 1.0, -100, 1, 0.1),
        (GPi, TC, tc, 0.06, -85, 2, 0.08),
    ]:
        gate = STN_GATE if pre is STN else GP_GATE
        S = hp.Synapses(pre, post, graded, E=E * mV, alpha=alpha / ms, beta=beta / ms, **gate)
        S.connect(i=i, j=j)
        S.w = g * mS_cm2
        synapses.append(S)
    pulses = [hp.PulseTrain(TC, "I", 5 * density, frequency=20 * Hz, width=5 * ms, onset=50 * ms)]
    if dbs:
        pulses.append(hp.DBS(STN, "I", 200 * density, frequency=dbs * Hz, width=0.6 * ms))
    spikes = {p.name: hp.SpikeRecorder(p) for p in (STN, GPe, GPi, TC)}
    populations = {p.name: p for p in (STN, GPe, GPi, TC)}
    network = hp.Network(*populations.values(), *synapses, *pulses, *spikes.values(), dt=0.02 * ms)
    return network, spikes, populations


def error_index(spikes: hp.SpikeRecorder, end: float, start: float = 0.25) -> float:
    """Pulses that a thalamic cell missed, or answered with several spikes, or spikes without a
    pulse, per pulse: 0 is perfect relay. A spike within 25 ms of the pulse's onset answers it."""
    onsets = np.arange(start, end - 0.05 + 1e-9, 0.05)
    wrong = 0
    for t in spikes.trains().values():
        for onset in onsets:
            answers = np.sum((t >= onset) & (t < onset + 0.025))
            stray = np.sum((t >= onset + 0.025) & (t < onset + 0.05))
            wrong += int(answers != 1) + int(stray > 0 and answers == 1)
    return wrong / (2 * len(onsets))


def main() -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(3, 1, figsize=(8, 6), sharex=True, layout="constrained")
    cases = {
        "healthy": (HEALTHY, 0.0),
        "parkinsonian": (PARKINSONIAN, 0.0),
        "parkinsonian, 130 Hz in STN": (PARKINSONIAN, 130.0),
    }
    for axis, (name, (state, dbs)) in zip(axes, cases.items(), strict=True):
        network, spikes, populations = build(state, dbs)
        trace = hp.StateRecorder(populations["TC"], "v", record=[0])
        network.add(trace)
        network.run(2250 * ms)
        error = error_index(spikes["TC"], 2.25)
        rates = (f"{k} {hp.trains.rates(s, 2.25).mean():.0f} Hz" for k, s in spikes.items())
        print(f"{name}: error index {error:.2f}; {', '.join(rates)}")
        axis.plot(trace.t * 1e3, trace.get("v", "mV")[0], lw=0.7)
        for onset in np.arange(1000, 1750, 50):
            axis.axvspan(onset, onset + 5, ymax=0.06, color="C3")
        axis.set(title=f"{name}: error index {error:.2f}", ylabel="v (mV)", xlim=(1000, 1750))
    axes[-1].set_xlabel("t (ms); red: pulses from the cortex")
    figure.savefig("rubin_terman_2004.png")


if __name__ == "__main__":
    main()
