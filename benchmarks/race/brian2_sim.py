# SPDX-License-Identifier: MIT
"""The race's models in Brian 2, C++ standalone. Run by race.py: prints one JSON line."""

from __future__ import annotations

import json
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

import brian2 as b2
import generated
from brian2 import cm, ms, mV, uA

HH_GATES = """
dm/dt = alpha_m*(1-m) - beta_m*m : 1
dh/dt = alpha_h*(1-h) - beta_h*h : 1
dn/dt = alpha_n*(1-n) - beta_n*n : 1
I : amp/meter**2
"""
SQUID = (
    """
dv/dt = (120*msiemens/cm**2*m**3*h*(50*mV-v) + 36*msiemens/cm**2*n**4*(-77*mV-v)
         + 0.3*msiemens/cm**2*(-54.387*mV-v) + I)/(1*ufarad/cm**2) : volt
alpha_m = 1/exprel(-(v+40*mV)/(10*mV))/ms : Hz
beta_m = 4*exp(-(v+65*mV)/(18*mV))/ms : Hz
alpha_h = 0.07*exp(-(v+65*mV)/(20*mV))/ms : Hz
beta_h = 1/(1+exp(-(v+35*mV)/(10*mV)))/ms : Hz
alpha_n = 0.1/exprel(-(v+55*mV)/(10*mV))/ms : Hz
beta_n = 0.125*exp(-(v+65*mV)/(80*mV))/ms : Hz
"""
    + HH_GATES
)
TRAUB = (
    """
dv/dt = (100*msiemens/cm**2*m**3*h*(50*mV-v) + 30*msiemens/cm**2*n**4*(-90*mV-v)
         + 0.05*msiemens/cm**2*(-60*mV-v) + I)/(1*ufarad/cm**2) : volt
alpha_m = 1.28/exprel((-50*mV-v)/(4*mV))/ms : Hz
beta_m = 1.4/exprel((v+23*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((-46*mV-v)/(18*mV))/ms : Hz
beta_h = 4/(1+exp((-23*mV-v)/(5*mV)))/ms : Hz
alpha_n = 0.16/exprel((-48*mV-v)/(5*mV))/ms : Hz
beta_n = 0.5*exp((-53*mV-v)/(40*mV))/ms : Hz
"""
    + HH_GATES
)
HH = {"threshold": "v > 0*mV", "refractory": "v > 0*mV", "method": "exponential_euler"}
MODELS = {
    "squid_hh": (SQUID, HH, {"v": -65 * mV, "I": 10 * uA / cm**2}),
    "traub_miles": (TRAUB, HH, {"v": -60 * mV, "I": 2 * uA / cm**2}),
    "lif": (
        "dv/dt = (-70*mV - v + 25*mV)/(20*ms) : volt (unless refractory)",
        {"threshold": "v > -50*mV", "reset": "v = -70*mV", "refractory": 2 * ms, "method": "exact"},
        {"v": "-70*mV + 20*mV*i/(N - 1)"},
    ),
    "izhikevich": (
        """dv/dt = 0.04/ms/mV*v**2 + 5/ms*v + 140*mV/ms - u + 10*mV/ms : volt
           du/dt = 0.02/ms*(0.2/ms*v - u) : volt/second""",
        {"threshold": "v >= 30*mV", "reset": "v = -65*mV; u += 8*mV/ms", "method": "euler"},
        {"v": "-65*mV + 10*mV*i/(N - 1)", "u": -13 * mV / ms},
    ),
    "adex": (
        """dv/dt = (30*nS*(-70.6*mV - v) + 30*nS*2*mV*exp((v + 50.4*mV)/(2*mV)) - w + 1*nA)
                   /(281*pF) : volt
           dw/dt = (4*nS*(v + 70.6*mV) - w)/(144*ms) : amp""",
        {"threshold": "v > 20*mV", "reset": "v = -70.6*mV; w += 80.5*pA", "method": "euler"},
        {"v": "-70.6*mV + 10*mV*i/(N - 1)"},
    ),
    "ten_channels": (
        generated.ten_channels_text(),
        HH,
        {"v": -65 * mV, "I": 10 * uA / cm**2, **generated.steady_gates()},
    ),
}
for model, fields in generated.FIELDS.items():
    MODELS[model] = (
        generated.fields_text(fields),
        {"threshold": "v > -50*mV", "reset": "v = -70*mV", "method": "euler"},
        {
            "v": "-70*mV + 20*mV*i/(N - 1)",
            **{f"g{k}": k / fields * mV for k in range(1, fields)},
        },
    )


def processor_time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(model: str, n: int, steps: int, dt_ms: float, flags: str, repeats: int) -> None:
    b2.BrianLogger.log_level_error()
    folder = Path(tempfile.mkdtemp(prefix="brian-race-"))
    start = time.perf_counter()
    equations, options, initial = MODELS[model]
    if flags == "fastest":
        b2.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native"]
        # Brian's exprel is a function with branches; without it GCC makes vectors of the loop.
        rate = re.compile(r"([\d.]+)/exprel\((.*)\)/ms")
        equations = rate.sub(r"\1*(\2)/(exp(\2) - 1)/ms", equations)
    b2.set_device("cpp_standalone", directory=str(folder), build_on_run=False)
    b2.defaultclock.dt = dt_ms * ms
    group = b2.NeuronGroup(n, equations, **options)
    for name, value in initial.items():
        setattr(group, name, value)
    if "m" in group.variables:
        for gate in "mhn":
            setattr(group, gate, f"alpha_{gate}/(alpha_{gate} + beta_{gate})")
    spikes = b2.SpikeMonitor(group, record=n == 1)
    b2.run(steps * dt_ms * ms)
    b2.device.build(directory=str(folder), compile=True, run=True, with_output=False)
    setup = time.perf_counter() - start - b2.device._last_run_time
    runs = [b2.device._last_run_time]
    for _ in range(repeats - 1):
        before = processor_time_of_children()
        b2.device.run(str(folder), with_output=False, run_args=[])
        # The process also starts and writes its arrays: the lesser of the two is nearer.
        spent = processor_time_of_children() - before
        runs.append(min(b2.device._last_run_time, spent))
    count = int(sum(spikes.count[:]))
    result = {"setup_s": setup, "run_s": runs, "spikes": count, "version": b2.__version__}
    if n == 1:
        result["times"] = [float(t) for t in spikes.t / b2.second]
    print(json.dumps(result))


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        float(sys.argv[4]),
        sys.argv[5],
        int(sys.argv[6]),
    )
