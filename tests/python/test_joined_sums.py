# SPDX-License-Identifier: MIT
"""Two short ways of a step give the bits of the long ones: sum and advance of conductances in one
pass, and sums of few synapses in rounds of their targets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, siemens, volt

MANY = 2**20 + 1  # synapses that are summed as they are stored
CELL = """
dv/dt = (-(v + 65*mV) + R*I)/(10*ms) : volt
I : amp
R = 10*Mohm : ohm
ds/dt = (1/(1 + exp(-(v + 50*mV)/(5*mV))) - s)/(4*ms) : 1
"""
ALPHA = """
w : siemens
dg/dt = h - g/(5*ms) : siemens
dh/dt = -h/(5*ms) : siemens/second
I_post = g*(0*mV - v_post) : amp (summed)
"""
GRADED = """
w : siemens
I_post = w*s_pre*(-80*mV - v_post) : amp (summed)
"""


def network(n: int, fan_in: int, look: bool = False, more: int = 0) -> list[bytes]:
    """Voltages and conductances at the end. ``look``: a recorder of the synapses, so both kernels
    run; ``more``: graded synapses without weight."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV")
    P = hp.Population(cell, n, name="cells")
    random = np.random.default_rng(5)
    P.v = (-70 + 25 * random.random(n)) * mV
    A = hp.Synapses(P, P, ALPHA, on_pre="h += w*e/(5*ms)", delay=1 * ms, name="alpha")
    G = hp.Synapses(P, P, GRADED, name="graded")
    target = np.tile(np.arange(n), fan_in)
    for S, top, silent in ((A, 40e-9, 0), (G, 4e-9, more)):
        S.connect(
            i=np.append(random.integers(0, n, n * fan_in), np.zeros(silent, int)),
            j=np.append(target, np.arange(silent) % n),
        )
        S.w = np.append(top * random.random(n * fan_in), np.zeros(silent)) * siemens
    recorders = [hp.StateRecorder(A, "w", record=[0])] if look else []
    net = hp.Network(P, A, G, *recorders, dt=0.1 * ms)
    net.run(30 * ms)
    assert np.ptp(P.s) > 0 or n == 1
    return [np.asarray(values).tobytes() for values in (P.v, P.s, A.g)]


@pytest.mark.parametrize("n", [1, 10, 77])
def test_joined_is_apart(n: int) -> None:
    assert network(n, 4) == network(n, 4, look=True)


@pytest.mark.parametrize("n", [1, 10, 25, 50])
def test_few_and_many_synapses(n: int) -> None:
    """Few are summed in rounds of the targets, more than 2^20 as they are stored. Several of them
    share source and target."""
    assert network(n, 9) == network(n, 9, more=MANY)


GAP = """
w : siemens
flag : boolean
I_post = int(flag)*w*(v_pre - v_post) : amp (summed)
"""
BOUNDED = """
w : siemens
I_post = w*tanh((v_pre - v_post)/(10*mV))*(10*mV) : amp (summed)
"""


def rounds(
    dtype: str = "float64", threads: int = 1, pieces: int = 1, silent: int = 0
) -> list[bytes]:
    """One target has no synapse, others have three to seven; weights change between runs and in an
    operation; a recorder looks at them; sources are fewer than a vector's permutation takes, or
    many. ``silent``: so many synapses without weight, which are then summed as they are stored."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV", dtype=dtype)
    few, many = hp.Population(cell, 10, name="few"), hp.Population(cell, 150, name="many")
    random = np.random.default_rng(3)
    for P in (few, many):
        P.v = (-70 + 25 * random.random(P.N)) * mV
    synapses = []
    for k, (pre, post, text) in enumerate(
        [
            (few, many, GRADED),
            (many, few, GRADED),
            (few, few, GRADED),
            (many, many, GAP),
            (many, many, BOUNDED),
        ]
    ):
        S = hp.Synapses(pre, post, text, name=f"s{k}")
        j = np.repeat(np.arange(1, post.N), 3 + np.arange(1, post.N) % 5)
        S.connect(i=random.integers(0, pre.N, len(j)), j=j)
        S.w = 4e-9 * random.random(len(j)) * siemens
        if text is GAP:
            S.flag = random.random(len(j)) < 0.7
        if silent:
            S.connect(i=np.zeros(silent, int), j=np.arange(silent) % post.N)
            S.w[len(j) :] = 0 * siemens
        synapses.append(S)
    recorder = hp.StateRecorder(synapses[0], "w", record=[0, 3])
    net = hp.Network(few, many, *synapses, recorder, dt=0.1 * ms, threads=threads)

    def strengthen() -> None:
        synapses[1].w = synapses[1].w * 1.5

    net.at(7 * ms, strengthen)

    for _ in range(pieces):
        net.run(20 * ms / pieces)
    synapses[0].w = synapses[0].w * 0.5
    net.run(5 * ms)
    assert np.ptp(many.s) > 0
    return [np.asarray(x).tobytes() for P in (few, many) for x in (P.v, P.s)]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("first", "last"), [(0, 15), (16, 31), (15, 16), (37, 150), (130, 199)])
def test_only_targets_with_synapses_are_advanced(first: int, last: int, threads: int) -> None:
    """The same bits as where synapses without weight reach all others."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV")
    found = []
    for everywhere in (False, True):
        P = hp.Population(cell, 200, name="cells")
        P.v = np.linspace(-70, -45, 200) * mV
        A = hp.Synapses(P, P, ALPHA, on_pre="h += w*e/(5*ms)", delay=1 * ms, name="alpha")
        j = np.arange(first, last + 1)
        A.connect(i=199 - j % 20, j=j)
        A.w = 20e-9 * siemens
        if everywhere:
            A.connect(i=0, j=np.arange(200))
            A.w[len(j) :] = 0 * siemens
        hp.Network(P, A, dt=0.1 * ms, threads=threads).run(30 * ms)
        g = np.asarray(A.g)[j]  # one value per target
        assert g.min() > 0
        found.append([np.asarray(P.v).tobytes(), g.tobytes()])
    assert found[0] == found[1]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("first", "last"), [(0, 7), (8, 9), (10, 19), (19, 19), (3, 37)])
