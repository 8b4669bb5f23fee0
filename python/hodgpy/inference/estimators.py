# SPDX-License-Identifier: MIT
"""Well-known estimators of functional connections, on well-kept libraries.

Each is a function of a :class:`Recording`; a new one is written the same way and needs no
registration:

>>> def mine(recording):
...     F = recording.fluorescence
...     return np.corrcoef(F)
>>> hp.inference.leaderboard([mine, hp.inference.cross_correlation], sizes=[30])
"""

from __future__ import annotations

import math

import numpy as np

from hodgpy.coded import refuse
from hodgpy.inference.deconvolution import deconvolve
from hodgpy.inference.recording import Estimate, Recording
from hodgpy.optional import library

_LONGEST_DELAY = 0.06  # between a spike and what it brings about, seconds
_VAR_PARAMETERS = 0.5  # of the frames: a regression with more coefficients fits noise


def cross_correlation(recording: Recording) -> Estimate:
    """The largest correlation of a cell's activity with another's in the same or later frames.

    Activity is deconvolved fluorescence (:func:`deconvolve`); lags go up to 60 ms.
    """
    activity = deconvolve(recording.fluorescence)
    Z = _standard(activity.innovations)
    frames = Z.shape[1]
    best = np.full((len(Z), len(Z)), -np.inf)
    for lag in range(_lags(recording, frames) + 1):
        best = np.maximum(best, Z[:, : frames - lag] @ Z[:, lag:].T / (frames - lag))
    return Estimate(best, {"tau_calcium": activity.tau(recording.rate)})


def vector_autoregression(recording: Recording) -> Estimate:
    """Coefficients of a vector autoregression of the activity (statsmodels), plus what is common.

    The largest standardised coefficient over lags up to 60 ms, and, for what arrives within a
    frame, the partial correlation of the residuals. There are fewer lags where a cell would have
    more than half as many coefficients as there are frames.

    Lütkepohl H (2005) New Introduction to Multiple Time Series Analysis, chapter 3.
    """
    models = library("statsmodels.tsa.api", "inference", "vector autoregressions")
    activity = deconvolve(recording.fluorescence)
    Z = _standard(activity.innovations)
    N, frames = Z.shape
    if _VAR_PARAMETERS * frames < N + 1:
        refuse("HH6086", f"{frames} frames are too few for an autoregression of {N} cells")
    lags = max(1, min(_lags(recording, frames), int(_VAR_PARAMETERS * frames / N)))
    fitted = models.VAR(Z.T).fit(lags, trend="c")
    later = fitted.coefs.max(axis=0).T  # coefs are (lags, targets, sources)
    precision = np.linalg.pinv(np.atleast_2d(np.cov(fitted.resid.T)))
    scale = np.sqrt(np.diag(precision))
    at_once = -precision / np.outer(scale, scale)
    return Estimate(np.maximum(later, at_once), {"tau_calcium": activity.tau(recording.rate)})


def point_process_glm(recording: Recording) -> Estimate:
    """A Poisson regression of each cell's events on what the others did (scikit-learn).

    Events are rectified deconvolved activity. Each of the other cells has two coefficients, for its
    activity in the same frame and for the mean of those up to 60 ms before; the score is the larger
    one. Ridge penalty 1e-3.

    Paninski L (2004) Network 15:243-262, doi:10.1088/0954-898X_15_4_002; Pillow JW et al. (2008)
    Nature 454:995-999, doi:10.1038/nature07140.
    """
    linear = library("sklearn.linear_model", "inference", "point-process models")
    activity = deconvolve(recording.fluorescence)
    events = activity.events(0.0)
    N, frames = events.shape
    lags = _lags(recording, frames)
    windows = np.lib.stride_tricks.sliding_window_view(events, lags + 1, axis=1)
    now, before = windows[:, :, -1], windows[:, :, :-1].mean(axis=2)
    drive = np.stack([_standard(now).T, _standard(before).T], axis=2)  # (frames, cells, 2)
    found = np.zeros((N, N))
    model = linear.PoissonRegressor(alpha=1e-3, max_iter=20, tol=1e-3, solver="newton-cholesky")
    for target in range(N):
        if not np.any(now[target] > 0):
            continue
        others = np.delete(np.arange(N), target)
        model.fit(drive[:, others].reshape(len(drive), -1), now[target] / now[target].mean())
        found[others, target] = model.coef_.reshape(-1, 2).max(axis=1)
    return Estimate(found, {"tau_calcium": activity.tau(recording.rate)})


BASELINES = (cross_correlation, vector_autoregression, point_process_glm)


def _lags(recording: Recording, frames: int) -> int:
    lags = max(1, math.ceil(_LONGEST_DELAY * recording.rate - 1e-9))
    if frames <= 2 * lags + 2:
        refuse("HH6086", f"{recording.frames} frames are too few to look {lags} frames back")
    return lags


def _standard(values: np.ndarray) -> np.ndarray:
    """Mean 0 and variance 1 over time; a cell that never changes is 0."""
    centred = values - values.mean(axis=1, keepdims=True)
    sd = centred.std(axis=1, keepdims=True)
    return np.asarray(centred / np.where(sd > 0, sd, 1.0))
