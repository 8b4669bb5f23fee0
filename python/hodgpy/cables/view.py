# SPDX-License-Identifier: MIT
"""Parts of a cable population: the compartments of a section, of a stretch of it, of a region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.cables.arguments import parts_of
from hodgpy.cables.locating import along, counted, has_length, no_place
from hodgpy.cables.point_process import PointProcesses
from hodgpy.errors import NetworkWarning
from hodgpy.model import Model
from hodgpy.places import Region
from hodgpy.plausible import warn_user

if TYPE_CHECKING:
    from hodgpy.cables.addresses import CablePlaces
    from hodgpy.cables.population import CablePopulation


class CableView:
    """Some compartments of a cable population; variables read and write as attributes.

    ``view.v`` is an array in SI, ``view.g = ...`` assigns, ``view.axon`` is a subtree of it,
    ``view[50*um]``, ``view[10*um:20*um]`` and ``view[2:5]`` are parts of its section; iteration
    gives the compartments one by one.
    """

    _owner: CablePopulation
    _cells: np.ndarray
    _chosen: np.ndarray
    _path: str

    def __init__(
        self, owner: CablePlaces, cells: np.ndarray, chosen: np.ndarray, path: str
    ) -> None:
        put = object.__setattr__
        put(self, "_owner", owner)
        put(self, "_cells", cells)
        put(self, "_chosen", chosen)
        put(self, "_path", path)

    @property
    def indices(self) -> np.ndarray:
        """Which compartments of the population."""
        return self._chosen.copy()

    @property
    def name(self) -> str:
        """Name of the population and the section."""
        return f"{self._owner.name}.{self._path}" if self._path else self._owner.name

    @property
    def N(self) -> int:
        """Number of compartments."""
        return len(self._chosen)

    @property
    def pos(self) -> np.ndarray:
        """Where the centres are along their sections, in metre."""
        return np.asarray(self._owner.pos[self._chosen])

    @property
    def rel(self) -> np.ndarray:
        """The same as a fraction of the section, 0 ... 1."""
        return np.asarray(self._owner.rel[self._chosen])

    @property
    def population(self) -> CablePopulation:
        """The population that it is a part of."""
        return self._owner

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        owner = self._owner
        names = owner._names()
        if name in names:
            return np.broadcast_to(owner.get(name), (owner.N,))[self._chosen].copy()
        if any(n.startswith(name + ".") for n in names):
            return _ViewPart(self, name)
        if name in owner._processes:
            found = [p.get(name)[at] for p, at in self._processes_here(name)]
            return np.concatenate(found) if found else np.empty(0)
        shape = owner._cut[owner._shape_of_cell[self._cells[0]]]
        top = shape.sections[0]
        section = top[self._path] if self._path else top
        child = owner._find_section(section, name)
        if child is None:
            raise AttributeError(owner._unknown_part(section, name))
        return CableView(owner, self._cells, owner._in_cells(child.path, self._cells), child.path)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._owner._processes:
            here = self._processes_here(name)
            if not here:
                raise no_place(f"no `{name}` was inserted at these compartments")
            parts = parts_of(value, [len(at) for _, at in here])
            for (processes, at), part in zip(here, parts, strict=True):
                processes.set(name, part, at, level=1)
            return
        self._set_chosen(name, value)

    def _set_chosen(self, name: str, value: Any) -> None:
        if len(self._chosen) == 0:
            warn_user(
                f"`{name}` is assigned to no compartment: this place is empty", NetworkWarning
            )
        self._owner.set(name, value, self._chosen, level=2)

    def _processes_here(self, name: str) -> list[tuple[PointProcesses, np.ndarray]]:
        """Groups of processes with this current at these compartments, and which of them."""
        groups = [
            (group, np.flatnonzero(np.isin(group.places, self._chosen)))
            for group in self._owner._processes[name]
        ]
        return [(group, at) for group, at in groups if len(at)]

    def insert(
        self,
        processes: PointProcesses | None = None,
        *,
        model: str = "",
        current: str = "",
        name: str = "",
        **values: Any,
    ) -> Any:
        """Put the next of the processes at each of these compartments; returns their numbers.

        With ``model`` and ``current`` in their place it is :meth:`insert_current`.
        """
        if processes is None:
            return self._owner.insert_current(self, model, current, name=name, level=1, **values)
        return processes.insert(self)

    def insert_current(
        self, model: str, current: str, *, name: str = "", **values: Any
    ) -> PointProcesses:
        """One process at each of these compartments; see :meth:`CablePopulation.point_process`."""
        return self._owner.insert_current(self, model, current, name=name, level=1, **values)

    def get(self, name: str, unit: str | None = None) -> Any:
        """Values of a variable or expression at these compartments."""
        return np.broadcast_to(self._owner.get(name, unit), (self._owner.N,))[self._chosen].copy()

    def set(self, name: str, value: Any) -> None:
        """Assign a variable, as :meth:`Population.set`; warns where the place is empty."""
        self._set_chosen(name, value)

    def __getitem__(self, index: Any) -> CableView:
        owner = self._owner
        if isinstance(index, str):
            index = f"{self._path}.{index}" if self._path else index
            return CableView(owner, self._cells, owner._in_cells(index, self._cells), "")
        if isinstance(index, Region):
            inside = owner._in_cells(index, self._cells)
            return CableView(owner, self._cells, np.intersect1d(self._chosen, inside), "")
        if isinstance(index, (int, np.integer)) or (
            not self._path and isinstance(index, slice) and not has_length(index)
        ):
            chosen = self._chosen[counted(len(self._chosen), index, "this part of the cell")]
            return CableView(owner, self._cells, chosen, "")
        found = []
        for k in self._cells:
            shape = owner._cut[owner._shape_of_cell[k]]
            top = shape.sections[0]
            section = shape.index_of(top[self._path] if self._path else top)
            found.append(owner._first[k] + along(shape, section, index))
        return CableView(owner, self._cells, np.concatenate(found), "")

    @property
    def model(self) -> Model:
        """The model of the population."""
        return self._owner.model

    def _names(self) -> tuple[str, ...]:
        return self._owner._names()

    def _position(self, axis: str) -> None:
        """Compartments stand along a cell, and have no place in a box."""

    def _coordinates(self) -> dict[str, np.ndarray]:
        return {}

    def _read(self, name: str, frame: Any) -> Any:
        values, dimension = self._owner._read(name, frame)
        return (values if np.ndim(values) == 0 else values[self._chosen]), dimension

    def _indices(self, record: Any) -> np.ndarray:
        """What a recorder of this part records: a place along it."""
        return self[record].indices

    def _compartments_of(self) -> CablePopulation:
        return self._owner

    def _section(self) -> int:
        """Number of its section in the (first) cell."""
        shape = self._owner._cut[self._owner._shape_of_cell[self._cells[0]]]
        top = shape.sections[0]
        return int(shape.index_of(top[self._path] if self._path else top))

    def __reduce__(self) -> Any:
        return CableView, (self._owner, self._cells, self._chosen, self._path)

    def __len__(self) -> int:
        return len(self._chosen)

    def __iter__(self) -> Iterator[CableView]:
        for c in self._chosen:
            yield CableView(self._owner, self._cells, np.array([c]), "")

    def __repr__(self) -> str:
        where = f"`{self._path}`" if self._path else "part"
        count = "1 compartment" if len(self) == 1 else f"{len(self)} compartments"
        return f"<{where} of {self._owner.name}: {count}>"


class _ViewPart:
    """Variables of an inserted channel at some compartments: ``view.na.g``."""

    def __init__(self, view: CableView, prefix: str) -> None:
        object.__setattr__(self, "_view", view)
        object.__setattr__(self, "_prefix", prefix)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._view, f"{self._prefix}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._view.set(f"{self._prefix}.{name}", value)
