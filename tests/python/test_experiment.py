# SPDX-License-Identifier: MIT
"""Experiments: control inputs, three kinds of noise, the camera."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.geometry import Control, Experiment
from hodgpy.units import Hz, ms, second, um

pytest.importorskip("scipy")

CELL = """
neuron Cell {
    param tau = 10 ms
    param a = 1
    dv/dt = (a*I + I_noise - v)/tau : 1
    I : 1
    I_noise : 1
    threshold v > 1
    reset { v = 0 }
}
"""


@pytest.fixture(scope="module")
def cell() -> hp.Model:
    return hp.compile(CELL).Cell


@pytest.fixture(scope="module")
def graph() -> hp.GeometricGraph:
    return hp.testset.network("lattice-2d-30-low")


def test_controls_reach_their_cells_in_their_time(cell: hp.Model, graph: hp.GeometricGraph) -> None:
    controls = [
        Control("I", 2.0, onset=10 * ms, duration=20 * ms, cells=[0, 1]),
        Control("I", [1.0, 3.0], onset=20 * ms, duration=20 * ms, cells=[1, 2]),
        Control("a", 1.0, onset=25 * ms),
    ]
    run = Experiment(graph, cell, controls=controls, parameters={"I": 0.25}, dt=1 * ms)
    states = hp.StateRecorder(run.cells, ["I", "a"], record=[0, 1, 2, 3])
    run.network.add(states)
    run.run(50 * ms)
    t = np.arange(50)
    first, second_ = (t >= 10) & (t < 30), (t >= 20) & (t < 40)
    expected = [2 * first, 2 * first + second_, 3 * second_, 0 * t]
    assert np.allclose(states.I, 0.25 + np.array(expected))
    assert np.allclose(states.a[3], 1 + (t >= 25))


def test_three_kinds_of_noise(cell: hp.Model, graph: hp.GeometricGraph) -> None:
    def made(seed: int = 1, **noise: object) -> Experiment:
        run = Experiment(
            graph, cell, controls=[Control("I", 0.5, spread=0.2)], camera={"rate": 100 * Hz},
            parameters={"tau": 20 * ms}, dt=1 * ms, seed=seed, **noise,
        )  # fmt: skip
        run.run(1 * second)
        return run

    plain = made()
    assert plain.fluorescence.shape == (30, 100)
    assert 0.03 < plain.cells.I[:].std() < 0.2
    parameters = made(parameter_noise={"tau": 0.1}).cells.tau[:]
    # 30 cells: the standard error of the deviation is 13 %.
    assert parameters.std() / parameters.mean() == pytest.approx(0.1, rel=0.5)
    states = hp.StateRecorder(plain.cells, "v").data()["v"]
    assert states.shape[0] == 30
    driven = made(state_noise={"I_noise": (0.3, 5 * ms)})
    assert np.std(driven.cells.v[:] - plain.cells.v[:]) > 0.05
    seen = made(observation_noise=0.5)
    assert np.std(seen.fluorescence - plain.fluorescence) == pytest.approx(0.5, rel=0.05)
    assert np.array_equal(seen.cells.v[:], plain.cells.v[:])
    assert np.array_equal(made(observation_noise=0.5).fluorescence, seen.fluorescence)
    assert not np.array_equal(made(2, observation_noise=0.5).fluorescence, seen.fluorescence)


def test_delays_follow_the_speed(cell: hp.Model, graph: hp.GeometricGraph) -> None:
    run = Experiment(graph, cell, on_pre="v += w", synapse="w : 1", weights={"w": "0.1*i"},
                     speed=2 * um / ms, dt=1 * ms)  # fmt: skip
    assert run.delays is not None
    assert np.allclose(run.delays.seconds, graph.lengths / 2e-3)
    assert np.allclose(run.synapses.w[:], 0.1 * graph.i)
    run.run(3 * ms)


def test_bad_experiments_are_refused(cell: hp.Model, graph: hp.GeometricGraph) -> None:
    for controls, says in [
        ([Control("I", [1, 2, 3], cells=[0, 1])], "amplitudes for 2 cells"),
        ([Control("I", 1, duration=-1 * ms)], "last a step"),
        ([("I", 1)], "must be a Control"),
    ]:
        with pytest.raises(hp.SimulationError, match=f"HH6056.*{says}"):
            Experiment(graph, cell, controls=controls)
    with pytest.raises(hp.SimulationError, match="HH6056"):
        Experiment(graph, cell, parameter_noise={"tau": -1})
    with pytest.raises(hp.SimulationError, match="HH6081"):
        Experiment(graph, cell, on_pre="v += 1", speed=-2 * um / ms)
    with pytest.raises(hp.SimulationError, match="HH6084"):
        Experiment(graph, cell, camera={"rate": 20_000 * Hz})
    with pytest.raises(hp.SimulationError, match="HH6084"):
        _ = Experiment(graph, cell).fluorescence
