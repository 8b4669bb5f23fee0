# SPDX-License-Identifier: MIT
"""What BEP-15, Brian's proposal for compartmental models, asks for: one test for every row.

Voltage form; membrane current; addresses as text; parts of a cell, vector operations and iteration;
point processes; thresholds by place; recorders over places; properties by region; calcium along the
cable; groups of different morphologies and gap junctions; Hines' method with hidden compartments;
and of its text: paths of numbers, diameters as arrays, subtrees by assignment, short names, vectors
over processes, positions inside a branch.
"""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import places
from hodgpy.units import cmeter, ms, msiemens, mV, nA, nS, pA, uF, um

PASSIVE = """
Im = gl*(El - v) : amp/cm**2
gl : siemens/meter**2
I : amp (point current)
"""
VALUES = {"gl": 0.1 * msiemens / cmeter**2, "Ri": 1.5, "v": -70 * mV}
El = -70 * mV


def shape(n: int = 10) -> hp.Morphology:
    cell = hp.Soma(diameter=20 * um)
    cell.axon = hp.Cylinder(diameter=1 * um, length=200 * um, n=2 * n)
    cell.L = hp.Cylinder(diameter=2 * um, length=50 * um, n=n)
    cell.LL = hp.Cylinder(diameter=1 * um, length=50 * um, n=n)
    cell.LLR = hp.Cylinder(diameter=1 * um, length=60 * um, n=n)
    cell.LLL = hp.Cylinder(diameter=0.8 * um, length=40 * um, n=n)
    return cell


def passive(**options: object) -> hp.Cell:
    return hp.Cell(shape(), PASSIVE, **(VALUES | options))


def passive_of(text: str, method: str) -> hp.Cell:
    return hp.Cell(shape(), text, method=method, **VALUES)


def run(cell: hp.CablePopulation, time: object = 5 * ms, **record: object) -> hp.StateRecorder:
    recorder = hp.StateRecorder(cell, "v", **record)
    hp.Network(cell, recorder, dt=0.05 * ms).run(time, record_end=True)
    return recorder


def test_voltage_form_and_membrane_current() -> None:
    voltage = (
        "dv/dt = (gl*(El - v) + Icable)/C : volt\ngl : siemens/meter**2\nI : amp (point current)"
    )
    C = 1 * uF / cmeter**2
    first = hp.Cell(shape(), voltage, namespace={"C": C, "El": El}, **VALUES)
    second = passive()
    traces = []
    for cell in (first, second):
        cell.set("I", 10 * pA, "axon.50*um")
        traces.append(run(cell)["v"])
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)
    assert np.ptp(traces[0]) > 1e-4


def test_addresses_as_text() -> None:
    cell = passive()
    cell.v = "-70*mV + 1*mV*distance/(1*um)"
    at = cell["LLR.15*um"]
    assert at.N == 1
    assert cell["LLR.15*um.v"] == pytest.approx(at.v)
    assert cell["v@LLR.15*um"] == pytest.approx(at.v)
    assert cell["LLR.end.v"] == pytest.approx(cell.LLR[-1].v)
    cell["LLR.15*um.v"] = -50 * mV
    assert at.v == pytest.approx(-0.05)
    cell.LLR[10 * um].insert_current("Ie = g*(0*mV - v) : amp\ng : siemens", "Ie", name="mysynapse")
    assert cell["v@Ie"] == pytest.approx(cell["v@LLR.10*um"])
    assert cell["v@mysynapse"] == pytest.approx(cell["v@LLR.10*um"])


