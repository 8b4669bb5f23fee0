# SPDX-License-Identifier: MIT
"""Random well-typed models of point neurons: text, method and initial values follow from a seed.

`compare_random_models.py` runs them in every way there is.
"""

from __future__ import annotations

import random
import re
from typing import NamedTuple

_JUMPS = re.compile(r"[<>%]|\b(where|int|floor|sign)\b")
# A power of two: sums of steps are exact, so that time can be shifted without a rounding.
DT = 2.0**-14
_CONTINUOUS = [
    *("sin({})", "cos({})", "tanh({})", "exp(-({})**2)", "log(1 + ({})**2)", "abs({})"),
    *("sqrt(1 + ({})**2)", "1/(1 + exp(-clip({}, -30, 30)))", "clip({}, -3, 3)**3"),
    *("1/exprel(clip({}, -20, 20))", "arctan({})", "expm1(clip({}, -3, 3))"),
]
_JUMPING = ["int({} > 0.5)", "floor(clip({}, -9, 9))", "sign({})", "clip({}, -4, 4) % 1.7"]


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

    def block(self, name: str) -> str:
        """As a neuron of a ``.hhm`` file."""
        lines = self.equations.splitlines()
        if self.threshold:
            lines += [
                f"threshold {self.threshold}",
                "reset {",
                *(self.reset or "").split("\n"),
                "}",
            ]
        if self.refractory:
            lines.append(f"refractory {self.refractory}")
        if self.method:
            lines.append(f"method {self.method}")
        return "\n    ".join([f"neuron {name} {{", *lines]) + "\n}\n"

    @property
    def text(self) -> str:
        return "\n".join([self.equations, self.threshold or "", self.reset or ""])

    @property
    def is_continuous(self) -> bool:
        """Nothing jumps: no events, no choices, no rounding to whole numbers."""
        return self.threshold is None and not _JUMPS.search(self.text)


class Grammar:
    """Expressions by dimension: "1" or "volt"; every value stays finite.

    Those of a fifth of the seeds are continuous.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.jumps = self.chance.random() < 0.8
        self.names: dict[str, list[str]] = {"1": [], "volt": []}

    def number(self) -> str:
        return f"{self.chance.uniform(0.1, 3):.3g}"

    def leaf(self, dimension: str) -> str:
        names = self.names[dimension]
        if names and self.chance.random() < 0.75:
            return self.chance.choice(names)
        if dimension == "1" and self.chance.random() < 0.1:
            return f"(t/({self.number()}*ms))"
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
        if make < 0.58 and self.jumps:
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
        forms = _CONTINUOUS + (_JUMPING if self.jumps else [])
        return self.chance.choice(forms).format(x)


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
    spikes = grammar.jumps and chance.random() < 0.7
    refractory = (
        f"{chance.randint(1, 9) * 2 * DT}*second" if spikes and chance.random() < 0.5 else None
    )
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
        bound = grammar.limit(states[target])
        reset = f"{target} = clip({grammar.expression(states[target], 2)}, -{bound}, {bound})"
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
