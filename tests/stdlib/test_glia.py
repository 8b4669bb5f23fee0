# SPDX-License-Identifier: MIT
"""Astrocytes: against an independent integrator, waves of calcium, and company of neurons."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, ms, mV, pA, second, um, umolar
from validated import Validated

solve_ivp = pytest.importorskip("scipy.integrate").solve_ivp


def test_li_rinzel_oscillates_between_its_two_bifurcations() -> None:
    model = hp.compile("glia.li_rinzel_1994").LiRinzel1994
    levels = np.array([0.33, 0.38, 0.5, 0.6, 0.72])
    P = hp.Population(model, 5, IP3=levels * umolar)
    states = hp.StateRecorder(P, "C", dt=100 * ms)
    hp.Network(P, states, dt=10 * ms).run(400 * second)
    swing = np.ptp(states.get("C", "umolar")[:, -1500:], axis=1)
    # Oscillations of full size are born and end at 0.355 and 0.637 uM.
    assert np.all(swing[[0, 4]] < 1e-3)
    assert np.all(swing[1:4] > 0.1)


def test_li_rinzel_against_an_independent_integrator() -> None:
    def slope(t: float, y: np.ndarray) -> list[float]:
        C, h = y
        p, c1 = 0.5, 0.185
        m = p / (p + 0.13) * C / (C + 0.08234)
        er = (2 - C) / c1
        Q = 1.049 * (p + 0.13) / (p + 0.9434)
        flow = c1 * (6 * m**3 * h**3 + 0.11) * (er - C) - 0.9 * C**2 / (C**2 + 0.01)
        return [flow, 0.2 * (Q - (Q + C) * h)]

    Q = 1.049 * 0.63 / 1.4434
    found = solve_ivp(slope, (0, 30), [0.1, Q / (Q + 0.1)], "LSODA", rtol=1e-10, atol=1e-12)
    P = hp.Population(hp.compile("glia.li_rinzel_1994").LiRinzel1994, 1, IP3=0.5 * umolar)
    hp.Network(P, dt=5 * ms).run(30 * second)
    assert P.get("C", "umolar")[0] == pytest.approx(found.y[0, -1], rel=1e-5)
    assert P.h[0] == pytest.approx(found.y[1, -1], rel=1e-5)


def test_de_pitta_against_an_independent_integrator(validated: Validated) -> None:
    def slope(t: float, y: np.ndarray) -> list[float]:
        C, h, p, glutamate = y
        m = p / (p + 0.13) * C / (C + 0.08234)
        Q = 1.049 * (p + 0.13) / (p + 0.9434)
        flow = (6 * m**3 * h**3 + 0.11) * (2 - 1.185 * C) - 0.9 * C**2 / (C**2 + 0.0025)
        x = max(glutamate, 0) ** 0.7
        y_half = (1.3 + 10 * C / (C + 0.6)) ** 0.7
        made = 0.5 * x / (x + y_half) + 0.05 / (1 + p / 1.5) * C**2 / (C**2 + 0.01)
        broken = 2 * C**4 / (C**4 + 0.7**4) * p / (p + 1) + 0.05 * p
        return [flow, 0.2 * (Q - (Q + C) * h), made - broken, -glutamate / 5]

    Q = 1.049 * 0.23 / 1.0434
    start = [0.05, Q / (Q + 0.05), 0.1, 20.0]
    found = solve_ivp(slope, (0, 20), start, "LSODA", rtol=1e-10, atol=1e-12)
    P = hp.Population(hp.compile("glia.de_pitta_2009").DePitta2009, 1, tau_Y=5 * second)
    P.Y = 20 * umolar
    hp.Network(P, dt=5 * ms).run(20 * second)
    assert np.max(found.y[0]) > 0.5
    for name, value in zip("ChP", found.y[:, -1], strict=False):
        scale = 1 if name == "h" else 1e-3
        validated.near(
            f"De Pitta 2009: {name} after 20 s", P.get(name)[0], scale * value,
            source="LSODA (scipy), rtol 1e-10", rel=1e-4,
        )  # fmt: skip


def wave(kind: str, **values: object) -> tuple[np.ndarray, np.ndarray]:
    """First times of release and distances from the driven cell, of a sheet of 100 astrocytes."""
    glia = hp.compile("glia.de_pitta_2009")
    positions = hp.place(100, hp.Box(500 * um, 2), seed=1)
    near = hp.geometry.lattice(positions, 6).matrix()
    P = hp.Population(glia.DePitta2009, 100, name="astrocytes")
    P.place(positions)
    junctions = hp.Synapses(P, P, getattr(glia, kind), **values)
    junctions.connect(matrix=near | near.T)
    P.J_stimulus[[0]] = 5 * umolar / second
    events = hp.EventRecorder(P, "release")
    hp.Network(P, junctions, events, dt=10 * ms).run(40 * second)
    times = np.array([t[0] if len(t) else np.inf for t in events.trains().values()])
    return times, positions.distances(np.arange(100), 0)


@pytest.mark.parametrize(
    ("kind", "values"), [("IP3GapJunction", {}), ("IP3Diffusion", {"D": 2 * Hz})]
)
def test_a_wave_of_calcium_spreads(kind: str, values: dict[str, object]) -> None:
    times, distances = wave(kind, **values)
    reached = np.isfinite(times)
    assert np.sum(reached) > 30
    order = np.corrcoef(times[reached], distances[reached])[0, 1]
    assert order > 0.8
    speed = np.polyfit(times[reached], distances[reached], 1)[0]
    # Waves between astrocytes travel at 4 to 20 um/s (Scemes & Giaume
    # 2006, doi:10.1002/glia.20374).
    assert 4e-6 < speed < 20e-6


def test_without_coupling_the_driven_cell_is_alone() -> None:
    times, distances = wave("IP3Diffusion", D=0 * Hz)
    assert np.isfinite(times).tolist() == (distances == 0).tolist()


def test_neurons_and_astrocytes_talk_to_each_other() -> None:
    glia = hp.compile("glia.de_pitta_2009")
    neuron = hp.compile("""
    neuron Cell {
        input I_syn : amp
        dv/dt = (-70 mV - v + 100 Mohm*I_syn)/(20 ms) : mV
        init v = -70 mV
        threshold v > -50 mV
        reset { v = -70 mV }
    }
    """).Cell
    loud = hp.PoissonGroup(10, [50 * Hz, *[0 * Hz] * 9], name="loud")
    A = hp.Population(glia.DePitta2009, 2, name="astrocytes")
    N = hp.Population(neuron, 2, name="neurons")
    spill = hp.Synapses(loud, A, glia.Glutamate, w=2 * umolar)
    spill.connect(i=[0, 5], j=[0, 1])
    slow = hp.Synapses(A, N, glia.SlowInwardCurrent, on_event="release", w=60 * pA)
    slow.connect(rule="one_to_one")
    release, states = hp.EventRecorder(A, "release"), hp.StateRecorder(N, "v", dt=10 * ms)
    hp.Network(loud, A, N, spill, slow, release, states, dt=1 * ms).run(30 * second)
    assert release.count[0] >= 1
    assert release.count[1] == 0
    after = states.t > release.t[0]
    assert np.allclose(states.v[0, ~after], -70 * mV)
    assert states.get("v", "mV")[0, after].max() > -68
    assert np.allclose(states.v[1], -70e-3)
