# SPDX-License-Identifier: MIT
"""Copies of a model in one population, each with one number that is 5 % off.

Copy 0 has the model's own numbers. A number is a parameter, or a literal in the text of the model:
every literal becomes a product that differs in one copy, so that one compilation and one run do for
all. Exponents, q10 and `const` are left as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import hodgpy as hp
from hodgpy.library import library_folder

OFF = 0.05
UNITS = (
    "mV|ms|uM|mM|nM|mmolar|umolar|second|Hz|um|cm|uA|nA|pA|mS|uS|nS|uF|pF|degC|kelvin|coulomb|Mohm"
)
LITERAL = re.compile(
    rf"(?<![\w.*])(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?)(?![\w.])(?P<unit> (?:{UNITS})\b(?!\s*:))?"
)
IS_OFFSET = re.compile(r"[vV]\w* [-+] \d|\d mV - [vV]")
# Text that holds no number of the model, or none that may differ between cells.
HIDDEN = re.compile(
    r'"[^"]*"|#.*|: ?1\b.*|\*\*-?\d+|\*\* ?\(1/3\)'
    r"|^\s*(?:const|param|function|import|temperature|q10|method|hhm)\b.*"
    r"|\bq10.*|if [^{}=\n]*?[<>]=? -?[\d.]+ mV|conserve.*|int\(",
    re.MULTILINE,
)
BLOCK = re.compile(r"^(channel|neuron|synapse) (\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Copies:
    """The model with `which_`, and where its literals stand."""

    model: hp.Model
    literals: list[str]


def text_of(name: str) -> str:
    """Of ``neurons.hodgkin_huxley_1952``."""
    return (library_folder() / f"{name.replace('.', '/')}.hhm").read_text("utf-8")


def with_marked_literals(text: str, chosen: str) -> tuple[str, list[str]]:
    """The text in which literal k of channels and of one neuron or synapse is multiplied by 1.05
    where ``which_ == k + 1``."""
    places: list[str] = []

    def mark_block(block: re.Match[str]) -> str:
        if block[1] != "channel" and block[2] != chosen:
            return ""
        body = block[3]
        visible = HIDDEN.sub(lambda m: " " * len(m[0]), body)
        parts, end, first = [], 0, len(places)
        offsets: dict[tuple[int, str], int] = {}  # (v - v0)/(1 - exp(-(v - v0)/k)) has one v0
        for found in LITERAL.finditer(visible):
            number, unit = found["number"], found["unit"] or ""
            if float(number) == 0 or (number == "1" and not unit):
                continue
            line = body[: found.start()].count("\n")
            around = body[found.start() - 4 : found.end() + 4]
            shown = f"{number}{unit}"
            which = offsets.get((line, shown)) if IS_OFFSET.search(around) else None
            if which is None:
                places.append(f"{block[2]}: {shown} in {body.splitlines()[line].strip()}")
                which = len(places)
                if IS_OFFSET.search(around):
                    offsets[line, shown] = which
            factor = f"(1 + {OFF}*int(which_ == {which}))"
            parts += [body[end : found.start()], f"({factor}*{number}{unit})"]
            end = found.end()
        parts.append(body[end:])
        if len(places) == first and block[1] == "channel":
            return block[0]
        documented = re.match(r'\s*"[^"]*"', body)
        at = documented.end() if documented else 0  # no number before it
        own = "needs which_ : 1" if block[1] == "channel" else "which_ : 1 (constant)"
        whole = "".join(parts)
        return f"{block[1]} {block[2]} {{{whole[:at]}\n    {own}{whole[at:]}}}"

    return BLOCK.sub(mark_block, text), places


def copies(folder: Path, name: str, chosen: str) -> Copies:
    """A neuron or synapse of a file of the library, with its literals marked."""
    text, places = with_marked_literals(text_of(name), chosen)
    path = folder / f"{chosen}.hhm"
    path.write_text(text, "utf-8")
    return Copies(getattr(hp.compile(path), chosen), places)


def parameters(model: hp.Model) -> list[str]:
    """Shared parameters with a value that may be off."""
    return [
        name
        for name, variable in model.variables.items()
        if variable.role == "shared parameter" and not name.endswith(".inserted")
    ]


def population(
    prepared: Copies, drive: dict[str, float], zero: dict[str, float]
) -> tuple[hp.Population, list[str]]:
    """One copy per number, and the numbers. ``drive`` holds for all copies; a parameter of value 0
    is off by what ``zero`` says."""
    names = parameters(prepared.model)
    places = ["nothing", *prepared.literals, *names]
    cells = hp.Population(prepared.model, len(places), name="copies")
    for name, value in drive.items():
        cells.set(name, value)
    cells.which_ = np.arange(len(places), dtype=float)
    first = 1 + len(prepared.literals)
    for k, name in enumerate(names):
        cells.set(
            name, one_off(float(cells.get(name)), len(places), first + k, zero.get(name, 0.0))
        )
    return cells, places


def one_off(value: float, count: int, which: int, zero: float = 0.0) -> np.ndarray:
    """The value for each copy."""
    values = np.full(count, value)
    values[which] = value * (1 + OFF) if value else zero
    return values
