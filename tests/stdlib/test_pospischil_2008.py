# SPDX-License-Identifier: MIT
"""The five cells of Pospischil et al. 2008 against the authors' files in NEURON.

Spike times (crossings of -20 mV, ms) of the five demonstrations of ModelDB 123623, NEURON 9.0 at dt
0.001 ms, gates at 0 at the beginning as in those files. NEURON's method is of first order: its last
spikes are off by some 0.06 %. At 0.01 ms ours are off by less.
"""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, nA

# class: current (nA), its onset and length (ms), all spikes or the first six and last three
CELLS = {
    "RS": (0.75, 300, 400, 5, [320.270, 347.908, 386.656, 453.361, 586.522], []),
    "FS": (
        0.5,
        300,
        400,
        20,
        [316.972, 337.144, 357.316, 377.487, 397.659, 417.831],
        [659.892, 680.064, 700.247],
    ),
    "IB": (
        0.15,
        500,
        2000,
        8,
        [617.685, 647.137, 912.862, 1239.430, 1552.970, 1864.462],
        [2174.879, 2484.817],
    ),
    "IBR": (
        0.15,
        500,
        2000,
        16,
        [617.665, 624.898, 631.685, 638.708, 646.211, 654.425],
        [2047.122, 2086.596, 2484.449],
    ),
    "LTS": (0.15, 400, 400, 4, [431.401, 445.018, 514.565, 718.081], []),
}
BOUND = 1e-3


def spikes(name: str, **changes: float) -> np.ndarray:
    """Times in ms of the authors' protocol; `changes` are factors of parameters."""
    current, onset, length, *_ = CELLS[name]
    model = hp.compile("neurons.pospischil_2008")["IB" if name == "IBR" else name]
    values = {"ca.g": 2.2} if name == "IBR" else {}
    for parameter, factor in changes.items():
        default = model.variables[parameter].default
        assert default is not None
        values[parameter] = values.get(parameter, default) * factor
    cells = hp.Population(model, 1, **values)
    for state in model.states:
        if state not in ("v", "ca_i"):
            cells.set(state, 0.0)
    recorder = hp.SpikeRecorder(cells, interpolate=True, level=-20 * mV)
    net = hp.Network(cells, recorder, dt=0.01 * ms)
    net.run(onset * ms)
    cells.I = current * nA
    net.run(length * ms)
    cells.I = 0 * nA
    net.run(100 * ms)
    return np.array(recorder.t) * 1e3


def error(name: str, found: np.ndarray) -> float:
    *_, count, first, last = CELLS[name]
    if len(found) != count:
        return np.inf
    expected = np.array(first + last)
    compared = np.concatenate([found[: len(first)], found[len(found) - len(last) :]])
    return float(np.abs(compared / expected - 1).max())


@pytest.mark.parametrize("name", CELLS)
def test_fires_when_the_authors_files_do(name: str) -> None:
    assert error(name, spikes(name)) < BOUND


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        *[("RS", p) for p in ("C", "area", "na.g", "k.g", "m.g", "m.tau_max", "leak.g", "leak.E")],
        *[("FS", p) for p in ("C", "na.E", "na.VT", "k.g", "k.E", "leak.g")],
        *[("IB", p) for p in ("ca.g", "m.g", "leak.E", "ca.E")],
        *[("LTS", p) for p in ("ca.g", "m.g", "leak.E", "depth", "tau_ca", "ca_o")],
    ],
)
def test_notices_a_parameter_that_is_5_percent_off(name: str, parameter: str) -> None:
    assert error(name, spikes(name, **{parameter: 1.05})) > BOUND
