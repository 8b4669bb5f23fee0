# SPDX-License-Identifier: MIT
"""What an estimator gets and gives: a recording without the truth, and scores of connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from hodgpy import arguments
from hodgpy.coded import refuse


@dataclass(frozen=True)
class Recording:
    """Fluorescence of some cells, and what the experimenter did to them.

    Parameters
    ----------
    fluorescence : array, shape (cells, frames)
    rate : float
        Frames per second.
    control : array, shape (cells, frames), optional
        Mean control input of each cell in each frame, in SI; zeros where there was none.
    positions : array, shape (cells, axes), optional
        In metres: an estimator may use them.
    name : str
    """

    fluorescence: np.ndarray
    rate: float
    control: np.ndarray | None = None
    positions: np.ndarray | None = None
    name: str = ""

    def __post_init__(self) -> None:
        F = np.asarray(self.fluorescence, dtype=float)
        if F.ndim != 2 or not np.all(np.isfinite(F)):
            refuse("HH6086", f"fluorescence has shape {F.shape}; finite (cells, frames) are needed")
        object.__setattr__(self, "fluorescence", F)

    @property
    def cells(self) -> int:
        """Number of cells that were seen."""
        return len(self.fluorescence)

    @property
    def frames(self) -> int:
        """Number of frames."""
        return int(self.fluorescence.shape[1])

    def window(self, k: int) -> Recording:
        """The first k cells alone, as a camera with a smaller field sees them."""
        parts = {
            name: None if value is None else value[:k]
            for name, value in (("control", self.control), ("positions", self.positions))
        }
        return Recording(self.fluorescence[:k], self.rate, name=self.name, **parts)


@dataclass(frozen=True)
class Estimate:
    """What an estimator found.

    Parameters
    ----------
    connections : array, shape (sources, targets)
        Larger where a connection is more likely, in any unit; the diagonal does not count.
    parameters : dict, optional
        Of the cells, in SI, where the algorithm estimates them: ``{"tau_calcium": 0.5}``. Those
        that the truth knows are scored.
    """

    connections: np.ndarray
    parameters: Mapping[str, float] = field(default_factory=dict)


Estimator: TypeAlias = Callable[[Recording], "Estimate | np.ndarray"]


def run(estimator: Estimator, recording: Recording) -> Estimate:
    """What an estimator makes of a recording, checked.

    Raises
    ------
    SimulationError
        HH6086 for scores of another shape, or that are not finite.
    """
    found: Any = arguments.action(estimator, "an estimator")(recording)
    estimate = found if isinstance(found, Estimate) else Estimate(found)
    scores = np.asarray(estimate.connections, dtype=float)
    N = recording.cells
    if scores.shape != (N, N):
        refuse(
            "HH6086", f"an estimate has shape {scores.shape} for {N} cells",
            f"scores have shape (sources, targets) = ({N}, {N})",
        )  # fmt: skip
    off_diagonal = ~np.eye(N, dtype=bool)
    if not np.all(np.isfinite(scores[off_diagonal])):
        refuse("HH6086", "an estimate has scores that are NaN or infinite")
    return Estimate(scores, dict(estimate.parameters))
