# SPDX-License-Identifier: MIT
"""Where all synapses of a target do the same, arrivals are counted. That gives the bits of doing
them synapse by synapse, which a pathway that also writes to its synapses does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV, nS

CELL = """
dv/dt = (-(v + 46*mV) + 20*mV*g/nS)/(10*ms) : volt (unless refractory)
dg/dt = -g/(4*ms) : siemens
h : siemens
"""
STATEMENTS = "g += 0.137*nS\nv += 0.31*mV\nh = clip(0.7*h + g/3, 0*nS, 5*nS)"
ADDITIONS = "g += 0.137*nS\nv += 0.31*mV"
N = 700


def delays(kind: str, size: int) -> Any:
    random = np.random.default_rng(9)
    if kind == "one":
        return 0.7 * ms
    steps = {
        "two": random.choice([3, 8], size),  # few and long pieces
        "short": random.integers(0, 40, size),  # some at once
        "many": random.integers(7, 300, size),  # most pieces are one synapse
    }[kind]
    return steps * 0.1 * ms


class Made:
    """A network that keeps itself going; `apart`: synapse by synapse."""

    def __init__(
        self,
        kind: str,
        apart: bool,
        threads: int = 1,
        dtype: str = "float64",
        more: str = "",
        weights: str = "",
    ):
        self.P = P = hp.Population(
            hp.compile(
                CELL, threshold="v > -50*mV", reset="v = -65*mV", refractory=2 * ms, dtype=dtype
            ),
            N,
            name="cells",
        )
        random = np.random.default_rng(2)
        P.v = (-66 + 18 * random.random(N)) * mV
        self.S = S = hp.Synapses(
            P,
            P,
            "seen : 1\n" + weights,
            on_pre=(more or STATEMENTS) + ("\nseen += 1" if apart else ""),
            dtype=dtype,
            name="synapses",
        )
        S.connect(i=random.integers(0, N, 40 * N), j=random.integers(0, N, 40 * N))
        S.delay = delays(kind, len(S))
        self.spikes = hp.SpikeRecorder(P)
        self.net = hp.Network(P, S, self.spikes, dt=0.1 * ms, threads=threads)

    def run(self, duration: Any) -> list[bytes]:
        self.net.run(duration)
        return self.bits()

    def bits(self) -> list[bytes]:
        found = (self.P.v, self.P.g, self.P.h, self.spikes.i, self.spikes.t)
        return [np.asarray(values).tobytes() for values in found]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["one", "two", "short", "many"])
def test_counts_are_what_the_synapses_do(kind: str, dtype: str) -> None:
    apart = Made(kind, True, dtype=dtype)
    assert "synapse by synapse, as `seen`" in apart.S.explain()
    expected = apart.run(60 * ms)
    assert len(apart.spikes) > 1500
    assert np.asarray(apart.S.seen).max() > 3
    counted = Made(kind, False, dtype=dtype)
    assert "arrivals are counted" in counted.S.explain()
    assert counted.run(60 * ms) == expected


@pytest.mark.parametrize("kind", ["one", "short", "many"])
def test_any_number_of_threads_counts_alike(kind: str) -> None:
    expected = Made(kind, True, more=ADDITIONS).run(40 * ms)
    for threads in (1, 2, 3, 4, 7):
        assert Made(kind, False, threads, more=ADDITIONS).run(40 * ms) == expected, threads


@pytest.mark.parametrize("kind", ["one", "short", "many"])
def test_events_under_way_stay_when_threads_and_delays_change(kind: str) -> None:
    """Delays become longer and shorter; what is under way keeps its time, some of it longer than
    any delay is then."""

    def bits(apart: bool, threads: tuple[int, int, int]) -> list[bytes]:
        made = Made(kind, apart, more=ADDITIONS)
        for count, other in zip(threads, ("many", "short", "one"), strict=True):
            made.net.threads = count
            made.net.run(15 * ms)
            made.S.delay = delays(other, len(made.S))
        return made.run(15 * ms)

    expected = bits(True, (1, 1, 1))
    assert bits(False, (1, 1, 1)) == expected
    assert bits(False, (3, 1, 2)) == expected


@pytest.mark.parametrize("kind", ["one", "short", "many"])
def test_events_under_way_are_saved(kind: str, tmp_path: Path) -> None:
    made = Made(kind, False)
    made.net.run(20 * ms)
    made.net.save(tmp_path / "here")
    expected = made.run(20 * ms)[:3]
    again = Made(kind, False, threads=2)
    again.net.restore(tmp_path / "here")
    assert again.run(20 * ms)[:3] == expected


@pytest.mark.parametrize("kind", ["one", "two"])
def test_more_arrivals_than_a_count_holds(kind: str) -> None:
    """Thousands of events in one step at a target, twice; counts have one byte."""
    size = 3000

    def reached(apart: bool) -> np.ndarray:
        G = hp.SpikeGenerator(size, np.tile(np.arange(size), 2), np.repeat([0.5, 3.0], size) * ms)
        P = hp.Population(hp.compile("h : siemens"), 70, name="cells")
        S = hp.Synapses(G, P, "seen : 1", on_pre="h += 0.1*nS" + "\nseen += 1" * apart)
        S.connect(i=np.arange(size), j=np.where(np.arange(size) < 2700, 66, 3))
        S.delay = 0.5 * ms if kind == "one" else np.where(np.arange(size) % 9, 0.5, 1) * ms
        hp.Network(G, P, S, dt=0.1 * ms).run(8 * ms)
        return np.asarray(P.h)

    expected = reached(True)
    assert expected[66] == pytest.approx(2 * 2700 * 0.1e-9)
    assert np.array_equal(reached(False), expected)


def test_what_differs_between_synapses_is_not_counted() -> None:
    P = hp.Population(hp.compile("v : volt\ng : siemens", threshold="v crosses -50*mV"), 5)
    for model, statement, reason in (
        ("w : siemens", "g += w; w *= 0.9", "`w` may differ"),
        ("flag : boolean", "g += int(flag)*nS", "`flag` may differ"),
        ("", "g += 0.1*nS*v_pre/mV", "`pre.v` may differ"),
        ("", "g += 0.1*nS*rand()", "the synapse that brings"),
        ("", "g += 0.1*nS*j", "the synapse that brings"),
        ("", "v_pre += 1*mV", "`pre.v` may differ"),
    ):
        text = hp.Synapses(P, P, model, on_pre=statement).explain()
        assert reason in text, text
        assert "synapse by synapse" in text


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["one", "short", "many"])
def test_equal_weights_are_counted_while_they_are_equal(kind: str, dtype: str) -> None:
    """Weights of synapses that are the same, then not, then the same again, between runs and in an
    operation, with events under way that take the weights of their arrival."""

    def bits(apart: bool, threads: int = 1) -> list[bytes]:
        made = Made(
            kind, apart, threads, dtype, "g += w + u/3\nv += 0.31*mV",
            "w : siemens (constant)\nu : siemens (constant)",
        )  # fmt: skip
        S, size = made.S, len(made.S)
        varied = np.linspace(0.05, 0.2, size) * nS
        S.w, S.u = 0.1 * nS, 0.05 * nS
        assert ("while all synapses have the same `w`, `u`" in S.explain()) != apart
        made.net.at(6 * ms, lambda: setattr(S, "w", 0.17 * nS))
        made.net.at(11 * ms, lambda: setattr(S, "w", varied))
        made.net.run(16 * ms)
        S.w = 0.2 * nS
        made.net.run(5 * ms)
        last = np.lexsort((np.arange(size), S.i))[-1]  # as they are stored, with one delay
        S.u[int(last)] = 5 * nS
        made.net.run(5 * ms)
        S.u = 0.02 * nS
        return made.run(15 * ms)

    expected = bits(True)
    assert bits(False) == expected
    assert bits(False, 3) == expected


def test_a_value_kept_once_per_target_is_counted() -> None:
    """A conductance that the compiler keeps per target."""
    model = "dy/dt = -y/(5*ms) : siemens\nI_post = y*(0*mV - v_post) : amp (summed)"
    cell = hp.compile(
        "dv/dt = (-65*mV - v)/(10*ms) + I/(200*pF) : volt\nI : amp",
        threshold="v > -50*mV",
        reset="v = -65*mV",
    )
    found = []
    for weight in ("", "w : siemens (constant)"):
        P = hp.Population(cell, 200, name="cells", v=np.linspace(-70, -49, 200) * mV)
        S = hp.Synapses(P, P, model + "\n" + weight, on_pre=f"y += {'w' if weight else '2*nS'}")
        S.connect(p=0.3, seed=1)
        if weight:
            S.w = 2 * nS
        S.delay = "1*ms + 0.1*ms*(j % 7)"
        hp.Network(P, S, dt=0.1 * ms).run(30 * ms)
        assert ("while all synapses have the same `w`" in S.explain()) == bool(weight)
        found.append(np.asarray(P.v).tobytes())
    assert found[0] == found[1]
