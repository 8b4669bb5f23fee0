# SPDX-License-Identifier: MIT
"""The basal-ganglia model in NumPy: arrays over neurons, gates of a kind in one array.

    python benchmarks/basal_ganglia/numpy_version.py --draws FILE.npz --pd 1 --out spikes.npz

At n = 10 the time goes into the number of NumPy calls, so cells with the same equations (GPe and
GPi, D2 and D1, E and I) share arrays, and all exponentials of a cell are one call. It is also the
yardstick of the tests: :func:`simulate` can leave out the synapses and record potentials.
"""

from __future__ import annotations

from dataclasses import replace

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
    RING,
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

E_CA = 8314 * 298 / (2 * 96485)  # RT/2F in mV


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


class Thalamus:
    """Gates h, r as rows of ``g``."""

    # m, p, h, r and the sigmoid of tau_h: 1/(1 + exp((V + shift)*slope)), then two exponentials.
    SHIFT = column(37, 60, 41, 84, 23, 46, 25)
    SLOPE = column(-1 / 7, -1 / 6.2, 1 / 4, 1 / 4, -1 / 5, -1 / 18, -1 / 10.5)

    def __init__(self, v: np.ndarray) -> None:
        self.v = v
        self.g = self.rates()[0][2:4].copy()

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        e = np.exp((self.v + self.SHIFT) * self.SLOPE)
        s = 1 / (1 + e[:5])
        tau = np.array([1 / (0.128 * e[5] + 4 * s[4]), 0.15 * (28 + e[6])])
        return s, tau

    def step(self, I_syn: np.ndarray) -> None:
        v, (h, r) = self.v, self.g
        s, tau = self.rates()
        m, p = s[0], s[1]
        I = 0.05 * (v + 70) + 5 * (0.75 * (1 - h)) ** 4 * (v + 75) + 3 * m * m * m * h * (v - 50)
        I += 5 * p * p * r * v + I_syn
        self.g += DT * ((s[2:4] - self.g) / tau)
        v += DT * (1.2 - I)


class Subthalamus:
    """Gates as rows of ``g``, those with tau = base + scale/(sum of exponentials) first."""

    # n, h, b, c, d1, p, q; m, a; d2, r; then the sigmoids of tau_m and tau_a
    SHIFT = column(41, 45.5, 90, 30.6, 60, 56, 85, 40, 45, -0.1, -0.17, 53, 40)
    SLOPE = 1 / column(-14, 6.4, 7.5, -5, 7.5, -6.7, 5.8, -8, -14.7, 0.02, -0.08, 0.7, 0.5)
    TAU_SHIFT = column(40, 50, 60, 27, 40, 27, 40, 50, 40, 50, 20, 102)
    TAU_SLOPE = 1 / column(40, 15, 30, 20, 15, 10, -50, -16, -10, -15, -20, -15)
    BASE = column(0, 0, 0, 45, 400, 5, 0)
    SCALE = column(11, 24.5, 200, 10, 500, 0.33, 400)
    PAIRS = np.array([0, 1, 2, 3, 4, 5, 1])  # q has the exponentials of h

    def __init__(self, v: np.ndarray) -> None:
        self.v = v
        self.g = self.rates()[0].copy()
        self.ca = np.full_like(v, 0.005)

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        s = 1 / (1 + np.exp((self.v + self.SHIFT) * self.SLOPE))
        e = np.exp((self.v + self.TAU_SHIFT) * self.TAU_SLOPE)
        tau = np.empty((11, len(self.v)))
        tau[:7] = self.BASE + self.SCALE / (e[:6] + e[6:])[self.PAIRS]
        tau[7], tau[8] = 0.2 + 3 * s[11], 1 + s[12]
        tau[9], tau[10] = 130, 2
        return s[:11], tau

    def step(self, I_syn: np.ndarray) -> None:
        v, ca = self.v, self.ca
        n, h, b, c, d1, p, q, m, a, d2, r = self.g
        inf, tau = self.rates()
        E = v - E_CA * np.log(2000 / ca)
        I_Ca = (15 * c * c * d1 * d2 + 5 * p * p * q) * E
        I = 49 * m * m * m * h * (v - 60) + I_Ca + 0.35 * (v + 60)
        I += (57 * n**4 + 5 * a * a * b + r * r) * (v + 90) + I_syn
        self.g += DT * ((inf - self.g) / tau)
        ca += DT * (-I_Ca / (2 * 96485) - 0.002 * ca)
        v -= DT * I


