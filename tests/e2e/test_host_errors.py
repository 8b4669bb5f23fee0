# SPDX-License-Identifier: MIT
"""Files, stages and values that the command and the package cannot take: HH8006 to HH8008."""

from __future__ import annotations

from pathlib import Path

import pytest

import hodgpy as hp


def test_a_missing_file_and_a_folder_cannot_be_compiled(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.hhm", tmp_path):
        with pytest.raises(hp.ModelError, match="HH8006"):
            hp.compile(path)
