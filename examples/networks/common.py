# SPDX-License-Identifier: MIT
"""What the published networks share: a wiring, a line of numbers, and a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

import hodgpy as hp
from hodgpy.units import second


def two_percent(
    P: hp.Population, on_pre: tuple[str, str], weights: tuple[Any, Any], seed: int
) -> list[hp.Synapses]:
    """Vogels & Abbott 2005: four of five neurons excite, and every pair is joined with 2 %.

    ``on_pre`` is what an excitatory and an inhibitory spike does with the weight ``w``; weights are
    those of 4000 neurons, and scaled to the same mean input.
    """
    first = P.N * 4 // 5
    made = []
    for k, source in enumerate((P[:first], P[first:])):
        S = hp.Synapses(
            source, P, on_pre=on_pre[k], namespace={"w": weights[k] * 4000 / P.N}, seed=seed + k
        )
        S.connect(p=0.02)
        made.append(S)
    return made


def rate_and_cv(spikes: hp.SpikeRecorder, start: float, end: float) -> tuple[float, float]:
    """Mean rate (Hz) and mean coefficient of variation of the intervals between two times (s)."""
    trains = [t[(t >= start) & (t < end)] for t in spikes.trains().values()]
    rate = sum(len(t) for t in trains) / len(trains) / (end - start)
    cv = hp.trains.cv([t for t in trains if len(t) > 2])
    return float(rate), float(np.mean(cv[np.isfinite(cv)])) if np.isfinite(cv).any() else np.nan


def show(
    network: hp.Network, spikes: hp.SpikeRecorder, seconds: float, picture: str, start: float = 0.2
) -> None:
    """Run, print rate and irregularity after ``start``, and save the raster."""
    network.run(seconds * second, report="text")
    rate, cv = rate_and_cv(spikes, start, seconds)
    print(f"{rate:.2f} Hz, CV {cv:.2f}")
    spikes.plot().figure.savefig(picture)
