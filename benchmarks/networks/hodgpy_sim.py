# SPDX-License-Identifier: MIT
"""The comparison networks in hodgpy: those of examples/networks, and plastic.py. Run by race.py."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import plastic

import hodgpy as hp
from hodgpy.units import ms, mV

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "networks"))


def stdp(n: int) -> tuple[hp.Network, hp.SpikeRecorder]:
    """CUBA with synapses between excitatory cells that learn."""
    cells = hp.compile(
        plastic.CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory="5*ms", method="exact"
    )
    P = hp.Population(cells, n, name="cells")
    P.v = (-60 + 10 * np.random.default_rng(1).random(n)) * mV
    E, I = P[: n * 4 // 5], P[n * 4 // 5 :]
    we, wi = (w * 4000 / n * mV for w in plastic.WEIGHTS)
    learning = hp.Synapses(
        E,
        E,
        plastic.STDP,
        on_pre=plastic.ON_PRE,
        on_post=plastic.ON_POST,
        namespace={"top": 2 * we},
    )
    fixed = hp.Synapses(E, I, on_pre="ge += we", namespace={"we": we})
    inhibition = hp.Synapses(I, P, on_pre="gi += wi", namespace={"wi": wi})
    for seed, S in enumerate((learning, fixed, inhibition)):
        S.connect(p=0.02, seed=seed)
    learning.w = we
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, learning, fixed, inhibition, spikes, dt=0.1 * ms), spikes


def build(model: str, n: int) -> tuple[hp.Network, hp.SpikeRecorder]:
    if model == "stdp":
        return stdp(n)
    if model == "brunel":
        return importlib.import_module("brunel_2000").build(5.0, 2.0, n)
    made = importlib.import_module("vogels_2011" if model == "vogels" else model).build(n)
    if model == "vogels":
        made[1].eta = plastic.ETA
    return made[0], made[-1]


def main(model: str, n: int, seconds: float, repeats: int) -> None:
    cells = n * 4 // 5 if model == "vogels" else n  # that are recorded
    setups, runs = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        network, spikes = build(model, n)
        network.run(0.0)
        setups.append(time.perf_counter() - start)
        start = time.process_time()
        network.run(seconds)
        runs.append(time.process_time() - start)
    result = {"setup_s": setups[0], "run_s": runs, "version": hp.__version__}
    result["rate"] = len(spikes) / cells / seconds
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
