# SPDX-License-Identifier: MIT
"""A warning where the step is long for the fastest state of a model (HH5018)."""

from __future__ import annotations

import json
import warnings

import pytest

import hodgpy as hp
from hodgpy.units import ms

NEURON = """
neuron Fast {
    param tau_m = 0.1 ms
    gate m { inf = 1/(1 + exp(-(v + 40 mV)/(5 mV)))
             tau = tau_m }
    dv/dt = (-60 mV - v + 10 mV*m)/(10 ms) : mV
    init v = -60 mV
}
"""


def findings(model: hp.Model, dt: hp.Quantity) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        network = hp.Network(hp.Population(model, 2, name="cells"), dt=dt)
        network.run(2 * dt)
        network.run(2 * dt)
    return [str(w.message) for w in caught if "HH5018" in str(w.message)]


def test_a_step_above_half_of_the_fastest_time_constant_is_noted_once() -> None:
    model = hp.compile(NEURON).Fast
    assert "fastest time constant at the start: `m`, 0.1 ms" in model.explain()
    (finding,) = findings(model, 0.06 * ms)
    assert "`m`" in finding
    assert "0.1 ms" in finding
    assert findings(model, 0.05 * ms) == []


def test_the_time_constant_is_that_of_the_first_state() -> None:
    # tau_m of Hodgkin & Huxley at -65 mV: 1/(alpha + beta) = 1/(0.2236 + 4) ms
    model = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
    fastest = json.loads(model._handle.description)["fastest"]
    assert fastest["state"] == "na.m"
    assert fastest["seconds"] == pytest.approx(1e-3 / 4.2236, rel=1e-3)


def test_states_that_are_solved_exactly_do_not_count() -> None:
    model = hp.compile("dv/dt = -v/(0.01*ms) : 1")
    assert findings(model, 0.1 * ms) == []
    assert "fastest" not in json.loads(model._handle.description)


def test_cvode_takes_steps_of_its_own() -> None:
    def found(method: str) -> list[str]:
        model = hp.compile("dv/dt = -v**3/(1*ms) : 1", init={"v": "1"}, method=method)
        return findings(model, 0.3 * ms)

    assert found("rk4") != []
    assert found("cvode") == []


def test_what_is_not_known_is_passed_over() -> None:
    model = hp.compile("dv/dt = -v**3/tau : 1\ntau : second", method="rk4")
    assert "fastest" not in json.loads(model._handle.description)
