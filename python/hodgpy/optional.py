# SPDX-License-Identifier: MIT
"""Libraries of the extras: imported where they are used; a clear error where one is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hodgpy.coded import refuse


def library(module: str, extra: str, what: str) -> Any:
    """A module that hodgpy does not install by itself.

    Parameters
    ----------
    module : str
        ``"scipy.spatial"``.
    extra : str
        The extra of hodgpy that brings it: ``"geometric"``.
    what : str
        What needs it, in the plural.

    Raises
    ------
    SimulationError
        HH6085 if it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        refuse("HH6085", f"{what} need {package}", f"pip install 'hodgpy[{extra}]'")
