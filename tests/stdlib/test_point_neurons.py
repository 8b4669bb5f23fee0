# SPDX-License-Identifier: MIT
"""Integrate-and-fire cells against closed forms and published counts."""

from __future__ import annotations

import numpy as np

import hodgpy as hp
from hodgpy.units import ms, nA, pA, second
from model_runs import model
from validated import Validated


def counts(
    cell: hp.Model, currents: object, duration: object, dt: object, **values: object
) -> list[int]:
    """Spikes of each cell."""
    cells = hp.Population(cell, np.size(currents.value), **values)  # type: ignore[attr-defined]
    cells.I = currents
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, spikes, dt=dt).run(duration)
    return [int(n) for n in spikes.count]


def test_lif_interval_has_its_closed_form(validated: Validated) -> None:
    """t_ref + tau*log(R*I/(R*I - 20 mV)), rounded up to the clock, within one step an interval."""
    currents = np.array([0.21, 0.25, 0.4, 1.0])
    cells = hp.Population(model("leaky_integrate_and_fire"), 4, I=currents * nA)
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, spikes, dt=0.01 * ms).run(1 * second)
    drive = 100 * currents
    expected = 2 + 20 * np.log(drive / (drive - 20))
    for n, train in spikes.trains().items():
        what = f"leaky integrate-and-fire, interval at {currents[n]} nA, dt 0.01 ms"
        interval = np.diff(train).mean() * 1e3
        validated.near(what, interval, expected[n], unit="ms", abs=0.011, source="closed form")


def test_lif_is_silent_below_rheobase() -> None:
    assert counts(model("leaky_integrate_and_fire"), [0.199] * nA, 1 * second, 0.1 * ms) == [0]


def test_adex_fires_17_spikes_at_1_na(validated: Validated) -> None:
    """Brette & Gerstner's values, Euler at 0.1 ms, 500 ms."""
    (found,) = counts(model("adaptive_exponential_2005"), [1.0] * nA, 500 * ms, 0.1 * ms)
    source = "Brette & Gerstner 2005, doi:10.1152/jn.00686.2005; Euler at 0.1 ms"
    validated.near("AdEx, spikes in 500 ms at 1 nA", found, 17, abs=0.5, source=source)


def test_adex_refuses_rk4_by_default() -> None:
    assert "euler" in model("adaptive_exponential_2005").explain()


def test_izhikevich_2003_regular_and_fast_spiking() -> None:
    """The paper's figure 2 cells at I = 10: a fast-spiking cell fires several times faster."""
    values = {"a": [0.02e3, 0.1e3], "d": [8.0, 2.0]}
    cell = hp.compile("neurons.izhikevich_2003", per_entity=["a", "d"]).Izhikevich2003
    cells = hp.Population(cell, 2, I=10.0, **values)
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, spikes, dt=0.05 * ms).run(1 * second)
    regular, fast = spikes.count
    assert 15 <= regular <= 30
    assert fast > 2.5 * regular


def test_izhikevich_2007_rheobase_is_its_saddle_node() -> None:
    """(k*(v_t - v_r) + b)**2/(4*k) = 51.43 pA."""
    found = counts(model("izhikevich_2007"), np.array([51.2, 51.8]) * pA, 4 * second, 0.1 * ms)
    assert found[0] == 0 < found[1]


def test_izhikevich_2007_resets_to_c() -> None:
    cells = hp.Population(model("izhikevich_2007"), 1, I=200 * pA)
    trace = hp.StateRecorder(cells, "v")
    spikes = hp.SpikeRecorder(cells)
    hp.Network(cells, trace, spikes, dt=0.1 * ms).run(500 * ms)
    after = trace.v[0][spikes.steps[:-1] + 1]
    np.testing.assert_allclose(after, -50e-3)
    assert trace.v.max() < 45e-3
