# SPDX-License-Identifier: MIT
"""Tutorial pages as notebooks and scripts, text included: nothing is written twice."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

TUTORIALS = [
    "first_steps.md",
    "populations.md",
    "networks.md",
    "plasticity.md",
    "cables.md",
    "basal_ganglia.md",
]
PYTHON = re.compile(r"^```python\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)


def notebook(page: Path) -> nbformat.NotebookNode:
    """The page's Python blocks as code cells, the text between them as text cells."""
    pieces = PYTHON.split(page.read_text())
    cells = []
    for number, piece in enumerate(pieces):
        if not piece.strip():
            continue
        if number % 2 == 1:
            cells.append(new_code_cell(piece.rstrip()))
        else:
            cells.append(new_markdown_cell(piece.strip()))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same file whenever it is made
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return made


def script(page: Path) -> str:
    """The same as a Python script, the text as comments."""
    lines = []
    for number, piece in enumerate(PYTHON.split(page.read_text())):
        if number % 2 == 1:
            lines += [piece.rstrip(), ""]
        else:
            lines += [f"# {line}".rstrip() for line in piece.strip().splitlines()] + [""]
    return "\n".join(lines).strip() + "\n"


def programs(page: Path) -> dict[str, str]:
    """Address on the site: text, of the notebook and of the script."""
    return {
        f"notebooks/{page.stem}.ipynb": nbformat.writes(notebook(page)),
        f"notebooks/{page.stem}.py": script(page),
    }
