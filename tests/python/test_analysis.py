# SPDX-License-Identifier: MIT
"""Steady states, rest, voltage clamp and f(I), against independent formulas."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, mV, nA, second, uA


@pytest.fixture(scope="module")
def squid() -> hp.Model:
    return hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952


def alpha_beta_n(v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates of the potassium gate in 1/ms, v in mV."""
    return 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10)), 0.125 * np.exp(-(v + 65) / 80)


def test_steady_state_is_that_of_the_rates(squid: hp.Model) -> None:
    v = np.linspace(-100, 20, 7) + 0.5
    alpha, beta = alpha_beta_n(v)
    found = squid.steady_state(v * mV)
    assert set(found) == {"na.m", "na.h", "k.n"}
    np.testing.assert_allclose(found["k.n"], alpha / (alpha + beta), rtol=1e-12)
    assert squid.steady_state(-65 * mV)["na.m"] == pytest.approx(0.05293248525724958)
    assert squid.steady_state([[-65], [-60]] * mV)["na.h"].shape == (2, 1)


def test_steady_state_does_not_depend_on_temperature(squid: hp.Model) -> None:
    warm = squid.steady_state(-50 * mV, temperature="18.5 degC")
    assert warm == pytest.approx(squid.steady_state(-50 * mV), rel=1e-14)


def test_rest_of_the_squid_axon(squid: hp.Model) -> None:
    for start in (None, {"v": -80 * mV}, {"v": -60 * mV}):
        rest = squid.rest(start)
        assert rest["v"] * 1e3 == pytest.approx(-64.996379, abs=5e-7)
        assert rest["na.m"] == pytest.approx(squid.steady_state(rest["v"])["na.m"])
    cells = hp.Population(squid, 1, **{"v": rest["v"]})
    hp.Network(cells, dt=0.01 * ms).run(50 * ms)
    assert cells.v[0] == pytest.approx(rest["v"], abs=1e-10)


@pytest.mark.parametrize("name", ["connor_stevens_1971", "wang_buzsaki_1996", "morris_lecar_1981"])
def test_at_rest_nothing_changes(name: str) -> None:
    model = next(iter(hp.compile(f"neurons.{name}")))
    rest = model.rest()
    cells = hp.Population(model, 1)
    for state, value in rest.items():
        cells.set(state, value)
    hp.Network(cells, dt=0.01 * ms).run(20 * ms)
    assert cells.v[0] == pytest.approx(rest["v"], abs=1e-6)


def test_rest_of_equations() -> None:
    cell = hp.compile(
        "dv/dt = (-70*mV - v - w*volt)/(10*ms) : volt\ndw/dt = (v/volt - w)/second : 1"
    )
    rest = cell.rest()
    assert rest["v"] == pytest.approx(-0.035)
    assert rest["w"] == pytest.approx(-0.035)
    with pytest.raises(hp.SimulationError, match="no state of rest"):
        hp.compile("dv/dt = 1*mV/ms : volt").rest()


def test_voltage_clamp_is_the_solution_of_the_gates(squid: hp.Model) -> None:
    times = np.linspace(0, 20, 50)
    found = squid.voltage_clamp(-65 * mV, [-20.5, 10.5] * mV, times * ms, ["k.n", "k.I", "na.I"])
    assert found["k.I"].shape == (2, 50)
    n0 = squid.steady_state(-65 * mV)["k.n"]
    for row, v in enumerate((-20.5, 10.5)):
        alpha, beta = alpha_beta_n(np.array(v))
        n = alpha / (alpha + beta) * (1 - np.exp(-times * (alpha + beta)))
        n = n + n0 * np.exp(-times * (alpha + beta))
        np.testing.assert_allclose(found["k.n"][row], n, rtol=1e-12)
        current = 360 * n**4 * (-77 - v) * 1e-3
        np.testing.assert_allclose(found["k.I"][row], current, rtol=1e-12)
    assert found["na.I"][0].max() > 5  # inward is positive, and transient
    assert found["na.I"][0][-1] < 1
    pallidal = next(iter(hp.compile("neurons.pallidal_rubin_terman_2004")))
    with pytest.raises(hp.SimulationError, match="no gate"):
        pallidal.voltage_clamp(-65 * mV, 0 * mV, 1 * ms, "v")


def test_frequency_against_current(squid: hp.Model) -> None:
    found = squid.firing_rate([0, 10, 20] * (uA / cm**2), duration=0.5 * second)
    np.testing.assert_allclose(found, [0, 68.32, 86.47], rtol=0.005)
    warm = squid.firing_rate([10] * (uA / cm**2), duration="500 ms", temperature="18.5 degC")
    np.testing.assert_allclose(warm, [188.59], rtol=0.005)
    with pytest.raises(hp.errors.UnitError, match="amp"):
        squid.firing_rate([1, 2] * nA)
    with pytest.raises(hp.SimulationError, match="no variable"):
        squid.firing_rate([1, 2], variable="J")


def test_models_without_a_potential_say_so() -> None:
    clock = hp.compile("dx/dt = 1/second : 1")
    with pytest.raises(hp.SimulationError, match="no membrane potential"):
        clock.steady_state(-65 * mV)
