# SPDX-License-Identifier: MIT
"""Values at events: `SpikeRecorder(P, variables=...)`."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV

EQUATIONS = """
dv/dt = (1.5 - v)/(10*ms) : 1
dw/dt = -w/(50*ms) : 1
b : 1
product = v*b : 1
"""
MODEL = hp.compile(EQUATIONS, threshold="v > 1", reset="v = 0; w += 1")
NOISY = hp.compile(
    "dv/dt = (1.2 - v)/tau + 0.3*xi/sqrt(tau) : 1\ntau : second (shared)\nb : 1\nproduct = v*b : 1",
    threshold="v > 1", reset="v = 0", events={"low": "v < -0.1"},
)  # fmt: skip
KINDS = ["v", "product", "tau", "2*v + b"]


def noisy(N: int = 700) -> hp.Population:
    P = hp.Population(NOISY, N, seed=3)
    P.tau = 10 * ms
    P.b = "i"
    return P


def run(P: hp.Population, *recorders: Any, threads: int = 1, end: float = 30) -> hp.Network:
    net = hp.Network(P, *recorders, dt=0.1 * ms, threads=threads, seed=4)
    net.run(end / 3 * ms)
    net.run(2 * end / 3 * ms)
    return net


def test_values_are_those_before_arrivals_and_reset() -> None:
    P = hp.Population(MODEL, 7)
    P.v = np.arange(7) * 0.13
    S = hp.Synapses(P, P, on_pre="v_post += 0.2")
    S.connect(i=np.arange(7), j=(np.arange(7) + 1) % 7)
    spikes = hp.SpikeRecorder(P, ["v", "w"])
    hp.Network(P, S, spikes, dt=0.1 * ms).run(100 * ms)
    # the same network step by step: equations, then threshold, arrivals, reset
    v, w, expected = np.arange(7) * 0.13, np.zeros(7), []
    for k in range(1000):
        v = 1.5 + (v - 1.5) * np.exp(-0.1 / 10)
        w *= np.exp(-0.1 / 50)
        fired = np.flatnonzero(v > 1)
        expected += [(k, i, v[i], w[i]) for i in fired]
        v[(fired + 1) % 7] += 0.2
        v[fired] = 0
        w[fired] += 1
    found = np.column_stack([spikes.steps, spikes.i, spikes.v, spikes.w])
    assert len(expected) > 70
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_variables_parameters_and_expressions() -> None:
    scale = 3.0
    P = noisy()
    spikes = hp.SpikeRecorder(P, ["v", "product", "tau", "scale*v + t/second"])
    run(P, spikes)
    assert len(spikes) > 500
    assert np.all(spikes.v > 1)
    assert np.all(spikes.v < 1.3)
    assert np.array_equal(spikes.product, spikes.v * spikes.i)
    assert np.array_equal(spikes.get("tau", "ms"), np.full(len(spikes), 10.0))
    np.testing.assert_allclose(spikes["scale*v + t/second"], scale * spikes.v + spikes.t)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_threads_and_pieces_of_a_run_do_not_matter(dtype: str) -> None:
    model = hp.compile(
        "dv/dt = (1.5 - v)/(3*ms) + 0.1*xi/sqrt(ms) : 1", threshold="v > 1", reset="v = 0",
        dtype=dtype,
    )  # fmt: skip
    found = []
    for threads, pieces in ((1, 1), (2, 1), (2, 3)):
        P = hp.Population(model, 20_000, seed=1)
        spikes = hp.SpikeRecorder(P, ["v", "v - 1"])
        net = hp.Network(P, spikes, dt=0.1 * ms, threads=threads)
        for _ in range(pieces):
            net.run(6 / pieces * ms)
        found.append(spikes.data())
    assert len(found[0]["t"]) > 10_000
    for other in found[1:]:
        for name, values in found[0].items():
            assert np.array_equal(values, other[name]), name


def test_named_events_and_subgroups() -> None:
    P = noisy()
    chosen = P[[5, 3, 600]]
    low = hp.EventRecorder(P, "low", ["v", "b"])
    some = hp.EventRecorder(chosen, "low", "v", name="some")
    whole = hp.SpikeRecorder(P, "v")
    part = hp.SpikeRecorder(chosen, "v", name="part")
    run(P, low, some, whole, part)
    assert len(low) > 100
    assert np.all(low.v < -0.1)
    assert np.array_equal(low.b, low.i)
    for n, neuron in enumerate((5, 3, 600)):
        assert np.array_equal(some[n].v, low[neuron].v)
        assert np.array_equal(part[n].v, whole[neuron].v)
        assert np.array_equal(part[n].t, whole[neuron].t)
    assert len(part) > 2


def test_neuron_by_neuron() -> None:
    P = noisy(20)
    spikes = hp.SpikeRecorder(P, ["v", "b"])
    run(P, spikes)
    trains, values = spikes.trains(), spikes.values("v")
    assert sum(map(len, values.values())) == len(spikes) > 10
    for n in range(20):
        assert np.array_equal(spikes[n].t, trains[n])
        assert np.array_equal(spikes[n].v, values[n])
        assert np.array_equal(spikes[n].b, np.full(len(trains[n]), n))
    assert np.array_equal(spikes[:20].i, spikes.i)
    assert np.array_equal(spikes[[1, 2]].get("v", "1"), spikes.v[np.isin(spikes.i, [1, 2])])


def test_a_file_holds_what_memory_would(tmp_path: Path) -> None:
    P = noisy()
    memory = hp.SpikeRecorder(P[100:300], KINDS, interpolate=True, level=1)
    file = hp.SpikeRecorder(
        P[100:300], KINDS, interpolate=True, level=1, name="file", to=tmp_path / "spikes.npy"
    )
    net = hp.Network(P, memory, file, dt=0.1 * ms)
    assert [*map(len, file.data().values())] == 6 * [0]
    net.run(30 * ms)
    assert len(memory) > 100
    for name, values in memory.data().items():
        assert np.array_equal(values, file.data()[name]), name
    rows = np.load(tmp_path / "spikes.npy")
    assert np.array_equal(rows["2*v + b"], memory["2*v + b"])


def test_saved_restored_and_copied(tmp_path: Path) -> None:
    def network() -> tuple[hp.Network, hp.SpikeRecorder]:
        P = noisy()
        spikes = hp.SpikeRecorder(P, KINDS, name="spikes")
        return hp.Network(P, spikes, dt=0.1 * ms, seed=4), spikes

    whole, all_spikes = network()
    whole.run(30 * ms)
    first, before = network()
    first.run(10 * ms)
    first.save(tmp_path / "net")
    second, after = network()
    second.restore(tmp_path / "net")
    assert np.array_equal(before.v, after.v)
    second.run(20 * ms)
    for name, values in all_spikes.data().items():
        assert np.array_equal(values, after.data()[name]), name
    other = hp.Population(NOISY, 700, name=second._objects[0].name)
    third = hp.Network(other, hp.SpikeRecorder(other, "v", name="spikes"), dt=0.1 * ms)
    with pytest.raises(hp.SimulationError, match="it records something else"):
        third.restore(tmp_path / "net")
    copied = deepcopy(network()[0])
    copied.run(30 * ms)
    recorder = next(o for o in copied._objects if isinstance(o, hp.SpikeRecorder))
    assert np.array_equal(recorder.v, all_spikes.v)


def test_export() -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("neo")
    model = hp.compile(
        "dv/dt = (20*mV - v)/(10*ms) : volt", threshold="v > 10*mV", reset="v = 0*mV"
    )
    P = hp.Population(model, 3)
    P.v = [0, 3, 6] * mV
    spikes = hp.SpikeRecorder(P, "v")
    hp.Network(P, spikes, dt=0.1 * ms).run(20 * ms)
    table = spikes.to_pandas()
    assert list(table.columns) == ["t", "i", "v"]
    assert np.array_equal(table["v"], spikes.v)
    train = spikes.to_neo()[1]
    annotated = train.array_annotations["v"].rescale("mV").magnitude
    np.testing.assert_allclose(annotated, spikes[1].get("v", "mV"))
    assert np.all(annotated >= 10)


def test_an_ensemble_keeps_them_by_copy() -> None:
    P = hp.Population(MODEL, 3, name="cells")
    P.v = [0, 0.2, 0.4]
    spikes = hp.SpikeRecorder(P, ["v", "w"], name="spikes")
    net = hp.Network(P, spikes, dt=0.1 * ms)
    many = net.ensemble(4)
    net.run(50 * ms)
    many.run(50 * ms)
    for copy in many.recording("spikes"):
        for name, values in spikes.data().items():
            assert np.array_equal(copy[name], values), name


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ("t", "recorded without being named"),
        (["v", "v"], "twice"),
        (3, "must be a name or a list of names"),
    ],
)
def test_what_cannot_be_recorded(variables: Any, said: str) -> None:
    with pytest.raises(hp.SimulationError, match=said):
        hp.SpikeRecorder(noisy(), variables)


def test_mistakes() -> None:
    with pytest.raises(hp.ModelError, match="`vv` is not defined"):
        hp.SpikeRecorder(noisy(), "vv")
    given = hp.SpikeGenerator(3, [0, 1], [1, 2] * ms)
    with pytest.raises(hp.HodgError):
        hp.SpikeRecorder(given, "v")
    P = noisy()
    spikes = hp.SpikeRecorder(P, "v")
    assert hp.Network(P, spikes).t == 0
    with pytest.raises(AttributeError, match="`w` was not recorded; recorded: t, i, v"):
        _ = spikes.w
    with pytest.raises(hp.SimulationError, match="neuron 700 is not recorded"):
        _ = spikes[700]
    plain = hp.SpikeRecorder(noisy())
    with pytest.raises(hp.SimulationError, match=r"variables=\['v'\] records it"):
        _ = plain["v"]
    with pytest.raises(hp.errors.UnitError):
        spikes.get("v", "mV")
