# SPDX-License-Identifier: MIT
"""COBAHH: 4000 Hodgkin-Huxley neurons with exponential synaptic conductances.

Benchmark 3 of Brette R et al. (2007) J Comput Neurosci 23:349-398, doi:10.1007/s10827-007-0038-6;
cells of Traub RD, Miles R (1991) Neuronal Networks of the Hippocampus, wiring of Vogels & Abbott
2005. With `method="exponential_euler"`, every state from values at t as in Brian 2, it fires at
32 to 38 Hz at dt 0.1 ms; most of it is that method's error, see docs/methods.md.

    python examples/networks/cobahh.py
"""

from __future__ import annotations

from common import show, two_percent

import hodgpy as hp
from hodgpy.units import ms, nS

CELL = """
dv/dt = (g_l*(E_l - v) + ge*(0*mV - v) + gi*(-80*mV - v)
         + g_na*m**3*h*(50*mV - v) + g_k*n**4*(-90*mV - v))/C : volt
dm/dt = a_m*(1 - m) - b_m*m : 1
dn/dt = a_n*(1 - n) - b_n*n : 1
dh/dt = a_h*(1 - h) - b_h*h : 1
dge/dt = -ge/(5*ms) : siemens
dgi/dt = -gi/(10*ms) : siemens
a_m = 0.32*4/exprel((13*mV - v + V_T)/(4*mV))/ms : Hz
b_m = 0.28*5/exprel((v - V_T - 40*mV)/(5*mV))/ms : Hz
a_h = 0.128*exp((17*mV - v + V_T)/(18*mV))/ms : Hz
b_h = 4/(1 + exp((40*mV - v + V_T)/(5*mV)))/ms : Hz
a_n = 0.032*5/exprel((15*mV - v + V_T)/(5*mV))/ms : Hz
b_n = 0.5*exp((10*mV - v + V_T)/(40*mV))/ms : Hz
"""
CONSTANTS = {
    "C": "200*pF", "g_l": "10*nS", "g_na": "20*usiemens", "g_k": "6*usiemens",
    "E_l": "-60*mV", "V_T": "-63*mV",
}  # fmt: skip


def build(
    n: int = 4000, seed: int = 1, method: str = "exponential_euler"
) -> tuple[hp.Network, hp.SpikeRecorder]:
    """The network of n cells and its spikes."""
    constants = {name: hp.units.parse(value) for name, value in CONSTANTS.items()}
    cell = hp.compile(
        CELL, threshold="v > -20*mV", refractory=3 * ms, method=method, namespace=constants
    )
    P = hp.Population(cell, n, name="cells", seed=seed)
    P.v = "-60*mV + (randn()*5 - 5)*mV"
    P.ge, P.gi = "(randn()*1.5 + 4)*10*nS", "(randn()*12 + 20)*10*nS"
    synapses = two_percent(P, ("ge += w", "gi += w"), (6 * nS, 67 * nS), seed)
    spikes = hp.SpikeRecorder(P)
    return hp.Network(P, *synapses, spikes, dt=0.1 * ms, seed=seed), spikes


if __name__ == "__main__":
    show(*build(), seconds=1.0, picture="cobahh.png")
