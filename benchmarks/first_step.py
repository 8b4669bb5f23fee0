# SPDX-License-Identifier: MIT
"""How long a user waits: import, then squid HH from its name to the first step, cold and warm.

Each figure is the median over fresh processes. Targets: first step 50 ms cold, 5 ms warm; import
0.2 s.

    python benchmarks/first_step.py [--processes 9]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

from machine import cpu_name

CHILD = """
import json, time
start = time.perf_counter()
import hodgpy as hp
imported = time.perf_counter()
cell = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
compiled = time.perf_counter()
net = hp.Network(hp.Population(cell, 1), dt=1e-5)
net.run(1e-5)
done = time.perf_counter()
print(json.dumps({"import": imported - start, "compile": compiled - imported,
                  "first step": done - imported, "version": hp.__version__}))
"""
TARGETS = {"cold": 0.050, "warm": 0.005}


def child(cache: str) -> dict[str, float]:
    environment = {**os.environ, "HHC_CACHE_DIR": cache}
    text = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, env=environment
    ).stdout
    return json.loads(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=9)
    processes = parser.parse_args().processes
    runs: dict[str, list[dict[str, float]]] = {"cold": [], "warm": []}
    with tempfile.TemporaryDirectory() as warm:
        child(warm)  # fills the cache, and the system's cache of our library
        for _ in range(processes):
            with tempfile.TemporaryDirectory() as cold:
                runs["cold"].append(child(cold))
            runs["warm"].append(child(warm))
    print(f"{cpu_name()}, Python {platform.python_version()}, hodgpy {runs['warm'][0]['version']}")
    imports = [run["import"] for kind in runs.values() for run in kind]
    print(f"import       {1e3 * statistics.median(imports):7.1f} ms   (target 200)")
    for kind, found in runs.items():
        compiled = statistics.median(run["compile"] for run in found)
        step = statistics.median(run["first step"] for run in found)
        print(
            f"{kind}: compile {1e3 * compiled:7.1f} ms, to the first step {1e3 * step:7.1f} ms"
            f"   (target {1e3 * TARGETS[kind]:.0f})"
        )


if __name__ == "__main__":
    main()
