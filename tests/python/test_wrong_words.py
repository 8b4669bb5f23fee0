# SPDX-License-Identifier: MIT
"""Each word of the language, written wrongly: the code, the place and what to write instead.

Rows are the lines of a neuron, or whole files where they begin at the top.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
HHC = Path(os.environ.get("HHC", ROOT / "build" / "release" / "bin" / "hhc")).resolve()

STATE = "dv/dt = (E - v)/tau : mV\nparam E = -70 mV\nparam tau = 10 ms\ninit v = E\n"
SPIKES = STATE + "threshold v > -50 mV\nreset v = E\n"
LINE = SPIKES.count("\n") + 2  # of the file, of what follows SPIKES
ION = "param ci = 1 mM\ntemperature = 37 degC\nion ca {\n valence = 2\n inside = ci\n"
ION += " outside = 2 mM\n}\nq = ca.E : volt\n"


class Wrong(NamedTuple):
    """Lines of a neuron; the code; its line and column; words that the message must have."""

    name: str
    body: str
    code: str
    place: tuple[int, int]
    says: str


def after(line: str, code: str, column: int, says: str, name: str = "") -> Wrong:
    """A line behind a whole neuron."""
    return Wrong(name or line, SPIKES + line, code, (LINE, column + 4), says)


WRONG = [
    # flags
    after("dw/dt = -w/(3*ms) : 1 (constant)", "HH4001", 24, "note: it belongs to a parameter\n"),
    after("a : volt (constant shared)", "HH2020", 11, "(constant, shared)"),
    after("dw/dt = -w/(3*ms) : 1 (fast)", "HH2020", 24, "can be `unless refractory`"),
    after("dw/dt = -w/(3*ms) : 1 [unless refractory]", "HH1025", 23, "in parentheses"),
    after("dw/dt = -w/(3*ms) (unless refractory) : 1", "HH1028", 19, ": UNIT (unless refractory)"),
    after("s = 3*b : volt (shared)\nb : volt", "HH4017", 1, "or flag `b` `(shared)`"),
    after("s = 3*b : volt (shared)\nb : volt (linked)", "HH4017", 1, "the other population"),
    # values
    after("x = 1/(2 - 2) : 1", "HH4030", 5, "divides by `2 - 2`, which is 0"),
    after("x = uniform(2, 1) : 1 (constant over dt)", "HH4030", 5, "lower bound is above"),
    after("x = 1/2 mV : 1", "HH3090", 5, "`0.5 mV`"),
    Wrong("refractory below 0", SPIKES + "refractory -2 ms", "HH4030", (8, 16), "below zero"),
    after("dw/dt = -w/3*ms : 1", "HH3003", 9, "put the time constant into parentheses"),
    # noise
    after("dw/dt = xi : 1", "HH3003", 9, "a root of a time"),
    after("x = 1/ms + xi : Hz", "HH3001", 5, "`sigma*sqrt(2/tau)*xi`"),
    # param, const, input
    after("param k : 10 ms", "HH1020", 11, "`param k = 10 ...`"),
    after("param k 10 ms", "HH1020", 9, "`param k = 10 ...`"),
    after("const k", "HH1020", 8, "`const k = 3`"),
    after("input k = 3 mV", "HH1020", 9, "a unit and no value"),
    after("q = l.I : 1", "HH2001", 5, "`use NAME as l`"),
    Wrong("init ==", STATE.replace("v = E", "v == E"), "HH1020", (5, 12), "`init v = -65 mV`"),
    after("k : 10 mV", "HH1020", 5, "stands where its unit is expected"),
    after("method = euler", "HH1020", 1, "`method euler`"),
    after("q = v % 3 : volt", "HH3001", 5, "v % 3 mV : volt"),
    # temperature and ions
    after("temperature = -300 degC", "HH4030", 15, "not above absolute zero"),
    after("x = sqrt(-4 mV**2) : volt", "HH4030", 5, "`sqrt` of -4e-06 volt**2 is not a number"),
    after("temperature = 18.5", "HH3002", 15, "18.5 degC"),
    after("temperature = 18.5 C", "HH2011", 20, "degC"),
    after("temperature = 18.5 celsius", "HH2011", 20, "degC"),
    after(
        "gate m { inf = 0.5\n tau = 2 ms\n q10 = 3 at 6.3 }", "HH3004", 0, "6.3 degC", "q10"
    )._replace(place=(LINE + 2, 17)),
    Wrong("valence", STATE + ION.replace("= 2\n", "= 0\n", 1), "HH4026", (9, 16), "a charge"),
    Wrong(
        "reversal",
        STATE + ION.replace(" outside", " reversal = nerst\n outside"),
        "HH2001",
        (11, 17),
        "`nernst`?",
    ),
    # functions
    after("q = ghk(v, 3 mM) : 1", "HH4015", 5, "`ghk(v, c_in, c_out, z)`"),
    after("q = clip(v, E) : volt", "HH4015", 5, "`clip(x, low, high)`"),
    after("q = where(v, 1, 0) : 1", "HH3011", 11, "the first argument of `where`"),
    after("q = exp(v/E/mV) : 1", "HH3004", 9, "so that the units cancel"),
    after("q = exp 3 : 1", "HH1021", 9, "`exp(3)`"),
    after("q = |v| : volt", "HH1024", 5, "`abs(x)`"),
    after("q = if v > E then 1 else 0 : 1", "HH1022", 5, "`x = a if condition else b`"),
    after("q = 1 if true else 0 : 1", "HH2001", 10, "`True`"),
    # events
    Wrong("threshold =", STATE + "threshold v = E", "HH1029", (6, 17), "as in `threshold v > ...`"),
    Wrong("threshold :", STATE + "threshold: v > E", "HH1020", (6, 14), "no colon"),
    Wrong("threshold =>", STATE + "threshold v => E", "HH1029", (6, 17), "`>=`"),
    Wrong("crossing", STATE + "threshold v crossing E", "HH1020", (6, 17), "`crosses`?"),
    Wrong(
        "reset ==", SPIKES.replace("reset v = E", "reset v == E"), "HH1020", (7, 13), "a statement"
    ),
    after("refractory 2", "HH3017", 12, "but this is a plain number"),
    Wrong("threshold = v", STATE + "threshold = v > E", "HH1020", (6, 5), "`threshold v > E`"),
    Wrong("refractory =", SPIKES + "refractory = 2 ms", "HH1020", (8, 5), "`refractory 2 ms`"),
    after("event low v < E", "HH1020", 11, "`event low when CONDITION`"),
    after("event low if v < E", "HH1020", 11, "`event low when CONDITION`"),
    after("k : 1\nevent low when v < E\non low k += 1", "HH1020", 8, "in braces")._replace(
        place=(LINE + 2, 12)
    ),
]

TOPS = [
    ("import", 'import "chanels/leak.hhm"\n', "HH2016", "`channels/leak.hhm`?"),
    ("library", "import chanels.traub_2003.NaF\n", "HH2016", "`channels.traub_2003.NaF`?"),
    ("block", "import channels.leak.Leek\n", "HH2016", "`Leak`?"),
    ("channl", "channl X {\n    param g = 3 mV\n}\n", "HH1015", "`channel`?"),
    ("def", "def f(x):\n", "HH1032", "function f(x : volt)"),
    ("hhm", "const k = 3\nhhm 1\n", "HH1032", "on the first line"),
    ("from", "from channels import NaT\n", "HH1032", "`import channels.NaT`"),
    ("function", "function f(x : volt) : 1 = (x - v)/mV\n", "HH2001", "sees its arguments"),
]


def message(text: str, folder: Path) -> str:
    file = folder / "model.hhm"
    file.write_text(text)
    done = subprocess.run([HHC, "check", file.name], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_what_is_wrong_says_what_to_write(wrong: Wrong, tmp_path: Path) -> None:
    body = "".join(f"    {line}\n" for line in wrong.body.rstrip("\n").split("\n"))
    said = message(f"neuron M {{\n{body}}}\n", tmp_path)
    line, column = wrong.place
    found = re.findall(r"^model\.hhm:(\d+):(\d+): error\[(HH\d+)\]", said, re.MULTILINE)
    assert found == [(str(line), str(column), wrong.code)], said
    assert wrong.says in said


@pytest.mark.parametrize(("text", "code", "says"), [t[1:] for t in TOPS], ids=[t[0] for t in TOPS])
def test_the_top_of_a_file(text: str, code: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "channels").mkdir()
    leak = "channel Leak {\n    param g = 1 nS\n    I = -g*v : amp\n}\n"
    (tmp_path / "channels" / "leak.hhm").write_text(leak)
    said = message(text + "neuron M {\n    v : 1\n}\n", tmp_path)
    assert f"error[{code}]" in said
    assert says in said


LOST = {
    "channel": (
        "channel C {\n    param g = 3 nS\n    gate m {\n        inf = 0.5\n        tau = 2 ms\n"
        "    I = g*m*(0*mV - v) : amp\n}\n"
        "neuron A {\n    use C as c\n    dv/dt = c.I/(1 nF) : volt\n}\n"
    ),
    "gate": (
        "neuron A {\n    dv/dt = -v/(2 ms) : volt\n    gate m {\n        inf = 0.5\n"
        "        tau = 2 ms\n    threshold v > 3 mV\n    reset v = 0 mV\n}\n"
    ),
}


@pytest.mark.parametrize("block", LOST)
def test_one_lost_brace_is_one_mistake(block: str, tmp_path: Path) -> None:
    said = message(LOST[block], tmp_path)
    assert re.findall(r"(?:error|warning)\[(HH\d+)\]", said) == ["HH1012"], said


def test_a_method_is_shown_where_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "model.hhm").write_text(f"neuron M {{\n{SPIKES}}}\n")
    call = [HHC, "explain", "model.hhm", "--method", "eulr"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
    assert "--method:1:1: error[HH5001]" in done.stderr, done.stderr
    assert "`euler`?" in done.stderr
