# SPDX-License-Identifier: MIT
"""What the NumPy and the Numba version share: random draws, constants, stimuli, files, arguments.

Kumaravelu K, Brocker DT, Grill WM (2016) A biophysical model of the cortex-basal ganglia-thalamus
network in the 6-OHDA lesioned rat model of Parkinson's disease. J Comput Neurosci 40:207-229,
doi:10.1007/s10827-016-0593-9; script: ModelDB 206232. Times in ms, potentials in mV, C = 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

DT = 0.01
POPULATIONS = ("TH", "STN", "GPe", "GPi", "D2", "D1", "CTX_E", "CTX_I")
TH, STN, GPE, GPI, D2, D1, CTX_E, CTX_I = range(8)
STRIATAL_INPUTS = 10  # of each pallidal cell, whatever n is
RING = 1024  # slots for events on their way: more than the longest delay, 590 steps


class Alpha(NamedTuple):
    """Conductance g (e/tau) s exp(-s/tau), tau 5 ms, s the time since the arrival."""

    source: int
    g: float
    delay: float  # ms
    shifts: tuple[int, ...]  # the sources of target j are j + shift, modulo n


class BiExponential(NamedTuple):
    """Conductance g f (exp(-s/tau_d) - exp(-s/tau_r)); f makes the peak g."""

    source: int
    g: float
    delay: float
    tau_d: float
    tau_r: float
    shifts: tuple[int, ...]


ALL = tuple(range(STRIATAL_INPUTS))
ALPHA_TAU = 5.0
# The conductances, as rows of the arrays that hold them; each belongs to the target neuron.
ALPHAS = (
    Alpha(TH, 0.43, 5.0, (0,)),  # to cortex E
    Alpha(STN, 0.43, 1.5, (0, -1)),  # to GPi
    Alpha(GPE, 0.3, 3.0, (1, -2)),  # to GPi
    Alpha(GPE, 0.3, 1.0, (1, -2)),  # to GPe
    Alpha(GPI, 0.3, 5.0, (0,)),  # to TH
    Alpha(D2, 0.3, 5.0, ALL),  # to GPe
    Alpha(D1, 0.3, 4.0, ALL),  # to GPi
    Alpha(CTX_E, 0.43, 5.1, (0,)),  # to D2 and D1
)
TH_E, STN_GPI, GPE_GPI, GPE_GPE, GPI_TH, D2_GPE, D1_GPI, E_STR = range(8)
BI_EXPONENTIALS = (
    BiExponential(STN, 0.43, 2.0, 2.5, 0.4, (0, -1)),  # to GPe, AMPA
    BiExponential(STN, 0.43, 2.0, 67.0, 2.0, (0, -1)),  # to GPe, NMDA
    BiExponential(GPE, 0.3, 4.0, 7.7, 0.4, (0, 1)),  # to STN
    BiExponential(CTX_E, 0.43, 5.9, 2.49, 0.5, (0, 1)),  # to STN, AMPA
    BiExponential(CTX_E, 0.43, 5.9, 90.0, 2.0, (0, 1)),  # to STN, NMDA
)
STN_GPE_A, STN_GPE_N, GPE_STN, E_STN_A, E_STN_N = range(5)


def peak_factor(tau_d: float, tau_r: float) -> float:
    """What makes the peak of exp(-s/tau_d) - exp(-s/tau_r) one."""
    peak = tau_d * tau_r / (tau_d - tau_r) * np.log(tau_d / tau_r)
    return float(1 / (np.exp(-peak / tau_d) - np.exp(-peak / tau_r)))


@dataclass
class Conditions:
    """One run: the state of the animal and the stimuli. ``dbs`` in Hz."""

    pd: int = 0
    cs: int = 0
    dbs: float = 0.0
    dbs_target: str = "STN"
    duration: float = 2000.0

    @property
    def steps(self) -> int:
        return round(self.duration / DT)

    def dbs_current(self) -> np.ndarray:
        """Sample k drives the step that gives V at k; sample 0 drives nothing."""
        current = np.zeros(self.steps + 1)
        if self.dbs > 0:
            period = round(1000 / self.dbs / DT)
            for start in range(0, self.steps, period):
                current[start : start + 30] = 300.0
        return current

    def cortical_current(self) -> np.ndarray:
        current = np.zeros(self.steps + 1)
        if self.cs:
            current[99_999:100_030] = 350.0
        return current


@dataclass
class Network:
    """The constants that random draws decide; populations in the order of POPULATIONS."""

    n: int
    v: np.ndarray  # (8, n), at time 0
    permutations: np.ndarray  # (15, n), from 0
    w_stn_ampa: np.ndarray  # cortex to STN
    w_stn_nmda: np.ndarray
    w_d1: np.ndarray  # cortex to D1, less its constant part
    w_gpe_gpe: np.ndarray
    w_gpe_ampa: np.ndarray  # STN to GPe
    w_gpe_nmda: np.ndarray
    w_gpi: np.ndarray  # STN to GPi

    @classmethod
    def from_draws(cls, draws: Any) -> Network:
        """``draws``: what ``numpy.load`` gives for a file of draws."""

        def from_zero(name: str) -> np.ndarray:
            return np.asarray(draws[f"draw_{name}"], dtype=np.int64) - 1

        n = len(draws["draw_z_v_TH"])
        v = np.full((8, n), -65.0)
        for p, name in enumerate(POPULATIONS[:6]):
            v[p] = (-62.0 if p < D2 else -63.8) + 5 * draws[f"draw_z_v_{name}"]
        picked = {}
        for name, scale in (("gsngen", 0.002), ("gsngea", 0.3)):
            picked[name] = np.zeros(n)
            picked[name][from_zero(f"idx_{name}")] = scale * draws[f"draw_u_{name}"]
        w_gpi = np.zeros(n)
        w_gpi[from_zero("idx_gsngi")] = 0.15
        return cls(
            n,
            v,
            np.array([from_zero(f"perm_{letter}") for letter in "abcdefghijklmno"]),
            0.3 * draws["draw_u_gcorsna"],
            0.003 * draws["draw_u_gcorsnn"],
            0.001 * draws["draw_u_gcordrstr"],
            np.array(draws["draw_u_ggege"]),
            picked["gsngea"],
            picked["gsngen"],
            w_gpi,
        )


def sorted_spikes(neurons: np.ndarray, steps: np.ndarray, n: int) -> dict[str, np.ndarray]:
    """Spikes of all neurons 0 ... 8n-1, as the arrays of a reference file."""
    arrays = {}
    for p, name in enumerate(POPULATIONS):
        mine = neurons // n == p
        index, step = neurons[mine] % n, steps[mine]
        order = np.lexsort((step, index))
        arrays[f"spike_index_{name}"] = index[order]
        arrays[f"spike_step_{name}"] = step[order]
    return arrays


def peak_megabytes() -> float:
    """The most memory this process had. Not ``ru_maxrss``, which begins with that of the parent."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


