# SPDX-License-Identifier: MIT
"""A directed graph between cells at given positions: who is connected with whom, and how far."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.coded import refuse
from hodgpy.geometry.positions import Positions
from hodgpy.optional import library

if TYPE_CHECKING:
    from hodgpy.geometry.statistics import GraphStatistics


class GeometricGraph:
    """Directed edges i -> j between cells with positions; no self-edges, none twice.

    Parameters
    ----------
    positions : Positions
        Of the N cells.
    i, j : array of int, shape (edges,)
        Source and target of each edge.
    name : str
    about : dict, optional
        What made it: class and parameters, as text and numbers.

    Raises
    ------
    SimulationError
        HH6082 for cells that do not exist, self-edges, and edges that are there twice.

    Notes
    -----
    Edges are kept in order of source, then target.

    Examples
    --------
    >>> graph = hp.geometry.lattice(hp.place(100, hp.Box(100*um), seed=1), k=8)
    >>> P.place(graph.positions); S.connect(i=graph.i, j=graph.j)
    """

    def __init__(
        self,
        positions: Positions,
        i: Any,
        j: Any,
        *,
        name: str = "",
        about: dict[str, Any] | None = None,
    ) -> None:
        sources, targets = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
        if sources.ndim != 1 or sources.shape != targets.shape:
            refuse("HH6082", f"edges from {sources.shape} sources to {targets.shape} targets")
        N = positions.N
        known = (sources >= 0) & (sources < N) & (targets >= 0) & (targets < N)
        if not np.all(known):
            bad = int(np.flatnonzero(~known)[0])
            refuse("HH6082", f"edge {sources[bad]} -> {targets[bad]} among {N} cells")
        if np.any(sources == targets):
            bad = int(sources[np.flatnonzero(sources == targets)[0]])
            refuse("HH6082", f"cell {bad} is connected with itself", "edges go to other cells")
        keys = np.sort(sources * N + targets)
        twice = np.flatnonzero(keys[1:] == keys[:-1])
        if len(twice):
            first, second = divmod(int(keys[twice[0]]), N)
            refuse("HH6082", f"the edge {first} -> {second} is there twice")
        self.positions = positions
        self.i, self.j = keys // N, keys % N
        self.i.setflags(write=False)
        self.j.setflags(write=False)
        self.name = name
        self.about: dict[str, Any] = dict(about or {})

    @property
    def N(self) -> int:
        """Number of cells."""
        return self.positions.N

    def __len__(self) -> int:
        """Number of edges."""
        return len(self.i)

    @property
    def in_degree(self) -> np.ndarray:
        """Edges onto each cell, shape (N,)."""
        return np.bincount(self.j, minlength=self.N)

    @property
    def out_degree(self) -> np.ndarray:
        """Edges from each cell, shape (N,)."""
        return np.bincount(self.i, minlength=self.N)

    @property
    def density(self) -> float:
        """Share of all ordered pairs that are connected."""
        return len(self) / (self.N * (self.N - 1)) if self.N > 1 else 0.0

    @property
    def lengths(self) -> np.ndarray:
        """Length of each edge in metres, shape (edges,)."""
        return self.positions.distances(self.i, self.j)

    def matrix(self) -> np.ndarray:
        """Booleans, shape (N sources, N targets): True where there is an edge."""
        found = np.zeros((self.N, self.N), dtype=bool)
        found[self.i, self.j] = True
        return found

    def window(self, k: int) -> GeometricGraph:
        """The first k cells, nearest to the centre, and the edges between them.

        Raises
        ------
        SimulationError
            HH6082 if there are fewer cells.
        """
        if not 1 <= k <= self.N:
            refuse("HH6082", f"a window of {k} of {self.N} cells")
        inside = (self.i < k) & (self.j < k)
        cells = Positions(self.positions.positions[:k], self.positions.box)
        about = self.about | {"window": k}
        name = f"{self.name}[:{k}]" if self.name else ""
        return GeometricGraph(cells, self.i[inside], self.j[inside], name=name, about=about)

    def statistics(self) -> GraphStatistics:
        """Degrees, clustering, path length and wiring length; needs the extra ``geometric``."""
        from hodgpy.geometry.statistics import statistics

        return statistics(self)

    def to_igraph(self) -> Any:
        """A directed ``igraph.Graph`` with positions as vertex attributes (metres)."""
        igraph = library("igraph", "geometric", "graph statistics")
        made = igraph.Graph(self.N, np.stack([self.i, self.j], axis=1).tolist(), directed=True)
        for number, axis in enumerate("xyz"[: self.positions.box.axes]):
            made.vs[axis] = self.positions.positions[:, number].tolist()
        return made

    def to_networkx(self) -> Any:
        """A ``networkx.DiGraph``; nodes have ``position``, edges ``length`` (metres)."""
        networkx = library("networkx", "geometric", "graphs of networkx")
        made = networkx.DiGraph(name=self.name)
        places = self.positions.positions
        made.add_nodes_from((n, {"position": tuple(places[n].tolist())}) for n in range(self.N))
        edges = zip(self.i.tolist(), self.j.tolist(), self.lengths.tolist(), strict=True)
        made.add_weighted_edges_from(edges, weight="length")
        return made

    def save(self, path: str | PathLike[str]) -> None:
        """Write the graph to a file; see ``docs/geometric_networks.md`` for the format."""
        from hodgpy.geometry.files import write

        write(self, path)

    @staticmethod
    def load(path: str | PathLike[str]) -> GeometricGraph:
        """Read a graph from a file that :meth:`save` wrote.

        Raises
        ------
        SimulationError
            HH6083 for what is no such file, or was changed.
        """
        from hodgpy.geometry.files import read

        return read(path)

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Cells and edges in the plane or in space; returns the matplotlib axes."""
        from hodgpy.geometry.plots import plot_graph

        return plot_graph(self, ax, **style)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, GeometricGraph)
            and np.array_equal(self.positions.positions, other.positions.positions)
            and np.array_equal(self.i, other.i)
            and np.array_equal(self.j, other.j)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = f" {self.name}" if self.name else ""
        return f"<GeometricGraph{shown}: {self.N} cells, {len(self)} edges>"
