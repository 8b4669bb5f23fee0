# SPDX-License-Identifier: MIT
"""Large populations keep a bit for who is refractory in place of reading every last spike: the
cells of a large one do what the same cells of a small one do, bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, second

FEW, MANY = 640, 50_000  # 33 bytes each: below a megabyte, and above
CELL = """
dv/dt = (I - v)/(5*ms) : volt (unless refractory)
dg/dt = -g/(4*ms) : volt
I : volt
tau_ref : second (shared)
"""
Act = Callable[[hp.Population, hp.Network], None]


def assign(P: hp.Population, net: hp.Network) -> None:
    """Some rest anew, some no more, and one spikes in time to come."""
    for k, moment in enumerate((net.t * second - 1 * ms, -1 * second, net.t * second - 2.3 * ms)):
        P[k:FEW:7].lastspike = moment


def assign_ahead(P: hp.Population, net: hp.Network) -> None:
    P[3:9].lastspike = net.t * second + 1.5 * ms


def shorter(P: hp.Population, net: hp.Network) -> None:
    P.tau_ref = 0.7 * ms


def longer(P: hp.Population, net: hp.Network) -> None:
    P.tau_ref = 7.3 * ms


def none(P: hp.Population, net: hp.Network) -> None:
    P.tau_ref = 0 * ms


def for_ever(P: hp.Population, net: hp.Network) -> None:
    P.tau_ref = 1e30 * ms


def within(P: hp.Population, net: hp.Network) -> None:
    """The same assignments in the middle of a run."""
    net.at(net.t * second + 2 * ms, lambda: assign(P, net))
    net.at(net.t * second + 3 * ms, lambda: longer(P, net))


def build(n: int, threads: int = 1) -> tuple[hp.Network, hp.Population, hp.SpikeRecorder]:
    cell = hp.compile(CELL, threshold="v + g > 10*mV", reset="v = 0*mV", refractory="tau_ref")
    P = hp.Population(cell, n, name="cells")
    P.tau_ref = 3.1 * ms
    random = np.random.default_rng(4)
    P.I = np.resize(8 + 20 * random.random(FEW), n) * mV
    P.v = np.resize(9 * random.random(FEW), n) * mV
    S = hp.Synapses(P[:FEW], P[:FEW], on_pre="g += 0.3*mV")
    S.connect(p=0.02, seed=3)
    spikes = hp.SpikeRecorder(P[:FEW])
    return hp.Network(P, S, spikes, dt=0.1 * ms, threads=threads), P, spikes


def outcome(n: int, acts: list[Act], threads: int = 1) -> list[bytes]:
    net, P, spikes = build(n, threads)
    net.run(6 * ms)
    for act in acts:
        act(P, net)
        net.run(0.1 * ms)
        net.run(5.3 * ms)
    assert len(spikes) > FEW // 2
    few = P[:FEW]
    return [np.asarray(a).tobytes() for a in (spikes.t, spikes.i, few.v, few.g, few.lastspike)]


@pytest.mark.parametrize(
    "acts",
    [
        [],
        [assign],
        [assign_ahead, assign],
        [shorter, longer, none, longer],
        [for_ever, shorter],
        [within, assign, within],
    ],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_rest_is_the_same_as_bits(acts: list[Act], threads: int) -> None:
    assert outcome(MANY, acts, threads) == outcome(FEW, acts)


def test_rest_goes_on_after_restoring(tmp_path: Path) -> None:
    at_once, P, _ = build(MANY)
    at_once.run(6 * ms)
    at_once.save(tmp_path / "state")
    at_once.run(9 * ms)
    expected = np.asarray(P.v).tobytes()
    at_once.restore(tmp_path / "state")  # into a run that is further
    at_once.run(9 * ms)
    assert np.asarray(P.v).tobytes() == expected
    other, Q, _ = build(MANY)
    other.restore(tmp_path / "state")
    other.run(9 * ms)
    assert np.asarray(Q.v).tobytes() == expected
