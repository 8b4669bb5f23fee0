# SPDX-License-Identifier: MIT
"""Every Python block of the documentation runs, and every block of the language compiles."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import pytest

import hodgpy as hp

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 2
            found.append(Block(page, line, match[1], match[2]))
    return [block for block in found if block.language in languages]


PYTHON_PAGES = sorted({block.page for block in blocks("python")})


@pytest.mark.parametrize("page", PYTHON_PAGES, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks("python"):
        if block.page == page:
            code = "\n" * (block.line - 1) + block.text
            exec(compile(code, str(page), "exec"), namespace)


# Whatever a synapse on a page reads and writes of its populations.
ANY_NEURON = """neuron Any {
    dv/dt = (-70 mV - v)/(10 ms) + I_syn/(100 pF) : volt (unless refractory)
    dx/dt = (I - x)/(20 ms) : 1
    input I : 1
    input I_syn : amp
    threshold v > -50 mV
    reset { v = -70 mV }
    refractory 2 ms
}"""


@pytest.mark.parametrize("block", blocks("hhm"), ids=lambda block: block.name)
def test_files_of_the_language_compile_and_run(block: Block) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", hp.ModelWarning)
        models = hp.compile("hhm 1\n" + block.text.removeprefix("hhm 1\n"))
    for model in models:
        if model._record["kind"] == "cell":
            shape = hp.Soma(diameter=20e-6)
            for name in ("axon", "dendrites"):
                shape[name] = hp.Cylinder(diameter=1e-6, length=50e-6)
            made: hp.Population = hp.Cell(shape, model)
        elif model._record["kind"] == "synapse":
            made = hp.Population(hp.compile(ANY_NEURON).Any, 3)
            synapses = hp.Synapses(made, made, model)
            synapses.connect()
            hp.Network(made, synapses).run(0.001)
            continue
        else:
            made = hp.Population(model, 3)
        hp.Network(made).run(0.001)


@pytest.mark.parametrize("block", blocks("brian"), ids=lambda block: block.name)
def test_equation_strings_are_right(block: Block) -> None:
    assert [d for d in hp.check(block.text) if d.severity == "error"] == []


def test_the_readmes_example_is_the_script() -> None:
    script = (ROOT / "examples" / "ten_lines.py").read_text()
    shown = next(b.text for b in blocks("python") if b.page.name == "README.md")
    assert shown == script[script.index("import hodgpy") :]


def test_pages_exist_that_others_link_to() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert os.path.exists(page.parent / target), f"{page.name} links to {target}"
