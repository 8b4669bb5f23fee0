# SPDX-License-Identifier: MIT
"""What scripts for Brian 2 do, and what it gives there."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.errors import SimulationError, UnitError
from hodgpy.units import Hz, mS, ms, mV, nA, nS, ohm, pF, second, uA, uF


def test_exponential_euler_of_adex_spikes_as_in_brian() -> None:
    """Spike times of Brian 2.9 with the same strings and `method="exponential_euler"`."""
    namespace = {
        "gL": 30 * nS, "EL": -70.6 * mV, "DT": 2 * mV, "VT": -50.4 * mV, "C": 281 * pF,
        "a": 4 * nS, "tauw": 144 * ms,
    }  # fmt: skip
    model = hp.compile(
        """
        dv/dt = (gL*(EL - v) + gL*DT*exp((v - VT)/DT) + I - w)/C : volt
        dw/dt = (a*(v - EL) - w)/tauw : amp
        I : amp
        """,
        threshold="v > -40*mV", reset="v = -70.6*mV; w += 0.08*nA",
        method="exponential_euler", namespace=namespace,
    )  # fmt: skip
    P = hp.Population(model, 1)
    P.v, P.I = -70.6 * mV, 1 * nA
    spikes = hp.SpikeRecorder(P)
    hp.Network(P, spikes, dt=0.1 * ms).run(200 * ms)
    brian = [11.9, 25.6, 41.6, 60.3, 82.3, 107.9, 136.9, 168.7]
    assert spikes.t * 1e3 == pytest.approx(brian, abs=1e-9)


def test_exponential_euler_of_morris_lecar_is_that_of_brian() -> None:
    """The instantaneous calcium activation is held over the step; numbers of Brian 2.9."""
    namespace = {
        "g_L": 2 * mS, "V_L": -50 * mV, "g_Ca": 4 * mS, "V_Ca": 100 * mV, "g_K": 8 * mS,
        "V_K": -70 * mV, "lm": 1 / (15 * ms), "V1": 10 * mV, "V2": 15 * mV, "V3": -1 * mV,
        "V4": 14.5 * mV, "C": 20 * uF, "I": 90000 * uA,
    }  # fmt: skip
    model = hp.compile(
        """
        dV/dt = (-g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K) + I)/C : volt
        dn/dt = lam*(n_inf - n) : 1
        m_inf = 0.5*(1 + tanh((V - V1)/V2)) : 1
        n_inf = 0.5*(1 + tanh((V - V3)/V4)) : 1
        lam = lm*cosh((V - V3)/(2*V4)) : Hz
        """,
        method="exponential_euler", namespace=namespace,
    )  # fmt: skip
    P = hp.Population(model, 1)
    P.V = -50 * mV
    states = hp.StateRecorder(P, "V")
    hp.Network(P, states, dt=0.1 * ms).run(50 * ms)
    brian = [3.22310789, 6.40414789, 6.41, 6.41]
    assert states[0].V[[10, 100, 300, 499]] == pytest.approx(brian, abs=1e-8)


def test_recorders_are_indexed_by_neuron() -> None:
    P = hp.Population(hp.compile("dv/dt = (5*mV - v)/(10*ms) : volt\nw : 1"), 10)
    P.w = np.arange(10)
    states = hp.StateRecorder(P, ["v", "w"], record=[2, 5, 7])
    hp.Network(P, states).run(1 * ms)
    assert states[5].w.shape == (10,)
    assert np.all(states[5].w == 5)
    assert np.all(states[[7, 2]].w[:, 0] == [7, 2])
    assert np.all(states[2:6].w[:, 0] == [2, 5])
    assert np.array_equal(states[7].get("v", "mV"), states.get("v", "mV")[2])
    assert "w" in dir(states[5])
    assert "v, w of 5 in" in repr(states[5])
    assert np.array_equal(states[5]["v"], states["v"][1])
    with pytest.raises(SimulationError, match="neuron 3 was not recorded; recorded: 2, 5, 7"):
        states[3]
    with pytest.raises(SimulationError, match=r"2\.5 .* is no number of a neuron"):
        states[2.5]
    with pytest.raises(AttributeError, match="`x` was not recorded"):
        _ = states[5].x


def test_counts_may_be_written_as_floats() -> None:
    assert hp.PoissonGroup(1e2, 5 * Hz).N == 100
    with pytest.raises(SimulationError, match=r"10\.5 .* must be a whole number"):
        hp.PoissonGroup(10.5, 5 * Hz)
    assert hp.SpikeGenerator(1, np.zeros(3), [1, 2, 3] * ms).N == 1
    with pytest.raises(SimulationError, match="whole numbers, not"):
        hp.SpikeGenerator(1, [0, 0.5], [1, 2] * ms)
    with pytest.raises(SimulationError, match="3 times for 2 indices"):
        hp.SpikeGenerator(1, [0, 0], [1, 2, 3] * ms)


def test_a_drawn_threshold_needs_no_reset() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hp.compile("rates : Hz", threshold="rand() < rates*dt")


def test_what_has_no_dimension_is_a_plain_number() -> None:
    assert int(500 * ms / (0.1 * ms)) == 5000
    assert isinstance(20 * mV / mV, float)
    assert isinstance(np.arange(3) * mV / mV, np.ndarray)
    assert isinstance((2 / ms) * ms, float)
    assert isinstance((3 * mV) ** 0, float)
    assert int(500 * ms // (0.3 * ms)) == 1666
    assert ((7 * mV) % (2 * mV)).in_unit("mV") == pytest.approx(1)
    with pytest.raises(UnitError):
        int(5 * mV)
    with pytest.raises(UnitError):
        5 * mV // ms


def test_arrays_with_units_are_filled_and_summed_up() -> None:
    estimates = np.ones((2, 3)) * mV
    estimates[0, :] = 5 * mV
    assert estimates.shape == (2, 3)
    assert estimates.mean(axis=0).in_unit("mV") == pytest.approx([3, 3, 3])
    found = [getattr(estimates, how)().in_unit("mV") for how in ("min", "max", "sum", "std")]
    assert found == pytest.approx([1, 5, 18, 2])
    with pytest.raises(UnitError, match="an item of the array"):
        estimates[1, 1] = 5 * ms


def test_indices_and_times_at_once() -> None:
    source = hp.SpikeGenerator(2, [1, 0], [1, 2] * ms)
    spikes = hp.SpikeRecorder(source)
    hp.Network(source, spikes).run(3 * ms)
    i, t = spikes.it
    assert i.tolist() == [1, 0]
    assert t == pytest.approx([1e-3, 2e-3])


def test_exact_holds_the_coefficients_that_it_was_given() -> None:
    equations = "dv/dt = (R*I - v)/(30*ms) : volt\ndI/dt = -I/(3*ms) : amp\nR : ohm"
    model = hp.compile(equations, method="exact", threshold="v > 1*volt")
    P = hp.Population(model, 2)
    P.R, P.I = [1e6, 2e6] * ohm, 10 * nA
    net = hp.Network(P, dt=0.1 * ms)
    net.run(5 * ms)
    t, tau, fast = 5e-3, 30e-3, 3e-3
    one = 1e6 * 10e-9 * fast / (tau - fast) * (np.exp(-t / tau) - np.exp(-t / fast))
    assert P.v[:] == pytest.approx([one, 2 * one], rel=1e-12)
    P.R = 3e6 * ohm  # between runs it may change
    before, current = P.v[:].copy(), P.I[0]
    net.run(5 * ms)
    more = 3e6 * current * fast / (tau - fast) * (np.exp(-t / tau) - np.exp(-t / fast))
    assert P.v[:] == pytest.approx(before * np.exp(-t / tau) + more, rel=1e-12)
    with pytest.raises(hp.ModelError, match="`constant` in its population"):
        hp.Synapses(P, P, on_pre="R_post += 1*ohm")
    hp.compile(equations)  # by default it may change: another method


def test_neurons_and_synapses_without_equations() -> None:
    nothing = hp.Population(hp.compile(""), 5)
    cells = hp.Population(hp.compile("dv/dt = -v/(10*ms) : 1"), 4)
    S = hp.Synapses(nothing, cells, "w : 1")
    S.connect(p=0.5, seed=1)
    S.w = "i + 10*j"
    assert len(hp.Synapses(nothing, nothing)) == 0
    hp.Network(nothing, cells, S, dt=0.1 * ms).run(1 * ms)
    assert len(nothing) == 5
    assert 0 < len(S) < 20
    assert np.array_equal(S.w, S.i + 10.0 * S.j)
    by_chance = hp.Population(hp.compile("", threshold="rand() < 0.1"), 100)
    spikes = hp.SpikeRecorder(by_chance)
    hp.Network(by_chance, spikes, dt=0.1 * ms).run(10 * ms)
    assert abs(len(spikes) - 1000) < 5 * 900**0.5


def test_the_number_of_neurons_is_a_word_of_equations() -> None:
    N = 100  # Brian's scripts have it too: the equations mean the size of their group
    P = hp.Population(hp.compile("dx/dt = 1*Hz/N : 1"), 5)
    hp.Network(P, dt=1 * ms).run(1 * second)
    assert N == 100
    np.testing.assert_allclose(P.x, 0.2, rtol=1e-12)


def test_what_equations_define_is_not_looked_up() -> None:
    equations = "dv/dt = -v/tau : volt\nw : 1"
    names = {"tau": 10 * ms, "v": np.zeros(3), "w": "no number", "dv": np.ones(2), "other": None}
    assert hp.compile(equations, namespace=names).states == ["v"]
    with pytest.raises(hp.ModelError, match="`tau` of the namespace"):
        hp.compile(equations, namespace={"tau": np.zeros(3)})
