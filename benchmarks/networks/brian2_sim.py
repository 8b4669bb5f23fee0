# SPDX-License-Identifier: MIT
"""CUBA, COBA, COBAHH and Brunel's network in Brian 2, C++ standalone. Run by race.py.

Same equations, constants and initial values as examples/networks; see there for the sources.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time

import numpy as np
import plastic
from brian2 import (
    NeuronGroup,
    PoissonInput,
    SpikeMonitor,
    Synapses,
    cm,
    defaultclock,
    device,
    ms,
    mV,
    nS,
    prefs,
    second,
    seed,
    set_device,
    siemens,
    uF,
    um,
)
from brian2 import __version__ as version

TWO_PERCENT = 0.02
PASSIVE = """
dge/dt = -ge/(5*ms) : {unit}
dgi/dt = -gi/(10*ms) : {unit}
"""
CUBA = "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)" + PASSIVE
COBA = "dv/dt = (-60*mV - v - ge*v + gi*(-80*mV - v))/(20*ms) : volt (unless refractory)" + PASSIVE
COBAHH = (
    """
dv/dt = (gl*(-60*mV - v) - ge*v + gi*(-80*mV - v)
         - gna*m**3*h*(v - 50*mV) - gk*n**4*(v + 90*mV))/Cm : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
