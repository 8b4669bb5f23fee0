# SPDX-License-Identifier: MIT
"""The space in which cells are placed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import refuse

GRID = 2**20  # steps along the longest side: with whole numbers, distances compare exactly
_AXES = 3


class Box:
    """A square, a cube, or any box in two or three dimensions; its corner is the origin.

    Parameters
    ----------
    sides : Quantity or list of them
        One length and ``dimension``, or one length for each axis: ``Box([200, 100]*um)``.
    dimension : float
        Of a square (2) or cube (3). A fractional one (2.5) lies in the next larger number of axes
        and counts where the minimum distance is chosen: tissue neither flat nor space-filling.

    Raises
    ------
    SimulationError
        HH6080 for sides that are not positive, and dimensions that are not within 1 and 3.

    Examples
    --------
    >>> cube = hp.Box(100*um)
    >>> slab = hp.Box([200, 200, 40]*um)
    """

    def __init__(self, sides: Any, dimension: float | None = None) -> None:
        lengths = np.asarray(
            units.to_si(sides, units.METRE, "the sides of a box", "um"), dtype=float
        )
        if lengths.ndim == 0:
            self.dimension = 3.0 if dimension is None else _dimension(dimension)
            lengths = np.repeat(lengths, math.ceil(self.dimension))
        else:
            if lengths.ndim != 1 or not 1 <= len(lengths) <= _AXES:
                refuse("HH6080", f"a box has one side for each of 1 to 3 axes, not {lengths.shape}")
            self.dimension = float(len(lengths)) if dimension is None else _dimension(dimension)
            if math.ceil(self.dimension) != len(lengths):
                refuse("HH6080", f"{len(lengths)} sides do not make dimension {self.dimension:g}")
        if not np.all(np.isfinite(lengths) & (lengths > 0)):
            refuse("HH6080", f"the sides of a box are positive, not {lengths.tolist()} m")
        lengths.setflags(write=False)
        self.sides = lengths

    @property
    def axes(self) -> int:
        """Number of coordinates."""
        return len(self.sides)

    @property
    def step(self) -> float:
        """Distance between neighbouring points of the grid on which cells are placed, in metres."""
        return float(self.sides.max()) / GRID

    @property
    def grid(self) -> np.ndarray:
        """Points of that grid along each axis, shape (axes,)."""
        return np.maximum(1, np.floor(self.sides / self.step)).astype(np.int64)

    def spacing(self, N: int, factor: float = 0.6) -> float:
        """Minimum distance ``factor*L*N**(-1/D)`` between N cells, in metres.

        L is the side of the cube of the same volume. At factor 1 the cells would have to stand in a
        cubic lattice (Buibas & Silva 2011, doi:10.1162/NECO_a_00065, section 3.5).
        """
        side = float(np.prod(self.sides)) ** (1 / self.axes)
        return float(factor * side * float(N) ** (-1 / self.dimension))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Box):
            return False
        return self.dimension == other.dimension and np.array_equal(self.sides, other.sides)

    def __hash__(self) -> int:
        return hash((tuple(self.sides), self.dimension))

    def __repr__(self) -> str:
        sides = " x ".join(f"{side * 1e6:g}" for side in self.sides)
        fractional = "" if self.dimension == self.axes else f", dimension {self.dimension:g}"
        return f"<Box {sides} um{fractional}>"


def _dimension(value: Any) -> float:
    if not isinstance(value, (int, float)) or not 1 <= value <= _AXES:
        refuse("HH6080", f"dimension is {arguments.shown(value)}; it must be within 1 and 3")
    return float(value)
