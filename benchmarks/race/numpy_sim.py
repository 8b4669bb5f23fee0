# SPDX-License-Identifier: MIT
"""The race's models in NumPy (array expressions) and Numba (explicit loops). Run by race.py.

Both use the same formulas: exponential updates of all states for the Hodgkin-Huxley cells, Euler
for Izhikevich and AdEx, the exact solution for LIF. Written as an experienced user would, without
SVML.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from math import exp, expm1

import generated
import numpy as np


def squid_rates(v: np.ndarray) -> tuple[np.ndarray, ...]:
    a, b = -(v + 40) / 10, -(v + 55) / 10
    return (
        np.where(np.abs(a) < 1e-7, 1.0, a / np.expm1(a)),
        4 * np.exp(-(v + 65) / 18),
        0.07 * np.exp(-(v + 65) / 20),
        1 / (1 + np.exp(-(v + 35) / 10)),
        0.1 * np.where(np.abs(b) < 1e-7, 1.0, b / np.expm1(b)),
        0.125 * np.exp(-(v + 65) / 80),
    )


def squid_numpy(n: int, steps: int, dt: float) -> int:
    v = np.full(n, -65.0)
    am, bm, ah, bh, an, bn = squid_rates(v)
    m, h, k = am / (am + bm), ah / (ah + bh), an / (an + bn)
    spikes, above = 0, np.zeros(n, bool)
    for _ in range(steps):
        g_na, g_k = 120 * m**3 * h, 36 * k**4
        g = g_na + g_k + 0.3
        target = (g_na * 50 - g_k * 77 - 0.3 * 54.387 + 10.0) / g
        v = target + (v - target) * np.exp(-dt * g)
        am, bm, ah, bh, an, bn = squid_rates(v)
        m = am / (am + bm) + (m - am / (am + bm)) * np.exp(-dt * (am + bm))
        h = ah / (ah + bh) + (h - ah / (ah + bh)) * np.exp(-dt * (ah + bh))
        k = an / (an + bn) + (k - an / (an + bn)) * np.exp(-dt * (an + bn))
        now = v > 0
        spikes += int(np.count_nonzero(now & ~above))
        above = now
    return spikes


def lif_numpy(n: int, steps: int, dt: float) -> int:
    v = np.linspace(-70.0, -50.0, n)
    wait = np.zeros(n, np.int32)
    decay, hold, spikes = np.exp(-dt / 20), round(2 / dt), 0
    for _ in range(steps):
        free = wait <= 0
        v = np.where(free, -45 + (v + 45) * decay, v)
        wait -= 1
        fired = (v > -50) & free
        v[fired], wait[fired] = -70.0, hold - 1
        spikes += int(np.count_nonzero(fired))
    return spikes


def izhikevich_numpy(n: int, steps: int, dt: float) -> int:
    v = np.linspace(-65.0, -55.0, n)
    u, spikes = np.full(n, -13.0), 0
    for _ in range(steps):
        dv = 0.04 * v * v + 5 * v + 140 - u + 10
        du = 0.02 * (0.2 * v - u)
        v, u = v + dt * dv, u + dt * du
        fired = v >= 30
        v[fired], u[fired] = -65.0, u[fired] + 8
        spikes += int(np.count_nonzero(fired))
    return spikes


def adex_numpy(n: int, steps: int, dt: float) -> int:
    v = np.linspace(-70.6, -60.6, n)
    w, spikes = np.zeros(n), 0
    for _ in range(steps):
        dv = (30 * (-70.6 - v) + 60 * np.exp((v + 50.4) / 2) - w + 1000) / 281
        dw = (4 * (v + 70.6) - w) / 144
        v, w = v + dt * dv, w + dt * dw
        fired = v > 20
        v[fired], w[fired] = -70.6, w[fired] + 80.5
        spikes += int(np.count_nonzero(fired))
    return spikes


def squid_loop(n: int, steps: int, dt: float) -> int:
    v, m, h, k = np.full(n, -65.0), np.full(n, 0.0529), np.full(n, 0.596), np.full(n, 0.3177)
    above, spikes = np.zeros(n, np.bool_), 0
    for _ in range(steps):
        for i in range(n):
            x = v[i]
            g_na, g_k = 120 * m[i] * m[i] * m[i] * h[i], 36 * k[i] * k[i] * k[i] * k[i]
            g = g_na + g_k + 0.3
            target = (g_na * 50 - g_k * 77 - 0.3 * 54.387 + 10.0) / g
            x = target + (x - target) * exp(-dt * g)
            v[i] = x
            a, b = -(x + 40) / 10, -(x + 55) / 10
            am = 1.0 if abs(a) < 1e-7 else a / expm1(a)
            bm = 4 * exp(-(x + 65) / 18)
            ah, bh = 0.07 * exp(-(x + 65) / 20), 1 / (1 + exp(-(x + 35) / 10))
            an = 0.1 if abs(b) < 1e-7 else 0.1 * b / expm1(b)
            bn = 0.125 * exp(-(x + 65) / 80)
            m[i] = am / (am + bm) + (m[i] - am / (am + bm)) * exp(-dt * (am + bm))
            h[i] = ah / (ah + bh) + (h[i] - ah / (ah + bh)) * exp(-dt * (ah + bh))
            k[i] = an / (an + bn) + (k[i] - an / (an + bn)) * exp(-dt * (an + bn))
            if x > 0 and not above[i]:
                spikes += 1
            above[i] = x > 0
    return spikes


def lif_loop(n: int, steps: int, dt: float) -> int:
    v, wait = np.linspace(-70.0, -50.0, n), np.zeros(n, np.int32)
    decay, hold, spikes = exp(-dt / 20), round(2 / dt), 0
    for _ in range(steps):
        for i in range(n):
            if wait[i] > 0:
                wait[i] -= 1
                continue
            v[i] = -45 + (v[i] + 45) * decay
            if v[i] > -50:
                v[i], wait[i] = -70.0, hold - 1
                spikes += 1
    return spikes


def izhikevich_loop(n: int, steps: int, dt: float) -> int:
    v, u, spikes = np.linspace(-65.0, -55.0, n), np.full(n, -13.0), 0
    for _ in range(steps):
        for i in range(n):
            x = v[i] + dt * (0.04 * v[i] * v[i] + 5 * v[i] + 140 - u[i] + 10)
            u[i] += dt * 0.02 * (0.2 * v[i] - u[i])
            if x >= 30:
                x = -65.0
                u[i] += 8
                spikes += 1
            v[i] = x
    return spikes


def adex_loop(n: int, steps: int, dt: float) -> int:
    v, w, spikes = np.linspace(-70.6, -60.6, n), np.zeros(n), 0
    for _ in range(steps):
        for i in range(n):
            x = v[i] + dt * (30 * (-70.6 - v[i]) + 60 * exp((v[i] + 50.4) / 2) - w[i] + 1000) / 281
            w[i] += dt * (4 * (v[i] + 70.6) - w[i]) / 144
            if x > 20:
                x = -70.6
                w[i] += 80.5
                spikes += 1
            v[i] = x
    return spikes


NUMPY: dict[str, Callable[[int, int, float], int]] = {
    "squid_hh": squid_numpy,
    "lif": lif_numpy,
    "izhikevich": izhikevich_numpy,
    "adex": adex_numpy,
}
LOOPS: dict[str, Callable[[int, int, float], int]] = {
    "squid_hh": squid_loop,
    "lif": lif_loop,
    "izhikevich": izhikevich_loop,
    "adex": adex_loop,
}


def made(source: str) -> Callable[[int, int, float], int]:
    """The function `loop` of a generated text."""

    def exprel(x: float) -> float:
        return 1.0 if abs(x) < 1e-7 else expm1(x) / x

    if "exprel" in source:
        import numba

        exprel = numba.njit(exprel)
    names = {"np": np, "exp": exp, "exprel": exprel}
    exec(source, names)  # our own text, from generated.py
    return names["loop"]


def function_of(model: str, kind: str) -> Callable[[int, int, float], int]:
    if model == "ten_channels":
        return made(generated.ten_channels_source())
    if model in generated.FIELDS:
        return made(generated.fields_source(generated.FIELDS[model], kind == "numpy"))
    return LOOPS[model] if kind == "numba" else NUMPY[model]


def main(model: str, n: int, steps: int, dt: float, kind: str, repeats: int) -> None:
    start, version = time.perf_counter(), np.__version__
    if kind == "numba":
        import numba

        version = numba.__version__
        function = numba.njit(function_of(model, kind))
        function(n, 1, dt)
    else:
        function = function_of(model, kind)
    setup, runs, spikes = time.perf_counter() - start, [], 0
    for _ in range(repeats):
        start = time.process_time()
        spikes = function(n, steps, dt)
        runs.append(time.process_time() - start)
    print(json.dumps({"setup_s": setup, "run_s": runs, "spikes": spikes, "version": version}))


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        float(sys.argv[4]),
        sys.argv[5],
        int(sys.argv[6]),
    )
