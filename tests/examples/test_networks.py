# SPDX-License-Identifier: MIT
"""The published networks fire as others found: papers, Brian 2, NEST, programs written apart."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, pA

FOLDER = Path(__file__).parents[2] / "examples" / "networks"


@pytest.fixture(autouse=True)
def _path() -> Iterator[None]:
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))


def load(name: str) -> Any:
    return importlib.import_module(name)


def rate_and_cv(spikes: hp.SpikeRecorder, start: float, end: float) -> tuple[float, float]:
    found: tuple[float, float] = load("common").rate_and_cv(spikes, start, end)
    return found


def test_cuba_sustains_itself(validated: Any) -> None:
    network, spikes = load("cuba").build()
    network.run(1.0)
    rate, cv = rate_and_cv(spikes, 0.2, 1.0)
    brian = "Brian 2, three seeds of Brette et al. 2007, doi:10.1007/s10827-007-0038-6"
    validated.near("CUBA: rate", rate, 5.55, source=brian, unit="Hz", abs=0.25)
    assert 0.45 <= cv <= 0.55


def test_coba_fires_irregularly(validated: Any) -> None:
    network, spikes = load("coba").build()
    network.run(1.0)
    rate, cv = rate_and_cv(spikes, 0.2, 1.0)
    brian = "Brian 2, three seeds of Brette et al. 2007, doi:10.1007/s10827-007-0038-6"
    validated.near("COBA: rate", rate, 19.0, source=brian, unit="Hz", abs=3.0)
    validated.near("COBA: CV of intervals", cv, 1.6, source=brian, abs=0.1)


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


def test_inhibitory_plasticity_brings_the_rate_down_as_in_brian(validated: Any) -> None:
    """4000 cells that learn with eta = 0.2: Brian 2 has 12.3, 6.8, 6.9, 6.4, 6.4 Hz in the first
    five seconds, and weights of 2.00 nS on average. Without learning they fire above 100 Hz."""
    network, plastic, spikes = load("vogels_2011").build(4000)
    network.run(0.1)
    plastic.eta = 0.2
    network.run(3.0)
    assert rate_and_cv(spikes, 0.0, 0.1)[0] > 100
    rate, cv = rate_and_cv(spikes, 1.1, 3.1)
    source = "Brian 2, the network of Vogels et al. 2011, doi:10.1126/science.1211095"
    validated.near("plastic inhibition: rate", rate, 6.7, source=source, unit="Hz", abs=0.7)
    weight = plastic.w.mean()
    validated.near("plastic inhibition: weight", weight, 2.0, source=source, unit="nS", abs=0.3)
    assert cv > 0.7


def test_izhikevich_rates(validated: Any) -> None:
    """An own program in the order of the paper's script, five seeds of 2 s: 7.2 to 7.5 Hz and 6.8
    to 7.1 Hz."""
    network, excitatory, inhibitory = load("izhikevich_2003").build(seed=2)
    network.run(2.0)
    source = "the script of Izhikevich 2003, doi:10.1109/TNN.2003.820440"
    for kind, spikes, expected in (("E", excitatory, 7.35), ("I", inhibitory, 6.95)):
        rate = rate_and_cv(spikes, 0.0, 2.0)[0]
        validated.near(
            f"1000 cells: rate of {kind}", rate, expected, source=source, unit="Hz", abs=0.2
        )


@pytest.mark.parametrize(
    ("spikes", "spread", "survives"), [(85, 1.0, True), (100, 3.0, True), (40, 1.0, False)]
)
def test_synfire_chain(spikes: int, spread: float, survives: bool) -> None:
    module = load("diesmann_1999")
    network, recorder = module.build(spikes, spread)
    network.run(120 * ms)
    last = module.volleys(recorder)[-1]
    assert 90 <= last <= 105 if survives else last < 15


def test_background_of_the_synfire_chain() -> None:
    """The noise alone makes a cell fire some 2 spikes a second (the paper's background)."""
    network, recorder = load("diesmann_1999").build(1)
    network.run(1.0)
    assert 1.5 <= rate_and_cv(recorder, 0.1, 1.0)[0] <= 5


class Interneurons:
    """The network of Wang & Buzsaki once more, all joined, by RK4 in NumPy."""

    def __init__(self, drive: np.ndarray, g: float) -> None:
        self.drive, self.g = drive, g

    def slope(self, y: np.ndarray) -> np.ndarray:
        v, h, n, s = y
        a = 0.1 * (v + 35) / (1 - np.exp(-(v + 35) / 10))
        m = a / (a + 4 * np.exp(-(v + 60) / 18))
        a_h, b_h = 0.07 * np.exp(-(v + 58) / 20), 1 / (1 + np.exp(-(v + 28) / 10))
        a_n = 0.01 * (v + 34) / (1 - np.exp(-(v + 34) / 10))
        b_n = 0.125 * np.exp(-(v + 44) / 80)
        inhibition = self.g * s.mean() * (-75 - v)
        current = 35 * m**3 * h * (55 - v) + 9 * n**4 * (-90 - v) + 0.1 * (-65 - v)
        return np.array(
            [
                current + inhibition + self.drive,
                5 * (a_h * (1 - h) - b_h * h),
                5 * (a_n * (1 - n) - b_n * n),
                12 * (1 - s) / (1 + np.exp(-v / 2)) - 0.1 * s,
            ]
        )

    def run(self, y: np.ndarray, duration: float, dt: float) -> list[np.ndarray]:
        """Times at which each cell crosses 0 mV, in s."""
        trains: list[list[float]] = [[] for _ in self.drive]
        for step in range(round(duration / dt)):
            before = y[0].copy()
            k1 = self.slope(y)
            k2 = self.slope(y + dt / 2 * k1)
            k3 = self.slope(y + dt / 2 * k2)
            y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + self.slope(y + dt * k3))
            for cell in np.flatnonzero((before <= 0) & (y[0] > 0)):
                share = before[cell] / (before[cell] - y[0, cell])
                trains[cell].append((step + share) * dt * 1e-3)
        return [np.array(t) for t in trains]


