# SPDX-License-Identifier: MIT
"""The basal-ganglia model in Numba: explicit loops, one compiled function, one thread.

    python benchmarks/basal_ganglia/numba_version.py --draws FILE.npz --pd 1 --out spikes.npz

Synaptic kernels are advanced by their exact propagators, one conductance per target; events on
their way wait in one queue per kernel, as all of a kernel have the same delay.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, tanh

import numpy as np
from ganglia import (
    ALPHA_TAU,
    ALPHAS,
    BI_EXPONENTIALS,
    CTX_E,
    CTX_I,
    D1,
    D1_GPI,
    D2,
    D2_GPE,
    DT,
    E_STN_A,
    E_STN_N,
    E_STR,
    GPE,
    GPE_GPE,
    GPE_GPI,
    GPE_STN,
    GPI,
    GPI_TH,
    STN,
    STN_GPE_A,
    STN_GPE_N,
    STN_GPI,
    TH,
    TH_E,
    Conditions,
    Network,
    command_line,
    peak_factor,
)
from numba import njit

KERNELS = len(ALPHAS) + len(BI_EXPONENTIALS)
E_CA = 8314 * 298 / (2 * 96485)  # RT/2F in mV
UPSTROKE = 0.43 * np.e / ALPHA_TAU  # what an event adds to z of a cortical synapse
inline = njit(inline="always", cache=True)
kernel = njit(cache=True)


@inline
def rise(x):
    """1/(1 + exp(-x))."""
    return 1 / (1 + exp(-x))


@inline
def towards(x, target, tau):
    return x + DT * ((target - x) / tau)


@inline
def by_rates(x, alpha, beta):
    return x + DT * (alpha * (1 - x) - beta * x)


@kernel
def thalamus(v, h, r, s):
    n = len(v)
    for j in range(n):
        V = v[j]
        m = rise((V + 37) / 7)
        p = rise((V + 60) / 6.2)
        k = 0.75 * (1 - h[j])
        I = 0.05 * (V + 70) + 5 * k * k * k * k * (V + 75) + 3 * m * m * m * h[j] * (V - 50)
        I += 5 * p * p * r[j] * V + 0.112 * (V + 85) * s[j]
        v[j] = V + DT * (1.2 - I)
        tau_h = 1 / (0.128 * exp(-(V + 46) / 18) + 4 * rise((V + 23) / 5))
        h[j] = towards(h[j], rise(-(V + 41) / 4), tau_h)
        r[j] = towards(r[j], rise(-(V + 84) / 4), 0.15 * (28 + exp(-(V + 25) / 10.5)))


@kernel
def subthalamus(v, g, ca, s_gpe, s_ampa, s_nmda, w_ampa, w_nmda, dbs):
    N, H, M, A, B, C, D2g, D1g, P, Q, R = g
    n = len(v)
    for j in range(n):
        V = v[j]
        E = E_CA * log(2000 / ca[j])
        I_Ca = 15 * C[j] * C[j] * D1g[j] * D2g[j] * (V - E) + 5 * P[j] * P[j] * Q[j] * (V - E)
        I = 49 * M[j] * M[j] * M[j] * H[j] * (V - 60) + 57 * N[j] ** 4 * (V + 90)
        I += 5 * A[j] * A[j] * B[j] * (V + 90) + I_Ca + R[j] * R[j] * (V + 90) + 0.35 * (V + 60)
        I += 0.5 * (V + 85) * s_gpe[j] + (w_ampa[j] * s_ampa[j] + w_nmda[j] * s_nmda[j]) * V
        v[j] = V + DT * (dbs - I)
        ca[j] += DT * (-I_Ca / (2 * 96485) - 0.002 * ca[j])
        both = exp((V + 50) / 15) + exp(-(V + 50) / 16)
        tau = 11 / (exp((V + 40) / 40) + exp(-(V + 40) / 50))
        N[j] = towards(N[j], rise((V + 41) / 14), tau)
        H[j] = towards(H[j], rise(-(V + 45.5) / 6.4), 24.5 / both)
        M[j] = towards(M[j], rise((V + 40) / 8), 0.2 + 3 * rise(-(V + 53) / 0.7))
        A[j] = towards(A[j], rise((V + 45) / 14.7), 1 + rise(-(V + 40) / 0.5))
        tau = 200 / (exp((V + 60) / 30) + exp(-(V + 40) / 10))
        B[j] = towards(B[j], rise(-(V + 90) / 7.5), tau)
        tau = 45 + 10 / (exp((V + 27) / 20) + exp(-(V + 50) / 15))
        C[j] = towards(C[j], rise((V + 30.6) / 5), tau)
        D2g[j] = towards(D2g[j], rise(-(V - 0.1) / 0.02), 130)
        tau = 400 + 500 / (exp((V + 40) / 15) + exp(-(V + 20) / 20))
        D1g[j] = towards(D1g[j], rise(-(V + 60) / 7.5), tau)
        tau = 5 + 0.33 / (exp((V + 27) / 10) + exp(-(V + 102) / 15))
        P[j] = towards(P[j], rise((V + 56) / 6.7), tau)
        Q[j] = towards(Q[j], rise(-(V + 85) / 5.8), 400 / both)
        R[j] = towards(R[j], rise((V - 0.17) / 0.08), 2)


@kernel
def pallidum(v, n, h, r, ca, I_syn, bias):
    for j in range(len(v)):
        V = v[j]
        m = rise((V + 37) / 10)
        a = rise((V + 57) / 2)
        s = rise((V + 35) / 2)
        I_Ca = 0.5 * a * a * a * r[j] * (V - 120) + 0.15 * s * s * (V - 120)
        I = 0.1 * (V + 65) + 30 * n[j] ** 4 * (V + 80) + 120 * m * m * m * h[j] * (V - 55)
        I += I_Ca + 10 * (V + 80) * (ca[j] / (ca[j] + 10)) + I_syn[j]
        v[j] = V + DT * (bias[j] - I)
        ca[j] += DT * 1e-4 * (-I_Ca - 15 * ca[j])
        tau = 0.05 + 0.27 * rise(-(V + 40) / 12)
        n[j] = towards(n[j], rise((V + 50) / 14), 10 * tau)
        h[j] = towards(h[j], rise(-(V + 58) / 12), 20 * tau)
        r[j] = towards(r[j], rise(-(V + 70) / 2), 30)


@inline
def linoid(x, k):
    """x/(1 - exp(-x/k)); as the script, without a guard at x = 0."""
    return x / (1 - exp(-x / k))


@kernel
def striatum(v, m, h, n, p, g, I_syn, g_M):
    for j in range(len(v)):
        V = v[j]
        I = 100 * m[j] * m[j] * m[j] * h[j] * (V - 50) + 80 * n[j] ** 4 * (V + 100)
        I += 0.1 * (V + 67) + g_M * p[j] * (V + 100) + I_syn[j]
        v[j] = V - DT * I
        m[j] = by_rates(m[j], 0.32 * linoid(V + 54, 4), 0.28 * linoid(-(V + 27), 5))
        h[j] = by_rates(h[j], 0.128 * exp(-(V + 50) / 18), 4 * rise((V + 27) / 5))
        n[j] = by_rates(n[j], 0.032 * linoid(V + 52, 5), 0.5 * exp(-(V + 57) / 40))
        p[j] = by_rates(p[j], 3.209e-4 * linoid(V + 30, 9), 3.209e-4 * linoid(-(V + 30), 9))
        g[j] += DT * (2 * (1 + tanh(V / 4)) * (1 - g[j]) - g[j] / 13)


@kernel
def cortex(v, u, a, d, I_syn, stimulus, fired):
    for j in range(len(v)):
        V = v[j]
        fired[j] = V >= 30
        if fired[j]:
            v[j] = -65
            u[j] += d
        else:
            v[j] = V + DT * (0.04 * V * V + 5 * V + 140 - u[j] - I_syn[j] + stimulus)
            u[j] += DT * a * (0.2 * V - u[j])


@kernel
def run(
    steps, n, v, gates, ca, perm, w_stn_ampa, w_stn_nmda, w_d1, w_gpe_gpe, w_gpe_ampa, w_gpe_nmda,
    w_gpi, g_M, gpe_bias, dbs, dbs_in_stn, stimulus, sources, delays, shifts, counts, jumps,
    decays, found_neurons, found_steps,
):  # fmt: skip
    alphas = len(ALPHAS)
    s = np.zeros((KERNELS, n))  # conductance: of an alpha, or the slow exponential
    z = np.zeros((KERNELS, n))  # its derivative part, or the fast exponential
    value = np.zeros((KERNELS, n))
    room = 8 * n  # events of a kernel on their way: one in 0.7 ms and neuron at most
    queue_cell = np.zeros((KERNELS, room), np.int64)
    queue_step = np.zeros((KERNELS, room), np.int64)
    head, tail = np.zeros(KERNELS, np.int64), np.zeros(KERNELS, np.int64)
    x = np.zeros((2, n))  # cortical alpha synapses, semi-implicit
    xz = np.zeros((2, n))
    G = np.zeros((2, n))
    old = np.zeros((8, n))
    I_syn = np.zeros((8, n))
    bias = np.zeros((2, n))
    fired = np.zeros((2, n), np.bool_)
    found = 0
    for k in range(1, steps + 1):
        for j in range(n):
            E, I, e, i = v[CTX_E, j], v[CTX_I, j], 0.0, 0.0
            for q in range(4):
                e += x[1, perm[4 + q, j]]
                i += x[0, perm[8 + q, j]]
            I_syn[CTX_E, j] = 0.2 * (E + 85) * e + 0.15 * E * value[TH_E, j]
            I_syn[CTX_I, j] = 0.1 * I * i
            V, g = v[D2, j], 0.0
            for q in range(4):
                g += G[0, perm[q, j]]
            I_syn[D2, j] = 0.025 * (V + 80) * g + 0.07 * V * value[E_STR, j]
            V, g = v[D1, j], 0.0
            for q in range(3):
                g += G[1, perm[12 + q, j]]
            I_syn[D1, j] = 0.1 / 3 * (V + 80) * g + w_d1[j] * V * value[E_STR, j]
            V = v[GPE, j]
            I_syn[GPE, j] = (
                w_gpe_ampa[j] * value[alphas + STN_GPE_A, j]
                + w_gpe_nmda[j] * value[alphas + STN_GPE_N, j]
            ) * V + (V + 85) * (w_gpe_gpe[j] * value[GPE_GPE, j] + 0.5 * value[D2_GPE, j])
            V = v[GPI, j]
            I_syn[GPI, j] = w_gpi[j] * V * value[STN_GPI, j] + 0.5 * (V + 85) * (
                value[GPE_GPI, j] + value[D1_GPI, j]
            )
            bias[0, j] = gpe_bias
            bias[1, j] = 3.0 if dbs_in_stn else 3.0 + dbs[k]
        old[:] = v
        thalamus(v[TH], gates[0], gates[1], value[GPI_TH])
        subthalamus(
            v[STN], gates[2:13], ca[0], value[alphas + GPE_STN], value[alphas + E_STN_A],
            value[alphas + E_STN_N], w_stn_ampa, w_stn_nmda, dbs[k] if dbs_in_stn else 0.0,
        )  # fmt: skip
        pallidum(v[GPE], gates[13], gates[14], gates[15], ca[1], I_syn[GPE], bias[0])
        pallidum(v[GPI], gates[16], gates[17], gates[18], ca[2], I_syn[GPI], bias[1])
        striatum(v[D2], gates[19], gates[20], gates[21], gates[22], G[0], I_syn[D2], g_M)
        striatum(v[D1], gates[23], gates[24], gates[25], gates[26], G[1], I_syn[D1], g_M)
        cortex(v[CTX_E], gates[27], 0.02, 8.0, I_syn[CTX_E], stimulus[k], fired[0])
        cortex(v[CTX_I], gates[28], 0.1, 2.0, I_syn[CTX_I], stimulus[k], fired[1])

        for a in range(KERNELS):
            for j in range(n):
                if a < alphas:
                    s[a, j] = decays[a, 0] * (s[a, j] + DT * z[a, j])
                    z[a, j] *= decays[a, 0]
                else:
                    s[a, j] *= decays[a, 0]
                    z[a, j] *= decays[a, 1]
        for c in range(2):
            for j in range(n):
                x[c, j] += DT * xz[c, j]
                xz[c, j] += DT * (-0.4 * xz[c, j] - 0.04 * x[c, j])
        for p in range(8):
            for j in range(n):
                before, now = old[p, j], v[p, j]
                if before <= -20 < now:
                    found_neurons[found], found_steps[found] = p * n + j, k - 1
                    found += 1
                crossed = before < -10 < now
                if crossed and p >= CTX_E:
                    xz[p - CTX_E, j] += UPSTROKE
                if fired[0, j] if p == CTX_E else crossed:
                    for a in range(KERNELS):
                        if sources[a] == p:
                            queue_cell[a, tail[a] % room] = j
                            queue_step[a, tail[a] % room] = k + delays[a]
                            tail[a] += 1
        for a in range(KERNELS):
            while head[a] < tail[a] and queue_step[a, head[a] % room] == k:
                for q in range(counts[a]):
                    j = (queue_cell[a, head[a] % room] - shifts[a, q]) % n
                    z[a, j] += jumps[a]
                    if a >= alphas:
                        s[a, j] += jumps[a]
                head[a] += 1
            for j in range(n):
                value[a, j] = s[a, j] if a < alphas else s[a, j] - z[a, j]
        if found + 8 * n > len(found_steps):
            return -1
    return found


def steady_gates(v: np.ndarray) -> np.ndarray:
    """The 27 gates at the initial potentials, and u of the cortex, in the order of ``run``."""

    def up(p, half, slope):
        return 1 / (1 + np.exp(-(v[p] - half) / slope))

    gates = [up(TH, -41, -4), up(TH, -84, -4)]
    stn = ((-41, 14), (-45.5, -6.4), (-40, 8), (-45, 14.7), (-90, -7.5), (-30.6, 5))
    stn += ((0.1, -0.02), (-60, -7.5), (-56, 6.7), (-85, -5.8), (0.17, 0.08))
    gates += [up(STN, *constants) for constants in stn]
    for p in (GPE, GPI):
        gates += [up(p, -50, 14), up(p, -58, -12), up(p, -70, -2)]
    for V in (v[D2], v[D1]):
        linoids = lambda x, k: x / (1 - np.exp(-x / k))  # noqa: E731
        rates = (
            (0.32 * linoids(V + 54, 4), 0.28 * linoids(-(V + 27), 5)),
            (0.128 * np.exp(-(V + 50) / 18), 4 / (1 + np.exp(-(V + 27) / 5))),
            (0.032 * linoids(V + 52, 5), 0.5 * np.exp(-(V + 57) / 40)),
            (3.209e-4 * linoids(V + 30, 9), 3.209e-4 * linoids(-(V + 30), 9)),
        )
        gates += [alpha / (alpha + beta) for alpha, beta in rates]
    gates += [np.full(v.shape[1], -13.0)] * 2
    return np.array(gates)


def simulate(network: Network, conditions: Conditions) -> tuple[np.ndarray, np.ndarray]:
    """Neurons (0 ... 8n-1) and steps of all spikes."""
    n, steps, pd = network.n, conditions.steps, conditions.pd
    kernels = ALPHAS + BI_EXPONENTIALS
    shifts = np.zeros((KERNELS, 10), np.int64)
    jumps, decays = np.zeros(KERNELS), np.zeros((KERNELS, 2))
    for a, kernel in enumerate(kernels):
        shifts[a, : len(kernel.shifts)] = kernel.shifts
        if a < len(ALPHAS):
            jumps[a] = kernel.g * np.e / ALPHA_TAU
            decays[a] = np.exp(-DT / ALPHA_TAU)
        else:
            jumps[a] = kernel.g * peak_factor(kernel.tau_d, kernel.tau_r)
            decays[a] = np.exp(-DT / kernel.tau_d), np.exp(-DT / kernel.tau_r)
    capacity = 8 * n * (20 + round(conditions.duration * 0.5))
    neurons, found_steps = np.zeros(capacity, np.int64), np.zeros(capacity, np.int64)
    with np.errstate(over="ignore"):
        gates = steady_gates(network.v)
    ca = np.array([np.full(n, 0.005), np.full(n, 0.1), np.full(n, 0.1)])
    found = run(
        steps, n, network.v.copy(), gates, ca, network.permutations, network.w_stn_ampa,
        network.w_stn_nmda, 0.07 - 0.044 * pd + network.w_d1,
        0.25 * (3 * pd + 1) * network.w_gpe_gpe,
        network.w_gpe_ampa, network.w_gpe_nmda, network.w_gpi, 2.6 - 1.1 * pd,
        1.0 if conditions.cs and not pd else 3.0, conditions.dbs_current(),
        conditions.dbs_target == "STN", conditions.cortical_current(),
        np.array([kernel.source for kernel in kernels]),
        np.array([round(kernel.delay / DT) for kernel in kernels]),
        shifts, np.array([len(kernel.shifts) for kernel in kernels]), jumps, decays,
        neurons, found_steps,
    )  # fmt: skip
    if found < 0:
        raise RuntimeError("more than 500 spikes per second and neuron")
    return neurons[:found], found_steps[:found]


class Run:
    """What :func:`ganglia.command_line` needs."""

    def __init__(self, draws: dict[str, np.ndarray], conditions: Conditions) -> None:
        self.network = Network.from_draws(draws)
        self.found = simulate(self.network, replace(conditions, duration=DT))  # compiles

    def run(self, conditions: Conditions) -> None:
        self.found = simulate(self.network, conditions)

    def spikes(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        return self.found


if __name__ == "__main__":
    command_line(Run, Run.run, Run.spikes, __doc__.splitlines()[0])
