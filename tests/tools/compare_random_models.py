# SPDX-License-Identifier: MIT
"""Whether random models give the same numbers in every way of running them.

python tests/tools/compare_random_models.py [COUNT [FIRST_SEED]]

The interpreter is the measure. Bit for bit the same must be: compiled code at every effort of
Clang, width of vectors and target, in both precisions; a library on disk; other neighbours, threads
and pieces of a run; and the same model said otherwise (:data:`REWRITINGS`). Single precision must
stay near double, and smaller steps come nearer to each other. Models are compiled many at once.
Ends with 1 if anything differs.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

import hodgpy as hp
from hodgpy import _core
from hodgpy.library import library_folder
from random_models import DT, RandomModel, generate

COUNT = 21  # neurons: no multiple of any vector
STEPS = 24
LATER = 40  # steps
BATCH = 25

Values = dict[str, np.ndarray]

# How the batch is compiled, beside its text.
NATIVE: dict[str, object] = {}
INTERPRETER = {"target": "interpreter"}
SINGLE = {"real_size": 4}
BACKENDS: dict[str, dict[str, object]] = {
    "native": NATIVE,
    "-O0": {"optimisation": 0},
    "-O3": {"optimisation": 3},
    "width 1": {"vector_bytes": 8},
    "width 2": {"vector_bytes": 16},
    "width 4": {"vector_bytes": 32},
    "x86-64-v2": {"target": "x86-64-v2"},
    "x86-64-v3": {"target": "x86-64-v3"},
    "x86-64-v4": {"target": "x86-64-v4"},
}


def _rewritten(model: RandomModel, *changes: tuple[str, str]) -> RandomModel:
    """The model with words of its text replaced."""

    def change(text: str | None) -> str | None:
        for word, by in changes if text else ():
            text = re.sub(word, by, text or "")
        return text

    return model._replace(
        equations=change(model.equations),
        threshold=change(model.threshold),
        reset=change(model.reset),
        refractory=change(model.refractory),
    )


class Rewriting(NamedTuple):
    """The same model said otherwise."""

    rewrite: Callable[[RandomModel], RandomModel]
    volts: float = 1.0  # factor of what is in volt
    slower: float = 1.0  # factor of time
    later: int = 0  # steps


# Factors are powers of two, so that no rounding changes.
REWRITINGS = {
    "a variable that nothing reads": Rewriting(
        lambda m: m._replace(equations=m.equations + "\nunused : 1")
    ),
    "other units": Rewriting(
        lambda m: _rewritten(
            m, (r": volt\b", ": mV"), (r"\bmV\b(?!\n|$| \()", "(0.001*volt)"),
            (r"\bms\b", "(0.001*second)"),
        )
    ),
    "twice the volts": Rewriting(lambda m: _rewritten(m, (r"\bmV\b", "(2*mV)")), volts=2),
    "four times slower": Rewriting(
        lambda m: _rewritten(m, (r"\bms\b", "(4*ms)"), (r"\bsecond\b", "(4*second)")), slower=4
    ),
    "later": Rewriting(
        lambda m: _rewritten(m, (r"\bt\b", f"(t - {LATER * DT}*second)")), later=LATER
    ),
}  # fmt: skip
# Only the compiler before the code sees a difference; the interpreter need not compile it.
IN_THE_FRONT = [name for name in REWRITINGS if name != "a variable that nothing reads"]


class Case(NamedTuple):
    """A model and one way to have it compiled."""

    model: RandomModel
    compiled: hp.Model


def compile_all(models: list[RandomModel], options: dict[str, object]) -> list[Case]:
    """All of them in one call of Clang."""
    text = "\n".join(model.block(f"M{model.seed}") for model in models)
    chosen = {"library_folder": str(library_folder()), **options}
    result = _core.compile_text((text, "<random models>", 1, 1), chosen)
    if not result.ok:
        raise AssertionError(result.render())
    _core.build(result.models)
    made = [hp.Model(handle) for handle in result.models]
    return [Case(model, compiled) for model, compiled in zip(models, made, strict=True)]


def initial_values(model: RandomModel, names: Iterable[str]) -> Values:
    """Of states and parameters; the name and the seed decide them, not what else there is."""
    return {
        name: np.random.default_rng([model.seed, *name.encode()]).normal(0, 1, COUNT)
        for name in names
    }


def run(
    case: Case,
    chosen: np.ndarray | None = None,
    *,
    pieces: int = 1,
    threads: int = 1,
    steps: int = STEPS,
    dt: float = DT,
    way: Rewriting | None = None,
    change: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Values:
    """Final states of the chosen neurons, in that order, and how often each has spiked."""
    model, compiled = case
    way = way or Rewriting(lambda m: m)
    chosen = np.arange(COUNT) if chosen is None else chosen
    cells = hp.Population(compiled, len(chosen), name="cells")
    spikes = hp.SpikeRecorder(cells) if model.threshold else None
    recorders = [] if spikes is None else [spikes]
    net = hp.Network(cells, *recorders, dt=dt * way.slower, threads=threads)

    def set_values(states: bool) -> None:
        for name, values in initial_values(model, compiled._names).items():
            if not cells._core.has(name) or (name in model.states) != states:
                continue
            is_volt = compiled.variables[name].dimension == "volt"
            values = values * (1e-3 * way.volts if is_volt else 1.0)
            values = values if change is None else change(values)
            if cells._core.variable(name)["per_entity"]:
                cells.set(name, values[chosen])
            else:
                cells.set(name, float(values[0]))

    set_values(states=False)
    before = np.zeros(len(chosen), int)
    if way.later:
        set_values(states=True)
        net.run(way.later * dt)
        before = before if spikes is None else spikes.count
    set_values(states=True)
    for _ in range(pieces):
        net.run(steps // pieces * dt * way.slower)
    found = {name: cells.get(name) for name in model.states}
    for name in found:
        if compiled.variables[name].dimension == "volt":
            found[name] = found[name] / way.volts
    if spikes is not None:
        found["count"] = spikes.count - before
    return found


def differences(found: Values, expected: Values) -> list[str]:
    return [n for n in expected if not np.array_equal(found[n], expected[n], equal_nan=True)]


class Batch:
    """Some models, compiled and compared together."""

    def __init__(self, seeds: range) -> None:
        self.models = [generate(seed) for seed in seeds]
        self.native = compile_all(self.models, NATIVE)
        measure = compile_all(self.models, INTERPRETER)
        self.expected = {case.model.seed: run(case) for case in measure}
        self.wrong: list[str] = []
        self.runs = 0

    def note(self, way: str, model: RandomModel, found: Values, expected: Values) -> None:
        self.runs += 1
        self.wrong += [f"seed {model.seed}: {way}: {name}" for name in differences(found, expected)]

    def backends(self, names: Sequence[str]) -> None:
        for name in names:
            try:
                cases = (
                    self.native if name == "native" else compile_all(self.models, BACKENDS[name])
                )
            except hp.HodgError as error:
                if "CPU" not in str(error):
                    raise
                continue
            for case in cases:
                self.note(name, case.model, run(case), self.expected[case.model.seed])

    def library(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "models.so"
            _core.write_library([case.compiled._handle for case in self.native], str(path))
            for model, compiled in zip(self.models, hp.load(path), strict=True):
                found = run(Case(model, compiled))
                self.note("library", model, found, self.expected[model.seed])

    def single_precision(self) -> None:
        singles = compile_all(self.models, SINGLE)
        measure = compile_all(self.models, INTERPRETER | SINGLE)
        for one, other in zip(singles, measure, strict=True):
            self.note("float32", one.model, run(one), run(other))
        self.near_double(singles)

    def near_double(self, singles: list[Case]) -> None:
        """After a few steps of a continuous model; what its own slopes magnify is allowed."""
        for single, double in zip(singles, self.native, strict=True):
            if not single.model.is_continuous or single.model.is_random:
                continue
            found = run(single, steps=4, change=_to_single)
            exact = run(double, steps=4, change=_to_single)
            spread = {name: np.zeros(COUNT) for name in exact}
            for seed in range(4):
                shaken = run(double, steps=4, change=_shaken(seed))
                for name, values in shaken.items():
                    spread[name] = np.maximum(spread[name], np.abs(values - exact[name]))
            self.runs += 1
            for name, values in found.items():
                scale = 1e-3 if double.compiled.variables[name].dimension == "volt" else 1.0
                allowed = 30 * spread[name].max() + 1e-5 * scale
                if not np.all(np.abs(values - exact[name]) <= allowed):
                    self.wrong.append(f"seed {single.model.seed}: float32 is far: {name}")

    def neighbours(self) -> None:
        everyone = np.arange(COUNT)
        for case in self.native:
            model, expected = case.model, self.expected[case.model.seed]
            self.note("cut", model, run(case, pieces=4, threads=2), expected)
            if model.is_random:
                continue  # each neuron has random numbers of its own
            order = np.random.default_rng(model.seed).permutation(COUNT)
            self.note("order", model, run(case, order), {n: v[order] for n, v in expected.items()})
            halves = [run(case, part) for part in np.split(everyone, [8])]
            joined = {n: np.concatenate([half[n] for half in halves]) for n in expected}
            self.note("split", model, joined, expected)

    def rewriting(self, name: str) -> None:
        way = REWRITINGS[name]
        models = self.models
        if way.later:  # random numbers go by the step; a spike before would leave its mark
            models = [m for m in models if not m.is_random and not m.refractory]
        if not models:
            return
        options = INTERPRETER if name in IN_THE_FRONT else NATIVE
        for case in compile_all([way.rewrite(model) for model in models], options):
            found = run(case, way=way)
            self.note(name, case.model, found, self.expected[case.model.seed])

    def halved_steps(self) -> None:
        """Solutions of smaller steps come nearer to each other, at once or, where a step meets a
        kink (`clip`, `abs`), with the next halving."""
        for case in self.native:
            model = case.model
            if not model.is_continuous or model.is_random:
                continue
            runs = [run(case, steps=8 * 2**k, dt=DT / 2 ** (k + 3)) for k in range(4)]
            self.runs += 1
            for name in model.states:
                scale = 1e-3 if case.compiled.variables[name].dimension == "volt" else 1.0
                change = [np.abs(runs[k + 1][name] - runs[k][name]).max() for k in range(3)]
                if min(change[1:]) > 0.8 * change[0] + 1e-11 * scale:
                    self.wrong.append(f"seed {model.seed}: halved steps: {name}")

    def all(self, backends: Sequence[str] = tuple(BACKENDS)) -> None:
        """Every comparison, with these of :data:`BACKENDS`."""
        self.backends(backends)
        self.library()
        self.single_precision()
        self.neighbours()
        for name in REWRITINGS:
            self.rewriting(name)
        self.halved_steps()


def _to_single(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32).astype(np.float64)


def _shaken(seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Changes single-precision numbers in their last bits."""
    draw = np.random.default_rng(seed)
    return lambda values: _to_single(values) * (1 + draw.uniform(-4e-7, 4e-7, values.shape))


def main() -> int:
    warnings.simplefilter("ignore", hp.ModelWarning)
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    began, mismatches, runs = time.perf_counter(), 0, 0
    for start in range(first, first + wanted, BATCH):
        batch = Batch(range(start, min(start + BATCH, first + wanted)))
        batch.all()
        mismatches += len(batch.wrong)
        runs += batch.runs
        print(*batch.wrong, f"{start + len(batch.models) - first} models, {runs} comparisons, "
              f"{mismatches} mismatches", sep="\n", flush=True)  # fmt: skip
    cost = f"{time.process_time():.0f} s of processor, {time.perf_counter() - began:.0f} s"
    print(f"{wanted} models from seed {first}: {runs} comparisons, {mismatches} mismatches, {cost}")
    return mismatches > 0


if __name__ == "__main__":
    sys.exit(main())