def test_only_targets_with_synapses_are_summed(first: int, last: int, dtype: str) -> None:
    """Halves of a population whose borders are none of a vector: the same bits as where synapses
    without weight reach all others."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV", dtype=dtype)
    found = []
    for everywhere in (False, True):
        P = hp.Population(cell, 38, name="cells")
        P.v = np.linspace(-70, -45, 38) * mV
        G = hp.Synapses(P, P, GRADED, name="graded")
        j = np.repeat(np.arange(first, last + 1), 4)
        G.connect(i=(7 * j + np.tile(np.arange(4), last + 1 - first)) % 38, j=j)
        G.w = np.linspace(1e-9, 4e-9, len(j)) * siemens
        if everywhere:
            G.connect(i=0, j=np.arange(38))
            G.w[len(j) :] = 0 * siemens
        hp.Network(P, G, dt=0.1 * ms).run(30 * ms)
        found.append(np.asarray(P.v))
    assert found[0].tobytes() == found[1].tobytes()
    assert np.ptp(found[0][first : last + 1]) > 0 or first == last


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_rounds_are_the_stored_order(dtype: str) -> None:
    expected = rounds(dtype)
    assert rounds(dtype, silent=MANY) == expected
    assert rounds(dtype, threads=2) == expected
    assert rounds(dtype, pieces=4) == expected


NMDA = """
w : siemens
ds/dt = -s/(100*ms) + 0.5/ms*x*(1 - s) : 1 (clock-driven)
dx/dt = -x/(2*ms) : 1 (clock-driven)
I_post = w*s*(0*mV - v_post) : amp (summed)
"""


@pytest.mark.parametrize("own", ["", "w += 0.01*nsiemens"])
def test_rounds_read_what_is_kept_once_per_source(own: str) -> None:
    """s and x live once per source; a pathway that writes a value of the synapse forbids them."""
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV")
    found = []
    for silent in (0, MANY):
        P = hp.Population(cell, 60, name="cells")
        P.v = np.linspace(-70, -45, 60) * mV
        S = hp.Synapses(P, P, NMDA, on_pre=f"x += 1\n{own}", name="nmda")
        i, j = np.repeat(np.arange(60), 30), np.tile(np.arange(60), 30)
        S.connect(i=np.append(i, np.full(silent, 5)), j=np.append(j, np.arange(silent) % 60))
        S.w = np.append(np.linspace(0, 2e-9, len(i)), np.zeros(silent)) * siemens
        net = hp.Network(P, S, dt=0.1 * ms)
        net.run(1 * ms)
        S.w = np.append(np.asarray(S.w)[: len(i)] * 0.5, np.zeros(silent)) * siemens
        P.v = np.where(np.arange(60) == 5, -65e-3, np.asarray(P.v)) * volt
        net.run(20 * ms)
        assert P.v.std() > 0
        found.append((np.asarray(P.v).tobytes(), np.asarray(S.s)[: len(i)].tobytes()))
    assert found[0] == found[1]


def test_rounds_stay_after_saving(tmp_path: Path) -> None:
    cell = hp.compile(CELL, threshold="v > -50*mV", reset="v = -65*mV")

    def made() -> tuple[hp.Network, hp.Population]:
        P = hp.Population(cell, 10, name="cells")
        P.v = np.linspace(-70, -50, 10) * mV
        G = hp.Synapses(P, P, GRADED, name="graded")
        G.connect(i=np.tile(np.arange(10), 3), j=np.repeat(np.arange(10), 3))
        G.w = np.linspace(0, 4e-9, 30) * siemens
        return hp.Network(P, G, dt=0.1 * ms), P

    net, P = made()
    net.run(10 * ms)
    net.save(tmp_path / "here")
    net.run(10 * ms)
    again, Q = made()
    again.restore(tmp_path / "here")
    again.run(10 * ms)
    assert np.asarray(P.v).tobytes() == np.asarray(Q.v).tobytes()
