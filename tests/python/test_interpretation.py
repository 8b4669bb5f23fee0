# SPDX-License-Identifier: MIT
"""Noise that a state multiplies, in the sense of Stratonovich and of Ito."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import second

# dx = mu x dt + sigma x dW: the mean at t = 1 s is exp(mu + sigma**2/2), or exp(mu) with Ito.
MU, SIGMA = 0.1, 0.5
EQUATION = "dx/dt = (0.1/second)*x + 0.5*second**-0.5*x*xi : 1"
NEURON = f"""
neuron Growth {{
    method auto(interpretation = ito)
    {EQUATION}
    init x = 1
}}
"""
# 20 000 paths with a standard deviation of x of about 0.7: the mean to 0.005.
PATHS, TOLERANCE = 20_000, 0.02


def mean_at_one_second(model: hp.Model) -> float:
    population = hp.Population(model, PATHS)
    population.x = 1
    hp.Network(population, dt=0.01 * second, seed=3).run(1 * second)
    return float(np.mean(population.x))


@pytest.mark.parametrize("method", [None, "heun", "milstein"])
def test_the_two_senses_have_their_means(method: str | None) -> None:
    plain = hp.compile(EQUATION, method=method)
    ito = hp.compile(EQUATION, method=method, interpretation="ito")
    assert mean_at_one_second(plain) == pytest.approx(np.exp(MU + SIGMA**2 / 2), abs=TOLERANCE)
    assert mean_at_one_second(ito) == pytest.approx(np.exp(MU), abs=TOLERANCE)


def test_a_file_says_it_and_the_caller_may_say_otherwise() -> None:
    asked = hp.compile(NEURON).Growth
    assert "in the sense of Ito" in asked.explain()
    assert mean_at_one_second(asked) == pytest.approx(np.exp(MU), abs=TOLERANCE)
    again = hp.compile(NEURON, interpretation="stratonovich").Growth
    assert "in the sense of Stratonovich" in again.explain()


def test_euler_is_refused_in_either_sense() -> None:
    for interpretation in ("ito", "stratonovich"):
        with pytest.raises(hp.ModelError, match="HH5005"):
            hp.compile(EQUATION, method="euler", interpretation=interpretation)


def test_additive_noise_is_the_same_in_both() -> None:
    equation = "dx/dt = -x/second + second**-0.5*xi : 1"
    ends = []
    for interpretation in ("ito", "stratonovich"):
        population = hp.Population(hp.compile(equation, interpretation=interpretation), 10)
        hp.Network(population, dt=0.01 * second, seed=1).run(1 * second)
        ends.append(population.x)
    assert np.array_equal(*ends)


def test_an_unknown_sense_is_refused() -> None:
    with pytest.raises(hp.ModelError, match="must be one of stratonovich, ito"):
        hp.compile(EQUATION, interpretation="marcus")
