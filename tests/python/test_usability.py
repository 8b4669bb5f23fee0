# SPDX-License-Identifier: MIT
"""Mistakes of a first day, and that the answer says what to do; conveniences of the first hour."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, Mohm, cm, mS, ms, mV, nS, second, uA, uF, um

LEAK = "dv/dt = (-70*mV - v)/(10*ms) : volt"
MORRIS_LECAR = """
dv/dt = (-g_Ca*m_inf*(v - E_Ca) - g_K*n*(v - E_K) - g_L*(v - E_L) + I)/C : volt
dn/dt = phi*cosh((v - V3)/(2*V4))*(n_inf - n) : 1
m_inf = 0.5*(1 + tanh((v - V1)/V2)) : 1
n_inf = 0.5*(1 + tanh((v - V3)/V4)) : 1
I : amp/meter**2
"""
VALUES = {
    "C": 20 * uF / cm**2, "g_L": 2 * mS / cm**2, "g_Ca": 4.4 * mS / cm**2, "g_K": 8 * mS / cm**2,
    "E_L": -60 * mV, "E_Ca": 120 * mV, "E_K": -84 * mV, "V1": -1.2 * mV, "V2": 18 * mV,
    "V3": 2 * mV, "V4": 30 * mV, "phi": 0.04 / ms,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _pictures_in_memory() -> Iterator[None]:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def fibre() -> hp.Model:
    return hp.compile(MORRIS_LECAR, threshold="v crosses 0*mV", namespace=VALUES, name="ML")


@pytest.fixture(scope="module")
def leak() -> hp.Model:
    return hp.compile(
        f"{LEAK}\nw : siemens\nI : amp", threshold="v > -50*mV", reset="v = -70*mV", name="leak"
    )


def said(text: str) -> str:
    """Everything that a check of a text says, with what it would write instead."""
    parts = []
    for found in hp.check(text, free_names=False):
        parts += [f"{found.code} {found.message}"]
        parts += [f"{note.text} [{note.replacement or ''}]" for note in found.notes]
    return "\n".join(parts)


NEURON = "neuron A {{\n {} \n dv/dt = -v/(10 ms) : mV\n}}"


@pytest.mark.parametrize(
    ("text", "code", "answer"),
    [
        ("C*dv/dt = -g*v : volt", "HH1030", "divide the right side: `dv/dt = (...)/C`"),
        ("DV/DT = -V/(10*ms) : volt", "HH1030", "reads `dV/dt = ...`"),
        ("v' = -v/(10*ms) : volt", "HH1006", "the derivative of `v` is written `dv/dt`"),
        ("dv/dt = -v/(10,5*ms) : volt", "HH1020", "`10.5` [.]"),
        ("dv/dt = (v + 55)/ms : volt", "HH3001", "give the number its unit [*mV]"),
        ("dv/dt = (v - x)/ms : volt\nx : 1", "HH3001", "give `x` its unit where it is defined"),
        ("dv/dt = -v*exp(-v/10)/ms : volt", "HH3004", "as in `x/(10*mV)`"),
        ("dv/dt = -v*np.exp(2)/ms : volt", "HH2007", "write `exp` [exp]"),
        ("dv/dt = -v*np.random.rand()/ms : volt", "HH2007", "write `rand` [rand]"),
        ("dx/dt = heaviside(x)/ms : 1", "HH2007", "`int(x > 0)`"),
        ("x = 3*I : amp\nI : A/m**2", "HH2011", "`amp`"),
        (NEURON.format("PARAM g = 3 nS"), "HH1031", "did you mean `param`? [param]"),
        (NEURON.format("treshold v > 0 mV"), "HH1031", "did you mean `threshold`?"),
        (NEURON.format("param g = 3 S/cm**2"), "HH2011", "did you mean `siemens`?"),
        (NEURON.format("param g = 3 mho/cm**2"), "HH2011", "did you mean `siemens`?"),
        (NEURON.format("param cm = 3 pF"), "HH2005", "such as `cm_`"),
        (NEURON.format("init v = -65"), "HH3002", "give the number its unit [*mV]"),
        (NEURON.format("if (v == 0 mV) { v = 1 mV }"), "HH1015", "`x = a if condition else b`"),
        (NEURON.format("gate n { ALPHA = 1/ms\n beta = 2/ms }"), "HH2014", "[alpha]"),
        (NEURON.format("gate n { alpha = 2\n beta = 0.1*exp(2) }"), "HH3002", "`(...)/ms`"),
        (NEURON.format("param C = 1 uF\n I : uA/cm**2\n x = I/C : mV/ms"), "HH3002", "an area"),
        (NEURON.format("threshold v > 1 mV\n reset { v == 0 mV }"), "HH1031", "written `=` [=]"),
    ],
)
def test_mistakes_in_equations_are_answered(text: str, code: str, answer: str) -> None:
    found = said(text.replace("{{", "{").replace("}}", "}"))
    assert code in found
    assert answer in found


def test_capacitance_on_the_left_is_one_mistake() -> None:
    found = said("C*dv/dt = -g*v : volt\ndw/dt = -w*v/mV/ms : 1\nC : farad\ng : siemens")
    assert found.count("HH") == 1


def test_threshold_with_one_equals_sign() -> None:
    with pytest.raises(hp.ModelError, match="equality is written `==`"):
        hp.compile(LEAK, threshold="v = -50*mV")


def test_a_refractory_time_that_holds_nothing_is_warned_about() -> None:
    given = {"threshold": "v > -50*mV", "reset": "v = -70*mV", "refractory": 2 * ms}
    with pytest.warns(hp.ModelWarning, match="HH4075.*nothing holds `v`"):
        hp.compile(LEAK, **given)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hp.compile(LEAK + " (unless refractory)", **given)
        hp.compile(LEAK, threshold="v > -50*mV", refractory=2 * ms)  # detection alone


def test_a_state_of_a_cell_may_be_called_x() -> None:
    text = "Im = 1*mS/cm**2*(-65*mV - v) : amp/meter**2\ndx/dt = -x/ms : 1"
    cell = hp.Cell(hp.Soma(diameter=20 * um), text, v=-65 * mV)
    cell.x = 1
    hp.Network(cell, dt=0.1 * ms).run(1 * ms)
    assert abs(cell.x[0] - np.exp(-1)) < 0.01
    with pytest.raises(hp.ModelError, match="HH4052"):
        hp.Cell(hp.Soma(diameter=20 * um), text + "\narea : volt")


# -- names of the script --------------------------------------------------------------------------


def test_names_of_the_script_that_equations_cannot_use() -> None:
    tau_long = np.ones(3) * ms
    with pytest.raises(hp.ModelError, match=r"`tau_long` of your script is \[1"):
        hp.compile("dv/dt = -v/tau_long : volt")
    assert len(tau_long) == 3
    tau_mem = 10 * ms
    with pytest.raises(hp.ModelError, match="your script has `tau_mem`"):
        hp.compile("dv/dt = -v/tau_memb : volt")
    assert tau_mem.in_unit("ms") == 10


def test_names_without_a_value_are_told_once_where_values_come_from() -> None:
    with pytest.raises(hp.ModelError) as info:
        hp.compile("dv/dt = (E_leak - v)/tau_leak : volt")
    assert str(info.value).count("a name gets its value from your script or from `namespace`") == 1
    assert str(info.value).count("is not defined") == 2


def test_a_mistake_elsewhere_takes_no_unit_from_the_names_of_the_script() -> None:
    e_leak = -54.4 * mV
    with pytest.raises(hp.ModelError) as info:
        hp.compile("dv/dt = (e_leak - v)/(10*ms) : volt", threshold="v > ")
    assert [d.code for d in info.value.diagnostics] == ["HH1022"]
    assert e_leak.in_unit("mV") == -54.4


# -- plain numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [("v", -65, r"-65\*mV"), ("I", 0.5, r"0\.5\*nA"), ("w", [30, 20], r"\[\.\.\.\]\*nS")],
)
def test_numbers_that_no_neuron_has_are_warned_about(
    leak: hp.Model, name: str, value: object, meant: str
) -> None:
    cells = hp.Population(leak, 2)
    with pytest.warns(hp.UnitWarning, match=f"did you mean {meant}") as caught:
        setattr(cells, name, value)
    assert caught[0].filename == __file__


def test_times_and_temperatures_without_unit(leak: hp.Model) -> None:
    cells = hp.Population(leak, 1)
    with pytest.warns(hp.UnitWarning, match=r"dt was given 0.1 .* did you mean 0.1\*ms"):
        hp.Network(cells, dt=0.1)
    with pytest.warns(hp.UnitWarning, match="refractory"):
        hp.compile(
            LEAK + " (unless refractory)", threshold="v > 1*mV", reset="v = 0*mV", refractory=2
        )
    squid = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
    with pytest.warns(hp.UnitWarning, match=r"dt of a timed array .* did you mean 1\*ms"):
        hp.TimedArray([1.0, 2.0], dt=1)
    with pytest.warns(hp.UnitWarning, match='"20 degC"'):
        hp.Population(squid, 1, temperature=20)


def test_plausible_numbers_are_no_matter(leak: hp.Model) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cells = hp.Population(leak, 3, v=-0.07, I=[1e-9, 0, 5e-10], w=1e-9)
        cells.v = -65 * mV
        cells.v = "-65*mV"
        hp.Network(cells, dt=1e-4).run(0.01)


# -- what was forgotten ---------------------------------------------------------------------------


def test_synapses_without_connections_are_warned_about_once(leak: hp.Model) -> None:
    cells = hp.Population(leak, 3, name="cells")
    synapses = hp.Synapses(cells, cells, on_pre="v += 1*mV", name="S")
    net = hp.Network(cells, synapses, dt=0.1 * ms)
    with pytest.warns(hp.NetworkWarning, match=r"`S` \(cells -> cells\) has no synapses"):
        net.run(1 * ms)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.run(1 * ms)


def test_a_recorder_in_no_network_is_warned_about(leak: hp.Model) -> None:
    cells = hp.Population(leak, 3, v=-70 * mV)
    recorders = [hp.SpikeRecorder(cells), hp.StateRecorder(cells, "v"), hp.RateRecorder(cells)]
    for recorder in recorders:
        with pytest.warns(hp.NetworkWarning, match="in no network"):
            assert recorder.plot().texts[0].get_text().startswith("nothing recorded yet")
    hp.Network(cells, recorders, dt=0.1 * ms).run(1 * ms)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert recorders[0].plot().texts[0].get_text() == "no spikes"


def test_hints_of_populations(leak: hp.Model) -> None:
    cells = hp.Population(leak, 3)
    with pytest.raises(AttributeError, match="a network runs"):
        cells.run(1 * ms)
    with pytest.raises(hp.SimulationError, match=r"hp\.compile"):
        hp.Population(LEAK, 3)
    with pytest.raises(hp.SimulationError, match=r"hp.Population\(model, N\)"):
        hp.Population(3, leak)
    with pytest.raises(hp.SimulationError, match=r"shape \(3,\)"):
        cells.v = np.zeros((3, 1))
    with pytest.raises(hp.SimulationError, match=r"`\.HodgkinHuxley1952`"):
        hp.Population(hp.compile("neurons.hodgkin_huxley_1952"), 1)
    net = hp.Network(cells)
    with pytest.raises(hp.SimulationError, match=r"HH6023.*make it anew"):
        hp.Network(cells)
    assert net["population"] is cells


def test_hints_of_synapses(leak: hp.Model) -> None:
    cells = hp.Population(leak, 3)
    with pytest.raises(hp.ModelError, match=r"after connect\(...\) assign it"):
        hp.Synapses(cells, cells, on_pre="v += 1*mV", delay="1*ms*rand()")
    synapses = hp.Synapses(cells, cells, on_pre="v += 1*mV", delay=0.55 * ms)
    with pytest.raises(hp.ModelError, match="to compare, write `==`"):
        synapses.connect("i=j")
    synapses.connect()
    with pytest.raises(hp.SimulationError, match=r'0.55 ms, no multiple of dt = 0.1 ms.*"nearest"'):
        hp.Network(cells, synapses, dt=0.1 * ms).run(1 * ms)


def test_a_run_away_between_reset_and_fault_is_not_called_by_its_reset_value() -> None:
    with pytest.warns(hp.ModelWarning, match="HH4075"):
        model = hp.compile(
            "dv/dt = (30*mV*exp(v/mV) + 1*mV)/ms : volt\ndw/dt = (v/mV - w)/ms : 1",
            threshold="v > 10*mV", reset="v = 0*mV", refractory=2 * ms,
        )  # fmt: skip
    cells = hp.Population(model, 1)
    with pytest.raises(hp.SimulationError, match="HH6001") as caught:
        hp.Network(cells, dt=0.1 * ms).run(10 * ms)
    assert "is 0 at" not in str(caught.value)
    assert " ms" in str(caught.value)


# -- conveniences ---------------------------------------------------------------------------------


def test_derivatives_can_be_read_and_recorded(fibre: hp.Model) -> None:
    cells = hp.Population(fibre, 2, v=[-60, 0] * mV, n=0.1, I=90 * uA / cm**2)
    trace = hp.StateRecorder(cells, ["v", "dv/dt"])
    rate = cells.get("dv/dt", "mV/ms")
    hp.Network(cells, trace, dt=0.01 * ms).run(1 * ms)
    np.testing.assert_allclose(trace["dv/dt"][:, 0], rate, rtol=1e-3)
    slope = np.diff(trace.v, axis=1) / 1e-5
    np.testing.assert_allclose(slope[:, 50], trace["dv/dt"][:, 50], rtol=0.01)


def test_steady_states_of_gates_that_are_written_out(fibre: hp.Model) -> None:
    v = np.array([-60.0, -10, 20])
    found = fibre.steady_state(v * mV)
    assert list(found) == ["n"]
    np.testing.assert_allclose(found["n"], 0.5 * (1 + np.tanh((v - 2) / 30)), rtol=1e-12)
    free = hp.compile("dv/dt = -v*w/ms : volt\ndw/dt = (1 - w**3)/ms : 1")
    assert free.steady_state(0 * mV) == {}


def test_firing_rate_without_a_variable_v() -> None:
    model = hp.compile("dV/dt = (I - V)/(10*ms) : 1\nI : 1", threshold="V > 1", reset="V = 0")
    rates = model.firing_rate([0.5, 2.0], duration=0.5, dt=0.1 * ms)
    assert rates[0] == 0
    assert abs(rates[1] - 1 / (0.01 * np.log(2))) < 3


def test_phase_plane_of_morris_lecar(fibre: hp.Model) -> None:
    """Hopf set of Rinzel & Ermentrout 1998: its fixed point loses stability at 94 uA/cm2."""
    for current, kind in ((93, "stable focus"), (95, "unstable focus")):
        plane = fibre.phase_plane(
            "v", [-75, 60] * mV, "n", [0, 0.7], points=101, I=current * uA / cm**2
        )
        assert [point.kind for point in plane.fixed_points] == [kind]
        assert plane.fixed_points[0].is_stable == (kind == "stable focus")
    point = plane.fixed_points[0]
    cells = hp.Population(fibre, 1, v=point.x, n=point.y, I=95 * uA / cm**2)
    assert abs(cells.get("dv/dt")[0]) < 1e-9
    axes = plane.plot()
    assert axes.get_xlabel() == "v (mV)"
    axes.figure.canvas.draw()


def test_phase_plane_has_saddles_and_refuses_other_models(fibre: hp.Model) -> None:
    bistable = hp.compile("dx/dt = (x - x**3 - y)/ms : 1\ndy/dt = (0.05*x - y)/ms : 1")
    kinds = [p.kind for p in bistable.phase_plane("x", [-2, 2], "y", [-1, 1]).fixed_points]
    assert kinds == ["stable node", "saddle", "stable node"]
    with pytest.raises(hp.SimulationError, match="two states"):
        fibre.phase_plane("v", [-75, 60] * mV, "m", [0, 1])
    with pytest.raises(hp.SimulationError, match="range of `n`"):
        fibre.phase_plane("v", [-75, 60] * mV, "n", [1, 0])


@pytest.fixture(scope="module")
def network(leak: hp.Model) -> hp.Network:
    cells = hp.Population(leak, 80, name="E", v=-70 * mV)
    other = hp.Population(leak, 20, name="I", v=-70 * mV)
    drive = hp.PoissonGroup(80, 200 * Hz, name="drive")
    inputs = hp.Synapses(drive, cells, "g : siemens", on_pre="v += 25*mV", name="S")
    inputs.connect(rule="one_to_one")
    inputs.g = "5*nS*rand()"
    inputs.delay = "0.1*ms*(1 + i % 5)"
    recorders = [
        hp.SpikeRecorder(cells), hp.SpikeRecorder(other),
        hp.StateRecorder(cells, ["v", "I"]), hp.RateRecorder(cells, 5 * ms),
    ]  # fmt: skip
    net = hp.Network(cells, other, drive, inputs, recorders, dt=0.1 * ms)
    net.run(50 * ms)
    return net


def test_one_picture_of_a_network(network: hp.Network) -> None:
    axes = network.plot()
    assert len(axes) == 4
    assert [t.get_text() for t in axes[0].get_yticklabels()] == ["E", "I"]
    assert axes[1].get_ylabel() == "v (mV)"
    assert axes[2].get_ylabel() == "I (nA)"
    assert axes[3].get_ylabel() == "E\nrate (Hz)"
    assert axes[3].get_xlabel() == "time (ms)"
    assert axes[0].get_xlim()[1] == 50
    drawn = sum(len(c.get_offsets()) for c in axes[0].collections)
    assert drawn == len(network["E_spikes"]) + len(network["I_spikes"]) > 0
    axes[0].figure.canvas.draw()
    with pytest.raises(hp.SimulationError, match="no recorders"):
        hp.Network().plot()


def test_pictures_of_synapses(network: hp.Network) -> None:
    synapses = network["S"]
    axes = synapses.plot("g", bins=10)
    assert axes.get_xlabel() == "g of S (nS)"
    assert sum(bar.get_height() for bar in axes.patches) == 80
    assert max(bar.get_x() for bar in axes.patches) < 5
    assert synapses.plot("delay").get_xlabel() == "delay of S (ms)"
    dots = synapses.plot().collections[0].get_offsets()
    np.testing.assert_array_equal(dots[:, 0], synapses.i)


def test_traces_are_named_and_in_usual_units(network: hp.Network) -> None:
    axes = network["E_states"].plot()
    legend = axes[0].get_legend()
    assert legend.get_title().get_text() == "neuron, 10 of 80"
    assert legend.get_texts()[-1].get_text() == "79"
    np.testing.assert_allclose(
        axes[0].lines[-1].get_ydata(), network["E_states"].get("v", "mV")[79]
    )


def test_traces_of_a_cell_are_named_by_place() -> None:
    shape = hp.Soma(diameter=20 * um)
    shape.axon = hp.Cylinder(diameter=1 * um, length=100 * um, n=5)
    cell = hp.Cell(shape, "Im = 1*mS/cm**2*(-65*mV - v) : amp/meter**2", v=-65 * mV)
    trace = hp.StateRecorder(cell, "v", record=["soma", "axon.50*um"])
    hp.Network(cell, trace, dt=0.1 * ms).run(1 * ms)
    names = [text.get_text() for text in trace.plot().get_legend().get_texts()]
    assert names == ["soma", "axon.50*um"]
    assert cell.soma.v[0] == cell.v[0]
    with pytest.raises(AttributeError, match="sections here: axon"):
        _ = cell.axn
    legend = shape.plot().get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["soma", "axon"]


class Tags(HTMLParser):
    """Checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_objects_in_a_notebook(network: hp.Network) -> None:
    for item in (network, network["E"], network["S"]):
        tags = Tags()
        tags.feed(item._repr_html_())
        assert tags.open == []
    assert "<td style='text-align:left'>mV</td>" in network["E"]._repr_html_()
    assert "<Synapses S: drive -> E" in repr(network)
    assert repr(network["E"].model).startswith("<Model leak: 1 state (v), ")


