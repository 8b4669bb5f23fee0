# SPDX-License-Identifier: MIT
"""The phase plane of a model of two states: nullclines, field, fixed points and their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hodgpy import arguments, plotting, units
from hodgpy.errors import SimulationError
from hodgpy.population import Population
from hodgpy.units import Quantity

if TYPE_CHECKING:
    from hodgpy.model import Model

_MOST_ITERATIONS = 30
_DIFFERENCE = 1e-6  # of the shown range, for derivatives


class FixedPoint(NamedTuple):
    """A state in which nothing changes: coordinates in SI, eigenvalues in 1/s, and its kind."""

    x: float
    y: float
    eigenvalues: np.ndarray
    kind: str

    @property
    def is_stable(self) -> bool:
        """Whether small deviations die away."""
        return bool(np.all(self.eigenvalues.real < 0))


class PhasePlane:
    """Rates of change over a plane of two states; made by :meth:`hodgpy.Model.phase_plane`.

    Attributes
    ----------
    x, y : array, shape (points,)
        Values of the two states in SI.
    dx, dy : array, shape (points, points)
        Their derivatives in SI; rows are ``y``.
    fixed_points : list of FixedPoint
        Within the ranges, from left to right.
    """

    def __init__(
        self, model: Model, names: tuple[str, str], ranges: Any, points: int, values: Any
    ) -> None:
        if sorted(model.states) != sorted(names):
            raise SimulationError(
                f"a phase plane is for models of two states; {model.name} has "
                f"{', '.join(model.states) or 'none'}"
            )
        count = arguments.whole(points, "points", 2, 2000)
        self._model, self._names, self._values = model, names, values
        self.x, self.y = (self._axis(n, r, count) for n, r in zip(names, ranges, strict=True))
        x, y = np.meshgrid(self.x, self.y)
        rates = self._rates(x.ravel(), y.ravel())
        self.dx, self.dy = (rate.reshape(x.shape) for rate in rates)
        self.fixed_points = self._find_fixed_points()

    def plot(self, ax: Any = None) -> Any:
        """Nullclines, direction of the field, and fixed points (filled if stable).

        Parameters
        ----------
        ax : matplotlib axes, optional

        Returns
        -------
        matplotlib axes
        """
        return plotting.phase_plane(self, ax)

    def __repr__(self) -> str:
        kinds = ", ".join(point.kind for point in self.fixed_points)
        return f"<PhasePlane of {self._model.name}: {len(self.fixed_points)} fixed points: {kinds}>"

    def _dimension(self, name: str) -> units.Exponents:
        return self._model._dimension_of(name)

    def _axis(self, name: str, limits: Any, count: int) -> np.ndarray:
        dimension = self._dimension(name)
        found = np.asarray(units.to_si(limits, dimension, f"the range of `{name}`"))
        if found.shape != (2,) or not found[0] < found[1]:
            raise SimulationError(
                f"the range of `{name}` is {arguments.shown(limits)}; it must be a lower and an "
                "upper end"
            )
        return np.linspace(found[0], found[1], count)

    def _rates(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cells = Population(self._model, len(x), **self._values)
        for name, values in zip(self._names, (x, y), strict=True):
            cells.set(name, values)
        found = (cells.get(f"d{name}/dt") for name in self._names)
        dx, dy = (np.broadcast_to(rate, x.shape) for rate in found)
        return dx, dy

    def _find_fixed_points(self) -> list[FixedPoint]:
        candidates = np.argwhere(_changes_sign(self.dx) & _changes_sign(self.dy))
        size = np.array([self.x[-1] - self.x[0], self.y[-1] - self.y[0]])
        low = np.array([self.x[0], self.y[0]])
        found: list[FixedPoint] = []
        for row, column in candidates:
            point, jacobian = self._newton(np.array([self.x[column], self.y[row]]), size)
            inside = point is not None and np.all(np.abs(point - low - size / 2) <= size / 2)
            if not inside or any(np.all(np.abs(point - [p.x, p.y]) < 1e-6 * size) for p in found):
                continue
            eigenvalues = np.linalg.eigvals(jacobian)
            found.append(
                FixedPoint(float(point[0]), float(point[1]), eigenvalues, _kind(eigenvalues))
            )
        return sorted(found, key=lambda p: p.x)

    def _newton(self, point: np.ndarray, size: np.ndarray) -> tuple[Any, np.ndarray]:
        """The zero of both derivatives near a point, and their derivatives there."""
        steps = _DIFFERENCE * size
        jacobian = np.eye(2)
        for _ in range(_MOST_ITERATIONS):
            x = point[0] + np.array([0, steps[0], -steps[0], 0, 0])
            y = point[1] + np.array([0, 0, 0, steps[1], -steps[1]])
            rates = np.array(self._rates(x, y))
            jacobian = (
                np.stack(
                    [
                        (rates[:, 1] - rates[:, 2]) / steps[0],
                        (rates[:, 3] - rates[:, 4]) / steps[1],
                    ],
                    axis=1,
                )
                / 2
            )
            try:
                move = np.linalg.solve(jacobian, -rates[:, 0])
            except np.linalg.LinAlgError:
                return None, jacobian
            if not np.all(np.abs(move) < size):
                return None, jacobian
            point = point + move
            if np.all(np.abs(move) < 1e-10 * size):
                return point, jacobian
        return None, jacobian

    def _shown(self, axis: int) -> tuple[np.ndarray, str, float]:
        """Values of an axis as people write them, its label, and that unit in SI."""
        name, values = self._names[axis], (self.x, self.y)[axis]
        unit, scale = Quantity(0.0, self._dimension(name)).display_unit()
        return values / scale, name if unit == "1" else f"{name} ({unit})", scale


def _changes_sign(field: np.ndarray) -> np.ndarray:
    """Squares of the grid at whose corners a field has both signs."""
    corners = np.stack([field[:-1, :-1], field[1:, :-1], field[:-1, 1:], field[1:, 1:]])
    return np.asarray((corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0))


def _kind(eigenvalues: np.ndarray) -> str:
    if np.all(np.abs(eigenvalues.imag) == 0) and eigenvalues.real.prod() < 0:
        return "saddle"
    shape = "focus" if np.any(eigenvalues.imag != 0) else "node"
    return f"{'stable' if np.all(eigenvalues.real < 0) else 'unstable'} {shape}"
