# SPDX-License-Identifier: MIT
"""From fluorescence back to activity, frame by frame."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_MEDIAN_TO_SD = 0.6745  # of a normal distribution: median absolute deviation over sd


class Activity(NamedTuple):
    """Activity of every cell in every frame but the first, and the decay that explains the rest.

    ``innovations`` have shape (cells, frames - 1) and are in units of their noise; ``decay`` is the
    factor from frame to frame.
    """

    innovations: np.ndarray
    decay: float

    def tau(self, rate: float) -> float:
        """Time constant of the decay in seconds, at a frame rate in Hz."""
        return -1 / (rate * float(np.log(self.decay)))

    def events(self, threshold: float = 2.0) -> np.ndarray:
        """How far innovations exceed a threshold, else 0: rectified activity, same shape."""
        return np.maximum(self.innovations - threshold, 0.0)


def deconvolve(fluorescence: np.ndarray) -> Activity:
    """Innovations of a first-order autoregressive process of calcium.

    Calcium that decays by a factor g a frame is ``c[t] = g c[t-1] + s[t]`` (Vogelstein JT et al.
    2010, J Neurophysiol 104:3691-3704, doi:10.1152/jn.01073.2009). The noise of frames does not
    correlate, so that g is the ratio of the autocovariances at lags 2 and 1, here the median over
    cells; innovations are ``F[t] - g F[t-1]`` without their median.
    """
    X = fluorescence - fluorescence.mean(axis=1, keepdims=True)
    first = np.sum(X[:, 1:] * X[:, :-1], axis=1)
    second = np.sum(X[:, 2:] * X[:, :-2], axis=1)
    with np.errstate(all="ignore"):
        ratios = second / first
    usable = ratios[np.isfinite(ratios)]
    decay = float(np.clip(np.median(usable) if len(usable) else 0.5, 0.01, 0.999))
    moved = X[:, 1:] - decay * X[:, :-1]
    moved -= np.median(moved, axis=1, keepdims=True)
    sd = np.median(np.abs(moved), axis=1, keepdims=True) / _MEDIAN_TO_SD
    return Activity(moved / np.where(sd > 0, sd, 1.0), decay)
