# SPDX-License-Identifier: MIT
"""Cells of the standard library against closed forms and published figures."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import mmeter, ms, mV, nA, um


def test_passive_cable_has_the_input_resistance_of_the_textbook() -> None:
    """A sealed cable of length l = L/lambda: R_in = r lambda coth(l) with lambda 1 mm (Rall 1959);
    compared at the centre of the first of 401 compartments, with the current there."""
    cell = hp.Cell(hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=401), "cells.passive_cable")
    cell.set("I", 0.01 * nA, 0)
    recorder = hp.StateRecorder(cell, "v", record=[0, 400])
    hp.Network(cell, recorder, dt=0.5 * ms).run(800 * ms)
    v = recorder["v"][:, -1] + 0.065
    axial = 1.0 / (np.pi * 0.25e-12)
    assert v[0] == pytest.approx(0.01e-9 * axial * 1e-3 / np.tanh(1.0), rel=2e-3)
    assert v[1] == pytest.approx(0.01e-9 * axial * 1e-3 / np.sinh(1.0), rel=1e-4)


@pytest.mark.parametrize(("celsius", "speed", "peak"), [(6.3, 12.31, 102.98), (18.5, 18.73, 90.57)])
def test_squid_axon_conducts_as_its_equations_say(
    celsius: float, speed: float, peak: float
) -> None:
    """The equations of Hodgkin and Huxley (1952), in an independent solver and in NEURON with one
    result; they found 18.8 m/s by hand. Bounds: what 0.05 cm and 0.005 ms leave."""
    shape = hp.Cylinder(diameter=476 * um, length=100 * mmeter, n=200)
    cell = hp.Cell(shape, "cells.squid_axon_1952")
    cell.set("I", 50e-6, np.arange(2))
    recorder = hp.StateRecorder(cell, "v", record=[80, 140])
    spikes = hp.SpikeRecorder(cell)
    temperature = f"{celsius} degC"
    net = hp.Network(cell, recorder, spikes, dt=0.005 * ms, temperature=temperature)
    net.run(0.5 * ms)
    cell.I = 0.0
    net.run(9.5 * ms)
    assert hp.conduction_velocity(recorder, level=-20 * mV) == pytest.approx(speed, abs=0.05)
    assert recorder["v"].max() * 1e3 + 64.9964 == pytest.approx(peak, abs=0.15)
    assert len(spikes) == 1


def pyramidal() -> hp.Morphology:
    cell = hp.Soma(diameter=25 * um)
    cell.axon = hp.Section(diameter=[4 * um, 1 * um, 1 * um], length=[10 * um, 40 * um])
    cell.apical = hp.Section(diameter=[4 * um, 2 * um], length=500 * um)
    for k in range(4):
        cell[f"basal{k}"] = hp.Cylinder(diameter=1.5 * um, length=150 * um)
    cell.apical.L = hp.Cylinder(diameter=1 * um, length=200 * um)
    cell.apical.R = hp.Cylinder(diameter=1 * um, length=200 * um)
    return cell


def test_pyramidal_cell_fires_first_in_its_axon() -> None:
    """Mainen & Sejnowski (1996): spikes begin in the axon, also when the dendrite is driven, and
    come back into the dendrites smaller."""
    cell = hp.Cell(pyramidal(), "cells.mainen_sejnowski_1996")
    assert cell.axon.na.g[0] == pytest.approx(30000)
    assert cell.apical.na.g[0] == pytest.approx(20)
    assert cell.axon["end"].ca.inserted[0] == 0
    cell.set("I", 0.6 * nA, "apical.100*um")
    recorder = hp.StateRecorder(cell, ["v", "ca_i"], record=["axon.end", "soma", "apical.300*um"])
    spikes = hp.SpikeRecorder(cell)
    hp.Network(cell, recorder, spikes, dt=0.025 * ms, temperature="37 degC").run(150 * ms)
    assert len(spikes) >= 1
    peaks = recorder["v"].max(axis=1)
    assert min(peaks[:2]) > 0
    assert max(peaks) < 0.06  # E of sodium
    assert peaks[2] < peaks[1]
    upward = [np.flatnonzero(v > -0.02)[0] for v in recorder["v"][:2]]
    assert upward[0] < upward[1]
    assert recorder["ca_i"][1].max() > 1.5e-4  # mM: calcium enters with every spike
    assert recorder["ca_i"][0].max() == pytest.approx(1e-4)  # and not where there are no channels
