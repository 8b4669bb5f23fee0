# SPDX-License-Identifier: MIT
"""Arguments and strings of a script, given wrongly: an error of ours, in the words of the script.

Each row is an expression of Python and what its message must say. What is refused, is refused at
once: nothing wrong passes, and no error of Python or numpy comes through.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import units
from hodgpy.units import mM, ms, mV, nA, nS

EQ = "dv/dt = (I - v)/tau : volt\nI : volt\ntau : second"
FIRE = {"threshold": "v > 1*mV", "reset": "v = 0*mV"}
nan = float("nan")


def leaky(**choices: Any) -> hp.Model:
    equations = "dv/dt = (I - v)/(10*ms) : volt (unless refractory)\nI : volt\ng : siemens"
    return hp.compile(equations, **FIRE, refractory=2 * ms, **choices)


def cells() -> hp.Population:
    return hp.Population(leaky(), 4)


def synapses(**choices: Any) -> hp.Synapses:
    return hp.Synapses(cells(), cells(), "w : siemens", **choices)


def given(name: str, value: Any) -> None:
    setattr(cells(), name, value)


def table(values: Any) -> hp.TimedArray:
    return hp.TimedArray(values, dt=1 * ms)


WRONG = {
    # compile
    "hp.compile(EQ, **FIRE, refractory=True)": "refractory is True",
    "hp.compile(EQ, **FIRE, refractory=-2*ms)": "must not be negative",
    'hp.compile(EQ, **FIRE, refractory="-2*ms")': "HH4030",
    'hp.compile(EQ, threshold="")': "<threshold>:1:1: error[HH1036]",
    'hp.compile(EQ, events={"a b": "v > 1*mV"})': "the name of an event is 'a b'",
    'hp.compile(EQ, method="")': "leave it out",
    'hp.compile(EQ, strict="no")': "it must be True or False",
    'hp.compile(EQ, cell="no")': "it must be True or False",
    'hp.compile("dv/dt = -v/t0 : volt", namespace={"t0": nan*ms})': "`t0` of the namespace is nan",
    'hp.compile("dv/dt = (stm(t) - v)/ms : volt", namespace={"stim": table([1, 2]*mV)})': (
        "the timed array `stim`"
    ),
    'hp.compile(EQ, threshold="v > 1*mV", reset="v")': "\n1 error",
    'hp.compile("dv/dt = 1/0*volt/second : volt")': "this divides by 0",
    'hp.compile("dv/dt = -v/ms : volt", init={"v": "log(-1)*volt"})': "`log` of -1 is not a number",
    # values of variables
    'given("v", True)': "`v` is True (bool)",
    'given("v", np.array([True]*4))': "it must be a number or a quantity",
    'given("v", "log(-1)*mV")': "`log` of -1 is not a number",
    'given("v", "w")': "known here: `v`, `I`, `g`",
    'cells()["a":"b"]': "does not choose among 4 neurons",
    "cells()[None]": "does not choose among 4 neurons",
    "table(None)": "they must be numbers",
    "table([1, nan]*mV)": "value (1,) of a timed array is nan",
    "table(np.array([1j]))": "they must be numbers",
    # synapses
    "synapses(on_pre=3)": "on_pre is 3 (int); it must be text, or a dict",
    'synapses(on_pre={"a b": "g_post += w"})': "the name of a pathway of on_pre is 'a b'",
    'synapses(on_pre="g_post += w", delay=True)': "delay of `pre` is True",
    'synapses(on_pre="g_post += w + 1")': "give the number its unit",
    'hp.Synapses(cells(), cells(), "w : 1", on_pre="g_post += w")': "or write `w*nS`",
    # networks and recorders
    'hp.StateRecorder(cells(), "v", dt=0*ms)': "expected a positive number",
    "hp.RateRecorder(cells(), bin=0*ms)": "bin is 0 s, expected a positive number",
    'hp.StateRecorder(cells(), "v", average="no")': "average is 'no' (str)",
    'hp.Network(cells()).run(1*ms, record_end="no")': "record_end is 'no' (str)",
    'hp.Network(cells()).run(1*ms, guard="no")': "guard is 'no' (str)",
    "hp.Network(cells()).run(True)": "duration is True (bool)",
    'hp.StateRecorder(cells(), "sqrt(-1)")': "`sqrt` of -1 is not a number",
    "hp.Network(cells(), temperature=-5)": "above 0 kelvin",
    "hp.Network(cells(), temperature=[300, 310])": "above 0 kelvin",
}


@pytest.mark.parametrize("text", WRONG)
def test_it_is_refused_in_words(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(hp.HodgError) as caught:
            eval(text)
    assert not isinstance(caught.value, hp.InternalError)
    assert WRONG[text] in str(caught.value)


WARNED = {
    'hp.compile(EQ, regularly={10: "v = 0*mV"})': "did you mean 10*ms",
    'hp.compile("dv/dt = -v/t0 : volt", namespace={"t0": 0*ms})': "HH4076",
    'hp.compile("dv/dt = -v/t0 : volt", namespace={"t0": -10*ms})': "a negative time constant",
    'hp.compile("dv/dt = (randn()*mV - v)/(10*ms) : volt")': "HH4077",
    'hp.compile("x : 1 (constant, constant)")': "HH4078",
}


@pytest.mark.parametrize("text", WARNED)
def test_it_is_warned_about(text: str) -> None:
    with pytest.warns((hp.ModelWarning, hp.UnitWarning)) as caught:
        eval(text)
    assert WARNED[text] in "".join(str(one.message) for one in caught)


def test_a_method_is_shown_where_it_was_asked_for() -> None:
    with pytest.raises(hp.ModelError) as caught:
        hp.compile(
            EQ,
            method="eulr",
        )
    (problem,) = caught.value.diagnostics
    assert problem.code == "HH5001"
    lines = Path(__file__).read_text().splitlines()
    assert lines[problem.line - 1][problem.column - 1 :].startswith('eulr"')


def test_a_temperature_that_equations_read_must_be_given() -> None:
    cell = hp.compile(
        "dv/dt = (nernst(1*mM, 2*mM, 1) - v)/(10*ms) : volt\ntemperature : kelvin",
        namespace={"mM": mM},
    )
    population = hp.Population(cell, 2)
    with pytest.raises(hp.SimulationError, match=r"`temperature` .* has no value") as caught:
        hp.Network(population).run(1 * ms)
    assert caught.value.code == "HH6015"
    population = hp.Population(cell, 2)
    population.temperature = units.parse("37 degC")
    hp.Network(population).run(1 * ms)
    assert np.all(population.v > 0)


def test_last_spikes_are_read_where_they_are_assigned() -> None:
    population = cells()
    assert np.all(population.lastspike == -np.inf)
    population.lastspike = "-(i + 1)*second"
    assert list(population.lastspike) == [-1, -2, -3, -4]
    assert list(population[1:3].lastspike) == [-2, -3]
    assert not hasattr(hp.Population(hp.compile(EQ), 2), "lastspike")  # nothing spikes


def test_nothing_here_is_refused() -> None:
    synapses(on_pre={"up": "g_post += w"}, delay={"up": 1 * ms})
    given("I", [1 * mV, 2 * mV, 3 * mV, 4 * mV])
    hp.Network(cells(), temperature="37 degC")
    assert table([1, 2] * nA).values.size == 2
    assert 3 * nS
