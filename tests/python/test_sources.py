# SPDX-License-Identifier: MIT
"""Sources of spikes and currents: Poisson, given spikes, noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, ms, mV


def test_poisson_groups_have_their_rates() -> None:
    group = hp.PoissonGroup(500, [20.0] * 250 + [40.0] * 250, name="group")
    spikes = hp.SpikeRecorder(group)
    net = hp.Network(group, spikes, seed=2)
    net.run(1)
    low, high = spikes.count[:250].sum(), spikes.count[250:].sum()
    assert abs(low - 5000) < 5 * np.sqrt(5000)
    assert abs(high - 10000) < 5 * np.sqrt(10000)
    group.rates = 0 * Hz
    spikes.clear()
    net.run(0.1)
    assert len(spikes) == 0


def test_poisson_rates_by_text() -> None:
    table = hp.TimedArray([0, 100] * Hz, dt=100 * ms)
    group = hp.PoissonGroup(200, "table(t)*int(i < 100)", name="group")
    spikes = hp.SpikeRecorder(group)
    hp.Network(group, spikes).run(0.2)
    assert spikes.t.min() >= 0.1
    assert spikes.i.max() < 100
    assert abs(len(spikes) - 1000) < 5 * np.sqrt(1000)
    assert table.dt == 0.1


def test_rates_that_are_no_probability_are_refused() -> None:
    for rates in (20000 * Hz, -1 * Hz):
        group = hp.PoissonGroup(3, rates, name="group")
        with pytest.raises(hp.SimulationError, match="HH6057"):
            hp.Network(group, dt=0.1 * ms).run(1 * ms)
    group = hp.PoissonGroup(3, 2000 * Hz, name="group")
    with pytest.warns(hp.ModelWarning, match="more regular"):
        hp.Network(group, dt=0.1 * ms).run(1 * ms)


def test_spike_generators(tmp_path: Any) -> None:
    group = hp.SpikeGenerator(3, [0, 2, 0], [1, 1, 2.5] * ms, name="given")
    spikes = hp.SpikeRecorder(group)
    net = hp.Network(group, spikes, dt=0.1 * ms)
    net.run(5 * ms)
    group.set_spikes([1], [7 * ms])
    net.run(5 * ms)
    assert list(spikes.i) == [0, 2, 0, 1]
    assert np.allclose(spikes.t, [1e-3, 1e-3, 2.5e-3, 7e-3])
    np.savez(tmp_path / "a.npz", t=[0.001, 0.002], i=[4, 2])
    np.save(tmp_path / "b.npy", np.array([[1.0, 4], [2.0, 2]]))
    (tmp_path / "c.txt").write_text("1, 4\n2, 2\n")
    for name, unit in (("a.npz", "second"), ("b.npy", "ms"), ("c.txt", "ms")):
        read = hp.SpikeGenerator.from_file(tmp_path / name, unit=unit, name="read")
        recorder = hp.SpikeRecorder(read)
        hp.Network(read, recorder).run(5 * ms)
        assert read.N == 5
        assert list(recorder.i) == [4, 2]
        assert np.allclose(recorder.t, [1e-3, 2e-3])


def test_given_spikes_repeat() -> None:
    group = hp.SpikeGenerator(2, [0, 1], [1, 3] * ms, period=10 * ms, name="given")
    spikes = hp.SpikeRecorder(group)
    net = hp.Network(group, spikes, dt=0.1 * ms)
    for _ in range(7):
        net.run(5 * ms)
    assert np.allclose(spikes.t, [0.001, 0.003, 0.011, 0.013, 0.021, 0.023, 0.031, 0.033])


WRONG_SOURCES = """
hp.PoissonGroup(0, 1*Hz)
hp.PoissonGroup(3, [1, 2]*Hz)
hp.PoissonGroup(3, 1*ms)
hp.PoissonGroup(3, "zz*Hz")
hp.SpikeGenerator(0, [], [])
hp.SpikeGenerator(3, [0], [1, 2])
hp.SpikeGenerator(3, [3], [1])
hp.SpikeGenerator(3, [-1], [1])
hp.SpikeGenerator(3, [0.5], [1])
hp.SpikeGenerator(3, [0], [-1])
hp.SpikeGenerator(3, [0], [float("nan")])
hp.SpikeGenerator(3, [0], [3*mV])
hp.SpikeGenerator(3, [0], [1], period=0.5)
hp.SpikeGenerator.from_file("/nonexistent.txt")
hp.SpikeGenerator.from_file(3)
hp.PoissonInput(P, "zz", 10, 1*Hz, 1)
hp.PoissonInput(P, "v", -1, 1*Hz, 1)
hp.PoissonInput(P, "v", 10, 1*mV, 1)
hp.PoissonInput(P, "v", 10, 1*Hz, 1*mV)
hp.PoissonInput(3, "v", 10, 1*Hz, 1)
hp.NoiseCurrent(P, "zz", sd=1, tau=1*ms)
hp.NoiseCurrent(P, "I", sd=1*mV, tau=1*ms)
""".strip().splitlines()


@pytest.mark.parametrize("wrong", WRONG_SOURCES)
def test_wrong_sources_are_refused(wrong: str, cells: hp.Population) -> None:
    with pytest.raises(hp.HodgError):
        eval(wrong, {"hp": hp, "P": cells, "ms": ms, "mV": mV, "Hz": Hz})


def test_spikes_given_wrong_have_a_code() -> None:
    with pytest.raises(hp.SimulationError, match="HH6058"):
        hp.SpikeGenerator(3, [0], [-1])


def test_poisson_input_has_its_mean_and_variance(model: hp.Model) -> None:
    counter = hp.Population(hp.compile("n : 1"), 2000, name="counter")
    source = hp.PoissonInput(counter, "n", 500, 20 * Hz, 0.5)
    net = hp.Network(counter, source, dt=0.1 * ms, seed=1)
    net.run(50 * ms)
    counts = counter.n[:] / 0.5
    assert counts.mean() == pytest.approx(500, rel=0.005)
    assert counts.var() == pytest.approx(500, rel=0.15)
    source.rate = 0 * Hz
    before = counter.n[:]
    net.run(5 * ms)
    assert np.array_equal(before, counter.n[:])


def test_poisson_input_respects_refractoriness() -> None:
    cell = hp.compile(
        "dv/dt = 0/second : 1 (unless refractory)", threshold="v > 0.5", reset="v = 0",
        refractory=1000 * ms,
    )  # fmt: skip
    cells = hp.Population(cell, 100, name="cells")
    source = hp.PoissonInput(cells, "v", 1000, 10 * Hz, 0.2)
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, source, spikes, dt=0.1 * ms).run(100 * ms)
    assert list(spikes.count) == [1] * 100
    assert np.all(cells.v[:] == 0)


def test_noise_current_is_an_ornstein_uhlenbeck_process() -> None:
    target = hp.Population(hp.compile("I : amp"), 500, name="target")
    noise = hp.NoiseCurrent(target, "I", mean=1e-9, sd=0.2e-9, tau=5 * ms, name="noise")
    drive = hp.StateRecorder(target, "I", dt=5 * ms)
    hp.Network(target, noise, drive, dt=0.1 * ms, seed=3).run(200 * ms)
    values = drive.I[:, 1:]
    assert values.mean() == pytest.approx(1e-9, rel=0.02)
    assert values.std() == pytest.approx(0.2e-9, rel=0.03)
    centred = values - 1e-9
    correlation = (centred[:, 1:] * centred[:, :-1]).mean() / centred.var()
    assert correlation == pytest.approx(np.exp(-1), abs=0.05)


def test_many_arrivals_of_one_step_act_in_order_of_their_sources() -> None:
    # Sent in steps of their own and in no order, they all arrive in step 100.
    sent = np.random.default_rng(1).integers(0, 90, 300)
    source = hp.SpikeGenerator(300, np.arange(300), sent * 1e-3)
    target = hp.Population(hp.compile("x : 1"), 1, name="target")
    S = hp.Synapses(source, target, on_pre="x = 0.75*x + i")
    S.connect()
    S.delay = (100 - sent) * 1e-3
    hp.Network(source, target, S, dt=1e-3).run(0.102)
    expected = 0.0
    for i in range(300):
        expected = 0.75 * expected + i
    assert target.x[0] == expected
