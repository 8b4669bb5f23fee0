# SPDX-License-Identifier: MIT
"""Traub et al. (1991) against the printed equations and tables in another integrator."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, nA

integrate = pytest.importorskip("scipy.integrate")

# By compartment, 1 ... 19: conductances in mS/cm2, phi in 1/nA/ms.
NA = [0, 0, 0, 0, 0, 20, 0, 15, 30, 15, 0, 20, 0, 0, 0, 0, 0, 0, 0]
DR = [0, 0, 0, 0, 0, 20, 0, 5, 15, 5, 0, 20, 0, 0, 0, 0, 0, 0, 0]
A = [0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
CA = [0, 5, 5, 12, 12, 12, 5, 8, 4, 8, 5, 17, 17, 17, 10, 10, 5, 5, 0]
C = [0, 5, 5, 10, 10, 10, 5, 20, 10, 20, 5, 15, 15, 15, 15, 15, 5, 5, 0]
AHP = [0, *[0.8] * 17, 0]
PHI = [0, *[7.769] * 6, 34.53, 17.402, 26.404, *[5.941] * 8, 0]
LENGTH = np.array([110] * 8 + [125] + [120] * 10) * 1e-4  # cm
WIDTH = np.array([4.84] * 8 + [8.46] + [5.78] * 10) * 1e-4
AREA = np.pi * WIDTH * LENGTH


def rates(v: np.ndarray, chi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Opening and closing of m, h, n, a, b, s, r, c, q; millivolt above rest, 1/ms."""
    e = np.exp
    fall = 2 * e((6.5 - v) / 27)
    rise = np.where(v <= 50, e((v - 10) / 11 - (v - 6.5) / 27) / 18.975, fall)
    slow = np.where(v <= 0, 0.005, 0.005 * e(-np.maximum(v, 0) / 20))
    opening = [
        0.32 * (13.1 - v) / (e((13.1 - v) / 4) - 1), 0.128 * e((17 - v) / 18),
        0.016 * (35.1 - v) / (e((35.1 - v) / 5) - 1), 0.02 * (13.1 - v) / (e((13.1 - v) / 10) - 1),
        0.0016 * e((-13 - v) / 18), 1.6 / (1 + e(-0.072 * (v - 65))), slow, rise,
        np.minimum(2e-5 * chi, 0.01),
    ]  # fmt: skip
    closing = [
        0.28 * (v - 40.1) / (e((v - 40.1) / 5) - 1), 4 / (1 + e((40 - v) / 5)),
        0.25 * e((20 - v) / 40), 0.0175 * (v - 40.1) / (e((v - 40.1) / 10) - 1),
        0.05 / (1 + e((10.1 - v) / 5)), 0.02 * (v - 51.1) / (e((v - 51.1) / 5) - 1),
        0.005 - slow, fall - rise, np.full_like(v, 0.001),
    ]  # fmt: skip
    return np.array(opening), np.array(closing)


def derivatives(_t: float, y: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """uA/cm2, mS/cm2, uF/cm2, ms."""
    v, chi, gates = y[:19], y[19:38], y[38:].reshape(9, 19)
    up, down = rates(v, chi)
    m, h, n, a, b, s, r, c, q = gates
    calcium = np.array(CA) * s**2 * r * (140 - v)
    potassium = np.array(DR) * n + np.array(A) * a * b + np.array(AHP) * q
    potassium = potassium + np.array(C) * c * np.minimum(chi / 250, 1)
    membrane = 0.1 * (0 - v) + np.array(NA) * m**2 * h * (115 - v) + calcium
    membrane = membrane + potassium * (-15 - v)
    half = 0.1 * LENGTH / 2 / (np.pi * WIDTH**2 / 4)  # kohm
    axial = np.diff(v) / (half[1:] + half[:-1])  # uA
    along = np.concatenate([axial, [0]]) - np.concatenate([[0], axial])
    dv = (membrane + (along + drive) / AREA) / 3
    dchi = np.array(PHI) * 1e3 * calcium * AREA - 0.075 * chi
    return np.concatenate([dv, dchi, (up * (1 - gates) - down * gates).ravel()])


def test_bursts_of_the_soma() -> None:
    """0.6 nA into the soma: a burst on a calcium spike, then a single spike: all times, and the
    calcium of every compartment."""
    cell = hp.Cell(hp.published_shapes.traub_1991(), "cells.traub_1991")
    cell.set("I", 0.6 * nA, 0)
    order = [int(cell.compartments.index_of(s)) for s in cell.compartments.sections]
    kinds = [int(s.kind[1:]) for s in cell.compartments.sections]
    assert order == list(range(19))
    recorder = hp.StateRecorder(cell, ["v", "chi"])
    hp.Network(cell, recorder, dt=0.02 * ms).run(100 * ms, record_end=True)
    place = np.argsort(kinds)
    v, chi = recorder["v"][place] * 1e3 + 60, recorder["chi"][place]
    up, down = rates(np.zeros(19), np.zeros(19))
    start = np.concatenate([np.zeros(38), (up / (up + down)).ravel()])
    drive = np.zeros(19)
    drive[8] = 0.6e-3
    exact = integrate.solve_ivp(
        derivatives, (0, 100), start, method="LSODA", args=(drive,), rtol=1e-6, atol=1e-7,
        max_step=0.5, t_eval=np.arange(0, 100.05, 0.1),
    )  # fmt: skip

    def crossings(t: np.ndarray, trace: np.ndarray) -> np.ndarray:
        up = np.flatnonzero((trace[:-1] < 30) & (trace[1:] > 30))
        return t[up] + (t[up + 1] - t[up]) * (30 - trace[up]) / (trace[up + 1] - trace[up])

    ours, theirs = crossings(recorder.t * 1e3, v[8]), crossings(exact.t, exact.y[8])
    assert len(ours) == len(theirs) >= 9
    np.testing.assert_allclose(ours[:8], theirs[:8], atol=0.1)
    np.testing.assert_allclose(ours, theirs, rtol=0.01)  # calcium is of first order in dt
    peaks = chi.max(axis=1), exact.y[19:38].max(axis=1)
    np.testing.assert_allclose(peaks[0][1:18], peaks[1][1:18], rtol=0.01)
    assert peaks[0][[0, 18]].max() == 0
