# SPDX-License-Identifier: MIT
"""Recordings in files, reduced recordings, and what happens when the disk is full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, second

NEURON = "dv/dt = (17*mV - v)/(10*ms) + 3*mV*xi*(5*ms)**-0.5 : volt"


def build(
    count: int = 40, threads: int = 1, **options: object
) -> tuple[hp.Network, hp.Population, hp.StateRecorder]:
    model = hp.compile(NEURON, threshold="v > 15*mV", reset="v = 0*mV")
    cells = hp.Population(model, count, name="cells")
    trace = hp.StateRecorder(cells, ["v", "v**2"], **options)
    return hp.Network(cells, trace, seed=1, threads=threads), cells, trace


def test_a_file_holds_what_memory_would(tmp_path: Path) -> None:
    net, _, kept = build(record=[3, 7], dt=0.5 * ms)
    other, cells, filed = build(record=[3, 7], dt=0.5 * ms, to=tmp_path / "v.npy")
    spikes, written = hp.SpikeRecorder(net["cells"]), hp.SpikeRecorder(cells, to=tmp_path / "s.npy")
    net.add(spikes)
    other.add(written)
    for duration in (10 * ms, 0.3 * ms, 20 * ms):
        net.run(duration, record_end=True)
        other.run(duration, record_end=True)
        assert len(filed) == len(kept)
        np.testing.assert_array_equal(filed.t, kept.t)
        np.testing.assert_array_equal(filed.v, kept.v)
        np.testing.assert_array_equal(filed["v**2"], kept["v**2"])
    assert len(spikes) == len(written) > 0
    np.testing.assert_array_equal(written.t, spikes.t)
    np.testing.assert_array_equal(written.i, spikes.i)
    np.testing.assert_array_equal(written.count, spikes.count)
    np.testing.assert_array_equal(written.steps, spikes.steps)
    rows = np.load(tmp_path / "v.npy")
    assert rows.dtype.names == ("t", "v", "v**2")
    assert rows["v"].shape == (len(kept.t), 2)
    filed.clear()
    assert len(filed) == len(np.load(tmp_path / "v.npy")) == 0
    assert filed.v.shape == (2, 0)


@pytest.mark.parametrize("to", [None, "v.npy"])
@pytest.mark.parametrize("threads", [1, 2])
def test_reductions(to: str | None, threads: int, tmp_path: Path) -> None:
    every = {"mean": np.mean, "min": np.min, "max": np.max}
    whole, _, all_steps = build(threads=threads)
    whole.run(25 * ms)
    for name, function in every.items():
        file = None if to is None else tmp_path / f"{name}.npy"
        net, cells, trace = build(over_neurons=name, to=file, threads=threads)
        windows = hp.StateRecorder(cells, "v", record=[5, 6], over_time=name, dt=0.7 * ms)
        both = hp.StateRecorder(cells, "v", over_neurons=name, over_time=name, dt=1 * ms)
        net.add(windows, both)
        for duration in (0.3 * ms, 12.2 * ms, 12.5 * ms):  # cut within windows
            net.run(duration)
        np.testing.assert_allclose(trace.v[0], function(all_steps.v, axis=0), rtol=1e-14)
        assert trace.v.shape == (1, 250)
        expected = function(all_steps.v[[5, 6], :245].reshape(2, 35, 7), axis=2)
        np.testing.assert_allclose(windows.v, expected, rtol=1e-14)
        np.testing.assert_allclose(windows.t, np.arange(35) * 0.7e-3)
        blocks = function(all_steps.v.reshape(40, 25, 10), axis=2)
        np.testing.assert_allclose(both.v[0], function(blocks, axis=0), rtol=1e-13)


def test_a_restored_network_goes_on_in_its_files(tmp_path: Path) -> None:
    def recorded(folder: Path, kill: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        folder.mkdir()

        def make() -> hp.Network:
            net, cells, _ = build(dt=0.2 * ms, to=folder / "v.npy")
            net.add(
                hp.SpikeRecorder(cells, to=folder / "s.npy"),
                hp.StateRecorder(cells, "v", over_time="mean", dt=0.7 * ms, name="means"),
            )
            return net

        net = make()
        net.run(10 * ms)
        if kill:
            net.save(folder / "a.hodg")
            net.run(3.3 * ms)  # is lost
            del net
            net = make()
            net.restore(folder / "a.hodg")
        net.run(10 * ms)
        return np.load(folder / "v.npy"), np.load(folder / "s.npy"), net["means"].v

    for found, expected in zip(
        recorded(tmp_path / "a", True), recorded(tmp_path / "b", False), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("damage", ["missing", "short", "other", "memory"])
def test_a_file_that_does_not_go_with_the_network(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "v.npy"
    net, _, _ = build(to=path)
    net.run(5 * ms)
    net.save(tmp_path / "a.hodg")
    del net
    content = path.read_bytes()
    path.unlink()
    if damage == "short":
        path.write_bytes(content[:-100])
    elif damage == "other":
        np.save(path, np.zeros(10000))
    fresh, cells, _ = build(to=None if damage == "memory" else path)
    before = cells.get("v")
    with pytest.raises(hp.SimulationError) as caught:
        fresh.restore(tmp_path / "a.hodg")
    assert caught.value.code == ("HH6064" if damage == "memory" else "HH6034")
    np.testing.assert_array_equal(cells.get("v"), before)


def test_one_file_has_one_writer(tmp_path: Path) -> None:
    net, cells, _ = build(to=tmp_path / "v.npy")
    net.add(hp.StateRecorder(cells, "v", to=tmp_path / "v.npy", name="second"))
    with pytest.raises(hp.SimulationError, match=r"HH6033.*another recorder"):
        net.run(1 * ms)
    with pytest.raises(hp.SimulationError, match="HH6055"):
        net.copy()


def test_wrong_arguments(tmp_path: Path) -> None:
    for options in ({"to": "v.h5"}, {"over_neurons": "median"}, {"over_time": "mean"}):
        with pytest.raises(hp.SimulationError, match="HH6028"):
            build(**options)
    net, _, _ = build(to=tmp_path / "no" / "folder.npy")
    with pytest.raises(hp.SimulationError, match=r"HH6033.*No such file"):
        net.run(1 * ms)


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """160 MB of samples pass through a process that grows by a fraction of that."""
    code = f"""
