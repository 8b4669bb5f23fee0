# SPDX-License-Identifier: MIT
"""What users of Brian write every day, in words that both simulators have.

A model is a function that makes its objects through a `Simulator`, which hodgpy_sim.py and
brian2_sim.py give it; texts, numbers and methods are the same for both. Speeds are the only claim:
no model is fitted to anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np


class Simulator(Protocol):
    """Values are texts: "-60*mV + 10*mV*rand()"."""

    def population(
        self, n: int, equations: str, values: Mapping[str, str], **options: Any
    ) -> Any: ...

    def poisson(self, n: int, rate: str) -> Any: ...

    def synapses(
        self,
        source: Any,
        target: Any,
        equations: str = "",
        *,
        p: float,
        values: Mapping[str, str] | None = None,
        delay: str = "",
        **options: Any,
    ) -> Any: ...

    def timed_array(self, values: np.ndarray, dt: str) -> Any: ...

    def record(self, population: Any, variable: str) -> None: ...


class Model(NamedTuple):
    """One row of the table; steps and simulated times in ms."""

    title: str
    dt: float
    duration: float
    build: Callable[[Simulator], Any]


MODELS: dict[str, Model] = {}


def model(title: str, dt: float, duration: float) -> Callable[[Any], Any]:
    """Adds the function, which returns the population whose spikes are counted, or None."""

    def add(build: Callable[[Simulator], Any]) -> Callable[[Simulator], Any]:
        MODELS[build.__name__] = Model(title, dt, duration, build)
        return build

    return add


SQUID = """
dv/dt = (120*msiemens/cm**2*m**3*h*(50*mV - v) + 36*msiemens/cm**2*n**4*(-77*mV - v)
    + 0.3*msiemens/cm**2*(-54.387*mV - v) + I{more})/(1*ufarad/cm**2) : volt
I : amp/meter**2
dm/dt = 1/exprel(-(v/mV + 40)/10)/ms*(1 - m) - 4*exp(-(v/mV + 65)/18)/ms*m : 1
dh/dt = 0.07*exp(-(v/mV + 65)/20)/ms*(1 - h) - 1/(1 + exp(-(v/mV + 35)/10))/ms*h : 1
dn/dt = 0.1/exprel(-(v/mV + 55)/10)/ms*(1 - n) - 0.125*exp(-(v/mV + 65)/80)/ms*n : 1
"""
SQUID_VALUES = {
    "v": "-65*mV + 5*mV*rand()", "m": "0.05", "h": "0.6", "n": "0.32", "I": "10*uamp/cm**2",
}  # fmt: skip
CALCIUM = """
gk = 5*msiemens/cm**2 : siemens/meter**2
dCa/dt = (0.0002*(v/mV + 20)/(exp(-(v/mV + 20)/9) + 1)*w - Ca)/(80*ms) : 1
dw/dt = (1/(1 + exp(-(v/mV + 35)/10)) - w)/tau_w : 1
tau_w = 100*ms/(3.3*exp((v/mV + 35)/20) + exp(-(v/mV + 35)/20)) : second
"""
SPIKES = {"threshold": "v > 0*mV", "refractory": "v > 0*mV", "method": "exponential_euler"}


@model("1000 squid axons, v recorded in every step", 0.01, 100)
def recorded_squid(b: Simulator) -> Any:
    P = b.population(1000, SQUID.format(more=""), SQUID_VALUES, **SPIKES)
    b.record(P, "v")
    return P


@model("1000 squid axons with M current and calcium", 0.01, 100)
def calcium_squid(b: Simulator) -> Any:
    more = " - gk*w*(v + 80*mV)"
    return b.population(1000, SQUID.format(more=more) + CALCIUM, SQUID_VALUES, **SPIKES)


@model("1000 Traub-Miles cells, nine parameters per neuron", 0.05, 200)
def parameters_per_neuron(b: Simulator) -> Any:
    equations = """
