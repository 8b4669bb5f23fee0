# SPDX-License-Identifier: MIT
"""Spike trains: rates, intervals, correlations, spectra, against closed forms."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import plotting, trains
from hodgpy.units import ms, mV, second


def poisson(rate: float, duration: float, neurons: int, seed: int) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [draw.uniform(0, duration, draw.poisson(rate * duration)) for _ in range(neurons)]


def clock(period: float, duration: float, first: float = 0.0) -> np.ndarray:
    return first + period * np.arange(round((duration - first) / period))


def test_rates_count_what_lies_in_the_window() -> None:
    group = [clock(0.1, 2.0, 0.05), np.array([]), np.array([1.5, 0.5])]
    np.testing.assert_allclose(trains.rates(group, 2 * second), [10, 0, 1])
    np.testing.assert_allclose(trains.rates(group, 0.5, start=1.25), [10, 0, 2])


def test_recorders_and_mappings_are_trains() -> None:
    cell = hp.compile("dv/dt = 1*mV/ms : volt", threshold="v >= 10*mV", reset="v = 0*mV")
    P = hp.Population(cell, 3)
    spikes = hp.SpikeRecorder(P)
    hp.Network(P, spikes, dt=0.1 * ms).run(100 * ms)
    assert len(spikes) > 20
    np.testing.assert_allclose(
        trains.rates(spikes, 100 * ms), trains.rates(spikes.trains(), 0.1), rtol=1e-14
    )
    assert trains.cv(spikes) == pytest.approx([0, 0, 0], abs=0.02)  # the grid's rounding


def test_cv_of_clock_poisson_and_gamma() -> None:
    draw = np.random.default_rng(5)
    gamma = np.cumsum(draw.gamma(4, 0.01, 20000))
    found = trains.cv([clock(0.1, 10), poisson(20, 2000, 1, 1)[0], gamma, np.array([1.0, 2.0])])
    # Standard error of a cv from N intervals is near cv*sqrt((1 + 2 cv**2)/(2 N)): 0.006, 0.003.
    np.testing.assert_allclose(found[:3], [0, 1, 0.5], atol=0.02)
    assert np.isnan(found[3])
    found = trains.cv2([clock(0.1, 10), poisson(20, 2000, 1, 1)[0]])
    np.testing.assert_allclose(found, [0, 1], atol=0.02)


def test_cv2_does_not_see_a_slow_change_of_rate() -> None:
    accelerating = np.cumsum(np.geomspace(0.1, 0.01, 400))
    assert trains.cv([accelerating])[0] > 0.6
    assert trains.cv2([accelerating])[0] < 0.01


def test_counts_in_bins() -> None:
    found = trains.counts([[0.05, 0.15, 0.15], [0.349]], 0.35, 100 * ms)
    np.testing.assert_array_equal(found, [[1, 2, 0], [0, 0, 0]])
    assert trains.counts([], 1.0, 0.1).shape == (0, 10)


def test_synchrony_of_equal_and_of_independent_trains() -> None:
    one = poisson(10, 100, 1, 3)[0]
    assert trains.synchrony([one] * 20, 100, 0.01) == pytest.approx(1)
    independent = poisson(10, 100, 100, 4)
    assert trains.synchrony(independent, 100, 0.01) == pytest.approx(0.1, abs=0.01)
    assert np.isnan(trains.synchrony([[], []], 1, 0.1))


def test_correlation_is_the_mean_of_all_pairs() -> None:
    common = poisson(5, 50, 1, 8)[0]
    group = [np.concatenate([common, own]) for own in poisson(5, 50, 6, 9)]
    matrix = np.corrcoef(trains.counts(group, 50, 0.02))
    expected = matrix[np.triu_indices(6, 1)].mean()
    assert trains.correlation([*group, []], 50, 0.02) == pytest.approx(expected, rel=1e-10)
    assert 0.4 < expected < 0.6
    assert np.isnan(trains.correlation([common], 50, 0.02))


def test_cross_correlogram_finds_the_lag() -> None:
    first = poisson(5, 200, 1, 2)[0]
    lags, found = trains.cross_correlogram(first, first + 0.012, 50 * ms, 2 * ms)
    assert len(lags) == len(found) == 51
    assert lags[np.argmax(found)] == pytest.approx(0.012)
    assert found.max() >= len(first)
    # The rest is a Poisson background: rate**2 * duration * bin = 10 a bin.
    assert np.delete(found, np.argmax(found)).mean() == pytest.approx(10, rel=0.2)
    direct = np.subtract.outer(first + 0.012, first).ravel()
    np.testing.assert_array_equal(found, np.histogram(direct, 0.002 * (np.arange(52) - 25.5))[0])


def test_autocorrelogram_leaves_each_spike_itself_out() -> None:
    train = clock(0.01, 1)
    lags, found = trains.cross_correlogram(train, train, 25 * ms, 1 * ms)
    assert found[lags == 0] == 0
    assert found[np.isclose(lags, 0.01)] == len(train) - 1


def test_spectrum_of_a_poisson_process_is_its_rate() -> None:
    pytest.importorskip("scipy")
    frequencies, power = trains.spectrum(poisson(20, 10, 40, 11), sampling=1000)
    # 5 tapers, 40 neurons and 80 independent bands: 1/sqrt(5*40*80), some 1 %.
    assert power.mean() == pytest.approx(20, rel=0.05)
    assert frequencies[0] >= 1
    assert frequencies[-1] <= 100


def test_spectrum_of_a_clock_peaks_at_its_frequency() -> None:
    pytest.importorskip("scipy")
    frequencies, power = trains.spectrum([clock(1 / 20, 10), []], sampling=1000, high=60)
    peaks = frequencies[power > power.max() / 2]
    assert np.all(np.abs(peaks - 20 * np.round(peaks / 20)) < 0.4)
    inside = trains.band_power(frequencies, power, 19, 21)
    # A line carries rate**2 spikes**2/s2; the silent neuron halves the mean.
    assert inside == pytest.approx(20**2 / 2, rel=0.02)


def test_spectrum_with_tapers_of_another_program() -> None:
    """A case small enough to be summed directly: J = sum over spikes - mean rate * taper."""
    windows = pytest.importorskip("scipy.signal.windows")
    group = [np.array([0.1, 0.25, 0.4]), np.array([0.2, 0.6])]
    frequencies, power = trains.spectrum(group, sampling=100, high=20, bandwidth=2, tapers=3)
    origin, points = 0.09, 53
    h = windows.dpss(points, 2, 3) * 10
    expected = np.zeros(len(frequencies))
    grid = origin + np.arange(points) / 100
    for f, frequency in enumerate(frequencies):
        for train in group:
            for taper in h:
                wave = np.exp(-2j * np.pi * frequency * (grid - origin))
                at = np.round((train - origin) * 100).astype(int)
                total = np.sum((taper * wave)[at]) - len(train) / points * np.sum(taper * wave)
                expected[f] += abs(total) ** 2 / 6
    np.testing.assert_allclose(power, expected, rtol=1e-9)
    assert frequencies[1] - frequencies[0] == pytest.approx(100 / 64)


@pytest.mark.skipif(
    "HODGPY_BASAL_GANGLIA_DATA" not in os.environ, reason="the reference data are not at hand"
)
@pytest.mark.parametrize(("name", "area"), [("healthy", 312.80), ("parkinsonian", 643.81)])
def test_alpha_beta_power_of_the_published_script(name: str, area: float) -> None:
    data = np.load(Path(os.environ["HODGPY_BASAL_GANGLIA_DATA"]) / f"{name}.npz")
    index, step = data["spike_index_GPi"], data["spike_step_GPi"]
    frequencies, power = trains.spectrum([step[index == j] * 1e-5 for j in range(10)])
    assert trains.band_power(frequencies, power, 7, 35) == pytest.approx(area, abs=0.02)


def test_mistakes_are_named() -> None:
    for wrong in (np.arange(3.0), [["a"]], 3):
        with pytest.raises(hp.SimulationError, match="train"):
            trains.listed(wrong)  # type: ignore[arg-type]
    with pytest.raises(hp.SimulationError, match="finite"):
        trains.rates([[0.1, np.nan]], 1)
    with pytest.raises(hp.SimulationError, match="positive"):
        trains.rates([[0.1]], 0)
    with pytest.raises(hp.SimulationError, match="does not fit"):
        trains.counts([[0.1]], 1, 2)
    with pytest.raises(hp.SimulationError, match="does not fit"):
        trains.cross_correlogram([0.1], [0.2], 0.1, 0.2)
    with pytest.raises(hp.SimulationError, match="no spikes"):
        trains.spectrum([[], []])
    with pytest.raises(hp.SimulationError, match="frequencies from"):
        trains.spectrum([[0.1, 0.2]], low=50, high=10)
    with pytest.raises(hp.SimulationError, match="do not fit"):
        trains.spectrum([[0.1, 0.11]], sampling=200)
    with pytest.raises(hp.errors.UnitError):
        trains.rates([[0.1]], 5 * mV)


def test_pictures_show_every_group(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    groups = {"A": poisson(10, 2, 5, 1), "B": poisson(20, 2, 10, 2)}
    axes = plotting.rasters(groups, window=(0.5 * second, 1.5))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B"]
    dots = np.concatenate([c.get_offsets() for c in axes.collections])
    assert len(dots) == sum(np.sum((t >= 0.5) & (t <= 1.5)) for g in groups.values() for t in g)
    assert axes.get_xlim() == (0.5, 1.5)
    # The first group stands on top, its first neuron highest.
    first = axes.collections[0].get_offsets()
    assert np.all(np.asarray(first)[:, 1] == 14)
    axes = plotting.population_rates(groups, 2 * second, 0.5)
    np.testing.assert_allclose(
        axes.patches[0].get_data().values, trains.counts(groups["A"], 2, 0.5).mean(axis=0) / 0.5
    )
    curves = {"x": (np.arange(5.0), np.ones(5)), "y": (np.arange(5.0), 2 * np.ones(5))}
    axes = plotting.spectra(curves, band=(1, 2))
    assert len(axes.lines) == 2
    axes.figure.savefig(tmp_path / "spectra.png")
