# SPDX-License-Identifier: MIT
"""Chemistry in cells with a shape: Markov channels, buffers and pumps beside diffusion."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import mmolar, ms, nA, um

CHANNELS = """hhm 1
import neurons.hodgkin_huxley_1952 as squid
channel Markov {
    param g = 36 mS/cm**2
    a = 0.01/mV*(v + 55 mV)/(1 - exp(-(v + 55 mV)/(10 mV)))/ms : 1/second
    b = 0.125*exp(-(v + 65 mV)/(80 mV))/ms : 1/second
    kinetic s {
        C0 <-> C1 (4*a, b)
        C1 <-> C2 (3*a, 2*b)
        C2 <-> C3 (2*a, 3*b)
        C3 <-> O (a, 4*b)
        conserve C0 + C1 + C2 + C3 + O = 1
    }
    I = g*s.O*(-77 mV - v) : amp/meter**2
}
cell Axon {
    param Ri = 35.4 ohm*cm
    insert squid.NaT as na, squid.Leak as leak
    insert POTASSIUM
    I : nA (point current)
    init v = -65 mV
}
"""


def spikes(potassium: str, dt: float) -> np.ndarray:
    """Voltage at the end of a cable that was driven at its start."""
    model = hp.compile(CHANNELS.replace("POTASSIUM", potassium))["Axon"]
    cell = hp.Cell(hp.Cylinder(diameter=2 * um, length=300 * um, n=15), model)
    cell.set("I", 0.2 * nA, 0)
    recorder = hp.StateRecorder(cell, "v", record=[14])
    net = hp.Network(cell, recorder, dt=dt * ms, temperature="6.3 degC")
    net.run(12 * ms, record_end=True)
    return np.asarray(recorder["v"][0] * 1e3)


def test_a_markov_channel_is_four_gates() -> None:
    """Five states with rates 4a ... b and n**4 are one channel: the difference falls with dt."""
    apart = []
    for dt in (0.02, 0.01):
        gates = spikes("squid.KDr(g = 36 mS/cm**2, E = -77 mV) as k", dt)
        chain = spikes("Markov as k", dt)
        assert gates.max() > 20
        apart.append(np.abs(gates - chain).max())
    assert apart[1] < 0.6 * apart[0]
    assert apart[1] < 1.0


BUFFERED = """hhm 1
channel Leak {
    I = 0.1 mS/cm**2*(-70 mV - v) : amp/meter**2
}
cell Buffered {
    param k_on = 50/mmolar/ms
    param k_off = 0.5/ms
    insert Leak as leak
    kinetic s {
        Ca : mmolar
        B : mmolar
        CaB : mmolar
        Ca + B <-> CaB (k_on, k_off)
        init Ca = 1 uM
        init B = 0.1 mmolar
        init CaB = 0 mmolar
    }
    init v = -70 mV
}
"""


def buffered(n: int) -> hp.Cell:
    model = hp.compile(BUFFERED)["Buffered"]
    return hp.Cell(hp.Cylinder(diameter=1 * um, length=20 * um, n=n), model)


@pytest.mark.parametrize("mobile", [0.0, 0.05])
def test_a_fast_buffer_slows_diffusion(mobile: float) -> None:
    """A small wave of calcium decays with (D + kappa D_B)/(1 + kappa), kappa = B K/(K + Ca)**2
    (Wagner & Keizer 1994, Biophys. J. 67:447, doi:10.1016/S0006-3495(94)80500-4); the sum of free
    and bound calcium stays, but for the steps of the binding."""
    cell = buffered(20)
    cell.diffuse("s.Ca", 0.22 * um**2 / ms)
    if mobile > 0:
        cell.diffuse("s.CaB", mobile * um**2 / ms)
        cell.diffuse("s.B", mobile * um**2 / ms)
    total, constant, rest = 0.1, 0.01, 1e-3  # mM; K = k_off/k_on
    wave = np.cos(np.pi * cell.pos / 20e-6)
    calcium = rest * (1 + 0.01 * wave)
    bound = total * calcium / (calcium + constant)
    cell.s.Ca = calcium * mmolar
    cell.s.CaB = bound * mmolar
    cell.s.B = (total - bound) * mmolar
    before = (calcium + bound).sum()
    time = 0.2
    hp.Network(cell, dt=0.005 * ms).run(time)
    after = (cell.s.Ca + cell.s.CaB).sum()
    assert after == pytest.approx(before, rel=2e-6)
    kappa = total * constant / (constant + rest) ** 2
    rate = (0.22e-9 + kappa * mobile * 1e-9) / (1 + kappa) * (np.pi / 20e-6) ** 2
    left = 2 * np.mean((cell.s.Ca - rest) * wave) / (0.01 * rest)
    assert -np.log(left) / time == pytest.approx(rate, rel=0.02)