class Pallidum:
    """GPe and GPi side by side; gates n, h, r as rows of ``g``."""

    SHIFT = column(37, 57, 35, 50, 58, 70, 40)
    SLOPE = 1 / column(-10, -2, -2, -14, 12, 2, 12)

    def __init__(self, v: np.ndarray, bias: np.ndarray) -> None:
        self.v, self.bias = v, bias
        self.g = self.sigmoids()[3:6].copy()
        self.ca = np.full_like(v, 0.1)
        self.tau = np.full((3, len(v)), 30.0)

    def sigmoids(self) -> np.ndarray:
        return 1 / (1 + np.exp((self.v + self.SHIFT) * self.SLOPE))

    def step(self, I_syn: np.ndarray) -> None:
        v, ca, (n, h, r) = self.v, self.ca, self.g
        m, a, s, *_, fast = x = self.sigmoids()
        tau = 0.05 + 0.27 * fast
        self.tau[0], self.tau[1] = 10 * tau, 20 * tau
        I_Ca = (0.5 * a * a * a * r + 0.15 * s * s) * (v - 120)
        I = 0.1 * (v + 65) + (30 * n**4 + 10 * (ca / (ca + 10))) * (v + 80)
        I += 120 * m * m * m * h * (v - 55) + I_Ca + I_syn
        self.g += DT * ((x[3:6] - self.g) / self.tau)
        ca += DT * 1e-4 * (-I_Ca - 15 * ca)
        v += DT * (self.bias - I)


class Striatum:
    """D2 and D1 side by side; gates m, n, p, h as rows of ``g``, the GABA gates in ``gaba``."""

    # x/(1 - exp(-x/k)): alpha of m, n, p, beta of m, p; then the exponentials of h and of beta_n.
    SHIFT = column(54, 52, 30, 27, 30, 50, 27, 57)
    SLOPE = 1 / column(-4, -5, -9, 5, 9, -18, -5, -40)
    FACTOR = column(0.32, 0.032, 3.209e-4, -0.28, -3.209e-4)

    def __init__(self, v: np.ndarray, g_M: float) -> None:
        self.v, self.g_M = v, g_M
        alpha, beta = self.rates()
        self.g = alpha / (alpha + beta)
        self.gaba = np.zeros_like(v)

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        x = self.v + self.SHIFT
        e = np.exp(x * self.SLOPE)
        alpha, beta = np.empty((4, len(self.v))), np.empty((4, len(self.v)))
        linoid = self.FACTOR * x[:5] / (1 - e[:5])
        alpha[:3], alpha[3] = linoid[:3], 0.128 * e[5]
        beta[0], beta[1], beta[2], beta[3] = linoid[3], 0.5 * e[7], linoid[4], 4 / (1 + e[6])
        return alpha, beta

    def step(self, I_syn: np.ndarray) -> None:
        v, (m, n, p, h) = self.v, self.g
        alpha, beta = self.rates()
        I = 100 * m * m * m * h * (v - 50) + (80 * n**4 + self.g_M * p) * (v + 100)
        I += 0.1 * (v + 67) + I_syn
        self.gaba += DT * (2 * (1 + np.tanh(v / 4)) * (1 - self.gaba) - self.gaba / 13)
        self.g += DT * (alpha * (1 - self.g) - beta * self.g)
        v -= DT * I


class Cortex:
    """E and I side by side; x is the alpha function of the cortical synapses, advanced before z."""

    def __init__(self, v: np.ndarray) -> None:
        n = len(v) // 2
        self.v, self.u = v, np.full_like(v, -13.0)
        self.a, self.d = np.repeat([0.02, 0.1], n), np.repeat([8.0, 2.0], n)
        self.x, self.z = np.zeros_like(v), np.zeros_like(v)

    def step(self, I_syn: np.ndarray) -> np.ndarray:
        """Advances; returns which neurons were reset."""
        v, u = self.v, self.u
        fires = v >= 30
        slope = 0.04 * v * v + 5 * v + 140 - u - I_syn
        if fires.any():
            u[:] = np.where(fires, u + self.d, u + DT * self.a * (0.2 * v - u))
            v[:] = np.where(fires, -65, v + DT * slope)
        else:
            u += DT * self.a * (0.2 * v - u)
            v += DT * slope
        self.x += DT * self.z
        self.z -= DT * (0.4 * self.z + 0.04 * self.x)
        return fires


