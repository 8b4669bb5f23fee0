# SPDX-License-Identifier: MIT
"""Ensembles: copies of a network in one equal the networks run alone, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, ms, mV, um

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


DRIVEN = """
neuron driven {
    input I : 1
    param tau = 10 ms
    dv/dt = (I - v)/tau : 1
    threshold v > 1
    reset { v = 0 }
}
"""


def driven() -> hp.Network:
    """Everything that drives cells, on whole populations and on parts of them."""
    cells = hp.Population(hp.compile(DRIVEN).driven, 6, name="cells")
    part = cells.subgroup([1, 4], "part")
    given = hp.SpikeGenerator(3, [0, 1, 2, 1], [1, 2, 3, 5] * ms, period=7 * ms, name="given")
    arrivals = hp.Synapses(given, part, "w : 1", on_pre="v_post += w", name="arrivals")
    arrivals.connect()
    arrivals.w = np.linspace(0.1, 0.2, len(arrivals))
    return hp.Network(
        cells, given, arrivals,
        hp.CurrentClamp(cells, "I", [0.5, 1.5], onset=[0, 20] * ms, name="clamp"),
        hp.PulseTrain(
            part, "I", 3.0, frequency=200 * Hz, width=1 * ms, jitter=0.2 * ms, name="pulses"
        ),
        hp.SpikeRecorder(cells, "v", name="spikes"),
        hp.SpikeRecorder(part, name="spikes_of_part"),
        hp.StateRecorder(part, ["v", "2*v"], record=[1], name="states"),
        dt=0.1 * ms,
    )  # fmt: skip


def test_stimuli_generators_and_subgroups() -> None:
    alone = driven()
    ensemble = driven().ensemble(3)
    for _ in range(2):
        alone.run(30 * ms)
        ensemble.run(30 * ms)
        alone["clamp"].amplitude = [2, 0.2]
        ensemble.set("clamp.amplitude", [2, 0.2])
    assert len(alone["spikes"]) > 20
    assert len(alone["spikes_of_part"]) > 5
    for m in range(3):
        assert np.array_equal(ensemble.get("cells.v")[m], alone["cells"].v)
        for name in ("spikes", "spikes_of_part", "states"):
            for key, values in alone[name].data().items():
                assert np.array_equal(ensemble.recording(name)[m][key], values), (name, key)


def noisy() -> hp.Network:
    cells = hp.Population(hp.compile(DRIVEN).driven, 6, name="cells")
    group = hp.PoissonGroup(20, np.linspace(50, 500, 20) * Hz, name="group")
    arrivals = hp.Synapses(group, cells, on_pre="v_post += 0.1", name="arrivals")
    arrivals.connect(p=0.5, seed=1)
    return hp.Network(
        cells, group, arrivals,
        hp.PoissonInput(cells[:3], "v", 10, 100 * Hz, 0.02, name="input"),
        hp.NoiseCurrent(cells, "I", mean=0.5, sd=0.5, tau=5 * ms, name="noise"),
        hp.SpikeRecorder(cells, name="spikes"),
        hp.SpikeRecorder(group, name="inputs"),
        dt=0.1 * ms, seed=3,
    )  # fmt: skip


def test_random_sources_have_numbers_of_their_own() -> None:
    alone = noisy()
    ensemble = noisy().ensemble(4)
    alone.run(100 * ms)
    ensemble.run(100 * ms)
    first = ensemble.recording("spikes")[0]
    assert len(first["t"]) > 20
    assert np.array_equal(first["t"], alone["spikes"].t)  # the first copy is the network itself
    assert np.array_equal(ensemble.get("cells.v")[0], alone["cells"].v)
    assert len(np.unique(ensemble.get("cells.v"))) == 24
    trains = [set(zip(one["t"], one["i"], strict=True)) for one in ensemble.recording("inputs")]
    expected = 100e-3 * np.linspace(50, 500, 20).sum()
    for m, train in enumerate(trains):
        assert abs(len(train) - expected) < 5 * expected**0.5
        assert all(train != other for other in trains[:m])


def test_numbers_of_neurons_are_not_those_of_a_copy() -> None:
    text = "dv/dt = (i*a - v)/(10*ms) : 1\na : 1"
    P = hp.Population(hp.compile(text), 3, name="cells")
    with pytest.raises(hp.SimulationError, match="its equations read `i`, which counts through"):
        hp.Network(P, dt=0.1 * ms).ensemble(2)
    spiking = hp.compile("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0")
    P = hp.Population(spiking, 3, name="cells")
    S = hp.Synapses(P, P, on_pre="v_post += 0.1*j", name="synapses")
    S.connect()
    with pytest.raises(hp.SimulationError, match="its equations read `j`, which counts through"):
        hp.Network(P, S, dt=0.1 * ms).ensemble(2)
    M = hp.StateRecorder(P, "i*v", name="states")
    with pytest.raises(hp.SimulationError, match="what it records reads `i`"):
        hp.Network(P, M, dt=0.1 * ms).ensemble(2)


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
