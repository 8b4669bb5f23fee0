# SPDX-License-Identifier: MIT
"""A cable population by places: sections, slices, regions and addresses as text."""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy import arguments
from hodgpy.cables.arguments import parts_of
from hodgpy.cables.compartments import CableCompartments
from hodgpy.cables.interpolation import stencil
from hodgpy.cables.locating import (
    address,
    counted,
    has_length,
    is_length,
    no_place,
    parsed,
    position,
)
from hodgpy.cables.locating import indices as resolve
from hodgpy.cables.morphology import Morphology
from hodgpy.cables.point_process import PointProcesses
from hodgpy.cables.view import CableView
from hodgpy.coded import nearest
from hodgpy.errors import SimulationError


class CablePlaces(CableCompartments):
    """Compartments that are found by where they are."""

    def cell(self, number: int) -> CableView:
        """One cell of the population."""
        k = arguments.whole(number, "the number of a cell", 0, self.cells - 1)
        return CableView(self, np.array([k]), np.arange(self._first[k], self._first[k + 1]), "")

    def _indices(self, index: Any) -> np.ndarray:
        """Compartments that a place means, in all cells."""
        if isinstance(index, CableView):
            return index.indices
        if isinstance(index, (list, tuple)) and any(
            not isinstance(i, (int, np.integer)) for i in index
        ):
            return np.concatenate([self._indices(i) for i in index])
        lengths = is_length(index) or (isinstance(index, slice) and has_length(index))
        symbolic = isinstance(index, slice) and isinstance(index.start, str)
        if symbolic:
            return self._between(index)
        if lengths or not isinstance(index, (int, np.integer, slice, list, tuple, np.ndarray)):
            return self._in_cells(index, range(self.cells))
        return counted(self.N, index, f"`{self.name}`")

    def _in_cells(self, place: Any, cells: Any) -> np.ndarray:
        by_shape: dict[int, np.ndarray] = {}
        found = []
        for k in cells:
            s = int(self._shape_of_cell[k])
            if s not in by_shape:
                by_shape[s] = resolve(self._cut[s], place)
            found.append(self._first[k] + by_shape[s])
        return np.concatenate(found)

    def _between(self, index: slice) -> np.ndarray:
        """``P["LLR.15*um":"LLR.30*um"]``: from one place to another of the same section."""
        found = []
        for k in range(self.cells):
            shape = self._cut[self._shape_of_cell[k]]
            low, _ = address(shape, index.start)
            high, _ = address(shape, index.stop)
            if shape.section[low[0]] != shape.section[high[0]] or high[-1] < low[0]:
                raise no_place(f"`{index.start}` and `{index.stop}` are no stretch of one section")
            found.append(self._first[k] + np.arange(low[0], high[-1] + 1))
        return np.concatenate(found)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            if index in self._names():
                return super().__getitem__(index)
            variable, at, target = index.rpartition("@")
            named = self._processes_named(target) if at else []
            if named:  # "v@Iinj": where the processes are
                return self.get(variable)[np.concatenate([p.places for p in named])]
            _, variable = address(self.compartments, index)
            view = CableView(self, np.arange(self.cells), self._indices(index), "")
            return getattr(view, variable) if variable else view
        return CableView(self, np.arange(self.cells), self._indices(index), "")

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, str) and index in self._names():
            super().__setitem__(index, value)
            return
        shape = self._cut[self._shape_of_cell[0]]
        variable = address(shape, index)[1] if isinstance(index, str) else ""
        if not variable:
            raise SimulationError("assign a variable of a place: P['axon.50*um'].g = ...")
        self.set(variable, value, self._indices(index), level=1)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        names = self._names()
        if name in names or any(n.startswith(name + ".") for n in names):
            return super().__getattr__(name)
        if name in self._processes:
            return np.concatenate([np.atleast_1d(p.get(name)) for p in self._processes[name]])
        section = self._find_section(self.morphology, name)
        if section is None and name == "soma":  # the root, as in addresses
            return CableView(self, np.arange(self.cells), self._indices("soma"), "soma")
        if section is None:
            raise AttributeError(self._unknown_part(self.morphology, name))
        return CableView(self, np.arange(self.cells), self._indices(section.path), section.path)

    def _processes_named(self, name: str) -> list[PointProcesses]:
        """Processes by the name of their current, or by their own."""
        made: list[PointProcesses] = [p for group in self._processes.values() for p in group]
        return list(self._processes.get(name, [])) or [p for p in made if p.name == name]

    def _unknown_part(self, top: Morphology, name: str) -> str:
        """What is wrong with a name that is neither a variable nor a section."""
        near = nearest(name, [*top.children, *self._names()])
        sections = ", ".join(top.children) or "none"
        return f"{self._unknown(name)}; sections here: {sections}" + (f"; {near}" if near else "")

    def _find_section(self, top: Morphology, name: str) -> Morphology | None:
        try:
            return top._find(name)
        except KeyError:
            return None

    def __setattr__(self, name: str, value: Any) -> None:
        groups = self.__dict__.get("_processes", {}).get(name, [])
        if groups:
            for group, part in zip(groups, parts_of(value, [g.N for g in groups]), strict=True):
                group.set(name, part, level=1)
            return
        super().__setattr__(name, value)

    def _trace(self, recorder: Any, place: Any) -> np.ndarray:
        """The recorded trace of a place; v between centres is interpolated where these were
        recorded, and that of the compartment otherwise."""
        origin = recorder.population
        variable = recorder.variables[0]
        weights: dict[int, float] | None = None
        if isinstance(place, str):
            section, index, named = parsed(self.compartments, place)
            variable = named or variable
            chosen = address(self.compartments, place)[0]
            weights = self._stencil(section, index)
        elif isinstance(origin, CableView):
            chosen = origin[place].indices
            if is_length(place):
                weights = self._stencil(origin._section(), place)
        else:
            chosen = self._indices(place)
            if is_length(place):
                weights = self._stencil(0, place)
        if variable not in recorder.variables:
            raise SimulationError(f"`{variable}` was not recorded")
        values: np.ndarray = recorder._values(variable)
        row = {int(c): k for k, c in enumerate(recorder.indices)}
        if variable == "v" and weights is not None and all(c in row for c in weights):
            trace: np.ndarray = sum(w * values[row[c]] for c, w in weights.items())
            return trace
        if int(chosen[0]) not in row:
            raise no_place(f"{place} was not recorded")
        return np.asarray(values[row[int(chosen[0])]])

    def _stencil(self, section: int, index: Any) -> dict[int, float] | None:
        where = None if index is None else position(self.compartments, section, index)
        return None if where is None else stencil(self.compartments, section, where)

    def _where(self, compartment: int) -> str:
        """A compartment as a person would say it."""
        k = int(np.searchsorted(self._first, compartment, side="right") - 1)
        shape = self._cut[self._shape_of_cell[k]]
        c = compartment - int(self._first[k])
        name = shape.sections[shape.section[c]].path or "root"
        of_cell = f" of cell {k}" if self.cells > 1 else ""
        return f"`{name}`, {shape.position[c] * 1e6:.4g} um{of_cell}"
