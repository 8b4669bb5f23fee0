# SPDX-License-Identifier: MIT
"""Regions of a cell, by name, distance and thickness.

>>> from hodgpy.places import distance, radius, region, terminals
>>> from hodgpy.units import um
>>> far_and_thin = region("dendrite") & (distance > 100 * um) & ~(radius > 1 * um)

Regions are recipes: they are worked out on a morphology when they are used, and again on another.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.errors import SimulationError

if TYPE_CHECKING:
    from hodgpy.cables.shape import Compartments

__all__ = [
    "Measure", "Region", "diameter", "distance", "everywhere", "radius", "region", "root",
    "terminals",
]  # fmt: skip

# What a word in the plural means beside names that begin with it.
_BEGINNINGS = {"dendrite": ("dend", "apic", "basal"), "axon": ("axon",)}


def _no_region(message: str) -> SimulationError:
    return SimulationError(message, "HH6073")


# Masks are functions of this module, so that regions can be sent to other processes.
def _both(first: Region, second: Region, shape: Compartments) -> np.ndarray:
    return np.asarray(first.mask(shape) & second.mask(shape))


def _either(first: Region, second: Region, shape: Compartments) -> np.ndarray:
    return np.asarray(first.mask(shape) | second.mask(shape))


def _neither(region: Region, shape: Compartments) -> np.ndarray:
    return ~region.mask(shape)


def _compared(
    values: Callable[[Compartments], np.ndarray],
    compare: Callable[[Any, Any], Any],
    limit: float,
    shape: Compartments,
) -> np.ndarray:
    return np.asarray(compare(values(shape), limit))


def _radius(shape: Compartments) -> np.ndarray:
    return 0.5 * shape.diameter


def _all(shape: Compartments) -> np.ndarray:
    return np.ones(len(shape), bool)


def _root(shape: Compartments) -> np.ndarray:
    return np.asarray(shape.section == 0)


class Region:
    """A set of compartments of any morphology; combine with ``&``, ``|``, ``~`` and ``-``."""

    def __init__(self, text: str, mask: Callable[[Compartments], np.ndarray]) -> None:
        self._text = text
        self._mask = mask

    def mask(self, shape: Compartments) -> np.ndarray:
        """Which compartments of a cell belong to the region, shape (n,), boolean."""
        return np.asarray(self._mask(shape), dtype=bool)

    def __and__(self, other: Any) -> Region:
        second = _as_region(other)
        return Region(f"({self} & {second})", partial(_both, self, second))

    def __or__(self, other: Any) -> Region:
        second = _as_region(other)
        return Region(f"({self} | {second})", partial(_either, self, second))

    def __sub__(self, other: Any) -> Region:
        return self & ~_as_region(other)

    def __invert__(self) -> Region:
        return Region(f"~{self}", partial(_neither, self))

    def __repr__(self) -> str:
        return self._text

    __rand__, __ror__ = __and__, __or__


class Measure:
    """A number of every compartment, for comparisons: ``distance > 100*um``."""

    def __init__(self, name: str, values: Callable[[Compartments], np.ndarray]) -> None:
        self._name = name
        self._values = values

    def _compare(self, sign: str, compare: Callable[[Any, Any], Any], bound: Any) -> Region:
        dimension = units.parse("1 meter").dimension
        limit = float(units.to_si(bound, dimension, f"the bound of {self._name}", "um"))
        text = f"({self._name} {sign} {limit * 1e6:g} um)"
        return Region(text, partial(_compared, self._values, compare, limit))

    def __lt__(self, bound: Any) -> Region:
        return self._compare("<", operator.lt, bound)

    def __le__(self, bound: Any) -> Region:
        return self._compare("<=", operator.le, bound)

    def __gt__(self, bound: Any) -> Region:
        return self._compare(">", operator.gt, bound)

    def __ge__(self, bound: Any) -> Region:
        return self._compare(">=", operator.ge, bound)

    def __repr__(self) -> str:
        return self._name


def region(name: str) -> Region:
    """The subtree that grows from a section, by its path (``"apical.L"``) or its kind in an SWC
    file (``"axon"``, ``"dend"``, ``"apic"``, ``"soma"``). The plural of a name means every section
    whose name begins so, and what grows on it; ``"dendrites"`` also means the apical ones.
    """
    arguments.text(name, "the name of a region")
    return Region(f"region({name!r})", partial(_named, name=name))


def _terminals(shape: Compartments) -> np.ndarray:
    mask = np.zeros(len(shape), bool)
    for i, section in enumerate(shape.sections):
        if not section.children:
            mask[shape.last[i] - 1] = True
    return mask


def _named(shape: Compartments, name: str) -> np.ndarray:
    mask = np.zeros(len(shape), bool)
    top = shape.sections[0]
    if name in ("soma", "root") and name not in top.children:
        return np.asarray(shape.section == 0)
    try:
        i = shape.index_of(top[name])
        mask[shape.first[i] : shape.subtree_end[i]] = True
        return mask
    except SimulationError:
        pass
    stem = name[:-1] if name.endswith("s") else name
    beginnings = _BEGINNINGS.get(stem, (stem,))
    for i, section in enumerate(shape.sections):
        if section.kind:
            if section.kind in (name, *beginnings):
                mask[shape.first[i] : shape.last[i]] = True
        elif stem != name and section.name.startswith(beginnings):
            mask[shape.first[i] : shape.subtree_end[i]] = True
    if not mask.any():
        known = sorted(({s.path for s in shape.sections} | {s.kind for s in shape.sections}) - {""})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(known[:12])}"
        raise _no_region(f"the cell has no region `{name}`{hint}")
    return mask


distance = Measure("distance", attrgetter("distance"))
"""Path distance of the centre from the root."""
radius = Measure("radius", _radius)
"""Radius at the centre."""
diameter = Measure("diameter", attrgetter("diameter"))
"""Diameter at the centre."""
everywhere = Region("everywhere", _all)
"""All compartments."""
root = Region("root", _root)
"""The first section, usually the soma."""
terminals = Region("terminals", _terminals)
"""The last compartment of every section without children."""


def _as_region(value: Any) -> Region:
    """A region as it is, text as the name of one."""
    if isinstance(value, Region):
        return value
    if isinstance(value, str):
        return region(value)
    raise _no_region(f"{arguments.shown(value)} is no region")