dv/dt = (gl*(El - v) - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK) + I)/Cm : volt
dm/dt = 0.32*(mV**-1)*4*mV/exprel((13*mV - v + VT)/(4*mV))/ms*(1 - m)
    - 0.28*(mV**-1)*5*mV/exprel((v - VT - 40*mV)/(5*mV))/ms*m : 1
dn/dt = 0.032*(mV**-1)*5*mV/exprel((15*mV - v + VT)/(5*mV))/ms*(1 - n)
    - 0.5*exp((10*mV - v + VT)/(40*mV))/ms*n : 1
dh/dt = 0.128*exp((17*mV - v + VT)/(18*mV))/ms*(1 - h)
    - 4/(1 + exp((40*mV - v + VT)/(5*mV)))/ms*h : 1
I : amp
gl : siemens
El : volt
g_na : siemens
g_kd : siemens
ENa : volt
EK : volt
Cm : farad
VT : volt
"""
    values = {
        "v": "-65*mV", "m": "0.05", "h": "0.6", "n": "0.3", "I": "0.7*nA*i/N",
        "gl": "10*nS*(1 + 0.1*rand())", "El": "-65*mV", "g_na": "20*usiemens",
        "g_kd": "6*usiemens", "ENa": "50*mV", "EK": "-90*mV", "Cm": "200*pF",
        "VT": "-63*mV + 2*mV*rand()",
    }  # fmt: skip
    options = {**SPIKES, "threshold": "v > -40*mV", "refractory": "v > -40*mV"}
    return b.population(1000, equations, values, **options)


LEAKY = {"threshold": "v > -50*mV", "reset": "v = -60*mV"}


@model("1000 LIF neurons with white noise", 0.1, 1000)
def noisy_lif(b: Simulator) -> Any:
    equations = "dv/dt = (-50*mV - v)/(10*ms) + 5*mV*sqrt(2/(10*ms))*xi : volt (unless refractory)"
    return b.population(1000, equations, {"v": "-65*mV"}, threshold="v > -45*mV",
                        reset="v = -60*mV", refractory="3*ms", method="euler")  # fmt: skip


@model("1000 AdEx neurons with coloured noise", 0.1, 1000)
def noisy_adex(b: Simulator) -> Any:
    equations = """
dv/dt = (30*nS*(-70.6*mV - v) + 30*nS*2*mV*exp((v + 50.4*mV)/(2*mV)) - w + I)/(281*pF) : volt
dw/dt = (4*nS*(v + 70.6*mV) - w)/(144*ms) : amp
dI/dt = (0.5*nA - I)/(5*ms) + 0.3*nA*sqrt(2/(5*ms))*xi : amp
"""
    return b.population(1000, equations, {"v": "-70.6*mV"}, threshold="v > -40*mV",
                        reset="v = -70.6*mV; w += 0.08*nA", method="euler")  # fmt: skip


@model("1000 LIF neurons, each driven by a column of a timed array", 0.1, 1000)
def timed_input(b: Simulator) -> Any:
    stim = b.timed_array(np.random.default_rng(1).uniform(0, 30, (1000, 1000)), "1*ms")
    equations = "dv/dt = (-60*mV - v + stim(t, i)*mV)/(10*ms) : volt"
    return b.population(1000, equations, {"v": "-60*mV"}, method="euler",
                        namespace={"stim": stim}, **LEAKY)  # fmt: skip


@model("2000 neurons with an adaptive threshold", 0.1, 1000)
def adaptive_threshold(b: Simulator) -> Any:
    equations = """
dv/dt = (I - v)/(10*ms) : 1 (unless refractory)
dvt/dt = (1 - vt)/(15*ms) : 1
I : 1
"""
    return b.population(2000, equations, {"I": "3*rand()", "vt": "1"}, threshold="v > vt",
                        reset="v = 0; vt += 0.5", refractory="2*ms", method="exact")  # fmt: skip


@model("500 Wilson-Cowan units, 50 000 connections, rk4", 0.1, 100)
def wilson_cowan(b: Simulator) -> None:
    equations = """
