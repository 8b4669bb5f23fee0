# SPDX-License-Identifier: MIT
"""Values given on a grid of times, used in equations as ``name(t)`` or ``name(t, i)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy import plausible
from hodgpy.arguments import shown
from hodgpy.coded import refuse
from hodgpy.errors import SimulationError
from hodgpy.keywords import Keywords
from hodgpy.units import Exponents, Quantity, as_quantity, duration


class TimedArray(Keywords):
    """A step function of time, one for all entities or one column per entity.

    Parameters
    ----------
    values : array or Quantity
        Shape ``(rows,)``, used as ``f(t)``, or ``(rows, columns)``, used as ``f(t, i)``. Row r
        holds from ``r*dt`` to ``(r + 1)*dt``; the first row also before, the last one after that.
    dt : Quantity
        Time of one row; at least the network's own step and no need to be a multiple of it.

    Examples
    --------
    >>> current = hp.TimedArray([0, 10, 0] * uA / cm2, dt=100*ms)
    >>> cell = hp.compile(eqs, namespace={"current": current})    # ... + current(t) ...
    """

    def __init__(self, values: Any, dt: Any) -> None:
        quantity = None if values is None else as_quantity(values)
        if quantity is None or np.iscomplexobj(values):
            raise SimulationError(
                f"the values of a timed array are {shown(values)}; they must be numbers"
            )
        array = np.ascontiguousarray(quantity.value, dtype=float)
        if array.ndim not in (1, 2) or array.size == 0:
            raise SimulationError(
                f"a timed array needs values of shape (rows,) or (rows, columns), not {array.shape}"
            )
        if not np.isfinite(array).all():
            wrong = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            refuse("HH6013", f"value {wrong} of a timed array is {array[wrong]}, not finite")
        self.values: np.ndarray = array.reshape(len(array), -1)
        self.per_entity: bool = array.ndim == 2
        self.dimension: Exponents = quantity.dimension
        self.unit: str = quantity.unit
        plausible.check_time(dt, 1.0, "dt of a timed array")
        self.dt: float = duration(dt, "dt of a timed array")
        if self.dt <= 0:
            raise SimulationError(f"dt of a timed array is {self.dt} s; it must be positive")

    def __call__(self, t: Any, i: int | None = None) -> Quantity:
        """The value at a time, as the equations see it."""
        row = int(np.clip(np.floor(duration(t, "t") / self.dt + 1e-9), 0, len(self.values) - 1))
        value = self.values[row] if i is None else self.values[row, i]
        return Quantity(
            value if self.per_entity and i is None else np.ravel(value)[0], self.dimension
        )

    def _check_columns(self, name: str, count: int) -> None:
        columns = self.values.shape[1]
        if self.per_entity and columns < count:
            raise SimulationError(
                f"the timed array `{name}` has {columns} columns for {count} neurons"
            )

    def __repr__(self) -> str:
        shape = self.values.shape if self.per_entity else self.values.shape[:1]
        return f"TimedArray(shape {shape}, {self.unit}, dt {self.dt * 1e3:g} ms)"
