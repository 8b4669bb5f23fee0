# SPDX-License-Identifier: MIT
"""The race's models in hodgpy. Run by race.py: prints one JSON line."""

from __future__ import annotations

import json
import sys
import time

import generated
import numpy as np

import hodgpy as hp
from hodgpy.units import cm, ms, mV, uA

LIF = "dv/dt = (-70*mV - v + 25*mV)/(20*ms) : volt (unless refractory)"
IZHIKEVICH = """
dv/dt = 0.04/ms/mV*v**2 + 5/ms*v + 140*mV/ms - u + 10*mV/ms : volt
du/dt = 0.02/ms*(0.2/ms*v - u) : volt/second
"""
ADEX = """
dv/dt = (30*nS*(-70.6*mV - v) + 30*nS*2*mV*exp((v + 50.4*mV)/(2*mV)) - w + 1*nA)/(281*pF) : volt
dw/dt = (4*nS*(v + 70.6*mV) - w)/(144*ms) : amp
"""


def build(model: str, n: int, kind: str) -> hp.Population:
    """A population in the state from which every simulator of the race starts."""
    options = {
        "dtype": "float32" if kind == "float32" else "float64",
        "precision": "fast" if kind == "fast" else "full",
        "approximate": 1e-9 if kind == "approximate" else 0.0,
    }
    if model == "ten_channels":
        cell = hp.compile(
            generated.ten_channels_text(),
            threshold="v > 0*mV",
            refractory="v > 0*mV",
            **options,
        )
        gates = generated.steady_gates()
        return hp.Population(cell, n, v=-65 * mV, I=10 * uA / cm**2, **gates)
    if model in generated.FIELDS:
        fields = generated.FIELDS[model]
        cell = hp.compile(
            generated.fields_text(fields),
            threshold="v > -50*mV",
            reset="v = -70*mV",
            method="euler",
            **options,
        )
        inputs = {f"g{k}": 1e-3 * k / fields for k in range(1, fields)}
        return hp.Population(cell, n, v=np.linspace(-70e-3, -50e-3, n), **inputs)
    if model == "squid_hh":
        cell = hp.compile("neurons.hodgkin_huxley_1952", **options).HodgkinHuxley1952
        return hp.Population(cell, n, v=-65 * mV, I=10 * uA / cm**2)
    if model == "traub_miles":
        cell = hp.compile("neurons.traub_miles_1991", **options).TraubMiles1991
        return hp.Population(cell, n, v=-60 * mV, I=2 * uA / cm**2)
    if model == "lif":
        cell = hp.compile(
            LIF, threshold="v > -50*mV", reset="v = -70*mV", refractory=2 * ms, **options
        )
        return hp.Population(cell, n, v=np.linspace(-70e-3, -50e-3, n))
    if model == "izhikevich":
        reset = "v = -65*mV; u += 8*mV/ms"
        cell = hp.compile(
            IZHIKEVICH, threshold="v >= 30*mV", reset=reset, method="euler", **options
        )
        return hp.Population(cell, n, v=np.linspace(-65e-3, -55e-3, n), u=-13.0)
    reset = "v = -70.6*mV; w += 80.5*pA"
    cell = hp.compile(ADEX, threshold="v > 20*mV", reset=reset, method="euler", **options)
    return hp.Population(cell, n, v=np.linspace(-70.6e-3, -60.6e-3, n))


def main(model: str, n: int, steps: int, dt: float, kind: str, repeats: int) -> None:
    start = time.perf_counter()
    population = build(model, n, kind)
    recorder = hp.SpikeRecorder(population, interpolate=n == 1)
    threads = 2 if kind == "threads" else 1
    net = hp.Network(population, recorder, dt=dt * ms, threads=threads)
    clock = time.perf_counter if kind in ("threads", "one thread") else time.process_time
    net.run(0 * ms)
    setup, runs, first = time.perf_counter() - start, [], 0
    for repeat in range(repeats):
        start = clock()
        net.run(steps * dt * ms)
        runs.append(clock() - start)
        first = len(recorder) if repeat == 0 else first
    result = {"setup_s": setup, "run_s": runs, "spikes": first, "version": hp.__version__}
    if n == 1:
        times = np.asarray(recorder.t)
        result["times"] = [float(t) for t in times[times < steps * dt * 1e-3]]
    print(json.dumps(result))


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        float(sys.argv[4]),
        sys.argv[5],
        int(sys.argv[6]),
    )
