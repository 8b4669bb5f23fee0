# SPDX-License-Identifier: MIT
"""Other packages that bring their own LLVM or change the floating-point state, in one process."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

SCRIPT = """
import sys

def ours():
    import hodgpy as hp
    model = next(iter(hp.compile("neurons.hodgkin_huxley_1952")))
    cells = hp.Population(model, 5, I=0.1)
    hp.Network(cells, dt=1e-5).run(0.01)
    return cells.get("v").tobytes()

def theirs():
    import numpy as np
    if sys.argv[2] == "scipy":
        import scipy.linalg
        return scipy.linalg.expm(np.eye(3))[0, 0]
    import llvmlite.binding as llvm
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    text = "define i32 @f(i32 %x) { %y = add i32 %x, 1 ret i32 %y }"
    module = llvm.parse_assembly(text)
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    import ctypes
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(engine.get_function_address("f"))(41)

results = {}
for who in sys.argv[1]:
    found = {"h": ours, "o": theirs}[who]()
    assert results.setdefault(who, found) == found
"""


@pytest.mark.parametrize("order", ["hoh", "oho"])
@pytest.mark.parametrize("other", ["scipy", "llvmlite"])
def test_in_one_process(other: str, order: str) -> None:
    if importlib.util.find_spec(other) is None:
        pytest.skip(f"{other} is not installed")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, order, other], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
