# SPDX-License-Identifier: MIT
"""One variable of synapses as an object: ``S.w``, ``S.w[i, j]``, ``S.w["i == j"]``, ``S.delay``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import units
from hodgpy.units import Quantity
from hodgpy.variable_view import VariableView

if TYPE_CHECKING:
    from types import FrameType

    from hodgpy.synapse_values import SynapseValues


def _picked(values: np.ndarray, index: Any, chosen: np.ndarray) -> Any:
    """One number for one synapse, else an array."""
    return values[chosen[0]] if isinstance(index, (int, np.integer)) else values[chosen]


class SynapseView(VariableView):
    """A variable of synapses: reads as a numpy array in SI in order of creation, writes through.

    Besides what every variable can, it is indexed by source and target: ``S.w[3, :]``,
    ``S.w[:, [1, 2]]``, and by text, a condition over ``i``, ``j`` and variables of both sides.
    What the compiler keeps once per source or target is shown so as a whole (``S.x``), and per
    synapse where it is indexed (``S.x[:]``).
    """

    _population: SynapseValues

    def __getitem__(self, index: Any) -> Any:
        values = np.asarray(self)
        if isinstance(index, tuple) and not index:
            return values[()]
        if values.ndim == 0:  # all synapses share it
            values = np.broadcast_to(values, len(self._population))
        else:
            values = self._population._by_synapse(self._name, values)
        return _picked(values, index, self._population._chosen(index, sys._getframe(1)))

    def _chosen(self, index: Any, frame: FrameType | None = None) -> Any:
        return self._population._chosen(index, frame or sys._getframe(2))


class DelayView(VariableView):
    """Delays of one pathway in seconds: ``S.delay``, ``S.post.delay``; one value, or one a synapse.

    Assigning takes a time, an array of one per synapse, or text.
    """

    _population: SynapseValues

    def __init__(self, synapses: SynapseValues, pathway: str) -> None:
        super().__init__(synapses, "delay")
        self._pathway = pathway

    @property
    def unit(self) -> str:
        """Delays are shown in ms."""
        return "ms"

    def stands_for(self, population: Any, name: str) -> bool:
        """Whether this is that very variable."""
        return self._population is population and name == "delay" and self._pathway == "pre"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._population._delays(self._pathway), dtype=dtype)

    def __quantity__(self) -> Quantity:
        return Quantity(np.asarray(self), units.SECOND)

    def __getitem__(self, index: Any) -> Any:
        every = np.broadcast_to(np.asarray(self), len(self._population))
        return _picked(every, index, self._population._chosen(index, sys._getframe(1)))

    def __setitem__(self, index: Any, value: Any) -> None:
        everything = index is Ellipsis or (isinstance(index, slice) and index == slice(None))
        frame = sys._getframe(1)
        chosen = None if everything else self._population._chosen(index, frame)
        self._population._set_delay(self._pathway, value, chosen, frame)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", ())
        result = super().__array_ufunc__(ufunc, method, *inputs, **kwargs)
        if out and isinstance(out[0], DelayView):
            out[0]._population._set_delay(out[0]._pathway, result, None, sys._getframe(1))
            return out[0]
        return result

    def __repr__(self) -> str:
        shown = np.array2string(np.asarray(self) * 1e3, precision=6, separator=", ", threshold=12)
        return f"delay = {shown} ms"


class Pathway:
    """One pathway of synapses: ``S.pre``, ``S.post``; its name, order and delay."""

    def __init__(self, synapses: SynapseValues, name: str, record: dict[str, Any]) -> None:
        object.__setattr__(self, "_synapses", synapses)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "event", record.get("event", "spike"))
        object.__setattr__(self, "order", record.get("order", 0))

    _synapses: SynapseValues
    name: str
    event: str
    order: int

    @property
    def delay(self) -> DelayView:
        """Delays in seconds."""
        return DelayView(self._synapses, self.name)

    @delay.setter
    def delay(self, value: Any) -> None:
        if not (isinstance(value, DelayView) and value._pathway == self.name):
            self._synapses._set_delay(self.name, value, None, sys._getframe(2))

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "delay":
            raise AttributeError(f"`{name}` of a pathway cannot be assigned")
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<pathway {self.name}: on `{self.event}`, order {self.order}, {self.delay!r}>"