def test_tab_completion_shows_what_is_public() -> None:
    assert set(dir(hp)) == set(hp.__all__)


def test_quantities_in_numpy_and_conditions() -> None:
    assert abs(np.exp(3 * mV / mV) - np.e**3) < 1e-12
    assert bool(1 * mV)
    assert not 0 * mV
    with pytest.raises(AttributeError, match="did you mean `mV`"):
        _ = hp.units.mv
    assert (5 / ms).in_unit("1/second") == 5000
    assert (1 / (100 * Mohm)).in_unit("nS") == 10


def test_progress_has_no_nan(leak: hp.Model, capsys: pytest.CaptureFixture[str]) -> None:
    hp.Network(hp.Population(leak, 1), dt=0.1 * ms).run(1 * second, report="text")
    assert "nan" not in capsys.readouterr().err


def test_the_page_of_morris_lecar_runs_from_the_command_line(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "phase_plane.md"
    text = page.read_text(encoding="utf-8").split("```hhm\n")[1].split("```")[0]
    model = tmp_path / "morris_lecar.hhm"
    model.write_text(text, encoding="utf-8")
    root = Path(__file__).parents[2] / "build"
    built = (p for p in (root / "bin" / "hhc", root / "release" / "bin" / "hhc") if p.is_file())
    hhc = os.environ.get("HHC") or next(built, None) or shutil.which("hhc")
    if hhc is None:
        pytest.skip("the command line was not built")
    command = [str(hhc), "run", str(model), "--for", "500ms", "--set", "I=93 uA/cm**2",
               "--record", "v,n", "--plot"]  # fmt: skip
    good = subprocess.run([*command, str(tmp_path / "a.svg")], capture_output=True, text=True)
    assert good.returncode == 0
    assert " spikes" in good.stderr
    wrong = subprocess.run([*command, str(tmp_path / "a.png")], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "is no .svg file" in wrong.stderr
    assert not (tmp_path / "a.png").exists()


def test_unit_of_a_synaptic_weight(network: hp.Network) -> None:
    assert network["S"].get("g", "nS").max() <= 5
    assert network["S"].get("g").max() <= (5 * nS).in_unit("siemens")


def test_the_recorder_inside_of_a_camera_is_not_alone() -> None:
    model = hp.compile("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0")
    cells = hp.Population(model, 2)
    camera = hp.CalciumImaging(cells, 100 * Hz)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hp.Network(cells, camera, dt=1 * ms).run(50 * ms)
        assert camera.fluorescence.shape[0] == 2


# -- names of other programs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("NeuronGroup", "write `Population"),
        ("SpikeMonitor", "SpikeRecorder"),
        ("mV", "from hodgpy.units import mV"),
        ("SpikeRecorders", "did you mean `SpikeRecorder`"),
        ("nothing_like_it", "hodgpy has no `nothing_like_it`$"),
    ],
)
def test_names_that_the_package_does_not_have(name: str, says: str) -> None:
    with pytest.raises(AttributeError, match=says):
        getattr(hp, name)


