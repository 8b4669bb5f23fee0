# SPDX-License-Identifier: MIT
"""Cells with a shape: cable populations, whose entities are compartments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hodgpy import _core, arguments
from hodgpy.cables.arguments import (
    cell_model,
    material,
    scheme_of,
    shapes_of,
    split_place,
    tolerances,
)
from hodgpy.cables.currents import CableCurrents
from hodgpy.cables.locating import no_place
from hodgpy.cables.morphology import Morphology
from hodgpy.cables.shape import Compartments
from hodgpy.cables.view import CableView
from hodgpy.errors import ModelError, SimulationError
from hodgpy.model import Model
from hodgpy.places import region

# What expressions see of their compartment, and its power of metre.
_GEOMETRY = {
    "area": 2, "length": 1, "diameter": 1, "volume": 3, "distance": 1, "x": 1, "y": 1, "z": 1
}  # fmt: skip


class CablePopulation(CableCurrents):
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

    # -- thresholds, insertions ------------------------------------------------------------------

    @property
    def spike_sites(self) -> CableView:
        """The compartments at which thresholds stand, one per cell: the sources of synapses."""
        if not self._core.has("spike_here"):
            raise SimulationError(f"`{self.name}` has no threshold, so it sends no spikes")
        sites = np.flatnonzero(self._visible(self._core.get("spike_here")))
        return CableView(self, np.arange(self.cells), sites, "")

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
                named = region(one)
                inside |= self._per_cell([named.mask(c) for c in self._cut])
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