import resource
import hodgpy as hp
from hodgpy.units import ms, second
cells = hp.Population(hp.compile("dx/dt = -x/second : 1"), 10000, name="cells", x=1)
net = hp.Network(cells, hp.StateRecorder(cells, "x", to={str(tmp_path / "x.npy")!r}))
net.run(1*ms)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
net.run(200*ms)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
assert grown < 110, grown
assert len(net["cells_states"]) == 2010
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert (tmp_path / "x.npy").stat().st_size > 160e6


def test_a_full_disk_ends_the_run_cleanly(tmp_path: Path) -> None:
    """In a process of its own, which may write files of 100 kB and no more."""
    code = f"""
import resource
import numpy as np
import hodgpy as hp
from hodgpy.units import ms
path = {str(tmp_path / "x.npy")!r}
cells = hp.Population(hp.compile("dx/dt = 1/ms : 1"), 100, name="cells")
filed = hp.StateRecorder(cells, "x", to=path)
kept = hp.StateRecorder(cells, "x", record=0, name="kept")
net = hp.Network(cells, filed, kept, dt=1*ms)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
try:
    net.run(500*ms)
except hp.SimulationError as error:
    assert error.code == "HH6033", error
    assert "File too large" in str(error), error
else:
    raise SystemExit("it was written")
steps = round(net.t / 1e-3)
assert 0 < steps <= 500
rows = np.load(path)
assert 100 < len(rows) < 125
np.testing.assert_array_equal(rows["x"][:, 7], np.arange(len(rows)))
np.testing.assert_array_equal(kept.x[0], np.arange(steps))
np.testing.assert_array_equal(cells.x, steps)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # room again
net.run((600 - steps)*ms)
np.testing.assert_array_equal(filed.x[3], np.arange(600))
np.testing.assert_array_equal(np.load(path)["t"], np.arange(600) * 1e-3)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert (tmp_path / "x.npy").stat().st_size > 400_000


def test_long_runs_record_what_short_ones_do(tmp_path: Path) -> None:
    net, _, trace = build(count=3, to=tmp_path / "v.npy")
    net.run(1 * second)
    other, _, kept = build(count=3)
    other.run(1 * second)
    np.testing.assert_array_equal(trace.v, kept.v)
