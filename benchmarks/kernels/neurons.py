# SPDX-License-Identifier: MIT
"""Nanoseconds per neuron and step of each shipped neuron, by size and number type.

    python benchmarks/kernels/neurons.py [--models PART ...] [--sizes N ...] [--repeats 5]

Processor time of one thread, median of the repeats after a warm-up of 100 steps; nothing recorded.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from pathlib import Path

import hodgpy as hp
from hodgpy.units import ms

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from machine import cpu_name

WORK = 4_000_000  # neurons times steps in one repeat


def measure(cell: hp.Model, n: int, repeats: int) -> float:
    population = hp.Population(cell, n)
    dt = 0.01 * ms
    net = hp.Network(population, dt=dt)
    net.run(100 * dt)
    steps = max(10, min(20_000, WORK // n))
    times = []
    for _ in range(repeats):
        start = time.process_time()
        net.run(steps * dt)
        times.append(time.process_time() - start)
    return 1e9 * statistics.median(times) / (n * steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="*", help="parts of model names; all if absent")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10, 100, 1000, 10_000, 100_000, 1_000_000]
    )
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{cpu_name()}, Python {platform.python_version()}, hodgpy {hp.__version__}\n")
    print("| model | type | " + " | ".join(f"N = {n}" for n in arguments.sizes) + " |")
    print("|---" * (len(arguments.sizes) + 2) + "|")
    names = [str(name) for name in hp.models() if str(name).startswith("neurons.")]
    for name in names:
        if arguments.models and not any(part in name for part in arguments.models):
            continue
        for dtype in ("float64", "float32"):
            cell = next(iter(hp.compile(name, dtype=dtype)))
            figures = [measure(cell, n, arguments.repeats) for n in arguments.sizes]
            row = " | ".join(f"{figure:.2f}" for figure in figures)
            print(f"| {name.removeprefix('neurons.')} | {dtype} | {row} |", flush=True)


if __name__ == "__main__":
    main()
