# SPDX-License-Identifier: MIT
"""Files of geometric graphs: text that any language reads, with a checksum.

The format is specified in ``docs/geometric_networks.md``.
"""

from __future__ import annotations

import hashlib
import json
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from hodgpy import arguments
from hodgpy.coded import refuse
from hodgpy.errors import SimulationError
from hodgpy.geometry.box import GRID, Box
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.geometry.positions import Positions

_FIRST_LINE = "hodgpy geometric network 1"
_END = "sha256 "


def text_of(graph: GeometricGraph) -> str:
    """The file of a graph as text: the same graph, the same bytes."""
    box, positions = graph.positions.box, graph.positions
    unit, coordinates = "m", positions.positions.tolist()
    if positions.is_on_grid:
        unit, coordinates = "grid", positions.comparable.tolist()
    lines = [
        _FIRST_LINE,
        f"name {graph.name}",
        f"about {json.dumps(graph.about, sort_keys=True)}",
        f"box {' '.join(repr(side) for side in box.sides.tolist())}",
        f"dimension {box.dimension!r}",
        f"cells {graph.N} {unit}",
        *(" ".join(map(repr, row)) for row in coordinates),
        f"edges {len(graph)}",
        *(f"{i} {j}" for i, j in zip(graph.i.tolist(), graph.j.tolist(), strict=True)),
    ]
    body = "\n".join(lines) + "\n"
    return f"{body}{_END}{hashlib.sha256(body.encode()).hexdigest()}\n"


def write(graph: GeometricGraph, path: str | PathLike[str]) -> None:
    """Writes the file of a graph."""
    Path(arguments.path(path, "path")).write_text(text_of(graph), encoding="utf-8", newline="\n")


def read(path: str | PathLike[str]) -> GeometricGraph:
    """Reads the file of a graph; see :meth:`GeometricGraph.load`."""
    file = arguments.path(path, "path")
    try:
        text = Path(file).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        _refuse(file, str(error))
    if not text.startswith(_FIRST_LINE + "\n"):
        _refuse(file, f"its first line is not `{_FIRST_LINE}`")
    body, found, checksum = text.rpartition(_END)
    if not found or hashlib.sha256(body.encode()).hexdigest() != checksum.strip():
        _refuse(file, "its checksum does not fit what stands in it")
    try:
        return _parsed(body.split("\n"))
    except SimulationError:
        raise
    except (ValueError, KeyError, IndexError, TypeError) as error:
        _refuse(file, str(error))


def _parsed(lines: list[str]) -> GeometricGraph:
    header = dict(line.partition(" ")[::2] for line in lines[1:6])
    cells, unit = header["cells"].split()
    N = int(cells)
    box = Box([float(s) for s in header["box"].split()], float(header["dimension"]))
    at = 6
    grid: np.ndarray | None = None
    if unit == "grid":
        grid = np.array([[int(v) for v in row.split()] for row in lines[at : at + N]])
        positions = Positions(grid * (float(box.sides.max()) / GRID), box, _grid=grid)
    else:
        rows = [[float(v) for v in row.split()] for row in lines[at : at + N]]
        positions = Positions(rows, box)
    count = int(lines[at + N].removeprefix("edges "))
    edges = " ".join(lines[at + N + 1 : at + N + 1 + count]).split()
    pairs = np.array(edges, dtype=np.int64).reshape(count, 2)
    about: dict[str, Any] = json.loads(header["about"])
    return GeometricGraph(positions, pairs[:, 0], pairs[:, 1], name=header["name"], about=about)


def _refuse(file: str, reason: str) -> NoReturn:
    refuse("HH6083", f"{file} is no file of a geometric network: {reason}")
