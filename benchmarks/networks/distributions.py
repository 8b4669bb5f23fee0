# SPDX-License-Identifier: MIT
"""The microcircuit in hodgpy and in NEST: are rates and irregularity of cells distributed alike?

    python benchmarks/networks/distributions.py --peers-python VENV/bin/python [--seeds 3]

The network of examples/networks/potjans_diesmann_2014.py at a tenth, and the same numbers in NEST.
For each population, the rates of all cells and the coefficients of variation of their intervals are
compared by the largest distance of the distribution functions (Kolmogorov and Smirnov): between
seeds of NEST, and between hodgpy and NEST. Writes DISTRIBUTIONS.md, which nobody edits.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
SCALE, START = 0.1, 0.5


def build_in_nest(plan: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """In the Python of the peers: populations, and a recorder of each."""
    import nest

    nest.set_verbosity("M_ERROR")
    nest.SetKernelStatus({"resolution": 0.1, "local_num_threads": 1, "rng_seed": plan["seed"]})
    cell = {
        "C_m": 250.0, "tau_m": 10.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "t_ref": 2.0,
        "E_L": -65.0, "V_th": -50.0, "V_reset": -65.0,
    }  # fmt: skip
    groups, recorders = [], []
    for k, size in enumerate(plan["sizes"]):
        mean, deviation = (row[k] for row in plan["start"])
        group = nest.Create("iaf_psc_exp", size, {**cell, "I_e": plan["constant"][k]})
        group.V_m = nest.random.normal(mean, deviation)
        noise = nest.Create("poisson_generator", 1, {"rate": 8.0 * plan["inputs"][k]})
        nest.Connect(noise, group, "all_to_all", {"weight": plan["outside"], "delay": 1.5})
        recorder = nest.Create("spike_recorder")
        nest.Connect(group, recorder)
        groups.append(group)
        recorders.append(recorder)
    for t, s in itertools.product(range(len(groups)), repeat=2):
        number, w = plan["numbers"][t][s], plan["weights"][t][s]
        if not number:
            continue
        low, high = sorted((0.0, 2 * w))
        mean_delay = 1.5 if w > 0 else 0.75
        drawn = nest.math.max(nest.random.normal(w, abs(w) / 10), low)
        delay = nest.math.max(nest.random.normal(mean_delay, mean_delay / 2), 0.1)
        name = f"static_{s}_{t}"  # a model holds 134 million synapses at most
        nest.CopyModel("static_synapse", name)
        nest.Connect(
            groups[s], groups[t], {"rule": "fixed_total_number", "N": number},
            {"synapse_model": name, "weight": nest.math.min(drawn, high), "delay": delay},
        )  # fmt: skip
    return groups, recorders


def in_nest(plan: dict[str, Any], out: str) -> None:
    """Run in the Python of the peers: spikes of one seed into a file."""
    import nest

    groups, recorders = build_in_nest(plan)
    nest.Simulate(1e3 * plan["seconds"])
    found = {}
    for k, (group, recorder) in enumerate(zip(groups, recorders, strict=True)):
        events = recorder.get("events")
        found[f"i{k}"] = np.asarray(events["senders"]) - group[0].global_id
        found[f"t{k}"] = np.asarray(events["times"]) * 1e-3
    np.savez(out, **found)


def measures(i: np.ndarray, t: np.ndarray, size: int, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Rates of all cells, and CV of those with five spikes or more."""
    order = np.lexsort((t, i))
    i, t = i[order], t[order]
    i, t = i[t >= START], t[t >= START]
    trains = np.split(t, np.searchsorted(i, np.arange(1, size)))
    rates = np.array([len(x) for x in trains]) / (end - START)
    intervals = [np.diff(x) for x in trains if len(x) >= 5]
    return rates, np.array([x.std() / x.mean() for x in intervals])


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference of the distribution functions."""
    at = np.concatenate([a, b])
    below = [np.searchsorted(np.sort(x), at, side="right") / len(x) for x in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def plan_of(circuit: Any, scale: float, seconds: float) -> dict[str, Any]:
    """The numbers of examples/networks/potjans_diesmann_2014.py, for build_in_nest."""
    w = np.where(np.arange(8) % 2, -4.0, 1.0) * circuit.current_of(0.15) * np.ones((8, 1))
    w[0, 2] *= 2
    return {
        "sizes": np.round(circuit.SIZES * scale).astype(int).tolist(),
        "start": circuit.START.tolist(), "seconds": seconds,
        "constant": circuit.compensation(scale, w).tolist(),
        "inputs": [round(x * scale) for x in circuit.EXTERNAL],
        "outside": circuit.current_of(0.15) / np.sqrt(scale),
        "numbers": np.round(circuit.full_numbers() * scale**2).astype(int).tolist(),
        "weights": (w / np.sqrt(scale)).tolist(),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable, help="Python with NEST")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument(
        "--nest", nargs=2, help="a plan, and where spikes go: for this script alone"
    )
    a = parser.parse_args()
    if a.nest:
        in_nest(json.loads(Path(a.nest[0]).read_text("utf-8")), a.nest[1])
        return
    sys.path.insert(0, str(HERE.parents[1] / "examples" / "networks"))
    import potjans_diesmann_2014 as circuit

    import hodgpy as hp

    sizes = np.round(circuit.SIZES * SCALE).astype(int)
    plan = plan_of(circuit, SCALE, a.seconds)
    runs: dict[str, list[list[tuple[np.ndarray, np.ndarray]]]] = {"hodgpy": [], "NEST": []}
    for seed in range(1, a.seeds + 1):
        network, spikes = circuit.build(SCALE, seed)
        network.run(a.seconds)
        runs["hodgpy"].append(
            [measures(s.i, s.t, n, a.seconds) for s, n in zip(spikes.values(), sizes, strict=True)]
        )
        with tempfile.TemporaryDirectory() as folder:
            given, out = Path(folder, "plan.json"), Path(folder, "spikes.npz")
            given.write_text(json.dumps(plan | {"seed": seed}), "utf-8")
            command = [a.peers_python, __file__, "--nest", str(given), str(out)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            found = np.load(out)
            runs["NEST"].append(
                [
                    measures(found[f"i{k}"], found[f"t{k}"], n, a.seconds)
                    for k, n in enumerate(sizes)
                ]
            )
    lines = [
        "# Distributions in the microcircuit", "",
        f"Made by `benchmarks/networks/distributions.py` with hodgpy {hp.__version__}; not edited "
        f"by hand. A tenth of the network, {a.seeds} seeds each, {a.seconds - START:g} s after "
        f"{START:g} s. Largest distances of distribution functions: the mean and the largest of "
        "pairs of seeds of NEST, and the mean of hodgpy against NEST.", "",
        "| population | rate: hodgpy, NEST (Hz) | rates: NEST, at most | hodgpy "
        "| CV: NEST, at most | hodgpy |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for k, name in enumerate(circuit.NAMES):
        means = [np.mean([run[k][0].mean() for run in runs[who]]) for who in ("hodgpy", "NEST")]
        row = [name, f"{means[0]:.3f}, {means[1]:.3f}"]
        for what in (0, 1):
            own = [
                distance(x[k][what], y[k][what]) for x, y in itertools.combinations(runs["NEST"], 2)
            ]
            across = [
                distance(x[k][what], y[k][what])
                for x, y in itertools.product(runs["hodgpy"], runs["NEST"])
            ]
            row += [f"{np.mean(own):.3f}, {max(own):.3f}", f"{np.mean(across):.3f}"]
        lines.append(f"| {' | '.join(row)} |")
    (HERE / "DISTRIBUTIONS.md").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
