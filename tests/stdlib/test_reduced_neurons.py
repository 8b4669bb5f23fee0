# SPDX-License-Identifier: MIT
"""QIF, EIF, GIF, Hindmarsh-Rose: closed forms, quadrature and an independent integrator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, mV, nA, second, uA
from model_runs import model
from validated import Validated

integrate = pytest.importorskip("scipy.integrate")


def spike_times(cell: hp.Model, dt: float, duration: float, **values: object) -> np.ndarray:
    """In ms, one cell."""
    cells = hp.Population(cell, 1, **values)
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, spikes, dt=dt * ms).run(duration * ms)
    return np.array(spikes.t) * 1e3


def quadratic_interval(current: float, **changes: float) -> float:
    """Between two spikes, ms: the arctangent form. Current in nA."""
    p = {"tau": 10.0, "R": 100.0, "v_r": -65.0, "v_t": -50.0, "v_peak": 20.0, "v_reset": -80.0}
    p |= {name: p[name] * factor for name, factor in changes.items()}
    middle, width = (p["v_r"] + p["v_t"]) / 2, p["v_t"] - p["v_r"]
    drive = p["R"] * current - width / 4
    scale = np.sqrt(drive * width)
    ends = [np.arctan((v - middle) / scale) for v in (p["v_reset"], p["v_peak"])]
    return float(p["tau"] * width / scale * (ends[1] - ends[0]))


def test_quadratic_neuron_fires_at_its_closed_form(validated: Validated) -> None:
    cell = model("quadratic_2000", method="rk4")
    for current in (0.05, 0.2, 1.0):
        found = np.diff(spike_times(cell, 0.001, 400, I=current * nA))
        what = f"quadratic integrate-and-fire, interval at {current} nA"
        exact = quadratic_interval(current)
        validated.near(
            what, found.mean(), exact, unit="ms", rel=2e-4, abs=1e-3, source="closed form"
        )


def test_quadratic_neuron_is_silent_below_its_saddle_node() -> None:
    """R*I = (v_t - v_r)/4, 0.0375 nA."""
    cell = model("quadratic_2000")
    assert len(spike_times(cell, 0.05, 3000, I=0.0373 * nA)) == 0
    assert len(spike_times(cell, 0.05, 3000, I=0.0377 * nA)) > 0


@pytest.mark.parametrize("name", ["tau", "R", "v_r", "v_t", "v_reset"])
def test_quadratic_interval_notices_5_percent(name: str) -> None:
    if name == "v_t":  # -52.5 mV: nearer to rest
        assert quadratic_interval(0.2, v_t=1.05) != pytest.approx(quadratic_interval(0.2), rel=1e-2)
    cell = model("quadratic_2000", method="rk4")
    value = (cell.variables[name].default or 0.0) * 1.05
    found = np.diff(spike_times(cell, 0.005, 300, I=0.2 * nA, **{name: value})).mean()
    assert found == pytest.approx(quadratic_interval(0.2, **{name: 1.05}), rel=1e-3)
    assert abs(found / quadratic_interval(0.2) - 1) > 5e-3


def exponential_interval(current: float, **changes: float) -> float:
    """ms, by quadrature of dt = dv/(dv/dt). Current in uA/cm2."""
    p = {"C": 1.0, "g_L": 0.1, "E_L": -65.0, "V_T": -59.9, "Delta_T": 3.48, "V_reset": -68.0}
    p |= {"t_ref": 1.7}
    p |= {name: p[name] * factor for name, factor in changes.items()}

    def pace(v: float) -> float:
        spike = p["g_L"] * p["Delta_T"] * np.exp((v - p["V_T"]) / p["Delta_T"])
        return float(p["C"] / (p["g_L"] * (p["E_L"] - v) + spike + current))

    return float(p["t_ref"] + integrate.quad(pace, p["V_reset"], 0, limit=400)[0])


def test_exponential_neuron_fires_at_its_quadrature_and_above_the_rheobase() -> None:
    cell = model("exponential_2003")
    for current in (0.2, 0.5, 2.0):
        times = spike_times(cell, 0.001, 400, I=current * uA / cm**2)
        assert np.diff(times).mean() == pytest.approx(exponential_interval(current), rel=5e-4)
    # g_L*(V_T - E_L - Delta_T) = 0.162 uA/cm2; the Wang-Buzsaki cell begins to fire at 0.161.
    assert len(spike_times(cell, 0.05, 1500, I=0.1615 * uA / cm**2)) == 0
    assert len(spike_times(cell, 0.05, 1500, I=0.1635 * uA / cm**2)) > 0


@pytest.mark.parametrize("name", ["C", "g_L", "E_L", "V_T", "Delta_T", "V_reset", "t_ref"])
def test_exponential_interval_notices_5_percent(name: str) -> None:
    cell = model("exponential_2003")
    value = (cell.variables[name].default or 0.0) * 1.05
    current = 2.0 if name in ("E_L", "V_T", "t_ref") else 0.5
    found = np.diff(spike_times(cell, 0.001, 200, I=current * uA / cm**2, **{name: value})).mean()
    assert found == pytest.approx(exponential_interval(current, **{name: 1.05}), rel=1e-3)
    assert abs(found / exponential_interval(current) - 1) > 2e-3


GIF = {"k_1": 0.2, "k_2": 0.02, "b": 0.01, "G": 0.05, "a": 0.0, "R_1": 0.0, "R_2": 1.0}
GIF |= {"A_1": 0.0, "A_2": 0.0, "E_L": -70.0, "V_reset": -70.0, "theta_reset": -60.0}
GIF |= {"theta_inf": -50.0}  # the paper's table 1, in ms and mV


def gif_train(current: float, duration: float, **values: float) -> np.ndarray:
    """Spike times by an event-driven integration (SciPy, 1e-10), ms; current in mV/ms."""
    p = GIF | values

    def rhs(_: float, y: np.ndarray) -> list[float]:
        one, two, v, theta = y
        dv = current + one + two - p["G"] * (v - p["E_L"])
        dtheta = p["a"] * (v - p["E_L"]) - p["b"] * (theta - p["theta_inf"])
        return [-p["k_1"] * one, -p["k_2"] * two, dv, dtheta]

    def crossing(_: float, y: np.ndarray) -> float:
        return float(y[2] - y[3])

    crossing.terminal = True  # type: ignore[attr-defined]
    crossing.direction = 1  # type: ignore[attr-defined]
    t, y, found = 0.0, [0.0, 0.0, p["E_L"], p["theta_inf"]], []
    while t < duration:
        run = integrate.solve_ivp(
            rhs, (t, duration), y, events=crossing, rtol=1e-10, atol=1e-12, max_step=2.0
        )
        if not len(run.t_events[0]):
            break
        t = float(run.t_events[0][0])
        one, two, _, theta = run.y_events[0][0]
        found.append(t)
        y = [p["R_1"] * one + p["A_1"], p["R_2"] * two + p["A_2"], p["V_reset"]]
        y.append(max(p["theta_reset"], theta))
    return np.array(found)


@pytest.mark.parametrize(
    ("behaviour", "current", "values"),
    [
        ("tonic spiking", 1.5, {}),
        ("spike frequency adaptation", 2.0, {"a": 0.005}),
        ("slower adaptation", 1.5, {"a": 0.005}),
        ("tonic bursting", 2.0, {"a": 0.005, "A_1": 10.0, "A_2": -0.6}),
        ("depolarised after-potential", 2.0, {"a": 0.005, "A_1": 5.0, "A_2": -0.3}),
    ],
)
def test_gif_behaviours_of_the_paper(
    behaviour: str, current: float, values: dict[str, float]
) -> None:
    expected = gif_train(current, 300, **values)
    si = {n: x * (1e3 if n == "a" else 1.0) for n, x in values.items()}
    found = spike_times(model("mihalas_niebur_2009"), 0.002, 300, I=current, **si)
    assert len(found) == len(expected) > 0
    # every spike is late by up to one step, and delays the following ones
    assert np.abs(found - expected).max() < 0.002 * (len(expected) + 1) * 4
    if behaviour == "tonic spiking":
        assert expected[0] == pytest.approx(20 * np.log(3), rel=1e-9)


@pytest.mark.parametrize("name", [n for n in GIF if n not in ("R_1", "a", "theta_reset")])
def test_gif_notices_5_percent(name: str) -> None:
    values = {"a": 0.005, "A_1": 10.0, "A_2": -0.6}
    expected = gif_train(2.0, 150, **values)
    cell = model("mihalas_niebur_2009")
    default = {"A_1": 10.0, "A_2": -0.6}.get(name, cell.variables[name].default or 0.0)
    si = {"a": 5.0, "A_1": 10.0, "A_2": -0.6} | {name: default * 1.05}
    found = spike_times(cell, 0.01, 150, I=2.0, **si)
    short = min(len(found), len(expected))
    assert len(found) != len(expected) or np.abs(found[:short] - expected[:short]).max() > 0.3


def hindmarsh_rose(current: float, duration: float, **changes: float) -> np.ndarray:
    p = {"a": 1.0, "b": 3.0, "c": 1.0, "d": 5.0, "r": 0.001, "s": 4.0}
    p["x_1"] = -(1 + np.sqrt(5)) / 2
    p |= {name: p[name] * factor for name, factor in changes.items()}

    def rhs(_: float, u: np.ndarray) -> list[float]:
        x, y, z = u
        return [
            y - p["a"] * x**3 + p["b"] * x**2 - z + current,
            p["c"] - p["d"] * x**2 - y,
            p["r"] * (p["s"] * (x - p["x_1"]) - z),
        ]

    def crossing(_: float, u: np.ndarray) -> float:
        return float(u[0] - 1)

    crossing.direction = 1  # type: ignore[attr-defined]
    x = p["x_1"]
    start = [x, p["c"] - p["d"] * x**2, 0.0]
    run = integrate.solve_ivp(
        rhs, (0, duration), start, method="LSODA", events=crossing, rtol=1e-10, atol=1e-11
    )
    return np.array(run.t_events[0])


def test_hindmarsh_rose_bursts_as_an_independent_integrator_says() -> None:
    cell = model("hindmarsh_rose_1984", method="rk4")
    expected = hindmarsh_rose(2.0, 600)
    found = spike_times(cell, 0.005, 600, I=2.0)
    assert len(found) == len(expected) >= 10
    assert np.abs(found - expected).max() < 0.02
    gaps = np.diff(hindmarsh_rose(2.0, 1500))
    assert gaps.max() > 5 * np.median(gaps)  # bursts, not single spikes


def test_hindmarsh_rose_rests_at_the_papers_equilibrium() -> None:
    cells = hp.Population(model("hindmarsh_rose_1984"), 1)
    hp.Network(cells, dt=0.05 * ms).run(2 * second)
    x = -(1 + np.sqrt(5)) / 2
    assert cells.x[0] == pytest.approx(x, abs=1e-9)
    assert cells.y[0] == pytest.approx(1 - 5 * x**2, abs=1e-8)


@pytest.mark.parametrize("name", ["a", "b", "c", "d", "r", "s", "x_1"])
def test_hindmarsh_rose_notices_5_percent(name: str) -> None:
    expected = hindmarsh_rose(2.0, 400)
    changed: Callable[..., np.ndarray] = hindmarsh_rose
    cell = model("hindmarsh_rose_1984", method="rk4")
    value = (cell.variables[name].default or 0.0) * 1.05
    found = spike_times(cell, 0.01, 400, I=2.0, **{name: value})
    same = changed(2.0, 400, **{name: 1.05})
    assert len(found) == len(same)
    short = min(len(found), len(expected))
    assert len(found) != len(expected) or np.abs(found[:short] - expected[:short]).max() > 0.1


def test_threshold_of_the_gif_is_not_reset_upward() -> None:
    """theta becomes max(theta_reset, theta): -60 mV never binds while theta stays above it."""
    cell = model("mihalas_niebur_2009")
    low = spike_times(cell, 0.01, 200, I=2.0, a=5.0)
    high = spike_times(cell, 0.01, 200, I=2.0, a=5.0, theta_reset=-45 * mV)
    assert len(high) < len(low)
