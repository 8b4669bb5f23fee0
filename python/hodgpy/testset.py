# SPDX-License-Identifier: MIT
"""The standard test set of 80 geometric networks for algorithms that estimate connections.

Sizes 10, 30, 100, 300 and 1000, in two and three dimensions, lattice, small world, scale-free and
random, each at a low and a high density of edges. Names, seeds and results are fixed: version 1 of
a network is the same bytes on every machine and for ever.

Buibas M, Silva GA (2011) A framework for simulating and estimating the state and functional
topology of complex dynamic geometric networks. Neural Comput 23:183-214,
doi:10.1162/NECO_a_00065, table 1. Their files are no longer to be had; these follow their text.

>>> graph = hp.testset.network("small_world-3d-100-high")
>>> hp.testset.write("networks")                     # all 80 as files
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from hodgpy import arguments
from hodgpy.coded import nearest, refuse
from hodgpy.geometry import connectivity
from hodgpy.geometry.box import Box
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.geometry.positions import Positions, place

VERSION = 1
SIZES = (10, 30, 100, 300, 1000)
DIMENSIONS = (2, 3)
CLASSES = ("lattice", "small_world", "scale_free", "random")
DENSITIES = ("low", "high")

SIDE = 100e-6  # of the square or cube, metres: the paper's 100 pixels
FACTOR = 0.6  # of the minimum distance


def names() -> list[str]:
    """Names of the 80 networks, ``class-dimension-size-density``: ``"lattice-2d-10-low"``."""
    return [
        f"{kind}-{dimension}d-{size}-{density}"
        for kind in CLASSES
        for dimension in DIMENSIONS
        for size in SIZES
        for density in DENSITIES
    ]


def network(name: str) -> GeometricGraph:
    """One network of the test set.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    GeometricGraph
        Cells numbered from the centre outward in a box of side 100 um. The two densities of a
        class, and all classes of a size and dimension, share their positions.

    Raises
    ------
    SimulationError
        HH6083 for another name.
    """
    known = names()
    if arguments.text(name, "name") not in known:
        refuse("HH6083", f"the test set has no network `{name}`", nearest(name, known))
    kind, flat, size, density = name.split("-")
    dimension, N, high = int(flat[0]), int(size), density == "high"
    positions = place(N, Box(SIDE, dimension), factor=FACTOR, seed=_seed(f"{dimension}d-{N}"))
    graph = _connected(kind, positions, high, _seed(name), name)
    graph.about |= {"test set": VERSION, "density": density, "factor": FACTOR}
    return graph


def networks() -> Iterator[GeometricGraph]:
    """All 80 networks, in the order of :func:`names`."""
    return (network(name) for name in names())


def write(folder: str | PathLike[str]) -> list[Path]:
    """Write all networks to files ``NAME.txt`` in a folder, which is made if it is not there.

    Returns
    -------
    list of Path
    """
    target = Path(arguments.path(folder, "folder"))
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for graph in networks():
        files.append(target / f"{graph.name}.txt")
        graph.save(files[-1])
    return files


def _connected(kind: str, positions: Positions, high: bool, seed: int, name: str) -> GeometricGraph:
    if kind == "lattice":
        return connectivity.lattice(positions, 8 if high else 3, name=name)
    if kind == "small_world":
        share = 0.15 if high else 0.05
        return connectivity.small_world(positions, 8, share, seed=seed, name=name)
    if kind == "scale_free":
        return connectivity.scale_free(positions, reciprocal=high, seed=seed, name=name)
    return connectivity.random(positions, 0.2 if high else 0.1, seed=seed, name=name)


def _seed(name: str) -> int:
    """The seed of a network: from its name and the version of the set."""
    digest = hashlib.sha256(f"hodgpy test set {VERSION}: {name}".encode()).digest()
    return int.from_bytes(digest[:8], "little")
