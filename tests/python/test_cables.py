# SPDX-License-Identifier: MIT
"""Cables against what is known exactly: analytic solutions, symmetries, orders of convergence."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import amp, cmeter, mmeter, ms, mV, nA, ohm, pA, second, uF, um
from squid_cable import SQUID, SQUID_INIT, SQUID_VALUES
from validated import Validated

RALLPACKS = "analytic; task of Bhalla, Bilitch & Bower 1992, doi:10.1016/0166-2236(92)90009-W"

PASSIVE = """
Im = g*(E - v) : amp/meter**2
g : siemens/meter**2
E : volt
I : amp (point current)
"""
RALLPACK = {"Cm": 1 * uF / cmeter**2, "Ri": 1.0, "g": 0.25, "E": -65 * mV, "v": -65 * mV}


def passive(shape: hp.Morphology, **options: object) -> hp.Cell:
    return hp.Cell(shape, PASSIVE, **(RALLPACK | options))


def run(cell: hp.CablePopulation, record: object, time: object, dt: object) -> hp.StateRecorder:
    recorder = hp.StateRecorder(cell, "v", record=record)
    hp.Network(cell, recorder, dt=dt).run(time, record_end=True)
    return recorder


def rallpack_1(x: float, t: np.ndarray) -> np.ndarray:
    """Analytic solution, mV: cable of 1 mm and 1 um, lambda 1 mm, tau 40 ms, 0.1 nA at x = 0."""
    k = np.arange(1, 3000)[:, None]
    a2 = (np.pi * k) ** 2
    late = np.cos(np.pi * k * x) / (1 + a2) * np.exp(-t / 0.04 * (1 + a2))
    transient = np.exp(-t / 0.04) + 2 * late.sum(axis=0)
    return -65 + 127.32395447 * (np.cosh(1 - x) / np.sinh(1) - transient)


# Bounds are about twice what a correct solver of second-order volumes reaches (Bhalla, Bilitch &
# Bower 1992 give the task; measured with an own solver before the project began).
@pytest.mark.parametrize(
    ("method", "dt", "near", "far"),
    [("backward_euler", 0.05, 0.033, 0.030), ("crank_nicolson", 0.025, 0.0014, 0.00004)],
)
def test_rallpack_1(method: str, dt: float, near: float, far: float, validated: Validated) -> None:
    cell = passive(hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=1000), method=method)
    cell.set("I", 0.1 * nA, 0)
    recorder = run(cell, [0, 999], 250 * ms, dt * ms)
    for trace, x, bound in zip(recorder["v"] * 1e3, (0.0005, 0.9995), (near, far), strict=True):
        exact = rallpack_1(x, recorder.t)
        error = 100 * np.sqrt(np.mean((trace - exact) ** 2)) / np.ptp(exact)
        what = f"Rallpack 1 at x = {1e3 * x:g} um, {method}, dt {dt} ms: rms error over range"
        validated.below(what, error, bound, unit="%", source=RALLPACKS)
    np.testing.assert_allclose(recorder["v"][:, -1] * 1e3, [101.871, 43.096], atol=0.002)


def binary_tree(levels: int, length: float, diameter: float) -> hp.Morphology:
    """A tree that equals a cylinder: d**(3/2) and electrotonic lengths agree at every branch."""
    root = hp.Cylinder(diameter=diameter, length=length, n=1)
    rows = [root]
    for _ in range(levels - 1):
        length, diameter = length / 2 ** (1 / 3), diameter / 2 ** (2 / 3)
        following = []
        for section in rows:
            for side in "LR":
                section[side] = hp.Cylinder(diameter=diameter, length=length, n=1)
                following.append(section[side])
        rows = following
    return root


def cylinder_response(
    x: float, t: np.ndarray, diameter: float, length: float, current: float
) -> np.ndarray:
    """Analytic: volt above rest of a sealed cable with a current into x = 0; RM 4 ohm m2, RA 1."""
    scale = np.sqrt(4.0 * diameter / 4 / 1.0)  # lambda
    size, at = length / scale, x / scale
    k = np.arange(1, 2000)[:, None]
    a2 = (np.pi * k / size) ** 2
    late = np.cos(np.pi * k * at / size) / (1 + a2) * np.exp(-t / 0.04 * (1 + a2))
    transient = (np.exp(-t / 0.04) + 2 * late.sum(axis=0)) / size
    resistance = 4 * 1.0 / (np.pi * diameter**2) * scale
    return current * resistance * (np.cosh(size - at) / np.sinh(size) - transient)


# The tree equals a cylinder of 16 um and 320 um; every level is 32 um of it.
@pytest.mark.parametrize(
    ("method", "root", "tip"), [("backward_euler", 0.025, 0.02), ("crank_nicolson", 0.0006, 0.0006)]
)
def test_rallpack_2(method: str, root: float, tip: float) -> None:
    cell = passive(binary_tree(10, 32e-6, 16e-6), method=method)
    assert cell.N == 1023
    cell.set("I", 0.1 * nA, 0)
    recorder = run(cell, [0, cell.N - 1], 250 * ms, 0.05 * ms)
    for trace, x, bound in zip(recorder["v"] + 0.065, (16e-6, 304e-6), (root, tip), strict=True):
        exact = cylinder_response(x, recorder.t, 16e-6, 320e-6, 1e-10)
        assert 100 * np.sqrt(np.mean((trace - exact) ** 2)) / np.ptp(exact) < bound


@pytest.mark.parametrize("hertz", [2.0, 20.0, 100.0])
def test_input_impedance_against_frequency(hertz: float) -> None:
    """Z = r lambda coth(q l)/q with q = sqrt(1 + i w tau), at the centre of the first of 501
    compartments, after 10 membrane time constants."""
    dt, omega = 0.1e-3, 2 * np.pi * hertz
    steps = 4000 + round(1 / hertz / dt)
    # the drive of a step stands at its middle: sampled there it is of second order
    drive = 10e-12 * np.cos(omega * (np.arange(steps) + 0.5) * dt)
    table = hp.TimedArray(drive * amp, dt=dt * second)
    sine = PASSIVE + "Is = where(here, drive(t), 0*amp) : amp (point current)\nhere : boolean\n"
    cell = hp.Cell(
        hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=501),
        sine, namespace={"drive": table}, method="crank_nicolson_undamped", **RALLPACK,
    )  # fmt: skip
    cell.set("here", True, 0)
    recorder = run(cell, [0, 500], steps * dt * second, dt * second)
    t, v = recorder.t, recorder["v"] + 0.065
    late = t >= 4000 * dt - 1e-9
    basis = np.exp(-1j * omega * t[late])[:-1]
    measured = 2 * (v[:, late][:, :-1] * basis).mean(axis=1) / 10e-12
    q = np.sqrt(1 + 1j * omega * 0.04)
    axial = 4 / (np.pi * 1e-12) * 1e-3
    x = 0.5 / 501
    inside = axial / q * np.cosh(q * (1 - x)) * np.cosh(q * x) / np.sinh(q)
    across = axial / q * np.cosh(q * x) ** 2 / np.sinh(q)
    np.testing.assert_allclose(measured, [inside, across], rtol=1.5e-3)


def test_a_tree_of_several_length_constants_equals_its_cylinder() -> None:
    def tree(n: int) -> hp.Cell:
        root = hp.Cylinder(diameter=4 * um, length=1 * mmeter, n=n)
        for name in "LR":
            root[name] = hp.Cylinder(diameter=4e-6 / 2 ** (2 / 3), length=1e-3 * 2 ** (-1 / 3), n=n)
        return passive(root, Ri=4.0)

    errors = []
    for n in (20, 40):
        cell = tree(n)
        cell.set("I", 10 * pA, 0)
        equal = passive(hp.Cylinder(diameter=4 * um, length=2 * mmeter, n=2 * n), Ri=4.0)
        equal.set("I", 10 * pA, 0)
        ends = run(cell, [2 * n - 1, 3 * n - 1], 40 * ms, 0.1 * ms)["v"]
        cable = run(equal, [2 * n - 1], 40 * ms, 0.1 * ms)["v"]
        np.testing.assert_allclose(ends[0], ends[1], rtol=1e-12)
        errors.append(np.abs(ends[0] - cable[0]).max())
    assert max(errors) < 1e-12  # the same finite volumes: the equality is exact


def test_steady_state_of_a_tapered_cable() -> None:
    """All current leaves at the far end: the voltage falls by I Ri times int dx/(pi r**2)."""
    shape = hp.Section(diameter=[4 * um, 1 * um], length=300 * um, n=50)
    cell = passive(shape)
    cell.g = np.where(np.arange(50) == 49, 500.0, 0.0)
    cell.set("I", 10 * pA, 0)
    v = run(cell, [0, 49], 200 * ms, 0.05 * ms)["v"][:, -1]
    slope = 1.5e-6 / 300e-6
    r = 2e-6 - slope * cell.compartments.position[[0, 49]]
    resistance = 1.0 / (np.pi * slope) * (1 / r[1] - 1 / r[0])
    assert v[0] - v[1] == pytest.approx(10e-12 * resistance, rel=1e-9)


def test_areas_of_cones_are_exact() -> None:
    shape = hp.Section(diameter=[4 * um, 2 * um, 6 * um], length=[30 * um, 10 * um], n=7)
    cut = shape.compartments()
    exact = np.pi * (3e-6 * np.hypot(1e-6, 30e-6) + 4e-6 * np.hypot(2e-6, 10e-6))
    assert cut.area.sum() == pytest.approx(exact, rel=1e-14)
    volume = np.pi / 3 * (30e-6 * (4 + 2 + 1) + 10e-6 * (1 + 3 + 9)) * 1e-12
    assert cut.volume.sum() == pytest.approx(volume, rel=1e-14)
    assert cut.length.sum() == pytest.approx(40e-6, rel=1e-14)


def branched() -> hp.Morphology:
    cell = hp.Soma(diameter=20 * um)
    cell.dendrite = hp.Section(diameter=[3 * um, 2 * um], length=150 * um, n=9)
    cell.dendrite.L = hp.Cylinder(diameter=1.5 * um, length=200 * um, n=11)
    cell.dendrite.R = hp.Cylinder(diameter=1 * um, length=120 * um, n=7)
    cell.dendrite.L.L = hp.Cylinder(diameter=0.8 * um, length=100 * um, n=5)
    cell.dendrite.L.R = hp.Cylinder(diameter=0.8 * um, length=80 * um, n=5)
    cell.axon = hp.Cylinder(diameter=1 * um, length=400 * um, n=21)
    return cell


def test_transfer_impedance_is_symmetric() -> None:
    answers = []
    for source, target in ((3, 40), (40, 3)):
        cell = passive(branched(), method="backward_euler")
        cell.set("I", 5 * pA, source)
        answers.append(run(cell, [target], 20 * ms, 0.05 * ms)["v"][0])
    np.testing.assert_allclose(answers[0] + 0.065, answers[1] + 0.065, rtol=1e-9, atol=1e-16)


@pytest.mark.parametrize("method", ["backward_euler", "crank_nicolson"])
def test_charge_is_conserved(method: str) -> None:
    cell = passive(branched(), g=0.0, method=method)
    cell.set("I", 5 * pA, 30)
    v = run(cell, True, 10 * ms, 0.05 * ms)["v"][:, -1]
    charge = np.sum(0.01 * cell.area[:] * (v + 0.065))
    assert charge == pytest.approx(5e-12 * 10e-3, rel=1e-12)


def test_order_in_space() -> None:
    """Finite volumes are of second order: the error falls fourfold as compartments halve."""
    ends = []
    for n in (9, 27, 81, 243):
        cell = passive(hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=n))
        cell.set("I", 50 * pA, n // 2)
        ends.append(run(cell, [n // 2], 20 * ms, 0.05 * ms)["v"][0, -1])
    steps = np.abs(np.diff(ends))
    orders = np.log(steps[:-1] / steps[1:]) / np.log(3)
    assert np.all(orders > 1.0)  # the current enters one compartment: a singular source, order 1..2


@pytest.mark.parametrize(
    ("method", "low", "high"),
    [("backward_euler", 0.9, 1.1), ("crank_nicolson", 1.9, 2.1), ("tr_bdf2", 1.9, 2.1)],
)
def test_order_in_time(method: str, low: float, high: float, validated: Validated) -> None:
    """A squid axon below threshold, started from a shifted voltage; errors against a tiny step."""

    def end(dt: float) -> float:
        cell = squid(11, method=method)
        cell.v = "-65*mV + 5*mV*cos(distance/(1*mmeter))"
        return float(run(cell, [5], 4 * ms, dt * ms)["v"][0, -1])

    values = [end(dt) for dt in (0.08, 0.04, 0.02, 0.01)]
    steps = np.abs(np.diff(values))
    orders = np.log2(steps[:-1] / steps[1:])
    assert np.all((orders > low) & (orders < high)), orders
    what = f"order of {method} on a cable"
    validated.near(what, orders[-1], (low + high) / 2, abs=(high - low) / 2, source="theory")


def squid(n: int, cells: int = 1, length: float = 1e-3, **options: object) -> hp.CablePopulation:
    shape = hp.Cylinder(diameter=1 * um, length=length, n=n)
    given = SQUID_VALUES | {"Ri": 1.0, "gl": 0.25, "El": -65 * mV} | options
    return hp.CablePopulation(shape, SQUID, cells, init=SQUID_INIT, **given)


@pytest.mark.parametrize(("dt", "bound"), [(0.025, 0.1), (0.0125, 0.03)])
def test_rallpack_3_spikes(dt: float, bound: float, validated: Validated) -> None:
    """18 spikes at x = 0 and 17 at x = L in 250 ms; the 17th at 236.678 ms (NEURON's cvode with
    atol 1e-7), ours at dt 0.025 ms within 0.1 ms and at 0.0125 ms within 0.03 ms."""
    cell = squid(1000)
    cell.set("I", 0.1 * nA, 0)
    recorder = run(cell, [0, 999], 250 * ms, dt * ms)
    times = []
    for trace in recorder["v"]:
        up = np.flatnonzero((trace[:-1] < 0) & (trace[1:] >= 0))
        fraction = -trace[up] / (trace[up + 1] - trace[up])
        times.append((up + fraction) * dt)
    assert [len(t) for t in times] == [18, 17]
    for number, expected in ((0, 4.071), (16, 236.678)):
        what = f"Rallpack 3, spike {number + 1} at the far end, dt {dt} ms"
        source = "NEURON's cvode, atol 1e-7"
        validated.near(what, times[1][number], expected, unit="ms", abs=bound, source=source)


@pytest.mark.parametrize(("q", "speed", "peak"), [(1.0, 12.31, 102.98), (3**1.22, 18.73, 90.57)])
def test_squid_axon_conduction(q: float, speed: float, peak: float, validated: Validated) -> None:
    """The cable of Hodgkin & Huxley (1952): radius 238 um, Ri 35.4 ohm cm; E_L -54.387 mV. Bounds:
    what dx 0.05 cm and dt 0.005 ms leave."""
    shape = hp.Cylinder(diameter=476 * um, length=100 * mmeter, n=200)
    options = SQUID_VALUES | {"q": q, "gl": 3.0, "El": -54.387 * mV, "Ri": 0.354}
    cell = hp.Cell(shape, SQUID, init=SQUID_INIT, **options)
    cell.v = -64.9964 * mV
    cell.set("I", 50e-6, np.arange(2))
    recorder = hp.StateRecorder(cell, "v", record=[80, 140])
    net = hp.Network(cell, recorder, dt=0.005 * ms)
    net.run(0.5 * ms)
    cell.I = 0.0
    net.run(9.5 * ms)
    found = hp.conduction_velocity(recorder, level=-20 * mV)
    what = f"conduction velocity of the squid axon, rates times {q:.2f}"
    source = "converged solution; Hodgkin & Huxley 1952: 18.8 m/s at 18.5 degC"
    validated.near(what, found, speed, unit="m/s", abs=0.05, source=source)
    assert recorder["v"].max() * 1e3 + 64.9964 == pytest.approx(peak, abs=0.15)


def test_interleaved_cells_equal_single_ones() -> None:
    """Cells in one vector and cells alone are eliminated in another order: equal to rounding."""
    together = squid(51, cells=14)  # eight lanes, six and two repeated ones
    drive = np.linspace(0.02e-9, 0.4e-9, 14)
    together.set("I", drive, 51 * np.arange(14))
    recorded = run(together, [51 * k + 30 for k in range(14)], 15 * ms, 0.025 * ms)["v"]
    for k in (0, 5, 13):
        alone = squid(51)
        alone.set("I", drive[k], 0)
        trace = run(alone, [30], 15 * ms, 0.025 * ms)["v"][0]
        np.testing.assert_allclose(recorded[k], trace, atol=1e-10)


def test_threads_and_cuts_do_not_change_bits() -> None:
    def go(threads: int, cuts: int) -> np.ndarray:
        cells = squid(101, cells=40)
        cells.set("I", np.linspace(0, 0.3e-9, 40), 101 * np.arange(40))
        recorder = hp.StateRecorder(cells, "v", record=[101 * k + 70 for k in range(40)])
        net = hp.Network(cells, recorder, dt=0.025 * ms, threads=threads)
        for _ in range(cuts):
            net.run(6 * ms / cuts)
        return recorder["v"]

    np.testing.assert_array_equal(go(1, 1), go(2, 3))


def test_cells_of_different_shapes() -> None:
    short, long = (
        hp.Cylinder(diameter=1 * um, length=x * um, n=n) for x, n in ((500, 21), (900, 31))
    )
    cells = hp.CablePopulation([short, long, short], PASSIVE, **RALLPACK)
    assert (cells.cells, cells.N) == (3, 73)
    cells.set("I", 10 * pA, [0, 21, 52])
    together = run(cells, [20, 51, 72], 20 * ms, 0.05 * ms)["v"]
    for k, shape in ((0, short), (1, long)):
        alone = passive(shape.copy())
        alone.set("I", 10 * pA, 0)
        np.testing.assert_allclose(
            run(alone, [-1], 20 * ms, 0.05 * ms)["v"][0], together[k], atol=1e-13
        )
    np.testing.assert_array_equal(together[0], together[2])


def test_voltage_form_equals_current_form() -> None:
    text = """
    dv/dt = (g*(E - v) + Icable)/C : volt
    C = 1*uF/cmeter**2 : farad/meter**2
    g : siemens/meter**2
    E : volt
    I : amp (point current)
    """
    values = {k: v for k, v in RALLPACK.items() if k != "Cm"}
    traces = []
    for cell in (hp.Cell(branched(), text, **values), passive(branched())):
        cell.set("I", 20 * pA, 3)
        traces.append(run(cell, True, 10 * ms, 0.05 * ms)["v"])
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)


def test_capacitance_and_axial_resistance_per_compartment() -> None:
    """A myelinated stretch: a fifth of the capacitance. One cell with Cm and Ri assigned by place
    equals one whose equation says the capacitance itself."""
    cell = passive(branched())
    cell.axon.Cm = 0.2 * uF / cmeter**2
    cell.axon.Ri = 0.7
    cell.set("I", 20 * pA, 0)
    assert cell.axon.Cm == pytest.approx(0.002)
    text = PASSIVE.replace("Im = g*(E - v)", "dv/dt = (g*(E - v) + Icable)/C").replace(
        "amp/meter**2\n", "volt\nC : farad/meter**2 (constant)\n", 1
    )
    values = {k: v for k, v in RALLPACK.items() if k != "Cm"}
    other = hp.Cell(branched(), text, C=0.01, **values)
    other.axon.C = 0.002
    other.axon.Ri = 0.7
    other.set("I", 20 * pA, 0)
    first, second = (run(c, True, 10 * ms, 0.05 * ms)["v"] for c in (cell, other))
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_gap_junctions_act_on_both_sides() -> None:
    shape = hp.Soma(diameter=20 * um)
    cells = hp.CablePopulation(shape, PASSIVE, 2, **RALLPACK)
    cells.set("I", 10 * pA, 0)
    cells.connect_gaps(0, 1, 1e-9)
    v = run(cells, True, 400 * ms, 0.05 * ms)["v"][:, -1] + 0.065
    leak = 0.25 * np.pi * 20e-6**2
    expected = np.linalg.solve([[leak + 1e-9, -1e-9], [-1e-9, leak + 1e-9]], [10e-12, 0.0])
    np.testing.assert_allclose(v, expected, rtol=1e-4)  # e**-10 of the way is left


def test_spikes_are_found_at_a_place() -> None:
    shape = hp.Soma(diameter=20 * um)
    shape.axon = hp.Cylinder(diameter=1 * um, length=300 * um, n=30)
    options = SQUID_VALUES | {"gl": 3.0, "El": -54.387 * mV, "Ri": 1.0}
    for threshold, at in (
        ("axon[200*um].v > 0*mV", None),
        ("v@axon.200*um > 0*mV", None),
        ("v > 0*mV", "axon.200*um"),
    ):
        cells = hp.CablePopulation(
            shape, SQUID, 3, init=SQUID_INIT, threshold=threshold, threshold_at=at,
            refractory=3 * ms, **options,
        )  # fmt: skip
        cells.set("I", np.array([0.0, 1e-9, 1e-9]), 31 * np.arange(3))
        spikes = hp.SpikeRecorder(cells, "v")
        recorder = hp.StateRecorder(cells, "v", record=cells.cell(1)["axon.200*um"])
        hp.Network(cells, spikes, recorder, dt=0.025 * ms).run(10 * ms, record_end=True)
        v = recorder["v"][0]
        first = np.flatnonzero(v > 0)[0] - 1
        assert spikes.t[0] == pytest.approx(first * 0.025e-3)
        assert spikes[1].v[0] == v[first + 1]  # at the place, once the step was computed
        assert set(spikes.i) == {1, 2}
        assert spikes.count[0] == 0


def test_unstable_membrane_is_a_fault() -> None:
    cell = passive(hp.Soma(diameter=10 * um), g=-1000.0)
    with pytest.raises(hp.SimulationError, match="not stable") as caught:
        run(cell, True, 1 * ms, 0.1 * ms)
    assert caught.value.code == "HH6071"


def test_axial_resistance_and_capacitance_must_be_positive() -> None:
    for name in ("Ri", "Cm"):
        cell = passive(branched())
        cell.set(name, 0.0, 3)
        with pytest.raises(hp.SimulationError) as caught:
            run(cell, True, 1 * ms, 0.1 * ms)
        assert caught.value.code == "HH6070"


SYNAPTIC = (
    PASSIVE
    + """
