# SPDX-License-Identifier: MIT
"""Squid cells in NEURON, its own `hh` mechanism. Run by race.py: prints one JSON line.

NEURON's leak reverses at -54.3 mV where the other simulators of the race have -54.387 mV; the
method is NEURON's default, backward Euler for v and then the gates. `tables` reads the rates from
tables (the default), `exact` computes them.
"""

from __future__ import annotations

import json
import sys
import time

import neuron
from neuron import h


def main(n: int, steps: int, dt: float, kind: str, repeats: int) -> None:
    start = time.perf_counter()
    h.load_file("stdrun.hoc")
    h.celsius = 6.3
    cells, clamps, counters, times = [], [], [], []
    for _ in range(n):
        cell = h.Section()
        cell.L = cell.diam = 10.0
        cell.insert("hh")
        area = 3.141592653589793 * 100 * 1e-8  # cm2
        clamp = h.IClamp(cell(0.5))
        clamp.delay, clamp.dur = 0, 1e9
        clamp.amp = 10e-3 * area * 1e6  # nA for 10 uA/cm2
        counter = h.APCount(cell(0.5))
        counter.thresh = 0
        times.append(h.Vector())
        counter.record(times[-1])
        cells.append(cell)
        clamps.append(clamp)
        counters.append(counter)
    h.usetable_hh = 1 if kind == "tables" else 0
    h.dt = dt
    h.steps_per_ms = 1 / dt
    h.finitialize(-65)
    setup, runs, first = time.perf_counter() - start, [], 0
    for repeat in range(repeats):
        start = time.process_time()
        h.continuerun(h.t + steps * dt)
        runs.append(time.process_time() - start)
        first = int(sum(counter.n for counter in counters)) if repeat == 0 else first
    result = {"setup_s": setup, "run_s": runs, "spikes": first, "version": neuron.__version__}
    if n == 1:
        result["times"] = [float(t) * 1e-3 for t in times[0]]
    print(json.dumps(result))


if __name__ == "__main__":
    a = sys.argv
    main(int(a[2]), int(a[3]), float(a[4]), a[5], int(a[6]))
