# SPDX-License-Identifier: MIT
"""The run loop from Python: interruptions, operations, progress, errors on the way."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.errors import UnitError
from hodgpy.units import ms, mV, second


@pytest.fixture(scope="module")
def squid() -> hp.Model:
    return hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952


@pytest.fixture(scope="module")
def counter() -> hp.Model:
    return hp.compile("dx/dt = 1/second : 1\ntimes : 1")


def axons(
    model: hp.Model, count: int = 2, **options: object
) -> tuple[hp.Network, hp.Population, hp.StateRecorder]:
    made = hp.Population(model, count, name="axons", I=0.1)
    trace = hp.StateRecorder(made, "v", record=0, dt=0.1 * ms)
    return hp.Network(made, trace, dt=0.01 * ms, **options), made, trace


def interrupted(squid: hp.Model, send: Callable[[], None], **options: object) -> None:
    """A run that is stopped keeps everything, and goes on to the same bits."""
    net, made, trace = axons(squid, 500, **options)
    timer = threading.Timer(0.3, send)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        net.run(100 * second)
    timer.join()
    stopped = net.t
    assert 0 < stopped < 100
    assert len(trace) == pytest.approx(stopped / 1e-4, abs=1)
    assert np.isfinite(trace.v).all()
    net.run(2 * ms)
    assert net.t == pytest.approx(stopped + 2e-3)
    whole, same, _ = axons(squid, 500)
    whole.run(round(net.t / 1e-5) * 1e-5)
    np.testing.assert_array_equal(made.get("v"), same.get("v"))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_signal_stops_the_run(squid: hp.Model, threads: int) -> None:
    interrupted(squid, lambda: os.kill(os.getpid(), signal.SIGINT), threads=threads)


def test_interrupt_main_stops_the_run(squid: hp.Model) -> None:
    import _thread

    interrupted(squid, _thread.interrupt_main)


def test_other_threads_run_meanwhile(squid: hp.Model) -> None:
    net, _, _ = axons(squid, 500)
    ticks = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.005):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    net.run(0.2 * second)
    end = time.perf_counter()
    done.set()
    thread.join()
    assert len([t for t in ticks if start < t < end]) > (end - start) / 0.05


def test_a_network_runs_in_another_thread(squid: hp.Model) -> None:
    net, made, _ = axons(squid)
    thread = threading.Thread(target=lambda: net.run(5 * ms))
    thread.start()
    thread.join()
    same_net, same, _ = axons(squid)
    same_net.run(5 * ms)
    np.testing.assert_array_equal(made.get("v"), same.get("v"))


def test_pieces_are_the_whole(squid: hp.Model) -> None:
    net, made, trace = axons(squid)
    for _ in range(50):
        net.run(0.2 * ms)
    whole, same, other = axons(squid)
    whole.run(10 * ms)
    np.testing.assert_array_equal(made.get("v"), same.get("v"))
    np.testing.assert_array_equal(trace.v, other.v)
    assert net.t == whole.t == pytest.approx(0.01)


def test_operations_come_in_order_before_the_recorders(counter: hp.Model) -> None:
    made = hp.Population(counter, 1, name="made")
    trace = hp.StateRecorder(made, "times")
    net = hp.Network(made, trace, dt=1 * ms)
    seen: list[tuple[str, float]] = []

    def add() -> None:
        made.times += 1
        seen.append(("every", net.t))

    net.every(2 * ms, add)

    @net.at("3 ms")
    def first() -> None:
        seen.append(("first", net.t))

    net.at(3 * ms, lambda: seen.append(("second", net.t)))
    net.run(5 * ms)
    assert [name for name, _ in seen] == ["every", "every", "first", "second", "every"]
    np.testing.assert_allclose([t for _, t in seen], [0, 0.002, 0.003, 0.003, 0.004])
    assert trace.times[0].tolist() == [1, 1, 2, 2, 3]


def test_an_error_in_an_operation_ends_the_run_there(counter: hp.Model) -> None:
    made = hp.Population(counter, 1, name="made")
    trace = hp.StateRecorder(made, "x")
    net = hp.Network(made, trace, dt=1 * ms)
    bad = [True]

    def fail() -> None:
        if bad:
            raise KeyError("mine")

    net.at(3 * ms, fail)
    with pytest.raises(KeyError, match="mine"):
        net.run(10 * ms)
    assert net.t == pytest.approx(0.003)
    assert len(trace) == 3
    bad.clear()
    net.run(7 * ms)
    assert net.t == pytest.approx(0.01)
    np.testing.assert_allclose(trace.t, np.arange(10) * 1e-3)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_in_a_report_ends_the_run(counter: hp.Model, error: type[BaseException]) -> None:
    net = hp.Network(hp.Population(counter, 1), dt=1 * ms)

    def report(fraction: float, simulated: float, elapsed: float) -> None:
        raise error("in the report")

    with pytest.raises(error, match="in the report"):
        net.run(10 * ms, report=report)
    net.run(0.01 - net.t)
    assert net.t == pytest.approx(0.01)


def test_an_operation_cannot_run_the_network(counter: hp.Model) -> None:
    net = hp.Network(hp.Population(counter, 1), dt=1 * ms)
    net.at(0, lambda: net.run(1 * ms))
    with pytest.raises(hp.SimulationError):
        net.run(2 * ms)


def test_progress_as_text_and_call(counter: hp.Model) -> None:
    net = hp.Network(hp.Population(counter, 1), dt=1 * ms)
    shown = io.StringIO()
    with redirect_stderr(shown):
        net.run(10 * ms, report="text")
    assert "100.0 %" in shown.getvalue()
    calls: list[tuple[float, float, float]] = []
    net.run(10 * ms, report=lambda *values: calls.append(values))
    assert calls[-1][0] == 1
    assert calls[-1][1] == pytest.approx(0.02)


def test_progress_as_a_bar(counter: hp.Model) -> None:
    pytest.importorskip("tqdm")
    net = hp.Network(hp.Population(counter, 1), dt=1 * ms)
    shown = io.StringIO()
    with redirect_stderr(shown):
        net.run(10 * ms, report="bar")
    assert "10.0/10.0" in shown.getvalue()


def test_nan_is_a_fault_with_place_and_time() -> None:
    cell = hp.compile("dv/dt = v**2/volt/second : volt", method="euler")
    made = hp.Population(cell, 3, name="made", v=[0, 1, 1e300])
    trace = hp.StateRecorder(made, "v")
    net = hp.Network(made, trace, dt=1 * ms)
    with pytest.raises(hp.SimulationError, match=r"`?v`?.*made|made.*`?v`?") as error:
        net.run(1 * second)
    assert error.value.code.startswith("HH6")
    assert "2" in str(error.value)
    assert np.isfinite(trace.v[:2]).all()


def test_results_do_not_depend_on_threads() -> None:
    noisy = hp.compile("dv/dt = -v/(10*ms) + 2*mV*xi*(10*ms)**-0.5 : volt")
    found = []
    for threads in (1, 2, 3):
        made = hp.Population(noisy, 1000, name="noisy")
        net = hp.Network(made, dt=0.1 * ms, seed=7, threads=threads)
        net.run(5 * ms)
        found.append(made.get("v"))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_a_run_needs_a_time(counter: hp.Model) -> None:
    net = hp.Network(hp.Population(counter, 1), dt=1 * ms)
    for wrong in ("3 apples", None, 3 * mV, float("nan"), float("inf"), [1, 2], {}):
        with pytest.raises(UnitError):
            net.run(wrong)
    for value in (-1, 0.5 * ms, 1e300):
        with pytest.raises(hp.SimulationError):
            net.run(value)
    net.run("2 ms")
    assert net.t == 0.002


def test_objects_belong_to_one_network(counter: hp.Model) -> None:
    made = hp.Population(counter, 1, name="made")
    net = hp.Network(made)
    assert net["made"] is made
    with pytest.raises(hp.SimulationError, match="no object `nix`"):
        _ = net["nix"]
    with pytest.raises(hp.SimulationError):
        hp.Network(made)
    with pytest.raises(hp.SimulationError, match="made"):
        net.add(hp.Population(counter, 1, name="made"))
    assert "made" in repr(net)


def test_statements_run_regularly() -> None:
    model = hp.compile(
        "dx/dt = 0/second : 1\ny : 1\ncalls : 1",
        regularly={2 * ms: "step = 0.5\nx += step\ncalls += 1", "5*ms": "y = x"},
    )
    made = hp.Population(model, 3)
    trace = hp.StateRecorder(made, ["x", "y"], record=[1])
    hp.Network(made, trace, dt=1 * ms).run(7 * ms)
    assert made.calls.tolist() == [4, 4, 4]
    np.testing.assert_array_equal(trace.x[0], [0, 0.5, 0.5, 1, 1, 1.5, 1.5])


@pytest.mark.parametrize(
    ("interval", "says"),
    [("5*mV", "HH3"), ("x", "HH3004"), (-1 * ms, "HH4030"), ("0*ms", "HH4030"), (3 * mV, "second")],
)
def test_bad_intervals_of_regular_statements(interval: object, says: str) -> None:
    with pytest.raises(hp.HodgError, match=says):
        hp.compile("dx/dt = -x/ms : 1", regularly={interval: "x = 0"})


def test_machine_code_is_made_at_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HHC_CACHE_DIR", str(tmp_path))
    models = [hp.compile(f"dv/dt = (a - v)/({k}*ms) : 1\na = 1 : 1", name=f"m{k}") for k in (3, 4)]
    populations = [hp.Population(model, 2) for model in models]
    net = hp.Network(*populations)
    assert not any("clang" in model.times() for model in models)
    net.run(1 * ms)
    assert all("machine code" in model.times() for model in models)
    assert populations[0].v[0] > populations[1].v[0] > 0


VALUES_FIRST = """
import sys
import numpy as np
import hodgpy as hp
P = hp.Population(hp.compile("dv/dt = -v/(1*second) : 1", threshold="v > 1", reset="v = 0"), 4)
equations = "w : 1\\nds/dt = -s/(5*ms) : 1 (clock-driven)"
S = hp.Synapses(P, P, equations, on_pre="s += w", delay=0.002)
S.connect(i=[0, 0, 1], j=[1, 2, 3])
S.w = [1, 2, 3]
stages = S.model.times()
if sys.argv[1] == "differ":
    S.delay = np.array([0.001, 0.002, 0.003])
