# SPDX-License-Identifier: MIT
"""Made-up trees against what is known of minimum trees; files that MorphIO reads."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import growth
from hodgpy.units import um


def cable_and_ways(points: np.ndarray, above: np.ndarray) -> tuple[float, float]:
    """Total length, and the mean way to the root over the mean direct distance."""
    steps = np.linalg.norm(points - np.vstack([points, np.zeros(3)])[above], axis=1)
    ways = np.zeros(len(points))
    for k in range(len(points)):
        at = k
        while at >= 0:
            ways[k] += steps[at]
            at = above[at]
    return float(steps.sum()), float(ways.mean() / np.linalg.norm(points, axis=1).mean())


@pytest.mark.parametrize("n", [500, 1500])
def test_length_of_a_minimum_tree(n: int) -> None:
    """n uniform points in a volume V are joined by 0.653 n**(2/3) V**(1/3) of cable, and more near
    the surface; two children at most cost about nothing (Cuntz, Mathy & Hausser 2012, PNAS
    109:11014, find 0.62 ... 0.7 in dendrites of many kinds)."""
    points = growth.ball(n, 100 * um, seed=3)
    length, _ = cable_and_ways(points, growth.minimum_tree(points, 0.0, np.zeros(3)))
    volume = 4 / 3 * np.pi * 1e-12
    assert 0.65 < length / (n ** (2 / 3) * volume ** (1 / 3)) < 0.70


def test_the_balancing_factor_shortens_the_ways() -> None:
    points = growth.ball(300, 100 * um, seed=1)
    found = [
        cable_and_ways(points, growth.minimum_tree(points, factor, np.zeros(3)))
        for factor in (0.0, 0.2, 0.5, 1.0)
    ]
    lengths, ways = zip(*found, strict=True)
    assert list(lengths) == sorted(lengths)
    assert list(ways) == sorted(ways, reverse=True)
    assert ways[-1] < 1.1 < 1.6 < ways[0]


def test_no_target_has_three_branches() -> None:
    points = growth.ball(400, 100 * um, seed=2)
    above = growth.minimum_tree(points, 0.3, np.zeros(3))
    assert np.bincount(above[above >= 0]).max() == 2
    for k in range(len(points)):  # every way ends at the root
        at, steps = k, 0
        while at >= 0:
            at, steps = above[at], steps + 1
            assert steps <= len(points)


def test_a_pyramidal_cell() -> None:
    cell, again = growth.pyramidal_cell(3), growth.pyramidal_cell(3)
    cut = cell.compartments()
    np.testing.assert_array_equal(cut.area, again.compartments().area)
    assert len(growth.pyramidal_cell(4).compartments()) != len(cut)
    length = {}
    for section in cell.sections():
        length[section.kind] = length.get(section.kind, 0.0) + section.length * 1e6
    assert 4000 < length["dend"] + length["apic"] < 9000
    assert 40 < length["axon"] < 70
    assert max(section.coordinates[:, 1].max() for section in cell.apic.sections()) > 600e-6
    ends = [s for s in cell.sections() if not s.children and s.kind in ("dend", "apic")]
    assert all(s.diameters[-1] == pytest.approx(0.7e-6) for s in ends)
    # Rall's law where a basal dendrite branches
    fork = next(s for s in cell.sections() if s.kind == "dend" and len(s.children) == 2)
    widths = [child.diameters[-1] for child in fork.children.values()]
    assert fork.diameters[-1] ** 1.5 == pytest.approx(sum(w**1.5 for w in widths), rel=1e-9)


def test_targets_that_make_no_tree() -> None:
    for targets, word in (
        ({"dend": np.zeros((3, 3))}, "0 targets"),
        ({"dend": np.ones(3)}, r"shape \(n, 3\)"),
        ({"branch": np.ones((3, 3))}, "no kind"),
        ({"dend": np.full((2, 3), np.nan)}, "finite"),
    ):
        with pytest.raises(hp.SimulationError, match=word) as caught:
            growth.grow(targets, soma_diameter=10 * um)
        assert caught.value.code == "HH6072"
    points = {"dend": growth.ball(5, 100 * um)}
    for options, word in (
        ({"balancing_factor": -1.0}, "balancing factor"),
        ({"tip_diameter": 0.0}, "tip_diameter"),
        ({"power": 0.0}, "power"),
        ({"power": {"axon": 1.0}}, "missing"),
    ):
        with pytest.raises(hp.SimulationError, match=word):
            growth.grow(points, soma_diameter=10 * um, **options)


# A cell body of four points, a dendrite that forks, an axon (Neurolucida's format).
ASC = """
("CellBody" (Color Red) (CellBody)
 (10 0 0 0.1) (0 10 0 0.1) (-10 0 0 0.1) (0 -10 0 0.1))
((Color Blue) (Dendrite)
 (0 10 0 4) (0 30 0 3)
 ((0 30 0 3) (10 60 0 2) | (0 30 0 3) (-10 60 0 1)))
((Color Green) (Axon) (0 -10 0 1) (0 -80 0 1))
"""


def test_neurolucida_files(tmp_path: Path) -> None:
    pytest.importorskip("morphio")
    file = tmp_path / "cell.asc"
    file.write_text(ASC, encoding="utf-8")
    cell = hp.Morphology(file)
    assert [s.path for s in cell.sections()] == ["", "dend", "dend.L", "dend.R", "axon"]
    assert cell.length == pytest.approx(20e-6)
    np.testing.assert_allclose(cell.dend.diameter, [4e-6, 3e-6])
    np.testing.assert_allclose(cell.dend.R.diameter, [3e-6, 1e-6])
    assert cell.dend.L.length == pytest.approx(np.hypot(10, 30) * 1e-6)
    assert cell.axon.length == pytest.approx(70e-6)
    file.write_text("(((", encoding="utf-8")
    with pytest.raises(hp.SimulationError, match="cannot be read") as caught:
        hp.Morphology(file)
    assert caught.value.code == "HH6072"
    with pytest.raises(hp.SimulationError, match="no such file"):
        hp.Morphology(tmp_path / "nowhere.h5")


def test_without_morphio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "morphio", None)
    with pytest.raises(hp.SimulationError, match=r"hodgpy\[morphio\]") as caught:
        hp.Morphology(tmp_path / "cell.asc")
    assert caught.value.code == "HH6072"
