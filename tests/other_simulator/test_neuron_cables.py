# SPDX-License-Identifier: MIT
"""NEURON beside: the same compartments and the same scheme give the same voltages.

Skipped where NEURON is not installed (`pip install neuron`). Three cells over 250 ms: Rallpack 3, a
branched cell of both programs' own reading of one SWC file, and a cell with ten channels. Tables
are off; a step moves v first and the gates after it, as ours does. What is left is rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, msiemens, mV, nA, uF, um

neuron = pytest.importorskip("neuron")

SQUID = """
Im = gl*(El - v) + gNa*m**3*h*(50*mV - v) + gK*n**4*(-77*mV - v) : amp/meter**2
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
El : volt (constant)
I : amp (point current)
"""
STEADY = {"m": "am/(am + bm)", "h": "ah/(ah + bh)", "n": "an/(an + bn)"}
TIME = 250.0  # ms
SCHEMES = pytest.mark.parametrize(
    ("method", "order", "dt"), [("backward_euler", 0, 0.05), ("crank_nicolson_undamped", 2, 0.025)]
)


# -- both sides ------------------------------------------------------------------------------------


def integrate_neuron(sections: list[Any], dt: float, order: int, at: Any, amp: float) -> np.ndarray:
    """Every voltage of the sections, in their order, at every step."""
    h = neuron.h
    h.load_file("stdrun.hoc")
    h.usetable_hh, h.celsius, h.secondorder, h.dt = 0, 6.3, order, dt
    h.CVode().active(0)
    clamp = h.IClamp(at)
    clamp.delay, clamp.dur, clamp.amp = 0, 1e9, amp
    traces = [h.Vector().record(segment._ref_v) for section in sections for segment in section]
    h.finitialize(-65)
    for _ in range(round(TIME / dt)):
        h.fadvance()
    return np.array(traces)


def integrate_hodgpy(cell: hp.Cell, dt: float) -> np.ndarray:
    recorder = hp.StateRecorder(cell, "v")
    hp.Network(cell, recorder, dt=dt * ms).run(TIME * ms, record_end=True)
    return np.asarray(recorder["v"]) * 1e3


def assert_same(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert np.ptp(theirs) > 90  # it fires
    assert np.count_nonzero((theirs[0, 1:] >= 0) & (theirs[0, :-1] < 0)) > 5
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-6


def squid_in_neuron(section: Any, gl: float, el: float) -> None:
    section.Ra, section.cm = 100, 1
    section.insert("hh")
    for segment in section:
        segment.hh.gl, segment.hh.el = gl, el
        segment.hh.gnabar, segment.hh.gkbar = 0.12, 0.036


def squid_in_hodgpy(shape: hp.Morphology, method: str, gl: float, el: float) -> hp.Cell:
    return hp.Cell(
        shape,
        SQUID,
        init=STEADY,
        method=method,
        Cm=1 * uF / cm**2,
        Ri=1.0,
        v=-65 * mV,
        gNa=120 * msiemens / cm**2,
        gK=36 * msiemens / cm**2,
        gl=gl * 1e4,
        El=el * mV,
    )


# -- Rallpack 3 ------------------------------------------------------------------------------------


@SCHEMES
def test_rallpack_3(method: str, order: int, dt: float) -> None:
    cell = squid_in_hodgpy(
        hp.Cylinder(diameter=1 * um, length=1000 * um, n=1000), method, 2.5e-5, -65
    )
    cell.set("I", 0.1 * nA, 0)
    section = neuron.h.Section(name="cable")
    section.L, section.diam, section.nseg = 1000, 1, 1000
    squid_in_neuron(section, 2.5e-5, -65)
    theirs = integrate_neuron([section], dt, order, section(0.0005), 0.1)
    assert_same(integrate_hodgpy(cell, dt), theirs)


# -- a branched cell from SWC ----------------------------------------------------------------------


def write_swc(path: Path, seed: int = 4) -> None:
    """A soma, an axon and three dendrites that wind, taper and branch; in 64ths of a micrometre,
    which NEURON's coordinates in single precision hold exactly."""
    rng = np.random.default_rng(seed)
    rows = [(1, 1, np.zeros(3), 12.0, -1)]

    def branch(
        kind: int, parent: int, start: np.ndarray, way: np.ndarray, r: float, depth: int
    ) -> None:
        at = start
        for _ in range(int(rng.integers(5, 9))):
            way = way + 0.3 * rng.standard_normal(3)
            way /= np.linalg.norm(way)
            at = at + way * rng.uniform(8, 20)
            r = max(0.3, r * rng.uniform(0.88, 1.0))
            rows.append((len(rows) + 1, kind, at, r, parent))
            parent = len(rows)
        if depth > 0:
            for _ in range(2):
                aside = way + 0.8 * rng.standard_normal(3)
                branch(kind, parent, at, aside / np.linalg.norm(aside), 0.8 * r, depth - 1)

    for kind, radius, depth in ((2, 0.8, 0), (3, 1.5, 2), (3, 1.2, 1), (4, 2.5, 2)):
        way = rng.standard_normal(3)
        way /= np.linalg.norm(way)
        first = 12.0 * way
        rows.append((len(rows) + 1, kind, first, radius, 1))
        branch(kind, len(rows), first, way, radius, depth)
    text = [
        " ".join(map(repr, (i, k, *(np.round(64 * np.array([*at, r])) / 64).tolist(), p)))
        for i, k, at, r, p in rows
    ]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def read_by_neuron(path: Path) -> Any:
    """An object whose ``all`` are the sections; they live as long as it does."""
    h = neuron.h
    h.load_file("import3d.hoc")
    reader = h.Import3d_SWC_read()
    reader.quiet = 1
    reader.input(str(path))

    class Holder:
        """What the sections of one reading belong to."""

        def __str__(self) -> str:
            return "cell"

    holder = Holder()
    h.Import3d_GUI(reader, 0).instantiate(holder)
    return holder


