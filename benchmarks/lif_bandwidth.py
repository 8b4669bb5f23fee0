# SPDX-License-Identifier: MIT
"""A million LIF neurons against the memory: a step reads v, the current and the time of the last
spike, and writes v. A copy that moves as many bytes is the bound.

    python benchmarks/lif_bandwidth.py [--neurons 1000000] [--steps 1000] [--repeats 5]
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Callable

import numpy as np
from machine import cpu_name

import hodgpy as hp
from hodgpy.units import ms, pA

BYTES = 4 * 8  # v in and out, current, last spike


def median_time(action: Callable[[], object], repeats: int) -> float:
    action()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    n, steps = arguments.neurons, arguments.steps
    cell = next(iter(hp.compile("neurons.leaky_integrate_and_fire")))
    population = hp.Population(cell, n, I=250 * pA, v=np.linspace(-70e-3, -50e-3, n))
    net = hp.Network(population, dt=0.1 * ms)
    lif = median_time(lambda: net.run(steps * 0.1 * ms), arguments.repeats) / steps
    source, target = np.ones(n * BYTES // 16), np.empty(n * BYTES // 16)
    copy = median_time(lambda: np.copyto(target, source), max(20, arguments.repeats))
    print(f"{cpu_name()}, Python {platform.python_version()}, hodgpy {hp.__version__}")
    print(f"step of {n} LIF neurons  {1e3 * lif:8.3f} ms   {1e9 * lif / n:6.3f} ns per neuron")
    print(f"copy of the same bytes   {1e3 * copy:8.3f} ms   {BYTES * n / copy / 1e9:6.1f} GB/s")
    print(f"step / copy              {lif / copy:8.2f}")


if __name__ == "__main__":
    main()
