# SPDX-License-Identifier: MIT
"""The 80 networks: which there are, what they are, and that they never change."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import testset
from hodgpy.geometry.files import text_of

pytest.importorskip("scipy")

# Of the files of version 1 one after the other; a change here needs a new version of the set.
CHECKSUM = "e39c7cbc993120a36e43dc0adf4f63ab53a57ce12f3af413c76855faa20f19a5"


@pytest.fixture(scope="module")
def graphs() -> dict[str, hp.GeometricGraph]:
    return {graph.name: graph for graph in testset.networks()}


def test_the_files_are_the_same_bytes_for_ever(graphs: dict[str, hp.GeometricGraph]) -> None:
    text = "".join(text_of(graph) for graph in graphs.values())
    assert hashlib.sha256(text.encode()).hexdigest() == CHECKSUM


def test_there_are_80_networks_with_their_edges(graphs: dict[str, hp.GeometricGraph]) -> None:
    assert list(graphs) == testset.names()
    assert len(graphs) == 80
    for name, graph in graphs.items():
        kind, dimension, size, density = name.split("-")
        N, high = int(size), density == "high"
        assert graph.N == N
        assert graph.positions.box.axes == int(dimension[0])
        if kind == "random":
            assert len(graph) == round((0.2 if high else 0.1) * N * (N - 1))
        elif kind == "scale_free":
            assert N - 1 <= len(graph) <= N * (graph.positions.box.axes + 1) * (1 + high)
        else:
            k = 3 if kind == "lattice" and not high else 8
            assert np.all(graph.in_degree == k)


def test_classes_differ_as_they_should(graphs: dict[str, hp.GeometricGraph]) -> None:
    pytest.importorskip("igraph")
    lattice, world, hubs, random = (
        graphs[f"{kind}-3d-300-high"].statistics() for kind in testset.CLASSES
    )
    assert world.path_length < lattice.path_length
    assert world.clustering < lattice.clustering
    # Of pairs of cells 1 - 0.8**2 are connected in one direction or the other.
    assert random.clustering == pytest.approx(0.36, abs=0.01)
    assert hubs.largest_degree > 2 * max(lattice.largest_degree, world.largest_degree)
    assert lattice.mean_wiring < world.mean_wiring < random.mean_wiring


def test_densities_share_their_positions(graphs: dict[str, hp.GeometricGraph]) -> None:
    low, high = (graphs[f"{kind}-2d-100-low"] for kind in ("lattice", "random"))
    assert np.array_equal(low.positions.positions, high.positions.positions)


def test_files_of_the_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testset, "SIZES", (10,))
    files = testset.write(tmp_path / "set")
    assert len(files) == 16
    assert files[0].name == "lattice-2d-10-low.txt"
    assert hp.GeometricGraph.load(files[0]) == testset.network("lattice-2d-10-low")


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(hp.SimulationError, match=r"HH6083.*lattice-2d-10-low"):
        testset.network("lattice-2d-10-lo")
