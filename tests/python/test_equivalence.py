# SPDX-License-Identifier: MIT
"""Every target gives the same bits: interpreter, native, x86-64 levels, and a library on disk."""

from __future__ import annotations

import functools
import warnings
from pathlib import Path

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms

COUNT = 37  # no multiple of any vector
STEPS = 200
TARGETS = ("native", "x86-64-v2", "x86-64-v3", "x86-64-v4")
DTYPES = ("float64", "float32")
NEURONS = [name for name in hp.models() if name.startswith("neurons.")]
CELLS = [name for name in hp.models() if name.startswith("cells.")]


def compiled(name: str, **options: str) -> hp.Model:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.ModelWarning)
        return next(iter(hp.compile(name, **options)))


def first_state(model: hp.Model) -> str:
    return "v" if "v" in model.states else model.states[0]


def run(model: hp.Model) -> dict[str, np.ndarray]:
    """Every state of cells that differ, after some steps; and the spikes."""
    cells = hp.Population(model, COUNT, name="cells")
    net = hp.Network(cells, dt=0.02 * ms, seed=5)
    net.run(0 * ms)
    v = first_state(model)
    scale = 1e-3 if model.variables[v].dimension == "volt" else 0.1
    cells.set(v, cells.get(v) + np.linspace(-20, 40, COUNT) * scale)
    spikes = hp.SpikeRecorder(cells) if model._record["events"] else None
    if spikes is not None:
        net.add(spikes)
    net.run(STEPS * 0.02 * ms)
    found = {name: cells.get(name) for name in model.states}
    if spikes is not None:
        found |= {"spike times": spikes.t, "spike neurons": spikes.i}
    return found


def run_cells(model: hp.Model) -> dict[str, np.ndarray]:
    """Cells with the regions of the model: interleaved ones, and one of another shape alone."""
    regions = {region for row in model._record["cell"]["insertions"] for region in row["regions"]}
    shapes = []
    for length in (300e-6, 200e-6):
        shape = hp.Soma(diameter=20e-6)
        for name in sorted(regions - {"soma"}) or ["axon", "dendrites"]:
            shape[name] = hp.Section(diameter=[3e-6, 1e-6], length=length, n=5)
        shapes.append(shape)
    factors = {name: 1.0 for name in ("scale", "spines") if name in model.variables}
    cells = hp.CablePopulation([shapes[0]] * 7 + [shapes[1]], model, **factors)
    cells.set("I", np.linspace(0, 1e-9, 8), [cells.cell(k)[0].indices[0] for k in range(8)])
    hp.Network(cells, dt=0.02 * ms, temperature="20 degC").run(STEPS * 0.02 * ms)
    return {name: cells.get(name) for name in cells.model.states}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", CELLS)
def test_targets_of_cells(name: str, target: str) -> None:
    try:
        found = run_cells(compiled(name, dtype="float64", target=target))
    except hp.HodgError as error:
        if "CPU" in str(error):
            pytest.skip(f"this CPU is no {target}")
        raise
    assert_same_bits(found, run_cells(compiled(name, dtype="float64", target="interpreter")))


@functools.cache
def expected(name: str, dtype: str) -> dict[str, np.ndarray]:
    return run(compiled(name, dtype=dtype, target="interpreter"))


