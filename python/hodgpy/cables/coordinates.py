# SPDX-License-Identifier: MIT
"""Where sections are in space: as given, or laid out in a plane so that a tree can be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hodgpy.cables.morphology import Morphology

_WIDEST_FORK = 1.7  # radian between the outermost children of a section


def polylines(root: Morphology) -> list[np.ndarray]:
    """Points of every section (as ``root.sections()`` orders them), shape (m, 3), metre.

    Coordinates of a section count from where it begins on its parent; those of a file are as they
    stand there. Sections without coordinates fan out in the plane z = 0.
    """
    sections = list(root.sections())
    leaves: dict[int, int] = {}
    for section in reversed(sections):
        children = section.children.values()
        leaves[id(section)] = sum(leaves[id(c)] for c in children) or 1
    lines: dict[int, np.ndarray] = {}
    direction: dict[int, float] = {id(root): 0.0}
    for section in sections:
        _fan(section, leaves, direction)
        begin = _begin(section, lines)
        if section.coordinates is not None:
            points = section.coordinates
            if not getattr(section, "_absolute", False):
                points = points - points[0] + begin
        elif section.is_sphere:
            points = np.repeat(begin[None, :], 2, axis=0)
        else:
            angle = direction[id(section)]
            along = section.positions[[0, -1], None]
            points = begin + along * np.array([[np.cos(angle), np.sin(angle), 0.0]])
        lines[id(section)] = points
    return [lines[id(section)] for section in sections]


def _begin(section: Morphology, lines: dict[int, np.ndarray]) -> np.ndarray:
    """The point of the parent at which a section begins."""
    if section.parent is None or id(section.parent) not in lines:
        return np.zeros(3)
    points = lines[id(section.parent)]
    if section.parent.is_sphere:
        return np.asarray(points[0])
    return at_fraction(points, float(section.attach))


def _fan(section: Morphology, leaves: dict[int, int], direction: dict[int, float]) -> None:
    """Directions of the children: around a root, ahead of any other section."""
    children = list(section.children.values())
    if not children:
        return
    weights = np.array([leaves[id(c)] for c in children], float)
    middle = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    own = direction[id(section)]
    if section.is_sphere:  # an axon points down, else the first child up
        names = list(section.children)
        first = names.index("axon") if "axon" in names else 0
        upright = -np.pi / 2 if "axon" in names else np.pi / 2
        angles = upright + 2 * np.pi * (middle - middle[first])
    elif len(children) == 1:
        angles = np.array([own])
    else:
        width = min(_WIDEST_FORK, 0.75 * np.sqrt(weights.sum()))
        angles = own + width * (middle - 0.5)
    for child, angle in zip(children, angles, strict=True):
        direction[id(child)] = float(angle)


def at_fraction(points: np.ndarray, fraction: Any) -> np.ndarray:
    """Points at fractions of the length of a polyline."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    where = np.asarray(fraction) * arc[-1]
    return np.stack([np.interp(where, arc, points[:, k]) for k in range(3)], axis=-1)


def coordinates_of(sections: list[Morphology], cuts: list[Any], counts: np.ndarray) -> np.ndarray:
    """Centres of all compartments in space, shape (n, 3)."""
    centres = np.empty((int(counts.sum()), 3))
    at = 0
    for section, line, cut in zip(sections, polylines(sections[0]), cuts, strict=True):
        n = len(cut.area)
        if section.is_sphere:
            centres[at : at + n] = line[0]
        else:
            centres[at : at + n] = at_fraction(line, cut.position / section.positions[-1])
        at += n
    return centres
