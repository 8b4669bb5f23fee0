# SPDX-License-Identifier: MIT
"""Cells with a shape: cable populations, whose entities are compartments."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hodgpy import _core, arguments, units
from hodgpy.cable_view import CableView
from hodgpy.compiling import compile as compile_model
from hodgpy.errors import ModelError, SimulationError
from hodgpy.model import Model, ModelFile
from hodgpy.morphology import Morphology
from hodgpy.places import (
    address,
    as_region,
    counted,
    has_length,
    is_length,
    no_place,
)
from hodgpy.places import indices as resolve
from hodgpy.point_process import CLAMP, PointProcesses
from hodgpy.population import Population
from hodgpy.shape import Compartments

_METHODS = ("crank_nicolson", "tr_bdf2", "backward_euler", "crank_nicolson_undamped")
_GEOMETRY = ("area", "length", "diameter", "volume", "distance", "x", "y", "z")
_AT_PLACE = re.compile(
    r"(?P<path>[A-Za-z_][\w.]*?)(?:\[(?P<index>[^\]]+)\]|\.(?P<dot>\d[^.]*?\*\s*\w+|end|start))\.(?P<name>[A-Za-z_]\w*)"
)
_NAME_AT = re.compile(r"(?P<name>[A-Za-z_]\w*)@(?P<address>[\w.]+(?:\s*\*\s*\w+)?(?:\[[^\]]+\])?)")


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
        ``"v > 0*mV"``.
    threshold_at : place, optional
        Default: the first compartment of the root. ``"everywhere"``: every compartment spikes for
        itself.
    method : str
        ``crank_nicolson`` (second order; damped after assignments and at time 0), ``tr_bdf2``
        (second order, damped in every step at twice the cost: for conductances that move v by much
        within a step), ``backward_euler`` (first order), or ``crank_nicolson_undamped``.
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
        namespace: Mapping[str, Any] | None = None,
        lambda_fraction: float = 0.1,
        frequency: Any = 100.0,
        name: str = "",
        seed: int = 0,
        level: int = 0,
        **values: Any,
    ) -> None:
        shapes, shape_of_cell = _shapes(morphology, N)
        threshold, at = _split_threshold(threshold)
        made = _cell_model(
            model,
            threshold=threshold,
            reset=reset,
            refractory=refractory,
            events=events,
            on=on,
            init=init,
            namespace=namespace,
            level=level + 1,
        )
        own = made._record.get("cell")
        if own is None:
            raise ModelError(
                f"{made.name} is a {made._record['kind']}, not a cell: it has no shape; use "
                "Population"
            )
        scheme = _scheme(method if method is not None else own["method"])
        material = {k: _material(made, k, v) for k, v in (("Cm", Cm), ("Ri", Ri))}
        cut = [
            shape.compartments(
                Ri=material["Ri"],
                Cm=material["Cm"],
                lambda_fraction=lambda_fraction,
                frequency=frequency,
            )
            for shape in shapes
        ]
        self._keep("_cut", cut)
        self._keep("_shape_of_cell", shape_of_cell)
        self._lay_out()
        super().__init__(made, self._layout.entities, name=name, seed=seed)
        for key in _GEOMETRY:
            if self._core.has(key):
                self._write_all(key, self._per_cell([getattr(c, key) for c in cut]))
        for key, given in (("Cm", Cm), ("Ri", Ri)):
            if given is not None:
                self.set(key, given)
        self._place_threshold(threshold_at if at is None else at)
        self._place_insertions(own["insertions"])
        self._keep("_cable", _core.Cable(self._core, self._layout, scheme))
        self._keep("_processes", {})
        for key, value in values.items():
            self.set(key, value, level=level + 1)

    # -- entities --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Which entity of the runtime is which compartment."""
        trees = [(c.parent, c.node_area, c.own_half, c.parent_half) for c in self._cut]
        layout = _core.CableLayout(trees, [int(s) for s in self._shape_of_cell])
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

    def _write_all(self, name: str, values: np.ndarray) -> None:
        self._core.set_all(name, np.ascontiguousarray(values[self._compartment], dtype=float))

    def _write_some(self, name: str, indices: np.ndarray, values: np.ndarray) -> None:
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
            if at and target in self._processes:  # "v@Iinj": where the processes are
                places = np.concatenate([p.places for p in self._processes[target]])
                return self.get(variable)[places]
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
        if section is None:
            raise AttributeError(self._unknown(name))
        return CableView(self, np.arange(self.cells), self._indices(section.path), section.path)

    def _find_section(self, top: Morphology, name: str) -> Morphology | None:
        try:
            return top._find(name)
        except KeyError:
            return None

    def __setattr__(self, name: str, value: Any) -> None:
        groups = self.__dict__.get("_processes", {}).get(name, [])
        if groups:
            for group, part in zip(groups, _parts(value, [g.N for g in groups]), strict=True):
                group.set(name, part, level=1)
            return
        super().__setattr__(name, value)

    def _trace(self, recorder: Any, place: Any) -> np.ndarray:
        """The recorded trace of one compartment."""
        origin = recorder.population
        variable = recorder.variables[0]
        if isinstance(place, str):
            chosen, named = address(self.compartments, place)
            variable = named or variable
        elif isinstance(origin, CableView):
            chosen = origin[place].indices
        else:
            chosen = self._indices(place)
        recorded = recorder.indices
        at = np.flatnonzero(recorded == chosen[0])
        if len(at) == 0:
            raise no_place(f"{place} was not recorded")
        if variable not in recorder.variables:
            raise SimulationError(f"`{variable}` was not recorded")
        trace: np.ndarray = recorder._core.values(variable)[at[0]]
        return trace

    # -- thresholds, insertions ------------------------------------------------------------------

    def _place_threshold(self, at: Any) -> None:
        if not self._core.has("spike_here"):
            if at is not None:
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
        first, second = self._entity[self._indices(a)], self._entity[self._indices(b)]
        self._cable.connect_gaps(
            np.ascontiguousarray(first), np.ascontiguousarray(second), np.ascontiguousarray(values)
        )

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
        return self.insert_current(
            place, CLAMP, "I_clamp", name=name, V=V, Rs=Rs, active=True, level=1
        )

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
        raise SimulationError(
            f"`{self.name}` is a cable population, which cannot be copied or swept in this version",
            "HH6055",
        )

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


