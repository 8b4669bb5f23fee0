# SPDX-License-Identifier: MIT
"""Current clamps, pulse trains and deep brain stimulation: which steps they act on, and how."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, mA, ms, mV, nA

DT = 0.1 * ms


def network(count: int = 3) -> tuple[hp.Network, hp.Population, hp.StateRecorder]:
    model = hp.compile("dv/dt = I*ohm/ms : volt\nI : amp")
    cells = hp.Population(model, count, name="cells")
    drive = hp.StateRecorder(cells, "I")
    return hp.Network(cells, drive, dt=DT), cells, drive


def steps(values: np.ndarray) -> list[tuple[int, float]]:
    """(step, value) of every change, from 0."""
    changes = np.flatnonzero(np.diff(np.r_[0.0, values]))
    return [(int(k), round(float(values[k]), 9)) for k in changes]


def recorded(stimulus_of: Any, duration: Any = 30 * ms) -> list[tuple[int, float]]:
    net, cells, drive = network()
    net.add(stimulus_of(cells))
    net.run(duration)
    return steps(drive.I[0])


def test_clamp_holds_from_onset_for_its_duration() -> None:
    found = recorded(lambda P: hp.CurrentClamp(P, "I", 2 * mA, onset=5 * ms, duration=10 * ms))
    assert found == [(50, 0.002), (150, 0.0)]


def test_clamp_takes_a_series() -> None:
    def clamp(cells: hp.Population) -> hp.CurrentClamp:
        return hp.CurrentClamp(cells, "I", [1, -2, 3] * mA, onset=[0, 4, 9] * ms)

    assert recorded(clamp) == [(0, 0.001), (40, -0.002), (90, 0.003)]


def test_a_parameter_keeps_its_own_value() -> None:
    net, cells, drive = network()
    cells.I = 5 * mA
    net.add(hp.CurrentClamp(cells[1:], "I", 2 * mA, onset=1 * ms, duration=1 * ms))
    net.run(1.5 * ms)
    assert np.allclose(cells.I, 0.005)  # the user's value, also while the clamp is on
    net.run(1.5 * ms)
    assert np.allclose(drive.I[0], 0.005)
    assert steps(drive.I[2] - 0.005) == [(10, 0.002), (20, 0.0)]


def test_regular_pulses() -> None:
    found = recorded(lambda P: hp.PulseTrain(P, "I", 1 * mA, frequency=100 * Hz, width=0.3 * ms))
    assert found == [(k, v) for p in (0, 100, 200) for k, v in ((p, 0.001), (p + 3, 0.0))]


def test_pulses_before_time_0_do_not_exist() -> None:
    def train(cells: hp.Population) -> hp.PulseTrain:
        return hp.PulseTrain(
            cells, "I", 1 * mA, frequency=100 * Hz, width=0.3 * ms, onset=-0.1 * ms
        )

    assert recorded(train, 11 * ms) == [(0, 0.001), (2, 0.0), (99, 0.001), (102, 0.0)]


def test_biphasic_pulses_carry_no_charge() -> None:
    def train(cells: hp.Population) -> hp.DBS:
        return hp.DBS(
            cells, "I", 4 * mA, frequency=100 * Hz, width=0.2 * ms, biphasic=True,
            gap=0.1 * ms, recharge=0.8 * ms,
        )  # fmt: skip

    assert recorded(train, 10 * ms) == [(0, 0.004), (2, 0.0), (3, -0.001), (11, 0.0)]


def test_the_period_is_a_number_of_steps() -> None:
    net, cells, drive = network()
    dbs = hp.DBS(cells, "I", 1 * mA)
    with pytest.raises(hp.SimulationError, match="time step"):
        _ = dbs.actual_frequency
    net.add(dbs)
    net.run(20 * ms)
    assert dbs.actual_frequency == pytest.approx(1 / 0.0077)
    assert [k for k, v in steps(drive.I[0]) if v] == [0, 77, 154]


def test_settings_change_between_runs() -> None:
    net, cells, drive = network()
    train = hp.PulseTrain(cells, "I", 1 * mA, frequency=100 * Hz, width=1 * ms, name="train")
    net.add(train)
    net.run(20 * ms)
    train.frequency = 200 * Hz
    train.amplitude = "3 mA"
    net.run(10 * ms)
    net["train"].amplitude = 0
    net.run(10 * ms)
    assert [k for k, v in steps(drive.I[0]) if v] == [0, 100, 200, 250]
    assert drive.I[0].max() == pytest.approx(0.003)


def test_patterns_and_offset() -> None:
    def train(cells: hp.Population) -> hp.PulseTrain:
        return hp.PulseTrain(
            cells, "I", 1 * mA, width=0.5 * ms, intervals=[1 * ms, 1 * ms, 8 * ms],
            onset=2 * ms, offset=22 * ms,
        )  # fmt: skip

    begins = [k for k, v in recorded(train) if v]
    assert begins == [20, 30, 40, 120, 130, 140]


def test_jitter_does_not_depend_on_how_time_is_cut() -> None:
    traces = []
    for pieces in (1, 150):
        net, cells, drive = network()
        net.add(hp.DBS(cells, "I", 1 * mA, width=0.5 * ms, jitter=1 * ms, seed=4))
        for _ in range(pieces):
            net.run(1.5 * 1000 * ms / pieces)
        traces.append(drive.I[0])
    assert np.array_equal(*traces)
    begins = np.array([k for k, v in steps(traces[0]) if v])
    shifts = np.diff(begins) - 77
    assert 10 < shifts.std() < 20  # sqrt(2) ms in steps
    assert len(begins) == pytest.approx(1500 / 7.7, abs=3)


def test_sweeps_vary_stimuli() -> None:
    net, cells, _ = network()
    net.add(hp.PulseTrain(cells, "I", 1 * mA, frequency=100 * Hz, width=1 * ms, name="train"))
    runs = net.sweep(
        {"train.frequency": [0 * Hz, 50 * Hz, 100 * Hz]},
        duration=20 * ms,
        measure=lambda n: int((n["cells_states"].I[0] > 0).sum()),
    )
    assert runs.results == [0, 10, 20]


WRONG = """
hp.CurrentClamp(P, "I", [1, 2]*mA, onset=[1]*ms)
hp.CurrentClamp(P, "I", [1, 2]*mA, onset=[2, 1]*ms)
hp.CurrentClamp(P, "I", 1*mA, duration=-1*ms)
hp.CurrentClamp(P, "I", 1*mV)
hp.CurrentClamp(P, "I", float("nan"))
hp.CurrentClamp(P, "zz", 1)
hp.CurrentClamp(3, "I", 1)
hp.CurrentClamp(P, "v", 1*mV)
hp.PulseTrain(P, "I", 1*mA, width=1*ms)
hp.PulseTrain(P, "I", 1*mA, width=1*ms, frequency=100*Hz, intervals=[1*ms])
hp.PulseTrain(P, "I", 1*mA, width=0*ms, frequency=100*Hz)
hp.PulseTrain(P, "I", 1*mA, width=11*ms, frequency=100*Hz)
hp.PulseTrain(P, "I", 1*mA, width=6*ms, frequency=100*Hz, biphasic=True)
hp.PulseTrain(P, "I", 1*mA, width=1*ms, frequency=-100*Hz)
hp.PulseTrain(P, "I", 1*mA, width=1*ms, frequency=100*ms)
hp.PulseTrain(P, "I", 1*mA, width=1*ms, intervals=[])
hp.PulseTrain(P, "I", 1*mA, width=1*ms, frequency=100*Hz, jitter=-1*ms)
hp.DBS(P, "I", 1*mA, seed=-1)
setattr(hp.DBS(P, "I", 1*mA), "frequenzy", 3)
setattr(hp.DBS(P, "I", 1*mA), "width", 1)
""".strip().splitlines()


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_settings_are_refused(wrong: str) -> None:
    _, cells, _ = network()
    scope = {"hp": hp, "P": cells, "mA": mA, "ms": ms, "mV": mV, "Hz": Hz}
    with pytest.raises(hp.HodgError) as caught:
        eval(wrong, scope)
    assert "HH" in str(caught.value) or isinstance(
        caught.value, (hp.errors.UnitError, hp.SimulationError)
    )


def test_a_refused_setting_leaves_the_old_one() -> None:
    _, cells, _ = network()
    train = hp.PulseTrain(cells, "I", 1 * mA, frequency=100 * Hz, width=1 * ms)
    with pytest.raises(hp.SimulationError, match="HH6056"):
        train.frequency = 2000 * Hz
    assert train.frequency == 100


def test_a_train_that_was_silent_acts_when_it_is_given_an_amplitude() -> None:
    """The next edge of a silent drive is never; a new series is looked at from its first step."""
    cell = hp.compile("neuron Sum {\n    input I : 1\n    dx/dt = I/ms : 1\n}").Sum
    P = hp.Population(cell, 1)
    train = hp.DBS(P, "I", 0.0, frequency=1000 * Hz, width=0.2 * ms)
    network = hp.Network(P, train, dt=0.1 * ms)
    for amplitude, expected in ((0.0, 0.0), (3.0, 6.0), (0.0, 6.0), (5.0, 16.0)):
        train.amplitude = amplitude
        network.run(10 * ms)
        assert P.x[0] == pytest.approx(expected)


def test_representations_name_settings_with_units() -> None:
    P = hp.Population(hp.compile("I : amp\nv : 1"), 2, name="P")
    clamp = hp.CurrentClamp(P, "I", 0.5 * nA, onset=20 * ms, duration=100 * ms)
    assert repr(clamp) == "<CurrentClamp of I of P: amplitude 0.5 nA, onset 20 ms, duration 100 ms>"
    train = hp.PulseTrain(P, "I", 1 * nA, frequency=20 * Hz, width=1 * ms)
    assert repr(train) == "<PulseTrain of I of P: amplitude 1 nA, frequency 20 Hz, width 1 ms>"
    group = hp.PoissonGroup(3, [5, 6, 7] * Hz, name="G")
    assert repr(group) == "<PoissonGroup G: 3 neurons, 5 to 7 Hz>"
    noise = hp.NoiseCurrent(P, "I", sd=1 * nA, tau=5 * ms)
    assert "tau 5" in repr(noise)
