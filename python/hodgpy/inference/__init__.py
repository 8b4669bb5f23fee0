# SPDX-License-Identifier: MIT
"""The way back: from fluorescence to connections, scored over the test set.

>>> problem = hp.inference.record(hp.testset.network("lattice-2d-30-high"))
>>> estimate = hp.inference.cross_correlation(problem.recording)
>>> hp.inference.score(estimate, problem.truth).average_precision
>>> print(hp.inference.leaderboard(sizes=[30]))
"""

from hodgpy.inference.deconvolution import Activity, deconvolve
from hodgpy.inference.estimators import (
    BASELINES,
    cross_correlation,
    point_process_glm,
    vector_autoregression,
)
from hodgpy.inference.leaderboard import Leaderboard, Row, leaderboard
from hodgpy.inference.protocol import TRACKS, Problem, record
from hodgpy.inference.recording import Estimate, Estimator, Recording, run
from hodgpy.inference.scores import Score, precision_recall, roc, score

__all__ = [
    "BASELINES",
    "TRACKS",
    "Activity",
    "Estimate",
    "Estimator",
    "Leaderboard",
    "Problem",
    "Recording",
    "Row",
    "Score",
    "cross_correlation",
    "deconvolve",
    "leaderboard",
    "point_process_glm",
    "precision_recall",
    "record",
    "roc",
    "run",
    "score",
    "vector_autoregression",
]
