# SPDX-License-Identifier: MIT
"""Some of the recorded neurons: ``M[3].v``, ``M[:10].get("v", "mV")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments
from hodgpy.errors import SimulationError
from hodgpy.recorders.named_values import PickedValues

if TYPE_CHECKING:
    from hodgpy.recorders.states import StateRecorder


class RecordedNeurons(PickedValues):
    """What a recorder holds of the neurons with these numbers.

    Variables are attributes: of one number shape (samples,), of several (neurons, samples), in SI.
    """

    def __init__(self, recorder: StateRecorder, number: Any) -> None:
        self._recorder = recorder
        self._rows = _rows_of(recorder, number)

    def __repr__(self) -> str:
        chosen = self._recorder.indices[self._rows]
        return f"<{', '.join(self._recorder.variables)} of {chosen.tolist()} in {self._recorder}>"


def _rows_of(recorder: StateRecorder, number: Any) -> Any:
    """The row of one neuron, or the rows of several, among those recorded."""
    indices = recorder.indices
    single = np.ndim(number) == 0 and not isinstance(number, slice)
    if isinstance(number, slice):
        number = np.arange(recorder._whole.N)[number]
        number = number[np.isin(number, indices)]
    wanted = np.atleast_1d(np.asarray(number))
    if wanted.dtype.kind not in "iu":
        raise SimulationError(
            f"{arguments.shown(number)} is no number of a neuron, and no name of a variable; "
            f"recorded: {', '.join(recorder.variables)}"
        )
    missing = wanted[~np.isin(wanted, indices)]
    if len(missing):
        raise SimulationError(
            f"neuron {missing[0]} was not recorded; recorded: {_shortened(indices)}"
        )
    row = {int(n): k for k, n in enumerate(indices)}
    rows = np.array([row[int(n)] for n in wanted], dtype=np.intp)
    return rows[0] if single else rows


def _shortened(indices: np.ndarray) -> str:
    shown = ", ".join(str(n) for n in indices[:8])
    return shown + (", ..." if len(indices) > 8 else "")
