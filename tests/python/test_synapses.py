# SPDX-License-Identifier: MIT
"""Synapses in Python: making them, their values and delays, and what is refused."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, nS

# -- values ---------------------------------------------------------------------------------------


@pytest.fixture
def synapses(cells: hp.Population) -> hp.Synapses:
    made = hp.Synapses(
        cells[:4], cells[10:16],
        "w : 1\ng : siemens\nk : integer\non : boolean\nscale : 1 (shared)",
        on_pre="v_post += scale*w", on_post="w *= 0.9", name="made",
    )  # fmt: skip
    made.connect()
    return made


def test_values_by_text(synapses: hp.Synapses, cells: hp.Population) -> None:
    synapses.w = "i + 10*j"
    assert np.array_equal(synapses.w, synapses.i + 10 * synapses.j)
    synapses.g = "2*nS*x_post/(10*um) + 0*nS*x_pre/mm"
    assert np.allclose(synapses.g, 2e-9 * (synapses.j + 10), rtol=1e-12)
    synapses.k = "i % 2 + N_post"
    assert synapses.k[:].dtype == np.int64
    synapses.on = "i > j"
    assert np.array_equal(synapses.on, synapses.i > synapses.j)
    synapses.w = "w + 0.5*int(on)"
    assert np.array_equal(
        synapses.w, synapses.i + 10 * synapses.j + 0.5 * (synapses.i > synapses.j)
    )
    assert np.array_equal(synapses.get("w*2 + j"), 2 * synapses.w[:] + synapses.j)
    assert np.allclose(synapses.get("g", "nS"), 2 * (synapses.j + 10))


def test_random_values_have_a_seed(cells: hp.Population) -> None:
    values = []
    for seed in (1, 1, 2):
        made = hp.Synapses(cells, cells, "w : 1", seed=seed)
        made.connect()
        made.w = "clip(0.5 + 0.1*randn(), 0, 1)"
        values.append(made.w[:])
    assert np.array_equal(values[0], values[1])
    assert not np.array_equal(values[0], values[2])
    assert values[0].std() == pytest.approx(0.1, rel=0.2)


def test_values_by_index(synapses: hp.Synapses) -> None:
    synapses.w = np.arange(24)
    assert list(synapses.w[2, :]) == [12, 13, 14, 15, 16, 17]
    assert list(synapses.w[1:3, 4]) == [10, 16]
    assert list(synapses.w[[0, 3], [1, 2]]) == [1, 2, 19, 20]
    assert list(synapses.w["i == 1 and w > 9"]) == [10, 11]
    assert synapses.w[5] == 5
    assert list(synapses[3, :2]) == [18, 19]
    synapses.w[2, :] = 0
    synapses.w["i == 3"] = "j"
    synapses.w[[0, 1]] += 0.5
    synapses.w[4:6] = [-1, -2]
    assert list(synapses.w[[0, 1, 2, 4, 5, 12, 17, 18, 23]]) == [0.5, 1.5, 2, -1, -2, 0, 0, 0, 5]
    synapses.scale = 3
    assert synapses.scale[()] == 3
    synapses.g = 3 * nS
    synapses.g += 1 * nS
    assert np.allclose(synapses.g, 4e-9)
    assert "nS" in repr(synapses.g) or "siemens" in repr(synapses.g)


def test_synapses_of_one_pair_are_numbered(cells: hp.Population) -> None:
    made = hp.Synapses(cells, cells, "w : 1")
    made.connect("i != j", n=2)
    made.connect(i=1, j=2)
    first, second, third = (made[1, 2, number] for number in range(3))
    assert list(made[1, 2]) == [*first, *second, *third]
    assert third[0] == len(made) - 1


def test_shared_values_become_one_per_synapse(synapses: hp.Synapses) -> None:
    synapses.scale = 2
    synapses.scale = np.arange(24.0)
    assert list(synapses.scale[[0, 23]]) == [0, 23]


def test_delays(synapses: hp.Synapses) -> None:
    assert float(synapses.delay) == 0
    synapses.delay = 2 * ms
    assert float(synapses.delay) == pytest.approx(2e-3)
    synapses.delay = "1*ms + 0.1*ms*i"
    assert np.allclose(synapses.delay[:, 0], [1e-3, 1.1e-3, 1.2e-3, 1.3e-3])
    synapses.pre.delay[0, :] = 5 * ms
    assert np.allclose(synapses.delay[0, :], 5e-3)
    synapses.post.delay = 1 * ms
    assert float(synapses.post.delay) == pytest.approx(1e-3)
    synapses.delay = np.arange(24) * ms
    assert synapses.delay[23] == pytest.approx(23e-3)
    synapses.delay += 1 * ms
    assert synapses.delay[23] == pytest.approx(24e-3)
    assert "post after 1 ms" in repr(synapses)


WRONG_VALUES = """
setattr(S, "zz", 3)
setattr(S, "w", [1, 2])
setattr(S, "w", np.ones((2, 12)))
setattr(S, "w", float("nan"))
setattr(S, "w", 3*mV)
setattr(S, "w", "zz + 1")
setattr(S, "w", "x_post")
setattr(S, "g", "3*mV")
setattr(S, "w", None)
S.w[30]
S.w[5, 0]
S.w[0, 0, 0, 0]
S.w["i + 1"]
S.w.__setitem__(slice(0, 3), [1, 2])
S.zz
S["zz"]
S.get("zz")
S.get("w", "mV")
setattr(S, "i", 3)
setattr(S, "delay", -1*ms)
setattr(S, "delay", 3*mV)
setattr(S, "delay", [1, 2]*ms)
setattr(S, "delay", float("nan"))
setattr(S.pre, "zz", 3)
S.middle
""".strip().splitlines()


@pytest.mark.parametrize("wrong", WRONG_VALUES)
def test_wrong_values_are_refused(wrong: str, synapses: hp.Synapses) -> None:
    synapses.w = 0.25
    with pytest.raises((hp.HodgError, AttributeError)) as caught:
        eval(wrong, {"S": synapses, "np": np, "ms": ms, "mV": mV})
    assert "object has no attribute" not in str(caught.value)
    assert np.all(synapses.w[:] == 0.25)


def test_delays_off_the_grid_are_refused_or_rounded_by_name(cells: hp.Population) -> None:
    for options in ({}, {"round": "nearest"}):
        made = hp.Synapses(cells, cells, on_pre="v_post += 0.1", name="made", **options)
        made.connect(i=[19], j=[0])
        made.delay = 1.04 * ms
        objects = _copied(cells, made)
        if options:
            hp.Network(*objects, dt=0.1 * ms).run(1 * ms)
            assert objects[1].delay[0] == pytest.approx(1e-3)
        else:
            with pytest.raises(hp.SimulationError, match=r"HH6042.*1\.04 ms"):
                hp.Network(*objects, dt=0.1 * ms).run(1 * ms)


def _copied(*objects: Any) -> list[Any]:
    """Copies that belong to no network yet."""
    return copy.deepcopy(list(objects))


WRONG_SYNAPSES = """
hp.Synapses(3)
hp.Synapses(P, 3)
hp.Synapses(P, P, 3)
hp.Synapses(P, P, P.model)
hp.Synapses(P, P, "w : 1", on_pre=3)
hp.Synapses(P, P, "w : 1", on_pre={"pre": 3})
hp.Synapses(P, P, "w : 1", on_pre="zz_post += w")
hp.Synapses(P, P, "w : siemens", on_pre="v_post += w")
hp.Synapses(P, P, "w : 1", on_pre="v_post += zz")
hp.Synapses(P, P, "w 1")
hp.Synapses(P, P, "I_post = w*I_post : 1 (summed)\\nw : 1")
hp.Synapses(P, P, "zz_post = w : 1 (summed)\\nw : 1")
hp.Synapses(P, P, "x_post = w : 1 (summed)\\nw : 1")
hp.Synapses(P, P, on_pre="v += 1", delay=-1*ms)
hp.Synapses(P, P, on_pre="v += 1", delay={"post": 1*ms})
hp.Synapses(P, P, on_pre="v += 1", delay=3*mV)
hp.Synapses(P, P, on_pre="v += 1", on_event="zz")
hp.Synapses(P, P, on_pre="v += 1", on_event={"zz": "spike"})
hp.Synapses(P, P, on_pre="v += 1", order="a")
hp.Synapses(P, P, on_pre={"a": "v += 1"}, on_post={"a": "v += 1"})
hp.Synapses(P, P, on_pre="v += 1", method="foo")
hp.Synapses(P, P, on_pre="v += 1", round="up")
hp.Synapses(P, P, on_pre="v += 1", seed=-1)
hp.Synapses(P, P, on_pre="v += 1", dtype="float16")
hp.Synapses(P, P, on_pre="v += 1", name=3)
hp.Synapses(P, P, on_pre="v += 1", zz=3)
hp.Synapses(P, P, "j : 1")
hp.Synapses(P, P, "connect : 1")
hp.Network(P, hp.Synapses(P)).run(3)
""".strip().splitlines()


@pytest.mark.parametrize("wrong", WRONG_SYNAPSES[:-1])
def test_wrong_synapses_are_refused(wrong: str, cells: hp.Population) -> None:
    with pytest.raises(hp.HodgError):
        eval(wrong, {"hp": hp, "P": cells, "ms": ms, "mV": mV})


ALPHA = """
synapse Alpha {
    param tau = 5 ms
    param E = 1 volt
    w : siemens
    dg/dt = h - g/tau : siemens
    dh/dt = -h/tau : siemens/second
    I_post = g*(E - v_post) : amp (summed)
    on pre { h += w*e/tau }
}
"""


def test_blocks_of_a_file() -> None:
    alpha = hp.compile(ALPHA).Alpha
    cell = hp.compile(
        "v : volt\nI : amp", threshold="v > 10*mV", events={"high": "v > 1*mV"}, name="Cell"
    )
    cells = hp.Population(cell, 3, name="cells")
    cells.v[0] = 5 * mV  # the event comes in every step, no spike
    made = hp.Synapses(
        cells, cells, alpha, on_event={"pre": "high"}, delay=1 * ms, E=-85 * mV, w=1 * nS,
        name="made",
    )  # fmt: skip
    made.connect(i=0, j=[1, 2])
    drive = hp.StateRecorder(cells, "I")
    net = hp.Network(cells, made, drive, dt=0.1 * ms)
    net.run(3 * ms)
    assert list(made.w[:]) == [1e-9, 1e-9]
    assert made.pathways["pre"].event == "high"
    first = np.flatnonzero(drive.I[1])[0]
    assert 10 <= first <= 13
    assert np.array_equal(drive.I[1], drive.I[2])
    assert "per target" in made.explain()
    assert "once per post neuron" in repr(made)
    with pytest.raises(hp.SimulationError, match="is a synapse"):
        hp.Population(alpha, 3)
    with pytest.raises(hp.ModelError, match="says itself"):
        hp.Synapses(cells, cells, alpha, on_pre="v += 1*mV")


# -- running --------------------------------------------------------------------------------------


def small_network(cells: hp.Population, **options: Any) -> hp.Network:
    made = hp.Synapses(cells[:10], cells[5:], "w : 1", on_pre="v_post += w", name="made", seed=3)
    made.connect(p=0.4)
    made.w = "0.2*rand()"
    made.delay = "0.5*ms + 0.1*ms*int(20*rand())"
    return hp.Network(cells, made, hp.SpikeRecorder(cells), dt=0.1 * ms, **options)


def test_networks_with_synapses_are_copied(cells: hp.Population) -> None:
    net = small_network(cells)
    others = [copy.deepcopy(net), pickle.loads(pickle.dumps(net)), net.copy(threads=2)]
    net.run(100 * ms)
    assert len(net["cells_spikes"]) > 30
    for other in others:
        other.run(100 * ms)
        assert np.array_equal(other["made"].delay[:], net["made"].delay[:])
        assert np.array_equal(other["cells_spikes"].t, net["cells_spikes"].t)
        assert np.array_equal(other["cells_spikes"].i, net["cells_spikes"].i)


def test_sweeps_vary_synapses(cells: hp.Population) -> None:
    runs = small_network(cells).sweep(
        {"made.w": [0.0, 0.3], "made.delay": [1 * ms, 2 * ms]},
        duration=50 * ms,
        measure=lambda net: (len(net["cells_spikes"]), float(net["made"].w[0])),
    )
    assert [w for _, w in runs.results] == [0, 0, 0.3, 0.3]
    assert runs.results[0] == runs.results[1]
    assert runs.results[2][0] > runs.results[0][0]


def test_populations_belong_to_one_network(cells: hp.Population) -> None:
    net = small_network(cells)
    with pytest.raises(hp.SimulationError, match=r"HH6023.*cells"):
        hp.Network(cells)
    with pytest.raises(hp.SimulationError, match="made"):
        hp.Network(net["made"])


def test_a_network_without_the_target_says_so(model: hp.Model) -> None:
    here, there = (hp.Population(model, 2, name=name) for name in ("here", "there"))
    made = hp.Synapses(here, there, on_pre="v_post += 1")
    made.connect()
    net = hp.Network(here, made)
    with pytest.raises(hp.SimulationError, match="there"):
        net.run(1 * ms)


def test_parameters_per_neuron_after_the_synapses_were_made() -> None:
    """The target's model is compiled once more; synapses are, too."""
    tau, gain = 10 * ms, 0.5
    cell = hp.compile(
        "dv/dt = (I - v)/tau : 1\nI : 1", threshold="v > 1", reset="v = 0",
        namespace={"tau": tau},
    )  # fmt: skip
    cells = hp.Population(cell, 3, name="cells", I=[2, 0, 0])
    made = hp.Synapses(cells, cells, "w : 1", on_pre="v_post += gain*w*tau_post/(10*ms)")
    made.connect(i=0, j=[1, 2])
    made.w = 1
    cells.tau = [10, 10, 20] * ms
    states = hp.StateRecorder(cells, "v")
    hp.Network(cells, made, states, dt=0.1 * ms).run(8 * ms)
    first = np.flatnonzero(states.v[1])[0]
    assert states.v[2][first] == pytest.approx(2 * states.v[1][first])
    assert gain == 0.5


