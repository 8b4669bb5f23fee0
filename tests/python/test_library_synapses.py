# SPDX-License-Identifier: MIT
"""Synapses onto models that were loaded from a shared library: the same spikes as onto the model
itself, with definitions and refractoriness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, second

CELLS = """
channel Leak {
    param g = 1 nS
    I = g*(-v) : amp
}
neuron Timed {
    use Leak as leak
    param rest = 3 ms
    excess = v - 5 mV : volt
    drive : volt
    dv/dt = (leak.I/nS + drive)/(10 ms) : mV (unless refractory)
    threshold v > 10 mV
    reset v = 0 mV
    refractory rest
}
neuron Conditional {
    drive : volt
    dv/dt = (drive - v)/(10 ms) : mV (unless refractory)
    dw/dt = -w/(5 ms) : 1
    threshold v > 10 mV
    reset { v = 0 mV
            w = 1 }
    refractory w > 0.5
}
"""


def train(model: hp.Model, synapse: str) -> tuple[np.ndarray, np.ndarray]:
    population = hp.Population(model, 5, name="cells")
    population.drive = 0.012 + 0.001 * np.arange(5)
    synapses = hp.Synapses(population, on_pre=synapse, name="all")
    synapses.connect(condition="i != j")
    spikes = hp.SpikeRecorder(population)
    hp.Network(population, synapses, spikes, dt=0.1 * ms).run(0.1 * second)
    return spikes.t, spikes.i


@pytest.mark.parametrize("name", ["Timed", "Conditional"])
def test_writing_to_a_refractory_neuron_changes_nothing(name: str, tmp_path: Path) -> None:
    models = hp.compile(CELLS)
    models[name].write(str(tmp_path / "cells.so"))
    loaded = hp.load(tmp_path / "cells.so")[name]
    own = train(models[name], "v_post += 2*mV")
    theirs = train(loaded, "v_post += 2*mV")
    assert len(own[0]) > 20
    assert np.array_equal(own, theirs)
    # without the guard the neurons would be kicked while they are refractory
    interval = np.diff(own[0][own[1] == 0]).min()
    assert interval > 2.9e-3


def test_definitions_can_be_read(tmp_path: Path) -> None:
    models = hp.compile(CELLS)
    models.Timed.write(str(tmp_path / "cells.so"))
    loaded = hp.load(tmp_path / "cells.so").Timed
    synapse = "v_post += 0.1*clip(excess_post, 0*mV, 10*mV) + 0*ohm*leak.I_pre"
    own, theirs = train(models.Timed, synapse), train(loaded, synapse)
    assert len(own[0]) > 20
    assert np.array_equal(own, theirs)


def test_refractoriness_that_no_text_tells_is_refused(tmp_path: Path) -> None:
    rest = hp.TimedArray([2.0, 3.0] * ms, dt=50 * ms)
    model = hp.compile(
        "dv/dt = (2 - v)/(10*ms) : 1 (unless refractory)",
        threshold="v > 1",
        reset="v = 0",
        refractory="rest(t)",
        name="Cell",
    )
    assert rest is not None
    model.write(str(tmp_path / "cell.so"))
    loaded = hp.load(tmp_path / "cell.so").Cell
    population = hp.Population(loaded, 2)
    with pytest.raises(hp.ModelError, match="HH8011"):
        hp.Synapses(population, on_pre="v_post += 0.2").connect(p=1)
