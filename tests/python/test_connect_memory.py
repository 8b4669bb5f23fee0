# SPDX-License-Identifier: MIT
"""Connecting takes what the synapses take, in Python nothing for each."""

from __future__ import annotations

import tracemalloc

import hodgpy as hp


def test_python_holds_nothing_for_each_synapse() -> None:
    P = hp.Population(hp.compile("g : 1"), 1000, name="cells")
    S, first = (hp.Synapses(P, P, "w : 1") for _ in range(2))
    first.connect(p=0.5, seed=1)  # imports what it needs
    tracemalloc.start()
    S.connect(p=0.5, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(S) > 400_000
    assert peak < 200_000
