# SPDX-License-Identifier: MIT
"""The basal-ganglia example against NumPy and Numba programs of the same model, step by step.

The yardsticks live in benchmarks/basal_ganglia and are written from the paper's equations alone.
HODGPY_BASAL_GANGLIA_DATA names a folder with runs of the published script (healthy.npz and
parkinsonian.npz: draws and spikes); where it is set, all of their spikes are compared too.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

import hodgpy as hp
from hodgpy.units import ms, mV

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

    cells = hp.compile(example.FOLDER / "cells.hhm")
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
