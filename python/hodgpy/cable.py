# SPDX-License-Identifier: MIT
"""Cells with a shape: cable populations, whose entities are compartments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core, arguments, units
from hodgpy.cable_arguments import (
    cell_model,
    material,
    parts_of,
    scheme_of,
    shapes_of,
    split_place,
    tolerances,
)
from hodgpy.cable_view import CableView
from hodgpy.coded import Place, nearest
from hodgpy.errors import ModelError, SimulationError
from hodgpy.interpolation import stencil
from hodgpy.model import Model
from hodgpy.morphology import Morphology
from hodgpy.pair_expressions import PairExpression
from hodgpy.pair_scope import evaluated
from hodgpy.places import (
    address,
    as_region,
    counted,
    has_length,
    is_length,
    no_place,
    parsed,
    position,
)
from hodgpy.places import indices as resolve
from hodgpy.point_process import CLAMP, PointProcesses
from hodgpy.population import Population
from hodgpy.shape import Compartments
from hodgpy.source_place import find_literal

# What expressions see of their compartment, and its power of metre.
_GEOMETRY = {
    "area": 2, "length": 1, "diameter": 1, "volume": 3, "distance": 1, "x": 1, "y": 1, "z": 1
}  # fmt: skip


class CablePopulation(Population):
    """Cells of branched cables with one model of their membrane.

    Parameters
    ----------
    morphology : Morphology or list of Morphology
        One shape for all cells, or one for each.
    model : str, Model or path
        Equations of the membrane: ``Im = ... : amp/meter**2``, inward positive, with ``v`` the
        membrane potential; or ``dv/dt = (... + Icable)/C : volt``, where ``Icable`` is the current
        density that comes along the cable. Variables in amp with the flag ``(point current)`` are
        divided by the area of their compartment and added. Also a ``cell`` block of a ``.hhm``
        file, or a compiled one.
    N : int
        Number of cells; default 1, or as many as shapes.
    Cm, Ri : Quantity, optional
        Membrane capacitance (per area) and axial resistivity, default 1 uF/cm2 and 150 ohm cm, or
        what the model says. Both may differ between compartments: assign them.
    threshold : str, optional
        Condition of a spike: ``"axon[50*um].v > 0*mV"`` or, at the place ``threshold_at``,
        ``"v > 0*mV"``. ``refractory`` may name the same place.
    threshold_at : place, optional
        Default: the first compartment of the root. ``"everywhere"``: every compartment spikes for
        itself.
    method : str
        ``crank_nicolson`` (second order; damped after assignments and at time 0), ``tr_bdf2``
        (second order, damped in every step at twice the cost: for conductances that move v by much
        within a step), ``backward_euler`` (first order), ``crank_nicolson_undamped``, or ``cvode``:
        all states of a cell by CVODE (SUNDIALS), with steps of its own within each step of the
        network, at which it starts anew. It wants large steps of the network, few cells, and no
        noise; what point processes and gap junctions bring stands during a step of the network.
    rtol, atol : float, optional
        Of ``cvode``: bounds of the local error, relative, and absolute in millivolt or in the unit
        in which a state is declared. Default 1e-8.
    dtype : {"float64", "float32"}
        How states and parameters are stored and most of the model is computed. The cable equation
        is solved in double precision in both; docs/cables.md has what single precision costs. Not
        with ``cvode``.
    lambda_fraction, frequency
        Of the rule that cuts sections without ``n``: see :meth:`Morphology.compartments`.
    reset, refractory, events, on, init, namespace, name, seed
        As for :func:`hodgpy.compile` and :class:`hodgpy.Population`.
    **values
        Initial assignments.

    Raises
    ------
    ModelError
        For what is wrong with the equations.
    SimulationError
        For a place that does not exist (HH6073), a channel inserted twice at a place (HH6074), or a
        shape that makes no sense (HH6072).

    Notes
    -----
    Compartments are counted cell by cell, in each cell by sections, a section before what grows on
    it. ``P.v`` has one value per compartment, ``P.axon`` is the subtree of a section (in all
    cells), ``P.axon[50*um]``, ``P["axon.50*um"]`` and ``P[region("axon")]`` are places; ``P.N`` is
    the number of compartments, ``P.cells`` that of cells. In a recording of spikes ``i`` is the
    cell.

    The cable equation is solved by finite volumes with Hines elimination (Hines 1984, Int. J.
    Biomed. Comput. 15:69) in steps that alternate with those of the gates (Mascagni 1990).
    """

    def __init__(
        self,
        morphology: Morphology | Sequence[Morphology],
        model: Any,
        N: int | None = None,
        *,
        Cm: Any = None,
        Ri: Any = None,
        threshold: str | None = None,
        threshold_at: Any = None,
        reset: str | None = None,
        refractory: Any = None,
        events: Mapping[str, str] | None = None,
        on: Mapping[str, str] | None = None,
        init: Mapping[str, str] | None = None,
        method: str | None = None,
        rtol: float | None = None,
        atol: float | None = None,
        dtype: str | None = None,
        namespace: Mapping[str, Any] | None = None,
        lambda_fraction: float = 0.1,
        frequency: Any = 100.0,
        name: str = "",
        seed: int = 0,
        level: int = 0,
        **values: Any,
    ) -> None:
        shapes, shape_of_cell = shapes_of(morphology, N)
        threshold, at = split_place(threshold, "threshold")
        refractory, waits_at = split_place(refractory, "refractory")
        made = cell_model(
            model,
            threshold=threshold,
            reset=reset,
            refractory=refractory,
            events=events,
            on=on,
            init=init,
            namespace=namespace,
            method=method,
            dtype=dtype,
            level=level + 1,
        )
        if made._record.get("cell") is None:
            raise ModelError(
                f"{made.name} is a {made._record['kind']}, not a cell: it has no shape; use "
                "Population"
            )
        scheme = scheme_of(made, method)
        of_membrane = {k: material(made, k, v) for k, v in (("Cm", Cm), ("Ri", Ri))}
        cut = [
            shape.compartments(
                Ri=of_membrane["Ri"],
                Cm=of_membrane["Cm"],
                lambda_fraction=lambda_fraction,
                frequency=frequency,
            )
            for shape in shapes
        ]
        self._build(made, cut, shape_of_cell, name, seed, scheme, tolerances(scheme, rtol, atol))
        for key, given in (("Cm", Cm), ("Ri", Ri)):
            if given is not None:
                self.set(key, given)
        self._place_threshold(threshold_at if at is None else at, waits_at)
        for key, value in values.items():
            self.set(key, value, level=level + 1)

    def _build(
        self,
        model: Model,
        cut: list[Compartments],
        shape_of_cell: np.ndarray,
        name: str,
        seed: int,
        scheme: str,
        bounds: tuple[float, float] | None,
    ) -> None:
        """The population without what a user assigns."""
        self._keep("_cut", cut)
        self._keep("_shape_of_cell", shape_of_cell)
        self._keep("_scheme", scheme)
        self._keep("_tolerances", bounds)
        for empty in ("_gaps", "_diffusions"):
            self._keep(empty, [])
        self._keep("_processes", {})
        self._lay_out()
        super().__init__(model, self._layout.entities, name=name, seed=seed)
        for key, power in _GEOMETRY.items():
            if self._is_geometry(key, power):
                self._write_all(key, self._per_cell([getattr(c, key) for c in cut]))
        self._place_insertions(model._record["cell"]["insertions"])
        self._keep("_cable", _core.Cable(self._core, self._layout, scheme))
        if bounds is not None:
            self._cable.set_tolerances(*bounds)

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

    # -- what it is ------------------------------------------------------------------------------

    @property
    def N(self) -> int:
        """Number of compartments of all cells."""
        return len(self._entity)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self._shape_of_cell)

    @property
    def spike_sites(self) -> CableView:
        """The compartments at which thresholds stand, one per cell: the sources of synapses."""
        if not self._core.has("spike_here"):
            raise SimulationError(f"`{self.name}` has no threshold, so it sends no spikes")
        sites = np.flatnonzero(self._visible(self._core.get("spike_here")))
        return CableView(self, np.arange(self.cells), sites, "")

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

    def cell(self, number: int) -> CableView:
        """One cell of the population."""
        k = arguments.whole(number, "the number of a cell", 0, self.cells - 1)
        return CableView(self, np.array([k]), np.arange(self._first[k], self._first[k + 1]), "")

    # -- places ----------------------------------------------------------------------------------

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

    # -- thresholds, insertions ------------------------------------------------------------------

    def _place_threshold(self, at: Any, waits_at: str | None) -> None:
        if not self._core.has("spike_here"):
            if at is not None or waits_at is not None:
                raise SimulationError("a place of the threshold was given, but no threshold")
            return
        here = np.zeros(self.N)
        if isinstance(at, str) and at == "everywhere":
            here[:] = 1
        elif at is None:
            here[self._first[:-1]] = 1
        else:
            chosen = self._in_cells(at, range(self.cells))
            if len(chosen) != self.cells:
                raise no_place(f"the threshold stands at one compartment, not at {len(chosen)}")
            here[chosen] = 1
        if waits_at is not None:
            waits = self._in_cells(waits_at, range(self.cells))
            if not np.array_equal(np.sort(waits), np.flatnonzero(here)):
                raise no_place(
                    f"refractory looks at {waits_at}, where no threshold stands: both belong to "
                    "one place"
                )
        flags = here[self._compartment] * self._real
        self._core.set_all("spike_here", np.ascontiguousarray(flags, dtype=float))

    def _place_insertions(self, insertions: list[dict[str, Any]]) -> None:
        masks: dict[str, np.ndarray] = {}
        for insertion in insertions:
            part, regions = insertion["part"], insertion["regions"]
            if not regions:
                continue
            inside = np.zeros(self.N, bool)
            for one in regions:
                name = as_region(one)
                inside |= self._per_cell([name.mask(c) for c in self._cut])
            before = masks.get(part, np.zeros(self.N, bool))
            if np.any(before & inside):
                where = self._where(int(np.flatnonzero(before & inside)[0]))
                raise SimulationError(
                    f"`{part}` is inserted twice at {where}: its regions overlap", "HH6074"
                )
            masks[part] = before | inside
            for name_, value in insertion["values"].items():
                self._write_some(name_, np.flatnonzero(inside), np.array([value]))
        for part, mask in masks.items():
            self._write_all(f"{part}.inserted", mask.astype(float))

    def _where(self, compartment: int) -> str:
        """A compartment as a person would say it."""
        k = int(np.searchsorted(self._first, compartment, side="right") - 1)
        shape = self._cut[self._shape_of_cell[k]]
        c = compartment - int(self._first[k])
        name = shape.sections[shape.section[c]].path or "root"
        of_cell = f" of cell {k}" if self.cells > 1 else ""
        return f"`{name}`, {shape.position[c] * 1e6:.4g} um{of_cell}"

    # -- currents from elsewhere -----------------------------------------------------------------

    def connect_gaps(self, a: Any, b: Any, g: Any) -> None:
        """Gap junctions between compartments.

        Parameters
        ----------
        a, b : place
            As many compartments in ``a`` as in ``b``.
        g : Quantity
            Conductance, one or one per junction.

        Notes
        -----
        Made once, acting on both sides: g*(v_other - v). The own voltage is treated implicitly, the
        other one is that of the start of the step.
        """
        siemens = units.parse("1 siemens").dimension
        values = np.atleast_1d(np.asarray(units.to_si(g, siemens, "g", "nS"), float))
        self._connect_gaps(self._indices(a), self._indices(b), values)

    def _connect_gaps(self, a: np.ndarray, b: np.ndarray, values: np.ndarray) -> None:
        first, second = np.ascontiguousarray(self._entity[a]), np.ascontiguousarray(self._entity[b])
        self._cable.connect_gaps(first, second, np.ascontiguousarray(values))
        self._gaps.append((a, b, values))

    def point_process(
        self,
        model: str,
        current: str,
        N: int,
        *,
        name: str = "",
        level: int = 0,
        **values: Any,
    ) -> PointProcesses:
        """Processes with equations of their own, to be inserted at places.

        Parameters
        ----------
        model : str
            Equations; they see ``v``, the voltage where they are.
        current : str
            Name of the variable that is their current into the cell, in amp.
        N : int
            How many; each must be inserted before the cell joins a network.
        name : str
            Default the name of the current.
        **values
            Initial assignments.

        Returns
        -------
        PointProcesses
            A population of processes: targets of synapses, recorded like others.
        """
        made = PointProcesses(self, model, current, N, name=name, level=level + 1, **values)
        self._processes.setdefault(current, []).append(made)
        return made

    def insert_current(
        self, place: Any, model: str, current: str, *, name: str = "", level: int = 0, **values: Any
    ) -> PointProcesses:
        """One process at every compartment of a place; see :meth:`point_process`.

        ``cell.insert_current("LR.5*um", "Iinj : amp", "Iinj")`` is an electrode; afterwards
        ``cell.Iinj`` reads and writes the currents of all electrodes.
        """
        count = len(self._indices(place))
        made = self.point_process(model, current, count, name=name, level=level + 1, **values)
        made.insert(place)
        return made

    def voltage_clamp(self, place: Any, V: Any, Rs: Any = 1e6, *, name: str = "") -> PointProcesses:
        """A voltage clamp with series resistance: current (V - v)/Rs while ``active``.

        Parameters
        ----------
        place : place
        V : Quantity
            Command voltage; assign ``clamp.V`` and ``clamp.active`` between runs, or from
            operations of the network. The step after an assignment is damped.
        Rs : Quantity
            Series resistance, default 1 Mohm.

        Returns
        -------
        PointProcesses
            With the variables V, Rs, active and I_clamp.
        """
        ohm = units.parse("1 ohm").dimension
        if not np.all(np.asarray(units.to_si(Rs, ohm, "Rs", "Mohm")) > 0):
            raise SimulationError(f"Rs is {arguments.shown(Rs)}; it must be above zero")
        return self.insert_current(
            place, CLAMP, "I_clamp", name=name, V=V, Rs=Rs, active=True, level=1
        )

    def diffuse(self, variable: str, D: Any, *, shell: Any = None) -> None:
        """A concentration also spreads along the cable.

        Parameters
        ----------
        variable : str
            A state with a differential equation of its own: what enters, is pumped out and bound.
        D : Quantity
            Diffusion coefficient, in um**2/ms or the like.
        shell : Quantity, optional
            Depth of the shell below the membrane in which the variable stands; default the whole
            cross-section.

        Raises
        ------
        SimulationError
            HH6070 for what is no state, and for a negative coefficient.

        Notes
        -----
        After every step of the other equations one step of backward Euler with the same finite
        volumes and the same elimination as for the voltage: the amount is conserved to rounding,
        and no concentration becomes negative. First order in dt.
        """
        per_second = units.parse("1 meter**2/second").dimension
        value = float(units.to_si(D, per_second, "D", "um**2/ms"))
        width = self._per_cell([c.diameter for c in self._cut])
        volume = self._per_cell([c.volume for c in self._cut])
        part = np.ones(self.N)
        if shell is not None:
            depth = float(units.to_si(shell, units.parse("1 meter").dimension, "shell", "um"))
            if not depth > 0:
                raise SimulationError(f"shell is {depth * 1e6:g} um; it must be positive", "HH6070")
            part = 1.0 - np.clip(1.0 - 2.0 * depth / width, 0.0, 1.0) ** 2
        volumes, parts = ((x[self._compartment]) for x in (volume * part, part))
        self._variable(variable)  # refuses what does not exist
        self._cable.diffuse(
            variable, value, np.ascontiguousarray(volumes), np.ascontiguousarray(parts)
        )
        self._diffusions.append((variable, D, shell))

    def _companions(self) -> list[Population]:
        groups: list[Any] = [group for groups in self._processes.values() for group in groups]
        for group in groups:
            group._connect()
        return groups

    def damp(self) -> None:
        """Take the next step as four quarter steps of backward Euler.

        Crank-Nicolson does so by itself after assignments; say it before another discontinuity,
        such as an edge of a clamp that a timed array makes.
        """
        self._cable.damp()

    def __reduce__(self) -> Any:
        from hodgpy.copying import rebuild_cable

        state = super().__reduce__()[2]
        state["assigned"] = {
            name: (chosen, self._fetch(name) if chosen is None else self._fetch(name)[chosen])
            for name, chosen in self._given.items()
        }
        if self._core.has("spike_here"):
            state["spike_here"] = self._core.get("spike_here")
        state |= {"gaps": self._gaps, "diffusions": self._diffusions, "processes": self._processes}
        made = (type(self), self.model, self._cut, self._shape_of_cell, self.name, self._seed,
                self._scheme, self._tolerances)  # fmt: skip
        return rebuild_cable, made, state

    def __setstate__(self, state: dict[str, Any]) -> None:
        assigned = state.pop("assigned")
        super().__setstate__({**state, "assigned": {}})
        for name, (chosen, values) in assigned.items():
            if not self._core.variable(name)["per_entity"]:
                self._core.set_one(name, float(values[0]))
            elif chosen is None:
                self._write_all(name, values)
            else:
                self._write_some(name, chosen, values)
            self._given[name] = chosen
        if "spike_here" in state:
            self._core.set_all("spike_here", state["spike_here"].astype(float))
        for gap in state["gaps"]:
            self._connect_gaps(*gap)
        for variable, D, shell in state["diffusions"]:
            self.diffuse(variable, D, shell=shell)
        self._processes.update(state["processes"])

    def __len__(self) -> int:
        return self.N

    def __iter__(self) -> Iterator[CableView]:
        return iter(CableView(self, np.arange(self.cells), np.arange(self.N), ""))

    def __repr__(self) -> str:
        cells = f"{self.cells} cells, " if self.cells != 1 else ""
        size = f"{cells}{self.N} compartments"
        return f"<{type(self).__name__} {self.name}: {size} of {self.model.name}>"


class Cell(CablePopulation):
    """One cell; see :class:`CablePopulation`."""

    def __init__(self, morphology: Morphology, model: Any, **options: Any) -> None:
        if not isinstance(morphology, Morphology):
            raise SimulationError(f"a cell needs a morphology, not {arguments.shown(morphology)}")
        options["level"] = options.get("level", 0) + 1
        super().__init__(morphology, model, 1, **options)
