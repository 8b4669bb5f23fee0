# SPDX-License-Identifier: MIT
"""The comparison networks fire as others found: papers, Brian 2, and programs written apart."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import hodgpy as hp

FOLDER = Path(__file__).parents[2] / "examples" / "networks"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rate_and_cv(spikes: hp.SpikeRecorder, start: float, end: float) -> tuple[float, float]:
    trains = [t[(t >= start) & (t < end)] for t in spikes.trains().values()]
    return float(np.mean([len(t) for t in trains]) / (end - start)), float(
        np.nanmean(hp.trains.cv(trains))
    )


def test_cuba_sustains_itself() -> None:
    network, spikes = load("cuba").build()
    network.run(1.0)
    rate, cv = rate_and_cv(spikes, 0.2, 1.0)
    assert 5.3 <= rate <= 5.8
    assert 0.45 <= cv <= 0.55


def test_coba_fires_irregularly() -> None:
    network, spikes = load("coba").build()
    network.run(1.0)
    rate, cv = rate_and_cv(spikes, 0.2, 1.0)
    assert 16 <= rate <= 22
    assert 1.5 <= cv <= 1.7


def test_cobahh_with_the_method_of_brian() -> None:
    network, spikes = load("cobahh").build()
    network.run(1.0)
    rate, cv = rate_and_cv(spikes, 0.2, 1.0)
    assert 30 <= rate <= 40  # Brian 2, three seeds: 32.0, 37.9, 38.0 Hz
    assert 1.8 <= cv <= 2.2


@pytest.mark.parametrize(
    ("g", "eta", "rates", "peaks", "end"),
    [
        (6.0, 4.0, (57, 63), (160, 190), 0.6),
        (5.0, 2.0, (37.0, 38.5), None, 1.5),
        (4.5, 0.9, (5.0, 6.5), (20, 25), 1.5),
    ],
    ids=["fast oscillation", "asynchronous irregular", "slow oscillation"],
)
def test_brunel_regimes(
    g: float, eta: float, rates: tuple[float, float], peaks: tuple[float, float] | None, end: float
) -> None:
    pytest.importorskip("scipy")
    network, spikes = load("brunel_2000").build(g, eta)
    network.run(end)
    start = end / 3  # 0.5 s of 1.5 s: the mean over 0.1 s varies by 0.6 Hz in the second regime
    rate, _ = rate_and_cv(spikes, start, end)
    assert rates[0] <= rate <= rates[1]
    late = [t[t >= start] for t in spikes.trains().values()]
    frequencies, power = hp.trains.spectrum([np.concatenate(late)], low=5, high=400, sampling=1e4)
    if peaks is not None:
        assert peaks[0] <= frequencies[np.argmax(power)] <= peaks[1]


def test_brunel_synchronous_regular() -> None:
    network, spikes = load("brunel_2000").build(3.0, 2.0)
    network.run(0.2)
    rate, cv = rate_and_cv(spikes, 0.1, 0.2)
    assert rate > 300
    assert cv < 0.05
