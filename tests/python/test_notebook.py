# SPDX-License-Identifier: MIT
"""``%%hhm`` in a real IPython shell, and how errors look there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import hodgpy as hp
from hodgpy.notebook import Report

pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

GOOD = "neuron Leaky {\n    param tau = 10 ms\n    dv/dt = -v/tau : volt\n}\n"
BAD = GOOD.replace("-v/tau", "-v/taau")


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "hodgpy")
    yield made
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, text: str) -> tuple[Any, Any]:
    """The result of a cell and what it showed."""
    with capture_output() as captured:
        done = shell.run_cell(text, store_history=True)
    return done, captured


def test_models_of_a_cell_become_variables(shell: InteractiveShell) -> None:
    done, _ = run(shell, "%%hhm cells\n" + GOOD)
    assert done.success
    assert isinstance(shell.user_ns["Leaky"], hp.Model)
    assert shell.user_ns["cells"].Leaky is shell.user_ns["Leaky"]
    assert repr(done.result) == "<cells: Leaky>"
    population = hp.Population(shell.user_ns["Leaky"], 2)
    population.v = "1*volt"
    hp.Network(population).run(0.001)


def test_options_are_those_of_compile(shell: InteractiveShell) -> None:
    run(shell, "%%hhm --dtype float32 --method rk4\n" + GOOD)
    assert "rk4" in shell.user_ns["Leaky"].explain()
    assert shell.user_ns["Leaky"].dtype == "float32"


def test_a_mistake_is_shown_below_the_cell_without_traceback(shell: InteractiveShell) -> None:
    run(shell, "%%hhm\n" + GOOD)
    before = shell.user_ns["Leaky"]
    run(shell, "1")
    done, captured = run(shell, "%%hhm\n" + BAD)
    assert done.success
    assert shell.user_ns["Leaky"] is before
    (shown,) = captured.outputs
    text, page = shown.data["text/plain"], shown.data["text/html"]
    assert "cell [3]:4:16: error[HH2001]" in text, "the line as the notebook counts it"
    assert "did you mean `tau`" in text
    assert "Traceback" not in text + captured.stdout + captured.stderr
    assert '<b style="color: #c0392b">error[HH2001]</b>' in page
    assert '<b style="color: #c0392b">^~~~' in page


def test_what_stands_in_a_cell_cannot_become_html(shell: InteractiveShell) -> None:
    _, captured = run(shell, '%%hhm\nneuron A {\n    v : volt <script>alert("x")</script>\n}\n')
    page = captured.outputs[0].data["text/html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<i>" not in Report("<i>x</i>")._repr_html_()


def test_a_warning_is_shown_and_the_model_made(shell: InteractiveShell) -> None:
    cell = GOOD.replace("    dv", "    param unused = 1 mV\n    dv")
    done, captured = run(shell, "%%hhm\n" + cell)
    assert done.success
    assert "warning[HH" in captured.outputs[0].data["text/plain"]
    assert isinstance(shell.user_ns["Leaky"], hp.Model)


@pytest.mark.parametrize("line", ["--dtype int8", "1x", "a b", "--no-such", "'open"])
def test_a_wrong_line_is_said(shell: InteractiveShell, line: str) -> None:
    done, captured = run(shell, f"%%hhm {line}\n" + GOOD)
    assert done.success
    assert captured.outputs
    assert "Leaky" not in shell.user_ns


def test_an_error_of_compile_is_short_in_a_shell(shell: InteractiveShell) -> None:
    _, captured = run(shell, 'import hodgpy as hp\nhp.compile("dv/dt = -v/taau : volt")')
    shown = captured.stdout + captured.stderr
    assert "ModelError" in shown
    assert "line 2" in shown
    assert "HH2001" in shown
    assert "compiling.py" not in shown
    assert "Traceback" not in shown


def test_other_mistakes_show_the_lines_of_the_user_alone(shell: InteractiveShell) -> None:
    _, captured = run(
        shell,
        "import hodgpy as hp\nP = hp.Population(hp.compile('v : volt'), 2)\n"
        "def put(x):\n    P.v = x\nput([1, 2, 3])",
    )
    shown = captured.stdout + captured.stderr
    assert "line 5: put([1, 2, 3])" in shown
    assert "line 4: P.v = x" in shown
    assert "HH6011" in shown
    assert "population.py" not in shown
