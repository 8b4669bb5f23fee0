# SPDX-License-Identifier: MIT
"""Cells of the standard library against closed forms and published figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import growth, places
from hodgpy.units import mmeter, ms, mV, nA, nS, pA, um


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


# Densities of L5PCbiophys3.hoc (ModelDB 139653), mS/cm2: soma, axon, basal, apical.
HAY = {
    "membrane": (0.0338, 0.0325, 0.0467, 0.0589),
    "nat": (2040, 0, 0, 21.3),
    "nap": (1.72, 0, 0, 0),
    "kp": (2.23, 0, 0, 0),
    "kt": (81.2, 0, 0, 0),
    "kdr": (693, 0, 0, 0.261),
    "km": (0, 0, 0, 0.0675),
    "sk": (44.1, 0, 0, 1.2),
    "cal": (0.992, 0, 0, 0.555),
    "cat": (3.43, 0, 0, 18.7),
    "ih": (0.2, 0, 0.2, 0),
    "ih_apic": (0, 0, 0, 0.2),
}
HOT = {"longest": 690 * um, "hot_begin": 460 * um, "hot_end": 560 * um}


def layer_5(**options: object) -> hp.Cell:
    return hp.Cell(growth.pyramidal_cell(3), "cells.hay_2011", **HOT, **options)


def far_apical(cell: hp.Cell) -> int:
    """The widest apical compartment about 470 um away."""
    place = places.region("apic") & (places.distance > 440 * um) & (places.distance < 500 * um)
    return int(cell[place].indices[0])


def test_layer_5_cell_has_the_papers_densities() -> None:
    cell = layer_5()
    kind = np.array([s.kind for s in cell.compartments.sections])[cell.compartments.section]
    for part, densities in HAY.items():
        g = np.broadcast_to(cell.get(f"{part}.g"), (cell.N,))
        inserted = np.ones(cell.N)
        if f"{part}.inserted" in cell._names():
            inserted = np.broadcast_to(cell.get(f"{part}.inserted"), (cell.N,))
        for region, density in zip(("soma", "axon", "dend", "apic"), densities, strict=True):
            there = kind == region
            np.testing.assert_allclose((g * inserted)[there], 10 * density, rtol=1e-12)
    for region, gamma, decay in (
        ("soma", 0.000501, 0.46),
        ("apic", 0.000509, 0.122),
    ):
        there = kind == region
        np.testing.assert_allclose(np.asarray(cell.get("pool.gamma"))[there], gamma, rtol=1e-12)
        np.testing.assert_allclose(np.asarray(cell.get("pool.decay"))[there], decay, rtol=1e-12)
    x = cell.distance / 690e-6
    np.testing.assert_allclose(cell.gradient, -0.8696 + 2.087 * np.exp(3.6161 * x), rtol=1e-9)
    hot = (kind == "apic") & (cell.distance > 460e-6) & (cell.distance < 560e-6)
    assert 0 < hot.sum() < (kind == "apic").sum()
    cell.v = -30 * mV
    cold = (kind == "apic") & ~hot
    for part, gate, share in (("cal", "g_L", 0.1), ("cat", "g_T", 0.01)):
        full = cell.get(f"{part}.g") * cell.get(f"{part}.m") ** 2 * cell.get(f"{part}.h")
        there = np.isin(kind, ("soma", "apic"))
        expected = np.where(there, np.where(cold, share, 1) * full, 0)
        np.testing.assert_allclose(cell.get(gate), expected, rtol=1e-12)
    capacitance = np.where(np.isin(kind, ("dend", "apic")), 0.02, 0.01)
    np.testing.assert_allclose(cell.get("membrane.C"), capacitance)


def six_sections() -> hp.Morphology:
    """A soma with an axon and a basal dendrite at its start, and a forked apical one at its end."""
    cell = hp.Cylinder(diameter=25 * um, length=25 * um, n=1)
    cell.dend = hp.Cylinder(diameter=3 * um, length=200 * um, n=5, attach=0.0)
    cell.apic = hp.Cylinder(diameter=4 * um, length=500 * um, n=11)
    cell.apic.L = hp.Cylinder(diameter=2 * um, length=300 * um, n=7)
    cell.apic.R = hp.Cylinder(diameter=2 * um, length=300 * um, n=7)
    cell.axon = hp.Cylinder(diameter=1 * um, length=30 * um, n=1, attach=0.0)
    cell.axon.far = hp.Cylinder(diameter=1 * um, length=30 * um, n=1)
    cell.kind = "soma"
    for section, kind in ((cell.dend, "dend"), (cell.apic, "apic"), (cell.axon, "axon")):
        section.kind = kind
    for section, kind in ((cell.apic.L, "apic"), (cell.apic.R, "apic"), (cell.axon.far, "axon")):
        section.kind = kind
    return cell


@pytest.mark.parametrize(
    ("somatic", "apical", "times"),
    [
        (1.0, 0.0, [21.541, 28.240, 35.173, 45.476]),
        (0.5, 0.0, [23.459, 31.048, 39.175]),
        (1.0, 1.2, [21.511, 27.606, 34.033, 41.845]),
        (0.0, 1.5, [24.390, 31.628, 40.196]),
    ],
)
def test_layer_5_cell_spikes_as_the_authors_files_do(
    somatic: float, apical: float, times: list[float], validated: Any
) -> None:
    """ModelDB 139653 in NEURON 9 (cvode, atol 1e-7): L5PCbiophys3.hoc on `six_sections`, currents
    in nA from 20 ms on. Distances of a segment are those of its centre (the authors' loop gives the
    last segment of a section those of its end)."""
    cell = hp.Cell(six_sections(), "cells.hay_2011", longest=825 * um)
    far = int(cell["apic.L.150*um"].indices[0])
    recorder = hp.StateRecorder(cell, ["v", "ca_i"], record=[0, far])
    spikes = hp.SpikeRecorder(cell, interpolate=True)
    net = hp.Network(cell, recorder, spikes, dt=0.01 * ms)
    net.run(20 * ms)
    assert recorder["v"][:, 1000] * 1e3 == pytest.approx([-71.297, -62.968], abs=2e-3)
    cell.set("I", somatic * nA, 0)
    cell.set("I", apical * nA, far)
    net.run(40 * ms)
    found = spikes.t * 1e3
    assert len(found) == len(times)
    late = np.abs(found - times).max()
    source = "the authors' files in NEURON, ModelDB 139653"
    what = f"Hay 2011, {somatic} nA and {apical} nA: spike times"
    validated.below(what, late, 0.08, source=source, unit="ms")
    if apical == 0 and somatic == 1:
        assert recorder["ca_i"][1, 5000] == pytest.approx(1.26566e-4, rel=1e-3)


def test_layer_5_cell_couples_its_two_zones() -> None:
    """A spike of the soma and a current in the apical dendrite that alone does little make a
    calcium spike there, and that a second spike of the soma (Hay et al. 2011, figure 4)."""
    counts, highest = {}, {}
    for somatic, apical in ((1.4, 0.0), (0.0, 0.9), (1.4, 0.9)):
        cell = layer_5()
        far = far_apical(cell)
        recorder = hp.StateRecorder(cell, "v", record=[0, far])
        spikes = hp.SpikeRecorder(cell)
        net = hp.Network(cell, recorder, spikes, dt=0.025 * ms)
        net.run(100 * ms)
        assert -0.077 < recorder["v"][0, -1] < -0.072
        cell.set("I", somatic * nA, 0)
        net.run(4 * ms)
        cell.set("I", apical * nA, far)
        net.run(1 * ms)
        cell.set("I", 0 * nA, 0)
        net.run(9 * ms)
        cell.set("I", 0 * nA, far)
        net.run(36 * ms)
        counts[somatic, apical] = len(spikes)
        highest[somatic, apical] = recorder["v"][1].max()
    assert list(counts.values()) == [1, 0, 2]
    assert highest[1.4, 0.9] > 0 > -0.02 > max(highest[1.4, 0.0], highest[0.0, 0.9])


def reduced(**values: object) -> hp.Cell:
    shape = hp.Soma(diameter=25 * um)
    shape.trunk = hp.Cylinder(diameter=2.5 * um, length=100 * um, n=1)
    shape.trunk.prox = hp.Cylinder(diameter=1 * um, length=100 * um, n=1)
    given = {"scale": 2.8, "spines": 1.0} | values
    cell = hp.Cell(shape, "cells.reduced_dendrites_2023", **given)
    cell.trunk.spines = 1.5
    return cell


def test_reduced_dendrites_are_half_cylinders_with_more_membrane() -> None:
    """The steady state of three compartments by Ohm's law: g_L of 40 uS/cm2 times scale and spines,
    couplings of half cylinders with 150 ohm cm that no factor changes."""
    cell = reduced(V_threshold=100 * mV)
    cell.set("I", 20 * pA, 2)
    recorder = hp.StateRecorder(cell, "v")
    hp.Network(cell, recorder, dt=1 * ms).run(2)
    half = 1.5 * 50e-6 / (np.pi * np.array([1.25e-6, 0.5e-6]) ** 2)
    couplings = 1 / half[0], 1 / (half[0] + half[1])
    areas = np.pi * np.array([25e-6 * 25e-6, 2.5e-6 * 100e-6, 1e-6 * 100e-6])
    leak = 0.4 * areas * 2.8 * np.array([1, 1.5, 1.5])
    matrix = np.diag(leak)
    for k, g in enumerate(couplings):
        matrix[k : k + 2, k : k + 2] += [[g, -g], [-g, g]]
    expected = np.linalg.solve(matrix, [0, 0, 20e-12])
    np.testing.assert_allclose(recorder["v"][:, -1] + 0.065, expected, rtol=1e-6)
    # and the capacitance follows: charge that stays within 20 us (nothing has leaked out yet)
    cell = reduced(V_threshold=100 * mV)
    cell.I = [20 * pA * a / areas.sum() for a in (areas[0], 1.5 * areas[1], 1.5 * areas[2])]
    hp.Network(cell, dt=0.001 * ms).run(0.02 * ms)
    slope = 20e-12 / areas.sum() / (0.01 * 2.8)
    np.testing.assert_allclose(cell.v + 0.065, 0.02e-3 * slope, rtol=1e-3)


def test_dendritic_spikes_are_pulses_of_conductance() -> None:
    """Rise for 1.2 ms, fall from 0.2 ms on for 2.4 ms, the next one after more than 5 ms."""
    cell = reduced(V_threshold=100 * mV)
    cell.trunk.prox.active = True
    cell.trunk.prox.g_rise = 22 * nS
    cell.trunk.prox.g_fall = 14 * nS
    cell.set("I", 150 * pA, 2)
    recorder = hp.StateRecorder(cell, ["v", "I_rise", "I_fall"], record=[2])
    dspikes = hp.EventRecorder(cell.trunk, "dspike")
    hp.Network(cell, recorder, dspikes, dt=0.05 * ms).run(40 * ms)
    times = dspikes.t * 1e3
    assert len(times) > 2
    assert np.diff(times).min() >= 5.05 - 1e-9
    t, v = recorder.t * 1e3, recorder["v"][0]
    rise, fall = recorder["I_rise"][0], recorder["I_fall"][0]
    on = (t > times[0]) & (t < times[0] + 5)
    assert np.count_nonzero(rise[on]) * 0.05 == pytest.approx(1.2, abs=0.051)
    assert np.count_nonzero(fall[on]) * 0.05 == pytest.approx(2.4, abs=0.051)
    first = np.flatnonzero(on & (fall != 0))[0]
    assert t[first] - times[0] == pytest.approx(0.25, abs=0.051)
    both = on & (rise != 0)
    np.testing.assert_allclose(rise[both], 22e-9 * (0.07 - v[both]), rtol=1e-9)
    falling = on & (fall != 0)
    np.testing.assert_allclose(fall[falling], 14e-9 * (-0.089 - v[falling]), rtol=1e-9)
    before = v[np.flatnonzero(t < times[0] + 0.001)[-1]]
    assert before == pytest.approx(-0.035, abs=0.003)
