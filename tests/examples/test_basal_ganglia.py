# SPDX-License-Identifier: MIT
"""The basal-ganglia example against NumPy and Numba programs of the same model, step by step.

The yardsticks live in benchmarks/basal_ganglia and are written from the paper's equations alone.
HODGPY_BASAL_GANGLIA_DATA names a folder with runs of the published script (healthy.npz and
parkinsonian.npz: draws and spikes); where it is set, all of their spikes are compared too.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV
from validated import Validated

ROOT = Path(__file__).parents[2]


def load(path: Path) -> ModuleType:
    """A script as a module; what it imports from its folder is found."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ganglia = load(ROOT / "benchmarks" / "basal_ganglia" / "ganglia.py")
numpy_version = load(ROOT / "benchmarks" / "basal_ganglia" / "numpy_version.py")
example = load(ROOT / "examples" / "basal_ganglia.py")


def test_cells_alone_follow_the_equations_step_by_step() -> None:
    duration = 40.0
    network = ganglia.Network.from_draws(example.draw(10, 3))
    network.v[ganglia.D2 :] = np.linspace(-60, -20, 10)  # some fire at once, some never
    conditions = ganglia.Conditions(pd=1, duration=duration)
    expected = np.empty((conditions.steps + 1, 8, 10))
    numpy_version.simulate(network, conditions, coupled=False, trace=expected)
    assert np.all(expected.max(axis=(0, 2)) > 0), "every kind of cell must fire"

    cells = hp.compile("neurons.kumaravelu_2016")
    populations = [hp.Population(getattr(cells, k), 10, name=p) for p, k in example.CELLS.items()]
    for population, v in zip(populations, network.v, strict=True):
        population.v = v * mV
    for striatal in populations[4:6]:
        striatal.g_M = 15.0
    populations[7].a, populations[7].d = 100.0, 2.0
    traces = [hp.StateRecorder(population, "v") for population in populations]
    hp.Network(*populations, *traces, dt=0.01 * ms).run(duration * ms, record_end=True)
    for p, trace in enumerate(traces):
        # Both round differently; upstrokes amplify 1e-13 mV some ten thousandfold.
        np.testing.assert_allclose(
            trace.get("v", "mV").T, expected[:, p], rtol=0, atol=1e-7, err_msg=trace.population.name
        )


def run(draws: Any, conditions: Any) -> tuple[Any, dict[str, np.ndarray]]:
    """The example's network under these conditions, and its spikes."""
    model = example.build(draws, conditions.pd, conditions.cs)
    example.stimulate(model, conditions.dbs, conditions.dbs_target, conditions.cs)
    model.network.run(conditions.duration * ms)
    return model, example.results(model, conditions.duration / 1000)


def compare(found: Any, expected: Any, within: int) -> int:
    """All spikes of the same neurons, at most ``within`` steps apart; returns their number."""
    total = 0
    for name in example.CELLS:
        np.testing.assert_array_equal(
            found[f"spike_index_{name}"], expected[f"spike_index_{name}"], err_msg=name
        )
        difference = found[f"spike_step_{name}"] - expected[f"spike_step_{name}"]
        assert np.all(np.abs(difference) <= within), name
        total += len(difference)
    return total


@pytest.mark.parametrize(
    ("n", "conditions"),
    [
        (10, ganglia.Conditions(pd=0, duration=70)),
        (10, ganglia.Conditions(pd=1, dbs=130, duration=70)),
        (10, ganglia.Conditions(pd=1, dbs=45, dbs_target="GPi", duration=50)),
        (10, ganglia.Conditions(pd=0, cs=1, duration=50)),
        (30, ganglia.Conditions(pd=1, duration=50)),
    ],
    ids=["healthy", "dbs", "dbs of GPi", "cortical stimulus", "thirty"],
)
def test_network_follows_numpy(n: int, conditions: Any) -> None:
    draws = example.draw(n, 2)
    # Every kind of synapse shall act within the short run: some cortical cells fire at once.
    found_model = example.build(draws, conditions.pd, conditions.cs)
    network = ganglia.Network.from_draws(draws)
    network.v[ganglia.CTX_E :, ::3] = 20.0
    for name in ("CTX_E", "CTX_I"):
        found_model.populations[name].v[::3] = 20 * mV
    example.stimulate(found_model, conditions.dbs, conditions.dbs_target, conditions.cs)
    found_model.network.run(conditions.duration * ms)
    found = example.results(found_model, conditions.duration / 1000)
    trace = np.empty((conditions.steps + 1, 8, n))
    spikes = numpy_version.simulate(network, conditions, trace=trace)
    assert compare(found, ganglia.sorted_spikes(*spikes, n), within=0) > 60
    for p, name in enumerate(example.CELLS):
        # Exact propagators on both sides; rounding, amplified by upstrokes, stays far below.
        v = found_model.populations[name].get("v", "mV")
        np.testing.assert_allclose(v, trace[-1, p], rtol=0, atol=1e-6, err_msg=name)


