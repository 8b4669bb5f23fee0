# SPDX-License-Identifier: MIT
"""The compartments of a cable population: which entity of the runtime each is, and where it is."""

from __future__ import annotations

import re
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core, units
from hodgpy.cables.morphology import Morphology
from hodgpy.cables.shape import Compartments
from hodgpy.coded import Place
from hodgpy.errors import SimulationError
from hodgpy.pairs.expressions import PairExpression
from hodgpy.pairs.scope import evaluated
from hodgpy.population import Population
from hodgpy.source_place import find_literal


class CableCompartments(Population):
    """A population whose entities are compartments of cells, counted cell by cell."""

    @property
    def N(self) -> int:
        """Number of compartments of all cells."""
        return len(self._entity)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self._shape_of_cell)

    @property
    def morphology(self) -> Morphology:
        """The shape of the (first) cell."""
        top: Morphology = self._cut[self._shape_of_cell[0]].sections[0]
        return top

    @property
    def compartments(self) -> Compartments:
        """The compartments of the (first) cell."""
        cut: Compartments = self._cut[self._shape_of_cell[0]]
        return cut

    @property
    def pos(self) -> np.ndarray:
        """Where the centres are along their sections, in metre, one per compartment."""
        return self._per_cell([c.position for c in self._cut])

    @property
    def rel(self) -> np.ndarray:
        """The same as a fraction of the section, 0 ... 1."""
        ends = [np.array([s.length for s in c.sections])[c.section] for c in self._cut]
        return np.asarray(self.pos / self._per_cell(ends))

    @property
    def entities(self) -> np.ndarray:
        """For every compartment the entity of the runtime that it is, as synapses need it."""
        return np.array(self._entity)

    # -- entities --------------------------------------------------------------------------------

    def _is_geometry(self, key: str, power: int) -> bool:
        """Whether a name means the geometry, and not a state or a value of the user's own."""
        variable = self.model.variables.get(key)
        if variable is None or not self._core.has(key) or variable.role == "state":
            return False
        dimension = self.model._dimension_of(key)
        return dimension == tuple(power * e for e in units.METRE)

    def _lay_out(self) -> None:
        """Which entity of the runtime is which compartment."""
        trees = [(c.parent, c.node_area, c.own_half, c.parent_half) for c in self._cut]
        alone = self._scheme == "cvode"
        layout = _core.CableLayout(trees, [int(s) for s in self._shape_of_cell], alone)
        nodes = np.array([len(c.parent) for c in self._cut])[self._shape_of_cell]
        first_node = np.concatenate([[0], np.cumsum(nodes)])
        counts = np.array([len(c) for c in self._cut])[self._shape_of_cell]
        entity_of, stands_for = layout.entity_of, layout.stands_for
        flat = np.concatenate(
            [first_node[k] + self._cut[s].nodes for k, s in enumerate(self._shape_of_cell)]
        )
        compartment_of_node = np.full(first_node[-1], -1)
        compartment_of_node[flat] = np.arange(len(flat))
        self._keep("_layout", layout)
        self._keep("_entity", entity_of[flat])
        self._keep("_compartment", compartment_of_node[stands_for])
        self._keep("_first", np.concatenate([[0], np.cumsum(counts)]))
        real = np.zeros(layout.entities, bool)
        real[self._entity] = True
        self._keep("_real", real)

    def _per_cell(self, by_shape: list[np.ndarray]) -> np.ndarray:
        return np.concatenate([by_shape[s] for s in self._shape_of_cell])

    def _fetch(self, name: str) -> np.ndarray:
        return self._visible(self._core.get(name))

    def _visible(self, values: np.ndarray) -> np.ndarray:
        return values[self._entity] if len(values) == self._layout.entities else values

    def _evaluate(self, text: str, frame: FrameType) -> tuple[np.ndarray, units.Exponents, bool]:
        if "i" in self._names() or "i" not in re.findall(r"[A-Za-z_]\w*", text):
            return super()._evaluate(text, frame)
        place = Place(text, *find_literal(text, frame))  # i counts compartments, not entities
        found = evaluated(self, PairExpression(place), np.arange(self.N), frame)
        return found.data, found.dimension, found.data.dtype == np.bool_

    def _check_count(self, name: str, values: np.ndarray, count: int) -> None:
        if len(values) not in (1, count):
            raise SimulationError(
                f"HH6011: {len(values)} values were given for `{name}` of {count} compartments of "
                f"`{self.name}`",
                "HH6011",
            )

    def _write_all(self, name: str, values: np.ndarray) -> None:
        self._check_count(name, values, self.N)
        each = (
            values[self._compartment]
            if len(values) == self.N
            else np.resize(values, len(self._compartment))
        )
        self._core.set_all(name, np.ascontiguousarray(each, dtype=float))

    def _write_some(self, name: str, indices: np.ndarray, values: np.ndarray) -> None:
        self._check_count(name, values, len(indices))
        given = np.full(self.N, -1)
        given[indices] = np.arange(len(indices))
        entities = np.flatnonzero(given[self._compartment] >= 0)
        chosen = values if len(values) == 1 else values[given[self._compartment[entities]]]
        self._core.set_some(name, entities, np.ascontiguousarray(chosen, dtype=float))

    def _entities(self, chosen: np.ndarray | None) -> np.ndarray:
        return np.empty(0, np.int64) if chosen is None else self._entity[chosen]

    def _as_source(self) -> Any:
        return self.spike_sites

    def _synaptic(self, chosen: np.ndarray | None) -> np.ndarray:
        return np.array(self._entity if chosen is None else self._entity[chosen])

    def _recorded(self, group: Any, chosen: np.ndarray | None, record: Any) -> np.ndarray:
        if record is not True:
            chosen = group._indices(record)
        return np.ascontiguousarray(self._entity if chosen is None else self._entity[chosen])

    def _shown_indices(self, entities: np.ndarray) -> np.ndarray:
        return np.asarray(self._compartment[entities])

    def _place_names(self, compartments: np.ndarray) -> list[str]:
        """Where compartments are, as one writes it: ``axon.250*um``; cells before it if many."""
        names = []
        for k in compartments:
            cell = int(np.searchsorted(self._first, k, side="right")) - 1
            shape = self._cut[self._shape_of_cell[cell]]
            own = int(k - self._first[cell])
            section = shape.sections[shape.section[own]]
            path = section.path or section.name or "soma"
            along = f".{1e6 * shape.position[own]:.4g}*um" if not section.is_sphere else ""
            names.append((f"cell {cell}: " if self.cells > 1 else "") + path + along)
        return names

    def _shown_events(self, entities: np.ndarray, is_part: bool) -> np.ndarray:
        if is_part:
            return entities
        cells = np.searchsorted(self._first, self._compartment[entities], side="right") - 1
        return np.asarray(cells, dtype=entities.dtype)

    def _shown_counts(self, counts: np.ndarray, is_part: bool) -> np.ndarray:
        if is_part:
            return counts
        cell = self._shown_events(np.flatnonzero(self._real), False)
        return np.bincount(cell, weights=counts[self._real], minlength=self.cells).astype(np.int64)
