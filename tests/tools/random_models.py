# SPDX-License-Identifier: MIT
"""Random well-typed models, and whether every way to run one gives the same bits.

python tests/tools/random_models.py [COUNT [FIRST_SEED]]

Each seed is a model: its text, its method and its initial values follow from it. It is run by the
interpreter and by compiled code of several targets, in both precisions; with its neurons in another
order, in two populations, on two threads, cut into runs, and with a variable that nothing uses.
Ends with 1 if anything differs.
"""

from __future__ import annotations

import random
import sys
import time
import warnings
from typing import NamedTuple

import numpy as np

import hodgpy as hp
from hodgpy.units import ms

COUNT = 21  # neurons: no multiple of any vector
STEPS = 40
DT = 0.05 * ms
TARGETS = ("native", "x86-64-v2", "x86-64-v3", "x86-64-v4")


class RandomModel(NamedTuple):
    """A model as a user would give it."""

    seed: int
    equations: str
    threshold: str | None
    reset: str | None
    refractory: str | None
    method: str | None
    states: tuple[str, ...]
    is_random: bool

    def compiled(self, **options: object) -> hp.Model:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", hp.ModelWarning)
            return hp.compile(
                self.equations + str(options.pop("more", "")),
                threshold=self.threshold,
                reset=self.reset,
                refractory=self.refractory,
                method=self.method,
                **options,
            )