def assert_same_bits(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert found.keys() == wanted.keys()
    for name, values in wanted.items():
        assert found[name].tobytes() == values.tobytes(), name


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", NEURONS)
def test_targets(name: str, target: str, dtype: str) -> None:
    try:
        found = run(compiled(name, dtype=dtype, target=target))
    except hp.HodgError as error:
        if "CPU" in str(error):
            pytest.skip(f"this CPU is no {target}")
        raise
    assert_same_bits(found, expected(name, dtype))


@pytest.mark.parametrize("name", ["hodgkin_huxley_1952", "traub_miles_1991"])
def test_compiled_targets_with_fast_functions(name: str) -> None:
    found = []
    for target in TARGETS:
        try:
            found.append(run(compiled(f"neurons.{name}", precision="fast", target=target)))
        except hp.HodgError as error:
            if "CPU" not in str(error):
                raise
    for each in found[1:]:
        assert_same_bits(each, found[0])
    exact = expected(f"neurons.{name}", "float64")["v"]
    assert (found[0]["v"] != exact).any()
    np.testing.assert_allclose(found[0]["v"], exact, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", NEURONS)
def test_library_on_disk(name: str, tmp_path: Path) -> None:
    compiled(name).write(tmp_path / "model.so")
    (loaded,) = hp.load(tmp_path / "model.so")
    assert_same_bits(run(loaded), expected(name, "float64"))


def test_a_library_has_its_subexpressions(tmp_path: Path) -> None:
    compiled("neurons.hodgkin_huxley_1952").write(tmp_path / "model.so")
    (loaded,) = hp.load(tmp_path / "model.so")

    def observe(model: hp.Model) -> dict[str, np.ndarray]:
        cells = hp.Population(model, COUNT)
        cells.v = "-50*mV"
        recorder = hp.StateRecorder(cells, ["k.I", "v", "na.I"], record=[0, 3])
        hp.Network(cells, recorder, dt=0.02 * ms).run(1 * ms)
        found = {name: recorder[name] for name in ("k.I", "v", "na.I")}
        return found | {"now": cells.get("na.I"), "in unit": cells.get("na.I", "uA/cm**2")}

    assert_same_bits(observe(loaded), observe(compiled("neurons.hodgkin_huxley_1952")))
    cells = hp.Population(loaded, 2)
    assert np.array_equal(cells.get("2*na.I"), 2 * cells.get("na.I"))


@pytest.mark.parametrize("name", NEURONS)
def test_the_cells_move(name: str) -> None:
    found = expected(name, "float64")[first_state(compiled(name))]
    assert len(np.unique(found)) > COUNT / 2
    assert np.isfinite(found).all()


def test_some_lanes_are_near_a_singular_voltage() -> None:
    """Series near 0/0 stand behind a branch: no, one, some or all cells of a vector want them."""
    near = np.array([0, 0, 1, 0, 1, 2, 0, 2])[:, None] * np.linspace(-1, 1, 16) * 0.6e-3
    v = np.concatenate([near.ravel() - 0.040, near.ravel() - 0.055, np.linspace(-0.09, 0.06, 64)])
    v = np.random.default_rng(3).permuted(v[: len(v) // 16 * 16].reshape(-1, 16), axis=1).ravel()

    def step(**options: str) -> dict[str, np.ndarray]:
        cells = hp.Population(compiled("neurons.hodgkin_huxley_1952", **options), len(v))
        net = hp.Network(cells, dt=0.001 * ms)
        net.run(0 * ms)
        cells.v = v
        net.run(0.003 * ms)
        return {name: cells.get(name) for name in cells.model.states}

    assert_same_bits(step(), step(target="interpreter"))


def test_many_entities_are_initialised_by_compiled_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interpreter initialises few entities, compiled code many; nobody can tell."""
    monkeypatch.setenv("HHC_CACHE_DIR", str(tmp_path))

    def objects() -> int:
        return len(list(tmp_path.glob("*.obj")))

    def begin(count: int) -> dict[str, np.ndarray]:
        cells = hp.Population(compiled("neurons.hodgkin_huxley_1952"), count)
        cells.v = -0.065 + 0.001 * (np.arange(count) % COUNT)
        cells["na.m"] = 0.1  # not at its steady state: takes half a step
        hp.Network(cells, dt=0.02 * ms).run(0 * ms)
        return {name: cells.get(name)[:COUNT] for name in cells.model.states}

    few = begin(COUNT)
    assert objects() == 1
    many = begin(50_000)
    assert objects() == 2
    assert_same_bits(many, few)