class Conductances:
    """All history-driven conductances as rows of ``value``, one column per target neuron."""

    def __init__(self, n: int) -> None:
        self.n = n
        kernels = ALPHAS + BI_EXPONENTIALS
        rows = len(kernels)
        taus = [(ALPHA_TAU, ALPHA_TAU)] * len(ALPHAS)
        taus += [(kernel.tau_d, kernel.tau_r) for kernel in BI_EXPONENTIALS]
        self.slow, self.fast = np.exp(-DT / np.array(taus)).T[:, :, None]
        jumps = [kernel.g * np.e / ALPHA_TAU for kernel in ALPHAS]
        jumps += [kernel.g * peak_factor(kernel.tau_d, kernel.tau_r) for kernel in BI_EXPONENTIALS]
        self.jumps = np.array(jumps)
        self.s, self.z = np.zeros((rows, n)), np.zeros((rows, n))
        self.value = np.zeros((rows, n))
        self.on_their_way: list[list[tuple[int, np.ndarray]]] = [[] for _ in range(RING)]
        self.of_source: dict[int, list[tuple[int, int, np.ndarray]]] = {}
        for row, kernel in enumerate(kernels):
            delay = round(kernel.delay / DT)
            shifts = np.array(kernel.shifts)
            self.of_source.setdefault(kernel.source, []).append((row, delay, shifts))

    def release(self, source: int, neurons: np.ndarray, k: int) -> None:
        """Events of ``neurons`` at step k go on their way to all targets."""
        for row, delay, shifts in self.of_source.get(source, ()):
            targets = (neurons[:, None] - shifts).ravel() % self.n
            self.on_their_way[(k + delay) % RING].append((row, targets))

    def step(self, k: int) -> None:
        """To step k, then what arrives there."""
        alphas = len(ALPHAS)
        self.s[:alphas] += DT * self.z[:alphas]
        self.s *= self.slow
        self.z *= self.fast
        arrived = self.on_their_way[k % RING]
        for row, targets in arrived:
            np.add.at(self.z[row], targets, self.jumps[row])
            if row >= alphas:
                np.add.at(self.s[row], targets, self.jumps[row])
        arrived.clear()
        self.value[:alphas] = self.s[:alphas]
        np.subtract(self.s[alphas:], self.z[alphas:], out=self.value[alphas:])


class Wiring:
    """Synaptic and stimulating currents of all populations, outward, as rows of ``I``."""

    def __init__(self, network: Network, conditions: Conditions) -> None:
        n, pd = network.n, conditions.pd
        self.n, self.net = n, network
        self.w_d1 = (0.07 - 0.044 * pd) + network.w_d1
        self.w_gpe_gpe = 0.25 * (3 * pd + 1) * network.w_gpe_gpe
        self.to_e, self.to_i = network.permutations[4:8] + n, network.permutations[8:12]
        self.to_d2, self.to_d1 = network.permutations[:4], network.permutations[12:] + n
        self.I = np.zeros((8, n))
        self.dbs_row = STN if conditions.dbs_target == "STN" else GPI

    def gather(
        self, v: np.ndarray, S: np.ndarray, gaba: np.ndarray, x: np.ndarray, dbs: float, cs: float
    ) -> np.ndarray:
        net, I = self.net, self.I
        shunt = v + 85
        alphas, bi = S[: len(ALPHAS)], S[len(ALPHAS) :]
        I[TH] = 0.112 * shunt[TH] * alphas[GPI_TH]
        I[STN] = 0.5 * shunt[STN] * bi[GPE_STN]
        I[STN] += v[STN] * (net.w_stn_ampa * bi[E_STN_A] + net.w_stn_nmda * bi[E_STN_N])
        I[GPE] = v[GPE] * (net.w_gpe_ampa * bi[STN_GPE_A] + net.w_gpe_nmda * bi[STN_GPE_N])
        I[GPE] += shunt[GPE] * (self.w_gpe_gpe * alphas[GPE_GPE] + 0.5 * alphas[D2_GPE])
        I[GPI] = 0.5 * shunt[GPI] * (alphas[GPE_GPI] + alphas[D1_GPI])
        I[GPI] += net.w_gpi * v[GPI] * alphas[STN_GPI]
        I[D2] = 0.025 * (v[D2] + 80) * gaba[self.to_d2].sum(0) + 0.07 * v[D2] * alphas[E_STR]
        I[D1] = 0.1 / 3 * (v[D1] + 80) * gaba[self.to_d1].sum(0) + self.w_d1 * v[D1] * alphas[E_STR]
        I[CTX_E] = 0.2 * shunt[CTX_E] * x[self.to_e].sum(0) + 0.15 * v[CTX_E] * alphas[TH_E]
        I[CTX_I] = 0.1 * v[CTX_I] * x[self.to_i].sum(0)
        if cs:
            I[CTX_E:] -= cs
        if dbs:
            I[self.dbs_row] -= dbs
        return I


