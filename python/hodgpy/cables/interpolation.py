# SPDX-License-Identifier: MIT
"""The voltage between centres: a place lies between two points of the tree at which it is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hodgpy.cables.shape import Compartments

Weights = dict[int, float]


def stencil(shape: Compartments, section: int, where: float) -> Weights:
    """Compartments of a cell and their weights: v at a place is the sum of weight * v.

    Linear between the centres of neighbours; between the last centre and the end of a section the
    voltage of the end counts. A branch point has no membrane, so its voltage is the mean of the
    centres around it, weighted with their axial conductances (for one Ri). At a sealed end the
    voltage is that of the last centre, as no current flows there.

    Parameters
    ----------
    shape : Compartments
    section : int
        Number of the section.
    where : float
        Along it, in metre.
    """
    first, last = int(shape.first[section]), int(shape.last[section])
    if shape.sections[section].is_sphere:
        return {first: 1.0}
    centres = shape.position[first:last]
    after = int(np.searchsorted(centres, where))
    if 0 < after < last - first:
        part = (where - centres[after - 1]) / (centres[after] - centres[after - 1])
        return _mixed({first + after - 1: 1.0}, {first + after: 1.0}, part)
    if after == 0:
        part = where / centres[0]
        return _mixed(_start(shape, first), {first: 1.0}, part)
    end = float(shape.sections[section].length)
    part = (where - centres[-1]) / (end - centres[-1])
    return _mixed({last - 1: 1.0}, _end(shape, last - 1), part)


def _mixed(low: Mapping[int, float], high: Mapping[int, float], part: float) -> Weights:
    result: Weights = {}
    for weights, share in ((low, 1.0 - part), (high, part)):
        for compartment, weight in weights.items():
            if share * weight != 0:
                result[compartment] = result.get(compartment, 0.0) + share * weight
    return result


def _start(shape: Compartments, compartment: int) -> Weights:
    """The voltage where the section begins whose first compartment this is."""
    node = int(shape.nodes[compartment])
    parent = int(shape.parent[node])
    if parent < 0:
        return {compartment: 1.0}
    if shape.node_area[parent] == 0:
        return _around(shape, parent)
    return _weighted(
        shape, [(node, float(shape.own_half[node])), (parent, float(shape.parent_half[node]))]
    )


def _end(shape: Compartments, compartment: int) -> Weights:
    """The voltage where the section ends whose last compartment this is."""
    node = int(shape.nodes[compartment])
    below = np.flatnonzero((shape.parent == node) & (shape.parent_half > 0))
    if len(below) == 0:
        return {compartment: 1.0}
    child = int(below[0])
    if shape.node_area[child] == 0:
        return _around(shape, child)
    return _weighted(
        shape, [(node, float(shape.parent_half[child])), (child, float(shape.own_half[child]))]
    )


def _around(shape: Compartments, point: int) -> Weights:
    """The voltage of a point without membrane."""
    halves = [(int(shape.parent[point]), float(shape.parent_half[point]))]
    halves += [(int(n), float(shape.own_half[n])) for n in np.flatnonzero(shape.parent == point)]
    return _weighted(shape, halves)


def _weighted(shape: Compartments, halves: list[tuple[int, float]]) -> Weights:
    """Mean of nodes, weighted with the conductances of the halves between."""
    compartment = {int(node): c for c, node in enumerate(shape.nodes)}
    near = [node for node, half in halves if half == 0]
    if near:
        return {compartment[near[0]]: 1.0}
    total = sum(1.0 / half for _, half in halves)
    return {compartment[node]: 1.0 / half / total for node, half in halves}
