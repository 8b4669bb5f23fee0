# SPDX-License-Identifier: MIT
"""Forks, threads, shared and unusable caches, signals while a model is compiled."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, second

MODEL = "dv/dt = (20 - v)/(10*ms) + xi*(10*ms)**-0.5 : 1"


def build(count: int = 300, threads: int = 2, seed: int = 1) -> hp.Network:
    model = hp.compile(MODEL, threshold="v > 10", reset="v = 0")
    cells = hp.Population(model, count, name="cells")
    synapses = hp.Synapses(cells, cells, on_pre="v_post += 0.01", delay=1 * ms, name="S")
    synapses.connect("i != j", p=0.1, seed=4)
    return hp.Network(cells, synapses, threads=threads, seed=seed)


def values(seed: int = 1, duration: object = 30 * ms) -> bytes:
    net = build(seed=seed)
    net.run(duration)
    found: bytes = net["cells"].get("v").tobytes()
    return found


def go_on(net: hp.Network, queue: multiprocessing.Queue[bytes]) -> None:
    net.run(20 * ms)
    queue.put(net["cells"].get("v").tobytes())
    queue.put(values(seed=3))  # a new model, compiled in the fork


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_goes_on_with_a_network_that_has_run() -> None:
    net = build()
    net.run(20 * ms)
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[bytes] = context.Queue()
    child = context.Process(target=go_on, args=(net, queue))
    child.start()
    theirs, new = queue.get(timeout=120), queue.get(timeout=120)
    child.join(60)
    assert child.exitcode == 0
    net.run(20 * ms)
    assert theirs == net["cells"].get("v").tobytes()
    assert new == values(seed=3)


def test_threads_run_networks_beside_each_other() -> None:
    expected = {seed: values(seed) for seed in (1, 2)}
    found: dict[int, bytes] = {}
    threads = [
        threading.Thread(target=lambda s=seed: found.setdefault(s, values(s))) for seed in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == expected


def test_one_network_in_two_threads_is_refused() -> None:
    net = build(threads=1)
    thread = threading.Thread(target=lambda: net.run(1 * second))
    began = threading.Event()
    net.at(1 * ms, began.set)
    thread.start()
    assert began.wait(60)
    for attempt in (
        lambda: net.run(1 * ms),
        lambda: net.save("nowhere.hodg"),
        lambda: net.restore(__file__),
        lambda: net.add(hp.SpikeRecorder(net["cells"])),
    ):
        with pytest.raises(hp.SimulationError) as caught:
            attempt()
        assert caught.value.code in ("HH6027", "HH6063")
    thread.join(120)
    assert net.t == pytest.approx(1.0)


def run_script(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


SCRIPT = """
import hodgpy as hp
models = [hp.compile(f"dx/dt = (x**{n} - x)/second : 1") for n in range(2, 6)]
for model in models:
    cells = hp.Population(model, 3, x=0.5)
    hp.Network(cells).run(0.001)
    print(cells.get("x").tobytes().hex())
"""


def test_processes_share_a_cache(tmp_path: Path) -> None:
    environment = os.environ | {"HHC_CACHE_DIR": str(tmp_path / "cache")}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    printed = {child.communicate(timeout=180)[0] for child in children}
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(printed) == 1
    assert len(printed.pop().split()) == 4


@pytest.mark.parametrize("place", ["missing parent", "a file"])
def test_a_home_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("no folder")
    folder = str(home / "sub") if place == "missing parent" else str(home)
    done = run_script(SCRIPT, HOME=folder, XDG_CACHE_HOME=folder, HHC_CACHE_DIR=folder)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 4
    assert home.read_text() == "no folder"


def test_a_signal_while_a_model_is_compiled(tmp_path: Path) -> None:
    code = """
import os, signal, threading
import hodgpy as hp
terms = " + ".join(f"exp(-x*{n}.5)*sin(x*{n})" for n in range(1, 60))
source = f"dx/dt = ({terms})/second : 1"
threading.Timer(0.15, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
interrupted = 0
for attempt in range(200):
    try:
        model = hp.compile(source.replace("59.5", f"59.5{attempt}"))
        hp.Network(hp.Population(model, 2, x=0.5)).run(0.001)
    except KeyboardInterrupt:
        interrupted += 1
        break
assert interrupted == 1
cells = hp.Population(hp.compile(source), 2, x=0.5)
hp.Network(cells).run(0.001)
assert cells.x[0] > 0.5
"""
    done = run_script(code, HHC_CACHE_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


# Packages with compilers or thread pools of their own, each at work.
FOREIGN = {
    "numba": "import numba; assert numba.njit(lambda x: x + 1)(41) == 42",
    "torch": "import torch; torch.set_flush_denormal(True); torch.ones(2) + 1",
    "jax": "import jax; assert jax.jit(lambda x: x + 1)(41) == 42",
    "llvmlite": """
import llvmlite.binding as llvm
llvm.initialize_native_target()
llvm.initialize_native_asmprinter()
machine = llvm.Target.from_default_triple().create_target_machine()
module = llvm.parse_assembly("define double @f(double %x) { ret double %x }")
assert machine.emit_object(module)
""",
    "scipy": "import numpy, scipy.linalg; scipy.linalg.solve(numpy.eye(300), numpy.ones(300))",
}


def in_company(script: str) -> list[str]:
    done = run_script(script)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("name", FOREIGN)
def test_company_that_compiles(name: str) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    theirs = FOREIGN[name]
    alone = in_company(SCRIPT)
    for order in ("hth", "tht"):
        lines = {"h": SCRIPT, "t": theirs}
        printed = in_company("\n".join(lines[who] for who in order))
        assert np.unique(printed[:4]).size == 4
        assert printed == alone * order.count("h")


def test_a_large_company() -> None:
    """All that are installed in one process, hodgpy first, last, and among them."""
    theirs = [code for name, code in FOREIGN.items() if importlib.util.find_spec(name) is not None]
    if len(theirs) < 2:
        pytest.skip("none of them is installed")
    alone = in_company(SCRIPT)
    middle = len(theirs) // 2
    for script in (
        [SCRIPT, *theirs, SCRIPT],
        [*reversed(theirs), SCRIPT, *theirs],
        [*theirs[middle:], SCRIPT, *theirs[:middle], SCRIPT],
    ):
        assert in_company("\n".join(script)) == alone * script.count(SCRIPT)


def test_no_thread_exists_after_the_import() -> None:
    code = "import hodgpy, os; print(len(os.listdir('/proc/self/task')))"
    done = run_script(code, OPENBLAS_NUM_THREADS="1")
    assert done.stdout.strip() == "1", done.stderr
