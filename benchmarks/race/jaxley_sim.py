# SPDX-License-Identifier: MIT
"""Squid cells in Jaxley, its own `HH` channel, compiled by JAX for the processor. Run by race.py.

Same parameters as elsewhere in the race; Jaxley's method: voltage by backward Euler, gates by
exponential Euler, double precision. The compilation is set-up; a run starts from the same state.
"""

from __future__ import annotations

import json
import sys
import time

import jax
import jax.numpy as jnp
import jaxley as jx
import numpy as np
from jaxley.channels import HH

PARAMETERS = {
    "HH_gNa": 0.12,
    "HH_gK": 0.036,
    "HH_gLeak": 0.0003,
    "HH_eNa": 50.0,
    "HH_eK": -77.0,
    "HH_eLeak": -54.387,
    "v": -65.0,
    "length": 10.0,
    "radius": 5.0,
    "capacitance": 1.0,
}


def main(n: int, steps: int, dt: float, repeats: int) -> None:
    start = time.perf_counter()
    jax.config.update("jax_enable_x64", True)
    cell = jx.Cell([jx.Branch(jx.Compartment(), ncomp=1)], parents=[-1])
    network = jx.Network([cell for _ in range(n)])
    network.insert(HH())
    for name, value in PARAMETERS.items():
        network.set(name, value)
    network.init_states()
    network.cell(0).branch(0).comp(0).record(verbose=False)
    area = 2 * np.pi * 5.0 * 10.0  # um2
    current = jnp.full(steps, 10 * area * 1e-8 * 1e3)  # nA for 10 uA/cm2
    network.cell("all").branch("all").comp("all").stimulate(current, verbose=False)
    simulate = jax.jit(lambda: jx.integrate(network, delta_t=dt))
    voltage = np.asarray(simulate().block_until_ready())[0]
    setup, runs = time.perf_counter() - start, []
    for _ in range(repeats):
        start = time.process_time()
        simulate().block_until_ready()
        runs.append(time.process_time() - start)
    crossings = np.flatnonzero((voltage[:-1] <= 0) & (voltage[1:] > 0))
    result = {
        "setup_s": setup,
        "run_s": runs,
        "spikes": int(crossings.size) * n,
        "version": jx.__version__ if hasattr(jx, "__version__") else "",
    }
    if n == 1:
        part = voltage[crossings] / (voltage[crossings] - voltage[crossings + 1])
        result["times"] = [float(t) for t in (crossings + part) * dt * 1e-3]
    print(json.dumps(result))


if __name__ == "__main__":
    a = sys.argv
    main(int(a[2]), int(a[3]), float(a[4]), int(a[6]))
