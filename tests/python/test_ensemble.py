# SPDX-License-Identifier: MIT
"""Ensembles: copies of a network in one equal the networks run alone, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, um

CELL = """
dv/dt = (-60*mV - v + R*I + g*(0*mV - v)/(10*nS))/tau : volt (unless refractory)
dg/dt = -g/(5*ms) : siemens
R : ohm
I : amp
tau : second
"""


def network(drive: float, weight: float, tau: float = 10e-3) -> hp.Network:
    model = hp.compile(CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=2 * ms)
    P = hp.Population(model, 13, name="cells")
    P.v, P.R, P.tau = -60 * mV, 1e8, tau
    P.I = drive * np.linspace(1, 2, 13)
    S = hp.Synapses(P, P, "w : siemens", on_pre="g_post += w", delay=1 * ms, name="synapses")
    S.connect("i != j", p=0.3, seed=2)
    S.w = weight
    S.delay = np.linspace(0.5, 3, len(S)).round(1) * ms
    spikes = hp.SpikeRecorder(P, name="spikes")
    states = hp.StateRecorder(P, ["v", "g"], record=[0, 5], name="states")
    return hp.Network(P, S, spikes, states, dt=0.1 * ms)


def test_copies_equal_the_networks_alone() -> None:
    drives, weights, taus = [90e-12, 120e-12, 60e-12], [0.5e-9, 0.2e-9, 2e-9], [10e-3, 8e-3, 12e-3]
    ensemble = network(1e-12, 1e-9).ensemble(3)
    ensemble.set("cells.I", np.outer(drives, np.linspace(1, 2, 13)))
    ensemble.set("synapses.w", weights)
    ensemble.set("cells.tau", np.array(taus) * 1e3 * ms)
    ensemble.run(100 * ms)
    assert ensemble.get("cells.v").shape == (3, 13)
    fired = []
    for m, (drive, weight, tau) in enumerate(zip(drives, weights, taus, strict=True)):
        alone = network(drive, weight, tau)
        alone.run(100 * ms)
        assert np.array_equal(ensemble.get("cells.v")[m], alone["cells"].v)
        spikes = ensemble.recording("spikes")[m]
        assert np.array_equal(spikes["t"], alone["spikes"].t)
        assert np.array_equal(spikes["i"], alone["spikes"].i)
        states = ensemble.recording("states")[m]
        assert np.array_equal(states["g"], alone["states"].g)
        fired.append(len(spikes["i"]))
    assert min(fired) > 0
    assert len(set(fired)) == 3


def test_random_numbers_differ_between_copies() -> None:
    model = hp.compile("dv/dt = -v/(10*ms) + xi/ms**0.5 : 1")
    net = hp.Network(hp.Population(model, 5, name="cells"), dt=0.1 * ms)
    ensemble = net.ensemble(4)
    ensemble.run(10 * ms)
    v = ensemble.get("cells.v")
    assert len(np.unique(v)) == 20
    assert net.t == 0


def test_one_value_for_all_and_what_is_said() -> None:
    ensemble = network(100e-12, 1e-9).ensemble(2)
    ensemble.set("cells.I", 0.0)
    assert np.all(ensemble.get("cells.I") == 0)
    assert len(ensemble) == 2
    assert "2 copies of cells, synapses" in repr(ensemble)
    with pytest.raises(hp.SimulationError, match=r"shape \(5,\); it takes one value, \(2,\) or"):
        ensemble.set("cells.I", np.zeros(5))
    with pytest.raises(hp.SimulationError, match=r"HH6055: `celsl\.I` names no variable"):
        ensemble.set("celsl.I", 0.0)
    with pytest.raises(hp.SimulationError, match="no recorder `rates`; there are spikes, states"):
        ensemble.recording("rates")


def test_what_cannot_be_part_of_one() -> None:
    net = network(100e-12, 1e-9)
    net.add(hp.RateRecorder(net["cells"]))
    with pytest.raises(hp.SimulationError, match=r"HH6055: `cells_rate` \(RateRecorder\)"):
        net.ensemble(2)
    net = network(100e-12, 1e-9)
    net.add(hp.StateRecorder(net["cells"], "v", over_neurons="mean", name="mean"))
    with pytest.raises(hp.SimulationError, match=r"HH6055: `mean` \(StateRecorder\)"):
        net.ensemble(2)
    ran = network(100e-12, 1e-9)
    ran.run(1 * ms)
    with pytest.raises(hp.SimulationError, match=r"HH6055: the network stands at 0\.001 s"):
        ran.ensemble(2)
    shape = hp.Cylinder(diameter=1 * um, length=10 * um, n=1)
    cell = hp.Cell(shape, "Im = -v*siemens/meter**2 : amp/meter**2", name="cable")
    with pytest.raises(hp.SimulationError, match=r"HH6055: `cable` \(Cell\)"):
        hp.Network(cell, dt=0.1 * ms).ensemble(2)
    with pytest.raises(hp.SimulationError, match="number of copies"):
        network(100e-12, 1e-9).ensemble(0)