def _shapes(morphology: Any, N: Any) -> tuple[list[Morphology], np.ndarray]:
    """Different shapes, and which one each cell has."""
    if isinstance(morphology, Morphology):
        count = arguments.whole(1 if N is None else N, "the number of cells", 1, 10**7)
        return [morphology], np.zeros(count, np.int64)
    shapes: list[Morphology] = []
    which = []
    for one in morphology:
        if not isinstance(one, Morphology):
            raise SimulationError(f"{arguments.shown(one)} is no morphology")
        at = next((i for i, other in enumerate(shapes) if other is one), len(shapes))
        if at == len(shapes):
            shapes.append(one)
        which.append(at)
    if not which or (N is not None and len(which) != N):
        raise SimulationError(f"{len(which)} morphologies were given for {N} cells")
    return shapes, np.array(which)


def _split_threshold(text: str | None) -> tuple[str | None, Any]:
    """``axon[50*um].v > 0*mV`` as a condition on v, and the place."""
    if text is None:
        return None, None
    places: list[str] = []

    def bare(match: re.Match[str]) -> str:
        parts = match.groupdict()
        if "address" in parts:
            places.append(parts["address"])
        else:
            places.append(f"{parts['path']}.{parts['index'] or parts['dot']}")
        return parts["name"]

    condition = _AT_PLACE.sub(bare, arguments.text(text, "threshold"))
    condition = _NAME_AT.sub(bare, condition)
    if len(set(places)) > 1:
        raise no_place(f"a threshold stands at one place, not at {', '.join(places)}")
    return condition, places[0] if places else None


def _cell_model(model: Any, *, level: int, **parts: Any) -> Model:
    namespace = parts.pop("namespace")
    given = {k: v for k, v in parts.items() if v is not None}
    if isinstance(model, ModelFile):
        model = _only_cell(model)
    if isinstance(model, Model):
        if given:
            raise SimulationError(f"`{next(iter(given))}` belongs into the text of {model.name}")
        return model
    made = compile_model(model, cell=True, namespace=namespace, level=level + 1, **given)
    return _only_cell(made) if isinstance(made, ModelFile) else made


def _only_cell(file: ModelFile) -> Model:
    cells = [m for m in file._models.values() if m._record.get("kind") == "cell"]
    if len(cells) != 1:
        raise SimulationError(f"{file} has {len(cells)} cells; choose one")
    return cells[0]


def _parts(value: Any, sizes: list[int]) -> list[Any]:
    """One value for all groups, or an array cut into theirs."""
    if isinstance(value, str) or np.ndim(getattr(value, "value", value)) == 0:
        return [value] * len(sizes)
    edges = np.cumsum([0, *sizes])
    if len(value) != edges[-1]:
        raise SimulationError(f"{len(value)} values were given for {edges[-1]} processes")
    return [value[a:b] for a, b in itertools.pairwise(edges)]


def _scheme(method: str) -> str:
    name = "crank_nicolson" if method in ("", "auto", "staggered") else method
    if name not in _METHODS:
        raise SimulationError(
            f"method is {arguments.shown(method)}; a cable has {', '.join(_METHODS)}"
        )
    return name


def _material(model: Model, name: str, given: Any) -> Any:
    """Ri or Cm for the lambda rule: what is given, or the model's default."""
    if given is not None and np.ndim(getattr(given, "value", given)) == 0:
        return given
    variable = model.variables.get(name)
    fallback = {"Ri": 1.5, "Cm": 0.01}[name]
    return fallback if variable is None or not variable.default else variable.default
