# SPDX-License-Identifier: MIT
"""Cells in single precision: states are floats, the cable equation is solved in double."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cmeter, ms, msiemens, mV, nA, nS, uF, um
from squid_cable import SQUID, SQUID_INIT, SQUID_VALUES

VALUES = SQUID_VALUES | {"gl": 0.25, "El": -65 * mV, "Ri": 1.0}
CALCIUM = """
Im = gl*(-70*mV - v) : amp/meter**2
gl : siemens/meter**2
I : amp (point current)
dca/dt = (50*nmolar - ca)/(80*ms) : mmolar
"""


def branched() -> hp.Morphology:
    shape = hp.Soma(diameter=20 * um)
    shape.a = hp.Cylinder(diameter=2 * um, length=300 * um, n=15)
    shape.a.L = hp.Cylinder(diameter=1.2 * um, length=200 * um, n=11)
    shape.a.R = hp.Cylinder(diameter=1 * um, length=250 * um, n=13)
    return shape


def spike_times(dtype: str) -> list[np.ndarray]:
    shape = hp.Cylinder(diameter=1 * um, length=1000 * um, n=1000)
    cell = hp.Cell(shape, SQUID, init=SQUID_INIT, dtype=dtype, **VALUES)
    cell.set("I", 0.1 * nA, 0)
    recorder = hp.StateRecorder(cell, "v", record=[0, 999])
    hp.Network(cell, recorder, dt=0.05 * ms).run(250 * ms)
    found = []
    for trace in recorder.v:
        up = np.flatnonzero((trace[:-1] < 0) & (trace[1:] >= 0))
        found.append((up - trace[up] / (trace[up + 1] - trace[up])) * 0.05)
    return found


def test_rallpack_3_keeps_its_spike_times() -> None:
    """250 ms on 1000 compartments: single precision moves spikes by less than 1 us, where the step
    of 0.05 ms is worth 180 us."""
    double, single = spike_times("float64"), spike_times("float32")
    assert [len(times) for times in single] == [18, 17]
    for ours, exact in zip(single, double, strict=True):
        assert 0 < np.abs(ours - exact).max() < 1e-3


@pytest.mark.parametrize("method", ["crank_nicolson", "tr_bdf2", "backward_euler"])
@pytest.mark.parametrize("N", [1, 9])
def test_every_scheme_and_arrangement(method: str, N: int) -> None:
    found = []
    for dtype in ("float64", "float32"):
        cells = hp.CablePopulation(
            branched(), SQUID, N, method=method, dtype=dtype, init=SQUID_INIT, **VALUES
        )
        assert cells.model.dtype == dtype
        cells["soma"].I = 0.4 * nA
        recorder = hp.StateRecorder(cells, "v", dt=0.5 * ms)
        hp.Network(cells, recorder, dt=0.025 * ms).run(10 * ms)
        found.append(recorder.v)
    assert found[1].max() > 0.02
    assert 0 < np.abs(found[1] - found[0]).max() < 2e-5  # volt, where v moves 0.4 V/ms


def test_currents_from_elsewhere_and_what_spreads() -> None:
    found = []
    for dtype in ("float64", "float32"):
        cells = hp.CablePopulation(
            branched(), CALCIUM, 2, dtype=dtype, gl=0.1 * msiemens / cmeter**2, v=-70 * mV,
            Cm=1 * uF / cmeter**2, Ri=1.0,
        )  # fmt: skip
        cells.cell(0)["soma"].I = 0.1 * nA
        cells.cell(0)["a.100*um"].ca = 1e-3
        cells.diffuse("ca", 0.2 * um**2 / ms)
        cells.connect_gaps(cells.cell(0)["a.R.end"], cells.cell(1)["a.R.end"], 5 * nS)
        clamp = cells.voltage_clamp(cells.cell(1)["a.L.end"], V=-60 * mV)
        hp.Network(cells, dt=0.05 * ms).run(20 * ms)
        found.append((cells.v, cells.ca, clamp.I_clamp))
    for double, single in zip(*found, strict=True):
        assert np.allclose(double, single, rtol=1e-3, atol=0)  # the clamp's is a small difference
    assert np.allclose(found[0][0], found[1][0], rtol=2e-5)
    assert np.ptp(found[1][1]) > 1e-5
    assert np.ptp(found[1][0]) > 1e-3


def test_interpreter_threads_and_copies_give_the_same_bits() -> None:
    found = []
    for target, threads in (("native", 1), ("interpreter", 1), ("native", 2)):
        model = hp.compile(SQUID, cell=True, dtype="float32", init=SQUID_INIT, target=target)
        cells = hp.CablePopulation(branched(), model, 40, **VALUES)
        cells["soma"].I = 0.4 * nA
        if threads == 2:
            cells = pickle.loads(pickle.dumps(cells))
        hp.Network(cells, dt=0.05 * ms, threads=threads).run(0.5 * ms)
        found.append(cells.v)
    assert np.array_equal(found[1], found[0])
    assert np.array_equal(found[2], found[0])


def test_refusals() -> None:
    with pytest.raises(hp.SimulationError, match="cvode needs double precision"):
        hp.Cell(branched(), SQUID, method="cvode", dtype="float32")
    with pytest.raises(hp.ModelError, match="dtype"):
        hp.Cell(branched(), SQUID, dtype="half")
    model = hp.compile(SQUID, cell=True)
    with pytest.raises(hp.SimulationError, match="compiled already: give `dtype`"):
        hp.Cell(branched(), model, dtype="float32")
