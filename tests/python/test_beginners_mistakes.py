# SPDX-License-Identifier: MIT
"""The commonest mistakes of a beginner: one message each, with a code, the place and what to write.

Every row is tried in a terminal (`hhc check`), in Python (`hp.compile`) and in a `%%hhm` cell.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import hodgpy as hp

ROOT = Path(__file__).resolve().parents[2]
HHC = Path(os.environ.get("HHC", ROOT / "build" / "release" / "bin" / "hhc")).resolve()


class Mistake(NamedTuple):
    """Lines of a neuron; the code; line and column; words that the message must have."""

    name: str
    body: str
    code: str
    place: tuple[int, int]
    says: str


LIF = "param tau = 10 ms\ndv/dt = -v/tau : volt\nthreshold v > 10 mV\nreset { v = 0 mV }"
MISTAKES = [
    Mistake("unit forgotten", "dv/dt = -v/(1 ms)", "HH1026", (2, 5), "as in `: volt`"),
    Mistake("time constant forgotten", "dv/dt = -v : volt", "HH3003", (2, 13), "time constant"),
    Mistake(
        "number without unit",
        "param tau = 10 ms\ndv/dt = (-65 - v)/tau : volt",
        "HH3001",
        (3, 14),
        "plain number",
    ),
    Mistake("misspelt name", LIF.replace("-v/tau", "-v/tua"), "HH2001", (3, 16), "`tau`"),
    Mistake(
        "parameter forgotten", "dv/dt = -v/tau : volt", "HH2001", (2, 16), "`param tau = VALUE"
    ),
    Mistake("unit of other programs", LIF.replace("10 ms", "10 msec"), "HH2011", (2, 20), "`ms`"),
    Mistake("unit in capitals", LIF.replace("10 ms", "10 MS"), "HH2011", (2, 20), "`ms`?"),
    Mistake("symbol of a unit", LIF.replace("10 ms", "0.01 s"), "HH2011", (2, 22), "`second`"),
    Mistake("power as ^", LIF.replace("-v/tau", "-v^2/tau"), "HH1024", (3, 15), "`**`"),
    Mistake("no multiplication", LIF.replace("-v/tau", "-2 v/tau"), "HH2011", (3, 16), "`2*v`"),
    Mistake(
        "exp of a voltage",
        LIF.replace("-v/tau", "-exp(v)*volt/tau"),
        "HH3004",
        (3, 18),
        "plain number",
    ),
    Mistake("open bracket", LIF.replace("-v/tau", "-(v/tau"), "HH1010", (3, 14), "never closed"),
    Mistake("assignment as condition", LIF.replace("v > 10", "v = 10"), "HH1029", (4, 17), "`==`"),
    Mistake("&&", LIF.replace("10 mV\n", "10 mV && v < 1 volt\n"), "HH1024", (4, 25), "`and`"),
    Mistake("comment as //", LIF + "\n// done", "HH1031", (6, 5), "`#`"),
    Mistake(
        "if as a statement", LIF + "\nif v > 1 mV: v = 0 mV", "HH1031", (6, 5), "if condition else"
    ),
    Mistake(
        "reserved name", "param dt = 1 ms\ndv/dt = -v/dt : volt", "HH2005", (2, 11), "language"
    ),
    Mistake("twice", "param v = 1 mV\ndv/dt = -v/(1 ms) : volt", "HH2002", (3, 6), "twice"),
    Mistake("no capacitance", "I : amp\ndv/dt = I : volt", "HH3003", (3, 13), "`nA`"),
    Mistake("init of nothing", LIF + "\ninit u = 3", "HH4025", (6, 10), "not a variable"),
    Mistake("unknown method", LIF + "\nmethod runge", "HH5001", (6, 12), "methods are"),
]


def text_of(mistake: Mistake) -> str:
    lines = "".join(f"    {line}\n" for line in mistake.body.split("\n"))
    return "neuron Cell {\n" + lines + "}\n"


def heads(said: str) -> list[str]:
    return re.findall(r"^\S.*?:\d+:\d+: (?:error|warning)\[HH\d{4}\]", said, re.MULTILINE)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_in_a_terminal(mistake: Mistake, tmp_path: Path) -> None:
    path = tmp_path / "model.hhm"
    path.write_text(text_of(mistake), encoding="utf-8")
    done = subprocess.run(
        [HHC, "check", "model.hhm"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    line, column = mistake.place
    assert heads(said) == [f"model.hhm:{line}:{column}: error[{mistake.code}]"], said
    assert mistake.says in said


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_in_python(mistake: Mistake) -> None:
    with pytest.raises(hp.ModelError) as caught:
        hp.compile(text_of(mistake))
    (found,) = caught.value.diagnostics
    assert found.code == mistake.code
    assert (found.line, found.column) == mistake.place
    assert mistake.says in str(caught.value)
    assert "^" in str(caught.value)


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "hodgpy")
    yield made
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_in_a_notebook(mistake: Mistake, shell: Any) -> None:
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        shell.run_cell("%%hhm\n" + text_of(mistake))
    (shown,) = captured.outputs
    line, column = mistake.place
    assert f":{line + 1}:{column}: error[{mistake.code}]" in shown.data["text/plain"]
    assert mistake.says in shown.data["text/plain"]
    assert f"error[{mistake.code}]</b>" in shown.data["text/html"]
    assert "Traceback" not in captured.stdout + captured.stderr


def test_a_text_of_blank_lines_is_read_at_once() -> None:
    """Once it took time that grew with the square of their number."""
    with pytest.raises(hp.ModelError, match="HH1002"):
        hp.compile("x : 1" + "\n" * 5_000_000)
