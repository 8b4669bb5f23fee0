# SPDX-License-Identifier: MIT
"""What graphs are compared by: degrees, clustering, path length, wiring length (with igraph)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hodgpy.geometry.graph import GeometricGraph


class GraphStatistics(NamedTuple):
    """Numbers that describe a graph; lengths are in metres.

    ``clustering`` is the mean over cells of the share of pairs of neighbours that are neighbours of
    each other, direction ignored (Watts & Strogatz 1998); a cell with fewer than two neighbours
    counts 0. ``path_length`` is the mean number of edges on the shortest directed path, over all
    ordered pairs that have one; ``reachable`` is the share of those.
    """

    cells: int
    edges: int
    density: float
    mean_degree: float
    in_degree_sd: float
    out_degree_sd: float
    largest_degree: int
    clustering: float
    path_length: float
    reachable: float
    mean_wiring: float
    sd_wiring: float
    total_wiring: float

    def __str__(self) -> str:
        um = 1e6
        return (
            f"{self.cells} cells, {self.edges} edges ({100 * self.density:.3g} % of all pairs)\n"
            f"degree {self.mean_degree:.3g}, sd {self.in_degree_sd:.3g} in and "
            f"{self.out_degree_sd:.3g} out, largest {self.largest_degree}\n"
            f"clustering {self.clustering:.3g}, path length {self.path_length:.3g} over "
            f"{100 * self.reachable:.3g} % of pairs\n"
            f"wiring {self.mean_wiring * um:.3g} um, sd {self.sd_wiring * um:.3g} um, in all "
            f"{self.total_wiring * um:.4g} um"
        )


def statistics(graph: GeometricGraph) -> GraphStatistics:
    """The numbers of :class:`GraphStatistics` for a graph.

    Raises
    ------
    SimulationError
        HH6085 without igraph.
    """
    made = graph.to_igraph()
    pairs = graph.N * (graph.N - 1)
    # Number of shortest paths of each length, and of pairs without one.
    histogram = made.path_length_hist(directed=True)
    reached = sum(count for _, _, count in histogram.bins())
    lengths = graph.lengths
    degrees = graph.in_degree, graph.out_degree
    return GraphStatistics(
        cells=graph.N,
        edges=len(graph),
        density=graph.density,
        mean_degree=len(graph) / graph.N,
        in_degree_sd=float(degrees[0].std()),
        out_degree_sd=float(degrees[1].std()),
        largest_degree=int(max(degrees[0].max(), degrees[1].max())),
        clustering=float(made.as_undirected().transitivity_avglocal_undirected(mode="zero")),
        path_length=float(made.average_path_length(directed=True)) if reached else math.nan,
        reachable=reached / pairs if pairs else 0.0,
        mean_wiring=float(lengths.mean()) if len(graph) else 0.0,
        sd_wiring=float(lengths.std()) if len(graph) else 0.0,
        total_wiring=float(np.sum(lengths)),
    )
