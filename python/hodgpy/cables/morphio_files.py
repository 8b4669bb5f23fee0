# SPDX-License-Identifier: MIT
"""Morphologies in the formats that MorphIO reads: Neurolucida .asc and .h5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hodgpy.cables.morphology import Morphology
from hodgpy.cables.swc import TYPES, Sample, from_samples
from hodgpy.errors import SimulationError


def read_with_morphio(path: str, soma: str) -> Morphology:
    """Read a file with MorphIO (``pip install 'hodgpy[morphio]'``); see ``Morphology.from_file``.

    A soma drawn as a contour is a sphere with the mean distance of its points from their centre.
    """
    try:
        import morphio
    except ImportError:
        raise SimulationError(
            f"{path}: {Path(path).suffix} files are read by MorphIO, which is not installed: "
            "pip install 'hodgpy[morphio]'",
            "HH6072",
        ) from None
    if not Path(path).is_file():
        raise SimulationError(f"{path} cannot be read: there is no such file", "HH6072")
    try:
        read = morphio.Morphology(path)
    except (morphio.MorphioError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise SimulationError(f"{path} cannot be read: {reason}", "HH6072") from None
    return from_samples(_samples_of(read), path, soma)


def _samples_of(read: Any) -> dict[int, Sample]:
    samples: dict[int, Sample] = {}

    def add(kind: int, point: np.ndarray, radius: float, parent: int) -> int:
        number = len(samples) + 1
        place = 1e-6 * np.asarray(point, float)
        samples[number] = Sample(number, number, kind, place, 1e-6 * float(radius), parent)
        return number

    points = np.asarray(read.soma.points, float)
    if len(points) > 0:
        centre = points.mean(axis=0)
        radius = 0.5 * float(read.soma.diameters[0])
        if len(points) > 1:
            radius = float(np.linalg.norm(points - centre, axis=1).mean())
        add(1, centre, radius, -1)
    last: dict[int, int] = {}  # sample at the end of each section
    for section in read.iter():
        kind = int(section.type)
        kind = kind if kind in TYPES else 3
        parent = (1 if len(points) > 0 else -1) if section.is_root else last[section.parent.id]
        rows = zip(section.points, section.diameters, strict=True)
        for k, (point, diameter) in enumerate(rows):
            if k == 0 and not section.is_root:
                continue  # the last point of the parent again
            parent = add(kind, point, 0.5 * diameter, parent)
        last[section.id] = parent
    return samples
