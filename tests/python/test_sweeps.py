# SPDX-License-Identifier: MIT
"""Copies of networks, sweeps over parameters, and recordings for pandas and neo."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms

EQUATIONS = """
dv/dt = (I - v)/tau + 0.1*xi/sqrt(tau) : 1 (unless refractory)
I : 1
"""


def network(seed: int = 3) -> hp.Network:
    tau = 10 * ms
    model = hp.compile(
        EQUATIONS,
        threshold="v > 1",
        reset="v = 0",
        refractory=2 * ms,
        namespace={"tau": tau},
    )
    cells = hp.Population(model, 10, name="cells")
    cells.I = "1.2 + 0.1*i"
    cells.tau = np.linspace(5, 15, 10) * ms
    cells.v["i > 4"] = 0.3
    group = cells.subgroup(slice(5), "group")
    recorders = (
        hp.SpikeRecorder(cells),
        hp.RateRecorder(group, 10 * ms),
        hp.StateRecorder(group, ["v", "v*tau"], record=[1]),
    )
    return hp.Network(cells, *recorders, dt=0.1 * ms, seed=seed)


def spikes_and_last_value(net: hp.Network) -> dict[str, float]:
    return {"spikes": len(net["cells_spikes"]), "v": float(net["cells"].v[0])}


def test_objects_have_names() -> None:
    net = network()
    assert set(net._named()) == {"cells", "group", "cells_spikes", "group_rate", "group_states"}
    again = hp.SpikeRecorder(net["cells"])
    net.add(again)
    assert net["cells_spikes_1"] is again
    net.add(hp.SpikeRecorder(net["cells"], name="cells_rate"))
    with pytest.raises(hp.SimulationError, match="HH6022"):
        net.add(hp.SpikeRecorder(net["cells"], name="cells_rate"))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_does_what_the_network_does(duplicate: object) -> None:
    net = network()
    other = duplicate(net)  # type: ignore[operator]
    net.run(100 * ms)
    other.run(100 * ms)
    assert len(net["cells_spikes"]) > 20
    for name in ("cells_spikes", "group_rate", "group_states"):
        mine, theirs = net[name].data(), other[name].data()
        assert mine.keys() == theirs.keys()
        assert all(np.array_equal(mine[key], theirs[key]) for key in mine)
    other.run(10 * ms)
    assert net.t == pytest.approx(0.1)  # they share nothing that moves


def test_a_copy_shares_the_code_and_takes_another_seed() -> None:
    net = network()
    other = net.copy(seed=4)
    assert other["cells"].model is net["cells"].model
    net.run(100 * ms)
    other.run(100 * ms)
    assert not np.array_equal(net["cells"].v, other["cells"].v)


def test_what_was_not_assigned_is_initialised_in_the_copy() -> None:
    squid = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
    axons = hp.Population(squid, 2, name="axons")
    net = hp.Network(axons, dt="0.01 ms")
    other = net.copy()
    other["axons"].v = "-40 mV"
    other.run(0)
    assert other["axons"].na.m[0] == pytest.approx(squid.steady_state("-40 mV")["na.m"])


PARAMETERS = {"cells.I": [1.5, 2.5], "group.tau": [5 * ms, 20 * ms], "seed": [3, 4]}


def test_sweep_is_what_single_runs_are() -> None:
    net = network()
    runs = net.sweep(PARAMETERS, duration=50 * ms, n_jobs=3)
    assert len(runs) == 8
    assert runs.parameters[1] == {"cells.I": 1.5, "group.tau": 5 * ms, "seed": 4}
    for run in runs[3:6]:
        single = network(seed=run.parameters["seed"])
        single["cells"].I = run.parameters["cells.I"]
        single["group"].tau = run.parameters["group.tau"]
        single.run(50 * ms)
        assert np.array_equal(run.result["cells_spikes"]["t"], single["cells_spikes"].t)
        assert np.array_equal(run.result["group_states"]["v"], single["group_states"].v)
    assert net.t == 0
    assert len({len(r["cells_spikes"]["t"]) for r in runs.results}) > 2


def test_every_executor_gives_the_same() -> None:
    net = network()
    serial = net.sweep(PARAMETERS, duration=50 * ms, measure=spikes_and_last_value)
    threads = net.sweep(PARAMETERS, duration=50 * ms, measure=spikes_and_last_value, n_jobs=-1)
    assert threads.results == serial.results
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        elsewhere = net.sweep(
            PARAMETERS, duration=50 * ms, measure=spikes_and_last_value, executor=pool
        )
    assert elsewhere.results == serial.results


def test_joblib_runs_a_sweep() -> None:
    joblib = pytest.importorskip("joblib")
    net = network()
    sets = [{"cells.I": 1.5}, {"cells.I": 3.0, "seed": 9}]
    serial = net.sweep(sets, duration=20 * ms, measure=spikes_and_last_value)
    there = net.sweep(
        sets, duration=20 * ms, measure=spikes_and_last_value, executor=joblib.Parallel(2)
    )
    assert there.results == serial.results


def test_sweeps_make_a_table() -> None:
    pytest.importorskip("pandas")
    runs = network().sweep(PARAMETERS, duration=5 * ms, measure=spikes_and_last_value)
    table = runs.to_pandas()
    assert list(table.columns) == ["cells.I", "group.tau", "seed", "spikes", "v"]
    assert list(table["seed"]) == [3, 4] * 4


def test_wrong_sweeps_are_refused() -> None:
    net = network()
    for parameters in ({"cell.I": [1]}, {"I": [1]}):
        with pytest.raises(hp.SimulationError, match=r"HH6055.*names no variable"):
            net.sweep(parameters, duration=1 * ms)
    for wrong in ({"cells.I": 1}, {"cells.I": "abc"}, 3, [3]):
        with pytest.raises(hp.SimulationError):
            net.sweep(wrong, duration=1 * ms)
    with pytest.raises(hp.SimulationError, match="no variable `zz`"):
        net.sweep({"cells.zz": [1]}, duration=1 * ms)
    with pytest.raises(hp.HodgError, match="executor"):
        net.sweep({"cells.I": [1]}, duration=1 * ms, executor=3)
    net.every(1 * ms, print)
    with pytest.raises(hp.SimulationError, match=r"HH6055.*operations"):
        net.copy()
    ran = network()
    ran.run(1 * ms)
    with pytest.raises(hp.SimulationError, match=r"HH6055.*starts at 0"):
        ran.sweep({"cells.I": [1]}, duration=1 * ms)
    with pytest.raises(hp.SimulationError, match=r"HH6055.*starts at 0"):
        ran.copy()


def test_pandas_has_everything() -> None:
    pytest.importorskip("pandas")
    net = network()
    net.run(30 * ms)
    spikes, states, rate = (net[n] for n in ("cells_spikes", "group_states", "group_rate"))
    table = spikes.to_pandas()
    assert np.array_equal(table["t"], spikes.t)
    assert np.array_equal(table["i"], spikes.i)
    samples = states.to_pandas()
    assert np.array_equal(samples["v*tau"][1], states["v*tau"][0])
    assert np.array_equal(samples.index, states.t)
    assert np.array_equal(rate.to_pandas().to_numpy(), rate.rate)


def test_neo_has_units_and_ends_where_the_run_ended() -> None:
    pytest.importorskip("neo")
    net = network()
    net.run(30 * ms)
    trains = net["cells_spikes"].to_neo()
    assert len(trains) == 10
    assert float(trains[9].t_stop) == pytest.approx(0.03)
    expected = net["cells_spikes"].trains()[9]
    assert np.allclose(trains[9].magnitude, expected, rtol=0, atol=0)
    voltage, product = net["group_states"].to_neo()
    assert np.array_equal(voltage.magnitude[:, 0], net["group_states"].v[0])
    assert product.dimensionality.string == "s"
    assert float(voltage.sampling_period) == pytest.approx(1e-4)
    assert net["group_rate"].to_neo().dimensionality.string == "Hz"
