# SPDX-License-Identifier: MIT
"""Numbers that go wrong say so: which, whose, when, what term; and how far a run can be trusted."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import hodgpy as hp
import saved_networks as networks
from hodgpy.units import ms, mV


def fault_of(net: hp.Network, **options: object) -> hp.SimulationError:
    with pytest.raises(hp.SimulationError, match="HH6001") as caught:
        net.run(50 * ms, **options)
    return caught.value


def bad(equations: str, variable: str, threads: int = 1, **options: object) -> hp.Network:
    """Entity 3 of 5 goes wrong at some time."""
    model = hp.compile(equations, **options)
    cells = hp.Population(model, 5, name="cells")
    cells[variable] = [0.1, 0.2, 0.3, 2, 0.4]
    return hp.Network(cells, hp.StateRecorder(cells, variable), dt=0.1 * ms, threads=threads)


@pytest.mark.parametrize("method", ["euler", "rk2", "rk4", "heun", "exponential_euler", "cvode"])
@pytest.mark.parametrize("guard", [False, True])
def test_every_method_reports_infinity(method: str, guard: bool) -> None:
    if method == "exponential_euler":
        net = bad("dx/dt = x*y/ms : 1\ndy/dt = x*y/ms : 1", "y", method=method)
        net["cells"].x = 1
    else:
        net = bad("dx/dt = x**3/ms - 0.01*x/ms : 1", "x", method=method)
    error = fault_of(net, guard=guard)
    assert error.fault is not None
    assert (error.fault.object, error.fault.entity) == ("cells", 3)
    assert error.fault.variable in ("x", "y")
    assert not np.isfinite(error.fault.value)
    if guard:
        assert net.t == pytest.approx(error.fault.time - 0.1e-3)
        assert np.isfinite(net["cells"].get(error.fault.variable)).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_guard_names_the_term(threads: int) -> None:
    equations = """
    dv/dt = (drive - v)/(10*ms) : 1
    drive = 3*log(y) : 1
    y = x - 0.5 : 1
    dx/dt = -x/(10*ms) : 1
    """
    net = bad(equations, "x", threads, method="euler")
    net["cells"].x = [4, 5, 6, 1, 7]
    error = fault_of(net, guard=True)
    text = str(error)
    assert "`log(y)` is nan" in text
    assert "| drive = 3*log(y) : 1" in text
    assert "entity 3" in text
    assert "\n    |           ^~~~~~" in text
    assert net["cells"].x[3] < 0.5
    assert "start of that step" in text
    recorded = net["cells_states"]
    assert np.isfinite(recorded.x).all()
    assert len(recorded) == round(net.t / 1e-4)
    net["cells"].x = 5  # mended by hand: it goes on
    net["cells"].v = 0
    net.run(1 * ms)


def test_the_guard_says_when_the_step_went_too_far() -> None:
    error = fault_of(bad("dx/dt = x**3/ms : 1", "x", method="rk4"), guard=True)
    assert "every term is finite" in str(error)
    assert "`x**3/(0.001*second)`" in str(error)


def test_a_guarded_run_has_the_same_bits() -> None:
    for name in ("plastic", "cable", "stimulated"):
        one, other = networks.NETWORKS[name](), networks.NETWORKS[name]()
        one.run(10 * ms, guard=True)
        other.run(10 * ms)
        expected = networks.contents(other)
        for key, value in networks.contents(one).items():
            np.testing.assert_array_equal(value, expected[key], err_msg=key)


def test_the_guard_does_not_call_operations_again() -> None:
    net = bad("dx/dt = x**3/ms : 1", "x", method="euler")
    net["cells"].x = 0.5
    calls = []
    net.every(0.3 * ms, lambda: calls.append(net.t))
    fault_of(net, guard=True)
    assert calls == sorted(set(calls))


def test_synapses_and_sums_report() -> None:
    cells = hp.Population(hp.compile("dv/dt = (s - v)/ms : 1\ns : 1"), 4, name="cells", v=1)
    synapses = hp.Synapses(
        cells, cells, "dw/dt = w**3/ms : 1 (clock-driven)\ns_post = w*v_pre : 1 (summed)", name="S"
    )
    synapses.connect("i == j")
    synapses.w = [0.1, 0.2, 3, 0.1]
    error = fault_of(hp.Network(cells, synapses, dt=0.1 * ms), guard=True)
    assert error.fault is not None
    assert (error.fault.object, error.fault.entity) in (("S", 2), ("cells", 2))


def test_a_state_that_v_does_not_read_has_its_time() -> None:
    model = hp.compile("dv/dt = -v/(10*ms) : 1\ndc/dt = c/(0.05*ms) : 1")
    cells = hp.Population(model, 3, name="cells", c=[0.1, 0.2, 2])
    error = fault_of(hp.Network(cells, dt=0.1 * ms))
    assert error.fault is not None
    steps = np.ceil(np.log(np.finfo(float).max / 2) / 2)  # exp(2) in each
    assert (error.fault.variable, error.fault.entity) == ("c", 2)
    assert error.fault.time == pytest.approx(steps * 1e-4)
    assert f"at {error.fault.time * 1e3:.9g} ms" in str(error)


def test_a_map_has_its_time() -> None:
    model = hp.compile("neuron A {\n x : 1\n update { x = x*x }\n}").A
    cells = hp.Population(model, 2, name="cells", x=[0.5, 2])
    error = fault_of(hp.Network(cells, dt=0.1 * ms))  # 2**(2**10) is infinite
    assert error.fault is not None
    assert (error.fault.variable, error.fault.entity) == ("x", 1)
    assert error.fault.time == pytest.approx(1.0e-3)


@pytest.mark.parametrize("threads", [1, 2])
def test_clock_driven_synapses_have_their_time(threads: int) -> None:
    cells = hp.Population(hp.compile("dv/dt = -v/ms : 1"), 4, name="cells")
    synapses = hp.Synapses(cells, cells, "dw/dt = w/(0.05*ms) : 1 (clock-driven)", name="S")
    synapses.connect("i == j")
    synapses.w = [0.1, 0.2, 2, 0.1]
    error = fault_of(hp.Network(cells, synapses, dt=0.1 * ms, threads=threads))
    assert error.fault is not None
    assert (error.fault.object, error.fault.entity) == ("S", 2)
    assert error.fault.time == pytest.approx(35.5e-3)


def test_what_spikes_write_is_found_within_an_interval() -> None:
    firing = hp.compile("x : 1", threshold="x == 0", reset="x = 0")
    cells = hp.Population(firing, 4, name="cells")
    pre = "w = w*w*1000"
    synapses = hp.Synapses(cells, cells, "dw/dt = -w/ms : 1 (event-driven)", on_pre=pre, name="S")
    synapses.connect("i == j")
    synapses.w = [0.1, 0.2, 2, 0.1]

    def net() -> hp.Network:
        return hp.Network(*copy.deepcopy([cells, synapses]), dt=0.1 * ms)

    error = fault_of(net())
    assert error.fault is not None
    assert (error.fault.object, error.fault.variable) == ("S", "w")
    assert "it became so between 0 and 50 ms (run(..., guard=True) names the step" in str(error)
    exact = fault_of(net(), guard=True)
    assert exact.fault is not None
    assert exact.fault.time < 1e-3
    assert "between" not in str(exact)


def test_a_cable_reports() -> None:
    shape = hp.Cylinder(diameter=2e-6, length=100e-6, n=3)
    equations = "Im = g*(E - v) + c*exp(v/(5*mV)) : amp/meter**2\ng : siemens/meter**2\nE : volt\n"
    cell = hp.Cell(shape, equations + "c : amp/meter**2", name="cell", Cm=0.01, Ri=1.0, g=1.0,
                   E=-65 * mV, v=-65 * mV)  # fmt: skip
    cell.c = 1e30
    net = hp.Network(cell, dt=0.1 * ms)
    with pytest.raises(hp.SimulationError) as caught:
        net.run(5 * ms)
    assert caught.value.code in ("HH6001", "HH6071")
    assert caught.value.fault is not None
    assert caught.value.fault.object == "cell"


# -- how accurate a run is -----------------------------------------------------------------------


def decaying(method: str, dt: object = 0.1 * ms) -> hp.Network:
    model = hp.compile("dx/dt = -x**2/(5*ms) : 1", method=method)
    cells = hp.Population(model, 3, name="cells", x=[1, 2, 3])
    return hp.Network(cells, hp.StateRecorder(cells, "x"), dt=dt)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk2", 2), ("rk4", 4)])
def test_the_estimate_follows_the_order(method: str, order: int) -> None:
    errors = []
    for dt in (0.4 * ms, 0.2 * ms):
        found = decaying(method, dt).check_accuracy(20 * ms)
        (state,) = found.states
        assert (state.object, state.variable) == ("cells", "x")
        time = np.arange(0, 20e-3, dt.value)
        net = decaying(method, dt)
        net.run(20 * ms)
        exact = np.array([1, 2, 3])[:, None] / (1 + np.array([1, 2, 3])[:, None] * time / 5e-3)
        true = np.abs(net["cells_states"].x - exact).max()
        assert true * 0.5 < state.largest < true * 1.3
        errors.append(state.largest)
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.5)


def test_spikes_are_compared() -> None:
    model = hp.compile("dv/dt = (20 - v)/(10*ms) : 1", threshold="v > 10", reset="v = 0",
                       method="euler")  # fmt: skip
    cells = hp.Population(model, 2, name="cells")
    synapses = hp.Synapses(cells, cells, on_pre="v_post += 0.5", delay=1 * ms)
    synapses.connect("i != j")
    net = hp.Network(cells, synapses, dt=0.2 * ms)
    found = net.check_accuracy(100 * ms)
    (spikes,) = found.spikes
    assert spikes.spikes > 20
    assert abs(spikes.spikes - spikes.spikes_half) < 4
    assert 0 < spikes.largest_shift < 5e-3
    assert "spikes of cells" in str(found)
    assert net.t == 0
    net.run(1 * ms)
    with pytest.raises(hp.SimulationError, match="HH6055"):
        net.check_accuracy(1 * ms)


def test_random_networks_are_refused() -> None:
    with pytest.raises(hp.SimulationError, match=r"HH6028.*`noisy`"):
        networks.noisy().check_accuracy(1 * ms)
