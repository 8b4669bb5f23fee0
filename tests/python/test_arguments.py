# SPDX-License-Identifier: MIT
"""Wrong arguments are errors of hodgpy in plain words, never those of the binding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV

EQUATIONS = "dv/dt = -v/(10*ms) : volt"


@pytest.fixture(scope="module")
def scope() -> dict[str, Any]:
    cell = hp.compile(EQUATIONS, threshold="v > 1*volt", reset="v = 0*volt")
    cells = hp.Population(cell, 3, name="cells")
    names = {"hp": hp, "np": np, "cell": cell, "P": cells, "net": hp.Network(cells)}
    return names | {"mV": mV, "ms": ms, "eqs": EQUATIONS}


WRONG = """
hp.compile(3)
hp.compile(None)
hp.compile("  # nothing")
hp.compile("neurons.foo")
hp.compile("/nonexistent.hhm")
hp.compile(b"dv/dt = -v/ms : volt")
hp.compile(eqs, threshold=3)
hp.compile(eqs, reset=["v = 0"])
hp.compile(eqs, refractory=3*mV, threshold="v > 0*volt")
hp.compile(eqs, refractory=[1*ms, 2*ms], threshold="v > 0*volt")
hp.compile(eqs, events=3)
hp.compile(eqs, events={"a": 3})
hp.compile(eqs, events={3: "v > 0*volt"})
hp.compile(eqs, on="v = 0")
hp.compile(eqs, init=3)
hp.compile(eqs, method=3)
hp.compile(eqs, method="foo")
hp.compile(eqs, target="foo")
hp.compile(eqs, target=None)
hp.compile(eqs, dtype=3)
hp.compile(eqs, dtype="float16")
hp.compile(eqs, precision="high")
hp.compile(eqs, freeze=3)
hp.compile(eqs, freeze=["zz"])
hp.compile(eqs, freeze={"zz": "x"})
hp.compile(eqs, per_entity=["zz"])
hp.compile(eqs, per_entity=3)
hp.compile(eqs, namespace=3)
hp.compile("dv/dt = -v/tau : volt", namespace={"tau": [1, 2]})
hp.compile(eqs, name=3)
hp.compile(eqs, name="a b")
hp.compile("neurons.hodgkin_huxley_1952", threshold="v > 0*mV")
hp.check(3)
hp.check(None)
hp.load("/nonexistent.so")
hp.load(3)
hp.load(__file__)
hp.Population("x", 3)
hp.Population(hp.compile("neurons.hodgkin_huxley_1952"), 3)
hp.Population(cell, -1)
hp.Population(cell, 0)
hp.Population(cell, "3")
hp.Population(cell, 2.5)
hp.Population(cell, 10**12)
hp.Population(cell, 10**30)
hp.Population(cell, 3, name=5)
hp.Population(cell, 3, seed="x")
hp.Population(cell, 3, seed=-1)
hp.Population(cell, 3, zz=5)
hp.Network(3)
hp.Network([3])
hp.Network(dt=-1)
hp.Network(dt=0)
hp.Network(dt=1*mV)
hp.Network(dt=float("nan"))
hp.Network(dt="0.1 apples")
hp.Network(threads=-1)
hp.Network(threads="x")
hp.Network(threads=1.5)
hp.Network(threads=10**12)
hp.Network(seed=-1)
hp.Network(seed=2**70)
net.run("3 apples")
net.run(-1)
net.run(1*ms, report="foo")
net.at(1*ms, 3)
net.at("x", print)
net.every(0, print)
net.every(-1*ms, print)
net.every(1*ms)(3)
hp.SpikeRecorder(3)
hp.SpikeRecorder(P, interpolate="zz")
hp.SpikeRecorder(P, interpolate=3)
hp.SpikeRecorder(P, interpolate=True, level=3*ms)
hp.EventRecorder(P, "foo")
hp.EventRecorder(P, 3)
hp.StateRecorder(3, "v")
hp.StateRecorder(P, 3)
hp.StateRecorder(P, [])
hp.StateRecorder(P, ["v", 3])
hp.StateRecorder(P, "zz")
hp.StateRecorder(P, "v", record=17)
hp.StateRecorder(P, "v", record="a")
hp.StateRecorder(P, "v", record=[])
hp.StateRecorder(P, "v", dt=-1*ms)
hp.StateRecorder(P, "v", dt="x")
hp.StateRecorder(P, "v")["w"]
hp.StateRecorder(P, "v").get("v", "nA")
hp.RateRecorder(P, bin=-1)
hp.RateRecorder(P, bin="x")
hp.RateRecorder(None)
hp.TimedArray("x", 1*ms)
hp.TimedArray([], 1*ms)
hp.TimedArray([[[1]]], 1*ms)
hp.TimedArray([1, 2], 0*ms)
hp.TimedArray([1, 2], "x")
P.get(3)
P.get("v", 3)
P[3]
P.set(3, 3)
P.set("v", object())
cell.emit("foo")
cell.emit(3)
cell.write("/nonexistent/x.so")
cell.write("x.foo")
cell.write(3)
hp.compile("neurons.hodgkin_huxley_1952")["Foo"]
"""


@pytest.mark.parametrize("call", WRONG.strip().splitlines())
def test_wrong_calls(scope: dict[str, Any], call: str) -> None:
    with pytest.raises(hp.HodgError) as error:
        exec(call, {**scope, "__file__": __file__})
    text = str(error.value)
    assert text.strip()
    assert not isinstance(error.value, hp.InternalError)
    assert "arg0" not in text
    assert "std::" not in text


def test_paths_and_text_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "cell.hhm"
    file.write_text("neuron Cell {\n dv/dt = -v/(10 ms) : volt\n}\n")
    for source in (file, str(file), file.read_text(), "hhm 1\n" + file.read_text()):
        assert hp.compile(source).Cell.states == ["v"]
    (tmp_path / "empty.hhm").write_text("")
    with pytest.raises(hp.ModelError):
        hp.compile(tmp_path / "empty.hhm")
    (tmp_path / "latin.hhm").write_bytes(b"neuron A { x : 1 \xff }")
    with pytest.raises(hp.ModelError, match="UTF-8"):
        hp.compile(tmp_path / "latin.hhm")


def test_text_that_python_cannot_encode() -> None:
    with pytest.raises(hp.HodgError):
        hp.compile("dv/dt = -v/(10*ms) : volt # \ud800")


def test_very_deep_and_very_long_texts() -> None:
    for text in ("(" * 10_000 + "v" + ")" * 10_000, "+".join(["v"] * 20_000), "x" * 5_000_000):
        with pytest.raises(hp.ModelError):
            hp.compile(f"dv/dt = {text}/(10*ms) : volt")


def test_numpy_numbers_are_numbers() -> None:
    cell = hp.compile(
        "dv/dt = -k*j*v/(10*ms)*int(b) : volt",
        namespace={"k": np.float32(2), "j": np.int64(3), "b": np.bool_(True)},
    )
    cells = hp.Population(cell, np.int32(3), seed=np.uint8(3))
    assert cells.N == 3
    assert cells.get("k") == 2


def test_an_unusable_name_is_refused_with_what_it_is() -> None:
    with pytest.raises(hp.ModelError, match=r"`tau` of the namespace is \[1, 2\] \(list\)"):
        hp.compile("dv/dt = -v/tau : volt", namespace={"tau": [1, 2]})


def test_a_loaded_library_says_what_it_cannot(tmp_path: Path) -> None:
    tau = 10 * ms
    hp.compile("dv/dt = -v/tau : volt", name="Cell").write(tmp_path / "cell.so")
    loaded = hp.load(tmp_path / "cell.so").Cell
    cells = hp.Population(loaded, 2, v=1)
    with pytest.raises(hp.SimulationError, match="loaded from a library"):
        loaded.explain()
    with pytest.raises(hp.SimulationError, match=r"per_entity=\['tau'\]"):
        cells.tau = [1, 2]
    assert tau.unit == "second"
