# SPDX-License-Identifier: MIT
"""NEURON beside: the same compartments and the same scheme give the same voltages.

Skipped where NEURON is not installed (`pip install neuron`). Its tables are off; its step moves
v first and the gates after it, as ours does. What is left is rounding: 1e-7 mV after 10 000 steps.
"""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, msiemens, mV, nA, uF, um

neuron = pytest.importorskip("neuron")

SQUID = """
Im = gl*(-54.387*mV - v) + gNa*m**3*h*(50*mV - v) + gK*n**4*(-77*mV - v) : amp/meter**2
dm/dt = am*(1 - m) - bm*m : 1
dh/dt = ah*(1 - h) - bh*h : 1
dn/dt = an*(1 - n) - bn*n : 1
am = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
bm = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
ah = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
bh = 1/(exp(-(v + 35*mV)/(10*mV)) + 1)/ms : Hz
an = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
bn = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
gNa : siemens/meter**2 (constant)
gK : siemens/meter**2 (constant)
gl : siemens/meter**2 (constant)
I : amp (point current)
"""
STEADY = {"m": "am/(am + bm)", "h": "ah/(ah + bh)", "n": "an/(an + bn)"}

# name, parent, length and diameter (um), compartments: the soma is a cylinder as NEURON has it
BRANCHED = [
    ("soma", None, 30.0, 30.0, 1),
    ("axon", "soma", 500.0, 1.0, 51),
    ("dendrite", "soma", 150.0, 4.0, 11),
    ("left", "dendrite", 200.0, 2.5, 15),
    ("right", "dendrite", 120.0, 2.0, 9),
    ("tuft", "left", 100.0, 1.0, 9),
    ("oblique", "left", 80.0, 1.2, 7),
]
CABLE = [("soma", None, 1000.0, 1.0, 200)]


def in_neuron(rows: list[tuple], dt: float, order: int, time: float) -> np.ndarray:
    h = neuron.h
    h.load_file("stdrun.hoc")
    made = {}
    for name, parent, length, diameter, n in rows:
        section = h.Section(name=name)
        section.L, section.diam, section.nseg, section.Ra, section.cm = length, diameter, n, 100, 1
        section.insert("hh")
        for segment in section:
            segment.hh.gl, segment.hh.el = 0.0003, -54.387
            segment.hh.gnabar, segment.hh.gkbar = 0.12, 0.036
        if parent is not None:
            section.connect(made[parent](1))
        made[name] = section
    h.usetable_hh, h.celsius, h.secondorder, h.dt = 0, 6.3, order, dt
    h.CVode().active(0)
    first = rows[0]
    clamp = h.IClamp(made[first[0]](0.5 / first[4]))
    clamp.delay, clamp.dur, clamp.amp = 0, 1e9, 0.1 if len(rows) == 1 else 1.0
    traces = [h.Vector().record(s._ref_v) for row in rows for s in made[row[0]]]
    h.finitialize(-65)
    for _ in range(round(time / dt)):
        h.fadvance()
    return np.array(traces)


def in_hodgpy(rows: list[tuple], dt: float, method: str, time: float) -> np.ndarray:
    made: dict[str, hp.Morphology] = {}
    order = []
    for name, parent, length, diameter, n in rows:
        made[name] = hp.Cylinder(diameter=diameter * um, length=length * um, n=n)
        if parent is not None:
            made[parent][name] = made[name]
    cell = hp.Cell(
        made[rows[0][0]],
        SQUID,
        init=STEADY,
        method=method,
        Cm=1 * uF / cm**2,
        Ri=1.0,
        v=-65 * mV,
        gNa=120 * msiemens / cm**2,
        gK=36 * msiemens / cm**2,
        gl=0.3 * msiemens / cm**2,
    )
    cell.set("I", (0.1 if len(rows) == 1 else 1.0) * nA, 0)
    recorder = hp.StateRecorder(cell, "v")
    hp.Network(cell, recorder, dt=dt * ms).run(time * ms, record_end=True)
    cut = cell.compartments
    for name, *_ in rows:
        i = cut.index_of(made[name])
        order.extend(range(cut.first[i], cut.last[i]))
    return recorder["v"][order] * 1e3


@pytest.mark.parametrize("rows", [CABLE, BRANCHED], ids=["cable", "branched"])
@pytest.mark.parametrize(
    ("method", "order", "dt"), [("backward_euler", 0, 0.05), ("crank_nicolson_undamped", 2, 0.025)]
)
def test_every_voltage_agrees(rows: list[tuple], method: str, order: int, dt: float) -> None:
    ours, theirs = in_hodgpy(rows, dt, method, 100.0), in_neuron(rows, dt, order, 100.0)
    assert np.ptp(theirs) > 90  # it fires
    assert np.abs(ours - theirs).max() < 1e-6
