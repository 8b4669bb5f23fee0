# SPDX-License-Identifier: MIT
"""Saved networks go on bit by bit, in another process too; what is no saved network is refused."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
import saved_networks as networks
from hodgpy.units import ms, mV
from kill_and_resume import kill_and_resume
from saved_networks import FIRST, NETWORKS, SECOND, contents


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    different = [k for k in expected if not np.array_equal(found[k], expected[k], equal_nan=True)]
    assert different == []


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where another process has restored every network and run it on."""
    folder = tmp_path_factory.mktemp("resumed")
    for name, build in NETWORKS.items():
        net = build()
        net.run(FIRST)
        net.save(folder / f"{name}.hodg")
    command = [sys.executable, networks.__file__, str(folder), *NETWORKS]
    subprocess.run(command, check=True, timeout=300)
    return folder


@pytest.mark.parametrize("name", NETWORKS)
def test_another_process_goes_on_bit_by_bit(name: str, resumed: Path) -> None:
    whole = NETWORKS[name]()
    whole.run(FIRST + SECOND)
    assert_same(dict(np.load(resumed / f"{name}.npz")), contents(whole))


@pytest.mark.parametrize("name", NETWORKS)
def test_back_to_a_saved_moment(name: str, resumed: Path, tmp_path: Path) -> None:
    net = NETWORKS[name]()
    net.run(FIRST)
    moment = contents(net)
    net.run(SECOND)
    later = contents(net)
    net.restore(resumed / f"{name}.hodg")
    assert_same(contents(net), moment)
    net.save(tmp_path / "again.hodg")
    net.run(SECOND)
    assert_same(contents(net), later)


@pytest.mark.parametrize("name", ["plastic", "cable", "stimulated"])
def test_checkpoints_change_nothing(name: str, tmp_path: Path) -> None:
    """Also of the run that makes them, and every one can be gone on from."""
    path = tmp_path / "run.hodg"
    whole = NETWORKS[name]()
    whole.run(FIRST + SECOND)
    net = NETWORKS[name]()
    net.run(FIRST + SECOND, checkpoint=path, every=2.5 * ms)
    assert_same(contents(net), contents(whole))
    kept: list[Path] = []

    def keep(fraction: float, simulated: float, elapsed: float) -> None:
        if path.exists() and fraction < 1:
            kept.append(path.rename(tmp_path / f"{len(kept)}.hodg"))

    other = NETWORKS[name]()
    other.run(5 * ms, checkpoint=path, every=1 * ms, report=keep)
    for each in [*kept, path]:
        net = NETWORKS[name]()
        net.restore(each)
        net.run(FIRST + SECOND - net.t * hp.units.second)
        assert_same(contents(net), contents(whole))


def test_a_killed_run_goes_on() -> None:
    found = kill_and_resume(4, seconds=8.0, longest=0.1, seed=1)
    assert found["kills"] >= 1  # a fast machine may be at the end before the later ones
    assert found["reached (s)"] > 0


# -- what is taken from the file -----------------------------------------------------------------


