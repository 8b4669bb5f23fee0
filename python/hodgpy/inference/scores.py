# SPDX-License-Identifier: MIT
"""How good estimated connections are: precision and recall, ROC (with scikit-learn)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hodgpy.coded import refuse
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.inference.recording import Estimate
from hodgpy.optional import library


class Score(NamedTuple):
    """Scores over all ordered pairs of different cells.

    ``average_precision`` is the area under the precision-recall curve as the sum of precisions
    weighted by steps of recall; ``chance`` is what random scores have: the density of the truth.
    ``roc_auc`` is 0.5 for random scores. ``parameters`` are relative errors.
    """

    average_precision: float
    roc_auc: float
    chance: float
    parameters: dict[str, float]


def score(
    estimate: Estimate | np.ndarray,
    truth: GeometricGraph | np.ndarray,
    parameters: dict[str, float] | None = None,
) -> Score:
    """Compare an estimate with the connections there are.

    Parameters
    ----------
    estimate : Estimate or array, shape (sources, targets)
    truth : GeometricGraph or array of bool, shape (sources, targets)
    parameters : dict, optional
        True values of the parameters.

    Raises
    ------
    SimulationError
        HH6086 where shapes differ, and where all pairs or none are connected. HH6085 without
        scikit-learn.
    """
    found = estimate if isinstance(estimate, Estimate) else Estimate(np.asarray(estimate))
    values, labels = _pairs(found.connections, truth)
    metrics = library("sklearn.metrics", "inference", "scores")
    known = parameters or {}
    errors = {
        name: abs(value - known[name]) / abs(known[name])
        for name, value in found.parameters.items()
        if name in known
    }
    return Score(
        float(metrics.average_precision_score(labels, values)),
        float(metrics.roc_auc_score(labels, values)),
        float(labels.mean()),
        errors,
    )


def precision_recall(
    estimate: Estimate | np.ndarray, truth: GeometricGraph | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall as the threshold falls, each of shape (thresholds,); errors as score."""
    connections = estimate.connections if isinstance(estimate, Estimate) else estimate
    values, labels = _pairs(connections, truth)
    metrics = library("sklearn.metrics", "inference", "scores")
    precision, recall, _ = metrics.precision_recall_curve(labels, values)
    return precision[::-1], recall[::-1]


def roc(
    estimate: Estimate | np.ndarray, truth: GeometricGraph | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates, each of shape (thresholds,); errors as score."""
    connections = estimate.connections if isinstance(estimate, Estimate) else estimate
    values, labels = _pairs(connections, truth)
    metrics = library("sklearn.metrics", "inference", "scores")
    false, true, _ = metrics.roc_curve(labels, values)
    return false, true


def _pairs(connections: Any, truth: GeometricGraph | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores and truth of every ordered pair of different cells."""
    values = np.asarray(connections, dtype=float)
    matrix = truth.matrix() if isinstance(truth, GeometricGraph) else np.asarray(truth, dtype=bool)
    if values.shape != matrix.shape or matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        refuse("HH6086", f"scores of shape {values.shape} for a truth of shape {matrix.shape}")
    different = ~np.eye(len(matrix), dtype=bool)
    labels = matrix[different]
    if labels.all() or not labels.any():
        refuse("HH6086", "all pairs of the truth are connected, or none: there is nothing to find")
    if not np.all(np.isfinite(values[different])):
        refuse("HH6086", "an estimate has scores that are NaN or infinite")
    return values[different], labels
