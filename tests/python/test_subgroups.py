# SPDX-License-Identifier: MIT
"""Subgroups: values, assignments and recordings of some neurons of a population."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV

EQUATIONS = """
dv/dt = (I - v)/(10*ms) : 1 (unless refractory)
I : 1
"""


@pytest.fixture
def cells() -> hp.Population:
    model = hp.compile(EQUATIONS, threshold="v > 1", reset="v = 0", refractory=2 * ms)
    return hp.Population(model, 10, name="cells")


def test_choose_neurons_by_slice_list_mask_and_number(cells: hp.Population) -> None:
    assert list(cells[:4].indices) == [0, 1, 2, 3]
    assert list(cells[[7, 1]].indices) == [7, 1]
    assert list(cells[np.arange(10) > 7].indices) == [8, 9]
    assert list(cells[-1].indices) == [9]
    assert list(cells[2:6][1:3].indices) == [3, 4]


def test_write_through_and_leave_the_others_alone(cells: hp.Population) -> None:
    group = cells[[7, 1]]
    group.I = [3, 5]
    group.v += 0.25
    group.v[1] = 0.75
    assert list(cells.I[[1, 7, 0]]) == [5, 3, 0]
    assert list(cells.v[[1, 7, 0]]) == [0.75, 0.25, 0]
    assert list(group.get("2*I")) == [6, 10]


def test_count_i_within_the_group_in_text(cells: hp.Population) -> None:
    cells[4:8].I = "10*i + N"
    assert list(cells.I) == [0, 0, 0, 0, 4, 14, 24, 34, 0, 0]
    cells[4:8].v = "I/10"  # other variables are those of the same neuron
    assert list(cells.v[4:8]) == [0.4, 1.4, 2.4, 3.4]


def test_text_chooses_neurons_of_a_variable(cells: hp.Population) -> None:
    cells.I["i >= 8"] = 2
    cells[:5].I["i > 3"] = 1
    assert list(cells.I) == [0, 0, 0, 0, 1, 0, 0, 0, 2, 2]
    assert list(cells.I["I > 1"]) == [2, 2]
    with pytest.raises(hp.SimulationError, match="no condition"):
        cells.I["I + 1"] = 3


def test_record_what_the_whole_would_show(cells: hp.Population) -> None:
    cells.I = "1.5 + 0.3*i"
    group = cells.subgroup([6, 2, 9], "chosen")
    everything, some = hp.SpikeRecorder(cells), hp.SpikeRecorder(group)
    rate, states = hp.RateRecorder(group, 10 * ms), hp.StateRecorder(group, "v", record=[2, 0])
    voltage = hp.StateRecorder(cells, "v")
    net = hp.Network(cells, everything, some, rate, states, voltage)
    net.run(50 * ms)
    assert net["chosen"] is group
    for position, neuron in enumerate([6, 2, 9]):
        expected = everything.t[everything.i == neuron]
        assert len(expected) > 1
        assert np.array_equal(some.t[some.i == position], expected)
        assert np.array_equal(some.trains()[position], expected)
        assert some.count[position] == everything.count[neuron]
    assert list(states.indices) == [9, 6]
    assert np.array_equal(states.v, voltage.v[[9, 6]])
    counted = np.histogram(some.steps, bins=np.arange(6) * 100)[0]
    assert np.allclose(rate.rate, counted / 3 / 0.01, rtol=1e-12)


def test_refuse_what_is_no_group(cells: hp.Population) -> None:
    with pytest.raises(hp.SimulationError, match=r"HH6054.*twice"):
        cells[[1, 1]]
    with pytest.raises(hp.SimulationError, match=r"HH6054.*no neuron"):
        cells[5:5]
    with pytest.raises(hp.SimulationError, match="HH6016"):
        cells[10]
    with pytest.raises(hp.SimulationError, match="HH6016"):
        cells[:3][3]
    with pytest.raises(hp.SimulationError, match="HH6010"):
        cells[:3]["zz"]
    with pytest.raises(hp.errors.UnitError):
        cells[:3].v = 3 * mV
    with pytest.raises(hp.ModelError, match=r"HH6051.*`zz` is not defined"):
        cells[3:].I = "i + zz"
