# SPDX-License-Identifier: MIT
"""Synapses are stored by source and delay; users see them as they were made, in few bytes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms

SMALL = "float32"
CELL = hp.compile("v : 1\nkick : 1", threshold="kick > 0", reset="kick = 0", dtype=SMALL)


def groups(sources: int, targets: int) -> tuple[hp.Population, hp.Population]:
    return hp.Population(CELL, sources, name="pre"), hp.Population(CELL, targets, name="post")


def run(
    pairs: tuple[np.ndarray, np.ndarray] | None, on_pre: str, threads: int = 1
) -> tuple[hp.Synapses, np.ndarray]:
    """Forty sources with 20 000 synapses of many delays, made by a rule or from arrays."""
    pre, post = groups(40, 300)
    S = hp.Synapses(pre, post, "w : 1", on_pre=on_pre, dtype=SMALL, round="nearest", seed=3)
    if pairs is None:
        S.connect(total=20_000)
    else:
        S.connect(i=pairs[0], j=pairs[1])
    S.w = np.arange(len(S))
    S.delay = (0.1 + 3 * np.random.default_rng(1).random(len(S))) * ms
    trace = hp.StateRecorder(post, "v")
    network = hp.Network(pre, post, S, trace, dt=0.1 * ms, threads=threads, seed=5)
    for _ in range(3):
        pre.kick = 1
        network.run(1.5 * ms)
    return S, np.array(trace.v)


@pytest.mark.parametrize("on_pre", ["v_post += w", "v_post += w*rand()"], ids=["fixed", "random"])
@pytest.mark.parametrize("threads", [1, 2])
def test_synapses_of_a_rule_and_of_arrays_act_alike(on_pre: str, threads: int) -> None:
    by_rule, first = run(None, on_pre, threads)
    from_arrays, second = run((np.array(by_rule.i), np.array(by_rule.j)), on_pre)
    np.testing.assert_array_equal(first, second)
    assert np.abs(first).max() > 0
    for S in (by_rule, from_arrays):
        np.testing.assert_array_equal(S.w[:], np.arange(20_000))
    np.testing.assert_allclose(by_rule.delay[:], from_arrays.delay[:], rtol=0, atol=0)


def test_many_delays_take_ten_bytes() -> None:
    """Target and weight take four each, the number two; the rest are ranges of one delay."""
    pre, post = groups(200, 5000)
    S = hp.Synapses(pre, post, "w : 1", on_pre="v_post += w", dtype=SMALL, round="nearest")
    S.connect(total=400_000)
    S.w = 1
    S.delay = "0.1*ms + 2*ms*rand()"
    hp.Network(pre, post, S, dt=0.1 * ms).run(0.1 * ms)
    assert S._core.bytes_per_synapse() < 10.2


def test_sources_with_more_synapses_than_two_bytes_count() -> None:
    pre, post = groups(2, 70_000)
    S = hp.Synapses(pre, post, "w : 1", on_pre="v_post += w", dtype=SMALL, round="nearest")
    S.connect()
    S.w = np.arange(140_000)
    S.delay = np.where(np.arange(140_000) % 3, 0.1, 0.3) * ms
    network = hp.Network(pre, post, S, dt=0.1 * ms)
    pre.kick = [1, 0]
    network.run(0.2 * ms)
    assert post.v[1] == 1
    assert post.v[69_999] == 0
    network.run(0.3 * ms)
    np.testing.assert_array_equal(post.v[:], np.arange(70_000))
    np.testing.assert_array_equal(S.w[:], np.arange(140_000))


def test_delays_of_more_steps_than_two_bytes_count() -> None:
    pre, post = groups(1, 2)
    S = hp.Synapses(pre, post, "w : 1", on_pre="v_post += 1", dtype=SMALL)
    S.connect()
    S.delay = [0.1 * 1e-3, 7.0]
    network = hp.Network(pre, post, S, dt=0.1 * ms)
    pre.kick = 1
    network.run(6.9999)
    np.testing.assert_array_equal(post.v[:], [1, 0])
    network.run(0.2 * ms)
    np.testing.assert_array_equal(post.v[:], [1, 1])
    np.testing.assert_allclose(S.delay[:], [1e-4, 7.0])


MANY = """
import hodgpy as hp
from hodgpy.units import ms

def memory(key):
    with open("/proc/self/status") as lines:
        return next(1024*int(line.split()[1]) for line in lines if line.startswith(key))

def network(numbers):
    P = hp.Population(hp.compile("v : 1", threshold="v > 1", reset="v = 0", dtype="float32"), 2000)
    net = hp.Network(P, dt=0.1*ms)
    for n in numbers:
        S = hp.Synapses(P, P, "w : 1 (constant)", on_pre="v += w", dtype="float32", round="nearest")
        S.connect(total=n)
        S.w = 0.5
        S.delay = "rand()*3*ms"
        net.add(S)
    return net

network([10, 10]).run(0*ms)  # code and whatever else is made once
before = memory("VmRSS")
net = network([3_000_000, *12*[1_000_000]])
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # the peak begins anew
net.run(0*ms)
print((memory("VmHWM") - before)/15e6, (memory("VmRSS") - before)/15e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_network_takes_little_more_than_its_synapses() -> None:
    done = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    peak, kept = map(float, done.stdout.split())
    assert kept < 12.5  # ten bytes each, and their pieces of equal delay
    assert peak < 13.6
