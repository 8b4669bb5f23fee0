# SPDX-License-Identifier: MIT
"""Two short ways of a step give the bits of the long ones: sum and advance of conductances in one
pass, and sums of few synapses target by target."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, siemens

CELL = """
dv/dt = (-(v + 65*mV) + R*I)/(10*ms) : volt
I : amp
R = 10*Mohm : ohm
ds/dt = (1/(1 + exp(-(v + 50*mV)/(5*mV))) - s)/(4*ms) : 1
"""
ALPHA = """
w : siemens
dg/dt = h - g/(5*ms) : siemens
dh/dt = -h/(5*ms) : siemens/second
I_post = g*(0*mV - v_post) : amp (summed)
"""
GRADED = """
w : siemens
I_post = w*s_pre*(-80*mV - v_post) : amp (summed)
"""


def network(n: int, fan_in: int, look: bool = False, more: int = 0) -> list[bytes]:
    """Voltages and conductances at the end. ``look``: a recorder of the synapses, so both kernels
    run; ``more``: graded synapses without weight."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV")
    P = hp.Population(cell, n, name="cells")
    random = np.random.default_rng(5)
    P.v = (-70 + 25 * random.random(n)) * mV
    A = hp.Synapses(P, P, ALPHA, on_pre="h += w*e/(5*ms)", delay=1 * ms, name="alpha")
    G = hp.Synapses(P, P, GRADED, name="graded")
    target = np.tile(np.arange(n), fan_in)
    for S, top, silent in ((A, 40e-9, 0), (G, 4e-9, more)):
        S.connect(
            i=np.append(random.integers(0, n, n * fan_in), np.zeros(silent, int)),
            j=np.append(target, np.arange(silent) % n),
        )
        S.w = np.append(top * random.random(n * fan_in), np.zeros(silent)) * siemens
    recorders = [hp.StateRecorder(A, "w", record=[0])] if look else []
    net = hp.Network(P, A, G, *recorders, dt=0.1 * ms)
    net.run(30 * ms)
    assert np.ptp(P.s) > 0 or n == 1
    return [np.asarray(values).tobytes() for values in (P.v, P.s, A.g)]


@pytest.mark.parametrize("n", [1, 10, 77])
def test_joined_is_apart(n: int) -> None:
    assert network(n, 4) == network(n, 4, look=True)


@pytest.mark.parametrize("n", [1, 10, 50])
def test_few_and_many_synapses(n: int) -> None:
    """Few are summed target by target, more than 4096 as they are stored. Several of them share
    source and target."""
    assert network(n, 9) == network(n, 9, more=5000)
