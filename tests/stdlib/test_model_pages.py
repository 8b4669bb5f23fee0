# SPDX-License-Identifier: MIT
"""The pages of docs/models are what `scripts/model_pages` makes of the shipped models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_pages_are_up_to_date() -> None:
    """Otherwise run scripts/model_pages, and look at the pictures."""
    script = ROOT / "scripts" / "model_pages"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_figures_are_small() -> None:
    sizes = [p.stat().st_size for p in (ROOT / "docs" / "models").rglob("*.png")]
    assert len(sizes) > 25
    assert max(sizes) < 60_000
