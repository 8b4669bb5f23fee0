# SPDX-License-Identifier: MIT
"""Random models give the same bits in every way of running them; the seed says which did not.

`python tests/tools/random_models.py 10000` runs more of them, in all ways each.
"""

from __future__ import annotations

import os

import pytest

import hodgpy as hp
from random_models import WAYS, check, generate

COUNT = int(os.environ.get("HODGPY_RANDOM_MODELS", "300"))
BATCHES = 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_way_gives_the_same_bits(batch: int) -> None:
    wrong = []
    for seed in range(batch, COUNT, BATCHES):
        wrong += check(seed, (WAYS[seed // BATCHES % len(WAYS)],))
    assert wrong == []


def test_the_generator_covers_the_language() -> None:
    models = [generate(seed) for seed in range(300)]
    text = "\n".join(m.equations for m in models)
    assert all(word in text for word in ("where", "exprel", "xi", "%", "floor", "unless", "mV"))
    assert {m.method for m in models} >= {None, "euler", "rk2", "rk4", "heun"}
    assert sum(m.threshold is not None for m in models) > 100
    assert len({m.equations for m in models}) == 300


def test_a_difference_would_be_seen() -> None:
    """The comparison can fail: another model is not the same."""
    import random_models

    one, other = generate(3), generate(3)._replace(equations="dx0/dt = (0.5 - x0)/(3*ms) : 1",
                                                   threshold=None, reset=None, refractory=None,
                                                   states=("x0",), method="euler")  # fmt: skip
    found = random_models.run(other, other.compiled())
    changed = other._replace(equations="dx0/dt = (0.5000001 - x0)/(3*ms) : 1")
    assert random_models.differences(random_models.run(changed, changed.compiled()), found)
    assert isinstance(one.compiled(), hp.Model)
