# SPDX-License-Identifier: MIT
"""Errors point at the user's own file, line and column; warnings too, and only once."""

from __future__ import annotations

import linecache
import sys
import textwrap
import warnings
from pathlib import Path
from types import FrameType

import pytest

import hodgpy as hp
from hodgpy.errors import Diagnostic
from hodgpy.units import ms, mV


def here(offset: int) -> int:
    """Line number of the caller, plus an offset."""
    frame: FrameType = sys._getframe(1)
    return frame.f_lineno + offset


def the_error(error: pytest.ExceptionInfo[hp.ModelError]) -> Diagnostic:
    """The only diagnostic."""
    (diagnostic,) = error.value.diagnostics
    return diagnostic


def run_script(tmp_path: Path, text: str) -> None:
    """Runs text as a file of its own."""
    file = tmp_path / "script.py"
    file.write_text(textwrap.dedent(text))
    linecache.checkcache()
    exec(compile(file.read_text(), str(file), "exec"), {"__name__": "script"})


def test_multi_line_literal_in_a_function() -> None:
    eqs = """
    dv/dt = -v/tau1 : volt
    tau = 10*ms : second
    """
    line = here(-3)
    with pytest.raises(hp.ModelError) as error:
        hp.compile(eqs)
    found = the_error(error)
    assert (found.file, found.line, found.column) == (__file__, line, 16)
    assert found.code == "HH2001"
    assert f"{__file__}:{line}:16" in str(error.value)
    assert "did you mean `tau`" in str(error.value)


def test_literal_in_the_call() -> None:
    with pytest.raises(hp.ModelError) as error:
        hp.compile("dv/dt = -v/tau2 : volt")
    found = the_error(error)
    assert (found.file, found.line) == (__file__, here(-2))
    source = linecache.getline(__file__, found.line or 0).encode()
    assert source[(found.column or 0) - 1 :].startswith(b"tau2 : volt")


def test_every_piece_has_its_own_place() -> None:
    with pytest.raises(hp.ModelError) as error:
        hp.compile(
            "dv/dt = -v/(10*ms) : volt",
            threshold="v > limit1",
            reset="v = start1",
            init={"v": "first1"},
        )
    lines = sorted((d.line or 0, d.file) for d in error.value.diagnostics)
    first = here(-6)
    assert lines == [(first + n, __file__) for n in range(1, 4)]


def test_the_same_text_twice_is_told_apart_by_the_call() -> None:
    with pytest.raises(hp.ModelError) as error:
        hp.compile("dv/dt = -v/tau3 : volt")
    assert the_error(error).line == here(-1)
    with pytest.raises(hp.ModelError) as error:
        hp.compile("dv/dt = -v/tau3 : volt")
    assert the_error(error).line == here(-1)


def test_nothing_is_guessed() -> None:
    twice = ["dv/dt = -v/tau4 : volt", "dv/dt = -v/tau4 : volt"]
    with pytest.raises(hp.ModelError) as error:
        hp.compile(twice[0])
    assert (the_error(error).file, the_error(error).line) == ("<equations>", 1)


def test_text_put_together_has_its_own_lines() -> None:
    name = "tau5"
    with pytest.raises(hp.ModelError) as error:
        hp.compile(f"x = 1 : 1\ndv/dt = -v/{name} : volt")
    assert (the_error(error).file, the_error(error).line) == ("<equations>", 2)
    with pytest.raises(hp.ModelError) as error:
        hp.compile("x = 1 : 1\ndv/dt = -v/tau6 : volt")  # an escape: the lines are not the file's
    assert (the_error(error).file, the_error(error).line) == ("<equations>", 2)


def test_one_quoted_piece_a_line() -> None:
    with pytest.raises(hp.ModelError) as error:
        hp.compile(
            "x = 1 : 1\n"
            "dv/dt = -v/tau7 : volt"
        )  # fmt: skip
    assert (the_error(error).file, the_error(error).line) == (__file__, here(-2))


def test_script(tmp_path: Path) -> None:
    with pytest.raises(hp.ModelError) as error:
        run_script(
            tmp_path,
            '''
            import hodgpy as hp

            EQUATIONS = """
            dv/dt = (E - v)/tau : volt
            E : amp
            tau : second
            """
            cell = hp.compile(EQUATIONS)
            ''',
        )
    found = the_error(error)
    assert found.code.startswith("HH3")
    assert (Path(found.file).name, found.line) == ("script.py", 5)


def test_notebook_cell() -> None:
    cell = 'import hodgpy as hp\n\nmodel = hp.compile("""dv/dt = -v/tau8 : volt""")\n'
    name = "<ipython-input-3-abcdef>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(True), name)
    with pytest.raises(hp.ModelError) as error:
        exec(compile(cell, name, "exec"), {})
    found = the_error(error)
    assert (found.file, found.line, found.column) == (name, 3, 34)