Is = ge*(0*mV - v) : amp (point current)
dge/dt = -ge/(2*ms) : siemens
"""
)


def test_synapses_onto_compartments() -> None:
    """A spike train onto one compartment does what the same conductance set by hand does, and cells
    that spike send to the compartments of others."""
    options = RALLPACK | {"method": "backward_euler"}
    cells = hp.CablePopulation(branched(), SYNAPTIC, 3, **options)
    source = hp.SpikeGenerator(1, times=[1 * ms], indices=[0])
    target = cells._indices("dendrite.L.100*um")
    synapses = hp.Synapses(source, cells, on_pre="ge_post += 5*nS")
    synapses.connect(i=0, j=int(target[1]))
    recorder = hp.StateRecorder(cells, ["v", "ge"], record=target)
    hp.Network(source, cells, synapses, recorder, dt=0.05 * ms).run(10 * ms)
    ge = recorder["ge"]
    assert ge[0].max() == ge[2].max() == 0
    assert ge[1].max() == pytest.approx(5e-9)
    by_hand = hp.Cell(branched(), SYNAPTIC, **options)
    again = hp.StateRecorder(by_hand, "v", record="dendrite.L.100*um")
    net = hp.Network(by_hand, again, dt=0.05 * ms)
    net.run(1.05 * ms)
    by_hand["dendrite.L.100*um"].ge = 5e-9
    net.run(8.95 * ms)
    np.testing.assert_allclose(recorder["v"][1], again["v"][0], rtol=1e-12)


def test_cells_send_spikes_to_cells() -> None:
    cells = hp.CablePopulation(
        branched(), SYNAPTIC, 9, threshold="v > -60*mV", refractory=5 * ms, **RALLPACK
    )
    cells.set("I", 1 * nA, cells.cell(4)["soma"].indices)
    synapses = hp.Synapses(cells, cells, on_pre="ge_post += 2*nS", delay=1 * ms)
    synapses.connect(i=4, j=int(cells.cell(7)["axon.end"].indices[0]))
    spikes = hp.SpikeRecorder(cells)
    recorder = hp.StateRecorder(cells, "ge", record=cells._indices("axon.end"))
    hp.Network(cells, synapses, spikes, recorder, dt=0.05 * ms).run(4 * ms)
    assert spikes.i[0] == 4
    first = np.flatnonzero(recorder["ge"][7])[0]
    assert first * 0.05e-3 == pytest.approx(spikes.t[0] + 1.05e-3)
    assert recorder["ge"][[0, 4, 8]].max() == 0


def test_point_processes() -> None:
    """A conductance as a process at a point equals the same conductance in the membrane there; a
    clamp holds its compartment."""
    text = "Ie = ge*(Ee - v) : amp\nge : siemens\nEe : volt"
    cell = passive(branched(), method="backward_euler")
    processes = cell.point_process(text, current="Ie", N=2, ge=1e-9, Ee=0.0)
    cell.dendrite.L[50 * um].insert(processes)
    cell["axon.end"].insert(processes)
    electrode = cell.dendrite.R[5 * um].insert_current("Iinj : amp", "Iinj")
    cell.Iinj = 10 * pA
    assert cell.Iinj.tolist() == [1e-11]
    assert electrode.N == 1
    other = hp.Cell(branched(), SYNAPTIC.replace("-ge/(2*ms)", "0*siemens/second"),
                    **(RALLPACK | {"method": "backward_euler"}))  # fmt: skip
    other["dendrite.L.50*um"].ge = 1e-9
    other["axon.end"].ge = 1e-9
    other["dendrite.R.5*um"].I = 10 * pA
    first, second = (run(c, True, 20 * ms, 0.05 * ms)["v"] for c in (cell, other))
    np.testing.assert_allclose(first, second, rtol=1e-10)
    clamped = passive(branched())
    clamp = clamped.voltage_clamp("soma", V=-40 * mV, Rs=1e4)
    v = run(clamped, [0], 5 * ms, 0.05 * ms)["v"][0]
    assert v[-1] == pytest.approx(-0.04, abs=1e-5)
    assert clamp.get("I_clamp", "pA")[0] > 0
    assert clamped["v@I_clamp"] == pytest.approx([-0.04], abs=1e-5)


def test_point_processes_must_have_places() -> None:
    cell = passive(branched())
    processes = cell.point_process("Ie : amp", current="Ie", N=2)
    cell["axon.end"].insert(processes)
    with pytest.raises(hp.SimulationError, match="1 of 2"):
        hp.Network(cell)
    with pytest.raises(hp.ModelError, match="must define its current"):
        cell.point_process("Ie : volt", current="Ie", N=1)


def test_fast_exponentials_keep_the_voltages_of_a_spiking_axon() -> None:
    """After 250 ms of spikes within 1e-6 mV of the default, as that is of NEURON."""
    traces = []
    for precision in ("full", "fast"):
        shape = hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=101)
        model = hp.compile("cells.squid_axon_1952", precision=precision)
        axon = hp.CablePopulation(shape, model, 1, Ri=100 * ohm * cmeter, temperature=279.45)
        axon.set("I", 0.1 * nA, [0])
        states = hp.StateRecorder(axon, "v", record=[0, 50, 100])
        hp.Network(axon, states, dt=0.025 * ms).run(250 * ms)
        traces.append(states.get("v", "mV"))
    end = traces[0][2]
    assert np.sum((end[1:] > 0) & (end[:-1] <= 0)) > 10
    assert 0 < np.max(np.abs(traces[1] - traces[0])) <= 1e-6  # other code, the same voltages
