# SPDX-License-Identifier: MIT
"""The basal-ganglia model in hodgpy: examples/basal_ganglia.py, timed as the other two versions.

python benchmarks/basal_ganglia/hodgpy_version.py --draws FILE.npz --pd 1 --out spikes.npz
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
from ganglia import POPULATIONS, Conditions, command_line

from hodgpy.units import ms


def load_example() -> ModuleType:
    """examples/basal_ganglia.py as a module."""
    path = Path(__file__).resolve().parents[2] / "examples" / "basal_ganglia.py"
    spec = importlib.util.spec_from_file_location("example", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    sys.modules["example"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepare(draws: dict[str, np.ndarray], conditions: Conditions) -> object:
    """A network that is compiled and ready at time 0."""
    example = load_example()
    model = example.build(draws, conditions.pd, conditions.cs)
    example.stimulate(model, conditions.dbs, conditions.dbs_target, conditions.cs)
    model.network.run(0 * ms)
    return model


def run(model: object, conditions: Conditions) -> None:
    model.network.run(conditions.duration * ms)


def spikes(model: object, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Neurons (0 ... 8n-1) and steps of all spikes."""
    recorders = [model.spikes[name] for name in POPULATIONS]
    neurons = [p * n + recorder.i for p, recorder in enumerate(recorders)]
    return np.concatenate(neurons), np.concatenate([recorder.steps for recorder in recorders])


if __name__ == "__main__":
    command_line(prepare, run, spikes, __doc__.splitlines()[0])
