# SPDX-License-Identifier: MIT
"""Squid cells in Arbor, its own `hh` mechanism, one control volume each. Run by race.py.

Same parameters as elsewhere in the race (leak at -54.387 mV, 6.3 degC); Arbor's method: cable by
backward Euler, gates by its exponential `cnexp`. One thread. The cells are alike: spikes are
counted in the voltage of one, in a run of its own, and times interpolated there.
"""

from __future__ import annotations

import json
import sys
import time

import arbor as arb
import numpy as np
from arbor import units as U


class Cells(arb.recipe):
    """n single-compartment squid cells with 10 uA/cm2."""

    def __init__(self, n: int) -> None:
        arb.recipe.__init__(self)
        self.n = n
        self.properties = arb.neuron_cable_properties()

    def num_cells(self) -> int:
        return self.n

    def cell_kind(self, gid: int) -> arb.cell_kind:
        return arb.cell_kind.cable

    def global_properties(self, kind: arb.cell_kind) -> arb.cable_global_properties:
        return self.properties

    def cell_description(self, gid: int) -> arb.cable_cell:
        tree = arb.segment_tree()
        tree.append(arb.mnpos, arb.mpoint(-5, 0, 0, 5), arb.mpoint(5, 0, 0, 5), tag=1)
        area = 3.141592653589793 * 100  # um2
        current = 10 * area * 1e-8 * 1e3  # nA
        decor = (
            arb.decor()
            .set_property(Vm=-65 * U.mV, tempK=279.45 * U.Kelvin, cm=0.01 * U.F / U.m2)
            .paint("(all)", arb.density("hh", {"el": -54.387}))
            .place("(location 0 0.5)", arb.i_clamp(current * U.nA))
            .place("(location 0 0.5)", arb.threshold_detector(0 * U.mV), "detector")
        )
        policy = arb.cv_policy_single()
        return arb.cable_cell(tree, decor, discretization=policy)

    def probes(self, gid: int) -> list[arb.probe]:
        return [arb.cable_probe_membrane_voltage("(location 0 0.5)", "v")]


def spike_times(steps: int, dt: float) -> list[float]:
    """Upward crossings of 0 mV of one cell, seconds."""
    simulation = arb.simulation(Cells(1))
    handle = simulation.sample((0, "v"), arb.regular_schedule(dt * U.ms))
    simulation.run(steps * dt * U.ms, dt * U.ms)
    t, v = simulation.samples(handle)[0][0].T
    up = np.flatnonzero((v[:-1] <= 0) & (v[1:] > 0))
    return [float(x) for x in (t[up] + dt * v[up] / (v[up] - v[up + 1])) * 1e-3]


def main(n: int, steps: int, dt: float, repeats: int) -> None:
    start = time.perf_counter()
    context = arb.context(threads=1)
    recipe = Cells(n)
    decomposition = arb.partition_load_balance(
        recipe, context, {arb.cell_kind.cable: arb.partition_hint(cpu_group_size=n)}
    )
    simulation = arb.simulation(recipe, context, decomposition)
    setup, runs, until = time.perf_counter() - start, [], 0.0
    for _ in range(repeats):
        until += steps * dt
        start = time.process_time()
        simulation.run(until * U.ms, dt * U.ms)
        runs.append(time.process_time() - start)
    times = spike_times(steps, dt)
    result = {"setup_s": setup, "run_s": runs, "spikes": n * len(times), "version": arb.__version__}
    if n == 1:
        result["times"] = times
    print(json.dumps(result))


if __name__ == "__main__":
    a = sys.argv
    main(int(a[2]), int(a[3]), float(a[4]), int(a[6]))