class Grammar:
    """Expressions by dimension: "1" or "volt"; every value stays finite."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names: dict[str, list[str]] = {"1": [], "volt": []}
        self.has_rand = False

    def number(self) -> str:
        return f"{self.chance.uniform(0.1, 3):.3g}"

    def leaf(self, dimension: str) -> str:
        names = self.names[dimension]
        if names and self.chance.random() < 0.75:
            return self.chance.choice(names)
        return self.number() if dimension == "1" else f"{self.number()}*mV"

    def condition(self, depth: int) -> str:
        dimension = self.chance.choice(["1", "volt"])
        sign = self.chance.choice(["<", ">", "<=", ">="])
        one = f"{self.expression(dimension, depth - 1)} {sign} {self.leaf(dimension)}"
        if depth > 1 and self.chance.random() < 0.3:
            return f"({one}) {self.chance.choice(['and', 'or'])} not ({self.condition(depth - 1)})"
        return one

    def expression(self, dimension: str, depth: int) -> str:
        if depth <= 0:
            return self.leaf(dimension)
        make = self.chance.random()
        a, b = (self.expression(dimension, depth - 1) for _ in range(2))
        if make < 0.3:
            return f"({a} {self.chance.choice('+-')} {b})"
        if make < 0.42:
            return f"{self.expression('1', depth - 1)}*{a}"
        if make < 0.5:
            return f"{a}/(1.5 + {self.expression('1', depth - 1)}**2)"
        if make < 0.58:
            return f"where({self.condition(depth - 1)}, {a}, {b})"
        if make < 0.64:
            return f"clip({a}, -{self.limit(dimension)}, {self.limit(dimension)})"
        if make < 0.7:
            return f"-{a}"
        if dimension == "volt":
            return f"{self.bounded(depth)}*{self.leaf('volt')}"
        return self.bounded(depth)

    def limit(self, dimension: str) -> str:
        return "2.5" if dimension == "1" else "20*mV"

    def bounded(self, depth: int) -> str:
        """Dimensionless, from functions."""
        x = self.expression("1", depth - 1)
        if self.chance.random() < 0.4:
            x = f"{self.expression('volt', depth - 1)}/(10*mV)"
        form = self.chance.choice(
            ["sin({})", "cos({})", "tanh({})", "exp(-({})**2)", "log(1 + ({})**2)", "abs({})",
             "sqrt(1 + ({})**2)", "1/(1 + exp(-clip({}, -30, 30)))", "clip({}, -3, 3)**3",
             "1/exprel(clip({}, -20, 20))", "int({} > 0.5)", "arctan({})", "floor(clip({}, -9, 9))",
             "sign({})", "expm1(clip({}, -3, 3))", "clip({}, -4, 4) % 1.7"]
        )  # fmt: skip
        return form.format(x)


def generate(seed: int) -> RandomModel:
    """The model of a seed."""
    grammar = Grammar(seed)
    chance = grammar.chance
    lines = []
    for number in range(chance.randint(0, 2)):
        name, dimension = f"p{number}", chance.choice(["1", "volt"])
        flag = chance.choice(["", " (constant)", " (shared)"])
        lines.append(f"{name} : {dimension}{flag}")
        grammar.names[dimension].append(name)
    states = {f"x{n}": chance.choice(["1", "volt"]) for n in range(chance.randint(1, 3))}
    for name, dimension in states.items():
        grammar.names[dimension].append(name)
    for number in range(chance.randint(0, 3)):
        name, dimension = f"s{number}", chance.choice(["1", "volt"])
        body = grammar.expression(dimension, chance.randint(1, 2))
        lines.append(f"{name} = {body} : {dimension}")
        grammar.names[dimension].append(name)
    noisy = chance.random() < 0.2
    spikes = chance.random() < 0.6
    refractory = f"{chance.randint(1, 9)}*0.1*ms" if spikes and chance.random() < 0.5 else None
    for name, dimension in states.items():
        size = "" if dimension == "1" else "*mV"
        rhs = grammar.expression(dimension, chance.randint(1, 3))
        bound = grammar.limit(dimension)
        drift = f"(clip({rhs}, -{bound}, {bound}) - {name})/({chance.uniform(0.3, 9):.3g}*ms)"
        if noisy and chance.random() < 0.5:
            drift += f" + {chance.uniform(0.1, 1):.2g}{size}*xi*(2*ms)**-0.5"
        flag = " (unless refractory)" if refractory and chance.random() < 0.7 else ""
        lines.append(f"d{name}/dt = {drift} : {dimension}{flag}")
    chance.shuffle(lines)
    threshold = reset = None
    if spikes:
        first, dimension = next(iter(states.items()))
        threshold = f"{first} > {'0.4' if dimension == '1' else '0.4*mV'}"
        target = chance.choice(list(states))
        reset = f"{target} = {grammar.expression(states[target], 2)}"
        if chance.random() < 0.5:
            size = "" if states[target] == "1" else "*mV"
            reset = f"{target} -= 0.7{size}\n{first} *= 0.3"
    method = chance.choice([None, None, "euler", "rk2", "rk4", "heun", "exponential_euler"])
    text = "\n".join([*lines, threshold or "", reset or ""])
    if "xi" in text:
        method = chance.choice(["euler", "heun"])
    elif method == "exponential_euler" or (method is None and threshold and "exp" in text):
        method = "euler"  # not conditionally linear; no default is safe here (HH5010)
    return RandomModel(
        seed, "\n".join(lines), threshold, reset, refractory, method, tuple(states),
        "xi" in text,
    )  # fmt: skip


def run(
    model: RandomModel,
    compiled: hp.Model,
    chosen: np.ndarray | None = None,
    pieces: int = 1,
    threads: int = 1,
) -> dict[str, np.ndarray]:
    """Values of the chosen neurons, in that order."""
    chosen = np.arange(COUNT) if chosen is None else chosen
    cells = hp.Population(compiled, len(chosen), name="cells")
    draw = np.random.default_rng(model.seed)
    for name in sorted(compiled._names):
        if not cells._core.has(name) or name == "unused":
            continue
        size = 1e-3 if compiled.variables[name].dimension == "volt" else 1.0
        values = draw.normal(0, 1, COUNT) * size
        if cells._core.variable(name)["per_entity"]:
            cells.set(name, values[chosen])
        else:
            cells.set(name, float(values[0]))
    objects: list[object] = [cells]
    spikes = hp.SpikeRecorder(cells) if model.threshold else None
    net = hp.Network(*objects, *([] if spikes is None else [spikes]), dt=DT, threads=threads)
    for _ in range(pieces):
        net.run(STEPS // pieces * DT)
    found = {name: cells.get(name) for name in model.states}
    if spikes is not None:
        found["count"] = spikes.count
    return found


def differences(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> list[str]:
    return [n for n in expected if not np.array_equal(found[n], expected[n], equal_nan=True)]


WAYS = (*TARGETS[1:], "float32", "cut", "unused", "order", "split")


def check(seed: int, ways: tuple[str, ...] = WAYS) -> list[str]:
    """What does not agree with the interpreter, in words; empty if all does.

    Parameters
    ----------
    seed : int
    ways : tuple of str
        Of :data:`WAYS`, beside compiled code for this machine.
    """
    model = generate(seed)
    native = model.compiled()
    expected = run(model, model.compiled(target="interpreter"))
    everyone = np.arange(COUNT)
    order = np.random.default_rng(seed).permutation(COUNT)

    def again(way: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """What was found, and what should have been."""
        if way == "float32":
            single = run(model, model.compiled(dtype="float32", target="interpreter"))
            return run(model, model.compiled(dtype="float32")), single
        if way == "cut":
            return run(model, native, pieces=4, threads=2), expected
        if way == "unused":
            return run(model, model.compiled(more="\nunused : 1")), expected
        if way == "order":
            return run(model, native, order), {n: v[order] for n, v in expected.items()}
        if way == "split":
            halves = [run(model, native, part) for part in np.split(everyone, [8])]
            return {n: np.concatenate([h[n] for h in halves]) for n in expected}, expected
        return run(model, model.compiled(target=way)), expected

    wrong = [f"seed {seed}: native: {n}" for n in differences(run(model, native), expected)]
    for way in ways:
        if model.is_random and way in ("order", "split"):
            continue  # each neuron has random numbers of its own
        try:
            found, should = again(way)
        except hp.HodgError as error:
            if "CPU" in str(error):
                continue
            raise
        wrong += [f"seed {seed}: {way}: {name}" for name in differences(found, should)]
    return wrong


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    began, mismatches = time.perf_counter(), 0
    for number in range(first, first + wanted):
        for line in check(number):
            mismatches += 1
            print(line, flush=True)
        if (number - first) % 100 == 99:
            print(f"{number - first + 1} models, {mismatches} mismatches", flush=True)
    print(f"{wanted} models from seed {first}: {mismatches} mismatches, "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip
    sys.exit(mismatches > 0)