def branched_cells(path: Path, method: str) -> tuple[hp.Cell, list[Any], list[int], Any]:
    """Ours; NEURON's sections; our compartments in the order of theirs; what keeps them alive."""
    write_swc(path)
    cell = squid_in_hodgpy(hp.Morphology(path), method, 3e-4, -54.387)
    cut = cell.compartments
    ends = np.array([np.zeros(3) if s.is_sphere else s.coordinates[-1] * 1e6 for s in cut.sections])
    read, places = read_by_neuron(path), []
    sections = list(read.all)
    assert len(sections) == len(cut.sections)
    for section in sections:
        last = section.n3d() - 1
        end = (section.x3d(last), section.y3d(last), section.z3d(last))
        is_soma = "soma" in section.name()
        i = 0 if is_soma else int(np.argmin(np.linalg.norm(ends - end, axis=1)))
        section.nseg = int(cut.last[i] - cut.first[i])
        squid_in_neuron(section, 3e-4, -54.387)
        places.extend(range(cut.first[i], cut.last[i]))
    cell.set("I", 1 * nA, 0)
    return cell, sections, places, read


@SCHEMES
def test_a_branched_cell_from_swc(method: str, order: int, dt: float, tmp_path: Path) -> None:
    cell, sections, places, _ = branched_cells(tmp_path / "cell.swc", method)
    theirs = integrate_neuron(sections, dt, order, sections[0](0.5), 1.0)
    assert_same(integrate_hodgpy(cell, dt)[places], theirs)


def test_cvode_of_both(tmp_path: Path) -> None:
    """Variable steps on both sides: what is left is their error, where v moves 0.5 V/ms."""
    cell, sections, places, _ = branched_cells(tmp_path / "cell.swc", "cvode")
    recorder = hp.StateRecorder(cell, "v")
    hp.Network(cell, recorder, dt=0.5 * ms).run(30 * ms)
    h = neuron.h
    h.usetable_hh, h.celsius = 0, 6.3
    clamp = h.IClamp(sections[0](0.5))
    clamp.delay, clamp.dur, clamp.amp = 0, 1e9, 1.0
    cvode = h.CVode()
    cvode.active(1)
    cvode.atol(1e-8)
    h.finitialize(-65)
    theirs = []
    for t in recorder.t * 1e3:
        if t > 0:
            cvode.solve(t)
        theirs.append([segment.v for section in sections for segment in section])
    cvode.active(0)
    ours = recorder.v[places] * 1e3
    assert np.ptp(ours) > 90
    assert np.abs(ours - np.transpose(theirs)).max() < 0.02