def test_float32_synapses_are_small(model: hp.Model) -> None:
    cell = hp.compile(
        "dv/dt = (I - v)/(10*ms) : 1\nI : 1", threshold="v > 1", reset="v = 0", dtype="float32"
    )
    cells = hp.Population(cell, 1000, name="cells")
    made = hp.Synapses(cells, cells, "w : 1", on_pre="v_post += w", delay=1 * ms)
    made.connect(p=0.5)
    made.w = 0.01
    hp.Network(cells, made).run(0.2 * ms)
    assert made.w[:].dtype == np.float64
    assert "bytes" in repr(made)
    bytes_a_synapse = float(repr(made).split(" of ")[1].split()[0])
    assert bytes_a_synapse <= 8.1  # 8, and one pointer per source


def test_initial_values_can_be_read_before_the_first_run() -> None:
    P = hp.Population(hp.compile("v : 1", threshold="v > 1", reset="v = 0"), 3)
    text = (
        "synapse S { w : 1\narrived : second\ninit arrived = -1000 second\non pre { arrived = t } }"
    )
    S = hp.Synapses(P, P, hp.compile(text).S)
    S.connect("i != j")
    S.w = 0.5
    assert np.all(S.w[:] == 0.5)
    assert np.all(S.arrived[:] == -1000)
