# SPDX-License-Identifier: MIT
"""Kinetic schemes against Markov chains solved with NumPy, and against gates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, mV, uA

SODIUM = """
channel Na8 {
    param g = 120 mS/cm**2
    param E = 50 mV
    am = 0.1/mV*(v + 40 mV)/(1 - exp(-(v + 40 mV)/(10 mV)))/ms : 1/second
    bm = 4*exp(-(v + 65 mV)/(18 mV))/ms : 1/second
    ah = 0.07*exp(-(v + 65 mV)/(20 mV))/ms : 1/second
    bh = 1/(1 + exp(-(v + 35 mV)/(10 mV)))/ms : 1/second
    kinetic s {
        C0 <-> C1 (3*am, bm)
        C1 <-> C2 (2*am, 2*bm)
        C2 <-> O (am, 3*bm)
        I0 <-> I1 (3*am, bm)
        I1 <-> I2 (2*am, 2*bm)
        I2 <-> I3 (am, 3*bm)
        C0 <-> I0 (bh, ah)
        C1 <-> I1 (bh, ah)
        C2 <-> I2 (bh, ah)
        O <-> I3 (bh, ah)
        conserve C0 + C1 + C2 + O + I0 + I1 + I2 + I3 = 1
        q10 = 3 at 6.3 degC
    }
    I = g*s.O*(E - v) : amp/meter**2
}
"""
AXON = (
    SODIUM
    + """
