# SPDX-License-Identifier: MIT
"""Stimulation switched by beta power; and that many short runs are one long run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hodgpy.units import ms

FOLDER = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _path() -> Iterator[None]:
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))


def parkinsonian(runs: int, duration: float) -> Any:
    """The stimulated network after so many runs."""
    example = importlib.import_module("basal_ganglia")
    model = example.build(example.draw(10, 1), pd=1)
    example.stimulate(model, 130.0, "STN", 0)
    for _ in range(runs):
        model.network.run(duration / runs * ms)
    return model


def test_two_thousand_short_runs_are_one_long_run() -> None:
    """Bit by bit, spikes and states; `benchmarks/basal_ganglia/short_runs.py` has the price."""
    one = parkinsonian(1, 2000)
    many = parkinsonian(2000, 2000)
    assert sum(len(s) for s in one.spikes.values()) > 2000
    for name, spikes in one.spikes.items():
        np.testing.assert_array_equal(many.spikes[name].steps, spikes.steps)
        np.testing.assert_array_equal(many.spikes[name].i, spikes.i)
        for variable in one.populations[name].model.states:
            np.testing.assert_array_equal(
                many.populations[name].get(variable), one.populations[name].get(variable)
            )


def test_stimulation_follows_the_power_and_lowers_it() -> None:
    pytest.importorskip("scipy")
    example = importlib.import_module("closed_loop")
    found = {}
    for bound in (-1.0, 400.0, 1e9):
        model, controller = example.build(bound)
        example.run(model, controller, 3.0)
        np.testing.assert_array_equal(controller.on, np.array(controller.power) > bound)
        found[bound] = np.mean(controller.power[8:])
        assert len(controller.on) == 30
        share = np.mean(controller.on)
        assert share == {-1.0: 1.0, 1e9: 0.0}.get(bound, share)
        if bound == 400.0:
            assert 0.2 < share < 0.9
    assert found[-1.0] < 0.6 * found[1e9]
    assert found[-1.0] < found[400.0] < 0.9 * found[1e9]
