# SPDX-License-Identifier: MIT
"""Recorded variables by name: what all recorders of them share, and what was picked from one."""

from __future__ import annotations

from typing import Any

import numpy as np

from hodgpy.units import Exponents, Quantity


class NamedValues:
    """A recorder of variables, ``recorder["v"]``."""

    variables: list[str]
    _dimensions: dict[str, Exponents]

    def __getitem__(self, name: Any) -> Any:
        raise NotImplementedError

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(n for n in self.variables if n.isidentifier())]

    def get(self, name: str, unit: str) -> np.ndarray:
        """Values of a variable in another unit, of the shape that ``recorder[name]`` has.

        Raises
        ------
        UnitError
            For a unit of another dimension.
        """
        values = self[name]  # refuses what was not recorded
        shown: np.ndarray = Quantity(values, self._dimensions[name]).in_unit(unit)
        return shown


class PickedValues:
    """Some rows of what a recorder holds; variables are attributes, in SI."""

    _recorder: Any
    _rows: Any

    def get(self, name: str, unit: str) -> np.ndarray:
        """Values in another unit."""
        values: np.ndarray = self._recorder.get(name, unit)[self._rows]
        return values

    def __getitem__(self, name: str) -> np.ndarray:
        values: np.ndarray = self._recorder[name][self._rows]
        return values

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        values: np.ndarray = getattr(self._recorder, name)[self._rows]
        return values

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(n for n in self._recorder.variables if n.isidentifier())]