def gamma(**values: Any) -> list[np.ndarray]:
    network, P, _ = load("wang_buzsaki_1996").build()
    for name, factor in values.items():
        target = next(S for S in network._objects if isinstance(S, hp.Synapses))
        setattr(target, name, getattr(target, name) * factor)
    precise = hp.SpikeRecorder(P, interpolate=True, level=0.0)
    network.add(precise)
    network.run(0.1)
    return list(precise.trains().values())


def test_gamma_follows_an_own_integration_spike_by_spike(validated: Any) -> None:
    """100 cells, 100 ms: every spike within 0.1 ms of RK4; 5 % of any constant move them more."""
    module = load("wang_buzsaki_1996")
    _, P, _ = module.build()
    v = P.get("v", "mV")
    h_n = [np.array(P.get(name)) for name in ("na.h", "k.n")]
    own = Interneurons(P.get("I", "uA/cm**2"), 0.1)
    expected = own.run(np.array([v, *h_n, np.zeros_like(v)]), 100.0, 0.05)
    found = gamma()
    assert min(map(len, found)) >= 3 <= min(map(len, expected))
    worst = max(np.abs(a[:3] - b[:3]).max() for a, b in zip(found, expected, strict=True))
    source = "RK4 of the same network, written apart"
    validated.below("gamma network: spike times", worst * 1e3, 0.1, source=source, unit="ms")
    for name in ("w", "alpha", "beta", "E"):
        moved = gamma(**{name: 1.05})
        pairs = [(a, b, min(len(a), len(b))) for a, b in zip(moved, found, strict=True)]
        late = [np.abs(a[:n] - b[:n]).max() for a, b, n in pairs]
        assert max(late) > 0.1e-3, name


def test_inhibition_synchronises_in_the_gamma_band() -> None:
    module = load("wang_buzsaki_1996")
    coherences = []
    for g in (0.0, 0.1):
        network, _, spikes = module.build(g=g)
        network.run(0.4)
        frequency, kappa = module.coherence(list(spikes.trains().values()), 0.2, 0.4)
        coherences.append(kappa)
    assert 30 <= frequency <= 45
    assert coherences[0] < 0.2 < 0.35 < coherences[1]


def test_stimulation_restores_the_thalamic_relay() -> None:
    module = load("rubin_terman_2004")
    errors, states = {}, (("healthy", module.HEALTHY), ("parkinsonian", module.PARKINSONIAN))
    for name, state, dbs in [
        *((n, s, 0.0) for n, s in states),
        ("stimulated", states[1][1], 130.0),
    ]:
        found = []
        for seed in (1, 2):
            network, spikes, _ = module.build(state, dbs, seed)
            network.run(1.25)
            found.append(module.error_index(spikes["TC"], 1.25))
        errors[name] = np.mean(found)
    assert errors["healthy"] < 0.15
    assert errors["parkinsonian"] > 0.4
    assert errors["stimulated"] < 0.15


def test_wiring_of_the_basal_ganglia_gives_each_cell_its_inputs() -> None:
    module = load("rubin_terman_2004")
    for table, number in ((module.GPE_TO_STN, 2), (module.GPE_TO_GPE, 2), (module.STN_TO_GPE, 2)):
        i, j = module.halves(table)
        assert np.all(np.bincount(j, minlength=16) == number)
        assert np.all(i // 8 == j // 8)
        assert np.all(i != j) or table is not module.GPE_TO_GPE
    i, j = module.halves(module.ACROSS, shift=8)
    assert np.all(i // 8 != j // 8)


def test_microcircuit_at_a_tenth(validated: Any) -> None:
    """Rates of NEST 3.10 with the same numbers, scale 0.1, 2 s, and its published ones.

    The smallest population has 106 cells; it decides the tolerance.
    """
    module = load("potjans_diesmann_2014")
    network, spikes = module.build(0.1)
    network.run(1.2)
    rates = np.array([hp.trains.rates(s, 1.0, start=0.2).mean() for s in spikes.values()])
    nest = np.array([0.531, 2.173, 4.067, 5.049, 6.584, 7.901, 0.811, 7.093])
    for name, found, expected in zip(module.NAMES, rates, nest, strict=True):
        bound = 0.08 * expected + 0.1
        what = f"microcircuit at a tenth: {name}"
        validated.near(what, found, expected, source="NEST, same numbers", unit="Hz", abs=bound)
    assert np.all(np.abs(rates - module.RATES) <= 0.3 * module.RATES + 0.2)


def test_numbers_of_the_microcircuit() -> None:
    """Table 5 of the paper: 0.3 billion synapses; 87.8 pA give a potential of 0.15 mV."""
    module = load("potjans_diesmann_2014")
    numbers = module.full_numbers()
    assert numbers.sum() == pytest.approx(298_880_941, rel=0.01)
    w = module.current_of(0.15)
    assert w == pytest.approx(87.8, abs=0.05)
    cell = hp.compile(module.CELL.replace(" (unless refractory)", ""))
    P = hp.Population(cell, 1, v=-65e-3, I=w * pA)
    trace = hp.StateRecorder(P, "v")
    hp.Network(P, trace, dt=0.01 * ms).run(20 * ms)
    assert trace.v.max() + 65e-3 == pytest.approx(0.15e-3, rel=1e-4)
