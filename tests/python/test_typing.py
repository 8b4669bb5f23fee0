# SPDX-License-Identifier: MIT
"""A script as users write it has types: it runs here, and CI checks it with `mypy --strict`."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "typing" / "first_day.py"


def test_a_first_script_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("HH3") for line in lines)


def test_its_types_are_right() -> None:
    api = pytest.importorskip("mypy.api")
    root = SCRIPT.parents[2]
    config = str(root / "pyproject.toml")
    out, errors, code = api.run(["--config-file", config, "--follow-imports=silent", str(SCRIPT)])
    assert code == 0, out + errors
