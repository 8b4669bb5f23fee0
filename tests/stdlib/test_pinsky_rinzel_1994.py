# SPDX-License-Identifier: MIT
"""Pinsky & Rinzel (1994) against the printed equations in an integrator of variable order."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, second, uA

integrate = pytest.importorskip("scipy.integrate")
NAMES = ("v", "v_d", "h", "n", "s", "c", "q", "Ca")


def derivatives(_t: float, y: np.ndarray, current: float) -> list[float]:
    """Millivolt, millisecond, uA/cm2; p = 0.5, g_c = 2.1."""
    soma, dendrite, h, n, s, c, q, calcium = y
    exp = np.exp
    am = 0.32 * (13.1 - soma) / (exp((13.1 - soma) / 4) - 1)
    bm = 0.28 * (soma - 40.1) / (exp((soma - 40.1) / 5) - 1)
    m = am / (am + bm)
    ah, bh = 0.128 * exp((17 - soma) / 18), 4 / (1 + exp((40 - soma) / 5))
    an = 0.016 * (35.1 - soma) / (exp((35.1 - soma) / 5) - 1)
    bn = 0.25 * exp(0.5 - 0.025 * soma)
    s_up = 1.6 / (1 + exp(-0.072 * (dendrite - 65)))
    s_down = 0.02 * (dendrite - 51.1) / (exp((dendrite - 51.1) / 5) - 1)
    c_sum = 2 * exp((6.5 - dendrite) / 27)
    c_up = c_sum
    if dendrite <= 50:
        c_up = exp((dendrite - 10) / 11 - (dendrite - 6.5) / 27) / 18.975
    q_up = min(2e-5 * calcium, 0.01)
    i_ca = 10 * s * s * (dendrite - 140)
    k_out = (0.8 * q + 15 * c * min(calcium / 250, 1)) * (dendrite + 15)
    na = 30 * m * m * h * (soma - 120)
    coupling = 4.2 * (dendrite - soma)
    return [
        (-0.1 * soma - na - 15 * n * (soma + 15) + coupling + 2 * current) / 3,
        (-0.1 * dendrite - i_ca - k_out - coupling) / 3,
        ah * (1 - h) - bh * h,
        an * (1 - n) - bn * n,
        s_up * (1 - s) - s_down * s,
        c_up * (1 - c) - (c_sum - c_up) * c,
        q_up * (1 - q) - 0.001 * q,
        -0.13 * i_ca - 0.075 * calcium,
    ]


@pytest.mark.parametrize(("current", "spikes"), [(0.75, 7), (2.5, 18)])
def test_spike_times(current: float, spikes: int) -> None:
    """Rare bursts at 0.75 uA/cm2, and at 2.5 spikes one by one (figure 2 of the paper)."""
    model = hp.compile("neurons.pinsky_rinzel_1994", method="rk4").PinskyRinzel1994
    cell = hp.Population(model, 1, I=current * uA / cm**2)
    states, found = hp.StateRecorder(cell, list(NAMES)), hp.SpikeRecorder(cell)
    hp.Network(cell, states, found, dt=0.01 * ms).run(1 * second if current < 1 else 0.3 * second)
    start = [states[k][0, 0] * (1e3 if k.startswith("v") else 1) for k in NAMES]

    def upward(_t: float, y: np.ndarray, _current: float) -> float:
        return float(y[0] - 50)

    upward.direction = 1  # type: ignore[attr-defined]
    exact = integrate.solve_ivp(
        derivatives, (0, 1000 if current < 1 else 300), start, method="LSODA", args=(current,),
        rtol=1e-7, atol=1e-9, max_step=1.0, events=upward,
    ).t_events[0]  # fmt: skip
    assert len(found) == len(exact) >= spikes
    np.testing.assert_allclose(found.t * 1e3 + 0.005, exact, atol=0.02)
    if current < 1:  # pairs, half a second apart
        assert np.diff(found.t).max() > 0.4
        assert np.diff(found.t).min() < 0.005
