# SPDX-License-Identifier: MIT
"""Shapes, SWC files, places and regions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.cables.locating import indices as place
from hodgpy.places import diameter, distance, everywhere, radius, region, root, terminals
from hodgpy.units import mV, um


def tree() -> hp.Morphology:
    cell = hp.Soma(diameter=20 * um)
    cell.axon = hp.Cylinder(diameter=1 * um, length=100 * um, n=10)
    cell.dendrite = hp.Cylinder(diameter=2 * um, length=50 * um, n=5)
    cell.dendrite.L = hp.Cylinder(diameter=1 * um, length=30 * um, n=3)
    cell.dendrite.R = hp.Cylinder(diameter=1 * um, length=40 * um, n=4)
    cell.dendrite.LL = hp.Cylinder(d=0.5 * um, l=20 * um, n=2)
    return cell


def code(action: object) -> str:
    with pytest.raises(hp.SimulationError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def test_names_and_short_names() -> None:
    cell = tree()
    assert cell.dendrite.LL is cell.dendrite.L.L is cell["dendrite.L.L"]
    assert cell.dendrite.LL.path == "dendrite.L.L"
    cell.dendrite["3"] = hp.Cylinder(diameter=1 * um, length=10 * um, n=1)
    cell.dendrite["31"] = hp.Cylinder(diameter=1 * um, length=10 * um, n=1)
    assert cell.dendrite["31"].path == "dendrite.3.1"
    del cell.dendrite["3"]
    with pytest.raises(AttributeError, match="did you mean `dendrite`"):
        _ = cell.dendrit
    assert "`-- axon" in cell.topology()


def test_assignment_replaces_a_subtree() -> None:
    cell = tree()
    assert len(cell.compartments()) == 25
    cell.dendrite = hp.Cylinder(diameter=3 * um, length=30 * um, n=3)
    assert [s.path for s in cell.sections()] == ["", "axon", "dendrite"]
    assert len(cell.compartments()) == 14


def test_diameters_of_compartments() -> None:
    cell = tree()
    cell.dendrite.diameter = np.linspace(1, 2, len(cell.dendrite)) * um
    cut = cell.compartments()
    i = cut.index_of(cell.dendrite)
    wide = slice(cut.first[i], cut.last[i])
    np.testing.assert_allclose(cut.diameter[wide], np.linspace(1e-6, 2e-6, 5))
    np.testing.assert_allclose(cut.area[wide], np.pi * np.linspace(1e-6, 2e-6, 5) * 10e-6)


def test_geometry_of_compartments() -> None:
    cut = tree().compartments()
    assert cut.area[0] == pytest.approx(np.pi * 400e-12)
    np.testing.assert_allclose(cut.distance[[0, 1, 10, 11, 16]] * 1e6, [0, 5, 95, 5, 55])
    assert cut.parent_compartment[[0, 1, 2, 11, 16, 21]].tolist() == [-1, 0, 1, 0, 15, 15]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("axon", range(1, 11)),
        ("axon.50*um", [6]),
        ("axon[95*um]", [10]),
        ("axon.end", [10]),
        ("axon.start", [1]),
        ("dendrite.LL.15*um", [20]),
        ("dendrite.L", range(16, 21)),
        ("v@dendrite.R.5*um", [21]),
        ("dendrite.R.5*um.v", [21]),
        ("soma", [0]),
        (3, [3]),
        (slice(2, 4), [2, 3]),
        (region("dendrite"), range(11, 25)),
        (region("dendrites") & (diameter < 0.7 * um), [19, 20]),
        (terminals, [10, 20, 24]),
        (root, [0]),
        (everywhere - region("axon") - root, range(11, 25)),
        (~(distance <= 40 * um) & region("axon"), range(5, 11)),
        ((radius >= 1 * um) | (distance > 99 * um), [0, *range(11, 16)]),
    ],
)
def test_places(where: object, expected: object) -> None:
    assert place(tree().compartments(), where).tolist() == list(expected)  # type: ignore[call-overload]


def test_places_along_a_section() -> None:
    cell = tree()
    cut = cell.compartments()
    assert place(cut, cell.axon[20 * um : 50 * um]).tolist() == [3, 4, 5]
    assert place(cut, cell.axon[2:4]).tolist() == [3, 4]
    assert place(cut, cell.axon[-1]).tolist() == [10]
    assert place(cut, cell.axon[41 * um : 42 * um]).tolist() == [5]
    assert place(cut, cell.dendrite.L).tolist() == [16, 17, 18, 19, 20]


def test_regions_survive_a_change_of_the_morphology() -> None:
    thin = region("dendrite") & (diameter < 0.7 * um)
    cell = tree()
    assert thin.mask(cell.compartments()).sum() == 2
    cell.dendrite.RR = hp.Cylinder(diameter=0.5 * um, length=30 * um, n=6)
    assert thin.mask(cell.compartments()).sum() == 8


def test_places_that_do_not_exist() -> None:
    cell = tree()
    cut = cell.compartments()
    wrong = [
        "axn",
        "axon.101*um",
        "axon.50*um.v.w[",
        "@",
        25,
        slice(None, None, "x"),
        region("tuft"),
    ]
    for where in wrong:
        assert code(lambda where=where: place(cut, where)) == "HH6073"
    assert code(lambda: place(cut, cell.axon[50 * um : 120 * um])) == "HH6073"
    with pytest.raises(hp.SimulationError, match="did you mean `axon`"):
        place(cut, "axn")


def test_shapes_that_make_no_sense() -> None:
    for make in (
        lambda: hp.Cylinder(diameter=0 * um, length=1 * um),
        lambda: hp.Cylinder(diameter=1 * um, length=-1 * um),
        lambda: hp.Cylinder(diameter=[1 * um, 2 * um], length=1 * um),
        lambda: hp.Section(diameter=[1 * um, 2 * um, 3 * um], length=[1 * um] * 3),
        lambda: hp.Soma(diameter=float("nan")),
        lambda: hp.Section(diameter=1 * um),
        lambda: hp.Cylinder(diameter=1 * um, length=1 * um, attach=2),
        lambda: setattr(tree(), "length", hp.Soma(diameter=1 * um)),
        lambda: setattr(tree(), "axon", 3),
    ):
        assert code(make) == "HH6072"
    cell = tree()
    assert code(lambda: setattr(cell.dendrite.L, "top", cell)) == "HH6072"
    cell.dendrite["0"] = hp.Cylinder(diameter=1 * um, length=1 * um, attach=0)
    assert code(cell.compartments) == "HH6072"


def test_lambda_rule() -> None:
    """NEURON's d_lambda of 0.1 at 100 Hz: L 1000 um, d 1 um, Ri 100 ohm cm, Cm 1 uF/cm2 gives
    lambda_100 = 282.09 um and 2*int((1000/(0.1*282.09) + 0.9)/2) + 1 = 37 compartments."""
    cable = hp.Cylinder(diameter=1 * um, length=1000 * um)
    assert len(cable.compartments(Ri=1.0, Cm=0.01)) == 37
    assert len(cable.compartments(Ri=1.0, Cm=0.01, lambda_fraction=0.05)) == 71
    cable.set_n(5)
    assert len(cable.compartments()) == 5


SWC = """# a cell
1 1 0 0 0 10 -1
2 1 0 -10 0 10 1
3 1 0 10 0 10 1
4 3 0 10 0 1 1
5 3 0 60 0 1 4
6 3 -20 100 0 0.5 5
7 3 20 100 0 0.5 5
8 2 0 -10 0 0.5 1
9 2 0 -110 0 0.5 8
"""


def written(folder: Path, text: str) -> str:
    file = folder / "cell.swc"
    file.write_text(text)
    return str(file)


def test_swc_with_a_soma_of_three_samples(tmp_path: Path) -> None:
    cell = hp.Morphology(written(tmp_path, SWC))
    assert cell.is_sphere
    assert cell.length == pytest.approx(20e-6)
    assert [s.path for s in cell.sections()] == ["", "dend", "dend.L", "dend.R", "axon"]
    assert cell.dend.length == pytest.approx(50e-6)
    assert cell.dend.L.length == pytest.approx(np.hypot(20e-6, 40e-6))
    cut = cell.compartments()
    assert cut.area[0] == pytest.approx(np.pi * 400e-12)
    assert region("axon").mask(cut).sum() == cut.last[4] - cut.first[4]
    assert region("dendrites").mask(cut).sum() == cut.last[3] - cut.first[1]
    np.testing.assert_allclose(cut.y[cut.last[4] - 1] * 1e6, -110, atol=20)


def test_swc_conventions_of_the_soma(tmp_path: Path) -> None:
    text = "1 1 0 0 0 5 -1\n2 1 0 20 0 5 1\n3 3 0 20 0 1 2\n4 3 0 50 0 1 3\n"
    file = written(tmp_path, text)
    drawn = hp.Morphology.from_swc(file)
    assert not drawn.is_sphere
    assert drawn.length == pytest.approx(20e-6)
    area = 2 * np.pi * 5e-6 * 20e-6
    ball = hp.Morphology.from_swc(file, soma="sphere")
    assert np.pi * ball.length**2 == pytest.approx(area)
    barrel = hp.Morphology.from_swc(file, soma="cylinder")
    assert barrel.compartments().area[0] == pytest.approx(area)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "no sample"),
        ("1 1 0 0 0 5 -1\n2 3 0 9 0 1 7\n", 2, "parent 7"),
        ("1 1 0 0 0 5 -1\n2 3 0 9 0 0 1\n", 2, "radius"),
        ("1 1 0 0 0 5 -1\n2 3 0 9 0 1 3\n3 3 0 19 0 1 2\n", 2, "circle"),
        ("1 1 0 0 0 5 -1\n1 3 0 9 0 1 1\n", 2, "already"),
        ("1 1 0 0 0 5 -1\n2 3 0 9 0 1\n", 2, "seven"),
        ("1 1 0 0 0 5 -1\n2 3 0 9 x 1 1\n", 2, "seven"),
        ("1 1 0 0 0 5 -1\n2 3 0 9 0 1 -1\n", 2, "second tree"),
        ("1 1 0 0 0 5 -1\n2 3 0 nan 0 1 1\n", 2, "finite"),
    ],
)
def test_broken_swc_files(tmp_path: Path, text: str, line: int, word: str) -> None:
    with pytest.raises(hp.SimulationError, match=rf"cell\.swc:{line}: .*{word}") as caught:
        hp.Morphology(written(tmp_path, text))
    assert caught.value.code == "HH6072"


def test_a_missing_file() -> None:
    assert code(lambda: hp.Morphology("nowhere.swc")) == "HH6072"


def test_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    flat = tree().plot()
    assert len(flat.patches) == 6  # a soma and five cylinders
    solid = tree().plot(dimensions=3)
    assert len(solid.lines) == 5
    with pytest.raises(hp.SimulationError):
        tree().plot(dimensions=4)


MEMBRANE = "Im = g*(-65*mV - v) : amp/meter**2\ng : siemens/meter**2\nI : amp (point current)"


def test_variables_of_places() -> None:
    cell = hp.Cell(tree(), MEMBRANE, g=1.0)
    cell.axon.g = 2.0
    cell["axon.0*um":"axon.30*um"].g = np.linspace(3, 5, 4)
    cell.dendrite.L[5 * um].g = 7.0
    assert cell.g[:].tolist() == [1, 3, 11 / 3, 13 / 3, 5, *[2] * 6, *[1] * 5, 7, *[1] * 8]
    branch = cell["dendrite.R.10*um":"dendrite.R.30*um"]
    branch.g = 2 * branch.g
    assert branch.g.tolist() == [2, 2, 2]
    assert [c.g[0] for c in branch] == [2, 2, 2]
    assert cell["dendrite.R.15*um.g"].tolist() == [2]
    cell["dendrite.R.15*um.g"] = 9.0
    assert cell.main if hasattr(cell, "main") else cell.g[22] == 9
    assert len(cell.dendrite) == 14
    assert len(cell.dendrite.L.L) == 2
    cell.v = "-65*mV + distance/(1*um)*mV"
    np.testing.assert_allclose(cell["v@axon.end"], [0.03])
    assert cell.get("v", "mV")[0] == pytest.approx(-65)
    assert mV is not None


def test_wrong_names_of_places() -> None:
    cell = hp.Cell(tree(), MEMBRANE)
    with pytest.raises(AttributeError, match="no variable"):
        _ = cell.axn
    assert code(lambda: cell["axn"]) == "HH6073"
    assert code(lambda: cell["axon.0*um":"dendrite.10*um"]) == "HH6073"
    assert code(lambda: cell.axon[150 * um]) == "HH6073"


REGIONS = """
channel Leak {
    param g = 0.1 mS/cm**2
    I = g*(-65 mV - v) : amp/meter**2
}
cell A {
    insert Leak in soma
    insert Leak(g = 0.3 mS/cm**2) in axon
}
"""


def test_channels_by_region() -> None:
    cell = hp.Cell(tree(), REGIONS)
    g = cell.Leak.g[:] * cell.Leak.inserted[:]
    np.testing.assert_allclose(g[:12], [1, *[3] * 10, 0])
    current = cell.get("Leak.I")
    np.testing.assert_allclose(current, -0.065 * g)


def test_a_channel_inserted_twice_at_one_place() -> None:
    text = REGIONS.replace("in axon", "in axon, root")
    assert code(lambda: hp.Cell(tree(), text)) == "HH6074"
