# SPDX-License-Identifier: MIT
"""A model of models.py in Brian 2, C++ standalone. Run by race.py."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

import brian2
import numpy as np
from models import MODELS


def quantity(text: str) -> Any:
    return eval(text, vars(brian2))


class Brian:
    """The simulator of models.py."""

    def __init__(self) -> None:
        self.objects: list[Any] = []

    def keep(self, made: Any) -> Any:
        self.objects.append(made)
        return made

    def population(
        self, n: int, equations: str, values: Mapping[str, str], **options: Any
    ) -> brian2.NeuronGroup:
        if options.get("refractory", "").endswith("*ms"):
            options["refractory"] = quantity(options["refractory"])
        P = self.keep(brian2.NeuronGroup(n, equations, **options))
        for name, value in values.items():
            setattr(P, name, value)
        return P

    def poisson(self, n: int, rate: str) -> brian2.PoissonGroup:
        return self.keep(brian2.PoissonGroup(n, quantity(rate)))

    def synapses(
        self, source: Any, target: Any, equations: str = "", *, p: float,
        values: Mapping[str, str] | None = None, delay: str = "", **options: Any,
    ) -> brian2.Synapses:  # fmt: skip
        S = self.keep(brian2.Synapses(source, target, equations, **options))
        S.connect(p=p)
        for name, value in (values or {}).items():
            setattr(S, name, value)
        if delay:
            S.delay = delay
        return S

    def timed_array(self, values: np.ndarray, dt: str) -> brian2.TimedArray:
        return brian2.TimedArray(values, dt=quantity(dt))

    def record(self, population: Any, variable: str) -> None:
        self.keep(brian2.StateMonitor(population, variable, record=True))


def processor_time_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(name: str, repeats: int, kind: str) -> None:
    brian2.set_device("cpp_standalone", build_on_run=False)
    if kind == "fastest":
        flags = ["-O3", "-ffast-math", "-march=native", "-w"]
        brian2.prefs.codegen.cpp.extra_compile_args_gcc = flags
    model = MODELS[name]
    brian2.defaultclock.dt = model.dt * brian2.ms
    brian2.seed(1)
    start = time.perf_counter()
    simulator = Brian()
    counted = model.build(simulator)
    monitor = simulator.keep(brian2.SpikeMonitor(counted)) if counted else None
    brian2.Network(*simulator.objects).run(model.duration * brian2.ms)
    folder = tempfile.mkdtemp()
    brian2.device.build(directory=folder, compile=True, run=False, debug=False)
    setup = time.perf_counter() - start
    runs = []
    for _ in range(repeats):
        before = processor_time_of_children()
        brian2.device.run(directory=folder, with_output=False)
        # The process also starts and writes its arrays: the lesser of the two is nearer.
        runs.append(min(brian2.device._last_run_time, processor_time_of_children() - before))
    spikes = int(monitor.num_spikes) if monitor is not None else None
    shutil.rmtree(folder)
    version = brian2.__version__
    print(json.dumps({"setup_s": setup, "run_s": runs, "version": version, "spikes": spikes}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
