# SPDX-License-Identifier: MIT
"""Recorders: spikes and other events, states and expressions, population rates.

Recordings are plain numpy arrays in SI; they can be read between runs, and after a run that was
stopped or failed. Add recorders to the network together with their population.
"""

from hodgpy.recorders.base import Recorder
from hodgpy.recorders.events import EventRecorder, SpikeRecorder
from hodgpy.recorders.rates import RateRecorder
from hodgpy.recorders.states import StateRecorder

__all__ = ["EventRecorder", "RateRecorder", "Recorder", "SpikeRecorder", "StateRecorder"]