def test_connections_and_delays_come_from_the_file(resumed: Path) -> None:
    net = networks.plastic()
    synapses = net["S"]
    assert len(synapses) > 0
    before = (synapses.i, synapses.j, synapses.delay[:], synapses.w[:])
    net.save(resumed / "connected.hodg")
    empty = networks.plastic()
    empty["S"].delay = 0.1 * ms
    empty["S"].w = 0
    empty.restore(resumed / "connected.hodg")
    found = empty["S"]
    for one, other in zip((found.i, found.j, found.delay[:], found.w[:]), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_parameter_may_have_become_one_per_neuron(tmp_path: Path) -> None:
    model = hp.compile("dv/dt = (g - v)/(5*ms) : volt\ng : volt (shared)")
    cells = hp.Population(model, 3, name="cells", g=[1, 2, 3] * mV)
    net = hp.Network(cells)
    net.run(1 * ms)
    net.save(tmp_path / "a.hodg")
    net.run(1 * ms)
    other = hp.Population(model, 3, name="cells")
    new = hp.Network(other)
    new.save(tmp_path / "shared.hodg")
    new.restore(tmp_path / "a.hodg")
    new.run(1 * ms)
    np.testing.assert_array_equal(other.v, cells.v)
    net.restore(tmp_path / "shared.hodg")  # one value there, one per neuron here
    np.testing.assert_array_equal(cells.get("g"), np.zeros(3))


def test_assigned_values_draw_the_numbers_that_come_next(tmp_path: Path) -> None:
    def build() -> tuple[hp.Network, hp.Population]:
        cells = hp.Population(hp.compile("x : 1"), 4, name="cells")
        return hp.Network(cells), cells

    net, cells = build()
    cells.x = "rand()"
    net.run(1 * ms)
    net.save(tmp_path / "a.hodg")
    cells.x = "rand()"
    new, others = build()
    new.restore(tmp_path / "a.hodg")
    others.x = "rand()"
    np.testing.assert_array_equal(cells.x, others.x)


def test_operations_go_on_in_phase(tmp_path: Path) -> None:
    def build() -> tuple[hp.Network, list[float]]:
        cells = hp.Population(hp.compile("x : 1"), 1, name="cells")
        net = hp.Network(cells, dt=0.1 * ms)
        calls: list[float] = []
        net.every(0.7 * ms, lambda: calls.append(round(net.t * 1e3, 6)))
        net.at(0.5 * ms, lambda: calls.append(-1))
        net.at(2.5 * ms, lambda: calls.append(-2))
        return net, calls

    net, calls = build()
    net.run(1.4 * ms)  # the call at 1.4 ms belongs to the next run
    net.save(tmp_path / "a.hodg")
    assert calls == [0, -1, 0.7]
    new, later = build()
    new.restore(tmp_path / "a.hodg")
    new.run(1.5 * ms)
    assert later == [1.4, 2.1, -2, 2.8]


def test_stimuli_have_the_settings_of_the_file(tmp_path: Path) -> None:
    net = networks.stimulated()
    net["dbs"].frequency = 50 * hp.units.Hz
    net.save(tmp_path / "a.hodg")
    new = networks.stimulated()
    new.restore(tmp_path / "a.hodg")
    assert new["dbs"].frequency == 50
    net.run(20 * ms)
    new.run(20 * ms)
    assert_same(contents(new), contents(net))


def test_a_fault_can_be_gone_back_from(tmp_path: Path) -> None:
    cells = hp.Population(hp.compile("dx/dt = x**2/ms : 1"), 2, name="cells", x=[0.1, 1])
    net = hp.Network(cells, dt=0.1 * ms)
    net.save(tmp_path / "a.hodg")
    with pytest.raises(hp.SimulationError, match="HH6001"):
        net.run(50 * ms)
    with pytest.raises(hp.SimulationError, match="HH6024"):
        net.save(tmp_path / "b.hodg")
    assert not (tmp_path / "b.hodg").exists()
    net.restore(tmp_path / "a.hodg")
    cells.x = 0.01
    net.run(1 * ms)
    assert np.isfinite(cells.x).all()


# -- what is refused -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "a.hodg"
    net = networks.refractory()
    net.run(FIRST)
    net.save(path)
    return path.read_bytes()


def refused(content: bytes | None, folder: Path, code: str = "HH6063") -> str:
    """The message; the network is as it was."""
    path = folder / "bad.hodg"
    if content is not None:
        path.write_bytes(content)
    net = networks.refractory()
    net.run(1 * ms)
    before = contents(net)
    with pytest.raises(hp.SimulationError) as caught:
        net.restore(path)
    assert caught.value.code == code
    assert_same(contents(net), before)
    return str(caught.value)


@pytest.mark.parametrize("kept", [0, 5, 16, 40, 64, 0.3, 0.99, -1])
def test_a_file_that_was_cut_short(kept: float, good: bytes, tmp_path: Path) -> None:
    length = int(kept * len(good)) if isinstance(kept, float) else kept
    message = refused(good[:length], tmp_path)
    assert re.search("cut short|empty", message)


def test_a_flipped_bit_anywhere(good: bytes, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    head, tail = np.arange(64), len(good) - 1 - np.arange(0, 800, 41)
    places = np.r_[head, tail, random.integers(0, len(good), 60)]
    net = networks.refractory()
    for place in places:
        bad = bytearray(good)
        bad[place] ^= 1 << int(random.integers(8))
        (tmp_path / "bad.hodg").write_bytes(bad)
        if _is_padding(good, int(place)):
            continue
        with pytest.raises(hp.SimulationError, match="HH6063"):
            net.restore(tmp_path / "bad.hodg")


def _is_padding(good: bytes, place: int) -> bool:
    """Between the end of an array and the boundary of the next nothing is stored."""
    return place > 64 and not any(good[place : (place // 64 + 1) * 64])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(200), "another kind"),
        (b"hello", "another kind"),
        (b"\x89hodgpy save\r\r\n\x1a\r\n" + bytes(300), "another kind"),  # sent as text
    ],
)
def test_a_foreign_file(content: bytes, reason: str, tmp_path: Path) -> None:
    assert reason in refused(content, tmp_path)


def test_a_newer_version(good: bytes, tmp_path: Path) -> None:
    newer = good[:16] + (7).to_bytes(4, "little") + good[20:]
    assert "format 7" in refused(newer, tmp_path)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file" in refused(None, tmp_path, "HH6062")
    (tmp_path / "bad.hodg").mkdir()
    assert "no file" in refused(None, tmp_path, "HH6062")


def build(**changes: object) -> hp.Network:
    values = {"equations": "dv/dt = -v/(5*ms) : volt", "count": 3, "dt": 0.1 * ms, "name": "cells"}
    values |= changes
    cells = hp.Population(hp.compile(values["equations"]), values["count"], name=values["name"])
    extra = [hp.StateRecorder(cells, "v", name="trace")] if "recorder" in values else []
    return hp.Network(cells, *extra, dt=values["dt"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dt": 0.05 * ms}, "dt"),
        ({"count": 4}, "4 entities here and 3 there"),
        ({"name": "others"}, "`others`"),
        ({"equations": "dv/dt = -v/(6*ms) : volt"}, "equations or methods"),
        ({"equations": "dv/dt = -v/(5*ms) : amp"}, "another type, unit or kind"),
        ({"equations": "dv/dt = -v/(5*ms) : volt\nx : 1"}, "`x` is not there"),
        ({"recorder": True}, "`trace`"),
    ],
)
def test_another_network(changes: dict[str, object], reason: str, tmp_path: Path) -> None:
    build().save(tmp_path / "a.hodg")
    with pytest.raises(hp.SimulationError, match=reason) as caught:
        build(**changes).restore(tmp_path / "a.hodg")
    assert caught.value.code == "HH6064"


@pytest.mark.parametrize("changes", [{"equations": "dv/dt = -v/(6*ms) : volt"}, {"recorder": True}])
def test_not_strict_takes_the_values(changes: dict[str, object], tmp_path: Path) -> None:
    net = build()
    net["cells"].v = [1, 2, 3] * mV
    net.save(tmp_path / "a.hodg")
    other = build(**changes)
    other.restore(tmp_path / "a.hodg", strict=False)
    np.testing.assert_array_equal(other["cells"].v, [0.001, 0.002, 0.003])
    other.run(1 * ms)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """In a process of its own, which may write files of 20 kB and no more."""
    code = f"""
import resource, sys
from pathlib import Path
import hodgpy as hp
from hodgpy.units import ms
folder = Path({str(tmp_path)!r})
cells = hp.Population(hp.compile("x : 1"), 10, name="cells")
net = hp.Network(cells)
net.save(folder / "a.hodg")
before = (folder / "a.hodg").read_bytes()
many = hp.Population(hp.compile("x : 1"), 10000, name="cells")
many.x = "rand()"  # which packs badly
big = hp.Network(many)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
for attempt in (lambda: big.save(folder / "a.hodg"),
                lambda: big.run(1*ms, checkpoint=folder / "a.hodg", every=0.5*ms)):
    try:
        attempt()
    except hp.SimulationError as error:
        assert error.code == "HH6061", error
        assert "File too large" in str(error), error
    else:
        sys.exit("it was written")
assert (folder / "a.hodg").read_bytes() == before
assert [p.name for p in folder.iterdir()] == ["a.hodg"]
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_checkpoint_needs_a_place() -> None:
    net = build()
    with pytest.raises(hp.SimulationError, match="HH6028"):
        net.run(1 * ms, every=0.5 * ms)
    with pytest.raises(hp.SimulationError, match="HH6061"):
        net.run(1 * ms, checkpoint="/nowhere/at/all/a.hodg")
    with pytest.raises(hp.SimulationError, match="HH6021"):
        net.run(1 * ms, checkpoint="a.hodg", every=0.05 * ms)
