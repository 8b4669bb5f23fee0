# SPDX-License-Identifier: MIT
"""Cells in space: placement, positions in expressions, classes of connectivity, delays, files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.geometry.draws import Draws
from hodgpy.units import Hz, mm, ms, um

pytest.importorskip("scipy")
pytest.importorskip("igraph")

CELL = "dv/dt = (I - v)/(10*ms) : 1\nI : 1"


@pytest.fixture(scope="module")
def cell() -> hp.Model:
    return hp.compile(CELL, threshold="v > 1", reset="v = 0")


@pytest.fixture(scope="module")
def cube() -> hp.Positions:
    return hp.place(200, hp.Box(100 * um), seed=4)


# -- placement -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [1, 2, 2.5, 3])
def test_cells_keep_their_distance_and_lie_in_the_box(dimension: float) -> None:
    box = hp.Box(100 * um, dimension)
    positions = hp.place(150, box, seed=1)
    apart = [positions.distances(k, np.arange(k)).min() for k in range(1, 150)]
    assert min(apart) >= box.spacing(150) * (1 - 1e-5)
    assert min(apart) == pytest.approx(positions.closest(), rel=1e-12)
    assert box.spacing(150) == pytest.approx(0.6 * 100e-6 * 150 ** (-1 / dimension))
    assert np.all((positions.positions >= 0) & (positions.positions <= 100e-6))


def test_cells_are_numbered_from_the_centre_outward() -> None:
    box = hp.Box([200, 100, 50] * um)
    positions = hp.place(100, box, seed=2)
    from_centre = np.linalg.norm(positions.positions - box.sides / 2, axis=1)
    assert np.all(np.diff(from_centre) >= -1e-12)
    assert positions.box.axes == 3


def test_a_seed_gives_the_same_cells_and_another_one_others() -> None:
    box = hp.Box(1 * mm, 2)
    first, again, other = (hp.place(30, box, seed=s).positions for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_fractional_dimension_counts_in_the_minimum_distance() -> None:
    flat, between, full = (hp.Box(100 * um, d).spacing(1000) for d in (2, 2.5, 3))
    assert flat < between < full


@pytest.mark.parametrize(("factor", "says"), [(1.3, "no packing is so dense"), (0.95, "of 300")])
def test_an_impossible_packing_is_refused(factor: float, says: str) -> None:
    with pytest.raises(hp.SimulationError, match=f"HH6080.*{says}"):
        hp.place(300, hp.Box(100 * um, 2), factor=factor)


def test_bad_boxes_and_positions_are_refused() -> None:
    box = hp.Box(10 * um, 2)
    for make, says in [
        (lambda: hp.Box(-1 * um), "positive"),
        (lambda: hp.Box(1 * um, 4), "within 1 and 3"),
        (lambda: hp.Box([1, 2] * um, 3), "2 sides"),
        (lambda: hp.Positions([[1, 1], [2, 2], [1, 1]] * um, box), "cells 0 and 2 are both"),
        (lambda: hp.Positions([[1, 11]] * um, box), "outside"),
        (lambda: hp.Positions([[np.nan, 1]], box), "not finite"),
        (lambda: hp.Positions([1, 2] * um, box), "shape"),
        (lambda: hp.place(5, box, factor=-1), "factor"),
        (lambda: hp.place(5, box, min_distance=-1 * um), "min_distance"),
    ]:
        with pytest.raises(hp.SimulationError, match=f"HH6080.*{says}"):
            make()


def test_draws_below_a_bound_are_uniform_and_distinct_ones_are_distinct() -> None:
    found = Draws(1, "test").below(6, 60_000)
    counts = np.bincount(found, minlength=6)
    # Chi-square with 5 degrees of freedom exceeds 25 with a probability of 1.4e-4.
    assert np.sum((counts - 10_000) ** 2 / 10_000) < 25
    for count in (0, 3, 97, 100):
        chosen = Draws(count, "test").distinct(100, count)
        assert len(np.unique(chosen)) == count
        assert np.all((chosen >= 0) & (chosen < 100))


def test_draws_are_the_published_generator() -> None:
    # The known answer of Philox4x64-10 for counter 0 and key 0 (Random123's kat_vectors); numpy
    # counts up first, so that the counter below is one less.
    raw = np.random.Philox(key=[0, 0], counter=[2**64 - 1] * 4).random_raw(1)
    assert int(raw[0]) == 0x16554D9ECA36314C


# -- positions in expressions ----------------------------------------------------------------------


def test_positions_are_known_to_expressions(cell: hp.Model) -> None:
    positions = hp.place(30, hp.Box(100 * um, 2), seed=1)
    P = hp.Population(cell, 30, name="placed")
    P.place(positions)
    P.I = "1 + x/(100*um)"
    assert np.allclose(P.I[:], 1 + positions.positions[:, 0] / 100e-6)
    assert np.array_equal(P.get("y", "um"), positions.positions[:, 1] / 1e-6)
    assert np.array_equal(P.y, positions.positions[:, 1])
    P[3:6].I = "2*y/um + i"
    assert np.allclose(P.I[3:6], 2e6 * positions.positions[3:6, 1] + [0, 1, 2])
    S = hp.Synapses(P, P, "w : 1", on_pre="v += w", round="nearest")
    S.connect("i != j and distance < 30*um and x_pre < x_post")
    d = positions.distances(S.i, S.j)
    assert 0 < len(S) < 400
    assert np.all(d < 30e-6)
    S.w = "exp(-distance/(20*um))"
    assert np.allclose(S.w[:], np.exp(-d / 20e-6))
    S.delay = "1*ms + distance/(10*um/ms)"
    assert np.allclose(S.delay[:], 1e-3 + d / 10e-3)


def test_a_models_own_positions_are_set_and_others_keep_their_meaning() -> None:
    model = hp.compile("dv/dt = (x/(1*um) - v)/ms : 1\nx : meter\ny : 1")
    P = hp.Population(model, 5, name="own")
    positions = hp.place(5, hp.Box(10 * um, 2), seed=1)
    P.place(positions)
    P.y = 3
    assert np.array_equal(P.x[:], positions.positions[:, 0])
    S = hp.Synapses(P, P)
    S.connect("distance < 1*meter and y_pre > 2")
    assert len(S) == 25


def test_copies_keep_their_positions(cell: hp.Model) -> None:
    P = hp.Population(cell, 5, name="copied")
    P.place(hp.place(5, hp.Box(10 * um, 2), seed=1))
    copied = hp.Network(P).copy()["copied"]
    assert np.array_equal(copied.positions.positions, P.positions.positions)


def test_places_fit_the_population(cell: hp.Model) -> None:
    P = hp.Population(cell, 5)
    for wrong in (hp.place(4, hp.Box(10 * um)), [[0, 0]]):
        with pytest.raises(hp.SimulationError, match="HH6081"):
            P.place(wrong)


# -- connectivity ----------------------------------------------------------------------------------


def test_a_lattice_connects_the_nearest(cube: hp.Positions) -> None:
    graph = hp.geometry.lattice(cube, 8)
    assert np.all(graph.in_degree == 8)
    for j in (0, 57, 199):
        d = cube.distances(np.arange(200), j)
        d[j] = np.inf
        assert set(graph.i[graph.j == j]) == set(np.argsort(d)[:8])


def test_ties_go_by_index() -> None:
    grid = np.stack(np.meshgrid(np.arange(5), np.arange(5)), axis=-1).reshape(-1, 2)
    graph = hp.geometry.lattice(hp.Positions(grid * um), 2)
    assert list(graph.i[graph.j == 12]) == [7, 11]  # of 7, 11, 13, 17, which are equally near


def test_a_small_world_keeps_degrees_and_moves_a_share_of_sources(cube: hp.Positions) -> None:
    before, after = (hp.geometry.small_world(cube, 8, p, seed=1) for p in (0, 0.15))
    assert before == hp.geometry.lattice(cube, 8)
    assert np.all(after.in_degree == 8)
    moved = np.sum(after.matrix() & ~before.matrix())
    # A source may come back to where another one was taken away, hardly ever.
    assert round(0.15 * 1600) - 3 <= moved <= round(0.15 * 1600)
    assert after.statistics().path_length < 0.8 * before.statistics().path_length


def test_a_random_graph_has_exactly_its_edges_and_no_geometry(cube: hp.Positions) -> None:
    graph = hp.geometry.random(cube, 0.1, seed=1)
    assert len(graph) == round(0.1 * 200 * 199)
    everyone = cube.distances(*np.nonzero(~np.eye(200, dtype=bool)))
    # The standard error of the mean length is 0.4 um.
    assert graph.lengths.mean() == pytest.approx(everyone.mean(), abs=1.6e-6)
    assert abs(graph.in_degree.var() / (0.1 * 0.9 * 199) - 1) < 0.4


@pytest.mark.parametrize(("dimension", "exponent"), [(2, 2.7), (3, 2.5)])
def test_a_scale_free_graph_has_a_power_law_of_degrees(dimension: int, exponent: float) -> None:
    positions = hp.place(8000, hp.Box(100 * um, dimension), seed=1)
    graph = hp.geometry.scale_free(positions, seed=1)
    degree = graph.out_degree
    assert np.array_equal(degree, graph.in_degree)
    tail = degree[degree >= 8]
    # Clauset A et al. 2009, SIAM Rev 51:661-703, equation 3.7; its standard error here is 0.04.
    found = 1 + len(tail) / np.sum(np.log(tail / 7.5))
    assert found == pytest.approx(exponent, abs=0.15)
    assert 1.7 * dimension + 1 < len(graph) / 8000 < 2 * (dimension + 1)
    assert len(hp.geometry.scale_free(positions, reciprocal=False, seed=1)) == len(graph) / 2


def test_graphs_that_cannot_be_are_refused(cube: hp.Positions) -> None:
    small = hp.place(9, hp.Box(10 * um), seed=1)
    line = hp.place(9, hp.Box(10 * um, 1), seed=1)
    for make, says in [
        (lambda: hp.geometry.lattice(small, 9), "9 nearest"),
        (lambda: hp.geometry.small_world(small, 8, 0.1), "no other source"),
        (lambda: hp.geometry.small_world(cube, 8, 1.2), "within 0 and 1"),
        (lambda: hp.geometry.random(cube, -0.1), "within 0 and 1"),
        (lambda: hp.geometry.scale_free(line), "need a plane"),
        (lambda: hp.GeometricGraph(small, [0, 0], [1, 1]), "twice"),
        (lambda: hp.GeometricGraph(small, [0], [0]), "itself"),
        (lambda: hp.GeometricGraph(small, [0], [9]), "among 9"),
        (lambda: hp.GeometricGraph(small, [0, 1], [2]), "sources"),
        (lambda: hp.GeometricGraph(small, [0], [1]).window(10), "window"),
    ]:
        with pytest.raises(hp.SimulationError, match=f"HH6082.*{says}"):
            make()


def test_a_window_is_the_first_cells() -> None:
    graph = hp.testset.network("random-2d-100-high")
    window = graph.window(33)
    assert np.array_equal(window.matrix(), graph.matrix()[:33, :33])
    assert np.array_equal(window.positions.positions, graph.positions.positions[:33])


def test_statistics_of_a_graph_by_hand() -> None:
    # A triangle 0-1-2 (0 -> 1 -> 2 -> 0) with a tail 2 -> 3.
    places = hp.Positions([[0, 0], [3, 0], [3, 4], [3, 10]] * um, hp.Box(10 * um, 2))
    graph = hp.GeometricGraph(places, [0, 1, 2, 2], [1, 2, 0, 3])
    found = graph.statistics()
    assert found.mean_degree == 1
    assert found.largest_degree == 2
    assert found.clustering == pytest.approx((1 + 1 + 1 / 3 + 0) / 4)
    # 0: 1, 2, 3; 1: 2, 1, 2; 2: 1, 2, 1; nothing from 3.
    assert found.path_length == pytest.approx(15 / 9)
    assert found.reachable == pytest.approx(9 / 12)
    assert found.total_wiring == pytest.approx((3 + 4 + 5 + 6) * 1e-6)
    assert found.mean_wiring == pytest.approx(4.5e-6)
    assert "4 edges" in str(found)
    other = pytest.importorskip("networkx").average_clustering(graph.to_networkx().to_undirected())
    assert found.clustering == pytest.approx(other)


# -- delays ----------------------------------------------------------------------------------------


@pytest.fixture
def synapses(cell: hp.Model, cube: hp.Positions) -> hp.Synapses:
    P = hp.Population(cell, 200, name="cells")
    P.place(cube)
    graph = hp.geometry.lattice(cube, 5)
    S = hp.Synapses(P, P, on_pre="v += 0.1")
    S.connect(i=graph.i, j=graph.j)
    return S


def test_delays_are_distance_over_speed_and_rounded(
    synapses: hp.Synapses, cube: hp.Positions, capsys: pytest.CaptureFixture[str]
) -> None:
    d = cube.distances(synapses.i, synapses.j)
    delays = hp.geometry.set_delays(synapses, speed=2 * um / ms, offset=0.5 * ms, dt=0.1 * ms)
    assert np.allclose(delays.seconds, 0.5e-3 + d / 2e-3)
    assert np.allclose(synapses.delay[:], delays.seconds)
    assert "1000 delays of" in capsys.readouterr().out
    largest, mean = delays.rounding(0.1 * ms)
    assert 0 < mean < largest <= 0.05e-3
    net = hp.Network(synapses.source, synapses, dt=0.1 * ms)
    net.run(1 * ms)  # would be refused without rounding


def test_diffusive_delays_grow_with_the_square(synapses: hp.Synapses, cube: hp.Positions) -> None:
    d = cube.distances(synapses.i, synapses.j)
    delays = hp.geometry.set_delays(synapses, diffusion=20 * um**2 / ms)
    assert np.allclose(delays.seconds, d**2 / 20e-9)


def test_path_factors_and_noise(synapses: hp.Synapses, cube: hp.Positions) -> None:
    d = cube.distances(synapses.i, synapses.j) / 1e-3
    bent = hp.geometry.set_delays(
        synapses, speed=1 * um / ms, path_factor="1 + 0.5*(x_pre < 50*um)"
    )
    expected = np.where(cube.positions[synapses.i, 0] < 50e-6, 1.5, 1)
    assert np.allclose(bent.seconds / d, expected)
    noisy, same, other = (
        hp.geometry.set_delays(synapses, speed=1 * um / ms, noise=0.2, seed=s).seconds / d
        for s in (1, 1, 2)
    )
    assert np.array_equal(noisy, same)
    assert not np.array_equal(noisy, other)
    # 1000 draws: the standard error of the mean is 0.006, of the deviation 0.0045.
    assert noisy.mean() == pytest.approx(1, abs=0.025)
    assert noisy.std() == pytest.approx(0.2, abs=0.018)
    wild = hp.geometry.set_delays(synapses, speed=1 * um / ms, noise=1).seconds
    assert wild.min() >= 0


def test_bad_delays_are_refused(synapses: hp.Synapses, cell: hp.Model) -> None:
    nowhere = hp.Synapses(hp.Population(cell, 3), on_pre="v += 1")
    nowhere.connect()
    for S, arguments, says in [
        (synapses, {"speed": -1 * um / ms}, "speed is"),
        (synapses, {"speed": 0 * um / ms}, "speed is"),
        (synapses, {"diffusion": -1 * um**2 / ms}, "diffusion is"),
        (synapses, {}, "needs a speed"),
        (synapses, {"speed": 1 * um / ms, "offset": -100 * ms}, "delay of"),
        (synapses, {"speed": 1 * um / ms, "path_factor": -1}, "path factor"),
        (synapses, {"speed": 1 * um / ms, "path_factor": [1, 2]}, "path factors"),
        (synapses, {"speed": 1 * um / ms, "noise": -1}, "noise"),
        (nowhere, {"speed": 1 * um / ms}, "no positions"),
    ]:
        with pytest.raises(hp.SimulationError, match=f"HH6081.*{says}"):
            hp.geometry.set_delays(S, **arguments)
    with pytest.raises(hp.units.UnitError):
        hp.geometry.set_delays(synapses, speed=3 * Hz)


# -- files and pictures ----------------------------------------------------------------------------


def test_files_bring_back_the_graph(tmp_path: Path, cube: hp.Positions) -> None:
    given = hp.Positions([[0.1, 0.7], [1 / 3, 2]] * um, hp.Box([1, 2] * um))
    for graph in (
        hp.geometry.small_world(cube, 3, 0.2, seed=1, name="first"),
        hp.GeometricGraph(given, [1], [0], name="second"),
        hp.GeometricGraph(given, [], []),
    ):
        graph.save(tmp_path / "graph.txt")
        found = hp.GeometricGraph.load(tmp_path / "graph.txt")
        assert found == graph
        assert (found.name, found.about) == (graph.name, graph.about)
        assert found.positions.box == graph.positions.box
        assert found.positions.is_on_grid == graph.positions.is_on_grid


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "graph.txt"
    hp.testset.network("lattice-2d-10-low").save(file)
    text = file.read_text()
    for wrong in ("", "something", text[:-200], text.replace("edges 30", "edges 29")):
        file.write_text(wrong)
        with pytest.raises(hp.SimulationError, match="HH6083"):
            hp.GeometricGraph.load(file)
    with pytest.raises(hp.SimulationError, match="HH6083"):
        hp.GeometricGraph.load(tmp_path / "none.txt")


def test_pictures_show_cells_and_edges() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    flat, deep = (hp.testset.network(f"lattice-{d}d-30-low") for d in (2, 3))
    assert len(flat.plot().collections) == 2
    assert len(deep.plot().collections) == 2
    assert len(flat.positions.plot().collections) == 1
    with pytest.raises(hp.SimulationError, match="HH6080"):
        deep.plot(pyplot.subplots()[1])
    pyplot.close("all")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, cube: hp.Positions) -> None:
    monkeypatch.setitem(sys.modules, "igraph", None)
    with pytest.raises(hp.SimulationError, match=r"HH6085.*igraph.*hodgpy\[geometric\]"):
        hp.geometry.lattice(cube, 2).statistics()
