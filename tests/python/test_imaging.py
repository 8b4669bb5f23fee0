# SPDX-License-Identifier: MIT
"""Calcium imaging: frames against closed forms, indicators, shutter, bleaching, noise."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, cm, mM, ms, mV, nM, second, uA

TAU = 0.5


def spiking(times: list[float]) -> hp.SpikeGenerator:
    return hp.SpikeGenerator(2, np.zeros(len(times), int), np.array(times), name="cells")


def seen(camera: hp.CalciumImaging, duration: float = 1.0, dt: float = 1e-3) -> hp.CalciumImaging:
    hp.Network(camera.population, camera, dt=dt).run(duration)
    return camera


def mean_of_decay(start: np.ndarray, end: np.ndarray, spike: float) -> np.ndarray:
    """Mean over frames of exp(-(t - spike)/TAU) from the spike on."""
    a, b = np.maximum(start, spike), np.maximum(end, spike)
    return TAU * (np.exp(-(a - spike) / TAU) - np.exp(-(b - spike) / TAU)) / (end - start)


def test_frames_are_exact_means_of_the_calcium_while_the_shutter_was_open() -> None:
    # The spike of the step that starts at 0.099 s acts at its end.
    for exposure, share in ((None, 1.0), (10 * ms, 0.2)):
        camera = seen(hp.CalciumImaging(spiking([0.099]), 20 * Hz, exposure=exposure, rest=0))
        start = 0.05 * np.arange(20)
        assert np.allclose(camera.t, start)
        assert camera.exposure == pytest.approx(0.05 * share)
        expected = 100e-6 * mean_of_decay(start, start + 0.05 * share, 0.1)
        assert camera.calcium.shape == (2, 20)
        assert np.allclose(camera.calcium[0], expected, rtol=1e-9, atol=1e-16)
        assert np.all(camera.calcium[1] == 0)
        assert np.allclose(camera.get("calcium", "nM"), camera.calcium * 1e6)


def test_gain_and_offset_are_linear() -> None:
    camera = seen(hp.CalciumImaging(spiking([0.2]), 10 * Hz, gain=2 / (100 * nM), offset=3))
    assert np.allclose(camera.fluorescence, 3 + 2e4 * camera.calcium)
    assert np.allclose(camera.relative()[1], 0)
    assert camera.relative()[0].max() > 0.3


def test_runs_in_pieces_give_the_same_frames() -> None:
    whole = seen(hp.CalciumImaging(spiking([0.2, 0.7]), 20 * Hz, noise=0.1, name="a"))
    pieces = hp.CalciumImaging(spiking([0.2, 0.7]), 20 * Hz, noise=0.1, name="a")
    net = hp.Network(pieces.population, pieces, dt=1e-3)
    for length in (0.123, 0.377, 0.5):
        net.run(length)
    assert len(pieces) == 20
    assert np.array_equal(whole.fluorescence, pieces.fluorescence)
    pieces.clear()
    net.run(0.1)
    assert np.allclose(pieces.t, [1.0, 1.05])


def test_frames_round_to_steps() -> None:
    camera = seen(hp.CalciumImaging(spiking([0.2]), 30 * Hz), dt=4e-3)
    assert camera.rate == pytest.approx(1 / 0.032)
    assert len(camera) == 31


def test_hill_saturation_and_kinetics() -> None:
    held = hp.Population(hp.compile("ca : mmolar"), 3, name="held", ca=[0, 170e-6, 1])
    at_once = hp.CalciumImaging(held, 10 * Hz, calcium="ca_pre", K=170 * nM, hill=2, gain=5)
    slow = hp.CalciumImaging(held, 10 * Hz, calcium="ca_pre", K=170 * nM, tau_off=200 * ms)
    hp.Network(held, at_once, slow, dt=0.1 * ms).run(2 * second)
    # The first step of a run reads the inputs as they were: nothing seen yet.
    assert np.allclose(at_once.fluorescence[:, 1:].T, [0, 2.5, 5], atol=1e-4)
    t = slow.t + 0.05
    # d b/dt = (k (1 - b) - b)/tau_off with k = c/K = 1, from the value at rest.
    rest = 50 / 220
    expected = 0.5 + (rest - 0.5) * np.exp(-t * 2 / 0.2)
    # The mean over a frame of 100 ms of an exponential is that of its middle times sinh(x)/x.
    factor = np.sinh(0.5) / 0.5
    assert np.allclose(slow.fluorescence[1], 0.5 + (expected - 0.5) * factor, atol=1e-4)


def test_calcium_comes_in_with_a_current() -> None:
    cell = hp.Population(hp.compile("I_Ca : mmolar/second"), 1, name="cell", I_Ca=1e-3)
    camera = hp.CalciumImaging(cell, 10 * Hz, influx="I_Ca_pre", rest=0, tau=TAU)
    hp.Network(cell, camera, dt=1 * ms).run(5 * second)
    assert camera.calcium[0, -1] == pytest.approx(1e-3 * TAU, rel=1e-3)


def test_bleaching_counts_while_the_shutter_is_open() -> None:
    constant = hp.Population(hp.compile("ca : mmolar"), 1, name="constant", ca=1 * mM)
    cameras = [
        hp.CalciumImaging(constant, 10 * Hz, calcium="ca_pre", bleaching=2 * second, exposure=e)
        for e in (None, 50 * ms)
    ]
    hp.Network(constant, *cameras, dt=1 * ms).run(4 * second)
    for camera, lit in zip(cameras, (0.1, 0.05), strict=True):
        edges = np.exp(-np.arange(41) * lit / 2)
        expected = -np.diff(edges) * 2 / lit
        assert np.allclose(camera.fluorescence[0, 1:], expected[1:], rtol=1e-9)


def test_noise_is_normal_and_depends_on_seed_and_name() -> None:
    def noise(**named: Any) -> np.ndarray:
        return seen(hp.CalciumImaging(spiking([]), 500 * Hz, noise=0.5, **named)).fluorescence

    first, same, other, named = noise(), noise(), noise(seed=1), noise(name="x")
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, named)
    # 1000 numbers: the standard error of the deviation is 0.011.
    assert (first - 50e-6).std() == pytest.approx(0.5, abs=0.05)


def test_subgroups_and_copies() -> None:
    cells = spiking([0.2])
    camera = hp.CalciumImaging(cells[1:], 20 * Hz, name="camera")
    net = hp.Network(cells, camera, dt=1e-3)
    copied = net.copy()
    for one in (net, copied):
        one.run(0.5)
        assert one["camera"].fluorescence.shape == (1, 10)
    assert np.array_equal(camera.fluorescence, copied["camera"].fluorescence)


def test_bad_cameras_are_refused() -> None:
    cells = spiking([])
    make: list[tuple[Callable[[], Any], str]] = [
        (lambda: seen(hp.CalciumImaging(cells, 2000 * Hz)), "more than the network's"),
        (lambda: hp.CalciumImaging(cells, 20 * Hz, exposure=60 * ms), "open for 1.2"),
        (lambda: hp.CalciumImaging(cells, 0 * Hz), "rate is"),
        (lambda: hp.CalciumImaging(cells, 20 * Hz, tau=-1 * ms), "tau is"),
        (lambda: hp.CalciumImaging(cells, 20 * Hz, K=0 * nM), "K is"),
        (lambda: hp.CalciumImaging(cells, 20 * Hz, noise=-1), "noise is"),
        (lambda: hp.CalciumImaging(cells, 20 * Hz, gain="x"), "gain is"),
        (lambda: hp.CalciumImaging(cells, 20 * Hz, influx="a", calcium="b"), "one, or neither"),
    ]
    for wrong, says in make:
        with pytest.raises(hp.SimulationError, match=f"HH6084.*{says}"):
            wrong()
    with pytest.raises(hp.units.UnitError):
        hp.CalciumImaging(cells, 20 * ms)
    with pytest.raises(hp.SimulationError, match=r"HH6084.*at rest"):
        seen(hp.CalciumImaging(spiking([]), 20 * Hz, offset=-3)).relative()


def test_a_picture_has_all_frames() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    image = seen(hp.CalciumImaging(spiking([0.2]), 20 * Hz)).plot().images[0]
    assert image.get_array().shape == (2, 20)
    pyplot.close("all")


def test_the_parts_of_the_language() -> None:
    text = """
    import imaging.calcium as imaging
    import neurons.hodgkin_huxley_1952 as squid
    neuron Seen {
        param C = 1 uF/cm**2
        use squid.NaT as na, squid.KDr as k, squid.Leak as leak
        use imaging.SpikeCalcium as ca, imaging.Indicator(n = 2, tau_bleach = 2 second) as dye
        dv/dt = (na.I + k.I + leak.I + I)/C : mV
        ca_i = ca.c : mmolar
        F = dye.F : 1
        I : uA/cm**2
        init v = -65 mV
        threshold v crosses 0 mV
        reset { ca.c += 100 nM }
    }
    neuron Flowing {
        param g = 0.01 mS/cm**2
        use imaging.CurrentCalcium as ca
        v : mV
        I_Ca = g*(120 mV - v) : uA/cm**2
        ca_i = ca.c : mmolar
    }
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        models = hp.compile(text)
    P = hp.Population(models.Seen, 2, name="seen", I=[0, 10] * (uA / cm**2))
    Q = hp.Population(models.Flowing, 1, name="flowing", v=-60 * mV)
    spikes = hp.SpikeRecorder(P)
    net = hp.Network(P, Q, spikes, dt=0.01 * ms)
    net.run(1 * second)
    expected = 50e-6 + 100e-6 * np.exp(-(1 - 10e-6 - spikes.t) / 0.5).sum()
    assert P.get("ca.c")[1] == pytest.approx(expected, rel=1e-9)
    rest = 50**2 / (50**2 + 170**2)
    assert P.get("F")[0] == pytest.approx(rest * np.exp(-0.5), rel=1e-6)
    assert P.get("dye.b")[1] > 0.9
    # 0.01 mS/cm2 times 180 mV, a hundredth of it free, valence 2, 1 um deep.
    flow = 0.01 * 0.1 * 0.18 / (2 * 96485.33212 * 1e-6)
    level = 50e-6 + flow * 0.5 * (1 - np.exp(-1 / 0.5))
    assert Q.get("ca_i")[0] == pytest.approx(level, rel=1e-6)
