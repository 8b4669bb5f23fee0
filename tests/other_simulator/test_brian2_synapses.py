# SPDX-License-Identifier: MIT
"""The same Synapses strings in Brian 2 and here: same pairs, every sample, every spike.

Needs Brian 2 (`pip install brian2`, with a numpy that it supports); skipped without it. Initial
values, weights and delays are given as arrays to both, so that no random number is involved.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import units

b2 = pytest.importorskip("brian2", reason="compares with Brian 2")

DT = 0.1e-3
SOURCES, TARGETS = 7, 5

DRIVE = "dv/dt = (I - v)/(10*ms) : 1\nI : 1"
LIF = "dv/dt = (I - v)/(10*ms) : 1 (unless refractory)\nI : 1"
COBA = """
dv/dt = ((El - v) + ge*(0*mV - v) + gi*(-80*mV - v))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : 1
dgi/dt = -gi/(10*ms) : 1
El : volt
"""
GATED = "dv/dt = (I - v + g_tot)/(10*ms) : 1\ng_tot : 1\nI : 1"
STDP = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(15*ms) : 1 (event-driven)
"""
COUPLED = """
w : 1
dx/dt = (y - x)/(3*ms) : 1 (event-driven)
dy/dt = -y/(7*ms) : 1 (event-driven)
"""
TSODYKS = """
w : 1
dx_s/dt = (1 - x_s)/(80*ms) : 1 (event-driven)
du_s/dt = -u_s/(100*ms) : 1 (event-driven)
"""


class Case(NamedTuple):
    """A pair of populations with synapses, in the words of Brian."""

    model: str
    on_pre: Any = None
    on_post: Any = None
    target: str = LIF
    targets: dict[str, Any] = {}  # noqa: RUF012 - read only
    threshold: str = "v > 1"
    reset: str = "v = 0"
    refractory: float | None = None
    connect: dict[str, Any] = {"condition": "True"}  # noqa: RUF012
    synapses: dict[str, Any] = {}  # noqa: RUF012
    delays: dict[str, Any] = {}  # noqa: RUF012
    record: tuple[str, ...] = ("v",)
    record_synapses: tuple[str, ...] = ()
    method: str = "exact"
    tolerance: float = 1e-9


