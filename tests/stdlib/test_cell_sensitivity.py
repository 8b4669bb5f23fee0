# SPDX-License-Identifier: MIT
"""Every number of every shipped cell with a shape matters: 5 % off, and its figures move.

A population with a cell for each literal in the text and for each parameter of the model and of its
channels, in all of its compartments; cell 0 is as shipped. The figures are the voltages (and
concentrations) of some places at ten times, as pinned in `pins.toml`;
`python tests/stdlib/test_cell_sensitivity.py` writes them anew.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
import perturbed
import pins
from hodgpy.library import library_folder
from hodgpy.units import um
from literals import OFF


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
        "shape": _reduced, "I": {0: 2e-9, 2: 0.3e-9}, "time": 40, "dt": 0.01, "record": [0, 1, 2],
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
MOVES_NOTHING = {
    "hay_2011.Hay2011": {"cal.E": FOLLOWS, "cat.E": FOLLOWS},
    "reduced_dendrites_2023.ReducedDendrites2023": {"1 second in init": "long before the run"},
    "traub_1991.Traub1991": {"CaL: 0.005 in alpha": "r is 1 below -60 mV, whatever alpha is"},
}
# What the shape says, the current, and flags.
LEFT_OUT = [
    "I", "area", "length", "diameter", "volume", "distance", "x", "y", "z", "spike_here", "active",
    "which_",
]  # fmt: skip


def population(plan: dict[str, Any], model: hp.Model, count: int) -> hp.CablePopulation:
    """So many cells, with the plan's values and current."""
    shape: Callable[[], hp.Morphology] = plan["shape"]
    cells = hp.CablePopulation(shape(), model, count, **plan.get("values", {}))
    current = np.zeros(cells.N // count)
    for place, amount in plan["I"].items():
        current[place] = amount
    cells.I = np.tile(current, count)
    return cells


def record(plan: dict[str, Any], cells: hp.CablePopulation, count: int) -> pins.Record:
    """States at some places of each cell at ten times."""
    compartments = cells.N // count
    states = [s for s in ("v", "ca_i", "chi") if s in cells.model.states]
    recorded = [k * compartments + place for k in range(count) for place in plan["record"]]
    samples = hp.StateRecorder(cells, states, record=recorded, dt=plan["time"] * 1e-4)
    warm = {"temperature": f"{plan['celsius']} degC"} if "celsius" in plan else {}
    hp.Network(cells, samples, dt=plan["dt"] * 1e-3, **warm).run(
        plan["time"] * 1e-3, record_end=True
    )
    return pins.Record(
        {
            f"{s} at {place}": np.asarray(samples[s])[i :: len(plan["record"]), 1:].copy()
            for s in states
            for i, place in enumerate(plan["record"])
        }
    )


def figures(name: str, folder: Path) -> pins.Figures:
    plan = PLANS[name]
    file, cell = name.split(".")
    prepared = perturbed.copies(folder, perturbed.text_of(f"cells.{file}"), cell)
    variables = prepared.model.variables
    names = [n for n, v in variables.items() if "parameter" in v.role and n not in LEFT_OUT]
    names = [n for n in names if not n.endswith(".inserted")]
    places = ["nothing", *prepared.literals, *names]
    cells = population(plan, prepared.model, len(places))
    count = cells.N // len(places)
    if prepared.literals:
        cells.set("which_", np.repeat(np.arange(len(places), dtype=float), count))
    for k, name_ in enumerate(names, start=1 + len(prepared.literals)):
        values = np.array(np.broadcast_to(cells.get(name_), (cells.N,)), dtype=float)
        values[k * count : (k + 1) * count] *= 1 + OFF
        cells.set(name_, values)
    found = pins.Figures(places, record(plan, cells, len(places)))
    for place, model in prepared.other_models():
        found.add(place, model and record(plan, population(plan, model, 1), 1))
    return found


@pytest.mark.parametrize("name", PLANS)
def test_each_number_of_a_cell_moves_its_figures(name: str, tmp_path: Path) -> None:
    pins.check(f"cells.{name}", figures(name, tmp_path), MOVES_NOTHING.get(name, {}))


def test_every_cell_is_here() -> None:
    shipped = {path.stem for path in (library_folder() / "cells").glob("*.hhm")}
    assert shipped == {name.split(".")[0] for name in PLANS}


def write(names: list[str]) -> None:
    def run(name: str) -> pins.Figures:
        with tempfile.TemporaryDirectory() as folder:
            return figures(name.removeprefix("cells."), Path(folder))

    pins.write([f"cells.{n}" for n in names or PLANS], run)


if __name__ == "__main__":
    write(sys.argv[1:])
