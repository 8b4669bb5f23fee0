# SPDX-License-Identifier: MIT
"""Positions of cells: placed at random with a minimum distance, or given."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.geometry.box import Box
from hodgpy.geometry.draws import Draws
from hodgpy.optional import library

AXES = ("x", "y", "z")
_TRIES_PER_CELL = 500
_LARGEST_BATCH = 2**16
_MOST_CELLS = 10**7
# Densest packings of equal discs and spheres (and intervals): what no placement can exceed.
_DENSEST = {1: 1.0, 2: math.pi / math.sqrt(12), 3: math.pi / math.sqrt(18)}
_UNIT_BALL = {1: 2.0, 2: math.pi, 3: 4 * math.pi / 3}


class Positions:
    """Positions of cells in a box, numbered from its centre outward.

    Made by :func:`place`, or from given positions: ``Positions(positions, box)``. Give them to a
    population: ``P.place(positions)``.

    Parameters
    ----------
    positions : Quantity or array, shape (N, axes)
        In metres, if it has no unit. The order is kept.
    box : Box, optional
        Default the smallest box with a corner at 0 that holds them.

    Raises
    ------
    SimulationError
        HH6080 for positions outside the box, two cells at one place, and no finite numbers.
    """

    def __init__(
        self, positions: Any, box: Box | None = None, *, _grid: np.ndarray | None = None
    ) -> None:
        found = np.array(units.to_si(positions, units.METRE, "positions", "um"), dtype=float)
        if found.ndim != 2 or not 1 <= found.shape[1] <= len(AXES) or len(found) == 0:
            refuse("HH6080", f"positions have shape {found.shape}; it must be (cells, axes)")
        if not np.all(np.isfinite(found)):
            refuse("HH6080", f"the position of cell {_first(~np.isfinite(found))} is not finite")
        if box is None:
            box = Box([side or 1e-6 for side in found.max(axis=0)])
        if box.axes != found.shape[1]:
            refuse("HH6080", f"positions have {found.shape[1]} coordinates, but {box} {box.axes}")
        outside = (found < 0) | (found > box.sides)
        if np.any(outside):
            cell = _first(outside)
            refuse("HH6080", f"cell {cell} at {_shown(found[cell])} lies outside {box}")
        _, first, inverse = np.unique(found, axis=0, return_index=True, return_inverse=True)
        earlier = first[np.ravel(inverse)]
        if np.any(earlier != np.arange(len(found))):
            cell = int(np.flatnonzero(earlier != np.arange(len(found)))[0])
            refuse(
                "HH6080", f"cells {earlier[cell]} and {cell} are both at {_shown(found[cell])}",
                "every cell has a place of its own",
            )  # fmt: skip
        found.setflags(write=False)
        self.positions = found
        self.box = box
        self._grid = _grid

    @property
    def N(self) -> int:
        """Number of cells."""
        return len(self.positions)

    def __len__(self) -> int:
        return self.N

    @property
    def comparable(self) -> np.ndarray:
        """Coordinates by which distances are compared: whole numbers where cells were placed.

        Then squared distances are exact, and ties are the same on every machine.
        """
        return self.positions if self._grid is None else self._grid

    @property
    def is_on_grid(self) -> bool:
        """Whether the cells were placed, on the grid of the box, and not given."""
        return self._grid is not None

    def coordinate(self, axis: str) -> np.ndarray | None:
        """Coordinates along ``"x"``, ``"y"`` or ``"z"`` in metres; None beyond the dimension."""
        number = AXES.index(axis)
        return self.positions[:, number] if number < self.box.axes else None

    def distances(self, i: Any, j: Any) -> np.ndarray:
        """Euclidean distances in metres between cells i and j, shape as these."""
        apart = self.positions[np.asarray(i)] - self.positions[np.asarray(j)]
        return np.asarray(np.sqrt(np.sum(apart**2, axis=-1)))

    def neighbours(self, k: int) -> np.ndarray:
        """The k nearest cells of each, nearest first, ties by index; shape (N, k).

        Raises
        ------
        SimulationError
            HH6082 for more neighbours than there are other cells; HH6085 without scipy.
        """
        if arguments.whole(k, "k", 0, _MOST_CELLS) >= self.N:
            refuse(
                "HH6082", f"{k} nearest neighbours were asked for, but a cell has {self.N - 1}",
                "k is below the number of cells",
            )  # fmt: skip
        if k == 0:
            return np.empty((self.N, 0), dtype=np.int64)
        here = self.comparable
        tree = library("scipy.spatial", "geometric", "nearest neighbours").cKDTree(here)
        found = np.empty((self.N, k), dtype=np.int64)
        left = np.arange(self.N)
        reach = min(self.N, k + 3)  # itself, the k, and two more: to see whether the last is tied
        while len(left):
            near = np.atleast_2d(tree.query(here[left], reach)[1])
            squared = np.sum((here[near] - here[left, None, :]) ** 2, axis=-1)
            squared[near == left[:, None]] = -1
            order = np.lexsort((near, squared), axis=-1)[:, : k + 1]
            chosen = np.take_along_axis(near, order, axis=-1)
            ranked = np.take_along_axis(squared, order, axis=-1)
            sure = (ranked[:, k] < squared.max(axis=-1)) | (reach == self.N)
            found[left[sure]] = chosen[sure, 1:]
            left = left[~sure]
            reach = min(self.N, 2 * reach)
        return found

    def closest(self) -> float:
        """Smallest distance between two cells, in metres."""
        if self.N == 1:
            return math.inf
        nearest = self.neighbours(1)[:, 0]
        return float(self.distances(np.arange(self.N), nearest).min())

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """The cells in the plane or in space, coloured by number; returns the matplotlib axes."""
        from hodgpy.geometry.plots import plot_positions

        return plot_positions(self, ax, **style)

    def __repr__(self) -> str:
        return f"<Positions of {self.N} cells in {self.box}>"


def place(
    N: int,
    box: Box,
    *,
    factor: float = 0.6,
    min_distance: Any = None,
    seed: int = 0,
) -> Positions:
    """Place cells at random in a box, each at least a minimum distance from every other.

    Candidates are drawn one after the other, and one that is too near to an earlier cell is
    dropped, as in Buibas & Silva 2011 (doi:10.1162/NECO_a_00065, section 3.5), but for no more than
    500 candidates a cell. Then the cells are numbered from the centre of the box outward, so that
    the first k are a window inside a larger network. The same on every machine.

    Parameters
    ----------
    N : int
        Number of cells.
    box : Box
    factor : float
        Of ``L*N**(-1/D)``, the spacing of a cubic lattice; see :meth:`Box.spacing`.
    min_distance : Quantity, optional
        Instead of ``factor``.
    seed : int

    Returns
    -------
    Positions

    Raises
    ------
    SimulationError
        HH6080 for a packing that is impossible, or that chance did not find: it says how many cells
        found a place. HH6085 without scipy.

    Examples
    --------
    >>> positions = hp.place(100, hp.Box(100*um), seed=1)
    """
    count = arguments.whole(N, "the number of cells", 1, _MOST_CELLS)
    if not isinstance(box, Box):
        refuse("HH6080", f"cells are placed in a box, not in {arguments.shown(box)}")
    if min_distance is None:
        apart = box.spacing(count, _factor(factor))
    else:
        apart = units.to_si(min_distance, units.METRE, "min_distance", "um")
        if not isinstance(apart, float) or not 0 <= apart < math.inf:
            refuse("HH6080", f"min_distance is {arguments.shown(min_distance)}; it is a length")
    _check_density(count, box, apart)
    draws = Draws(arguments.whole(seed, "seed", 0, 2**64 - 1), "positions")
    # Never at one place, even where any distance is allowed.
    grid = _scattered(count, box, max(1, round((apart / box.step) ** 2)), draws)
    if len(grid) < count:
        refuse(
            "HH6080",
            f"{len(grid)} of {count} cells found a place in {box} at least {apart * 1e6:.4g} um "
            f"from each other, in {_TRIES_PER_CELL * count} tries",
            "a smaller factor or min_distance, fewer cells, or a larger box",
        )
    from_centre = np.sum((2 * grid - box.grid) ** 2, axis=1)
    grid = grid[np.argsort(from_centre, kind="stable")]
    return Positions(grid * box.step, box, _grid=grid)


def _scattered(count: int, box: Box, squared: int, draws: Draws) -> np.ndarray:
    """Points of the grid, in order of acceptance; fewer than ``count`` if the tries ran out."""
    tree_of = library("scipy.spatial", "geometric", "placements").cKDTree
    kept = np.empty((0, box.axes), dtype=np.int64)
    tries = _TRIES_PER_CELL * count
    radius = math.sqrt(squared)
    batch = max(64, 2 * count)
    while tries > 0 and len(kept) < count:
        batch = min(tries, batch)
        tries -= batch
        drawn = np.stack([draws.below(int(n), batch) for n in box.grid], axis=1)
        if len(kept):
            near = tree_of(kept).query(drawn, distance_upper_bound=radius + 1)[1]
            earlier = kept[np.minimum(near, len(kept) - 1)]
            too_near = np.sum((drawn - earlier) ** 2, axis=1) < squared
            drawn = drawn[~too_near]
        kept = np.concatenate([kept, drawn[_compatible(drawn, squared, radius, tree_of)]])
        batch = min(2 * batch, max(_LARGEST_BATCH, 2 * count))
    return kept[:count]


def _compatible(drawn: np.ndarray, squared: int, radius: float, tree_of: Any) -> np.ndarray:
    """Which candidates stay, if each is dropped that is too near to an earlier one that stays."""
    stays = np.ones(len(drawn), dtype=bool)
    if len(drawn) < 2:
        return stays
    pairs = tree_of(drawn).query_pairs(radius + 1, output_type="ndarray")
    apart = np.sum((drawn[pairs[:, 0]] - drawn[pairs[:, 1]]) ** 2, axis=1)
    pairs = np.sort(pairs[apart < squared], axis=1)
    for first, second in pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))].tolist():
        if stays[first]:
            stays[second] = False
    return stays


def _check_density(count: int, box: Box, apart: float) -> None:
    """Refuses what not even the densest packing holds; the balls may reach over the walls."""
    volume = float(np.prod(box.sides + apart))
    balls = count * _UNIT_BALL[box.axes] * (apart / 2) ** box.axes
    if balls > _DENSEST[box.axes] * volume:
        refuse(
            "HH6080",
            f"{count} cells cannot be {apart * 1e6:.4g} um apart in {box}: no packing is so dense",
            "a smaller factor or min_distance, fewer cells, or a larger box",
        )


def _factor(value: Any) -> float:
    if not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        refuse("HH6080", f"factor is {arguments.shown(value)}; it must be a positive number")
    return float(value)


def _first(wrong: np.ndarray) -> int:
    return int(np.flatnonzero(np.any(wrong, axis=1))[0])


def _shown(position: np.ndarray) -> str:
    return "(" + ", ".join(f"{p * 1e6:g}" for p in position) + ") um"
