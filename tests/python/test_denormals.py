# SPDX-License-Identifier: MIT
"""Numbers below 2.2e-308 stay, unless the network takes them as zeros: the same bits on every
target, for any number of threads, after copying and saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.errors import SimulationError
from hodgpy.units import ms

CELL = """
dg/dt = -g/(1*ms) : 1
dh/dt = -h*g/(1*ms) : 1
"""


def network(flush: bool, n: int = 300, **options: Any) -> tuple[hp.Network, hp.Population]:
    threads = options.pop("threads", 1)
    P = hp.Population(hp.compile(CELL, **options), n, name="cells")
    P.g = np.resize(np.logspace(-300, -10, 300), n)
    P.h = 1
    return hp.Network(P, dt=0.1 * ms, threads=threads, flush_denormals=flush), P


def state(P: hp.Population) -> bytes:
    return bytes(np.concatenate([P.get("g"), P.get("h")]).tobytes())


def test_they_stay_and_never_end_at_zero() -> None:
    net, P = network(False)
    net.run(100 * ms)
    g = P.get("g")
    assert (g > 0).all()
    assert (g[:30] < np.finfo(float).tiny).all()


def test_flushed_there_are_none_and_nothing_larger_differs() -> None:
    kept, flushed = network(False), network(True)
    for net, _ in (kept, flushed):
        net.run(100 * ms)
    before, now = kept[1].get("g"), flushed[1].get("g")
    tiny = np.finfo(float).tiny
    assert (before < tiny).sum() >= 30
    assert ((now == 0) | (now >= tiny)).all()  # a decay ends where its decrement is taken as zero
    assert (now[before < tiny] < 100 * tiny).all()
    np.testing.assert_array_equal(now[before > 1e-300], before[before > 1e-300])


@pytest.mark.parametrize(
    "options", [{"target": "interpreter"}, {"target": "x86-64-v3"}, {"threads": 2, "n": 20_000}]
)
def test_the_same_bits_everywhere(options: dict[str, Any]) -> None:
    plain, other = network(True, options.get("n", 300)), network(True, **options)
    for net, _ in (plain, other):
        net.run(100 * ms)
    assert state(plain[1]) == state(other[1])


def test_the_host_keeps_its_denormals() -> None:
    seen = []
    net, _ = network(True)
    net.run(1 * ms)
    seen.append(float(np.float64(1e-310) * 0.5))
    plain, P = network(False)
    plain.run(100 * ms)
    assert seen[0] > 0
    assert P.get("g")[0] > 0


def test_copies_and_saved_networks_flush_too(tmp_path: Path) -> None:
    net, P = network(True)
    copied = net.copy()
    net.run(60 * ms)
    net.save(tmp_path / "half.hodg")
    net.run(40 * ms)
    other, resumed = network(False)
    other.restore(tmp_path / "half.hodg")
    other.run(40 * ms)
    assert state(resumed) == state(P)
    copied.run(100 * ms)
    assert state(copied["cells"]) == state(P)


def test_ensembles_flush_too() -> None:
    ensemble = network(True)[0].ensemble(2)
    ensemble.run(100 * ms)
    assert (ensemble.get("cells.g")[:, 0] == 0).all()


def test_only_a_truth_value_is_taken() -> None:
    with pytest.raises(SimulationError, match="flush_denormals"):
        hp.Network(flush_denormals="yes")  # type: ignore[arg-type]
