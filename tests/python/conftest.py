# SPDX-License-Identifier: MIT
"""A small population that tests of networks share."""

from __future__ import annotations

import pytest

import hodgpy as hp


@pytest.fixture(scope="session")
def model() -> hp.Model:
    """Leaky cells with a place, which fire above 1."""
    equations = "dv/dt = (I - v)/(10*ms) : 1\nI : 1\nx : meter\ny : meter"
    return hp.compile(equations, threshold="v > 1", reset="v = 0", name="Cell")


@pytest.fixture
def cells(model: hp.Model) -> hp.Population:
    """Twenty of them on a line, of which most fire."""
    made = hp.Population(model, 20, name="cells")
    made.x = "i*10*um"
    made.I = "0.6 + 0.1*i"
    return made
