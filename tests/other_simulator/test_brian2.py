# SPDX-License-Identifier: MIT
"""The same strings in Brian 2 and here: every sample and every spike, to rounding.

Needs Brian 2 (`pip install brian2`, with a numpy that it supports); skipped without it. What is
compared is meaning: refractoriness given as a time, an expression and a condition, order of a step,
spike times, floor division, conditions on time, and methods that Brian has under the same name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import units

b2 = pytest.importorskip("brian2", reason="compares with Brian 2")

HH = """
dv/dt = (gl*(El-v) - g_na*(m*m*m)*h*(v-ENa) - g_kd*(n*n*n*n)*(v-EK) + I)/Cm : volt
dm/dt = alpha_m*(1-m)-beta_m*m : 1
dn/dt = alpha_n*(1-n)-beta_n*n : 1
dh/dt = alpha_h*(1-h)-beta_h*h : 1
alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
beta_m = 0.28*(mV**-1)*5*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
I : amp
Cm = 200*pF : farad
gl = 10*nS : siemens
El = -60*mV : volt
EK = -90*mV : volt
ENa = 50*mV : volt
g_na = 20*uS : siemens
g_kd = 6*uS : siemens
VT = -63*mV : volt
"""
LIF = "dv/dt = (I - v)/(10*ms) : 1 (unless refractory)\nI : 1\n"
CUBIC = "dv/dt = (v - v**3/3 - w + 0.5)/ms : 1\ndw/dt = 0.08*(v + 0.7 - 0.8*w)/ms : 1"
CASCADE = "dv/dt = (g - v)/(10*ms) : 1\ndg/dt = (x - g)/(5*ms) : 1\ndx/dt = -x/(5*ms) : 1"

# name: equations, initial values (SI), threshold, reset, refractory (seconds or text), method
CASES: dict[str, tuple[str, dict[str, list[float]], str, str | None, Any, str]] = {
    "refractory time": (LIF, {"I": [0.9, 1.5, 3]}, "v > 1", "v = 0", 3e-3, "exact"),
    "refractory condition": (
        LIF + "dw/dt = -w/(20*ms) : 1",
        {"I": [0.9, 1.5, 3]},
        "v > 1",
        "v = 0; w += 1",
        "w > 0.7",
        "exact",
    ),
    "refractory expression": (
        LIF + "ref : second",
        {"I": [0.9, 1.5, 3], "ref": [1e-3, 2.5e-3, 4e-3]},
        "v > 1 and not (i == 0)",
        "v = 0.1*i; ref += 0.3*ms",
        "ref",
        "euler",
    ),
    "Hodgkin-Huxley": (
        HH,
        {"v": [-0.06] * 3, "I": [1e-10, 5e-10, 1e-9]},
        "v > -20*mV",
        None,
        3e-3,
        "exponential_euler",
    ),
    "rk4": (CUBIC, {"v": [0.1, 0.5, 1]}, "v > 1", None, "v > 1", "rk4"),
    "rk2": (CUBIC, {"v": [0.1, 0.5, 1]}, "v > 1", None, "v > 1", "rk2"),
    "time": (
        "dv/dt = -v/(10*ms) + int(t > 20*ms and t <= 30*ms)*(i + 1)/(5*ms)"
        " + clip(sin(t/(7*ms)), -0.5, 0.25)/ms : 1\nx = floor(t/(3*ms)) % 2 : 1",
        {},
        "v > 1.5",
        "v -= 0.5",
        "v > 1.5",
        "euler",
    ),
    "cascade": (CASCADE, {"x": [1, 4, 9]}, "v > 1", "v = 0; x += 2", None, "exponential_euler"),
    "repeated spikes": (CASCADE, {"x": [1, 4, 9]}, "v > 0.5", "v = 0; x += 2", None, "euler"),
}


def in_brian(case: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    equations, initial, threshold, reset, refractory, method = CASES[case]
    b2.prefs.codegen.target = "numpy"
    b2.BrianLogger.log_level_error()
    b2.defaultclock.dt = 0.05 * b2.ms
    if isinstance(refractory, float):
        refractory = refractory * b2.second
    group = b2.NeuronGroup(
        3,
        equations,
        threshold=threshold,
        reset=reset,
        refractory=False if refractory is None else refractory,
        method=method,
    )
    for name, values in initial.items():
        setattr(group, name + "_", values)
    states = b2.StateMonitor(group, "v", record=True)
    spikes = b2.SpikeMonitor(group)
    b2.Network(group, states, spikes).run(100 * b2.ms)
    return np.array(states.v_), np.array(spikes.t_), np.array(spikes.i)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::hodgpy.errors.ModelWarning")
def test_same_string_same_numbers(case: str) -> None:
    equations, initial, threshold, reset, refractory, method = CASES[case]
    if isinstance(refractory, float):
        refractory = refractory * units.second
    cell = hp.compile(
        equations, threshold=threshold, reset=reset, refractory=refractory, method=method
    )
    cells = hp.Population(cell, 3)
    for name, values in initial.items():
        cells.set(name, np.array(values))
    states = hp.StateRecorder(cells, "v")
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, states, spikes, dt=0.05e-3).run(0.1)
    v, t, i = in_brian(case)
    # Both round differently in every operation: 2000 steps leave some 1e-12 of the scale.
    np.testing.assert_allclose(states.v, v, rtol=0, atol=1e-11 * np.abs(v).max())
    np.testing.assert_array_equal(spikes.i, i)
    np.testing.assert_allclose(spikes.t, t, rtol=0, atol=1e-9)
    assert len(t) > 0