def test_cortical_stimulus_comes_at_one_second() -> None:
    pytest.importorskip("numba")
    numba_version = load(ROOT / "benchmarks" / "basal_ganglia" / "numba_version.py")
    conditions = ganglia.Conditions(cs=1, duration=1030)
    draws = example.draw(10, 4)
    _, found = run(draws, conditions)
    spikes = numba_version.simulate(ganglia.Network.from_draws(draws), conditions)
    compare(found, ganglia.sorted_spikes(*spikes, 10), within=0)
    late = found["spike_step_CTX_E"] >= 99_998
    assert late.sum() >= 10, "the stimulus fires every cortical cell"


@pytest.mark.skipif(
    "HODGPY_BASAL_GANGLIA_DATA" not in os.environ, reason="the reference data are not at hand"
)
@pytest.mark.parametrize(
    ("name", "pd", "spikes", "area"),
    [("healthy", 0, 2120, 312.80), ("parkinsonian", 1, 2330, 643.81)],
)
def test_every_spike_of_the_published_script(
    name: str, pd: int, spikes: int, area: float, validated: Validated
) -> None:
    data = np.load(Path(os.environ["HODGPY_BASAL_GANGLIA_DATA"]) / f"{name}.npz")
    _, found = run(data, ganglia.Conditions(pd=pd, duration=2000))
    source = "the script of Kumaravelu et al. 2016, doi:10.1007/s10827-016-0593-9"
    same = compare(found, data, within=1)
    what = f"{name}: spikes within one step of 0.01 ms of the reference"
    validated.near(what, same, spikes, abs=0.5, source=source)
    what = f"{name}: area of the GPi spectrum from 7 to 35 Hz"
    validated.near(what, found["gpi_area"], area, rel=0.005, source=source)


def test_command_line_writes_spikes_rates_spectrum_and_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("scipy")
    draws = tmp_path / "draws.npz"
    np.savez(draws, **example.draw(10, 5))
    command = [sys.executable, str(ROOT / "examples" / "basal_ganglia.py"), "--draws", str(draws)]
    command += ["--pd", "1", "--cs", "0", "--dbs", "130", "--dbs-target", "STN"]
    command += ["--duration", "100", "--out", str(tmp_path / "spikes.npz")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "GPi, 7 to 35 Hz" in done.stdout
    written = np.load(tmp_path / "spikes.npz")
    conditions = ganglia.Conditions(pd=1, dbs=130, duration=100)
    _, expected = run(example.draw(10, 5), conditions)
    for key, value in expected.items():
        np.testing.assert_array_equal(written[key], value, err_msg=key)
    assert written["rate_STN"].mean() == pytest.approx(len(written["spike_step_STN"]))
    assert (tmp_path / "spikes.png").stat().st_size > 10_000


def test_models_and_script_stay_short() -> None:
    files = [*example.FOLDER.glob("*.hhm"), ROOT / "examples" / "basal_ganglia.py"]
    files.append(ROOT / "stdlib_models" / "neurons" / "kumaravelu_2016.hhm")
    assert sum(len(file.read_text().splitlines()) for file in files) <= 600


def test_the_peak_of_a_race_is_the_processs_own() -> None:
    held = np.ones(50_000_000)  # 400 MB, which a child's ru_maxrss begins with
    code = "import ganglia; print(ganglia.peak_megabytes())"
    folder = ROOT / "benchmarks" / "basal_ganglia"
    peak = subprocess.check_output([sys.executable, "-c", code], cwd=folder, text=True)
    assert 10 < float(peak) < 200 < held.nbytes / 1e6
