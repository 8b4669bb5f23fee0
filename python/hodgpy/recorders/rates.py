# SPDX-License-Identifier: MIT
"""Recorders of the rate of a population."""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy import _core as core
from hodgpy import arguments
from hodgpy.population import Population
from hodgpy.recorders.base import Recorder, interval_of
from hodgpy.subgroup import Subgroup, split


class RateRecorder(Recorder):
    """Mean rate of a population in bins.

    Parameters
    ----------
    population : Population or Subgroup
    bin : Quantity, optional
        Width of a bin, a multiple of the step; default one step.
    event : str
        Which event; default spikes.
    name : str, optional
        By which the network knows it; default the population's name and ``_rate``.
    """

    _core: core.RateRecorder

    def __init__(
        self,
        population: Population | Subgroup,
        bin: Any = None,
        *,
        event: str = "spike",
        name: str = "",
    ) -> None:
        whole, chosen = split(population, "a recorder")
        self.population = population
        self.name = arguments.text(name, "name")
        self._call = (RateRecorder, (population, bin), {"event": event})
        width = interval_of(bin, "bin")
        self._core = core.RateRecorder(
            whole._core, arguments.text(event, "event"), width, whole._entities(chosen)
        )

    @property
    def t(self) -> np.ndarray:
        """Start of each bin in seconds."""
        return self._core.times()

    @property
    def rate(self) -> np.ndarray:
        """Events per neuron and second (Hz) in each bin."""
        self._warn_if_alone()
        return self._core.rates()

    def clear(self) -> None:
        """Forget what was recorded."""
        self._core.clear()

    def data(self) -> dict[str, np.ndarray]:
        """What was recorded as plain arrays: ``t`` in seconds and ``rate`` in Hz."""
        return {"t": self.t, "rate": self.rate}

    def to_pandas(self) -> Any:
        """A pandas Series of the rate in Hz, indexed by the start of each bin in seconds."""
        from hodgpy import export

        return export.rate_to_pandas(self)

    def to_neo(self) -> Any:
        """The rate as a ``neo.AnalogSignal`` in Hz."""
        from hodgpy import export

        return export.rate_to_neo(self)

    def _default_name(self) -> str:
        return f"{self.population.name}_rate"

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """The rate over time; returns the matplotlib axes."""
        from hodgpy import plotting

        return plotting.rate(self, ax, **style)

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"<RateRecorder of {self.population.name}: {len(self)} bins>"