dE/dt = (-E + 1/(1 + exp(-(1.2*E - 1.3*I + P + C - 3)/0.8)))/(8*ms) : 1
dI/dt = (-I + 1/(1 + exp(-(1.5*E - 0.1*I - 2)/0.6)))/(10*ms) : 1
P : 1
C : 1
"""
    values = {"E": "rand()", "I": "rand()", "P": "1.25 + 0.1*rand()"}
    P = b.population(500, equations, values, method="rk4")
    b.synapses(P, P, "w : 1\nC_post = w*E_pre : 1 (summed)", p=0.2, values={"w": "0.01*rand()"})


@model("200 Kuramoto oscillators, all to all", 1.0, 500)
def kuramoto(b: Simulator) -> None:
    equations = "dtheta/dt = omega + K*C : 1\nomega : Hz\nC : Hz\nK : 1"
    values = {"theta": "2*pi*rand()", "omega": "10*Hz*(1 + 0.1*randn())", "K": "0.05"}
    P = b.population(200, equations, values, method="euler")
    b.synapses(P, P, "C_post = sin(theta_pre - theta_post)*Hz : Hz (summed)", p=1.0)


@model("300 LIF neurons, 27 000 gap junctions", 0.1, 200)
def gap_junctions(b: Simulator) -> Any:
    equations = "dv/dt = (-60*mV - v + Ig + I)/(10*ms) : volt\nIg : volt\nI : volt"
    values = {"v": "-60*mV + 10*mV*rand()", "I": "12*mV"}
    P = b.population(300, equations, values, method="euler", **LEAKY)
    b.synapses(P, P, "w : 1\nIg_post = w*(v_pre - v_post) : volt (summed)", p=0.3,
               values={"w": "0.01*rand()"})  # fmt: skip
    return P


@model("200 LIF neurons, 20 000 NMDA synapses, clock-driven", 0.1, 200)
def nmda(b: Simulator) -> Any:
    equations = """
dv/dt = (-50*mV - v - 0.02*I*v)/(20*ms) : volt (unless refractory)
I : 1
"""
    P = b.population(200, equations, {"v": "-70*mV + 18*mV*rand()"}, threshold="v > -52*mV",
                     reset="v = -60*mV", refractory="2*ms", method="euler")  # fmt: skip
    states = """
ds/dt = -s/(100*ms) + 0.5/ms*x*(1 - s) : 1 (clock-driven)
dx/dt = -x/(2*ms) : 1 (clock-driven)
I_post = w*s : 1 (summed)
w : 1
"""
    b.synapses(P, P, states, p=0.5, values={"w": "0.05*rand()"}, on_pre="x += 1", method="euler")
    return P


@model("200 LIF neurons, 8000 synapses with noise of their own", 0.1, 200)
def noisy_synapses(b: Simulator) -> Any:
    P = b.population(200, "dv/dt = (-60*mV - v + Is)/(10*ms) : volt\nIs : volt",
                     {"v": "-60*mV"}, method="euler", **LEAKY)  # fmt: skip
    states = """
