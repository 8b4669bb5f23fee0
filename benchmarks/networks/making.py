# SPDX-License-Identifier: MIT
"""Time and memory of making many static synapses: float32 weights, one delay.

python benchmarks/networks/making.py [--cells 100000] [--each 1000]
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

import hodgpy as hp
from hodgpy.units import ms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=1000, help="synapses of a cell")
    a = parser.parse_args()
    cell = hp.compile(
        "dv/dt = (1 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", dtype="float32"
    )
    rules: dict[str, dict[str, Any]] = {
        "p": {"p": a.each / a.cells},
        "indegree": {"indegree": a.each},
        "outdegree": {"outdegree": a.each},
        "total": {"total": a.each * a.cells},
    }
    for name, rule in rules.items():
        P = hp.Population(cell, a.cells)
        S = hp.Synapses(P, P, "w : 1", on_pre="v_post += w", delay=1 * ms, dtype="float32")
        start = time.process_time()
        S.connect(**rule)
        made = time.process_time()
        S.w = 0.001
        hp.Network(P, S, dt=0.1 * ms).run(0)
        ready = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{name:10s} {S.N:.4g} synapses: made in {made - start:.2f} s, ready in "
            f"{ready - made:.2f} s of processor time; peak so far {peak:.2f} GB; {S}"
        )


if __name__ == "__main__":
    main()