Prepare = Callable[[Any, Conditions], Any]
Run = Callable[[Any, Conditions], None]
Spikes = Callable[[Any, int], tuple[np.ndarray, np.ndarray]]


def command_line(prepare: Prepare, run: Run, spikes: Spikes, description: str) -> None:
    """One version from the command line; prints its times as one line of JSON.

    ``prepare`` (draws, conditions) is set-up and is timed apart; ``run`` is what races; ``spikes``
    gives neurons (0 ... 8n-1) and steps.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--draws", type=Path, required=True, help="random draws, .npz")
    parser.add_argument("--pd", type=int, choices=(0, 1), default=0)
    parser.add_argument("--cs", type=int, choices=(0, 1), default=0)
    parser.add_argument("--dbs", type=float, default=0.0, metavar="HZ")
    parser.add_argument("--dbs-target", choices=("STN", "GPi"), default="STN")
    parser.add_argument("--duration", type=float, default=2000.0, metavar="MS")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--out", type=Path, help="spikes, .npz")
    a = parser.parse_args()
    draws = dict(np.load(a.draws))
    conditions = Conditions(a.pd, a.cs, a.dbs, a.dbs_target, a.duration)
    setups, runs = [], []
    state = None
    for _ in range(a.repeats):
        state = None
        gc.collect()  # memory of one network, not of those before
        start = time.perf_counter()
        state = prepare(draws, conditions)
        setups.append(time.perf_counter() - start)
        start = time.process_time()
        run(state, conditions)
        runs.append(time.process_time() - start)
    n = len(draws["draw_z_v_TH"])
    neurons, steps = spikes(state, n)
    if a.out:
        np.savez(a.out, **sorted_spikes(neurons, steps, n))
    figures = {"setup_s": setups, "run_s": runs, "spikes": len(steps), "n": n}
    figures["peak_mb"] = peak_megabytes()
    print(json.dumps(figures))
