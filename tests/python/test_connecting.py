# SPDX-License-Identifier: MIT
"""Rules by which synapses are made, and what is said about rules that make no sense."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp


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
    assert "test_connecting.py:" in str(caught.value)
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


def test_parts_of_a_population_stand_for_their_indices() -> None:
    shape = hp.Soma(diameter=20e-6)
    shape.axon = hp.Cylinder(diameter=1e-6, length=1e-4, n=5)
    cell = hp.Cell(shape, "Im = -v*1e-9*siemens/um**2 : amp/meter**2", threshold="v crosses 0*mV")
    P = hp.Population(hp.compile("v : volt", threshold="v crosses 1*mV"), 6)
    onto = hp.Synapses(P, cell, on_pre="v_post += 1*mV")
    onto.connect(i=P[2:4], j=cell["axon.50*um"])
    assert list(onto.i) == [2, 3]
    assert list(onto.j) == [cell["axon.50*um"].indices[0]] * 2
    other = hp.Population(hp.compile("v : volt"), 6)
    with pytest.raises(hp.SimulationError, match=r"HH6050.*a part of"):
        onto.connect(i=other[2:4], j=0)
    with pytest.raises(hp.SimulationError, match="as a whole"):
        hp.Synapses(cell, P, on_pre="v_post += 1*mV").connect(i=cell["axon"], j=0)
