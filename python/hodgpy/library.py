# SPDX-License-Identifier: MIT
"""The shipped models: find and list them."""

from __future__ import annotations

from pathlib import Path

from hodgpy import _core


def library_folder() -> Path:
    """Where the standard library's ``.hhm`` files are."""
    beside = Path(__file__).parent / "stdlib_models"
    return beside if beside.is_dir() else Path(__file__).parents[2] / "stdlib_models"


def models() -> dict[str, str]:
    """Import names of the shipped models with the first sentences of their documentation.

    >>> hp.compile("neurons.hodgkin_huxley_1952")    # any of these names compiles
    """
    return dict(_core.list_library(str(library_folder())))
