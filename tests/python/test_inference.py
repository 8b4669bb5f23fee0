# SPDX-License-Identifier: MIT
"""The way back: deconvolution, baselines, scores, the leaderboard, an algorithm of the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.inference import Estimate, Recording, score
from hodgpy.units import second

pytest.importorskip("sklearn")
pytest.importorskip("statsmodels")


@pytest.fixture(scope="module")
def problem() -> hp.inference.Problem:
    return hp.inference.record(hp.testset.network("lattice-2d-30-low"), duration=100 * second)


def test_the_experiment_fires_a_few_times_a_second_and_gives_frames(
    problem: hp.inference.Problem,
) -> None:
    assert problem.recording.fluorescence.shape == (30, 5000)
    assert problem.recording.rate == pytest.approx(50)
    assert problem.truth == hp.testset.network("lattice-2d-30-low")
    events = hp.inference.deconvolve(problem.recording.fluorescence).events(3.0) > 0
    assert 0.3 < events.mean() * 50 < 15


def test_deconvolution_finds_decay_and_spikes() -> None:
    random = np.random.default_rng(1)
    spikes = random.random((20, 5000)) < 0.02
    calcium = np.zeros(spikes.shape)
    for t in range(1, 5000):
        calcium[:, t] = 0.95 * calcium[:, t - 1] + spikes[:, t]
    seen = calcium + 0.1 * random.standard_normal(spikes.shape)
    activity = hp.inference.deconvolve(seen)
    # The standard error over 20 cells of 100 spikes each is 0.002.
    assert activity.decay == pytest.approx(0.95, abs=0.01)
    assert activity.tau(50) == pytest.approx(-0.02 / np.log(0.95), rel=0.2)
    found = activity.events(4.0) > 0
    assert np.mean(found[spikes[:, 1:]]) > 0.95
    assert np.mean(found[~spikes[:, 1:]]) < 0.01


@pytest.mark.parametrize("baseline", hp.inference.BASELINES, ids=lambda b: b.__name__)
def test_baselines_find_connections(
    baseline: hp.inference.Estimator, problem: hp.inference.Problem
) -> None:
    estimate = hp.inference.run(baseline, problem.recording)
    found = score(estimate, problem.truth, problem.parameters)
    assert found.chance == pytest.approx(3 / 29)
    assert found.average_precision > 0.5
    assert found.roc_auc > 0.9
    assert found.parameters["tau_calcium"] < 0.7


def test_baselines_find_the_direction() -> None:
    # Cell 0 drives cell 1 two frames later, and nothing else happens.
    random = np.random.default_rng(2)
    spikes = random.random((3, 6000)) < 0.05
    spikes[1, 2:] |= spikes[0, :-2] & (random.random(5998) < 0.7)
    F = np.array([np.convolve(row, 0.9 ** np.arange(60))[:6000] for row in spikes.astype(float)])
    F += 0.1 * random.standard_normal(F.shape)
    for baseline in hp.inference.BASELINES:
        found = hp.inference.run(baseline, Recording(F, 50.0)).connections
        np.fill_diagonal(found, -np.inf)
        assert np.unravel_index(np.argmax(found), (3, 3)) == (0, 1), baseline.__name__


def test_scores_by_hand() -> None:
    truth = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]], bool)
    right = np.array([[9, 5, 1], [2, 9, 4], [0, 3, 9]], float)
    assert score(right, truth)[:2] == (1.0, 1.0)
    one_wrong = np.array([[9, 5, 1], [2, 9, 3], [0, 4, 9]], float)
    # Connected pairs rank first and third of six: precisions 1 and 2/3, and 7 of 8 pairs in order.
    found = score(Estimate(one_wrong, {"tau": 1.5, "other": 1.0}), truth, {"tau": 1.0})
    assert found.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert found.roc_auc == pytest.approx(7 / 8)
    assert found.parameters == {"tau": pytest.approx(0.5)}
    precision, recall = hp.inference.precision_recall(one_wrong, truth)
    assert recall[0] == 0
    assert recall[-1] == 1
    assert precision[-1] == pytest.approx(1 / 3)
    false, true = hp.inference.roc(one_wrong, truth)
    assert np.trapezoid(true, false) == pytest.approx(7 / 8)


def test_tracks_show_what_they_say() -> None:
    graph = hp.testset.network("random-2d-30-high")
    full, window, other = (
        hp.inference.record(graph, track=track, duration=2 * second)
        for track in hp.inference.TRACKS
    )
    assert window.recording.cells == 10
    assert np.array_equal(window.truth.matrix(), graph.matrix()[:10, :10])
    assert np.array_equal(window.recording.fluorescence, full.recording.fluorescence[:10])
    assert other.recording.cells == 30
    assert not np.array_equal(other.recording.fluorescence, full.recording.fluorescence)


def test_controls_are_part_of_the_recording() -> None:
    graph = hp.testset.network("random-2d-10-high")
    found = hp.inference.record(graph, duration=20 * second, stimulate=True).recording
    assert found.control is not None
    assert found.control.shape == (10, 1000)
    # 199 pulses of 5 ms and of 4 in frames of 20 ms.
    assert found.control.sum() == pytest.approx(199 * 4 * 5 / 20)
    response = hp.inference.deconvolve(found.fluorescence).innovations
    driven = found.control[:, 1:] > 0
    assert response[driven].mean() > response[~driven].mean() + 0.5


def test_an_algorithm_of_the_user_takes_part() -> None:
    def distance_alone(recording: Recording) -> np.ndarray:
        apart = recording.positions[:, None, :] - recording.positions[None, :, :]
        return -np.linalg.norm(apart, axis=2)

    def none_at_all(recording: Recording) -> np.ndarray:
        return np.zeros((recording.cells, recording.cells))

    rows = []
    board = hp.inference.leaderboard(
        [none_at_all, distance_alone], networks=["lattice-2d-30-low", "random-2d-30-low"],
        tracks=["full", "window"], duration=1 * second, report=rows.append,
    )  # fmt: skip
    assert len(rows) == len(board.rows) == 8
    assert board.algorithms() == ["distance_alone", "none_at_all"]
    assert board.mean("distance_alone", lambda row: row.network.startswith("lattice")) > 0.8
    for row in rows:
        if row.algorithm == "none_at_all":
            assert row.score.average_precision == pytest.approx(row.score.chance)
    table = str(board)
    assert "| lattice |" in table
    assert "| track window |" in table


def test_what_cannot_be_scored_is_refused(problem: hp.inference.Problem) -> None:
    recording, truth = problem.recording, problem.truth
    short = Recording(recording.fluorescence[:, :12], 50)
    wrong: list[tuple[Callable[[], Any], str]] = [
        (lambda: hp.inference.run(lambda r: np.zeros((3, 3)), recording), "shape"),
        (lambda: hp.inference.run(lambda r: np.full((30, 30), np.nan), recording), "NaN"),
        (lambda: score(np.zeros((9, 9)), truth), "shape"),
        (lambda: score(np.full((30, 30), np.nan), truth), "NaN"),
        (lambda: score(np.zeros((3, 3)), np.zeros((3, 3))), "nothing to find"),
        (lambda: Recording(np.zeros(3), 50), "cells, frames"),
        (lambda: hp.inference.record(truth, track="half"), "no track"),
        (lambda: hp.inference.cross_correlation(Recording(np.zeros((2, 5)), 50)), "too few"),
        (lambda: hp.inference.vector_autoregression(short), "too few"),
    ]
    for make, says in wrong:
        with pytest.raises(hp.SimulationError, match=f"HH6086.*{says}"):
            make()
