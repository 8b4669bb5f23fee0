# SPDX-License-Identifier: MIT
"""Reconstructed cells that come with the package."""

from __future__ import annotations

import re

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.library import library_folder
from hodgpy.units import ms, nA

FOLDER = library_folder() / "shapes"


def test_retinal_ganglion_cell_is_that_of_its_file() -> None:
    """Length of the dendrites and area of the soma, from the samples by hand."""
    lines = [
        line.split()
        for line in (FOLDER / "mp_ma_40984_gc2.CNG.swc").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    samples = {int(row[0]): np.array(row[2:6], dtype=float) for row in lines}
    length = sum(
        np.linalg.norm(samples[int(row[0])][:3] - samples[int(row[6])][:3])
        for row in lines
        if int(row[6]) > 1
    )
    cell = hp.published_shapes.retinal_ganglion()
    assert len(samples) == 353
    found = sum(section.length for section in cell.sections() if section is not cell)
    assert found == pytest.approx(length * 1e-6, rel=1e-9)
    neuron = hp.Cell(cell, "cells.passive_cable")
    assert neuron.area[0] == pytest.approx(np.pi * (2 * 12.03e-6) ** 2, rel=1e-9)


def test_a_current_into_its_soma_reaches_the_dendrites() -> None:
    cell = hp.Cell(hp.published_shapes.retinal_ganglion(), "cells.passive_cable")
    cell.set("I", 0.02 * nA, 0)
    hp.Network(cell, dt=0.1 * ms).run(200 * ms)
    depolarised = cell.v + 0.065
    far = int(np.argmax(cell.distance))
    assert cell.distance[far] > 250e-6
    assert depolarised[0] == depolarised.max() > depolarised[far] > 0.3 * depolarised[0]


def test_each_shape_says_its_licence() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    for path in FOLDER.glob("*.swc"):
        row = next(line for line in text.splitlines() if f"`{path.name}`" in line)
        assert re.search(r"\]\(https://creativecommons\.org/licenses/by/4\.0/\)", row)