def test_parts_vector_operations_and_iteration() -> None:
    cell = passive()
    branch = cell["LLR.15*um":"LLR.30*um"]
    assert branch.N == 4
    branch.gl = 2 * branch.gl
    np.testing.assert_allclose(branch.gl, 2.0)
    assert cell.gl.max() == 2
    assert (cell.gl == 2).sum() == 4
    for number, compartment in enumerate(branch):
        compartment.gl = number + 1.0
    np.testing.assert_allclose(branch.gl, [1, 2, 3, 4])
    np.testing.assert_allclose(branch.diameter, 1e-6)
    np.testing.assert_allclose(branch.area, np.pi * 1e-6 * 6e-6)
    np.testing.assert_allclose(branch.pos, [15e-6, 21e-6, 27e-6, 33e-6])
    np.testing.assert_allclose(branch.rel, branch.pos / 60e-6)
    np.testing.assert_allclose(branch.distance, 100e-6 + branch.pos)


def test_expressions_count_compartments() -> None:
    """Interleaved cells stand in another order in memory than the user counts them."""
    cells = hp.CablePopulation(shape(4), PASSIVE, 9, **VALUES)
    cells.gl = "i*(1*siemens/meter**2)"
    np.testing.assert_array_equal(cells.gl, np.arange(cells.N))
    cells.axon.I = "i*pA + distance/um*pA"
    where = cells.axon.indices
    np.testing.assert_allclose(cells.I[where], (where + cells.distance[where] * 1e6) * 1e-12)


def test_a_parameter_of_all_becomes_one_of_each() -> None:
    text = """hhm 1
    channel L {
        param g = 1 mS/cm**2
        I = g*(-70 mV - v) : amp/meter**2
    }
    cell C {
        insert L as l
    }"""
    cell = hp.Cell(shape(4), hp.compile(text))
    cell.axon.l.g = 5.0
    assert set(cell.get("l.g")[cell.axon.indices]) == {5.0}
    assert cell.get("l.g")[0] == 10
    cell.set("l.g", np.arange(cell.N) + 1.0)
    np.testing.assert_array_equal(cell.get("l.g"), np.arange(cell.N) + 1.0)


@pytest.mark.parametrize("method", ["crank_nicolson", "cvode"])
def test_it_may_become_so_between_runs(method: str) -> None:
    """The model is another one then; states, what spreads, and processes are where they were."""
    text = PASSIVE.replace("El", "E") + "E : volt (shared)\ndca/dt = -ca/(20*ms) : mmolar"
    found = []
    for late in (False, True):
        cell = passive_of(text, method)
        cell.diffuse("ca", 1 * um**2 / ms)
        cell["axon.50*um"].ca = 1e-3
        processes = cell.point_process(
            "Is = g*(Er - v)*where(v < -69*mV, 1, 2) : amp\nEr : volt (shared)\ng : siemens",
            "Is", 2, g=1 * nS,
        )  # fmt: skip
        processes.insert(cell.axon[[0, 5]])
        same = np.zeros(cell.N) - 0.07
        cell.E = -70 * mV if late else same
        processes.Er = 0 * mV if late else np.zeros(2)
        net = hp.Network(cell, dt=0.1 * ms)
        net.run(2 * ms)
        cell.E = same + 0.005
        processes.Er = np.array([0.0, 0.02])
        net.run(2 * ms)
        found.append((cell.v, cell.ca, processes.v))
    for early, after in zip(*found, strict=True):
        np.testing.assert_array_equal(early, after)
    assert 0 < found[0][1][cell["axon.60*um"].indices[0]] < 1e-3
    assert np.all(found[0][2] > -0.07)


def test_point_processes_at_places() -> None:
    cell = passive()
    processes = cell.point_process("Ie = ge*(0*mV - v) : amp\nge : siemens", current="Ie", N=3)
    cell.LLR[5 * um].insert(processes)
    cell.axon[50 * um].insert(processes)
    cell["L.end"].insert(processes)
    cell.LLR[25 * um].insert_current("Iinj : amp", "Iinj")
    cell.axon[25 * um].insert_current("Iinj : amp", "Iinj")
    recorder = hp.StateRecorder(cell, "v", record="LLR.25*um")
    net = hp.Network(cell, recorder, dt=0.05 * ms)
    seen = []
    # writable during a run
    net.at(2 * ms, lambda: setattr(cell, "Iinj", np.array([0.1, 0.0]) * nA))
    net.at(4 * ms, lambda: seen.append(cell.Iinj.copy()))
    net.run(5 * ms)
    v = recorder["v"][0]
    assert np.ptp(v[:41]) < 1e-12
    assert v[-1] > v[40] + 1e-3
    np.testing.assert_allclose(seen[0], [1e-10, 0])


