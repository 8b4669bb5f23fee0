# SPDX-License-Identifier: MIT
"""Every parameter of every shipped cell with a shape matters: 5 % off, and its figures move.

A population with a cell for each parameter of the model and of its channels, in all of its
compartments; cell 0 is as shipped. The figures are the voltages (and concentrations) of some
places at ten times, as pinned in `pins.toml`; `python tests/stdlib/test_cell_sensitivity.py` writes
them anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
import pins
from hodgpy.library import library_folder
from hodgpy.units import um
from perturbed import OFF


def _ball_and_stick(axon: str, apical: str, basal: str) -> hp.Morphology:
    cell = hp.Soma(diameter=25 * um)
    for name, kind, diameter, length, n in (
        ("axon", axon, 1, 60, 3), ("apical", apical, 3, 400, 7), ("basal", basal, 2, 150, 3),
    ):  # fmt: skip
        cell[name] = hp.Cylinder(diameter=diameter * um, length=length * um, n=n)
        cell[name].kind = kind
    cell.kind = "soma"
    return cell


def _reduced() -> hp.Morphology:
    cell = hp.Soma(diameter=25 * um)
    cell.trunk = hp.Cylinder(diameter=2.5 * um, length=100 * um, n=1)
    cell.trunk.prox = hp.Cylinder(diameter=1 * um, length=100 * um, n=1)
    return cell


# Shape, current (A) into compartments of each cell from t = 0 on, time and step (ms), and values.
PLANS: dict[str, dict[str, Any]] = {
    "hay_2011.Hay2011": {
        "shape": lambda: _ball_and_stick("axon", "apic", "dend"),
        "I": {0: 0.8e-9, 8: 1.2e-9}, "time": 60, "dt": 0.025, "record": [0, 8],
        "values": {"longest": 412e-6, "hot_begin": 195e-6, "hot_end": 300e-6},
    },
    "mainen_sejnowski_1996.MainenSejnowski1996": {
        "shape": lambda: _ball_and_stick("axon", "dendrites", "dendrites"),
        "I": {0: 0.3e-9, 8: 0.3e-9}, "time": 60, "dt": 0.025, "record": [0, 8], "celsius": 37.0,
    },
    "passive_cable.PassiveCable": {
        "shape": lambda: hp.Cylinder(diameter=1 * um, length=1000 * um, n=21),
        "I": {0: 1e-11}, "time": 50, "dt": 0.1, "record": [0, 20],
    },
    "reduced_dendrites_2023.ReducedDendrites2023": {
        "shape": _reduced, "I": {0: 0.1e-9, 2: 0.3e-9}, "time": 40, "dt": 0.01, "record": [0, 1, 2],
        "values": {"scale": 2.8, "spines": 1.5, "active": True, "g_rise": 9e-9, "g_fall": 5.7e-9},
    },
    "squid_axon_1952.SquidAxon1952": {
        "shape": lambda: hp.Cylinder(diameter=476 * um, length=30_000 * um, n=30),
        "I": {0: 3e-5}, "time": 8, "dt": 0.01, "record": [0, 29], "celsius": 18.5,
    },
    "traub_1991.Traub1991": {
        "shape": hp.published_shapes.traub_1991, "I": {0: 0.6e-9}, "time": 60, "dt": 0.025,
        "record": [0, 4, 12],
    },
}  # fmt: skip
FOLLOWS = "the reversal potential follows calcium"
MOVES_NOTHING = {"hay_2011.Hay2011": {"cal.E": FOLLOWS, "cat.E": FOLLOWS}}
# What the shape says, the current, and flags.
LEFT_OUT = [
    "I", "area", "length", "diameter", "volume", "distance", "x", "y", "z", "spike_here", "active",
]  # fmt: skip


def figures(name: str) -> pins.Figures:
    plan = PLANS[name]
    file, cell = name.split(".")
    model = getattr(hp.compile(f"cells.{file}"), cell)
    names = [n for n, v in model.variables.items() if "parameter" in v.role and n not in LEFT_OUT]
    names = [n for n in names if not n.endswith(".inserted")]
    shape: Callable[[], hp.Morphology] = plan["shape"]
    places = ["nothing", *names]
    cells = hp.CablePopulation(shape(), f"cells.{file}", len(places), **plan.get("values", {}))
    count = cells.N // len(places)
    for k, name_ in enumerate(names, start=1):
        values = np.array(np.broadcast_to(cells.get(name_), (cells.N,)), dtype=float)
        values[k * count : (k + 1) * count] *= 1 + OFF
        cells.set(name_, values)
    current = np.zeros(count)
    for place, amount in plan["I"].items():
        current[place] = amount
    cells.I = np.tile(current, len(places))
    states = [s for s in ("v", "ca_i", "chi") if s in model.states]
    recorded = [k * count + place for k in range(len(places)) for place in plan["record"]]
    samples = hp.StateRecorder(cells, states, record=recorded, dt=plan["time"] * 1e-4)
    warm = {"temperature": f"{plan['celsius']} degC"} if "celsius" in plan else {}
    hp.Network(cells, samples, dt=plan["dt"] * 1e-3, **warm).run(
        plan["time"] * 1e-3, record_end=True
    )
    rows = {
        f"{s} at {place}": np.asarray(samples[s])[i :: len(plan["record"]), 1:]
        for s in states
        for i, place in enumerate(plan["record"])
    }
    return pins.Figures(places, rows)


@pytest.mark.parametrize("name", PLANS)
def test_each_parameter_of_a_cell_moves_its_figures(name: str) -> None:
    pins.check(f"cells.{name}", figures(name), MOVES_NOTHING.get(name, {}))


def test_every_cell_is_here() -> None:
    shipped = {path.stem for path in (library_folder() / "cells").glob("*.hhm")}
    assert shipped == {name.split(".")[0] for name in PLANS}


def write(names: list[str]) -> None:
    chosen = [f"cells.{n}" for n in names or PLANS]
    pins.write(chosen, lambda name: figures(name.removeprefix("cells.")))


if __name__ == "__main__":
    write(sys.argv[1:])
