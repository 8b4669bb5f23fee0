# SPDX-License-Identifier: MIT
"""What a user can get wrong with cells: an error with its code and a word of help, no crash."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy import places
from hodgpy.units import cm, ms, mV, nS, ohm, uF, um

MEMBRANE = "Im = gl*(-70*mV - v) : amp/meter**2\ngl : siemens/meter**2\nI : amp (point current)\n"


def shape() -> hp.Morphology:
    top = hp.Soma(diameter=20 * um)
    top.axon = hp.Cylinder(diameter=1 * um, length=100 * um, n=10)
    top.dendrite = hp.Cylinder(diameter=1 * um, length=100 * um, n=10)
    return top


def cell(text: Any = MEMBRANE, **options: Any) -> hp.Cell:
    return hp.Cell(shape(), text, **options)


def by_rule(**options: Any) -> hp.Cell:
    return hp.Cell(hp.Cylinder(diameter=1 * um, length=100 * um), MEMBRANE, **options)


def run(made: hp.Cell) -> None:
    hp.Network(made, dt=0.1 * ms).run(1 * ms)


SWC = {
    "empty": ("", "no sample"),
    "comments": ("# nothing\n", "no sample"),
    "circle": ("1 1 0 0 0 5 3\n2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n", "circle"),
    "circle beside the root": ("1 1 0 0 0 5 -1\n2 3 9 0 0 1 3\n3 3 20 0 0 1 2\n", "circle"),
    "its own parent": ("1 1 0 0 0 5 1\n", "circle"),
    "unknown parent": ("1 1 0 0 0 5 -1\n2 3 10 0 0 1 7\n", "parent 7"),
    "radius 0": ("1 1 0 0 0 5 -1\n2 3 10 0 0 0 1\n", "radius is 0 um"),
    "no number": ("1 1 0 0 0 5 -1\n2 3 nan 0 0 1 1\n", "not finite"),
    "short line": ("1 1 0 0 0 5 -1\n2 3 10 0 0\n", "seven numbers"),
    "no text": ("\0\1\2" * 50, "seven numbers"),
}


@pytest.mark.parametrize("kind", SWC)
def test_broken_files(kind: str, tmp_path: Path) -> None:
    text, word = SWC[kind]
    path = tmp_path / "cell.swc"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(hp.SimulationError, match=rf"cell\.swc:\d: .*{word}") as caught:
        hp.Morphology(path)
    assert caught.value.code == "HH6072"


SHAPES: dict[str, Callable[[], Any]] = {
    "length 0": lambda: hp.Cylinder(diameter=1 * um, length=0 * um),
    "diameter 0": lambda: hp.Cylinder(diameter=0 * um, length=1 * um),
    "diameter below 0": lambda: hp.Section(diameter=[1 * um, -1 * um], length=5 * um),
    "no length": lambda: hp.Cylinder(diameter=1 * um, length=float("nan")),
    "no fraction": lambda: by_rule(lambda_fraction=0.0),
    "fraction below 0": lambda: by_rule(lambda_fraction=-0.1),
    "Cm below 0": lambda: by_rule(Cm=-1.0),
    "Ri infinite": lambda: by_rule(Ri=np.inf),
    "frequency below 0": lambda: by_rule(frequency=-5.0),
    "part of itself": lambda: (lambda s: s.__setitem__("x", s))(shape()),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_shapes_that_make_no_sense(kind: str) -> None:
    with pytest.raises(hp.SimulationError) as caught:
        SHAPES[kind]()
    assert caught.value.code == "HH6072"


PLACES: dict[str, tuple[Callable[[], Any], str]] = {
    "misspelt": (lambda: cell()["axn.50*um"], "did you mean `axon`"),
    "misspelt threshold": (lambda: cell(threshold="axn[5*um].v > 0*mV"), "did you mean `axon`"),
    "misspelt record": (lambda: hp.StateRecorder(cell(), "v", record="axn.end"), "did you mean"),
    "unknown region": (lambda: cell()[hp.places.region("tuft")], "no region `tuft`"),
    "beyond the end": (lambda: cell()["axon.150*um"], "100 um long"),
    "slice beyond": (lambda: cell().axon[50 * um : 150 * um], "150 um is not on it"),
    "slice backwards": (lambda: cell().axon[50 * um : 20 * um], "is empty"),
    "number beyond": (lambda: cell().axon[10], "10 compartments"),
    "two thresholds": (lambda: cell(threshold="axon[5*um].v > axon[9*um].v"), "one place"),
    "threshold along a section": (
        lambda: cell(threshold="v crosses 0*mV", threshold_at="axon"), "not at 10",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PLACES)
def test_places_that_do_not_exist(kind: str) -> None:
    action, word = PLACES[kind]
    with pytest.raises(hp.SimulationError, match=word) as caught:
        action()
    assert caught.value.code == "HH6073"


def test_names_that_are_neither_variables_nor_sections() -> None:
    for owner in (cell(), cell()["soma"]):
        with pytest.raises(AttributeError, match="did you mean `axon`"):
            _ = owner.axn


EQUATIONS = {
    "Im in amp": ("Im = g*(-70*mV - v) : amp\ng : siemens", "HH4051"),
    "Im in volt": ("Im = (-70*mV - v) : volt", "HH4051"),
    "no Im": ("gl : siemens/meter**2", "HH4050"),
    "v in amp": ("dv/dt = Icable/second : amp/meter**2", "HH4052"),
    "no Icable": ("dv/dt = -v/(10*ms) : volt", "HH4054"),
    "Icable leaves": (
        "dv/dt = (-Icable - v*siemens/meter**2)/(1*uF/cmeter**2) : volt", "HH4054",
    ),
    "Icable squared": ("dv/dt = Icable**2*volt/second*(meter**2/amp)**2 : volt", "HH4054"),
    "noise": (
        "Im = -v*(s*xi + 1*siemens/meter**2) : amp/meter**2\ns : siemens/meter**2*second**0.5",
        "HH4055",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", EQUATIONS)
def test_equations_that_are_no_membrane(kind: str) -> None:
    text, code = EQUATIONS[kind]
    with pytest.raises(hp.ModelError) as caught:
        cell(text)
    assert code in [d.code for d in caught.value.diagnostics]


def test_a_membrane_current_of_the_wrong_sign_is_a_warning_and_then_a_fault() -> None:
    text = "Im = gl*(v + 70*mV) : amp/meter**2\ngl = 1e3*siemens/meter**2 : siemens/meter**2"
    with pytest.warns(hp.ModelWarning, match="HH5014"):
        made = cell(text)
    with pytest.raises(hp.SimulationError, match="not stable") as caught:
        run(made)
    assert caught.value.code == "HH6071"


@pytest.mark.parametrize("more", ["", "dgl/dt = -gl/(5*ms) : siemens/meter**2\n"])
def test_conductances_are_taken_as_positive(more: str) -> None:
    text = "Im = gl*(v + 70*mV) : amp/meter**2\n" + (more or "gl : siemens/meter**2")
    with pytest.warns(hp.ModelWarning, match="HH5014"):
        cell(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cell(text.replace("v + 70*mV", "-70*mV - v"))


def test_lengths_without_unit_are_doubted() -> None:
    for make in (
        lambda: hp.Cylinder(diameter=1, length=100 * um),
        lambda: hp.Section(diameter=[2, 1] * um, length=[50]),
        lambda: cell(Ri=150),
        lambda: cell(Cm=1),
    ):
        with pytest.warns(hp.UnitWarning, match=r"did you mean (\d+|\[...\])\*(um|ohm\*cm|uF)"):
            make()


def test_nothing_is_recorded_where_nothing_is() -> None:
    made = cell()
    with pytest.raises(hp.SimulationError, match="what was chosen is empty"):
        hp.StateRecorder(made[places.distance > 1 * cm], "v")


def test_a_membrane_that_is_wrong_everywhere_is_told_so() -> None:
    with pytest.raises(hp.SimulationError, match=r"in compartment 0, and wrong in \d+ more"):
        run(cell(Cm=0.0))


VALUES: dict[str, tuple[Callable[[], Any], str]] = {
    "Cm 0": (lambda: run(cell(Cm=0.0)), "HH6070"),
    "Ri below 0": (lambda: run(cell(Ri=-1.0)), "HH6070"),
    "too few": (lambda: cell(gl=np.ones(5)), "HH6011"),
    "too few at a place": (lambda: setattr(cell().axon, "gl", np.ones(5)), "HH6011"),
    "not a number": (lambda: cell(gl=float("nan")), "HH6013"),
    "gap below 0": (lambda: cell().connect_gaps("axon.end", "dendrite.end", -1 * nS), "HH6013"),
    "gaps of other counts": (lambda: cell().connect_gaps("axon", "dendrite.end", 1 * nS), "HH6011"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_that_cannot_be(kind: str) -> None:
    action, code = VALUES[kind]
    with pytest.raises(hp.SimulationError) as caught:
        action()
    assert caught.value.code == code


OTHERS: dict[str, tuple[Callable[[], Any], str]] = {
    "unit of a length": (lambda: hp.Cylinder(diameter=1 * um, length=1 * mV), "um"),
    "unit of a place": (lambda: cell()["axon.15*mV"], "um"),
    "unit of Ri": (lambda: cell(Ri=150 * ohm), r"ohm\*cm"),
    "unit of Cm": (lambda: cell(Cm=1 * uF / cm), r"uF/cm\*\*2"),
    "method": (lambda: cell(method="rk4"), "crank_nicolson"),
    "no shape": (lambda: hp.Cell("axon", MEMBRANE), "needs a morphology"),
    "no cells": (lambda: hp.CablePopulation([], MEMBRANE), "0 morphologies"),
    "cells without shapes": (lambda: hp.CablePopulation([shape()], MEMBRANE, 3), "be 3 cells"),
    "clamp": (lambda: cell().voltage_clamp("soma", V=-40 * mV, Rs=0.0), "above zero"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_mistakes(kind: str) -> None:
    action, word = OTHERS[kind]
    with pytest.raises(hp.HodgError, match=word):
        action()


def test_overlapping_insertions() -> None:
    text = """hhm 1
    channel L {
        param g = 1 mS/cm**2
        I = g*(-70 mV - v) : amp/meter**2
    }
    cell C {
        insert L as l in axon
        insert L(g = 2 mS/cm**2) as l in axon, dendrite
    }"""
    with pytest.raises(hp.SimulationError, match="twice at `axon`, 5 um") as caught:
        hp.Cell(shape(), hp.compile(text))
    assert caught.value.code == "HH6074"


@pytest.mark.parametrize("value", [1e-9, "1*nA"])
def test_values_for_an_empty_place(value: Any) -> None:
    nowhere = cell()[places.distance > 1 * cm]
    with pytest.warns(hp.NetworkWarning, match="`I` is assigned to no compartment") as caught:
        nowhere.I = value
    assert caught[0].filename == __file__
    with pytest.warns(hp.NetworkWarning, match="this place is empty"):
        nowhere.set("I", value)


def test_values_for_a_place_do_not_warn() -> None:
    made = cell()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made[places.distance > 50 * um].gl = 1.0
        made.axon.set("gl", "1*siemens/meter**2")
