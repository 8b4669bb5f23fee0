# SPDX-License-Identifier: MIT
"""What is measured on recordings of cables."""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy import units
from hodgpy.cables.population import CablePopulation
from hodgpy.errors import SimulationError
from hodgpy.recorders import StateRecorder


def crossing_times(recorder: StateRecorder, level: Any = 0.0) -> np.ndarray:
    """When each recorded compartment first passed a voltage upwards, by linear interpolation.

    Parameters
    ----------
    recorder : StateRecorder
        Of ``v``.
    level : Quantity
        Default 0 mV.

    Returns
    -------
    array of shape (recorded compartments,)
        Seconds; NaN where it never did.
    """
    bound = float(units.to_si(level, units.parse("1 volt").dimension, "level", "mV"))
    v, t = recorder["v"], recorder.t
    times = np.full(len(v), np.nan)
    for k, trace in enumerate(v):
        up = np.flatnonzero((trace[:-1] < bound) & (trace[1:] >= bound))
        if len(up):
            i = up[0]
            part = (bound - trace[i]) / (trace[i + 1] - trace[i])
            times[k] = t[i] + part * (t[i + 1] - t[i])
    return times


def conduction_velocity(recorder: StateRecorder, level: Any = 0.0) -> float:
    """Speed of the first spike between the recorded compartments of one path, metre/second.

    Parameters
    ----------
    recorder : StateRecorder
        Of ``v`` at two places or more of one cell, along one path; the slope of a line through
        (time, distance) if more.
    level : Quantity
        The voltage whose passing is timed, default 0 mV.

    Raises
    ------
    SimulationError
        If fewer than two of the places are reached.
    """
    cell = recorder._whole
    if not isinstance(cell, CablePopulation):
        raise SimulationError("a conduction velocity is measured on a recording of a cable")
    times = crossing_times(recorder, level)
    distance = np.asarray(cell.get("distance"))[recorder.indices]
    reached = np.isfinite(times)
    if reached.sum() < 2 or np.ptp(times[reached]) == 0:
        raise SimulationError("fewer than two of the recorded places were reached by a spike")
    return float(np.polyfit(times[reached], distance[reached], 1)[0])