import neurons.hodgkin_huxley_1952 as squid
neuron Axon {
    param C = 1 uF/cm**2
    use Na8 as na, squid.KDr as k, squid.Leak as leak
    dv/dt = (na.I + k.I + leak.I + I)/C : mV
    I : uA/cm**2
    init v = -65 mV
}
"""
)
SPECIES = ["C0", "C1", "C2", "O", "I0", "I1", "I2", "I3"]
EDGES = [("C0", "C1", 3, 1), ("C1", "C2", 2, 2), ("C2", "O", 1, 3)]
EDGES += [("I0", "I1", 3, 1), ("I1", "I2", 2, 2), ("I2", "I3", 1, 3)]


def model(tmp_path: Path, text: str, name: str) -> hp.Model:
    path = tmp_path / "scheme.hhm"
    path.write_text(text)
    found = hp.compile(path)[name]
    assert isinstance(found, hp.Model)
    return found


def generator(v: float) -> np.ndarray:
    """dp/dt = Q p of the eight states at v in mV, per ms, written out from the rates."""
    am = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10))
    bm = 4 * np.exp(-(v + 65) / 18)
    ah, bh = 0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))
    q = np.zeros((8, 8))
    edges = [(a, b, up * am, down * bm) for a, b, up, down in EDGES]
    edges += [(SPECIES[i], SPECIES[i + 4], bh, ah) for i in range(4)]
    for a, b, forward, backward in edges:
        i, j = SPECIES.index(a), SPECIES.index(b)
        q[j, i] += forward
        q[i, i] -= forward
        q[i, j] += backward
        q[j, j] -= backward
    return q


def propagated(q: np.ndarray, start: np.ndarray, time: float) -> np.ndarray:
    values, vectors = np.linalg.eig(q)
    moved: np.ndarray = (vectors @ (np.exp(values * time) * np.linalg.solve(vectors, start))).real
    return moved


def test_starts_at_the_steady_state_of_the_markov_chain(tmp_path: Path) -> None:
    potentials = np.array([-90.0, -65.0, -40.5, 0.0, 40.0])
    found = model(tmp_path, AXON, "Axon").steady_state(v=potentials * mV)
    cells = hp.Population(model(tmp_path, AXON, "Axon"), 5, v=potentials * mV)
    for k, v in enumerate(potentials):
        values, vectors = np.linalg.eig(generator(v))
        steady = vectors[:, np.argmin(np.abs(values))].real
        steady /= steady.sum()
        for i, name in enumerate(SPECIES):
            assert cells.get(f"na.s.{name}")[k] == pytest.approx(steady[i], rel=1e-9, abs=1e-14)
            if name != "I3":  # what the others leave
                assert found[f"na.s.{name}"][k] == pytest.approx(steady[i], rel=1e-9, abs=1e-14)


def test_scheme_with_constant_rates_is_exact(tmp_path: Path) -> None:
    """At a constant potential the whole system is linear: the matrix exponential at any dt."""
    held = "neuron Held { use Na8 as na\n v : mV (constant)\n y = na.I : uA/cm**2 }"
    clamp = model(tmp_path, SODIUM + held, "Held")
    assert "exact" in clamp.explain()
    cells = hp.Population(clamp, 2, v=[-20e-3, 10e-3])
    values, vectors = np.linalg.eig(generator(-65))
    start = vectors[:, np.argmin(np.abs(values))].real
    start /= start.sum()
    for i, name in enumerate(SPECIES[:-1]):
        cells.set(f"na.s.{name}", start[i])
    hp.Network(cells, dt=0.5 * ms).run(2 * ms)
    for k, v in enumerate([-20.0, 10.0]):
        expected = propagated(generator(v), start, 2.0)
        for i, name in enumerate(SPECIES):
            assert cells.get(f"na.s.{name}")[k] == pytest.approx(expected[i], abs=1e-12)


def test_eight_states_do_what_three_gates_do(tmp_path: Path) -> None:
    """m**3*h as a Markov scheme: the same axon, also at another temperature."""
    squid = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
    for celsius in (6.3, 12.0):
        trains = []
        for one in (model(tmp_path, AXON, "Axon"), squid):
            cells = hp.Population(one, 1, I=10 * uA / cm**2, temperature=f"{celsius} degC")
            trace = hp.StateRecorder(cells, "v")
            hp.Network(cells, trace, dt=0.005 * ms).run(40 * ms)
            trains.append(np.flatnonzero((trace.v[0][:-1] < 0) & (trace.v[0][1:] >= 0)))
        assert len(trains[0]) == len(trains[1]) >= 3
        assert np.abs(trains[0] - trains[1]).max() <= 1


def test_scheme_that_jumps_follows_the_markov_chain_to_second_order(tmp_path: Path) -> None:
    """v is driven by hand; the scheme of one step is trapezoidal and keeps its sum."""
    driven = SODIUM + (
        "neuron Driven { use Na8 as na\n dv/dt = (20 mV - v)/(1 ms) : mV\n"
        " init v = -65 mV\n I = na.I : uA/cm**2 }"
    )
    one = model(tmp_path, driven, "Driven")
    fine = 4000
    p = None
    for k in range(fine):  # 2 ms in steps of 0.5 us, v in the middle of each
        v = 20 - 85 * np.exp(-(k + 0.5) * 2.0 / fine)
        if p is None:
            values, vectors = np.linalg.eig(generator(-65))
            p = vectors[:, np.argmin(np.abs(values))].real
            p /= p.sum()
        h = 2.0 / fine
        q = generator(v)
        p = p + h * (q @ p) + h**2 / 2 * (q @ (q @ p)) + h**3 / 6 * (q @ (q @ (q @ p)))
    errors = []
    for steps in (100, 200):
        dt = 2.0 / steps
        cells = hp.Population(one, 1)
        hp.Network(cells, dt=dt * ms).run(2 * ms)
        shares = [float(cells.get(f"na.s.{name}")[0]) for name in SPECIES]
        assert sum(shares) == pytest.approx(1, abs=1e-14)
        # species stand half a step later than v
        q = generator(20 - 85 * np.exp(-(2.0 + dt / 4)))
        assert p is not None
        late = propagated(q, p, dt / 2)
        errors.append(abs(shares[3] - late[3]))
    assert errors[0] < 2e-3
    assert 3 < errors[0] / errors[1] < 5


def test_reversible_dimer_conserves_and_reaches_equilibrium(tmp_path: Path) -> None:
    """2 A <-> B with concentrations: B = K*A**2 in the end, A + 2*B stays."""
    one = model(
        tmp_path,
        """
        neuron Dimer {
            param kf = 3/mM/ms
            param kb = 0.5/ms
            kinetic s {
                2 A <-> B (kf, kb)
                conserve A + 2 B = 0.7 mM
                A : mmolar
                B : mmolar
                init A = 0.7 mM
            }
            y = s.B : mM
        }
        """,
        "Dimer",
    )
    cells = hp.Population(one, 1)
    assert cells.get("s.B")[0] == 0
    hp.Network(cells, dt=0.01 * ms).run(20 * ms)
    a, b = cells.get("s.A", "mM")[0], cells.get("s.B", "mM")[0]
    assert a + 2 * b == pytest.approx(0.7, abs=1e-15)
    assert b == pytest.approx(6 * a**2, rel=1e-9)


def test_absorbing_scheme_ends_where_nothing_leaves(tmp_path: Path) -> None:
    text = """
        neuron Decay {
            kinetic s { A -> B (1/ms)
                        B -> C (2/ms)
                        conserve A + B + C = 1
                        %s }
            y = s.C : 1
        }
    """
    cells = hp.Population(model(tmp_path, text % "", "Decay"), 1)
    assert [cells.get(f"s.{x}")[0] for x in "ABC"] == [0, 0, 1]
    cells = hp.Population(model(tmp_path, text % "init A = 1", "Decay"), 1)
    hp.Network(cells, dt=0.1 * ms).run(1 * ms)
    a, b = np.exp(-1), np.exp(-1) - np.exp(-2)
    assert cells.get("s.A")[0] == pytest.approx(a, rel=1e-12)
    assert cells.get("s.B")[0] == pytest.approx(b, rel=1e-12)
    assert cells.get("s.C")[0] == pytest.approx(1 - a - b, rel=1e-12)


def test_concentration_that_a_scheme_reads_and_changes_stands_beside_v(tmp_path: Path) -> None:
    text = """
        neuron Inactivates {
            param C = 1 uF/cm**2
            kinetic s {
                C0 <-> O (exp(v/(10 mV))/ms, 1/ms)
                O <-> D (ca/(1 uM)/ms, 0.1/ms)
                conserve C0 + O + D = 1
            }
            I_Ca = 0.1 mS/cm**2*s.O*(120 mV - v) : uA/cm**2
            dca/dt = 0.5 uM*cm**2/uA/ms*I_Ca - ca/(20 ms) : uM
            dv/dt = (I_Ca + 0.3 mS/cm**2*(-65 mV - v))/C : mV
            init v = -65 mV
            init ca = 0.05 uM
        }
    """
    one = model(tmp_path, text, "Inactivates")
    how = {line.split()[0]: line for line in one.explain().splitlines()[1:] if line.strip()}
    assert "advanced together" in how["ca"]
    assert "trapezoidal" in how["s.O"]
