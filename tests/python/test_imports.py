# SPDX-License-Identifier: MIT
"""What a process imports, and so holds in memory: no more than its networks need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp

START = "import json, sys, numpy as np; known = set(sys.modules)\n"
END = "\nprint(json.dumps(sorted(set(sys.modules) - known)))"
NETWORK = """
import numpy as np
import hodgpy as hp
P = hp.Population(hp.compile("dv/dt = -v/(1*second) : 1", threshold="v > 1", reset="v = 0"), 3)
S = hp.Synapses(P, P, "w : 1", on_pre="v += w", delay=0.001)
S.connect(i=[0, 1], j=[1, 2])
S.delay = np.array([0.001, 0.002])
S.w = [2, 2]
P.v = [2, 0, 0]
R = hp.SpikeRecorder(P)
hp.Network(P, S, R, dt=1e-4).run(0.01)
assert list(R.i) == [0, 1, 2], R.i
"""


def imported(code: str) -> list[str]:
    """Modules that come with this code, beyond numpy."""
    done = subprocess.run(
        [sys.executable, "-c", START + code + END], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_a_network_of_points_imports_no_more_than_it_needs() -> None:
    found = imported(NETWORK)
    parts = {name.split(".")[1] for name in found if name.startswith("hodgpy.")}
    for name in ("cables", "export", "geometry", "imaging", "inference", "plotting", "trains"):
        assert name not in parts
    for name in ("_hashlib", "matplotlib", "numpy.random", "pandas", "scipy"):
        assert name not in found


def test_code_from_the_cache_needs_no_clang(tmp_path: Path) -> None:
    code = NETWORK + 'print("libhodgpy_llvm.so" in open("/proc/self/maps").read())'
    environment = {**os.environ, "HHC_CACHE_DIR": str(tmp_path)}
    run = partial(subprocess.check_output, [sys.executable, "-c", code], env=environment, text=True)
    assert [run().strip(), run().strip()] == ["True", "False"]


@pytest.mark.parametrize(
    "end", ["", "if os.fork() == 0:\n    run(2)\n    os._exit(0)\nassert os.wait()[1] == 0"]
)
def test_a_process_may_end_or_fork_while_clang_is_being_loaded(tmp_path: Path, end: str) -> None:
    code = f"""
import os, signal
import hodgpy as hp
def run(tau):
    signal.alarm(20)
    cell = hp.compile(f"dv/dt = -v/({{tau}}*ms) : 1")
    hp.Network(hp.Population(cell, 1)).run(0.001)
hp.compile("dv/dt = -v/(1*ms) : 1")
{end}
"""
    for attempt in range(8):
        environment = {**os.environ, "HHC_CACHE_DIR": str(tmp_path / str(attempt))}
        done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
        assert done.returncode == 0


def test_every_public_name_is_there_when_it_is_first_used() -> None:
    code = "import hodgpy as hp\nfor name in hp.__all__:\n    assert hasattr(hp, name), name"
    assert "hodgpy.geometry" in imported(code)
    assert "hodgpy.cables.population" in imported("from hodgpy import Cell, Morphology, place")
    assert "hodgpy.inference" in imported("from hodgpy import *")


def test_draws_of_connections_are_those_of_their_seed() -> None:
    P = hp.Population(hp.compile("v : 1"), 40)

    def chosen(**how: object) -> list[int]:
        S = hp.Synapses(P, P, "w : 1", name="s")
        S.connect(p=0.2, **how)
        return [*S.i, *S.j]

    assert chosen() == chosen()
    assert chosen(seed=5) == chosen(seed=5) != chosen()


def test_two_draws_in_one_text_differ() -> None:
    P = hp.Population(hp.compile("a : 1"), 40)
    P.a = "rand() - rand()"
    assert np.all(P.a[:] != 0)
