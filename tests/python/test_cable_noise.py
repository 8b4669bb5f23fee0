# SPDX-License-Identifier: MIT
"""White noise in the states of a cell: variances of theory, independence, bits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

import hodgpy as hp
from hodgpy.units import cmeter, ms, msiemens, mV, uF, um

PASSIVE = """
Im = gl*(-70*mV - v) + s*xi : amp/meter**2
gl : siemens/meter**2
s : amp*second**0.5/meter**2
"""
VALUES = {"gl": 1 * msiemens / cmeter**2, "Cm": 1 * uF / cmeter**2, "v": -70 * mV}  # tau 1 ms
TAU = 1e-3


def compartment() -> hp.Morphology:
    return hp.Cylinder(diameter=10 * um, length=10 * um, n=1)


def samples(text: str, variables: list[str], dt: float, **options: object) -> list[np.ndarray]:
    cells = hp.CablePopulation(compartment(), text, 800, **(VALUES | options))
    recorder = hp.StateRecorder(cells, variables, dt=1 * ms)
    hp.Network(cells, recorder, dt=dt * ms, seed=3).run(60 * ms)
    return [getattr(recorder, name)[:, 12:] for name in variables]


@pytest.mark.parametrize("method", ["crank_nicolson", "tr_bdf2", "backward_euler"])
@pytest.mark.parametrize("dt", [0.5, 0.05])
def test_variance_of_a_passive_compartment(method: str, dt: float) -> None:
    """An Ornstein-Uhlenbeck process: sigma**2 tau/2. The trapezoidal rule keeps it at any step;
    backward Euler has 1/(1 + dt/(2 tau)) of it."""
    (v,) = samples(PASSIVE, ["v"], dt, method=method, s=1e-5)
    theory = (1e-5 / 0.01) ** 2 * TAU / 2
    if method == "backward_euler":
        theory /= 1 + 0.5 * dt
    assert v.var() == pytest.approx(theory, rel=0.03)
    assert v.mean() == pytest.approx(-0.07, abs=4e-7)


def test_voltage_form_has_the_same_noise() -> None:
    text = """
    dv/dt = (gl*(-70*mV - v) + Icable)/(1*uF/cmeter**2) + a*xi : volt
    gl : siemens/meter**2
    a : volt/second**0.5
    """
    options = {key: value for key, value in VALUES.items() if key != "Cm"}
    cells = hp.CablePopulation(compartment(), text, 50, a=1e-3, name="c", **options)
    other = hp.CablePopulation(compartment(), PASSIVE, 50, s=1e-5, name="c", **VALUES)
    for population in (cells, other):
        hp.Network(population, dt=0.1 * ms, seed=3).run(5 * ms)
    assert np.std(cells.v) > 3e-6
    assert np.allclose(cells.v, other.v, rtol=1e-12)


@pytest.mark.parametrize("dt", [0.5, 0.05])
def test_conductances_that_fluctuate(dt: float) -> None:
    text = """
    Im = gl*(-70*mV - v) + g*(0*mV - v) : amp/meter**2
    dg/dt = (g0 - g)/(2*ms) + s*xi : siemens/meter**2
    gl : siemens/meter**2
    g0 : siemens/meter**2
    s : siemens/second**0.5/meter**2
    """
    (g,) = samples(text, ["g"], dt, s=1.0, g0=5.0, g=5.0)
    assert g.var() == pytest.approx(2e-3 / 2, rel=0.03)
    assert g.mean() == pytest.approx(5.0, abs=2e-3)


def test_states_that_share_a_system() -> None:
    text = """
    Im = gl*(-70*mV - v) : amp/meter**2
    da/dt = (b - a)/(2*ms) + xi/second**0.5 : 1
    db/dt = (a - b)/(2*ms) - b/ms : 1
    gl : siemens/meter**2
    """
    a, b = samples(text, ["a", "b"], 0.1)
    matrix = np.array([[-500.0, 500.0], [500.0, -1500.0]])
    theory = solve_continuous_lyapunov(matrix, -np.diag([1.0, 0.0]))
    assert a.var() == pytest.approx(theory[0, 0], rel=0.04)
    assert b.var() == pytest.approx(theory[1, 1], rel=0.04)


def test_compartments_and_names_have_their_own_noise() -> None:
    shape = hp.Cylinder(diameter=0.1 * um, length=2000 * um, n=20)  # hardly coupled
    cells = hp.CablePopulation(shape, PASSIVE, 12, s=1e-5, Ri=1e6, **VALUES)
    recorder = hp.StateRecorder(cells, "v", dt=2 * ms)
    hp.Network(cells, recorder, dt=0.2 * ms).run(400 * ms)
    correlation = np.corrcoef(recorder.v[:, 10:])
    assert np.abs(correlation - np.eye(cells.N)).max() < 0.4


def test_the_cable_smoothes_the_noise_of_its_compartments() -> None:
    """Modes of a sealed cable: each of them is an Ornstein-Uhlenbeck process of its own rate."""
    n, length, radius, Ri, s = 10, 500e-6, 1e-6, 1.0, 1e-5
    shape = hp.Cylinder(diameter=2 * um, length=500 * um, n=n)
    cells = hp.CablePopulation(shape, PASSIVE, 300, s=s, Ri=Ri, **VALUES)
    recorder = hp.StateRecorder(cells, "v", dt=2 * ms)
    hp.Network(cells, recorder, dt=0.05 * ms).run(60 * ms)
    found = recorder.v[:, 6:].reshape(300, n, -1).var(axis=(0, 2))
    step = length / n
    axial = radius / (2 * Ri * 0.01 * step**2)  # of the neighbour's voltage, per second
    laplace = np.diag(np.full(n - 1, 1.0), 1) + np.diag(np.full(n - 1, 1.0), -1)
    laplace -= np.diag(laplace.sum(axis=1))
    matrix = axial * laplace - np.eye(n) / TAU
    theory = np.diag(solve_continuous_lyapunov(matrix, -np.eye(n) * (s / 0.01) ** 2))
    assert found == pytest.approx(theory, rel=0.06)
    assert theory.max() < 0.5 * (s / 0.01) ** 2 * TAU / 2


def test_the_same_bits_in_the_interpreter_in_cut_runs_and_on_threads() -> None:
    text = PASSIVE + "dg/dt = -g/(2*ms) + xi_2/second**0.5 : 1"
    shape = hp.Soma(diameter=20 * um)
    shape.a = hp.Cylinder(diameter=2 * um, length=100 * um, n=40)
    found = []
    for target, threads, runs in (("native", 1, 1), ("interpreter", 1, 1), ("native", 2, 4)):
        model = hp.compile(text, cell=True, target=target)
        cells = hp.CablePopulation(shape, model, 40, s=1e-5, name="cells", **VALUES)
        net = hp.Network(cells, dt=0.1 * ms, threads=threads)
        for _ in range(runs):
            net.run(0.8 * ms / runs)
        found.append((cells.v, cells.g))
    for v, g in found[1:]:
        assert np.array_equal(v, found[0][0])
        assert np.array_equal(g, found[0][1])


def test_noise_that_a_state_multiplies_is_refused() -> None:
    text = "Im = gl*(-70*mV - v)*(1 + s*xi) : amp/meter**2\ngl : siemens/meter**2\ns : second**0.5"
    with pytest.raises(hp.ModelError, match="HH4055"):
        hp.Cell(compartment(), text)
    text = """
    Im = gl*(-70*mV - v) : amp/meter**2
    dx/dt = -x/ms + x*xi/ms**0.5 : 1
    gl : siemens/meter**2
    """
    with pytest.raises(hp.ModelError, match="HH4055"):
        hp.Cell(compartment(), text)


def test_explain_gives_the_order_of_noise() -> None:
    cell = hp.Cell(compartment(), PASSIVE)
    assert "strong 1" in cell.model.explain()
