# SPDX-License-Identifier: MIT
"""What all recorders share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from hodgpy import plausible, units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_recorder
from hodgpy.errors import NetworkWarning
from hodgpy.keywords import Keywords


def interval_of(given: Any, what: str) -> float:
    """Seconds between samples; 0 for what was not given: every step."""
    seconds = 0.0 if given is None else units.duration(given, what)
    if given is not None and not seconds > 0:
        refuse("HH6020", f"{what} is {seconds:g} s, expected a positive number")
    return seconds


class Recorder(Keywords, ABC):
    """What all recorders share: a name in the network, and how to make them again for a copy."""

    name: str
    population: Any
    _network: Any = None
    _file: str = ""  # empty: in memory
    _core: Any
    _call: tuple[type, tuple[Any, ...], dict[str, Any]]

    @abstractmethod
    def _default_name(self) -> str:
        """What a recorder without a name is called."""

    @abstractmethod
    def data(self) -> dict[str, np.ndarray]:
        """What was recorded, as plain arrays by name."""

    @property
    def end(self) -> float:
        """Time in seconds up to which was recorded."""
        return 0.0 if self._network is None else float(self._network.t)

    def _join(self, network: Any, name: str) -> None:
        """Becomes part of a network."""
        network._core.add_recorder(self._core, name)
        self._network = network

    def _warn_if_alone(self) -> None:
        if self._network is None:
            plausible.warn_user(
                f"this recorder of {self.population.name} is in no network: add it, as in "
                "hp.Network(P, recorder)",
                NetworkWarning,
            )

    def __reduce__(self) -> Any:
        if self._file:
            refuse(
                "HH6055", f"recorder `{self.name}` writes to `{self._file}`, and so would its copy",
                "copy the network first, then add recorders with files",
            )  # fmt: skip
        kind, positional, named = self._call
        return rebuild_recorder, (kind, positional, named | {"name": self.name})
