# SPDX-License-Identifier: MIT
"""Cells by CVODE: the converged solution, its own linear solver, the network's grid, refusals."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cmeter, ms, msiemens, mV, nA, uF, um
from squid_cable import SQUID, SQUID_INIT, SQUID_VALUES

LEAK = {"gl": 0.3 * msiemens / cmeter**2, "El": -54.387 * mV, "Ri": 1.0}


def branched() -> hp.Morphology:
    shape = hp.Soma(diameter=20 * um)
    shape.a = hp.Cylinder(diameter=2 * um, length=300 * um, n=15)
    shape.a.L = hp.Cylinder(diameter=1.2 * um, length=200 * um, n=11)
    shape.a.R = hp.Cylinder(diameter=1 * um, length=250 * um, n=13)
    shape.b = hp.Section(diameter=[3 * um, 1 * um], length=200 * um, n=9)
    return shape


def squid(method: str, **options: object) -> hp.Cell:
    values = SQUID_VALUES | LEAK | options
    cell = hp.Cell(branched(), SQUID, method=method, init=SQUID_INIT, **values)
    cell["soma"].I = 0.5 * nA
    return cell


def traces(cell: hp.CablePopulation, dt: object, time: object = 20 * ms) -> np.ndarray:
    recorder = hp.StateRecorder(cell, "v", dt=0.5 * ms)
    hp.Network(cell, recorder, dt=dt).run(time, record_end=True)
    return np.asarray(recorder.v)


def test_it_is_what_crank_nicolson_converges_to() -> None:
    coarse, fine = (traces(squid("crank_nicolson"), dt * ms) for dt in (0.004, 0.002))
    extrapolated = fine + (fine - coarse) / 3
    ours = traces(squid("cvode"), 0.5 * ms)
    error = np.abs(ours - extrapolated).max()
    assert error < 1e-5  # volt; a spike passes at 0.4 V/ms
    assert error < 0.2 * np.abs(coarse - extrapolated).max()
    assert ours.max() > 0.02


def test_the_error_follows_the_tolerance() -> None:
    reference = traces(squid("cvode", rtol=1e-10, atol=1e-10), 0.5 * ms)
    errors = [
        np.abs(traces(squid("cvode", rtol=bound, atol=bound), 0.5 * ms) - reference).max()
        for bound in (1e-5, 1e-7)
    ]
    assert errors[1] < errors[0] / 5
    assert errors[1] < 2e-4


def test_restarts_on_the_grid_change_little_and_cuts_of_runs_nothing() -> None:
    whole = traces(squid("cvode"), 0.5 * ms)
    assert np.abs(traces(squid("cvode"), 0.1 * ms) - whole).max() < 1e-4
    cell = squid("cvode")
    net = hp.Network(cell, dt=0.5 * ms)
    for _ in range(10):
        net.run(2 * ms)
    assert np.array_equal(cell.v, whole[:, -1])


CALCIUM = """
Im = gl*(-70*mV - v) + I_Ca + p*m**2*c*(50*mV - v) : amp/meter**2
I_Ca = g*s*(60*mV - v) : amp/meter**2
ds/dt = (1/(1 + exp(-(v + 50*mV)/(5*mV))) - s)/(2*ms) : 1
dm/dt = (ca/(ca + 1*mmolar) - m)/(3*ms) : 1
dc/dt = (o - c)/ms - c/(4*ms) : 1
do/dt = (c - o)/(2*ms) + (1 - o)*s/ms : 1
dca/dt = I_Ca/(2*96485.33212*coulomb/mole*um) - ca/(20*ms) - 5*ca*m/ms : mmolar
gl : siemens/meter**2
g : siemens/meter**2
p : siemens/meter**2
I : amp (point current)
"""


def test_states_that_read_each_other() -> None:
    """Concentrations, schemes, gates of them: what Newton's method must know of a compartment."""
    runs = []
    for method, dt in (("crank_nicolson", 0.001), ("cvode", 1.0)):
        cell = hp.Cell(
            branched(), CALCIUM, method=method, Ri=1.0, Cm=1 * uF / cmeter**2, v=-70 * mV,
            gl=0.1 * msiemens / cmeter**2, g=0.4 * msiemens / cmeter**2,
            p=0.1 * msiemens / cmeter**2,
        )  # fmt: skip
        cell["a.R.end"].I = 0.05 * nA
        recorder = hp.StateRecorder(cell, ["v", "ca"], dt=1 * ms)
        hp.Network(cell, recorder, dt=dt * ms).run(20 * ms)
        runs.append(recorder)
    slow, fast = runs
    assert np.abs(slow.v - fast.v).max() < 5e-6
    assert np.abs(slow.ca - fast.ca).max() < 1e-3 * fast.ca.max()
    assert fast.v.max() > -0.055 > fast.v.min()  # the cell was active