def test_threshold_by_place_without_reset() -> None:
    cell = passive(threshold="axon[50*um].v > -60*mV", reset=None, refractory=4 * ms)
    cell.set("I", 60 * pA, "axon.50*um")
    spikes = hp.SpikeRecorder(cell)
    hp.Network(cell, spikes, dt=0.05 * ms).run(20 * ms)
    assert len(spikes) > 1
    np.testing.assert_allclose(np.diff(spikes.t), 4e-3, atol=1e-12)


def test_processes_are_reached_where_they_are() -> None:
    cell = passive()
    cell.LLR[5 * um].insert(model="Iinj : amp", current="Iinj")
    cell.L[5 * um : 25 * um].insert_current("Iinj : amp", "Iinj")
    cell.LLR[5 * um].Iinj = 2 * nA
    cell.L[:].Iinj = [1, 2, 3, 4] * pA
    assert cell.LLR[5 * um].Iinj == pytest.approx([2e-9])
    assert cell.Iinj == pytest.approx([2e-9, 1e-12, 2e-12, 3e-12, 4e-12])
    with pytest.raises(hp.SimulationError, match="no `Iinj` was inserted"):
        cell.axon[5 * um].Iinj = 1 * nA


def test_refractory_by_place() -> None:
    """It looks at the place of the threshold, and says so where it is told another one."""
    options = {"threshold": "axon[50*um].v > -60*mV", "reset": None}
    cell = passive(refractory="axon[50*um].v > -65*mV", **options)
    cell.set("I", 60 * pA, "axon.50*um")
    spikes = hp.SpikeRecorder(cell)
    hp.Network(cell, spikes, dt=0.05 * ms).run(20 * ms)
    assert len(spikes) == 1
    passive(refractory="v@axon.50*um > -65*mV", **options)
    with pytest.raises(hp.SimulationError, match=r"looks at axon.20\*um, where no threshold"):
        passive(refractory="axon[20*um].v > -65*mV", **options)


def test_recorders_over_places_interpolate() -> None:
    """A trace at a place lies between those of the centres around it; at a branch point Kirchhoff's
    law holds between the halves."""
    cell = passive()
    cell.set("I", 30 * pA, "LLR.end")
    piece = hp.StateRecorder(cell.axon, "v", record=np.s_[50 * um : 100 * um])
    whole = hp.StateRecorder(cell, "v")
    hp.Network(cell, piece, whole, dt=0.05 * ms).run(5 * ms, record_end=True)
    v = dict(zip(cell.axon.indices, whole["v"][cell.axon.indices], strict=True))
    first = cell.axon.indices[0]
    expected = 0.5 * (v[first + 5] + v[first + 6])  # compartments of 10 um, centres 55 and 65 um
    np.testing.assert_allclose(piece[60 * um], expected, rtol=1e-13)
    np.testing.assert_allclose(whole["axon.60*um"], expected, rtol=1e-13)
    np.testing.assert_allclose(whole["axon.55*um"], v[first + 5], rtol=1e-13)
    np.testing.assert_allclose(whole["axon.end"], v[first + 19], rtol=1e-13)
    np.testing.assert_allclose(whole["axon.start"], whole["v"][0], rtol=1e-13)  # the soma's centre
    joint = whole["LL.end"]
    np.testing.assert_allclose(whole["LLR.start"], joint, rtol=1e-13)
    current = 0.0
    for path, at, length, width in (("LL", -1, 5, 1), ("LLR", 0, 6, 1), ("LLL", 0, 4, 0.8)):
        centre = whole["v"][cell._indices(path)[:10][at]]
        current = current + (centre - joint) * width**2 / (length / 2)
    np.testing.assert_allclose(current, 0, atol=1e-12)
    alone = hp.StateRecorder(cell, "v", record="axon.60*um")
    assert alone["axon.60*um"].shape == (0,)


