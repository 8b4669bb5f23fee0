# SPDX-License-Identifier: MIT
"""Timed arrays in equations: the row that holds t, the column of a neuron or any other."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms

ROWS = np.random.default_rng(2).normal(size=(5, 21))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [1, 7, 21])
def test_columns_of_neighbours_of_others_and_beyond(dtype: str, n: int) -> None:
    model = hp.compile(
        """own = stim(t, i) : 1
        other = stim(t, column) : 1
        late = stim(t - lag, i) : 1
        column : integer
        lag : second""",
        namespace={"stim": hp.TimedArray(ROWS[:, :n], dt=1 * ms)},
        dtype=dtype,
    )
    P = hp.Population(model, n)
    column = (np.arange(n) * 5) % 24 - 2  # -2 and 21 lie outside: the nearest column
    P.column, P.lag = column, np.linspace(0, 3, n) * ms
    recorder = hp.StateRecorder(P, ["own", "other", "late"])
    net = hp.Network(P, recorder, dt=0.5 * ms)
    net.run(6 * ms)
    row = np.minimum(np.arange(12) // 2, 4)  # after the last row it stays
    before = np.clip(np.floor(np.arange(12)[:, None] / 2 - np.linspace(0, 3, n) + 5e-4), 0, 4)
    kind = np.dtype(dtype)
    values = ROWS.astype(kind)[:, :n]
    np.testing.assert_array_equal(recorder.own, values[row].T)
    np.testing.assert_array_equal(recorder.other, values[row][:, np.clip(column, 0, n - 1)].T)
    np.testing.assert_array_equal(recorder.late, values[before.astype(int), np.arange(n)].T)


def test_a_subgroup_reads_the_columns_of_its_neurons() -> None:
    stim = hp.TimedArray(ROWS, dt=1 * ms)
    P = hp.Population(hp.compile("dx/dt = stim(t, i)/ms : 1", method="euler",
                                 namespace={"stim": stim}), 21)  # fmt: skip
    hp.Network(P, dt=1 * ms).run(4 * ms)
    np.testing.assert_allclose(P[5:9].x, ROWS[:4].sum(axis=0)[5:9], rtol=1e-13)
