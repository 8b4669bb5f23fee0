# SPDX-License-Identifier: MIT
"""cvode and backward_euler: orders, stiff problems, events, and that runs may be cut anywhere."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, mV, second, uA

ROBERTSON = """
da/dt = -0.04*a/second + 1e4*b*c/second : 1
db/dt = 0.04*a/second - 1e4*b*c/second - 3e7*b**2/second : 1
dc/dt = 3e7*b**2/second : 1
"""
# At t = 40 s: Hairer & Wanner, Solving Ordinary Differential Equations II, Springer 1996
ROBERTSON_40 = (0.7158270688, 9.185534765e-6, 0.2841637457)


def robertson(method: str, dt: float) -> tuple[float, ...]:
    cells = hp.Population(hp.compile(ROBERTSON, method=method), 1, a=1.0)
    hp.Network(cells, dt=dt * second).run(40 * second)
    return tuple(float(cells.get(x)[0]) for x in "abc")


def test_cvode_solves_robertsons_stiff_reaction() -> None:
    found = robertson("cvode", 4.0)
    assert found[0] == pytest.approx(ROBERTSON_40[0], rel=1e-6)
    assert found[1] == pytest.approx(ROBERTSON_40[1], rel=1e-3)  # the absolute tolerance is 1e-9
    assert sum(found) == pytest.approx(1, abs=1e-7)


def test_backward_euler_solves_robertsons_reaction_to_first_order() -> None:
    errors = [abs(robertson("backward_euler", dt)[0] - ROBERTSON_40[0]) for dt in (0.1, 0.05)]
    assert errors[0] < 5e-3
    assert 1.8 < errors[0] / errors[1] < 2.2
    assert robertson("backward_euler", 0.2)[1] == pytest.approx(ROBERTSON_40[1], rel=2e-2)


def test_explicit_methods_cannot_take_these_steps() -> None:
    with pytest.raises(hp.errors.SimulationError):
        robertson("rk4", 0.4)


def test_cvode_axon_fires_when_the_converged_solution_does() -> None:
    """10 uA/cm2, 6.3 degC: crossings of 0 mV at 1.90123, 16.82265, 133.92640 ms (RK4, 1 us)."""
    axon = hp.compile("neurons.hodgkin_huxley_1952", method="cvode").HodgkinHuxley1952
    cells = hp.Population(axon, 1, v=-64.996379e-3, I=10 * uA / cm**2)
    spikes = hp.SpikeRecorder(cells, interpolate=True, level=0 * mV)
    hp.Network(cells, spikes, dt=0.025 * ms).run(140 * ms)
    found = np.array(spikes.t) * 1e3
    # linear interpolation within a step of 25 us adds some 0.1 us
    np.testing.assert_allclose(found[[0, 1, 9]], [1.90123, 16.82265, 133.92640], atol=2e-3)


def test_cvode_finds_spikes_within_its_steps() -> None:
    """The same crossings with steps that are shorter than a spike only just."""
    axon = hp.compile("neurons.hodgkin_huxley_1952", method="cvode").HodgkinHuxley1952
    cells = hp.Population(axon, 1, v=-64.996379e-3, I=10 * uA / cm**2)
    spikes = hp.SpikeRecorder(cells, interpolate=True, level=0 * mV)
    hp.Network(cells, spikes, dt=0.5 * ms).run(140 * ms)
    found = np.array(spikes.t) * 1e3
    np.testing.assert_allclose(found[[0, 1, 9]], [1.90123, 16.82265, 133.92640], atol=6e-5)


def relaxing(count: int) -> hp.Population:
    """Towards 0 V from -70 mV, each with a time constant of its own."""
    cell = hp.compile(
        "dv/dt = -v/tau : volt\ntau : second\nx : 1", threshold="v crosses -20*mV", method="cvode"
    )
    return hp.Population(cell, count, v=-70 * mV, tau=np.linspace(10, 40, count) * ms)


def test_cvode_times_are_exact_for_every_entity_and_level() -> None:
    cells = relaxing(37)  # three groups that are integrated together
    at_threshold = hp.SpikeRecorder(cells, interpolate=True, level=-20 * mV)
    later = hp.SpikeRecorder(cells, interpolate=True, level=-15 * mV)
    hp.Network(cells, at_threshold, later, dt=20 * ms).run(80 * ms)
    first = np.array([t[0] for t in at_threshold.trains().values()])
    expected = np.asarray(cells.tau) * np.log(70 / 20)
    np.testing.assert_allclose(first, expected, rtol=1e-6)
    # in the step of that spike -15 mV was reached or not: then it has the start of the step
    other = np.array([t[0] for t in later.trains().values()])
    expected = np.asarray(cells.tau) * np.log(70 / 15)
    in_step = np.floor(expected / 0.02) == np.floor(first / 0.02)
    assert 0 < in_step.sum() < 37
    np.testing.assert_allclose(other[in_step], expected[in_step], rtol=1e-6)
    np.testing.assert_allclose(other[~in_step], np.floor(first[~in_step] / 0.02) * 0.02)


def test_looking_for_crossings_changes_no_state() -> None:
    def states(*levels: float) -> np.ndarray:
        axon = hp.compile("neurons.hodgkin_huxley_1952", method="cvode").HodgkinHuxley1952
        cells = hp.Population(axon, 3, I=np.array([5, 10, 20]) * uA / cm**2)
        trace = hp.StateRecorder(cells, ["v", "na.m"])
        spikes = [hp.SpikeRecorder(cells, interpolate=True, level=x * mV) for x in levels]
        hp.Network(cells, trace, *spikes, dt=0.5 * ms).run(30 * ms)
        return np.concatenate([trace["v"], trace["na.m"]])

    assert np.array_equal(states(), states(0.0, -40.0))


def test_a_level_at_which_a_state_stays_is_not_crossed() -> None:
    with pytest.warns(hp.ModelWarning, match="HH4007"):
        cell = hp.compile("dv/dt = 0*v/ms + 0*mV/ms : volt", threshold="v >= 5*mV", method="cvode")
    cells = hp.Population(cell, 2, v=[5, 4] * mV)
    spikes = hp.SpikeRecorder(cells, interpolate=True, level=5 * mV)
    hp.Network(cells, spikes, dt=1 * ms).run(3 * ms)
    np.testing.assert_allclose(spikes.t, [0, 1e-3, 2e-3])
    assert np.array_equal(cells.v, [5e-3, 4e-3])


def test_cvode_resets_and_holds_refractory_states() -> None:
    cell = hp.compile(
        "dv/dt = (-70*mV - v + 25*mV)/(20*ms) : volt (unless refractory)\nx : 1",
        threshold="v > -50*mV",
        reset="v = -70*mV; x += 1",
        refractory="5*ms",
        method="cvode",
    )
    cells = hp.Population(cell, 3, v=-70 * mV)
    trace = hp.StateRecorder(cells, "v")
    hp.Network(cells, trace, dt=0.1 * ms).run(100 * ms)
    interval = 5 + 20 * np.log(25 / 5)
    assert cells.x[0] == np.floor(100 / interval) == cells.x[2]
    spike = np.flatnonzero(np.diff(trace.v[0]) < -10e-3)[0] + 1
    assert np.all(trace.v[0][spike : spike + 50] == -70e-3)
    assert trace.v[0][spike + 51] > -70e-3


def test_cvode_runs_may_be_cut_and_entities_are_independent() -> None:
    axon = hp.compile("neurons.hodgkin_huxley_1952", method="cvode").HodgkinHuxley1952

    def run(count: int, pieces: int) -> np.ndarray:
        cells = hp.Population(axon, count)
        cells.I = np.linspace(5, 15, 40)[:count] * 1e-2
        net = hp.Network(cells, dt=0.1 * ms, threads=2)
        for _ in range(pieces):
            net.run(12 / pieces * ms)
        return np.array(cells.v)

    whole = run(40, 1)
    np.testing.assert_array_equal(whole, run(40, 6))
    np.testing.assert_array_equal(whole[:21], run(21, 1))


def test_cvode_keeps_a_timed_array_for_the_step() -> None:
    stimulus = hp.TimedArray(np.array([1.0, 3.0, -2.0]), 1 * ms)
    cell = hp.compile("dx/dt = f(t)/ms : 1", method="cvode", namespace={"f": stimulus})
    cells = hp.Population(cell, 2)
    hp.Network(cells, dt=1 * ms).run(3 * ms)
    assert cells.x[0] == pytest.approx(2, rel=1e-9)


def test_cvode_integrates_time_itself() -> None:
    cell = hp.compile("dx/dt = 3*t**2/ms**3 : 1", method="cvode")
    cells = hp.Population(cell, 1)
    hp.Network(cells, dt=1 * ms).run(5 * ms)
    assert cells.x[0] == pytest.approx(125, rel=1e-5)


@pytest.mark.parametrize("method", ["cvode", "backward_euler"])
def test_noise_is_refused(method: str) -> None:
    with pytest.raises(hp.errors.ModelError, match="HH5004"):
        hp.compile("dx/dt = -x/ms + xi*ms**-0.5 : 1", method=method)


def test_backward_euler_is_stable_where_it_must_be() -> None:
    """Van der Pol with mu = 1000 (Hairer & Wanner's VDPOL): the slow branches at 1 ms steps."""
    text = "dx/dt = y/ms : 1\ndy/dt = (1000*(1 - x**2)*y - x)/ms : 1"
    cells = hp.Population(hp.compile(text, method="backward_euler"), 1, x=2.0)
    trace = hp.StateRecorder(cells, "x")
    hp.Network(cells, trace, dt=0.5 * ms).run(500 * ms)
    # on the branch t = log(x0/x) - (x0**2 - x**2)/2, in units of mu
    x = trace.x[0][-1]
    assert (4 - x**2) / 2 - np.log(2 / x) == pytest.approx(0.5, abs=2e-3)