def test_what_users_of_brian_look_for_in_a_population() -> None:
    cells = hp.Population(hp.compile("dv/dt = -v/ms : 1"), 1)
    with pytest.raises(AttributeError, match="regularly"):
        cells.run_regularly("v = 0", dt=1 * ms)


def test_values_of_synapses_that_do_not_exist_yet() -> None:
    """They are not kept, and it is said."""
    cells = hp.Population(hp.compile("x : 1", threshold="x > 1", reset="x = 0"), 3)
    synapses = hp.Synapses(cells, cells, "w : 1", on_pre="x_post += w")
    with pytest.warns(hp.NetworkWarning, match="connect first"):
        synapses.w = 3
    synapses.connect()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        synapses.w = 3
    assert np.all(synapses.w[:] == 3)


def test_a_cell_of_twenty_metres() -> None:
    with pytest.warns(hp.UnitWarning, match=r"means meter; did you mean 20\*um"):
        hp.Soma(diameter=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hp.Soma(diameter=20e-6)


def test_words_that_choose_no_neuron() -> None:
    cells = hp.Population(hp.compile("x : 1"), 3)
    with pytest.raises(hp.SimulationError, match=r"HH6016.*write True, a number"):
        hp.StateRecorder(cells, "x", record="all")
    with pytest.raises(hp.SimulationError) as caught:
        cells.set("X", 1)
    assert str(caught.value).count("HH6010") == 1
