# SPDX-License-Identifier: MIT
"""Plain numbers that were probably meant in another unit: `P.v = -65` is -65 volt.

Numbers without unit are SI, so nothing is refused; what no neuron has is warned about.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

import numpy as np

from hodgpy import units
from hodgpy.errors import UnitWarning
from hodgpy.units import Exponents

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
# Dimension, what is no longer plausible (in SI), and what people write.
_LIMITS: dict[Exponents, tuple[float, str]] = {
    units.parse("1 volt").dimension: (1.0, "mV"),
    units.parse("1 amp").dimension: (1e-3, "nA"),
    units.parse("1 siemens").dimension: (1e-3, "nS"),
    units.parse("1 farad").dimension: (1e-3, "pF"),
    units.METRE: (0.5, "um"),
    units.parse("1 ohm*meter").dimension: (20.0, "ohm*cm"),
    units.parse("1 farad/meter**2").dimension: (0.5, "uF/cm**2"),
}
_COLDEST = 200.0  # kelvin, of tissue
_KELVIN = units.parse("1 kelvin").dimension


def check_plain(value: Any, dimension: Exponents, what: str) -> None:
    """Warns where a plain number, taken as SI, is no value of a neuron.

    Parameters
    ----------
    value
        As the user gave it; quantities and text have their unit and are not looked at.
    dimension
        Of what it is assigned to.
    what : str
        For the message: "`v`".
    """
    if dimension == _KELVIN:
        if _is_plain(value) and 0 < _largest(value) < _COLDEST:
            _warn(what, value, "kelvin", f'"{_shown(value)} degC"')
        return
    limit, unit = _LIMITS.get(dimension, (np.inf, ""))
    if _is_plain(value) and _largest(value) >= limit:
        _warn(what, value, units.describe(dimension), f"{_shown(value)}*{unit}")


def check_time(value: Any, limit: float, what: str) -> None:
    """Warns where a time without unit is at least ``limit`` seconds."""
    if _is_plain(value) and _largest(value) >= limit:
        _warn(what, value, "second", f"{_shown(value)}*ms")


def warn_user(message: str, category: type[Warning] = UnitWarning) -> None:
    """A warning at the line of the user's program that called into the package."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_plain(v) for v in value)
    return isinstance(value, (int, float, np.ndarray, np.number)) and not isinstance(value, bool)


def _largest(value: Any) -> float:
    found = np.abs(np.asarray(value, dtype=float))
    return float(found.max()) if found.size else 0.0


def _shown(value: Any) -> str:
    return f"{value:g}" if np.ndim(value) == 0 else "[...]"


def _warn(what: str, value: Any, unit: str, meant: str) -> None:
    given = f"numbers up to {_largest(value):g}" if np.ndim(value) else _shown(value)
    warn_user(f"{what} was given {given} without unit, which means {unit}; did you mean {meant}?")
