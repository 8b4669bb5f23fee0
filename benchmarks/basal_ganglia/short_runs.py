# SPDX-License-Identifier: MIT
"""What many short runs cost beside one long run: the price of a closed loop.

    python benchmarks/basal_ganglia/short_runs.py [--repeats 5]

The stimulated parkinsonian network: 2 s in one run and in 2000 runs of 1 ms, by turns; processor
time.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

from hodgpy_version import load_example

import hodgpy as hp
from hodgpy.units import ms

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from machine import cpu_name


def seconds(runs: int, duration: float = 2000.0) -> float:
    """Processor time of `duration` ms in so many runs."""
    example = load_example()
    model = example.build(example.draw(10, 1), pd=1)
    example.stimulate(model, 130.0, "STN", 0)
    model.network.run(0 * ms)
    begun = time.process_time()
    for _ in range(runs):
        model.network.run(duration / runs * ms)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    pairs = [(seconds(1), seconds(2000)) for _ in range(parser.parse_args().repeats)]
    one, many = (median(times) for times in zip(*pairs, strict=True))
    least = min(m for _, m in pairs) / min(o for o, _ in pairs)
    print(f"{cpu_name()}, hodgpy {hp.__version__}, medians of {len(pairs)}")
    print(f"one run of 2 s      {one:.3f} s")
    print(f"2000 runs of 1 ms   {many:.3f} s")
    print(f"ratio {many / one:.2f}, of the best {least:.2f} (aim: at most 1.2)")


if __name__ == "__main__":
    main()
