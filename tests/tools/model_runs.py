# SPDX-License-Identifier: MIT
"""Helpers of the model tests: step responses, frequencies, steady states."""

from __future__ import annotations

import numpy as np

import hodgpy as hp
from hodgpy.units import ms, second


def model(name: str, **options: object) -> hp.Model:
    """The only model of a file of the standard library's neurons."""
    return next(iter(hp.compile(f"neurons.{name}", **options)))


def frequencies(
    cell: hp.Model,
    currents: np.ndarray,
    *,
    level: float,
    variable: str = "I",
    dt: float = 0.01e-3,
    duration: float = 1.0,
    **values: object,
) -> np.ndarray:
    """1/(last interval) in Hz of the crossings of `level` (volt); 0 for a cell that fell silent."""
    cells = hp.Population(cell, len(currents), **values)
    cells.set(variable, currents)
    spikes = hp.SpikeRecorder(cells, interpolate=True, level=level)
    hp.Network(cells, spikes, dt=dt * second).run(duration * second)
    trains = spikes.trains().values()
    return np.array(
        [1 / (t[-1] - t[-2]) if len(t) > 2 and t[-1] > 0.8 * duration else 0.0 for t in trains]
    )


def settle(cell: hp.Model, duration: object = 2000 * ms, **values: object) -> hp.Population:
    """One cell after a time without input."""
    cells = hp.Population(cell, 1, **values)
    hp.Network(cells, dt=0.01 * ms).run(duration)
    return cells
