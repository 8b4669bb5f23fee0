# SPDX-License-Identifier: MIT
"""Recordings in files: rows of a .npy file that the runtime appends to, read without copying."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from hodgpy import arguments
from hodgpy.coded import refuse


def file_of(to: str | PathLike[str] | None) -> str:
    """The name of the file, absolute; empty for a recording in memory."""
    if to is None:
        return ""
    path = Path(arguments.path(to, "to")).absolute()
    if path.suffix != ".npy":
        refuse(
            "HH6028", f"to is `{to}`; recordings are written as .npy files",
            "h5py, pandas and others take what np.load(..., mmap_mode='r') gives",
        )  # fmt: skip
    return str(path)


def reduction(value: Any, what: str) -> str:
    """ "mean", "min", "max", or empty."""
    if value not in (None, "mean", "min", "max"):
        refuse("HH6028", f"{what} is {arguments.shown(value)}; it must be 'mean', 'min' or 'max'")
    return value or ""


def rows(core: Any, path: str) -> np.ndarray | None:
    """All rows, mapped from the file; none before the first one."""
    core.flush()
    return np.load(path, mmap_mode="r") if len(core) else None
