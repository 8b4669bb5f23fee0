# SPDX-License-Identifier: MIT
"""COBAHH in hodgpy and in Brian 2: are ten seeds of each drawn from one distribution of rates?

    python benchmarks/networks/rates.py --peers-python VENV/bin/python [--seeds 10]

Both use Brian 2's method and dt (exponential Euler, every state from values at t; 0.1 ms), 4000
cells, rates from 0.2 to 1 s. Brian 2's program is built once and run with random numbers of its own
each time. Writes RATES.md, which nobody edits.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
START, END, CELLS = 0.2, 1.0, 4000


def brian2(seeds: int) -> list[float]:
    """Run in the Python of the peers: one program, run again and again."""
    import brian2_sim
    import numpy as np
    from brian2 import Network, defaultclock, device, ms, second, set_device

    set_device("cpp_standalone", build_on_run=False)
    defaultclock.dt = 0.1 * ms
    objects, monitor = brian2_sim.vogels("cobahh", CELLS)
    Network(*objects).run(END * second)
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        device.build(directory=folder, compile=True, run=False, debug=False)
        for _ in range(seeds):
            device.run(directory=folder, with_output=False)
            times = np.asarray(monitor.t)
            rates.append(float(np.sum(times >= START) / CELLS / (END - START)))
    return rates


def hodgpy(seeds: int) -> list[float]:
    sys.path.insert(0, str(HERE.parents[1] / "examples" / "networks"))
    import cobahh
    from common import rate_and_cv

    rates = []
    for seed in range(1, seeds + 1):
        network, spikes = cobahh.build(CELLS, seed)
        network.run(END)
        rates.append(rate_and_cv(spikes, START, END)[0])
    return rates


def report(found: dict[str, list[float]]) -> str:
    import hodgpy as hp

    means = {name: statistics.mean(rates) for name, rates in found.items()}
    errors = {name: statistics.stdev(r) / len(r) ** 0.5 for name, r in found.items()}
    ours, theirs = found
    apart = abs(means[ours] - means[theirs])
    error = (errors[ours] ** 2 + errors[theirs] ** 2) ** 0.5
    lines = [
        "# Rates of COBAHH",
        "",
        f"Made by `benchmarks/networks/rates.py` with hodgpy {hp.__version__}; not edited by hand. "
        f"{CELLS} cells, exponential Euler at 0.1 ms, Hz between {START:g} and {END:g} s.",
        "",
        "| | mean | standard error | seeds |",
        "|---|---|---|---|",
        *(
            f"| {name} | {means[name]:.2f} | {errors[name]:.2f} | "
            f"{', '.join(f'{r:.1f}' for r in sorted(rates))} |"
            for name, rates in found.items()
        ),
        "",
        f"The means are {apart:.2f} Hz apart: {apart / error:.1f} standard errors of that.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable, help="Python with Brian 2")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--out", type=Path, default=HERE / "RATES.md")
    parser.add_argument("--brian2", action="store_true", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.brian2:
        print(json.dumps(brian2(a.seeds)))
        return
    command = [a.peers_python, __file__, "--brian2", "--seeds", str(a.seeds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)
    if done.returncode != 0:
        sys.exit(done.stderr[-2000:])
    text = report({"hodgpy": hodgpy(a.seeds), "Brian 2": json.loads(done.stdout.splitlines()[-1])})
    a.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
