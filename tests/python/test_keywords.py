# SPDX-License-Identifier: MIT
"""A misspelt keyword argument is a TypeError that names the nearest one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import Hz, ms, mV

tau = 10 * ms
LEAK = "dv/dt = -v/tau : volt"


def cells() -> hp.Population:
    return hp.Population(hp.compile(LEAK, threshold="v > 1*mV", reset="v = 0*mV"), 3)


CALLS: list[tuple[str, Callable[[], object], str]] = [
    ("threshhold", lambda: hp.compile(LEAK, threshhold="v > 1*mV"), "`threshold`"),
    ("ddt", lambda: hp.Network(ddt=0.1 * ms), "`dt`"),
    ("duratoin", lambda: hp.Network(cells()).run(duratoin=1 * ms), "`duration`"),
    ("interpolat", lambda: hp.SpikeRecorder(cells(), interpolat=True), "`interpolate`"),
    ("recrd", lambda: hp.StateRecorder(cells(), "v", recrd=True), "`record`"),
    ("on_pr", lambda: hp.Synapses(cells(), on_pr="v_post += 1*mV"), "`on_pre`"),
    ("pp", lambda: hp.Synapses(cells(), on_pre="v_post += 1*mV").connect(pp=0.1), "`p`"),
    ("tstep", lambda: hp.TimedArray(np.ones(3), tstep=1 * ms), "values, dt"),
    ("rate", lambda: hp.PoissonGroup(3, rate=3 * Hz), "`rates`"),
]


@pytest.mark.parametrize(("name", "call", "says"), CALLS, ids=[c[0] for c in CALLS])
def test_the_nearest_is_named(name: str, call: Callable[[], object], says: str) -> None:
    with pytest.raises(TypeError, match=f"no argument `{name}`") as caught:
        call()
    assert says in str(caught.value)


def test_names_are_still_those_of_the_caller() -> None:
    tau = 20 * ms  # not the module's
    chance = 1.0
    group = hp.Population(hp.compile("dv/dt = -v/tau : volt"), 2)
    group.v = 1 * mV
    synapses = hp.Synapses(group, group, "w : volt")
    synapses.connect("rand() < chance")
    assert len(synapses) == 4
    hp.Network(group, dt=0.1 * ms).run(20 * ms)
    assert group.get("v", "mV")[0] == pytest.approx(np.exp(-1.0))
    assert tau > 10 * ms
    assert chance == 1.0


def test_signatures_are_those_of_the_constructors() -> None:
    for kind in (hp.Network, hp.Population, hp.SpikeRecorder, hp.TimedArray):
        own = list(inspect.signature(kind.__init__).parameters)
        assert ["self", *inspect.signature(kind).parameters] == own
    assert "threshold" in inspect.signature(hp.compile).parameters
    assert sys.modules[hp.compile.__module__].__name__ == "hodgpy.compiling"
