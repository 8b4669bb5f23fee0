# SPDX-License-Identifier: MIT
"""The events of some neurons: ``S[3].t``, ``S[3].v``, ``S[:10].get("v", "mV")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments
from hodgpy.errors import SimulationError
from hodgpy.recorders.named_values import PickedValues

if TYPE_CHECKING:
    from hodgpy.recorders.events import EventRecorder


class RecordedEvents(PickedValues):
    """What a recorder of events holds of the neurons with these numbers, in order of time.

    ``t`` and ``i``, and the recorded variables as attributes, all of shape (events,), in SI.
    """

    def __init__(self, recorder: EventRecorder, number: Any) -> None:
        self._recorder = recorder
        self._neurons = _neurons(recorder, number)

    @property
    def _rows(self) -> np.ndarray:
        return np.flatnonzero(np.isin(self._recorder.i, self._neurons))

    @property
    def t(self) -> np.ndarray:
        """Times in seconds."""
        times: np.ndarray = self._recorder.t[self._rows]
        return times

    @property
    def i(self) -> np.ndarray:
        """Indices of the neurons."""
        indices: np.ndarray = self._recorder.i[self._rows]
        return indices

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<{len(self)} events of {self._neurons.tolist()} in {self._recorder}>"


def _neurons(recorder: EventRecorder, number: Any) -> np.ndarray:
    """Numbers of neurons, as the recorder counts them."""
    count = len(recorder.count)
    if isinstance(number, slice):
        return np.arange(count)[number]
    wanted = np.atleast_1d(np.asarray(number))
    if wanted.dtype.kind not in "iu":
        raise SimulationError(
            f"{arguments.shown(number)} is no number of a neuron, and no name of a variable; "
            f"recorded: {', '.join(('t', 'i', *recorder.variables))}"
        )
    outside = wanted[(wanted < 0) | (wanted >= count)]
    if len(outside):
        raise SimulationError(f"neuron {outside[0]} is not recorded: there are {count}")
    return wanted
