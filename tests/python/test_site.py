# SPDX-License-Identifier: MIT
"""The documentation builds as a site without a warning, and its tutorials run as notebooks."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import hodgpy as hp

ROOT = Path(__file__).parents[2]


def module(name: str) -> ModuleType:
    pytest.importorskip("nbformat")
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / "site" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "<math" in (tmp_path / "models/neurons/morris_lecar_1981.html").read_text()
    assert "Time step; default 0.1 ms" in (tmp_path / "api/networks.html").read_text()
    assert (tmp_path / "notebooks/first_steps.ipynb").exists()


def test_the_reference_names_everything_public() -> None:
    text = "".join(page.read_text() for page in (ROOT / "docs" / "api").glob("*.md"))
    listed = set(re.findall(r"^::: hodgpy\.(\S+)", text, re.MULTILINE))
    own = {"geometry": hp.geometry, "inference": hp.inference}
    constants = {"__version__", "errors", "inference.BASELINES", "inference.TRACKS", *own}
    names = set(hp.__all__) | {f"{m}.{n}" for m, module in own.items() for n in module.__all__}
    shown = listed | {name.partition(".")[0] for name in listed}
    shown |= {f"geometry.{name}" for name in listed if hasattr(hp.geometry, name)}
    assert names - constants - shown == set()


def test_notebook_runs(tmp_path: Path) -> None:
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = module("notebooks").notebook(ROOT / "docs" / "first_steps.md")
    client.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": tmp_path}}
    ).execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert any("HH3001" in output.get("text", "") for cell in outputs for output in cell)


def test_notebook_and_script_hold_all_code_of_the_page() -> None:
    notebooks = module("notebooks")
    for page in notebooks.TUTORIALS:
        text = (ROOT / "docs" / page).read_text()
        blocks = [block.split("```")[0].strip() for block in text.split("```python\n")[1:]]
        cells = notebooks.notebook(ROOT / "docs" / page).cells
        assert [cell.source for cell in cells if cell.cell_type == "code"] == blocks
        script = notebooks.script(ROOT / "docs" / page)
        compile(script, page, "exec")
        assert all(block in script for block in blocks)
