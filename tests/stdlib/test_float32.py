# SPDX-License-Identifier: MIT
"""What single precision keeps: each shipped neuron in float32 beside itself in float64.

The table in docs/internals/float32.md is printed by `python tests/stdlib/test_float32.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms

# noise: float32 draws other numbers, so there is nothing to compare
NEURONS = sorted(
    str(name)
    for name in hp.models()
    if str(name).startswith("neurons.") and "stochastic" not in str(name)
)
# Part of the range of v by which it may be off within 20 ms. A rounding is 6e-8; 2000 steps and a
# spike's steep flank, where a shift in time is a shift in v, make the rest.
BOUND = 4e-3


def trace(name: str, dtype: str) -> np.ndarray[Any, Any]:
    """v for 20 ms at dt 0.01 ms, from a tenth beside the model's own start."""
    cell = next(iter(hp.compile(name, dtype=dtype)))
    population = hp.Population(cell, 1)
    state = "x" if "hindmarsh" in name else "v"
    population.set(state, np.asarray(population.get(state)) * 0.9)
    recorder = hp.StateRecorder(population, state)
    hp.Network(population, recorder, dt=0.01 * ms).run(20 * ms)
    return np.asarray(recorder.data()[state]).ravel().astype(float)


def deviation(name: str) -> float:
    """Largest difference of the two traces over the range of the double one."""
    double, single = trace(name, "float64"), trace(name, "float32")
    return float(np.max(np.abs(single - double)) / max(np.ptp(double), 1e-9))


@pytest.mark.parametrize("name", NEURONS)
def test_float32_follows_float64(name: str) -> None:
    found = deviation(name)
    assert 0 < found < BOUND  # 0 would mean that float32 was not used


if __name__ == "__main__":
    print("| model | part of the range of v |\n|---|---|")
    for each in NEURONS:
        print(f"| `{each}` | {deviation(each):.1e} |")