def test_without_a_source_the_string_is_shown() -> None:
    code = 'import hodgpy as hp\nhp.compile("dv/dt = -v/tau9 : volt")'
    with pytest.raises(hp.ModelError) as error:
        exec(compile(code, "<nowhere>", "exec"), {})
    assert (the_error(error).file, the_error(error).line) == ("<equations>", 1)


def test_a_broken_source_file_is_no_obstacle() -> None:
    name = "<broken>"
    linecache.cache[name] = (3, None, ["def (:\n"], name)
    code = 'import hodgpy as hp\nhp.compile("dv/dt = -v/tau10 : volt")'
    with pytest.raises(hp.ModelError, match="tau10"):
        exec(compile(code, name, "exec"), {})


def test_assigned_expressions_have_places() -> None:
    cells = hp.Population(hp.compile("dv/dt = -v/(10*ms) : volt"), 2)
    with pytest.raises(hp.ModelError, match=f":{here(1)}:"):
        cells.v = "3*unknown1"
    with pytest.raises(hp.ModelError, match=f":{here(1)}:"):
        hp.StateRecorder(cells, ["v", "v + unknown2"])


def test_a_wrapper_passes_its_callers_place() -> None:
    def wrapper(text: str) -> hp.Model:
        model: hp.Model = hp.compile(text, level=1)
        return model

    with pytest.raises(hp.ModelError) as error:
        wrapper("dv/dt = -v/tau11 : volt")
    assert the_error(error).line == here(-1)


def test_a_file_is_its_own_place(tmp_path: Path) -> None:
    file = tmp_path / "bad.hhm"
    file.write_text("neuron A {\n    dv/dt = -v/tau : volt\n    du/dt = -u/nix : 1\n}\n")
    with pytest.raises(hp.ModelError) as error:
        hp.compile(file)
    assert [(d.file, d.line) for d in error.value.diagnostics] == [(str(file), 2), (str(file), 3)]


def test_six_mistakes_in_one_run() -> None:
    with pytest.raises(hp.ModelError) as error:
        hp.compile("""
            da/dt = -a/one_ : volt
            db/dt = -b/two_ : volt
            dc/dt = (3*volt - c)/(3*amp) : volt
            dd/dt = -d/(10*ms : volt
            de1/dt = -e1/(10*ms) : volts
            df/dt = -f/(10*ms) + sinn(f/volt)*volt/second : volt
        """)
    assert len(error.value.diagnostics) >= 6
    assert len({d.line for d in error.value.diagnostics}) == 6
    assert f"{len(error.value.diagnostics)} errors" in str(error.value)


WARNED = """
dv/dt = -v/(10*ms) : volt
"""


def test_a_warning_points_at_the_call_and_comes_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            hp.compile(WARNED, threshold="v > 1*mV")
            line = here(-1)
    assert [(w.category, w.filename, w.lineno) for w in caught] == [
        (hp.ModelWarning, __file__, line)
    ]
    assert "crosses" in str(caught[0].message)


def test_a_warning_of_a_file_points_at_the_call(tmp_path: Path) -> None:
    file = tmp_path / "warned.hhm"
    file.write_text("neuron A {\n dv/dt = -v/(10 ms) : volt\n threshold v > 1 mV\n}\n")
    with pytest.warns(hp.ModelWarning) as caught:
        hp.compile(file)
    assert (caught[0].filename, caught[0].lineno) == (__file__, here(-1))


def test_remarks_never_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cell = hp.compile("dv/dt = -(v - 3*mV)/(1 - exp(-(v - 3*mV)/mV))/ms : volt")
    assert "exprel" in cell.emit("ir-opt")


def test_check_reports_and_does_not_raise() -> None:
    assert hp.check("dv/dt = (E - v)/tau : volt") == []
    assert hp.check("neurons.hodgkin_huxley_1952") == []


def test_check_finds_contradictions() -> None:
    found = hp.check("dv/dt = (E - v)/tau : volt\nE : amp")
    assert [d.severity for d in found] == ["error"]
    assert found[0].code.startswith("HH3")
    assert hp.check("dv/dt = -v/tau : volt", free_names=False)[0].code == "HH2001"
    assert hp.check("neuron A { dv/dt = -v/(10 ms : volt }")


def test_explained_codes_exist() -> None:
    for d in hp.check("dv/dt = (E - v)/tau : volt\nE : amp"):
        assert d.code in hp._core.explain_code(d.code)


def test_units_in_messages_are_as_people_write_them() -> None:
    (found,) = hp.check("dv/dt = (E - v)/tau : volt\nE = 3*mV + 2*ms : volt\ntau : second")
    assert "volt" in found.message or "mV" in found.message
    assert "kg" not in found.message
    assert mV.unit == "volt"
    assert ms.unit == "second"