P.v = [2, 2, 0, 0]
hp.Network(P, S, dt=1e-4).run(0.01)
print(*S.s[:], *sorted(stages))
"""


def test_a_kernel_that_never_ran_is_remembered(tmp_path: Path) -> None:
    """Values come before delays that differ: the kernel of equal delays gives its table alone."""

    def run(delays: str, cache: str) -> tuple[list[str], set[str]]:
        words = subprocess.check_output(
            [sys.executable, "-c", VALUES_FIRST, delays],
            env={**os.environ, "HHC_CACHE_DIR": str(tmp_path / cache)}, text=True,
        ).split()  # fmt: skip
        return words[:3], set(words[3:])

    first, compiled = run("differ", "one")
    again, found = run("differ", "one")
    assert again == first
    assert "check" in compiled
    assert found == {"cache"}
    equal, found = run("equal", "one")  # now it runs, from its kernels
    assert found == {"cache"}
    assert equal == run("equal", "two")[0] == run("equal", "one")[0]
    assert equal != first


def test_the_same_text_in_another_folder_imports_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, imported in (("one", ""), ("two", 'import "a.hhm"\n')):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        Path("a.hhm").write_text('import "b.hhm"\nneuron A { x : 1 }')
        Path("b.hhm").write_text(f"{imported}neuron B {{ x : 1 }}")
        if folder == "one":
            hp.compile("a.hhm")
    with pytest.raises(hp.ModelError, match="HH2018"):  # here b.hhm imports a.hhm
        hp.compile("a.hhm")
