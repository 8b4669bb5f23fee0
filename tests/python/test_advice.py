# SPDX-License-Identifier: MIT
"""Advice on methods and steps: limits known in closed form, and limits that runs confirm."""

from __future__ import annotations

from typing import Any

import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, uA

VAN_DER_POL = "dx/dt = y/ms : 1\ndy/dt = (50*(1 - x**2)*y - x)/ms : 1"
DRIVE = {"I": 10 * uA / cm**2}


def axon(method: str | None = None) -> hp.Model:
    return hp.compile("neurons.hodgkin_huxley_1952", method=method).HodgkinHuxley1952


def test_limits_of_two_decays_are_those_of_the_books() -> None:
    model = hp.compile("dx/dt = -x/ms : 1\ndy/dt = -y/(100*ms) : 1", method="euler")
    found = model.advise(0.1 * ms, x=1.0, y=1.0)
    assert found.fastest == pytest.approx(1e-3, rel=1e-4)
    assert found.slowest == pytest.approx(0.1, rel=1e-4)
    assert found.stiffness == pytest.approx(100, rel=1e-3)
    assert found.fast_state == "x"
    for method, limit in (("euler", 2.0), ("rk2", 2.0), ("rk4", 2.785)):
        assert found.longest_dt[method] == pytest.approx(limit * 1e-3, rel=0.015)
    assert found.longest_dt["exponential_euler"] == float("inf")
    assert "keep `euler`" in found.advice
    assert model.advise(1.9 * ms, x=1.0, y=1.0).advice.startswith("keep")
    assert model.advise(2.1 * ms, x=1.0, y=1.0).advice.startswith("take dt of at most 1.9")


def runs(method: str, dt: float) -> bool:
    cells = hp.Population(axon(method), 1, **DRIVE)
    try:
        hp.Network(cells, dt=dt).run(round(0.02 / dt) * dt)
    except hp.SimulationError:
        return False
    return True


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_the_axon_breaks_down_where_it_is_said(method: str) -> None:
    limit = axon(method).advise(0.01 * ms, **DRIVE).longest_dt[method]
    assert runs(method, 0.95 * limit)
    assert not runs(method, 1.35 * limit)


def test_the_default_is_kept_where_an_explicit_method_is_not() -> None:
    assert "keep `staggered`: stable, and" in axon().advise(0.01 * ms, **DRIVE).advice
    assert "below 0.01" in axon().advise(0.1 * ms, **DRIVE).advice
    advice = axon("euler").advise(0.1 * ms, **DRIVE).advice
    assert advice.startswith("take dt")
    assert "staggered" in advice


def test_a_stiff_system_is_sent_to_an_implicit_method() -> None:
    found = hp.compile(VAN_DER_POL).advise(0.5 * ms, duration=300 * ms, x=2.0)
    assert found.methods == {"x": "rk4", "y": "rk4"}
    assert found.stiffness > 1000
    assert "backward_euler" in found.advice
    kept = hp.compile(VAN_DER_POL, method="backward_euler").advise(0.5 * ms, x=2.0)
    assert kept.advice.startswith("keep `backward_euler`")
    assert "stable up to: " in str(found)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("dx/dt = -x/ms + xi/ms**0.5 : 1", "noise"),
        ("x : 1", "no differential equations"),
        ("dx/dt = 1/ms : 1", "nothing decays"),
    ],
)
def test_models_on_which_there_is_nothing_to_say(model: str, message: str) -> None:
    with pytest.raises(hp.SimulationError, match=message):
        hp.compile(model).advise()


def test_linear_systems_stay_exact(capsys: Any) -> None:
    found = hp.compile("dx/dt = -x/ms : 1").advise(5 * ms, x=1.0)
    print(found)
    assert "keep `exact`" in capsys.readouterr().out