def varied(count: int, low: float, high: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(low, high, count)


PAIRS = SOURCES * TARGETS
WEIGHTS = varied(PAIRS, 0.02, 0.3)
SPREAD = np.rint(varied(PAIRS, 0, 60, seed=2)) * DT
REST = {"El": varied(TARGETS, -0.062, -0.049)}
PUSH = {"I": varied(TARGETS, 0.5, 1.4)}

CASES = {
    "delta": Case("w : 1", "v_post += w", targets=PUSH, synapses={"w": WEIGHTS}),
    "delta, one delay": Case(
        "w : 1", "v_post += w", targets=PUSH, synapses={"w": WEIGHTS}, delays={"pre": 1.7e-3}
    ),
    "delta, many delays": Case(
        "w : 1", "v_post += w", targets=PUSH, synapses={"w": WEIGHTS}, delays={"pre": SPREAD}
    ),
    "dropped while refractory": Case(
        "w : 1",
        "v_post += w",
        targets=PUSH,
        refractory=4e-3,
        synapses={"w": 3 * WEIGHTS},
        delays={"pre": SPREAD},
    ),
    "names without suffix": Case(
        "w : 1", "v += w*int(i > j)", targets=PUSH, synapses={"w": WEIGHTS}
    ),
    "exponential conductance": Case(
        "w : 1",
        "ge += w; gi += 0.5*w*int(i % 2 == 1)",
        target=COBA,
        targets=REST,
        threshold="v > -50*mV",
        reset="v = -60*mV",
        refractory=5e-3,
        synapses={"w": 4 * WEIGHTS},
        delays={"pre": 0.5e-3},
        record=("v", "ge", "gi"),
        method="euler",
    ),
    "summed states": Case(
        "w : 1\ndg/dt = -g/(5*ms) : 1 (clock-driven)\ng_tot_post = w*g : 1 (summed)",
        "g += 1",
        target=GATED,
        targets=PUSH,
        synapses={"w": WEIGHTS},
        delays={"pre": SPREAD},
        record=("v", "g_tot"),
        record_synapses=("g",),
        method="euler",
    ),
    "summed onto the source": Case(
        "w : 1\ng_tot_pre = w*v_post : 1 (summed)",
        target=GATED,
        targets=PUSH,
        synapses={"w": WEIGHTS},
        record=("v",),
        method="euler",
    ),
    "continuous interaction": Case(
        "w : 1\ng_tot_post = w*(v_pre - v_post) : 1 (summed)",
        target=GATED,
        targets=PUSH,
        synapses={"w": 0.2 * WEIGHTS},
        record=("v", "g_tot"),
        method="euler",
    ),
    "STDP": Case(
        STDP,
        "v_post += w; apre += 0.01; w = clip(w + apost, 0, 0.4)",
        "apost -= 0.012; w = clip(w + apre, 0, 0.4)",
        targets=PUSH,
        synapses={"w": WEIGHTS},
        record_synapses=("w",),
    ),
    "STDP with delays": Case(
        STDP,
        "v_post += w; apre += 0.01; w = clip(w + apost, 0, 0.4)",
        "apost -= 0.012; w = clip(w + apre, 0, 0.4)",
        targets=PUSH,
        synapses={"w": WEIGHTS},
        delays={"pre": SPREAD, "post": 1e-3},
        record_synapses=("w",),
    ),
    "coupled event-driven states": Case(
        COUPLED,
        "y += 1; v_post += 0.3*w*x",
        targets=PUSH,
        synapses={"w": WEIGHTS},
        tolerance=1e-8,
    ),
    "Tsodyks-Markram": Case(
        TSODYKS,
        "u_s += 0.2*(1 - u_s); v_post += w*u_s*x_s; x_s -= u_s*x_s",
        targets=PUSH,
        synapses={"w": 2 * WEIGHTS, "x_s": 1.0},
        delays={"pre": SPREAD},
    ),
    "several pathways": Case(
        "w : 1\nc : 1",
        {"pre": "v_post += w", "late": "c += 1; v_post += 0.1*c*w"},
        {"post": "c *= 0.5"},
        targets=PUSH,
        synapses={"w": WEIGHTS},
        delays={"pre": 0.3e-3, "late": 2.1e-3},
        record_synapses=("c",),
    ),
    "several synapses of a pair": Case(
        "w : 1",
        "v_post += w",
        targets=PUSH,
        connect={"condition": "i != j", "n": 2},
        synapses={"w": 0.05},
        delays={"pre": 1e-3},
    ),
    "numbers of partners": Case(
        "w : 1",
        "v_post += w/N_incoming",
        targets=PUSH,
        connect={"condition": "i <= j + 2"},
        synapses={"w": 0.8},
    ),
    "nonlinear state": Case(
        "w : 1\nds/dt = -s/(20*ms) + 0.5*(1 - s)*x/ms : 1 (clock-driven)\n"
        "dx/dt = -x/(2*ms) : 1 (clock-driven)\ng_tot_post = w*s : 1 (summed)",
        "x += 1",
        target=GATED,
        targets=PUSH,
        synapses={"w": 5 * WEIGHTS},
        record=("v", "g_tot"),
        record_synapses=("s",),
        method="euler",
    ),
    "shared and per-synapse parameters": Case(
        "w : 1\ntau : second\nk : 1 (shared)\ndg/dt = -g/tau : 1 (clock-driven)\n"
        "g_tot_post = k*g : 1 (summed)",
        "g += w",
        target=GATED,
        targets=PUSH,
        synapses={"w": WEIGHTS, "tau": varied(PAIRS, 2e-3, 9e-3), "k": 0.7},
        record=("v", "g_tot"),
        method="euler",
    ),
}


class Outcome(NamedTuple):
    """Everything that is compared."""

    pairs: tuple[np.ndarray, np.ndarray]
    spikes: tuple[np.ndarray, np.ndarray]
    states: dict[str, np.ndarray]
    synapses: dict[str, np.ndarray]


def in_brian(case: Case, duration: float) -> Outcome:
    b2.prefs.codegen.target = "numpy"
    b2.BrianLogger.log_level_error()
    b2.defaultclock.dt = DT * b2.second
    second = b2.second
    source = b2.NeuronGroup(SOURCES, DRIVE, threshold="v > 1", reset="v = 0", method="exact")
    source.I_ = varied(SOURCES, 1.1, 3, seed=5)
    target = b2.NeuronGroup(
        TARGETS, case.target, threshold=case.threshold, reset=case.reset, method=case.method,
        refractory=False if case.refractory is None else case.refractory * second,
    )  # fmt: skip
    for name, value in case.targets.items():
        setattr(target, name + "_", value)
    synapses = b2.Synapses(
        source if "_pre = " not in case.model else target, target, case.model, on_pre=case.on_pre,
        on_post=case.on_post, method=case.method,
    )  # fmt: skip
    synapses.connect(**case.connect)
    for name, value in case.synapses.items():
        setattr(synapses, name + "_", _for_pairs(value, len(synapses)))
    for pathway, value in case.delays.items():
        getattr(synapses, pathway).delay = value * second
    spikes = b2.SpikeMonitor(target)
    states = b2.StateMonitor(target, list(case.record), record=True)
    objects = [source, target, synapses, spikes, states]
    if case.record_synapses:
        inner = b2.StateMonitor(synapses, list(case.record_synapses), record=True)
        objects.append(inner)
    b2.Network(*objects).run(duration * second)
    return Outcome(
        (np.array(synapses.i), np.array(synapses.j)),
        (np.array(spikes.t_), np.array(spikes.i)),
        {n: np.array(getattr(states, n + "_")) for n in case.record},
        {n: np.array(getattr(inner, n + "_")) for n in case.record_synapses},
    )


def _for_pairs(value: Any, count: int) -> Any:
    """Values of all pairs of source and target, cut to those of another connection."""
    return value[:count] if isinstance(value, np.ndarray) else value


def in_hodgpy(case: Case, duration: float, threads: int = 1, **options: Any) -> Outcome:
    second = units.second
    drive = hp.compile(DRIVE, threshold="v > 1", reset="v = 0", method="exact")
    source = hp.Population(drive, SOURCES, name="source", I=varied(SOURCES, 1.1, 3, seed=5))
    model = hp.compile(
        case.target, threshold=case.threshold, reset=case.reset, method=case.method,
        refractory=None if case.refractory is None else case.refractory * second,
    )  # fmt: skip
    target = hp.Population(model, TARGETS, name="target")
    for name, value in case.targets.items():
        target.set(name, value)
    synapses = hp.Synapses(
        source if "_pre = " not in case.model else target, target, case.model, on_pre=case.on_pre,
        on_post=case.on_post, method=case.method, **options,
    )  # fmt: skip
    synapses.connect(**case.connect)
    for name, value in case.synapses.items():
        synapses.set(name, _for_pairs(value, len(synapses)))
    for pathway, value in case.delays.items():
        getattr(synapses, pathway).delay = value
    spikes = hp.SpikeRecorder(target)
    states = hp.StateRecorder(target, case.record)
    objects: list[Any] = [source, target, synapses, spikes, states]
    if case.record_synapses:
        inner = hp.StateRecorder(synapses, case.record_synapses)
        objects.append(inner)
    hp.Network(*objects, dt=DT, threads=threads).run(duration)
    return Outcome(
        (synapses.i, synapses.j),
        (spikes.t, spikes.i),
        {n: states[n] for n in case.record},
        {n: inner[n] for n in case.record_synapses},
    )


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::hodgpy.errors.ModelWarning")
def test_same_strings_same_results(name: str) -> None:
    case = CASES[name]
    theirs, ours = in_brian(case, 0.15), in_hodgpy(case, 0.15)
    assert np.array_equal(ours.pairs[0], theirs.pairs[0])
    assert np.array_equal(ours.pairs[1], theirs.pairs[1])
    assert len(theirs.spikes[0]) > 5
    np.testing.assert_allclose(ours.spikes[0], theirs.spikes[0], rtol=0, atol=1e-12)
    assert np.array_equal(ours.spikes[1], theirs.spikes[1])
    for group in ("states", "synapses"):
        for variable, values in getattr(theirs, group).items():
            found = getattr(ours, group)[variable]
            if variable == "g_tot":  # recorded as of its own time; in Brian of the step before
                found, values = found[:, :-1], values[:, 1:]
            np.testing.assert_allclose(
                found, values, rtol=case.tolerance, atol=1e-12,
                err_msg=variable,
            )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::hodgpy.errors.ModelWarning")
def test_lumping_and_threads_change_nothing(name: str) -> None:
    case = CASES[name]._replace(record_synapses=())
    alone = in_hodgpy(case, 0.05)
    several = in_hodgpy(case, 0.05, threads=3)
    separate = in_hodgpy(case, 0.05, lump=False)
    for variable, values in alone.states.items():
        assert np.array_equal(several.states[variable], values)
        np.testing.assert_allclose(separate.states[variable], values, rtol=1e-11, atol=1e-14)


CONNECTIONS: list[dict[str, Any]] = [
    {"condition": "True"},
    {"condition": "i != j"},
    {"condition": "i == j"},
    {"condition": "abs(i - j) < 3 and i != j"},
    {"condition": "x_pre < x_post"},
    {"condition": "(i + j) % 3 == 0", "n": 2},
    {"condition": "i > 5", "n": "j"},
    {"i": [0, 3, 3], "j": [1, 2, 2]},
    {"i": 2, "j": [1, 4]},
    {"j": "i"},
    {"j": "k for k in range(i - 3, i + 4) if k != i", "skip_if_invalid": True},
    {"j": "k for k in range(N_post) if x_post > x_pre"},
    {"j": "(i + 1) % N_post"},
    {"j": "k for k in range(0, N_post, 3) if i != k"},
    {"j": "i + (-1)**k for k in range(2)", "skip_if_invalid": True},
    {"j": "k for k in range(i) if i % 2 == 0"},
]


@pytest.mark.parametrize("connection", CONNECTIONS, ids=str)
def test_same_words_same_pairs(connection: dict[str, Any]) -> None:
    count = 11
    b2.prefs.codegen.target = "numpy"
    places = varied(count, 0, 1, seed=9)
    theirs = b2.NeuronGroup(count, "x : 1")
    theirs.x = places
    expected = b2.Synapses(theirs, theirs)
    expected.connect(**connection)
    ours = hp.Population(hp.compile("x : 1"), count, name="places", x=places)
    found = hp.Synapses(ours, ours)
    found.connect(**connection)
    assert len(found) > 0
    assert np.array_equal(found.i, np.array(expected.i))
    assert np.array_equal(found.j, np.array(expected.j))
    assert np.array_equal(found.N_incoming, np.array(expected.N_incoming[:]))
    assert np.array_equal(found.N_outgoing, np.array(expected.N_outgoing[:]))


def test_same_indexing() -> None:
    theirs = b2.NeuronGroup(6, "x : 1")
    expected = b2.Synapses(theirs, theirs, "w : 1")
    expected.connect("i != j", n=2)
    expected.w = "i*10 + j"
    ours = hp.Population(hp.compile("x : 1"), 6)
    found = hp.Synapses(ours, ours, "w : 1")
    found.connect("i != j", n=2)
    found.w = "i*10 + j"
    for index in ((2, slice(None)), (slice(None), 3), (2, 3), ([0, 1], slice(2, 4)), slice(3, 9),
                  4, [1, 5], "i > j", "w > 30 and j == 2"):  # fmt: skip
        assert np.array_equal(np.atleast_1d(found.w[index]), np.atleast_1d(expected.w[index]))
