# SPDX-License-Identifier: MIT
"""Currents at points of a cable that have equations of their own: synapses, electrodes, clamps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments
from hodgpy.compiling import compile as compile_model
from hodgpy.errors import ModelError, SimulationError
from hodgpy.population import Population

if TYPE_CHECKING:
    from hodgpy.cables.addresses import CablePlaces
    from hodgpy.model import Model

CLAMP = """
I_clamp = where(active, (V - v)/Rs, 0*amp) : amp
V : volt
Rs : ohm
active : boolean
"""


class PointProcesses(Population):
    """Processes of one model, each at a compartment of a cable; made by ``cell.point_process``.

    Their variables are those of the model; ``v`` is the voltage of the compartment at the start of
    the step. The current depends on ``v`` implicitly: its slope enters the cable equation.
    """

    def __init__(
        self,
        cable: CablePlaces,
        model: str,
        current: str,
        N: int,
        *,
        name: str,
        level: int,
        **values: Any,
    ) -> None:
        text = _membrane_of(model, current)
        made = compile_model(text, cell=True, name="processes", level=level + 1)
        self._build(made, N, name, current)
        self._keep("_cable", cable)
        for key, value in values.items():
            self.set(key, value, level=level + 1)

    def _build(self, model: Model, N: int, name: str, current: str) -> None:
        super().__init__(model, N, name=name)
        self._keep("current", current)
        self._keep("_at", [])
        self._keep("_connected", False)
        self._core.set_one("area", 1.0)  # so that what is per area is per process

    def __reduce__(self) -> Any:
        from hodgpy.copying import rebuild_processes

        state = super().__reduce__()[2]
        state |= {"cable": self._cable, "at": list(self._at)}
        made = (type(self), self.model, self.N, self.name, self.current)
        return rebuild_processes, made, state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._keep("_cable", state.pop("cable"))
        self._keep("_at", state.pop("at"))
        super().__setstate__(state)

    def insert(self, place: Any, count: int | None = None) -> np.ndarray:
        """Put the next processes at every compartment of a place; returns their numbers."""
        if self._connected:
            raise SimulationError(f"`{self.name}` is part of a network already")
        chosen = self._cable._indices(place)
        free = self.N - len(self._at)
        if count is not None:
            chosen = np.resize(chosen, arguments.whole(count, "count", 1, 10**9))
        if len(chosen) > free:
            raise SimulationError(
                f"{len(chosen)} processes are to be inserted, and {free} of {self.N} are left"
            )
        first = len(self._at)
        self._at.extend(int(c) for c in chosen)
        return np.arange(first, len(self._at))

    @property
    def places(self) -> np.ndarray:
        """Compartments of the cable, by process."""
        return np.array(self._at, dtype=np.int64)

    def _connect(self) -> None:
        """Before the first run: every process has a place."""
        if len(self._at) != self.N:
            raise SimulationError(
                f"{self.N - len(self._at)} of {self.N} processes of `{self.name}` were inserted "
                "nowhere; use .insert(place)"
            )
        if not self._connected:
            entities = np.ascontiguousarray(self._cable._entity[self.places])
            self._cable._cable.insert(self._core, entities)
            self._keep("_connected", True)


def _membrane_of(model: str, current: str) -> str:
    """The equations of processes as those of a membrane without current of its own."""
    arguments.text(model, "the model of a point process", ModelError)
    arguments.text(current, "current", ModelError)
    declared = re.search(
        rf"^(\s*{re.escape(current)}\s*(?:=[^:\n]*)?:\s*amp)\s*(\(([^)\n]*)\))?\s*(#.*)?$",
        model,
        re.MULTILINE,
    )
    if declared is None:
        raise ModelError(
            f"the model of a point process must define its current `{current}` in amp: "
            f"`{current} = ... : amp` or `{current} : amp`"
        )
    flags = f"{declared.group(3)}, point current" if declared.group(3) else "point current"
    head, tail = model[: declared.start()], model[declared.end() :]
    return f"{head}{declared.group(1)} ({flags}){tail}\nIm = 0*amp/meter**2*(v/volt) : amp/meter**2"
