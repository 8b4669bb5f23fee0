# SPDX-License-Identifier: MIT
"""CUBA, COBA, COBAHH and Brunel's network in NEST, one thread. Run by race.py.

Same constants as examples/networks; NEST's `hh_cond_exp_traub` is the cell of COBAHH, solved by an
adaptive Runge-Kutta method, and so is `iaf_cond_exp`. Delays cannot be zero: one step of 0.1 ms.
"""

from __future__ import annotations

import json
import sys
import time

import nest
import numpy as np
import plastic

C, G_LEAK, TAU = 200.0, 10.0, 20.0  # pF, nS, ms
CELLS = {
    "cuba": (
        "iaf_psc_exp",
        {"C_m": C, "tau_m": TAU, "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0},
    ),
    "coba": (
        "iaf_cond_exp",
        {"C_m": C, "g_L": G_LEAK, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0},
    ),
    "cobahh": (
        "hh_cond_exp_traub",
        {"C_m": C, "g_L": G_LEAK, "E_L": -60.0, "V_T": -63.0, "E_K": -90.0, "E_Na": 50.0,
         "g_Na": 20000.0, "g_K": 6000.0, "t_ref": 3.0},
    ),
}  # fmt: skip
WEIGHTS = {"cuba": (1.62 * C / TAU, -9 * C / TAU), "coba": (6.0, -67.0), "cobahh": (6.0, -67.0)}


def vogels(model: str, n: int) -> nest.NodeCollection:
    kind, constants = CELLS[model]
    constants = {**constants, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
    if model != "cuba":
        constants |= {"E_ex": 0.0, "E_in": -80.0}
    cells = nest.Create(kind, n, constants)
    draw = np.random.default_rng(1)
    if model == "cuba":
        cells.V_m = -60 + 10 * draw.random(n)
    else:
        cells.V_m = -65 + 5 * draw.normal(size=n)
    if model == "coba":  # the conductances of the other cell cannot be set
        cells.g_ex = np.abs(draw.normal(size=n) * 1.5 + 4) * 10
        cells.g_in = np.abs(draw.normal(size=n) * 12 + 20) * 10
    for source, weight in zip(
        (cells[: n * 4 // 5], cells[n * 4 // 5 :]), WEIGHTS[model], strict=True
    ):
        at_random(source, cells, 0.02, {"weight": weight * 4000 / n, "delay": 0.1})
    return cells


def at_random(
    source: nest.NodeCollection, target: nest.NodeCollection, p: float, synapse: dict[str, float]
) -> None:
    """As many copies of the synapse as it takes: a model has at most 134 million synapses."""
    pieces = 1 + int(p * len(source) * len(target) / 1e8)
    for k in range(pieces):
        first, last = len(source) * k // pieces, len(source) * (k + 1) // pieces
        name = f"static_{source[0].global_id}_{k}"
        nest.CopyModel("static_synapse", name)
        rule = {"rule": "pairwise_bernoulli", "p": p}
        nest.Connect(source[first:last], target, rule, {"synapse_model": name, **synapse})


def stdp(n: int) -> nest.NodeCollection:
    kind, constants = CELLS["cuba"]
    constants = {**constants, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "tau_minus": plastic.TAU}
    cells = nest.Create(kind, n, constants)
    cells.V_m = -60 + 10 * np.random.default_rng(1).random(n)
    E, I = cells[: n * 4 // 5], cells[n * 4 // 5 :]
    we, wi = (w * 4000 / n * C / TAU for w in plastic.WEIGHTS)
    rule = {"rule": "pairwise_bernoulli", "p": 0.02}
    learning = {
        "synapse_model": "stdp_synapse", "tau_plus": plastic.TAU, "lambda": plastic.RATE,
        "alpha": plastic.ASYMMETRY, "mu_plus": 0.0, "mu_minus": 0.0, "Wmax": 2 * we,
        "weight": we, "delay": 0.1,
    }  # fmt: skip
    nest.Connect(E, E, rule, learning)
    nest.Connect(E, I, rule, {"weight": we, "delay": 0.1})
    nest.Connect(I, cells, rule, {"weight": wi, "delay": 0.1})
    return cells


def vogels_2011(n: int) -> nest.NodeCollection:
    kind, constants = CELLS["coba"]
    constants = {**constants, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "E_ex": 0.0, "E_in": -80.0}
    cells = nest.Create(kind, n, {**constants, "I_e": 200.0, "V_m": -60.0})
    cells.tau_minus = plastic.TAU
    E, I = cells[: n * 4 // 5], cells[n * 4 // 5 :]
    scale = 10000 / n
    rule = {"rule": "pairwise_bernoulli", "p": 0.02}
    nest.Connect(E, cells, rule, {"weight": 0.3 * scale, "delay": 0.1})
    nest.Connect(I, I, rule, {"weight": -3.0 * scale, "delay": 0.1})
    learning = {
        "synapse_model": "vogels_sprekeler_synapse", "tau": plastic.TAU,
        "eta": plastic.ETA * scale, "alpha": 2 * plastic.TARGET * 0.02, "Wmax": -1000.0 * scale,
        "weight": -1e-6, "delay": 0.1,
    }  # fmt: skip
    nest.Connect(I, E, rule, learning)
    return E


def brunel(n: int, g: float = 5.0, eta: float = 2.0) -> nest.NodeCollection:
    J, E = 0.1, n * 4 // 5
    CE, CI = E // 10, E // 40
    constants = {"tau_m": TAU, "t_ref": 2.0, "E_L": 0.0, "V_th": 20.0, "V_reset": 10.0, "C_m": 1.0}
    cells = nest.Create("iaf_psc_delta", n, {**constants, "V_m": 0.0})
    noise = nest.Create("poisson_generator", 1, {"rate": eta * 20 / (J * TAU) * 1000})
    nest.Connect(noise, cells, "all_to_all", {"weight": J, "delay": 1.5})
    for source, degree, weight in ((cells[:E], CE, J), (cells[E:], CI, -g * J)):
        rule = {"rule": "fixed_indegree", "indegree": degree, "allow_autapses": True}
        rule["allow_multapses"] = False
        nest.Connect(source, cells, rule, {"weight": weight, "delay": 1.5})
    return cells


def main(model: str, n: int, seconds: float, repeats: int) -> None:
    nest.set_verbosity("M_ERROR")
    setups, runs = [], []
    for _ in range(repeats):
        nest.ResetKernel()
        nest.SetKernelStatus({"resolution": 0.1, "local_num_threads": 1, "rng_seed": 1})
        start = time.perf_counter()
        own = {"brunel": brunel, "stdp": stdp, "vogels": vogels_2011}
        cells = own[model](n) if model in own else vogels(model, n)
        recorder = nest.Create("spike_recorder")
        nest.Connect(cells, recorder)
        nest.Prepare()
        setups.append(time.perf_counter() - start)
        start = time.process_time()
        nest.Run(seconds * 1000)
        runs.append(time.process_time() - start)
        nest.Cleanup()
    result = {"setup_s": setups[0], "run_s": runs, "version": nest.__version__}
    result["rate"] = recorder.n_events / len(cells) / seconds
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
