# SPDX-License-Identifier: MIT
"""Gates read from certified polynomials: their error, what stays exact, what follows parameters."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, uA

HELD = """
neuron Held {
    import_v : volt
    param vh = -40 mV
    gate m {
        alpha = 0.1/mV*(v - vh)/(1 - exp(-(v - vh)/(10 mV)))/ms
        beta = 4*exp(-(v + 65 mV)/(18 mV))/ms
    }
    gate h {
        inf = 1/(1 + exp((v + 60 mV)/(7 mV)))
        tau = 1 ms + 5 ms/(1 + exp((v + 50 mV)/(10 mV)))
    }
    dca/dt = -ca/(10 ms) : 1
    gate q {
        inf = 1/(1 + exp(-(v + 30 mV)/(5 mV)) + ca)
        tau = 3 ms
    }
    dv/dt = (import_v - v)/(1 second) : volt
}
"""


def held(approximate: float, voltages: np.ndarray, steps: int = 1, **options: Any) -> hp.Population:
    """Gates after some steps at voltages that hardly move."""
    model = next(iter(hp.compile(HELD, approximate=approximate, **options)))
    cells = hp.Population(model, len(voltages), name="cells")
    for name, value in (("v", voltages), ("import_v", voltages), ("ca", 0.5)):
        cells.set(name, value)
    for name in ("m", "h", "q"):
        cells.set(name, 0.3)
    hp.Network(cells, dt=0.025 * ms).run(steps * 0.025 * ms)
    return cells


def test_error_is_within_twice_the_bound_at_every_voltage() -> None:
    voltages = np.linspace(-0.1049, 0.0549, 40_001)
    exact, near = held(0, voltages), held(1e-9, voltages)
    for name in ("m", "h"):
        error = np.abs(exact.get(name) - near.get(name))
        assert 1e-14 < error.max() < 2e-9


def test_where_the_bound_cannot_be_proven_all_gates_are_exact() -> None:
    found = []
    for approximate in (0, 1e-9):
        model = squid(approximate)
        cells = hp.Population(model, 3, I=np.linspace(0, 5, 3) * uA / cm**2)
        hp.Network(cells, dt=1 * ms).run(50 * ms)  # the decay over a millisecond is too steep
        found.append(cells.get("na.m"))
    # Kernels with polynomials join no divisions: a few roundings differ.
    np.testing.assert_allclose(found[0], found[1], rtol=1e-11)


def test_a_looser_bound_gives_a_larger_error() -> None:
    voltages = np.linspace(-0.1049, 0.0549, 4001)
    exact, near = held(0, voltages), held(1e-4, voltages)
    error = np.abs(exact.get("m") - near.get("m")).max()
    assert 1e-7 < error < 2e-4


def test_a_gate_that_reads_more_than_the_voltage_stays_exact() -> None:
    voltages = np.linspace(-0.1, 0.05, 501)
    np.testing.assert_array_equal(held(0, voltages, 5).get("q"), held(1e-9, voltages, 5).get("q"))


def test_outside_the_range_the_exact_path_is_taken() -> None:
    voltages = np.array([-0.2, -0.1051, 0.0551, 0.3])
    for name in ("m", "h"):
        exact, outside = held(0, voltages, 5).get(name), held(1e-9, voltages, 5).get(name)
        np.testing.assert_allclose(exact, outside, rtol=1e-13)


def test_neighbours_outside_the_range_change_no_bit() -> None:
    inside = np.linspace(-0.1, 0.05, 64)
    mixed = inside.copy()
    mixed[::5] = 0.2
    alone, among = held(1e-9, inside).get("m"), held(1e-9, mixed).get("m")
    keep = np.arange(64) % 5 != 0
    np.testing.assert_array_equal(alone[keep], among[keep])


@pytest.mark.parametrize("target", ["native", "x86-64-v2", "x86-64-v3"])
def test_interpreter_and_machine_code_agree_in_every_bit(target: str) -> None:
    voltages = np.concatenate([np.linspace(-0.105, 0.055, 33), [-0.3, 0.2]])
    machine = held(1e-9, voltages, 20, target=target)
    interpreted = held(1e-9, voltages, 20, target="interpreter")
    for name in ("v", "m", "h", "q"):
        np.testing.assert_array_equal(machine.get(name), interpreted.get(name))


def squid(approximate: float, **options: Any) -> hp.Model:
    file = hp.compile("neurons.hodgkin_huxley_1952", approximate=approximate, **options)
    model: hp.Model = next(iter(file))
    return model


def trace(model: hp.Model, temperature: str = "6.3 degC") -> np.ndarray:
    cells = hp.Population(model, 9, I=np.linspace(0, 20, 9) * uA / cm**2, temperature=temperature)
    v = hp.StateRecorder(cells, "v")
    hp.Network(cells, v, dt=0.01 * ms).run(50 * ms)
    return np.asarray(v.v)


def test_trace_of_the_squid_axon_is_within_a_microvolt() -> None:
    difference = np.abs(trace(squid(1e-9)) - trace(squid(0))).max()
    assert 0 < difference < 1e-6


def test_polynomials_follow_the_temperature() -> None:
    model = squid(1e-9)
    cells = hp.Population(model, 3, I=10 * uA / cm**2)
    exact = hp.Population(squid(0), 3, I=10 * uA / cm**2)
    net = hp.Network(cells, exact, dt=0.01 * ms)
    for temperature in ("6.3 degC", "12 degC", "3 degC"):
        for population in (cells, exact):
            population.set("temperature", temperature)
        net.run(5 * ms)
        assert np.abs(cells.get("na.m") - exact.get("na.m")).max() < 1e-6


def test_a_saved_network_goes_on_bit_by_bit(tmp_path: Any) -> None:
    def build() -> tuple[hp.Population, hp.Network]:
        cells = hp.Population(squid(1e-9), 5, I=np.linspace(0, 15, 5) * uA / cm**2, name="cells")
        return cells, hp.Network(cells, dt=0.01 * ms)

    cells, net = build()
    net.run(5 * ms)
    net.save(tmp_path / "net")
    net.run(5 * ms)
    again, restored = build()
    restored.restore(tmp_path / "net")
    restored.run(5 * ms)
    np.testing.assert_array_equal(cells.get("v"), again.get("v"))


def test_cables_take_it_too() -> None:
    shape = hp.Cylinder(diameter=1e-6, length=1e-3, n=21)
    found = []
    for approximate in (0, 1e-9):
        model = hp.compile("cells.squid_axon_1952", approximate=approximate)
        cells = hp.CablePopulation(shape, model, 9)
        cells.set("I", 1e-9, [0])
        hp.Network(cells, dt=0.025 * ms).run(5 * ms)
        found.append(np.asarray(cells.get("v")))
    assert 0 < np.abs(found[0] - found[1]).max() < 1e-6


def test_explain_reports_gates_degrees_range_and_the_bound() -> None:
    text = squid(1e-9).explain()
    match = re.search(
        r"approximate: 3 gates, 16 pieces of degree \d+ to \d+ over -105 to 55 mV, "
        r"error <= (\S+), proven", text
    )  # fmt: skip
    assert match, text
    assert float(match[1]) <= 1e-9


BRIANS = """
dv/dt = (120*msiemens/cm**2*m**3*h*(50*mV - v) + 36*msiemens/cm**2*n**4*(-77*mV - v)
    + 0.3*msiemens/cm**2*(-54.387*mV - v) + I)/(1*ufarad/cm**2) : volt