def test_capacitance_by_region() -> None:
    cell = passive()
    cell["axon.0*um":"axon.100*um"].Cm = 0.2 * uF / cmeter**2
    assert sorted(set(cell.Cm.round(6))) == [0.002, 0.01]


CALCIUM = PASSIVE + "dca/dt = source/volume*(1*mmolar*meter**3)/second : mmolar\nsource : 1\n"


def test_diffusion_along_a_cable() -> None:
    """A cosine along a sealed cylinder decays with D k**2; first order in dt, second in length."""

    def error(n: int, dt: float) -> float:
        cell = hp.Cell(hp.Cylinder(d=2 * um, l=20 * um, n=n), CALCIUM, **VALUES)
        cell.diffuse("ca", 0.2 * um**2 / ms)
        x = cell.pos
        cell.ca = 1 + 0.5 * np.cos(np.pi * x / 20e-6)
        hp.Network(cell, dt=dt).run(0.1)
        exact = 1 + 0.5 * np.cos(np.pi * x / 20e-6) * np.exp(-0.2e-9 * (np.pi / 20e-6) ** 2 * 0.1)
        return float(np.abs(cell.ca - exact).max())

    errors = [error(n, 5e-5) for n in (5, 10, 20)]
    assert errors[-1] < 5e-4
    assert 3.5 < errors[0] / errors[1] < 4.2
    assert 3.2 < errors[1] / errors[2] < 4.2


@pytest.mark.parametrize("shell", [None, 0.1 * um])
def test_diffusion_conserves_and_equalises(shell: object) -> None:
    cells = hp.CablePopulation(shape(4), CALCIUM, 9, **VALUES)  # interleaved and alone
    cells.diffuse("ca", 50 * um**2 / ms, shell=shell)
    width, volume = cells.diameter, cells.volume
    if shell is not None:
        volume = volume * (1 - (1 - 0.2e-6 / width) ** 2)
    cells.set("ca", 1.0, cells.cell(3)["LLR.end"].indices)
    before = np.sum(cells.ca * volume)
    hp.Network(cells, dt=0.1 * ms).run(2)
    assert np.sum(cells.ca * volume) == pytest.approx(before, rel=1e-12)
    mine = cells.cell(3).indices
    np.testing.assert_allclose(cells.ca[mine], before / volume[mine].sum(), rtol=1e-2)
    assert np.delete(cells.ca, mine).max() == 0


def test_threads_do_not_change_what_diffuses() -> None:
    def go(threads: int) -> np.ndarray:
        cells = hp.CablePopulation(shape(), CALCIUM, 40, **VALUES)
        cells.diffuse("ca", 5 * um**2 / ms)
        cells.ca = 1.0 + np.arange(cells.N) % 7
        hp.Network(cells, dt=0.1 * ms, threads=threads).run(20 * ms)
        return np.asarray(cells.ca)

    np.testing.assert_array_equal(go(1), go(2))


def test_what_cannot_diffuse() -> None:
    cell = hp.Cell(shape(2), CALCIUM, **VALUES)
    for variable, options in (
        ("source", {"D": 1e-9}),
        ("ca", {"D": -1e-9}),
        ("ca", {"D": 1e-9, "shell": 0.0}),
    ):
        with pytest.raises(hp.SimulationError) as caught:
            cell.diffuse(variable, **options)
        assert caught.value.code == "HH6070"
    with pytest.raises(hp.SimulationError, match="ca"):
        cell.diffuse("cas", 1e-9)
    with pytest.raises(hp.errors.HodgError, match="D"):
        cell.diffuse("ca", 1 * um)


