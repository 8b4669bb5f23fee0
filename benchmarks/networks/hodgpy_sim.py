# SPDX-License-Identifier: MIT
"""CUBA, COBA, COBAHH and Brunel's network in hodgpy: those of examples/networks. Run by race.py."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

import hodgpy as hp

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "networks"))


def main(model: str, n: int, seconds: float, repeats: int) -> None:
    setups, runs = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        if model == "brunel":
            network, spikes = importlib.import_module("brunel_2000").build(5.0, 2.0, n)
        else:
            network, spikes = importlib.import_module(model).build(n)
        network.run(0.0)
        setups.append(time.perf_counter() - start)
        start = time.process_time()
        network.run(seconds)
        runs.append(time.process_time() - start)
    result = {"setup_s": setups[0], "run_s": runs, "version": hp.__version__}
    result["rate"] = len(spikes) / n / seconds
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