@np.errstate(over="ignore")
def simulate(
    network: Network,
    conditions: Conditions,
    *,
    coupled: bool = True,
    trace: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Neurons (0 ... 8n-1) and steps of all spikes.

    ``coupled=False`` leaves out synapses and stimuli. ``trace`` of shape (steps + 1, 8, n) gets
    the potentials.
    """
    n, steps = network.n, conditions.steps
    v = network.v.copy()
    flat = v.reshape(-1)
    bias = np.repeat([1.0 if conditions.cs and not conditions.pd else 3.0, 3.0], n)
    thalamus, subthalamus = Thalamus(v[TH]), Subthalamus(v[STN])
    pallidum = Pallidum(flat[GPE * n : D2 * n], bias)
    striatum = Striatum(flat[D2 * n : CTX_E * n], 2.6 - 1.1 * conditions.pd)
    cortex = Cortex(flat[CTX_E * n :])
    conductances, wiring = Conductances(n), Wiring(network, conditions)
    dbs, stimulus = conditions.dbs_current(), conditions.cortical_current()
    I, flat_I = wiring.I, wiring.I.reshape(-1)
    above = flat > -20
    passed = flat > -10
    neurons, times = [], []
    if trace is not None:
        trace[0] = v
    for k in range(1, steps + 1):
        if coupled:
            wiring.gather(v, conductances.value, striatum.gaba, cortex.x, dbs[k], stimulus[k])
        thalamus.step(I[TH])
        subthalamus.step(I[STN])
        pallidum.step(flat_I[GPE * n : D2 * n])
        striatum.step(flat_I[D2 * n : CTX_E * n])
        fires = cortex.step(flat_I[CTX_E * n :])
        was_above, above = above, flat > -20
        found = np.flatnonzero(above > was_above)
        if len(found):
            neurons.append(found)
            times.append(np.full(len(found), k - 1))
        was_passed, passed = passed, flat > -10
        crossed = np.flatnonzero(passed > was_passed)
        for j in crossed:
            if j < CTX_E * n:
                conductances.release(j // n, np.array([j % n]), k)
            else:
                cortex.z[j - CTX_E * n] += 0.43 * np.e / ALPHA_TAU
        if fires.any():
            conductances.release(CTX_E, np.flatnonzero(fires[:n]), k)
        conductances.step(k)
        if trace is not None:
            trace[k] = v
    empty = np.zeros(0, np.int64)
    return np.concatenate([empty, *neurons]), np.concatenate([empty, *times])


class Run:
    """What :func:`ganglia.command_line` needs."""

    def __init__(self, draws: dict[str, np.ndarray], conditions: Conditions) -> None:
        self.network = Network.from_draws(draws)
        self.found = simulate(self.network, replace(conditions, duration=DT))  # touches all memory

    def run(self, conditions: Conditions) -> None:
        self.found = simulate(self.network, conditions)

    def spikes(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        return self.found


if __name__ == "__main__":
    command_line(Run, Run.run, Run.spikes, __doc__.splitlines()[0])