def test_groups_of_different_morphologies_and_gap_junctions() -> None:
    cells = hp.CablePopulation([shape(4), hp.Soma(diameter=15 * um)], PASSIVE, **VALUES)
    cells.connect_gaps(cells.cell(0)["axon.end"], cells.cell(1)[0], 2 * nS)
    cells.set("I", 20 * pA, cells.cell(1)[0].indices)
    recorder = run(cells, 20 * ms)
    assert recorder["v"][cells.cell(0)["axon.end"].indices[0], -1] > -0.0699


def test_compartments_are_hidden() -> None:
    hidden = hp.Soma(diameter=20 * um)
    hidden.axon = hp.Cylinder(diameter=1 * um, length=400 * um)
    coarse, fine = (hp.Cell(hidden, PASSIVE, lambda_fraction=f, **VALUES) for f in (0.1, 0.02))
    assert coarse.N < fine.N
    ends = []
    for cell in (coarse, fine):
        cell.set("I", 20 * pA, "soma")
        ends.append(run(cell)["axon.200*um"][-1])
    assert ends[0] == pytest.approx(ends[1], abs=2e-5)


def test_compartments_of_a_shape_one_by_one() -> None:
    cell = shape()
    for k, compartment in enumerate(cell.L):
        compartment.diameter = (1 + k) * um
    assert [compartment.diameter for compartment in cell.L] == pytest.approx(
        1e-6 * np.arange(1, 11)
    )
    assert cell.L[3].diameter == pytest.approx(4e-6)
    np.testing.assert_allclose(cell.compartments().diameter[21:31], 1e-6 * np.arange(1, 11))
    with pytest.raises(hp.SimulationError, match="within -10 and 9"):
        cell.L[10].diameter = 1 * um
    cell.free = hp.Cylinder(diameter=1 * um, length=50 * um)
    with pytest.raises(hp.SimulationError, match="not cut yet"):
        list(cell.free)


def test_paths_count_children() -> None:
    cell = shape()
    assert cell["21"] is cell.L.L
    assert cell["211"] is cell.LLR
    assert cell["1"] is cell.axon
    with pytest.raises(hp.SimulationError, match="no child `27`"):
        cell["27"]


def test_shapes_by_assignment() -> None:
    cell = hp.Soma(diameter=30 * um)
    cell.dendrites = hp.Cylinder(length=100 * um, diameter=2 * um, n=20)
    cell.dendrites.diameter = np.linspace(1, 2, len(cell.dendrites)) * um
    cell.dendrites["1"] = hp.Cylinder(length=50 * um, diameter=1 * um, n=10)
    cell.dendrites["13"] = hp.Cylinder(length=50 * um, diameter=1 * um, n=10)
    cell.dendrites["131"] = hp.Cylinder(length=50 * um, diameter=1 * um, n=10)
    assert cell.dendrites["131"].path == "dendrites.1.3.1"
    cell.dendrites["13"] = hp.Cylinder(length=20 * um, diameter=1 * um, n=4)
    assert [s.path for s in cell.sections()][-1] == "dendrites.1.3"


# -- copies ----------------------------------------------------------------------------------------


def network() -> hp.Network:
    cells = hp.CablePopulation(
        shape(4), PASSIVE, 9, threshold="axon[50*um].v > -65*mV", refractory=2 * ms, name="cells",
        **VALUES,
    )  # fmt: skip
    cells.axon.gl = 0.5 * VALUES["gl"]
    cells.set("I", np.linspace(0, 60e-12, 9), cells["soma"].indices)
    cells.connect_gaps(cells.cell(0)["axon.end"], cells.cell(1)["axon.end"], 1 * nS)
    synapse = cells.point_process("Ie = ge*(0*mV - v) : amp\nge : siemens", current="Ie", N=9)
    cells["L.end"].insert(synapse)
    synapse.ge = np.linspace(0, 1, 9) * nS
    clamp = hp.CurrentClamp(cells.cell(5)["axon.end"], "I", 30 * pA, onset=1 * ms, name="clamp")
    states = hp.StateRecorder(cells, "v", record="axon.50*um", name="states")
    spikes = hp.SpikeRecorder(cells, name="spikes")
    return hp.Network(cells, clamp, states, spikes, dt=0.05 * ms)


