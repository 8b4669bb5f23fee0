# SPDX-License-Identifier: MIT
"""Expressions in the scope of a model from a library are those of the model that was written."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import mV

CELLS = """
channel Leak {
    param g = 0.3 mS/cm**2
    param E = -54 mV
    I = g*(E - v) : amp/meter**2
}
neuron Cell {
    param C = 1 uF/cm**2
    use Leak as leak
    count : integer
    dw/dt = -w/(20 ms) : 1
    dv/dt = (leak.I + bias)/C : volt (unless refractory)
    bias : uA/cm**2
    excess = v - leak.E : volt
    init v = -65 mV
    threshold v > -50 mV
    reset v = -65 mV
    refractory v > -62 mV
}
"""


@pytest.fixture(scope="module", params=["float64", "float32"])
def models(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[hp.Model, hp.Model]:
    written = hp.compile(CELLS, dtype=request.param).Cell
    path = tmp_path_factory.mktemp("library") / "cell.so"
    written.write(path)
    return written, hp.load(path).Cell


def same(models: tuple[hp.Model, hp.Model], of: Callable[[hp.Population], np.ndarray]) -> None:
    own, theirs = (of(hp.Population(model, 9, seed=3)) for model in models)
    assert np.ptp(own) > 0
    assert np.array_equal(own, theirs)


def test_assignments(models: tuple[hp.Model, hp.Model]) -> None:
    def assigned(cells: hp.Population) -> np.ndarray:
        cells.v = "-65*mV + 5*mV*randn()"
        cells.w = "i/N + rand()"
        cells.count = "3*i"
        cells.bias = "leak.g*excess + 2*uA/cm**2"
        return np.concatenate([cells.v, cells.w, cells.count, cells.bias])

    same(models, assigned)


def test_values_of_expressions(models: tuple[hp.Model, hp.Model]) -> None:
    def read(cells: hp.Population) -> np.ndarray:
        cells.v = np.linspace(-70, -40, 9) * mV
        return np.concatenate([cells.get("exprel(v/(5*mV))*excess"), cells.get("v > -60*mV")])

    same(models, read)


def test_recorded_expressions(models: tuple[hp.Model, hp.Model]) -> None:
    def recorded(cells: hp.Population) -> np.ndarray:
        cells.bias = np.linspace(0, 5, 9) * 1e-2
        recorder = hp.StateRecorder(cells, ["excess", "leak.I**2", "dv/dt", "w"])
        hp.Network(cells, recorder, dt=1e-4).run(0.02)
        return np.concatenate([recorder[n].ravel() for n in ("excess", "leak.I**2", "dv/dt")])

    same(models, recorded)


def test_a_wrong_expression_is_told_as_everywhere(models: tuple[hp.Model, hp.Model]) -> None:
    for model in models:
        cells = hp.Population(model, 2)
        with pytest.raises(hp.ModelError, match="HH2001"):
            cells.v = "excesses"
        with pytest.raises(hp.HodgError, match="volt"):
            cells.v = "leak.g*2"
