# SPDX-License-Identifier: MIT
"""Classes of connectivity between cells in space: lattice, small world, scale-free, random.

Buibas M, Silva GA (2011) A framework for simulating and estimating the state and functional
topology of complex dynamic geometric networks. Neural Comput 23:183-214,
doi:10.1162/NECO_a_00065, section 3.5. Same seed, same graph, on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy import arguments
from hodgpy.coded import refuse
from hodgpy.geometry.draws import Draws
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.geometry.positions import Positions

_TINY = 1e-300


def lattice(positions: Positions, k: int = 8, *, name: str = "") -> GeometricGraph:
    """Each cell receives from its k nearest, ties by index.

    Raises
    ------
    SimulationError
        HH6082 for more neighbours than there are other cells.
    """
    sources = positions.neighbours(k)
    targets = np.repeat(np.arange(positions.N), k)
    about = {"class": "lattice", "k": k}
    return GeometricGraph(positions, sources.ravel(), targets, name=name, about=about)


def small_world(
    positions: Positions, k: int = 8, p: float = 0.05, *, seed: int = 0, name: str = ""
) -> GeometricGraph:
    """A lattice in which the source of a share p of the edges is drawn anew.

    Watts DJ, Strogatz SH (1998) Nature 393:440-442, doi:10.1038/30918, on a geometric lattice.

    Parameters
    ----------
    positions : Positions
    k : int
        Neighbours that each cell receives from before.
    p : float
        Exactly ``round(p*edges)`` edges get another source, any cell that the target does not
        receive from yet.
    seed : int
    name : str

    Raises
    ------
    SimulationError
        HH6082 for a p outside 0 to 1, and where all cells are connected already.
    """
    sources = positions.neighbours(k)
    N, share = positions.N, _share(p, "p")
    draws = Draws(_seed(seed), "small world")
    redrawn = draws.distinct(sources.size, round(share * sources.size))
    free = N - 1 - k
    if len(redrawn) and free == 0:
        refuse("HH6082", f"with k = {k} of {N} cells no other source is left", "a smaller k")
    choices = draws.below(free, len(redrawn)) if len(redrawn) else redrawn
    for edge, choice in zip(redrawn.tolist(), choices.tolist(), strict=True):
        j, place = divmod(edge, k)
        taken = np.zeros(N, dtype=bool)
        taken[sources[j]] = True
        taken[j] = True
        sources[j, place] = np.flatnonzero(~taken)[choice]
    targets = np.repeat(np.arange(N), k)
    about = {"class": "small world", "k": k, "p": share, "seed": seed}
    return GeometricGraph(positions, sources.ravel(), targets, name=name, about=about)


def random(
    positions: Positions, p: float = 0.1, *, seed: int = 0, name: str = ""
) -> GeometricGraph:
    """Exactly ``round(p*N*(N - 1))`` edges among all ordered pairs, all sets alike.

    Erdos P, Renyi A (1959) Publ Math Debrecen 6:290-297, directed.

    Raises
    ------
    SimulationError
        HH6082 for a p outside 0 to 1.
    """
    N, share = positions.N, _share(p, "p")
    draws = Draws(_seed(seed), "random")
    chosen = draws.distinct(N * (N - 1), round(share * N * (N - 1))) if N > 1 else np.arange(0)
    sources, others = chosen // max(1, N - 1), chosen % max(1, N - 1)
    targets = others + (others >= sources)
    about = {"class": "random", "p": share, "seed": seed}
    return GeometricGraph(positions, sources, targets, name=name, about=about)


def scale_free(
    positions: Positions, *, reciprocal: bool = True, seed: int = 0, name: str = ""
) -> GeometricGraph:
    """A random Apollonian network over the cells: a power law of degrees that follows from space.

    Space is one triangle (tetrahedron) to begin with, whose corners lie outside the box. Cells come
    in a random order; each is connected with those corners of the triangle around it that are
    cells, and divides it into three (four). So early cells stay corners of ever more triangles and
    become hubs with long edges, as the discs of an Apollonian packing are for their neighbours.

    Andrade JS et al. (2005) Apollonian networks. Phys Rev Lett 94:018702,
    doi:10.1103/PhysRevLett.94.018702; Zhou T, Yan G, Wang BH (2005) Phys Rev E 71:046141,
    doi:10.1103/PhysRevE.71.046141. Those choose triangles, here the positions do.

    Parameters
    ----------
    positions : Positions
        In two or three dimensions.
    reciprocal : bool
        Both directions of each edge; else one of them, at random.
    seed : int
    name : str

    Notes
    -----
    Edges per cell approach 3 in the plane and 4 in space, and twice that if reciprocal; they are
    fewer in small networks, whose first cells have corners outside. The density of degrees falls
    with an exponent of 2.7 in the plane and 2.5 in space (maximum likelihood over degrees from 8,
    20 000 cells); the Apollonian packing has 2.585.

    Raises
    ------
    SimulationError
        HH6082 in one dimension, or with fewer than two cells.
    """
    axes, N = positions.box.axes, positions.N
    if axes < 2 or N < 2:
        refuse("HH6082", f"{N} cells in {positions.box}: Apollonian networks need a plane or space")
    draws = Draws(_seed(seed), "scale-free")
    later, earlier = _apollonian_edges(positions, draws.order(N))
    if reciprocal:
        sources, targets = np.r_[later, earlier], np.r_[earlier, later]
    else:
        outward = draws.below(2, len(later)) == 1
        sources, targets = np.where(outward, earlier, later), np.where(outward, later, earlier)
    about = {"class": "scale-free", "reciprocal": bool(reciprocal), "seed": seed}
    return GeometricGraph(positions, sources, targets, name=name, about=about)


def _apollonian_edges(positions: Positions, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a cell and an earlier one that is a corner of the simplex around it."""
    axes = positions.box.axes
    scaled = positions.positions[order] / (positions.box.sides * axes)
    # The simplex with a corner at 0 and the others at axes*side on each axis holds the box.
    corner = 1.0 - scaled[:, 0]
    for axis in range(1, axes):
        corner = corner - scaled[:, axis]
    barycentric = np.maximum(np.column_stack([scaled, corner]), _TINY)
    left = [(np.arange(len(order)), barycentric, (-1,) * (axes + 1))]
    pairs: list[tuple[int, int]] = []
    while left:
        cells, shares, corners = left.pop()
        here = int(cells[0])
        pairs.extend((here, c) for c in corners if c >= 0)
        cells, own, shares = cells[1:], shares[0], shares[1:]
        if len(cells) == 0:
            continue
        # A point lies opposite to the corner whose share of it, by that of the new cell, is least.
        ratios = shares / own
        opposite = np.argmin(ratios, axis=1)
        least = ratios[np.arange(len(cells)), opposite]
        inside = np.maximum(shares - least[:, None] * own, _TINY)
        inside[np.arange(len(cells)), opposite] = least
        for m in range(axes + 1):
            chosen = opposite == m
            if np.any(chosen):
                replaced = (*corners[:m], here, *corners[m + 1 :])
                left.append((cells[chosen], inside[chosen], replaced))
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    found = found[np.lexsort((found[:, 1], found[:, 0]))]
    return order[found[:, 0]], order[found[:, 1]]


def _share(value: Any, what: str) -> float:
    if not isinstance(value, (int, float)) or not 0 <= value <= 1:
        refuse("HH6082", f"{what} is {arguments.shown(value)}; it must be within 0 and 1")
    return float(value)


def _seed(value: Any) -> int:
    return arguments.whole(value, "seed", 0, 2**64 - 1)