@pytest.mark.parametrize("how", ["copy", "deepcopy", "pickle"])
def test_copies_of_cable_populations(how: str) -> None:
    first = network()
    second = {
        "copy": lambda: first.copy(),
        "deepcopy": lambda: copy.deepcopy(first),
        "pickle": lambda: pickle.loads(pickle.dumps(first)),
    }[how]()
    for net in (first, second):
        net.run(10 * ms)
    assert len(first["spikes"]) > 3
    np.testing.assert_array_equal(first["states"]["v"], second["states"]["v"])
    np.testing.assert_array_equal(first["spikes"].t, second["spikes"].t)
    np.testing.assert_array_equal(first["spikes"].i, second["spikes"].i)


def test_regions_go_to_other_processes() -> None:
    place = (places.region("axon") & (places.distance > 50 * um)) | ~places.terminals - places.root
    cut = shape().compartments()
    again = pickle.loads(pickle.dumps(place))
    np.testing.assert_array_equal(again.mask(cut), place.mask(cut))
    assert 0 < place.mask(cut).sum() < len(cut)
    assert repr(again) == repr(place)


def test_noise_at_a_place() -> None:
    """An Ornstein-Uhlenbeck current into the somata of a population, and nowhere else."""
    cells = hp.CablePopulation(shape(4), PASSIVE, 9, **VALUES)
    noise = hp.NoiseCurrent(cells["soma"], "I", mean=20 * pA, sd=10 * pA, tau=5 * ms)
    recorder = hp.StateRecorder(cells, "I")
    hp.Network(cells, noise, recorder, dt=0.05 * ms, seed=3).run(100 * ms)
    somata = cells["soma"].indices
    current = recorder["I"][somata]
    assert current.mean() == pytest.approx(20e-12, abs=3e-12)
    assert current.std() == pytest.approx(10e-12, rel=0.2)
    assert np.delete(recorder["I"], somata, axis=0).max() == 0


def test_sweeps_of_cable_populations() -> None:
    net = network()
    found = net.sweep(
        {"clamp.amplitude": [0.0, 30e-12, 90e-12]},
        duration=10 * ms,
        measure=lambda n: float(n["states"]["v"][5, -1]),
        n_jobs=2,
    )
    assert found.results[0] < found.results[1] < found.results[2]
    net.run(10 * ms)
    assert net["states"]["v"][5, -1] == found.results[1]


# -- edges of clamps -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["parameter", "input"])
def test_crank_nicolson_is_damped_at_edges_of_clamps(kind: str) -> None:
    """A step of current into a thin compartment rings where it is not damped: v jumps above and
    below the smooth course in turn."""
    model = hp.compile(
        "hhm 1\ncell Driven {\n  gl : siemens/meter**2\n  Im = gl*(-70 mV - v) : amp/meter**2\n"
        f"  {'input' if kind == 'input' else ''} I : amp (point current)\n}}"
    )
    ringing = {}
    for method in ("crank_nicolson", "crank_nicolson_undamped"):
        cell = hp.Cell(hp.Cylinder(d=1 * um, l=100 * um, n=101), model, method=method, **VALUES)
        clamp = hp.CurrentClamp(cell[0], "I", 0.1 * nA, onset=1 * ms, duration=1 * ms)
        recorder = hp.StateRecorder(cell, "v", record=[0])
        hp.Network(cell, clamp, recorder, dt=0.05 * ms).run(3 * ms, record_end=True)
        v = recorder["v"][0]
        ringing[method] = [np.abs(np.diff(v[k + 2 : k + 12], 2)).max() for k in (20, 40)]
    assert max(ringing["crank_nicolson"]) < 0.2 * min(ringing["crank_nicolson_undamped"])
