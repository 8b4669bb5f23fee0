# SPDX-License-Identifier: MIT
"""Random models give the same numbers in every way of running them; the seed says which did not.

`python tests/tools/compare_random_models.py 10000` runs more of them.
"""

from __future__ import annotations

import os
import re

import numpy as np
import pytest

import hodgpy as hp
from compare_random_models import BACKENDS, NATIVE, REWRITINGS, Batch, compile_all, differences, run
from random_models import RandomModel, generate

COUNT = int(os.environ.get("HODGPY_RANDOM_MODELS", "300"))
BATCHES = 10

pytestmark = pytest.mark.filterwarnings("ignore::hodgpy.ModelWarning")


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_way_gives_the_same_numbers(batch: int) -> None:
    size = COUNT // BATCHES
    models = Batch(range(batch * size, (batch + 1) * size))
    models.all(["native", *list(BACKENDS)[1 + batch % 4 :: 4]])
    assert models.wrong == []
    assert models.runs > size * (3 + len(REWRITINGS))


def test_the_generator_covers_the_language() -> None:
    models = [generate(seed) for seed in range(300)]
    text = "\n".join(m.equations for m in models)
    words = ("where", "exprel", "xi", "%", "floor", "unless", "mV", "(t/(")
    assert all(word in text for word in words)
    assert {m.method for m in models} >= {None, "euler", "rk2", "rk4", "heun"}
    assert sum(m.threshold is not None for m in models) > 100
    assert sum(m.is_continuous and not m.is_random for m in models) > 30
    assert len({m.equations for m in models}) == 300


def relaxing(equation: str) -> RandomModel:
    return RandomModel(3, equation, None, None, None, "euler", ("x0",), False)


def test_a_difference_would_be_seen() -> None:
    """The comparison can fail: another model is not the same."""
    models = [relaxing(f"dx0/dt = ({goal} - x0)/(3*ms) : 1") for goal in ("0.5", "0.5000001")]
    one, other = (run(compile_all([model], NATIVE)[0]) for model in models)
    assert differences(one, other) == ["x0"]


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_rewriting_is_another_text(name: str) -> None:
    """And one that is wrong would be seen."""
    model = generate(next(s for s in range(99) if " t/" in (t := generate(s).text.replace("(", " "))
                          and "mV" in t and not generate(s).refractory))  # fmt: skip
    assert REWRITINGS[name].rewrite(model).text != model.text


def test_what_jumps_is_not_called_continuous() -> None:
    for seed in range(100):
        model = generate(seed)
        jumps = re.search(r"where|int\(|floor|%|sign|threshold|>", model.text)
        assert model.is_continuous == (jumps is None and model.threshold is None)


def test_steps_that_do_not_converge_are_seen() -> None:
    model = relaxing("dx0/dt = (0.5 - x0 + 0.001*ms/dt)/(3*ms) : 1")
    batch = Batch(range(1))
    batch.models, batch.native = [model], compile_all([model], NATIVE)
    batch.wrong = []
    batch.halved_steps()
    assert batch.wrong == ["seed 3: halved steps: x0"]
    assert np.isfinite(hp.Population(batch.native[0].compiled, 1).get("x0"))