def test_cells_do_not_feel_each_other() -> None:
    one = squid("cvode")
    shapes = [branched(), hp.Cylinder(diameter=3 * um, length=100 * um, n=5), branched()]
    several = hp.CablePopulation(
        shapes, SQUID, method="cvode", init=SQUID_INIT, **(SQUID_VALUES | LEAK)
    )
    for k, current in enumerate((0.5, 0.01, 0.5)):
        several.cell(k)[0].I = current * nA
    alone = traces(one, 0.5 * ms)
    together = traces(several, 0.5 * ms)
    for k in (0, 2):
        assert np.array_equal(together[several.cell(k).indices], alone)


def test_interpreter_and_machine_code_agree() -> None:
    found = []
    for target in ("native", "interpreter"):
        model = hp.compile(SQUID, cell=True, method="cvode", init=SQUID_INIT, target=target)
        shape = hp.Cylinder(diameter=2 * um, length=100 * um, n=3)
        cell = hp.Cell(shape, model, **(SQUID_VALUES | LEAK))
        cell[0].I = 0.1 * nA
        found.append(traces(cell, 0.5 * ms, 3 * ms))
    assert np.array_equal(*found)


def test_thresholds_synapses_and_processes_stand_on_the_grid() -> None:
    synaptic = "Is = ge*(0*mV - v) : amp (point current)\ndge/dt = -ge/(3*ms) : siemens"
    cell = hp.Cell(
        branched(), f"{SQUID}\n{synaptic}",
        method="cvode", init=SQUID_INIT, threshold="v > 0*mV", refractory="v > 0*mV",
        **(SQUID_VALUES | LEAK),
    )  # fmt: skip
    source = hp.SpikeGenerator(1, [0], [2 * ms])
    synapse = hp.Synapses(source, cell, on_pre="ge_post += 40*nS")
    synapse.connect(i=[0], j=cell["a.50*um"].indices)
    clamp = cell.voltage_clamp("b.end", V=-65 * mV)
    spikes = hp.SpikeRecorder(cell)
    hp.Network(source, cell, synapse, spikes, dt=0.1 * ms).run(10 * ms)
    assert len(spikes) == 1
    assert 2e-3 < spikes.t[0] < 6e-3
    assert np.isfinite(clamp.I_clamp).all()
    assert 0 < cell["a.50*um"].ge[0] < 40e-9


def test_pickled_and_restored() -> None:
    cell = squid("cvode", rtol=1e-5, atol=1e-7)
    copy = pickle.loads(pickle.dumps(cell))
    assert np.array_equal(traces(copy, 0.5 * ms), traces(cell, 0.5 * ms))


NOISY = """
Im = (-70*mV - v)*siemens/meter**2 + s*xi : amp/meter**2
s : amp*second**0.5/meter**2
"""


def test_what_it_refuses() -> None:
    shape = hp.Cylinder(diameter=2 * um, length=100 * um, n=3)
    with pytest.raises(hp.ModelError, match="HH5004"):
        hp.Cell(shape, NOISY, method="cvode")
    with pytest.raises(hp.SimulationError, match="rtol is 0"):
        hp.Cell(shape, SQUID, method="cvode", rtol=0)
    with pytest.raises(hp.SimulationError, match="atol is 'a'"):
        hp.Cell(shape, SQUID, method="cvode", atol="a")
    with pytest.raises(hp.SimulationError, match="for method cvode"):
        hp.Cell(shape, SQUID, rtol=1e-6)
    compiled = hp.compile(SQUID, cell=True)
    with pytest.raises(hp.SimulationError, match="compiled for crank_nicolson, not for cvode"):
        hp.Cell(shape, compiled, method="cvode")


def test_a_cell_that_cannot_go_on_is_a_fault() -> None:
    text = "Im = (v/mV)**2*amp/meter**2 + 1*amp/meter**2 : amp/meter**2"  # infinite after 0.016 ms
    cell = hp.Cell(hp.Cylinder(diameter=2 * um, length=10 * um, n=1), text, method="cvode")
    with pytest.raises(hp.SimulationError, match="`v`"):
        hp.Network(cell, dt=0.1 * ms).run(10 * ms)


def test_spikes_are_found_within_the_step_at_any_place() -> None:
    def times(dt: float) -> np.ndarray:
        cell = hp.Cell(
            branched(), SQUID, method="cvode", init=SQUID_INIT, threshold="v > 0*mV",
            refractory="v > 0*mV", threshold_at="everywhere", **(SQUID_VALUES | LEAK),
        )  # fmt: skip
        cell["soma"].I = 0.5 * nA
        spikes = hp.SpikeRecorder(cell, interpolate=True, level=0 * mV)
        hp.Network(cell, spikes, dt=dt * ms).run(8 * ms)
        return np.asarray(spikes.t)

    coarse, fine = times(0.4), times(0.05)
    assert len(coarse) == len(fine) > 10
    assert np.ptp(fine) > 1e-4  # it travels
    np.testing.assert_allclose(np.sort(coarse), np.sort(fine), atol=2e-7)
