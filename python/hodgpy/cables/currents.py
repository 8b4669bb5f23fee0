# SPDX-License-Identifier: MIT
"""What reaches a cable population from elsewhere: processes, clamps, gap junctions; diffusion."""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.cables.addresses import CablePlaces
from hodgpy.cables.point_process import CLAMP, PointProcesses
from hodgpy.errors import SimulationError
from hodgpy.population import Population


class CableCurrents(CablePlaces):
    """Compartments with currents of others."""

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
