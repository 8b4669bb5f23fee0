# SPDX-License-Identifier: MIT
"""Synapses in Python: making them, their values and delays, and what is refused."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, ms, mV, nS

CELL = "dv/dt = (I - v)/(10*ms) : 1\nI : 1\nx : meter\ny : meter"


@pytest.fixture(scope="module")
def model() -> hp.Model:
    return hp.compile(CELL, threshold="v > 1", reset="v = 0", name="Cell")


@pytest.fixture
def cells(model: hp.Model) -> hp.Population:
    made = hp.Population(model, 20, name="cells")
    made.x = "i*10*um"
    made.I = "0.6 + 0.1*i"
    return made


# -- connecting -----------------------------------------------------------------------------------


def pairs(synapses: hp.Synapses) -> set[tuple[int, int]]:
    return set(zip(synapses.i.tolist(), synapses.j.tolist(), strict=True))


def test_rules(cells: hp.Population) -> None:
    few = cells[:7]
    made = hp.Synapses(cells, few)
    made.connect(indegree=3, multapses=False, seed=1)
    assert list(made.N_incoming_post) == [3] * 7
    assert len(pairs(made)) == 21
    made = hp.Synapses(cells, few)
    made.connect(outdegree=4, seed=1)
    assert list(made.N_outgoing_pre) == [4] * 20
    made = hp.Synapses(cells, few)
    made.connect(total=31)
    assert len(made) == 31
    made = hp.Synapses(cells)
    made.connect(rule="permutation", seed=3)
    assert sorted(made.j) == list(range(20))
    assert list(made.j) != list(range(20))
    made = hp.Synapses(cells)
    made.connect(shift=3)
    assert pairs(made) == {(k, k + 3) for k in range(17)}
    made = hp.Synapses(cells)
    made.connect(shift=-3, wrap=True)
    assert pairs(made) == {(k, (k - 3) % 20) for k in range(20)}
    made = hp.Synapses(cells)
    made.connect(rule="all_to_all", self_connections=False)
    assert len(made) == 380


def test_self_connections_are_those_of_a_neuron_not_of_a_number(cells: hp.Population) -> None:
    made = hp.Synapses(cells[5:15], cells[:10])
    made.connect(rule="all_to_all", self_connections=False)
    assert len(made) == 95
    assert not any(i + 5 == j for i, j in pairs(made))
    by_text = hp.Synapses(cells[5:15], cells[:10])
    by_text.connect("i != j")
    assert not any(i == j for i, j in pairs(by_text))
    assert len(by_text) == 90
    generated = hp.Synapses(cells[5:15], cells[:10])
    generated.connect(j="k for k in range(N_post)", self_connections=False)
    assert pairs(generated) == pairs(made)


def test_probability_has_its_mean_and_its_seed(model: hp.Model) -> None:
    large = hp.Population(model, 1000)
    first, again, other, dense = (hp.Synapses(large) for _ in range(4))
    first.connect("i != j", p=0.01, seed=4)
    again.connect("i != j", p=0.01, seed=4)
    other.connect("i != j", p=0.01, seed=5)
    assert np.array_equal(first.i, again.i)
    assert np.array_equal(first.j, again.j)
    assert not np.array_equal(first.j[:500], other.j[:500])
    # 5 standard deviations of a binomial
    assert abs(len(first) - 9990) < 5 * np.sqrt(9990)
    assert not np.any(first.i == first.j)
    dense.connect("abs(i - j) < 100", p=0.5, seed=1)
    expected = (abs(np.subtract.outer(range(1000), range(1000))) < 100).sum() / 2
    assert abs(len(dense) - expected) < 5 * np.sqrt(expected / 2)


def test_probability_of_a_pair(model: hp.Model) -> None:
    line = hp.Population(model, 500, x="i*10*um")
    made = hp.Synapses(line)
    made.connect("i != j", p="exp(-distance/(200*um))", seed=1)
    distance = abs(made.i.astype(int) - made.j) * 10e-6
    assert np.mean(distance) == pytest.approx(200e-6, rel=0.1)
    made = hp.Synapses(line)
    made.connect("distance < 25*um")
    assert np.abs(made.i.astype(int) - made.j).max() == 2


def test_samples(cells: hp.Population) -> None:
    made = hp.Synapses(cells)
    made.connect(j="k for k in sample(N_post, size=15)", seed=2)
    assert list(made.N_outgoing_pre) == [15] * 20
    assert len(pairs(made)) == 300
    assert made.N_incoming_post.std() > 0
    made = hp.Synapses(cells)
    made.connect(i="k for k in sample(0, N_pre, 2, size=3) if k != j", seed=2)
    assert set(made.i) <= set(range(0, 20, 2))
    assert made.N_incoming_post.max() == 3


def test_matrices(cells: hp.Population) -> None:
    weights = np.zeros((20, 5))
    weights[3, 1], weights[3, 0], weights[7, 4] = 0.5, 0.25, -1
    made = hp.Synapses(cells, cells[10:15], "w : 1")
    made.connect(matrix=weights, into="w")
    assert list(zip(made.i, made.j, made.w[:], strict=True)) == [
        (3, 0, 0.25), (3, 1, 0.5), (7, 4, -1),
    ]  # fmt: skip
    sparse = pytest.importorskip("scipy.sparse")
    other = hp.Synapses(cells, cells[10:15], "w : 1")
    other.connect(matrix=sparse.csc_matrix(weights), into="w")
    assert np.array_equal(other.w[:], made.w[:])
    assert np.array_equal(other.j, made.j)


def test_calls_add_up(cells: hp.Population) -> None:
    made = hp.Synapses(cells, cells, "w : 1", w=0.5)
    made.connect(i=[0, 1], j=[1, 2])
    made.w[1] = 7
    made.connect(i=3, j=[0, 4])
    assert list(made.i) == [0, 1, 3, 3]
    assert list(made.w[:]) == [0.5, 7, 0.5, 0.5]


WRONG_CONNECTIONS = """
S.connect(3)
S.connect("i")
S.connect("i <")
S.connect("i < zz")
S.connect("i < x_post")
S.connect("0 < i < 3")
S.connect("i ^ 2 == 3")
S.connect("foo(i) < 3")
S.connect("__import__('os').system('true') == 0")
S.connect(p=2)
S.connect(p=-0.5)
S.connect(p=float("nan"))
S.connect(p="i + 2")
S.connect(p=None)
S.connect(n=-1)
S.connect(n=1.5)
S.connect(n="i - 5")
S.connect(i=[0, 1], j=[0, 1, 2])
S.connect(i=[20], j=[0])
S.connect(i=[-1], j=[0])
S.connect(i=[0.5], j=[0])
S.connect(i=[[0]], j=[[0]])
S.connect(i="j", j="i")
S.connect(i=[1], j="i")
S.connect(j="k for k in range(i - 2, i + 3)")
S.connect(j="k for k in range(5) if zz")
S.connect(j="k for k in foo(5)")
S.connect(j="k for k in range(5")
S.connect(j="k for k in range()")
S.connect(j="k for k in range(0, 5, 0)")
S.connect(j="k for k in sample(5)")
S.connect(j="k for k in sample(5, size=6)")
S.connect(j="k for k in sample(5, p=2)")
S.connect(j="k for 3 in range(5)")
S.connect(j="k for k")
S.connect(j="k/2 for k in range(5)")
S.connect(j="")
S.connect("i != j", i=[1], j=[2])
S.connect(rule="foo")
S.connect(rule="fixed_indegree")
S.connect(rule="one_to_one", p=0.5)
S.connect(rule="one_to_one", indegree=3)
S.connect(rule="one_to_one") if False else hp.Synapses(P, P[:3]).connect(rule="one_to_one")
S.connect(indegree=-1)
S.connect(indegree=2.5)
S.connect(indegree=3, outdegree=3)
S.connect(indegree=21, multapses=False)
S.connect(matrix=np.ones((3, 3)))
S.connect(matrix="abc")
S.connect(matrix=np.ones((20, 20)), into="zz")
S.connect(into="w")
S.connect(seed=-1)
S.connect(total=10**12)
""".strip().splitlines()


@pytest.mark.parametrize("wrong", WRONG_CONNECTIONS)
def test_wrong_connections_are_refused_and_make_nothing(wrong: str, cells: hp.Population) -> None:
    synapses = hp.Synapses(cells, cells, "w : 1")
    synapses.connect(i=[0], j=[1])
    with pytest.raises(hp.HodgError):
        eval(wrong, {"S": synapses, "np": np, "hp": hp, "P": cells})
    assert len(synapses) == 1


def test_codes_of_wrong_connections(model: hp.Model, cells: hp.Population) -> None:
    synapses = hp.Synapses(cells)
    with pytest.raises(hp.SimulationError, match="HH6050"):
        synapses.connect(p=2)
    with pytest.raises(hp.ModelError, match="HH6051") as caught:
        synapses.connect("i < x_post")
    assert '"i < x_post"' not in str(caught.value)
    assert "test_synapses.py:" in str(caught.value)
    assert "^" in str(caught.value)
    with pytest.raises(hp.SimulationError, match="HH6016"):
        synapses.connect(i=[20], j=[0])
    large = hp.Population(model, 100_000)
    with pytest.raises(hp.SimulationError, match=r"HH6053.*1e\+10"):
        hp.Synapses(large).connect()


def test_many_synapses_in_no_time(model: hp.Model) -> None:
    large = hp.Population(model, 20_000)
    made = hp.Synapses(large)
    made.connect(p=0.01, seed=1)
    assert abs(len(made) - 4e6) < 5 * 2e3


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
    cell = hp.compile(CELL, threshold="v > 1", reset="v = 0", dtype="float32")
    cells = hp.Population(cell, 1000, name="cells")
    made = hp.Synapses(cells, cells, "w : 1", on_pre="v_post += w", delay=1 * ms)
    made.connect(p=0.5)
    made.w = 0.01
    hp.Network(cells, made).run(0.2 * ms)
    assert made.w[:].dtype == np.float64
    assert "bytes" in repr(made)
    bytes_a_synapse = float(repr(made).split(" of ")[1].split()[0])
    assert bytes_a_synapse <= 8.1  # 8, and one pointer per source


# -- sources --------------------------------------------------------------------------------------


def test_poisson_groups_have_their_rates() -> None:
    group = hp.PoissonGroup(500, [20.0] * 250 + [40.0] * 250, name="group")
    spikes = hp.SpikeRecorder(group)
    net = hp.Network(group, spikes, seed=2)
    net.run(1)
    low, high = spikes.count[:250].sum(), spikes.count[250:].sum()
    assert abs(low - 5000) < 5 * np.sqrt(5000)
    assert abs(high - 10000) < 5 * np.sqrt(10000)
    group.rates = 0 * Hz
    spikes.clear()
    net.run(0.1)
    assert len(spikes) == 0


def test_poisson_rates_by_text() -> None:
    table = hp.TimedArray([0, 100] * Hz, dt=100 * ms)
    group = hp.PoissonGroup(200, "table(t)*int(i < 100)", name="group")
    spikes = hp.SpikeRecorder(group)
    hp.Network(group, spikes).run(0.2)
    assert spikes.t.min() >= 0.1
    assert spikes.i.max() < 100
    assert abs(len(spikes) - 1000) < 5 * np.sqrt(1000)
    assert table.dt == 0.1


def test_rates_that_are_no_probability_are_refused() -> None:
    for rates in (20000 * Hz, -1 * Hz):
        group = hp.PoissonGroup(3, rates, name="group")
        with pytest.raises(hp.SimulationError, match="HH6057"):
            hp.Network(group, dt=0.1 * ms).run(1 * ms)
    group = hp.PoissonGroup(3, 2000 * Hz, name="group")
    with pytest.warns(hp.ModelWarning, match="more regular"):
        hp.Network(group, dt=0.1 * ms).run(1 * ms)


def test_spike_generators(tmp_path: Any) -> None:
    group = hp.SpikeGenerator(3, [0, 2, 0], [1, 1, 2.5] * ms, name="given")
    spikes = hp.SpikeRecorder(group)
    net = hp.Network(group, spikes, dt=0.1 * ms)
    net.run(5 * ms)
    group.set_spikes([1], [7 * ms])
    net.run(5 * ms)
    assert list(spikes.i) == [0, 2, 0, 1]
    assert np.allclose(spikes.t, [1e-3, 1e-3, 2.5e-3, 7e-3])
    np.savez(tmp_path / "a.npz", t=[0.001, 0.002], i=[4, 2])
    np.save(tmp_path / "b.npy", np.array([[1.0, 4], [2.0, 2]]))
    (tmp_path / "c.txt").write_text("1, 4\n2, 2\n")
    for name, unit in (("a.npz", "second"), ("b.npy", "ms"), ("c.txt", "ms")):
        read = hp.SpikeGenerator.from_file(tmp_path / name, unit=unit, name="read")
        recorder = hp.SpikeRecorder(read)
        hp.Network(read, recorder).run(5 * ms)
        assert read.N == 5
        assert list(recorder.i) == [4, 2]
        assert np.allclose(recorder.t, [1e-3, 2e-3])


def test_given_spikes_repeat() -> None:
    group = hp.SpikeGenerator(2, [0, 1], [1, 3] * ms, period=10 * ms, name="given")
    spikes = hp.SpikeRecorder(group)
    net = hp.Network(group, spikes, dt=0.1 * ms)
    for _ in range(7):
        net.run(5 * ms)
    assert np.allclose(spikes.t, [0.001, 0.003, 0.011, 0.013, 0.021, 0.023, 0.031, 0.033])


WRONG_SOURCES = """
hp.PoissonGroup(0, 1*Hz)
hp.PoissonGroup(3, [1, 2]*Hz)
hp.PoissonGroup(3, 1*ms)
hp.PoissonGroup(3, "zz*Hz")
hp.SpikeGenerator(0, [], [])
hp.SpikeGenerator(3, [0], [1, 2])
hp.SpikeGenerator(3, [3], [1])
hp.SpikeGenerator(3, [-1], [1])
hp.SpikeGenerator(3, [0.5], [1])
hp.SpikeGenerator(3, [0], [-1])
hp.SpikeGenerator(3, [0], [float("nan")])
hp.SpikeGenerator(3, [0], [3*mV])
hp.SpikeGenerator(3, [0], [1], period=0.5)
hp.SpikeGenerator.from_file("/nonexistent.txt")
hp.SpikeGenerator.from_file(3)
hp.PoissonInput(P, "zz", 10, 1*Hz, 1)
hp.PoissonInput(P, "v", -1, 1*Hz, 1)
hp.PoissonInput(P, "v", 10, 1*mV, 1)
hp.PoissonInput(P, "v", 10, 1*Hz, 1*mV)
hp.PoissonInput(3, "v", 10, 1*Hz, 1)
hp.NoiseCurrent(P, "zz", sd=1, tau=1*ms)
hp.NoiseCurrent(P, "I", sd=1*mV, tau=1*ms)
""".strip().splitlines()


@pytest.mark.parametrize("wrong", WRONG_SOURCES)
def test_wrong_sources_are_refused(wrong: str, cells: hp.Population) -> None:
    with pytest.raises(hp.HodgError):
        eval(wrong, {"hp": hp, "P": cells, "ms": ms, "mV": mV, "Hz": Hz})


def test_spikes_given_wrong_have_a_code() -> None:
    with pytest.raises(hp.SimulationError, match="HH6058"):
        hp.SpikeGenerator(3, [0], [-1])


def test_poisson_input_has_its_mean_and_variance(model: hp.Model) -> None:
    counter = hp.Population(hp.compile("n : 1"), 2000, name="counter")
    source = hp.PoissonInput(counter, "n", 500, 20 * Hz, 0.5)
    net = hp.Network(counter, source, dt=0.1 * ms, seed=1)
    net.run(50 * ms)
    counts = counter.n[:] / 0.5
    assert counts.mean() == pytest.approx(500, rel=0.005)
    assert counts.var() == pytest.approx(500, rel=0.15)
    source.rate = 0 * Hz
    before = counter.n[:]
    net.run(5 * ms)
    assert np.array_equal(before, counter.n[:])


def test_poisson_input_respects_refractoriness() -> None:
    cell = hp.compile(
        "dv/dt = 0/second : 1 (unless refractory)", threshold="v > 0.5", reset="v = 0",
        refractory=1000 * ms,
    )  # fmt: skip
    cells = hp.Population(cell, 100, name="cells")
    source = hp.PoissonInput(cells, "v", 1000, 10 * Hz, 0.2)
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, source, spikes, dt=0.1 * ms).run(100 * ms)
    assert list(spikes.count) == [1] * 100
    assert np.all(cells.v[:] == 0)


def test_noise_current_is_an_ornstein_uhlenbeck_process() -> None:
    target = hp.Population(hp.compile("I : amp"), 500, name="target")
    noise = hp.NoiseCurrent(target, "I", mean=1e-9, sd=0.2e-9, tau=5 * ms, name="noise")
    drive = hp.StateRecorder(target, "I", dt=5 * ms)
    hp.Network(target, noise, drive, dt=0.1 * ms, seed=3).run(200 * ms)
    values = drive.I[:, 1:]
    assert values.mean() == pytest.approx(1e-9, rel=0.02)
    assert values.std() == pytest.approx(0.2e-9, rel=0.03)
    centred = values - 1e-9
    correlation = (centred[:, 1:] * centred[:, :-1]).mean() / centred.var()
    assert correlation == pytest.approx(np.exp(-1), abs=0.05)


def test_many_arrivals_of_one_step_act_in_order_of_their_sources() -> None:
    # Sent in steps of their own and in no order, they all arrive in step 100.
    sent = np.random.default_rng(1).integers(0, 90, 300)
    source = hp.SpikeGenerator(300, np.arange(300), sent * 1e-3)
    target = hp.Population(hp.compile("x : 1"), 1, name="target")
    S = hp.Synapses(source, target, on_pre="x = 0.75*x + i")
    S.connect()
    S.delay = (100 - sent) * 1e-3
    hp.Network(source, target, S, dt=1e-3).run(0.102)
    expected = 0.0
    for i in range(300):
        expected = 0.75 * expected + i
    assert target.x[0] == expected