dm/dt = {m}/ms*(1 - m) - 4*exp(-(v/mV + 65)/18)/ms*m : 1
dh/dt = 0.07*exp(-(v/mV + 65)/20)/ms*(1 - h) - 1/(1 + exp(-(v/mV + 35)/10))/ms*h : 1
dn/dt = (0.1/exprel(-(v/mV + 55)/10)*(1 - n) - 0.125*exp(-(v/mV + 65)/80)*n)/ms : 1
I : amp/meter**2
"""
OPENINGS = (
    "1/exprel(-(v/mV + 40)/10)",
    "0.1*(v/mV + 40)/(1 - exp(-(v/mV + 40)/10))",
)


@pytest.mark.parametrize("opening", OPENINGS)
def test_gates_written_as_equations_are_gates(opening: str) -> None:
    text = hp.compile(BRIANS.format(m=opening), approximate=1e-9).explain()
    assert "approximate: 3 gates" in text


def test_what_cannot_be_approximated_is_said() -> None:
    assert "approximate" not in squid(0).explain()
    assert "approximate: nothing, float64 only" in squid(1e-9, dtype="float32").explain()
    assert "approximate: nothing, because of `strict`" in squid(1e-9, strict=True).explain()
    none = hp.compile("dv/dt = -v/(10*ms) : volt", approximate=1e-9).explain()
    assert "approximate: nothing, no gate is a function of one voltage" in none
    steep = "\nd{0}/dt = (exp(-(v/mV + 40)**2/9) - {0})/(ms + ms*exp(-(v/mV + 30)**2/9)) : 1"
    exact = "dv/dt = -m*v/(10*ms) : volt" + steep.format("m")
    exact = hp.compile(exact, approximate=1e-9).explain()
    assert "approximate: nothing, no error below 1e-09 could be proven for `m`" in exact
    both = BRIANS.format(m=OPENINGS[0]) + steep.format("q")
    assert "approximate: 3 gates" in (text := hp.compile(both, approximate=1e-9).explain())
    assert "no such bound for `q`" in text


@pytest.mark.parametrize("wrong", [1e-13, 0.1, -1e-9, "1e-9", True])
def test_bounds_that_make_no_sense_are_refused(wrong: Any) -> None:
    with pytest.raises(hp.ModelError, match="approximate"):
        hp.compile("dv/dt = -v/(10*ms) : volt", approximate=wrong)


def test_libraries_cannot_have_it(tmp_path: Any) -> None:
    with pytest.raises(hp.HodgError, match="HH5804"):
        squid(1e-9).write(tmp_path / "squid.so")
