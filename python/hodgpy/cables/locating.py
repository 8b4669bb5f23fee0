# SPDX-License-Identifier: MIT
"""Which compartments a place means: text, lengths and numbers along a section, regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.errors import SimulationError
from hodgpy.places import Region
from hodgpy.units import Quantity

if TYPE_CHECKING:
    from hodgpy.cables.morphology import Morphology
    from hodgpy.cables.shape import Compartments


_WORD = re.compile(r"[A-Za-z_]\w*|\d+")


def no_place(message: str) -> SimulationError:
    """The error of a place that does not exist."""
    return SimulationError(message, "HH6073")


class Place:
    """Compartments of one section: ``cell.axon[50*um]``, ``cell.axon[1:3]``, by length or index."""

    def __init__(self, section: Morphology, index: Any) -> None:
        self.section = section
        self.index = index

    def __repr__(self) -> str:
        return f"<Place on `{self.section.path or 'root'}`: {self.index}>"

    @property
    def diameter(self) -> float:
        """Of one compartment of a section with a number of them, in the middle of it, metre.

        Assigning one makes every compartment of the section a cylinder.
        """
        return float(self._diameters()[self._number()])

    @diameter.setter
    def diameter(self, value: Any) -> None:
        diameters = self._diameters()
        diameters[self._number()] = units.to_si(value, units.METRE, "diameter", "um")
        self.section.diameter = diameters

    def _number(self) -> int:
        return arguments.whole(
            self.index, "the number of a compartment", -len(self.section), len(self.section) - 1
        )

    def _diameters(self) -> np.ndarray:
        edges = self.section._edges(len(self.section))
        middles = 0.5 * (edges[1:] + edges[:-1])
        values = np.interp(middles, self.section.positions, self.section.diameters)
        return np.asarray(values)


def indices(shape: Compartments, place: Any) -> np.ndarray:
    """Compartments of one cell that a place means.

    Parameters
    ----------
    shape : Compartments
    place : int, slice, str, Region, Place, Morphology or array
        A whole number or slice of numbers counts compartments; a length or slice of lengths is
        measured along the root section; text is an address such as ``"LLR.15*um"``,
        ``"axon[50*um]"``, ``"axon.end"`` or ``"axon"`` (with all that grows on it); a morphology is
        a section with all that grows on it.

    Raises
    ------
    SimulationError
        HH6073 if there is no such place.
    """
    from hodgpy.cables.morphology import Morphology

    if isinstance(place, Region):
        return np.flatnonzero(place.mask(shape))
    if isinstance(place, str):
        return address(shape, place)[0]
    if isinstance(place, Morphology):
        i = _section_index(shape, place)
        return np.arange(shape.first[i], shape.subtree_end[i])
    if isinstance(place, Place):
        return along(shape, _section_index(shape, place.section), place.index)
    if is_length(place) or (isinstance(place, slice) and has_length(place)):
        return along(shape, 0, place)
    return counted(len(shape), place, "the cell")


def counted(n: int, place: Any, what: str) -> np.ndarray:
    """Compartments by number."""
    if isinstance(place, (int, np.integer)) and not -n <= place < n:
        raise no_place(f"{what} has {n} compartments, and {place} is none of them")
    try:
        return np.atleast_1d(np.arange(n)[place])
    except (IndexError, TypeError):
        raise no_place(f"{arguments.shown(place)} is no place on {what}") from None


def is_length(value: Any) -> bool:
    """Whether a value is a quantity, and not a number of a compartment."""
    return isinstance(value, Quantity)


def has_length(value: slice) -> bool:
    """Whether a slice is measured in lengths."""
    return is_length(value.start) or is_length(value.stop)


def along(shape: Compartments, section: int, index: Any) -> np.ndarray:
    """Compartments of one section by length or number.

    A length means the compartment that contains it. A slice of lengths means the compartments whose
    centres lie within it, or where it lies inside of one compartment, that one.
    """
    first, last = int(shape.first[section]), int(shape.last[section])
    if isinstance(index, slice) and has_length(index):
        if index.step is not None:
            raise no_place("a slice of lengths has no step")
        end = float(shape.sections[section].length)
        low = 0.0 if index.start is None else _metres(shape, section, index.start)
        high = end if index.stop is None else _metres(shape, section, index.stop)
        if high < low:
            raise no_place(f"the slice from {low * 1e6:g} to {high * 1e6:g} um is empty")
        centres = shape.position[first:last]
        inside = np.flatnonzero((centres >= low) & (centres < high))
        return first + (inside if len(inside) else np.array([_at(shape, section, low)]))
    if is_length(index):
        return np.array([first + _at(shape, section, _metres(shape, section, index))])
    name = shape.sections[section].path or "root"
    return first + counted(last - first, index, f"section `{name}`")


def _metres(shape: Compartments, section: int, value: Any) -> float:
    where = float(units.to_si(value, units.parse("1 meter").dimension, "a place", "um"))
    end = float(shape.sections[section].length)
    if not 0 <= where <= end * (1 + 1e-9):
        name = shape.sections[section].path or "root"
        raise no_place(f"`{name}` is {end * 1e6:g} um long, and {where * 1e6:g} um is not on it")
    return where


def _at(shape: Compartments, section: int, where: float) -> int:
    first, last = int(shape.first[section]), int(shape.last[section])
    ends = np.cumsum(shape.length[first:last])
    return int(
        np.clip(np.searchsorted(ends * (1 - 1e-9), where, side="right"), 0, last - first - 1)
    )


def _section_index(shape: Compartments, section: Morphology) -> int:
    try:
        return shape.index_of(section)
    except KeyError:
        pass
    try:  # the same place of another copy of the tree
        return shape.index_of(
            shape.sections[0][section.path] if section.path else shape.sections[0]
        )
    except (SimulationError, KeyError):
        raise no_place(f"the cell has no section `{section.path}`") from None


def address(shape: Compartments, text: str) -> tuple[np.ndarray, str]:
    """Compartments and variable of an address: ``"LLR.15*um.v"``, ``"v@axon.end"``, ``"axon"``."""
    section, index, variable = parsed(shape, text)
    if index is None and section == 0:
        return np.arange(shape.first[0], shape.last[0]), variable
    if index is None:
        return np.arange(shape.first[section], shape.subtree_end[section]), variable
    return along(shape, section, index), variable


def position(shape: Compartments, section: int, index: Any) -> float | None:
    """Where along a section a length, an end (-1) or a start (0) is, in metre; None for others."""
    if is_length(index):
        return _metres(shape, section, index)
    if index in (0, -1):
        return float(shape.sections[section].length) if index == -1 else 0.0
    return None


def parsed(shape: Compartments, text: str) -> tuple[int, Any, str]:
    """Section, place along it (a length, -1 for its end, 0 for its start, or None) and variable."""
    variable, at, rest = text.rpartition("@")
    variable = variable.strip() if at else ""
    rest = rest.strip()
    index: Any = None
    length = re.search(r"[.\[]?\s*(\d+\.?\d*(?:[eE][+-]?\d+)?)\s*\*\s*(\w+)\s*\]?", rest)
    if length is not None:
        index = units.parse(f"{length.group(1)}*{length.group(2)}")
        path, tail = rest[: length.start()], rest[length.end() :]
    else:
        ends = re.search(r"(^|\.)(end|start)\b", rest)
        if ends is not None:
            index = -1 if ends.group(2) == "end" else 0
            path, tail = rest[: ends.start()], rest[ends.end() :]
        else:
            path, tail = rest, ""
    tail = tail.strip(". ")
    if tail:
        if variable or not re.fullmatch(r"[A-Za-z_][\w.]*", tail):
            raise no_place(f"`{text}` is no address; write `axon.50*um` or `v@axon.50*um`")
        variable = tail
    path = path.strip(". ")
    if not path and (index is None or rest.startswith(".")):
        raise no_place(f"`{text}` is no address; write `axon`, `axon.50*um` or `axon.end`")
    return _walk(shape, path, text), index, variable


def _walk(shape: Compartments, path: str, text: str) -> int:
    top = shape.sections[0]
    if path in ("", "root") or (path == "soma" and "soma" not in top.children):
        return 0
    if _WORD.match(path) is None:
        raise no_place(f"`{text}` is no address; write `axon`, `axon.50*um` or `axon.end`")
    try:
        return shape.index_of(top[path])
    except SimulationError as error:
        raise no_place(str(error)) from None
