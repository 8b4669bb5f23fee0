# SPDX-License-Identifier: MIT
"""A model of models.py in hodgpy. Run by race.py."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from models import MODELS

import hodgpy as hp
from hodgpy import units


class Hodgpy:
    """The simulator of models.py."""

    def __init__(self) -> None:
        self.objects: list[Any] = []

    def keep(self, made: Any) -> Any:
        self.objects.append(made)
        return made

    def population(
        self, n: int, equations: str, values: Mapping[str, str], **options: Any
    ) -> hp.Population:
        P = self.keep(hp.Population(hp.compile(equations, **options), n))
        for name, value in values.items():
            P.set(name, value)
        return P

    def poisson(self, n: int, rate: str) -> hp.PoissonGroup:
        return self.keep(hp.PoissonGroup(n, rate))

    def synapses(
        self, source: Any, target: Any, equations: str = "", *, p: float,
        values: Mapping[str, str] | None = None, delay: str = "", **options: Any,
    ) -> hp.Synapses:  # fmt: skip
        S = self.keep(hp.Synapses(source, target, equations, round="nearest", **options))
        S.connect(p=p, seed=1)
        for name, value in (values or {}).items():
            S.set(name, value)
        if delay:
            S.delay = delay
        return S

    def timed_array(self, values: np.ndarray, dt: str) -> hp.TimedArray:
        return hp.TimedArray(values, dt=eval(dt, vars(units)))

    def record(self, population: Any, variable: str) -> None:
        self.keep(hp.StateRecorder(population, variable))


def main(name: str, repeats: int) -> None:
    warnings.simplefilter("ignore")
    model = MODELS[name]
    runs, setup, spikes = [], 0.0, None
    for k in range(repeats):
        start = time.perf_counter()
        simulator = Hodgpy()
        counted = model.build(simulator)
        recorder = simulator.keep(hp.SpikeRecorder(counted)) if counted else None
        network = hp.Network(*simulator.objects, dt=model.dt * units.ms)
        network.run(0.0)
        setup = setup if k else time.perf_counter() - start
        start = time.process_time()
        network.run(model.duration * units.ms)
        runs.append(time.process_time() - start)
        spikes = len(recorder) if recorder is not None else None
    result = {"setup_s": setup, "run_s": runs, "version": hp.__version__, "spikes": spikes}
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