alpha_m = 0.32*4/exprel((13*mV - v - 63*mV)/(4*mV))/ms : Hz
beta_m = 0.28*5/exprel((v + 63*mV - 40*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((17*mV - v - 63*mV)/(18*mV))/ms : Hz
beta_h = 4/(1 + exp((40*mV - v - 63*mV)/(5*mV)))/ms : Hz
alpha_n = 0.032*5/exprel((15*mV - v - 63*mV)/(5*mV))/ms : Hz
beta_n = 0.5*exp((10*mV - v - 63*mV)/(40*mV))/ms : Hz
"""
    + PASSIVE
)

VOGELS_CELL = """
dv/dt = (10*nS*(-60*mV - v) - ge*v + gi*(-80*mV - v) + 200*pA)/(200*pF) : volt (unless refractory)
dge/dt = -ge/(5*ms) : siemens
dgi/dt = -gi/(10*ms) : siemens
"""


def vogels(model: str, n: int) -> tuple[list[object], SpikeMonitor]:
    """The three networks of Brette et al. 2007 that share their wiring."""
    if model == "cobahh":
        area = 20000 * um**2
        names = {"Cm": 1 * uF / cm**2 * area, "gl": 5e-5 * siemens / cm**2 * area}
        names |= {"gna": 0.1 * siemens / cm**2 * area, "gk": 0.03 * siemens / cm**2 * area}
        P = NeuronGroup(
            n, COBAHH.format(unit="siemens"), threshold="v > -20*mV", refractory=3 * ms,
            method="exponential_euler", namespace=names,
        )  # fmt: skip
        we, wi = 6 * nS, 67 * nS
        P.v = "-60*mV + (randn()*5 - 5)*mV"
        P.ge = "(randn()*1.5 + 4)*10*nS"
        P.gi = "(randn()*12 + 20)*10*nS"
    else:
        unit = "volt" if model == "cuba" else "1"
        equations = (CUBA if model == "cuba" else COBA).format(unit=unit)
        P = NeuronGroup(
            n, equations, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms,
            method="exact" if model == "cuba" else "exponential_euler",
        )  # fmt: skip
        if model == "cuba":
            we, wi = 60 * 0.27 / 10 * mV, -20 * 4.5 / 10 * mV
            P.v = "-60*mV + rand()*10*mV"
        else:
            we, wi = 0.6, 6.7
            P.v = "-60*mV + (randn()*5 - 5)*mV"
            P.ge, P.gi = "randn()*1.5 + 4", "randn()*12 + 20"
    we, wi = we * 4000 / n, wi * 4000 / n
    excitatory = P[: n * 4 // 5]
    Ce = Synapses(excitatory, P, on_pre="ge += we", namespace={"we": we})
    Ci = Synapses(P[n * 4 // 5 :], P, on_pre="gi += wi", namespace={"wi": wi})
    Ce.connect(p=TWO_PERCENT)
    Ci.connect(p=TWO_PERCENT)
    monitor = SpikeMonitor(P)
    return [P, Ce, Ci, monitor], monitor


def stdp(n: int) -> tuple[list[object], SpikeMonitor]:
    P = NeuronGroup(
        n, plastic.CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms,
        method="exact",
    )  # fmt: skip
    P.v = "-60*mV + rand()*10*mV"
    E, I = P[: n * 4 // 5], P[n * 4 // 5 :]
    we, wi = (w * 4000 / n * mV for w in plastic.WEIGHTS)
    learning = Synapses(
        E,
        E,
        plastic.STDP,
        on_pre=plastic.ON_PRE,
        on_post=plastic.ON_POST,
        namespace={"top": 2 * we},
    )
    fixed = Synapses(E, I, on_pre="ge += we", namespace={"we": we})
    inhibition = Synapses(I, P, on_pre="gi += wi", namespace={"wi": wi})
    for S in (learning, fixed, inhibition):
        S.connect(p=TWO_PERCENT)
    learning.w = we
    monitor = SpikeMonitor(P)
    return [P, learning, fixed, inhibition, monitor], monitor


def vogels_2011(n: int) -> tuple[list[object], SpikeMonitor]:
    scale = 10000 / n
    P = NeuronGroup(
        n, VOGELS_CELL,
        threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method="exponential_euler",
    )  # fmt: skip
    P.v = -60 * mV
    E, I = P[: n * 4 // 5], P[n * 4 // 5 :]
    names = {"unit": 1 * nS * scale, "eta": plastic.ETA, "balance": 2 * plastic.TARGET * 0.02}
    excitation = Synapses(E, P, on_pre="ge += we", namespace={"we": 0.3 * nS * scale})
    fixed = Synapses(I, I, on_pre="gi += wi", namespace={"wi": 3 * nS * scale})
    learning = Synapses(
        I, E, plastic.VOGELS,
        on_pre="gi_post += w*unit\nbefore += 1\nw = clip(w + (after - balance)*eta, 0, 1000)",
        on_post="after += 1\nw = clip(w + before*eta, 0, 1000)", namespace=names,
    )  # fmt: skip
    for S in (excitation, fixed, learning):
        S.connect(p=TWO_PERCENT)
    monitor = SpikeMonitor(E)
    return [P, excitation, fixed, learning, monitor], monitor


def brunel(n: int, g: float = 5.0, eta: float = 2.0) -> tuple[list[object], SpikeMonitor]:
    J, D, E = 0.1 * mV, 1.5 * ms, n * 4 // 5
    CE, CI = E // 10, E // 40
    rate = eta * 20 * mV / (J * CE * 20 * ms)
    P = NeuronGroup(
        n, "dv/dt = -v/(20*ms) : volt (unless refractory)", threshold="v > 20*mV",
        reset="v = 10*mV", refractory=2 * ms, method="exact",
    )  # fmt: skip
    external = PoissonInput(P, "v", CE, rate, J)
    # Fixed in-degrees by arrays: Brian 2 has no rule for them.
    draw = np.random.default_rng(1)
    S = []
    for low, high, degree, weight in ((0, E, CE, J), (E, n, CI, -g * J)):
        synapses = Synapses(
            P[low:high], P, on_pre="v_post += weight", delay=D, namespace={"weight": weight}
        )
        i = np.concatenate([draw.choice(high - low, degree, replace=False) for _ in range(n)])
        synapses.connect(i=i, j=np.repeat(np.arange(n), degree))
        S.append(synapses)
    monitor = SpikeMonitor(P)
    return [P, external, *S, monitor], monitor


def processor_time_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(model: str, n: int, seconds: float, kind: str, repeats: int) -> None:
    set_device("cpp_standalone", build_on_run=False)
    if kind == "fastest":
        prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-ffast-math", "-march=native", "-w"]
    defaultclock.dt = 0.1 * ms
    seed(1)
    start = time.perf_counter()
    own = {"brunel": brunel, "stdp": stdp, "vogels": vogels_2011}
    objects, monitor = own[model](n) if model in own else vogels(model, n)
    from brian2 import Network

    network = Network(*objects)
    network.run(seconds * second)
    folder = tempfile.mkdtemp()
    device.build(directory=folder, compile=True, run=False, debug=False)
    setup = time.perf_counter() - start
    runs = []
    for _ in range(repeats):
        before = processor_time_of_children()
        device.run(directory=folder, with_output=False)
        # The process also starts and writes its arrays: the lesser of the two is nearer.
        runs.append(min(device._last_run_time, processor_time_of_children() - before))
    result = {"setup_s": setup, "run_s": runs, "version": version}
    result["rate"] = float(monitor.num_spikes / len(monitor.source) / seconds)
    shutil.rmtree(folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
