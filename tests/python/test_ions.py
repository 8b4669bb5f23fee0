# SPDX-License-Identifier: MIT
"""Ions as a user writes them: reversal potentials, pools, pumps, channels that read them, and
diffusion; against formulas and balances worked out here."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import mmolar, ms, mV, nA, um

FARADAY, GAS = 96485.33212, 8.314462618
LANGUAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"


def values(expression: str, unit: str, celsius: float) -> np.ndarray:
    text = f"""
    dv/dt = -v/(1*ms) : volt
    vc : volt
    ci : mmolar
    co : mmolar
    temperature : kelvin
    X = {expression} : {unit}
    """
    P = hp.Population(hp.compile(text), 5, ci=1e-4 * mmolar, co=2 * mmolar, name="P")
    P.vc = np.array([-80, -1e-6, 0, 1e-6, 40]) * mV
    hp.Network(P, temperature=f"{celsius} degC")
    return np.broadcast_to(P.get("X"), 5)


@pytest.mark.parametrize("celsius", [6.3, 37.0])
@pytest.mark.parametrize("z", [2, -1])
def test_nernst(celsius: float, z: int) -> None:
    expected = GAS * (celsius + 273.15) / (z * FARADAY) * np.log(2 / 1e-4)
    np.testing.assert_allclose(
        values(f"nernst(ci, co, {z})", "volt", celsius), expected, rtol=1e-12
    )


@pytest.mark.parametrize("celsius", [6.3, 37.0])
def test_ghk_is_an_inward_current(celsius: float) -> None:
    """Hodgkin & Katz 1949, doi:10.1113/jphysiol.1949.sp004310; outward there."""
    found = values("ghk(vc, ci, co, 2)", "coulomb/meter**3", celsius)
    u = 2 * FARADAY * np.array([-80e-3, 40e-3]) / (GAS * (celsius + 273.15))
    outward = 2 * FARADAY * u * (1e-4 - 2 * np.exp(-u)) / (1 - np.exp(-u))
    np.testing.assert_allclose(found[[0, 4]], -outward, rtol=1e-12)
    np.testing.assert_allclose(found[1:4], 2 * FARADAY * (2 - 1e-4), rtol=1e-6)  # its limit at 0
    at_rest = GAS * (celsius + 273.15) / (2 * FARADAY) * np.log(2 / 1e-4)
    zero = values(f"ghk({float(at_rest)!r}*volt, ci, co, 2)", "coulomb/meter**3", celsius)
    assert np.all(np.abs(zero) < 1e-9 * np.abs(found[0]))


def dendrite() -> hp.Model:
    blocks = re.findall(r"```hhm\n(.*?)```", LANGUAGE.read_text("utf-8"), re.DOTALL)
    return hp.compile(next(b for b in blocks if "cell Dendrite" in b))["Dendrite"]


def test_what_channels_let_in_is_what_the_pool_holds_and_the_pump_takes() -> None:
    """The cell of the language page: charge by charge in every compartment."""
    shape = hp.Soma(diameter=20 * um)
    shape.dendrites = hp.Cylinder(diameter=2 * um, length=200 * um, n=20)
    gaps = []
    for dt in (0.02, 0.01):
        cell = hp.Cell(shape, dendrite())
        cell["soma"].I = 0.25 * nA
        M = hp.StateRecorder(cell, ["v", "ca_i", "cal.I", "E_Ca", "kca.w"])
        hp.Network(cell, M, dt=dt * ms).run(100 * ms, record_end=True)
        ca, inward = M["ca_i"], M["cal.I"]
        assert np.all(inward[0] == 0)  # no such channel in the soma
        assert ca[5].max() > 5e-4
        assert M["kca.w"][5].max() > 0.3
        nernst = GAS * 310.15 / (2 * FARADAY) * np.log(2 / ca)
        np.testing.assert_allclose(M["E_Ca"], nernst, rtol=1e-9)
        rate = inward / (2 * FARADAY * 0.1e-6) - 2.0 * ca / (ca + 0.5e-3) + 0.2
        gained = 0.5 * (rate[:, 1:] + rate[:, :-1]).sum(axis=1) * dt * 1e-3
        scale = np.abs(rate).sum(axis=1) * dt * 1e-3
        gaps.append(np.max(np.abs(ca[:, -1] - ca[:, 0] - gained) / scale))
    assert gaps[0] < 1e-2
    assert gaps[1] < 0.7 * gaps[0]


DIFFUSING = "Im = -v*siemens/meter**2 : amp/meter**2\ndc/dt = 0*mmolar/second : mmolar"


def test_a_release_spreads_as_the_green_function() -> None:
    """Amount m on an infinite cylinder: c = m/A exp(-x**2/(4 D t))/sqrt(4 pi D t)."""
    D, time, length = 0.2e-9, 20e-3, 60e-6
    errors = []
    for n, dt in ((301, 0.1), (601, 0.05)):
        cell = hp.Cell(hp.Cylinder(diameter=1 * um, length=length, n=n), DIFFUSING)
        cell.diffuse("c", D)
        dx = length / n
        cell.set("c", np.array([1e-6 / dx]), [n // 2])
        hp.Network(cell, dt=dt * ms).run(time)
        x = (np.arange(n) - n // 2) * dx
        expected = 1e-6 * np.exp(-(x**2) / (4 * D * time)) / np.sqrt(4 * np.pi * D * time)
        errors.append(np.abs(cell.c - expected).max() / expected.max())
        assert np.sum(cell.c) * dx == pytest.approx(1e-6, rel=1e-10)
    assert errors[1] < 0.01
    assert errors[1] < 0.7 * errors[0]


def test_amounts_stay_in_a_tapering_tree_and_become_even() -> None:
    shape = hp.Soma(diameter=10 * um)
    shape.dend = hp.Section(diameter=[3, 1] * um, length=30 * um, n=12)
    shape.dend.L = hp.Section(diameter=[1, 0.4] * um, length=20 * um, n=7)
    shape.dend.R = hp.Cylinder(diameter=0.7 * um, length=25 * um, n=9)
    cell = hp.Cell(shape, DIFFUSING)
    cell.diffuse("c", 0.6 * um**2 / ms)
    cell.dend.L.c = 1 * mmolar
    volume = np.asarray(cell.get("volume"))
    amount = (cell.c * volume).sum()
    net = hp.Network(cell, dt=1 * ms)
    net.run(5 * ms)
    assert 0 < cell.c.min() < 1e-3
    assert (cell.c * volume).sum() == pytest.approx(amount, rel=1e-12)
    net.run(100_000 * ms)
    np.testing.assert_allclose(cell.c, amount / volume.sum(), rtol=1e-6)
    assert (cell.c * volume).sum() == pytest.approx(amount, rel=1e-10)


def test_hints_for_ions_are_the_language() -> None:
    wrong = "channel A {\n I = (ca.E - v)*siemens/meter**2 : amp/meter**2\n}"
    with pytest.raises(hp.ModelError) as said:
        hp.compile(wrong)
    assert "`needs ca_E : UNIT`" in str(said.value)
    assert "beside `insert`: `ca_E = ca.E : UNIT`" in str(said.value)
    text = "dv/dt = (nernst(1*mmolar, 2*mmolar, 2) - v)/(1*ms) : volt"
    with pytest.raises(hp.ModelError) as said:
        hp.compile(text)
    (fixed,) = re.findall(r"set it: `(.*?)`", str(said.value))
    P = hp.Population(hp.compile(f"{text}\n{fixed}"), 1)
    expected = GAS * 310.15 / (2 * FARADAY) * np.log(2)
    assert P.get("dv/dt")[0] == pytest.approx(expected / 1e-3)
    with pytest.raises(hp.ModelError) as said:
        hp.compile("neuron B {\n dv/dt = a.I/(1 uF/cm**2) : volt\n}")
    assert "param a.I" not in str(said.value)


def test_a_temperature_that_the_equations_say_is_not_that_of_the_network() -> None:
    text = "dv/dt = (nernst(1*mmolar, 2*mmolar, 2) - v)/(1*ms) : volt\ntemperature = "
    P = hp.Population(hp.compile(text + "37 degC : kelvin"), 1, name="P")
    with pytest.warns(hp.NetworkWarning, match="equations of `P` say their own temperature"):
        hp.Network(P, temperature="6.3 degC")


def test_a_negative_rate_is_refused() -> None:
    scheme = """neuron A {
        kinetic s {
            C <-> O (%s, 2/ms)
            conserve C + O = 1
        }
        dv/dt = -v/ms : 1
    }"""
    with pytest.raises(hp.ModelError, match=r"HH4060\]: the rate of a transition is negative"):
        hp.compile(scheme % "-1/ms")
    assert hp.compile(scheme % "1/ms")["A"].states