# -- ten channels ----------------------------------------------------------------------------------

# Gates are alpha and beta of one of three forms, as in NEURON's channel builder: (form, A in 1/ms,
# k in 1/mV, d in mV). Conductance per section in mS/cm2: soma, axon, dendrites; reversal in mV.
Form = tuple[str, float, float, float]
Gate = tuple[str, int, Form, Form]
Channels = tuple[dict[str, str], list[Any]]
CHANNELS: dict[str, tuple[float, tuple[float, float, float], list[Gate]]] = {
    "leak": (-70.0, (0.1, 0.1, 0.05), []),
    "nat": (50.0, (60, 200, 10), [
        ("m", 3, ("linoid", 1.0, 0.1, -40), ("exp", 4.0, -1 / 18, -65)),
        ("h", 1, ("exp", 0.07, -1 / 20, -65), ("sigmoid", 1.0, -0.1, -35)),
    ]),
    "nap": (50.0, (0.05, 0.1, 0.0), [
        ("m", 1, ("sigmoid", 2.0, -0.2, -50), ("sigmoid", 2.0, 0.2, -50)),
    ]),
    "kdr": (-90.0, (20, 60, 5), [
        ("n", 4, ("linoid", 0.1, 0.1, -55), ("exp", 0.125, -1 / 80, -65)),
    ]),
    "ka": (-90.0, (3, 0, 8), [
        ("a", 3, ("linoid", 0.4, 0.08, -45), ("exp", 0.6, -0.05, -50)),
        ("b", 1, ("exp", 0.02, -0.06, -70), ("sigmoid", 0.15, -0.1, -60)),
    ]),
    "km": (-90.0, (0.3, 0.1, 0.1), [
        ("n", 1, ("exp", 0.003, 0.08, -35), ("exp", 0.003, -0.08, -35)),
    ]),
    "cal": (120.0, (0.2, 0, 0.1), [("q", 2, ("linoid", 0.25, 0.2, -25), ("exp", 0.6, -0.06, -70))]),
    "cat": (120.0, (0.1, 0, 0.3), [
        ("q", 2, ("sigmoid", 0.6, -0.12, -50), ("exp", 0.25, -0.08, -55)),
        ("r", 1, ("exp", 0.01, -0.1, -70), ("sigmoid", 0.05, -0.12, -60)),
    ]),
    "ih": (-40.0, (0.02, 0, 0.1), [
        ("l", 1, ("exp", 0.004, -0.07, -80), ("exp", 0.004, 0.07, -80)),
    ]),
    "ks": (-90.0, (0.5, 0, 0.2), [
        ("s", 2, ("linoid", 0.02, 0.06, -30), ("exp", 0.03, -0.03, -45)),
    ]),
}  # fmt: skip
PARTS = ("soma", "axon", "dendrites")
KINDS = {"exp": 2, "linoid": 3, "sigmoid": 4}


def written(form: Form) -> str:
    """A rate as text of a .hhm file; a form's argument is k*(v - d)."""
    kind, a, k, d = form
    x = f"({k!r}/mV*(v - ({d!r} mV)))"
    return {
        "exp": f"{a!r}*exp({x})/ms",
        "linoid": f"{a!r}/exprel(-{x})/ms",
        "sigmoid": f"{a!r}/(1 + exp({x}))/ms",
    }[kind]