ds/dt = (0.1 - s)/(10*ms) + 0.05*sqrt(2/(10*ms))*xi : 1 (clock-driven)
Is_post = 3*mV*s : volt (summed)
"""
    b.synapses(P, P, states, p=0.2, on_pre="s += 0.1", method="euler")
    return P


CURRENT = """
dv/dt = (ge - (v + 60*mV){more})/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
"""
REFRACTORY = {**LEAKY, "refractory": "5*ms", "method": "exact"}


@model("1000 LIF neurons under 2000 Poisson trains, 200 000 synapses with delays", 0.1, 1000)
def poisson_drive(b: Simulator) -> Any:
    P = b.population(1000, CURRENT.format(more=""), {"v": "-60*mV"}, **REFRACTORY)
    source = b.poisson(2000, "15*Hz")
    b.synapses(source, P, "w : volt", p=0.1, values={"w": "1.2*mV*rand()"}, on_pre="ge += w",
               delay="5*ms*rand()")  # fmt: skip
    return P


@model("1000 LIF neurons, 100 000 synapses with short-term plasticity", 0.1, 1000)
def short_term_plasticity(b: Simulator) -> Any:
    values = {"v": "-60*mV + 10*mV*rand()"}
    P = b.population(1000, CURRENT.format(more=" + 11*mV"), values, **REFRACTORY)
    states = """
du/dt = -u/(500*ms) : 1 (event-driven)
dx/dt = (1 - x)/(200*ms) : 1 (event-driven)
w : volt
"""
    b.synapses(P, P, states, p=0.1, values={"w": "0.05*mV*rand()", "x": "1"},
               on_pre="u += 0.2*(1 - u)\nge += w*u*x\nx -= u*x")  # fmt: skip
    return P


@model("100 LIF neurons, 100 000 STDP synapses with delays", 0.1, 1000)
def stdp_with_delays(b: Simulator) -> Any:
    source = b.poisson(1000, "15*Hz")
    equations = """
dv/dt = (-74*mV - v - ge*v)/(10*ms) : volt
dge/dt = -ge/(5*ms) : 1
"""
    P = b.population(100, equations, {"v": "-60*mV"}, threshold="v > -54*mV",
                     reset="v = -60*mV", method="euler")  # fmt: skip
    states = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(20*ms) : 1 (event-driven)
"""
    b.synapses(source, P, states, p=1.0, values={"w": "0.01*rand()"}, delay="5*ms*rand()",
               on_pre="ge += w\napre += 0.01\nw = clip(w + apost*0.01, 0, 0.01)",
               on_post="apost += -0.0105\nw = clip(w + apre*0.01, 0, 0.01)")  # fmt: skip
    return P


@model("1000 Izhikevich neurons, 100 000 synapses with delays", 0.5, 1000)
def izhikevich_network(b: Simulator) -> Any:
    equations = """
dv/dt = (0.04*v**2 + 5*v + 140 - u + Is + 5*randn())/ms : 1
du/dt = a*(bb*v - u)/ms : 1
dIs/dt = -Is/(2*ms) : 1
a : 1
bb : 1
c : 1
d : 1
"""
    values = {
        "v": "-65", "u": "-13", "a": "0.02 + 0.08*rand()", "bb": "0.25 - 0.05*rand()",
        "c": "-65 + 15*rand()**2", "d": "8 - 6*rand()",
    }  # fmt: skip
    P = b.population(1000, equations, values, threshold="v >= 30", reset="v = c; u += d",
                     method="euler")  # fmt: skip
    b.synapses(P, P, "w : 1", p=0.1, values={"w": "0.5*rand() - 0.2"}, on_pre="Is += w",
               delay="10*ms*rand()")  # fmt: skip
    return P


@model("2000 LIF neurons, 400 000 synapses with weights and delays, dense firing", 0.1, 200)
def weights_and_delays(b: Simulator) -> Any:
    P = b.population(2000, "dv/dt = -v/(20*ms) : volt (unless refractory)",
                     {"v": "15*mV*rand()"}, threshold="v > 20*mV", reset="v = 10*mV",
                     refractory="2*ms", method="exact")  # fmt: skip
    source = b.poisson(2000, "200*Hz")
    b.synapses(source, P, p=0.1, on_pre="v_post += 0.6*mV")
    b.synapses(P, P, "w : volt", p=0.1, values={"w": "0.02*mV*randn()"}, on_pre="v_post += w",
               delay="1*ms + 2*ms*rand()")  # fmt: skip
    return P