def ten_channel_file() -> str:
    lines = ["hhm 1"]
    for name, (reversal, _, gates) in CHANNELS.items():
        lines += [f"channel {name} {{", "    param g = 0 mS/cm**2"]
        for gate, _, alpha, beta in gates:
            lines.append(f"    gate {gate} {{ alpha = {written(alpha)}")
            lines.append(f"             beta = {written(beta)} }}")
        product = "".join(f"*{gate}**{power}" for gate, power, *_ in gates)
        lines += [f"    I = g{product}*({reversal!r} mV - v) : amp/meter**2", "}"]
    lines += ["cell Ten {", "    param Cm = 1 uF/cm**2", "    param Ri = 100 ohm*cm"]
    for name, (_, densities, _) in CHANNELS.items():
        for part, g in zip(PARTS, densities, strict=True):
            if g > 0:
                lines.append(f"    insert {name}(g = {g!r} mS/cm**2) as {name}_ in {part}")
    lines += ["    I : nA (point current)", "    init v = -65 mV", "}"]
    return "\n".join(lines)


# name, parent, length and diameter (um), compartments, part
TREE = [
    ("soma", None, 25.0, 25.0, 1, "soma"),
    ("axon", "soma", 300.0, 1.0, 31, "axon"),
    ("dendrites", "soma", 150.0, 4.0, 11, "dendrites"),
    ("left", "dendrites", 200.0, 2.5, 15, "dendrites"),
    ("right", "dendrites", 120.0, 2.0, 9, "dendrites"),
    ("tuft", "left", 100.0, 1.0, 9, "dendrites"),
    ("oblique", "left", 80.0, 1.2, 7, "dendrites"),
]


@pytest.fixture(scope="module")
def channels() -> Channels:
    """The ten channels in NEURON, by its channel builder; a type once made stays."""
    names, kept = {}, []
    for name, (reversal, _, gates) in CHANNELS.items():
        made = neuron.h.KSChan(0)
        names[name] = f"ten_{name}"
        made.name(names[name])
        made.ion("NonSpecific")
        made.iv_type(0)
        for i, (gate, power, *rates) in enumerate(gates):
            made.add_hhstate(gate)
            made.gate(i).power(power)
            made.trans(i).type(0)
            for side, (kind, a, k, d) in enumerate(rates):
                made.trans(i).set_f(side, KINDS[kind], neuron.h.Vector([a, k, d]))
        made.gmax(0)
        made.erev(reversal)
        made.usetable(0)
        kept.append(made)
    return names, kept


@SCHEMES
def test_a_cell_with_ten_channels(
    method: str, order: int, dt: float, tmp_path: Path, channels: Channels
) -> None:
    channel_names, _ = channels
    sections: dict[str, Any] = {}
    shapes: dict[str, hp.Morphology] = {}
    for name, parent, length, diameter, n, part in TREE:
        section = neuron.h.Section(name=name)
        section.L, section.diam, section.nseg, section.Ra, section.cm = length, diameter, n, 100, 1
        for channel, (reversal, densities, _) in CHANNELS.items():
            g = densities[PARTS.index(part)]
            if g > 0:
                section.insert(channel_names[channel])
                for segment in section:
                    mechanism = getattr(segment, channel_names[channel])
                    mechanism.gmax, mechanism.e = g * 1e-3, reversal
        shapes[name] = hp.Cylinder(diameter=diameter * um, length=length * um, n=n)
        if parent is not None:
            section.connect(sections[parent](1))
            shapes[parent][name] = shapes[name]
        sections[name] = section
    path = tmp_path / "ten.hhm"
    path.write_text(ten_channel_file(), encoding="utf-8")
    soma = shapes["soma"]
    soma.kind = "soma"
    cell = hp.Cell(soma, hp.compile(path), method=method)
    cell.set("I", 0.8 * nA, 0)
    cut = cell.compartments
    places = []
    for shape in shapes.values():
        i = cut.index_of(shape)
        places.extend(range(cut.first[i], cut.last[i]))
    theirs = integrate_neuron(list(sections.values()), dt, order, sections["soma"](0.5), 0.8)
    assert_same(integrate_hodgpy(cell, dt)[places], theirs)
